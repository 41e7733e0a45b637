"""A tree of ticks over offered lines: branches tick everything under them, a few typed letters narrow it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from bondesk.base.documents import Offer, Quick
from bondesk.desktop import style
from bondesk.desktop.codes_loading import initials
from bondesk.desktop.offered_lines import UNKNOWN

_PLACE = Qt.ItemDataRole.UserRole
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_ON, _OFF, _SOME = Qt.CheckState.Checked, Qt.CheckState.Unchecked, Qt.CheckState.PartiallyChecked

_ROW_HEIGHT = 25
_INTO_TREE = (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class TickTree(QWidget):
    """Offers by place 0, 1 …, then lines no offer has. It shows ticks, it does not keep them: ``wanted`` brings
    place → on or off as the user asks for it, :meth:`show_ticks` says what is. Below a ticked offer that covers the
    others everything is shown as ticked, and is not for ticking.
    """

    wanted = Signal(object)

    def __init__(self, name: str, quick: Sequence[Quick], parent: QWidget) -> None:
        """Show nothing until :meth:`show_offers`; ``quick`` are selections a button makes in the marked branch."""
        super().__init__(parent)
        self.setObjectName(f"ticks.{name}")
        self._offers: Sequence[Offer] = ()
        self._leaves: list[QTreeWidgetItem] = []
        self._ticked: Set[int] = frozenset()
        self._covering = ""
        self.editable = False
        self.filter = QLineEdit(self)
        self.filter.setObjectName(f"ticks_filter.{name}")
        self.filter.setPlaceholderText("输入名称或拼音首字母筛选")
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaximumWidth(320)
        self.tree = QTreeWidget(self)
        self.tree.setObjectName(f"ticks_tree.{name}")
        self.tree.setColumnCount(2)
        self.tree.setHeaderLabels(["名称", "已选"])
        self.tree.headerItem().setTextAlignment(1, _RIGHT)
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        self.tree.setColumnWidth(1, 90)
        self.tree.setUniformRowHeights(True)
        self.nothing = QLabel("没有可选的内容", self)
        self.nothing.setObjectName(f"ticks_nothing.{name}")
        self.nothing.setProperty("role", "quiet")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.count = QLabel(self)
        self.count.setObjectName(f"ticks_count.{name}")
        self.count.setProperty("role", "quiet")
        self._buttons = [
            *(self._button(f"quick{place}", title, self._chooser(fits)) for place, (title, fits) in enumerate(quick)),
            self._button("all", "全部", lambda: self._choose(lambda _offer: True)),
            self._button("none", "清除", lambda: self._choose(lambda _offer: False)),
        ]
        self._arrange()
        self.filter.textChanged.connect(self._narrow)
        self.filter.installEventFilter(self)
        self.tree.itemChanged.connect(self._item_changed)
        self.tree.currentItemChanged.connect(lambda _now, _before: self._explain_buttons())

    def _button(self, name: str, title: str, run: Callable[[], object]) -> QToolButton:
        button = QToolButton(self)
        button.setObjectName(f"{self.objectName()}.{name}")
        button.setText(title)
        button.setAutoRaise(True)
        button.clicked.connect(lambda _checked=False: run())
        return button

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(style.GAP)
        top.addWidget(self.filter, 1)
        for button in self._buttons:
            top.addWidget(button)
        top.addStretch(1)
        top.addWidget(self.count)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.GAP)
        layout.addLayout(top)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self.nothing, 1)

    def show_offers(self, offers: Sequence[Offer], strangers: Sequence[str] = ()) -> None:
        """Build the tree; branches one level deep are open, deeper ones closed."""
        self._offers = [*offers, *(Offer((UNKNOWN,), title, {}) for title in strangers)]
        self.tree.blockSignals(True)
        self.tree.clear()
        self._leaves = []
        branches: dict[tuple[str, ...], QTreeWidgetItem] = {}
        for place, offer in enumerate(self._offers):
            leaf = self._under(self._branch(branches, offer.path), offer.title)
            leaf.setData(0, _PLACE, place)
            self._leaves.append(leaf)
        for path, branch in branches.items():
            branch.setExpanded(len(path) == 1)
            if path == (UNKNOWN,):
                branch.setForeground(0, QColor(style.tone("warn").foreground))
        self.tree.blockSignals(False)
        self.tree.setColumnHidden(1, not branches)
        self.set_editable(self.editable)
        self.show_ticks(self._ticked)
        self._narrow(self.filter.text())
        for item in _children(self.tree.invisibleRootItem())[:1]:
            self.tree.setCurrentItem(item)

    def _branch(self, branches: dict[tuple[str, ...], QTreeWidgetItem], path: tuple[str, ...]) -> QTreeWidgetItem:
        if not path:
            return self.tree.invisibleRootItem()
        if path not in branches:
            branches[path] = self._under(self._branch(branches, path[:-1]), path[-1])
            font = branches[path].font(0)
            font.setBold(len(path) == 1)
            branches[path].setFont(0, font)
        return branches[path]

    def _under(self, parent: QTreeWidgetItem, title: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(parent, [title, ""])
        item.setCheckState(0, _OFF)
        item.setSizeHint(0, QSize(0, _ROW_HEIGHT))
        item.setTextAlignment(1, _RIGHT)
        item.setForeground(1, QColor(style.scheme().quiet))
        return item

    def set_editable(self, editable: bool) -> None:
        """Let ticks be changed, or only looked at."""
        self.editable = editable
        self._let()
        self._explain_buttons()

    def _let(self) -> None:
        """Let be ticked what means anything."""
        self.tree.blockSignals(True)
        for item in self._items(self.tree.invisibleRootItem()):
            flags = item.flags() | Qt.ItemFlag.ItemIsUserCheckable
            free = self.editable and not self._covered(item)
            item.setFlags(flags if free else flags & ~Qt.ItemFlag.ItemIsUserCheckable)
            item.setToolTip(0, f"已包含在「{self._covering}」中" if self._covered(item) else "")
        self.tree.blockSignals(False)

    def _covered(self, item: QTreeWidgetItem | None) -> bool:
        """Tell whether a ticked offer grants the item, whatever is ticked there."""
        place = item.data(0, _PLACE) if item is not None else None
        return bool(self._covering) and not (place is not None and self._offers[place].covers)

    def show_ticks(self, ticked: Set[int]) -> None:
        """Tick these places and no others; branches follow."""
        self._ticked = ticked
        before = self._covering
        covering = [one.title for place, one in enumerate(self._offers) if one.covers and place in ticked]
        self._covering = next(iter(covering), "")
        if self._covering != before:
            self._let()
            self._explain_buttons()
        self.tree.blockSignals(True)
        for item in _children(self.tree.invisibleRootItem()):
            self._show(item)
        self.tree.blockSignals(False)
        many = len(self._offers)
        self.count.setText(f"已选 {many if covering else len(ticked)} / {many}")

    def _show(self, item: QTreeWidgetItem) -> tuple[int, int]:
        """Bring an item and what is under it up to date; returns how many leaves are ticked, and how many there are."""
        place = item.data(0, _PLACE)
        if place is not None:
            on = place in self._ticked or self._covered(item)
            item.setCheckState(0, _ON if on else _OFF)
            return int(on), 1
        some_on, whole = 0, 0
        for child in _children(item):
            some, many = self._show(child)
            some_on, whole = some_on + some, whole + many
        item.setCheckState(0, _OFF if not some_on else _ON if some_on == whole else _SOME)
        item.setText(1, f"{some_on} / {whole}")
        return some_on, whole

    def _items(self, parent: QTreeWidgetItem) -> Iterator[QTreeWidgetItem]:
        for child in _children(parent):
            yield child
            yield from self._items(child)

    def _places(self, item: QTreeWidgetItem) -> list[int]:
        """Return the places of the leaves under an item that are not filtered away."""
        leaves = [item, *self._items(item)]
        return [leaf.data(0, _PLACE) for leaf in leaves if leaf.data(0, _PLACE) is not None and not leaf.isHidden()]

    def _item_changed(self, item: QTreeWidgetItem, _column: int) -> None:
        on = item.checkState(0) is not _OFF
        self.wanted.emit(dict.fromkeys(self._places(item), on))
        self.show_ticks(self._ticked)

    def _chooser(self, fits: Callable[[Offer], bool]) -> Callable[[], object]:
        return lambda: self._choose(fits)

    def _choose(self, fits: Callable[[Offer], bool]) -> None:
        """Tick in the marked branch what fits and untick the rest of it."""
        item = self.tree.currentItem()
        if item is None or not self.editable or self._covered(item):
            return
        places = self._places(item)
        self.wanted.emit({place: fits(self._offers[place]) for place in places})
        self.show_ticks(self._ticked)

    def _explain_buttons(self) -> None:
        item = self.tree.currentItem()
        for button in self._buttons:
            covered = self._covered(item)
            button.setEnabled(self.editable and item is not None and not covered)
            where = f"「{item.text(0)}」" if item is not None else ""
            why_not = f"已包含在「{self._covering}」中" if covered else "" if self.editable else "当前不能修改"
            button.setToolTip(why_not or f"{button.text()}：作用于选中的{where}")

    def _narrow(self, typed: str) -> None:
        wanted = typed.strip().lower()
        shown = [self._narrow_item(item, wanted) for item in _children(self.tree.invisibleRootItem())]
        self.nothing.setText("没有匹配的内容" if wanted and self._offers else "没有可选的内容")
        self.tree.setVisible(any(shown))
        self.nothing.setVisible(not any(shown))

    def _narrow_item(self, item: QTreeWidgetItem, wanted: str, above: bool = False) -> bool:
        """Show an item that fits, whose branch fits, or that has something fitting under it."""
        fits = above or not wanted or wanted in item.text(0).lower() or self._by_initials(item.text(0), wanted)
        below = [self._narrow_item(child, wanted, fits) for child in _children(item)]
        visible = fits or any(below)
        item.setHidden(not visible)
        if wanted and any(below) and not fits:
            item.setExpanded(True)
        return visible

    def _by_initials(self, title: str, wanted: str) -> bool:
        return wanted.isascii() and wanted in initials(title)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Let Down and Enter of the filter go into the tree."""
        key = event.key() if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress else None
        if watched is self.filter and key in _INTO_TREE:
            self.tree.setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return super().eventFilter(watched, event)

    def go_to(self, place: int) -> None:
        """Mark the leaf of an offer or a stranger."""
        if 0 <= place < len(self._leaves):
            self.filter.clear()
            self.tree.setCurrentItem(self._leaves[place])
            self.tree.scrollToItem(self._leaves[place])
            self.tree.setFocus(Qt.FocusReason.OtherFocusReason)


def _children(parent: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    children = [parent.child(number) for number in range(parent.childCount())]
    return [child for child in children if child is not None]
