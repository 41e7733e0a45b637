"""Goods before the first note: the map and unsent notes, items taken back from a book, and a fresh company's way."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from bondesk.areas.codes.code_mapping import CodeMapping
from bondesk.areas.codes.hs_code import HsCode
from bondesk.areas.goods.bom import Bom
from bondesk.areas.goods.consolidation_map import ConsolidationMap
from bondesk.areas.goods.merged_item import MergedItem
from bondesk.areas.goods.part import Part
from bondesk.areas.goods.unit_consumption import UnitConsumption, UnitConsumptionLine
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.notes.source_document import SourceLine
from bondesk.areas.setup.company import Company
from bondesk.base.change import Outcome as CandidateOutcome
from bondesk.base.errors import Refused
from bondesk.base.options import read_options
from bondesk.engine import changing, records, reporting
from bondesk.engine.drafts import LineDraft
from bondesk.engine.engine import SYSTEM
from builders.office import Office


def a_row(office: Office, part_no: str) -> int:
    with office.act(SYSTEM) as act:
        return int(act.facts.find(ConsolidationMap, part_no=part_no)[0].id)


def stop(office: Office, row_id: int, **values: Any) -> None:
    """Make a map row inactive, as the form does."""
    document = office.document("consolidation_map")
    with office.act() as act:
        draft = records.open_draft(act, document, row_id)
        draft.head |= {"active": False, **values}
        records.save(act, document, draft)


def test_a_row_an_unsent_note_used_stays_until_the_note_is_void(factory_office: Office) -> None:
    (number,) = factory_office.notes("IM2403001")
    note = factory_office.note(number)
    part_no = note.lines[0].part_no or "CAP0402-104K"
    with factory_office.act(SYSTEM) as act:
        drawn = {source.source_line_id for line in act.session.merge(note).lines for source in line.sources}
        part_no = next(line.part_no for line in act.facts.find(SourceLine) if line.id in drawn)
    row_id = a_row(factory_office, part_no)
    with pytest.raises(Refused, match=f"MAP-11.*{part_no}.*{number}"):
        stop(factory_office, row_id)
    document = factory_office.document("consolidation_map")
    with factory_office.act() as act, pytest.raises(Refused, match="MAP-11"):
        records.delete(act, document, row_id)
    with factory_office.act() as act:
        records.move(act, factory_office.document("bonded_note"), note.id, "void")
    stop(factory_office, row_id)


def test_extraction_is_there_only_with_the_parameter(masters_office: Office) -> None:
    with pytest.raises(Refused, match="OPT-03"):
        masters_office.run("extract_merged_items", {})
    with masters_office.act(SYSTEM) as act:
        company = act.facts.one(Company)
        assert company is not None
        company.extract_merged_items = True
        act.session.execute(delete(MergedItem).where(MergedItem.goods_flag == "I", MergedItem.merge_no > 3))
        changed = act.session.scalars(select(MergedItem).filter_by(goods_flag="I", merge_no=1)).one()
        changed.name = "别的名称"
    said = masters_office.run("extract_merged_items", {})
    assert "增加 29 项" in said.text
    with masters_office.act(SYSTEM) as act:
        items = {one.merge_no: one for one in act.facts.find(MergedItem, goods_flag="I")}
        assert (len(items), items[1].name, items[13].dcl_unit) == (32, "片式多层瓷介电容器", "017")
        assert items[13].hs_seen == items[13].hs_code != ""
    assert "没有需要提取" in masters_office.run("extract_merged_items", {}).text


FRESH = """
    CAP  | I | 电容器 | PCS | 8532241000 | 054 | 0.001 | 0.0000085 | USD | 0.02
    SOL  | I | 焊锡膏 | 千克 | 3810100000 | 035 | 1     | 1         | EUR | 30
    PCBA | S | 半成品板 | PCS | 8532241000 | 054 | 0.001 | 0.01      | USD |
    ADP  | E | 适配器 | PCS | 3926901000 | 035 | 0.25  | 0.25      | USD | 9
