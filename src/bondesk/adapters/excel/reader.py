"""Reading .xlsx and .xls (and the HTML or XML tables some systems call .xls) into plain sheets."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from lxml import html
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from bondesk.adapters.excel.formulas import unread_cells
from bondesk.adapters.excel.guard import NEEDS_PASSWORD, check_zip, kind_of
from bondesk.adapters.excel.spreadsheet_xml import read_spreadsheet_xml
from bondesk.base.errors import Refused
from bondesk.base.sheets import ErrorCell, NoResult, Sheet, SheetBook


def read_workbook(source: Path | bytes) -> SheetBook:
    """Read every sheet, row 0 being Excel row 1; ``Refused`` in Chinese when the file cannot be read."""
    try:
        content = source if isinstance(source, bytes) else source.read_bytes()
    except OSError as problem:
        raise Refused(f"文件读不出来：{problem}", "IMP-00") from problem
    kind = kind_of(content)
    if kind == "html":
        return _read_html(content)
    if kind == "xml":
        return read_spreadsheet_xml(content)
    if kind == "xlsx":
        check_zip(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [(name, _rows(book, name)) for name in book.sheet_names]
    except PasswordError as problem:
        raise Refused(NEEDS_PASSWORD, "IMP-00") from problem
    except (CalamineError, ValueError) as problem:
        raise Refused(f"文件打不开：工作簿可能已损坏，请在 Excel 中打开后另存（{problem}）", "IMP-00") from problem
    if kind == "xlsx":
        _mark(sheets, unread_cells(content))
    return SheetBook(tuple(Sheet(name, rows) for name, rows in sheets))


def _rows(book: CalamineWorkbook, name: str) -> list[list[Any]]:
    rows: list[list[Any]] = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    return rows


def _mark(
    sheets: list[tuple[str, list[list[Any]]]], unread: dict[str, dict[tuple[int, int], NoResult | ErrorCell]]
) -> None:
    for name, rows in sheets:
        for (row, column), mark in unread.get(name, {}).items():
            while len(rows) <= row:
                rows.append([])
            while len(rows[row]) <= column:
                rows[row].append("")
            rows[row][column] = mark


def _read_html(content: bytes) -> SheetBook:
    """Read the tables of an HTML file that some systems call .xls: GB18030 unless it says UTF-8."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Refused("文件打不开：文字编码不能识别", "IMP-00")
    tables = html.fromstring(text).iter("table")
    sheets = []
    for number, table in enumerate(tables, 1):
        rows = [[_text_of(cell) for cell in row if cell.tag in {"td", "th"}] for row in table.iter("tr")]
        sheets.append(Sheet(f"表{number}", rows))
    if not sheets:
        raise Refused("文件打不开：其中没有表格", "IMP-00")
    return SheetBook(tuple(sheets))


def _text_of(cell: html.HtmlElement) -> str:
    return "".join(str(part) for part in cell.itertext()).strip()
