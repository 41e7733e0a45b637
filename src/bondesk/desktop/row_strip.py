"""The row being typed, below the window of rows: a row counts as entered only after Enter in its last box or 确认."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from bondesk.base.change import ChangedTable, Mark
from bondesk.base.documents import LineTable
from bondesk.base.findings import Finding, error
from bondesk.base.following import HeadFill
from bondesk.desktop import style
from bondesk.desktop.context import DeskContext
from bondesk.desktop.draft_files import TypedRow
from bondesk.desktop.edited import blank_line, fillings
from bondesk.desktop.enter_walk import EnterWalk
from bondesk.desktop.form_words import codes_awaited
from bondesk.desktop.head_filling import HeadFilling
from bondesk.desktop.head_page import FieldGroup
from bondesk.desktop.header_form import HeaderForm
from bondesk.engine.line_query import LineRow

_ESCAPE = Qt.Key.Key_Escape


class RowStrip(QWidget):
    """Boxes for one row. ``confirmed``: store it; ``given_up``: show it as it is stored."""

    confirmed = Signal()
    given_up = Signal()
    edited = Signal()

    def __init__(
        self,
        context: DeskContext,
        table: LineTable,
        changed: ChangedTable,
        head: Callable[[], Mapping[str, Any]],
        parent: QWidget,
    ) -> None:
        """Edit rows of ``table`` of the document with ``head``; what names a filed row stays as customs knows it."""
        super().__init__(parent)
        self.setObjectName(f"row_strip.{table.key}")
        self._table, self._changed = table, changed
        typed = {*changed.kept, *changed.match}
        self.fields = tuple(entry for entry in table.fields if entry.key in typed and not entry.readonly)
        self.row: LineRow | None = None
        self.adding = False
        self._began: dict[str, Any] = {}
        self._may = False
        self._context, self._head = context, head
        self._made: tuple[HeaderForm, HeadFilling] | None = None
        self.title = QLabel(self)
        self.title.setObjectName(f"row_title.{table.key}")
        self.title.setProperty("role", "heading")
        self.said = QLabel(self)
        self.said.setObjectName(f"row_said.{table.key}")
        self.said.setWordWrap(True)
        self.accept = self._button("row_accept", "确认", self.confirmed.emit)
        self.drop = self._button("row_drop", "放弃", self.given_up.emit)
        self.drop.setToolTip("放弃本行尚未确认的输入（Esc）")
        self.accept.setToolTip("确认本行并转到下一行（在最后一格按回车）")
        self._build()
        self._walk = _StripWalk(self._go_on, self.focusPreviousChild, self)
        self.show_row(None, editable=False)

    @property
    def header(self) -> HeaderForm:
        """Return the boxes; they are made when first looked at: of the six tables of a book most stay unseen."""
        return self._parts()[0]

    @property
    def filling(self) -> HeadFilling:
        """Return what fills boxes that follow from others."""
        return self._parts()[1]

    def _parts(self) -> tuple[HeaderForm, HeadFilling]:
        if self._made is None:
            header = HeaderForm(self._context, [FieldGroup("本行", self.fields)], self.scroller.viewport())
            self.scroller.setWidget(header)
            for cell in header.cells.values():
                self._walk.watch(cell.editor)
            header.edited.connect(lambda _key: self._changed_by_user())
            fill = _row_fill(self._table, self._head)
            filling = HeadFilling(self._context, fill, self._table.fills, header, self._boxes, self._follow)
            self._made = header, filling
            self._fill_boxes(header, filling)
        return self._made

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Make the boxes when the strip is first seen."""
        super().showEvent(event)
        self._parts()

    def _button(self, name: str, text: str, run: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(f"{name}.{self._table.key}")
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: run())
        return button

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(style.MARGIN, 0, style.MARGIN, 0)
        top.addWidget(self.title)
        top.addWidget(self.said, 1)
        top.addWidget(self.accept)
        top.addWidget(self.drop)
        self.scroller = QScrollArea(self)
        self.scroller.setObjectName(f"row_scroll.{self._table.key}")
        self.scroller.setWidgetResizable(True)
        self.scroller.setFrameShape(QScrollArea.Shape.NoFrame)
        self.scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, style.GAP, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(top)
        layout.addWidget(self.scroller, 1)

    def show_row(self, row: LineRow | None, *, editable: bool) -> None:
        """Show a stored row; a struck one, or one of a locked document, is grey."""
        self.adding, self.row, self._may = False, row, editable
        values = {entry.key: row.values[entry.key] for entry in self.fields} if row is not None else {}
        self._show(values)
        struck = row is not None and row.mark == Mark.STRUCK
        self.title.setText(self._named(values) if row is not None else "没有选中的行")
        self.tell("已标记删除，要修改请先撤销行" if struck and editable else "", "muted")
        self._refresh()

    def show_new(self, values: Mapping[str, Any]) -> None:
        """Open a new row that begins with ``values``."""
        self.adding, self.row, self._may = True, None, True
        blank = blank_line(self._table).values
        self._show({entry.key: blank.get(entry.key) for entry in self.fields} | dict(values))
        self.title.setText("新增行")
        self.tell("", "muted")
        self._refresh()
        self.header.focus_first()

    def _show(self, values: Mapping[str, Any]) -> None:
        self._began = dict(values)
        if self._made is not None:
            self._fill_boxes(*self._made)
        elif self.isVisible():
            self._parts()

    def _fill_boxes(self, header: HeaderForm, filling: HeadFilling) -> None:
        """Write the row into the boxes; what names a row customs knows stays grey."""
        header.show_values(self._began)
        filling.begin(self._began)
        row = self.row
        open_ = self.adding or (row is not None and row.mark != Mark.STRUCK)
        header.set_editable(self._may and open_)
        if row is not None and row.mark != Mark.ADDED:
            for key in self._changed.match:
                header.cells[key].editor.set_editable(False)

    def _boxes(self) -> dict[str, Any]:
        """Return what stands in the boxes."""
        return {entry.key: self.header.cells[entry.key].editor.value() for entry in self.fields}

    def _follow(self, _key: str, _cause: Any, _before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Write what follows from the box just left."""
        for key, value in after.items():
            self.header.cells[key].editor.set_value(value)
            self.header.cells[key].refresh()
        self._changed_by_user()

    def _named(self, values: Mapping[str, Any]) -> str:
        labels = {entry.key: entry.label for entry in self.fields}
        return "　".join(f"{labels[key]} {values[key]}" for key in self._changed.match if key in values)

    def tell(self, text: str, tone: str) -> None:
        """Say something beside the row's name."""
        self.said.setText(text)
        style.set_tone(self.said, tone, "ink")

    def _changed_by_user(self) -> None:
        self.tell("尚未确认：在最后一格按回车或点「确认」后生效" if self.dirty else "", "warn")
        self._refresh()
        self.edited.emit()

    def _refresh(self) -> None:
        open_ = self.adding or self.dirty
        self.accept.setEnabled(open_)
        self.drop.setEnabled(open_)
        self.show_buttons(True)

    def show_buttons(self, shown: bool) -> None:
        """Show 确认 and 放弃 where anything may be typed, or nothing while another question is asked."""
        for button in (self.accept, self.drop):
            button.setVisible(shown and self._may)

    @property
    def dirty(self) -> bool:
        """Tell whether anything was typed that is not stored, unreadable texts included."""
        return self._made is not None and (bool(self.typed()) or any(True for _ in self.header.problems()))

    def typed(self) -> dict[str, Any]:
        """Return the values that differ from the stored row, or from a blank one."""
        return {key: value for key, value in self._boxes().items() if self._began and value != self._began.get(key)}

    def unsaved(self) -> TypedRow:
        """Return what was typed and would be lost."""
        texts = {one.entry.key: one.text() for one in self.header.problems()}
        return TypedRow(self.row.id if self.row is not None else None, self.typed(), texts)

    def take(self, typed: TypedRow) -> None:
        """Show over the row in sight what was typed into it before."""
        for key, value in typed.values.items():
            if key in self.header.cells:
                self.header.cells[key].editor.set_value(value)
        for key, text in typed.unread.items():
            if key in self.header.cells:
                self.header.cells[key].editor.set_text(text)
        self._changed_by_user()

    def values(self) -> dict[str, Any]:
        """Return what is to be stored: a new row whole, of a stored one what differs."""
        if not self.adding:
            return self._filled(self.typed())
        return self._filled(self._boxes())

    def _filled(self, values: dict[str, Any]) -> dict[str, Any]:
        defaults = dict(fillings(self._table.columns))
        return {key: defaults.get(key) if value is None else value for key, value in values.items()}

    def looking_up(self) -> bool:
        """Tell whether a typed code still waits for the code book, or a box for what follows from another."""
        self.filling.flush()
        return self.filling.busy or codes_awaited(self.header, ())

    def blocking(self) -> list[Finding]:
        """Say what keeps the row from being stored: unreadable texts, empty required boxes."""
        found = [error(one.problem_code, one.problem, one.entry.key) for one in self.header.problems()]
        if found:
            return found
        empty = [e for e in self.fields if e.required and self.header.cells[e.key].editor.value() in (None, "")]
        return [error("REQ-01", f"「{entry.label}」必填", entry.key) for entry in empty]

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show why the row was not stored, beside the fields where they name one."""
        self.header.show_findings(findings, all_loud=True)
        beside = [one for one in findings if one.field in self.header.cells]
        elsewhere = [one.text for one in findings if one not in beside]
        self.tell("；".join(elsewhere) or f"没有保存：{findings[0].text}", "bad")
        if beside:
            self.header.cells[beside[0].field].editor.box.setFocus(Qt.FocusReason.OtherFocusReason)

    def enter(self) -> None:
        """Put the cursor into the first box that can be typed into."""
        self.header.focus_first()

    def _go_on(self) -> None:
        boxes = [cell.editor.box for cell in self.header.cells.values() if cell.editor.editable]
        if boxes and boxes[-1] is QApplication.focusWidget():
            self.confirmed.emit()
        else:
            self.focusNextChild()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Give the row up on Escape."""
        if event.key() == _ESCAPE and (self.adding or self.dirty):
            self.given_up.emit()
        else:
            super().keyPressEvent(event)


def _row_fill(table: LineTable, head: Callable[[], Mapping[str, Any]]) -> HeadFill | None:
    """Return the table's fill as a row's boxes ask it: with the head, and what every row of the table has."""
    fill = table.fill
    if fill is None:
        return None
    return lambda values, key, facts: fill(head(), {**values, **table.fixed}, key, facts)


class _StripWalk(EnterWalk):
    """Enter walks on; Ctrl+Z and Ctrl+Y belong to the box."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Leave everything but Enter to the box."""
        if event.type() == QEvent.Type.ShortcutOverride:
            return False
        return super().eventFilter(watched, event)
