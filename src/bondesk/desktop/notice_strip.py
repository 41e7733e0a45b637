"""The strip over the pages with what is new: a newer program, newer code tables; each is said to a user once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bondesk.desktop import style
from bondesk.desktop.context import DeskContext
from bondesk.engine import notices
from bondesk.engine.ports import Notice

_log = logging.getLogger(__name__)
_KINDS = {"program": "新版本", "codes": "海关参数更新"}


class NoticeStrip(QFrame):
    """Shows one notice after another; 知道了 keeps it from coming back."""

    update_wanted = Signal()
    _came = Signal(object)

    def __init__(self, context: DeskContext, parent: QWidget) -> None:
        """Start hidden; :meth:`look` asks."""
        super().__init__(parent)
        self.setObjectName("notice_strip")
        style.set_tone(self, "info")
        self._context = context
        self._waiting: list[Notice] = []
        self.title = self._label("notice_title")
        self.title.setProperty("role", "heading")
        self.text = self._label("notice_text")
        self.known = QPushButton("知道了", self)
        self.known.setObjectName("notice_known")
        self.known.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.known.clicked.connect(self._put_away)
        self.update_codes = QPushButton("更新参数…", self)
        self.update_codes.setObjectName("notice_update")
        self.update_codes.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.update_codes.clicked.connect(lambda _checked: self.update_wanted.emit())
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.text)
        row = QHBoxLayout(self)
        row.setContentsMargins(style.MARGIN, style.GAP, style.MARGIN, style.GAP)
        row.setSpacing(style.WIDE_GAP)
        row.addLayout(words, 1)
        row.addWidget(self.update_codes)
        row.addWidget(self.known)
        self._came.connect(self._arrived)
        self.hide()

    def _label(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def look(self) -> None:
        """Ask what is new. A folder of the network may hang, so nothing ever waits for this thread."""
        engine = self._context.engine
        if engine.notices is not None or engine.parameters is not None:
            threading.Thread(target=self._ask, name="notices", daemon=True).start()

    def _ask(self) -> None:
        try:
            found = notices.pending(self._context.engine, self._context.identity)
            self._came.emit(found)
        except Exception:  # notices are a courtesy: their failure disturbs nobody
            _log.warning("notices could not be read", exc_info=True)

    def _arrived(self, found: Sequence[Notice]) -> None:
        self._waiting = list(found)
        self._next()

    def _next(self) -> None:
        self.setVisible(bool(self._waiting))
        if not self._waiting:
            return
        first = self._waiting[0]
        self.title.setText(f"{_KINDS[first.kind]} {first.version}（{first.published:%Y-%m-%d}）：{first.title}")
        self.text.setText(first.text)
        self.text.setVisible(bool(first.text))
        self.update_codes.setVisible(first.kind == "codes" and self._context.engine.parameters is not None)
        more = len(self._waiting) - 1
        self.known.setText(f"知道了（还有 {more} 条）" if more else "知道了")

    def put_codes_away(self) -> None:
        """The code tables were updated: what was said about them is over."""
        self._waiting = [one for one in self._waiting if one.kind != "codes"]
        self._next()

    def _put_away(self) -> None:
        first = self._waiting.pop(0)
        self._context.lane.act(lambda act: notices.seen(act, first), lambda _nothing: None, lambda _problem: None)
        self._next()
