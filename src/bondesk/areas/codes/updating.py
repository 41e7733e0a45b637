"""Applying a release of the code tables: rows are added, changed or closed, never deleted; all is written down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bondesk.areas.codes.code_release import CHANGES, CodeChange, CodeRelease
from bondesk.areas.codes.code_tables import title_of
from bondesk.areas.codes.code_wording import in_words
from bondesk.areas.codes.customs_code import CustomsCode
from bondesk.areas.codes.hs_code import HsCode
from bondesk.areas.codes.loading import new_row, row_changes
from bondesk.base.errors import Refused
from bondesk.base.facts import Work
from bondesk.base.parameter_package import (
    ADD,
    CHANGE,
    CLOSE,
    CodeChanges,
    PackageTable,
    ParameterPackage,
    RowChange,
    TableChanges,
    version_numbers,
)
from bondesk.base.records import new_id

_DAY = timedelta(days=1)


def installed_release(session: Session) -> str:
    """Return the version of the newest applied release, "" when there is none."""
    return max(session.scalars(select(CodeRelease.version)), key=version_numbers, default="")


def apply_release(
    work: Work, package: ParameterPackage, by: str, tell: Callable[[int, int], None] = lambda _done, _total: None
) -> CodeRelease | None:
    """Apply ``package`` in the transaction of ``work``; None when just this release is installed already.

    ``Refused`` (CODES-07) an older release than the installed one, (CODES-08) closing a code nobody knows.
    ``tell(done, total)`` is called before each table; what it raises stops all of it.
    """
    installed = installed_release(work.session)
    if version_numbers(package.version) == version_numbers(installed):
        return None
    if version_numbers(package.version) < version_numbers(installed):
        raise Refused(f"已安装较新的海关参数 {installed}，不能退回到 {package.version}", "CODES-07")
    counts: dict[str, dict[str, int]] = {}
    for done, table in enumerate(package.tables):
        tell(done, len(package.tables))
        counts[table.name] = _Table(work.session, package, table).apply()
    release = written_down(work, package.version, package.effective_from, by, counts)
    release.signer, release.notes = package.signer, package.notes
    work.session.flush()
    return release


def changes_of(session: Session, version: str) -> CodeChanges:
    """Return what an applied release did, per table and row by row."""
    release = session.scalars(select(CodeRelease).filter_by(version=version)).one()
    tables = [
        TableChanges(table, title_of(table), *(counts.get(what, 0) for what in (ADD, CHANGE, CLOSE)))
        for table, counts in release.counts.items()
    ]
    words = dict(CHANGES)
    order = (CodeChange.table_name, CodeChange.code, CodeChange.valid_from)
    rows = session.scalars(select(CodeChange).filter_by(version=version).order_by(*order))
    told = (RowChange(r.table_name, r.code, r.name, words[r.change], r.valid_from, r.old, r.new) for r in rows)
    return CodeChanges(tuple(tables), tuple(told))


def written_down(
    work: Work, version: str, effective_from: date, by: str, counts: Mapping[str, Mapping[str, int]]
) -> CodeRelease:
    """Store that a release was applied, with its counts {table: {add, change, close}}."""
    added, changed, closed = (sum(one.get(what, 0) for one in counts.values()) for what in (ADD, CHANGE, CLOSE))
    release = CodeRelease(id=new_id(), version=version, effective_from=effective_from, applied_by=by, counts=counts)
    release.applied_at = work.now()
    release.added, release.changed, release.closed = added, changed, closed
    work.session.add(release)
    work.session.flush()
    return release


@dataclass
class _Table:
    """One table while a release is applied to it."""

    session: Session
    package: ParameterPackage
    table: PackageTable

    def apply(self) -> dict[str, int]:
        self.model: Any = HsCode if self.table.name == "hs_code" else CustomsCode
        self.code = "hs_code" if self.model is HsCode else "code"
        where = {} if self.model is HsCode else {"table_name": self.table.name}
        found: Any = self.session.scalars(select(self.model).filter_by(**where).order_by(self.model.valid_from))
        self.stored: dict[str, dict[date, Any]] = {}
        for row in found:
            self.stored.setdefault(getattr(row, self.code), {})[row.valid_from] = row
        self.counts: Counter[str] = Counter()
        for given in self.table.rows:
            self._take(given)
        if not self.table.delta:
            self._close_missing({given["code"] for given in self.table.rows})
        self.session.flush()
        return dict(self.counts)

    def _take(self, given: Mapping[str, str]) -> None:
        periods = self.stored.setdefault(given["code"], {})
        start = date.fromisoformat(given["valid_from"])
        present = periods.get(start)
        if given.get("change") == CLOSE:
            if present is None:
                text = f"更新包要停用 {self.table.name} 的代码 {given['code']}（{start} 起），但参数表中没有它"
                raise Refused(text, "CODES-08")
            self._change(present, {"valid_to": date.fromisoformat(given["valid_to"])}, CLOSE)
            return
        columns = {name: value for name, value in given.items() if name != "change"}
        if present is not None:
            self._change(present, row_changes(present, columns), CHANGE)
            return
        before = max((begun for begun in periods if begun < start), default=None)
        fresh = new_row(self.table.name, columns, periods[before] if before is not None else None)
        for begun, row in periods.items():
            if begun < start and (row.valid_to is None or row.valid_to >= start):
                self._change(row, {"valid_to": start - _DAY}, CLOSE)
        periods[start] = fresh
        self.session.add(fresh)
        self._note(fresh, ADD, {}, _values(fresh))

    def _close_missing(self, kept: set[str]) -> None:
        last = self.package.effective_from - _DAY
        for code, periods in self.stored.items():
            for row in periods.values() if code not in kept else ():
                if row.valid_to is None or row.valid_to > last:
                    self._change(row, {"valid_to": max(last, row.valid_from)}, CLOSE)

    def _change(self, row: Any, values: Mapping[str, Any], what: str) -> None:
        before = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
        if not before:
            return
        after = {name: values[name] for name in before}
        for name, value in after.items():
            setattr(row, name, value)
        self._note(row, what, before, after)

    def _note(self, row: Any, what: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        self.counts[what] += 1
        change = CodeChange(id=new_id(), version=self.package.version, table_name=self.table.name, change=what)
        change.code, change.name, change.valid_from = getattr(row, self.code), row.name, row.valid_from
        change.before, change.after = _plain(before), _plain(after)
        change.old, change.new = in_words(change.before, change.after)
        self.session.add(change)


def _values(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__mapper__.columns.keys() if name != "id"}  # noqa: SIM118


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
