"""后台运行 of an import: the dialog goes out of the way while it stores, and comes back from 后台任务."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QAbstractButton, QDialog

from bondesk.desktop.context import DeskContext
from bondesk.desktop.import_work import ImportWork
from bondesk.desktop.jobs import jobs_of


class ImportAside(QObject):
    """Hides and shows ``dialog``; ``button`` is there while ``work`` stores."""

    def __init__(self, context: DeskContext, work: ImportWork, button: QAbstractButton, dialog: QDialog) -> None:
        """Stand by."""
        super().__init__(dialog)
        self._context, self._work, self._dialog = context, work, dialog
        button.clicked.connect(self.go)
        work.reopened.connect(self.come_back)

    def go(self) -> None:
        """Go out of the way; the end is told in the corner of the window."""
        job, home = self._work.job, jobs_of(self._context).home
        if job is None or not self._work.storing:
            return
        job.hidden = True
        if home is not None and self._dialog.parent() is not home:
            self._dialog.setParent(home, self._dialog.windowFlags())  # the list may be closed meanwhile
        self._dialog.hide()

    def come_back(self) -> None:
        """Show how far it is, or how it ended."""
        if self._work.job is not None:
            self._work.job.hidden = False
        self._dialog.open()
        self._dialog.raise_()
