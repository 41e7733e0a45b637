"""A report is opened from the list of the document it looks at, with the document's choices, and queried."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bondesk.areas.goods.part import Part
from bondesk.base.columns import Kind
from bondesk.base.explanation import Explanation
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable
from bondesk.base.steps import Progress
from bondesk.desktop.context import DeskContext
from bondesk.desktop.list_page import ListPage
from bondesk.desktop.report_page import ReportPage


@dataclass(frozen=True, slots=True)
class PartOptions:
    part_no: str = option("料号", "")


def run(_work: Any, options: PartOptions) -> Generator[Progress, None, ReportTable]:
    yield Progress(0, 1, "…")
    return ReportTable((ReportRow("1", (options.part_no,)),))


def explain(_work: Any, _options: Any, _row: str, _column: str) -> Explanation:
    raise NotImplementedError


REPORT = Report(
    "material_status", "料号分析", (ReportColumn("part_no", "料号", Kind.CODE),), run, explain, PartOptions,
    looks_at={"part": lambda part: PartOptions(part.part_no)},
)  # fmt: skip


def test_the_report_opens_with_the_documents_choices(desk: Any, qtbot: QtBot) -> None:
    opened: list[tuple[str, str, QWidget]] = []

    def open_page(key: str, title: str, make: Callable[[], QWidget]) -> None:
        opened.append((key, title, make()))

    context: DeskContext = desk.context
    catalogue = replace(context.engine.catalogue, reports=(REPORT,))
    context = replace(context, engine=replace(context.engine, catalogue=catalogue), open_page=open_page)
    with context.engine.acting(context.identity) as act:
        for number in ("A-1", "A-2"):
            act.session.add(Part(company_id=act.company_id, part_no=number, goods_kind="I"))
    page = ListPage(context, catalogue.document("part"))
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.model.rowCount() >= 2)
    command = page.commands["list.report.material_status"]
    page.view.clearSelection()
    assert command.why_not() == "请先在列表中选择"
    place = next(n for n in range(page.model.rowCount()) if "A-2" in _texts(page, n))
    page.view.selectRow(place)
    assert command.why_not() == ""
    command.run()
    qtbot.waitUntil(lambda: bool(opened))
    key, title, shown = opened[0]
    qtbot.addWidget(shown)
    assert isinstance(shown, ReportPage)
    assert key.startswith("about.material_status.")
    assert title == "料号分析 A-2"
    qtbot.waitUntil(lambda: shown.model.order == [0])
    assert shown.model.table.rows[0].values == ("A-2",)


def _texts(page: ListPage, row: int) -> list[Any]:
    return [page.model.index(row, column).data() for column in range(page.model.columnCount())]
