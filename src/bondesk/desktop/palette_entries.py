"""What the palette offers before anything is searched: what was used last, commands, modules, scripts, reports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Protocol, runtime_checkable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from bondesk.base.steps import Script
from bondesk.desktop.command_palette import Entry
from bondesk.desktop.commands import Commands
from bondesk.desktop.context import DeskContext
from bondesk.desktop.favourites import Favourites, matchings
from bondesk.desktop.window_commands import HIDDEN

OpenModule = Callable[[str], object]


@runtime_checkable
class Commanded(Protocol):
    """A page that has commands of its own for the palette."""

    commands: Commands


def palette_entries(
    context: DeskContext, window: Commands, page: QWidget | None, favourites: Favourites, open_module: OpenModule
) -> list[Entry]:
    """Return the entries, each title of a module once: recently used modules first, then by kind."""
    entries = [
        Entry(title, "最近使用", partial(open_module, key)) for key, title in favourites.shown(favourites.recent)
    ]
    if page is not None and isinstance(page, Commanded):
        entries += _orders(page.commands, page.windowTitle())
    entries += _orders(window, "系统")
    recent = set(favourites.recent)
    entries += [entry for key, entry in _modules(context, open_module) if key not in recent]
    entries += _new(context)
    entries += _scripts(context, open_module)
    return entries


def _orders(commands: Commands, place: str) -> Iterator[Entry]:
    for command in commands:
        if command.enabled and command.group != HIDDEN and command.id != "desk.palette":
            yield Entry(command.title, place, command.run, command.shortcut)


def _modules(context: DeskContext, open_module: OpenModule) -> Iterator[tuple[str, Entry]]:
    catalogue, may = context.engine.catalogue, context.identity.may
    for document in catalogue.documents:
        if may(document.key, "view"):
            key = f"list.{document.key}"
            yield key, Entry(document.title, "模块", partial(open_module, key))
    for matching in matchings(catalogue, context.identity):
        key = f"matching.{matching.script}"
        yield key, Entry(matching.title, "模块", partial(open_module, key))
    for report in catalogue.reports:
        if may(report.key, "view"):
            key = f"report.{report.key}"
            yield key, Entry(report.title, "报表", partial(open_module, key))


def _new(context: DeskContext) -> Iterator[Entry]:
    may = context.identity.may
    for document in context.engine.catalogue.documents:
        if document.creatable and may(document.key, "new") and may(document.key, "view"):
            yield Entry(f"新增 {document.title}", "新增", partial(context.open_document, document, None))


def _scripts(context: DeskContext, open_module: OpenModule) -> Iterator[Entry]:
    for script in context.engine.catalogue.scripts:
        if context.identity.may(script.document, "view") and context.identity.may(script.document, script.key):
            yield Entry(script.title, "向导", partial(_run, context, script, open_module))


def _run(context: DeskContext, script: Script, open_module: OpenModule) -> None:
    """Open the script's list and order it there, for what is selected."""
    key = f"list.{script.document}"
    open_module(key)
    page = context.extras["page_of"](key)
    order = f"list.script.{script.key}"
    if isinstance(page, Commanded) and order in page.commands:
        command = page.commands[order]
        reason = command.why_not()
        if reason:
            context.show_message(f"{script.title}：{reason}")
        else:
            QTimer.singleShot(0, command.run)
