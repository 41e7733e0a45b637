"""The unpaired papers of a query, as few columns as the passes need, read with one statement a side (7.2)."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, func, select, type_coerce

from bondesk.areas.matching.kinds import STRUCK, MatchKind
from bondesk.areas.matching.passes import Figures, Paper
from bondesk.base.batches import batches
from bondesk.base.errors import Refused
from bondesk.base.facts import Work
from bondesk.base.flow import AUDITED_AND_SENT, DECLARED_AND_RELEASED, Flow
from bondesk.base.formal_copy import DRAFT, FORMAL
from bondesk.base.numbers import AMOUNT_PLACES, padded, plain
from bondesk.base.options import option

DRAFT_TO_FORMAL, FORMAL_TO_DRAFT = "draft", "formal"
DIRECTIONS = ((DRAFT_TO_FORMAL, "草单对碰正式单"), (FORMAL_TO_DRAFT, "正式单对碰草单"))
WAYS = (("", "全部"), ("I", "进口"), ("E", "出口"))
_AT_ONCE = 2000


def _states(flow: Flow) -> tuple[tuple[str, str], ...]:
    kept = [(state.key, state.title) for state in flow.states if state.key not in {"VOID", "DELETED"}]
    return (("", "全部"), *kept)


@dataclass(frozen=True)
class MatchQuery:
    """Which papers are looked at, and whose rest is listed."""

    begin: date | None = option("申报日期起", None)
    end: date | None = option("申报日期止", None)
    record_no: str = option("备案号", "", reference="account handbook")
    ie_flag: str = option("进出口标志", "", choices=WAYS)
    state: str = option("草单状态", "", choices=(("", "全部"),))
    direction: str = option(
        "对应方式", DRAFT_TO_FORMAL, choices=DIRECTIONS, help="配对结果相同，只决定列出哪一边的未对上"
    )


@dataclass(frozen=True)
class MatchOptions(MatchQuery):
    """The query and the rules: which passes run, and what R3 compares."""

    by_first: bool = option("按清单编号／海关编号", True, help="R1")
    by_second: bool = option("按统一编号", True, help="R2")
    by_figures: bool = option("按关键项", True, help="R3：进出口标志与以下勾选的各项都相等")
    mode: bool = option("关键项含监管方式", True)
    line_count: bool = option("关键项含商品项数", True)
    quantity: bool = option("关键项含总数量", True)
    amount: bool = option("关键项含总金额", True, help="按币制分别合计")


_NOTE_STATES, _DECLARATION_STATES = _states(AUDITED_AND_SENT), _states(DECLARED_AND_RELEASED)


@dataclass(frozen=True)
class NoteMatchQuery(MatchQuery):
    """Notes: the draft's state is one of a note's."""

    state: str = option("草单状态", "", choices=_NOTE_STATES)


@dataclass(frozen=True)
class NoteMatchOptions(MatchOptions):
    """Notes: the draft's state is one of a note's."""

    state: str = option("草单状态", "", choices=_NOTE_STATES)


@dataclass(frozen=True)
class DeclarationMatchQuery(MatchQuery):
    """Declarations: the draft's state is one of a declaration's."""

    state: str = option("草单状态", "", choices=_DECLARATION_STATES)


@dataclass(frozen=True)
class DeclarationMatchOptions(MatchOptions):
    """Declarations: the draft's state is one of a declaration's."""

    state: str = option("草单状态", "", choices=_DECLARATION_STATES)


def conditions(kind: MatchKind, options: MatchQuery, formal: bool) -> list[tuple[str, str, Any]]:
    """Return the (key, op, value) an unpaired paper of one side fulfils; ``OPT-02`` when the dates are turned."""
    if options.begin and options.end and options.begin > options.end:
        raise Refused("申报日期起晚于申报日期止，请更正", "OPT-02")
    found: list[tuple[str, str, Any]] = [("match_state", "eq", "")]
    found += [(key, "ne", value) for key, value in kind.gone]
    wanted = (("record_no", options.record_no.strip()), ("ie_flag", options.ie_flag))
    found += [(key, "eq", value) for key, value in wanted if value]
    if options.begin:
        found.append(("declared_on", "ge", options.begin))
    if options.end:
        found.append(("declared_on", "le", options.end))
    if options.state and not formal:
        found.append(("state", "eq", options.state))
    return found


def _clauses(work: Work, kind: MatchKind, options: MatchQuery, formal: bool) -> Iterator[ColumnElement[bool]]:
    header = kind.header
    yield header.company_id == work.company_id
    yield header.copy == (FORMAL if formal else DRAFT)
    for key, op, value in conditions(kind, options, formal):
        column = getattr(header, key)
        match op:
            case "eq":
                yield column == value
            case "ne":
                yield column != value
            case "ge":
                yield column >= value
            case _:
                yield column <= value


def papers(work: Work, kind: MatchKind, options: MatchOptions, *, formal: bool, ids: Sequence[int] = ()) -> list[Paper]:
    """Return the unpaired papers of one side, or those of ``ids``."""
    header = kind.header
    columns = (header.id, header.record_no, header.ie_flag, kind.first, kind.second)
    statement: Select[Any] = select(*columns).where(*_clauses(work, kind, options, formal))
    if ids:
        statement = statement.where(header.id.in_(ids))
    return list(map(Paper._make, work.session.execute(statement)))


def figures(work: Work, kind: MatchKind, options: MatchOptions, rest: Sequence[Paper]) -> Mapping[int, Hashable]:
    """Return the R3 key of every paper left that has lines, of the parts that are switched on.

    Quantities are summed at 5 decimals, amounts at 2 per currency, both exactly; struck lines do not count.
    """
    return _chosen(_sums(work, kind, [one.id for one in rest], scaled=True), options)


#: 监管方式, 商品项数, 总数量, (币制, 总金额) in the order of currencies.
Sums = tuple[str, int, Any, tuple[tuple[str, Any], ...]]


def _sums(work: Work, kind: MatchKind, papers: Sequence[int], *, scaled: bool) -> dict[int, Sums]:
    """Return the sums of papers that have lines; ``scaled`` leaves numbers as stored, of which no Decimal is made."""
    header, line = kind.header, kind.line
    figures: tuple[ColumnElement[Any], ...] = (func.sum(line.dcl_qty), func.sum(line.total))
    if scaled:  # equality is all that is asked
        figures = tuple(type_coerce(one, BigInteger()) for one in figures)
    statement = (
        select(line.header_id, header.supervision_mode, line.currency, func.count(line.id), *figures)
        .join(header, (header.company_id == line.company_id) & (header.id == line.header_id))
        .where(line.company_id == work.company_id)
        .group_by(line.header_id, header.supervision_mode, line.currency)
    )
    if kind.marked:
        statement = statement.where(line.row_mark != STRUCK)
    found: dict[int, Sums] = {}
    for some in batches(papers, _AT_ONCE):
        for paper, mode, currency, count, units, money in work.session.execute(
            statement.where(line.header_id.in_(some))
        ):
            one: Sums = (mode, count, units or 0, ((currency, money or 0),))
            if (other := found.get(paper)) is not None:
                one = (mode, other[1] + count, other[2] + (units or 0), tuple(sorted((*other[3], one[3][0]))))
            found[paper] = one
    return found


def sums_shown(kind: MatchKind, work: Work, papers: Sequence[int]) -> Mapping[int, tuple[str, ...]]:
    """Return 商品项数, 总数量 and 总金额 of papers as texts, amounts with their currencies."""
    shown = {}
    for paper, (_mode, count, units, money) in _sums(work, kind, papers, scaled=False).items():
        amounts = "、".join(f"{currency} {padded(amount, AMOUNT_PLACES)}" for currency, amount in money)
        shown[paper] = (str(count), plain(Decimal(units)), amounts)
    return shown


def _chosen(found: dict[int, Sums], options: MatchOptions) -> Figures:
    switches = (options.mode, options.line_count, options.quantity, options.amount)
    if all(switches):
        return found
    if not any(switches):
        return {}
    places = [place for place, on in enumerate(switches) if on]
    return {paper: tuple(values[place] for place in places) for paper, values in found.items()}
