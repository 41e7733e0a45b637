"""Comparing what the enterprise has consolidated with what a draft holds (handbook 4.3).

Both sides are read as plain column tuples, joined in dictionaries and written with bulk statements, so that a
book of 400,000 consumption rows is compared in seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, select, type_coerce

from bondesk.areas.accounts.book_model import Account, AccountConsumption, AccountLine
from bondesk.areas.accounts.copying import rows_of
from bondesk.areas.accounts.row_marks import differing
from bondesk.areas.goods.merged_item import MergedItem
from bondesk.areas.goods.unit_consumption import UnitConsumption, UnitConsumptionLine
from bondesk.areas.setup.company import company_of
from bondesk.base.batches import batches
from bondesk.base.change import Candidate, ChangedTable, Comparison, Mark, Outcome
from bondesk.base.facts import Work

_BATCH = 2000
#: Column of the line ← column of 归并后料件/成品.
TAKEN = (
    "part_no",
    "hs_code",
    "name",
    "spec",
    "dcl_unit",
    "legal_unit1",
    "legal_unit2",
    "price",
    "currency",
    "duty_mode",
    "country",
    "main_mark",
)


def compare(draft: Account, table: ChangedTable, work: Work) -> Comparison:
    """Compare every source row of ``table`` with the draft."""
    found: list[Candidate] = []
    compared = 0
    for one in _goods(draft, table, work) if table.match == ("item_no",) else _consumptions(draft, table, work):
        compared += 1
        if one is not None:
            found.append(one)
    return Comparison(compared, tuple(found))


def _source_items(work: Work, goods_flag: str) -> Iterator[Mapping[str, Any]]:
    columns = [getattr(MergedItem, "origin" if key == "country" else key) for key in TAKEN]
    statement = select(MergedItem.id, MergedItem.merge_no, *columns)
    statement = statement.where(MergedItem.company_id == work.company_id, MergedItem.goods_flag == goods_flag)
    for row in work.session.execute(statement.order_by(MergedItem.merge_no)):
        yield {"id": row[0], "merge_no": row[1], **dict(zip(TAKEN, row[2:], strict=True))}


def _goods(draft: Account, table: ChangedTable, work: Work) -> Iterator[Candidate | None]:
    flag = table.fixed["goods_flag"]
    same_number = bool(company_of(work.facts).item_no_is_merge_no)
    columns = ("id", "row_mark", "merge_no", "part_no", *table.kept)
    rows = rows_of(work, table, draft.id, columns)
    links = _Links(rows.values(), same_number)
    used = numbers_used(work, draft, flag)
    for item in _source_items(work, flag):
        values = {key: item[key] for key in TAKEN if item[key] not in (None, "") or key in table.compared}
        values["merge_no"] = item["merge_no"]
        here = links.row_of(item)
        label = f"{item['merge_no']} {item['name']}"
        if here is None:
            number = item["merge_no"] if same_number else None
            if number in used:
                yield Candidate(
                    item["id"], label, Outcome.REFUSED, values, reason=f"备案序号 {number} 已用过，不能再用（ACC-03）"
                )
            else:
                yield Candidate(item["id"], label, Outcome.ADD, {**values, "item_no": number})
            continue
        yield _beside(item["id"], label, table, here, {**values, "item_no": here["item_no"]})


def _beside(
    key: Any, label: str, table: ChangedTable, here: Mapping[str, Any], values: dict[str, Any]
) -> Candidate | None:
    """Say what extracting would do to a row that the draft has; None where all key columns are equal."""
    changed = differing(table.compared, here, values)
    before = {column: here[column] for column in changed}
    mark = Mark(here["row_mark"])
    if mark is Mark.STRUCK:
        return Candidate(key, label, Outcome.RESTORE, values, before, here["id"], "本次已标记删除，提取即恢复")
    if not changed:
        return None
    outcome = Outcome.MODIFY if mark is Mark.SAME else Outcome.OVERWRITE
    return Candidate(key, label, outcome, values, before, here["id"])


class _Links:
    """Finds the draft's row of a merged item: by number, by part number (1:1 books), or by the stored link."""

    def __init__(self, rows: Any, same_number: bool) -> None:
        self._by_item = {row["item_no"]: row for row in rows} if same_number else {}
        self._by_link = {row["merge_no"]: row for row in rows if row["merge_no"] is not None}
        self._by_part = {} if same_number else {row["part_no"]: row for row in rows if row["part_no"]}
        self._same_number = same_number

    def row_of(self, item: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return the row, or None."""
        if self._same_number:
            return self._by_item.get(item["merge_no"])
        return self._by_link.get(item["merge_no"]) or self._by_part.get(item["part_no"] or None)


def numbers_used(work: Work, draft: Account, goods_flag: str) -> set[int]:
    """Return every 备案序号 any copy of this book ever had: none is used again (4.3)."""
    heads = select(Account.id).where(Account.company_id == work.company_id, Account.book_kind == draft.book_kind)
    same = (Account.id == draft.id) | (Account.internal_no == draft.internal_no)
    if draft.record_no:
        same = same | (Account.record_no == draft.record_no)
    statement = select(AccountLine.item_no).where(
        AccountLine.company_id == work.company_id,
        AccountLine.goods_flag == goods_flag,
        AccountLine.header_id.in_(heads.where(same)),
    )
    return set(work.session.scalars(statement.distinct()))


_RATES = ("net", "tangible", "intangible", "bonded")


def _raw(column: Any) -> Any:
    """Read a decimal as the database keeps it: fit to be compared for equality, at a third of the cost."""
    return type_coerce(column, BigInteger)


def _consumptions(draft: Account, table: ChangedTable, work: Work) -> Iterator[Candidate | None]:
    """Join source and draft on (product, version, material); equal rows are told apart before anything is built."""
    products, materials = (_goods_by_merge(work, draft, flag) for flag in ("E", "I"))
    model = AccountConsumption
    statement = select(
        model.product_no,
        model.uc_version,
        model.material_no,
        model.row_mark,
        *(_raw(getattr(model, r)) for r in _RATES),
    ).where(model.company_id == work.company_id, model.header_id == draft.id)
    rows = {tuple(row[:3]): tuple(row[3:]) for row in work.session.execute(statement)}
    differ: list[int] = []
    for source in _source_consumptions(work, draft.record_no):
        product, material = products.get(source[1]), materials.get(source[3])
        here = rows.get((product, source[2], material))
        if here is not None and here[0] != Mark.STRUCK and here[1:] == tuple(source[4:]):
            yield None
        else:
            differ.append(source[0])
    rows.clear()
    for batch in batches(differ, _BATCH):
        yield from _differing_consumptions(draft, table, work, batch, products, materials)


def _differing_consumptions(
    draft: Account,
    table: ChangedTable,
    work: Work,
    ids: Sequence[int],
    products: Mapping[int, int],
    materials: Mapping[int, int],
) -> Iterator[Candidate | None]:
    head, line = UnitConsumption, UnitConsumptionLine
    statement = (
        select(line.id, head.product_no, head.uc_version, line.material_no, *(getattr(line, key) for key in _RATES))
        .join(line, (line.company_id == head.company_id) & (line.header_id == head.id))
        .where(head.company_id == work.company_id, line.id.in_(ids))
        .order_by(head.product_no, head.uc_version, line.line_no)
    )
    sources = work.session.execute(statement).all()
    keys = {(products.get(row[1]), row[2], materials.get(row[3])) for row in sources}
    keys = {key for key in keys if None not in key}
    rows = rows_of(work, table, draft.id, ("id", "row_mark", *table.kept), keys)
    for line_id, product_no, version, material_no, *rates in sources:
        label = f"成品 {product_no} 版本 {version} 料件 {material_no}"
        values = dict(zip(_RATES, rates, strict=True))
        product, material = products.get(product_no), materials.get(material_no)
        if product is None or material is None:
            what, number = ("成品", product_no) if product is None else ("料件", material_no)
            reason = f"{what} {number} 不在本账册或已标记删除，请先提取{what}（BOM-08）"
            yield Candidate(line_id, label, Outcome.REFUSED, values, reason=reason)
            continue
        values |= {"product_no": product, "uc_version": version, "material_no": material}
        here = rows.get((product, version, material))
        if here is None:
            yield Candidate(line_id, label, Outcome.ADD, values)
        else:
            yield _beside(line_id, label, table, here, values)


def _goods_by_merge(work: Work, draft: Account, goods_flag: str) -> dict[int, int]:
    """Return 归并序号 → 备案序号 of the draft's goods that stay."""
    statement = select(AccountLine.item_no, AccountLine.merge_no).where(
        AccountLine.company_id == work.company_id,
        AccountLine.header_id == draft.id,
        AccountLine.goods_flag == goods_flag,
        AccountLine.row_mark != Mark.STRUCK.value,
    )
    same_number = bool(company_of(work.facts).item_no_is_merge_no)
    found = {}
    for item_no, merge_no in work.session.execute(statement):
        found[item_no if same_number or merge_no is None else merge_no] = item_no
    return found


def _source_consumptions(work: Work, record_no: str) -> Iterator[Any]:
    """Yield (line id, product, version, material, raw rates …); by parameter only each product's newest version."""
    head, line = UnitConsumption, UnitConsumptionLine
    mine = (head.company_id == work.company_id) & head.record_no.in_(("", record_no))
    columns = (line.id, head.product_no, head.uc_version, line.material_no, *(_raw(getattr(line, r)) for r in _RATES))
    statement = (
        select(*columns).join(line, (line.company_id == head.company_id) & (line.header_id == head.id)).where(mine)
    )
    if company_of(work.facts).consumption_extract == "ALL":
        yield from work.session.execute(statement)
        return
    newest: dict[int, int] = {}
    for product, version in work.session.execute(select(head.product_no, head.uc_version).where(mine)):
        newest[product] = max(newest.get(product, 0), int(version))
    for row in work.session.execute(statement):
        if int(row[2]) == newest[row[1]]:
            yield row
