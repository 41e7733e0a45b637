"""Workbooks: what is written shows exactly the value, what is read is exactly the cell, nothing runs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from bondesk.adapters.excel.files import ExcelFiles
from bondesk.adapters.excel.guard import check_zip, kind_of
from bondesk.base.errors import OutsideFailure, Refused
from bondesk.base.sheets import ColumnLook, ErrorCell, NoResult, TemplateHeading, TemplateSheet, WrittenSheet

FILES = ExcelFiles()


def written(path: Path, *values: object) -> Worksheet:
    """Write one row and open the sheet with another library."""
    looks = [ColumnLook(f"列{i}", 8, "text") for i in range(len(values))]
    FILES.write_table(path, "清单", looks, [values])
    sheet = openpyxl.load_workbook(path).active
    assert isinstance(sheet, Worksheet)
    return sheet


#: value | cell type | cell value | number format
CELLS: list[tuple[object, str, object, str]] = [
    (Decimal("7331.27205"), "n", 7331.27205, "0.00000"),
    (Decimal("0.00001"), "n", 0.00001, "0.00000"),
    (Decimal("100"), "n", 100, "0"),
    (Decimal("-55.88266"), "n", -55.88266, "0.00000"),
    (Decimal("1234567890123456.78"), "s", "1234567890123456.78", "@"),
    (12, "n", 12, "0"),
    (12345678901234567890, "s", "12345678901234567890", "@"),
    ("0615", "s", "0615", "@"),
    ("=1+1", "s", "=1+1", "@"),
    ("https://example.org", "s", "https://example.org", "@"),
    (True, "s", "是", "@"),
    (date(2024, 2, 29), "d", datetime(2024, 2, 29), "yyyy-mm-dd"),
]


@pytest.mark.parametrize(("value", "kind", "shown", "form"), CELLS)
def test_cells(tmp_path: Path, value: object, kind: str, shown: object, form: str) -> None:
    """Numbers with exactly their decimals, long ones and codes as text, formulas never."""
    cell = written(tmp_path / "a.xlsx", value)["A2"]
    assert (cell.data_type, cell.value, cell.number_format) == (kind, shown, form)


def test_empty_cells_stay_empty(tmp_path: Path) -> None:
    """None is no cell, not a 0 and not a word."""
    assert written(tmp_path / "a.xlsx", None, "x")["A2"].value is None


def test_round_trip(tmp_path: Path) -> None:
    """What we write we read as it was."""
    written(tmp_path / "a.xlsx", "0615", Decimal("0.00001"), date(2024, 2, 29))
    (sheet,) = FILES.read(tmp_path / "a.xlsx").sheets
    assert sheet.name == "清单"
    assert list(sheet.rows[0]) == ["列0", "列1", "列2"]
    assert list(sheet.rows[1]) == ["0615", 0.00001, date(2024, 2, 29)]


def test_title_with_forbidden_signs(tmp_path: Path) -> None:
    """A title Excel does not allow as a sheet name is made one."""
    FILES.write_table(tmp_path / "a.xlsx", "料件/成品[表]" + "长" * 40, [ColumnLook("甲", 5, "text")], [])
    (name,) = openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames
    assert len(name) <= 31
    assert not set(name) & set("[]:*?/\\")


def test_unwritable_place(tmp_path: Path) -> None:
    """A folder that does not exist is an outside failure, in Chinese."""
    with pytest.raises(OutsideFailure, match="写不出来"):
        FILES.write_table(tmp_path / "no" / "a.xlsx", "x", [ColumnLook("甲", 5, "text")], [])


def test_template(tmp_path: Path) -> None:
    """Mandatory headings carry their mark, the explanation row starts with 说明, code lists have their own sheet."""
    sheet = TemplateSheet("料号", (TemplateHeading("料号", True, "企业料号"), TemplateHeading("币制", False, "代码")))
    pairs = TemplateSheet("表头", (TemplateHeading("备案号", True, "12位"),), layout="pairs")
    FILES.write_template(tmp_path / "t.xlsx", [sheet, pairs], {"币制": [("USD", "美元"), ("CNY", "人民币")]})
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert book.sheetnames == ["料号", "表头", "代码表"]
    rows = [[cell.value for cell in row] for row in book["料号"].iter_rows()]
    assert rows == [["料号*", "币制"], ["说明：企业料号", "代码"]]
    assert [cell.value for cell in book["表头"][2]][:1] == ["备案号*"]
    codes = [[cell.value for cell in row] for row in book["代码表"].iter_rows()]
    assert codes[1] == ["USD", "美元"]


def test_rows_count_from_excels_first(tmp_path: Path) -> None:
    """Leading empty rows and columns are kept, so that places in messages are Excel's."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["C4"] = "料号"
    book.save(tmp_path / "a.xlsx")
    (read,) = FILES.read(tmp_path / "a.xlsx").sheets
    assert read.rows[3][2] == "料号"
    assert all(cell in ("", None) for row in read.rows[:3] for cell in row)


