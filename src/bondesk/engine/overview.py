"""What the start page and a restored desk need at a glance: how many wait, and what numbers documents have."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select

from bondesk.base.catalogue import Catalogue
from bondesk.base.documents import DocumentType
from bondesk.base.flow import State
from bondesk.base.identity import Identity
from bondesk.engine.act import Act
from bondesk.engine.search import number_text, of_kind

#: Tones of states in which a document waits for somebody: rejected, sent or under way, received but not approved.
_WAITING_TONES = frozenset({"bad", "warn", "info"})


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many documents of one kind stand in one state that asks for something to be done."""

    document_key: str
    title: str
    state: State
    count: int


def flowing(catalogue: Catalogue, identity: Identity) -> list[DocumentType]:
    """Return the kinds with a flow the user may see, in menu order."""
    return [d for d in catalogue.documents if d.flow.states and identity.may(d.key, "view")]


def waits(state: State) -> bool:
    """Tell whether a document in ``state`` waits for somebody: it can still be edited, or is on its way."""
    return state.editable or state.tone in _WAITING_TONES


def waiting(act: Act, document: DocumentType) -> list[Waiting]:
    """Count the documents of one kind per waiting state, with one statement; states nobody is in are left out."""
    act.require(document, "view")
    header = document.header
    statement = of_kind(act, document, select(header.state, func.count()).group_by(header.state))
    counted = {row[0]: row[1] for row in act.session.execute(statement)}
    return [
        Waiting(document.key, document.title, state, counted[state.key])
        for state in document.flow.states
        if waits(state) and counted.get(state.key)
    ]


def numbers_of(act: Act, document: DocumentType, ids: Collection[int]) -> dict[int, str]:
    """Return the number of every document that still exists, by id, with one statement."""
    act.require(document, "view")
    header = document.header
    statement = of_kind(act, document, select(header.id, *document.number).where(header.id.in_(list(ids))))
    return {row[0]: number_text(document, row[1:]) for row in act.session.execute(statement)}
