"""CHK-60: an approved note line says what it took of its source lines, summed and rounded once (handbook 5.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Numeric, Select, and_, case, func, literal, or_, select, type_coerce

from bondesk.areas.codes.customs_code import units_of
from bondesk.areas.codes.units import document_places
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine, NoteLineSource
from bondesk.areas.notes.conversion import least_raised, rounding_leaves
from bondesk.base.batches import batches
from bondesk.base.checks import Breach, Check
from bondesk.base.facts import Work
from bondesk.base.formal_copy import DRAFT
from bondesk.base.numbers import FACTOR_PLACES, QUANTITY_PLACES, plain
from bondesk.base.operation_log import OperationLog

_KEY, _LINES = "bonded_note", "#lines"
_BILLION = 10**FACTOR_PLACES
#: Line id and column → what it was last changed to, as the log tells it.
_Changed = Mapping[tuple[str, str], Decimal]


def _made_of_sources(work: Work) -> Iterator[Breach]:
    """What a line declares is the sum of its shares, rounded once, raised to the least there is, or changed by hand."""
    places = {code: document_places(unit) for code, unit in units_of(work.facts).items()}
    found = work.session.execute(_differing(work, [code for code, scale in places.items() if not scale])).all()
    by_hand = _changes(work, sorted({row.note_id for row in found}))
    for row in found:
        exact = (Decimal(row.whole) * _BILLION + Decimal(row.rest)).scaleb(-FACTOR_PLACES)
        scale = places.get(row.dcl_unit, QUANTITY_PLACES)
        fits = rounding_leaves(exact, row.dcl_qty, row.shares, scale)
        fits = fits or (row.adjusted_min and least_raised(exact, row.dcl_qty, scale))
        named = f"核注清单 {row.internal_no} 第{row.line_no}项 "
        if not fits and by_hand.get((str(row.line_id), "dcl_qty")) != row.dcl_qty:
            told = f"来源 {row.shares} 行折算合计 {plain(exact)}，相差超过一次舍入，也没有修改记录"
            yield Breach(f"{named}申报数量 {plain(row.dcl_qty)}，{told}", _KEY, row.note_id, row.internal_no)
        if row.priced != row.total and by_hand.get((str(row.line_id), "total")) != row.total:
            told = f"申报总价 {plain(row.total)}，来源 {row.shares} 行合计 {plain(row.priced)}，也没有修改记录"
            yield Breach(named + told, _KEY, row.note_id, row.internal_no)


def _differing(work: Work, counted: Sequence[str]) -> Select[Any]:
    """Select the lines of approved notes whose shares come to something else; ``counted`` units have no decimals.

    The database sums and compares, so that memory grows with what is wrong. A share without total leaves it open.
    """
    link, line, server = NoteLineSource, NoteLine, work.session.get_bind().dialect.name == "postgresql"
    whole, rest = _parts(link.dcl_share, FACTOR_PLACES, server=server)
    shares = func.count().label("shares")
    priced = case((func.count(link.total) == func.count(), func.sum(link.total))).label("priced")
    grouped = select(link.note_line_id, func.sum(whole).label("whole"), func.sum(rest).label("rest"), shares, priced)
    taken = grouped.where(link.company_id == work.company_id).group_by(link.note_line_id).subquery()
    declared, decimals = _parts(line.dcl_qty, QUANTITY_PLACES, server=server)
    apart = (taken.c.whole - declared) * _BILLION + (taken.c.rest - decimals)
    most = case((line.dcl_unit.in_(counted), _BILLION), else_=_BILLION // 10**QUANTITY_PLACES) + taken.c.shares
    mine = and_(line.company_id == BondedNote.company_id, line.header_id == BondedNote.id)
    columns = (line.line_no, line.dcl_qty, line.dcl_unit, line.adjusted_min, line.total)
    figures = (taken.c.whole, taken.c.rest, taken.c.shares, func.coalesce(taken.c.priced, line.total).label("priced"))
    return (
        select(BondedNote.id.label("note_id"), BondedNote.internal_no, line.id.label("line_id"), *columns, *figures)
        .join(line, mine)
        .join(taken, taken.c.note_line_id == line.id)
        .where(BondedNote.company_id == work.company_id, BondedNote.copy == DRAFT, BondedNote.state == "APPROVED")
        .where(line.row_mark != "2", or_(2 * func.abs(apart) > most, taken.c.priced != line.total))
        .order_by(BondedNote.internal_no, line.line_no)
    )


def _parts(column: Any, places: int, *, server: bool) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Return a figure as whole units and billionths: no sum of either overflows the embedded database's integers."""
    if server:
        return literal(0), type_coerce(column, Numeric) * _BILLION
    scaled = type_coerce(column, BigInteger)
    return scaled // 10**places, scaled % 10**places * 10 ** (FACTOR_PLACES - places)


def _changes(work: Work, note_ids: Sequence[int]) -> _Changed:
    """Return what lines of notes were last changed to by somebody; what the database alone was told is not in it."""
    log, found = OperationLog, {}
    for some in batches(note_ids):
        mine = select(log.before, log.after).where(log.company_id == work.company_id, log.document_key == _KEY)
        for before, after in work.session.execute(mine.where(log.document_id.in_(some)).order_by(log.seq)):
            for line_id, values in after.get(_LINES, {}).items():
                former = before.get(_LINES, {}).get(line_id, {})
                for key in former.keys() & values.keys() & {"dcl_qty", "total"}:
                    found[line_id, key] = Decimal(values[key])
    return found


NOTE_SOURCE_CHECK = Check(
    "CHK-60",
    "清单数量与总价是来源折算之和",
    "请从该项的来源核对原始单证；有依据的用「变更」改正清单，查不出原因的与备份核对",
    _made_of_sources,
)
