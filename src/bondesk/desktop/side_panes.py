"""The panes beside a form (history, …): one at a time, each opened and closed by a command of its own.

A new pane is a class with the shape of :class:`SidePane` and one entry in :data:`PANES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Protocol, cast, runtime_checkable

from PySide6.QtCore import SignalInstance
from PySide6.QtWidgets import QSplitter, QWidget

from bondesk.base.documents import DocumentType
from bondesk.desktop import style
from bondesk.desktop.attachments_pane import attachments_pane
from bondesk.desktop.changes_pane import changes_pane
from bondesk.desktop.commands import Command, CommandActions
from bondesk.desktop.context import DeskContext
from bondesk.desktop.history_pane import history_pane
from bondesk.desktop.related_pane import RelatedPane
from bondesk.desktop.xray_pane import xray_pane

#: How wide a pane likes to be, in pixels at the usual font size.
_WIDE = 440


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


@runtime_checkable
class Counting(Protocol):
    """A pane that knows how many things it holds, also while it is hidden; ``counted`` brings the number."""

    counted: SignalInstance

    def glance(self, document_id: int) -> None:
        """Count what belongs to a stored document."""


#: Makes the pane of a form, or None where the document has nothing for it or the user no right.
MakePane = Callable[[DeskContext, DocumentType, QWidget], SidePane | None]
PANES: tuple[MakePane, ...] = (attachments_pane, RelatedPane, xray_pane, history_pane, changes_pane)


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
            _give_room(cast(QWidget, pane))
            pane.load(document_id)
            cast(QWidget, pane).setFocus()

    def open_at_once(self) -> None:
        """Open the first pane that is there to be seen with its document."""
        document_id = self._document_id()
        for pane in self.panes:
            if document_id is not None and getattr(pane, "at_once", False):
                pane.load(document_id)
                return

    def follow(self) -> None:
        """Read the pane in sight again after the document was opened or stored; the others only count."""
        document_id = self._document_id()
        for pane in self.panes:
            if document_id is None:
                pane.clear()
            elif pane.isVisible():
                pane.load(document_id)
            elif isinstance(pane, Counting):
                pane.glance(document_id)

    def count_on(self, actions: CommandActions) -> None:
        """Write the counts of the panes on the buttons that open them."""
        for pane in self.panes:
            if isinstance(pane, Counting):
                pane.counted.connect(partial(_show_count, pane, actions))

    def commands(self, why_not: Callable[[], str]) -> Iterator[Command]:
        """Iterate over the commands that open and close the panes."""
        for pane in self.panes:
            yield Command(
                f"form.{_name(pane)}", pane.title, pane.shortcut, partial(self.toggle, pane), why_not, "panes"
            )


def _give_room(pane: QWidget) -> None:
    """Give a pane two fifths of the form at most: the head keeps two columns on a small screen."""
    split = pane.parentWidget()
    if isinstance(split, QSplitter):
        room = sum(split.sizes())
        wide = min(style.scaled(_WIDE), room * 2 // 5)
        split.setSizes([room - wide, *([wide] * (split.count() - 1))])


def _name(pane: SidePane) -> str:
    return pane.objectName().removesuffix("_pane")


def _show_count(pane: SidePane, actions: CommandActions, count: int) -> None:
    actions.retitle(f"form.{_name(pane)}", f"{pane.title}（{count}）" if count else pane.title)
