"""修改密码: the signed-in user's own password; the old one stops working at once."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFormLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from bondesk.base.attempts import TryLater
from bondesk.desktop import style
from bondesk.desktop.context import DeskContext
from bondesk.desktop.countdown import Countdown
from bondesk.desktop.form_work import off_thread
from bondesk.desktop.wording import said

_PARTS = (
    ("old", "原密码", ""),
    ("new", "新密码", "至少6位，不能与账号相同"),
    ("again", "再输一次", "与新密码相同"),
)


class PasswordDialog(QDialog):
    """Asks for the old and, twice, the new password; wrong old ones wait as they do at the login."""

    def __init__(self, context: DeskContext, parent: QWidget) -> None:
        """Change the password of the identity in ``context``."""
        super().__init__(parent)
        self.setObjectName("password_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("修改密码")
        self._context, self._busy, self._reason = context, False, ""
        self._countdown = Countdown(self)
        self._countdown.left.connect(self._show_wait)
        self._build()

    def _build(self) -> None:
        identity = self._context.identity
        who = QLabel(f"用户：{identity.name}（{identity.account}）", self)
        who.setObjectName("password_user")
        who.setProperty("role", "quiet")
        self.lines: dict[str, QLineEdit] = {}
        form = QFormLayout()
        form.setSpacing(style.WIDE_GAP)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for part, label, hint in _PARTS:
            line = self.lines[part] = QLineEdit(self)
            line.setObjectName(f"password_{part}")
            line.setEchoMode(QLineEdit.EchoMode.Password)
            line.setPlaceholderText(hint)
            line.setMinimumHeight(32)
            form.addRow(label, line)
        self.message = QLabel(self)
        self.message.setObjectName("password_message")
        self.message.setProperty("role", "error")
        self.message.setWordWrap(True)
        self.message.hide()
        self.save = QPushButton("修改", self)
        self.save.setObjectName("password_save")
        self.save.setProperty("role", "primary")
        self.save.setDefault(True)
        self.save.clicked.connect(self.accept)
        leave = QPushButton("取消", self)
        leave.setObjectName("password_cancel")
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(leave)
        buttons.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(style.WIDE_GAP)
        layout.addWidget(who)
        layout.addLayout(form)
        layout.addWidget(self.message)
        layout.addLayout(buttons)
        self.setMinimumWidth(420)

    def accept(self) -> None:
        """Change it, unless something is missing."""
        if self._busy or self._countdown.running:
            return
        old, new, again = (self.lines[part].text() for part, _, _ in _PARTS)
        for wrong, part, text in ((not old, "old", "请输入原密码"), (not new, "new", "请输入新密码")):
            if wrong:
                self._refuse(text, part)
                return
        if new != again:
            self._refuse("两次输入的新密码不一致", "again")
            return
        engine, identity = self._context.engine, self._context.identity
        self._set_busy(busy=True)
        off_thread(self._context, self, lambda: engine.change_password(identity, old, new), self._done, self._failed)

    def _done(self, _nothing: object) -> None:
        self._set_busy(busy=False)
        self._context.show_message("密码已修改，下次登录请用新密码")
        super().accept()

    def _failed(self, problem: Exception) -> None:
        self._set_busy(busy=False)
        if isinstance(problem, TryLater):
            self._reason = problem.reason
            self._countdown.start(problem.seconds)
            return
        text = said(problem, "修改密码时程序出错，密码没有修改。")
        self._refuse(text, "old" if "原密码不" in text else "new")

    def _show_wait(self, seconds: int) -> None:
        self.save.setEnabled(not seconds)
        if seconds:
            self._say(TryLater.sentence(self._reason, seconds))
        else:
            self._refuse("现在可以重新输入原密码。", "old")

    def _refuse(self, text: str, part: str) -> None:
        self._say(text)
        self.lines[part].setFocus()
        self.lines[part].selectAll()

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.setVisible(bool(text))
        style.fit_height(self)

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self.save.setText("正在修改…" if busy else "修改")
        for widget in (*self.lines.values(), self.save):
            widget.setEnabled(not busy)
