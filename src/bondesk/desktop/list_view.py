"""The table of a list: states as coloured words, a heading one clicks to sort, a word when there is nothing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionRange, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from bondesk.desktop import style
from bondesk.desktop.layout import Layout
from bondesk.desktop.list_model import STATE_KEY, TONE_ROLE, ListModel

_PILL_HEIGHT = 20
_SETTLED_MS = 300


class StateDelegate(QStyledItemDelegate):
    """Paints the state's word on its tone."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the row's background, then the word in its pill."""
        name = index.data(TONE_ROLE)
        if not isinstance(name, str):
            super().paint(painter, option, index)
            return
        self.initStyleOption(option, index)
        text = option.text
        option.text = ""
        widget: QWidget = option.widget
        widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, widget)
        tone, area = style.tone(name), option.rect
        width = min(option.fontMetrics.horizontalAdvance(text) + 18, area.width() - 8)
        pill = QRectF(
            area.x() + 4, area.center().y() - style.scaled(_PILL_HEIGHT) / 2 + 0.5, width, style.scaled(_PILL_HEIGHT)
        )
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tone.background))
        painter.drawRoundedRect(pill, 4, 4)
        painter.setPen(QPen(QColor(tone.foreground)))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
        painter.restore()

    def sizeHint(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Leave room for the pill."""
        size = super().sizeHint(option, index)
        return QSize(size.width() + 18, max(size.height(), style.scaled(_PILL_HEIGHT) + 4))


class ListView(QTableView):
    """Shows a :class:`ListModel`; ``sort_asked`` brings (key, descending) or ("", False) for none."""

    sort_asked = Signal(str, bool)

    def __init__(self, model: ListModel, parent: QWidget | None = None) -> None:
        """Lay the columns out by their fields."""
        super().__init__(parent)
        self.setObjectName("list_table")
        self._model = model
        self._sorted: tuple[int, bool] | None = None
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(style.ROW_HEIGHT)
        rows.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        header = self.horizontalHeader()
        header.setSectionsMovable(True)
        header.setSectionsClickable(True)
        header.setHighlightSections(False)
        header.setSortIndicatorShown(True)
        header.setMinimumSectionSize(40)
        header.sectionClicked.connect(self._sort_clicked)
        for section, column in enumerate(model.columns):
            self.setColumnWidth(section, column.width)
            if column.key == STATE_KEY:
                self.setItemDelegateForColumn(section, StateDelegate(self))
        self._show_sorting()
        self.notice = Notice(self.viewport())

    def _sort_clicked(self, section: int) -> None:
        """Go on from ascending to descending to the list's own order."""
        if self._sorted is None or self._sorted[0] != section:
            self._sorted = (section, False)
        else:
            self._sorted = None if self._sorted[1] else (section, True)
        self._show_sorting()
        if self._sorted is None:
            self.sort_asked.emit("", False)
        else:
            self.sort_asked.emit(self._model.columns[section].key, self._sorted[1])

    def _show_sorting(self) -> None:
        order = Qt.SortOrder
        section, descending = self._sorted or (-1, False)
        down = order.DescendingOrder if descending else order.AscendingOrder
        self.horizontalHeader().setSortIndicator(section, down)

    def _spans(self) -> list[QItemSelectionRange]:
        selection = self.selectionModel().selection()
        return [selection.at(number) for number in range(selection.size())]

    def selected_rows(self) -> list[range]:
        """Return the selected rows as ranges, top down, without listing a million indexes."""
        spans = sorted((span.top(), span.bottom() + 1) for span in self._spans())
        merged: list[range] = []
        for top, bottom in spans:
            if merged and top <= merged[-1].stop:
                merged[-1] = range(merged[-1].start, max(bottom, merged[-1].stop))
            else:
                merged.append(range(top, bottom))
        return merged

    def remember_columns(self, kept: Layout, place: str) -> None:
        """Bring back widths and order kept under ``place`` for the same columns, and keep every change."""
        keys = " ".join(column.key for column in self._model.columns)
        header, state = self.horizontalHeader(), kept.bytes(f"{place}/columns")
        if not state.isEmpty() and kept.text(f"{place}/keys") == keys:
            header.restoreState(state)
            self._show_sorting()

        def keep() -> None:
            kept.keep(f"{place}/keys", keys)
            kept.keep(f"{place}/columns", header.saveState())

        settled = QTimer(self)
        settled.setSingleShot(True)
        settled.setInterval(_SETTLED_MS)
        settled.timeout.connect(keep)
        header.sectionResized.connect(lambda *_: settled.start())
        header.sectionMoved.connect(lambda *_: settled.start())


class Notice(QWidget):
    """A sentence in the middle of an empty table, with up to one button."""

    pressed = Signal()

    def __init__(self, viewport: QWidget) -> None:
        """Lie over ``viewport``, hidden."""
        super().__init__(viewport)
        self.setObjectName("list_notice")
        self.text = QLabel(self)
        self.text.setObjectName("list_notice_text")
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text.setWordWrap(True)
        self.button = QPushButton(self)
        self.button.setObjectName("list_notice_button")
        self.button.clicked.connect(self.pressed)
        inner = QVBoxLayout(self)
        inner.setSpacing(style.WIDE_GAP)
        inner.addStretch(2)
        inner.addWidget(self.text)
        inner.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        inner.addStretch(3)
        outer = QVBoxLayout(viewport)
        outer.setContentsMargins(24, 24, 24, 24)
        outer.addWidget(self)
        self.hide()

    def say(self, text: str, role: str = "quiet", button: str = "") -> None:
        """Show ``text`` in a role of the stylesheet (quiet, error); "" hides the notice."""
        self.setVisible(bool(text))
        self.text.setText(text)
        self.text.setProperty("role", role)
        self.text.style().unpolish(self.text)
        self.text.style().polish(self.text)
        self.button.setText(button)
        self.button.setVisible(bool(button))


def size_of(ranges: Sequence[range]) -> int:
    """Count the rows of several ranges."""
    return sum(len(part) for part in ranges)
