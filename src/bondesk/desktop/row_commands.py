"""The commands of a window of rows: what changes rows, what goes through them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Protocol

from bondesk.base.identity import Identity
from bondesk.desktop.commands import Command, Commands
from bondesk.desktop.extracting import Extracting
from bondesk.desktop.mark_chips import CHIPS, MarkChips
from bondesk.desktop.row_deeds import RowDeeds

#: Shown as buttons below the rows, in this order.
BUTTONS = ("rows.extract", "rows.add", "rows.revert", "rows.strike", "rows.next", "rows.previous")


class RowActs(Protocol):
    """What a window of rows can do, and why it cannot at the moment."""

    deeds: RowDeeds
    chips: MarkChips
    drafts: bool
    source: Extracting | None

    def edit(self) -> None:
        """Go into the row being typed."""

    def add(self) -> None:
        """Open a new row."""

    def revert(self) -> None:
        """Take changes back."""

    def strike(self) -> None:
        """Mark or remove rows."""

    def step(self, by: int) -> None:
        """Go to another changed row."""

    def search(self) -> None:
        """Go to the search box."""

    def why_locked(self) -> str:
        """Return why rows cannot be changed now."""

    def why_no_rows(self) -> str:
        """Return why nothing can be done to selected rows."""

    def why_no_change(self) -> str:
        """Return why there is no other change to go to."""

    def why_no_entry(self) -> str:
        """Return why the row cannot be entered."""


def row_commands(rows: RowActs, identity: Identity) -> Commands:
    """Return what the user may ever do with the rows; what is not granted is left out."""
    commands = Commands(Command("rows.search", "查找", "Ctrl+F", rows.search))
    commands.add(Command("rows.edit", "查看或修改本行", "Return", rows.edit, rows.why_no_entry))
    if rows.drafts:
        for command in _draft_commands(rows, may=identity.may(rows.deeds.document.key, "edit")):
            commands.add(command)
    return commands


def _draft_commands(rows: RowActs, *, may: bool) -> Iterator[Command]:
    if may and (source := rows.source) is not None:
        yield Command("rows.extract", "提取", "Ctrl+E", source.open, source.why_not)
        yield Command("rows.take", "提取所选", "Ctrl+Return", source.extract, source.why_not_extract)
    if may:
        yield Command("rows.add", "新增行", "Ctrl+Insert", rows.add, rows.why_locked)
        yield Command("rows.revert", "撤销行", "Ctrl+Backspace", rows.revert, rows.why_no_rows)
        yield Command("rows.strike", "删除行", "Ctrl+Delete", rows.strike, rows.why_no_rows)
    yield Command("rows.next", "下一处变更", "F7", partial(rows.step, 1), rows.why_no_change)
    yield Command("rows.previous", "上一处", "Shift+F7", partial(rows.step, -1), rows.why_no_change)
    for number, (mark, title) in enumerate(CHIPS, 1):
        yield Command(f"rows.mark.{mark or 'all'}", f"只看{title}", f"Alt+{number}", partial(rows.chips.choose, mark))
