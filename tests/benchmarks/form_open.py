"""Benchmark: a form of 60 fields over 5,000 lines against a hand-written Qt form and a plain table of the same data.

Run on demand: ``python tests/benchmarks/form_open.py``. One process, alternating, offscreen unless QT_QPA_PLATFORM
says otherwise; opening means built, filled, shown and painted. Goal: the median ratio at most 2. The time a typed
cell needs among 5,000 lines (typing until painted, and what the rules then take on the UI thread) is printed for
information.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSplitter,
    QTableView,
    QWidget,
)

from bondesk.areas.index import CATALOGUE
from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType, Group
from bondesk.base.fields import Field
from bondesk.base.identity import Identity
from bondesk.desktop.context import Codes, DeskContext
from bondesk.desktop.form_body import FormBody
from bondesk.desktop.style import apply_style
from bondesk.desktop.typed_values import edit_text
from bondesk.engine.drafts import Draft, LineDraft

FIELDS, LINES, ROUNDS, KEYS = 60, 5_000, 9, 60
Index = QModelIndex | QPersistentModelIndex


def wide_document() -> DocumentType:
    """Return the bonded note with head fields of other documents added until there are 60."""
    note = CATALOGUE.document("bonded_note")
    groups, keys = [], set()
    for document in (note, CATALOGUE.document("company"), CATALOGUE.document("part")):
        for part in document.form:
            fresh = [one for one in part.attributes if one.key not in keys][: FIELDS - len(keys)]
            keys |= {one.key for one in fresh}
            if fresh:
                groups.append(Group(part.title, tuple(fresh)))
    return replace(note, form=tuple(groups))


def example(entry: Field, number: int) -> Any:
    """Return a value for a field."""
    if entry.choices:
        return entry.choices[number % len(entry.choices)][0]
    if entry.table:
        return "USD"
    if entry.kind is Kind.INTEGER:
        return number + 1
    if entry.numeric:
        return Decimal(number) / 4
    return None if entry.kind in {Kind.DATE, Kind.TIME, Kind.YESNO} else f"{entry.key[:6]}{number}"


def filled(document: DocumentType) -> Draft:
    """Return a draft with every field and 5,000 lines."""
    table = document.lines[0]
    return Draft(
        {entry.key: example(entry, 7) for entry in document.head_fields},
        {
            table.key: [
                LineDraft({entry.key: example(entry, number) for entry in table.fields}, number + 1)
                for number in range(LINES)
            ]
        },
        id=1,
        state=document.flow.first,
    )


class PlainTable(QAbstractTableModel):
    """What a programmer in a hurry writes over a list of rows."""

    def __init__(self, fields: tuple[Field, ...], rows: list[list[Any]]) -> None:
        super().__init__()
        self.fields, self.rows = fields, rows

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        return len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        return len(self.fields)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return str(self.rows[index.row()][index.column()])
        return None

    def headerData(  # noqa: N802 - Qt's signature
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self.fields[section].label if orientation is Qt.Orientation.Horizontal else section + 1


def plain_box(entry: Field, value: Any) -> QWidget:
    """Return the widget a hand-written form would use."""
    if entry.choices:
        combo = QComboBox()
        combo.addItems([f"{code} {name}" for code, name in entry.choices])
        return combo
    if entry.kind is Kind.YESNO:
        return QCheckBox()
    if entry.kind is Kind.MEMO:
        return QPlainTextEdit(edit_text(entry, value))
    if entry.table or entry.reference:
        pair = QWidget()
        row = QGridLayout(pair)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(QLineEdit(edit_text(entry, value)), 0, 0)
        row.addWidget(QLineEdit(), 0, 1)
        return pair
    return QLineEdit(edit_text(entry, value))


def plain_form(document: DocumentType, draft: Draft) -> QWidget:
    """Build the form by hand: labels, boxes and a table, nothing else."""
    split = QSplitter(Qt.Orientation.Vertical)
    head = QWidget()
    grid = QGridLayout(head)
    for place, entry in enumerate(document.head_fields):
        grid.addWidget(QLabel(entry.label), place // 4, place % 4 * 2)
        grid.addWidget(plain_box(entry, draft.head[entry.key]), place // 4, place % 4 * 2 + 1)
    scroller = QScrollArea()
    scroller.setWidgetResizable(True)
    scroller.setWidget(head)
    table = document.lines[0]
    rows = [[line.values[entry.key] for entry in table.fields] for line in draft.lines[table.key]]
    view = QTableView()
    model = PlainTable(table.fields, rows)
    model.setParent(view)
    view.setModel(model)
    split.addWidget(scroller)
    split.addWidget(view)
    return split


def our_form(context: DeskContext, document: DocumentType, draft: Draft) -> FormBody:
    """Build the program's form."""
    place = QWidget()
    body = FormBody(context, document, place)
    body.setParent(None)
    body.load(draft)
    body.set_editable(True)
    return body


