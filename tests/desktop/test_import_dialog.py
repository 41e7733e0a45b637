"""The import dialog through its real widgets: choose, see, mend, import."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from bondesk.areas.notes.source_document import SourceDocument
from bondesk.base.identity import Identity
from bondesk.base.import_setting import ImportSetting
from bondesk.desktop.context import Codes, DeskContext
from bondesk.desktop.import_dialog import ImportDialog
from bondesk.desktop.import_model import CORRECTED
from bondesk.desktop.jobs import jobs_of
from bondesk.desktop.lane import Lane
from bondesk.desktop.layout import Layout
from bondesk.desktop.talk import RUNNING
from bondesk.desktop.workbook_drop import WorkbookDrop
from builders.clerk import wait_until
from builders.homes import read
from builders.office import Office
from builders.source_lines import HEADS, book, lines

QTY, UNIT = HEADS.index("数量*"), HEADS.index("企业单位")
Open = Callable[..., ImportDialog]


@pytest.fixture
def open_dialog(masters_office: Office, qtbot: QtBot, tmp_path: Path) -> Iterator[Open]:
    """Open dialogs over an office with masters."""
    lanes: list[Lane] = []
    hosts: list[QWidget] = []
    crashes: list[Exception] = []

    def open_one(key: str = "source_document", path: Path | None = None, who: Identity | None = None) -> ImportDialog:
        identity = who or masters_office.clerk
        lane = Lane(masters_office.engine, identity)
        lane.crashed.connect(crashes.append)
        lanes.append(lane)
        nothing: Any = lambda *_: None  # noqa: E731
        context = DeskContext(
            masters_office.engine, identity, lane, Codes(), nothing, nothing, nothing, nothing,
            {"layout": Layout(tmp_path / "layout.ini")},
        )  # fmt: skip
        host = QWidget()
        qtbot.addWidget(host)
        hosts.append(host)
        dialog = ImportDialog(context, masters_office.document(key), host)
        dialog.open()
        if path is not None:
            dialog.path.setText(str(path))
            settled(dialog)
        return dialog

    yield open_one
    for lane in lanes:
        lane.close()
    assert not crashes


def settled(dialog: ImportDialog) -> None:
    """Wait until what is typed has been checked and nothing runs."""
    wait_until(
        lambda: not dialog._typing.isActive() and not dialog.work.checking and not dialog.work.storing, "the check"
    )
    wait_until(lambda: dialog._context.lane.idle)


def stored(office: Office) -> list[str]:
    return sorted(read(office.engine, SourceDocument, lambda one: f"{one.document_no}:{len(one.lines)}"))


def type_into(dialog: ImportDialog, row: int, column: int, text: str) -> None:
    """Edit a cell (Excel row, 0-based column) with the keyboard."""
    view = dialog.sheets.view()
    assert view is not None
    index = view.raw.index_of((view.raw.name, row, column))
    view.setCurrentIndex(index)
    view.edit(index)
    editor = view.findChild(QLineEdit)
    assert editor is not None
    editor.selectAll()
    QTest.keyClicks(editor, text)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    wait_until(lambda: not isValid(editor), "the cell's editor to close")


def click(button: Any) -> None:
    assert button.isEnabled(), button.toolTip()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_choose_see_mend_import(open_dialog: Open, masters_office: Office, tmp_path: Path) -> None:
    """The whole path of a clerk with a faulty file."""
    dialog = open_dialog(path=book(tmp_path, {"单证": lines("A 1\nA 2 数量=abc\nB 1")}))
    assert "发现 1 处错误" in dialog.said.text()
    assert not dialog.run.isEnabled()
    assert "只导入无误的单据" in dialog.run.toolTip()
    assert [finding.code for finding in dialog.view.model.findings] == ["IMP-07"]
    QTest.keyClick(dialog, Qt.Key.Key_F8)
    assert dialog.sheets.current() == ("单证", 3, QTY)
    assert "错误：不是数字" in dialog.sheets.line.text()
    type_into(dialog, 3, QTY, "7")
    settled(dialog)
    assert "可以导入" in dialog.said.text()
    assert dialog.sheets.current() == ("单证", 4, QTY), "Enter goes down"
    dialog.sheets.go(("单证", 3, QTY))
    assert "已更正，原为“abc”" in dialog.sheets.line.text()
    view = dialog.sheets.view()
    assert view is not None
    assert view.raw.index_of(("单证", 3, QTY)).data(CORRECTED)
    click(dialog.run)
    settled(dialog)
    assert dialog.said.text().startswith("已导入「原始单证」2 条，明细 3 行")
    assert stored(masters_office) == ["A:2", "B:1"]
    assert "已经导入" in dialog.run.toolTip()
    dialog.close()
    assert not dialog.isVisible()


def test_undo_and_redo(open_dialog: Open, tmp_path: Path) -> None:
    """A correction can be taken back and done again; each time the check follows."""
    dialog = open_dialog(path=book(tmp_path, {"单证": lines("A 1")}))
    type_into(dialog, 2, QTY, "x")
    settled(dialog)
    assert "发现 1 处错误" in dialog.said.text()
    QTest.keyClick(dialog, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settled(dialog)
    assert "可以导入" in dialog.said.text()
    assert dialog.corrections.texts == {}
    QTest.keyClick(dialog, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    settled(dialog)
    assert dialog.corrections.texts == {("单证", 2, QTY): "x"}


def test_alike_cells_are_mended_together(open_dialog: Open, tmp_path: Path) -> None:
    """One press gives the correction to every cell of the column with the same content, as one step."""
    dialog = open_dialog(path=book(tmp_path, {"单证": lines("A 1 企业单位=DZN\nA 2 企业单位=DZN\nB 1 企业单位=DZN")}))
    assert "发现 3 处错误" in dialog.said.text()
    type_into(dialog, 2, UNIT, "PCS")
    settled(dialog)
    assert dialog.face.hints.alike.text() == "本列另有 2 格也是“DZN”，都改为“PCS”"
    click(dialog.face.hints.alike)
    settled(dialog)
    assert "可以导入" in dialog.said.text()
    dialog.corrections.undo.undo()
    assert len(dialog.corrections.texts) == 1


def test_only_sound_documents(open_dialog: Open, masters_office: Office, tmp_path: Path) -> None:
    """The other mode stores what is sound; the rest can be saved with its reasons."""
    dialog = open_dialog(path=book(tmp_path, {"单证": lines("A 1\nA 2 数量=abc\nB 1")}))
    dialog.face.accepted_only.click()
    settled(dialog)
    click(dialog.run)
    settled(dialog)
    assert stored(masters_office) == ["B:1"]
    assert "有错误未导入 1 条" in dialog.said.text()
    click(dialog.face.save_refused)
    files = dialog.findChild(QFileDialog, "import_save_dialog")
    assert files is not None
    target = tmp_path / "left.xlsx"
    files.fileSelected.emit(str(target))
    files.close()
    wait_until(target.exists, "the file")
    settled(dialog)
    assert [row[-1].value for row in load_workbook(target).worksheets[0].iter_rows()][0] == "原因"


def test_filter_keeps_mended_rows_in_place(open_dialog: Open, tmp_path: Path) -> None:
    """只看有问题的行 shows headings and wrong rows by their Excel numbers; mending does not make rows jump."""
    dialog = open_dialog(path=book(tmp_path, {"单证": lines("A 1\nA 2 数量=abc\nB 1\nC 1 数量=x")}))
    dialog.sheets.wrong_only.click()
    view = dialog.sheets.view()
    assert view is not None

    def shown() -> list[str]:
        rows = range(view.raw.rowCount())
        return [str(view.raw.headerData(row, Qt.Orientation.Vertical)) for row in rows]

    assert shown() == ["1", "3", "5"]
    type_into(dialog, 3, QTY, "1")
    settled(dialog)
    assert shown() == ["1", "3", "5"]
    dialog.sheets.wrong_only.click()
    assert len(shown()) == 5


def test_paste_and_delete(open_dialog: Open, tmp_path: Path) -> None:
    """A block from a spreadsheet goes over the cells; Delete empties a selection."""
    dialog = open_dialog(path=book(tmp_path, {"单证": lines("A 1\nA 2")}))
    view = dialog.sheets.view()
    assert view is not None
    view.setFocus()
    view.setCurrentIndex(view.raw.index(1, QTY))
    QApplication.clipboard().setText("5\tPCS\n6\tM\n")
    view.paste()
    assert dialog.corrections.texts == {("单证", 2, QTY): "5", ("单证", 3, QTY): "6", ("单证", 3, UNIT): "M"}
    view.empty()
    assert dialog.corrections.texts[("单证", 2, QTY)] == ""
    dialog.corrections.undo.undo()
    dialog.corrections.undo.undo()
    settled(dialog)
    assert dialog.corrections.texts == {}


def test_a_heading_is_remembered(open_dialog: Open, masters_office: Office, tmp_path: Path) -> None:
    """An unknown heading is offered its nearest; one click makes it the enterprise's own."""
    rows = lines("A 1")
    rows[0][QTY] = "实收数量"
    dialog = open_dialog(path=book(tmp_path, {"单证": rows}))
    assert "缺少必填标题 数量" in dialog.view.model.findings[0].text
    dialog.sheets.go(("单证", 1, QTY))
    button = dialog.face.hints.heading
    assert button.text().startswith("“实收数量”就是「数量」")
    button.click()
    settled(dialog)
    wait_until(lambda: "可以导入" in dialog.said.text(), "the new check")
    words = read(masters_office.engine, ImportSetting, lambda one: [(h.heading, h.own_heading) for h in one.headings])
    assert words == [[("数量", "实收数量")]]


