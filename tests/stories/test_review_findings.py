"""Faults a reviewer found, each told as what happened to the clerk."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bondesk import demo
from bondesk.app import open_engine
from bondesk.areas.goods.bom import Bom
from bondesk.areas.goods.consolidation_map import ConsolidationMap
from bondesk.areas.goods.part import Part
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.notes.source_document import SourceDocument
from bondesk.base.errors import Refused
from bondesk.base.findings import errors_in
from bondesk.base.numbers import plain
from bondesk.base.steps import play
from bondesk.engine import changing, records
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.importing import import_steps
from bondesk.engine.receiving import receive
from bondesk.engine.sending import hand_over
from bondesk.engine.tables import PostingRow
from bondesk.settings import carried
from builders.homes import audited, copied_home, declared, generated, identity_of, ordered, read, run_script


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """The sample company."""
    return open_engine(copied_home(tmp_path))


def workbook(path: Path, *sheets: tuple[str, list[list[Any]]]) -> Path:
    """Write a workbook."""
    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def imported(engine: Engine, key: str, path: Path) -> None:
    """Import as the clerk."""
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        play(import_steps(act, engine.catalogue.document(key), path))


def test_legal_quantities_are_those_of_the_books_units(engine: Engine) -> None:
    with engine.acting(SYSTEM) as act:
        part = act.facts.one(Part, part_no="XTL-26M")
        assert part is not None
        part.legal_unit1, part.legal_unit2 = part.legal_unit2, part.legal_unit1
    (note_id,) = generated(engine, "IM2401001")
    with engine.acting(SYSTEM) as act:
        note = records.load(act, engine.catalogue.document("bonded_note"), note_id)
        line = next(line for line in note.lines if line.part_no == "XTL-26M")
        shown = [(line.legal_unit1, plain(line.legal_qty1)), (line.legal_unit2, plain(line.legal_qty2))]
        assert shown == [("007", "17000"), ("035", "0.272")]


def test_reimport_keeps_what_the_workbook_does_not_carry(engine: Engine, tmp_path: Path) -> None:
    with engine.acting(SYSTEM) as act:
        part = act.facts.one(Part, part_no="CAP0402-104K")
        assert part is not None
        part.consumable, part.single_out, part.spec = True, True, "保留"
        old = act.facts.one(ConsolidationMap, part_no="BAT-18650")
        assert old is not None
        old.active = False
    rows: list[list[Any]] = [
        ["料号*", "物料类型*", "品名*", "企业单位*", "商品编码*", "申报单位*", "转换率"],
        ["CAP0402-104K", "料件", "改名电容器", "PCS", "8532241000", "千个", 0.001],
    ]
    imported(engine, "part", workbook(tmp_path / "p.xlsx", ("料号档案", rows)))
    look = read(
        engine, Part, lambda p: (p.name, p.consumable, p.single_out, p.spec, p.unit_weight), part_no="CAP0402-104K"
    )
    assert look == [("改名电容器", True, True, "保留", Decimal("0.0000012"))]
    imported(
        engine,
        "consolidation_map",
        workbook(tmp_path / "m.xlsx", ("归并关系", [["料号*", "物料类型*", "归并序号*"], ["BAT-18650", "料件", 31]])),
    )
    assert read(engine, ConsolidationMap, lambda row: row.active, part_no="BAT-18650") == [False]


def test_a_bom_with_changed_lines_loses_its_filed_version_an_equal_one_keeps_it(engine: Engine, tmp_path: Path) -> None:
    def filed() -> list[str]:
        return read(engine, Bom, lambda bom: bom.filed_version, product_part_no="PCBA-GW") + read(
            engine, Bom, lambda bom: bom.filed_version, product_part_no="CTRL-8"
        )

    before = filed()
    assert before[-1] == "1"
    imported(engine, "bom", carried("resources") / "demo" / "bom.xlsx")
    assert filed() == before
    rows: list[list[Any]] = [["成品料号*", "BOM版本*", "料件料号*", "净耗*"], ["CTRL-8", "V1", "DIO-SS34A", 7]]
    imported(engine, "bom", workbook(tmp_path / "b.xlsx", ("企业成品耗用", rows)))
    assert filed()[-1] == ""


HEAD = ["企业内部清单编号*", "清单编号", "备案号*", "进出口标志*", "料件成品标志*", "监管方式*", "运输方式*", "进出境关别*", "申报地海关*",
        "启运国", "清单申报日期", "清单状态", "核扣标志"]  # fmt: skip
LINE = ["企业内部清单编号*", "序号*", "备案序号*", "料号", "商品编码*", "商品名称*", "规格型号", "申报单位*", "申报数量*", "法定单位*", "法定数量*",
        "第二法定单位", "第二法定数量", "币制*", "申报总价*", "原产国", "最终目的国", "征免方式*"]  # fmt: skip


def note_rows(state: str, mark: str, numbers: tuple[int, ...] = (1,)) -> tuple[tuple[str, list[list[Any]]], ...]:
    """Return the sheets of an imported note."""
    head = [
        "N-1",
        "QD520424I000009999" if state else "",
        "E52042300A01",
        "进口",
        "料件",
        "0615",
        "2",
        "5208",
        "5204",
        "JPN",
        "2024-03-01",
        state,
        mark,
    ]
    line = [
        "N-1",
        0,
        1,
        "CAP0402-104K",
        "8532241000",
        "片式多层瓷介电容器",
        "0402",
        "千个",
        100,
        "千克",
        0.12,
        "千个",
        100,
        "JPY",
        33333.33,
        "JPN",
        "CHN",
        3,
    ]
    lines = [[*line[:1], number, *line[2:]] for number in numbers]
    return ("表头", [HEAD, head]), ("表体", [LINE, *lines])


def test_an_imported_note_customs_has_posted_is_approved_and_posted(engine: Engine, tmp_path: Path) -> None:
    imported(engine, "bonded_note", workbook(tmp_path / "n.xlsx", *note_rows("审核通过", "已核扣")))
    assert read(engine, BondedNote, lambda note: (note.state, note.writeoff_mark)) == [("APPROVED", "2")]
    assert read(
        engine,
        PostingRow,
        lambda row: (row.item_no, plain(row.signed) if hasattr(row, "signed") else plain(row.quantity)),
    ) == [(1, "100")]


def test_an_imported_draft_gets_its_price_and_usual_codes(engine: Engine, tmp_path: Path) -> None:
    imported(engine, "bonded_note", workbook(tmp_path / "n.xlsx", *note_rows("", "")))
    ((state, flag, kind, price),) = read(
        engine, BondedNote, lambda n: (n.state, n.declaration_flag, n.note_type, plain(n.lines[0].price))
    )
    assert (state, flag, kind, price) == ("DRAFT", "1", "0", "333.3333")
    (note_id,) = read(engine, BondedNote, lambda note: note.id)
    declared(engine, [note_id])
    assert read(engine, BondedNote, lambda note: note.state) == ["APPROVED"]


def test_a_line_number_twice_is_named(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        imported(engine, "bonded_note", workbook(tmp_path / "n.xlsx", *note_rows("", "", (1, 1))))
    assert {error.code for error in errors_in(refused.value.findings)} == {"IMP-08"}


def test_deleting_a_line_of_a_draft_releases_its_source_and_renumbers(engine: Engine) -> None:
    (note_id,) = generated(engine, "IM2401001")
    note = engine.catalogue.document("bonded_note")
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        draft = records.open_draft(act, note, note_id)
        gone = draft.lines["lines"].pop(0)
        records.save(act, note, draft)
    assert gone.values["part_no"] == "CAP0402-104K"
    (used,) = read(engine, SourceDocument, lambda d: [line.used_qty == 0 for line in d.lines], document_no="IM2401001")
    assert used == [True] + [False] * 5
    assert read(engine, BondedNote, lambda n: [line.line_no for line in n.lines]) == [[1, 2, 3, 4, 5]]
    (second,) = generated(engine, "IM2401001")
    assert read(engine, BondedNote, lambda n: [plain(line.dcl_qty) for line in n.lines], id=second) == [["590"]]


def test_what_notes_were_made_from_stays(engine: Engine) -> None:
    generated(engine, "IM2401001")
    document, clerk = engine.catalogue.document("source_document"), identity_of(engine, demo.ACCOUNT)
    (found,) = read(engine, SourceDocument, lambda d: d.id, document_no="IM2401001")
    with pytest.raises(Refused, match="已生成清单"), engine.acting(clerk) as act:
        records.delete(act, document, found)
    with pytest.raises(Refused, match="少于已生成数量"), engine.acting(clerk) as act:
        draft = records.open_draft(act, document, found)
        draft.lines["lines"][0].values["quantity"] = Decimal(1)
        records.save(act, document, draft)
    with pytest.raises(Refused, match="已生成清单"), engine.acting(clerk) as act:
        draft = records.open_draft(act, document, found)
        draft.lines["lines"].pop(0)
        records.save(act, document, draft)


def test_a_documents_gross_weight_is_spread_once_over_two_runs(engine: Engine, tmp_path: Path) -> None:
    head = [
        "单据号*",
        "单据日期*",
        "进出口标志*",
        "监管方式*",
        "客户供应商",
        "行号",
        "料号*",
        "数量*",
        "企业单位",
        "总价",
        "币制*",
        "国别",
        "毛重",
        "运输方式",
        "进出境关别",
    ]
    rows = [
        ["G-1", "2024-03-01", "进口", "0615", "S06", 1, "PCB-6L-GW", 100, "PCS", 10, "USD", "CHN", 100, "2", "5208"],
        ["G-1", "2024-03-01", "进口", "0615", "S06", 2, "BAT-18650", 100, "PCS", 10, "USD", "JPN", None, "2", "5208"],
    ]
    imported(engine, "source_document", workbook(tmp_path / "g.xlsx", ("原始单证", [head, *rows])))
    with engine.acting(SYSTEM) as act:
        mapped = act.facts.one(ConsolidationMap, part_no="BAT-18650")
        assert mapped is not None
        mapped.active = False
    generated(engine, "G-1")
    with engine.acting(SYSTEM) as act:
        mapped = act.facts.one(ConsolidationMap, part_no="BAT-18650")
        assert mapped is not None
        mapped.active = True
    generated(engine, "G-1")
    gross = [
        line for lines in read(engine, BondedNote, lambda n: [line.gross_weight for line in n.lines]) for line in lines
    ]
    assert sum(gross) == Decimal(100)
    assert plain(gross[0]) == "48.13137"  # 100 * 4.25 / (4.25 + 4.58)


def test_a_receipt_of_another_company_with_our_number_is_not_ours(engine: Engine, tmp_path: Path) -> None:
    ids = generated(engine, "IM2401001")
    audited(engine, ids)
    ordered(engine, ids)
    clerk = identity_of(engine, demo.ACCOUNT)
    hand_over(engine, clerk)
    receive(engine, clerk)
    with engine.acting(SYSTEM) as act:
        note = act.facts.find(BondedNote)[0]
        note.state, number = "SENT", note.internal_no
    text = f"<CommonResponeMessage><SeqNo>999999999999999999</SeqNo><EtpsPreentNo>{number}</EtpsPreentNo><DealFlag>-1</DealFlag></CommonResponeMessage>"
    (tmp_path / "home" / "client" / "Nems" / "InBox" / "other.xml").write_text(text, encoding="utf-8")
    assert receive(engine, clerk).quarantined == 1
    assert read(engine, BondedNote, lambda note: note.state) == ["SENT"]


def test_a_version_filed_for_another_book_is_not_used(engine: Engine) -> None:
    with engine.acting(SYSTEM) as act:
        for bom in act.facts.find(Bom):
            bom.filed_record_no = "E52042300A99"
    with pytest.raises(Refused, match="在本账册没有备案的单损耗"):
        run_script(engine, identity_of(engine, demo.ACCOUNT), "generate_notes", {"document_no": "EX2401003"})


TOO_LARGE = [
    (
        "merged_item",
        ["归并序号*", "物料类型*", "商品编码*", "品名*", "申报单位*"],
        [10**25, "料件", "8532241000", "甲", "千个"],
    ),
    (
        "part",
        ["料号*", "物料类型*", "品名*", "企业单位*", "商品编码*", "申报单位*", "单重"],
        ["Z", "料件", "甲", "PCS", "8532241000", "千个", "1E+25"],
    ),
    ("bom", ["成品料号*", "BOM版本*", "料件料号*", "净耗*"], ["CTRL-8", "V9", "DIO-SS34A", 10**12]),
]


@pytest.mark.parametrize(("key", "head", "row"), TOO_LARGE, ids=[row[0] for row in TOO_LARGE])
def test_a_number_too_large_names_its_cell(
    engine: Engine, tmp_path: Path, key: str, head: list[str], row: list[Any]
) -> None:
    with pytest.raises(Refused) as refused:
        imported(engine, key, workbook(tmp_path / "x.xlsx", ("表", [head, row])))
    (finding,) = errors_in(refused.value.findings)
    assert (finding.code, finding.place.row if finding.place else 0) == ("IMP-07", 2)


def test_a_consumption_version_must_be_digits(engine: Engine) -> None:
    account, draft = engine.catalogue.document("account"), engine.catalogue.document("account_draft")
    with engine.acting(SYSTEM) as act:
        opened = changing.start(act, account, act.facts.find(account.header)[0].id)
        header = records.load(act, draft, opened)
        header.consumptions[0].uc_version = "V1"
        found = records.findings_of(act, draft, header)
    assert any("单耗版本号须为不超过8位的数字" in finding.text for finding in found)


def test_a_transfer_typed_without_its_flow_type_gets_it_and_needs_the_other_book(engine: Engine) -> None:
    note = engine.catalogue.document("bonded_note")
    with engine.acting(SYSTEM) as act:
        draft = records.blank(act, note)
        draft.head |= {"internal_no": "T-1", "supervision_mode": "0657", "ie_flag": "E", "goods_flag": "I"}
        codes = [finding.text for finding in records.check(act, note, draft) if finding.code == "NOTE-12"]
    assert codes == ["结转清单须填关联备案编号", "转出清单须填转入方的关联清单编号"]
