"""What an import would do, looked at before it is done: sheets as they stand, findings by cell, counts."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bondesk.base.documents import DocumentType
from bondesk.base.findings import Finding, Severity
from bondesk.base.readings import cell_text, exact_cell
from bondesk.base.sheets import RawCell, Sheet, WrittenSheet
from bondesk.base.steps import Progress
from bondesk.engine.act import Act
from bondesk.engine.import_checks import Checked, accepting_steps, checking_steps
from bondesk.engine.import_headings import FoundHeadings
from bondesk.engine.import_reading import Cell, Corrections, OpenedWorkbook, Reading, corrected, reading_steps

_WEIGHT = {Severity.ERROR: 2, Severity.CONFIRM: 1, Severity.NOTE: 0}
_SAME_DOCUMENT = "同一单据的其他行有错误"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many documents would be new, updated, refused; lines of the sound ones; findings by weight."""

    new: int = 0
    updated: int = 0
    refused: int = 0
    lines: int = 0
    errors: int = 0
    warnings: int = 0


@dataclass(frozen=True)
class PreviewSheet:
    """One sheet as it stands, corrections laid over; texts are made when a cell is looked at.

    ``found`` is None for a sheet the import does not read.
    """

    sheet: Sheet
    found: FoundHeadings | None

    @property
    def name(self) -> str:
        """Return the sheet's name."""
        return self.sheet.name

    @cached_property
    def width(self) -> int:
        """Return how many columns the widest row has."""
        return max((len(row) for row in self.sheet.rows), default=0)

    @property
    def height(self) -> int:
        """Return how many rows there are."""
        return len(self.sheet.rows)

    @property
    def heading_row(self) -> int:
        """Return the Excel row of the headings, 0 when there is none."""
        return self.found.row + 1 if self.found is not None else 0

    def text(self, row: int, column: int) -> str:
        """Return what an Excel ``row`` and 0-based ``column`` show."""
        cells = self.sheet.rows[row - 1]
        return cell_text(cells[column]) if column < len(cells) else ""

    def column_of(self, finding: Finding) -> int | None:
        """Return the 0-based column a finding stands on; None when it is about the whole row."""
        assert finding.place is not None
        if self.found is None or not finding.place.column:
            return None
        return 1 if self.found.row < 0 else self.found.indexes.get(finding.place.column)


