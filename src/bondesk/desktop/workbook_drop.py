"""Files dropped on a widget, as an event filter, so that lists and dialogs take them alike."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMimeData, QObject, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

_ENDINGS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")


class WorkbookDrop(QObject):
    """Lets ``widget`` take workbooks; ``dropped`` brings the path of the first."""

    dropped = Signal(str)

    def __init__(self, widget: QWidget, allowed: Callable[[], bool] = lambda: True) -> None:
        """Take files over ``widget`` as long as ``allowed``."""
        super().__init__(widget)
        self._allowed = allowed
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)

    @staticmethod
    def path_of(data: QMimeData) -> str:
        """Return the first workbook among what is dragged, "" when there is none."""
        paths = [url.toLocalFile() for url in data.urls() if url.isLocalFile()]
        return next((path for path in paths if path.lower().endswith(_ENDINGS)), "")

    def eventFilter(self, _widget: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Accept a workbook, and bring it when it is let go."""
        if not isinstance(event, QDragEnterEvent | QDropEvent) or not self._allowed():
            return False
        path = self.path_of(event.mimeData())
        if not path:
            return False
        event.acceptProposedAction()
        if event.type() == QEvent.Type.Drop:
            self.dropped.emit(path)
        return True
