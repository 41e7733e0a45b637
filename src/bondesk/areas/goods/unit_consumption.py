"""归并后单损耗: item-level consumption per product item and version, before it is filed in a book."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, relationship

from bondesk.areas.goods.bom import consumption_findings
from bondesk.areas.goods.rollup import unit_consumption
from bondesk.base.columns import Code10, Code18, ConsumptionQty, Percent
from bondesk.base.documents import DocumentType, LineTable, group
from bondesk.base.facts import Facts
from bondesk.base.fields import shown
from bondesk.base.findings import Finding, error
from bondesk.base.records import Line, Record, belongs_to
from bondesk.base.workbooks import SheetPlan, WorkbookPlan, may, must


class UnitConsumption(Record):
    """One version of a product item's consumption, meant for book ``record_no`` ("" = any)."""

    __tablename__ = "unit_consumption"
    __table_args__ = (
        Index("ix_unit_consumption_key", "company_id", "record_no", "product_no", "uc_version", unique=True),
    )

    record_no: Mapped[Code18] = shown("备案号", help="空 = 适用于所有账册")
    product_no: Mapped[int] = shown("成品序号", required=True)
    uc_version: Mapped[Code10] = shown("单耗版本号", required=True)
    lines: Mapped[list[UnitConsumptionLine]] = relationship(
        cascade="all, delete-orphan", order_by="UnitConsumptionLine.line_no", passive_deletes=True
    )


class UnitConsumptionLine(Line):
    """One material item of a version; ``unit_consumption`` is U of handbook 3.1 at 9 decimals."""

    __tablename__ = "unit_consumption_line"
    __table_args__ = belongs_to("unit_consumption", "unit_consumption_line")

    material_no: Mapped[int] = shown("料件序号", required=True)
    net: Mapped[ConsumptionQty] = shown("净耗", required=True)
    tangible: Mapped[Percent] = shown("有形损耗率", help="%", default=Decimal(0))
    intangible: Mapped[Percent] = shown("无形损耗率", help="%", default=Decimal(0))
    bonded: Mapped[Percent] = shown("保税料件比例", help="%；空 = 100", default=Decimal(100))
    unit_consumption: Mapped[ConsumptionQty | None] = shown("单耗", readonly=True)


def derive_unit_consumption(version: UnitConsumption, _facts: Facts) -> None:
    """Fill empty rates and compute U = N / (1 - (T + W) / 100), rounded once to 9 decimals."""
    for line in version.lines:
        line.tangible = Decimal(0) if line.tangible is None else line.tangible
        line.intangible = Decimal(0) if line.intangible is None else line.intangible
        line.bonded = Decimal(100) if line.bonded is None else line.bonded
        possible = line.net is not None and line.tangible + line.intangible < 100
        line.unit_consumption = unit_consumption(line.net, line.tangible, line.intangible) if possible else None


def consumption_possible(version: UnitConsumption, _facts: Facts) -> Iterator[Finding]:
    """BOM-03 to BOM-05, BOM-09 per line; a version is a whole number (handbook 3.3)."""
    if not version.uc_version.isdigit() or len(version.uc_version) > 8:
        yield error("BOM-07", "单耗版本号须为不超过8位的数字", "uc_version")
    for position, line in enumerate(version.lines):
        yield from consumption_findings(line.net, line.tangible, line.intangible, line.bonded, position)
        if line.unit_consumption == 0:
            yield error("BOM-09", "单耗在9位小数下为0", "net", position, table="lines")


UNIT_CONSUMPTION = DocumentType(
    key="unit_consumption",
    title="归并后单损耗",
    area="goods",
    header=UnitConsumption,
    number=(UnitConsumption.record_no, UnitConsumption.product_no, UnitConsumption.uc_version),
    list_columns=(UnitConsumption.record_no, UnitConsumption.product_no, UnitConsumption.uc_version),
    form=(group("单损耗", UnitConsumption.record_no, UnitConsumption.product_no, UnitConsumption.uc_version),),
    lines=(
        LineTable(
            "lines",
            "料件",
            UnitConsumption.lines,
            (
                UnitConsumptionLine.material_no,
                UnitConsumptionLine.net,
                UnitConsumptionLine.tangible,
                UnitConsumptionLine.intangible,
                UnitConsumptionLine.bonded,
                UnitConsumptionLine.unit_consumption,
            ),
        ),
    ),
    derive=derive_unit_consumption,
    rules=(consumption_possible,),
    workbook=WorkbookPlan(
        "归并后单损耗",
        (
            SheetPlan(
                "归并后单损耗",
                (
                    must(UnitConsumptionLine.material_no),
                    must(UnitConsumptionLine.net),
                    may(UnitConsumptionLine.tangible),
                    may(UnitConsumptionLine.intangible),
                    may(UnitConsumptionLine.bonded),
                ),
                part="lines",
                head=(
                    must(UnitConsumption.product_no),
                    must(UnitConsumption.uc_version),
                    may(UnitConsumption.record_no),
                ),
            ),
        ),
    ),
    help="项号级单损耗，由企业成品耗用生成或直接录入，备案账册时提取。",
)
