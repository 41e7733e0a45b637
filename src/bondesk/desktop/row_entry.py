"""Entering rows one after the other: which row stands in the strip, when it is stored, what comes next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from bondesk.base.columns import Kind
from bondesk.base.findings import Finding
from bondesk.desktop import style
from bondesk.desktop.draft_files import TypedRow
from bondesk.desktop.form_work import off_thread
from bondesk.engine import changing
from bondesk.engine.act import Act

if TYPE_CHECKING:
    from bondesk.desktop.change_rows import ChangeRows

Then = Callable[[], object]


class RowEntry(QObject):
    """Ties the strip to the rows; ``then`` runs once after the next look into the rows."""

    def __init__(self, rows: ChangeRows) -> None:
        """Follow ``rows``."""
        super().__init__(rows)
        self._rows, self._strip = rows, rows.strip
        self.then: Then | None = None
        self._place: tuple[int | None, int] = (None, -1)
        self.question = LeavingQuestion(rows.strip, rows.table.key)
        self.question.keep.clicked.connect(lambda: self.confirm(self._to_wanted))
        self.question.drop.clicked.connect(self._dropped)
        rows.strip.confirmed.connect(self.confirm)
        rows.strip.given_up.connect(self.give_up)

    def forget(self) -> None:
        """Drop what is typed: other rows are shown."""
        self._place = (None, -1)
        self._ask(False)
        self._strip.show_row(None, editable=False)

    def loaded(self) -> None:
        """Go on after a look into the rows: what waited for it, else the row under the cursor."""
        then, self.then = self.then, None
        (then or self.follow)()

    def follow(self) -> None:
        """Show the row under the cursor, unless another one is being typed: then ask first."""
        row = self._rows.current()
        if self._strip.dirty:
            here = row is not None and self._strip.row is not None and row.id == self._strip.row.id
            self._ask(not here and row is not None)
            return
        self._ask(False)
        if self._strip.adding:
            return
        self._place = (row.id if row else None, self._rows.view.currentIndex().row())
        self._strip.show_row(row, editable=self._rows.editable)

    def _ask(self, asked: bool) -> None:
        """Show the question instead of the row's own buttons, or take it away."""
        self.question.setVisible(asked)
        self._strip.show_buttons(not asked)

    def go_to(self, key: str) -> None:
        """Put the cursor into a box of the row in sight, once it is there."""
        self.follow()
        cell = self._strip.header.cells.get(key)
        if cell is not None and cell.editor.editable:
            cell.editor.box.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._rows.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def add(self, values: Mapping[str, Any] | None = None) -> None:
        """Open a new row; a row being typed is stored first."""
        if self._strip.dirty:
            self.confirm(partial(self.add, values))
            return
        self._strip.show_new(values or {})

    def bring_back(self, typed: TypedRow) -> None:
        """Put a row that was typed and not confirmed back into the strip, once the rows are there."""
        self.then = partial(self._brought_back, typed)
        self._rows.reload(typed.id)

    def _brought_back(self, typed: TypedRow) -> None:
        if typed.id is not None:
            self.follow()
        if self._strip.row is None or self._strip.row.id != typed.id:  # a new row, or one that is gone by now
            self._strip.show_new({})
        self._strip.take(typed)

    def give_up(self) -> None:
        """Show the row as it is stored."""
        self._dropped()
        self._rows.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _dropped(self) -> None:
        self._strip.show_row(None, editable=False)
        self._ask(False)
        self.follow()
        self._strip.edited.emit()

    def _to_wanted(self) -> None:
        """Go on where the cursor was put while a row was being typed."""
        self.follow()

    def confirm(self, then: Then | None = None) -> None:
        """Store the row and go on: to the next one, to a new one while adding, or to ``then``."""
        strip, rows = self._strip, self._rows
        strip.header.commit()
        if strip.looking_up():
            off_thread(rows.context, self, lambda: None, lambda _nothing: self.confirm(then), lambda _problem: None)
            return
        if not strip.adding and not strip.dirty:
            (then or self._next)()
            return
        if why := rows.why_locked():
            strip.tell(why, "bad")
            return
        if blocking := strip.blocking():
            strip.show_findings(blocking)
            return
        self._store(then)

    def _store(self, then: Then | None) -> None:
        strip, rows = self._strip, self._rows
        document, key, values = rows.deeds.document, rows.table.key, strip.values()
        line_id = strip.row.id if strip.row is not None else None
        adding = strip.adding

        def work(act: Act, document_id: int, revision: int) -> int:
            return changing.store(act, document, document_id, key, line_id, values, revision)

        def done(stored: int) -> None:
            rows.context.show_message("已增加 1 行" if adding else "已修改 1 行")
            strip.show_row(None, editable=False)
            self.then = then or (partial(self.add, self._following(values)) if adding else self._next)
            rows.reload(stored if then is None else None)

        def failed(found: Sequence[Finding]) -> None:
            strip.show_findings(found)

        rows.deeds.order(work, done, failed)

    def _next(self) -> None:
        """Go to the row below."""
        rows = self._rows
        row = rows.view.currentIndex().row() + 1
        if row < rows.model.rowCount():
            rows.show_row(row)
            self.follow()
            if rows.current() is not None:
                self._strip.enter()
        else:
            rows.view.setFocus(Qt.FocusReason.OtherFocusReason)
            rows.context.show_message("已是最后一行")

    def _following(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Propose the number after the one just given."""
        match = self._rows.changed.match
        entry = next(one for one in self._strip.fields if one.key == match[0])
        number = values.get(match[0])
        single = len(match) == 1 and entry.kind is Kind.INTEGER and isinstance(number, int)
        return {match[0]: number + 1} if single and isinstance(number, int) else {}


class LeavingQuestion(QFrame):
    """Asks within the strip, not over it, what becomes of a row being typed when the cursor goes to another one."""

    def __init__(self, strip: QWidget, key: str) -> None:
        """Stand in ``strip``, hidden."""
        super().__init__(strip)
        self.setObjectName(f"row_leaving.{key}")
        style.set_tone(self, "warn")
        row = QHBoxLayout(self)
        row.setContentsMargins(style.MARGIN, 2, style.MARGIN, 2)
        text = QLabel("下面这一行还没有确认，要保存后再转到另一行吗？", self)
        text.setObjectName(f"row_leaving_text.{key}")
        row.addWidget(text, 1)
        self.keep, self.drop = QPushButton("保存(&S)", self), QPushButton("放弃(&D)", self)
        for button, name in ((self.keep, "row_leaving_save"), (self.drop, "row_leaving_drop")):
            button.setObjectName(f"{name}.{key}")
            button.setAutoDefault(False)
            row.addWidget(button)
        layout = strip.layout()
        assert layout is not None
        layout.insertWidget(0, self)  # type: ignore[attr-defined]
        self.hide()
