"""One note through every command of form and list: copied, audited, taken back, voided, deleted with its likes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QTreeWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from bondesk.app import open_engine
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.notes.source_document import SourceLine
from bondesk.base.attachment import Attachment
from bondesk.desktop.findings_view import FindingsDialog
from bondesk.desktop.form_page import FormPage
from bondesk.engine.attachments import attach
from bondesk.engine.engine import SYSTEM, Engine
from builders.clerk import Clerk, wait_until
from builders.office import PASSWORD, Office


def used(engine: Engine) -> int:
    """How many source lines notes hold something of."""
    with engine.acting(SYSTEM) as act:
        return len(act.session.scalars(select(SourceLine.id).where(SourceLine.used_qty > 0)).all())


def states(engine: Engine) -> dict[str, str]:
    """Every note's state."""
    with engine.acting(SYSTEM) as act:
        return {note.internal_no: note.state for note in act.facts.find(BondedNote)}


def test_a_note_through_all_its_commands(
    office_at: Callable[..., Office], factory_template: Path, qtbot: QtBot
) -> None:
    office = office_at(factory_template)
    (number,) = office.notes("IM2401001")
    held = used(office.engine)
    assert held
    with office.act() as act:
        attach(act, office.document("bonded_note"), office.note(number).id, "发票.pdf", b"invoice")
    clerk = Clerk(office.home, lambda connection: open_engine(office.home, connection))
    clerk.sign_in("zhidan", PASSWORD)

    form = clerk.open_form("bonded_note")
    clerk.press(form, "form.copy")
    wait_until(lambda: clerk.window.pages.current() is not form, "the copy")
    copy = clerk.window.pages.current()
    assert isinstance(copy, FormPage)
    wait_until(lambda: copy._ready and clerk.window.lane.idle, "the copy's form")
    assert copy.windowTitle().startswith("复制 核注清单")
    assert copy.body.header.cells["internal_no"].editor.value() == ""
    assert copy.body.head["entered_on"] == clerk.window.context.engine.clock().date()
    assert copy.body.head["record_no"] == form.body.head["record_no"]
    copy.body.header.cells["internal_no"].editor.set_text("COPY-1")
    copy.body.header.cells["internal_no"].editor.commit()
    clerk.press(copy, "form.save")
    wait_until(lambda: not copy.dirty and not copy.deeds.busy and copy.body.base.id is not None, "the copy's save")
    assert used(office.engine) == held

    for command, state in (("audit", "AUDITED"), ("unaudit", "DRAFT")):
        clerk.press(form, f"form.move.{command}")
        wait_until(lambda state=state: form.body.base.state == state and not form.deeds.busy, command)  # type: ignore[misc]
        assert form.body.editable == (state == "DRAFT")
    clerk.press(form, "form.move.void")
    clerk.confirm()
    wait_until(lambda: form.body.base.state == "VOID" and not form.deeds.busy, "the void")
    assert not form.body.editable and not form.bound["form.delete"].isEnabled()
    assert states(office.engine) == {number: "VOID", "COPY-1": "DRAFT"}
    assert used(office.engine) == 0
    clerk.press(form, "form.history")
    tree = form.findChild(QTreeWidget, "history_tree")
    wait_until(lambda: tree is not None and tree.topLevelItemCount() >= 4, "the history")

    page = clerk.list_of("bonded_note")
    clerk.select_all(page)
    clerk.press(page, "list.delete")
    clerk.confirm()
    dialog = clerk.dialog(FindingsDialog)
    said = dialog.view.copied_text()
    assert number in said and "作废" in said
    assert "COPY-1：删除完成" in said
    dialog.close()
    wait_until(lambda: clerk.window.lane.idle, "the list")
    assert states(office.engine) == {number: "VOID"}
    with office.act() as act:
        assert [one.file_name for one in act.facts.find(Attachment)] == ["发票.pdf"]  # a voided note keeps its papers
    clerk.leave()
    assert clerk.crashes == []
