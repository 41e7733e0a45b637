"""What a form says about its document: number, state, and why it cannot be changed."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QLabel

from bondesk.base.documents import DocumentType
from bondesk.base.identity import Identity
from bondesk.desktop import style
from bondesk.desktop.code_lookup import CodeLookup
from bondesk.desktop.header_form import HeaderForm
from bondesk.desktop.line_grid import LineGrid
from bondesk.engine.drafts import Draft


def number_text(document: DocumentType, base: Draft) -> str:
    """Write the business number as stored, choices by their names, parts joined by ``/``."""
    by_key = {entry.key: entry for entry in document.head_fields}
    parts = []
    for attribute in document.number:
        value, entry = base.head.get(attribute.key), by_key.get(attribute.key)
        parts.append(entry.choice_name(str(value)) if entry and value else str(value or ""))
    return "/".join(part for part in parts if part)


def why_locked(document: DocumentType, base: Draft, identity: Identity, *, unlocked: bool = True) -> str:
    """Say why the form is grey, and what opens it again; "" when it is open."""
    if not identity.may(document.key, "new" if base.id is None else "edit"):
        return f"只读：您没有修改「{document.title}」的权限"
    flow = document.flow
    if flow.closed:
        path = document.change
        way = "，需要修改请点「变更」" if path and path.approved == document.key else ""
        return f"只读：「{document.title}」只能查看{way}"
    if not unlocked:
        return "已锁定：按「修改」（F2）后可以编辑，保存后重新锁定"
    if not flow.states or flow.editable(base.state):
        return ""
    back = next((move.title for move in flow.moves if base.state in move.sources and flow.editable(move.target)), "")
    hint = f"；需要修改时请先「{back}」" if back else ""
    return f"只读：单据状态为「{flow.state(base.state).title}」，不能修改{hint}"


def why_not_delete(document: DocumentType, base: Draft) -> str:
    """Say why a stored document cannot be deleted in its state; "" when it can."""
    flow = document.flow
    if flow.states and not flow.editable(base.state):
        return f"状态为「{flow.state(base.state).title}」，不能删除"
    return ""


def show_state(badge: QLabel, document: DocumentType, base: Draft) -> None:
    """Write the state into its badge: colour and word; hide it for kinds without states."""
    badge.setVisible(bool(document.flow.states))
    if document.flow.states:
        shown = document.flow.state(base.state)
        badge.setText(shown.title)
        badge.setProperty("role", "badge")
        style.set_tone(badge, shown.tone)


def unread_text(label: str, typed: str, problem: str) -> str:
    """Name the box, what was typed and what is wrong with it; a sentence that quotes the typing itself is enough.

    >>> unread_text("数量", "abc", "不是数字"), unread_text("币制", "XX", "“XX”不是海关参数")
    ('「数量」“abc”：不是数字', '「币制」“XX”不是海关参数')
    """
    return f"「{label}」{problem}" if problem.startswith("“") else f"「{label}」“{typed[:40]}”：{problem}"


def codes_awaited(header: HeaderForm, grids: Iterable[LineGrid]) -> bool:
    """Tell whether a typed code still waits for the code book, or a line for what the book says of its item."""
    shown = list(grids)
    return (
        any(grid.filling.busy for grid in shown)
        or any(isinstance(one, CodeLookup) and one.unresolved for one in header.problems())
        or any(
            unread.code == "FORM-03" for grid in shown for line in grid.model.lines for unread in line.unread.values()
        )
    )
