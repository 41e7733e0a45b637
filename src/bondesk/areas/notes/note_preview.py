"""What the wizard shows of notes to be: the notes, their lines, and of any two source lines why they met or did not."""

from __future__ import annotations

from collections.abc import Sequence

from bondesk.areas.notes.note_options import Turned
from bondesk.areas.notes.shares import SourceShare, SplitOptions
from bondesk.areas.notes.split_keys import note_key, why_apart
from bondesk.areas.notes.splitting import SplitResult
from bondesk.base.findings import Finding
from bondesk.base.numbers import plain
from bondesk.base.steps import Pairs, Preview, Table

_NOTES = ("清单", "进出口", "监管方式", "单据号", "客户供应商", "币制", "项数", "报关单项数", "为什么成为一份")
_LINES = ("清单", "序号", "备案序号", "料号", "商品名称", "申报数量", "总价", "币制", "来源行数", "为什么合并")
_SOURCES = ("单据号", "行号", "料号", "商品名称", "数量", "总价", "币制", "清单", "序号")


def preview_of(
    result: SplitResult, options: SplitOptions, turned: Turned, findings: Sequence[Finding], whose: str
) -> Preview:
    """Return the preview of one split; ``whose`` says for which partner, "" when for all."""
    title = f"{whose}：" if whose else ""
    return Preview(
        "preview",
        f"{title}将生成 {len(result.notes)} 份清单",
        (Table("清单", _NOTES, _notes(result)), Table("表体", _LINES, _lines(result))),
        (*findings, *result.findings),
        options=turned,
        pairs=_pairs(result, options),
    )


def _notes(result: SplitResult) -> tuple[tuple[object, ...], ...]:
    rows = []
    for number, draft in enumerate(result.notes, 1):
        key = draft.key
        rows.append(
            (
                number,
                "进口" if key.ie_flag == "I" else "出口",
                key.supervision_mode,
                key.document_no or "",
                key.partner or "",
                key.currency or "",
                len(draft.lines),
                draft.declaration_lines,
                draft.why,
            )
        )
    return tuple(rows)


def _lines(result: SplitResult) -> tuple[tuple[object, ...], ...]:
    return tuple(
        (
            number,
            position,
            line.item_no,
            line.part_no,
            line.name,
            f"{plain(line.dcl_qty)} {line.dcl_unit.name}",
            line.total,
            line.currency,
            len(line.shares),
            line.why,
        )
        for number, draft in enumerate(result.notes, 1)
        for position, line in enumerate(draft.lines, 1)
    )


def _pairs(result: SplitResult, options: SplitOptions) -> Pairs:
    placed = [
        (share, number, position)
        for number, draft in enumerate(result.notes, 1)
        for position, line in enumerate(draft.lines, 1)
        for share in line.shares
    ]
    whys = {
        (number, position): line.why
        for number, draft in enumerate(result.notes, 1)
        for position, line in enumerate(draft.lines, 1)
    }
    notes = [draft.why for draft in result.notes]

    def why(first: int, second: int) -> str:
        (a, note_a, line_a), (b, note_b, line_b) = placed[first], placed[second]
        if (note_a, line_a) == (note_b, line_b):
            return f"{_where(a, note_a, line_a)}。{whys[note_a, line_a]}"
        apart = why_apart(a, b, options)
        if note_a == note_b:
            apart = f"同在第 {note_a} 份清单。{apart}"
        elif note_key(a, options) == note_key(b, options):
            limits = f"不在同一份清单：拆单条件相同，只因行数或项数限制而分开（第 {note_b} 份：{notes[note_b - 1]}）"
            apart = f"{limits}；{apart}" if apart else limits
        return f"{_where(a, note_a, line_a)}，{_where(b, note_b, line_b)}。{apart}"

    rows = tuple(
        (
            share.document_no,
            share.line_no,
            share.part_no,
            share.name,
            share.quantity,
            share.total,
            share.currency,
            number,
            position,
        )
        for share, number, position in placed
    )
    return Pairs(Table("合在一起还是分开", _SOURCES, rows), why)


def _where(share: SourceShare, note: int, line: int) -> str:
    return f"{share.source}在第 {note} 份清单第 {line} 项"
