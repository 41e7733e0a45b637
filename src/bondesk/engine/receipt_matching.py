"""Which document a receipt speaks of: by the numbers inside it, never by guess.

The documents a whole batch of receipts may name are read with one statement per key, for ten thousand receipts
may wait; what the receipts of the batch themselves teach (统一编号, 清单编号) counts for those behind them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import event, select

from bondesk.base.batches import batches
from bondesk.base.documents import DocumentType
from bondesk.base.messages import Message, Receipt
from bondesk.base.records import Record
from bondesk.engine.act import Act
from bondesk.engine.records import load
from bondesk.engine.tables import Outbox

#: ``Failed_<stem>[_<ts>].xml``, message reference 9.3.
_FAILED = re.compile(r"Failed_(.+?)(?:_\d{21,23})?\.\w+")
Found = tuple[DocumentType, Any]


def keys_of(message: Message, receipt: Receipt) -> tuple[tuple[Any, str], ...]:
    """Return (attribute of the document, what the receipt says) for each kind of number."""
    return (
        (message.number, receipt.internal_no),
        (message.seq_no, receipt.seq_no),
        (message.business_no, receipt.business_no),
    )


class Candidates:
    """The documents that the receipts of one act may name; read anew when the act made or deleted documents."""

    def __init__(self, act: Act, receipts: Sequence[Receipt]) -> None:
        """Read what ``receipts`` name."""
        self._act, self._receipts = act, receipts
        self._documents = [(one, one.message) for one in act.catalogue.documents if one.message is not None]
        self._by: dict[tuple[str, str, str], dict[int, Any]] = {}
        self._stale = True
        event.listen(act.session, "after_flush", self._flushed)

    def _flushed(self, session: Any, _context: Any) -> None:
        self._stale = self._stale or any(isinstance(row, Record) for row in (*session.new, *session.deleted))

    @property
    def stale(self) -> bool:
        """Tell whether documents were made or deleted since they were read."""
        if not self._stale:
            self._flushed(self._act.session, None)
        return self._stale

    def _read(self) -> None:
        self._stale, self._by = False, defaultdict(dict)
        for document, message in self._documents:
            said: dict[Any, set[str]] = defaultdict(set)
            for receipt in self._receipts:
                if receipt.code in message.receipt_codes:
                    for attribute, value in keys_of(message, receipt):
                        said[attribute].add(value)
            mine = select(document.header).filter_by(company_id=self._act.company_id, **document.variant)
            for attribute, values in said.items():
                wanted = sorted(values - {""})
                for batch in batches(wanted):
                    part = mine.where(attribute.in_(batch))
                    for header in self._act.session.scalars(part):
                        self._by[document.key, attribute.key, getattr(header, attribute.key)][header.id] = header

    def learned(self, document: DocumentType, header: Any) -> None:
        """Let the receipts behind this one find a document by the numbers it has got."""
        message = document.message
        assert message is not None
        for attribute in (message.number, message.seq_no, message.business_no):
            if value := getattr(header, attribute.key):
                self._by[document.key, attribute.key, value][header.id] = header

    def find(self, receipt: Receipt) -> Found | None:
        """Find the one document a receipt speaks of; keys that name different documents find none.

        An open draft comes before the approved copy it will replace: a late receipt of the latter tells nothing new.
        """
        if self.stale:
            self._read()
        found: dict[int, Found] = {}
        claimed: dict[int, int] = {}
        for document, message in self._documents:
            if receipt.code in message.receipt_codes:
                for header in self._named_by(document, message, receipt):
                    found[header.id] = (document, header)
                    claimed[header.id] = message.claims(header, receipt)
        most = max(claimed.values(), default=0)
        found = {one: pair for one, pair in found.items() if claimed[one] == most > 0}
        waiting = [pair for pair in found.values() if not pair[0].flow.closed]
        chosen = waiting or list(found.values())
        return chosen[0] if len(chosen) == 1 else None

    def _named_by(self, document: DocumentType, message: Message, receipt: Receipt) -> Iterator[Any]:
        for attribute, value in keys_of(message, receipt):
            for header in self._by.get((document.key, attribute.key, value), {}).values() if value else ():
                if getattr(header, attribute.key) == value and not contradicts(header, message, receipt):
                    yield header


def find_by_name(act: Act, receipt: Receipt, file_name: str) -> Found | None:
    """Find the document whose newest message a keyless failure of the client names by its file's stem."""
    named = _FAILED.fullmatch(file_name)
    if receipt.code != "FAILED" or receipt.internal_no or named is None:
        return None
    mine = select(Outbox).where(Outbox.company_id == act.company_id)
    names = [f"{named.group(1)}{end}" for end in (".zip", ".xml")]
    row = act.session.scalars(mine.where(Outbox.file_name.in_(names))).one_or_none()
    if row is None:
        return None
    same = mine.where(Outbox.document_key == row.document_key, Outbox.document_id == row.document_id)
    newest = act.session.scalars(same.order_by(Outbox.revision.desc()).limit(1)).one()
    document = act.catalogue.document(row.document_key)
    return (document, load(act, document, row.document_id)) if newest is row else None


def contradicts(header: Any, message: Message, receipt: Receipt) -> bool:
    """Tell whether a receipt names another number of any kind than the document already has."""
    pairs = [(message.number, receipt.internal_no), (message.seq_no, receipt.seq_no)]
    if not message.renumbered:
        pairs.append((message.business_no, receipt.business_no))
    return any(said and (have := getattr(header, key.key)) and have != said for key, said in pairs)
