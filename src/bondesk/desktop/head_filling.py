"""Boxes of a head or of a row that follow from the one just left: asked through the lane, written without a jump.

Asked when the box is left, not key by key, so that half a commodity code never wipes what the whole one brought.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from bondesk.base.following import HeadFill, following
from bondesk.desktop.context import DeskContext
from bondesk.desktop.form_work import in_act, sentence
from bondesk.desktop.header_form import HeaderForm
from bondesk.engine.act import Act

#: (key of the box, its value, what stands in the other boxes, what is to stand there)
Write = Callable[[str, Any, Mapping[str, Any], Mapping[str, Any]], object]


class HeadFilling(QObject):
    """Fills boxes of ``header``; ``begin`` tells it which values are there before anything is typed."""

    def __init__(
        self,
        context: DeskContext,
        fill: HeadFill | None,
        fills: Mapping[str, frozenset[str]],
        header: HeaderForm,
        values: Callable[[], Mapping[str, Any]],
        write: Write,
    ) -> None:
        """Ask ``fill`` about boxes named in ``fills``; idle without one."""
        super().__init__(header)
        self._context, self._fill, self._fills, self._header = context, fill, fills, header
        self._values, self._write = values, write
        self._seen: dict[str, Any] = {}
        self._generation = self._asked = 0
        if fill is not None:
            header.edited.connect(self._edited)
            header.left.connect(self._left)

    @property
    def busy(self) -> bool:
        """Tell whether an answer is still to come."""
        return self._asked > 0

    def begin(self, values: Mapping[str, Any]) -> None:
        """Take the values of a document or row just shown; answers about another one are dropped."""
        self._generation += 1
        self._asked = 0
        self._seen = {key: values.get(key) for key in self._fills}

    def flush(self) -> None:
        """Ask about every box that was changed and not asked about yet."""
        for key in self._fills:
            self._left(key)

    def _edited(self, key: str) -> None:
        """Ask at once about a value that came while the cursor is elsewhere, as a looked-up code does."""
        cell = self._header.cells.get(key)
        if cell is not None and cell.editor.box is not QApplication.focusWidget():
            self._left(key)

    def _left(self, key: str) -> None:
        values = dict(self._values())
        if key not in self._seen or key not in self._header.cells or values.get(key) == self._seen[key]:
            return
        if self._header.cells[key].editor.problem or self._fill is None:
            return
        before, self._seen[key] = self._seen[key], values.get(key)
        self._ask(self._fill, key, before, values)

    def _ask(self, fill: HeadFill, key: str, before: Any, values: dict[str, Any]) -> None:
        generation, targets = self._generation, self._fills[key]
        self._asked += 1

        def work(act: Act) -> Mapping[str, Any]:
            return following(fill, targets, values, key, before, act.facts)

        def done(found: Mapping[str, Any]) -> None:
            if generation == self._generation:
                self._asked -= 1
                self._take(key, values, found)

        def failed(problem: Exception) -> None:
            if generation == self._generation:
                self._asked -= 1
                self._context.show_message(f"其余栏目没有带出：{sentence(problem)}")

        in_act(self._context, self, work, done, failed)

    def _take(self, key: str, asked: Mapping[str, Any], found: Mapping[str, Any]) -> None:
        """Write what still stands as it was asked about."""
        now = self._values()
        if now.get(key) != asked.get(key):
            return
        after = {name: value for name, value in found.items() if now.get(name) == asked.get(name) and self._free(name)}
        after = {name: value for name, value in after.items() if value != now.get(name)}
        if after:
            self._write(key, asked[key], {name: now.get(name) for name in after}, after)
            for name in after:
                if name in self._seen:
                    self._seen[name] = after[name]

    def _free(self, key: str) -> bool:
        """Tell whether nothing is being typed in a box; values without a box are not shown and left alone."""
        cell = self._header.cells.get(key)
        return cell is not None and not cell.editor.problem and not self._typing(key)

    def _typing(self, key: str) -> bool:
        editor = self._header.cells[key].editor
        return editor.box is QApplication.focusWidget() and editor.value() not in (None, "")
