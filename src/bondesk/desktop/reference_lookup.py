"""The number of another document: typed, or chosen from the stored ones, with its name beside it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from bondesk.base.documents import DocumentType
from bondesk.base.errors import WrongCall
from bondesk.base.fields import Field
from bondesk.desktop.background import while_alive
from bondesk.desktop.code_popup import CodePopup
from bondesk.desktop.context import DeskContext
from bondesk.desktop.field_editor import BOX_HEIGHT, LineEditor, paint_locked
from bondesk.desktop.reference_finding import MOST_FOUND, Found, KnownNames, find_any
from bondesk.engine.act import Act

#: Milliseconds after the last key until the stored documents are asked.
PAUSE_MS = 80
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 9, Qt.Key.Key_PageUp: -9}
_LONGEST = 64


class ReferenceEditor(LineEditor):
    """Any text is a number; typing lists what is stored, Space in an empty box lists all.

    Enter takes the marked row when the text was a name or pinyin, or the mark was moved; a typed number stays as
    it is even where a longer one begins with it. Who may not see such documents is told nothing.
    """

    def __init__(self, context: DeskContext, entry: Field, parent: QWidget | None = None) -> None:
        """Edit a number; ``entry.reference`` names the kind of document, of an option perhaps several kinds."""
        super().__init__(context, entry, parent)
        self._checked: str | None = None
        self._typed_since = False
        self._popup: CodePopup | None = None
        self._documents = self._visible()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self.line.textEdited.connect(self._edited)
        self.line.installEventFilter(self)
        self.name = QLineEdit(self)
        self.name.setObjectName(f"name.{entry.key}")
        self.name.setReadOnly(True)
        self.name.setMinimumHeight(BOX_HEIGHT)
        paint_locked(self.name, editable=False)
        self.name.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.row.addWidget(self.name, 1)
        self.name.setVisible(bool(self._documents))
        self.left.connect(self._check)

    def _visible(self) -> tuple[DocumentType, ...]:
        try:
            named = [self.context.engine.catalogue.document(key) for key in self.entry.references]
        except WrongCall:
            return ()
        return tuple(document for document in named if self.context.identity.may(document.key, "view"))

    @property
    def _titles(self) -> str:
        return "」「".join(document.title for document in self._documents)

    @property
    def listing(self) -> bool:
        """Tell whether the list is open."""
        return self._popup is not None and self._popup.isVisible()

    @property
    def popup(self) -> CodePopup:
        """Return the list, made when first wanted."""
        if self._popup is None:
            self._popup = CodePopup(self)
            self._popup.picked.connect(self._pick)
        return self._popup

    def set_value(self, value: Any) -> None:
        """Show a number with the name of its document."""
        super().set_value(value)
        self._typed_since = False
        self._close_list()
        self._checked = None
        self.name.clear()
        if not self.name.isHidden():
            self._check()

    def _edited(self, _text: str) -> None:
        self._typed_since = True
        self.name.clear()
        self._pause.start()

    def _known(self) -> KnownNames:
        known: KnownNames = self.context.extras.setdefault("known_names", KnownNames())
        return known

    def _ask(self) -> None:
        """List what the text may mean, unless the clerk has gone on meanwhile."""
        documents, typed, known = self._documents, self.line.text(), self._known()
        if not documents or len(typed) > _LONGEST or not self.line.hasFocus():
            return

        def job(act: Act) -> list[Found]:
            return find_any(act, documents, typed, known)

        def done(found: list[Found]) -> None:
            if self.line.text() == typed and self.line.hasFocus():
                self._offer(found)

        self.context.lane.act(job, while_alive(self, done), while_alive(self, lambda _problem: None))

    def _offer(self, found: list[Found]) -> None:
        if not found and not self.line.text():
            self._close_list()
            return
        full = f"只列出前 {MOST_FOUND} 条；输入编号、名称或拼音缩小范围"
        hint = full if len(found) >= MOST_FOUND else "" if found else f"「{self._titles}」中没有匹配的编号或名称"
        self.popup.offer(found, hint, self.line.text())
        self.popup.show_under(self.line)

    def _close_list(self) -> None:
        self._pause.stop()
        if self._popup is not None:
            self._popup.hide()

    def _pick(self, number: str) -> None:
        """Take a row of the list."""
        item = self.popup.list.currentItem()
        name = item.text(1) if item is not None and item.text(0) == number else ""
        self._close_list()
        self._typed_since = False
        self.set_text(number)
        self._checked, self.advice = number, ""
        self.name.setText(name)
        self.name.setCursorPosition(0)

    def commit(self) -> None:
        """Finish typing."""
        chosen = self._popup.current() if self._popup is not None else ""
        typed = self.line.text().strip()
        named = self._typed_since and bool(typed) and not chosen.lower().startswith(typed.lower())
        if chosen and (self.popup.moved or named):
            self._pick(chosen)
        self._close_list()
        self._typed_since = False
        super().commit()

    def _check(self) -> None:
        """Ask the lane for the name behind the number, or say that there is none."""
        number, documents = self.value(), self._documents
        if not documents or number == self._checked or self.problem:
            return
        self._checked = number
        if not number:
            self.name.clear()
            return
        known = self._known()

        def done(found: list[Found]) -> None:
            if number != self.value():
                return
            names = dict(found)
            self.name.setText(names.get(number, ""))
            self.name.setCursorPosition(0)
            near = f"；是否指 {found[0][0]} {found[0][1]}".rstrip() if found else ""
            self.advice = "" if number in names else f"「{self._titles}」中没有 {number}{near}"
            self.noted.emit()

        self.context.lane.act(
            lambda act: find_any(act, documents, number, known),
            while_alive(self, done),
            while_alive(self, lambda _problem: None),
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Steer the list from the box."""
        if watched is self.line and self.editable:
            if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._key(event):
                return True
            if event.type() == QEvent.Type.FocusOut:
                self.commit()
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        """Return whether the list wanted the key."""
        key = event.key()
        selected = self.line.selectedText() == self.line.text()
        if key == Qt.Key.Key_Space and not event.modifiers() and selected and not self._typed_since:
            self._ask_all()
            return True
        if not self.listing:
            return False
        if key in _STEPS:
            self.popup.step(_STEPS[Qt.Key(key)])
            return True
        if key == Qt.Key.Key_Escape:
            self._close_list()
            return True
        return False

    def _ask_all(self) -> None:
        """List the stored documents from the first on, or from the number in the box on."""
        if self.listing:
            self._close_list()
        else:
            self._ask()
