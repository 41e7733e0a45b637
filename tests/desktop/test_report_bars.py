"""Bars beside a report add up; the exported workbook shows them in its cells and tells where figures come from."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pytestqt.qtbot import QtBot

from bondesk.adapters.excel.files import ExcelFiles
from bondesk.base.columns import Kind
from bondesk.base.explanation import Explanation
from bondesk.base.reports import Bars, Report, ReportColumn, ReportRow, ReportTable
from bondesk.base.steps import Progress
from bondesk.desktop.context import DeskContext
from bondesk.desktop.export_dialog import ExportChoice
from bondesk.desktop.report_bars import BarsPane, bars_of
from bondesk.desktop.report_page import ReportPage
from bondesk.engine.engine import Engine

#: Bars in cells are an extension of the file format that the reading library does not know.
pytestmark = pytest.mark.filterwarnings("ignore:.*extension is not supported")
D = Decimal
COLUMNS = (
    ReportColumn("name", "商品名称", Kind.TEXT),
    ReportColumn("total", "差异合计", Kind.QUANTITY, explained=True),
    ReportColumn("timing", "时间差", Kind.QUANTITY, explained=True),
    ReportColumn("scrap", "边角料", Kind.QUANTITY),
    ReportColumn("rest", "未解释", Kind.QUANTITY),
)
ROWS = (("电容器", D("-7"), D("-10"), D("5"), D("-2")), ("电阻器", D("3"), D("0"), D("3"), D("0")))


def run(_work: Any, _options: Any) -> Generator[Progress, None, ReportTable]:
    yield Progress(0, 1, "…")
    return ReportTable(tuple(ReportRow(row[0], row) for row in ROWS))


def explain(_work: Any, _options: Any, row: str, column: str) -> Explanation:
    return Explanation(f"{row} {column}", "1", "怎么来的", (Explanation("清单 I1", "1", "第1项"),))


REPORT = Report("material_status", "归因", COLUMNS, run, explain, bars=Bars("total", ("timing", "scrap", "rest")))


@pytest.fixture
def page(engine: Engine, desk: Any, qtbot: QtBot) -> Iterator[ReportPage]:
    context: DeskContext = replace(desk.context, engine=replace(engine, files=ExcelFiles()))
    made = ReportPage(context, REPORT)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    made.query()
    qtbot.waitUntil(lambda: len(made.model.order) == 2)
    yield made


def test_each_bar_begins_where_the_one_before_ended() -> None:
    bars = bars_of(REPORT, ROWS[0])
    assert [(one.title, one.begin, one.end) for one in bars] == [
        ("时间差", D(0), D(-10)), ("边角料", D(-10), D(-5)), ("未解释", D(-5), D(-7)), ("差异合计", D(0), D(-7)),
    ]  # fmt: skip
    assert bars_of(replace(REPORT, bars=None), ROWS[0]) == []


def test_the_bars_follow_the_row(page: ReportPage) -> None:
    pane = page.findChild(BarsPane)
    assert pane is not None
    page.view.setCurrentIndex(page.model.index(1, 0))
    assert pane.title.text() == "电阻器"
    assert [one.value for one in pane.bars.bars] == [D(0), D(3), D(0), D(3)]
    page.view.setCurrentIndex(page.model.index(0, 0))
    assert "时间差 -10.00000" in pane.bars.accessibleDescription()
    picture = pane.bars.grab().toImage()
    colours = {picture.pixel(x, y) for x in range(picture.width()) for y in range(5, picture.height(), 7)}
    assert len(colours) > 3  # ground, text, below and above 0


def exported(page: ReportPage, path: Path, qtbot: QtBot, *, selected_only: bool) -> Any:
    page.exports.begin(ExportChoice("", selected_only, ".xlsx"), path)
    qtbot.waitUntil(lambda: page.exports._talk is None and path.exists(), timeout=10000)
    return load_workbook(path)


def test_chosen_rows_are_exported_with_where_their_figures_come_from(
    page: ReportPage, tmp_path: Path, qtbot: QtBot
) -> None:
    page.view.selectRow(0)
    book = exported(page, tmp_path / "out.xlsx", qtbot, selected_only=True)
    assert book.sheetnames == ["归因", "说明", "查询条件"]
    told = [[cell.value for cell in row] for row in book["说明"].rows]
    assert told[0] == ["来历", "数值", "说明"]
    assert told[1:3] == [["电容器 total", "1", "怎么来的"], ["　　清单 I1", "1", "第1项"]]
    assert [row[0] for row in told if row[0] and row[0].startswith("电容器")] == ["电容器 total", "电容器 timing"]
    bars = book["归因"].conditional_formatting
    assert [(str(one.sqref), [rule.type for rule in one.rules]) for one in bars] == [("C2:E2", ["dataBar"])]


def test_a_whole_export_tells_what_is_shown_beside_it(page: ReportPage, tmp_path: Path, qtbot: QtBot) -> None:
    assert exported(page, tmp_path / "bare.xlsx", qtbot, selected_only=False).sheetnames == ["归因", "查询条件"]
    page._explain(page.model.index(0, 1))
    qtbot.waitUntil(page.panel.isVisible)
    book = exported(page, tmp_path / "told.xlsx", qtbot, selected_only=False)
    assert book["说明"]["A2"].value == "电容器 total"


def test_text_has_one_table(page: ReportPage, tmp_path: Path, qtbot: QtBot) -> None:
    page.view.selectRow(0)
    path = tmp_path / "out.csv"
    page.exports.begin(ExportChoice("", True, ".csv"), path)
    qtbot.waitUntil(lambda: page.exports._talk is None and path.exists(), timeout=10000)
    assert "来历" not in path.read_text(encoding="utf-8-sig")
