"""The balance of the chosen row's item over time, painted below the rows: a stepped line, days below zero marked."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygon
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from bondesk.base.cell_words import shown_value
from bondesk.base.columns import PLACES
from bondesk.base.reports import Course, ReportTable
from bondesk.desktop import style
from bondesk.desktop.balance_steps import Balances, BalanceStep, Name, balances_of, below_zero
from bondesk.desktop.chart_scale import Scale, marked_days, round_figures
from bondesk.desktop.elided_label import ElidedLabel
from bondesk.desktop.report_model import ReportModel
from bondesk.desktop.report_view import ReportView

_HINT = "←→ 逐步移动，PgUp/PgDn 到为负的日子，回车或双击到表中那一行"
_KEY = Qt.Key
_LEAST = 130


class ChartView(QWidget):
    """Paints the steps; ``chosen`` brings the step of Enter or a double click.

    The mouse or the keys put the cursor on a step, whose day and exact figure are written above it.
    """

    chosen = Signal(int)

    def __init__(self, places: int, title: str, parent: QWidget) -> None:
        """Start without steps; figures are called ``title`` and have ``places`` decimals."""
        super().__init__(parent)
        self.setObjectName("report_chart")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.steps: Sequence[BalanceStep] = ()
        self.cursor_step = self._rest = -1
        self._places, self._title = places, title

    def show_steps(self, steps: Sequence[BalanceStep], cursor: int) -> None:
        """Paint other steps; the cursor rests on one of them."""
        self.steps, self._rest = steps, cursor
        self._go(cursor)

    def _go(self, step: int) -> None:
        self.cursor_step = min(max(step, -1), len(self.steps) - 1)
        self.setAccessibleDescription(self.words())
        self.update()

    def words(self) -> str:
        """Say what stands at the cursor: from when to when, the exact figure, how many vouchers moved it that day."""
        if not 0 <= self.cursor_step < len(self.steps):
            return ""
        one = self.steps[self.cursor_step]
        until = f" 起 {one.days:,} 天" if one.days > 1 else ""
        return f"{one.day}{until}　{self._title} {shown_value(one.value, self._places)}　当日 {len(one.rows)} 行"

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Ask for a picture one can read."""
        return QSize(480, style.scaled(200))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Keep room for the line between its words."""
        return QSize(320, style.scaled(_LEAST))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Walk along the steps."""
        last, here = len(self.steps) - 1, self.cursor_step
        below = below_zero(self.steps)
        places = {
            _KEY.Key_Left: max(here - 1, 0),
            _KEY.Key_Right: here + 1,
            _KEY.Key_Home: 0,
            _KEY.Key_End: last,
            _KEY.Key_PageUp: max((one for one in below if one < here), default=here),
            _KEY.Key_PageDown: min((one for one in below if one > here), default=here),
        }
        key = _KEY(event.key())
        if key in (_KEY.Key_Return, _KEY.Key_Enter) and here >= 0:
            self.chosen.emit(here)
        elif key in places and self.steps:
            self._go(places[key])
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Put the cursor on the step under the mouse."""
        if self.steps:
            day = self.scale().day_at(event.position().toPoint().x())
            self._go(sum(one.day <= day for one in self.steps) - 1)

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Go to the row of the step."""
        if self.cursor_step >= 0:
            self.chosen.emit(self.cursor_step)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Go back to the chosen row, unless the keys are here."""
        super().leaveEvent(event)
        if not self.hasFocus():
            self._go(self._rest)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Show that the keys are here."""
        super().focusInEvent(event)
        self._go(self.cursor_step if self.cursor_step >= 0 else 0)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """Show that they have gone."""
        super().focusOutEvent(event)
        self._go(self._rest)

    def figures(self) -> list[str]:
        """Return the words of the figures at the left, from the lowest up."""
        return [f"{value:,f}" for value in self._ticks()]

    def _ticks(self) -> list[Decimal]:
        values = [one.value for one in self.steps]
        most = max(2, 2 * self.height() // (3 * self.fontMetrics().height()))
        return round_figures(min(values), max(values), most)

    def scale(self) -> Scale:
        """Return the scales of the steps in the present size."""
        metrics, ticks = self.fontMetrics(), self._ticks()
        left = max(metrics.horizontalAdvance(word) for word in self.figures()) + style.WIDE_GAP
        top, line = metrics.height() + style.GAP, metrics.height() + style.GAP
        width, height = self.width() - left - style.WIDE_GAP, self.height() - top - line
        ends = self.steps[0].day, self.steps[-1].day
        return Scale(left, top, max(width, 1), max(height, 1), ticks[0], ticks[-1], *ends)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint grid, days below zero, line and cursor."""
        painter, colours = QPainter(self), style.scheme()
        painter.fillRect(self.rect(), QColor(colours.base))
        painter.setPen(QColor(colours.accent if self.hasFocus() else colours.border))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        if not self.steps:
            return
        scale = self.scale()
        self._paint_grid(painter, scale)
        self._paint_below(painter, scale)
        self._paint_line(painter, scale)
        self._paint_cursor(painter, scale)

    def _paint_grid(self, painter: QPainter, scale: Scale) -> None:
        colours, metrics = style.scheme(), painter.fontMetrics()
        right, bottom = scale.left + scale.width, scale.top + scale.height
        for value, word in zip(self._ticks(), self.figures(), strict=True):
            y = scale.y(value)
            painter.setPen(QPen(QColor(colours.quiet if value == 0 else colours.border), 1))
            painter.drawLine(scale.left, y, right, y)
            painter.setPen(QColor(colours.quiet))
            place = QRect(0, y - metrics.height() // 2, scale.left - style.GAP, metrics.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, word)
        wide = metrics.horizontalAdvance("2024-00-00") + style.WIDE_GAP
        for day, word in marked_days(scale.first, scale.last, max(1, scale.width // wide)):
            x = scale.x(day)
            painter.setPen(QPen(QColor(colours.border), 1))
            painter.drawLine(x, scale.top, x, bottom + 3)
            painter.setPen(QColor(colours.quiet))
            begin = min(x, self.width() - metrics.horizontalAdvance(word) - style.GAP)
            painter.drawText(begin, bottom + metrics.ascent() + 3, word)

    def _paint_below(self, painter: QPainter, scale: Scale) -> None:
        """Hatch what is below zero, and put a mark where each stretch of it begins: not by colour alone."""
        bad, zero = style.tone("bad"), scale.y(Decimal(0))
        for one in self.steps:
            if one.value < 0:
                box = QRect(QPoint(scale.x(one.day), zero), QPoint(scale.x(one.until) - 1, scale.y(one.value)))
                painter.fillRect(box, QColor(bad.background))
                painter.fillRect(box, QBrush(QColor(bad.foreground), Qt.BrushStyle.BDiagPattern))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(bad.foreground))
        side = style.scaled(4)
        for place in below_zero(self.steps):
            x = scale.x(self.steps[place].day)
            painter.drawPolygon(
                QPolygon([QPoint(x - side, zero - 2 * side), QPoint(x + side, zero - 2 * side), QPoint(x, zero - 1)])
            )
        painter.setBrush(Qt.BrushStyle.NoBrush)

    def _paint_line(self, painter: QPainter, scale: Scale) -> None:
        before: int | None = None
        for one in self.steps:
            y = scale.y(one.value)
            colour = style.tone("bad").foreground if one.value < 0 else style.link()
            painter.setPen(QPen(QColor(colour), 2))
            if before is not None:
                painter.drawLine(scale.x(one.day), before, scale.x(one.day), y)
            painter.drawLine(scale.x(one.day), y, scale.x(one.until), y)
            before = y

    def _paint_cursor(self, painter: QPainter, scale: Scale) -> None:
        if not 0 <= self.cursor_step < len(self.steps):
            return
        one, colours, metrics = self.steps[self.cursor_step], style.scheme(), painter.fontMetrics()
        x, y, words = scale.x(one.day), scale.y(one.value), self.words()
        painter.setPen(QPen(QColor(colours.text), 1, Qt.PenStyle.DashLine))
        painter.drawLine(x, scale.top, x, scale.top + scale.height)
        painter.setPen(QPen(QColor(colours.text), 4))
        painter.drawLine(x, y, max(scale.x(one.until), x + 1), y)
        begin = min(max(x, style.GAP), self.width() - metrics.horizontalAdvance(words) - style.WIDE_GAP)
        painter.setPen(QColor(style.tone("bad").foreground if one.value < 0 else colours.text))
        painter.drawText(max(begin, style.GAP), style.GAP // 2 + metrics.ascent(), words)


class ChartPane(QWidget):
    """The heading with the item, what is below zero, and the picture."""

    def __init__(self, model: ReportModel, view: ReportView, course: Course, parent: QWidget) -> None:
        """Follow the chosen row of ``view``."""
        super().__init__(parent)
        self.setObjectName("report_chart_pane")
        self._model, self._view, self._course = model, view, course
        self._read: tuple[ReportTable, Balances] = (model.table, Balances())
        self._shown: Name = ()
        column = model.report.columns[model.report.column_place(course.value)]
        self.title = ElidedLabel(self)
        self.title.setObjectName("report_chart_title")
        self.title.setProperty("role", "heading")
        self.below = QLabel(self)
        self.below.setObjectName("report_chart_below")
        self.chart = ChartView(PLACES.get(column.kind, 2), column.title, self)
        self.chart.setAccessibleName(f"{column.title}曲线")
        self.chart.chosen.connect(self._to_row)
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addWidget(self.below)
        head.addStretch(1)
        self.hint = ElidedLabel(self)
        self.hint.setProperty("role", "quiet")
        self.hint.setText(_HINT)
        head.addWidget(self.hint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, style.GAP, 0, 0)
        layout.addLayout(head)
        layout.addWidget(self.chart, 1)
        view.selectionModel().currentChanged.connect(lambda now, _before: self._show(now))
        model.modelReset.connect(lambda: self._show(model.index(0, 0)))
        self._show(QModelIndex())

    def _balances(self) -> Balances:
        table, found = self._read
        if table is not self._model.table:  # a hundred thousand rows are read once per query
            found = balances_of(self._model.report, self._model.table)
            self._read = self._model.table, found
        return found

    def _show(self, index: QModelIndex) -> None:
        found = self._balances()
        row = self._model.order[index.row()] if 0 <= index.row() < len(self._model.order) else -1
        self._shown, step = found.of_row(row)
        steps = found.steps.get(self._shown, ())
        self.chart.show_steps(steps, step)
        self.title.setText(self._heading(row) if steps else self._course.without)
        self.hint.setVisible(bool(steps))
        stretches = below_zero(steps)
        self.below.setVisible(bool(stretches))
        if stretches:
            days = sum(one.days for one in steps if one.value < 0)
            still = "，最后仍为负" if steps[-1].value < 0 else ""
            self.below.setText(f"▼ 为负 {days:,} 天，最早 {steps[stretches[0]].day}{still}")
            style.set_tone(self.below, "bad", "ink")

    def _heading(self, row: int) -> str:
        report, values = self._model.report, self._model.table.rows[row].values
        names = [str(values[report.column_place(key)]) for key in self._course.named]
        return " ".join((*names, report.columns[report.column_place(self._course.value)].title))

    def _to_row(self, step: int) -> None:
        """Put the cursor of the rows on the last one of a step's day, where it is shown."""
        last = self._balances().steps[self._shown][step].rows[-1]
        if last in self._model.order:
            place = self._model.report.column_place(self._course.value)
            index = self._model.index(self._model.order.index(last), place)
            self._view.setCurrentIndex(index)
            self._view.scrollTo(index)
            self._view.setFocus(Qt.FocusReason.OtherFocusReason)


def with_chart(model: ReportModel, view: ReportView, course: Course, parent: QWidget) -> QWidget:
    """Return the rows with the balance of the chosen one's item below them."""
    both = QSplitter(Qt.Orientation.Vertical, parent)
    both.setObjectName("report_rows_and_chart")
    both.addWidget(view)
    both.addWidget(ChartPane(model, view, course, both))
    both.setStretchFactor(0, 3)
    both.setStretchFactor(1, 2)
    return both
