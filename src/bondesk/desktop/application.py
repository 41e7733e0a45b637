"""The desktop program as a whole: style, crash guard, login, main window, and back to the login."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from bondesk.desktop.connection_book import ConnectionBook
from bondesk.desktop.crash import CrashGuard, keep_log
from bondesk.desktop.layout import Layout
from bondesk.desktop.login import DataConnection, LoginWindow, SignedIn
from bondesk.desktop.looks import apply_look, follow_system
from bondesk.desktop.practice_door import PracticeAtLogin
from bondesk.desktop.program_news import ProgramAtLogin

if TYPE_CHECKING:
    from bondesk.base.program_release import ProgramUpdates
    from bondesk.desktop.first_administrator import Found
    from bondesk.desktop.main_window import MainWindow
    from bondesk.engine.engine import Engine
    from bondesk.engine.ports import Practice

C = TypeVar("C", bound=DataConnection)
Start = tuple[C, str, str]


class Desk(QObject):
    """The life of the program: one login window, then one main window, and round again."""

    def __init__(
        self,
        connections: Sequence[C],
        open_engine: Callable[[C], Engine],
        layout: Layout,
        guard: CrashGuard,
        help_folder: Path | None = None,
        *,
        book: ConnectionBook | None = None,
        found: Found | None = None,
        program: ProgramUpdates | None = None,
        practice: Practice | None = None,
    ) -> None:
        """Sign in to one of ``connections``; remember the window in ``layout``.

        ``book`` manages the connections and ``found`` makes a first administrator, see :class:`LoginWindow`.
        ``program`` knows of a newer program, which the login window asks to install; ``practice`` is 练习模式.
        """
        super().__init__()
        self._book, self._found, self._program, self._practice = book, found, program, practice
        self._connections, self._open_engine = list(connections), open_engine
        self._layout, self._guard, self._help_folder = layout, guard, help_folder
        self.login: LoginWindow | None = None
        self.window: MainWindow | None = None

    def show_login(self) -> LoginWindow:
        """Open the login window with what was used last."""
        login = LoginWindow(
            self._connections if self._book is None else self._book.all(),
            self._open_engine,
            self._layout.text("login/connection"),
            self._layout.text("login/account"),
            book=self._book,
            found=self._found,
        )
        login.signed_in.connect(self._signed_in)
        login.crashed.connect(self._guard.report)
        login.left.connect(self._left_login)
        self.login = login
        if self._program is not None:
            self._ask_program(login, self._program)
        if self._practice is not None:
            PracticeAtLogin(login, login.form, self._practice).crashed.connect(self._guard.report)
        login.show()
        return login

    def _ask_program(self, login: LoginWindow, program: ProgramUpdates) -> None:
        """Let a downloaded newer program ask to be installed; this one ends once it was started anew."""
        news = ProgramAtLogin(login, login.form, program)
        news.crashed.connect(self._guard.report)
        news.restarting.connect(login.close)

    def _signed_in(self, signed: SignedIn) -> None:
        """Open the main window before the login goes, so that the program does not end in between."""
        from bondesk.desktop.main_window import MainWindow

        self._layout.keep("login/connection", signed.connection)
        self._layout.keep("login/account", signed.identity.account)
        window = MainWindow(signed, self._layout, self._guard.report, self._help_folder)
        window.relogin.connect(self._back_to_login)
        window.left.connect(QApplication.quit)
        self.window = window
        window.show()
        login, self.login = self.login, None
        if login is not None:
            login.close()
            login.deleteLater()

    def _left_login(self) -> None:
        """End the program when the user closed the login window."""
        if self.login is not None:
            QApplication.quit()

    def _back_to_login(self) -> None:
        """Open the login window after the main window closed its pages."""
        if self.window is not None:
            self.window.context.engine.store.dispose()
            self.window.deleteLater()
            self.window = None
        self.show_login()


def run_desktop(
    connections: Sequence[C],
    open_engine: Callable[[C], Engine],
    layout_file: Path,
    start: Start[C] | None = None,
    help_folder: Path | None = None,
    *,
    book: ConnectionBook | None = None,
    found: Found | None = None,
    program: ProgramUpdates | None = None,
    practice: Practice | None = None,
) -> int:
    """Run the desktop program and return its exit code.

    ``open_engine`` may be slow: it runs off the UI thread once the login window is painted. ``start``
    (connection, account, password) signs in at once. ``book`` and ``found`` as in :class:`LoginWindow`,
    ``program`` and ``practice`` as in :class:`Desk`.
    """
    log_file = layout_file.parent / "logs" / "bondesk.log"
    app = cast(QApplication, QApplication.instance() or QApplication(sys.argv))
    app.setApplicationName("Bondesk")
    app.setQuitOnLastWindowClosed(False)
    layout = Layout(layout_file)
    apply_look(app, layout)
    follow_system(app, layout)
    guard = CrashGuard(log_file)
    guard.install()
    keep_log(log_file)
    desk = Desk(
        connections,
        open_engine,
        layout,
        guard,
        help_folder,
        book=book,
        found=found,
        program=program,
        practice=practice,
    )
    login = desk.show_login()
    if start is not None:
        login.sign_in_as(start[0].name, start[1], start[2])
    return app.exec()
