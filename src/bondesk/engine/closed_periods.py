"""Periods customs has closed: the database itself refuses to change what is posted in them (decision 0035).

A period is closed by what is stored: an account's 报核 that is 已核销 with its closing marks set, or a handbook's 核销
counted from notes. The triggers read these tables, so a period opens again with the row that closed it, and no
second list can drift from it. What was left to the next cycle (留待下期) may be posted until a cycle takes it in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Date, String, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from bondesk.base.errors import Refused
from bondesk.ledger.posting import Posting

#: What the triggers say; the program knows the refusal by it on either database.
SAID = "posting in a closed period"
CODE = "LED-01"
_CLOSED_CYCLE = "{v}.state = 'APPROVED' AND {v}.closed_on IS NOT NULL"
#: Whether the row ``{r}`` lies in a closed period and does not belong to a note left to the next cycle.
_IN_CLOSED = f"""(EXISTS (
  SELECT 1 FROM account_verification v
  WHERE v.company_id = {{r}}.company_id AND v.record_no = {{r}}.record_no AND {_CLOSED_CYCLE.format(v="v")}
  AND {{r}}.business_date >= v.begin_date AND {{r}}.business_date <= v.end_date
  AND NOT EXISTS (SELECT 1 FROM account_verification w
    JOIN verification_note n ON n.company_id = w.company_id AND n.header_id = w.id
    WHERE w.company_id = v.company_id AND w.record_no = v.record_no AND {_CLOSED_CYCLE.format(v="w")}
    AND n.document_id = {{r}}.document_id AND NOT n.included
    AND NOT EXISTS (SELECT 1 FROM account_verification x
      WHERE x.company_id = w.company_id AND x.record_no = w.record_no AND {_CLOSED_CYCLE.format(v="x")}
      AND x.end_date > w.end_date)))
OR EXISTS (
  SELECT 1 FROM handbook_verification h
  WHERE h.company_id = {{r}}.company_id AND h.record_no = {{r}}.record_no AND {_CLOSED_CYCLE.format(v="h")}
  AND h.basis <> 'DECLARATION' AND {{r}}.business_date <= h.day))"""
_EVENTS = {"INSERT": ("NEW",), "UPDATE": ("OLD", "NEW"), "DELETE": ("OLD",)}


def guards(dialect: str) -> tuple[str, ...]:
    """Return the statements that make the triggers; every migration that rebuilds ``posting`` runs them again."""
    if dialect == "postgresql":
        return _postgresql()
    return tuple(
        f"CREATE TRIGGER posting_closed_{event.lower()} BEFORE {event} ON posting "
        f"WHEN {' OR '.join(_IN_CLOSED.format(r=row) for row in rows)} "
        f"BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
        for event, rows in _EVENTS.items()
    )


def _postgresql() -> tuple[str, ...]:
    before, after = _IN_CLOSED.format(r="OLD"), _IN_CLOSED.format(r="NEW")
    row = f"(TG_OP <> 'INSERT' AND {before}) OR (TG_OP <> 'DELETE' AND {after})"
    refuse = f"RAISE EXCEPTION '{SAID}' USING ERRCODE = 'check_violation'"
    anything = f"SELECT 1 FROM account_verification v WHERE {_CLOSED_CYCLE.format(v='v')}"
    return (
        "CREATE FUNCTION posting_closed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {row} THEN {refuse}; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER posting_closed BEFORE INSERT OR UPDATE OR DELETE ON posting "
        "FOR EACH ROW EXECUTE FUNCTION posting_closed()",
        "CREATE FUNCTION posting_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF EXISTS ({anything}) THEN {refuse}; END IF; RETURN NULL; END $$",
        "CREATE TRIGGER posting_kept BEFORE TRUNCATE ON posting FOR EACH STATEMENT EXECUTE FUNCTION posting_kept()",
    )


def lifting(dialect: str) -> tuple[str, ...]:
    """Return the statements that take the triggers away."""
    if dialect == "postgresql":
        names = ("posting_closed", "posting_kept")
        drops = [f"DROP TRIGGER IF EXISTS {name} ON posting" for name in names]
        return (*drops, *(f"DROP FUNCTION IF EXISTS {name}()" for name in names))
    return tuple(f"DROP TRIGGER IF EXISTS posting_closed_{event.lower()}" for event in _EVENTS)


def standing_guards(connection: Connection) -> frozenset[str]:
    """Return the names of the triggers that stand."""
    embedded = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'posting'"
    server = (
        "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE c.relname = 'posting' AND pg_table_is_visible(c.oid) AND t.tgenabled <> 'D' AND NOT t.tgisinternal"
    )
    found = connection.exec_driver_sql(server if connection.dialect.name == "postgresql" else embedded)
    return frozenset(str(name) for name in found.scalars())


def wanted_guards(dialect: str) -> frozenset[str]:
    """Return the names of the triggers that must stand."""
    if dialect == "postgresql":
        return frozenset({"posting_closed", "posting_kept"})
    return frozenset(f"posting_closed_{event.lower()}" for event in _EVENTS)


def set_again(connection: Connection) -> bool:
    """Make the triggers again where one is missing; return whether that was so."""
    if standing_guards(connection) >= wanted_guards(connection.dialect.name):
        return False
    for statement in (*lifting(connection.dialect.name), *guards(connection.dialect.name)):
        connection.exec_driver_sql(statement)
    return True


@dataclass(frozen=True, slots=True)
class ClosedPeriod:
    """A period of one book that customs has closed; a handbook's has no beginning, and nothing follows it."""

    record_no: str
    begin: date
    end: date
    times: int

    @property
    def handbook(self) -> bool:
        """Tell whether a handbook was closed as a whole."""
        return self.times == 0

    @property
    def words(self) -> str:
        """Say which book and which cycle."""
        if self.handbook:
            return f"手册 {self.record_no} 已结案（截止 {self.end}）"
        return f"账册 {self.record_no} 第 {self.times} 次报核（{self.begin} 至 {self.end}）已核销"


