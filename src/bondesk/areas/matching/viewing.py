"""Pairs and their differences as screens and reports show them: source, draft as it was, formal copy (row 126)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from bondesk.areas.codes.customs_code import FactsCodeBook
from bondesk.areas.matching import storing
from bondesk.areas.matching.candidates import MatchQuery
from bondesk.areas.matching.comparing import (
    DIFFERS,
    DRAFT_ONLY,
    FORMAL_ONLY,
    KIND_WORDS,
    WHOLE_LINE,
    Doc,
    aligned,
    said,
)
from bondesk.areas.matching.kinds import MatchKind
from bondesk.areas.matching.overwriting import as_it_was, read_snapshot
from bondesk.areas.matching.pairing import open_pairs, planned, rule_word
from bondesk.areas.matching.passes import MANUAL
from bondesk.areas.matching.sources import DOCUMENT, sources
from bondesk.areas.setup.users import User
from bondesk.base.batches import batches
from bondesk.base.errors import Refused
from bondesk.base.facts import Work
from bondesk.base.fields import Field, field_of
from bondesk.base.formal_copy import MatchDifference, MatchPair
from bondesk.base.matching import ComparedRow, PairRow

_P, _X = MatchPair, MatchDifference


def paired(work: Work, kind: MatchKind, options: MatchQuery, columns: tuple[Any, ...]) -> Select[Any]:
    """Return the statement over the open pairs whose drafts fit the options."""
    header = kind.header
    statement = (
        select(*columns)
        .join(header, (header.company_id == _P.company_id) & (header.id == _P.draft_id))
        .where(_P.company_id == work.company_id, _P.document_key == kind.draft, _P.cancelled_at.is_(None))
    )
    if options.record_no.strip():
        statement = statement.where(header.record_no == options.record_no.strip())
    if options.ie_flag:
        statement = statement.where(header.ie_flag == options.ie_flag)
    if options.begin:
        statement = statement.where(header.declared_on >= options.begin)
    if options.end:
        statement = statement.where(header.declared_on <= options.end)
    return statement


def count_pairs(work: Work, kind: MatchKind, options: MatchQuery) -> int:
    """Return how many pairs there are for the options."""
    total: int = work.session.execute(paired(work, kind, options, (func.count(_P.id),))).scalar_one()
    return total


def list_pairs(work: Work, kind: MatchKind, options: MatchQuery, offset: int, limit: int) -> list[PairRow]:
    """Return pairs, the newest first."""
    statement = paired(work, kind, options, (_P, kind.number)).order_by(_P.id.desc()).offset(offset).limit(limit)
    rows = work.session.execute(statement).all()
    counts = _counts(work, [pair.id for pair, _number in rows])
    numbers = _formal_numbers(work, kind, [pair.formal_id for pair, _number in rows])
    names = {user.id: user.name for user in work.facts.find(User)}
    return [
        PairRow(
            id=pair.id,
            draft_id=pair.draft_id,
            formal_id=pair.formal_id,
            draft_no=number,
            formal_no=numbers.get(pair.formal_id, ""),
            rule=rule_word(kind, pair.rule),
            matched_at=pair.matched_at,
            matched_by=names.get(pair.matched_by or 0, "系统"),
            differences=counts.get(pair.id, (0, 0))[0],
            open=counts.get(pair.id, (0, 0))[1],
        )
        for pair, number in rows
    ]


def _counts(work: Work, pair_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    counts: dict[int, tuple[int, int]] = {}
    for some in batches(pair_ids):
        mine = select(_X.pair_id, _X.handled, func.count()).where(_X.company_id == work.company_id)
        for pair, handled, count in work.session.execute(
            mine.where(_X.pair_id.in_(some)).group_by(_X.pair_id, _X.handled)
        ):
            every, still = counts.get(pair, (0, 0))
            counts[pair] = (every + count, still + (0 if handled else count))
    return counts


def _formal_numbers(work: Work, kind: MatchKind, ids: Sequence[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for some in batches(ids):
        mine = select(kind.header.id, kind.first).where(kind.header.company_id == work.company_id)
        found.update((row[0], row[1]) for row in work.session.execute(mine.where(kind.header.id.in_(some))))
    return found


@dataclass(frozen=True, slots=True)
class Told:
    """A difference, stored or just found."""

    draft: str
    formal: str
    kind: str
    handled: bool = False
    remark: str = ""
    id: int | None = None


#: (line number or None, attribute key, kind) → difference.
Found = Mapping[tuple[int | None, str, str], Told]


def compare(work: Work, kind: MatchKind, pair_id: int, only_differing: bool) -> list[ComparedRow]:
    """Return a pair's values three ways; ``MAT-07`` when it is cancelled."""
    pairs = open_pairs(work, kind, [pair_id])
    drafts = storing.read(work, kind, [one.draft_id for one in pairs], formal=False)
    formals = storing.read(work, kind, [one.formal_id for one in pairs], formal=True)
    if not pairs or not drafts or not formals:
        raise Refused("这一对已取消对应，请重新查询", "MAT-07")
    before = as_it_was(drafts[pairs[0].draft_id], read_snapshot(pairs[0].snapshot))
    mine = select(_X).where(_X.company_id == work.company_id, _X.pair_id == pair_id)
    stored = {
        (row.line_no, row.field_key, row.kind): Told(
            row.draft_value, row.formal_value, row.kind, row.handled, row.remark, row.id
        )
        for row in work.session.scalars(mine)
    }
    return _Comparison(work, kind, before, formals[pairs[0].formal_id], stored).rows(only_differing)


