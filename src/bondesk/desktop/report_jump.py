"""From a document in its list to a report about it, queried at once; from a row of a report to what it tells of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget

from bondesk.base.documents import DocumentType
from bondesk.base.reports import Report
from bondesk.desktop.background import while_alive
from bondesk.desktop.commands import Command
from bondesk.desktop.context import DeskContext
from bondesk.desktop.list_selection import ListSelection
from bondesk.engine import records
from bondesk.engine.act import Act


@runtime_checkable
class ShowsLines(Protocol):
    """A page that can go to a stored line."""

    def show_line(self, table: str, line_id: int) -> None:
        """Bring the line into sight."""


def report_commands(
    context: DeskContext,
    document: DocumentType,
    selection: ListSelection,
    one: Callable[[], str],
    failed: Callable[[Exception], None],
) -> Iterator[Command]:
    """Give a command for every report that looks at documents of the kind, where the user may see it."""
    for report in context.engine.catalogue.reports:
        if document.key in report.looks_at and context.identity.may(report.key, "view"):
            run = partial(_jump, context, document, selection, report, failed)
            yield Command(f"list.report.{report.key}", report.title, "", run, one, "script")


def _jump(
    context: DeskContext,
    document: DocumentType,
    selection: ListSelection,
    report: Report,
    failed: Callable[[Exception], None],
) -> None:
    row = selection.current()
    if row is None:
        return
    document_id = row.id

    def job(act: Act) -> tuple[str, Any]:
        header = records.load(act, document, document_id)
        return document.number_of(header), report.looks_at[document.key](header)

    def done(found: tuple[str, Any]) -> None:
        number, options = found
        key = f"about.{report.key}.{document_id}"
        context.open_page(key, f"{report.title} {number}", partial(_page, context, report, options))

    context.lane.act(job, while_alive(selection, done), while_alive(selection, failed))


def open_place(context: DeskContext, document: tuple[str, int], line: tuple[str, int]) -> None:
    """Open a document by kind and id, and go to its line by table and id where one is named."""
    kind, document_id = document
    context.open_document(context.engine.catalogue.document(kind), document_id)
    page: object = context.extras.get("page_of", lambda _key: None)(f"form.{kind}.{document_id}")
    if line[0] and isinstance(page, ShowsLines):
        page.show_line(*line)


def _page(context: DeskContext, report: Report, options: Any) -> QWidget:
    from bondesk.desktop.report_page import ReportPage

    page = ReportPage(context, report)
    page.options.set_value(options)
    page.query()
    return page
