"""首次使用: the dialog that gives an empty data connection its customs codes and its first administrator."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from bondesk.base.steps import Cancelled
from bondesk.desktop import style
from bondesk.desktop.background import Background, while_alive
from bondesk.desktop.wording import is_fault, said

if TYPE_CHECKING:
    from bondesk.engine.engine import Engine

SHORTEST = 6


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """What the dialog asks for; the enterprise's three parts may be empty."""

    account: str
    name: str
    password: str
    enterprise: str = ""
    customs_code: str = ""
    credit_code: str = ""


#: Tells how far the founding is (text, done, total); raises ``Cancelled`` to stop it.
Tell = Callable[[str, int, int], None]
Found = Callable[["Engine", FirstAdministrator, Tell], None]


def problems_of(entry: FirstAdministrator, again: str) -> Iterator[tuple[str, str]]:
    """Say what is missing or wrong, as (part, sentence), in the order of the dialog."""
    if not entry.account:
        yield "account", "请填写用户账号"
    if not entry.name:
        yield "name", "请填写姓名"
    if len(entry.password) < SHORTEST:
        yield "password", f"密码至少{SHORTEST}位"
    elif entry.password == entry.account:
        yield "password", "密码不能与用户账号相同"
    elif entry.password != again:
        yield "again", "两次输入的密码不一致"
    for part, text, label, length in (
        ("customs_code", entry.customs_code, "企业海关编码", 10),
        ("credit_code", entry.credit_code, "社会信用代码", 18),
    ):
        if text and (len(text) != length or not (text.isascii() and text.isalnum())):
            yield part, f"{label}须为{length}位字母或数字，也可以先不填"


class FirstAdministratorDialog(QDialog):
    """``founded`` brings the :class:`FirstAdministrator` once everything is stored; ``crashed`` what is our fault."""

    founded = Signal(object)
    crashed = Signal(object)
    _told = Signal(str, int, int)

    def __init__(
        self, open_engine: Callable[[], Engine], found: Found, background: Background, parent: QWidget
    ) -> None:
        """Found through ``found`` on the ``background`` thread, in what ``open_engine`` opens."""
        super().__init__(parent)
        self.setObjectName("first_administrator")
        self.setWindowTitle("首次使用 — 建立第一个管理员")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._open_engine, self._found, self._background = open_engine, found, background
        self._stopped = self._running = False
        self._told.connect(self._show_progress)
        self._build()

    def _build(self) -> None:
        intro = QLabel("该数据连接是空的。建立第一个管理员后即可登录；海关参数表会一并载入。", self)
        intro.setObjectName("first_intro")
        intro.setProperty("role", "quiet")
        intro.setWordWrap(True)
        self.lines: dict[str, QLineEdit] = {}
        form = QFormLayout()
        form.setSpacing(style.WIDE_GAP)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for part, label, hint in (
            ("account", "用户账号", "登录时输入，如 admin"),
            ("name", "姓名", "显示在单据与日志中"),
            ("password", "密码", f"至少{SHORTEST}位，不能与账号相同"),
            ("again", "再输一次", "与上面的密码相同"),
            ("enterprise", "企业名称", "可以先不填，以后在企业基本信息中填写"),
            ("customs_code", "企业海关编码", "10位，可以先不填"),
            ("credit_code", "社会信用代码", "18位，可以先不填"),
        ):
            form.addRow(label, self._line(part, hint))
        self.lines["account"].setText("admin")
        self.message = QLabel(self)
        self.message.setObjectName("first_message")
        self.message.setProperty("role", "error")
        self.message.setWordWrap(True)
        self.message.hide()
        self.bar = QProgressBar(self)
        self.bar.setObjectName("first_progress")
        self.bar.hide()
        self.accept_button = QPushButton("建立并登录", self)
        self.accept_button.setObjectName("first_accept")
        self.accept_button.setProperty("role", "primary")
        self.accept_button.setDefault(True)
        self.accept_button.clicked.connect(self.accept)
        self.leave = QPushButton("取消", self)
        self.leave.setObjectName("first_cancel")
        self.leave.setAutoDefault(False)
        self.leave.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        buttons.addWidget(self.accept_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(style.WIDE_GAP)
        layout.addWidget(intro)
        layout.addLayout(form)
        layout.addWidget(self.message)
        layout.addWidget(self.bar)
        layout.addLayout(buttons)
        self.setMinimumWidth(500)

    def _line(self, part: str, hint: str) -> QLineEdit:
        line = self.lines[part] = QLineEdit(self)
        line.setObjectName(f"first_{part}")
        line.setPlaceholderText(hint)
        line.setMinimumHeight(32)
        if part in ("password", "again"):
            line.setEchoMode(QLineEdit.EchoMode.Password)
        return line

    def entry(self) -> FirstAdministrator:
        """Return what is typed."""
        text = {part: line.text().strip() for part, line in self.lines.items()}
        password = self.lines["password"].text()
        codes = (text["customs_code"].upper(), text["credit_code"].upper())
        return FirstAdministrator(text["account"], text["name"], password, text["enterprise"], *codes)

    def accept(self) -> None:
        """Found, unless something is missing."""
        if self._running:
            return
        entry = self.entry()
        for part, sentence in problems_of(entry, self.lines["again"].text()):
            self._say(sentence)
            self.lines[part].setFocus()
            return
        self._say("")
        self._set_running(running=True)
        self._background.run(
            lambda: self._found(self._open_engine(), entry, self._tell),
            while_alive(self, lambda _nothing: self._founded(entry)),
            while_alive(self, self._failed),
        )

    def _tell(self, text: str, done: int, total: int) -> None:
        """Run on the worker thread."""
        if self._stopped:
            raise Cancelled
        self._told.emit(text, done, total)

    def _show_progress(self, text: str, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self.bar.setFormat(f"{text} {done}/{total}")

    def _founded(self, entry: FirstAdministrator) -> None:
        self._set_running(running=False)
        self.founded.emit(entry)
        super().accept()

    def _failed(self, problem: Exception) -> None:
        self._set_running(running=False)
        if isinstance(problem, Cancelled):
            self._say("已停止，什么也没有建立")
            return
        self._say(said(problem, "建立时程序出错，什么也没有保存，详细情况已写入日志。"))
        if is_fault(problem):
            self.crashed.emit(problem)

    def _set_running(self, *, running: bool) -> None:
        self._running, self._stopped = running, False
        for widget in (*self.lines.values(), self.accept_button):
            widget.setEnabled(not running)
        self.leave.setText("停止" if running else "取消")
        self.leave.setEnabled(True)
        self.bar.setRange(0, 0)
        self.bar.setFormat("正在建立…")
        self.bar.setVisible(running)

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.setVisible(bool(text))
        self.adjustSize()

    def reject(self) -> None:
        """Stop what runs; close when nothing does."""
        if self._running:
            self._stopped = True
            self.leave.setEnabled(False)
            return
        super().reject()
