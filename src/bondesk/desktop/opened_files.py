"""Stored files on the user's machine: a read-only copy to look at, opened with whatever the system opens it with."""

from __future__ import annotations

import atexit
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from bondesk.base.attachment_names import safe_name
from bondesk.base.errors import OutsideFailure
from bondesk.base.file_words import reason_of


@cache
def _folder() -> Path:
    """Return this run's folder of copies; it goes when the program ends."""
    folder = Path(tempfile.mkdtemp(prefix="bondesk-"))
    atexit.register(_remove, folder)
    return folder


def _remove(folder: Path) -> None:
    for path in folder.rglob("*"):
        path.chmod(stat.S_IRWXU)  # Windows removes no read-only file
    shutil.rmtree(folder, ignore_errors=True)


def copy_to_look_at(name: str, content: bytes) -> Path:
    """Write a read-only copy and return where; the same content under the same name is written once.

    Call it off the UI thread. ``OutsideFailure`` when the machine has no room for it.
    """
    path = _folder() / hashlib.sha256(content).hexdigest()[:12] / safe_name(name)
    try:
        if path.exists() and path.read_bytes() == content:
            return path
        path.parent.mkdir(exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(content)
        path.chmod(stat.S_IRUSR | stat.S_IRGRP | stat.S_IROTH)
    except OSError as problem:
        raise OutsideFailure(f"不能在本机写出“{name}”：{reason_of(problem)}") from problem
    return path


def save_as(path: Path, content: bytes) -> None:
    """Write a file where the user wants it: all of it or nothing. ``OutsideFailure`` when it cannot be written."""
    beside = path.with_name(f"{path.name}.part")
    try:
        beside.write_bytes(content)
        os.replace(beside, path)
    except OSError as problem:
        beside.unlink(missing_ok=True)
        raise OutsideFailure(f"不能写入 {path}：{reason_of(problem)}") from problem


#: Opens a path with the system's program; tests put their own in.
Opener = Callable[[Path], bool]


def open_with_system(path: Path) -> bool:
    """Open a file with the program the system has for it; tell whether there is one."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
