"""Taking a part of a source line: its used quantity grows, and the link says what was taken (handbook 5.3, 6.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy.orm.attributes import flag_modified

from bondesk.areas.notes.share_building import BuiltShares
from bondesk.areas.notes.shares import SourceShare
from bondesk.areas.notes.source_document import SourceDocument
from bondesk.base.findings import error
from bondesk.base.numbers import FACTOR_PLACES, MAX_DIGITS, half_up, plain
from bondesk.base.records import new_id

L = TypeVar("L")
#: The most a note may take of a source line at once, in declared units: its nine decimals have to be kept too.
_MOST = 10 ** (MAX_DIGITS - FACTOR_PLACES)


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


def kept_share(share: SourceShare) -> Decimal:
    """Return what was taken in declared units, as the link keeps it: at nine places, half up."""
    return half_up(share.dcl_qty, FACTOR_PLACES)


def keepable(built: BuiltShares) -> BuiltShares:
    """Leave out what cannot be kept converted, 10⁹ declared units and more: a finding IMP-07 names each."""
    too_much = [share for share in built.shares if kept_share(share) >= _MOST]
    if not too_much:
        return built
    findings = [error("IMP-07", _too_much(share)) for share in too_much]
    kept = tuple(share for share in built.shares if kept_share(share) < _MOST)
    return replace(built, shares=kept, findings=(*built.findings, *findings))


def _too_much(share: SourceShare) -> str:
    quantity = f"{plain(half_up(share.dcl_qty, 0))} {share.dcl_unit.name}"
    return f"{share.source} {share.part_no}：折合 {quantity}，一次最多 {_MOST - 1}，请减少生成数量、分次生成"
