"""The table of a report: columns one moves and hides, cells one marks and copies as they are shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTableView, QWidget

from bondesk.desktop import style
from bondesk.desktop.clipboard_table import copy_table
from bondesk.desktop.commands import CommandActions
from bondesk.desktop.report_model import ReportModel

_CHARACTER = 9
#: The commands of the rows, in groups.
_MENU = (("report.open",), ("report.copy", "report.copy_bare"), ("report.export", "report.pdf", "report.export_rows"))


class ReportView(QTableView):
    """Shows a :class:`ReportModel`."""

    def __init__(self, model: ReportModel, parent: QWidget) -> None:
        """Lay the columns out as declared."""
        super().__init__(parent)
        self.setObjectName("report_rows")
        self._model = model
        self.setModel(model)
        self.setSortingEnabled(True)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalHeader().setDefaultSectionSize(style.scaled(26))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header = self.horizontalHeader()
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSectionsMovable(True)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self.show_columns_menu)
        for number, column in enumerate(model.report.columns):
            self.setColumnWidth(number, max(column.width, 2 * len(column.title) + 2) * style.scaled(_CHARACTER))

    def shown_columns(self) -> list[int]:
        """Return the columns in sight, from left to right as the user has put them."""
        header = self.horizontalHeader()
        ordered = (header.logicalIndex(place) for place in range(header.count()))
        return [column for column in ordered if not self.isColumnHidden(column)]

    def shown_keys(self) -> tuple[str, ...]:
        """Return the keys of the columns in sight, from left to right."""
        return tuple(self._model.report.columns[column].key for column in self.shown_columns())

    def _marked(self) -> dict[int, set[int]]:
        """Return the columns of the marked cells by row, top down."""
        spans, found = self.selectionModel().selection(), dict[int, set[int]]()
        for number in range(spans.size()):
            span = spans.at(number)
            columns = range(span.left(), span.right() + 1)
            for row in range(span.top(), span.bottom() + 1):
                found.setdefault(row, set()).update(columns)
        return dict(sorted(found.items()))

    def selected_rows(self) -> list[int]:
        """Return the rows with a marked cell, top down, the total row left out."""
        return [row for row in self._marked() if row < len(self._model.order)]

    def copy(self, *, headings: bool) -> int:
        """Put the marked cells on the clipboard as a table, numbers exact; return how many rows they are in.

        A cell that is not marked between marked ones stays empty; one cell alone needs no heading.
        """
        model, marked = self._model, self._marked()
        used = set[int]().union(*marked.values())
        columns = [column for column in self.shown_columns() if column in used]
        texts = [[model.exact_text(row, c) if c in cells else "" for c in columns] for row, cells in marked.items()]
        alone = len(marked) == len(columns) == 1
        titles = [model.report.columns[column].title for column in columns] if headings and not alone else []
        if columns:
            copy_table(texts, [model.is_number(column) for column in columns], titles)
        return len(texts) if columns else 0

    def show_columns_menu(self, place: QPoint) -> QMenu:
        """Open the menu of a heading: hide this column, or bring one back."""
        menu = QMenu(self)
        menu.setObjectName("report_columns_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        section, shown = self.horizontalHeader().logicalIndexAt(place), self.shown_columns()
        hide = menu.addAction("隐藏此列", lambda: self.hideColumn(section))
        hide.setEnabled(section >= 0 and len(shown) > 1)
        menu.addAction("最合适的列宽", lambda: self.resizeColumnToContents(section)).setEnabled(section >= 0)
        menu.addSeparator()
        hidden = [number for number in range(self._model.columnCount()) if self.isColumnHidden(number)]
        for number in hidden:
            menu.addAction(f"显示「{self._model.report.columns[number].title}」", partial(self.showColumn, number))
        menu.popup(self.horizontalHeader().mapToGlobal(place))
        return menu

    def show_rows_menu(self, place: QPoint, bound: CommandActions, explain: Callable[[QModelIndex], None]) -> QMenu:
        """Open the menu of the rows: where a number comes from, its document, copies and exports."""
        menu = QMenu(self)
        menu.setObjectName("report_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        index = self.indexAt(place)
        reason = menu.addAction("查看来历", lambda: explain(index))
        reason.setEnabled(index.isValid() and self._model.report.columns[index.column()].explained)
        for keys in _MENU:
            menu.addActions([bound[key] for key in keys])
            menu.addSeparator()
        menu.popup(self.viewport().mapToGlobal(place))
        return menu
