"""The pages of the module tree by their keys: lists, reports, and the special pages the catalogue declares."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from bondesk.base.matching import Matching
from bondesk.desktop.context import DeskContext
from bondesk.desktop.list_page import ListPage
from bondesk.desktop.update_pages import PAGES, UPDATES

LIST, REPORT, MATCHING = "list", "report", "matching"
#: Kinds of page keys that can be opened again.
KINDS = tuple(f"{kind}." for kind in (LIST, REPORT, MATCHING, UPDATES))


def module_page(context: DeskContext, key: str) -> tuple[str, Callable[[], QWidget]]:
    """Return title and maker of a page of the module tree."""
    kind, _, name = key.partition(".")
    if kind == UPDATES:
        page = next(one for one in PAGES if one.key == key)
        return page.title, lambda: page.make(context)
    catalogue = context.engine.catalogue
    if kind == LIST:
        document = catalogue.document(name)
        if document.single:
            from bondesk.desktop.form_page import FormPage

            return document.title, lambda: FormPage(context, document, None)
        return document.title, lambda: ListPage(context, document)
    if kind == MATCHING:
        from bondesk.desktop.matching_page import MatchingPage

        matching = matching_of(context, name)
        return matching.title, lambda: MatchingPage(context, matching)
    from bondesk.desktop.report_page import ReportPage

    report = catalogue.report(name)
    return report.title, lambda: ReportPage(context, report)


def matching_of(context: DeskContext, script: str) -> Matching:
    """Return the matching whose automatic run is ``script``; ``StopIteration`` when there is none."""
    return next(one for one in context.engine.catalogue.matchings if one.script == script)
