"""仓单: what moved in and out of the warehouses (handbook 12.1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from bondesk.areas.goods.part import Part
from bondesk.areas.stock.measured import own_unit, part_findings
from bondesk.areas.stock.stock_left import enough_left
from bondesk.areas.stock.stock_model import StockDocument, StockLine
from bondesk.areas.stock.stock_types import GOODS_KINDS, KINDS, StockType, stock_types
from bondesk.base.documents import DocumentType, LineTable, group
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, error
from bondesk.base.flow import STOCK
from bondesk.base.workbooks import SheetPlan, WorkbookPlan, may, must

_H, _L = StockDocument, StockLine
#: Tells up to which day documents are locked by a 报核, None when none is.
LockedUntil = Callable[[Facts], date | None]
_KIND_NAMES, _GOODS = dict(KINDS), dict(GOODS_KINDS)


def derive_stock_document(document: StockDocument, facts: Facts) -> None:
    """Fill unit, scope and signed quantity of each line, its date, and the kind the types agree on."""
    types, parts = stock_types(facts), facts.index(Part, Part.part_no)
    following = max((line.line_no or 0 for line in document.lines), default=0)
    for line in document.lines:
        if not line.line_no:
            following += 1
            line.line_no = following
        known = types.get(line.doc_type)
        if not line.erp_unit and line.part_no in parts:
            line.erp_unit = parts[line.part_no].erp_unit
        line.scope = line.scope or (known.scope if known else "")
        line.moved_on = document.document_date
        quantity = own_unit(line, facts)
        line.stock_change = quantity * known.sign if known and quantity is not None else None
    kinds = _common_kinds([types[line.doc_type] for line in document.lines if line.doc_type in types])
    document.kind = next((kind for kind, _ in KINDS if kind in kinds), "")


def _common_kinds(types: list[StockType]) -> frozenset[str]:
    """Return the kinds all types may stand in; by sign alone when one document could be both."""
    common = frozenset.intersection(*(one.kinds for one in types)) if types else frozenset()
    logical = {one.goods_kind + ("+" if one.sign > 0 else "-") for one in types}
    return common & logical or common


def lines_hold(document: StockDocument, facts: Facts) -> Iterator[Finding]:
    """STK-01 unknown type, STK-02 type and part or kind do not fit, STK-06 line number twice, and the part's own."""
    types, parts = stock_types(facts), facts.index(Part, Part.part_no)
    if not document.lines:
        yield error("IMP-09", "仓单没有明细行", "document_no")
    numbers = Counter(line.line_no for line in document.lines)
    seen: set[int] = set()
    for position, line in enumerate(document.lines):
        if numbers[line.line_no] > 1 and line.line_no in seen:
            text = f"单据号与行号重复：{document.document_no} / {line.line_no}"
            yield error("STK-06", text, "line_no", position, table="lines")
        seen.add(line.line_no)
        known, part = types.get(line.doc_type), parts.get(line.part_no)
        if known is None:
            text = f"没有仓单类型 {line.doc_type or '（空）'}，应为 A101–C256 之一"
            yield error("STK-01", text, "doc_type", position, table="lines")
        elif part is not None and part.goods_kind != known.goods_kind:
            told, is_one = f"{known.code} {known.name}只用于{_GOODS[known.goods_kind]}", _GOODS[part.goods_kind]
            text = f"{told}，料号 {line.part_no} 是{is_one}"
            yield error("STK-02", text, "doc_type", position, table="lines")
        yield from part_findings(line, position, facts)


def one_kind(document: StockDocument, facts: Facts) -> Iterator[Finding]:
    """STK-02: all types of a document belong to one of the six kinds."""
    types = stock_types(facts)
    used = [types[line.doc_type] for line in document.lines if line.doc_type in types]
    if used and not _common_kinds(used):
        told = "、".join(sorted({f"{one.code} {one.name}" for one in used}))
        yield error("STK-02", f"一张仓单只能是一个种类（{'、'.join(_KIND_NAMES.values())}），现有 {told}", "kind")


def after_lock(locked_until: LockedUntil) -> Callable[[StockDocument, Facts], Iterator[Finding]]:
    """Return the rule STK-05: a 报核 that was audited locks every earlier date."""

    def rule(document: StockDocument, facts: Facts) -> Iterator[Finding]:
        day = locked_until(facts)
        if day is not None and document.document_date and document.document_date <= day:
            text = f"{day} 及以前的期间已报核锁定，不能新增或修改 {document.document_date} 的仓单"
            yield error("STK-05", text, "document_date")

    return rule


def stock_defaults(facts: Facts) -> Mapping[str, Any]:
    """Propose today."""
    return {"document_date": facts.today}


_COLUMNS = (
    _L.line_no,
    _L.doc_type,
    _L.part_no,
    _L.quantity,
    _L.erp_unit,
    _L.scope,
    _L.bom_version,
    _L.warehouse,
    _L.batch_no,
    _L.source_no,
    _L.stock_change,
)


def stock_doc(locked_until: LockedUntil) -> DocumentType:
    """Return the document; ``locked_until`` knows which periods are closed to it."""
    return DocumentType(
        key="stock_doc",
        title="仓单",
        area="stock",
        header=StockDocument,
        number=(_H.document_no,),
        dated=(_H.document_date,),
        list_columns=(_H.document_no, _H.document_date, _H.kind, _H.partner, _H.application_no, _H.remark),
        form=(group("仓单", _H.document_no, _H.document_date, _H.kind, _H.partner, _H.application_no, _H.remark),),
        lines=(LineTable("lines", "明细", _H.lines, _COLUMNS),),
        flow=STOCK,
        derive=derive_stock_document,
        rules=(lines_hold, one_kind, after_lock(locked_until), enough_left),
        defaults=stock_defaults,
        workbook=WorkbookPlan(
            "仓单",
            (
                SheetPlan(
                    "仓单",
                    (
                        must(_L.doc_type),
                        may(_L.line_no, "行号"),
                        must(_L.part_no),
                        must(_L.quantity),
                        may(_L.erp_unit),
                        may(_L.scope),
                        may(_L.bom_version),
                        may(_L.warehouse),
                    ),
                    part="lines",
                    head=(must(_H.document_no), must(_H.document_date), may(_H.partner), may(_H.application_no)),
                ),
            ),
            on_existing="refuse",
        ),
        help="ERP 的出入库单（料号级）：短溢表的库存、外发与结转台账的来源。45 种类型分属六个种类。",
    )
