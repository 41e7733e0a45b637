"""假设分析: the figures of 报核 and 短溢表 under up to four assumptions, side by side; nothing is written (0032)."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.accounts.book_reading import approved_books, filed_of, materials_of
from bondesk.areas.declarations.declared_books import books_of
from bondesk.areas.reports.book_rows import item_row
from bondesk.areas.reports.shortage_table import day_of, located, row_key, unit_name
from bondesk.areas.verification.assuming import FIGURES, KINDS, Assumed, assume, checked, overlay_of, words_of
from bondesk.areas.verification.reckoning import SOURCES, Basis, basis_of
from bondesk.areas.verification.shortage_computing import choices_of
from bondesk.areas.verification.shortage_model import ShortageOverage
from bondesk.areas.verification.shortage_reasons import Reasons
from bondesk.areas.verification.verification_model import AccountVerification
from bondesk.base.columns import Kind
from bondesk.base.errors import Refused
from bondesk.base.explanation import Explanation
from bondesk.base.findings import note
from bondesk.base.numbers import plain
from bondesk.base.options import option
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable, known_day
from bondesk.base.steps import Progress
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.consumption import ZERO
from bondesk.ledger.overlay import Overlay

_HOW = "版本写 7:9=10；日期写 2024-03-31；单证写企业内部清单编号，多份用逗号分开"
_NAMES = ("方案一", "方案二", "方案三", "方案四")


@dataclass(frozen=True, slots=True)
class WhatIfOptions:
    """What is looked at, and up to four assumptions."""

    record_no: str = option("备案号", "", reference="account handbook", help="空 = 全部账册")
    day: date | None = option("截止日期", None, help="空 = 最近一次盘点的日期")
    figure: str = option("看哪个数", "D", choices=FIGURES)
    source: str = option("实际库存", "STOCKTAKE", choices=SOURCES)
    kind1: str = option("方案一", "DRAFTS", choices=KINDS)
    text1: str = option("方案一内容", "", help=_HOW)
    kind2: str = option("方案二", "", choices=KINDS)
    text2: str = option("方案二内容", "", help=_HOW)
    kind3: str = option("方案三", "", choices=KINDS)
    text3: str = option("方案三内容", "", help=_HOW)
    kind4: str = option("方案四", "", choices=KINDS)
    text4: str = option("方案四内容", "", help=_HOW)
    stacked: bool = option("逐个叠加", False, help="勾选：每个方案在前面各方案之上；不勾选：各自与现状比较")
    opening_day: date | None = option("期初盘点日期", None, help="仓单滚动库存从这次盘点起算")
    outsourced: bool = option("计入外发库存", True)
    transit: bool = option("计入在途", False)
    direct: bool = option("计入进出口时间差", False)
    domestic: bool = option("内购库存参与分析", False)
    only_changed: bool = option("只看有变化的料件", False)
    known_on: date | None = known_day()


COLUMNS = (
    ReportColumn("record_no", "备案号", Kind.CODE, 14),
    ReportColumn("item_no", "备案序号", Kind.INTEGER, 8),
    ReportColumn("name", "商品名称", Kind.TEXT, 18),
    ReportColumn("unit", "单位", Kind.TEXT, 6),
    ReportColumn("base", "现状", Kind.QUANTITY, 14, explained=True),
    *(
        ReportColumn(f"{key}{place}", f"{name}{word}", Kind.QUANTITY, 14, explained=True)
        for place, name in enumerate(_NAMES, 1)
        for key, word in (("value", ""), ("delta", "增减"))
    ),
)


def overlays_of(options: WhatIfOptions) -> list[tuple[int, Overlay]]:
    """Return the scenarios that are used, by their place (1 to 4)."""
    found: list[tuple[int, Overlay]] = []
    before = Overlay()
    for place, name in enumerate(_NAMES, 1):
        kind, text = getattr(options, f"kind{place}"), getattr(options, f"text{place}")
        if kind:
            overlay = overlay_of(kind, text, name)
            before = overlay = overlay.over(before) if options.stacked else overlay
            found.append((place, overlay))
    return found


def run(work: LedgerWork, options: WhatIfOptions) -> Generator[Progress, None, ReportTable]:
    """Return a row per material: the figure as it is, and under every assumption with the change."""
    books = approved_books(work.facts, options.record_no)
    if not books:
        return ReportTable((), (note("RPT-10", "没有已审批的账册，请先导入或下载账册"),))
    overlays = overlays_of(options)
    rows: list[ReportRow] = []
    for book in books:
        basis = _basis(work, options, book)
        yield Progress(0, len(overlays) + 1, "现状")
        base = assume(work, book, basis, Overlay(), options.figure)
        found = {}
        for done, (place, overlay) in enumerate(overlays, 1):
            yield Progress(done, len(overlays) + 1, _NAMES[place - 1])
            found[place] = _assumed(work, book, basis, overlay, options, place)
        for line in materials_of(book):
            values = _values(line.item_no, base, found)
            if not options.only_changed or any(one for one in values[2::2] if one is not None):
                head = (book.record_no, line.item_no, line.name, unit_name(work.facts, line))
                rows.append(item_row(row_key(books, book, line), (*head, *values), book, line))
    told = [note("WHAT-01", f"{_NAMES[place - 1]}：{words_of(overlay)}") for place, overlay in overlays]
    return ReportTable(tuple(rows), tuple(told or [note("WHAT-01", "没有选择任何方案")]))


def _basis(work: LedgerWork, options: WhatIfOptions, book: Account) -> Basis:
    return basis_of(options, book.record_no, day_of(work.facts, options.day))


def _assumed(
    work: LedgerWork, book: Account, basis: Basis, overlay: Overlay, options: WhatIfOptions, place: int
) -> Assumed:
    checked(overlay, filed_of(book), books_of(work, book), book.record_no, _NAMES[place - 1])
    return assume(work, book, basis, overlay, options.figure)


def _values(item: int, base: Assumed, found: dict[int, Assumed]) -> tuple[Decimal | None, ...]:
    was = base.values.get(item, ZERO)
    values: list[Decimal | None] = [was]
    for place in range(1, len(_NAMES) + 1):
        now = found[place].values.get(item, ZERO) if place in found else None
        values += [now, None if now is None else now - was]
    return tuple(values)


def explain(work: LedgerWork, options: WhatIfOptions, row: str, column: str) -> Explanation:
    """Explain a figure: as it is, and as it would be, each down to vouchers and cells."""
    titles = {entry.key: entry.title for entry in COLUMNS if entry.explained}
    if column not in titles:
        raise Refused(f"报表没有可解释的列 {column}；可用：{'、'.join(titles)}", "RPT-11")
    book, line = located(work, options.record_no, row)
    basis, item, unit = _basis(work, options, book), line.item_no, unit_name(work.facts, line)
    base = assume(work, book, basis, Overlay(), options.figure)
    was = _figure(work, base, options.figure, item, unit)
    if column == "base":
        return was
    place = int(column[-1])
    overlay = dict(overlays_of(options)).get(place)
    if overlay is None:
        raise Refused(f"没有选择{_NAMES[place - 1]}", "RPT-11")
    found = _assumed(work, book, basis, overlay, options, place)
    now = _figure(work, found, options.figure, item, unit)
    told = words_of(overlay)
    if column.startswith("value"):
        return Explanation(f"料件 {item} {titles[column]}", now.value, told, (now,))
    change = plain(found.values[item] - base.values[item])
    parts = (Explanation("假设后", now.value, told, (now,)), Explanation("现状", was.value, "", (was,)))
    return Explanation(f"料件 {item} {titles[column]}", change, f"{now.value} − {was.value}", parts)


def _figure(work: LedgerWork, found: Assumed, figure: str, item: int, unit: str) -> Explanation:
    reasons = Reasons(work, found.reckoned, item, unit, books=found.books)
    match figure:
        case "A":
            return reasons.booked()
        case "B":
            return reasons.counted()
        case "C":
            return reasons.gaps()
        case _:
            return reasons.difference()


def _of_shortage(table: ShortageOverage) -> WhatIfOptions:
    """Look at a 短溢表 with its own choices."""
    return WhatIfOptions(record_no=table.record_no, day=table.day, figure="D", **choices_of(table))


def _of_verification(verification: AccountVerification) -> WhatIfOptions:
    """Look at what a 报核 expects at its cut-off."""
    return WhatIfOptions(record_no=verification.record_no, day=verification.end_date, figure="A")


WHAT_IF = Report(
    key="what_if",
    title="假设分析",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=WhatIfOptions,
    looks_at={"shortage_overage": _of_shortage, "account_verification": _of_verification},
    help="在真实底账之上作假设，最多四个方案并列，看每个料件的账册结存、实际库存、结转差额或差异会变多少；不改任何数据。",
)
