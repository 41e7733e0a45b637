"""Import of workbooks: every fault in one answer; all of the file or nothing, or only its sound documents.

The stages are reading (``import_reading``), arranging and checking (``import_checks``) and storing
(``import_storing``); a preview (``import_preview``) stops before the last.
"""

from __future__ import annotations

from pathlib import Path

from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.findings import Severity, errors_in
from bondesk.base.steps import Outcome, Progress, Steps
from bondesk.engine.act import Act
from bondesk.engine.import_checks import Checked, accepting_steps, checking_steps
from bondesk.engine.import_preview import ImportPreview, corrected_sheets, preview_of, preview_steps, refused_sheets
from bondesk.engine.import_reading import (
    STEPS,
    Corrections,
    OpenedWorkbook,
    corrected,
    open_workbook,
    reading_steps,
)
from bondesk.engine.import_storing import start_run, storing_steps


def require_workbook(document: DocumentType) -> None:
    """Refuse (IMP-00) a document without an import workbook."""
    if document.workbook is None:
        raise Refused(f"「{document.title}」没有导入模板", "IMP-00")


def preview(
    act: Act, document: DocumentType, source: Path | OpenedWorkbook, corrections: Corrections | None = None
) -> ImportPreview:
    """Return what an import of ``source`` would do; nothing is stored."""
    require_workbook(document)
    opened = source if isinstance(source, OpenedWorkbook) else open_workbook(act, source)
    steps = preview_steps(act, document, opened, corrections)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            found: ImportPreview = end.value
            return found


def import_steps(
    act: Act,
    document: DocumentType,
    source: Path | OpenedWorkbook,
    corrections: Corrections | None = None,
    accepted_only: bool = False,
    refused_to: Path | None = None,
) -> Steps:
    """Import ``source`` as documents of one type, ``corrections`` standing for the cells they name.

    Yields progress; returns counts and the findings that did not block. ``Refused`` carries every finding with
    its sheet, row, column, value and code, and leaves nothing behind. With ``accepted_only`` the documents
    without an error are stored and the findings of the others returned; ``refused_to`` takes their rows.
    """
    act.require(document, "import")
    require_workbook(document)
    if isinstance(source, Path):
        yield Progress(0, STEPS, f"读取 {source.name}")
        source = open_workbook(act, source)
    laid = dict(corrections or {})
    reading = yield from reading_steps(act, document, corrected(source.book, laid))
    checked = yield from checking_steps(act, document, reading)
    if accepted_only:
        yield from accepting_steps(act, document, checked)
    if errors_in(checked.findings) and not (accepted_only and checked.sound):
        raise Refused(checked.findings)
    yield Progress(3, STEPS, "保存")
    if refused_to is not None and checked.refused_rows:
        rows = preview_of(document, source, laid, reading, checked)
        act.files.write_sheets(refused_to, refused_sheets(rows))
    run = start_run(act, document, source, laid, reading.sheets)
    ids = yield from storing_steps(act, document, checked.sound, checked.existing, run)
    return Outcome(_said(document, checked), {document.key: ids}, tuple(checked.findings))


def _said(document: DocumentType, checked: Checked) -> str:
    sound = checked.sound
    text = f"已导入「{document.title}」{len(sound)} 条"
    if document.lines:
        text += f"，明细 {sum(one.line_count for one in sound)} 行"
    warnings = sum(finding.severity is not Severity.ERROR for finding in checked.findings)
    text += f"，提示 {warnings} 条" if warnings else ""
    refused = checked.refused_count
    return text + (f"；有错误未导入 {refused} 条" if refused else "")


def write_refused(act: Act, found: ImportPreview, path: Path) -> None:
    """Write the rows 只导入无误的单据 leaves out, with the reasons."""
    act.files.write_sheets(path, refused_sheets(found))


def write_corrected(act: Act, found: ImportPreview, path: Path) -> None:
    """Write a copy of the workbook with the corrections in place."""
    act.files.write_sheets(path, corrected_sheets(found))
