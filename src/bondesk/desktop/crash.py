"""The crash guard: a fault of the program is told once, logged in full, and never ends it silently."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from bondesk.desktop import style

_log = logging.getLogger(__name__)
_LOG_BYTES, _LOG_FILES = 2_000_000, 5


def keep_log(log_file: Path) -> None:
    """Write the program's log to ``log_file``, unless the caller already logs to a file."""
    root = logging.getLogger()
    if any(isinstance(handler, logging.FileHandler) for handler in root.handlers):
        return
    log_file.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(log_file, maxBytes=_LOG_BYTES, backupCount=_LOG_FILES, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.INFO)


class CrashDialog(QDialog):
    """What happened, where the log is, and a button that copies both."""

    def __init__(self, details: str, log_file: Path, parent: QWidget | None = None) -> None:
        """Show ``details`` (the traceback) under a sentence a clerk understands."""
        super().__init__(parent)
        self.setObjectName("crash_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("程序出错")
        self.resize(680, 380)
        self._text = f"{details}\n日志文件：{log_file}"
        text = QLabel(
            "程序内部出错，刚才的操作没有完成，也没有保存。其他已保存的数据不受影响，可以继续使用。\n"
            f"请点「复制详情」把下面的内容发给维护人员。日志文件：{log_file}",
            self,
        )
        text.setObjectName("crash_text")
        text.setWordWrap(True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.details = QPlainTextEdit(details, self)
        self.details.setObjectName("crash_details")
        self.details.setReadOnly(True)
        self.details.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.copy_button = QPushButton("复制详情", self)
        self.copy_button.setObjectName("crash_copy")
        self.copy_button.setAutoDefault(False)
        self.copy_button.clicked.connect(lambda: QApplication.clipboard().setText(self._text))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.setObjectName("crash_buttons")
        buttons.button(QDialogButtonBox.StandardButton.Close).setText("关闭")
        buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.MARGIN, style.MARGIN, style.MARGIN, style.MARGIN)
        layout.setSpacing(style.WIDE_GAP)
        layout.addWidget(text)
        layout.addWidget(self.details, 1)
        layout.addWidget(buttons)


class CrashGuard(QObject):
    """Collects what nobody caught, from any thread, and shows one dialog at a time on the UI thread."""

    _caught = Signal(str)

    def __init__(self, log_file: Path) -> None:
        """Name ``log_file`` in the dialog."""
        super().__init__()
        self._log_file = log_file
        self.dialog: CrashDialog | None = None
        self._caught.connect(self._show)

    def install(self) -> None:
        """Take over the hooks of the interpreter and of its threads."""
        sys.excepthook = self._hook
        threading.excepthook = self._thread_hook
        qInstallMessageHandler(self._qt_message)

    def _hook(self, kind: type[BaseException], problem: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, problem, trace)
            return
        self.report(problem)

    def _thread_hook(self, given: threading.ExceptHookArgs) -> None:
        if given.exc_value is not None:
            self.report(given.exc_value)

    def _qt_message(self, kind: QtMsgType, where: QMessageLogContext, text: str) -> None:
        """Keep what Qt says in the log; a fatal word ends the process right after, so it is written out first."""
        if kind is QtMsgType.QtFatalMsg:
            _log.critical("Qt ended the program: %s (%s:%s)", text, where.file, where.line)
            for handler in logging.getLogger().handlers:
                handler.flush()
        elif kind is QtMsgType.QtCriticalMsg:
            _log.error("Qt: %s", text)
        elif kind is QtMsgType.QtWarningMsg:
            _log.warning("Qt: %s", text)

    def report(self, problem: BaseException) -> None:
        """Log ``problem`` with its traceback and show it; safe from every thread."""
        _log.critical("unexpected failure", exc_info=problem)
        self._caught.emit("".join(traceback.format_exception(problem)))

    def _show(self, details: str) -> None:
        if self.dialog is not None:
            return
        self.dialog = CrashDialog(details, self._log_file, QApplication.activeWindow())
        self.dialog.destroyed.connect(self._forget)
        self.dialog.open()

    def _forget(self) -> None:
        self.dialog = None
