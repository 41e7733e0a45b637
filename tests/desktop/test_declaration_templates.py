"""保存模板 and 另存模板 on a declaration, by keyboard: several live side by side and are called by name (row 114)."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from bondesk.base.head_template import HeadTemplate
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.template_dialogs import ChooseTemplate, KeepTemplate
from bondesk.engine.engine import SYSTEM
from builders.clerk import wait_until
from builders.everyday import Desk, SignIn
from builders.keys import KEY


@pytest.fixture
def desk(sign_in: SignIn) -> Desk:
    """A clerk in a new declaration."""
    return sign_in()


def blank(desk: Desk, **head: object) -> FormPage:
    """Open a new declaration with some head values typed."""
    desk.window.open_document(desk.engine.catalogue.document("declaration"), None)
    form = desk.form()
    form.body.write_heads(head)
    form.body.header.focus_first()
    return form


def keep(desk: Desk, name: str, *, over: bool = False) -> None:
    """Keep the head as a template: palette, name, Enter; once more Enter to write over one of that name."""
    desk.run("存为模板")
    wait_until(lambda: isinstance(QApplication.activeWindow(), KeepTemplate), "the dialog")
    dialog = QApplication.activeWindow()
    assert isinstance(dialog, KeepTemplate)
    if name:
        dialog.name.selectAll()
        desk.type(name)
    desk.press(KEY.Key_Return)
    if over:
        wait_until(lambda: "覆盖" in dialog.take.text(), "the question")
        desk.press(KEY.Key_Return)
    form = desk.form()
    wait_until(lambda: form.findChild(KeepTemplate) is None, "the answer")
    back(desk)


def back(desk: Desk) -> None:
    """Come back from a dialog to the form."""
    desk.settle()
    desk.window.activateWindow()
    wait_until(lambda: QApplication.activeWindow() is desk.window, "the window")
    desk.form().body.header.focus_first()


def kept(desk: Desk) -> dict[str, dict[str, str]]:
    """Return the stored templates of declarations."""
    with desk.engine.acting(SYSTEM) as act:
        found = act.facts.find(HeadTemplate, document_key="declaration")
        return {one.name: {value.field_key: value.value for value in one.values} for one in found}


def test_a_head_is_kept_kept_again_and_written_over(desk: Desk) -> None:
    before = set(kept(desk))
    blank(desk, ie_flag="I", supervision_mode="0110", border_port="530101", package_type="22")
    keep(desk, "AIR")
    desk.form().body.write_heads({"border_port": "530201"})
    keep(desk, "SEA")
    desk.form().body.write_heads({"border_port": "530301"})
    keep(desk, "AIR", over=True)
    found = kept(desk)
    assert set(found) - before == {"AIR", "SEA"}
    assert (found["AIR"]["border_port"], found["SEA"]["border_port"]) == ("530301", "530201")
    assert "internal_no" not in found["AIR"]


def test_one_of_several_is_called_by_name(desk: Desk) -> None:
    blank(desk, ie_flag="I", supervision_mode="0110", border_port="530101")
    keep(desk, "AIR")
    desk.form().body.write_heads({"border_port": "530201"})
    keep(desk, "SEA")
    desk.form().body.write_heads({"border_port": ""})
    desk.run("套用模板")
    wait_until(lambda: isinstance(QApplication.activeWindow(), ChooseTemplate), "the dialog")
    desk.press(KEY.Key_Down)
    desk.press(KEY.Key_Return)
    back(desk)
    assert desk.form().body.head["border_port"] in ("530101", "530201")
    keep(desk, "", over=True)
    assert len([name for name in kept(desk) if name in ("AIR", "SEA")]) == 2