"""
BOMS = {
    ("PCBA", "V1"): (("CAP", "60", "2"), ("SOL", "0.0014", "2")),
    ("ADP", "V9"): (("CAP", "12", "2"), ("PCBA", "1", "0.5")),
    ("ADP", "V10"): (("PCBA", "1", "0.5"), ("CAP", "12", "2")),
    ("ADP", "V11"): (("CAP", "13", "2"), ("PCBA", "1", "0.5")),
}


def save(office: Office, key: str, head: dict[str, Any], **lines: list[dict[str, Any]]) -> int:
    """Type a new document and save it."""
    document = office.document(key)
    with office.act() as act:
        draft = records.blank(act, document)
        draft.head |= head
        for table, rows in lines.items():
            draft.lines[table] = [LineDraft(dict(values)) for values in rows]
        return records.save(act, document, draft)


def found_fresh(office: Office) -> None:
    """Type the masters of a company that has nothing yet."""
    for row in FRESH.strip().splitlines():
        number, kind, name, unit, code, declared, factor, weight, currency, price = (
            one.strip() for one in row.split("|")
        )
        head = {
            "part_no": number, "goods_kind": kind, "name": name, "erp_unit": unit, "hs_code": code,
            "dcl_unit": declared, "conv_factor": Decimal(factor), "unit_weight": Decimal(weight),
            "currency": currency, "ref_price": Decimal(price) if price else None, "duty_mode": "3",
        }  # fmt: skip
        save(office, "part", head)
    for (product, version), materials in BOMS.items():
        rows = [
            {"material_part_no": part, "net": Decimal(net), "tangible": Decimal(loss)} for part, net, loss in materials
        ]
        save(office, "bom", {"product_part_no": product, "bom_version": version}, lines=rows)


def test_a_fresh_company_comes_from_parts_to_items_to_unit_consumption(codes_office: Office) -> None:
    office = codes_office
    found_fresh_units(office)
    with office.act(SYSTEM) as act:
        parts = {one.part_no: one for one in act.facts.find(Part)}
        assert (parts["CAP"].legal_unit1, parts["CAP"].legal_unit2) == ("035", "054"), "filled from the HS table"
        assert parts["CAP"].hs_elements != ""
    with pytest.raises(Refused, match="BOM-01"):
        office.run("generate_unit_consumption", {})
    assert "2 项（序号 1～2）" in office.run("generate_merged_items", {"goods_flag": "I"}).text
    assert "1 项（序号 1～1）" in office.run("generate_merged_items", {"goods_flag": "E"}).text
    assert "不需要生成" in office.run("generate_merged_items", {"goods_flag": "I"}).text
    made = office.run("generate_unit_consumption", {})
    assert "已展开 3 个BOM，新增单损耗版本 2 个" in made.text
    assert [(row[0], row[1], row[3], row[-1]) for row in made.tables[0].rows] == [
        ("ADP", "V10", 1, "与本次 ADP V9 完全相同，合并为版本 1"),
        ("ADP", "V11", 2, "成品 1 还没有单耗版本"),
        ("ADP", "V9", 1, "成品 1 还没有单耗版本"),
    ]
    with office.act(SYSTEM) as act:
        versions = {bom.bom_version: bom.filed_version for bom in act.facts.find(Bom, product_part_no="ADP")}
        assert versions == {"V9": "1", "V10": "1", "V11": "2"}
        (first,) = act.facts.find(UnitConsumption, uc_version="1")
        (line,) = [one for one in first.lines if one.material_no == 1]
        assert line.net == Decimal("0.288"), "72 pieces a product, 0.001 declared each, 0.25 kg a product"
        assert line.tangible == Decimal("2.408673895"), "TV25"
    again = office.run("generate_unit_consumption", {})
    assert "新增单损耗版本 0 个" in again.text
    assert {row[-1] for row in again.tables[0].rows} == {"与已生成版本 1 完全相同", "与已生成版本 2 完全相同"}


def test_consumption_of_a_material_the_book_lacks_is_not_extracted(factory_office: Office) -> None:
    """BOM-08."""
    document = factory_office.document("account")
    with factory_office.act() as act:
        line = UnitConsumptionLine(line_no=1, material_no=999, net=Decimal(1), unit_consumption=Decimal(1))
        act.session.add(UnitConsumption(record_no="", product_no=1, uc_version="99", lines=[line]))
    with factory_office.act() as act:
        draft = changing.start(act, document, records.load_numbered(act, document, "E52042300A01").id)
    with factory_office.act() as act:
        found = changing.compare(act, factory_office.document("account_draft"), draft, "consumptions").candidates
    (refused,) = [one for one in found if one.outcome is CandidateOutcome.REFUSED]
    assert "料件 999 不在本账册或已标记删除，请先提取料件（BOM-08）" in refused.reason


def rows_of(office: Office, key: str, **options: str) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Run a report; return its rows by key and column, and the codes of its findings."""
    report = office.engine.catalogue.report(key)
    with office.act() as act:
        table = reporting.run_at_once(act, report, read_options(report.options, options))
    columns = [column.key for column in report.columns]
    rows = {row.key: dict(zip(columns, row.values, strict=True)) for row in table.rows}
    return rows, [finding.code for finding in table.findings]


