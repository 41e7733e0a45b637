"""The workbook port of the engine, tied to the reader and the writer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bondesk.base.sheets import ColumnLook, SheetBook, TableHead, TemplateSheet, WrittenSheet
from bondesk.engine.ports import SheetsWriter, TableWriter


class ExcelFiles:
    """Reads and writes workbooks; the libraries are imported when first used."""

    def __init__(self, mark: str = "") -> None:
        """Head every printed page of what is written with ``mark`` ("" = nothing)."""
        self._mark = mark

    def read(self, source: Path | bytes) -> SheetBook:
        """Read every sheet."""
        from bondesk.adapters.excel.reader import read_workbook

        return read_workbook(source)

    def write_table(
        self, path: Path, title: str, columns: Sequence[ColumnLook], rows: Iterable[Sequence[object]]
    ) -> None:
        """Write one table."""
        from bondesk.adapters.excel.writer import write_table

        write_table(path, title, columns, rows, self._mark)

    def table_writer(
        self, path: Path, title: str, columns: Sequence[ColumnLook], head: TableHead | None = None
    ) -> TableWriter:
        """Begin one table: a workbook, text when ``path`` ends in ``.csv``, pages when in ``.pdf``."""
        match path.suffix.lower():
            case ".csv":
                from bondesk.adapters.excel.tables import TextTable

                return TextTable(path, columns)
            case ".pdf":
                from bondesk.adapters.paper.tables import PaperTable

                return PaperTable(path, title, columns, head or TableHead(""), self._mark)
            case _:
                from bondesk.adapters.excel.tables import SheetTable

                return SheetTable(path, title, columns, self._mark, head)

    def write_template(
        self,
        path: Path,
        sheets: Sequence[TemplateSheet],
        code_lists: Mapping[str, Sequence[tuple[str, str]]],
    ) -> None:
        """Write an import template."""
        from bondesk.adapters.excel.writer import write_template

        write_template(path, sheets, code_lists)

    def sheets_writer(self, path: Path) -> SheetsWriter:
        """Begin a workbook of several sheets."""
        from bondesk.adapters.excel.tables import SheetsFile

        return SheetsFile(path, self._mark)

    def write_sheets(self, path: Path, sheets: Sequence[WrittenSheet]) -> None:
        """Write sheets as they stand."""
        from bondesk.adapters.excel.writer import write_sheets

        write_sheets(path, sheets, self._mark)
