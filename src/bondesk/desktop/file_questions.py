"""Which files to take, and where to write one: the system's dialogs without a nested event loop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget


def ask_files(parent: QWidget, title: str, then: Callable[[Sequence[Path]], object]) -> QFileDialog:
    """Let the user choose any number of files."""
    dialog = QFileDialog(parent, title)
    dialog.setObjectName("ask_files")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.filesSelected.connect(lambda names: then([Path(name) for name in names]))
    dialog.open()
    return dialog


def ask_target(parent: QWidget, title: str, name: str, then: Callable[[Path], object]) -> QFileDialog:
    """Let the user choose where a file called ``name`` is written; an existing one is asked about."""
    dialog = QFileDialog(parent, title)
    dialog.setObjectName("ask_target")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile(name)
    dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
    dialog.open()
    return dialog
