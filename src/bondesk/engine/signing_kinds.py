"""报文签名方式: which kinds of message the operator's card signs on this computer; the client signs the rest."""

from __future__ import annotations

from dataclasses import dataclass

from bondesk.base.errors import Refused
from bondesk.engine.act import Act


@dataclass(frozen=True, slots=True)
class MessageKind:
    """A kind of message that can be signed, the documents it is sent for, and whether the card here signs it."""

    code: str
    title: str
    documents: tuple[str, ...]
    here: bool


def message_kinds(act: Act) -> list[MessageKind]:
    """Return every kind of message with a place for a signature, in menu order."""
    here = act.catalogue.sender(act.facts).signed_here
    found: dict[str, MessageKind] = {}
    for document in act.catalogue.documents:
        message = document.message
        if message is None or not message.signable:
            continue
        before = found.get(message.code)
        titles = (*before.documents, document.title) if before else (document.title,)
        found[message.code] = MessageKind(message.code, message.title, titles, message.code in here)
    return list(found.values())


def keep_kinds(act: Act, codes: frozenset[str]) -> None:
    """Keep which kinds the card here signs; takes the right to change 参数设置. ``Refused`` (SIGN-01) for others."""
    book = act.catalogue.sender_book
    act.require(act.catalogue.document(book.document), "edit")
    known = {kind.code for kind in message_kinds(act)}
    if unknown := sorted(codes - known):
        raise Refused(f"报文 {'、'.join(unknown)} 不能在本机签名；可以的有：{'、'.join(sorted(known))}", "SIGN-01")
    book.keep_signing(codes, act)
    act.facts.forget()
