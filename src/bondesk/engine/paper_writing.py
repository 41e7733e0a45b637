"""A document as a workbook somebody types from: its head in the order of the form, its tables, codes with names."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType, LineTable
from bondesk.base.errors import Refused
from bondesk.base.fields import Field
from bondesk.engine.act import Act
from bondesk.engine.download_port import Tell
from bondesk.engine.ports import SheetsWriter

HEAD = ("项目", "内容", "名称")
_ROWS = 2_000
#: Rows of one sheet, the heading included.
_MOST_ROWS = 1_048_576


class _Written:
    """Rows go into the workbook and into the digest of what it says."""

    def __init__(self, writer: SheetsWriter) -> None:
        self._writer, self._digest = writer, hashlib.sha256()

    def begin(self, name: str, width: int) -> None:
        self._digest.update(f"\x1d{name}".encode())
        self._writer.begin(name, width)

    def add(self, row: Sequence[object], *, said: bool = True) -> None:
        if said:
            self._digest.update(b"\x1e" + "\x1f".join("" if cell is None else str(cell) for cell in row).encode())
        self._writer.add(row)

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()


def write_paper(act: Act, document: DocumentType, header: Any, path: Path, tell: Tell) -> str:
    """Write one stored document and return the digest of what it says; what ``tell`` raises leaves no file."""
    writer = act.files.sheets_writer(path)
    try:
        written = _Written(writer)
        name_of = cache(act.codebook.name)
        _head(document, header, written, name_of)
        for table in document.lines:
            _lines(act, table, header.id, written, name_of, tell)
        writer.close()
    except BaseException:
        writer.drop()
        raise
    return written.digest


NameOf = Callable[[str, str], str]


def _head(document: DocumentType, header: Any, written: _Written, name_of: NameOf) -> None:
    given = document.message.seq_no.key if document.message is not None else ""  # pre-entering itself writes it
    written.begin("表头", len(HEAD))
    written.add(HEAD)
    for part in document.form:
        written.add((f"【{part.title}】", None, None))
        for entry in part.fields:
            cells = _cells(entry, getattr(header, entry.key), name_of)
            written.add((entry.label, *cells), said=entry.key != given)


def _lines(act: Act, table: LineTable, header_id: int, written: _Written, name_of: NameOf, tell: Tell) -> None:
    model, fields = table.model, table.fields
    mine = [model.company_id == act.company_id, model.header_id == header_id]
    mine += [getattr(model, key) == value for key, value in table.fixed.items()]
    total = int(act.session.execute(select(func.count()).select_from(model).where(*mine)).scalar_one())
    if total >= _MOST_ROWS:
        raise Refused(f"「{table.title}」共 {total:,} 行，超过 Excel 一张工作表的行数", "EXP-05")
    headings = ["行号"]
    for entry in fields:
        headings += [entry.label, f"{entry.label}名称"] if entry.table or entry.choices else [entry.label]
    written.begin(table.title, len(headings))
    written.add(headings)
    statement = select(model.line_no, *(getattr(model, entry.key) for entry in fields)).where(*mine)
    statement = statement.order_by(model.line_no, model.id).execution_options(yield_per=_ROWS)
    for done, row in enumerate(act.session.execute(statement)):
        if done % _ROWS == 0:
            tell(f"正在写出{table.title}", done, total)
        cells: list[object] = [row[0]]
        for entry, value in zip(fields, row[1:], strict=True):
            code, name = _cells(entry, value, name_of)
            cells += [code, name] if entry.table or entry.choices else [code]
        written.add(cells)


def _cells(entry: Field, value: Any, name_of: NameOf) -> tuple[object, object]:
    """Return a value as it is typed in, and what its code means."""
    if value is None or value == "":
        return None, None
    if entry.kind is Kind.YESNO:
        return ("是" if value else "否"), None
    if entry.table:
        return value, name_of(entry.table, str(value))
    return value, entry.choice_name(str(value)) if entry.choices else None
