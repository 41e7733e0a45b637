"""Tables written row by row, as a workbook or as text: constant memory, whole or not at all, no text a formula."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from bondesk.adapters.excel.writer import Book, sheet_name
from bondesk.base.errors import OutsideFailure
from bondesk.base.numbers import plain
from bondesk.base.sheets import ColumnLook, TableHead

#: Widths of the sheet 说明: where from, value, reason; and of the sheet of conditions.
_ASIDE_WIDTHS = (70, 20, 60)
_HEAD_SHEET, _HEAD_WIDTHS = "查询条件", (24, 60)
#: Bars in the cells, below 0 to the left in another colour.
_BARS = {
    "type": "data_bar",
    "bar_solid": True,
    "bar_color": "#7fb38f",
    "bar_negative_color": "#d99a9a",
    "bar_axis_position": "middle",
}
_RISKY = ("=", "+", "-", "@", "\t", "\r")


class SheetTable:
    """A table in a workbook, with headings, frozen, filterable."""

    def __init__(
        self,
        path: Path,
        title: str,
        columns: Sequence[ColumnLook],
        mark: str = "",
        head: TableHead | None = None,
    ) -> None:
        """Begin the file at ``path``; nothing is there before :meth:`close`. ``mark`` heads every printed page."""
        self._columns, self._title, self._head = columns, title, head
        self._book = Book(path, constant_memory=True, mark=mark)
        self._sheet = self._book.book.add_worksheet(sheet_name(title))
        self._sheet.freeze_panes(1, 0)
        for index, column in enumerate(columns):
            self._sheet.set_column(index, index, max(column.width, len(column.heading) * 2) + 2)
            self._sheet.write_string(0, index, column.heading, self._book.head)
        self._last = 0
        self._aside: Any = None
        self._aside_rows = 0

    def add(self, row: Sequence[object]) -> None:
        """Write one more row."""
        self._last += 1
        for index, value in enumerate(row):
            self._book.write(self._sheet, self._last, index, value)

    def add_total(self, row: Sequence[object]) -> None:
        """Write the row of sums."""
        self.add(row)

    def add_aside(self, name: str, row: Sequence[object]) -> None:
        """Write one more row of the further sheet; its first row is headings."""
        if self._aside is None:
            self._aside = self._book.book.add_worksheet(sheet_name(name))
            self._aside.freeze_panes(1, 0)
            for index, width in enumerate(_ASIDE_WIDTHS):
                self._aside.set_column(index, index, width)
        for index, value in enumerate(row):
            if self._aside_rows == 0:
                self._aside.write_string(0, index, str(value), self._book.head)
            else:
                self._book.write(self._aside, self._aside_rows, index, value)
        self._aside_rows += 1

    def close(self) -> None:
        """Finish the file."""
        barred = [index for index, column in enumerate(self._columns) if column.barred]
        if barred and self._last:
            self._sheet.conditional_format(1, min(barred), self._last, max(barred), _BARS)
        if self._columns:
            self._sheet.autofilter(0, 0, max(self._last, 1), len(self._columns) - 1)
        if self._head is not None:
            self._add_head(self._head)
        self._book.close()

    def _add_head(self, head: TableHead) -> None:
        """Say on a sheet of its own what the table is: below headings one filters by, it would be in the way."""
        sheet = self._book.book.add_worksheet(_HEAD_SHEET)
        for index, width in enumerate(_HEAD_WIDTHS):
            sheet.set_column(index, index, width)
        own = (("报表", self._title), ("企业", head.company), ("导出", head.made))
        notes = [("提示", one) for one in head.notes]
        for place, (label, value) in enumerate((*own, *head.conditions, *notes)):
            sheet.write_string(place, 0, label, self._book.head)
            self._book.write(sheet, place, 1, value)

    def drop(self) -> None:
        """Give the table up; the rows written so far go with their temporary file."""
        _drop(self._book)


def _drop(opened: Book) -> None:
    """Close a workbook in constant memory without writing it, and remove the temporary files of its rows."""
    book: Any = opened.book
    if book.fileclosed:
        return
    book.fileclosed = True
    for sheet in book.worksheets():
        with suppress(OSError):
            sheet.row_data_fh.close()
            Path(sheet.row_data_filename).unlink()


class SheetsFile:
    """Several sheets one after the other, each with a frozen row of headings."""

    def __init__(self, path: Path, mark: str = "") -> None:
        """Begin the file at ``path``; nothing is there before :meth:`close`. ``mark`` heads every printed page."""
        self._book = Book(path, constant_memory=True, mark=mark)
        self._sheet: Any = None
        self._next = 0

    def begin(self, name: str, width: int) -> None:
        """Begin a sheet."""
        self._sheet, self._next = self._book.book.add_worksheet(sheet_name(name)), 0
        self._sheet.set_column(0, max(width - 1, 0), 14)
        self._sheet.freeze_panes(1, 0)

    def add(self, row: Sequence[object]) -> None:
        """Write one more row."""
        for index, value in enumerate(row):
            if self._next == 0 and value is not None:
                self._sheet.write_string(0, index, str(value), self._book.head)
            else:
                self._book.write(self._sheet, self._next, index, value)
        self._next += 1

    def close(self) -> None:
        """Finish the file."""
        self._book.close()

    def drop(self) -> None:
        """Give the workbook up."""
        _drop(self._book)


class TextTable:
    """A table as UTF-8 text with a mark Excel knows it by; what would run as a formula gets an apostrophe."""

    def __init__(self, path: Path, columns: Sequence[ColumnLook]) -> None:
        """Begin beside ``path``; the file takes its name when it is whole."""
        self._path, self._part = path, path.with_name(f"{path.name}.part")
        try:
            self._file = self._part.open("w", encoding="utf-8-sig", newline="")
        except OSError as problem:
            raise _unwritable(problem) from problem
        self._writer = csv.writer(self._file)
        self._writer.writerow([harmless(column.heading) for column in columns])

    def add(self, row: Sequence[object]) -> None:
        """Write one more row."""
        try:
            self._writer.writerow([csv_text(value) for value in row])
        except OSError as problem:
            raise _unwritable(problem) from problem

    def add_total(self, row: Sequence[object]) -> None:
        """Write the row of sums."""
        self.add(row)

    def add_aside(self, name: str, row: Sequence[object]) -> None:
        """Leave it out: text has one table."""

    def close(self) -> None:
        """Finish the file."""
        try:
            self._file.close()
            self._part.replace(self._path)
        except OSError as problem:
            raise _unwritable(problem) from problem

    def drop(self) -> None:
        """Give the table up."""
        with suppress(OSError):
            self._file.close()
        self._part.unlink(missing_ok=True)


def _unwritable(problem: OSError) -> OutsideFailure:
    return OutsideFailure(f"文件写不出来，可能正在 Excel 中打开或磁盘已满：{problem}")


def csv_text(value: object) -> str:
    """Write one value: numbers exact, days in ISO form, texts harmless.

    >>> csv_text(Decimal("-1.50")), csv_text("=1+1"), csv_text("-A"), csv_text(True), csv_text(None)
    ('-1.5', "'=1+1", "'-A", '是', '')
    """
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case Decimal():
            return plain(value)
        case int():
            return str(value)
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case date():
            return value.isoformat()
        case _:
            return harmless(str(value))


def harmless(text: str) -> str:
    """Keep a text from running as a formula when a spreadsheet opens it."""
    return f"'{text}" if text.startswith(_RISKY) else text
