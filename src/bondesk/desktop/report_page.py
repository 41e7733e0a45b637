"""The one report page: options on top, rows below, and the reason of every number at the side."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from bondesk.base.errors import OutsideFailure, Refused, WrongCall
from bondesk.base.explanation import Explanation
from bondesk.base.findings import Finding, error
from bondesk.base.reports import Report, ReportTable
from bondesk.base.steps import Outcome, Step
from bondesk.desktop import style
from bondesk.desktop.background import while_alive
from bondesk.desktop.commands import Command, CommandActions, Commands
from bondesk.desktop.context import DeskContext
from bondesk.desktop.explain_panel import ExplainPanel
from bondesk.desktop.findings_strip import FindingsStrip
from bondesk.desktop.option_form import OptionForm
from bondesk.desktop.report_bars import with_drawing
from bondesk.desktop.report_exports import ReportExports
from bondesk.desktop.report_jump import open_place
from bondesk.desktop.report_model import ReportModel
from bondesk.desktop.report_tools import ReportTools
from bondesk.desktop.report_view import ReportView
from bondesk.desktop.talk import Talk
from bondesk.engine import reporting
from bondesk.engine.act import Act

#: Commands whose keys belong to the rows: in a box above them they mean something else.
_IN_ROWS = ("report.explain", "report.open", "report.copy", "report.copy_bare")
#: Findings in sight below the rows; more are scrolled to.
_FINDINGS = 4


class ReportPage(QWidget):
    """One declared report."""

    def __init__(self, context: DeskContext, report: Report) -> None:
        """Show ``report`` with its default options; nothing is read before the first query."""
        super().__init__()
        self.setObjectName(f"report.{report.key}")
        self.setWindowTitle(report.title)
        self._context, self.report = context, report
        self._talk: Talk | None = None
        self._options: Any = None
        self._table = ReportTable(())
        self.options = OptionForm(context, report.options, self)
        self.options.finished.connect(self.query)
        self.model = ReportModel(report, self)
        self.view = ReportView(self.model, self)
        self.view.customContextMenuRequested.connect(self._menu)
        self.view.doubleClicked.connect(self._explain_or_open)
        self.exports = ReportExports(context, self.model, self.view, self._failed, self)
        self.panel = self.exports.panel = ExplainPanel(self)
        self.panel.hide()
        self.strip = FindingsStrip(self)
        self.strip.hide()
        self._build()

    def _make_commands(self) -> Commands:
        why = self._why_no_rows
        return Commands(
            Command("report.query", "查询", "F5", self.query, self._why_not_query),
            Command("report.parts", "切换条件与结果", "F6", self.switch_part, why),
            Command("report.explain", "查看来历或打开单据", "Return", self._enter, why),
            Command("report.open", "打开单据", "Ctrl+Return", self.open_document, self._why_nothing_to_open),
            Command("report.find", "在结果中查找", "Ctrl+F", self.tools.find_text, why),
            Command("report.copy", "复制", "Ctrl+C", lambda: self.copy(headings=True), self._why_nothing_marked),
            Command(
                "report.copy_bare",
                "复制（不含标题）",
                "Ctrl+Shift+C",
                lambda: self.copy(headings=False),
                self._why_nothing_marked,
            ),
            Command("report.export", "导出EXCEL…", "Ctrl+E", self.exports.ask, self._why_no_shown),
            Command("report.pdf", "导出PDF…", "Ctrl+P", self.exports.ask_pages, self._why_no_shown),
            Command("report.export_rows", "导出选中行…", "", self.exports.ask_selected, self._why_nothing_marked),
        )

    def _why_not_query(self) -> str:
        return "正在查询" if self._talk is not None else ""

    def _why_no_rows(self) -> str:
        return "" if self._table.rows else "还没有数据，请先查询"

    def _why_no_shown(self) -> str:
        return self._why_no_rows() or ("" if self.model.order else "没有查找到的行")

    def _why_nothing_marked(self) -> str:
        return self._why_no_shown() or ("" if self.view.selectionModel().hasSelection() else "请先选中单元格")

    def _why_nothing_to_open(self) -> str:
        place = self.view.currentIndex()
        if not place.isValid() or place.row() >= len(self.model.order):
            return self._why_no_shown() or "请先选中一行"
        return "" if self.model.opens(place.row())[0] else "这一行没有对应的单据"

    def open_document(self) -> None:
        """Open the document the present row tells of."""
        row = self.view.currentIndex().row()
        open_place(self._context, self.model.opens(row), self.model.opened_line(row))

    def _enter(self) -> None:
        self._explain_or_open(self.view.currentIndex())

    def _explain_or_open(self, index: QModelIndex) -> None:
        """A figure tells where it comes from; whatever else stands in the row opens what the row tells of."""
        figure = index.isValid() and self.report.columns[index.column()].explained
        if figure or self._why_nothing_to_open():
            self._explain(index)
        else:
            self.open_document()

    def copy(self, *, headings: bool) -> None:
        """Put the marked cells on the clipboard as a table."""
        if rows := self.view.copy(headings=headings):
            self._context.show_message(f"已复制 {rows:,} 行，可粘贴到 Excel")

    def _find(self, text: str) -> None:
        self.model.search(text)
        self._say_rows()
        self.bound.refresh()

    def _say_rows(self) -> None:
        shown, there = len(self.model.order), len(self._table.rows)
        if not there:
            self.tools.said.setText("" if self._table.findings else "没有符合条件的数据")
        else:
            self.tools.said.setText(f"共 {there:,} 行" if shown == there else f"显示 {shown:,} 行，共 {there:,} 行")

    def switch_part(self) -> None:
        """Go from the options to the first figure whose origin can be shown, and back."""
        if self.view.hasFocus():
            self.options.focus_first()
            return
        self.view.setFocus(Qt.FocusReason.TabFocusReason)
        if not self.view.selectionModel().hasSelection():
            columns = (number for number, column in enumerate(self.report.columns) if column.explained)
            self.view.setCurrentIndex(self.model.index(0, next(columns, 0)))

    def _build(self) -> None:
        self.tools = ReportTools(self)
        self.tools.ask.clicked.connect(self.query)
        self.tools.stop.clicked.connect(self._cancel)
        self.tools.out.clicked.connect(self.exports.ask)
        self.tools.paper.clicked.connect(self.exports.ask_pages)
        self.tools.searched.connect(self._find)
        self.split = QSplitter(Qt.Orientation.Horizontal, self)
        self.split.setObjectName("report_split")
        self.split.addWidget(with_drawing(self.model, self.view, self))
        self.split.addWidget(self.panel)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.MARGIN, style.MARGIN, style.MARGIN, style.GAP)
        layout.setSpacing(style.GAP)
        layout.addWidget(self.options)
        layout.addWidget(self.tools)
        layout.addWidget(self.split, 1)
        layout.addWidget(self.strip)
        layout.addWidget(self.exports.strip)
        self.commands = self._make_commands()
        self.bound = CommandActions(self.commands, self, dict.fromkeys(_IN_ROWS, self.view))
        self.view.selectionModel().selectionChanged.connect(lambda _on, _off: self.bound.refresh())
        self.view.selectionModel().currentChanged.connect(lambda _now, _before: self.bound.refresh())

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Let the first condition be typed as soon as the page is there."""
        super().focusInEvent(event)
        self.options.focus_first()

    def query(self) -> None:
        """Run the report with the options on the screen."""
        if self._talk is None:
            self.options.when_ready(self._ready)

    def _ready(self, problems: Sequence[Finding]) -> None:
        self._show_findings(problems)
        if problems:
            self.tools.said.setText("没有查询：请先改正条件")
            return
        self._options = self.exports.options = self.options.value()
        self._talk = Talk(self._context, self._steps)
        self._talk.progressed.connect(self.tools.progress)
        self._talk.ended.connect(self._ended)
        self._talk.failed.connect(self._failed)
        self._talk.cancelled.connect(lambda: self._rest("已取消"))
        self.tools.run()
        self.bound.refresh()
        self._talk.start()

    def _steps(self, act: Act) -> Generator[Step, Any, Outcome]:
        self._table = yield from reporting.run(act, self.report, self._options)
        return Outcome("")

    def _cancel(self) -> None:
        if self._talk is not None:
            self._talk.cancel()

    def _rest(self, text: str) -> None:
        self._talk = None
        self.tools.rest(text)
        self.bound.refresh()

    def _ended(self, _outcome: Outcome) -> None:
        self.panel.hide()
        self.view.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.model.show_table(self._table)
        self._rest("")
        self._say_rows()
        self.tools.offer_exports(possible=bool(self._table.rows))
        self._show_findings(self._table.findings)

    def _show_findings(self, findings: Sequence[Finding]) -> None:
        self.strip.show_findings(findings)
        self.strip.setVisible(bool(findings))
        self.strip.setFixedHeight(self.strip.wanted_height(_FINDINGS))

    def _failed(self, problem: Exception) -> None:
        self._rest("没有完成")
        if isinstance(problem, Refused):
            self._show_findings(problem.findings)
        elif isinstance(problem, OutsideFailure | WrongCall):
            self._show_findings((error("OUT", str(problem)),))
        else:
            self._context.lane.crashed.emit(problem)

    def _explain(self, index: QModelIndex) -> None:
        if not index.isValid() or index.row() >= len(self.model.order):
            return
        column = self.report.columns[index.column()]
        if not column.explained:
            names = "、".join(one.title for one in self.report.columns if one.explained)
            self.tools.said.setText(f"可解释的列：{names}")
            return
        report, options, key = self.report, self._options, self.model.row_key(index.row())
        self._context.lane.act(
            lambda act: reporting.explain(act, report, options, key, column.key),
            while_alive(self, self._explained),
            while_alive(self, self._failed),
        )

    def _explained(self, explanation: Explanation) -> None:
        self.panel.show_explanation(explanation)
        width = self.split.width()
        self.split.setSizes([width * 11 // 20, width * 9 // 20])
        self.view.scrollTo(self.view.currentIndex())  # the number asked about stays in sight

    def _menu(self, place: QPoint) -> None:
        self.view.show_rows_menu(place, self.bound, self._explain)