_PERIODS = """
SELECT record_no, begin_date, end_date, times FROM account_verification v WHERE company_id = :company AND {cycle}
UNION ALL
SELECT record_no, day, day, 0 FROM handbook_verification h
WHERE company_id = :company AND {handbook} AND basis <> 'DECLARATION'
ORDER BY 1, 3
""".format(cycle=_CLOSED_CYCLE.format(v="v"), handbook=_CLOSED_CYCLE.format(v="h"))


class ClosedPeriods:
    """The closed periods of one company, read once: for one act of posting, not to be kept."""

    def __init__(self, session: Session, company_id: int) -> None:
        """Read nothing yet."""
        self._session = session
        self._company_id = company_id
        self._found: list[ClosedPeriod] | None = None
        self._waits: dict[tuple[str, int], bool] = {}

    @property
    def all(self) -> Sequence[ClosedPeriod]:
        """Return every closed period, per book the oldest first."""
        if self._found is None:
            statement = text(_PERIODS).columns(record_no=String, begin_date=Date, end_date=Date)
            rows = self._session.execute(statement, {"company": self._company_id})
            self._found = [
                ClosedPeriod(number, date.min if times == 0 else begin, end, times)
                for number, begin, end, times in rows
            ]
        return self._found

    def holding(self, record_no: str, day: date) -> ClosedPeriod | None:
        """Return the closed period of a book a day lies in."""
        mine = (one for one in self.all if one.record_no == record_no)
        return next((one for one in mine if one.begin <= day <= one.end), None)

    def open_day(self, record_no: str, today: date) -> date:
        """Return the day a correction is dated: today, or the first day after the last closed period."""
        last = max((one.end for one in self.all if one.record_no == record_no), default=today - timedelta(days=1))
        return max(today, last + timedelta(days=1))

    def waits(self, posting: Posting) -> bool:
        """Tell whether the last closed cycle left the note of a posting to the next one, which takes it in.

        What a cycle before it left and the last one did not see has no cycle to wait for: it corrects. Asked once for
        all lines of a note.
        """
        key = posting.record_no, posting.document_id
        if key not in self._waits:
            self._waits[key] = self._left(*key)
        return self._waits[key]

    def _left(self, record_no: str, document_id: int) -> bool:
        statement = text(
            "SELECT n.included FROM account_verification v JOIN verification_note n "
            "ON n.company_id = v.company_id AND n.header_id = v.id AND n.document_id = :document "
            f"WHERE v.company_id = :company AND v.record_no = :book AND {_CLOSED_CYCLE.format(v='v')} "
            "AND NOT EXISTS (SELECT 1 FROM account_verification x WHERE x.company_id = v.company_id "
            f"AND x.record_no = v.record_no AND {_CLOSED_CYCLE.format(v='x')} AND x.end_date > v.end_date)"
        )
        values = {"company": self._company_id, "document": document_id, "book": record_no}
        marks = self._session.execute(statement, values).scalars().all()
        return bool(marks) and not any(marks)


