"""One editor per kind of field: :func:`make_editor` chooses it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QDate, QElapsedTimer, QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QCalendarWidget,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QMenu,
    QToolButton,
    QWidget,
    QWidgetAction,
)

from bondesk.base.columns import Kind
from bondesk.base.fields import Field
from bondesk.desktop import style
from bondesk.desktop.code_lookup import CodeLookup
from bondesk.desktop.codes_loading import sounds
from bondesk.desktop.context import DeskContext
from bondesk.desktop.field_editor import BOX_HEIGHT, FieldEditor, LineEditor, MemoEditor, paint_locked
from bondesk.desktop.reference_lookup import ReferenceEditor

#: Characters a list of choices asks room for.
_FEW = 10


def make_editor(context: DeskContext, entry: Field, parent: QWidget | None = None) -> FieldEditor:
    """Return the editor of a field, showing an empty value."""
    kind: type[FieldEditor] = LineEditor
    if entry.elements_of:
        from bondesk.desktop.elements_editor import ElementsEditor

        kind = ElementsEditor
    elif entry.choices:
        kind = ChoiceEditor
    elif entry.table:
        kind = CodeLookup
    elif entry.reference:
        kind = ReferenceEditor
    else:
        kind = {Kind.MEMO: MemoEditor, Kind.DATE: DateEditor, Kind.YESNO: YesNoEditor}.get(entry.kind, LineEditor)
    editor = kind(context, entry, parent)
    if entry.help:
        editor.setToolTip(entry.help)
    return editor


class DateEditor(LineEditor):
    """A typed date with a calendar for the mouse."""

    def __init__(self, context: DeskContext, entry: Field, parent: QWidget | None = None) -> None:
        """Edit a date of ``entry``."""
        super().__init__(context, entry, parent)
        self.button = QToolButton(self)
        self.button.setObjectName(f"calendar.{entry.key}")
        self.button.setText("▾")
        self.button.setProperty("role", "drop")
        self.button.setToolTip("从日历中选择")
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.clicked.connect(self.show_calendar)
        self.row.addWidget(self.button)

    def set_editable(self, editable: bool) -> None:
        """Let the box be typed into, or grey it and hide the calendar."""
        super().set_editable(editable)
        self.button.setVisible(editable)

    def show_calendar(self) -> None:
        """Open a calendar under the box."""
        menu = QMenu(self)
        menu.setObjectName(f"calendar_menu.{self.entry.key}")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        calendar = QCalendarWidget(menu)
        calendar.setObjectName(f"calendar_days.{self.entry.key}")
        day = self.value() or self.today()
        calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        action = QWidgetAction(menu)
        action.setDefaultWidget(calendar)
        menu.addAction(action)

        def chosen(day: QDate) -> None:
            menu.close()
            self.set_text(day.toString(Qt.DateFormat.ISODate))
            self.line.setFocus()

        calendar.clicked.connect(chosen)
        menu.popup(self.mapToGlobal(QPoint(0, self.height())))


class _QuietCombo(QComboBox):
    """Does not change under the wheel while the page is scrolled; a long choice does not take its neighbours' room."""

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Ask for a few characters: drawn by a style sheet, Qt asks for the longest choice whatever its policy."""
        return QSize(_FEW * style.CHARACTER, super().sizeHint().height())

    minimumSizeHint = sizeHint  # noqa: N815 - Qt's name

    def showPopup(self) -> None:  # noqa: N802 - Qt's name
        """Open a list wide enough for the longest choice."""
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + style.WIDE_GAP)
        super().showPopup()

    def wheelEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        event.ignore()  # type: ignore[attr-defined]


class ChoiceEditor(FieldEditor):
    """A fixed list of codes with names; typing a code or a name chooses."""

    def __init__(self, context: DeskContext, entry: Field, parent: QWidget | None = None) -> None:
        """Offer the choices of ``entry``, and nothing where it may stay empty."""
        super().__init__(context, entry, parent)
        self._setting = False
        self._sought, self._since = "", QElapsedTimer()
        self.combo = _QuietCombo(self)
        self.combo.setObjectName(f"box.{entry.key}")
        self.combo.setMinimumHeight(BOX_HEIGHT)
        if all(code for code, _ in entry.choices):
            self.combo.addItem("", "")
        for code, name in entry.choices:
            self.combo.addItem(_choice_text(code, name), code)
        self.combo.currentIndexChanged.connect(self._chosen)
        self.combo.installEventFilter(self)
        self.shown = QLineEdit(self)
        self.shown.setObjectName(f"locked.{entry.key}")
        self.shown.setReadOnly(True)
        self.shown.setMinimumHeight(BOX_HEIGHT)
        paint_locked(self.shown, editable=False)
        self.shown.hide()
        self.row.addWidget(self.combo, 1)
        self.row.addWidget(self.shown, 1)
        self.setFocusProxy(self.combo)

    def value(self) -> str:
        """Return the chosen code."""
        return str(self.combo.currentData() or "")

    def set_value(self, value: Any) -> None:
        """Choose ``value``; one that is not offered is added, so that it is not lost."""
        code = "" if value is None else str(value)
        place = self.combo.findData(code)
        self._setting = True
        if place < 0:
            self.combo.addItem(f"{code}（不在选项中）", code)
            place = self.combo.count() - 1
        self.combo.setCurrentIndex(place)
        self._setting = False
        self.shown.setText(self.combo.currentText())

    def text(self) -> str:
        """Return what is shown."""
        return self.combo.currentText()

    def set_text(self, text: str) -> None:
        """Choose by code or name; another text is no choice and changes nothing."""
        wanted = text.strip()
        for code, name in self.entry.choices:
            if wanted.lower() in (code.lower(), name.lower()):
                self.combo.setCurrentIndex(self.combo.findData(code))
                return

    def set_editable(self, editable: bool) -> None:
        """Show the list, or a grey box with what is chosen."""
        super().set_editable(editable)
        self.combo.setVisible(editable)
        self.shown.setVisible(not editable)
        self.setFocusProxy(self.combo if editable else self.shown)

    def _seek(self, event: QKeyEvent) -> bool:
        """Choose by the first letters of code, name or pinyin, typed without a pause."""
        sign = event.text()
        held = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if held or not sign or not sign.isprintable() or sign == " ":
            return False
        patience = QApplication.keyboardInputInterval()
        self._sought = (
            self._sought if self._since.isValid() and self._since.elapsed() < patience else ""
        ) + sign.lower()
        self._since.start()
        for wanted in dict.fromkeys((self._sought, sign.lower())):
            if (place := self._place_of(wanted)) >= 0:
                self._sought = wanted
                self.combo.setCurrentIndex(place)
                break
        return True

    def _place_of(self, wanted: str) -> int:
        """Return the row of the choice that begins with ``wanted``, codes before names before pinyin; -1 for none."""
        choices = [(code, name, sounds(name)) for code, name in self.entry.choices]
        for part in (0, 1, 2):
            for choice in choices:
                text = choice[part].lower()
                initials, _, syllables = text.partition(" ")
                if text.startswith(wanted) or (
                    part == 2 and (initials.startswith(wanted) or syllables.replace("'", "").startswith(wanted))
                ):
                    return self.combo.findData(choice[0])
        return -1

    def _chosen(self, _place: int) -> None:
        self.shown.setText(self.combo.currentText())
        if not self._setting:
            self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Choose by what is typed; tell when the box is left."""
        if watched is self.combo and event.type() == QEvent.Type.FocusOut:
            self.left.emit()
        if watched is self.combo and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._seek(event)
        return super().eventFilter(watched, event)


