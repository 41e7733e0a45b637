"""The totals under a list: one line per currency or unit, each sum under its column, exact decimals."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType
from bondesk.base.fields import Field
from bondesk.base.numbers import padded, plain
from bondesk.desktop import style
from bondesk.desktop.cell_text import NameOf
from bondesk.desktop.list_view import ListView
from bondesk.engine.summing import Measure, Totals, measures

_LINE, _MOST_LINES = 22, 4


def sum_text(entry: Field, value: Decimal) -> str:
    """Write a sum with separators every three digits.

    >>> from bondesk.base.columns import Kind
    >>> field = Field("a", "总价", Kind.AMOUNT, "", (), "", "", False, False, 8, 2, 0)
    >>> sum_text(field, Decimal("-1234567.5"))
    '-1,234,567.50'
    """
    text = padded(value, entry.places) if entry.kind is Kind.AMOUNT else plain(value)
    whole, dot, rest = text.lstrip("-").partition(".")
    return f"{'-' if text.startswith('-') else ''}{int(whole):,}{dot}{rest}"


def part_texts(measure: Measure, sums: dict[str, Decimal], names: NameOf, table: str) -> list[str]:
    """Write the sums of one column, each with its currency or unit where it has one."""
    texts = []
    for name, value in sorted(sums.items()):
        what = (names(table, name) or name) if name else ("未填" + ("币制" if table == "currency" else "单位"))
        text = sum_text(measure.field, value)
        texts.append(f"{text} {what}" if measure.within else text)
    return texts


class TotalsBar(QWidget):
    """Painted under the table, in step with its columns; hidden when no shown column adds up."""

    def __init__(self, view: ListView, document: DocumentType, names: NameOf, parent: QWidget) -> None:
        """Follow ``view``."""
        super().__init__(parent)
        self.setObjectName("list_totals")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._view, self._names = view, names
        self.measures = {measure.field.key: measure for measure in measures(document)}
        self._lines: dict[str, list[str]] = {}
        header = view.header
        header.sectionResized.connect(lambda *_: self.update())
        header.sectionMoved.connect(lambda *_: self.update())
        view.horizontalScrollBar().valueChanged.connect(lambda _value: self.update())
        view.arranged.connect(self._fit)
        self.hide()

    def shown_measures(self) -> list[str]:
        """Return the keys of the shown columns that add up."""
        return [key for key in self._view.shown_keys() if key in self.measures]

    def say(self, totals: Totals | None) -> None:
        """Show ``totals``, or that they are being counted."""
        self._lines = {} if totals is None else self.texts(totals)
        self._fit()

    def texts(self, totals: Totals) -> dict[str, list[str]]:
        """Write the sums by column."""
        found = {}
        for key, measure in self.measures.items():
            table = "currency" if measure.field.kind is Kind.AMOUNT else "unit"
            found[key] = part_texts(measure, totals.sums.get(key, {}), self._names, table)
        return found

    def sentence(self, totals: Totals) -> str:
        """Write the sums of the shown columns in one line, for the selection."""
        texts, shown = self.texts(totals), self.shown_measures()
        return "，".join(f"{self.measures[key].field.label} {'、'.join(texts[key])}" for key in shown if texts[key])

    def _fit(self) -> None:
        self.setVisible(bool(self.shown_measures()))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Be as high as the column with the most currencies, within reason."""
        most = max((len(self._lines.get(key, ())) for key in self.shown_measures()), default=1)
        return QSize(200, max(1, min(most, _MOST_LINES)) * _LINE + 8)

    def _cells(self) -> list[tuple[QRect, str]]:
        header, left = self._view.header, self._view.verticalHeader().width() + self._view.frameWidth()
        keys = [column.key for column in self._view.model().columns]  # type: ignore[attr-defined]
        cells = []
        for section, key in enumerate(keys):
            if key in self.measures:
                x = left + header.sectionViewportPosition(section)
                cells.append((QRect(x, 0, header.sectionSize(section), self.height()), key))
        return cells

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Write 合计 and each column's sums, right-aligned under it."""
        painter, scheme = QPainter(self), style.scheme()
        painter.fillRect(self.rect(), QColor(scheme.window))
        painter.setPen(QColor(scheme.border))
        painter.drawLine(0, 0, self.width(), 0)
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(scheme.text))
        start = self._view.verticalHeader().width()
        first = self._cells()[0][0].x() if self._cells() else self.width()
        label = QRect(8, 4, max(start, first) - 8, _LINE)
        painter.drawText(label, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, "合计")
        for area, key in self._cells():
            self._paint_cell(painter, area, self._lines.get(key, ["…"] if not self._lines else []))

    def _paint_cell(self, painter: QPainter, area: QRect, texts: list[str]) -> None:
        shown = texts if len(texts) <= _MOST_LINES else [*texts[: _MOST_LINES - 1], f"另有 {len(texts) - 3} 项…"]
        align = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for number, text in enumerate(shown):
            width = max(area.width() - 8, painter.fontMetrics().horizontalAdvance(text))
            place = QRect(area.right() - 7 - width, 4 + number * _LINE, width, _LINE)
            painter.drawText(place, align, text)

    def event(self, event: object) -> bool:
        """Tell the whole sum of a column in its tooltip."""
        if isinstance(event, QHelpEvent):
            here = next((key for area, key in self._cells() if area.contains(event.pos())), "")
            text = "\n".join([self.measures[here].field.label, *self._lines.get(here, [])]) if here else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)  # type: ignore[arg-type]