def test_who_may_not_edit_settings_is_not_offered_it(open_dialog: Open, masters_office: Office, tmp_path: Path) -> None:
    """What is not granted is not shown."""
    rows = lines("A 1")
    rows[0][QTY] = "实收数量"
    who = Identity(masters_office.clerk.user_id, "x", "x", frozenset({("source_document", "import")}))
    dialog = open_dialog(path=book(tmp_path, {"单证": rows}), who=who)
    dialog.sheets.go(("单证", 1, QTY))
    assert dialog.face.hints.heading.isHidden()


def test_a_file_changed_meanwhile_is_not_imported(open_dialog: Open, masters_office: Office, tmp_path: Path) -> None:
    """IMP-12: what is stored is what was looked at; reading again keeps corrections that still fit."""
    path = book(tmp_path, {"单证": lines("A 1 数量=abc\nA 2 数量=abc")})
    dialog = open_dialog(path=path)
    type_into(dialog, 2, QTY, "5")
    type_into(dialog, 3, QTY, "6")
    settled(dialog)
    book(tmp_path, {"单证": lines("A 1 数量=abc\nA 2 数量=9")})
    click(dialog.run)
    settled(dialog)
    assert "检查之后被修改过" in dialog.said.text()
    assert stored(masters_office) == []
    QTest.keyClick(dialog, Qt.Key.Key_F5)
    settled(dialog)
    assert dialog.corrections.texts == {("单证", 2, QTY): "5"}
    assert "可以导入" in dialog.said.text()


