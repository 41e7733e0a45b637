"""Which sign a movement has when a book is read: as goods move, or as the manual prints it (handbook 8.4). Pure.

Postings keep the sign they were posted with. A formula is chosen where figures are read, and changes nothing stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bondesk.ledger.balance import Movement
from bondesk.ledger.books import Books
from bondesk.ledger.overlay import summed
from bondesk.ledger.posting import EVERY, Effect, EffectTable, Only, Posting, Stage

#: Formula → how it is offered; "" is the default of handbook 8.4.
FORMULAS = (
    ("", "实物方向（默认）"),
    ("PRINTED", "成品退换按手册印刷符号"),
    ("STRICT", "严格：只计手册公式列出的监管方式"),
    ("MANUAL", "按手册印刷公式（符号与监管方式都按手册）"),
)
_SAID = {
    "PRINTED": "成品退换按手册印刷的符号计：进口加耗用，复出减耗用",
    "STRICT": "只计手册公式列出的监管方式，其余（如料件退换、余料结转、来料各方式）不计",
    "MANUAL": "按手册印刷公式：只计手册列出的监管方式，成品退换进口加耗用、复出减耗用",
}


def said(formula: str) -> str:
    """Say how figures under a formula were computed, "" under the default.

    >>> said(""), said("PRINTED")
    ('', '成品退换按手册印刷的符号计：进口加耗用，复出减耗用')
    """
    return _SAID.get(formula, "")


def table_for(effects: Iterable[Effect], formula: str) -> EffectTable:
    """Return the sign table of a formula: its two switches are independent (handbook 8.4)."""
    sign = "MANUAL" if formula in {"PRINTED", "MANUAL"} else "PHYSICAL"
    return EffectTable(effects, sign, strict_manual_formula=formula in {"STRICT", "MANUAL"})


def resigned(postings: Iterable[Posting], table: EffectTable) -> Iterator[Posting]:
    """Return postings with the sign another table has on their business day; what it does not count is left out.

    A combination whose effect was 0 when it was declared was never posted and cannot come back.
    """
    for one in postings:
        day = one.corrects or one.business_date
        effect = table.effect(one.mode, one.goods_flag, one.ie_flag, day)[0 if one.goods_flag == "I" else 1]
        if effect:
            yield replace(one, effect=effect)


@dataclass(frozen=True, slots=True)
class FormulaBooks:
    """Books of one book read with the signs of ``table``; see :class:`bondesk.ledger.books.Books`."""

    books: Books
    table: EffectTable

    def movements(self, record_no: str, begin: date | None, end: date | None) -> Sequence[Movement]:
        """Return the postings summed per item, version, mode, direction and stage."""
        return summed(one for stage in Stage for one in self.postings(record_no, begin, end, stage.value))

    def postings(
        self, record_no: str, begin: date | None, end: date | None, stage: str, only: Only = EVERY
    ) -> Sequence[Posting]:
        """Return the single postings of one stage, by date and voucher."""
        return list(resigned(self.books.postings(record_no, begin, end, stage, only), self.table))
