"""Where unsaved typing waits for the case of a crash: one folder per signed-in window, locked while it lives."""

from __future__ import annotations

import hashlib
import logging
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject

from bondesk.desktop.background import Background, while_alive
from bondesk.desktop.draft_files import UnsavedInput, read_back, replace_file, written

_log = logging.getLogger(__name__)
#: Key of the store among the context's extras.
DRAFTS = "drafts"
_LOCK = "in-use.lock"


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Unsaved input of a window that did not end well, and its file."""

    path: Path
    kept: UnsavedInput


class DraftStore(QObject):
    """The unsaved typing of one window; all files are written and read on a thread of its own."""

    def __init__(self, root: Path, connection: str, account: str) -> None:
        """Keep files under ``root``, apart for each connection and account."""
        super().__init__()
        owner = hashlib.sha256(f"{connection}\n{account}".encode()).hexdigest()[:16]
        self._own = root / owner
        self.folder = self._own / uuid.uuid4().hex
        self._background = Background()
        self._lock: QLockFile | None = None

    def write(self, name: str, kept: UnsavedInput) -> None:
        """Keep what was typed into the form ``name``."""
        self._order(lambda: self._write(name, kept))

    def _write(self, name: str, kept: UnsavedInput) -> None:
        if self._lock is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = QLockFile(str(self.folder / _LOCK))
            lock.setStaleLockTime(0)
            lock.tryLock(0)
            self._lock = lock
        replace_file(self.folder / f"{name}.json", written(kept))

    def drop(self, name: str) -> None:
        """Forget the form ``name``: it was saved or closed."""
        self._order(lambda: (self.folder / f"{name}.json").unlink(missing_ok=True))

    def discard(self, left: LeftBehind) -> None:
        """Remove a file that was restored or given up."""
        self._order(lambda: _discard(left.path))

    def left_behind(self, done: Callable[[list[LeftBehind]], None], owner: QObject) -> None:
        """Look for input of windows that ended without saving; ``done`` gets it, oldest first."""
        self._background.run(self._find, while_alive(owner, done), lambda _problem: None)

    def _find(self) -> list[LeftBehind]:
        found: list[LeftBehind] = []
        for folder in sorted(self._own.glob("*/")) if self._own.is_dir() else []:
            if folder != self.folder and _abandoned(folder):
                found += [left for path in sorted(folder.glob("*.json")) if (left := _read(path)) is not None]
        return sorted(found, key=lambda left: left.kept.saved_at)

    def _order(self, job: Callable[[], object]) -> None:
        self._background.run(job, lambda _nothing: None, lambda _problem: None)

    def flush(self, done: Callable[[], None], owner: QObject) -> None:
        """Call ``done`` when everything ordered so far is on the disk."""
        self._background.run(lambda: None, while_alive(owner, lambda _nothing: done()), lambda _problem: None)

    def close(self) -> None:
        """Write what is ordered; a window that ends well leaves nothing behind."""
        self._background.close()
        if self._lock is not None:
            self._lock.unlock()
            shutil.rmtree(self.folder, ignore_errors=True)


def _abandoned(folder: Path) -> bool:
    """Tell whether the process that wrote into ``folder`` is gone."""
    lock = QLockFile(str(folder / _LOCK))
    lock.setStaleLockTime(0)
    if not lock.tryLock(0):
        return False
    lock.unlock()
    return True


def _read(path: Path) -> LeftBehind | None:
    try:
        return LeftBehind(path, read_back(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        _log.exception("unsaved input %s cannot be read", path.name)
        return None


def _discard(path: Path) -> None:
    path.unlink(missing_ok=True)
    if not any(path.parent.glob("*.json")):
        shutil.rmtree(path.parent, ignore_errors=True)