class YesNoEditor(FieldEditor):
    """A tick with its word; Space toggles."""

    def __init__(self, context: DeskContext, entry: Field, parent: QWidget | None = None) -> None:
        """Edit a yes or no of ``entry``."""
        super().__init__(context, entry, parent)
        self._value: bool | None = None
        self.tick = QCheckBox(self)
        self.tick.setObjectName(f"box.{entry.key}")
        self.tick.setMinimumHeight(BOX_HEIGHT)
        self.tick.toggled.connect(self._toggled)
        self.row.addWidget(self.tick, 1)
        self.setFocusProxy(self.tick)
        self._write()

    def value(self) -> bool | None:
        """Return the answer; None until there was one."""
        return self._value

    def set_value(self, value: Any) -> None:
        """Show ``value``; None looks like no."""
        self.tick.blockSignals(True)
        self.tick.setChecked(bool(value))
        self.tick.blockSignals(False)
        self._value = None if value is None else bool(value)
        self._write()

    def set_editable(self, editable: bool) -> None:
        """Let the tick be changed, or grey it."""
        super().set_editable(editable)
        self.tick.setEnabled(editable)

    def _toggled(self, ticked: bool) -> None:
        self._value = ticked
        self._write()
        self.changed.emit()

    def _write(self) -> None:
        self.tick.setText("是" if self._value else "否")


def _choice_text(code: str, name: str) -> str:
    """Show a customs code beside its name; a word of our own (``NONE``) only by its name."""
    return name if len(code) > 2 and code.isalpha() else f"{code} {name}".strip()
