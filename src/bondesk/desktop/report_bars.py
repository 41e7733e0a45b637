"""Bars below the rows of a report: how the parts of the chosen row add up to its total, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import QModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QScrollArea, QSplitter, QVBoxLayout, QWidget

from bondesk.base.columns import PLACES
from bondesk.base.numbers import padded
from bondesk.base.reports import Bars, Report
from bondesk.desktop import style
from bondesk.desktop.report_chart import with_chart
from bondesk.desktop.report_model import ReportModel
from bondesk.desktop.report_view import ReportView

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its title, its value, where it begins and ends on the common scale."""

    title: str
    value: Decimal
    begin: Decimal
    end: Decimal


def bars_of(report: Report, values: tuple[object, ...]) -> list[Bar]:
    """Return the parts of a row one after the other, then their total from 0; empty without a total."""
    declared = report.bars
    if declared is None:
        return []
    found, running = [], _ZERO
    for key in declared.parts:
        value = _number(values[report.column_place(key)])
        found.append(Bar(report.columns[report.column_place(key)].title, value, running, running + value))
        running += value
    place = report.column_place(declared.total)
    return [*found, Bar(report.columns[place].title, _number(values[place]), _ZERO, _number(values[place]))]


def _number(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else _ZERO


class BarsView(QWidget):
    """Paints the bars of one row: title, bar, value; below 0 and above 0 differ in colour, sign and direction."""

    def __init__(self, places: int, parent: QWidget) -> None:
        """Start without bars; values show ``places`` decimals."""
        super().__init__(parent)
        self.setObjectName("report_bars")
        self.bars: list[Bar] = []
        self._places = places

    def show_bars(self, bars: list[Bar]) -> None:
        """Paint other bars."""
        self.bars = bars
        self.setAccessibleDescription("；".join(f"{one.title} {self._text(one)}" for one in bars))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Ask for a line per bar."""
        return QSize(480, len(self.bars) * self.line())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Let the area around scroll rather than squeeze lines."""
        return QSize(360, len(self.bars) * self.line())

    def line(self) -> int:
        """Return the height of one bar with its texts."""
        return style.ROW_HEIGHT - 4

    def _text(self, one: Bar) -> str:
        text = padded(one.value, self._places)
        return f"+{text}" if one.value > 0 else text

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint every bar on one scale that holds 0 and every end."""
        if not self.bars:
            return
        painter = QPainter(self)
        metrics = painter.fontMetrics()
        titles = max(metrics.horizontalAdvance(one.title) for one in self.bars) + style.WIDE_GAP
        values = max(metrics.horizontalAdvance(self._text(one)) for one in self.bars) + style.WIDE_GAP
        ends = [end for one in self.bars for end in (one.begin, one.end)]
        low, high = min(_ZERO, *ends), max(_ZERO, *ends)
        room = max(40, self.width() - titles - values - style.GAP)
        for place, one in enumerate(self.bars):
            top = place * self.line()
            self._paint_texts(painter, one, QRect(0, top, titles, self.line()), values)
            begin, end = (titles + _at(edge, low, high, room) for edge in sorted((one.begin, one.end)))
            box = QRect(begin, top + 5, max(end - begin, 2), self.line() - 10)
            painter.fillRect(box, self._colour(one, last=place == len(self.bars) - 1))
        zero = titles + _at(_ZERO, low, high, room)
        painter.setPen(QPen(QColor(style.scheme().quiet), 1, Qt.PenStyle.DashLine))
        painter.drawLine(zero, 0, zero, len(self.bars) * self.line())

    def _paint_texts(self, painter: QPainter, one: Bar, place: QRect, values: int) -> None:
        painter.setPen(QColor(style.scheme().text))
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, one.title)
        right = QRect(self.width() - values, place.top(), values - style.GAP, place.height())
        painter.drawText(right, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._text(one))

    def _colour(self, one: Bar, *, last: bool) -> QColor:
        if last:
            return QColor(style.scheme().accent)
        if not one.value:
            return QColor(style.scheme().border)
        return QColor(style.tone("bad" if one.value < 0 else "good").foreground)


def _at(value: Decimal, low: Decimal, high: Decimal, room: int) -> int:
    """Return where a value stands on a scale of ``room`` pixels."""
    return int((value - low) * room / (high - low)) if high > low else 0


class BarsPane(QWidget):
    """The heading with the chosen row's name, and its bars."""

    def __init__(self, model: ReportModel, view: ReportView, declared: Bars, parent: QWidget) -> None:
        """Follow the chosen row of ``view``."""
        super().__init__(parent)
        self.setObjectName("report_bars_pane")
        self._model, self._view = model, view
        column = model.report.columns[model.report.column_place(declared.total)]
        self.title = QLabel(self)
        self.title.setObjectName("report_bars_title")
        self.title.setProperty("role", "heading")
        self.bars = BarsView(PLACES.get(column.kind, 2), self)
        area = QScrollArea(self)
        area.setObjectName("report_bars_area")
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(self.bars)
        area.setMinimumHeight((len(declared.parts) + 1) * self.bars.line() + 2)  # all at a glance
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, style.GAP, 0, 0)
        layout.addWidget(self.title)
        layout.addWidget(area, 1)
        view.selectionModel().currentChanged.connect(lambda now, _before: self._show(now))
        model.modelReset.connect(lambda: self._show(model.index(0, 0)))
        self._show(QModelIndex())

    def _show(self, index: QModelIndex) -> None:
        model = self._model
        if not index.isValid() or index.row() >= len(model.order):
            self.title.setText("选中一行，看差异由哪些部分组成")
            self.bars.show_bars([])
            return
        row = model.table.rows[model.order[index.row()]]
        names = [str(value) for value in row.values[:4] if isinstance(value, str | int) and value != ""]
        self.title.setText(" ".join(names))
        self.bars.show_bars(bars_of(model.report, row.values))


def with_drawing(model: ReportModel, view: ReportView, parent: QWidget) -> QWidget:
    """Return the rows, with the bars or the balance over time of the chosen one below where the report declares any."""
    if model.report.course is not None:
        return with_chart(model, view, model.report.course, parent)
    if model.report.bars is None:
        return view
    both = QSplitter(Qt.Orientation.Vertical, parent)
    both.setObjectName("report_rows_and_bars")
    both.addWidget(view)
    both.addWidget(BarsPane(model, view, model.report.bars, both))
    both.setStretchFactor(0, 3)
    both.setStretchFactor(1, 2)
    return both
