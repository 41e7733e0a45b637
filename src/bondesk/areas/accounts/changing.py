"""撤销行, 删除行 and typed rows of a draft: marks are always what the comparison with the approved copy says (4.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select, update

from bondesk.areas.accounts.copying import rows_of
from bondesk.areas.accounts.row_marks import Fate, Values, mark_of, reverted, struck
from bondesk.base.batches import batches
from bondesk.base.change import ChangedTable, Counted, Mark
from bondesk.base.errors import Refused
from bondesk.base.facts import Work
from bondesk.base.records import new_id

#: (draft, table, rows) → row id → why it may not be struck or changed (ACC-04, ACC-06).
InUse = Callable[[Any, ChangedTable, Sequence[Any], Work], Mapping[int, str]]
#: (draft, table, rows, "strike" | "revert", work): what has to follow in other tables.
Follow = Callable[[Any, ChangedTable, Sequence[Any], str, Work], int]
#: (table, row): fill what the program computes in a typed row.
Derive = Callable[[ChangedTable, Any], None]


def lines_of(work: Work, draft: Any, table: ChangedTable, ids: Sequence[int]) -> list[Any]:
    """Return the named rows of the draft, in their order."""
    model = table.model
    found: list[Any] = []
    for batch in batches(ids):
        statement = select(model).where(
            model.company_id == work.company_id,
            model.header_id == draft.id,
            model.id.in_(batch),
        )
        found += work.session.scalars(statement).all()
    return sorted(found, key=lambda line: (line.line_no, line.id))


def _named(table: ChangedTable, line: Any) -> str:
    return "/".join(str(part) for part in _match(table, line))


def _match(table: ChangedTable, line: Any) -> tuple[Any, ...]:
    return tuple(getattr(line, key) for key in table.match)


def revert(draft: Any, table: ChangedTable, ids: Sequence[int], work: Work, follow: Follow) -> Counted:
    """撤销行: take the present change of each row back; returns what happened."""
    lines = lines_of(work, draft, table, ids)
    taken = [line for line in lines if getattr(line, "mark_before", "")]
    refused = tuple(f"单损耗 {_named(table, line)}：其成品或料件已标记删除，请先撤销成品或料件" for line in taken)
    lines = [line for line in lines if line not in taken]
    approved = rows_of(work, table, draft.approved_id, table.kept, {_match(table, line) for line in lines})
    followed = [line for line in lines if line.row_mark == Mark.STRUCK]
    done = _apply(work, table, lines, approved, reverted)
    work.session.flush()
    extra = follow(draft, table, followed, "revert", work)
    return Counted({**done, "带回单损耗": extra}, refused)


def strike(draft: Any, table: ChangedTable, ids: Sequence[int], work: Work, in_use: InUse, follow: Follow) -> Counted:
    """删除行: a filed row is only marked, an added one goes; rows in use are refused by name."""
    lines = lines_of(work, draft, table, ids)
    reasons = in_use(draft, table, [line for line in lines if line.row_mark != Mark.ADDED], work)
    free = [line for line in lines if line.id not in reasons]
    approved = rows_of(work, table, draft.approved_id, table.kept, {_match(table, line) for line in free})
    extra = follow(draft, table, [line for line in free if line.row_mark != Mark.STRUCK], "strike", work)
    done = _apply(work, table, free, approved, struck)
    work.session.flush()
    return Counted({**done, "连带单损耗": extra}, tuple(reasons.values()))


_WORDS = {Values.GONE: "移除", Values.RESTORED: "恢复", Values.KEPT: "标记删除"}


def _apply(
    work: Work,
    table: ChangedTable,
    lines: Iterable[Any],
    approved: Mapping[tuple[Any, ...], Mapping[str, Any]],
    fate_of: Callable[[Mark], Fate],
) -> dict[str, int]:
    done: Counter[str] = Counter()
    for line in lines:
        fate = fate_of(Mark(line.row_mark))
        if not fate.acts:
            continue
        if fate.values is Values.GONE:
            work.session.delete(line)
        elif fate.values is Values.RESTORED:
            _restore(table, line, approved[_match(table, line)])
        if fate.values is not Values.GONE:
            line.row_mark = fate.mark.value
        word = "标记删除" if fate.mark is Mark.STRUCK else _WORDS[fate.values]
        done[word] += 1
    return dict(done)


def _restore(table: ChangedTable, line: Any, values: Mapping[str, Any]) -> None:
    for key in table.kept:
        if getattr(line, key) != values[key]:
            setattr(line, key, values[key])


def _computes_nothing(_table: ChangedTable, _line: Any) -> None:
    """Rows that hold only what was typed."""


def store(
    draft: Any,
    table: ChangedTable,
    line_id: int | None,
    values: Mapping[str, Any],
    work: Work,
    in_use: InUse,
    derive: Derive = _computes_nothing,
) -> int:
    """Store one typed row; its mark follows from the approved copy. A struck row must be taken back first.

    A filed row keeps what names it (备案序号 …): customs knows it by that.
    """
    model = table.model
    typed = {key: value for key, value in values.items() if key in table.kept or key in table.match}
    if line_id is None:
        line = model(header_id=draft.id, line_no=next_line_no(work, draft, table), **{**typed, **table.fixed})
        line.id = new_id()
    else:
        (line,) = lines_of(work, draft, table, [line_id]) or (None,)
        if line is None:
            raise Refused("这一行已不在草稿中，请刷新后再改", "GONE")
        _require_changeable(draft, table, line, typed, work, in_use)
        for key, value in typed.items():
            if getattr(line, key) != value:
                setattr(line, key, value)
    derive(table, line)
    named = _match(table, line)
    before = rows_of(work, table, draft.approved_id, table.kept, {named}).get(named)
    row = {key: getattr(line, key) for key in table.kept}
    line.row_mark = mark_of(table.kept, before, row).value
    if line_id is None:
        work.session.add(line)
    work.session.flush()
    stored: int = line.id
    return stored


def _require_changeable(
    draft: Any, table: ChangedTable, line: Any, typed: Mapping[str, Any], work: Work, in_use: InUse
) -> None:
    if line.row_mark == Mark.STRUCK:
        raise Refused("这一行已标记删除，请先撤销行再修改", "ACC-11")
    if line.row_mark != Mark.ADDED and any(key in typed and typed[key] != getattr(line, key) for key in table.match):
        raise Refused("已备案的行不能改变序号，请撤销后新增一行", "ACC-11")
    used = in_use(draft, table, [line], work) if line.row_mark != Mark.ADDED else {}
    if line.id in used and "dcl_unit" in typed and typed["dcl_unit"] != line.dcl_unit:
        raise Refused(f"{used[line.id]}，申报单位不能修改", "ACC-05")
    if line.id in used and "uc_version" in table.match:
        raise Refused(used[line.id], "ACC-06")


def next_line_no(work: Work, draft: Any, table: ChangedTable) -> int:
    """Return the line number after the last row of the draft's table."""
    model = table.model
    statement = select(func.max(model.line_no)).where(model.company_id == work.company_id, model.header_id == draft.id)
    for key, value in table.fixed.items():
        statement = statement.where(getattr(model, key) == value)
    return int(work.session.execute(statement).scalar() or 0) + 1


