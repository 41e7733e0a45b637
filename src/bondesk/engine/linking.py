"""Linking copies that came before the document they name: one statement a kind, whenever documents have come in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, or_, update

from bondesk.base.documents import DocumentType
from bondesk.base.linking import LINKED, WAITING
from bondesk.engine.act import Act


def link_waiting(act: Act) -> None:
    """Bring 待关联 and 已关联 of every kind that awaits another up to what is stored now."""
    act.session.flush()
    for document in act.catalogue.documents:
        if document.awaits is not None:
            _link(act, document)


def _link(act: Act, document: DocumentType) -> None:
    awaits, head = document.awaits, document.header
    assert awaits is not None
    here = or_(*(_there(act, key, awaits.attribute) for key in awaits.parents))
    variant = [getattr(head, key) == value for key, value in document.variant.items()]
    for state, holds in ((LINKED, here), (WAITING, ~here)):
        mine = head.company_id == act.company_id, awaits.state != state, *variant, holds
        act.session.execute(
            update(head).where(*mine).values({awaits.state: state}).execution_options(synchronize_session=False)
        )
    for one in act.session:
        if isinstance(one, head):
            act.session.expire(one, [awaits.state.key])


def _there(act: Act, key: str, number: Any) -> ColumnElement[bool]:
    parent = act.catalogue.document(key)
    return exists().where(parent.header.company_id == act.company_id, parent.number[0] == number)
