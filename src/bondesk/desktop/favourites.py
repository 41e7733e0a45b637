"""常用功能 and 最近使用 of the signed-in user (row 26): kept in the database, so they follow the user."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from bondesk.base.catalogue import Catalogue
from bondesk.base.identity import Identity
from bondesk.base.matching import Matching
from bondesk.desktop.background import while_alive
from bondesk.desktop.context import DeskContext
from bondesk.desktop.update_pages import UPDATES, allowed_pages
from bondesk.engine.act import Act
from bondesk.engine.preferences import prefer, preference

FAVOURITES, RECENT, DOCUMENTS = "favourites", "recent", "recent_documents"
MOST_RECENT, MOST_DOCUMENTS = 8, 12


def matchings(catalogue: Catalogue, identity: Identity) -> list[Matching]:
    """Return the 对碰 whose drafts and formal copies the user may both see."""
    may = identity.may
    return [one for one in catalogue.matchings if may(one.draft, "view") and may(one.formal, "view")]


def module_title(catalogue: Catalogue, identity: Identity, key: str) -> str:
    """Return the title of a page key (``list.part``, ``report.item_ledger``), "" when gone or not granted."""
    kind, _, name = key.partition(".")
    if kind == "matching":
        return next((one.title for one in matchings(catalogue, identity) if one.script == name), "")
    if kind == UPDATES:
        return next((one.title for one in allowed_pages(catalogue, identity) if one.key == key), "")
    declared: Any = catalogue.documents if kind == "list" else catalogue.reports if kind == "report" else ()
    for one in declared:
        if one.key == name and identity.may(name, "view"):
            return str(one.title)
    return ""


class Favourites(QObject):
    """The user's chosen modules in their order, and what was used last; ``changed`` when any of it changed."""

    changed = Signal()

    def __init__(self, context: DeskContext, parent: QObject) -> None:
        """Read what is kept through the lane; empty until it arrives."""
        super().__init__(parent)
        self._context = context
        self.chosen: list[str] = []
        self.recent: list[str] = []
        self.documents: list[tuple[str, int]] = []
        self._ready = False
        context.lane.act(_read, while_alive(self, self._arrived), while_alive(self, self._failed))

    def _arrived(self, kept: tuple[list[str], list[str], list[list[Any]]]) -> None:
        """Put what was kept behind what the user did meanwhile."""
        chosen, recent, documents = kept
        self._ready = True
        self.chosen = list(dict.fromkeys([*self.chosen, *chosen]))
        self.recent = list(dict.fromkeys([*self.recent, *recent]))[:MOST_RECENT]
        pairs = [(str(key), int(number)) for key, number in documents]
        self.documents = list(dict.fromkeys([*self.documents, *pairs]))[:MOST_DOCUMENTS]
        self.changed.emit()

    def _failed(self, problem: Exception) -> None:
        self._context.show_message(f"常用功能没有读出来：{problem}")

    def title(self, key: str) -> str:
        """Return the title of a module the user may see, "" otherwise."""
        return module_title(self._context.engine.catalogue, self._context.identity, key)

    def shown(self, keys: list[str]) -> list[tuple[str, str]]:
        """Return (key, title) of those of ``keys`` that still exist and are granted."""
        return [(key, title) for key in keys if (title := self.title(key))]

    def toggle(self, key: str) -> bool:
        """Choose a module, or take it out again; return whether it is chosen now."""
        if key in self.chosen:
            self.chosen.remove(key)
        else:
            self.chosen.append(key)
        self._keep(FAVOURITES, list(self.chosen))
        return key in self.chosen

    def move(self, key: str, by: int) -> bool:
        """Move a chosen module up (-1) or down (1); False at the end of the list."""
        if key not in self.chosen:
            return False
        here = self.chosen.index(key)
        there = here + by
        if not 0 <= there < len(self.chosen):
            return False
        self.chosen[here], self.chosen[there] = self.chosen[there], self.chosen[here]
        self._keep(FAVOURITES, list(self.chosen))
        return True

    def used(self, key: str) -> None:
        """Remember that a module was opened."""
        if self.recent[:1] != [key]:
            self.recent = [key, *(other for other in self.recent if other != key)][:MOST_RECENT]
            self._keep(RECENT, list(self.recent))

    def opened(self, document_key: str, document_id: int) -> None:
        """Remember that a document was opened."""
        pair = (document_key, document_id)
        if self.documents[:1] != [pair]:
            self.documents = [pair, *(other for other in self.documents if other != pair)][:MOST_DOCUMENTS]
            self._keep(DOCUMENTS, [list(one) for one in self.documents])

    def _keep(self, name: str, value: list[Any]) -> None:
        self.changed.emit()
        self._context.lane.act(lambda act: prefer(act, name, value), lambda _nothing: None, while_alive(self, _quiet))


def _quiet(_problem: Exception) -> None:
    """A lost favourite is no reason to interrupt anybody; a lost connection says so elsewhere."""


def _read(act: Act) -> tuple[list[str], list[str], list[list[Any]]]:
    return preference(act, FAVOURITES, []), preference(act, RECENT, []), preference(act, DOCUMENTS, [])