def explained(office: Office, key: str, row: str, column: str, **options: str) -> str:
    report = office.engine.catalogue.report(key)
    with office.act() as act:
        return reporting.explain(act, report, read_options(report.options, options), row, column).as_text()


def test_a_bom_is_exploded_to_the_lowest_stage(codes_office: Office) -> None:
    found_fresh_units(codes_office)
    options = {"product_part_no": "ADP", "bom_version": "V9", "quantity": "1000"}
    rows, findings = rows_of(codes_office, "bom_explosion", **options)
    assert findings == []
    assert list(rows) == ["1", "2", "2.1", "2.2"]
    deep = rows["2.1"]
    assert (deep["level"], deep["path"], deep["chain"]) == (2, "ADP → PCBA → CAP", "0.5% × 2%")
    assert (deep["net_total"], deep["gross_total"]) == (Decimal(60), Decimal("61.532150549"))
    assert deep["quantity"] == Decimal("61532.15055"), "rounded once, from the exact fraction"
    assert rows["2"]["bom_version"] == "V1"
    lowest, _ = rows_of(codes_office, "bom_explosion", lowest_only="1", **options)
    assert set(lowest) == {"1", "2.1", "2.2"}
    text = explained(codes_office, "bom_explosion", "2.1", "quantity", **options)
    assert "1000 × 1 ÷ (1 − 0.5%) × 60 ÷ (1 − 2%)" in text
    with codes_office.act(SYSTEM) as act:
        act.session.execute(delete(Bom).where(Bom.product_part_no == "PCBA"))
    rows, findings = rows_of(codes_office, "bom_explosion", **options)
    assert (rows, findings) == ({}, ["BOM-02"])


def found_fresh_units(office: Office) -> None:
    """Found the fresh company with its own word for pieces."""
    with office.act(SYSTEM) as act:
        act.session.add(CodeMapping(table_name="unit", enterprise_code="PCS", customs_code="007"))
    found_fresh(office)


def test_two_versions_are_compared_with_what_the_new_one_would_do(office_at: Any, factory_template: Path) -> None:
    office: Office = office_at(factory_template, rehearsal=True)
    with office.act(SYSTEM) as act:
        company = act.facts.one(Company)
        assert company is not None
        company.inversion_policy = "OFF"
    numbers = office.notes("EX2401001")
    office.audit(numbers)
    office.order(numbers)
    office.hand_over()
    office.receive()
    with office.act(SYSTEM) as act:
        old = next(one for one in act.facts.find(Bom, product_part_no="ADP-65W") if one.bom_version == "V1")
        values = [(line.material_part_no, line.net, line.tangible) for line in old.lines]
        filed = old.filed_version
    rows = [
        {"material_part_no": part, "net": net + 2 if part == "CAP0402-104K" else net, "tangible": loss}
        for part, net, loss in values[:-1]
    ]
    save(office, "bom", {"product_part_no": "ADP-65W", "bom_version": "V99"}, lines=rows)
    options = {"product_part_no": "ADP-65W", "old_version": "V1", "new_version": "V99"}
    found, _ = rows_of(office, "bom_difference", **options)
    gone = values[-1][0]
    assert (found[f"料号:{gone}"]["change"], found["料号:CAP0402-104K"]["change"]) == ("取消", "改变")
    one = found["料件:1"]
    more = 2 * 950 * Fraction(1, 1000) / (1 - Fraction(2, 100))
    assert (one["exported"], one["word"]) == (Decimal(950), "结余不足")
    assert abs(Fraction(one["gap"]) - more) < Fraction(1, 50_000)
    assert one["after"] == one["balance"] - one["gap"]
    text = explained(office, "bom_difference", "料件:1", "after", **options)
    assert f"核注清单 {numbers[0]} 第" in text
    assert "EX2401001" in text, "down to the line of the source document"
    assert f"备案版本 {filed} 已核扣的出口，共 1 笔" in text


