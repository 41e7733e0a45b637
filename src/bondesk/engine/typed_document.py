"""A document as the rules see it while it is typed: a line that did not change is not built again.

A note of 5,000 lines is checked after every pause of the typist. Building its lines as stored rows are built would
take longer than all rules together, so they are made without the bookkeeping a row to be stored needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.orm.attributes import set_committed_value

from bondesk.base.documents import DocumentType, LineTable
from bondesk.base.records import Line
from bondesk.engine.drafts import Draft, LineDraft, settable_keys, settable_values, shows_line_no

#: The draft of a line, the number it was given, and the row built of both.
_Built = tuple[LineDraft, int, Any]


class TypedDocument:
    """Follows the drafts of one form; its rows are looked at by rules and never stored.

    Where the declaration says ``lines_apart``, rows are kept between two looks, with what rules
    found out about them (:func:`bondesk.base.line_memory.remembered`).
    """

    def __init__(self, document: DocumentType) -> None:
        """Begin without a draft."""
        self._document = document
        self._built: dict[str, dict[int, _Built]] = {}

    def follow(self, draft: Draft) -> Any:
        """Return the head of ``draft`` with its lines."""
        document = self._document
        header = document.header(**settable_values(document.header, draft.head))
        for table in document.lines:
            rows = self._rows(table, draft.lines.get(table.key, ()))
            set_committed_value(header, table.attribute_key, rows)
        return header

    def _rows(self, table: LineTable, lines: Sequence[LineDraft]) -> list[Any]:
        before, now = self._built.get(table.key, {}), dict[int, _Built]()
        build = _Builder(table)
        for number, line in enumerate(lines, 1):
            kept = before.get(id(line))
            now[id(line)] = kept if kept is not None and kept[1] == number else (line, number, build(line, number))
        if self._document.lines_apart:
            self._built[table.key] = now  # the drafts are kept too: an id names a line only as long as it lives
            for _line, _number, row in now.values():
                if row.memory is None:
                    row.memory = {}
        return [row for _line, _number, row in now.values()]


class _Builder:
    """Makes rows of one table that hold the values of drafts."""

    def __init__(self, table: LineTable) -> None:
        model: Any = table.model
        self._fixed, self._keys = table.fixed, settable_keys(model)
        self._manager = inspect(model).class_manager
        self._numbered = issubclass(model, Line)
        self._counted = not shows_line_no(table)

    def __call__(self, line: LineDraft, number: int) -> Any:
        row = self._manager.new_instance()
        keys = self._keys
        row.__dict__.update({key: value for key, value in line.values.items() if key in keys}, **self._fixed)
        if line.id is not None:
            row.__dict__["id"] = line.id  # by which a rule finds what was made of the stored line
        if self._numbered and (self._counted or not row.line_no):
            row.__dict__["line_no"] = number
        return row