def settled(
    periods: ClosedPeriods, fresh: Sequence[Posting], standing: Iterable[Posting], *, known: bool, today: date
) -> Sequence[Posting]:
    """Return what is to be posted with everything of a closed period moved to the open one.

    ``known``: the document is ours or has posted before, so that its change is a correction. It is dated in the open
    period and says which day it corrects; where a correction among ``standing`` (what the document has posted) is
    itself still open, on the same day, so that a reserved one turns into a posted one within one cycle and is counted
    once. ``Refused`` (LED-01) for what was never posted there, and for a closed handbook, which has no open period.
    """
    if not periods.all:
        return fresh
    found = []
    corrected = {
        (one.record_no, one.corrects): one.business_date
        for one in standing
        if one.corrects is not None and periods.holding(one.record_no, one.business_date) is None
    }
    for one in fresh:
        period = periods.holding(one.record_no, one.business_date)
        if period is None or periods.waits(one):
            found.append(one)
        elif period.handbook or not known:
            raise refused(period, one.document_no, one.business_date)
        else:
            day = corrected.get((one.record_no, one.business_date)) or periods.open_day(one.record_no, today)
            found.append(replace(one, business_date=day, corrects=one.business_date))
    return found


def refused(period: ClosedPeriod, document_no: str = "", day: date | None = None) -> Refused:
    """Say which book and cycle is closed, and what to do."""
    what = f"{document_no}（{day}）" if document_no else ""
    if period.handbook:
        advice = "手册结案后不再记账；确有差错的，请与主管海关联系"
    else:
        after = period.end + timedelta(days=1)
        advice = f"已核销周期的记账不能增加、修改或删除，请用 {after} 起现行周期的单证更正或冲销"
    return Refused(f"{period.words}，{what}不能再记入该周期。{advice}", CODE)


def translated(problem: SQLAlchemyError, session: Session, company_id: int) -> Refused | None:
    """Return the database's own refusal in Chinese, None when it failed for another reason.

    ``session`` has been rolled back; the values of the statement tell which of the closed periods was meant.
    """
    if not isinstance(problem, DBAPIError) or SAID not in str(problem.orig):
        return None
    periods = ClosedPeriods(session, company_id)
    closed = list(periods.all)
    values = set(_values(problem.params))
    books = {one for one in values if any(one == period.record_no for period in closed)}
    days = [date.fromisoformat(one[:10]) for one in values if len(one) >= 10 and _is_date(one[:10])]
    meant = [one for one in closed if one.record_no in books and any(one.begin <= day <= one.end for day in days)]
    if len(meant) == 1 or len(closed) == 1:
        return refused((meant or closed)[0])
    listed = "；".join(one.words for one in (meant or closed)[-3:])
    return Refused(f"记账落在已核销的周期内，没有保存。{listed}。请以现行周期内的单证更正或冲销", CODE)


def _values(params: Any) -> Iterable[str]:
    if isinstance(params, dict):
        params = list(params.values())
    if isinstance(params, list | tuple):
        for one in params:
            yield from _values(one)
    elif params is not None:
        yield str(params)


def _is_date(text_of: str) -> bool:
    try:
        date.fromisoformat(text_of)
    except ValueError:
        return False
    return True
