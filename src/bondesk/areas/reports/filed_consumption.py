"""Report 11 单耗备案清单: what is filed of every product version, with marks and dates (handbook 16)."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from bondesk.areas.accounts.book_model import CONSUMPTION_STATES, ENTERPRISE_MARKS
from bondesk.areas.reports.book_rows import consumption_row
from bondesk.areas.reports.chosen_books import OpenedBook, choice_name, names_of, nothing_explained, over_books
from bondesk.base.change import ROW_MARKS
from bondesk.base.columns import Kind
from bondesk.base.findings import Finding
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable
from bondesk.base.steps import Progress
from bondesk.ledger.books import LedgerWork


@dataclass(frozen=True, slots=True)
class FiledConsumptionOptions:
    """Which product and version."""

    record_no: str = option("备案号", "", reference="account handbook", help="空 = 全部账册")
    product_no: int | None = option("成品序号", None, help="空 = 全部成品")
    uc_version: str = option("单耗版本号", "", help="空 = 全部版本")
    material_no: int | None = option("料件序号", None, help="空 = 全部料件")


COLUMNS = (
    ReportColumn("record_no", "备案号", Kind.CODE, 14),
    ReportColumn("product_no", "成品序号", Kind.INTEGER, 8),
    ReportColumn("product_name", "成品名称", Kind.TEXT, 18),
    ReportColumn("uc_version", "单耗版本号", Kind.CODE, 10),
    ReportColumn("material_no", "料件序号", Kind.INTEGER, 8),
    ReportColumn("material_name", "料件名称", Kind.TEXT, 18),
    ReportColumn("net", "净耗", Kind.CONSUMPTION, 14),
    ReportColumn("tangible", "有形损耗率%", Kind.PERCENT, 12),
    ReportColumn("intangible", "无形损耗率%", Kind.PERCENT, 12),
    ReportColumn("bonded", "保税料件比例%", Kind.PERCENT, 12),
    ReportColumn("unit_consumption", "单耗", Kind.CONSUMPTION, 14),
    ReportColumn("row_mark", "修改标志", Kind.TEXT, 8),
    ReportColumn("declared_state", "单耗申报状态", Kind.TEXT, 10),
    ReportColumn("enterprise_mark", "企业执行标志", Kind.TEXT, 10),
    ReportColumn("valid_to", "单耗有效期", Kind.DATE, 12),
    ReportColumn("approved_on", "备案批准日期", Kind.DATE, 12),
    ReportColumn("changed_on", "变更批准日期", Kind.DATE, 12),
)


def run(work: LedgerWork, options: FiledConsumptionOptions) -> Generator[Progress, None, ReportTable]:
    """Return the filed rows by product, version and material."""

    def rows_of(opened: OpenedBook) -> Iterator[ReportRow | Finding]:
        book = opened.book
        products, materials = names_of(book.products), names_of(book.materials)
        for row in sorted(book.consumptions, key=lambda one: (one.product_no, one.uc_version, one.material_no)):
            wanted = (
                options.product_no in (None, row.product_no)
                and options.uc_version in ("", row.uc_version)
                and options.material_no in (None, row.material_no)
            )
            if not wanted:
                continue
            values = (
                book.record_no,
                row.product_no,
                products.get(row.product_no, ""),
                row.uc_version,
                row.material_no,
                materials.get(row.material_no, ""),
                row.net,
                row.tangible,
                row.intangible,
                row.bonded,
                row.unit_consumption,
                choice_name(ROW_MARKS, row.row_mark),
                choice_name(CONSUMPTION_STATES, row.declared_state),
                choice_name(ENTERPRISE_MARKS, row.enterprise_mark),
                row.valid_to,
                book.approved_on,
                book.changed_on,
            )
            key = opened.key(f"{row.product_no}#{row.uc_version}#{row.material_no}")
            yield consumption_row(key, values, book, row)

    return (yield from over_books(work, options, rows_of, counted=False))


FILED_CONSUMPTION = Report(
    key="filed_consumption",
    title="单耗备案清单",
    columns=COLUMNS,
    run=run,
    explain=nothing_explained(COLUMNS),
    options=FiledConsumptionOptions,
    help="账册已备案的单损耗：成品 × 版本 × 料件，附修改标志、申报状态与日期。",
)
