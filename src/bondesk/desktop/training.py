"""练习模式 on the screen: the way in from the real window, and what makes a window of 练习 impossible to mistake."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from bondesk.desktop import style
from bondesk.desktop.background import Detached, while_alive
from bondesk.desktop.context import DeskContext
from bondesk.desktop.jobs import Job, jobs_of, sentence_of
from bondesk.desktop.practice_door import OPENED, OPENING, open_practice
from bondesk.desktop.wording import is_fault

WORD = "练习"
_TOLD = "练习模式：这里的企业、单据和回执都是练习用的，报文只交给演练海关，不影响正式数据。"
_ALPHA, _STEP = 26, 320


class TrainingStrip(QFrame):
    """The coloured bar over everything; ``back`` is pressed to leave 练习."""

    back = Signal()

    def __init__(self, parent: QWidget) -> None:
        """Stand over the pages for as long as the window is open."""
        super().__init__(parent)
        self.setObjectName("training_strip")
        style.set_tone(self, "warn")
        label = QLabel(_TOLD, self)
        label.setObjectName("training_text")
        label.setProperty("role", "heading")
        self.button = QPushButton("结束练习，回到正式系统", self)
        self.button.setObjectName("training_back")
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(lambda _checked: self.back.emit())
        row = QHBoxLayout(self)
        row.setContentsMargins(style.MARGIN, style.GAP, style.MARGIN, style.GAP)
        row.addWidget(label, 1)
        row.addWidget(self.button)


class Watermark(QWidget):
    """The word 练习 across the pages, under the mouse and over everything shown; its owner keeps its size."""

    def __init__(self, over: QWidget) -> None:
        """Cover ``over``."""
        super().__init__(over)
        self._over = over
        self.setObjectName("training_watermark")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def cover(self) -> None:
        """Take the size of what is covered, above all that came to it."""
        self.setGeometry(self._over.rect())
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Write the word again and again, slanting and faint."""
        painter = QPainter(self)
        painter.setPen(QColor(200, 90, 0, _ALPHA))
        font = QFont(self.font())
        font.setPointSize(48)
        painter.setFont(font)
        step = style.scaled(_STEP)
        for top in range(0, self.height() + step, step):
            for left in range(0, self.width() + step, step):
                painter.save()
                painter.translate(left, top)
                painter.rotate(-30)
                painter.drawText(QRect(0, 0, step, step), Qt.AlignmentFlag.AlignCenter, WORD)
                painter.restore()
        painter.end()


class TrainingEntry(QObject):
    """The order 练习模式 of a real window: prepares the company the first time, then opens its window."""

    _step = Signal(str)

    def __init__(self, context: DeskContext, parent: QObject) -> None:
        """Wait for the order."""
        super().__init__(parent)
        self._context = context
        self._job: Job | None = None
        self._detached = Detached(self)
        self._step.connect(self._stepped)

    def why_not(self) -> str:
        """Return why it may not run at the moment."""
        return "正在准备练习数据…" if self._job is not None else ""

    def start(self) -> None:
        """Open the window of 练习; the first time its company is made before, which takes a minute.

        Meanwhile the real window works on: neither its database nor its closing waits for that.
        """
        room = self._context.engine.practice
        if room is None or self._job is not None:
            return
        self._job = jobs_of(self._context).begin("准备练习模式")
        self._context.show_message(OPENING)

        tell = while_alive(self, self._step.emit)

        def job() -> None:
            open_practice(room, tell)

        self._detached.run(job, lambda _nothing: self._over("done", OPENED), self._failed)

    def _stepped(self, text: str) -> None:
        if self._job is not None:
            self._job.turn("running", text)

    def _over(self, state: str, text: str) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.turn(state, text)
        self._context.show_message(text)

    def _failed(self, problem: Exception) -> None:
        text = sentence_of(problem)
        self._over("refused", text)
        jobs_of(self._context).tell(text, "bad")
        if is_fault(problem):
            self._context.lane.crashed.emit(problem)
