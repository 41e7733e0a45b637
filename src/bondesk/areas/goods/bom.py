"""企业成品耗用: the ERP's BOM per product and version, and the filed version written back to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from sqlalchemy import Index, inspect
from sqlalchemy.orm import Mapped, relationship

from bondesk.areas.goods.explosion import Bom as RolledBom
from bondesk.areas.goods.explosion import BomLine as RolledLine
from bondesk.areas.goods.explosion import natural_key
from bondesk.areas.goods.part import Part
from bondesk.base.columns import Code10, Code18, Code32, ConsumptionQty, Percent
from bondesk.base.documents import DocumentType, LineTable, group
from bondesk.base.facts import Facts
from bondesk.base.fields import shown
from bondesk.base.findings import Finding, error
from bondesk.base.records import Line, Record, belongs_to
from bondesk.base.workbooks import SheetPlan, WorkbookPlan, may, must

_FULL = Decimal(100)


class Bom(Record):
    """One ERP BOM: a product or semi-product part and an ERP version.

    ``filed_version`` is the 单耗版本号 the roll-up wrote back for book ``filed_record_no``.
    """

    __tablename__ = "bom"
    __table_args__ = (Index("ix_bom_key", "company_id", "product_part_no", "bom_version", unique=True),)

    product_part_no: Mapped[Code32] = shown("成品料号", reference="part", required=True, width=16)
    bom_version: Mapped[Code32] = shown("BOM版本", required=True)
    filed_version: Mapped[Code10] = shown("备案版本号", readonly=True, help="生成单损耗时回写")
    filed_record_no: Mapped[Code18] = shown("备案号", readonly=True)
    lines: Mapped[list[BomLine]] = relationship(
        cascade="all, delete-orphan", order_by="BomLine.line_no", passive_deletes=True
    )


class BomLine(Line):
    """One material of a BOM: net consumption per ERP unit of the product, in ERP units of the material."""

    __tablename__ = "bom_line"
    __table_args__ = (
        *belongs_to("bom", "bom_line"),
        Index("ix_bom_line_material", "company_id", "material_part_no"),
    )

    material_part_no: Mapped[Code32] = shown("料件料号", reference="part", required=True, width=16)
    net: Mapped[ConsumptionQty] = shown("净耗", required=True)
    tangible: Mapped[Percent] = shown("有形损耗率", help="%", default=Decimal(0))
    intangible: Mapped[Percent] = shown("无形损耗率", help="%", default=Decimal(0))
    bonded: Mapped[Percent] = shown("保税料件比例", help="%；空 = 100", default=_FULL)


def derive_bom(bom: Bom, facts: Facts) -> None:
    """Fill the rates left empty: losses 0, bonded share 100 (BOM-05); drop the filed version of changed lines."""
    for line in bom.lines:
        line.tangible = Decimal(0) if line.tangible is None else line.tangible
        line.intangible = Decimal(0) if line.intangible is None else line.intangible
        line.bonded = _FULL if line.bonded is None else line.bonded
    if bom.filed_version and _lines_changed(bom, facts):
        bom.filed_version = bom.filed_record_no = ""


def _lines_changed(bom: Bom, facts: Facts) -> bool:
    """Tell whether the lines are others than those the filed version was written back for."""
    state = inspect(bom, raiseerr=False)
    if state is not None and state.persistent:
        return state.attrs.lines.history.has_changes() or any(inspect(line).modified for line in bom.lines)
    stored = facts.index(Bom, Bom.product_part_no, Bom.bom_version).get((bom.product_part_no, bom.bom_version))
    return stored is not None and set(rolled(stored).lines) != set(rolled(bom).lines)


def parts_known(bom: Bom, facts: Facts) -> Iterator[Finding]:
    """IMP-05: product and materials are parts."""
    parts = facts.index(Part, Part.part_no)
    if bom.product_part_no not in parts:
        yield error("IMP-05", f"成品料号 {bom.product_part_no} 不在料号档案中", "product_part_no")
    for position, line in enumerate(bom.lines):
        if line.material_part_no not in parts:
            yield error(
                "IMP-05",
                f"料件料号 {line.material_part_no} 不在料号档案中",
                "material_part_no",
                position,
                table="lines",
            )


def rates_possible(bom: Bom, _facts: Facts) -> Iterator[Finding]:
    """BOM-03, BOM-04, BOM-05 per line; BOM-07 for a BOM without lines."""
    if not bom.lines:
        yield error("BOM-07", "BOM 没有料件行", "bom_version")
    for position, line in enumerate(bom.lines):
        yield from consumption_findings(line.net, line.tangible, line.intangible, line.bonded, position)


def consumption_findings(
    net: Decimal, tangible: Decimal, intangible: Decimal, bonded: Decimal, position: int
) -> Iterator[Finding]:
    """Say what makes one consumption line impossible (handbook 3.4); ``position`` is its 0-based line."""
    if net is None or net <= 0:
        yield error("BOM-04", "净耗须大于0", "net", position, table="lines")
    if tangible < 0 or intangible < 0:
        yield error("BOM-03", "损耗率不能小于0", "tangible", position, table="lines")
    elif tangible + intangible >= _FULL:
        text = f"有形损耗率与无形损耗率之和须小于100，现为 {tangible.normalize():f}+{intangible.normalize():f}"
        yield error("BOM-03", text, "tangible", position, table="lines")
    if not 0 <= bonded <= _FULL:
        yield error("BOM-05", "保税料件比例须在0与100之间", "bonded", position, table="lines")


def no_cycle(bom: Bom, facts: Facts) -> Iterator[Finding]:
    """BOM-02: the lines of this BOM that close a circle, with its path (components' newest versions)."""
    boms = facts.groups(Bom, Bom.product_part_no)
    for position, line in enumerate(bom.lines):
        path = _path_back(line.material_part_no, bom.product_part_no, boms)
        if path:
            text = f"BOM循环：{' → '.join((bom.product_part_no, *path))}"
            yield error("BOM-02", text, "material_part_no", position, table="lines")


def _path_back(start: str, goal: str, boms: Mapping[str, Sequence[Bom]]) -> tuple[str, ...]:
    """Return the parts from ``start`` down to ``goal``, or () when ``goal`` is not inside ``start``."""
    seen: set[str] = set()
    stack: list[tuple[str, ...]] = [(start,)]
    while stack:
        path = stack.pop()
        if path[-1] == goal:
            return path
        if path[-1] in seen or path[-1] not in boms:
            continue
        seen.add(path[-1])
        newest = max(boms[path[-1]], key=lambda bom: natural_key(bom.bom_version))
        stack.extend((*path, line.material_part_no) for line in newest.lines)
    return ()


def rolled(bom: Bom) -> RolledBom:
    """Return the BOM as the roll-up takes it."""
    lines = tuple(
        RolledLine(line.material_part_no, line.net, line.tangible, line.intangible, line.bonded) for line in bom.lines
    )
    return RolledBom(bom.product_part_no, bom.bom_version, lines)


BOM = DocumentType(
    key="bom",
    title="企业成品耗用",
    area="goods",
    header=Bom,
    number=(Bom.product_part_no, Bom.bom_version),
    list_columns=(Bom.product_part_no, Bom.bom_version, Bom.filed_version, Bom.filed_record_no),
    form=(group("BOM", Bom.product_part_no, Bom.bom_version, Bom.filed_version, Bom.filed_record_no),),
    lines=(
        LineTable(
            "lines",
            "料件",
            Bom.lines,
            (BomLine.material_part_no, BomLine.net, BomLine.tangible, BomLine.intangible, BomLine.bonded),
        ),
    ),
    derive=derive_bom,
    rules=(parts_known, rates_possible, no_cycle),
    workbook=WorkbookPlan(
        "企业成品耗用",
        (
            SheetPlan(
                "企业成品耗用",
                (
                    must(BomLine.material_part_no),
                    must(BomLine.net),
                    may(BomLine.tangible),
                    may(BomLine.intangible),
                    may(BomLine.bonded),
                ),
                part="lines",
                head=(must(Bom.product_part_no), must(Bom.bom_version)),
            ),
        ),
    ),
    help="ERP 的成品 BOM（可多级）。生成单损耗时展开到料件并回写备案版本号。",
)
