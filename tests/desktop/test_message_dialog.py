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