def opened(app: QApplication, make: Callable[[], QWidget]) -> float:
    """Return the seconds until a form is painted."""
    begin = time.perf_counter()
    widget = make()
    widget.resize(1280, 800)
    widget.show()
    app.processEvents()
    widget.grab()
    took = time.perf_counter() - begin
    widget.close()
    widget.deleteLater()
    app.processEvents()
    return took


def typing(app: QApplication, body: FormBody) -> tuple[list[float], list[float]]:
    """Type into cells all over the table; return the seconds per committed cell, and per snapshot for the rules."""
    grid = body.grids[body.document.lines[0].key]
    column = next(place for place, entry in enumerate(grid.model.fields) if entry.kind is Kind.QUANTITY)
    body.resize(1280, 800)
    body.show()
    body.activateWindow()
    grid.view.setFocus()
    keys, snapshots = [], []
    for number in range(KEYS):
        grid.view.show_cell(number * (LINES // KEYS), column)
        app.processEvents()
        for sign in "12.5":
            begin = time.perf_counter()
            QTest.keyClicks(QApplication.focusWidget(), sign)
            app.processEvents()
            keys.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
        app.processEvents()
        keys.append(time.perf_counter() - begin)
        begin = time.perf_counter()
        body.draft()
        body.findings.show(())
        app.processEvents()
        snapshots.append(time.perf_counter() - begin)
    return keys, snapshots


def p95(seconds: list[float]) -> float:
    """Return the 95th percentile in milliseconds."""
    return sorted(seconds)[int(len(seconds) * 0.95)] * 1000


class _NoLane:
    """The forms measured here ask nothing of the database."""

    def act(self, *_: Any) -> None:
        """Answer nothing."""

    run = act


def main() -> None:
    """Measure and print."""
    app = QApplication.instance() or QApplication(sys.argv)
    assert isinstance(app, QApplication)
    apply_style(app)
    engine: Any = type("NoEngine", (), {"catalogue": CATALOGUE, "clock": staticmethod(datetime.now)})()
    lane: Any = _NoLane()
    context = DeskContext(
        engine=engine,
        identity=Identity(1, "a", "a", frozenset({("*", "*")})),
        lane=lane,
        codes=Codes({"currency": (("USD", "美元", "my mei'yuan"),)}),
        open_page=lambda _key, _title, _make: None,
        open_document=lambda _document, _id: None,
        changed=lambda _key: None,
        show_message=lambda _text: None,
    )
    document = wide_document()
    draft = filled(document)
    assert len(document.head_fields) == FIELDS
    ours, plain = [], []
    for _ in range(ROUNDS):
        plain.append(opened(app, lambda: plain_form(document, draft)))
        ours.append(opened(app, lambda: our_form(context, document, draft)))
    figure, floor = statistics.median(ours), statistics.median(plain)
    print(f"form of {FIELDS} fields, {LINES:,} lines: {figure * 1000:.0f} ms")
    print(f"hand-written form and plain table:  {floor * 1000:.0f} ms")
    print(f"ratio {figure / floor:.2f} (goal: at most 2)")
    keys, snapshots = typing(app, our_form(context, document, draft))
    print(f"a key in a cell among {LINES:,} lines: p95 {p95(keys):.1f} ms, worst {max(keys) * 1000:.1f} ms")
    print(f"handing {LINES:,} lines to the rules and showing their answer: p95 {p95(snapshots):.1f} ms")


if __name__ == "__main__":
    main()
