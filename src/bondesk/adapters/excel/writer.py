"""Writing tables and import templates: what a cell shows is exact, and no text ever runs as a formula."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from bondesk.base.errors import OutsideFailure
from bondesk.base.numbers import plain
from bondesk.base.sheets import ColumnLook, ErrorCell, NoResult, TemplateHeading, TemplateSheet, WrittenSheet

_SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_EXCEL_DIGITS = 15
_CODES = "代码表"


class Book:
    """An open workbook with the few formats we use."""

    def __init__(self, path: Path, constant_memory: bool, mark: str = "") -> None:
        self._mark = mark
        self.book = xlsxwriter.Workbook(str(path), {**_SAFE, "constant_memory": constant_memory})
        font = {"font_name": "宋体", "font_size": 10}
        head = {**font, "bold": True, "bg_color": "#E8EEF5", "border": 1, "valign": "vcenter"}
        self.head = self.book.add_format(head)
        self.required = self.book.add_format({**head, "font_color": "#B00020"})
        self.text = self.book.add_format({**font, "num_format": "@"})
        self.note = self.book.add_format({**font, "font_color": "#666666", "text_wrap": True, "valign": "top"})
        self.date = self.book.add_format({**font, "num_format": "yyyy-mm-dd"})
        self.marked = self.book.add_format({**font, "num_format": "@", "bg_color": "#FFF2CC"})
        self.time = self.book.add_format({**font, "num_format": "yyyy-mm-dd hh:mm:ss"})
        self._font = font
        self._numbers: dict[int, Any] = {}

    def number(self, places: int) -> Any:
        """Return the format that shows exactly ``places`` decimals."""
        if places not in self._numbers:
            shown = "0" if places == 0 else "0." + "0" * places
            self._numbers[places] = self.book.add_format({**self._font, "num_format": shown})
        return self._numbers[places]

    def write(self, sheet: Any, row: int, column: int, value: object) -> None:
        """Write one value so that the user sees exactly it."""
        match value:
            case None:
                return
            case NoResult() | ErrorCell():
                # Stays an error cell, so that nobody takes it for empty; a formula of ours, with no input in it.
                sheet.write_formula(row, column, "=NA()", self.text, "#N/A")
            case bool():
                sheet.write_string(row, column, "是" if value else "否", self.text)
            case Decimal():
                self._write_decimal(sheet, row, column, value)
            case int():
                self._write_decimal(sheet, row, column, Decimal(value))
            case datetime():
                sheet.write_datetime(row, column, value, self.time)
            case date():
                sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), self.date)
            case _:
                sheet.write_string(row, column, str(value), self.text)

    def _write_decimal(self, sheet: Any, row: int, column: int, value: Decimal) -> None:
        text = plain(value)
        if sum(sign.isdigit() for sign in text) > _EXCEL_DIGITS:
            sheet.write_string(row, column, text, self.text)
            return
        places = len(text.partition(".")[2])
        sheet.write_number(row, column, value, self.number(places))

    def close(self) -> None:
        """Write the file; ``OutsideFailure`` when that is impossible (open in Excel, disk full)."""
        if self._mark:
            for sheet in self.book.worksheets():
                sheet.set_header(f"&C&14{self._mark}")
        try:
            self.book.close()
        except (XlsxWriterException, OSError) as problem:
            raise OutsideFailure(f"文件写不出来，可能正在 Excel 中打开或磁盘已满：{problem}") from problem


def write_table(
    path: Path, title: str, columns: Sequence[ColumnLook], rows: Iterable[Sequence[object]], mark: str = ""
) -> None:
    """Write one table at once."""
    from bondesk.adapters.excel.tables import SheetTable

    table = SheetTable(path, title, columns, mark)
    for row in rows:
        table.add(row)
    table.close()


def write_sheets(path: Path, sheets: Sequence[WrittenSheet], mark: str = "") -> None:
    """Write sheets as they stand; marked cells are texts on a coloured ground."""
    book = Book(path, constant_memory=False, mark=mark)
    for plan in sheets:
        sheet = book.book.add_worksheet(sheet_name(plan.name))
        widest = max((len(row) for row in plan.rows), default=0)
        if widest:
            sheet.set_column(0, widest - 1, 14)
        if plan.heading_row >= 0:
            sheet.freeze_panes(plan.heading_row + 1, 0)
        for row, values in enumerate(plan.rows):
            for column, value in enumerate(values):
                if (row, column) in plan.marked:
                    sheet.write_string(row, column, str(value or ""), book.marked)
                elif row == plan.heading_row and value is not None:
                    sheet.write_string(row, column, str(value), book.head)
                else:
                    book.write(sheet, row, column, value)
    book.close()


def write_template(
    path: Path, sheets: Sequence[TemplateSheet], code_lists: Mapping[str, Sequence[tuple[str, str]]]
) -> None:
    """Write an import template: headings (``*`` = mandatory), a row of explanation, the code lists."""
    book = Book(path, constant_memory=False)
    # A template says nothing of when it was written, so writing it again gives the same bytes.
    book.book.set_properties({"created": datetime(2000, 1, 1)})
    for plan in sheets:
        sheet = book.book.add_worksheet(sheet_name(plan.title))
        _write_pairs(book, sheet, plan) if plan.layout == "pairs" else _write_headings(book, sheet, plan)
    if code_lists:
        _write_codes(book, code_lists)
    book.close()


def _heading_text(heading: TemplateHeading) -> str:
    return heading.text + ("*" if heading.required else "")


def _write_headings(book: Book, sheet: Any, plan: TemplateSheet) -> None:
    sheet.freeze_panes(1, 0)
    for index, heading in enumerate(plan.headings):
        form = book.required if heading.required else book.head
        sheet.set_column(index, index, max(heading.width, len(heading.text) * 2 + 2), book.text)
        sheet.write_string(0, index, _heading_text(heading), form)
        text = heading.explanation
        sheet.write_string(1, index, f"说明：{text or '此行导入时忽略'}" if index == 0 else text, book.note)
    sheet.set_row(1, 60)


def _write_pairs(book: Book, sheet: Any, plan: TemplateSheet) -> None:
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 28, book.text)
    sheet.set_column(2, 2, 50)
    for index, text in enumerate(("项目", "内容", "说明")):
        sheet.write_string(0, index, text, book.head)
    for row, heading in enumerate(plan.headings, 1):
        sheet.write_string(row, 0, _heading_text(heading), book.required if heading.required else book.head)
        sheet.write_string(row, 2, heading.explanation, book.note)


def _write_codes(book: Book, code_lists: Mapping[str, Sequence[tuple[str, str]]]) -> None:
    sheet = book.book.add_worksheet(_CODES)
    sheet.freeze_panes(1, 0)
    for index, (table, entries) in enumerate(code_lists.items()):
        column = index * 3
        sheet.set_column(column, column + 1, 16)
        sheet.write_string(0, column, f"{table} 代码", book.head)
        sheet.write_string(0, column + 1, "名称", book.head)
        for row, (code, name) in enumerate(entries, 1):
            sheet.write_string(row, column, code, book.text)
            sheet.write_string(row, column + 1, name, book.text)


def sheet_name(title: str) -> str:
    """Return a title as a sheet may be called: 31 signs, none that Excel refuses."""
    return "".join("_" if sign in "[]:*?/\\" else sign for sign in title)[:31] or "Sheet1"
