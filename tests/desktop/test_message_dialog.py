"""生成报文: what is audited is listed, whatever kind it is; what is ticked goes to the client, the rest stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from sqlalchemy import select

from bondesk.areas.setup.company import Company
from bondesk.base.identity import Identity
from bondesk.desktop.declaring_page import DeclaringPage
from bondesk.desktop.option_form import OptionForm
from bondesk.desktop.script_dialog import ScriptDialog
from bondesk.desktop.single_window import SingleWindow
from bondesk.desktop.step_table import StepTable
from bondesk.engine import declaring
from bondesk.engine.engine import SYSTEM
from builders.books import BookDesk
from builders.clerk import wait_until
from builders.office import Office


@pytest.fixture
def desk(office_at: Any, factory_template: Path, qtbot: Any) -> Iterator[BookDesk]:
    """Two audited notes and one still a draft; the operator's card is not known yet."""
    office = office_at(factory_template)
    office.audit([*office.notes("IM2401001"), *office.notes("IM2401002")])
    office.notes("IM2401004")
    opened = BookDesk(office)
    yield opened
    opened.close()


def card(office: Office) -> str:
    with office.act(SYSTEM) as act:
        return str(act.session.scalars(select(Company)).one().ic_card)


def open_dialog(desk: BookDesk, qtbot: Any) -> ScriptDialog:
    """Order 生成报文 over an empty window."""
    window = QWidget()
    qtbot.addWidget(window)
    SingleWindow(desk.context, window).generate()
    dialog = window.findChild(ScriptDialog)
    assert dialog is not None
    desk.window = window  # type: ignore[attr-defined]
    return dialog


def page(dialog: ScriptDialog, kind: type[Any]) -> Any:
    """Wait for the page with a widget of a kind."""
    wait_until(lambda: dialog.findChild(kind) is not None and dialog.next.isEnabled(), kind.__name__)
    return dialog.findChild(kind)


def test_settings_then_ticks_then_messages(desk: BookDesk, qtbot: Any) -> None:
    office = desk.office
    dialog = open_dialog(desk, qtbot)
    form = page(dialog, OptionForm)
    form.cells["ic_card"].editor.set_value("8930001234567")
    dialog.next.click()
    table = page(dialog, StepTable)
    numbers = [str(table.model.index(row, 1).data()) for row in range(table.model.rowCount())]
    assert len(numbers) == 2, numbers
    assert all("INV101" in str(table.model.index(row, 2).data()) for row in range(2))
    left = office.note(numbers[1])
    table.model.ticked.discard(1)
    dialog.next.click()
    wait_until(lambda: dialog.next.text() in ("关闭", "打开"), "the end")
    wait_until(lambda: office.note(numbers[0]).state == "SENT", "the hand-over")
    wait_until(lambda: desk.lane.idle, "the lists")
    desk.settle()
    assert (office.note(numbers[0]).state, office.note(left.id).state) == ("SENT", "AUDITED")
    assert len(list((office.client / "OutBox").iterdir())) == 1
    assert card(office) == "8930001234567", "asked once, remembered"
    with office.act() as act:
        assert [one.number for one in declaring.declarable(act)] == [numbers[1]]


def test_only_what_one_may_send_is_listed(desk: BookDesk) -> None:
    who = desk.office.clerk
    other = Identity(who.user_id, who.account, who.name, frozenset({("account_draft", "send")}))
    with desk.office.act(other) as act:
        assert declaring.declarable(act) == []
    with desk.office.act() as act:
        assert {one.document_key for one in declaring.declarable(act)} == {"bonded_note"}


def test_the_central_page_declares_what_is_marked(desk: BookDesk, qtbot: Any) -> None:
    """单一窗口申报: marked above, ticked in the wizard, then a line of the outbox below."""
    office = desk.office
    with office.act(SYSTEM) as act:
        act.session.scalars(select(Company)).one().ic_card = "8930001234567"
    window = QWidget()
    qtbot.addWidget(window)
    shown = DeclaringPage(desk.context, office.hand_over)
    qtbot.addWidget(shown)
    wait_until(lambda: len(shown.rows.model.rows) == 2, "what waits")
    assert shown.commands["declaring.send"].why_not() == ""
    (marked,) = shown.rows.chosen()
    shown.commands["declaring.send"].run()
    (dialog,) = shown.findChildren(ScriptDialog)
    table = page(dialog, StepTable)
    assert table.model.ticked == {0}
    dialog.next.click()
    wait_until(lambda: office.note(marked.document_id).state == "SENT", "the hand-over")
    wait_until(lambda: desk.lane.idle, "the lists")
    shown.document_changed("bonded_note")
    wait_until(lambda: len(shown.rows.model.rows) == 1, "one less waits")
    wait_until(lambda: [one.word for one in shown.outbox.rows.model.rows] == ["已交客户端"], "the outbox")
    desk.settle()


def test_the_way_of_the_marked_kinds_is_changed_on_the_page(desk: BookDesk, qtbot: Any) -> None:
    shown = DeclaringPage(desk.context, lambda: None)
    qtbot.addWidget(shown)
    wait_until(lambda: len(shown.rows.model.rows) == 2, "what waits")
    store, declare = (shown.commands[f"declaring.way_{way}"] for way in "01")
    assert (store.why_not(), declare.why_not()) == ("", "所选单据都是「直接申报」")
    store.run()
    wait_until(lambda: {one.way for one in shown.rows.model.rows} == {"0"}, "the other way")
    assert store.why_not() == "所选单据都是「暂存」"
    with desk.office.act() as act:
        assert declaring.way_of(act, desk.office.document("bonded_note")) == "0"
    desk.settle()


def test_nothing_waits_and_the_page_says_so(office_at: Any, factory_template: Path, qtbot: Any) -> None:
    opened = BookDesk(office_at(factory_template))
    shown = DeclaringPage(opened.context, lambda: None)
    qtbot.addWidget(shown)
    wait_until(lambda: opened.lane.idle, "the lists")
    assert shown.commands["declaring.send"].why_not() == "没有已审核、等待申报的单据"
    opened.close()
