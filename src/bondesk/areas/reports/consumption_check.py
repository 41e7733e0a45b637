"""Report 10 单耗核对表: the filed consumption beside the enterprise's own BOM rolled up to items (handbook 16)."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bondesk.areas.accounts.book_reading import filed_of
from bondesk.areas.goods import bom as erp
from bondesk.areas.goods.factory import factory_of
from bondesk.areas.goods.rollup import ItemConsumption
from bondesk.areas.reports.book_rows import consumption_row, filed_rows
from bondesk.areas.reports.chosen_books import (
    VERSION_KEY,
    OpenedBook,
    explained_title,
    names_of,
    no_row,
    over_books,
    version_book,
)
from bondesk.base.columns import Kind
from bondesk.base.explanation import Explanation
from bondesk.base.findings import Finding, note
from bondesk.base.numbers import half_up, plain
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable
from bondesk.base.steps import Progress
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.consumption import Consumption

ZERO = Decimal(0)
_C = Kind.CONSUMPTION


@dataclass(frozen=True, slots=True)
class ConsumptionCheckOptions:
    """Which product, and whether agreeing rows are shown."""

    record_no: str = option("备案号", "", reference="account handbook", help="空 = 全部账册")
    product_no: int | None = option("成品序号", None, help="空 = 全部成品")
    differing: bool = option("只看有差异的行", True)


COLUMNS = (
    ReportColumn("record_no", "备案号", Kind.CODE, 14),
    ReportColumn("product_no", "成品序号", Kind.INTEGER, 8),
    ReportColumn("product_name", "成品名称", Kind.TEXT, 18),
    ReportColumn("uc_version", "单耗版本号", Kind.CODE, 10),
    ReportColumn("bom", "企业BOM", Kind.TEXT, 22),
    ReportColumn("material_no", "料件序号", Kind.INTEGER, 8),
    ReportColumn("material_name", "料件名称", Kind.TEXT, 18),
    ReportColumn("filed", "备案单耗", _C, 14, explained=True),
    ReportColumn("own", "企业BOM单耗", _C, 14, explained=True),
    ReportColumn("difference", "差异", _C, 14),
    ReportColumn("rate", "差异率%", Kind.PERCENT, 12),
    ReportColumn("word", "结论", Kind.TEXT, 14),
)


@dataclass(frozen=True, slots=True)
class _Compared:
    """One material of a product version on both sides; ``bom`` is "" where no BOM was filed under the version."""

    product_no: int
    version: str
    material_no: int
    bom: str
    filed: Consumption | None
    own: ItemConsumption | None

    @property
    def key(self) -> str:
        """Name the row."""
        return f"{self.product_no}#{self.version}#{self.material_no}"

    @property
    def values(self) -> tuple[Any, ...]:
        """Return the figures and the word."""
        filed = self.filed.unit_consumption if self.filed else ZERO
        own = self.own.unit_consumption if self.own else ZERO
        if not self.bom:
            return (filed, None, None, None, "没有对应的企业BOM")
        gap = own - filed
        rate = half_up(Fraction(gap) * 100 / Fraction(filed), 4) if filed else None
        word = "一致" if gap == 0 else "只在企业BOM" if not self.filed else "只在备案" if not self.own else "不一致"
        return (filed, own, gap, rate, word)


def _compare(opened: OpenedBook) -> Iterator[_Compared | Finding]:
    facts, filed = opened.work.facts, filed_of(opened.book)
    factory = factory_of(facts, opened.record_no)
    stored = facts.index(erp.Bom, erp.Bom.product_part_no, erp.Bom.bom_version)
    chosen = [
        bom
        for boms in factory.boms.values()
        for bom in boms
        if (one := stored.get((bom.product, bom.version))) is not None and one.filed_version
    ]
    rolled = factory.roll_up(chosen)
    yield from rolled.findings
    boms: dict[tuple[int, str], list[Any]] = {}
    for result in rolled.results:
        version = stored[result.product, result.bom_version].filed_version
        boms.setdefault((result.product_item, version), []).append(result)
    versions = {(row.product_no, row.uc_version) for row in opened.book.consumptions if row.row_mark != "2"}
    for product, version in sorted(versions):
        rows = {row.material_no: row for row in filed.of((product, version))}
        for result in boms.get((product, version), [None]):
            own = {line.item_no: line for line in result.lines} if result else {}
            name = f"{result.product} {result.bom_version}" if result else ""
            for material in sorted(rows.keys() | own.keys()):
                yield _Compared(product, version, material, name, rows.get(material), own.get(material))


def run(work: LedgerWork, options: ConsumptionCheckOptions) -> Generator[Progress, None, ReportTable]:
    """Return a row per product version, BOM and material; RPT-13 when all agree."""

    def rows_of(opened: OpenedBook) -> Iterator[ReportRow | Finding]:
        products, materials = names_of(opened.book.products), names_of(opened.book.materials)
        stored, shown = filed_rows(opened.book), 0
        for one in _compare(opened):
            if isinstance(one, Finding):
                yield one
                continue
            values = one.values
            wanted = options.product_no in (None, one.product_no)
            if not wanted or (options.differing and values[-1] == "一致"):
                continue
            shown += 1
            product, material = products.get(one.product_no, ""), materials.get(one.material_no, "")
            head = (opened.record_no, one.product_no, product, one.version, one.bom, one.material_no, material)
            key = f"{one.key}#{one.bom}" if one.bom else one.key
            filed = stored.get((one.product_no, one.version, one.material_no))
            yield consumption_row(opened.key(key), (*head, *values), opened.book, filed)
        if not shown and options.differing:
            yield note("RPT-13", f"账册 {opened.record_no} 的备案单耗与企业BOM没有差异")

    return (yield from over_books(work, options, rows_of, counted=False))


def explain(work: LedgerWork, options: ConsumptionCheckOptions, row: str, column: str) -> Explanation:
    """Explain both sides by N, T, W and the bonded share."""
    title = explained_title(COLUMNS, column)
    opened, key = version_book(work, options.record_no, row)
    for one in _compare(opened):
        if isinstance(one, _Compared) and key in (one.key, f"{one.key}#{one.bom}"):
            side: Any = one.filed if column == "filed" else one.own
            if side is None:
                return Explanation(title, "0", "这一侧没有该料件")
            parts = (
                Explanation("净耗", plain(side.net)),
                Explanation("有形损耗率", f"{plain(side.tangible)} %"),
                Explanation("无形损耗率", f"{plain(side.intangible)} %"),
                Explanation("保税料件比例", f"{plain(side.bonded)} %"),
            )
            where = "账册备案" if column == "filed" else f"企业BOM {one.bom} 展开到项号"
            reason = f"{where}：净耗 ÷ (1 − 有形 − 无形)"
            return Explanation(title, plain(side.unit_consumption), reason, parts)
    raise no_row(row, VERSION_KEY)


CONSUMPTION_CHECK = Report(
    key="consumption_check",
    title="单耗核对表",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=ConsumptionCheckOptions,
    help="备案单耗与企业成品耗用（按归并关系展开到项号）逐项核对，可只看有差异的行。",
)
