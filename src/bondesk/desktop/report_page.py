"""The one report page: options on top, rows below, and the reason of every number at the side."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from bondesk.base.errors import OutsideFailure, Refused, WrongCall
from bondesk.base.explanation import Explanation
from bondesk.base.findings import Finding, error
from bondesk.base.reports import Report, ReportTable
from bondesk.base.steps import Outcome, Progress, Step
from bondesk.desktop import style
from bondesk.desktop.background import while_alive
from bondesk.desktop.commands import Command, CommandActions, Commands
from bondesk.desktop.context import DeskContext
from bondesk.desktop.explain_panel import ExplainPanel
from bondesk.desktop.findings_strip import FindingsStrip
from bondesk.desktop.option_form import OptionForm, problems_text
from bondesk.desktop.report_model import ReportModel
from bondesk.desktop.talk import Talk
from bondesk.engine import exporting, reporting
from bondesk.engine.act import Act

_CHARACTER = 9
_FIRST = "请设定条件后按「查询」（F5）；F6 进入结果，回车查看数字来历"


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
        self.view = self._make_view()
        self.panel = ExplainPanel(self)
        self.panel.hide()
        self.strip = FindingsStrip(self)
        self.strip.hide()
        self._build()

    def _make_view(self) -> QTableView:
        view = QTableView(self)
        view.setObjectName("report_rows")
        view.setModel(self.model)
        view.setSortingEnabled(True)
        view.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        view.setAlternatingRowColors(True)
        view.setWordWrap(False)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.verticalHeader().setDefaultSectionSize(style.scaled(26))
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._menu)
        view.doubleClicked.connect(self._explain)
        for number, column in enumerate(self.report.columns):
            view.setColumnWidth(number, max(column.width, 2 * len(column.title) + 2) * style.scaled(_CHARACTER))
        return view

    def _make_commands(self) -> Commands:
        why = self._why_no_rows
        return Commands(
            Command("report.query", "查询", "F5", self.query, self._why_not_query),
            Command("report.parts", "切换条件与结果", "F6", self.switch_part, why),
            Command("report.explain", "查看来历", "Return", lambda: self._explain(self.view.currentIndex()), why),
            Command("report.export", "导出EXCEL", "Ctrl+E", self._export, why),
        )

    def _why_not_query(self) -> str:
        return "正在查询" if self._talk is not None else ""

    def _why_no_rows(self) -> str:
        return "" if self._table.rows else "还没有数据，请先查询"

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
        self.ask = QPushButton("查询 F5", self)
        self.ask.setObjectName("report_query")
        self.ask.clicked.connect(self.query)
        self.stop = QPushButton("取消", self)
        self.stop.setObjectName("report_cancel")
        self.stop.clicked.connect(self._cancel)
        self.stop.hide()
        self.out = QPushButton("导出EXCEL", self)
        self.out.setObjectName("report_export")
        self.out.clicked.connect(self._export)
        self.out.setEnabled(False)
        self.bar = QProgressBar(self)
        self.bar.setObjectName("report_progress")
        self.bar.setMaximumWidth(260)
        self.bar.hide()
        self.said = QLabel(_FIRST, self)
        self.said.setObjectName("report_said")
        self.said.setProperty("role", "quiet")
        tools = QHBoxLayout()
        for widget in (self.ask, self.stop, self.out, self.bar):
            tools.addWidget(widget)
        tools.addStretch(1)
        tools.addWidget(self.said)
        self.split = QSplitter(Qt.Orientation.Horizontal, self)
        self.split.setObjectName("report_split")
        self.split.addWidget(self.view)
        self.split.addWidget(self.panel)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.MARGIN, style.MARGIN, style.MARGIN, style.GAP)
        layout.setSpacing(style.GAP)
        layout.addWidget(self.options)
        layout.addLayout(tools)
        layout.addWidget(self.split, 1)
        layout.addWidget(self.strip)
        self.commands = self._make_commands()
        self.bound = CommandActions(self.commands, self, {"report.explain": self.view})
        self.out.setText(self.bound["report.export"].iconText())

    def query(self) -> None:
        """Run the report with the options on the screen."""
        if self._talk is None:
            self.options.when_ready(self._ready)

    def _ready(self, problems: Sequence[Finding]) -> None:
        if problems:
            self.said.setText(problems_text(problems))
            return
        self._options = self.options.value()
        self._talk = Talk(self._context, self._steps)
        self._talk.progressed.connect(self._progressed)
        self._talk.ended.connect(self._ended)
        self._talk.failed.connect(self._failed)
        self._talk.cancelled.connect(lambda: self._rest("已取消"))
        self.bar.setRange(0, 0)
        self.bar.show()
        self.stop.show()
        self.ask.setEnabled(False)
        self.bound.refresh()
        self._talk.start()

    def _steps(self, act: Act) -> Generator[Step, Any, Outcome]:
        self._table = yield from reporting.run(act, self.report, self._options)
        return Outcome("")

    def _progressed(self, step: Progress) -> None:
        self.bar.setRange(0, step.total)
        self.bar.setValue(step.done)
        self.bar.setFormat(step.text)

    def _cancel(self) -> None:
        if self._talk is not None:
            self._talk.cancel()

    def _rest(self, text: str) -> None:
        self._talk = None
        self.bar.hide()
        self.stop.hide()
        self.ask.setEnabled(True)
        self.said.setText(text)
        self.bound.refresh()

    def _ended(self, _outcome: Outcome) -> None:
        self._rest(f"共 {len(self._table.rows):,} 行")
        self.panel.hide()
        self.view.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.model.show_table(self._table)
        self.out.setEnabled(bool(self._table.rows))
        self._show_findings(self._table.findings)
        if not self._table.rows and not self._table.findings:
            self.said.setText("没有符合条件的数据")

    def _show_findings(self, findings: Sequence[Finding]) -> None:
        self.strip.show_findings(findings)
        self.strip.setVisible(bool(findings))

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
            self.said.setText(f"可解释的列：{names}")
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
        menu = QMenu(self)
        menu.setObjectName("report_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        index = self.view.indexAt(place)
        explain = menu.addAction("查看来历", lambda: self._explain(index))
        explain.setEnabled(index.isValid() and self.report.columns[index.column()].explained)
        menu.addAction("导出EXCEL", self._export).setEnabled(self.out.isEnabled())
        menu.popup(self.view.viewport().mapToGlobal(place))

    def _export(self) -> None:
        dialog = QFileDialog(self, "导出EXCEL", f"{self.report.title}.xlsx", "Excel 工作簿 (*.xlsx)")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.fileSelected.connect(lambda name: self.export_to(Path(name)))
        dialog.open()

    def export_to(self, path: Path) -> None:
        """Write what the screen shows, in its order, into a workbook."""
        report = self.report
        shown = ReportTable(tuple(self._table.rows[number] for number in self.model.order))
        self._context.lane.act(
            lambda act: exporting.export_report(act, report, shown, path),
            while_alive(self, lambda _nothing: self._context.show_message(f"已导出：{path}")),
            while_alive(self, self._failed),
        )
