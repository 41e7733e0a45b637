"""Keys of a report, and secrets of a wizard that are typed unseen."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QLineEdit

from bondesk.areas.setup.password_setting import NewPassword
from bondesk.desktop.option_form import OptionForm
from bondesk.desktop.report_page import ReportPage
from bondesk.desktop.talk import RUNNING
from builders.clerk import wait_until
from builders.everyday import Desk, SignIn
from builders.keys import KEY


def test_a_secret_is_typed_unseen(sign_in: SignIn) -> None:
    desk = sign_in()
    form = OptionForm(desk.window.context, NewPassword)
    boxes = {key: cell.editor.box for key, cell in form.cells.items()}
    modes = {key: box.echoMode() for key, box in boxes.items() if isinstance(box, QLineEdit)}
    assert modes["password"] is modes["again"] is QLineEdit.EchoMode.Password
    assert modes["account"] is QLineEdit.EchoMode.Normal
    form.deleteLater()


def report_of(desk: Desk, words: str) -> ReportPage:
    """Open a report from the palette."""
    desk.run(words)
    page = desk.window.pages.current()
    assert isinstance(page, ReportPage)
    return page


def answered(desk: Desk, page: ReportPage) -> None:
    """Wait until a query has ended, whichever way."""
    wait_until(lambda: page._talk is None and desk.window.lane.idle, "the answer")


def test_the_first_condition_has_the_cursor_and_an_empty_number_means_all(sign_in: SignIn) -> None:
    desk = sign_in()
    page = report_of(desk, "zcljjck")
    first = next(iter(page.options.cells.values())).editor.box
    assert QApplication.focusWidget() is first
    box = page.options.cells["item_no"].editor.box
    assert isinstance(box, QLineEdit)
    assert (box.text(), "全部" in box.placeholderText()) == ("", True)
    desk.press(KEY.Key_F5)
    answered(desk, page)
    whole = len(page.model.order)
    box.setFocus()
    desk.type("13")
    desk.press(KEY.Key_F5)
    answered(desk, page)
    assert (len(page.model.order), whole > 1) == (1, True)


def test_f5_pressed_again_and_again_asks_once_and_ends(sign_in: SignIn) -> None:
    desk = sign_in()
    page = report_of(desk, "zcljjck")
    desk.press(KEY.Key_F5, times=3)
    answered(desk, page)
    assert page.model.order
    assert page.bound["report.query"].isEnabled()
    assert not desk.window.context.extras.get(RUNNING)


def test_a_query_that_cannot_be_asked_or_finds_nothing_says_so_and_ends(sign_in: SignIn) -> None:
    """Nobody waits for rows that will not come: what keeps them away is said where the eye is."""
    desk = sign_in()
    page = report_of(desk, "zcljjck")
    desk.type("NO-SUCH")
    desk.press(KEY.Key_F5)
    answered(desk, page)
    assert page.strip.isVisible()
    assert "NO-SUCH" in page.strip.findings[0].text
    assert not page.model.order
    page.options.set_defaults()
    box = page.options.cells["item_no"].editor.box
    box.setFocus()
    desk.type("5x")
    desk.press(KEY.Key_F5)
    answered(desk, page)
    assert page.strip.isVisible()
    assert QApplication.focusWidget() is box
    assert "改正" in page.tools.said.text()
    page.options.set_defaults()
    desk.press(KEY.Key_F5)
    answered(desk, page)
    assert [one.code for one in page.strip.findings] == ["RPT-40"]  # a book without notes says so
    assert page.model.order
    ledger = report_of(desk, "ljmxz")
    desk.press(KEY.Key_F5)
    answered(desk, ledger)
    assert [one.code for one in ledger.strip.findings] == ["RPT-40"]
