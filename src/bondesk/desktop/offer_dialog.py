"""Choosing lines from a list instead of typing them: what is offered, and the dialog with its tree of ticks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QUndoCommand
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from bondesk.base.documents import LineTable, Offer
from bondesk.desktop import style
from bondesk.desktop.background import while_alive
from bondesk.desktop.context import DeskContext
from bondesk.desktop.form_edits import LinesPut, LinesTaken
from bondesk.desktop.line_model import LineModel
from bondesk.desktop.offered_lines import Taken, fresh_lines, stranger_title, taken
from bondesk.desktop.tick_tree import TickTree


def ask_offers(
    context: DeskContext,
    owner: QWidget,
    table: LineTable,
    head: Mapping[str, Any],
    done: Callable[[Sequence[Offer]], None],
) -> None:
    """Ask through the lane what may be chosen with the present head values."""
    offers, values, catalogue = table.offers, dict(head), context.engine.catalogue
    assert offers is not None
    context.lane.act(
        lambda act: tuple(offers(catalogue, act.facts, values)),
        while_alive(owner, done),
        while_alive(owner, lambda problem: context.show_message(str(problem))),
    )


def apply_ticks(model: LineModel, offers: Sequence[Offer], held: Taken, wanted: Mapping[int, bool]) -> None:
    """Bring the lines to what is wanted, as one thing to undo; places after the offers are strangers."""
    strangers = {len(offers) + number: row for number, row in enumerate(held.strangers)}
    gone: list[int] = []
    fresh: list[Offer] = []
    for place, on in wanted.items():
        rows = held.rows.get(place, []) if place < len(offers) else [strangers[place]]
        if not on:
            gone += rows
        elif not rows:
            fresh.append(offers[place])
    commands: list[QUndoCommand] = [LinesTaken(model, row, [model.lines[row]]) for row in sorted(gone, reverse=True)]
    if fresh:
        commands.append(LinesPut(model, model.rowCount() - len(gone), fresh_lines(model.table, fresh)))
    if commands:
        model.together("勾选", commands)


class OfferDialog(QDialog):
    """从清单选择: the tree of ticks over a grid; 确定 appends what was ticked and removes what was unticked."""

    def __init__(self, model: LineModel, offers: Sequence[Offer], parent: QWidget) -> None:
        """Offer ``offers`` for the lines of ``model``."""
        super().__init__(parent)
        self.setObjectName("offer_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"从清单选择 — {model.table.title}")
        self._model, self._offers = model, offers
        table, lines = model.table, model.lines
        held = taken(table, offers, lines)
        strangers = [stranger_title(table, lines[row]) for row in held.strangers]
        self._before = {*held.rows, *range(len(offers), len(offers) + len(strangers))}
        self._ticked = set(self._before)
        self.ticks = TickTree("offers", table.quick, self)
        self.ticks.editable = True
        self.ticks.show_offers(offers, strangers)
        self.ticks.show_ticks(self._ticked)
        self.ticks.wanted.connect(self._wanted)
        hint = QLabel("已在表中的行保持原来的顺序；新选的加在最后，取消勾选的行将被删除。", self)
        hint.setObjectName("offer_hint")
        hint.setProperty("role", "quiet")
        buttons = QDialogButtonBox(self)
        for role, name, title in (
            (QDialogButtonBox.ButtonRole.AcceptRole, "offer_accept", "确定"),
            (QDialogButtonBox.ButtonRole.RejectRole, "offer_cancel", "取消"),
        ):
            buttons.addButton(title, role).setObjectName(name)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(style.WIDE_GAP)
        for widget in (self.ticks, hint, buttons):
            layout.addWidget(widget, 1 if widget is self.ticks else 0)
        self.resize(620, 560)
        self.ticks.filter.setFocus()

    def _wanted(self, wanted: Mapping[int, bool]) -> None:
        for place, on in wanted.items():
            (self._ticked.add if on else self._ticked.discard)(place)
        self.ticks.show_ticks(self._ticked)

    def accept(self) -> None:
        """Bring the lines to the ticks."""
        model = self._model
        if model.editable:
            held = taken(model.table, self._offers, model.lines)
            changed = {place: place in self._ticked for place in sorted(self._ticked ^ self._before)}
            apply_ticks(model, self._offers, held, changed)
        super().accept()


def choose_from_list(context: DeskContext, owner: QWidget, model: LineModel, head: Mapping[str, Any]) -> None:
    """Open the dialog over a grid once its offers are known; say so when there are none."""

    def done(offers: Sequence[Offer]) -> None:
        if not offers:
            context.show_message("清单为空：请先在表头选择单证")
        elif model.editable:
            OfferDialog(model, offers, owner).open()

    ask_offers(context, owner, model.table, head, done)
