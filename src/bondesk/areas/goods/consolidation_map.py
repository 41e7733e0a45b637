"""归并关系: part number to merged item, per book or for all books (handbook 2.2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from bondesk.areas.goods.merged_item import GOODS_FLAGS, MergedItem
from bondesk.areas.goods.part import Part
from bondesk.base.columns import Code4, Code18, Code32
from bondesk.base.documents import DocumentType, group
from bondesk.base.facts import Facts
from bondesk.base.fields import shown
from bondesk.base.findings import Finding, error
from bondesk.base.readings import width_normal
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


def one_merge_no(row: ConsolidationMap, facts: Facts) -> Iterator[Finding]:
    """IMP-05 unknown part; MAP-01: one active merge number per part and book."""
    if row.part_no not in facts.index(Part, Part.part_no):
        yield error("IMP-05", f"料号 {row.part_no} 不在料号档案中", "part_no")
        return
    other = _mapped_elsewhere(row, facts)
    if other is not None:
        yield error("MAP-01", f"料号 {row.part_no} 已归并到 {other.merge_no}", "merge_no")


def _mapped_elsewhere(row: ConsolidationMap, facts: Facts) -> ConsolidationMap | None:
    for other in facts.groups(ConsolidationMap, ConsolidationMap.part_no).get(row.part_no, ()):
        same = other.goods_flag == row.goods_flag and other.record_no == row.record_no and other.active
        if same and other.merge_no != row.merge_no:
            return other
    return None


_COMPARED = (("hs_code", "商品编码"), ("name", "品名"), ("dcl_unit", "申报单位"))


def group_agrees(row: ConsolidationMap, facts: Facts) -> Iterator[Finding]:
    """MAP-02: HS code, name and declared unit of the part equal those of the merged item."""
    part = facts.index(Part, Part.part_no).get(row.part_no)
    items = facts.index(MergedItem, MergedItem.goods_flag, MergedItem.merge_no)
    item = items.get((row.goods_flag, row.merge_no))
    if part is None or item is None or _mapped_elsewhere(row, facts) is not None:
        return
    gaps = [
        f"{label}({getattr(part, key)} ≠ {getattr(item, key)})"
        for key, label in _COMPARED
        if width_normal(getattr(part, key)) != width_normal(getattr(item, key))
    ]
    if gaps:
        yield error("MAP-02", f"料号 {row.part_no} 与归并项 {row.merge_no} 的{'、'.join(gaps)}不一致", "merge_no")


def mapped_convertible(row: ConsolidationMap, facts: Facts) -> Iterator[Finding]:
    """MAP-03: a mapped part has 单重 or 转换率."""
    part = facts.index(Part, Part.part_no).get(row.part_no)
    if part is not None and part.unit_weight is None and part.conv_factor is None:
        yield error("MAP-03", f"料号 {row.part_no} 的单重与转换率至少填一项，才能归并", "part_no")


def merge_no_of(facts: Facts, goods_flag: str, part_no: str, record_no: str) -> int | None:
    """Return the merge number of a part in a book: its own row first, then the default for all books."""
    rows = [
        row
        for row in facts.groups(ConsolidationMap, ConsolidationMap.part_no).get(part_no, ())
        if row.active and row.goods_flag == goods_flag and row.record_no in {"", record_no}
    ]
    rows.sort(key=lambda row: row.record_no == "")
    return rows[0].merge_no if rows else None


CONSOLIDATION_MAP = DocumentType(
    key="consolidation_map",
    title="归并关系",
    area="goods",
    header=ConsolidationMap,
    number=(ConsolidationMap.goods_flag, ConsolidationMap.part_no, ConsolidationMap.record_no),
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
    rules=(one_merge_no, group_agrees, mapped_convertible),
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
    help="料号归并到哪个项号。同一料号在同一账册只能有一条有效关系。",
)