def follow_consumption(consumption: type[Any]) -> Follow:
    """Return the cascade from goods to their 单损耗: struck rows take theirs along, and bring back only those."""

    def follow(draft: Any, table: ChangedTable, rows: Sequence[Any], order: str, work: Work) -> int:
        if not rows or "item_no" not in table.match:
            return 0
        column = consumption.material_no if table.fixed.get("goods_flag") == "I" else consumption.product_no
        other = consumption.product_no if column is consumption.material_no else consumption.material_no
        mine = [consumption.company_id == work.company_id, consumption.header_id == draft.id]
        numbers, touched = [row.item_no for row in rows], 0
        gone = [row.item_no for row in rows if row.row_mark == Mark.ADDED]
        for batch in batches(gone):
            chosen = column.in_(batch)
            touched += _rows(work, delete(consumption).where(*mine, chosen))
        kept = [number for number in numbers if number not in set(gone)]
        for some in batches(kept):
            chosen = column.in_(some)
            if order == "strike":
                marked = {"mark_before": consumption.row_mark, "row_mark": Mark.STRUCK.value}
                statement = update(consumption).where(*mine, chosen, consumption.row_mark != Mark.STRUCK.value)
            else:
                marked = {"row_mark": consumption.mark_before, "mark_before": ""}
                still = _struck_goods(work, draft, table, other is consumption.product_no)
                statement = update(consumption).where(*mine, chosen, consumption.mark_before != "")
                statement = statement.where(other.not_in(still))
            touched += _rows(work, statement.values(marked))
        return touched

    return follow


def _rows(work: Work, statement: Any) -> int:
    work.session.flush()
    result: Any = work.session.execute(statement.execution_options(synchronize_session=False))
    work.session.expire_all()
    return int(result.rowcount)


def _struck_goods(work: Work, draft: Any, table: ChangedTable, products: bool) -> Any:
    """Return the still struck goods of the other kind: a row they took along does not come back."""
    model = table.model
    return select(model.item_no).where(
        model.company_id == work.company_id,
        model.header_id == draft.id,
        model.goods_flag == ("E" if products else "I"),
        model.row_mark == Mark.STRUCK.value,
    )
