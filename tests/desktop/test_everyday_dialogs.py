"""Everyday tasks that go through dialogs without the mouse: export, wizard, palette."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog

from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.desktop.export_dialog import ExportDialog
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.script_dialog import ScriptDialog
from builders.clerk import wait_until
from builders.everyday import PAPER, SignIn
from builders.homes import read
from builders.keys import CTRL, KEY


def in_front(kind: type[QDialog]) -> None:
    """Wait for a dialog of a kind."""
    wait_until(lambda: isinstance(QApplication.activeWindow(), kind), kind.__name__)


def test_a_list_is_exported(sign_in: SignIn, tmp_path: Path) -> None:
    desk = sign_in()
    desk.run("ysdz")
    count = desk.list().model.rowCount()
    desk.press(KEY.Key_E, CTRL)
    in_front(ExportDialog)
    desk.press(KEY.Key_Return)
    in_front(QFileDialog)
    target = tmp_path / "o.xlsx"
    desk.uncounted(lambda: desk.type(str(target)))
    desk.press(KEY.Key_Return)
    wait_until(lambda: desk.list().exports._talk is None and target.exists(), "the file")
    assert load_workbook(target).active.max_row >= count + 1
    desk.within("export a list", 9)


@pytest.mark.parametrize(("held", "budget"), [(CTRL, 13), (None, 42)])
def test_notes_are_generated_by_the_wizard(sign_in: SignIn, held: object, budget: int) -> None:
    desk = sign_in()
    desk.uncounted(lambda: desk.run("ysdz"))
    desk.uncounted(lambda: desk.find(PAPER))
    desk.uncounted(lambda: desk.press(KEY.Key_Return))
    desk.run("schzqd")
    dialog = desk.clerk.dialog(ScriptDialog)
    for _ in range(60):
        desk.settle()
        wait_until(lambda: dialog.next.isEnabled(), "the next step")
        if dialog.heading.text() == "完成":
            break
        typing = dialog.heading.text() == "本次生成数量"  # Enter there goes to the next line's quantity
        desk.press(KEY.Key_Return, *([CTRL] if held or typing else []))
    assert dialog.heading.text() == "完成"
    assert any(read(desk.engine, BondedNote, lambda one: len(one.lines)))
    desk.press(KEY.Key_Return)
    assert desk.form().document.key == "bonded_note"
    desk.within("generate notes by the wizard", budget)


def test_a_hs_code_is_looked_up_in_the_palette(sign_in: SignIn) -> None:
    desk = sign_in()
    code = read(desk.engine, desk.engine.catalogue.document("hs_code").header, lambda one: one.hs_code)[0]
    desk.press(KEY.Key_K, CTRL)
    wait_until(lambda: QApplication.activePopupWidget() is not None, "the palette")
    desk.type(code)
    desk.press(KEY.Key_Return)
    wait_until(lambda: isinstance(desk.window.pages.current(), FormPage), "the row; Enter came before the answer")
    assert desk.form().document.key == "hs_code"
    assert desk.form().number().startswith(code)
    desk.within("look up an HS code", 12)
