"""申报要素 as a form of its own: one box per element the commodity code asks for, and what 规格型号 becomes of them.

The boxes follow the code's box. When the clerk types another code, values move with their element's name; a code
undone or loaded only re-reads the stored text, which is in that code's own order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from bondesk.base.columns import Kind
from bondesk.base.elements import MOST_BYTES, SEPARATOR, Element, byte_length, carried_over, spec_text, values_of
from bondesk.base.fields import Field
from bondesk.desktop import style
from bondesk.desktop.background import while_alive
from bondesk.desktop.context import DeskContext
from bondesk.desktop.editors import ChoiceEditor
from bondesk.desktop.field_editor import BOX_HEIGHT, FieldEditor, LineEditor, paint_locked
from bondesk.engine.act import Act

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_FORM_KEYS = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
#: Pixels an element wants with its label.
_ELEMENT_WIDTH = 300


class ElementsEditor(FieldEditor):
    """Edits a text of values joined by ``|`` as named boxes; a plain line while no code is known."""

    def __init__(self, context: DeskContext, entry: Field, parent: QWidget | None = None) -> None:
        """Edit the elements of ``entry``; :meth:`follow` tells whose."""
        super().__init__(context, entry, parent)
        self._value, self._names, self._code = "", (), ""  # type: str, tuple[str, ...], str
        self._source: FieldEditor | None = None
        self._carries = False
        self._columns = 0
        self.parts: list[FieldEditor] = []
        self._labels: list[QLabel] = []
        self.raw = QLineEdit(self)
        self.raw.setObjectName(f"box.{entry.key}")
        self.raw.setMinimumHeight(BOX_HEIGHT)
        self.raw.setPlaceholderText("填写商品编码后按其申报要素逐项填写")
        self.raw.textEdited.connect(self._raw_typed)
        self.raw.editingFinished.connect(self.left)
        self.preview = QLabel(self)
        self.preview.setObjectName(f"preview.{entry.key}")
        self.preview.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.preview.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._body = QWidget(self)
        self._grid = QGridLayout(self._body)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(style.GAP)
        self._grid.setVerticalSpacing(4)
        column = QVBoxLayout()
        column.setSpacing(4)
        for widget in (self.raw, self._body, self.preview):
            column.addWidget(widget)
        self.row.addLayout(column, 1)
        self._body.hide()
        self.setFocusProxy(self.raw)
        self._write_preview()

    def follow(self, source: FieldEditor) -> None:
        """Take the elements of the code in ``source``."""
        self._source = source
        source.changed.connect(self._code_typed)
        if isinstance(source.box, QLineEdit):
            source.box.textChanged.connect(lambda _text: QTimer.singleShot(0, self, self._look))
        self._look()

    def value(self) -> str:
        """Return the values joined in the order of the code."""
        return self._value

    def set_value(self, value: Any) -> None:
        """Show ``value``."""
        self._value = "" if value is None else str(value)
        self.problem = self.problem_code = ""
        self._show()
        self._look()

    def text(self) -> str:
        """Return the values as they are stored."""
        return self._value

    def set_text(self, text: str) -> None:
        """Take a whole text as if it had been typed."""
        if text != self._value:
            self._value = text
            self._show()
            self.changed.emit()

    def set_editable(self, editable: bool) -> None:
        """Let the boxes be filled, or grey them."""
        super().set_editable(editable)
        self.raw.setReadOnly(not editable)
        paint_locked(self.raw, editable)
        for part in self.parts:
            part.set_editable(editable)

    def commit(self) -> None:
        """Finish typing in every box."""
        for part in self.parts:
            part.commit()

    def _code_typed(self) -> None:
        self._carries = True
        self._look()

    def _look(self) -> None:
        """Ask for the elements of another code."""
        code = str(self._source.value() or "") if self._source is not None else ""
        if code == self._code:
            return
        self._code = code

        def job(act: Act) -> Sequence[Element]:
            return act.catalogue.elements(act.facts, code)

        def done(elements: Sequence[Element]) -> None:
            if code == self._code:
                self._take(elements)

        self.context.lane.act(job, while_alive(self, done), while_alive(self, lambda _problem: None))

    def _take(self, elements: Sequence[Element]) -> None:
        """Build the boxes of a known code; an unknown one leaves those of the last."""
        names = tuple(element.name for element in elements)
        self.advice = "" if names or not self._names else f"商品编码 {self._code} 不在编码表中，要素仍按原编码显示"
        self.noted.emit()
        if not names or names == self._names:
            return
        before, self._names = self._names, names
        moved = carried_over(before, names, self._value) if self._carries and before else self._value
        self._carries = False
        self._build(elements)
        self.set_editable(self.editable)
        if moved != self._value:
            self._value = moved
            self._show()
            self.changed.emit()
        else:
            self._show()

    def _build(self, elements: Sequence[Element]) -> None:
        for widget in (*self.parts, *self._labels):
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self.parts, self._labels, self._columns = [], [], 0
        before: QWidget = self.raw
        for place, element in enumerate(elements):
            part, label = self._part(place, element)
            QWidget.setTabOrder(before, part.box)
            before = part.box
            self.parts.append(part)
            self._labels.append(label)
        self.raw.hide()
        self._body.show()
        self.setFocusProxy(self.parts[0].box)
        self._arrange()

    def _part(self, place: int, element: Element) -> tuple[FieldEditor, QLabel]:
        entry = _field(f"{self.entry.key}.{place}", element)
        kind = ChoiceEditor if element.choices else LineEditor
        part: FieldEditor = kind(self.context, entry, self._body)
        part.box.installEventFilter(self)
        part.changed.connect(self._typed)
        part.noted.connect(self.noted)
        part.left.connect(self.left)
        if isinstance(part.box, QLineEdit) and not element.required:
            part.box.setPlaceholderText("可不填")
        label = QLabel(f"{place}：{element.name}", self._body)
        label.setObjectName(f"label.{entry.key}")
        label.setToolTip(element.name)
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return part, label

    def _arrange(self) -> None:
        """Put the elements into as many columns as fit, read downwards like the declaration's own pop-up."""
        columns = max(1, min(3, self.width() // style.scaled(_ELEMENT_WIDTH)))
        if columns == self._columns or not self.parts:
            return
        self._columns = columns
        rows = -(-len(self.parts) // columns)
        for place, (part, label) in enumerate(zip(self.parts, self._labels, strict=True)):
            column, row = divmod(place, rows)
            self._grid.addWidget(label, row, 2 * column)
            self._grid.addWidget(part, row, 2 * column + 1)
        for column in range(3):
            self._grid.setColumnStretch(2 * column + 1, 1 if column < columns else 0)

    def resizeEvent(self, event: Any) -> None:  # noqa: N802 - Qt's name
        """Take as many columns as fit."""
        super().resizeEvent(event)
        self._arrange()

    def _typed(self) -> None:
        values = [str(part.value() or "").strip() for part in self.parts]
        for name, value in zip(self._names, values, strict=True):
            if SEPARATOR in value:
                self.set_problem("ELM-03", f"「{name}」不能含有要素之间的分隔符“{SEPARATOR}”")
                return
        self.set_problem("", "")
        self._take_text(spec_text(values))

    def _raw_typed(self, text: str) -> None:
        self._take_text(text.strip())

    def _take_text(self, text: str) -> None:
        if text != self._value:
            self._value = text
            self._write_preview()
            self.changed.emit()

    def _show(self) -> None:
        """Write the value into the boxes that differ from it."""
        if self.raw.text() != self._value:
            self.raw.setText(self._value)
        for part, value in zip(self.parts, values_of(self._value, len(self.parts)), strict=True):
            if part.value() != value:
                part.set_value(value)
        self._write_preview()

    def _write_preview(self) -> None:
        length = byte_length(self._value)
        over = length > MOST_BYTES
        counted = f"{length}/{MOST_BYTES} 字节" + ("，超长" if over else "")
        self.preview.setText(f"规格型号（{counted}）：{self._value or '空'}")
        self.preview.setToolTip(self._value)
        style.set_tone(self.preview, "bad" if over else "muted", "ink")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Let Enter walk through the boxes; undo keys belong to the form."""
        if isinstance(event, QKeyEvent) and any(watched is part.box for part in self.parts):
            if event.type() == QEvent.Type.ShortcutOverride and any(event.matches(key) for key in _FORM_KEYS):
                event.ignore()
                return True
            if event.type() == QEvent.Type.KeyPress and event.key() in _ENTER:
                back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self.commit()
                self.focusNextPrevChild(not back)
                return True
        return super().eventFilter(watched, event)


def _field(key: str, element: Element) -> Field:
    """Return the field one element is edited by."""
    return Field(
        key=key,
        label=element.name,
        kind=Kind.TEXT,
        help="",
        choices=element.choices,
        table="",
        reference="",
        required=False,
        readonly=False,
        width=0,
        places=0,
        length=0,
    )
