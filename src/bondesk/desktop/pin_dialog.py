"""The password of the card: asked for signing, or changed. Tries left are shown, the last one wants a typed word.

What is typed leaves its box at once and lives on only in a ``Pin`` that is overwritten after use.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from bondesk.desktop import card_words, style
from bondesk.desktop.background import while_alive
from bondesk.desktop.card_desk import CardDesk
from bondesk.desktop.jobs import sentence_of
from bondesk.engine.card_failures import LastTry, PinMalformed, WrongPin
from bondesk.engine.card_port import CardSigner, Pin

#: What has to be typed before the last try of a password is used.
LAST_WORD = "最后一次"
_LEAST, _MOST = 6, 8


class CardPinDialog(QDialog):
    """What both have in common: who the card is, its tries, the boxes, the word for the last try."""

    parts: Sequence[tuple[str, str, str]] = ()
    go = "确定"
    busy_word = "正在验证…"

    def __init__(self, desk: CardDesk, name: str, title: str, parent: QWidget) -> None:
        """Follow the card of ``desk`` while open."""
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._desk, self._busy = desk, False
        self.lines: dict[str, QLineEdit] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(24, 20, 24, 20)
        self._layout.setSpacing(style.WIDE_GAP)
        self.who = self._label("pin_card")
        self.tries = self._label("pin_tries")
        self._add_boxes()
        self.message = self._label("pin_message")
        self.message.setProperty("role", "error")
        self.message.hide()
        self._add_buttons()
        self.setMinimumWidth(440)
        desk.changed.connect(self._refresh)
        self._refresh()
        self.lines[self.parts[0][0]].setFocus()

    def _label(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        self._layout.addWidget(label)
        return label

    def _add_boxes(self) -> None:
        self.form = QFormLayout()
        self.form.setSpacing(style.WIDE_GAP)
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for part, label, hint in self.parts:
            self.form.addRow(label, self._box(part, hint))
            self.lines[part].setEchoMode(QLineEdit.EchoMode.Password)
            self.lines[part].setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
            self.lines[part].setMaxLength(_MOST)
        self.form.addRow("确认", self._box("last", f"请输入「{LAST_WORD}」后才会使用最后一次机会"))
        self._layout.addLayout(self.form)

    def _box(self, part: str, hint: str) -> QLineEdit:
        line = self.lines[part] = QLineEdit(self)
        line.setObjectName(f"pin_{part}")
        line.setPlaceholderText(hint)
        line.setMinimumHeight(32)
        line.textChanged.connect(lambda _text: self._refresh())
        return line

    def _add_buttons(self) -> None:
        self.ok = QPushButton(self.go, self)
        self.ok.setObjectName("pin_ok")
        self.ok.setProperty("role", "primary")
        self.ok.setDefault(True)
        self.ok.clicked.connect(self.accept)
        self.leave = QPushButton("取消", self)
        self.leave.setObjectName("pin_cancel")
        self.leave.setAutoDefault(False)
        self.leave.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.leave)
        row.addWidget(self.ok)
        self._layout.addLayout(row)

    @property
    def last_try(self) -> bool:
        """Tell whether a wrong password now locks the card."""
        state = self._desk.state
        return state is not None and state.pin is not None and state.pin.last_try

    def why_not(self) -> str:
        """Say why the password cannot be used now."""
        state = self._desk.state
        if state is None:
            return "正在检测IC卡…"
        if state.info is None:
            return card_words.what_to_do(state)
        if state.pin is not None and state.pin.blocked:
            return "IC卡已锁定，请到数据分中心解锁"
        if self.last_try and self.lines["last"].text().strip() != LAST_WORD:
            return f"请先输入「{LAST_WORD}」"
        return self.typed_wrong()

    def typed_wrong(self) -> str:
        """Say what is wrong with what is typed."""
        if not _LEAST <= len(self.lines[self.parts[0][0]].text()) <= _MOST:
            return f"IC卡密码为 {_LEAST} 到 {_MOST} 位"
        return ""

    def _refresh(self, _state: object = None) -> None:
        state = self._desk.state
        info = state.info if state else None
        if info is None and not self._busy:
            self._say("")  # what was said of a card that is out is not said beside the next
        missing = card_words.what_to_do(state) or "正在检测IC卡…"
        self.who.setText(f"{info.holder}　IC卡号 {info.card_number or '未提供'}" if info else missing)
        text, tone = card_words.tries(state.pin if state else None)
        self.tries.setText(f"密码：{text}" if text else "")
        self.tries.setVisible(bool(text))
        style.set_tone(self.tries, tone if tone == "bad" else "plain", "ink")
        if self.form.isRowVisible(self.lines["last"]) != self.last_try:
            self.form.setRowVisible(self.lines["last"], self.last_try)
            self._layout.activate()
            style.fit_height(self)
        why = self._why_busy() or self.why_not()
        self.ok.setEnabled(not why)
        self.ok.setToolTip(why)
        self.ok.setText(self.busy_word if self._busy else self.go)

    def _why_busy(self) -> str:
        return self.busy_word if self._busy else ""

    def accept(self) -> None:
        """Use what is typed, once."""
        if self._busy:
            return
        if why := self.why_not():
            self._say(why)
            return
        last_try = self.last_try
        self._set_busy(busy=True)
        try:
            self.use(last_try)
        except PinMalformed as problem:
            self._refused(problem)

    def use(self, last_try: bool) -> None:
        """Hand the password to the card."""
        raise NotImplementedError

    def taken(self, part: str) -> Pin:
        """Take a password out of its box."""
        line = self.lines[part]
        pin = Pin(line.text())
        line.clear()
        return pin

    def _refused(self, problem: Exception) -> None:
        self._set_busy(busy=False)
        for line in self.lines.values():
            line.clear()
        text = sentence_of(problem)
        if isinstance(problem, WrongPin) and problem.tries_left == 1:
            text += "只剩最后 1 次机会，再错卡将锁定。"
        if isinstance(problem, LastTry):
            text = f"{problem.sentence}。再错一次卡将锁定；确认密码无误后，输入「{LAST_WORD}」再试。"
        self._say(text)
        self.lines[self.parts[0][0]].setFocus()

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.setVisible(bool(text))
        style.fit_height(self)

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        for line in self.lines.values():
            line.setEnabled(not busy)
        if busy:
            self._say("")
        self._refresh()

    def done(self, result: int) -> None:
        """Leave nothing typed behind."""
        for line in self.lines.values():
            line.clear()
        super().done(result)


class PinDialog(CardPinDialog):
    """Asks for the password and verifies it; ``entered`` (pin, remember) follows a right one."""

    entered = Signal(object, bool)
    parts = (("pin", "IC卡密码", "6 到 8 位"),)

    def __init__(self, desk: CardDesk, what: str, parent: QWidget) -> None:
        """Ask for ``what`` (为 3 份报文签名)."""
        super().__init__(desk, "pin_dialog", "IC卡密码", parent)
        self.what = QLabel(what, self)
        self.what.setObjectName("pin_what")
        self.what.setProperty("role", "heading")
        self._layout.insertWidget(0, self.what)
        self.remember = QCheckBox("本次登录内记住", self)
        self.remember.setObjectName("pin_remember")
        self.remember.setToolTip("只在内存中记住；退出登录、拔卡、卡锁定、签名出错或 30 分钟不用即清除")
        self._layout.insertWidget(self._layout.indexOf(self.message), self.remember)
        self._pin: Pin | None = None

    def use(self, last_try: bool) -> None:
        """Verify; the batch verifies again with the same password."""
        pin = self.taken("pin")
        self._pin = pin.copied()
        done, failed = while_alive(self, self._verified), while_alive(self, self._refused)
        self._desk.verify(pin, last_try, lambda: done(None), failed)

    def _verified(self, _nothing: Any) -> None:
        pin, self._pin = self._pin, None
        remember = self.remember.isChecked()
        super(CardPinDialog, self).accept()
        if pin is not None:
            self.entered.emit(pin, remember)

    def _refused(self, problem: Exception) -> None:
        if self._pin is not None:
            self._pin.wipe()
            self._pin = None
        super()._refused(problem)


class PinChangeDialog(CardPinDialog):
    """修改密码 of the card."""

    parts = (
        ("old", "原密码", ""),
        ("new", "新密码", "6 到 8 位，不要用 88888888"),
        ("again", "再输一次", "与新密码相同"),
    )
    go = "修改"
    busy_word = "正在修改…"

    def __init__(self, desk: CardDesk, parent: QWidget) -> None:
        """Ask for the old and, twice, the new password."""
        super().__init__(desk, "pin_change_dialog", "修改IC卡密码", parent)

    def typed_wrong(self) -> str:
        """Nothing is sent to the card before all three fit together."""
        old, new, again = (self.lines[part].text() for part in ("old", "new", "again"))
        if not old:
            return "请输入原密码"
        if not _LEAST <= len(new) <= _MOST:
            return f"新密码为 {_LEAST} 到 {_MOST} 位"
        if new == old:
            return "新密码不能与原密码相同"
        return "" if new == again else "两次输入的新密码不一致"

    def use(self, last_try: bool) -> None:
        """Change it on the card's thread."""
        old, new = self.taken("old"), self.taken("new")
        self.lines["again"].clear()

        def work(signer: CardSigner) -> None:
            try:
                signer.open()
                signer.change_pin(old, new, last_try=last_try)
            finally:
                old.wipe()
                new.wipe()

        self._desk.forget()
        self._desk.ask(work, while_alive(self, self._changed), while_alive(self, self._refused))

    def _changed(self, _nothing: object) -> None:
        self._desk.say("IC卡密码已修改，下次签名请用新密码")
        super(CardPinDialog, self).accept()
