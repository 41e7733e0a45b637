"""A list by groups: one or two columns, how many documents each value has and what they add up to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType
from bondesk.desktop import style
from bondesk.desktop.cell_text import NameOf, cell_text
from bondesk.desktop.list_columns import STATE_KEY, available_columns
from bondesk.desktop.list_model import TONE_ROLE
from bondesk.desktop.list_totals import part_texts
from bondesk.desktop.list_view import StateDelegate
from bondesk.engine.summing import MONTH, MOST_GROUPS, Group, Totals, measures

_VALUES, _SORT = Qt.ItemDataRole.UserRole + 10, Qt.ItemDataRole.UserRole + 11
_EMPTY = "（空）"
_LINE = 20
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


def group_title(document: DocumentType, key: str) -> str:
    """Return what grouping by ``key`` is called: ``申报日期（按月）``."""
    plain = key.removesuffix(MONTH)
    title = next((column.title for column in available_columns(document) if column.key == plain), plain)
    return f"{title}（按月）" if key.endswith(MONTH) else title


def group_value(document: DocumentType, key: str, value: Any, names: NameOf) -> str:
    """Write the value of one group."""
    if value is None or value == "":
        return _EMPTY
    if key == STATE_KEY:
        return document.flow.state(str(value)).title
    column = next((one for one in available_columns(document) if one.key == key), None)
    return cell_text(column.field, value, names) if column and column.field else str(value)


@dataclass
class Branch:
    """A group with the groups inside it; its totals are theirs together."""

    values: tuple[Any, ...]
    count: int = 0
    sums: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    inner: list[Branch] = field(default_factory=list)

    def take(self, totals: Totals) -> None:
        """Add the totals of a group inside."""
        self.count += totals.count
        for key, parts in totals.sums.items():
            mine = self.sums.setdefault(key, {})
            for name, value in parts.items():
                mine[name] = mine.get(name, Decimal(0)) + value


def branches(groups: Sequence[Group]) -> list[Branch]:
    """Hang groups by two columns under those by the first."""
    outer: dict[Any, Branch] = {}
    for group in groups:
        branch = outer.setdefault(group.values[0], Branch(group.values[:1]))
        branch.take(group.totals)
        if len(group.values) > 1:
            leaf = Branch(group.values)
            leaf.take(group.totals)
            branch.inner.append(leaf)
    return list(outer.values())


class _Item(QTreeWidgetItem):
    """A row that sorts by numbers where there are numbers."""

    def __lt__(self, other: QTreeWidgetItem) -> bool:
        tree = self.treeWidget()
        column = tree.sortColumn() if tree is not None else 0
        mine, theirs = self.data(column, _SORT), other.data(column, _SORT)
        if mine is not None and theirs is not None:
            return bool(Decimal(mine) < Decimal(theirs))
        return self.text(column) < other.text(column)


class GroupView(QTreeWidget):
    """The groups as a tree; ``opened`` brings (keys, values) of the group whose rows are wanted."""

    opened = Signal(object, object)

    def __init__(self, document: DocumentType, names: NameOf, parent: QWidget) -> None:
        """Start empty."""
        super().__init__(parent)
        self.setObjectName("list_groups")
        self._document, self._names = document, names
        self._measures = measures(document)
        self._keys: tuple[str, ...] = ()
        self.setUniformRowHeights(False)
        self.setAlternatingRowColors(True)
        self.setSortingEnabled(True)
        self.setExpandsOnDoubleClick(False)
        self.setItemDelegateForColumn(0, StateDelegate(self))
        self.itemActivated.connect(lambda item, _column: self._open(item))
        self.setToolTip("双击或回车：查看该组的单据")

    def show_groups(self, keys: tuple[str, ...], groups: Sequence[Group]) -> None:
        """Show the groups by ``keys``."""
        same = keys == self._keys
        order = (self.sortColumn(), self.header().sortIndicatorOrder()) if same else (1, Qt.SortOrder.DescendingOrder)
        self._keys = keys
        self.clear()
        titles = [" / ".join(group_title(self._document, key) for key in keys), "条数"]
        self.setHeaderLabels([*titles, *(measure.field.label for measure in self._measures)])
        for column in range(1, self.columnCount()):
            self.headerItem().setTextAlignment(column, _RIGHT)
        self.addTopLevelItems([self._item(branch) for branch in branches(groups)])
        self.expandAll()
        self.sortByColumn(*order)
        self._fit_columns()
        self.setCurrentIndex(self.model().index(0, 0))

    def _fit_columns(self) -> None:
        self.header().setStretchLastSection(False)
        for column in range(self.columnCount()):
            self.resizeColumnToContents(column)
            self.setColumnWidth(column, max(self.columnWidth(column) + 2 * style.WIDE_GAP, 90))

    def _item(self, branch: Branch) -> QTreeWidgetItem:
        item, place = _Item(), len(branch.values) - 1
        key, value = self._keys[place], branch.values[place]
        item.setText(0, group_value(self._document, key, value, self._names))
        item.setData(0, _VALUES, branch.values)
        if key == STATE_KEY:
            item.setData(0, TONE_ROLE, self._document.flow.state(str(value)).tone)
        if item.text(0) == _EMPTY:
            item.setForeground(0, QColor(style.scheme().quiet))
        item.setText(1, f"{branch.count:,}")
        item.setData(1, _SORT, str(branch.count))
        for column, measure in enumerate(self._measures, 2):
            parts = branch.sums.get(measure.field.key, {})
            table = "currency" if measure.field.kind is Kind.AMOUNT else "unit"
            item.setText(column, "\n".join(part_texts(measure, parts, self._names, table)))
            item.setData(column, _SORT, str(sum(parts.values(), Decimal(0))))
        for column in range(1, 2 + len(self._measures)):
            item.setTextAlignment(column, _RIGHT)
        lines = max((item.text(column).count("\n") for column in range(1, 2 + len(self._measures))), default=0)
        item.setSizeHint(0, QSize(0, style.ROW_HEIGHT + lines * _LINE))
        item.addChildren([self._item(one) for one in branch.inner])
        return item

    def _open(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            values = tuple(item.data(0, _VALUES))
            self.opened.emit(self._keys[: len(values)], values)

    def open_current(self) -> None:
        """Show the rows of the group under the cursor."""
        self._open(self.currentItem())

    def said(self, groups: Sequence[Group]) -> str:
        """Say how many groups and documents there are."""
        documents = sum(group.totals.count for group in groups)
        more = f"（只列出最多的 {MOST_GROUPS:,} 组）" if len(groups) == MOST_GROUPS else ""
        return f"{len(groups):,} 组，共 {documents:,} 条{more}"
