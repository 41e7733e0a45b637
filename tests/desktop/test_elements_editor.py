"""申报要素: a box per element of the code, values that move with their name, the text customs gets and its length."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from bondesk.areas.codes.customs_code import CustomsCode
from bondesk.areas.codes.hs_code import HsCode
from bondesk.areas.goods.part import Part
from bondesk.areas.index import CATALOGUE
from bondesk.base.elements import values_of
from bondesk.desktop.editors import ChoiceEditor
from bondesk.desktop.elements_editor import ElementsEditor
from bondesk.desktop.form_page import FormPage

FIRST, SECOND = "8532241000", "3926901000"
ELEMENTS = {
    FIRST: "0:品牌类型|1:出口享惠情况|2:用途|3:材质|4:GTIN|5:其他",
    SECOND: "0:品牌类型|1:出口享惠情况|2:材质|3:品牌|4:用途|5:其他",
}


def enumeration(code: str, name: str) -> CustomsCode:
    return CustomsCode(table_name="enums", code=code, name=name, valid_from=date(2000, 1, 1), details={})


@pytest.fixture
def codes(fill: Callable[[Iterable[Any]], None]) -> None:
    """Two codes with their elements, and the fixed values of the first two elements."""
    known = [
        HsCode(hs_code=code, name=code, valid_from=date(2000, 1, 1), elements=text) for code, text in ELEMENTS.items()
    ]
    values = [
        ("brand_type:0", "无品牌"),
        ("brand_type:4", "境外品牌（其他）"),
        ("export_preference:3", "不适用于进口报关单"),
    ]
    fill([*known, *(enumeration(*one) for one in values)])


@pytest.fixture
def editor_of(desk: Any, qtbot: QtBot, codes: None, parts: list[Part], fill: Any) -> Callable[[str], ElementsEditor]:
    """Open the form of a part with the first code and these elements."""

    def open_one(elements: str) -> ElementsEditor:
        parts[0].elements = elements
        fill(parts[:1])
        page = FormPage(desk.context, CATALOGUE.document("part"), parts[0].id)
        qtbot.addWidget(page)
        page.resize(1280, 800)
        page.show()
        editor = page.body.header.cells["elements"].editor
        assert isinstance(editor, ElementsEditor)
        qtbot.waitUntil(lambda: len(editor.parts) == 6)
        editor.page = page  # type: ignore[attr-defined]
        return editor

    return open_one


def shown(editor: ElementsEditor) -> list[str]:
    return [f"{part.entry.label}={part.value()}" for part in editor.parts]


def type_code(qtbot: QtBot, editor: ElementsEditor, code: str) -> None:
    """Type another commodity code into its box."""
    box = editor.page.body.header.cells["hs_code"].editor  # type: ignore[attr-defined]
    box.set_text(code)
    names = [part.split(":")[1] for part in ELEMENTS[code].split("|")]
    qtbot.waitUntil(lambda: [part.entry.label for part in editor.parts] == names)


def test_every_element_has_its_box_and_the_enumerated_ones_their_choices(editor_of: Any) -> None:
    editor = editor_of("4|3|滤波|陶瓷||")
    assert shown(editor) == ["品牌类型=4", "出口享惠情况=3", "用途=滤波", "材质=陶瓷", "GTIN=", "其他="]
    assert [isinstance(part, ChoiceEditor) for part in editor.parts] == [True, True, False, False, False, False]
    assert editor.parts[0].text() == "4 境外品牌（其他）"
    assert not editor.raw.isVisibleTo(editor)
    assert editor.preview.text() == "规格型号（15/255 字节）：4|3|滤波|陶瓷||"


def test_typing_into_a_box_changes_the_whole_text(editor_of: Any, qtbot: QtBot) -> None:
    editor = editor_of("4|3|滤波|陶瓷||")
    with qtbot.waitSignal(editor.changed):
        editor.parts[3].set_text("钽")
    assert editor.value() == "4|3|滤波|钽||"
    editor.page.body.undo()
    assert editor.value() == "4|3|滤波|陶瓷||"
    assert editor.parts[3].value() == "陶瓷"


def test_a_value_moves_with_the_name_of_its_element_when_the_code_is_typed_anew(editor_of: Any, qtbot: QtBot) -> None:
    editor = editor_of("4|3|滤波|陶瓷||备注")
    type_code(qtbot, editor, SECOND)
    assert shown(editor) == ["品牌类型=4", "出口享惠情况=3", "材质=陶瓷", "品牌=", "用途=滤波", "其他=备注"]
    assert editor.page.body.head["elements"] == "4|3|陶瓷||滤波|备注"


def test_undoing_the_code_brings_text_and_boxes_back(editor_of: Any, qtbot: QtBot) -> None:
    editor = editor_of("4|3|滤波|陶瓷||备注")
    type_code(qtbot, editor, SECOND)
    editor.page.body.undo()
    editor.page.body.undo()
    qtbot.waitUntil(lambda: editor.parts[2].entry.label == "用途")
    assert editor.value() == editor.page.body.head["elements"] == "4|3|滤波|陶瓷||备注"
    assert shown(editor)[2:4] == ["用途=滤波", "材质=陶瓷"]


def test_an_unfinished_code_keeps_the_boxes(editor_of: Any, qtbot: QtBot) -> None:
    editor = editor_of("4|3|滤波|陶瓷||")
    editor.page.body.header.cells["hs_code"].editor.set_text("39269010")
    qtbot.waitUntil(lambda: bool(editor.advice))
    assert "39269010" in editor.advice
    assert shown(editor)[2] == "用途=滤波"
    type_code(qtbot, editor, SECOND)
    assert (editor.value(), editor.advice) == ("4|3|陶瓷||滤波|", "")


def test_the_sign_between_elements_is_no_part_of_one(editor_of: Any) -> None:
    editor = editor_of("4|3|滤波|陶瓷||")
    editor.parts[2].set_text("滤波|耦合")
    assert editor.problem_code == "ELM-03"
    assert "用途" in editor.problem
    assert editor.value() == "4|3|滤波|陶瓷||"
    editor.parts[2].set_text("滤波")
    assert editor.problem == ""


def test_length_is_counted_as_customs_does(editor_of: Any) -> None:
    editor = editor_of("4|3|滤波|陶瓷||")
    editor.parts[5].set_text("汉" * 121)
    assert "257/255 字节，超长" in editor.preview.text()


def test_enter_walks_through_the_boxes_and_back(editor_of: Any) -> None:
    editor = editor_of("4|3|滤波|陶瓷||")
    editor.parts[2].box.setFocus()
    QTest.keyClick(editor.parts[2].box, Qt.Key.Key_Return)
    assert editor.parts[3].box.hasFocus()
    QTest.keyClick(editor.parts[3].box, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert editor.parts[2].box.hasFocus()


def test_a_form_that_is_only_read_greys_every_box(editor_of: Any) -> None:
    editor = editor_of("4|3|滤波|陶瓷||")
    editor.set_editable(False)
    assert all(part.box.isReadOnly() for part in editor.parts if isinstance(part.box, QLineEdit))


def test_a_part_without_a_code_has_a_plain_line(desk: Any, qtbot: QtBot, codes: None) -> None:
    page = FormPage(desk.context, CATALOGUE.document("part"), None)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: desk.context.lane.idle)
    editor = page.body.header.cells["elements"].editor
    assert isinstance(editor, ElementsEditor)
    assert editor.raw.isVisibleTo(editor)
    assert editor.parts == []
    editor.raw.setText("")
    QTest.keyClicks(editor.raw, "0|3")
    assert editor.value() == "0|3"


def test_a_text_of_another_length_loses_nothing() -> None:
    assert "|".join(values_of("a|b|c|d", 2)) == "a|b|c|d"
