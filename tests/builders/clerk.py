"""A clerk in front of the real widgets: what tests and the screen recipe do with mouse and keyboard."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QItemSelectionModel, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget

from bondesk.desktop.form_page import FormPage
from bondesk.desktop.import_dialog import ImportDialog
from bondesk.desktop.layout import Layout
from bondesk.desktop.list_page import ListPage
from bondesk.desktop.login import LoginWindow
from bondesk.desktop.main_window import MainWindow
from bondesk.desktop.report_page import ReportPage
from bondesk.desktop.script_dialog import ScriptDialog
from bondesk.engine.engine import Engine
from bondesk.settings import Connection, Home, carried

W = TypeVar("W", bound=QWidget)
Shoot = Callable[[QWidget, str], None]
HELP_FOLDER = carried("resources") / "help"
#: Seconds something is waited for.
_PATIENCE = 60


def pause(milliseconds: int) -> None:
    """Let the program work; unlike ``QTest.qWait``, which keeps the interpreter to itself, its other threads too."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def wait_until(condition: Callable[[], bool], what: str = "condition") -> None:
    """Let the program work until ``condition`` holds."""
    begun = time.monotonic()
    while not condition():
        if time.monotonic() - begun > _PATIENCE:
            raise AssertionError(f"waited in vain for {what}")
        pause(10)


def child(parent: QWidget, kind: type[W], name: str) -> W:
    """Find a named widget."""
    found = parent.findChild(kind, name)
    assert found is not None, f"no {name} in {parent.objectName()}"
    return found


class Clerk:
    """Signs in and works; ``shoot(widget, name)`` is told of every screen worth a picture."""

    def __init__(self, home: Home, open_engine: Callable[[Connection], Engine], shoot: Shoot | None = None) -> None:
        """Work in a data folder."""
        self.home, self._open_engine = home, open_engine
        self.shoot = shoot or (lambda _widget, _name: None)
        self.crashes: list[Exception] = []
        self.window: MainWindow

    def sign_in(self, account: str, password: str, wrong: str = "") -> None:
        """Sign in through the login window, with a wrong password first when given."""
        login = LoginWindow(self.home.read().connections, self._open_engine)
        arrived: list[Any] = []
        login.signed_in.connect(arrived.append)
        login.crashed.connect(self.crashes.append)
        login.show()
        for word in (wrong, password) if wrong else (password,):
            self._fill_login(login, account, word)
            wait_until(lambda: bool(arrived) or login.message.isVisible(), "the login's answer")
            if not arrived:
                self.shoot(login, "login_wrong")
        self.window = MainWindow(arrived[0], Layout(self.home.layout_file), self.crashes.append, HELP_FOLDER)
        self.window.resize(1280, 800)
        self.window.show()
        login.close()

    def _fill_login(self, login: LoginWindow, account: str, password: str) -> None:
        wait_until(login.button.isEnabled, "the login button")
        login.account.setText(account)
        login.password.setText(password)
        QTest.mouseClick(login.button, Qt.MouseButton.LeftButton)

    def leave(self) -> None:
        """Close the window and its engine."""
        self.window.close()
        self.window.context.engine.store.dispose()
        self.window.deleteLater()
        QApplication.processEvents()

    def list_of(self, key: str) -> ListPage:
        """Open a module from the tree."""
        self.window.open_module(f"list.{key}")
        page = self.window.pages.page(f"list.{key}")
        assert isinstance(page, ListPage)
        wait_until(lambda: self.window.lane.idle, f"the list {key}")
        return page

    def press(self, page: Any, command: str) -> None:
        """Trigger a command of a page; it must be allowed."""
        action = page.bound[command]
        assert action.isEnabled(), f"{command}: {action.toolTip()}"
        action.trigger()

    def dialog(self, kind: type[Any]) -> Any:
        """Return the open dialog of a kind."""
        found: list[Any] = []

        def there() -> bool:
            found[:] = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
            return bool(found)

        wait_until(there, kind.__name__)
        return found[0]

    def import_workbook(self, key: str, path: Path) -> str:
        """Import through the dialog and return what it said."""
        self.press(self.list_of(key), "list.import")
        dialog: ImportDialog = self.dialog(ImportDialog)
        dialog.path.setText(str(path))
        QTest.mouseClick(dialog.run, Qt.MouseButton.LeftButton)
        wait_until(lambda: not dialog.bar.isVisible(), f"the import of {path.name}")
        said = dialog.said.text()
        self.shoot(dialog, f"import_{path.stem}")
        dialog.close()
        wait_until(lambda: not dialog.isVisible())
        return said

    def run_script(self, document: str, script: str, options: dict[str, Any], row: int | None = None) -> str:
        """Run a wizard with its proposals, page by page, and return what it says at the end; ``row`` is selected."""
        page = self.list_of(document)
        page.view.clearSelection()
        if row is not None:
            self.select_row(page, row)
        self.press(page, f"list.script.{script}")
        dialog: ScriptDialog = self.dialog(ScriptDialog)
        for name, value in options.items():
            dialog.options.cells[name].editor.set_value(value)
        step = 0
        while dialog.heading.text() != "完成":
            wait_until(dialog.next.isEnabled, f"step {step} of {script}")
            if dialog.heading.text() == "完成":
                break
            self.shoot(dialog, f"script_{script}_{step}")
            before = dialog.pages.currentWidget()
            QTest.mouseClick(dialog.next, Qt.MouseButton.LeftButton)
            wait_until(
                lambda before=before: dialog.pages.currentWidget() is not before,  # type: ignore[misc]
                f"the step after {dialog.heading.text()}",
            )
            step += 1
            assert dialog.heading.text() != "没有完成", f"{script} was refused"
        self.shoot(dialog, f"script_{script}_done")
        said = next(label.text() for label in dialog.findChildren(QWidget, "script_outcome"))  # type: ignore[attr-defined]
        dialog.close()
        return str(said)

    def select_all(self, page: ListPage) -> None:
        """Mark every row of a list."""
        page.view.selectAll()

    def select_row(self, page: ListPage, row: int) -> None:
        """Mark one row of a list."""
        index = page.model.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag
        page.view.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def confirm(self) -> None:
        """Say yes to the open question."""
        box = self.dialog(QDialog)
        button = child(box, QPushButton, "question_yes")
        wait_until(button.isEnabled, "the answer to be allowed")
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def open_form(self, key: str, row: int = 0) -> FormPage:
        """Open the form of a list's row."""
        page = self.list_of(key)
        wait_until(lambda: page.model.rowCount() > row, f"rows of {key}")
        self.select_row(page, row)
        self.press(page, "list.open")
        form = self.window.pages.current()
        assert isinstance(form, FormPage)
        wait_until(lambda: form._ready, f"the form of {key}")
        return form

    def report(self, key: str, options: dict[str, Any]) -> ReportPage:
        """Open a report and query it."""
        self.window.open_module(f"report.{key}")
        page = self.window.pages.current()
        assert isinstance(page, ReportPage)
        for name, value in options.items():
            page.options.cells[name].editor.set_value(value)
        page.query()
        wait_until(lambda: page._talk is None and bool(page.model.order), f"the report {key}")
        return page
