"""归并关系: part number to merged item, per book or for all books (handbook 2.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Index, inspect
from sqlalchemy.orm import Mapped

from bondesk.areas.goods.consolidation_rules import ITEM_AGREES, differing, reasons_apart
from bondesk.areas.goods.merged_item import GOODS_FLAGS, MergedItem
from bondesk.areas.goods.part import Part
from bondesk.base.columns import Code4, Code18, Code32
from bondesk.base.documents import DocumentType, Rule, group
from bondesk.base.errors import Refused
from bondesk.base.facts import Facts, Work
from bondesk.base.fields import shown
from bondesk.base.findings import Finding, error
from bondesk.base.records import Record
from bondesk.base.workbooks import SheetPlan, WorkbookPlan, may, must


class ConsolidationMap(Record):
    """One row of the map; without ``record_no`` it is the default for all books."""

    __tablename__ = "consolidation_map"
    __table_args__ = (Index("ix_consolidation_map_key", "company_id", "goods_flag", "part_no", "record_no", "active"),)

    part_no: Mapped[Code32] = shown("料号", reference="part", required=True, width=16)
    goods_flag: Mapped[Code4] = shown("物料类型", choices=GOODS_FLAGS, required=True)
    merge_no: Mapped[int] = shown("归并序号", required=True)
    record_no: Mapped[Code18] = shown("备案号", help="空 = 适用于所有账册")
    active: Mapped[bool] = shown("有效", default=True, server_default="1")
    effective_date: Mapped[date | None] = shown("生效日期")


#: Agreement is transitive, so a few parts of an item stand for all of them, however many there are.
_COMPARED = 20
#: Tells which unsent document uses a row of the map; "" when none does (MAP-11).
InUse = Callable[[ConsolidationMap, Facts], str]


def one_merge_no(row: ConsolidationMap, facts: Facts) -> Iterator[Finding]:
    """IMP-05 unknown part; MAP-01: one active merge number per part and book."""
    if row.part_no not in facts.index(Part, Part.part_no):
        yield error("IMP-05", f"料号 {row.part_no} 不在料号档案中", "part_no")
        return
    other = _mapped_elsewhere(row, facts)
    if other is not None:
        book = f"（账册 {row.record_no}）" if row.record_no else ""
        yield error("MAP-01", f"料号 {row.part_no} 已归并到 {other.merge_no}{book}，请先把原关系设为无效", "merge_no")


def _mapped_elsewhere(row: ConsolidationMap, facts: Facts) -> ConsolidationMap | None:
    if not _active(row):
        return None
    for other in facts.groups(ConsolidationMap, ConsolidationMap.part_no).get(row.part_no, ()):
        same = other.goods_flag == row.goods_flag and (other.record_no or "") == (row.record_no or "")
        if same and _active(other) and other.merge_no != row.merge_no and not _itself(other, row):
            return other
    return None


def _active(row: ConsolidationMap) -> bool:
    """Tell whether a row counts; one that arrives from a workbook is active unless it says otherwise."""
    return bool(getattr(row, "active", True) in (None, True))


def _itself(other: ConsolidationMap, row: ConsolidationMap) -> bool:
    """Tell whether ``other`` is what ``row`` was before it was edited."""
    stored = getattr(row, "id", None)
    return stored is not None and getattr(other, "id", None) == stored


def group_agrees(row: ConsolidationMap, facts: Facts) -> Iterator[Finding]:
    """MAP-02: the part agrees with the merged item and with every other part of it (handbook 2.2)."""
    part = facts.index(Part, Part.part_no).get(row.part_no)
    if part is not None and _active(row) and _mapped_elsewhere(row, facts) is None:
        yield from (error("MAP-02", text, "merge_no") for text in _disagreements(part, row, facts))


def disagreements(part: Part, facts: Facts) -> Iterator[str]:
    """Say where a part no longer fits the items its active rows name."""
    for row in facts.groups(ConsolidationMap, ConsolidationMap.part_no).get(part.part_no, ()):
        if _active(row) and row.goods_flag == part.goods_kind:
            yield from _disagreements(part, row, facts)


def _disagreements(part: Part, row: ConsolidationMap, facts: Facts) -> Iterator[str]:
    items = facts.index(MergedItem, MergedItem.goods_flag, MergedItem.merge_no)
    item = items.get((row.goods_flag, row.merge_no))
    gaps = differing(part, item, ITEM_AGREES) if item is not None else []
    if gaps:
        yield f"料号 {row.part_no} 与归并项 {row.merge_no} 的{'、'.join(gaps)}不一致"
        return
    for other in islice(_others(row, item, facts), _COMPARED):
        reasons = [f"归并项 {row.merge_no}：{reason}" for reason in reasons_apart(part, other, row.goods_flag)]
        yield from reasons
        if reasons:
            return


def _others(row: Any, item: MergedItem | None, facts: Facts) -> Iterator[Part]:
    """Iterate over the other parts of the row's item in the same book, each once.

    Those that contradict the item are told by their own row, and of a workbook only the rows above count:
    one wrong row is one finding, not one on every row of its group.
    """
    parts = facts.index(Part, Part.part_no)
    group = facts.groups(ConsolidationMap, ConsolidationMap.goods_flag, ConsolidationMap.merge_no)
    seen, arriving = {row.part_no}, not isinstance(row, ConsolidationMap)
    for other in group.get((row.goods_flag, row.merge_no), ()):
        if arriving and other is row:
            return
        same_book = (other.record_no or "") == (row.record_no or "")
        if not same_book or not _active(other) or other.part_no in seen or other.part_no not in parts:
            continue
        seen.add(other.part_no)
        if item is None or not differing(parts[other.part_no], item, ITEM_AGREES):
            yield parts[other.part_no]


def mapped_convertible(row: ConsolidationMap, facts: Facts) -> Iterator[Finding]:
    """MAP-03: a mapped part has 单重 or 转换率."""
    part = facts.index(Part, Part.part_no).get(row.part_no)
    if part is not None and _active(row) and part.unit_weight is None and part.conv_factor is None:
        yield error("MAP-03", f"料号 {row.part_no} 的单重与转换率至少填一项，才能归并", "part_no")


def _kept_while_used(in_use: InUse) -> Rule:
    """MAP-11: a row an unsent note used is neither made inactive nor given another meaning."""

    def rule(row: ConsolidationMap, facts: Facts) -> Iterator[Finding]:
        stored = facts.one(ConsolidationMap, id=row.id) if getattr(row, "id", None) is not None else None
        before = _before(stored) if stored is not None else None
        if before is None or not before["active"]:
            return
        if _active(row) and all(getattr(row, key) == before[key] for key in _MEANING):
            return
        user = in_use(_as(before), facts)
        if user:
            yield error("MAP-11", _in_use_text(before["part_no"], user), "active")

    return rule


_MEANING = ("part_no", "goods_flag", "merge_no", "record_no")


def _before(stored: ConsolidationMap) -> dict[str, Any]:
    """Return what the database holds of a row that may be under change in this act."""
    state = inspect(stored)
    found = {}
    for key in (*_MEANING, "active"):
        history = state.attrs[key].history
        found[key] = history.deleted[0] if history.deleted else getattr(stored, key)
    return found


def _as(values: Mapping[str, Any]) -> ConsolidationMap:
    return ConsolidationMap(**values)


def _in_use_text(part_no: str, user: str) -> str:
    return f"料号 {part_no} 的归并关系已用于未发送的核注清单 {user}，不能停用、修改或删除；请先发送或作废该清单"


def _refuse_removal(in_use: InUse) -> Callable[[Any, Sequence[Any], Work], None]:
    def removed(row: ConsolidationMap, _lines: Sequence[Any], work: Work) -> None:
        user = in_use(row, work.facts) if row.active else ""
        if user:
            raise Refused(_in_use_text(row.part_no, user), "MAP-11")

    return removed


def merge_no_of(facts: Facts, goods_flag: str, part_no: str, record_no: str) -> int | None:
    """Return the merge number of a part in a book: its own row first, then the default for all books."""
    rows = [
        row
        for row in facts.groups(ConsolidationMap, ConsolidationMap.part_no).get(part_no, ())
        if row.active and row.goods_flag == goods_flag and row.record_no in {"", record_no}
    ]
    rows.sort(key=lambda row: row.record_no == "")
    return rows[0].merge_no if rows else None


def consolidation_map(in_use: InUse) -> DocumentType:
    """Return the document; ``in_use`` says which unsent note used a row, for MAP-11 (notes lie above goods)."""
    return DocumentType(
        key="consolidation_map",
        title="归并关系",
        area="goods",
        header=ConsolidationMap,
        number=(
            ConsolidationMap.goods_flag,
            ConsolidationMap.part_no,
            ConsolidationMap.record_no,
            ConsolidationMap.merge_no,
        ),
        list_columns=(
            ConsolidationMap.part_no,
            ConsolidationMap.goods_flag,
            ConsolidationMap.merge_no,
            ConsolidationMap.record_no,
            ConsolidationMap.active,
            ConsolidationMap.effective_date,
        ),
        form=(
            group(
                "归并关系",
                ConsolidationMap.part_no,
                ConsolidationMap.goods_flag,
                ConsolidationMap.merge_no,
                ConsolidationMap.record_no,
                ConsolidationMap.active,
                ConsolidationMap.effective_date,
            ),
        ),
        rules=(one_merge_no, group_agrees, mapped_convertible, _kept_while_used(in_use)),
        removed=_refuse_removal(in_use),
        workbook=WorkbookPlan(
            "归并关系",
            (
                SheetPlan(
                    "归并关系",
                    (
                        must(ConsolidationMap.part_no),
                        must(ConsolidationMap.goods_flag),
                        must(ConsolidationMap.merge_no),
                        may(ConsolidationMap.record_no),
                    ),
                ),
            ),
        ),
        help="料号归并到哪个项号。同一料号在同一账册只能有一条有效关系；停用的关系留作历史。",
    )
