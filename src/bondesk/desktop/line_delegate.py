"""Editing in the cells of a grid with the same editors as the head; Enter and Tab commit and go on."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QComboBox, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from bondesk.base.fields import Field
from bondesk.desktop.code_lookup import CodeLookup
from bondesk.desktop.context import DeskContext
from bondesk.desktop.edited import EditedLine, Unread
from bondesk.desktop.editors import ChoiceEditor, make_editor
from bondesk.desktop.field_editor import FieldEditor
from bondesk.desktop.line_model import LineModel
from bondesk.desktop.reference_lookup import ReferenceEditor

Index = QModelIndex | QPersistentModelIndex
#: Asks the grid to let the code book read a text: line, field, text, code proposed meanwhile ("" for none).
AskCode = Callable[[EditedLine, Field, str, str], None]
_FORWARD = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)


class LineDelegate(QStyledItemDelegate):
    """Makes an editor per cell; ``go_on`` is called with 1 or -1 after a cell was committed by a key."""

    def __init__(self, context: DeskContext, go_on: Callable[[int], None], ask_code: AskCode, parent: QWidget) -> None:
        """Edit cells of ``parent``, a view over a :class:`LineModel`."""
        super().__init__(parent)
        self._context, self._go_on, self._ask_code = context, go_on, ask_code
        self._editors: dict[int, FieldEditor] = {}

    def createEditor(  # noqa: N802 - Qt's name
        self, parent: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> QWidget:
        """Make the editor of the cell's field."""
        model = index.model()
        assert isinstance(model, LineModel)
        entry = model.fields[index.column()]
        editor: FieldEditor
        if entry.table and not entry.choices:
            editor = CodeLookup(self._context, entry, parent, asks=False)
        else:
            editor = make_editor(self._context, entry, parent)
        if isinstance(editor, ReferenceEditor):
            editor.name.hide()
        editor.setAutoFillBackground(True)
        self._editors = {id(editor.box): editor}
        editor.box.installEventFilter(self)
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802 - Qt's name
        """Show the cell's value, or the text that could not be read."""
        model = index.model()
        assert isinstance(model, LineModel)
        assert isinstance(editor, FieldEditor)
        line, key = model.lines[index.row()], model.fields[index.column()].key
        editor.set_value(line.values.get(key))
        if key in line.unread:
            editor.set_text(line.unread[key].raw)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:  # noqa: N802 - Qt's name
        """Write the value, or keep the text that cannot be read."""
        assert isinstance(model, LineModel)
        assert isinstance(editor, FieldEditor)
        editor.commit()
        line, entry = model.lines[index.row()], editor.entry
        if editor.problem:
            model.set_unread(line, entry.key, Unread(editor.text(), editor.problem_code, editor.problem))
            return
        if isinstance(editor, CodeLookup) and editor.unresolved:
            self._ask_code(line, entry, editor.unresolved, editor.proposed)
            return
        model.setData(index, editor.value())

    def updateEditorGeometry(  # noqa: N802 - Qt's name
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Fill the cell; code and name, or several lines, may need more room."""
        rect = option.rect
        if isinstance(editor, CodeLookup | ChoiceEditor | ReferenceEditor):
            rect.setWidth(max(rect.width(), 180))
        rect.setHeight(max(rect.height(), editor.sizeHint().height()))
        view = editor.parentWidget()
        if view is not None and rect.right() > view.width():
            rect.moveRight(view.width())
        editor.setGeometry(rect)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Commit and go on by key; leave the cell when the focus does."""
        editor = self._editors.get(id(watched))
        if editor is None:
            return False
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(editor, event)
        if event.type() == QEvent.Type.FocusOut and not _still_inside(editor):
            self._close(editor)
        return False

    def _key(self, editor: FieldEditor, event: QKeyEvent) -> bool:
        key = event.key()
        if isinstance(editor.box, QComboBox) and editor.box.view().isVisible():
            return False
        if key in _FORWARD and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            back = key != Qt.Key.Key_Tab and bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            editor.enter()
            self._close(editor)
            self._go_on(-1 if back else 1)
            return True
        if key == Qt.Key.Key_Backtab:
            self._close(editor)
            self._go_on(-1)
            return True
        if key == Qt.Key.Key_Escape and not (isinstance(editor, CodeLookup | ReferenceEditor) and editor.listing):
            self._editors.clear()
            self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.RevertModelCache)
            return True
        return False

    def _close(self, editor: FieldEditor) -> None:
        self._editors.clear()
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)


def _still_inside(editor: FieldEditor) -> bool:
    """Tell whether the focus went to something that belongs to the editor (its list, its calendar)."""
    if QApplication.activePopupWidget() is not None:
        return True
    focus = QApplication.focusWidget()
    return focus is not None and (focus is editor or editor.isAncestorOf(focus))
