"""Checks of parts, consolidation and consumption before anything is declared with them (handbook 2, 3)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import and_, func, select

from bondesk.areas.goods.bom import Bom, BomLine
from bondesk.areas.goods.consolidation_map import ConsolidationMap
from bondesk.areas.goods.merged_item import MergedItem
from bondesk.areas.goods.part import Part
from bondesk.areas.goods.rollup import unit_consumption
from bondesk.areas.goods.unit_consumption import UnitConsumption, UnitConsumptionLine
from bondesk.base.checks import Breach, Check
from bondesk.base.facts import Work
from bondesk.base.numbers import plain


def _one_merge_no(work: Work) -> Iterator[Breach]:
    """MAP-01 of all that is stored: one active merge number per part and book."""
    row = ConsolidationMap
    key = (row.part_no, row.goods_flag, row.record_no)
    statement = select(*key, func.count(row.merge_no.distinct()), func.min(row.id))
    active = statement.where(row.company_id == work.company_id, row.active.is_(True))
    for part_no, _flag, record_no, times, first in work.session.execute(
        active.group_by(*key).having(func.count(row.merge_no.distinct()) > 1)
    ):
        book = f"（账册 {record_no}）" if record_no else ""
        yield Breach(f"料号 {part_no}{book} 有效归并到 {times} 个归并序号", "consolidation_map", first, part_no)


def _mapped_items(work: Work) -> Iterator[Breach]:
    """Every active row of the map names a merged item that exists; a row of one book may be that book's own."""
    row, item = ConsolidationMap, MergedItem
    there = and_(item.company_id == row.company_id, item.goods_flag == row.goods_flag, item.merge_no == row.merge_no)
    own = (row.company_id == work.company_id, row.active.is_(True), row.record_no == "")
    for one in work.session.scalars(select(row).where(*own, ~select(item.id).where(there).exists())):
        yield Breach(f"料号 {one.part_no} 归并到的归并序号 {one.merge_no} 不存在", "consolidation_map", one.id)


def _one_unit(work: Work) -> Iterator[Breach]:
    """MAP-02 of all that is stored: parts of one item agree with it in commodity code and declared unit."""
    row, item, part = ConsolidationMap, MergedItem, Part
    statement = (
        select(row.id, row.part_no, row.merge_no, part.hs_code, part.dcl_unit, item.hs_code, item.dcl_unit)
        .join(part, and_(part.company_id == row.company_id, part.part_no == row.part_no))
        .join(
            item,
            and_(item.company_id == row.company_id, item.goods_flag == row.goods_flag, item.merge_no == row.merge_no),
        )
        .where(row.company_id == work.company_id, row.active.is_(True), row.record_no == "")
        .where((part.hs_code != item.hs_code) | (part.dcl_unit != item.dcl_unit))
    )
    for row_id, part_no, merge_no, hs_code, unit, item_hs, item_unit in work.session.execute(statement):
        text = f"料号 {part_no}（{hs_code}，单位 {unit}）与归并序号 {merge_no}（{item_hs}，单位 {item_unit}）不一致"
        yield Breach(text, "consolidation_map", row_id, part_no)


def _factors(work: Work) -> Iterator[Breach]:
    """Factors and weights of parts are above 0 where they are given."""
    columns = (Part.conv_factor, Part.unit_weight, Part.factor1, Part.factor2)
    for column in columns:
        wrong = select(Part).where(Part.company_id == work.company_id, column <= 0)
        for part in work.session.scalars(wrong):
            label = column.property.columns[0].info["shown"].label
            yield Breach(f"料号 {part.part_no} 的{label}不大于0", "part", part.id, part.part_no)