def test_closing_with_corrections_asks(open_dialog: Open, tmp_path: Path) -> None:
    """Corrections are the clerk's work: the cross asks before they go."""
    dialog = open_dialog(path=book(tmp_path, {"单证": lines("A 1")}))
    type_into(dialog, 2, QTY, "5")
    settled(dialog)
    dialog.close()
    assert dialog.isVisible()
    button = dialog.findChild(QPushButton, "question_yes")
    assert button is not None
    click(button)
    wait_until(lambda: not dialog.isVisible(), "the close")


def test_a_dropped_file_is_checked(open_dialog: Open, tmp_path: Path) -> None:
    """Dropping a file is choosing it; its folder is remembered."""
    path = book(tmp_path, {"单证": lines("A 1")})
    dialog = open_dialog()
    assert not dialog.run.isEnabled()
    assert dialog.run.toolTip() == "请先选择工作簿"
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, button, none)
    drop = dialog.findChild(WorkbookDrop)
    assert drop is not None
    assert drop.eventFilter(dialog, event)
    settled(dialog)
    assert "可以导入：新增 1 条，明细 1 行" in dialog.said.text()
    assert dialog.files.folders() == [str(tmp_path)]


def test_a_large_workbook_never_blocks(open_dialog: Open, tmp_path: Path) -> None:
    """Closing while a file is being checked gives the check up; nothing is left running."""
    notation = "\n".join(f"D{number} 1" for number in range(3000))
    dialog = open_dialog()
    dialog.path.setText(str(book(tmp_path, {"单证": lines(notation)})))
    wait_until(lambda: dialog.work.checking, "the check to begin")
    dialog.close()
    assert not dialog.isVisible()
    wait_until(lambda: not dialog._context.extras[RUNNING], "the end of the talk")


