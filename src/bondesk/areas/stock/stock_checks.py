"""Checks of 仓单 and 盘点: kinds, directions, stock that never goes below nothing (handbook 12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, select

from bondesk.areas.goods.part import Part
from bondesk.areas.stock.measured import own_unit
from bondesk.areas.stock.rolling import Moved, first_below
from bondesk.areas.stock.stock_model import StockDocument, StockLine, Stocktake, StocktakeLine
from bondesk.areas.stock.stock_types import stock_types
from bondesk.base.checks import Breach, Check
from bondesk.base.facts import Work
from bondesk.base.findings import Severity
from bondesk.base.numbers import plain


def _lines(work: Work) -> Any:
    owner = and_(StockLine.company_id == StockDocument.company_id, StockLine.header_id == StockDocument.id)
    return select(StockDocument, StockLine).join(StockLine, owner).where(StockLine.company_id == work.company_id)


def _kinds(work: Work) -> Iterator[Breach]:
    """Every type of a document belongs to its kind, as printed or as computed."""
    types = stock_types(work.facts)
    owner = and_(StockLine.company_id == StockDocument.company_id, StockLine.header_id == StockDocument.id)
    statement = (
        select(StockDocument.id, StockDocument.document_no, StockDocument.kind, StockLine.doc_type)
        .join(StockLine, owner)
        .where(StockLine.company_id == work.company_id, StockDocument.state != "VOID")
        .distinct()
    )
    for document_id, number, kind, doc_type in work.session.execute(statement):
        known = types.get(doc_type)
        if known is None or kind not in known.kinds:
            text = f"仓单 {number} 的类型 {doc_type} 不属于 {kind or '任何种类'}"
            yield Breach(text, "stock_doc", document_id, number)


def _signs(work: Work) -> Iterator[Breach]:
    """库存增减 is the quantity in the part's unit with the sign of its type (TV20)."""
    types = stock_types(work.facts)
    for document, line in work.session.execute(_lines(work)):
        known, quantity = types.get(line.doc_type), own_unit(line, work.facts)
        wanted = quantity * known.sign if known and quantity is not None else None
        if wanted != line.stock_change:
            shown = "空" if line.stock_change is None else plain(line.stock_change)
            should = "空" if wanted is None else plain(wanted)
            text = f"仓单 {document.document_no} 第{line.line_no}行库存增减 {shown}，应为 {should}"
            yield Breach(text, "stock_doc", document.id, document.document_no)


def _dates(work: Work) -> Iterator[Breach]:
    """A line moved on the day of its document."""
    for document, line in work.session.execute(_lines(work).where(StockLine.moved_on != StockDocument.document_date)):
        text = f"仓单 {document.document_no} 第{line.line_no}行日期 {line.moved_on} 与单据日期不同"
        yield Breach(text, "stock_doc", document.id, document.document_no)


def _never_below_nothing(work: Work) -> Iterator[Breach]:
    """STK-07 of all that is stored: from the first 盘点 on, bonded stock of a part never falls below 0."""
    opened, counted = _first_counts(work)
    statement = (
        select(StockLine.part_no, StockLine.moved_on, StockLine.stock_change, StockDocument.document_no)
        .join(
            StockDocument,
            and_(StockDocument.company_id == StockLine.company_id, StockDocument.id == StockLine.header_id),
        )
        .where(StockLine.company_id == work.company_id, StockLine.scope == "bonded", StockDocument.state != "VOID")
        .where(StockLine.stock_change.is_not(None), StockLine.moved_on.is_not(None))
    )
    moved: dict[str, list[Moved]] = defaultdict(list)
    for part_no, day, change, number in work.session.execute(statement):
        assert day is not None
        moved[part_no].append(Moved(day, change or Decimal(0), number))
    for part_no in sorted(set(opened) & set(moved)):
        below = first_below(opened[part_no], counted[part_no], moved[part_no])
        if below is not None:
            where = f"自 {below.moved.day}（仓单 {below.moved.number}）起"
            yield Breach(f"料号 {part_no} {where}库存为负 {plain(below.left)}", number=part_no)


def _first_counts(work: Work) -> tuple[dict[str, Any], dict[str, Decimal]]:
    """Return the day each part was first counted, and how much there was."""
    owner = and_(StocktakeLine.company_id == Stocktake.company_id, StocktakeLine.header_id == Stocktake.id)
    statement = (
        select(StocktakeLine.part_no, Stocktake.count_date, StocktakeLine.counted_qty)
        .join(StocktakeLine, owner)
        .where(Stocktake.company_id == work.company_id, Stocktake.kind != "T", StocktakeLine.scope == "bonded")
        .order_by(Stocktake.count_date)
    )
    opened: dict[str, Any] = {}
    stock: dict[str, Decimal] = defaultdict(Decimal)
    for part_no, day, counted in work.session.execute(statement):
        if opened.setdefault(part_no, day) == day:
            stock[part_no] += counted or Decimal(0)
    return opened, stock


def _counted(work: Work) -> Iterator[Breach]:
    """折企业单位数量 of a count is the quantity in the part's unit, and the part is of the counted kind."""
    kinds = {part.part_no: part.goods_kind for part in work.facts.find(Part)}
    owner = and_(StocktakeLine.company_id == Stocktake.company_id, StocktakeLine.header_id == Stocktake.id)
    statement = select(Stocktake, StocktakeLine).join(StocktakeLine, owner)
    for count, line in work.session.execute(statement.where(Stocktake.company_id == work.company_id)):
        name = f"盘点 {count.count_date} {count.warehouse or ''} 第{line.line_no}行 料号 {line.part_no}"
        if line.counted_qty != own_unit(line, work.facts):
            yield Breach(f"{name} 的折企业单位数量不符", "stocktake", count.id)
        elif count.kind != "T" and kinds.get(line.part_no, count.kind) != count.kind:
            yield Breach(f"{name} 的物料类型与盘点类型不符", "stocktake", count.id)


STOCK_CHECKS = (
    Check("CHK-71", "仓单类型与种类一致", "请改正仓单类型", _kinds),
    Check("CHK-72", "库存增减按类型的方向与数量算出", "请重新保存仓单", _signs),
    Check("CHK-73", "仓单明细日期与单据日期一致", "请重新保存仓单", _dates),
    Check("CHK-74", "滚动库存不为负", "请补录入仓单，或核对盘点", _never_below_nothing, Severity.CONFIRM),
    Check("CHK-75", "盘点数量与物料类型相符", "请改正盘点后重新保存", _counted),
)
