"""What the wizard shows of declarations to be made from notes: heads, lines, and why note lines met or did not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bondesk.areas.declarations.note_grouping import Grouping, apart, near_misses
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.base.findings import Finding
from bondesk.base.numbers import plain
from bondesk.base.steps import Pairs, Preview, Table

_GOODS = (
    *("报关单", "项号", "备案序号", "商品编码", "商品名称", "成交数量"),
    *("单价", "总价", "币制", "清单行数", "为什么成为一项"),
)


@dataclass(frozen=True, slots=True)
class Declared:
    """A note that can be declared, with the lines its declaration gets."""

    document: BondedNote
    grouping: Grouping


def note_preview(made: Sequence[Declared], findings: Sequence[Finding]) -> Preview:
    """Return the preview of one run."""
    heads, lines, misses = [], [], []
    for number, one in enumerate(made, 1):
        document, groups = one.document, one.grouping.groups
        way = "进口" if document.ie_flag == "I" else "出口"
        heads.append((number, document.bond_no, way, document.supervision_mode, len(document.lines), len(groups)))
        for place, group in enumerate(groups, 1):
            values = group.values()
            quantity = f"{plain(values['dcl_qty'])} {values['dcl_unit']}"
            amounts = (values["price"], values["total"], values["currency"])
            goods = (values["item_no"], values["hs_code"], values["name"])
            lines.append((number, place, *goods, quantity, *amounts, len(group.lines), group.why))
        misses += [(number, a, b, why) for a, b, why in near_misses(groups, document.ie_flag)]
    tables = [
        Table("报关单", ("报关单", "清单编号", "进出口", "监管方式", "清单行数", "商品项数"), tuple(heads)),
        Table(
            "商品",
            (
                "报关单",
                "项号",
                "备案序号",
                "商品编码",
                "商品名称",
                "成交数量",
                "单价",
                "总价",
                "币制",
                "清单行数",
                "为什么成为一项",
            ),
            tuple(lines),
        ),
    ]
    if misses:
        tables.append(Table("编码相同而没有合并", ("报关单", "项号", "项号", "为什么没有合并"), tuple(misses)))
    title = f"将生成 {len(made)} 份报关单"
    return Preview("preview", title, tuple(tables), tuple(findings), pairs=_pairs(made))


def _pairs(made: Sequence[Declared]) -> Pairs:
    """Let any two note lines be asked why they are one item or not."""
    placed = [
        (one, line, place, group)
        for one in made
        for place, group in enumerate(one.grouping.groups, 1)
        for line in group.lines
    ]
    words = "清单编号 行号 备案序号 料号 商品名称 币制 报关单项号"
    rows = tuple(
        (one.document.bond_no, line.line_no, line.item_no, line.part_no, line.name, line.currency, place)
        for one, line, place, _ in placed
    )

    def why(first: int, second: int) -> str:
        one, _, place_a, group = placed[first]
        other, _, place_b, another = placed[second]
        if one is not other:
            return "不在同一份清单：每份清单各生成一份报关单"
        if group is another:
            return group.why
        reason = apart(group.key, another.key, one.document.ie_flag) or "报关单商品序号指定为不同的项"
        return f"在第 {place_a} 项与第 {place_b} 项：{reason}"

    return Pairs(Table("合在一起还是分开", tuple(words.split()), rows), why)
