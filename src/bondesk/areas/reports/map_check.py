"""Report 13 归并关系检查表: parts that do not reach an item, and items whose parts do not fit (handbook 2.4, 16)."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from bondesk.areas.goods.consolidation_map import ConsolidationMap, disagreements, merge_no_of
from bondesk.areas.goods.hs_known import hs_findings
from bondesk.areas.goods.part import GOODS_KINDS, Part, convertible, unit_known
from bondesk.areas.reports.chosen_books import choice_name, nothing_explained
from bondesk.base.columns import Kind
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, error, note
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable
from bondesk.base.steps import Progress
from bondesk.ledger.books import LedgerWork

_ALL = (("", "全部"), ("UNMAPPED", "未归并"), ("CONFLICT", "多对一不一致"), ("FACTOR", "换算"), ("HS", "商品编码"))
_WORDS = dict(_ALL)
_BATCH = 200


@dataclass(frozen=True, slots=True)
class MapCheckOptions:
    """Which parts, seen from which book."""

    record_no: str = option("备案号", "", reference="account handbook", help="空 = 任一账册")
    goods_kind: str = option("物料类型", "", choices=(("", "全部"), ("I", "料件"), ("E", "成品")))
    what: str = option("检查项", "", choices=_ALL)
    part_no: str = option("料号", "", help="包含此文字；空 = 全部")
    with_inactive: bool = option("包含无效料号", False)


COLUMNS = (
    ReportColumn("what", "检查项", Kind.TEXT, 12),
    ReportColumn("code", "代码", Kind.CODE, 8),
    ReportColumn("part_no", "料号", Kind.CODE, 16),
    ReportColumn("name", "品名", Kind.TEXT, 18),
    ReportColumn("goods_kind", "物料类型", Kind.TEXT, 8),
    ReportColumn("merge_no", "归并序号", Kind.INTEGER, 8),
    ReportColumn("hs_code", "商品编码", Kind.CODE, 12),
    ReportColumn("text", "问题", Kind.TEXT, 48),
)


def run(work: LedgerWork, options: MapCheckOptions) -> Generator[Progress, None, ReportTable]:
    """Return a row per fault; RPT-13 when there is none."""
    parts = sorted(work.facts.find(Part), key=lambda one: one.part_no)
    wanted = [
        part
        for part in parts
        if part.goods_kind in ("I", "E")
        and options.goods_kind in ("", part.goods_kind)
        and options.part_no in part.part_no
        and (part.active or options.with_inactive)
    ]
    rows: list[ReportRow] = []
    for start in range(0, len(wanted), _BATCH):
        yield Progress(start, len(wanted), f"检查料号 {start:,}/{len(wanted):,}")
        for part in wanted[start : start + _BATCH]:
            found = [(what, one) for what, one in _faults(part, work.facts, options.record_no)]
            for place, (what, one) in enumerate(found, 1):
                if options.what in ("", what):
                    rows.append(_row(part, what, one, place, work.facts, options.record_no))
    told = note("RPT-13", f"检查了 {len(wanted):,} 个料号，没有发现问题" if wanted else "没有符合条件的料号")
    return ReportTable(tuple(rows), () if rows else (told,))


def _faults(part: Part, facts: Facts, record_no: str) -> Iterator[tuple[str, Finding]]:
    mapped = facts.groups(ConsolidationMap, ConsolidationMap.part_no).get(part.part_no, ())
    if _merge_no(part, facts, record_no) is None:
        active = [row for row in mapped if row.active]
        stopped = "归并关系都已设为无效" if mapped else "没有归并关系"
        why = f"没有适用于 {record_no} 的归并关系" if active else stopped
        yield "UNMAPPED", error("RPT-44", f"{why}：不能生成清单，也不计入项号级结果")
    yield from (("CONFLICT", error("MAP-02", text)) for text in disagreements(part, facts))
    yield from (("FACTOR", one) for one in (*convertible(part, facts), *unit_known(part, facts)))
    yield from (("HS", one) for one in hs_findings(part, facts))


def _merge_no(part: Part, facts: Facts, record_no: str) -> int | None:
    """Return the merge number in the book; without a book the one of any book."""
    if record_no:
        return merge_no_of(facts, part.goods_kind, part.part_no, record_no)
    rows = facts.groups(ConsolidationMap, ConsolidationMap.part_no).get(part.part_no, ())
    return next((row.merge_no for row in rows if row.active and row.goods_flag == part.goods_kind), None)


def _row(part: Part, what: str, one: Finding, place: int, facts: Facts, record_no: str) -> ReportRow:
    merge_no = _merge_no(part, facts, record_no)
    kind = choice_name(GOODS_KINDS, part.goods_kind)
    values = (_WORDS[what], one.code, part.part_no, part.name, kind, merge_no, part.hs_code, one.text)
    return ReportRow(f"{part.part_no}#{place}", values, ("part", part.id))


MAP_CHECK = Report(
    key="map_check",
    title="归并关系检查表",
    columns=COLUMNS,
    run=run,
    explain=nothing_explained(COLUMNS),
    options=MapCheckOptions,
    help="未归并的料号、同一归并项中不一致的料号、缺单重或转换率、商品编码无效，一张表查完。",
)
