"""What the message of a document is at this moment: the sender's facts, the enterprise's 报文元素, the papers."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from bondesk.base.documents import DocumentType
from bondesk.base.element_name import MessageNames
from bondesk.base.findings import Finding
from bondesk.base.messages import Message, MessageFacts
from bondesk.engine.act import Act
from bondesk.engine.composing import Correction, Names, compose
from bondesk.engine.message_papers import papers_of
from bondesk.engine.ports import Composed


def element_corrections(act: Act, message: Message) -> Names:
    """Return what the enterprise's 报文元素 corrects in a message."""
    corrected = act.facts.one(MessageNames, message_code=message.code)
    if corrected is None or not corrected.active:
        return {}
    return {
        (line.group_name, line.element): Correction(line.own_name, line.sent, line.own_text or "")
        for line in corrected.elements
    }


def message_facts(act: Act, document: DocumentType, header: Any, way: str = "") -> tuple[MessageFacts, list[Finding]]:
    """Return what the elements of a document's message may use, with its papers, and what is wrong with these."""
    sender = act.catalogue.sender(act.facts)
    papers, found = papers_of(act, document, header)
    facts = MessageFacts(
        sender=replace(sender, declare_flag=way) if way else sender,
        now=act.now(),
        numeric=cache(act.codebook.old_code),
        operator=act.identity.name,
        papers=papers,
        known=cache(lambda table, code: bool(act.codebook.name(table, code))),
    )
    return facts, found


def as_sent_now(act: Act, document: DocumentType, header: Any) -> Composed:
    """Return the message of a document as it would be sent at this moment; nothing is stored."""
    assert document.message is not None
    with act.session.no_autoflush:
        facts, _found = message_facts(act, document, header)
        return compose(document.message, header, facts, element_corrections(act, document.message))