@dataclass(frozen=True)
class ImportPreview:
    """What an import of ``opened`` with ``corrections`` would do.

    ``cells`` gives the findings of a cell, ``rows`` those of a row (also those without a column), as positions in
    ``findings``. ``refused_rows`` are the rows that 只导入无误的单据 leaves out.
    """

    document: DocumentType
    opened: OpenedWorkbook
    corrections: Corrections
    sheets: tuple[PreviewSheet, ...]
    findings: tuple[Finding, ...]
    counts: Counts
    refused_rows: frozenset[tuple[str, int]]
    cells: Mapping[Cell, tuple[int, ...]] = field(default_factory=dict)
    rows: Mapping[tuple[str, int], tuple[int, ...]] = field(default_factory=dict)

    def sheet(self, name: str) -> PreviewSheet | None:
        """Return the sheet of a name."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)

    def weight(self, positions: Sequence[int]) -> Severity | None:
        """Return the gravest severity among findings."""
        found = [self.findings[position].severity for position in positions]
        return max(found, key=_WEIGHT.__getitem__, default=None)

    def wrong_rows(self, sheet: str) -> list[int]:
        """Return the Excel rows of a sheet with a finding, in order."""
        return sorted(row for name, row in self.rows if name == sheet)

    def cell_of(self, finding: Finding) -> Cell | None:
        """Return the cell to go to for a finding; the first of its row when it names no column."""
        sheet = self.sheet(finding.place.sheet) if finding.place is not None else None
        if sheet is None or finding.place is None or not 0 < finding.place.row <= sheet.height:
            return None
        return sheet.name, finding.place.row, sheet.column_of(finding) or 0

    def alike(self, cell: Cell) -> list[Cell]:
        """Return the cells below the headings of the same column with the same raw value, itself left out."""
        name, row, column = cell
        raw = self.opened.raw(cell)
        sheet = next((sheet for sheet in self.opened.book.sheets if sheet.name == name), None)
        shown = self.sheet(name)
        if sheet is None or shown is None or raw in (None, "") or row <= shown.heading_row:
            return []
        return [
            (name, number, column)
            for number, cells in enumerate(sheet.rows[shown.heading_row :], shown.heading_row + 1)
            if number != row and column < len(cells) and cells[column] == raw
            if (name, number, column) not in self.corrections
        ]


def preview_steps(
    act: Act,
    document: DocumentType,
    opened: OpenedWorkbook,
    corrections: Corrections | None = None,
    accepted_only: bool = False,
) -> Generator[Progress, None, ImportPreview]:
    """Read and check a workbook without storing anything."""
    act.require(document, "import")
    laid = dict(corrections or {})
    reading = yield from reading_steps(act, document, corrected(opened.book, laid))
    checked = yield from checking_steps(act, document, reading)
    if accepted_only:
        yield from accepting_steps(act, document, checked)
    return preview_of(document, opened, laid, reading, checked)


def preview_of(
    document: DocumentType, opened: OpenedWorkbook, corrections: Corrections, reading: Reading, checked: Checked
) -> ImportPreview:
    """Put together what reading and checking found."""
    sheets = tuple(PreviewSheet(sheet, reading.found.get(sheet.name)) for sheet in reading.book.sheets)
    by_name = {sheet.name: sheet for sheet in sheets}
    cells: dict[Cell, list[int]] = {}
    rows: dict[tuple[str, int], list[int]] = {}
    findings = _sorted(checked.findings, [sheet.name for sheet in sheets])
    for position, finding in enumerate(findings):
        sheet = by_name.get(finding.place.sheet) if finding.place is not None else None
        if sheet is None or finding.place is None:
            continue
        rows.setdefault((sheet.name, finding.place.row), []).append(position)
        column = sheet.column_of(finding)
        if column is not None:
            cells.setdefault((sheet.name, finding.place.row, column), []).append(position)
    return ImportPreview(
        document,
        opened,
        corrections,
        sheets,
        findings,
        _counts(checked),
        frozenset(checked.refused_rows),
        {cell: tuple(found) for cell, found in cells.items()},
        {row: tuple(found) for row, found in rows.items()},
    )


def _sorted(findings: Sequence[Finding], sheets: Sequence[str]) -> tuple[Finding, ...]:
    """Put the gravest first, each weight in the order of the workbook."""
    order = {name: position for position, name in enumerate(sheets)}

    def key(finding: Finding) -> tuple[int, int, int]:
        place = finding.place
        return -_WEIGHT[finding.severity], order.get(place.sheet, -1) if place else -1, place.row if place else 0

    return tuple(sorted(findings, key=key))


def _counts(checked: Checked) -> Counts:
    sound = checked.sound
    updated = sum(one.number in checked.existing for one in sound)
    errors = sum(finding.severity is Severity.ERROR for finding in checked.findings)
    return Counts(
        new=len(sound) - updated,
        updated=updated,
        refused=checked.refused_count,
        lines=sum(one.line_count for one in sound),
        errors=errors,
        warnings=len(checked.findings) - errors,
    )


def refused_sheets(preview: ImportPreview) -> list[WrittenSheet]:
    """Return the rows left out, under their headings, with the reason in a last column 原因.

    The result can be mended and imported again; a sheet in the layout 项目 · 内容 is given whole.
    """
    written = []
    for sheet in preview.sheets:
        if sheet.found is None:
            continue
        if sheet.found.row < 0:
            rows = [[exact_cell(cell) for cell in row] for row in sheet.sheet.rows]
            written.append(WrittenSheet(sheet.name, rows))
            continue
        heading = [exact_cell(cell) for cell in _padded(sheet, sheet.heading_row)]
        refused = sorted(row for name, row in preview.refused_rows if name == sheet.name)
        rows = [[*heading, "原因"]]
        rows += [[*map(exact_cell, _padded(sheet, row)), _reason(preview, sheet.name, row)] for row in refused]
        written.append(WrittenSheet(sheet.name, rows, heading_row=0))
    return written


def _padded(sheet: PreviewSheet, row: int) -> list[RawCell]:
    cells = list(sheet.sheet.rows[row - 1])
    return [*cells, *[None] * (sheet.width - len(cells))]


def _reason(preview: ImportPreview, sheet: str, row: int) -> str:
    said = []
    for position in preview.rows.get((sheet, row), ()):
        finding = preview.findings[position]
        if finding.severity is Severity.ERROR:
            column = f"「{finding.place.column}」" if finding.place is not None and finding.place.column else ""
            said.append(f"{column}{finding.text}")
    return "；".join(said) or _SAME_DOCUMENT


def corrected_sheets(preview: ImportPreview) -> list[WrittenSheet]:
    """Return the whole workbook with the corrections in place and marked; the file itself stays as it is."""
    return [
        WrittenSheet(
            sheet.name,
            [[exact_cell(cell) for cell in row] for row in sheet.sheet.rows],
            frozenset((row - 1, column) for name, row, column in preview.corrections if name == sheet.name),
            sheet.found.row if sheet.found is not None else -1,
        )
        for sheet in preview.sheets
    ]
