"""Scripts an enterprise parameter switches off: absent from the list's buttons and the palette while it is off."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject

from bondesk.base.documents import DocumentType
from bondesk.base.steps import Script
from bondesk.desktop.background import while_alive
from bondesk.desktop.commands import CommandActions, Commands
from bondesk.desktop.context import DeskContext
from bondesk.engine.act import Act
from bondesk.engine.scripts import withheld

NOT_ENABLED = "企业参数没有启用"


class OfferedScripts(QObject):
    """What the enterprise has of one document's scripts.

    Until the database has answered, a script that depends on a parameter counts as switched off.
    """

    def __init__(self, context: DeskContext, document: DocumentType, parent: QObject) -> None:
        """Know nothing yet; the lane is asked whenever ``parent``, a page, is shown."""
        super().__init__(parent)
        self._context, self._document = context, document
        dependent = [one for one in context.engine.catalogue.scripts_of(document) if one.offered is not None]
        self._withheld = frozenset(one.key for one in dependent)
        self._asks = bool(dependent)
        self._shown: tuple[Commands, CommandActions] | None = None
        if self._asks:
            parent.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Ask anew when the page comes into view: a parameter may have been changed on another one."""
        if event.type() == QEvent.Type.Show:
            self.ask()
        return super().eventFilter(watched, event)

    def show(self, commands: Commands, bound: CommandActions) -> None:
        """Hide the buttons of what the enterprise does not have, now and whenever the parameters change."""
        self._shown = commands, bound
        for script in self._context.engine.catalogue.scripts_of(self._document):
            if (key := f"list.script.{script.key}") in commands:
                bound[key].setVisible(script in self)
        bound.refresh()

    def ask(self) -> None:
        """Read the parameters anew."""
        document = self._document

        def job(act: Act) -> frozenset[str]:
            return withheld(act, document)

        self._context.lane.act(job, while_alive(self, self._answered), while_alive(self, lambda _problem: None))

    def _answered(self, keys: frozenset[str]) -> None:
        if keys != self._withheld:
            self._withheld = keys
            if self._shown is not None:
                self.show(*self._shown)

    def __contains__(self, script: Script) -> bool:
        """Tell whether the enterprise has ``script``."""
        return script.key not in self._withheld
