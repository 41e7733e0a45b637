"""系统登录: the first window. It is painted before anything heavy is imported or any database is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from bondesk.base.errors import OutsideFailure, Refused, WrongCall
from bondesk.desktop import style
from bondesk.desktop.background import Background, while_alive

if TYPE_CHECKING:
    from bondesk.base.identity import Identity
    from bondesk.engine.engine import Engine

PRODUCT = "保税台"
_WIDTH = 440


class DataConnection(Protocol):
    """One 数据连接 as the settings hold it."""

    @property
    def name(self) -> str:
        """Return the name the user chooses it by."""


@dataclass(frozen=True)
class SignedIn:
    """Who signed in where: what the main window is opened with."""

    engine: Engine
    identity: Identity
    enterprise: str
    connection: str


class LoginWindow(QWidget):
    """Asks for connection, account and password; ``signed_in`` brings :class:`SignedIn`.

    ``crashed`` brings what is our fault, ``left`` tells that it was closed. Nothing typed is lost by a refusal.
    """

    signed_in = Signal(object)
    left = Signal()
    crashed = Signal(object)

    def __init__(
        self,
        connections: Sequence[DataConnection],
        open_engine: Callable[[Any], Engine],
        connection: str = "",
        account: str = "",
    ) -> None:
        """Offer ``connections``; ``open_engine`` may be slow and runs off the UI thread.

        ``connection`` and ``account`` are proposed (what was used last time).
        """
        super().__init__()
        self._connections = list(connections)
        self._open_engine = open_engine
        self._engines: dict[int, Engine] = {}
        self._background = Background()
        self._painted = self._busy = False
        self.setObjectName("login_window")
        self.setWindowTitle(f"系统登录 — {PRODUCT}")
        self._build(connection, account)
        (self.password if account else self.account).setFocus()

    def _build(self, connection: str, account: str) -> None:
        title = self._label("login_title", PRODUCT, "title")
        subtitle = self._label("login_subtitle", "加工贸易保税业务", "quiet")
        self.choice = QComboBox(self)
        self.choice.setObjectName("login_connection")
        self.choice.addItems([one.name for one in self._connections])
        self.choice.setCurrentIndex(max(0, self.choice.findText(connection)))
        self.account = self._line("login_account", "请输入用户账号")
        self.account.setText(account)
        self.password = self._line("login_password", "请输入用户密码")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.message = self._label("login_message", "", "error")
        self.message.setWordWrap(True)
        self.message.hide()
        self.button = QPushButton("登录", self)
        self.button.setObjectName("login_button")
        self.button.setProperty("role", "primary")
        self.button.clicked.connect(self.sign_in)
        self.choice.installEventFilter(self)
        self.account.returnPressed.connect(self.password.setFocus)
        self.password.returnPressed.connect(self.sign_in)
        self.choice.currentIndexChanged.connect(lambda _index: self._say(""))
        form = QFormLayout()
        form.setSpacing(style.WIDE_GAP)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for text, widget in (("数据连接", self.choice), ("用户账号", self.account), ("用户密码", self.password)):
            widget.setMinimumHeight(34)
            form.addRow(text, widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(44, 36, 44, 36)
        layout.setSpacing(style.GAP)
        layout.addWidget(title)
        layout.addWidget(subtitle)
        layout.addSpacing(22)
        layout.addLayout(form)
        layout.addSpacing(style.WIDE_GAP)
        layout.addWidget(self.message)
        layout.addSpacing(style.GAP)
        layout.addWidget(self.button)
        self.setFixedWidth(_WIDTH)

    def _label(self, name: str, text: str, role: str) -> QLabel:
        label = QLabel(text, self)
        label.setObjectName(name)
        label.setProperty("role", role)
        return label

    def _line(self, name: str, hint: str) -> QLineEdit:
        line = QLineEdit(self)
        line.setObjectName(name)
        line.setPlaceholderText(hint)
        return line

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Let Enter on the connection go on to the account."""
        pressed = watched is self.choice and event.type() == QEvent.Type.KeyPress
        if pressed and isinstance(event, QKeyEvent) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.account.setFocus()
            return True
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Start what is slow only once the window has been painted."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            QTimer.singleShot(0, self._warm_up)

    def _warm_up(self) -> None:
        """Import ahead while the user types; with one connection only, open it and look for users too."""
        only = self._connections[0] if len(self._connections) == 1 else None

        def job() -> None:
            from bondesk.desktop import main_window, sign_in  # noqa: F401 - imported ahead

            if only is not None:
                sign_in.require_users(self._opened(0))

        self._background.run(job, lambda _nothing: None, while_alive(self, self._warm_up_failed))

    def _warm_up_failed(self, problem: Exception) -> None:
        if not self._busy:
            self._fail(problem)

    def _opened(self, index: int) -> Engine:
        """Open a connection once; runs on the worker thread only."""
        if index not in self._engines:
            self._engines[index] = self._open_engine(self._connections[index])
        return self._engines[index]

    def sign_in(self) -> None:
        """Check the pair off the UI thread."""
        if self._busy:
            return
        account, password = self.account.text().strip(), self.password.text()
        for text, line, name in ((account, self.account, "用户账号"), (password, self.password, "用户密码")):
            if not text:
                self._say(f"请输入{name}")
                line.setFocus()
                return
        index = self.choice.currentIndex()
        self._set_busy(busy=True)

        def job() -> SignedIn:
            from bondesk.desktop import sign_in

            engine = self._opened(index)
            identity, enterprise = sign_in.sign_in(engine, account, password)
            return SignedIn(engine, identity, enterprise, self._connections[index].name)

        self._say("")
        self._background.run(job, while_alive(self, self._finish), while_alive(self, self._refuse))

    def sign_in_as(self, connection: str, account: str, password: str) -> None:
        """Fill the window and sign in, as the demo company does."""
        self.choice.setCurrentIndex(max(0, self.choice.findText(connection)))
        self.account.setText(account)
        self.password.setText(password)
        self.sign_in()

    def _finish(self, answer: SignedIn) -> None:
        self._set_busy(busy=False)
        self.password.clear()
        chosen = self.choice.currentIndex()
        for index in [index for index in self._engines if index != chosen]:
            self._engines.pop(index).store.dispose()
        self.signed_in.emit(answer)

    def _refuse(self, problem: Exception) -> None:
        self._set_busy(busy=False)
        self._fail(problem)
        self.password.setFocus()
        self.password.selectAll()

    def _fail(self, problem: Exception) -> None:
        if isinstance(problem, Refused):
            self._say("\n".join(finding.text for finding in problem.findings))
        elif isinstance(problem, OutsideFailure | WrongCall):
            self._say(str(problem))
        else:
            self._say("打开数据连接时程序出错，详细情况已写入日志。")
            self.crashed.emit(problem)

    def _say(self, text: str) -> None:
        self.message.setText(text)
        self.message.setVisible(bool(text))
        self.adjustSize()

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self.button.setText("正在登录…" if busy else "登录")
        for widget in (self.choice, self.account, self.password, self.button):
            widget.setEnabled(not busy)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Let the worker finish what it does before the window goes."""
        self._background.close()
        super().closeEvent(event)
        self.left.emit()
