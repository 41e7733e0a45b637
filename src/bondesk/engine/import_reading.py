"""First stage of an import: the workbook as opened, with the clerk's corrections laid over it, read into records."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.file_words import reason_of
from bondesk.base.findings import Finding, error, errors_in, note
from bondesk.base.readings import cell_text
from bondesk.base.sheets import RawCell, Sheet, SheetBook
from bondesk.base.steps import Progress
from bondesk.base.workbooks import SheetPlan
from bondesk.engine.act import Act
from bondesk.engine.cell_places import column_letter
from bondesk.engine.form_reading import fits, read_form
from bondesk.engine.import_headings import FoundHeadings, own_plans, with_own
from bondesk.engine.sheet_reading import ReadSheet, SheetReader

#: (sheet name, Excel row, 0-based column) → the text that stands for the cell.
Cell = tuple[str, int, int]
Corrections = Mapping[Cell, str]
#: How many steps an import shows: reading, arranging, checking, storing.
STEPS = 4


@dataclass(frozen=True)
class OpenedWorkbook:
    """A workbook read once: its name, bytes and sheets; what is checked and stored is what was looked at."""

    name: str
    content: bytes
    book: SheetBook

    @property
    def sha256(self) -> str:
        """Return the fingerprint of the bytes."""
        return hashlib.sha256(self.content).hexdigest()

    def raw(self, cell: Cell) -> RawCell:
        """Return what the file holds in a cell; None outside of it."""
        name, row, column = cell
        sheet = next((sheet for sheet in self.book.sheets if sheet.name == name), None)
        if sheet is None or not 0 < row <= len(sheet.rows) or column >= len(sheet.rows[row - 1]):
            return None
        return sheet.rows[row - 1][column]


def open_workbook(act: Act, source: Path) -> OpenedWorkbook:
    """Read a workbook; ``Refused`` (IMP-00) in Chinese when it cannot be read."""
    try:
        content = source.read_bytes()
    except OSError as problem:
        reason = reason_of(problem)
        raise Refused(f"文件 {source.name} 读不出来：{reason}；请检查文件是否被其他程序占用", "IMP-00") from problem
    return OpenedWorkbook(source.name, content, act.files.read(content))


def corrected(book: SheetBook, corrections: Corrections) -> SheetBook:
    """Lay typed texts over the cells of a workbook; rows without a correction are shared, not copied."""
    if not corrections:
        return book
    changed: dict[str, dict[int, dict[int, str]]] = {}
    for (sheet, row, column), text in corrections.items():
        changed.setdefault(sheet, {}).setdefault(row, {})[column] = text
    return SheetBook(tuple(_corrected(sheet, changed.get(sheet.name, {})) for sheet in book.sheets))


def _corrected(sheet: Sheet, changed: Mapping[int, Mapping[int, str]]) -> Sheet:
    if not changed:
        return sheet
    rows: list[Sequence[RawCell]] = list(sheet.rows)
    for row, cells in changed.items():
        while len(rows) < row:
            rows.append([])
        values = list(rows[row - 1])
        values += [None] * (max(cells) + 1 - len(values))
        for column, text in cells.items():
            values[column] = text
        rows[row - 1] = values
    return Sheet(sheet.name, rows)


def kept_corrections(opened: OpenedWorkbook, corrections: Corrections) -> dict[str, dict[str, str]]:
    """Return the corrections that change something, as an import run keeps them."""
    kept: dict[str, dict[str, str]] = {}
    for cell, text in sorted(corrections.items()):
        if cell_text(opened.raw(cell)) != text:
            kept.setdefault(cell[0], {})[f"{column_letter(cell[2])}{cell[1]}"] = text
    return kept


@dataclass
class Reading:
    """What was read: sheets, where their headings are, what is wrong with single cells.

    ``complete`` tells that every sheet and heading that must be there is there.
    """

    book: SheetBook
    sheets: list[ReadSheet]
    findings: list[Finding]
    found: dict[str, FoundHeadings]
    complete: bool

    @property
    def broken(self) -> set[tuple[str, int]]:
        """Return (sheet, row) of the rows with a cell that could not be read."""
        return {(f.place.sheet, f.place.row) for f in errors_in(self.findings) if f.place is not None}


def reading_steps(act: Act, document: DocumentType, book: SheetBook) -> Generator[Progress, None, Reading]:
    """Read every sheet the document's workbook declares, column by column."""
    assert document.workbook is not None
    reader = SheetReader(act.codebook)
    plans = fitting_plans(act, document, book)
    read: list[ReadSheet] = []
    complete = True
    for plan in plans:
        sheet = _sheet_of(book, plan, alone=len(plans) == 1)
        if sheet is None:
            if plan.part == "" or any(heading.required for heading in plan.headings):
                reader.findings.append(error("IMP-01", f"缺少工作表「{plan.title}」"))
                complete = False
                reader.findings += other_layouts(document)
            continue
        if plan.scattered:
            form = read_form(reader, sheet, plan)
            complete = complete and form is not None
            read += form or []
            continue
        if plan.pairs:
            read.append(reader.read_pairs(sheet, plan))
            continue
        found = yield from _shown(reader.reading_rows(sheet, plan), sheet.name)
        if found is None:
            complete = False
        else:
            read.append(found)
    return Reading(book, read, reader.findings, reader.found, complete)


def fitting_plans(act: Act, document: DocumentType, book: SheetBook) -> tuple[SheetPlan, ...]:
    """Return the sheets of the layout a workbook has: the standard one, else the first other that fits."""
    assert document.workbook is not None
    standard = own_plans(act, document)
    titles = {sheet.name.strip() for sheet in book.sheets}
    if not document.workbook.layouts or any(plan.title in titles for plan in standard):
        return standard
    for layout in document.workbook.layouts:
        (plan,) = with_own(act, document, (layout.sheet,))
        sheet = _sheet_of(book, plan, alone=True)
        if sheet is not None and (sheet.name.strip() == plan.title or fits(sheet, plan)):
            return (plan,)
    return standard


def other_layouts(document: DocumentType) -> list[Finding]:
    """Say which other layouts a document's workbook may have."""
    assert document.workbook is not None
    titles = "、".join(f"「{layout.title}」" for layout in document.workbook.layouts)
    text = f"工作簿不符合任何一种导入格式；除标准格式外还可用{titles}，请导出模板对照"
    return [note("IMP-01", text)] if titles else []


def _sheet_of(book: SheetBook, plan: SheetPlan, alone: bool) -> Sheet | None:
    named = next((sheet for sheet in book.sheets if sheet.name.strip() == plan.title), None)
    return book.sheets[0] if named is None and alone and book.sheets else named


def _shown(reading: Generator[str, None, ReadSheet | None], sheet: str) -> Generator[Progress, None, ReadSheet | None]:
    while True:
        try:
            heading = next(reading)
        except StopIteration as end:
            result: ReadSheet | None = end.value
            return result
        yield Progress(0, STEPS, f"读取工作表「{sheet}」{heading}")
