"""Taking a part of a source line: its used quantity grows, and the link says what was taken (handbook 5.3, 6.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy.orm.attributes import flag_modified

from bondesk.areas.notes.shares import SourceShare
from bondesk.areas.notes.source_document import SourceDocument
from bondesk.base.records import new_id

L = TypeVar("L")


class SourceTaking:
    """The source documents of one run and how each line was converted; notes and declarations take through it."""

    def __init__(self, documents: Sequence[SourceDocument], derivations: Mapping[int, str]) -> None:
        """Take of the lines of ``documents``."""
        self._derivations = derivations
        self._lines = {line.id: line for document in documents for line in document.lines}
        self._owners = {line.id: document for document in documents for line in document.lines}

    def take(self, share: SourceShare, link: Callable[..., L], **more: Any) -> L:
        """Take ``share`` and return the row of ``link`` that says so."""
        self._lines[share.source_line_id].used_qty += share.quantity
        # raises the document's revision: of two runs that take the same quantity, one is refused
        flag_modified(self._owners[share.source_line_id], "changed_at")
        return link(
            id=new_id(),
            source_line_id=share.source_line_id,
            quantity=share.quantity,
            total=share.total,
            net_weight=share.line_net,
            gross_weight=share.gross_weight,
            packages=share.packages,
            derivation=self._derivations.get(share.source_line_id, "")[:255],
            **more,
        )