def _losses(work: Work) -> Iterator[Breach]:
    """A BOM line consumes something, and loses less than all of it."""
    line, bom = BomLine, Bom
    figures = (line.net, line.tangible, line.intangible, line.bonded)
    statement = (
        select(bom.id, bom.product_part_no, bom.bom_version, line.material_part_no, *figures)
        .join(line, and_(line.company_id == bom.company_id, line.header_id == bom.id))
        .where(bom.company_id == work.company_id)
    )
    for bom_id, product, version, material, net, tangible, intangible, bonded in work.session.execute(statement):
        if net <= 0 or min(tangible, intangible) < 0 or tangible + intangible >= 100 or not 0 <= bonded <= 100:
            number = f"{product}/{version}"
            yield Breach(f"BOM {number} 料件 {material} 的净耗、损耗率或保税比例不可能", "bom", bom_id, number)


def _no_cycle(work: Work) -> Iterator[Breach]:
    """No part is made of itself, at whatever depth."""
    statement = (
        select(Bom.product_part_no, BomLine.material_part_no)
        .join(BomLine, and_(BomLine.company_id == Bom.company_id, BomLine.header_id == Bom.id))
        .where(Bom.company_id == work.company_id)
    )
    below: dict[str, set[str]] = {}
    for product, material in work.session.execute(statement.distinct()):
        below.setdefault(product, set()).add(material)
    seen: set[str] = set()
    for start in sorted(below):
        path: list[tuple[str, Iterator[str]]] = [(start, iter(sorted(below[start])))]
        while path and start not in seen:
            part, materials = path[-1]
            material = next(materials, "")
            if not material:
                seen.add(part)
                path.pop()
            elif material in [one for one, _rest in path]:
                yield Breach(f"料号 {material} 的BOM成环：{' → '.join(one for one, _rest in path)} → {material}", "bom")
                return
            elif material in below and material not in seen:
                path.append((material, iter(sorted(below[material]))))


def _consumptions(work: Work) -> Iterator[Breach]:
    """Stored 单耗 is N / (1 - (T + W) / 100), rounded once (handbook 3.1)."""
    head, line = UnitConsumption, UnitConsumptionLine
    statement = (
        select(head.id, head.product_no, head.uc_version, line)
        .join(line, and_(line.company_id == head.company_id, line.header_id == head.id))
        .where(head.company_id == work.company_id)
    )
    for head_id, product, version, row in work.session.execute(statement):
        possible = row.tangible + row.intangible < 100
        wanted = unit_consumption(row.net, row.tangible, row.intangible) if possible else None
        if wanted != row.unit_consumption:
            shown = "空" if row.unit_consumption is None else plain(row.unit_consumption)
            text = f"成品 {product} 版本 {version} 料件 {row.material_no} 单耗 {shown}，按公式应为 {wanted}"
            yield Breach(text, "unit_consumption", head_id)


def _units(work: Work) -> Iterator[Breach]:
    """The ERP unit of every part in use stands for a customs unit, else nothing of it can be converted."""
    loose = select(Part).where(Part.company_id == work.company_id, Part.active.is_(True), Part.erp_unit_code == "")
    for part in work.session.scalars(loose):
        text = f"料号 {part.part_no} 的企业单位 {part.erp_unit} 没有对照到海关计量单位"
        yield Breach(text, "part", part.id, part.part_no)


GOODS_CHECKS = (
    Check("CHK-36", "一个料号在一本账册只归并到一项", "请把多余的归并关系设为无效", _one_merge_no),
    Check("CHK-37", "归并关系指向的归并项存在", "请补建归并项，或改正归并序号", _mapped_items),
    Check("CHK-38", "同一归并项的料号编码与单位一致", "请改正料号档案，或另归并到一项", _one_unit),
    Check("CHK-39", "转换率、单重与比例因子大于0", "请改正料号档案", _factors),
    Check("CHK-40", "BOM 净耗大于0，损耗率小于100%", "请改正BOM", _losses),
    Check("CHK-41", "BOM 不成环", "请改正BOM", _no_cycle),
    Check("CHK-42", "单耗按公式算出", "请重新保存单耗，或重新生成单损耗", _consumptions),
    Check("CHK-43", "在用料号的企业单位都已对照", "请在企业参数中对照后重新保存料号", _units),
)
