"""The card in the status bar: a word and a colour; a click or Enter opens what is known of it."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QToolButton, QWidget

from bondesk.desktop import card_words, style
from bondesk.desktop.card_desk import CARD, CardDesk
from bondesk.desktop.context import DeskContext
from bondesk.desktop.status_line import StatusLine
from bondesk.engine.message_signing import utc_now

#: A certificate may end while the program stays open.
_AGAIN_MS = 3_600_000


class CardIndicator(QToolButton):
    """Follows the desk."""

    def __init__(self, desk: CardDesk, parent: QWidget) -> None:
        """Show what is known now."""
        super().__init__(parent)
        self.setObjectName("status_card")
        self.setAutoRaise(True)
        self._desk = desk
        self.clicked.connect(desk.show)
        desk.changed.connect(self.refresh)
        timer = QTimer(self)
        timer.timeout.connect(self.refresh)
        timer.start(_AGAIN_MS)
        self.refresh()

    def refresh(self, _state: object = None) -> None:
        """Say the present state."""
        state = self._desk.state
        text, tone = card_words.in_short(state, utc_now())
        self.setText(text)
        self.setAccessibleName(text)
        self.setToolTip(card_words.what_to_do(state) or "打开「IC卡」：持卡人、证书、密码、签名方式")
        style.set_tone(self, tone)


def attached(context: DeskContext, window: QWidget, line: StatusLine) -> CardDesk:
    """Give a signed-in window its card; the indicator only where the program can read cards."""
    desk = context.extras[CARD] = CardDesk(context, window)
    if desk.worker is not None:
        line.add(CardIndicator(desk, window))
    return desk
