"""What the wizard of general trade shows of declarations to be, and of any two source lines why they met or not."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bondesk.areas.declarations.trade_building import worded
from bondesk.areas.notes.shares import SplitOptions
from bondesk.areas.notes.split_keys import why_apart
from bondesk.areas.notes.splitting import NoteDraft
from bondesk.base.findings import Finding
from bondesk.base.numbers import plain
from bondesk.base.steps import Pairs, Preview, Table

_HEADS = ("报关单", "进出口", "监管方式", "客户供应商", "币制", "总价", "项数", "为什么成为一份")
_GOODS = (
    *("报关单", "项号", "货号", "商品编码", "商品名称", "规格型号", "成交数量"),
    *("单价", "总价", "币制", "来源行数", "为什么合并"),
)
_SOURCES = ("单据号", "行号", "料号", "商品名称", "生成数量", "总价", "币制", "报关单", "项号")


def trade_preview(drafts: Sequence[NoteDraft], options: SplitOptions, findings: Sequence[Finding]) -> Preview:
    """Return the preview: declarations, their lines as they will stand, and the pairs (row 133)."""
    heads: list[tuple[object, ...]] = []
    lines: list[tuple[object, ...]] = []
    for number, draft in enumerate(drafts, 1):
        key = draft.key
        way, total = "进口" if key.ie_flag == "I" else "出口", sum((line.total for line in draft.lines), Decimal(0))
        whose = (number, way, key.supervision_mode, key.partner or "", key.currency or "")
        heads.append((*whose, total, len(draft.lines), worded(draft.why)))
        for place, line in enumerate(draft.lines, 1):
            goods = (line.part_no, line.hs_code, line.name, line.spec, f"{plain(line.dcl_qty)} {line.dcl_unit.name}")
            amounts = (line.price, line.total, line.currency, len(line.shares))
            lines.append((number, place, *goods, *amounts, worded(line.why)))
    tables = (Table("报关单", _HEADS, tuple(heads)), Table("商品", _GOODS, tuple(lines)))
    title = f"将生成 {len(drafts)} 份报关单"
    return Preview("preview", title, tables, tuple(findings), pairs=_pairs(drafts, options))


def _pairs(drafts: Sequence[NoteDraft], options: SplitOptions) -> Pairs:
    placed = [
        (share, number, place, line.why)
        for number, draft in enumerate(drafts, 1)
        for place, line in enumerate(draft.lines, 1)
        for share in line.shares
    ]
    rows = tuple(
        (one.document_no, one.line_no, one.part_no, one.name, one.quantity, one.total, one.currency, number, place)
        for one, number, place, _ in placed
    )

    def why(first: int, second: int) -> str:
        one, number_a, place_a, together = placed[first]
        other, number_b, place_b, _ = placed[second]
        if (number_a, place_a) == (number_b, place_b):
            return worded(together)
        apart = why_apart(one, other, options) or "条件都相同，只因一份报关单最多50项而分开"
        return f"第 {number_a} 份第 {place_a} 项与第 {number_b} 份第 {place_b} 项。{worded(apart)}"

    return Pairs(Table("合在一起还是分开", _SOURCES, rows), why)
