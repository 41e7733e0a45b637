"""短溢表 as a document: a stored result; once audited it holds the stocktakes it was read from (12.2, 12.3)."""

from __future__ import annotations

from bondesk.areas.stock.stock_model import Stocktake
from bondesk.areas.verification.shortage_computing import as_the_data_stand, negative_explained
from bondesk.areas.verification.shortage_model import ShortageMaterial, ShortageOverage, ShortageStocktake
from bondesk.areas.verification.verification_model import AccountVerification
from bondesk.base.documents import DocumentType, LineTable, group
from bondesk.base.facts import Facts, Work
from bondesk.base.flow import RECKONED

_T, _M, _S = ShortageOverage, ShortageMaterial, ShortageStocktake


def lock_stocktakes(table: ShortageOverage, move: str, work: Work) -> None:
    """Lock the stocktakes on 审核; on 取消审核 free those nothing else holds."""
    for line in table.stocktakes:
        stocktake = work.facts.one(Stocktake, id=line.stocktake_id)
        if stocktake is None:
            continue
        if move == "audit":
            stocktake.state = "LOCKED"
        elif move == "unaudit" and not holders_of(work.facts, stocktake, apart_from=table.id):
            stocktake.state = "CONFIRMED"


def holders_of(facts: Facts, stocktake: Stocktake, apart_from: int = 0) -> list[str]:
    """Name what holds a stocktake: audited 短溢表, and 报核 that customs closed."""
    found = [
        f"短溢表 {one.internal_no}"
        for one in facts.find(ShortageOverage, state="AUDITED")
        if one.id != apart_from and any(line.stocktake_id == stocktake.id for line in one.stocktakes)
    ]
    found += [
        f"账册报核 {one.internal_no}"
        for one in facts.find(AccountVerification, state="APPROVED")
        if one.actual_source == "STOCKTAKE" and (one.stocktake_date or one.end_date) == stocktake.count_date
    ]
    return found


SHORTAGE_OVERAGE = DocumentType(
    key="shortage_overage",
    title="短溢表",
    area="stock",
    header=ShortageOverage,
    number=(_T.internal_no,),
    list_columns=(
        _T.internal_no,
        _T.record_no,
        _T.day,
        _T.source,
        _T.short_items,
        _T.over_items,
        _T.short_value,
        _T.tax_total,
        _T.computed_at,
        _T.remark,
    ),
    form=(
        group("短溢表", _T.internal_no, _T.record_no, _T.day, _T.remark),
        group(
            "依据",
            _T.source,
            _T.opening_day,
            _T.outsourced,
            _T.transit,
            _T.direct,
            _T.domestic,
            _T.without_unmade,
            _T.tolerance,
            _T.price,
            _T.vat_rate,
        ),
        group("汇总", _T.short_items, _T.over_items, _T.short_value, _T.tax_total, _T.computed_at, _T.fingerprint),
    ),
    lines=(
        LineTable(
            "materials",
            "料件",
            _T.materials,
            (
                _M.item_no,
                _M.name,
                _M.spec,
                _M.unit,
                _M.verdict,
                _M.difference,
                _M.rate,
                _M.remark,
                _M.incoming,
                _M.consumed,
                _M.booked,
                _M.material,
                _M.product,
                _M.semi_product,
                _M.outsourced,
                _M.in_transit,
                _M.defective,
                _M.domestic,
                _M.counted,
                _M.delivered_not_transferred,
                _M.transferred_not_delivered,
                _M.received_not_transferred,
                _M.transferred_not_received,
                _M.shipped_not_declared,
                _M.declared_not_shipped,
                _M.arrived_not_declared,
                _M.declared_not_arrived,
                _M.gap_total,
                _M.price,
                _M.value,
                _M.duty_rate,
                _M.duty,
                _M.vat,
            ),
            computed=True,
        ),
        LineTable("stocktakes", "所用盘点", _T.stocktakes, (_S.count_date, _S.kind, _S.warehouse), computed=True),
    ),
    flow=RECKONED,
    rules=(negative_explained,),
    stored_rules=(as_the_data_stand,),
    moved=lock_stocktakes,
    creatable=False,
    help="某日账册结存与实际库存的差异，含结转差额、金额与税款；审核后锁定所用的盘点。",
)
