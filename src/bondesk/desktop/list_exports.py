"""Exports of one list: as on the screen, by a 导出设置, or in the format the import takes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from bondesk.base.documents import DocumentType
from bondesk.base.steps import Steps
from bondesk.desktop.background import while_alive
from bondesk.desktop.context import DeskContext
from bondesk.desktop.export_dialog import ExportChoice, ExportOffer
from bondesk.desktop.exports import Exports
from bondesk.desktop.list_selection import ListSelection
from bondesk.engine.act import Act
from bondesk.engine.import_format import TITLE, import_format_steps
from bondesk.engine.list_export import export_steps, layouts, usual_layout
from bondesk.engine.query import PageRow, Query

_SCREEN = "屏幕所见（当前列、顺序、筛选和合计）"
_HINT = "在「导出设置」中可为本单证定义更多格式（列、顺序、标题、表体）。"


class ListExports(Exports):
    """Exports what ``query`` returns."""

    def __init__(
        self,
        context: DeskContext,
        document: DocumentType,
        selection: ListSelection,
        query: Callable[[], Query],
        explain: Callable[[Exception], None],
        page: QWidget,
    ) -> None:
        """Export for ``page``."""
        super().__init__(context, document.title, explain, page)
        self._document, self._selection, self._query = document, selection, query

    def offer(self, *, selected: bool) -> None:
        """Offer the screen and the layouts of the document."""
        document = self._document

        def done(found: tuple[list[str], str]) -> None:
            shown, chosen = self._selection.model.rowCount(), self._selection.size
            again = document.workbook is not None
            self.open_dialog(
                ExportOffer(shown, chosen, _SCREEN, tuple(found[0]), found[1], again, _HINT), selected=selected
            )

        self._context.lane.act(
            lambda act: (layouts(act, document), usual_layout(act, document)),
            while_alive(self, done),
            while_alive(self, self._explain),
        )

    def begin(self, choice: ExportChoice, path: Path) -> None:
        """Fetch the selected rows when only they are wanted, then write."""
        everything = self._selection.size == self._selection.model.rowCount()
        if choice.selected_only and not everything:
            self._selection.with_rows(lambda rows: self._write(choice.layout, path, rows), self._explain)
        else:
            self._write(choice.layout, path, [])

    def _write(self, layout: str, path: Path, rows: list[PageRow]) -> None:
        document, query, ids = self._document, self._query(), [row.id for row in rows]

        def steps(act: Act) -> Steps:
            if layout == TITLE:
                return import_format_steps(act, document, query, path, ids)
            return export_steps(act, document, query, path, layout, ids)

        self.start(steps, path)
