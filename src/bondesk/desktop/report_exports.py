"""Exports of a report as it is shown: rows found and sorted, columns in sight, all of them or those marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from bondesk.base.reports import ReportTable
from bondesk.base.steps import Steps
from bondesk.desktop.context import DeskContext
from bondesk.desktop.explain_panel import ExplainPanel
from bondesk.desktop.export_dialog import ExportChoice, ExportOffer
from bondesk.desktop.exports import Exports
from bondesk.desktop.report_model import ReportModel
from bondesk.desktop.report_view import ReportView
from bondesk.engine import exporting
from bondesk.engine.act import Act
from bondesk.engine.explained_sheet import Told
from bondesk.engine.reporting import conditions_of

_SCREEN = "屏幕所见（当前列、顺序、查找结果和合计）"


class ReportExports(Exports):
    """Exports what ``view`` shows of ``model``."""

    def __init__(
        self,
        context: DeskContext,
        model: ReportModel,
        view: ReportView,
        explain: Callable[[Exception], None],
        page: QWidget,
    ) -> None:
        """Export for ``page``."""
        super().__init__(context, model.report.title, explain, page)
        self._model, self._view = model, view
        self.options: Any = None
        self.panel: ExplainPanel | None = None

    def offer(self, *, selected: bool) -> None:
        """Offer the screen."""
        shown, chosen = len(self._model.order), len(self._view.selected_rows())
        self.open_dialog(ExportOffer(shown, chosen, _SCREEN, pages=True), selected=selected)

    def begin(self, choice: ExportChoice, path: Path) -> None:
        """Write the rows in their order."""
        model = self._model
        rows = self._view.selected_rows() if choice.selected_only else range(len(model.order))
        report, columns = model.report, self._view.shown_keys()
        shown = ReportTable(tuple(model.table.rows[model.order[row]] for row in rows))
        conditions = self.conditions()
        told = self._told(shown, columns, selected_only=choice.selected_only)

        def steps(act: Act) -> Steps:
            return exporting.report_steps(act, report, shown, path, columns, told, conditions)

        self.start(steps, path)

    def conditions(self) -> list[tuple[str, str]]:
        """Say what was asked for, and what the screen leaves out of it."""
        found = list(conditions_of(self.options)) if self.options is not None else []
        if self._model.text:
            found.append(("查找", self._model.text))
        return found

    def _told(self, shown: ReportTable, columns: Sequence[str], *, selected_only: bool) -> Told:
        """Explain every figure of chosen rows; of the whole report the one shown beside it."""
        if selected_only:
            explained = [one.key for one in self._model.report.columns if one.explained and one.key in columns]
            return Told(self.options, tuple((row.key, key) for row in shown.rows for key in explained))
        panel = self.panel
        open_one = panel.explanation if panel is not None and panel.isVisible() else None
        return Told(self.options, shown=(open_one,) if open_one is not None else ())
