"""Back to the workbook: which cell a stored value was read from, and what stood in it."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bondesk.base.explanation import Explanation
from bondesk.base.sheets import SheetBook
from bondesk.engine.ports import WorkbookFiles
from bondesk.engine.tables import ImportRun

_CELL = re.compile(r"([A-Z]+)(\d*)")


class Origins:
    """Reads import runs, each workbook once per act."""

    def __init__(self, session: Session, company_id: int, files: WorkbookFiles) -> None:
        """Look up runs of one company."""
        self._session = session
        self._company_id = company_id
        self._files = files
        self._runs: dict[int, tuple[ImportRun, SheetBook] | None] = {}

    def cell(self, row: Any, key: str) -> Explanation | None:
        """Explain attribute ``key`` of a stored row by its workbook cell; None when it was typed in."""
        if row.origin_run is None or row.origin_row is None:
            return None
        found = self._run(row.origin_run)
        if found is None:
            return None
        run, book = found
        letter = run.columns.get(row.origin_sheet, {}).get(key)
        if letter is None:
            return None
        position = _CELL.fullmatch(letter)
        assert position is not None, letter
        letter, row_no = position[1], int(position[2] or row.origin_row)
        sheet = next((sheet for sheet in book.sheets if sheet.name == row.origin_sheet), None)
        raw = ""
        if sheet is not None and row_no <= len(sheet.rows):
            cells = sheet.rows[row_no - 1]
            index = _index_of(letter)
            raw = str(cells[index]) if index < len(cells) else ""
        title = f"工作簿 {run.file_name}「{row.origin_sheet}」{letter}{row_no}"
        reason = f"{run.at:%Y-%m-%d %H:%M} 导入，文件指纹 {run.sha256[:12]}"
        typed = (run.corrections or {}).get(row.origin_sheet, {}).get(f"{letter}{row_no}")
        if typed is not None:
            reason = f"导入时由“{raw}”改为“{typed}”；{reason}"
        return Explanation(title, raw if typed is None else typed, reason)

    def _run(self, run_id: int) -> tuple[ImportRun, SheetBook] | None:
        if run_id not in self._runs:
            statement = select(ImportRun).where(ImportRun.company_id == self._company_id, ImportRun.id == run_id)
            run = self._session.scalars(statement).one_or_none()
            self._runs[run_id] = (run, self._files.read(run.content)) if run is not None else None
        return self._runs[run_id]


def _index_of(letters: str) -> int:
    index = 0
    for sign in letters:
        index = index * 26 + ord(sign) - ord("A") + 1
    return index - 1