def beside(work: Work, kind: MatchKind, draft_id: int, formal_id: int) -> list[ComparedRow]:
    """Return two papers that are not paired yet three ways, only where they differ; nothing is stored."""
    drafts = storing.read(work, kind, [draft_id], formal=False)
    formals = storing.read(work, kind, [formal_id], formal=True)
    if not drafts or not formals:
        raise Refused("单据已不存在，请重新查询", "GONE")
    draft, formal = drafts[draft_id], formals[formal_id]
    found = planned(kind, draft, draft, formal, MANUAL).found
    told = {(one.line_no, one.field_key, one.kind): Told(one.draft, one.formal, one.kind) for one in found}
    return _Comparison(work, kind, draft, formal, told).rows(True)


class _Comparison:
    """Two papers three ways, codes with their names."""

    def __init__(self, work: Work, kind: MatchKind, draft: Doc, formal: Doc, found: Found) -> None:
        self._draft, self._formal, self._found = draft, formal, found
        self._codes = FactsCodeBook(work.facts)
        self._heads = [field_of(one) for one in kind.compared]
        self._lines = [field_of(one) for one in kind.compared_lines]
        self._sources = sources(work, kind, list(draft.lines), draft.head["ie_flag"])

    def rows(self, only_differing: bool) -> list[ComparedRow]:
        """Return every compared value, head first, or those that differ."""
        found = list(self._head_rows())
        for mine, theirs in aligned(self._draft, self._formal):
            found += self._line_rows(mine, theirs)
        if only_differing:
            return [row for row in found if row.kind]
        return [row for row in found if row.kind or row.source or row.draft or row.formal]

    def _head_rows(self) -> Iterator[ComparedRow]:
        for entry in self._heads:
            sides = said(self._draft.head[entry.key]), said(self._formal.head[entry.key])
            yield self._row("表头", entry, 0, sides, self._found.get((None, entry.key, DIFFERS)))

    def _line_rows(self, mine: int | None, theirs: int | None) -> Iterator[ComparedRow]:
        if mine is None or theirs is None:
            kind = DRAFT_ONLY if theirs is None else FORMAL_ONLY
            line = self._draft.lines[mine] if mine is not None else self._formal.lines[theirs or 0]
            told = self._found.get((line["line_no"], WHOLE_LINE, kind))
            place = f"第{line['line_no']}行" if mine is not None else f"正式单第{line['line_no']}行"
            yield self._row(place, None, mine or 0, (told.draft, told.formal) if told else ("", ""), told)
            return
        ours, customs = self._draft.lines[mine], self._formal.lines[theirs]
        for entry in self._lines:
            told = self._found.get((ours["line_no"], entry.key, DIFFERS))
            sides = said(ours[entry.key]), said(customs[entry.key])
            yield self._row(f"第{ours['line_no']}行", entry, mine, sides, told)

    def _row(
        self, place: str, entry: Field | None, line: int, sides: tuple[str, str], told: Told | None
    ) -> ComparedRow:
        source = self._sources.get((line, entry.key if entry else DOCUMENT), "")
        draft, formal = (told.draft, told.formal) if told else sides
        return ComparedRow(
            place=place,
            label=entry.label if entry else "整行",
            source=self._named(entry, source),
            draft=self._named(entry, draft),
            formal=self._named(entry, formal),
            kind=told.kind if told else "",
            word=KIND_WORDS[told.kind] if told else "",
            handled=told.handled if told else False,
            remark=told.remark if told else "",
            id=told.id if told else None,
        )

    def _named(self, entry: Field | None, value: str) -> str:
        """Write a code with its name, everything else as it is."""
        if entry is None or not value:
            return value
        name = self._codes.name(entry.table, value) if entry.table else entry.choice_name(value)
        return f"{value} {name}" if name and name != value else value
