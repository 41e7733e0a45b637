"""The table of a list: states as coloured words, headings one clicks to sort, a word when there is nothing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QItemSelectionRange,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSignalBlocker,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
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

from bondesk.base.documents import DocumentType
from bondesk.desktop import style
from bondesk.desktop.layout import Layout
from bondesk.desktop.list_columns import STATE_KEY, columns_of, declared_keys, read_widths, written_widths
from bondesk.desktop.list_model import TONE_ROLE, ListModel

_PILL_HEIGHT = 20
_SETTLED_MS = 300
_ARROWS = (Qt.Key.Key_Up, Qt.Key.Key_Down)


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


class SortHeader(QHeaderView):
    """The headings; remembers whether the last press meant "sort by this one too"."""

    def __init__(self, parent: QWidget) -> None:
        """Lie across the top of ``parent``."""
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("list_header")
        self.adding = False
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(40)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Look at Shift."""
        self.adding = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        super().mousePressEvent(event)


class ListView(QTableView):
    """Shows a :class:`ListModel`; ``sort_asked`` brings the sort keys wanted, ``arranged`` that columns moved."""

    sort_asked = Signal(object)
    arranged = Signal()

    def __init__(self, model: ListModel, parent: QWidget | None = None) -> None:
        """Lay the columns out by their fields."""
        super().__init__(parent)
        self.setObjectName("list_table")
        self._model = model
        self._kept: dict[str, int] = {}
        header = SortHeader(self)
        self.header = header
        self.setHorizontalHeader(header)
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
        header.sectionClicked.connect(self._sort_clicked)
        header.sectionMoved.connect(lambda *_: self.arranged.emit())
        model.rearranged.connect(self.arrange)
        self._states, self._plain = StateDelegate(self), QStyledItemDelegate(self)
        self.arrange()
        self.notice = Notice(self.viewport())

    def arrange(self) -> None:
        """Lay the model's columns out in their order, as wide as they were before or as their fields want."""
        header = self.header
        with QSignalBlocker(header):
            for section, column in enumerate(self._model.columns):
                header.moveSection(header.visualIndex(section), section)
                header.resizeSection(section, self._kept.get(column.key, column.width))
                self.setItemDelegateForColumn(section, self._states if column.key == STATE_KEY else self._plain)
        self.updateGeometries()
        self.arranged.emit()

    def _sort_clicked(self, section: int) -> None:
        self.sort_by(self._model.columns[section].key, adding=self.header.adding)

    def sort_by(self, key: str, *, adding: bool = False) -> None:
        """Go on from ascending to descending to unsorted, for this column alone or beside the others."""
        before = dict(self._model.sorting)
        if key not in before:
            after: dict[str, bool] = {key: False}
        else:
            after = {} if before[key] else {key: True}
        if adding:
            others = {other: down for other, down in before.items() if other != key or key in after}
            after = {**others, **after}
        self.sort_asked.emit(tuple(after.items()))

    def enter_rows(self) -> None:
        """Put the cursor into the marked row, or mark the first one."""
        if self._model.rowCount():
            self.setFocus(Qt.FocusReason.TabFocusReason)
            if not self.selectionModel().hasSelection():
                self.selectRow(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Let an arrow mark the row under the cursor first: Qt makes a row current without marking it."""
        if event.key() in _ARROWS and not event.modifiers() and not self.selectionModel().hasSelection():
            self.selectRow(max(0, self.currentIndex().row()))
            return
        super().keyPressEvent(event)

    def shown_keys(self) -> tuple[str, ...]:
        """Return the keys of the columns, from left to right."""
        header = self.header
        return tuple(self._model.columns[header.logicalIndex(place)].key for place in range(header.count()))

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
        """Take widths kept under ``place`` and keep every change; :func:`kept_columns` says which were shown."""
        self._kept = read_widths(kept.text(f"{place}/shown"))
        self.arrange()

        def keep() -> None:
            header, columns = self.header, self._model.columns
            sections = [header.logicalIndex(visual) for visual in range(header.count())]
            widths = {columns[section].key: header.sectionSize(section) for section in sections}
            self._kept = {**self._kept, **widths}
            kept.keep(f"{place}/shown", written_widths(widths.items()))

        settled = QTimer(self)
        settled.setSingleShot(True)
        settled.setInterval(_SETTLED_MS)
        settled.timeout.connect(keep)
        self.header.sectionResized.connect(lambda *_: settled.start())
        self.arranged.connect(settled.start)


def kept_columns(document: DocumentType, kept: Layout, place: str) -> tuple[str, ...]:
    """Return the columns shown when the list was last open, () when they were the declared ones."""
    keys = tuple(column.key for column in columns_of(document, tuple(read_widths(kept.text(f"{place}/shown")))))
    return () if keys == declared_keys(document) else keys


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
        self.text.setProperty("role", role)
        self.text.style().unpolish(self.text)
        self.text.style().polish(self.text)
        QApplication.sendEvent(self.text, QEvent(QEvent.Type.StyleChange))  # the label takes the role's padding
        self.text.setText(text)
        self.button.setText(button)
        self.button.setVisible(bool(button))


def size_of(ranges: Sequence[range]) -> int:
    """Count the rows of several ranges."""
    return sum(len(part) for part in ranges)
