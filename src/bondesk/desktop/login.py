"""系统登录: the first window. It is painted before anything heavy is imported or any database is opened."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from bondesk.base.attempts import TryLater
from bondesk.base.data_connection import PasswordNeeded
from bondesk.base.errors import Refused
from bondesk.desktop.background import Background, while_alive
from bondesk.desktop.code_news import UpdateAtLogin
from bondesk.desktop.connection_book import ConnectionBook, DataConnection
from bondesk.desktop.countdown import Countdown
from bondesk.desktop.login_form import PRODUCT, LoginForm
from bondesk.desktop.wording import is_fault, said

if TYPE_CHECKING:
    from bondesk.base.identity import Identity
    from bondesk.desktop.first_administrator import FirstAdministrator, Found
    from bondesk.engine.engine import Engine

__all__ = ["PRODUCT", "DataConnection", "LoginWindow", "SignedIn"]
_EMPTY = "AUTH-00"
_ON_COMMAND_LINE = "。请系统管理员在命令行运行 bondesk init，然后再登录。"


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
        *,
        book: ConnectionBook | None = None,
        found: Found | None = None,
    ) -> None:
        """Offer ``connections``; ``open_engine`` may be slow and runs off the UI thread.

        ``connection`` and ``account`` are proposed (what was used last time). With ``book`` the connections can be
        managed here, with ``found`` an empty one gets its first administrator.
        """
        super().__init__()
        self._open_engine, self._book, self._found = open_engine, book, found
        self._connections: list[Any] = list(connections)
        self._engines: dict[str, Engine] = {}
        self._needs_password: set[str] = set()
        self._background, self._errands = Background(), Background()
        self._painted = self._busy = False
        self.setObjectName("login_window")
        self.setWindowTitle(f"系统登录 — {PRODUCT}")
        self._build(connection, account)
        (self.password if account else self.account).setFocus()

    def _build(self, connection: str, account: str) -> None:
        form = self.form = LoginForm(self, manageable=self._book is not None)
        self.choice, self.account, self.password = form.choice, form.account, form.password
        self.message, self.button = form.message, form.button
        self.choice.addItems([one.name for one in self._connections])
        self.choice.setCurrentIndex(max(0, self.choice.findText(connection)))
        self.account.setText(account)
        self.choice.installEventFilter(self)
        self.account.returnPressed.connect(self._after_account)
        form.server_password.returnPressed.connect(self.password.setFocus)
        self.password.returnPressed.connect(self.sign_in)
        self.button.clicked.connect(self.sign_in)
        form.manage.clicked.connect(self.manage_connections)
        form.found.clicked.connect(self.found_first)
        self.news = UpdateAtLogin(self, form.tell_news, self._opened, self._background.run)
        form.update.clicked.connect(lambda _checked: self.news.open(self._chosen(), self.crashed.emit))
        self._countdown = Countdown(self)
        self._countdown.left.connect(self._show_wait)
        self._reason = ""
        self.choice.currentIndexChanged.connect(lambda _index: self._start_afresh())
        self.account.textEdited.connect(lambda _text: self._start_afresh() if self._countdown.running else None)
        self._start_afresh()

    def _start_afresh(self) -> None:
        """Another connection or account: what was said about the former one is gone."""
        self._countdown.stop()
        if not self._busy:
            self._set_busy(busy=False)
        self._say("")
        chosen = self._chosen()
        asks = chosen is not None and (
            chosen.name in self._needs_password or (self._book is not None and self._book.asks(chosen))
        )
        self.form.ask_server_password(asks)
        self.form.fit()

    def _chosen(self) -> Any:
        index = self.choice.currentIndex()
        return self._connections[index] if 0 <= index < len(self._connections) else None

    def _after_account(self) -> None:
        asked = self.form.server_password
        (asked if asked.isVisible() and not asked.text() else self.password).setFocus()

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
        alone = len(self._connections) == 1 and not (self._book is not None and self._book.asks(self._connections[0]))
        only = self._connections[0] if alone else None

        def job() -> Engine | None:
            from bondesk.desktop import main_window, sign_in  # noqa: F401 - imported ahead

            engine = self._opened(only) if only is not None else None
            if engine is not None:
                sign_in.require_users(engine)
            return engine

        self._background.run(job, while_alive(self, self.news.look), while_alive(self, self._warm_up_failed))

    def _warm_up_failed(self, problem: Exception) -> None:
        if not self._busy:
            self._fail(problem)

    def _opened(self, connection: Any) -> Engine:
        """Open a connection once; runs on the worker thread only."""
        if connection.name not in self._engines:
            self._engines[connection.name] = self._open_engine(connection)
        return self._engines[connection.name]

    def sign_in(self) -> None:
        """Check the pair off the UI thread."""
        if self._busy or self._countdown.running:
            return
        chosen, typed = self._chosen(), self.form.server_password.text()
        wanted: list[tuple[str, QLineEdit, str]] = [(self.account.text().strip(), self.account, "用户账号")]
        wanted += [(typed, self.form.server_password, "数据库密码")] if self.form.server_password.isVisible() else []
        wanted.append((self.password.text(), self.password, "用户密码"))
        for text, line, name in wanted:
            if not text:
                self._say(f"请输入{name}")
                line.setFocus()
                return
        account, password = wanted[0][0], wanted[-1][0]
        self._set_busy(busy=True)

        def job() -> SignedIn:
            from bondesk.desktop import sign_in

            self._take_server_password(chosen, typed)
            engine = self._opened(chosen)
            identity, enterprise = sign_in.sign_in(engine, account, password)
            return SignedIn(engine, identity, enterprise, chosen.name)

        self._say("")
        self._background.run(job, while_alive(self, self._finish), while_alive(self, self._refuse))

    def _take_server_password(self, connection: Any, typed: str) -> None:
        if typed and self._book is not None:
            self._book.take_password(connection, typed)

    def sign_in_as(self, connection: str, account: str, password: str) -> None:
        """Fill the window and sign in, as the demo company does."""
        self.choice.setCurrentIndex(max(0, self.choice.findText(connection)))
        self.account.setText(account)
        self.password.setText(password)
        self.sign_in()

    def _finish(self, answer: SignedIn) -> None:
        self._set_busy(busy=False)
        self.password.clear()
        self.form.server_password.clear()
        for name in [name for name in self._engines if name != answer.connection]:
            self._engines.pop(name).store.dispose()
        self.signed_in.emit(answer)

    def _refuse(self, problem: Exception) -> None:
        self._set_busy(busy=False)
        self._fail(problem)
        if not self._countdown.running:
            self.password.setFocus()
            self.password.selectAll()

    def _fail(self, problem: Exception) -> None:
        if isinstance(problem, TryLater):
            self._reason = problem.reason
            self._countdown.start(problem.seconds)
        elif isinstance(problem, PasswordNeeded) and self._book is not None:
            self._needs_password.add(self._chosen().name)
            self._start_afresh()
            self._say("这个数据连接的数据库密码没有记住在本机，请在上面输入。")
            self.form.server_password.setFocus()
        elif isinstance(problem, Refused) and problem.findings[0].code == _EMPTY:
            ways = "。" if self._found is not None else _ON_COMMAND_LINE
            self._say(problem.findings[0].text + ways, role="notice", found=self._found is not None)
        else:
            self._say(said(problem, "打开数据连接时程序出错，详细情况已写入日志。"))
            if is_fault(problem):
                self.crashed.emit(problem)

    def _show_wait(self, seconds: int) -> None:
        if seconds:
            self._say(TryLater.sentence(self._reason, seconds))
            self.form.wait(seconds)
            return
        self._set_busy(busy=False)
        self._say("现在可以重新输入密码。", role="notice")
        self.password.setFocus()
        self.password.selectAll()

    def _say(self, text: str, role: str = "error", *, found: bool = False) -> None:
        self.form.say(text, role, found=found)
        self.form.fit()

    def _set_busy(self, *, busy: bool) -> None:
        self._busy = busy
        self.form.set_busy(busy)

    def manage_connections(self) -> None:
        """Open the dialog that adds, changes, tests and removes data connections."""
        from bondesk.desktop.connection_dialog import ConnectionDialog

        if self._book is None or self._busy:
            return
        dialog = ConnectionDialog(self._book, self._errands, self.choice.currentText(), self)
        dialog.changed.connect(self._connections_changed)
        dialog.crashed.connect(self.crashed)
        dialog.open()

    def _connections_changed(self, connections: Sequence[Any], chosen: str) -> None:
        """Offer the connections as they are now; engines of those that changed are opened anew."""
        former, self._connections = {one.name: one for one in self._connections}, list(connections)
        present = {one.name: one for one in self._connections}
        for name in [name for name, one in former.items() if present.get(name) != one]:
            self._needs_password.discard(name)
            self._background.run(partial(self._closed, name), lambda _nothing: None, while_alive(self, self._fail))
        self.choice.clear()
        self.choice.addItems(list(present))
        self.choice.setCurrentIndex(max(0, self.choice.findText(chosen)))

    def _closed(self, name: str) -> None:
        """Close a connection; runs on the worker thread only."""
        if name in self._engines:
            self._engines.pop(name).store.dispose()

    def found_first(self) -> None:
        """Open the dialog for the first administrator of the chosen connection."""
        from bondesk.desktop.first_administrator import FirstAdministratorDialog

        if self._found is None or self._busy:
            return
        chosen = self._chosen()
        dialog = FirstAdministratorDialog(lambda: self._opened(chosen), self._found, self._background, self)
        dialog.crashed.connect(self.crashed)
        dialog.founded.connect(self._founded)
        dialog.open()

    def _founded(self, entry: FirstAdministrator) -> None:
        self.sign_in_as(self.choice.currentText(), entry.account, entry.password)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Let the workers finish what they do before the window goes."""
        self._background.close()
        self._errands.close()
        super().closeEvent(event)
        self.left.emit()