def test_formula_without_a_saved_result(tmp_path: Path) -> None:
    """It is neither empty nor 0; one with a result is its result."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["B3"] = 1, "=5*600"
    book.save(tmp_path / "a.xlsx")
    (read,) = FILES.read(tmp_path / "a.xlsx").sheets
    assert read.rows[2][1] == NoResult()
    assert read.rows[0][0] == 1


def test_html_called_xls() -> None:
    """Systems that call an HTML table .xls, in both encodings."""
    text = "<html><table><tr><th>料号</th><th>数量</th></tr><tr><td>A&amp;B</td><td>２</td></tr></table></html>"
    for encoding in ("utf-8", "gb18030"):
        (sheet,) = FILES.read(text.encode(encoding)).sheets
        assert [list(row) for row in sheet.rows] == [["料号", "数量"], ["A&B", "２"]]


def test_xml_called_xls() -> None:
    """Spreadsheets of 2003: skipped rows and cells keep their places, digits stay, errors are no blanks."""
    text = """<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
     xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="料号"><Table>
     <Row><Cell ss:MergeAcross="1"><Data ss:Type="String">标题</Data></Cell><Cell><Data ss:Type="String">x</Data></Cell></Row>
     <Row ss:Index="3"><Cell ss:Index="2"><Data ss:Type="Number">123456789012345678</Data></Cell>
     <Cell><Data ss:Type="DateTime">2024-03-01T00:00:00.000</Data></Cell>
     <Cell><Data ss:Type="Error">#N/A</Data></Cell></Row></Table></Worksheet></Workbook>"""
    (sheet,) = FILES.read(text.encode()).sheets
    assert sheet.name == "料号"
    assert sheet.rows == [
        ["标题", None, "x"],
        [],
        [None, "123456789012345678", "2024-03-01", ErrorCell("#N/A")],
    ]
    with pytest.raises(Refused, match="行列编号"):
        FILES.read(text.replace('ss:Index="3"', 'ss:Index="99999999"').encode())


def test_error_cells_are_not_blank(tmp_path: Path) -> None:
    """An error value is neither 0 nor nothing, and stays one when we write it back."""
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet("x")
    sheet.write_formula(0, 0, "=1/0", None, "#DIV/0!")
    sheet.write(0, 1, 5)
    book.close()
    (read,) = FILES.read(tmp_path / "a.xlsx").sheets
    assert read.rows == [[ErrorCell("#DIV/0!"), 5]]
    FILES.write_sheets(tmp_path / "b.xlsx", [WrittenSheet("x", [[ErrorCell("#DIV/0!"), Decimal(5)]])])
    (again,) = FILES.read(tmp_path / "b.xlsx").sheets
    assert again.rows == [[ErrorCell("#N/A"), 5]]


def zipped(*names: str) -> bytes:
    """A zip with empty files of these names."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(name, b"")
    return stream.getvalue()


def bomb() -> bytes:
    """A small zip that unpacks to a hundred megabytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (100 << 20))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lambda: b"", "不是 Excel"),
        (lambda: b"%PDF-1.7", "不是 Excel"),
        (lambda: b"PK\x03\x04 torn", "损坏"),
        (lambda: b"\xd0\xcf\x11\xe0" + b"\0" * 600, "损坏"),
        (lambda: b"<html>no table</html>", "没有表格"),
        (bomb, "过大"),
        (lambda: b" \r\n", "文件是空的"),
        (lambda: "料号,数量\r\nA,1\r\n".encode("gb18030"), "文本文件"),
        (lambda: b"a\tb\r\n1\t2\r\n", "另存为 .xlsx"),
        (lambda: b"MIME-Version: 1.0\r\n", "网页归档"),
        (lambda: b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le") + b"\0" * 99, "打开密码"),
        (lambda: b"\xd0\xcf\x11\xe0" + "WordDocument".encode("utf-16-le") + b"\0" * 99, "Word"),
        (lambda: zipped("word/document.xml"), "Word"),
        (lambda: zipped("a.txt"), "压缩包"),
    ],
    ids=[
        *("empty", "pdf", "torn zip", "torn xls", "no table", "bomb", "blank", "csv", "tabs", "mht", "encrypted"),
        *("doc", "docx", "zip"),
    ],
)
def test_files_that_cannot_be_read(content: Callable[[], bytes], said: str) -> None:
    """IMP-00 in Chinese, whatever the library thinks."""
    with pytest.raises(Refused, match=said) as refusal:
        FILES.read(content())
    assert refusal.value.findings[0].code == "IMP-00"


def test_missing_file(tmp_path: Path) -> None:
    """A file that is gone is refused, not an exception of the system's."""
    with pytest.raises(Refused) as refusal:
        FILES.read(tmp_path / "gone.xlsx")
    assert refusal.value.findings[0].code == "IMP-00"


def test_kinds_by_first_bytes_not_by_name() -> None:
    """The name of a file says nothing."""
    assert [kind_of(head) for head in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"  <html")] == ["xlsx", "xls", "html"]


def test_ordinary_workbooks_pass_the_guard(tmp_path: Path) -> None:
    """A sparse sheet compresses well and is no bomb."""
    written(tmp_path / "a.xlsx", *["同样的文字"] * 200)
    check_zip((tmp_path / "a.xlsx").read_bytes())