def test_an_update_of_the_hs_table_reaches_goods_and_then_the_book(factory_office: Office) -> None:
    """Rows 60, 61: check, update, 待变更; the next 批量提取 lists the item as 修改; undo gives it back."""
    office, material = factory_office, 13
    with office.act(SYSTEM) as act:
        (item,) = act.facts.find(MergedItem, goods_flag="I", merge_no=material)
        code, before = item.hs_code, item.legal_unit2
        for table in act.facts.find(HsCode, hs_code=code):
            table.legal_unit2 = "030"
    said = office.run("check_hs_codes", {})
    filed = f"E52042300A01 料件 {material}"
    assert any(finding.code == "HSC-02" and filed in finding.text for finding in said.findings)
    approved, draft = office.document("account"), office.document("account_draft")
    with office.act() as act:
        change = changing.start(act, approved, records.load_numbered(act, approved, "E52042300A01").id)
    with office.act() as act:
        found = changing.compare(act, draft, change, "materials").candidates
    (one,) = [one for one in found if one.values["item_no"] == material]
    assert (one.outcome, dict(one.before)) == (CandidateOutcome.MODIFY, {"legal_unit2": before})
    assert "已恢复" in office.run("undo_hs_update", {}).text
    with office.act() as act:
        assert material not in {
            one.values["item_no"] for one in changing.compare(act, draft, change, "materials").candidates
        }
        parts = [part for part in act.facts.find(Part) if part.hs_code == code]
        assert {part.legal_unit2 for part in parts} == {before}


def test_a_semi_product_is_edited_in_its_form_and_never_into_a_circle(codes_office: Office) -> None:
    office, document = codes_office, codes_office.document("bom")
    found_fresh_units(office)
    with office.act() as act:
        draft = records.open_draft(act, document, records.load_numbered(act, document, "PCBA/V1").id)
    draft.lines["lines"].append(LineDraft({"material_part_no": "ADP", "net": Decimal(1)}))
    with pytest.raises(Refused, match="BOM-02.*BOM循环：PCBA → ADP → PCBA"), office.act() as act:
        records.save(act, document, draft)
    draft.lines["lines"][-1].values["material_part_no"] = "SOL"
    draft.lines["lines"][0].values["net"] = Decimal(61)
    with office.act() as act:
        records.save(act, document, draft)
    rows, _ = rows_of(office, "bom_explosion", product_part_no="ADP", bom_version="V9")
    assert [rows[key]["part_no"].strip() for key in ("2.1", "2.2", "2.3")] == ["CAP", "SOL", "SOL"]
    assert rows["2.1"]["net_total"] == Decimal(61)


def test_declaration_elements_reach_the_note(factory_office: Office) -> None:
    """Row 51: the 申报要素 of the part stand as 规格型号 on a generated note; switched off, the book's own."""
    number = factory_office.note(factory_office.notes("IM2401001")[0]).lines[0].part_no
    with factory_office.act(SYSTEM) as act:
        part = act.session.scalars(select(Part).filter_by(part_no=number)).one()
        part.elements = "0|3|片式|0402|TDK"
        for note in act.session.scalars(select(BondedNote)):
            records.delete(act, factory_office.document("bonded_note"), note.id)
    on = factory_office.note(factory_office.notes("IM2401001")[0])
    assert on.lines[0].spec == "0|3|片式|0402|TDK"
    with factory_office.act(SYSTEM) as act:
        records.delete(act, factory_office.document("bonded_note"), on.id)
    off = factory_office.note(factory_office.notes("IM2401001", spec_from_elements="0")[0])
    assert off.lines[0].spec not in ("", "0|3|片式|0402|TDK")