def test_a_file_that_is_no_workbook(open_dialog: Open, tmp_path: Path) -> None:
    """What it is and what to do is said; nothing can be imported; a good file afterwards can."""
    bad = tmp_path / "bad.xls"
    bad.write_text("料号,数量\nA,1\n", encoding="gb18030")
    dialog = open_dialog(path=bad)
    assert "这是文本文件" in dialog.said.text()
    assert not dialog.run.isEnabled()
    assert "打不开" in dialog.run.toolTip()
    dialog.path.setText(str(book(tmp_path, {"单证": lines("A 1")})))
    settled(dialog)
    assert dialog.run.isEnabled()


def test_enter_goes_down_and_never_imports(open_dialog: Open, masters_office: Office, tmp_path: Path) -> None:
    """Enter in the grid is a spreadsheet's Enter; Ctrl+Enter imports."""
    dialog = open_dialog(path=book(tmp_path, {"单证": lines("A 1\nA 2")}))
    view = dialog.sheets.view()
    assert view is not None
    view.setFocus()
    view.setCurrentIndex(view.raw.index(1, QTY))
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert dialog.sheets.current() == ("单证", 3, QTY)
    settled(dialog)
    assert stored(masters_office) == []
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settled(dialog)
    assert stored(masters_office) == ["A:2"]


def test_every_widget_has_a_name(open_dialog: Open) -> None:
    """Interactive widgets can be found by name."""
    dialog = open_dialog()
    nameless = [type(w).__name__ for w in dialog.findChildren(QPushButton) if not w.objectName()]
    assert nameless == []


def test_an_import_goes_on_in_the_background_and_is_opened_again(
    open_dialog: Open, masters_office: Office, tmp_path: Path
) -> None:
    dialog = open_dialog(path=book(tmp_path, {"单证": lines("A 1\nA 2\nB 1")}))
    assert dialog.face.aside.isHidden(), "nothing runs yet"
    click(dialog.run)
    click(dialog.face.aside)
    assert not dialog.isVisible()
    wait_until(lambda: not dialog.work.storing, "the import")
    assert stored(masters_office) == ["A:2", "B:1"]
    told = jobs_of(dialog._context).history[-1]
    assert "导入 原始单证" in told.text
    assert told.open is not None
    told.open()
    assert dialog.isVisible()
    assert dialog.face.aside.isHidden()
    assert "导入" in dialog.said.text()
