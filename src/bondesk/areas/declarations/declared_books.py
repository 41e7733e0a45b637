"""The ledger of a book that counts declarations instead of notes (row 188, handbook 9 and 16).

A book has one basis and never both: what its notes posted is not read here. A declaration counts on its 申报日期 with
the sign its supervision mode has for notes; released ones are posted, declared ones reserved. Of a number only one
copy counts, our draft before the formal copy (decision 0033).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, select

from bondesk.areas.accounts.book_model import BY_DECLARATION, Account
from bondesk.areas.codes.effects import effect_table
from bondesk.areas.declarations.declaration_lines import DeclarationLine
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.base.errors import Refused
from bondesk.base.formal_copy import DRAFT, MATCHED
from bondesk.ledger.balance import Movement
from bondesk.ledger.books import Books, LedgerWork
from bondesk.ledger.posting import EVERY, EffectTable, Only, Posting, Stage

#: States in which a declaration has moved goods, and those in which customs has it but has not let go of them.
_STAGES = dict.fromkeys(("GUARANTEE", "RELEASED", "CLEARED", "EXAMINED"), Stage.POSTED) | dict.fromkeys(
    ("DECLARED", "PENDING", "REVIEW", "TAXDUE", "INSPECT"), Stage.RESERVED
)
_Key = tuple[str, int, str, str, str, str]


@dataclass(frozen=True, slots=True)
class DeclaredBooks:
    """Answers :class:`bondesk.ledger.books.Books` from the lines of declarations."""

    work: LedgerWork

    def movements(self, record_no: str, begin: date | None, end: date | None) -> Sequence[Movement]:
        """Return the declared lines summed per item, version, mode, direction and stage."""
        sums: dict[_Key, Decimal] = defaultdict(Decimal)
        for one in self._all(record_no, begin, end):
            sums[one.goods_flag, one.item_no, one.uc_version, one.mode, one.ie_flag, one.stage.value] += one.signed
        return [Movement(*key, quantity) for key, quantity in sums.items()]

    def postings(
        self, record_no: str, begin: date | None, end: date | None, stage: str, only: Only = EVERY
    ) -> Sequence[Posting]:
        """Return the declared lines of one stage by date, declaration and line."""
        mine = [one for one in self._all(record_no, begin, end) if one.stage.value == stage and only.holds(one)]
        return sorted(mine, key=lambda one: (one.business_date, one.document_no, one.line_no))

    def _all(self, record_no: str, begin: date | None, end: date | None) -> Iterator[Posting]:
        effects = effect_table(self.work.facts)
        rows = list(self.work.session.execute(_lines(self.work, record_no, begin, end)))
        drafted = {head.declaration_no for head, _ in rows if head.copy == DRAFT and head.declaration_no}
        for head, line in rows:
            stands = head.copy == DRAFT or (head.match_state != MATCHED and head.declaration_no not in drafted)
            posting = _posting(head, line, effects) if stands and line.item_no is not None else None
            if posting is not None:
                yield posting


def _lines(
    work: LedgerWork, record_no: str, begin: date | None, end: date | None
) -> Select[Declaration, DeclarationLine]:
    head, line = Declaration, DeclarationLine
    statement = (
        select(head, line)
        .join(line, and_(line.company_id == head.company_id, line.header_id == head.id))
        .where(head.company_id == work.company_id, head.record_no == record_no, head.state.in_(list(_STAGES)))
        .where(head.declared_on.is_not(None))
        .order_by(head.id, line.line_no)
    )
    statement = statement.where(head.declared_on >= begin) if begin is not None else statement
    return statement.where(head.declared_on <= end) if end is not None else statement


def goods_of(effects: EffectTable, mode: str, ie_flag: str, day: date | None = None) -> tuple[str, int]:
    """Return what a declaration of this mode and direction moves, and with which sign on a day.

    A declaration does not say whether it is about materials or products: imports are materials and exports products
    where the mode has both, else what it has. ``NOTE-08`` for a mode that has neither.
    """
    first, second = ("I", "E") if ie_flag == "I" else ("E", "I")
    try:
        goods, (in_out, consume) = first, effects.effect(mode, first, ie_flag, day)
    except Refused:
        goods, (in_out, consume) = second, effects.effect(mode, second, ie_flag, day)
    return goods, in_out if goods == "I" else consume


def _posting(head: Declaration, line: DeclarationLine, effects: EffectTable) -> Posting | None:
    goods, effect = goods_of(effects, head.supervision_mode, head.ie_flag, head.declared_on)
    if effect == 0 or line.item_no is None or head.declared_on is None:
        return None
    return Posting(
        record_no=head.record_no,
        goods_flag=goods,
        item_no=line.item_no,
        uc_version=line.uc_version or "",
        mode=head.supervision_mode,
        ie_flag=head.ie_flag,
        term="in_out" if goods == "I" else "consume",
        business_date=head.declared_on,
        stage=_STAGES[head.state],
        quantity=line.dcl_qty,
        effect=effect,
        amount=line.total or Decimal(0),
        currency=line.currency,
        document_key="declaration" if head.copy == DRAFT else "declaration_formal",
        document_no=head.declaration_no or head.internal_no,
        document_id=head.id,
        line_id=line.id,
        line_no=line.line_no,
    )


def counts_declarations(book: Account) -> bool:
    """Tell whether the book counts declarations."""
    return book.basis == BY_DECLARATION


def books_of(work: LedgerWork, book: Account) -> Books:
    """Return the ledger a book is counted in: its notes' postings, or its declarations.

    ``RPT-45`` for declarations as known on a past day: which state they had then is not kept.
    """
    if counts_declarations(book) and work.known_on is not None:
        raise Refused(not_known(book), "RPT-45")
    return DeclaredBooks(work) if counts_declarations(book) else work.books


def not_known(book: Account) -> str:
    """Say why a book that counts declarations cannot be shown as it was known on a past day."""
    return f"{book.record_no} 按报关单统计，报关单过去的状态没有保存，不能按截至知晓日查询；请清空截至知晓日"


def counted_paper(work: LedgerWork, book: Account) -> tuple[str, bool]:
    """Return what the book counts, in the trade's words, and whether there is any of it at all."""
    model: Any = Declaration if counts_declarations(book) else BondedNote
    mine = select(model.id).where(model.company_id == work.company_id, model.record_no == book.record_no)
    there = work.session.scalar(mine.where(model.state != "VOID").limit(1)) is not None
    return ("报关单" if counts_declarations(book) else "核注清单"), there
