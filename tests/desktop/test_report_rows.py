"""Double click and Enter in a report: a figure tells where it comes from, the rest of the row opens what it tells of."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest

from bondesk.desktop.form_page import FormPage
from bondesk.desktop.report_page import ReportPage
from builders.clerk import wait_until
from builders.everyday import Desk, SignIn
from builders.keys import KEY


def queried(desk: Desk, words: str) -> ReportPage:
    """Open a report from the palette and query it."""
    desk.run(words)
    page = desk.window.pages.current()
    assert isinstance(page, ReportPage)
    page.query()
    wait_until(lambda: page._talk is None and desk.window.lane.idle, "the rows")
    return page


def cell(page: ReportPage, row: int, key: str) -> QModelIndex:
    index = page.model.index(row, page.report.column_place(key))
    page.view.scrollTo(index)
    page.view.setCurrentIndex(index)
    return index


def double_click(page: ReportPage, row: int, key: str) -> None:
    place = page.view.visualRect(cell(page, row, key)).center()
    QTest.mouseClick(page.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    QTest.mouseDClick(page.view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)


def at_item(form: FormPage, table: str) -> int:
    """Return 备案序号 of the row the form stands at, in the tab in front."""
    window = form.body.rows.windows[table]
    wait_until(lambda: window.current() is not None and window.view.hasFocus(), "the row")
    assert form.body.tabs.currentWidget() is window
    row = window.current()
    assert row is not None
    return int(row.values["item_no"])


def test_a_double_click_on_a_name_opens_the_item_and_on_a_figure_explains_it(sign_in: SignIn) -> None:
    desk = sign_in()
    page = queried(desk, "zcljjck")
    double_click(page, 0, "balance")
    wait_until(page.panel.isVisible, "the explanation")
    assert desk.window.pages.current() is page
    page.panel.hide()
    double_click(page, 4, "name")
    item = page.model.value(4, page.report.column_place("item_no"))
    form = desk.form()
    assert form.document.key == "account"
    assert at_item(form, "materials") == item
    assert not page.panel.isVisible()

    desk.window.pages.bring(page)
    cell(page, 7, "hs_code")
    page.view.setFocus()
    desk.press(KEY.Key_Return)
    assert desk.form() is form  # the same form goes to the other item
    wanted = page.model.value(7, page.report.column_place("item_no"))
    wait_until(lambda: at_item(form, "materials") == wanted, "the other item")


def test_a_part_opens_from_its_stock(sign_in: SignIn) -> None:
    desk = sign_in()
    page = queried(desk, "仓单收发存")
    double_click(page, 0, "name")
    form = desk.form()
    assert (form.document.key, form.number()) == ("part", page.model.value(0, 0))


def test_a_counted_line_opens_its_stocktake_at_the_line(sign_in: SignIn) -> None:
    desk = sign_in()
    page = queried(desk, "短溢表折料明细")
    double_click(page, 1, "origin")
    form = desk.form()
    assert form.document.key == "stocktake"
    grid = form.body.grids["lines"]
    wait_until(grid.view.currentIndex().isValid, "the line")
    here = grid.model.lines[grid.view.currentIndex().row()]
    assert here.values["part_no"] == page.model.value(1, page.report.column_place("part_no"))


def test_the_total_row_and_a_row_of_nothing_say_what_can_be_explained(sign_in: SignIn) -> None:
    desk = sign_in()
    page = queried(desk, "zcljjck")
    total = page.model.rowCount() - 1
    assert page.model.totalled
    assert page.model.data(page.model.index(total, 3), Qt.ItemDataRole.ToolTipRole) is None
    assert "打开" in str(page.model.data(page.model.index(0, 3), Qt.ItemDataRole.ToolTipRole))
    double_click(page, total, "name")
    desk.settle()
    assert desk.window.pages.current() is page
