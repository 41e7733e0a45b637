"""默认模板 in a form: as direction is typed, chosen by name, kept by name; always undoable, never over typing."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from bondesk.areas.index import CATALOGUE
from bondesk.base.head_template import HeadTemplate, TemplateValue
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.template_dialogs import ChooseTemplate, KeepTemplate
from bondesk.engine.engine import Engine

NOTE = CATALOGUE.document("bonded_note")


def template(name: str, values: dict[str, str], *, ie: str = "", usual: bool = True) -> HeadTemplate:
    """A template of 核注清单."""
    row = HeadTemplate(document_key="bonded_note", name=name, ie_flag=ie, usual=usual)
    lines = enumerate(values.items(), 1)
    row.values = [
        TemplateValue(company_id=1, line_no=n, field_key=key, label=key, value=value) for n, (key, value) in lines
    ]
    return row


@pytest.fixture
def new_note(desk: Any, qtbot: QtBot) -> Callable[[], FormPage]:
    """Open a blank note."""

    def open_one() -> FormPage:
        page = FormPage(desk.context, NOTE, None)
        qtbot.addWidget(page)
        page.resize(1280, 800)
        page.show()
        settle(page)
        return page

    def settle(page: FormPage) -> None:
        qtbot.waitUntil(lambda: page.body.isEnabled() and desk.context.lane.idle)

    return open_one


def type_direction(page: FormPage, code: str, qtbot: QtBot) -> None:
    """Choose a direction as a clerk does."""
    editor = page.body.header.cells["ie_flag"].editor
    editor.combo.setFocus()
    index = next(n for n in range(editor.combo.count()) if editor.combo.itemText(n).startswith(code))
    editor.combo.setCurrentIndex(index)
    editor.combo.activated.emit(index)
    qtbot.waitUntil(lambda: page.body.head["ie_flag"] == code)


def test_a_blank_note_starts_filled_and_clean(
    desk: Any, fill: Callable[..., None], new_note: Callable[[], FormPage]
) -> None:
    """Nothing is unsaved, nothing is to be undone, and the desk says what happened."""
    fill([template("通用", {"remark": "通用备注", "note_type": "1"})])
    page = new_note()
    assert page.body.head["remark"] == "通用备注"
    assert page.body.header.cells["remark"].editor.value() == "通用备注"
    assert page.body.head["note_type"] == "1"
    assert not page.dirty
    assert desk.messages[-1] == "已按模板「通用」预填 2 项"


def test_typing_the_direction_fills_and_one_undo_takes_it_back(
    desk: Any, qtbot: QtBot, fill: Callable[..., None], new_note: Callable[[], FormPage]
) -> None:
    """What was typed stays, what a template gave gives way to a more fitting one, the cursor stays."""
    fill(
        [
            template("通用", {"remark": "通用备注", "contract_no": "不在表单上"}),
            template("进口", {"remark": "进口备注", "invoice_no": "", "application_no": "SQ1"}, ie="I"),
            template("出口", {"remark": "出口备注", "application_no": "SQ2"}, ie="E"),
        ]
    )
    page = new_note()
    application = page.body.header.cells["application_no"].editor
    type_direction(page, "I", qtbot)
    qtbot.waitUntil(lambda: page.body.head["remark"] == "进口备注")
    assert page.body.head["application_no"] == "SQ1"
    assert "已套用模板「进口」，填入 2 项；可撤销" in desk.messages
    assert page.body.header.cells["ie_flag"].editor.combo.hasFocus()
    page.body.undo()
    assert (page.body.head["remark"], page.body.head["application_no"]) == ("通用备注", "")
    page.body.redo()
    qtbot.keyClick(application.box, Qt.Key.Key_End)
    qtbot.keyClicks(application.box, "X")
    assert page.body.head["application_no"] == "SQ1X"
    type_direction(page, "E", qtbot)
    qtbot.waitUntil(lambda: page.body.head["remark"] == "出口备注")
    assert page.body.head["application_no"] == "SQ1X"


def test_an_unreadable_value_is_said_and_the_rest_is_filled(
    qtbot: QtBot, fill: Callable[..., None], new_note: Callable[[], FormPage]
) -> None:
    """A note on the form, no failure."""
    fill([template("进口", {"note_type": "没有这种", "remark": "好"}, ie="I")])
    page = new_note()
    type_direction(page, "I", qtbot)
    qtbot.waitUntil(lambda: page.body.head["remark"] == "好")
    assert "「清单类型」默认值“没有这种”不能识别" in page.notice.label.text()


def test_choosing_a_template_shows_what_it_fills(
    desk: Any, qtbot: QtBot, fill: Callable[..., None], new_note: Callable[[], FormPage]
) -> None:
    """Those of the other direction are not offered; the values are shown with names before."""
    fill(
        [
            template("甲", {"note_type": "1", "remark": "甲备注"}, ie="I", usual=False),
            template("乙", {"remark": "乙备注"}, ie="E", usual=False),
        ]
    )
    page = new_note()
    page.body.write_head("ie_flag", "I")
    page.bound.run("form.apply_template")
    qtbot.waitUntil(lambda: page.findChild(ChooseTemplate) is not None)
    dialog = page.findChild(ChooseTemplate)
    assert isinstance(dialog, ChooseTemplate)
    assert [dialog.list.topLevelItem(n).text(0) for n in range(dialog.list.topLevelItemCount())] == ["甲"]
    rows = [dialog.values.topLevelItem(n) for n in range(dialog.values.topLevelItemCount())]
    assert [(row.text(0), row.text(1)) for row in rows] == [("备注", "甲备注")]  # 清单类型 has its usual value
    dialog.take.click()
    assert page.body.head["remark"] == "甲备注"
    page.body.undo()
    assert page.body.head["remark"] == ""


def test_no_template_fits(qtbot: QtBot, new_note: Callable[[], FormPage]) -> None:
    """The dialog says where templates come from."""
    page = new_note()
    page.bound.run("form.apply_template")
    qtbot.waitUntil(lambda: page.findChild(ChooseTemplate) is not None)
    dialog = page.findChild(ChooseTemplate)
    assert isinstance(dialog, ChooseTemplate)
    assert not dialog.take.isEnabled()
    assert "没有适用的模板" in dialog.said.text()


def test_keeping_the_head_as_a_template(
    desk: Any, engine: Engine, qtbot: QtBot, new_note: Callable[[], FormPage]
) -> None:
    """A name is asked for; a taken name is refused and the dialog stays; the next note starts with it."""
    page = new_note()
    page.body.write_heads({"remark": "常用备注", "internal_no": "I1", "ie_flag": "I", "packages": 3})
    for name, said in (("常用", ""), ("常用", "已存在"), ("常用二", "")):
        page.bound.run("form.keep_template")
        qtbot.waitUntil(lambda: page.findChild(KeepTemplate) is not None)
        dialog = page.findChild(KeepTemplate)
        assert isinstance(dialog, KeepTemplate)
        labels = [dialog.values.topLevelItem(n).text(0) for n in range(dialog.values.topLevelItemCount())]
        assert "备注" in labels and not {"企业内部清单编号", "件数", "录入日期", "进出口标志"} & set(labels)
        assert not dialog.take.isEnabled()
        dialog.name.setText(name)  # QTest types Latin letters only
        dialog.take.click()
        if said:
            qtbot.waitUntil(lambda dialog=dialog, said=said: said in dialog.said.text())  # type: ignore[misc]
            dialog.reject()
        qtbot.waitUntil(lambda: page.findChild(KeepTemplate) is None)
    with engine.acting(desk.context.identity) as act:
        assert [(one.name, one.ie_flag, one.usual) for one in act.facts.find(HeadTemplate)] == [
            ("常用", "I", True),
            ("常用二", "I", True),
        ]
    page._closing = True
    fresh = new_note()
    type_direction(fresh, "I", qtbot)
    qtbot.waitUntil(lambda: fresh.body.head["remark"] == "常用备注")


def test_without_the_right_nothing_is_offered(make_desk: Any, qtbot: QtBot) -> None:
    """存为模板 needs the right on 默认模板, 套用 the right to write notes; partners have none at all."""
    stub = make_desk(frozenset({("bonded_note", "view"), ("bonded_note", "new")}))
    page = FormPage(stub.context, NOTE, None)
    qtbot.addWidget(page)
    assert "form.apply_template" in page.commands and "form.keep_template" not in page.commands
    other = FormPage(stub.context, CATALOGUE.document("partner"), None)
    qtbot.addWidget(other)
    assert "form.apply_template" not in other.commands
    qtbot.waitUntil(lambda: stub.context.lane.idle)
