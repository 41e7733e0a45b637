"""A report is looked through, copied and exported like a list."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from bondesk.adapters.excel.files import ExcelFiles
from bondesk.adapters.paper.pages import Pages
from bondesk.base.columns import Kind
from bondesk.base.explanation import Explanation
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable
from bondesk.base.steps import Progress
from bondesk.desktop.context import DeskContext
from bondesk.desktop.export_dialog import ExportDialog
from bondesk.desktop.report_page import ReportPage
from bondesk.engine.engine import Engine

COLUMNS = (
    ReportColumn("name", "商品名称", Kind.TEXT),
    ReportColumn("item_no", "备案序号", Kind.INTEGER),
    ReportColumn("quantity", "数量", Kind.QUANTITY, totalled=True),
    ReportColumn("amount", "总价", Kind.AMOUNT, totalled=True),
)
ROWS = (
    ("电容器", 3, Decimal("1234.5"), Decimal("10.25")),
    ("=1+1", 1, Decimal("-2"), Decimal(0)),
    ("电阻器", 2, Decimal("0.12345"), None),
)


def run(_work: Any, _options: Any) -> Generator[Progress, None, ReportTable]:
    yield Progress(0, 1, "…")
    return ReportTable(tuple(ReportRow(str(row[1]), row, ("part", 7) if row[1] == 1 else ("", 0)) for row in ROWS))


def explain(_work: Any, _options: Any, row: str, column: str) -> Explanation:
    raise NotImplementedError


REPORT = Report("material_status", "状况表", COLUMNS, run, explain)


@pytest.fixture
def page(engine: Engine, desk: Any, qtbot: QtBot) -> Iterator[ReportPage]:
    engine = replace(engine, files=ExcelFiles())
    context: DeskContext = replace(desk.context, engine=engine)
    made = ReportPage(context, REPORT)
    qtbot.addWidget(made)
    made.resize(900, 500)
    made.show()
    made.query()
    qtbot.waitUntil(lambda: made._talk is None and bool(made.model.order))
    yield made


def marked(page: ReportPage, *cells: tuple[int, int]) -> None:
    page.view.clearSelection()
    for cell in cells:
        page.view.selectionModel().select(page.model.index(*cell), QItemSelectionModel.SelectionFlag.Select)


def names(page: ReportPage) -> list[str]:
    return [str(page.model.value(row, 0)) for row in range(page.model.rowCount())]


def export(page: ReportPage, qtbot: QtBot, path: Path, *, command: str = "report.export") -> None:
    page.bound[command].trigger()
    qtbot.waitUntil(lambda: page.findChild(ExportDialog) is not None)
    dialog = page.findChild(ExportDialog)
    assert isinstance(dialog, ExportDialog)
    dialog.choose(selected=command == "report.export_rows", suffix=path.suffix[1:])
    ok = dialog.findChild(QPushButton, "export_ok")
    assert isinstance(ok, QPushButton)
    ok.click()
    qtbot.waitUntil(lambda: page.findChild(QFileDialog, "save_dialog") is not None)
    save = page.findChild(QFileDialog, "save_dialog")
    assert isinstance(save, QFileDialog)
    save.fileSelected.emit(str(path))
    save.close()
    qtbot.waitUntil(lambda: page.exports.strip.file.isVisible())


def test_marked_cells_are_copied_as_a_table(page: ReportPage) -> None:
    marked(page, (0, 0), (0, 2), (1, 0), (1, 2))
    page.view.setFocus()
    QTest.keyClick(page.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "商品名称\t数量\n电容器\t1234.50000\n'=1+1\t-2.00000"
    assert "<td style=\"mso-number-format:'\\@'\">=1+1</td><td>-2.00000</td>" in (
        QApplication.clipboard().mimeData().html()
    )
    page.bound["report.copy_bare"].trigger()
    assert QApplication.clipboard().text() == "电容器\t1234.50000\n'=1+1\t-2.00000"


def test_one_cell_is_copied_alone_and_gaps_stay_empty(page: ReportPage) -> None:
    marked(page, (1, 3))
    page.copy(headings=True)
    assert QApplication.clipboard().text() == "0.00"
    marked(page, (0, 0), (1, 1))
    page.copy(headings=False)
    assert QApplication.clipboard().text() == "电容器\t\n\t1"


def test_copying_follows_the_columns_in_sight(page: ReportPage) -> None:
    page.view.hideColumn(1)
    page.view.horizontalHeader().moveSection(3, 0)
    page.view.selectRow(0)
    page.copy(headings=True)
    assert QApplication.clipboard().text() == "总价\t商品名称\t数量\n10.25\t电容器\t1234.50000"


def test_a_search_leaves_what_it_finds_with_its_total(page: ReportPage, qtbot: QtBot) -> None:
    page.view.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    assert names(page) == ["=1+1", "电阻器", "电容器", "合计"]
    page.bound["report.find"].trigger()
    page.tools.search.insert("器")
    qtbot.waitUntil(lambda: names(page) == ["电阻器", "电容器", "合计"])
    assert page.model.value(2, 2) == Decimal("1234.62345")
    assert page.tools.said.text() == "显示 2 行，共 3 行"
    page.tools.search.setText("没有的")
    qtbot.waitUntil(lambda: page.model.rowCount() == 0)
    assert page.bound["report.export"].toolTip().endswith("没有查找到的行")
    page.tools.search.clear()
    qtbot.waitUntil(lambda: page.tools.said.text() == "共 3 行")
    assert names(page) == ["=1+1", "电阻器", "电容器", "合计"]


def test_the_workbook_holds_what_is_shown(page: ReportPage, qtbot: QtBot, tmp_path: Path) -> None:
    page.view.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    page.view.hideColumn(3)
    page.view.horizontalHeader().moveSection(2, 0)
    export(page, qtbot, tmp_path / "报表.xlsx")
    sheet = load_workbook(tmp_path / "报表.xlsx").active
    assert sheet is not None
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["数量", "商品名称", "备案序号"],
        [-2, "=1+1", 1],
        [0.12345, "电阻器", 2],
        [1234.5, "电容器", 3],
        [1232.62345, "合计", None],
    ]
    assert sheet["B2"].data_type == "s"  # no formula


def test_marked_rows_are_exported_as_text(page: ReportPage, qtbot: QtBot, tmp_path: Path) -> None:
    marked(page, (1, 2), (3, 2))  # the total row is no row of the report
    export(page, qtbot, tmp_path / "报表.csv", command="report.export_rows")
    assert (tmp_path / "报表.csv").read_text(encoding="utf-8-sig").splitlines() == [
        "商品名称,备案序号,数量,总价",
        "'=1+1,1,-2,0",
        "合计,,-2,0",
    ]


def test_a_column_is_hidden_and_brought_back(page: ReportPage) -> None:
    header = page.view.horizontalHeader()

    def menu() -> dict[str, Callable[[], None]]:
        place = header.rect().center()
        place.setX(header.sectionViewportPosition(2) + 5)
        return {action.text(): action.trigger for action in page.view.show_columns_menu(place).actions()}

    menu()["隐藏此列"]()
    assert page.view.shown_keys() == ("name", "item_no", "amount")
    menu()["显示「数量」"]()
    assert page.view.shown_keys() == ("name", "item_no", "quantity", "amount")


def test_a_row_opens_the_document_it_tells_of(page: ReportPage, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    opened: list[tuple[str, int | None]] = []
    told = replace(page._context, open_document=lambda document, number: opened.append((document.key, number)))
    monkeypatch.setattr(page, "_context", told)
    page.view.setCurrentIndex(page.model.index(0, 0))
    assert page.bound["report.open"].toolTip().endswith("这一行没有对应的单据")
    page.view.setCurrentIndex(page.model.index(1, 2))
    page.view.setFocus()
    QTest.keyClick(page.view, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert opened == [("part", 7)]
    page.view.setCurrentIndex(page.model.index(3, 2))  # the total row
    assert not page.bound["report.open"].isEnabled()


def test_the_pages_hold_what_is_shown(page: ReportPage, qtbot: QtBot, tmp_path: Path, monkeypatch: Any) -> None:
    """Ctrl+P asks for the file alone; rows, columns and what was searched for are those of the screen."""
    drawn, text = list[str](), Pages.text

    def keep(self: Pages, x: float, y: float, word: str, size: float, *, bold: bool = False) -> None:
        drawn.append(word)
        text(self, x, y, word, size, bold=bold)

    monkeypatch.setattr(Pages, "text", keep)
    page.tools.search.setText("器")
    page.tools.search.returnPressed.emit()
    page.view.hideColumn(1)
    page.view.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    QTest.keyClick(page, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: page.findChild(QFileDialog, "save_dialog") is not None)
    save = page.findChild(QFileDialog, "save_dialog")
    assert isinstance(save, QFileDialog)
    path = tmp_path / "状况表.pdf"
    save.fileSelected.emit(str(path))
    save.close()
    qtbot.waitUntil(lambda: page.exports.strip.file.isVisible())
    assert path.read_bytes().startswith(b"%PDF")
    at = drawn.index("商品名称")
    assert drawn[at - 1] == "查找：器"
    table = ["商品名称", "数量", "总价", "电阻器", "0.12345", "电容器", "1,234.50000", "10.25"]
    assert drawn[at : at + 11] == [*table, "合计", "1,234.62345", "10.25"]
