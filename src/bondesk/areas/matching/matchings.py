"""对碰 of notes and of declarations, declared for engine and desktop."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from sqlalchemy import select

from bondesk.areas.matching import storing, viewing
from bondesk.areas.matching.automatic import MATCH_DECLARATIONS, MATCH_NOTES
from bondesk.areas.matching.candidates import (
    DeclarationMatchQuery,
    MatchQuery,
    NoteMatchQuery,
    conditions,
    sums_shown,
)
from bondesk.areas.matching.kinds import DECLARATIONS, NOTES, MatchKind
from bondesk.areas.matching.pairing import accept, cancelling_steps, pairing_steps, renew, require_free
from bondesk.areas.matching.passes import MANUAL, Pair
from bondesk.base.batches import batches
from bondesk.base.errors import Refused
from bondesk.base.facts import Work
from bondesk.base.fields import field_of
from bondesk.base.findings import Finding, confirm, error, errors_in
from bondesk.base.formal_copy import DRAFT, MATCHED, MatchPair
from bondesk.base.matching import Matching
from bondesk.base.steps import Script

DIFFERENCE_REPORT = "match_differences"


def check(kind: MatchKind, work: Work, draft_id: int, formal_id: int) -> list[Finding]:
    """Say what speaks against pairing two papers by hand (MAT-01 to MAT-04, MAT-08)."""
    drafts = storing.read(work, kind, [draft_id], formal=False)
    formals = storing.read(work, kind, [formal_id], formal=True)
    if not drafts or not formals:
        raise Refused("单据已不存在，请重新查询", "GONE")
    draft, formal = drafts[draft_id], formals[formal_id]
    number, customs_no = draft.head[kind.number.key], formal.head[kind.first.key]
    found: list[Finding] = []
    try:
        require_free(kind, draft, formal)
    except Refused as problem:
        found += problem.findings
    for doc, called in ((draft, number), (formal, customs_no)):
        if any(doc.head[key] == value for key, value in kind.gone):
            found.append(error("MAT-08", f"{called} 已作废或删单，不能对应"))
    for key, what in (("ie_flag", "进出口标志"), ("record_no", "备案号")):
        mine, theirs = draft.head[key], formal.head[key]
        if mine != theirs:
            text = f"{what}不同：草单 {mine or '空'}，正式单 {theirs or '空'}，不能对应"
            found.append(error("MAT-02", text, key))
    if other := _other_bearer(kind, work, draft_id, customs_no):
        label = field_of(kind.first).label
        found.append(error("MAT-04", f"草单 {other} 的{label}就是 {customs_no}，请与那张草单对应"))
    if draft.head["state"] == "DRAFT":
        found.append(confirm("MAT-03", f"草单 {number} 还没有审核；对应后按正式单的状态处理"))
    mine, theirs = draft.head[kind.first.key], customs_no
    if mine and mine != theirs:
        found.append(
            confirm(
                "MAT-09", f"草单已有{field_of(kind.first).label} {mine}，与正式单 {theirs} 不同，对应后以正式单为准"
            )
        )
    return found


def _other_bearer(kind: MatchKind, work: Work, draft_id: int, number: str) -> str:
    """Return another draft that bears the formal copy's number: both would stand for the same paper."""
    header = kind.header
    if not number:
        return ""
    mine = select(kind.number).where(header.company_id == work.company_id, header.copy == DRAFT, header.id != draft_id)
    found: str | None = work.session.scalars(mine.where(kind.first == number).limit(1)).one_or_none()
    return found or ""


def pair(kind: MatchKind, work: Work, draft_id: int, formal_id: int) -> int:
    """手动对应: pair two papers and return the pair's id; ``Refused`` with what speaks against it."""
    found = errors_in(check(kind, work, draft_id, formal_id))
    if found:
        raise Refused(found)
    for _step in pairing_steps(work, kind, [Pair(draft_id, formal_id, MANUAL)]):
        pass
    mine = select(MatchPair.id).where(MatchPair.company_id == work.company_id, MatchPair.document_key == kind.draft)
    mine = mine.where(MatchPair.draft_id == draft_id, MatchPair.cancelled_at.is_(None))
    return work.session.scalars(mine).one()


def renew_paired(kind: MatchKind, work: Work, formal_ids: Sequence[int]) -> None:
    """Let the pairs of formal copies that came again follow them; unpaired ones cost one question."""
    header = kind.header
    paired: list[int] = []
    for some in batches(formal_ids):
        mine = select(header.id).where(header.company_id == work.company_id, header.id.in_(some))
        paired += work.session.scalars(mine.where(header.match_state == MATCHED))
    renew(work, kind, paired)


_COLUMNS = ("state", "declared_on", "seq_no", "record_no", "ie_flag", "supervision_mode")


def _matching(kind: MatchKind, script: Script, query: type[MatchQuery], *columns: str) -> Matching:
    return Matching(
        draft=kind.draft,
        formal=kind.formal,
        title=kind.title,
        script=script.key,
        report=DIFFERENCE_REPORT,
        query=query,
        columns=(*_COLUMNS, *columns),
        sums=partial(sums_shown, kind),
        conditions=partial(conditions, kind),
        check=partial(check, kind),
        pair=partial(pair, kind),
        cancel=lambda work, ids: cancelling_steps(work, kind, ids),
        accept=lambda work, ids, reason: accept(work, kind, ids, reason),
        count=lambda work, options: viewing.count_pairs(work, kind, options),
        pairs=lambda work, options, offset, limit: viewing.list_pairs(work, kind, options, offset, limit),
        compare=lambda work, pair_id, only: viewing.compare(work, kind, pair_id, only),
        beside=lambda work, draft_id, formal_id: viewing.beside(work, kind, draft_id, formal_id),
        renew=partial(renew_paired, kind),
    )


MATCHINGS = (
    _matching(NOTES, MATCH_NOTES, NoteMatchQuery, "goods_flag", "bond_no", "packages"),
    _matching(DECLARATIONS, MATCH_DECLARATIONS, DeclarationMatchQuery, "contract_no", "declaration_no", "packages"),
)
