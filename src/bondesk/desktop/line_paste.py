"""A block copied from Excel or WPS, read into cells exactly as the import reads a workbook. No Qt."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bondesk.base.columns import Kind
from bondesk.base.fields import Field
from bondesk.base.findings import Finding, Severity, error, note
from bondesk.base.readings import Unreadable
from bondesk.desktop.edited import Unread
from bondesk.engine.act import Act
from bondesk.engine.sheet_reading import SheetReader

#: More than a clerk copies; beyond it an import is meant.
MOST_CELLS = 500_000
PASTE = "PASTE"


@dataclass(frozen=True, slots=True)
class Pasted:
    """One cell of a block: row within the block, field key, value, and the text when it cannot be read."""

    row: int
    key: str
    value: Any
    unread: Unread | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A read block: how many rows, its cells, and notes about what was left out."""

    rows: int
    cells: tuple[Pasted, ...]
    notes: tuple[Finding, ...]


def block_cells(text: str) -> list[list[str]]:
    """Split the text of a clipboard into rows and cells; quoted cells may hold line breaks."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter="\t"))
    except csv.Error:
        rows = [line.split("\t") for line in text.split("\n")]
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    return rows


def aimed(rows: Sequence[Sequence[str]], fields: Sequence[Field], column: int) -> tuple[list[Field | None], int]:
    """Return the field of every column of the block and how many heading rows to skip.

    A first row of nothing but labels says the columns itself; otherwise they follow from ``column`` on.
    """
    by_label = {entry.label: entry for entry in fields}
    first = [cell.strip().rstrip("*").strip() for cell in rows[0]] if rows else []
    width = max((len(row) for row in rows), default=0)
    if len(rows) > 1 and any(first) and all(not cell or cell in by_label for cell in first):
        return [by_label.get(cell) for cell in first] + [None] * (width - len(first)), 1
    targets: list[Field | None] = list(fields[column : column + width])
    return targets + [None] * (width - len(targets)), 0


def read_block(act: Act, rows: Sequence[Sequence[str]], fields: Sequence[Field], column: int) -> Block:
    """Read a block from ``column`` on; a cell that cannot be read keeps its text, all others are taken."""
    targets, skipped = aimed(rows, fields, column)
    reader = SheetReader(act.codebook)
    readers = {entry.key: reader.reader_for(entry) for entry in targets if entry is not None and not entry.readonly}
    cells: list[Pasted] = []
    for number, row in enumerate(rows[skipped:]):
        for entry, raw in zip(targets, row, strict=False):
            if entry is not None and not entry.readonly:
                cells.append(_read(number, entry, raw, readers[entry.key]))
    return Block(len(rows) - skipped, tuple(cells), tuple(_left_out(rows[skipped:], targets)))


def within(block: Block, rows: int) -> Block:
    """Return a block cut to ``rows`` rows, with a note of what was left out."""
    if block.rows <= rows:
        return block
    left_out = note(PASTE, f"粘贴的内容有 {block.rows - rows} 行超出表格末尾，未采用：这些行由程序计算，不能增加")
    return Block(rows, tuple(cell for cell in block.cells if cell.row < rows), (*block.notes, left_out))


def _read(row: int, entry: Field, raw: str, reader: Any) -> Pasted:
    text = raw if entry.kind is Kind.MEMO else raw.strip()
    try:
        return Pasted(row, entry.key, reader(text))
    except Unreadable as problem:
        return Pasted(row, entry.key, None, Unread(text, problem.code, problem.text))
    except (ValueError, ArithmeticError) as problem:
        return Pasted(row, entry.key, None, Unread(text, "IMP-07", f"不能识别（{problem}）"))


def _left_out(rows: Sequence[Sequence[str]], targets: Sequence[Field | None]) -> list[Finding]:
    found = []
    filled = {place for row in rows for place, cell in enumerate(row) if cell.strip()}
    beyond = sum(targets[place] is None for place in filled)
    if beyond:
        found.append(note(PASTE, f"粘贴的内容有 {beyond} 列超出表格右边界，未采用"))
    locked = [entry.label for place, entry in enumerate(targets) if entry and entry.readonly and place in filled]
    if locked:
        found.append(note(PASTE, f"「{'、'.join(locked)}」由程序填写，粘贴的内容未采用"))
    return found


def unread_findings(block: Block, fields: Sequence[Field], first_row: int, table: str) -> list[Finding]:
    """Say which cells of a pasted block could not be read, at their place in the table."""
    labels = {entry.key: entry.label for entry in fields}
    return [
        error(
            cell.unread.code,
            f"「{labels[cell.key]}」“{cell.unread.raw[:40]}”：{cell.unread.text}",
            cell.key,
            first_row + cell.row,
            table=table,
        )
        for cell in block.cells
        if cell.unread is not None
    ]


def too_large(rows: Sequence[Sequence[str]]) -> Finding | None:
    """Refuse a block that is meant for the import."""
    cells = sum(len(row) for row in rows)
    if cells <= MOST_CELLS:
        return None
    return Finding(Severity.ERROR, PASTE, f"粘贴的内容有 {cells:,} 格，超过 {MOST_CELLS:,} 格，请改用导入")
