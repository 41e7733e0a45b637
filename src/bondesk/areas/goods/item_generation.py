"""生成归并: a merged item and a map row for every part that has none yet, one to one (handbook 2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from bondesk.areas.codes.customs_code import units_of
from bondesk.areas.goods.consolidation_map import ConsolidationMap
from bondesk.areas.goods.hs_known import KNOWN
from bondesk.areas.goods.merged_item import GOODS_FLAGS, MergedItem
from bondesk.areas.goods.part import Part, convertible, declared_price, hs_code_known, unit_known
from bondesk.base.errors import Refused
from bondesk.base.facts import Facts, Work
from bondesk.base.findings import Finding, error, errors_in
from bondesk.base.options import option
from bondesk.base.steps import Choose, Outcome, Preview, Progress, Script, Steps, Table

_BATCH = 500


@dataclass(frozen=True, slots=True)
class GenerateMergedItems:
    """Which parts become items."""

    goods_flag: str = option("物料类型", "I", choices=GOODS_FLAGS)


def generate_merged_items(work: Work, options: GenerateMergedItems, _selected: Sequence[int]) -> Steps:
    """Make items for the unmapped parts of one goods kind; a second run finds nothing to make.

    Parts that cannot be mapped are listed; rows selected in the map say nothing about parts without one.
    """
    word = dict(GOODS_FLAGS)[options.goods_flag]
    yield Progress(0, 3, f"查找未归并的{word}")
    parts = unmapped_parts(work, options.goods_flag)
    if not parts:
        return Outcome(f"没有未归并的{word}，不需要生成")
    fit, refused = _sorted_out(work.facts, parts)
    if not fit:
        raise Refused(refused)
    chosen = set((yield _choose(fit, word, work.facts)))
    fit = [part for part in fit if part.id in chosen]
    if not fit:
        return Outcome("没有选择料号，没有生成", findings=tuple(refused))
    first = next_merge_no(work, options.goods_flag)
    items = [item_of(part, options.goods_flag, first + place) for place, part in enumerate(fit)]
    if not (yield _preview(items, word, refused, work.facts)):
        return Outcome("已取消，没有生成")
    rows = [_row_of(part, item) for part, item in zip(fit, items, strict=True)]
    for start in range(0, len(items), _BATCH):
        yield Progress(start, len(items), f"生成 {start}/{len(items)} 项")
        work.session.add_all([*items[start : start + _BATCH], *rows[start : start + _BATCH]])
        work.session.flush()
    text = f"已生成归并后{word} {len(items)} 项（序号 {first}～{first + len(items) - 1}）及其归并关系"
    text += f"，{len(parts) - len(fit)} 个料号没有生成" if len(parts) > len(fit) else ""
    changed = {"merged_item": [one.id for one in items], "consolidation_map": [row.id for row in rows]}
    return Outcome(text, changed, tuple(refused), (_items_table(items, work.facts),))


def unmapped_parts(work: Work, goods_flag: str) -> list[Part]:
    """Return the active parts of a kind without an active map row, in part order."""
    statement = select(ConsolidationMap.part_no).where(
        ConsolidationMap.company_id == work.company_id,
        ConsolidationMap.goods_flag == goods_flag,
        ConsolidationMap.active.is_(True),
    )
    mapped = set(work.session.scalars(statement))
    parts = [
        part for part in work.facts.find(Part, goods_kind=goods_flag) if part.active and part.part_no not in mapped
    ]
    return sorted(parts, key=lambda part: part.part_no)


def next_merge_no(work: Work, goods_flag: str) -> int:
    """Return the highest merge number of a kind, in items and in the map, plus one."""
    numbers = [0]
    for column, model in ((MergedItem.merge_no, MergedItem), (ConsolidationMap.merge_no, ConsolidationMap)):
        statement = select(column).where(model.company_id == work.company_id, model.goods_flag == goods_flag)
        numbers += work.session.scalars(statement)
    return max(numbers) + 1


def item_of(part: Part, goods_flag: str, merge_no: int) -> MergedItem:
    """Return the merged item of one part: code, name, spec, units, price, currency, country, duty mode (2.2)."""
    known = {key: getattr(part, key) or "" for key in (*KNOWN, "hs_seen")}
    return MergedItem(
        merge_no=merge_no,
        goods_flag=goods_flag,
        hs_code=part.hs_code,
        name=part.name,
        spec=part.spec or "",
        part_no=part.part_no,
        dcl_unit=part.dcl_unit,
        legal_unit1=part.legal_unit1 or "",
        legal_unit2=part.legal_unit2 or "",
        price=declared_price(part),
        currency=part.currency or "",
        duty_mode=part.duty_mode or "",
        origin=(part.origin if goods_flag == "I" else part.destination) or "",
        main_mark="",
        **known,
    )


def _row_of(part: Part, item: MergedItem) -> ConsolidationMap:
    return ConsolidationMap(
        part_no=part.part_no, goods_flag=item.goods_flag, merge_no=item.merge_no, record_no="", active=True
    )


def _sorted_out(facts: Facts, parts: Sequence[Part]) -> tuple[list[Part], list[Finding]]:
    """Tell the parts that can be mapped from the reasons why the others cannot."""
    fit, refused = [], []
    for part in parts:
        problems = errors_in(_problems(part, facts))
        if problems:
            refused += [error(one.code, f"料号 {part.part_no}：{one.text}", one.field) for one in problems]
        else:
            fit.append(part)
    return fit, refused


def _problems(part: Part, facts: Facts) -> list[Finding]:
    found = [*unit_known(part, facts), *hs_code_known(part, facts), *convertible(part, facts)]
    if part.conv_factor is None and part.unit_weight is None:
        found.append(error("MAP-03", "单重与转换率至少填一项，才能归并", "conv_factor"))
    return found


def _unit(code: str, facts: Facts) -> str:
    unit = units_of(facts).get(code)
    return str(unit) if unit is not None else code


def _choose(parts: Sequence[Part], word: str, facts: Facts) -> Choose:
    headings = ("料号", "品名", "规格型号", "商品编码", "申报单位", "币制", "参考单价")
    rows = tuple(
        (part.part_no, part.name, part.spec, part.hs_code, _unit(part.dcl_unit, facts), part.currency, part.ref_price)
        for part in parts
    )
    ids = tuple(part.id for part in parts)
    return Choose("parts", Table(f"未归并的{word}", headings, rows), ids, ids)


def _items_table(items: Sequence[MergedItem], facts: Facts) -> Table:
    headings = ("归并序号", "料号", "商品编码", "品名", "规格型号", "申报单位", "法定单位", "单价", "币制", "征免方式")
    rows = tuple(
        (
            item.merge_no,
            item.part_no,
            item.hs_code,
            item.name,
            item.spec,
            _unit(item.dcl_unit, facts),
            " / ".join(_unit(code, facts) for code in (item.legal_unit1, item.legal_unit2) if code),
            item.price,
            item.currency,
            item.duty_mode,
        )
        for item in items
    )
    return Table("归并后项目", headings, rows)


def _preview(items: Sequence[MergedItem], word: str, refused: Sequence[Finding], facts: Facts) -> Preview:
    title = f"将生成归并后{word} {len(items)} 项，一料号一项"
    return Preview("preview", title, (_items_table(items, facts),), tuple(refused))


GENERATE_MERGED_ITEMS = Script(
    key="generate_merged_items",
    title="生成归并",
    document="consolidation_map",
    run=generate_merged_items,
    options=GenerateMergedItems,
    help="料号级管理：每个未归并的料号生成一项归并后料件或成品和一条归并关系；重复执行不会重复生成。",
)
