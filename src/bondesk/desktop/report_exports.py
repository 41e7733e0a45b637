"""Exports of a report as it is shown: rows found and sorted, columns in sight, all of them or those marked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from bondesk.base.reports import ReportTable
from bondesk.base.steps import Steps
from bondesk.desktop.context import DeskContext
from bondesk.desktop.export_dialog import ExportChoice, ExportOffer
from bondesk.desktop.exports import Exports
from bondesk.desktop.report_model import ReportModel
from bondesk.desktop.report_view import ReportView
from bondesk.engine import exporting
from bondesk.engine.act import Act

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

    def offer(self, *, selected: bool) -> None:
        """Offer the screen."""
        shown, chosen = len(self._model.order), len(self._view.selected_rows())
        self.open_dialog(ExportOffer(shown, chosen, _SCREEN), selected=selected)

    def begin(self, choice: ExportChoice, path: Path) -> None:
        """Write the rows in their order."""
        model = self._model
        rows = self._view.selected_rows() if choice.selected_only else range(len(model.order))
        report, columns = model.report, self._view.shown_keys()
        shown = ReportTable(tuple(model.table.rows[model.order[row]] for row in rows))

        def steps(act: Act) -> Steps:
            return exporting.report_steps(act, report, shown, path, columns)

        self.start(steps, path)
