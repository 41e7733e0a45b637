"""A grid of lines under the keys a clerk knows from Excel, in a real form."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from bondesk.areas.index import CATALOGUE
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.line_grid import LineGrid
from builders.keys import ALT, CTRL, KEY, SHIFT, press, type_in


@pytest.fixture
def form(desk: Any, qtbot: QtBot, fill: Callable[..., None], parts: list[Any]) -> FormPage:
    """A new source document, its cursor in the first box."""
    fill(parts)
    page = FormPage(desk.context, CATALOGUE.document("source_document"), None)
    qtbot.addWidget(page)
    page.resize(1280, 760)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(lambda: desk.context.lane.idle and page.body.isEnabled())
    return page


@pytest.fixture
def grid(form: FormPage) -> LineGrid:
    """Its lines, three of them filled, the cursor in the first cell."""
    grid = form.body.grids["lines"]
    for number, quantity in (("CAP-1", "1"), ("RES-2", "2"), ("BOX-3", "3")):
        row = grid.model.rowCount()
        grid.model.insert(row)
        grid.model.lines[row].values.update(part_no=number, quantity=Decimal(quantity), line_no=row + 1)
    form.body.stack.clear()
    grid.view.setFocus()
    grid.view.start_line(0)
    return grid


def column(grid: LineGrid, key: str) -> list[Any]:
    """What a column holds."""
    return [line.values[key] for line in grid.model.lines]


def at(grid: LineGrid) -> tuple[int, str]:
    """Where the cursor is."""
    here = grid.view.currentIndex()
    return here.row(), grid.model.fields[here.column()].key


def go_to(grid: LineGrid, row: int, key: str) -> None:
    """Put the cursor into a cell."""
    grid.view.show_cell(row, grid.model.column(key))


def mark(grid: LineGrid, top: int, bottom: int, key: str) -> None:
    """Mark cells of one column with Shift and the arrow."""
    go_to(grid, top, key)
    for _ in range(bottom - top):
        press(KEY.Key_Down, SHIFT)


def test_enter_walks_the_head_and_goes_on_in_the_first_line(form: FormPage) -> None:
    boxes = [cell.editor.box for cell in form.body.header.cells.values() if cell.editor.editable]
    assert QApplication.focusWidget() is boxes[0]
    for box in boxes[1:]:
        press(KEY.Key_Return)
        assert QApplication.focusWidget() is box
    press(KEY.Key_Return, SHIFT)
    assert QApplication.focusWidget() is boxes[-2]
    press(KEY.Key_Return)
    press(KEY.Key_Return)
    lines = form.body.grids["lines"]
    assert QApplication.focusWidget() is lines.view
    assert lines.model.rowCount() == 1
    assert at(lines) == (0, "part_no")


def test_enter_walks_the_line_and_opens_the_next_past_the_last_cell(grid: LineGrid) -> None:
    walked = [grid.model.fields[place].key for place in grid.view.walked()]
    assert "used_qty" not in walked
    seen = []
    for _ in walked:
        seen.append(at(grid)[1])
        press(KEY.Key_Return)
    assert seen == walked
    assert at(grid) == (1, "part_no")
    press(KEY.Key_Return, SHIFT)
    assert at(grid) == (0, walked[-1])
    go_to(grid, 2, walked[-1])
    press(KEY.Key_Return)
    assert grid.model.rowCount() == 4
    assert at(grid) == (3, "part_no")
    press(KEY.Key_Return)
    assert grid.model.rowCount() == 4, "an untouched line does not open another"


def test_typing_begins_an_edit_with_its_first_key_and_enter_commits_it(grid: LineGrid, form: FormPage) -> None:
    go_to(grid, 0, "quantity")
    type_in("12.5")
    press(KEY.Key_Return)
    assert column(grid, "quantity")[0] == Decimal("12.5")
    assert at(grid) == (0, "erp_unit")
    go_to(grid, 1, "quantity")
    type_in("=12*3.5")
    press(KEY.Key_Return)
    assert column(grid, "quantity")[1] == Decimal(42)
    form.undo()
    form.undo()
    assert column(grid, "quantity") == [1, 2, 3]


def test_f2_edits_and_escape_takes_the_edit_back(grid: LineGrid, form: FormPage) -> None:
    go_to(grid, 0, "erp_unit")
    press(KEY.Key_F2)
    type_in("箱x")
    press(KEY.Key_Escape)
    assert column(grid, "erp_unit")[0] == ""
    assert not form.body.dirty
    assert QApplication.focusWidget() is grid.view


def test_an_input_method_composes_into_the_cell(grid: LineGrid) -> None:
    go_to(grid, 0, "erp_unit")
    assert grid.view.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    QCoreApplication.sendEvent(grid.view, QInputMethodEvent("xiang", []))
    assert column(grid, "erp_unit")[0] == ""
    done = QInputMethodEvent("", [])
    done.setCommitString("箱")
    QCoreApplication.sendEvent(grid.view, done)
    press(KEY.Key_Return)
    assert column(grid, "erp_unit")[0] == "箱"


def test_home_end_and_arrows_move_as_in_excel(grid: LineGrid) -> None:
    go_to(grid, 1, "quantity")
    press(KEY.Key_Down)
    assert at(grid) == (2, "quantity")
    press(KEY.Key_Home)
    assert at(grid) == (2, grid.model.fields[0].key)
    press(KEY.Key_End)
    assert at(grid) == (2, grid.model.fields[-1].key)
    press(KEY.Key_Home, CTRL)
    assert at(grid) == (0, grid.model.fields[0].key)
    press(KEY.Key_End, CTRL)
    assert at(grid) == (2, grid.model.fields[-1].key)


def test_delete_clears_the_marked_cells_and_one_undo_brings_them_back(grid: LineGrid, form: FormPage) -> None:
    mark(grid, 0, 2, "quantity")
    press(KEY.Key_Delete)
    assert column(grid, "quantity") == [None, None, None]
    press(KEY.Key_Z, CTRL)
    assert column(grid, "quantity") == [1, 2, 3]
    assert not form.body.dirty


def test_fill_down_takes_the_first_marked_row_or_the_row_above(grid: LineGrid, form: FormPage) -> None:
    mark(grid, 0, 2, "quantity")
    press(KEY.Key_D, CTRL)
    assert column(grid, "quantity") == [1, 1, 1]
    form.undo()
    assert column(grid, "quantity") == [1, 2, 3]
    go_to(grid, 1, "part_no")
    press(KEY.Key_D, CTRL)
    assert column(grid, "part_no") == ["CAP-1", "CAP-1", "BOX-3"]
    go_to(grid, 2, "quantity")
    press(KEY.Key_Apostrophe, CTRL)
    assert column(grid, "quantity") == [1, 2, 2]


def test_lines_are_inserted_duplicated_removed_and_moved_by_key(grid: LineGrid, form: FormPage) -> None:
    go_to(grid, 1, "quantity")
    press(KEY.Key_Insert, CTRL)
    assert column(grid, "part_no") == ["CAP-1", "", "RES-2", "BOX-3"]
    assert at(grid) == (1, "part_no")
    press(KEY.Key_Delete, CTRL)
    assert column(grid, "part_no") == ["CAP-1", "RES-2", "BOX-3"]
    mark(grid, 0, 1, "part_no")
    press(KEY.Key_D, CTRL | SHIFT)
    assert column(grid, "part_no") == ["CAP-1", "RES-2", "CAP-1", "RES-2", "BOX-3"]
    form.undo()
    mark(grid, 0, 1, "part_no")
    press(KEY.Key_Delete, CTRL)
    assert column(grid, "part_no") == ["BOX-3"]
    for _ in range(3):
        form.undo()
    assert column(grid, "part_no") == ["CAP-1", "RES-2", "BOX-3"]
    assert not form.body.dirty


def test_lines_move_and_their_numbers_stay_in_order(grid: LineGrid, form: FormPage) -> None:
    mark(grid, 1, 2, "part_no")
    press(KEY.Key_Up, ALT)
    assert column(grid, "part_no") == ["RES-2", "BOX-3", "CAP-1"]
    assert column(grid, "line_no") == [1, 2, 3]
    assert grid.view.rows() == [0, 1]
    assert not grid.bound["lines.up"].isEnabled()
    press(KEY.Key_Down, ALT)
    assert column(grid, "part_no") == ["CAP-1", "RES-2", "BOX-3"]
    assert column(grid, "line_no") == [1, 2, 3]
    form.undo()
    form.undo()
    assert column(grid, "part_no") == ["CAP-1", "RES-2", "BOX-3"]
    assert not form.body.dirty


def test_a_block_goes_to_the_clipboard_and_back(grid: LineGrid, qtbot: QtBot, desk: Any) -> None:
    go_to(grid, 0, "part_no")
    press(KEY.Key_Right, SHIFT)
    press(KEY.Key_Down, SHIFT)
    press(KEY.Key_C, CTRL)
    assert QApplication.clipboard().text() == "CAP-1\t1\nRES-2\t2"
    press(KEY.Key_X, CTRL)
    assert column(grid, "part_no") == ["", "", "BOX-3"]
    go_to(grid, 2, "part_no")
    press(KEY.Key_V, CTRL)
    qtbot.waitUntil(lambda: grid.model.rowCount() == 4)
    assert column(grid, "part_no") == ["", "", "CAP-1", "RES-2"]
    assert column(grid, "quantity") == [None, None, 1, 2]


def test_an_unreadable_pasted_cell_keeps_its_text_and_is_marked(
    grid: LineGrid, form: FormPage, qtbot: QtBot, desk: Any
) -> None:
    QApplication.clipboard().setText("CAP-1\t１２\nRES-2\t十二个\n")
    go_to(grid, 0, "part_no")
    press(KEY.Key_V, CTRL)
    qtbot.waitUntil(lambda: bool(grid.model.lines[1].unread))
    assert column(grid, "quantity") == [12, 2, 3]
    bad = grid.model.index(1, grid.model.column("quantity"))
    assert bad.data() == "十二个"
    assert bad.data(Qt.ItemDataRole.BackgroundRole) is not None
    assert "IMP-07" in str(bad.data(Qt.ItemDataRole.ToolTipRole))
    assert any(finding.line == 1 and finding.field == "quantity" for finding in form.body.strip.findings)
    form.undo()
    assert not grid.model.lines[1].unread
    assert column(grid, "quantity") == [1, 2, 3]


def test_space_opens_the_code_list_in_a_code_cell_and_types_a_blank_in_a_text_cell(grid: LineGrid) -> None:
    go_to(grid, 0, "currency")
    press(KEY.Key_Space)
    assert [w for w in QApplication.topLevelWidgets() if w.objectName() == "code_popup" and w.isVisible()]
    press(KEY.Key_Return)
    assert column(grid, "currency")[0] == "USD"
    assert grid.model.index(0, grid.model.column("currency")).data() == "USD 美元"
    go_to(grid, 0, "erp_unit")
    press(KEY.Key_Space)
    focus = QApplication.focusWidget()
    assert isinstance(focus, QWidget)
    assert focus is not grid.view
    assert not [w for w in QApplication.topLevelWidgets() if w.objectName() == "code_popup" and w.isVisible()]


def test_f6_goes_from_the_head_to_the_lines_and_back(grid: LineGrid, form: FormPage) -> None:
    press(KEY.Key_F6)
    assert form.body.header.isAncestorOf(QApplication.focusWidget())
    press(KEY.Key_F6)
    assert QApplication.focusWidget() is grid.view
    assert at(grid) == (0, "part_no")
