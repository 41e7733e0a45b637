"""The other built-in layouts of a workbook: one sheet for all, and a form whose head cells are scattered (row 115)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.base.errors import Refused
from bondesk.base.steps import play
from bondesk.engine import exporting, importing, records
from builders.office import Office

BODY = [
    "项号",
    "商品编号",
    "品名",
    "申报要素",
    "数量",
    "单位",
    "金额",
    "币制",
    "原产国(地区)",
    "法定数量",
    "法定单位",
    "净重",
]
LINE = [1, "8532241000", "电容", "0|0|片式", 300, "个", 1000, "美元", "日本", 10, "千克", 10]
#: Beside its label, after a colon, below its label, over merged cells.
FORM: list[list[Any]] = [
    ["中华人民共和国海关进口货物报关单"],
    ["企业内部编号：GT-77", None, "进出口标志", "进口", "监管方式", "一般贸易"],
    ["进境关别", None, None, "0200", "申报海关", "0200", "成交方式", "CIF"],
    ["境外发货人", "启运国(地区)", "毛重(千克)", "净重(千克)"],
    ["NO", "日本", 12, 10],
    ["运输方式：航空运输", None, "件数", 3, "备注"],
    [],
    BODY,
    LINE,
    [2, "8532241000", "电容", "0|0|插件", 200, "个", 500, "美元", "日本", 5, "千克", None],
    ["合计", None, None, None, 500],
    ["经停/指运港", "JPN000", "贸易国(地区)", "日本"],
]


def book(path: Path, rows: list[list[Any]], title: str = "Sheet1") -> Path:
    """Write a workbook of one sheet."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    made.save(path)
    return path


def brought(office: Office, path: Path) -> list[Declaration]:
    """Import and read what came."""
    document = office.document("declaration")
    outcome = office.bring("declaration", path)
    found = []
    with office.act() as act:
        for key in outcome.changed["declaration"]:
            one = records.load(act, document, key)
            _ = one.lines
            found.append(one)
    return found


def test_a_form_is_read_wherever_its_cells_stand(codes_office: Office, tmp_path: Path) -> None:
    (made,) = brought(codes_office, book(tmp_path / "form.xlsx", FORM))
    assert (made.internal_no, made.ie_flag, made.supervision_mode) == ("GT-77", "I", "0110")
    assert (made.entry_exit_customs, made.declare_customs, made.transaction_mode) == ("0200", "0200", "1")
    assert (made.overseas_name, made.trade_partner_country, made.trade_country) == ("NO", "JPN", "JPN")
    assert (made.gross_weight, made.net_weight, made.packages, made.remark) == (Decimal(12), Decimal(10), 3, "")
    assert (made.transport_mode, made.transit_port) == ("5", "JPN000")
    lines = [(line.line_no, line.hs_code, line.dcl_qty, line.total, line.origin_country) for line in made.lines]
    assert lines == [
        (1, "8532241000", Decimal(300), Decimal(1000), "JPN"),
        (2, "8532241000", Decimal(200), Decimal(500), "JPN"),
    ]
    assert [line.price for line in made.lines] == [Decimal("3.3333"), Decimal("2.5000")]


def test_what_is_no_customs_name_is_told_by_its_cell(codes_office: Office, tmp_path: Path) -> None:
    rows = [list(row) for row in FORM]
    rows[4][1] = "日木"
    rows[8] = [*LINE[:7], "美金元", "日本国", *LINE[9:]]
    with pytest.raises(Refused) as caught:
        brought(codes_office, book(tmp_path / "form.xlsx", rows))
    told = {(f.code, f.place.sheet, f.place.row, f.place.column): f for f in caught.value.findings if f.place}
    assert ("NOTE-15", "Sheet1", 5, "启运运抵国") in told
    assert "日本" in told["NOTE-15", "Sheet1", 5, "启运运抵国"].text
    assert ("NOTE-15", "Sheet1", 9, "币制") in told
    assert ("NOTE-15", "Sheet1", 9, "原产国") in told


def test_a_correction_reaches_a_scattered_cell(codes_office: Office, tmp_path: Path) -> None:
    rows = [list(row) for row in FORM]
    rows[4][1] = "日木"
    path = book(tmp_path / "form.xlsx", rows)
    document = codes_office.document("declaration")
    with codes_office.act() as act:
        preview = importing.preview(act, document, path)
        (wrong,) = [one for one in preview.findings if one.code == "NOTE-15"]
        cell = preview.cell_of(wrong)
        assert cell == ("Sheet1", 5, 1)
        play(importing.import_steps(act, document, path, {cell: "日本"}))
    with codes_office.act() as act:
        assert records.load_numbered(act, document, "GT-77").trade_partner_country == "JPN"


def test_a_label_that_must_be_there_is_missed_by_name(codes_office: Office, tmp_path: Path) -> None:
    rows = [row for row in FORM if not str(row[0:1]).startswith("['运输方式")]
    with pytest.raises(Refused) as caught:
        brought(codes_office, book(tmp_path / "form.xlsx", rows))
    assert any("缺少必填项目 运输方式" in one.text for one in caught.value.findings)


def test_one_sheet_for_all_holds_several_declarations(codes_office: Office, tmp_path: Path) -> None:
    head = ["企业内部编号", "进出口标志", "监管方式", "进境关别", "运输方式", "成交方式"]
    first, second = (["A-1", "进口", "0110", "0200", "5", "1"], ["A-2", "出口", "0110", "0200", "5", "3"])
    rows = [[*head, *BODY[:-1]], [*first, *LINE[:-1]], [*first, 2, *LINE[1:-1]], [*second, *LINE[:-1]]]
    made = brought(codes_office, book(tmp_path / "single.xlsx", rows))
    assert [(one.internal_no, one.ie_flag, len(one.lines)) for one in made] == [("A-1", "I", 2), ("A-2", "E", 1)]


def test_a_file_of_no_layout_names_them(codes_office: Office, tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        brought(codes_office, book(tmp_path / "other.xlsx", [["甲", "乙"], [1, 2]]))
    assert any("表单式" in one.text and "单表" in one.text for one in caught.value.findings)


def test_every_layout_has_a_template_that_is_read_back(codes_office: Office, tmp_path: Path) -> None:
    document = codes_office.document("declaration")
    with codes_office.act() as act:
        written = exporting.write_templates(act, document, tmp_path / "报关单.xlsx")
    assert [one.name for one in written] == ["报关单.xlsx", "报关单_单表.xlsx", "报关单_表单式.xlsx"]
    for path in written[1:]:
        with pytest.raises(Refused) as caught:
            brought(codes_office, path)
        assert all(one.code in {"REQ-01", "IMP-09"} for one in caught.value.findings), caught.value.findings
