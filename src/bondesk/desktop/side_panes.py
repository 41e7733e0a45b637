"""The panes beside a form (history, …): one at a time, each opened and closed by a command of its own.

A new pane is a class with the shape of :class:`SidePane` and one entry in :data:`PANES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Protocol, cast

from PySide6.QtWidgets import QWidget

from bondesk.base.documents import DocumentType
from bondesk.desktop.commands import Command
from bondesk.desktop.context import DeskContext
from bondesk.desktop.history_pane import HistoryPane


class SidePane(Protocol):
    """A widget beside the form about the stored document; hidden until :meth:`load`.

    ``title`` is its command's text, ``shortcut`` its key ("" for none). An objectName ``NAME_pane`` gives the
    command id ``form.NAME``.
    """

    title: str
    shortcut: str

    def objectName(self) -> str:  # noqa: N802 - Qt's name
        """Return the name of the widget."""

    def load(self, document_id: int) -> None:
        """Read what belongs to a stored document through the lane, and show the pane."""

    def clear(self) -> None:
        """Forget the document shown and hide."""

    def isVisible(self) -> bool:  # noqa: N802 - Qt's name
        """Tell whether the pane is in sight."""

    def hide(self) -> None:
        """Go out of sight."""


#: Makes the pane of a form, or None where the document has nothing for it or the user no right.
MakePane = Callable[[DeskContext, DocumentType, QWidget], SidePane | None]
PANES: tuple[MakePane, ...] = (HistoryPane,)


class SidePanes:
    """The panes of one form; ``document_id`` tells which stored document they are about (None: not stored)."""

    def __init__(
        self,
        context: DeskContext,
        document: DocumentType,
        parent: QWidget,
        document_id: Callable[[], int | None],
        makers: Sequence[MakePane] = PANES,
    ) -> None:
        """Make the panes of ``makers`` that apply."""
        self._document_id = document_id
        made = (make(context, document, parent) for make in makers)
        self.panes: list[SidePane] = [pane for pane in made if pane is not None]

    def widgets(self) -> Iterator[QWidget]:
        """Iterate over the panes as widgets."""
        return (cast(QWidget, pane) for pane in self.panes)

    def toggle(self, pane: SidePane) -> None:
        """Close a pane that is in sight; else open it in the place of another."""
        if pane.isVisible():
            pane.hide()
            return
        document_id = self._document_id()
        if document_id is not None:
            for other in self.panes:
                other.hide()
            pane.load(document_id)

    def follow(self) -> None:
        """Read the pane in sight again after the document was stored."""
        document_id = self._document_id()
        for pane in self.panes:
            if document_id is None:
                pane.clear()
            elif pane.isVisible():
                pane.load(document_id)

    def commands(self, why_not: Callable[[], str]) -> Iterator[Command]:
        """Iterate over the commands that open and close the panes."""
        for pane in self.panes:
            name = pane.objectName().removesuffix("_pane")
            yield Command(f"form.{name}", pane.title, pane.shortcut, partial(self.toggle, pane), why_not, "panes")
