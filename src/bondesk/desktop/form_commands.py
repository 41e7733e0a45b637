"""Which commands a form offers: from the declaration, the user's rights and the document's state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Protocol

from bondesk.base.documents import DocumentType
from bondesk.base.flow import Move
from bondesk.base.identity import Identity
from bondesk.desktop.commands import MOVE_KEYS, Command, Commands

SEND = "send"
#: Commands of this group have a key and a place in the palette, but no button.
HIDDEN = "hidden"


class FormActs(Protocol):
    """What a form can do, and why it cannot at the moment."""

    document: DocumentType

    def save(self) -> None:
        """Store what is on the screen."""

    def unlock(self) -> None:
        """Let a form that opens locked be edited."""

    def why_not_unlock(self) -> str:
        """Return why it cannot be unlocked now."""

    def undo(self) -> None:
        """Take back the last edit."""

    def redo(self) -> None:
        """Do again what was taken back."""

    def order_move(self, order: Move) -> None:
        """Order a move of the flow."""

    def send(self) -> None:
        """Put the document into the outbox."""

    def copy(self) -> None:
        """Open a new form with the values of this one."""

    def delete(self) -> None:
        """Delete the document."""

    def switch_part(self) -> None:
        """Go from the head to the lines and back."""

    def next_finding(self) -> None:
        """Go to the place of the next finding."""

    def previous_finding(self) -> None:
        """Go to the place of the finding before."""

    def why_no_finding(self) -> str:
        """Return why there is no finding to go to."""

    def why_no_lines(self) -> str:
        """Return why there are no lines to go to."""

    def reload(self) -> None:
        """Read the stored document again."""

    def why_not_save(self) -> str:
        """Return why it cannot be saved now."""

    def why_not_stored(self) -> str:
        """Return why what needs a stored document cannot run now."""

    def why_not_delete(self) -> str:
        """Return why it cannot be deleted now."""

    def state(self) -> str:
        """Return the state of the document."""

    def can_undo(self) -> bool:
        """Tell whether there is an edit to take back."""

    def can_redo(self) -> bool:
        """Tell whether there is an edit to do again."""


def form_commands(form: FormActs, identity: Identity, panes: Iterable[Command] = ()) -> Commands:
    """Return what the user may ever do in the form; ``panes`` open what stands beside it; not granted is left out."""
    document = form.document

    def may(action: str) -> bool:
        return identity.may(document.key, action)

    commands = Commands()
    for command in (*_record(form, may), *_flow(form, may), *_rest(form, may), *panes, *_last(form)):
        commands.add(command)
    return commands


May = Callable[[str], bool]


def _record(form: FormActs, may: May) -> Iterator[Command]:
    if form.document.opens_locked and may("edit"):
        yield Command("form.unlock", "修改", "F2", form.unlock, form.why_not_unlock, "record")
    if not form.document.flow.closed and (may("edit") or may("new")):
        yield Command("form.save", "保存", "Ctrl+S", form.save, form.why_not_save, "record")
        yield Command(
            "form.undo", "撤销", "Ctrl+Z", form.undo, lambda: "" if form.can_undo() else "没有可撤销的输入", "edit"
        )
        yield Command(
            "form.redo", "重做", "Ctrl+Y", form.redo, lambda: "" if form.can_redo() else "没有可重做的输入", "edit"
        )


def _flow(form: FormActs, may: May) -> Iterator[Command]:
    for order in form.document.flow.moves:
        if not may(order.key) or (order.key == SEND and form.document.message is None):
            continue
        run = form.send if order.key == SEND else partial(form.order_move, order)
        key = MOVE_KEYS.get(order.key, "")
        yield Command(f"form.move.{order.key}", order.title, key, run, partial(_why_not_move, form, order), "flow")


def _why_not_move(form: FormActs, order: Move) -> str:
    if reason := form.why_not_stored():
        return reason
    flow = form.document.flow
    if form.state() in order.sources:
        return ""
    needed = "、".join(state.title for state in flow.states if state.key in order.sources)
    return f"状态为「{flow.state(form.state()).title}」，须为「{needed}」才能{order.title}"


def _rest(form: FormActs, may: May) -> Iterator[Command]:
    document = form.document
    if document.creatable and not document.windowed and may("new"):
        yield Command("form.copy", "复制", "", form.copy, form.why_not_stored, "more")
    if may("delete") and (document.creatable or document.workbook or document.flow.states):
        yield Command("form.delete", "删除", "", form.delete, form.why_not_delete, "more")


def _last(form: FormActs) -> Iterator[Command]:
    yield Command("form.lines", "切换表头与明细", "F6", form.switch_part, form.why_no_lines, HIDDEN)
    yield Command("form.next_finding", "下一条问题", "F8", form.next_finding, form.why_no_finding, HIDDEN)
    yield Command("form.previous_finding", "上一条问题", "Shift+F8", form.previous_finding, form.why_no_finding, HIDDEN)
    yield Command("form.reload", "刷新", "F5", form.reload, form.why_not_stored, "more")
