"""The tables of 短溢表: one computed result of one book at one day, with everything it depends on (handbook 12.3)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bondesk.areas.stock.stock_model import STOCKTAKE_KINDS
from bondesk.areas.verification.reckoning import PRICES, SOURCES
from bondesk.base.columns import (
    Amount,
    Code4,
    Code10,
    Code18,
    Code32,
    Code64,
    Percent,
    Price,
    Qty,
    RatePercent,
    Text255,
    Text512,
)
from bondesk.base.fields import shown
from bondesk.base.records import Flowing, Line, Record, belongs_to


class ShortageMaterial(Line):
    """One material with all columns of handbook 12.3; ``duty_rate`` and ``remark`` are the clerk's."""

    __tablename__ = "shortage_material"
    __table_args__ = (
        *belongs_to("shortage_overage", "shortage_material"),
        Index("ix_shortage_material_item", "company_id", "header_id", "item_no"),
    )

    item_no: Mapped[int] = shown("备案序号", readonly=True)
    name: Mapped[Text255] = shown("商品名称", readonly=True, width=18)
    spec: Mapped[Text512] = shown("规格型号", readonly=True, width=14)
    unit: Mapped[Code4] = shown("单位", table="unit", readonly=True)
    verdict: Mapped[Code4] = shown("判定", readonly=True)
    difference: Mapped[Qty] = shown("差异数 D", readonly=True)
    rate: Mapped[RatePercent | None] = shown("差异率", readonly=True, help="%")
    remark: Mapped[Text255] = shown("差异说明", width=20)
    incoming: Mapped[Qty] = shown("期初/进口数量", readonly=True)
    consumed: Mapped[Qty] = shown("出口耗用量", readonly=True)
    booked: Mapped[Qty] = shown("账册结存 A", readonly=True)
    material: Mapped[Qty] = shown("料件库存", readonly=True)
    product: Mapped[Qty] = shown("成品库存折料", readonly=True)
    semi_product: Mapped[Qty] = shown("半成品库存折料", readonly=True)
    outsourced: Mapped[Qty] = shown("外发库存折料", readonly=True)
    in_transit: Mapped[Qty] = shown("在途折料", readonly=True)
    defective: Mapped[Qty] = shown("残次品", readonly=True)
    domestic: Mapped[Qty] = shown("内购库存", readonly=True)
    counted: Mapped[Qty] = shown("实际库存 B", readonly=True)
    delivered_not_transferred: Mapped[Qty] = shown("已送货未转厂", readonly=True)
    transferred_not_delivered: Mapped[Qty] = shown("已转厂未送货", readonly=True)
    received_not_transferred: Mapped[Qty] = shown("已收货未转厂", readonly=True)
    transferred_not_received: Mapped[Qty] = shown("已转厂未收货", readonly=True)
    shipped_not_declared: Mapped[Qty] = shown("已出货未报关", readonly=True)
    declared_not_shipped: Mapped[Qty] = shown("已报关未出货", readonly=True)
    arrived_not_declared: Mapped[Qty] = shown("已到货未报关", readonly=True)
    declared_not_arrived: Mapped[Qty] = shown("已报关未到货", readonly=True)
    gap_total: Mapped[Qty] = shown("结转差额 C", readonly=True)
    price: Mapped[Price | None] = shown("单价", readonly=True, help="人民币")
    value: Mapped[Amount | None] = shown("差异金额", readonly=True)
    duty_rate: Mapped[Percent] = shown("关税率", help="%，填写后重新计算", default=0, server_default="0")
    duty: Mapped[Amount | None] = shown("关税", readonly=True)
    vat: Mapped[Amount | None] = shown("增值税", readonly=True)


class ShortageStocktake(Line):
    """A stocktake the result was read from; auditing the 短溢表 locks it."""

    __tablename__ = "shortage_stocktake"
    __table_args__ = belongs_to("shortage_overage", "shortage_stocktake")

    stocktake_id: Mapped[int] = mapped_column(BigInteger)
    count_date: Mapped[date] = shown("盘点日期", readonly=True)
    kind: Mapped[Code4] = shown("盘点类型", choices=STOCKTAKE_KINDS, readonly=True)
    warehouse: Mapped[Code32] = shown("仓库", readonly=True)


class ShortageOverage(Record, Flowing):
    """One 短溢表; the choices stored here are those it was computed with."""

    __tablename__ = "shortage_overage"
    __table_args__ = (
        Index("ix_shortage_overage_key", "company_id", "internal_no", unique=True),
        Index("ix_shortage_overage_book", "company_id", "record_no", "day"),
    )

    internal_no: Mapped[Code64] = shown("短溢表编号", required=True, readonly=True, width=22)
    record_no: Mapped[Code18] = shown("账册编号", reference="account", required=True, readonly=True, width=14)
    day: Mapped[date] = shown("截止日期", required=True, readonly=True)
    source: Mapped[Code10] = shown("实际库存", choices=SOURCES, insert_default="STOCKTAKE")
    opening_day: Mapped[date | None] = shown("期初盘点日期", help="仓单滚动库存从这次盘点起算；空 = 从 0 起")
    outsourced: Mapped[bool] = shown("计入外发库存", default=True, server_default="1")
    transit: Mapped[bool] = shown("计入在途", default=False, server_default="0")
    direct: Mapped[bool] = shown("计入进出口时间差", default=False, server_default="0")
    domestic: Mapped[bool] = shown("内购库存参与分析", default=False, server_default="0")
    without_unmade: Mapped[bool] = shown(
        "不计没有BOM的料号",
        default=False,
        server_default="0",
        help="盘点的成品、半成品没有 BOM 时：勾选 = 不计入，不勾选 = 不能审核",
    )
    tolerance: Mapped[Percent] = shown("容差", help="%")
    price: Mapped[Code10] = shown("单价取", choices=PRICES, insert_default="CYCLE")
    vat_rate: Mapped[Percent] = shown("增值税率", help="%")
    short_items: Mapped[int] = shown("短的项数", readonly=True, default=0, counted=True)
    over_items: Mapped[int] = shown("溢的项数", readonly=True, default=0, counted=True)
    short_value: Mapped[Amount | None] = shown("短的金额", readonly=True)
    tax_total: Mapped[Amount | None] = shown("应补税款", readonly=True)
    computed_at: Mapped[datetime | None] = shown("计算时间", readonly=True)
    fingerprint: Mapped[Code32] = shown("数据指纹", readonly=True, width=20, help="所用数据变动后与现在的不同")
    remark: Mapped[Text255] = shown("备注")
    materials: Mapped[list[ShortageMaterial]] = relationship(
        cascade="all, delete-orphan", order_by="ShortageMaterial.line_no", passive_deletes=True
    )
    stocktakes: Mapped[list[ShortageStocktake]] = relationship(
        cascade="all, delete-orphan", order_by="ShortageStocktake.line_no", passive_deletes=True
    )
