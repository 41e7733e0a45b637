"""The history of imported workbooks: who brought what in when, and how many rows still come from it.

A refused import leaves nothing, so it is not here; the workbook of a stored one is kept and can be opened again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.operation_log import OperationLog
from bondesk.engine.act import Act
from bondesk.engine.tables import ImportRun

_LATEST = 200


@dataclass(frozen=True, slots=True)
class PastImport:
    """One stored workbook; ``rows`` is how many stored rows still come from it."""

    id: int
    document_key: str
    title: str
    file_name: str
    user_name: str
    at: datetime
    rows: int
    corrected: int

    @property
    def result(self) -> str:
        """Say in Chinese what became of it."""
        typed = f"，导入时更正 {self.corrected} 处" if self.corrected else ""
        return (f"已存入，现有 {self.rows:,} 行" if self.rows else "已存入，其后被替换或删除") + typed


def importable(act: Act) -> list[DocumentType]:
    """Return the kinds the user may import, in menu order."""
    return [one for one in act.catalogue.documents if one.workbook is not None and act.identity.may(one.key, "import")]


def past_imports(act: Act) -> list[PastImport]:
    """Return the latest imports of kinds the user may import, newest first."""
    kinds = {one.key: one for one in importable(act)}
    columns = ImportRun.id, ImportRun.document_key, ImportRun.file_name, ImportRun.user_id, ImportRun.at
    mine = select(*columns, ImportRun.corrections).where(ImportRun.company_id == act.company_id)
    runs = act.session.execute(
        mine.where(ImportRun.document_key.in_(kinds)).order_by(ImportRun.at.desc(), ImportRun.id.desc()).limit(_LATEST)
    ).all()
    rows = _rows_of(act, [kinds[key] for key in {run.document_key for run in runs}], [run.id for run in runs])
    names = _names_of(act, {run.user_id for run in runs})
    return [
        PastImport(
            run.id,
            run.document_key,
            kinds[run.document_key].title,
            run.file_name,
            names.get(run.user_id, ""),
            run.at,
            rows[run.id],
            sum(len(cells) for cells in (run.corrections or {}).values()),
        )
        for run in runs
    ]


def _rows_of(act: Act, kinds: Sequence[DocumentType], runs: Sequence[int]) -> Counter[int]:
    """Count stored lines by run; heads for kinds without lines."""
    found: Counter[int] = Counter()
    models = {model for one in kinds for model in ([table.model for table in one.lines] or [one.header])}
    for model in models:
        mine = select(model.origin_run, func.count()).where(model.company_id == act.company_id)
        for run, count in act.session.execute(mine.where(model.origin_run.in_(runs)).group_by(model.origin_run)):
            found[run] += count
    return found


def _names_of(act: Act, users: set[int]) -> dict[int, str]:
    mine = select(OperationLog.user_id, func.max(OperationLog.user_name))
    mine = mine.where(OperationLog.company_id == act.company_id, OperationLog.user_id.in_(users))
    return {row[0]: row[1] for row in act.session.execute(mine.group_by(OperationLog.user_id))}


def workbook_of(act: Act, run_id: int) -> tuple[DocumentType, str, bytes]:
    """Return kind, name and bytes of an imported workbook; ``Refused`` without the right to import the kind."""
    mine = select(ImportRun).where(ImportRun.company_id == act.company_id, ImportRun.id == run_id)
    run = act.session.scalars(mine).one_or_none()
    if run is None:
        raise Refused("没有这次导入的记录，请刷新", "GONE")
    document = act.catalogue.document(run.document_key)
    act.require(document, "import")
    return document, run.file_name, run.content
