"""How the command line writes: data to standard output, messages and findings to standard error."""

from __future__ import annotations

import csv
import errno
import io
import json
import logging
import logging.handlers
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from bondesk.base.catalogue import Catalogue
from bondesk.base.documents import DocumentType
from bondesk.base.errors import WrongCall
from bondesk.base.findings import Finding, Severity
from bondesk.base.numbers import plain
from bondesk.base.reports import Report, ReportTable
from bondesk.base.steps import Progress
from bondesk.engine import exporting
from bondesk.engine.act import Act
from bondesk.engine.download_runs import Run
from bondesk.engine.downloading import Found
from bondesk.engine.query import Query, page
from bondesk.engine.reporting import conditions_of, totals

_PAGE = 1000
_WORDS = {Severity.ERROR: "错误", Severity.CONFIRM: "确认", Severity.NOTE: "提示"}
_place: list[Path] = []


def log_to(path: Path) -> None:
    """Send the log to a rotating file; the first call wins."""
    if _place:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(path, maxBytes=5_000_000, backupCount=5, encoding="utf-8")
    except OSError as problem:
        say(f"日志不能写入 {path}：{problem}")
        logging.getLogger().addHandler(logging.NullHandler())  # nothing of the log reaches the user
        return
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    _place.append(path)


def log_place() -> str:
    """Return where the log lies."""
    return str(_place[0]) if _place else "（没有日志）"


class _Outlet(io.TextIOWrapper):
    """Standard output whose reader may leave early (``bondesk list … | head``): what nobody reads is let go."""

    def write(self, text: str) -> int:
        """Write, or drop the text when the reader has gone."""
        try:
            return super().write(text)
        except OSError as problem:
            self._let_go(problem)
            return len(text)

    def flush(self) -> None:
        """Flush; when the reader has gone, the stream leads nowhere from now on and the work goes on to its end."""
        try:
            super().flush()
        except OSError as problem:
            self._let_go(problem)

    def _let_go(self, problem: OSError) -> None:
        if problem.errno not in (errno.EPIPE, errno.EINVAL):  # Windows says EINVAL
            raise problem
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self.fileno())
        os.close(nowhere)


def use_standard_streams() -> None:
    """Write UTF-8 whatever the console's code page is, and outlive a reader that leaves early."""
    if hasattr(sys.stderr, "reconfigure"):
        sys.stderr.reconfigure(encoding="utf-8", errors="replace")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.flush()
        sys.stdout = _Outlet(sys.stdout.detach(), encoding="utf-8", errors="replace")


def print_line(text: str) -> None:
    """Write one line of data."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def say(text: str) -> None:
    """Write one message."""
    sys.stderr.write(text + "\n")


def progress(step: Progress) -> None:
    """Show how far a job is, only where somebody watches."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{step.text} {step.done}/{step.total}")


def findings(found: Iterable[Finding]) -> None:
    """Write findings, one a line: severity, code, place, value, reason."""
    for finding in found:
        say(f"{_WORDS[finding.severity]} {finding}")


def data_text(value: Any) -> str:
    """Write a value as CSV and JSON carry it: exact numbers as text, dates in ISO form."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def listing(act: Act, document: DocumentType, query: Query, form: str) -> None:
    """Write every document a query finds."""
    keys = [entry.key for entry in document.list_fields]
    labels = [entry.label for entry in document.list_fields]
    rows: list[dict[str, str]] = []
    while batch := page(act, document, query, len(rows), _PAGE):
        for row in batch:
            values = dict(zip(keys, map(data_text, row.values), strict=True))
            if document.flow.states:
                values = {"state": row.state, **values}
            rows.append(values)
    if form == "json":
        print_line(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    heads = (["状态"] if document.flow.states else []) + labels
    _csv(heads, [list(row.values()) for row in rows])


def _csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    sys.stdout.flush()


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from running a text as a formula; numbers stay as they are."""
    if cell and cell[0] in "=+@\t\r":
        return "'" + cell
    if cell.startswith("-") and not cell[1:].replace(".", "", 1).isdigit():
        return "'" + cell
    return cell


def report(act: Act, declared: Report, table: ReportTable, form: str, out: Path | None, options: Any) -> None:
    """Write a report as CSV or JSON to standard output or a file, or as a workbook or PDF to a file."""
    if form in ("xlsx", "pdf"):
        if out is None:
            raise WrongCall(f"导出 {form} 须用 --out 指定文件")
        if out.suffix.lower() != f".{form}":
            raise WrongCall(f"--format {form} 的文件名须以 .{form} 结尾：{out.name}")
        for step in exporting.report_steps(act, declared, table, out, conditions=conditions_of(options)):
            if isinstance(step, Progress):
                progress(step)
        say(f"已写出 {out}")
        return
    stream, sys.stdout = sys.stdout, (out.open("w", encoding="utf-8", newline="") if out else sys.stdout)
    try:
        _report_text(declared, table, form)
    finally:
        if out:
            sys.stdout.close()
        sys.stdout = stream


def _report_text(declared: Report, table: ReportTable, form: str) -> None:
    keys = [column.key for column in declared.columns]
    if form == "json":
        rows = [{"row": row.key, **dict(zip(keys, map(data_text, row.values), strict=True))} for row in table.rows]
        print_line(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    lines = [[data_text(value) for value in row.values] for row in table.rows]
    sums = totals(declared, table)
    if any(value is not None for value in sums):
        lines.append(["合计", *(data_text(value) for value in sums[1:])])
    _csv([column.title for column in declared.columns], lines)


def describe(catalogue: Catalogue, key: str | None) -> None:
    """Write what is declared: everything in short, or one document or report in full."""
    if key is None:
        for document in catalogue.documents:
            print_line(f"document\t{document.key}\t{document.title}")
        for script in catalogue.scripts:
            print_line(f"action\t{script.key}\t{script.title}")
        for declared in catalogue.reports:
            print_line(f"report\t{declared.key}\t{declared.title}")
        return
    if any(declared.key == key for declared in catalogue.reports):
        for column in catalogue.report(key).columns:
            print_line(f"column\t{column.key}\t{column.title}\t{column.kind}")
        return
    _describe_document(catalogue, catalogue.document(key))


def _describe_document(catalogue: Catalogue, document: DocumentType) -> None:
    for entry in document.head_fields:
        print_line(f"field\t{entry.key}\t{entry.label}\t{entry.kind}\t{'*' if entry.required else ''}")
    for table in document.lines:
        for entry in table.fields:
            print_line(f"line\t{table.key}.{entry.key}\t{entry.label}\t{entry.kind}\t{'*' if entry.required else ''}")
    for state in document.flow.states:
        print_line(f"state\t{state.key}\t{state.title}")
    for right, title in catalogue.rights_of(document):
        print_line(f"action\t{right}\t{title}")
    if document.message is not None:
        print_line(f"message\t{document.message.code}\t{document.message.title}")


def offered(found: Found) -> None:
    """List what can be downloaded as tab-separated rows: kind, number, day, what it is, state."""
    for one in found.offered:
        print_line("\t".join((one.kind, one.number, one.day.isoformat() if one.day else "", one.title, one.state)))
    say(f"可下载 {len(found.offered)} 份")


def downloaded(run: Run) -> None:
    """Print what became of every copy of a run, then the counts."""
    for item in run.items:
        print_line("\t".join((item.document_key, item.number, item.word, item.reason)).rstrip())
    say(f"下载完成：{run.counts}")
