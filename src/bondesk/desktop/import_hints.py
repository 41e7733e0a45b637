"""One-click mending beside the grid of an import: the same correction for alike cells, own headings remembered."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from bondesk.desktop import style
from bondesk.engine.import_preview import ImportPreview
from bondesk.engine.import_reading import Cell

_SHOWN = 16


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


class ImportHints(QWidget):
    """Offers what helps at the current cell.

    ``all_alike`` brings texts by cell; ``remember`` the sheet, the standard heading and the enterprise's word.
    """

    all_alike = Signal(object)
    remember = Signal(str, str, str)

    def __init__(self, may_remember: bool, parent: QWidget) -> None:
        """Offer to remember headings only to who may edit 导入设置."""
        super().__init__(parent)
        self.setObjectName("import_hints")
        self._may_remember = may_remember
        self._texts: dict[Cell, str] = {}
        self.alike = QPushButton(self)
        self.alike.setObjectName("import_alike")
        self.alike.setAutoDefault(False)
        self.alike.clicked.connect(self._spread)
        self.heading = QToolButton(self)
        self.heading.setObjectName("import_remember")
        self.menu = QMenu(self.heading)
        self.menu.setObjectName("import_remember_menu")
        self.heading.setMenu(self.menu)
        self.heading.clicked.connect(self._remember_nearest)
        self._nearest = ("", "", "")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.GAP)
        layout.addWidget(self.alike)
        layout.addWidget(self.heading)
        self.alike.hide()
        self.heading.hide()

    def typed(self, preview: ImportPreview, cell: Cell, text: str) -> None:
        """After one cell was corrected, offer the same for all cells of its column with the same content."""
        alike = preview.alike(cell)
        self._texts = dict.fromkeys(alike, text)
        self.alike.setVisible(bool(alike))
        if alike:
            sheet = preview.sheet(cell[0])
            before = _short(sheet.text(cell[1], cell[2])) if sheet is not None else ""
            self.alike.setText(f"本列另有 {len(alike)} 格也是“{before}”，都改为“{_short(text)}”")

    def forget(self) -> None:
        """Offer nothing any more."""
        self._texts = {}
        self.alike.hide()

    def _spread(self) -> None:
        texts, self._texts = self._texts, {}
        self.alike.hide()
        self.all_alike.emit(texts)

    def moved(self, preview: ImportPreview | None, cell: Cell | None) -> None:
        """Offer to remember the heading nobody knows under the cursor (or anywhere in its column)."""
        self.heading.hide()
        sheet = preview.sheet(cell[0]) if preview is not None and cell is not None else None
        if cell is None or sheet is None or sheet.found is None or not self._may_remember:
            return
        word = next((text for text, index in sheet.found.unknown if index == cell[2]), "")
        if not word or not sheet.found.absent or sheet.heading_row == 0:
            return
        near = sheet.found.nearest(word)
        absent = [heading.text for heading in sheet.found.absent]
        self._offer(sheet.found.title, word, near.text if near else "", absent)

    def _offer(self, sheet: str, word: str, near: str, absent: list[str]) -> None:
        self.menu.clear()
        for text in sorted(absent, key=lambda text: text != near):
            self.menu.addAction(f"「{text}」").triggered.connect(partial(self._remember, sheet, text, word))
        popup = QToolButton.ToolButtonPopupMode
        self.heading.setPopupMode(popup.MenuButtonPopup if near else popup.InstantPopup)
        self.heading.setText(
            f"“{_short(word)}”就是「{near}」：作为企业列标题记住" if near else f"“{_short(word)}”作为企业列标题记住  "
        )
        self.heading.setToolTip("记入「导入设置」，以后导入和模板都用这个列标题")
        self._nearest = (sheet, near, word)
        self.heading.show()

    def _remember_nearest(self) -> None:
        if self._nearest[1]:
            self._remember(*self._nearest)

    def _remember(self, sheet: str, heading: str, word: str, _checked: bool = False) -> None:
        self.heading.hide()
        self.remember.emit(sheet, heading, word)
