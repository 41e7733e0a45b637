"""Any text in any box of any document: nothing raises, nothing typed vanishes, a save says what is wrong or stores."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from bondesk.areas.index import CATALOGUE
from bondesk.desktop.field_editor import FieldEditor
from bondesk.desktop.form_page import FormPage
from bondesk.engine import records

_ODD = [
    "１２．５", "　", "\0", "a\0b", "\x07\x1b", "\r\n", "行1\n行2", "\t\t", "😀👨‍👩‍👧", "\u202eتجربة\u202c", "\ud800", "a\udfffb",
    "=1/0", "=((((", "=" + "(" * 500, "1e999", "-0", "NaN", "Infinity", "9" * 400, "0.000000000000001", "2024-02-30",
    "+999", "今天", "是", "'; drop table part; --", "%s{}{0}", "<b>x</b>", "ﬁ①㎏", "字" * 300, "x" * 10_000,
]  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(_ODD), st.text(max_size=40), st.text(alphabet="0123456789.,+-=*/ 。，：%e", max_size=12)
)
_CHINESE = re.compile("[\u4e00-\u9fff]")
_DOCUMENTS = [one.key for one in CATALOGUE.documents if one.creatable]


def boxes(page: FormPage) -> Iterator[FieldEditor]:
    """The boxes of the head that can be typed into."""
    return (cell.editor for cell in page.body.header.cells.values() if cell.editor.editable)


def type_over(editor: FieldEditor, text: str) -> str:
    """Type a text over what stands in a box, past all signals but the box's own; return what the box then shows."""
    match editor.box:
        case QLineEdit() as line:
            line.selectAll()
            line.insert(text)
            line.textEdited.emit(line.text())
            return line.text()
        case QPlainTextEdit() as edit:
            edit.setPlainText(text)
            return edit.toPlainText()
        case QComboBox():
            editor.set_text(text)
        case QCheckBox() as tick:
            tick.setChecked(not tick.isChecked())
    return ""


def seen(editor: FieldEditor, shown: str) -> None:
    """What was typed is still in the box with what is wrong about it, or is the value."""
    if editor.problem:
        assert editor.text() == shown
        assert _CHINESE.search(editor.problem)
        assert editor.problem_code


@pytest.mark.parametrize("key", _DOCUMENTS)
def test_any_text_in_any_box(key: str, desk: Any, qtbot: QtBot, engine: Any) -> None:
    document = CATALOGUE.document(key)
    context = desk.context
    page = FormPage(context, document, None)
    qtbot.addWidget(page, before_close_func=lambda page: setattr(page, "_closing", True))
    page.show()
    qtbot.waitUntil(lambda: context.lane.idle and page.body.isEnabled(), timeout=30_000)
    blank = page.body.base
    typed_cells = 0

    @settings(
        max_examples=6,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(texts=st.lists(TEXTS, min_size=7, max_size=7))
    def check(texts: list[str]) -> None:
        nonlocal typed_cells
        if page.body.base is not blank:
            page._show(blank)
        for place, editor in enumerate(boxes(page)):
            shown = type_over(editor, texts[place % len(texts)])
            seen(editor, shown)
            editor.commit()
        for grid in page.body.grids.values():
            if grid.model.rowCount() == 0:
                grid.model.insert(0)
            for column in grid.view.walked():
                index = grid.model.index(0, column)
                editor = grid.delegate.createEditor(grid.view.viewport(), QStyleOptionViewItem(), index)
                assert isinstance(editor, FieldEditor)
                grid.delegate.setEditorData(editor, index)
                shown = type_over(editor, texts[(column + 3) % len(texts)])
                seen(editor, shown)
                grid.delegate.setModelData(editor, grid.model, index)
                grid.delegate.destroyEditor(editor, index)
                typed_cells += 1
                entry = grid.model.fields[column]
                unread = grid.model.lines[0].unread.get(entry.key)
                assert unread is None or (unread.raw == shown.strip() or unread.raw == shown) and unread.text
        qtbot.waitUntil(lambda: context.lane.idle, timeout=30_000)
        wanted = dict(page.body.draft().head)
        page.save()
        qtbot.waitUntil(lambda: context.lane.idle and not page.deeds.busy, timeout=30_000)
        if page.body.base.id is None:
            assert page.notice.isVisibleTo(page)
            assert _CHINESE.search(page.notice.label.text())
            assert "程序出错" not in page.notice.label.text()
            return
        with engine.acting(context.identity) as act:
            stored = records.open_draft(act, document, page.body.base.id)
            for entry in document.head_fields:
                if not entry.readonly and entry.key in wanted:
                    assert stored.head[entry.key] == wanted[entry.key], entry.key
            records.delete(act, document, page.body.base.id)

    check()
    assert typed_cells or not page.body.grids or not any(grid.view.walked() for grid in page.body.grids.values())
