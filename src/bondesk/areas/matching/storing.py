"""Documents read and written as plain values, hundreds at a time: 对碰 of a year is one act."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, inspect, select, update

from bondesk.areas.matching.comparing import Doc, Values
from bondesk.areas.matching.kinds import MatchKind
from bondesk.areas.matching.overwriting import COPIED
from bondesk.base.batches import batches
from bondesk.base.errors import Refused
from bondesk.base.facts import Work
from bondesk.base.formal_copy import DRAFT, FORMAL

ADDED = "正式单多出，随对碰补入；取消对应时去掉"


def head_keys(kind: MatchKind) -> list[str]:
    """Return the head attributes 对碰 reads."""
    keys = ("id", "revision", "match_state", "record_no", "ie_flag", kind.number.key, kind.first.key, kind.second.key)
    return list(dict.fromkeys((*keys, *kind.head_keys, *(one.key for one in kind.compared))))


def line_keys(kind: MatchKind) -> list[str]:
    """Return the line attributes 对碰 reads."""
    return list(dict.fromkeys(("line_no", *kind.line_keys, *(one.key for one in kind.compared_lines))))


def read(work: Work, kind: MatchKind, ids: Sequence[int], *, formal: bool) -> dict[int, Doc]:
    """Return drafts or formal copies with their lines; what is gone is left out."""
    header, line = kind.header, kind.line
    keys, own = head_keys(kind), line_keys(kind)
    found: dict[int, Doc] = {}
    for some in batches(ids):
        heads = select(*(getattr(header, key) for key in keys))
        heads = heads.where(header.company_id == work.company_id, header.copy == (FORMAL if formal else DRAFT))
        for row in work.session.execute(heads.where(header.id.in_(some))):
            found[row[0]] = Doc(row[0], dict(zip(keys, row, strict=True)))
        lines = select(line.id, line.header_id, *(getattr(line, key) for key in own))
        lines = lines.where(line.company_id == work.company_id, line.header_id.in_(some))
        for row in work.session.execute(lines):
            if row[1] in found:
                found[row[1]].lines[row[0]] = dict(zip(own, row[2:], strict=True))
    return found


def write(work: Work, kind: MatchKind, changes: Sequence[tuple[Doc, Doc]], match_state: str) -> None:
    """Bring drafts from what they are to what they shall be; ``CONFLICT`` when one changed meanwhile."""
    heads = [{**_head(kind, now, then), "match_state": match_state} for now, then in changes]
    keys = [*kind.head_keys, "match_state"]
    _update_heads(work, kind, heads, keys)
    changed, gone, new = _line_changes(changes)
    _update_lines(work, kind, changed)
    table = kind.line.__table__
    for some in batches(gone):
        mine = delete(table).where(table.c.company_id == work.company_id, table.c.id.in_(some))
        work.session.execute(mine)
    _insert_lines(work, kind, new)
    work.session.expire_all()


def mark(work: Work, kind: MatchKind, docs: Sequence[Doc], match_state: str) -> None:
    """Set the match state of formal copies and nothing else."""
    rows = [{"b_id": one.id, "b_revision": one.head["revision"], "match_state": match_state} for one in docs]
    _update_heads(work, kind, rows, ["match_state"])
    work.session.expire_all()


def _head(kind: MatchKind, now: Doc, then: Doc) -> Values:
    values = {key: then.head[key] for key in kind.head_keys}
    return {**values, "b_id": now.id, "b_revision": now.head["revision"]}


def _update_heads(work: Work, kind: MatchKind, rows: list[Values], keys: Sequence[str]) -> None:
    if not rows:
        return
    table = kind.header.__table__
    statement = (
        update(table)
        .where(table.c.company_id == work.company_id)
        .where(table.c.id == bindparam("b_id"), table.c.revision == bindparam("b_revision"))
        .values(
            {key: bindparam(key) for key in keys}
            | {"revision": table.c.revision + 1, "changed_by": work.user_id, "changed_at": work.now()}
        )
    )
    done = work.session.connection().execute(statement, rows)
    if done.rowcount not in (len(rows), -1):
        raise Refused("单据已被其他用户修改，请重新查询后再对应", "CONFLICT")


def _line_changes(
    changes: Sequence[tuple[Doc, Doc]],
) -> tuple[list[tuple[int, Values]], list[int], list[tuple[int, int, Values]]]:
    """Return (line id, values) that changed, ids that go, and (draft, line id, values) that come."""
    changed: list[tuple[int, Values]] = []
    gone: list[int] = []
    new: list[tuple[int, int, Values]] = []
    for now, then in changes:
        gone += [number for number in now.lines if number not in then.lines]
        for number, line in then.lines.items():
            if number not in now.lines:
                new.append((now.id, number, line))
            elif line != now.lines[number]:
                changed.append((number, line))
    return changed, gone, new


def _update_lines(work: Work, kind: MatchKind, changed: Sequence[tuple[int, Values]]) -> None:
    if not changed:
        return
    table, keys = kind.line.__table__, kind.line_keys
    statement = (
        update(table)
        .where(table.c.company_id == work.company_id, table.c.id == bindparam("b_id"))
        .values({key: bindparam(key) for key in keys})
    )
    rows = [{"b_id": number, **{key: line[key] for key in keys}} for number, line in changed]
    work.session.connection().execute(statement, rows)


def _insert_lines(work: Work, kind: MatchKind, new: Sequence[tuple[int, int, Values]]) -> None:
    """Copy lines only customs has, with everything they say."""
    if not new:
        return
    line = kind.line
    keys = [one.key for one in inspect(line).column_attrs]
    wanted = [values[COPIED] for _draft, _number, values in new]
    copied: dict[int, Values] = {}
    for some in batches(wanted):
        rows = select(*(getattr(line, key) for key in keys))
        for row in work.session.execute(rows.where(line.company_id == work.company_id, line.id.in_(some))):
            values = dict(zip(keys, row, strict=True))
            copied[values["id"]] = values
    rows_new = [
        {
            **copied[values[COPIED]],
            "id": number,
            "header_id": draft,
            "line_no": values["line_no"],
            "row_mark": values["row_mark"],
            "reason": ADDED,
        }
        for draft, number, values in new
    ]
    work.session.execute(insert(line.__table__), rows_new)


def change_told(kind: MatchKind, now: Doc, then: Doc) -> tuple[Values, Values]:
    """Return what a draft was and what it is, as its log tells it."""
    before = {key: now.head[key] for key in kind.head_keys if now.head[key] != then.head[key]}
    after = {key: then.head[key] for key in before}
    old: dict[str, Values] = {}
    new: dict[str, Values] = {}
    for number in dict.fromkeys((*now.lines, *then.lines)):
        was, is_ = now.lines.get(number), then.lines.get(number)
        if was == is_:
            continue
        told_old, told_new = _line_told(was, is_)
        if told_old:
            old[str(number)] = told_old
        if told_new:
            new[str(number)] = told_new
    if old:
        before["#lines"] = old
    if new:
        after["#lines"] = new
    return before, after


def _line_told(was: Mapping[str, Any] | None, is_: Mapping[str, Any] | None) -> tuple[Values, Values]:
    if was is not None and is_ is not None:
        keys = [key for key in was if was[key] != is_[key]]
        number = {"line_no": was["line_no"]}
        return number | {key: was[key] for key in keys}, number | {key: is_[key] for key in keys}
    return dict(was or {}), {key: value for key, value in (is_ or {}).items() if key != COPIED}


def by_pair(rows: Sequence[Any]) -> dict[int, list[Any]]:
    """Group difference rows by their pair."""
    grouped: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[row.pair_id].append(row)
    return grouped
