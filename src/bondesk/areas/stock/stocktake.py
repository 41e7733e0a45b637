"""盘点: what was counted, of four kinds, per warehouse and date (handbook 12.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bondesk.areas.goods.part import Part
from bondesk.areas.stock.measured import own_unit, part_findings
from bondesk.areas.stock.stock_model import STOCKTAKE_KINDS, Stocktake, StocktakeLine
from bondesk.base.documents import DocumentType, LineTable, group
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, error
from bondesk.base.flow import COUNTED
from bondesk.base.workbooks import SheetPlan, WorkbookPlan, may, must

_H, _L = Stocktake, StocktakeLine
_KINDS = dict(STOCKTAKE_KINDS)


def derive_stocktake(stocktake: Stocktake, facts: Facts) -> None:
    """Number lines, take unit and goods kind from the part, and the quantity into the part's own unit."""
    parts = facts.index(Part, Part.part_no)
    for number, line in enumerate(stocktake.lines, 1):
        line.line_no = line.line_no or number
        part = parts.get(line.part_no)
        if part is not None:
            line.erp_unit = line.erp_unit or part.erp_unit
            line.goods_kind = line.goods_kind or part.goods_kind
        line.scope = line.scope or "bonded"
        line.counted_qty = own_unit(line, facts)


def counted_parts(stocktake: Stocktake, facts: Facts) -> Iterator[Finding]:
    """CNT-02: the part is of the counted kind; CNT-03: one line twice; quantity, unit and mapping as for 仓单."""
    parts = facts.index(Part, Part.part_no)
    if not stocktake.lines:
        yield error("IMP-09", "盘点没有明细行", "count_date")
    keys = Counter(map(_key, stocktake.lines))
    seen: set[tuple[str, ...]] = set()
    for position, line in enumerate(stocktake.lines):
        part = parts.get(line.part_no)
        if part is not None and stocktake.kind in {"I", "E", "S"} and part.goods_kind != stocktake.kind:
            text = f"料号 {line.part_no} 不是{_KINDS[stocktake.kind]}，不能计入{_KINDS[stocktake.kind]}盘点"
            yield error("CNT-02", text, "part_no", position, table="lines")
        if keys[_key(line)] > 1 and _key(line) in seen:
            text = f"料号 {line.part_no} 同一 BOM 版本、状态、保税标志和库位重复"
            yield error("CNT-03", text, "part_no", position, table="lines")
        seen.add(_key(line))
        yield from (one for one in part_findings(line, position, facts) if one.code != "STK-03" or line.quantity < 0)


def _key(line: StocktakeLine) -> tuple[str, ...]:
    return tuple(str(getattr(line, name) or "") for name in ("part_no", "bom_version", "quality", "scope", "location"))


STOCKTAKE = DocumentType(
    key="stocktake",
    title="盘点",
    area="stock",
    header=Stocktake,
    number=(_H.count_date, _H.kind, _H.warehouse),
    dated=(_H.count_date,),
    list_columns=(_H.count_date, _H.kind, _H.warehouse, _H.remark),
    form=(group("盘点", _H.count_date, _H.kind, _H.warehouse, _H.remark, _H.unlock_reason),),
    lines=(
        LineTable(
            "lines",
            "明细",
            _H.lines,
            (
                _L.line_no,
                _L.part_no,
                _L.quantity,
                _L.erp_unit,
                _L.scope,
                _L.bom_version,
                _L.quality,
                _L.location,
                _L.goods_kind,
                _L.transit_way,
                _L.counted_qty,
            ),
        ),
    ),
    flow=COUNTED,
    derive=derive_stocktake,
    rules=(counted_parts,),
    workbook=WorkbookPlan(
        "盘点",
        (
            SheetPlan(
                "盘点",
                (
                    must(_L.part_no),
                    must(_L.quantity),
                    may(_L.erp_unit),
                    may(_L.scope),
                    may(_L.bom_version),
                    may(_L.quality),
                ),
                part="lines",
                head=(must(_H.count_date), must(_H.kind), may(_H.warehouse)),
            ),
        ),
    ),
    help="料件、成品、半成品与在途的盘点：短溢表实际库存与报核实际剩余数量的来源。再次导入同日同仓库的盘点即为复盘，以新数为准。",
)
