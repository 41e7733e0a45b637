"""The filter of a column of customs codes: by code, name or initials, with the list clerks know from forms."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from bondesk.base.fields import Field
from bondesk.desktop.code_matching import KnownCodes
from bondesk.desktop.code_popup import CodePopup
from bondesk.desktop.context import Codes
from bondesk.desktop.filter_editors import Filter
from bondesk.engine.query import Condition

_OPS = (("in", "是"), ("ne", "不是"), ("blank", "为空"), ("filled", "不为空"))
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 9, Qt.Key.Key_PageUp: -9}


class CodeFilter(Filter):
    """A typed text counts for every code it fits; one picked from the list for itself."""

    def __init__(self, entry: Field, codes: Codes, parent: QWidget) -> None:
        """Look names up in ``codes``."""
        super().__init__(entry.key, parent)
        self._table, self._codes = entry.table, codes
        self._known = KnownCodes(codes)
        self._popup: CodePopup | None = None
        self.comparison = self.choice("comparison", _OPS)
        self.text = self.line("text", "代码、名称或首字母")
        self.text.textEdited.connect(self._typed)
        self.text.installEventFilter(self)
        self.comparison.currentIndexChanged.connect(lambda _index: self._compare())

    @property
    def op(self) -> str:
        """Return the chosen operator."""
        return str(self.comparison.currentData())

    @property
    def popup(self) -> CodePopup:
        """Return the list of codes, made when first wanted."""
        if self._popup is None:
            self._popup = CodePopup(self)
            self._popup.picked.connect(self.pick)
        return self._popup

    def _compare(self) -> None:
        self.text.setVisible(self.op in ("in", "ne"))
        self.changed.emit()

    def _typed(self, text: str) -> None:
        if not text.strip():
            self._close()
            return
        self.popup.offer(self._known.matches(self._table, text), "回车或点击取一个；不取则查所有符合的代码")
        self.popup.list.setCurrentIndex(QModelIndex())  # nothing is taken unless it is pointed at
        self.popup.show_under(self.text)

    def pick(self, code: str) -> None:
        """Take one code."""
        self._close()
        self.text.setText(code)

    def _close(self) -> None:
        if self._popup is not None:
            self._popup.hide()

    def condition(self) -> Condition | None:
        """Return an "in" over the codes that fit, or a "contains" on the code when none does."""
        text = self.text.text().strip()
        if self.op in ("blank", "filled"):
            return Condition(self.key, self.op)
        if not text:
            return None
        exact = self._known.exact(self._table, text)
        if self.op == "ne":
            return Condition(self.key, "ne", exact or text)
        codes = (exact,) if exact else tuple(self._fitting(text.lower()))
        return Condition(self.key, "in", codes) if codes else Condition(self.key, "contains", text)

    def _fitting(self, text: str) -> list[str]:
        return [
            code
            for code, name, initials in self._codes.entries.get(self._table, ())
            if code.lower().startswith(text) or text in name.lower() or (initials and initials.startswith(text))
        ]

    def take(self, condition: Condition) -> bool:
        """Show one code; several that no text stands for cannot be shown."""
        if condition.op in ("blank", "filled"):
            self.text.clear()
        elif condition.op == "in" and len(condition.value) == 1:
            self.text.setText(str(condition.value[0]))
        elif condition.op in ("eq", "ne", "contains"):
            self.text.setText(str(condition.value))
        else:
            return False
        op = condition.op if condition.op in ("ne", "blank", "filled") else "in"
        self.comparison.setCurrentIndex(self.comparison.findData(op))
        return True

    def clear(self) -> None:
        """Empty the line."""
        self.text.clear()
        self.comparison.setCurrentIndex(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Steer the list from the line."""
        if watched is self.text and self._popup is not None and self._popup.isVisible():
            if event.type() == QEvent.Type.FocusOut:
                self._close()
            elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._key(event.key()):
                return True
        return super().eventFilter(watched, event)

    def _key(self, key: int) -> bool:
        if key in _STEPS:
            self.popup.step(_STEPS[Qt.Key(key)])
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.popup.current():
            self.pick(self.popup.current())
            return True
        if key in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._close()
            return True
        return False
