"""Keeps what is typed into one form on the disk, a few seconds behind the keys, until it is saved or given up."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from bondesk.base.documents import DocumentType
from bondesk.desktop.draft_files import UnsavedInput, removed_ids, typed_line
from bondesk.desktop.draft_store import DraftStore
from bondesk.desktop.form_body import FormBody

#: Milliseconds after the first unsaved key until it is on the disk.
KEPT_AFTER_MS = 5_000


class FormDrafts(QObject):
    """Writes the typing of ``page`` while ``dirty`` says there is some."""

    def __init__(
        self,
        store: DraftStore | None,
        document: DocumentType,
        body: FormBody,
        page: QWidget,
        dirty: Callable[[], bool],
        number: Callable[[], str],
    ) -> None:
        """Keep the typing in ``store``; None keeps nothing (a page outside a window)."""
        super().__init__(page)
        self._store, self._document, self._body, self._page = store, document, body, page
        self._dirty, self._number = dirty, number
        self._name = uuid.uuid4().hex
        self._kept = False
        self._timer = QTimer(page)
        self._timer.setSingleShot(True)
        self._timer.setInterval(KEPT_AFTER_MS)
        self._timer.timeout.connect(self.keep)
        if store is not None:
            app = QApplication.instance()
            assert isinstance(app, QApplication)
            app.focusChanged.connect(self._focus_moved)

    def _focus_moved(self, old: QWidget | None, new: QWidget | None) -> None:
        """Keep at once when the clerk turns to something else."""
        if not isValid(self._timer) or not self._timer.isActive() or old is None or not self._page.isAncestorOf(old):
            return
        if new is None or not self._page.isAncestorOf(new):
            self.keep()

    def edited(self) -> None:
        """Something was typed: it will be kept in a moment, or forgotten when it was taken back."""
        if self._store is not None and not self._timer.isActive():
            self._timer.start()

    def keep(self) -> None:
        """Write now what is unsaved."""
        self._timer.stop()
        if self._store is None:
            return
        if not self._dirty():
            self.forget()
            return
        self._kept = True
        self._store.write(self._name, self.unsaved())

    def unsaved(self) -> UnsavedInput:
        """Return what is on the screen and not stored."""
        body, base = self._body, self._body.base
        lines, removed = {}, {}
        for table in self._document.typed_lines:
            began = base.lines.get(table.key, [])
            values = {line.id: line.values for line in began if line.id is not None}
            edited = body.grids[table.key].model.lines
            lines[table.key] = [typed_line(line, values) for line in edited]
            removed[table.key] = removed_ids(began, edited)
        was = {key: base.head.get(key) for key, value in body.head.items() if base.head.get(key) != value}
        unread = {one.entry.key: one.text() for one in body.header.problems()}
        now = datetime.now().isoformat(" ", "seconds")
        return UnsavedInput(
            self._document.key,
            base.id,
            base.revision,
            self._number(),
            now,
            dict(body.head),
            was,
            unread,
            lines,
            removed,
            {window.table.key: window.strip.unsaved() for window in body.rows if window.strip.dirty},
        )

    def forget(self) -> None:
        """The typing was saved, or given up."""
        self._timer.stop()
        if self._store is not None and self._kept:
            self._kept = False
            self._store.drop(self._name)
