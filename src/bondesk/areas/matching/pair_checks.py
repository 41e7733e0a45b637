"""Checks of pairs of drafts and formal copies (handbook 7)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, func, select

from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.base.checks import Breach, Check
from bondesk.base.facts import Work
from bondesk.base.formal_copy import MATCHED, MatchPair

_HEADERS: dict[str, Any] = {"bonded_note": BondedNote, "declaration": Declaration}


def _both_sides(work: Work) -> Iterator[Breach]:
    """Both documents of a standing pair say that they are paired, and nobody else does."""
    for key, header in _HEADERS.items():
        own = (MatchPair.company_id == work.company_id, MatchPair.document_key == key, MatchPair.cancelled_at.is_(None))
        sides = {
            "draft": set(work.session.scalars(select(MatchPair.draft_id).where(*own))),
            "formal": set(work.session.scalars(select(MatchPair.formal_id).where(*own))),
        }
        for copy, paired in sides.items():
            said = set(
                work.session.scalars(
                    select(header.id).where(
                        header.company_id == work.company_id, header.copy == copy, header.match_state == MATCHED
                    )
                )
            )
            kind = key if copy == "draft" else f"{key}_formal"
            for document_id in sorted(paired - said):
                yield Breach("已有对应关系的单据没有标为已对应，或已不存在", kind, document_id)
            for document_id in sorted(said - paired):
                yield Breach("标为已对应的单据没有对应关系", kind, document_id)


def _once(work: Work) -> Iterator[Breach]:
    """No document stands in two pairs."""
    for column, what in ((MatchPair.draft_id, "草单"), (MatchPair.formal_id, "正式单")):
        statement = (
            select(MatchPair.document_key, column, func.count())
            .where(MatchPair.company_id == work.company_id, MatchPair.cancelled_at.is_(None))
            .group_by(MatchPair.document_key, column)
            .having(func.count() > 1)
        )
        for key, document_id, times in work.session.execute(statement):
            kind = key if what == "草单" else f"{key}_formal"
            yield Breach(f"一份{what}在 {times} 个对应关系中", kind, document_id)


def _same_book(work: Work) -> Iterator[Breach]:
    """Both documents of a pair are of one book and one direction."""
    for key, header in _HEADERS.items():
        draft, formal = header.__table__.alias("draft_copy"), header.__table__.alias("formal_copy")
        statement = (
            select(draft.c.id, draft.c.internal_no)
            .join(MatchPair, and_(MatchPair.company_id == draft.c.company_id, MatchPair.draft_id == draft.c.id))
            .join(formal, and_(formal.c.company_id == MatchPair.company_id, formal.c.id == MatchPair.formal_id))
            .where(MatchPair.company_id == work.company_id, MatchPair.document_key == key)
            .where(MatchPair.cancelled_at.is_(None))
            .where((draft.c.ie_flag != formal.c.ie_flag) | (draft.c.record_no != formal.c.record_no))
        )
        for document_id, number in work.session.execute(statement):
            yield Breach(f"{number} 与对应的正式单进出口标志或备案号不同", key, document_id, number)


PAIR_CHECKS = (
    Check("CHK-66", "对应关系两边一致", "请在对碰页取消对应后重新对应", _both_sides),
    Check("CHK-67", "一份单据只在一个对应关系中", "请在对碰页取消多余的对应", _once),
    Check("CHK-68", "对应的两份单据同一账册同一方向", "请在对碰页取消对应后重新对应", _same_book),
)
