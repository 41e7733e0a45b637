"""BOM版本比较: two versions of a product part by part and item by item, and what the new one would do (row 53).

The old version's exported quantity is what notes carry under its 备案版本号; the difference is what those
exports would have consumed under the new version, set against the present balance of each material.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping
from decimal import Decimal
from typing import Any

from bondesk.areas.goods.explosion import Bom, BomLine
from bondesk.areas.goods.part import Part
from bondesk.areas.reports.bom_comparison import (
    BomDifferenceOptions,
    Compared,
    Effect,
    as_filed,
    compare,
    effects_of,
)
from bondesk.base.columns import Kind
from bondesk.base.errors import Refused
from bondesk.base.explanation import Explanation
from bondesk.base.findings import note
from bondesk.base.numbers import plain
from bondesk.base.reports import Report, ReportColumn, ReportRow, ReportTable
from bondesk.base.steps import Progress
from bondesk.ledger.books import LedgerWork

_C, _P, _Q = Kind.CONSUMPTION, Kind.PERCENT, Kind.QUANTITY
COLUMNS = (
    ReportColumn("level", "层次", Kind.TEXT, 8),
    ReportColumn("number", "料号/料件序号", Kind.TEXT, 18),
    ReportColumn("name", "品名", Kind.TEXT, 18),
    ReportColumn("change", "变化", Kind.TEXT, 8),
    ReportColumn("old_net", "原净耗", _C, 14),
    ReportColumn("new_net", "新净耗", _C, 14),
    ReportColumn("old_tangible", "原有形损耗率", _P, 12),
    ReportColumn("new_tangible", "新有形损耗率", _P, 12),
    ReportColumn("old_intangible", "原无形损耗率", _P, 12),
    ReportColumn("new_intangible", "新无形损耗率", _P, 12),
    ReportColumn("old_bonded", "原保税比例", _P, 12),
    ReportColumn("new_bonded", "新保税比例", _P, 12),
    ReportColumn("old_total", "原单耗", _C, 14),
    ReportColumn("new_total", "新单耗", _C, 14),
    ReportColumn("exported", "原版本已出口", _Q, 14, explained=True),
    ReportColumn("old_usage", "原耗用", _Q, 14, explained=True),
    ReportColumn("new_usage", "按新版本耗用", _Q, 14, explained=True),
    ReportColumn("gap", "耗用差异", _Q, 14, explained=True),
    ReportColumn("balance", "账面结余", _Q, 14),
    ReportColumn("after", "扣除差异后", _Q, 14, explained=True),
    ReportColumn("word", "提示", Kind.TEXT, 10),
)


def run(work: LedgerWork, options: BomDifferenceOptions) -> Generator[Progress, None, ReportTable]:
    """Return the part rows, then the item rows; a side that cannot be rolled up gives its finding."""
    yield Progress(0, 2, "展开两个版本")
    compared = compare(work, options)
    yield Progress(1, 2, "比较")
    rows = [*_part_rows(work, compared), *_item_rows(compared)]
    if options.hide_same:
        rows = [row for row in rows if row.values[3] != "相同"]
    found = compared.findings if rows else (*compared.findings, note("RPT-13", "两个版本没有差异"))
    return ReportTable(tuple(rows), found)


def _part_rows(work: LedgerWork, compared: Compared) -> Iterable[ReportRow]:
    parts = work.facts.index(Part, Part.part_no)
    sides = [_by_part(one) for one in (compared.old, compared.new)]
    for key in sorted(sides[0].keys() | sides[1].keys()):
        old, new = (side.get(key) for side in sides)
        name = parts[key[0]].name if key[0] in parts else ""
        number = key[0] if key[1] == 1 else f"{key[0]}（第{key[1]}行）"
        figures = _figures(old, new, ("net", "tangible", "intangible", "bonded"))
        values = ("料号级", number, name, _word(old, new), *figures, *(None,) * 8, "")
        yield ReportRow(f"料号:{number}", values)


def _by_part(bom: Bom) -> dict[tuple[str, int], BomLine]:
    """Name lines by material, and by their place where a material stands more than once."""
    found: dict[tuple[str, int], BomLine] = {}
    for line in bom.lines:
        place = 1
        while (line.material, place) in found:
            place += 1
        found[line.material, place] = line
    return found


def _figures(old: Any, new: Any, keys: Iterable[str]) -> tuple[Decimal | None, ...]:
    return tuple(getattr(side, key) if side is not None else None for key in keys for side in (old, new))


def _word(old: Any, new: Any) -> str:
    if old is None:
        return "增加"
    if new is None:
        return "取消"
    return "相同" if old == new else "改变"


def _item_rows(compared: Compared) -> Iterable[ReportRow]:
    for effect in effects_of(compared):
        old, new = effect.old, effect.new
        figures = _figures(old, new, ("net", "tangible", "intangible", "bonded", "unit_consumption"))
        values = (
            "项号级", str(effect.item_no), compared.names.get(effect.item_no, ""), _word(old, new), *figures,
            compared.exported, effect.old_usage, effect.new_usage, effect.gap, effect.balance, effect.after,
            "结余不足" if effect.short else "",
        )  # fmt: skip
        yield ReportRow(f"料件:{effect.item_no}", values)


def explain(work: LedgerWork, options: BomDifferenceOptions, row: str, column: str) -> Explanation:
    """Explain a figure of an item row (``料件:13``) down to the notes that exported the old version."""
    titles = {entry.key: entry.title for entry in COLUMNS if entry.explained}
    if column not in titles:
        raise Refused(f"报表没有可解释的列 {column}；可用：{'、'.join(titles)}", "RPT-11")
    compared = compare(work, options)
    effect = next((one for one in effects_of(compared) if row == f"料件:{one.item_no}"), None)
    if effect is None:
        raise Refused(f"报表没有可解释的行 {row}（写法：料件:序号）", "RPT-11")
    return _EXPLAINED[column](work, compared, effect, f"料件 {effect.item_no} {titles[column]}")


_MOST_NOTES = 100


def _explain_exported(work: LedgerWork, compared: Compared, _effect: Effect, title: str) -> Explanation:
    parts = []
    for one in compared.exports[:_MOST_NOTES]:
        trace = work.trace("bonded_note", one.line_id)
        what = f"{one.business_date} 核注清单 {one.document_no} 第{one.line_no}项"
        parts.append(Explanation(what, plain(one.signed), f"监管方式 {one.mode}", (trace,) if trace else ()))
    more = f"，列出前 {_MOST_NOTES} 笔" if len(compared.exports) > _MOST_NOTES else ""
    reason = f"备案版本 {compared.filed_version or '空'} 已核扣的出口，共 {len(compared.exports)} 笔{more}"
    return Explanation(title, plain(compared.exported), reason, tuple(parts))


def _explain_usage(side: str) -> Callable[[LedgerWork, Compared, Effect, str], Explanation]:
    def explained(work: LedgerWork, compared: Compared, effect: Effect, title: str) -> Explanation:
        line = effect.old if side == "old" else effect.new
        row = as_filed(line) if side == "new" else compared.filed.get(effect.item_no) or as_filed(line)
        value = effect.old_usage if side == "old" else effect.new_usage
        reason = "该版本不用此料件"
        if row is not None:
            reason = f"{plain(compared.exported)} × 单耗 {plain(row.unit_consumption)} × 保税比例 {plain(row.bonded)}%"
        return Explanation(title, plain(value), reason, (_explain_exported(work, compared, effect, "原版本已出口"),))

    return explained


def _explain_gap(work: LedgerWork, compared: Compared, effect: Effect, title: str) -> Explanation:
    parts = tuple(
        _explain_usage(side)(work, compared, effect, word)
        for side, word in (("new", "按新版本耗用"), ("old", "原耗用"))
    )
    return Explanation(title, plain(effect.gap), f"{plain(effect.new_usage)} − {plain(effect.old_usage)}", parts)


def _explain_after(work: LedgerWork, compared: Compared, effect: Effect, title: str) -> Explanation:
    if effect.balance is None or effect.after is None:
        return Explanation(title, "", f"料件 {effect.item_no} 不在账册中")
    reason = f"账面结余 {plain(effect.balance)} − 耗用差异 {plain(effect.gap)}"
    return Explanation(title, plain(effect.after), reason, (_explain_gap(work, compared, effect, "耗用差异"),))


_EXPLAINED: Mapping[str, Callable[[LedgerWork, Compared, Effect, str], Explanation]] = {
    "exported": _explain_exported,
    "old_usage": _explain_usage("old"),
    "new_usage": _explain_usage("new"),
    "gap": _explain_gap,
    "after": _explain_after,
}

BOM_DIFFERENCE = Report(
    key="bom_difference",
    title="BOM版本比较",
    columns=COLUMNS,
    run=run,
    explain=explain,
    options=BomDifferenceOptions,
    area="goods",
    help="比较一个成品的两个BOM版本：料号级增减、项号级单耗，以及已出口数量改按新版本的耗用差异与结余影响。",
)
