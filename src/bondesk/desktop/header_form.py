"""The head of a document: its fields on one page, or on tabs when a document has more than a screen holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from bondesk.base.documents import DocumentType
from bondesk.base.findings import Finding, Severity
from bondesk.desktop import style
from bondesk.desktop.context import DeskContext
from bondesk.desktop.field_cell import FieldCell
from bondesk.desktop.field_editor import FieldEditor
from bondesk.desktop.head_page import FieldGroup, HeadPage

#: The title of the page whose groups name no tab.
FIRST_PAGE = "表头"


class HeaderForm(QWidget):
    """The head of a document. ``edited`` brings the key of a field the user changed, ``left`` of one left.

    Groups that name a tab stand on a page of their own, the others on the first; Alt and its number turns to a page,
    and so does Enter in the last box of the page before.
    """

    edited = Signal(str)
    left = Signal(str)

    def __init__(self, context: DeskContext, groups: Sequence[FieldGroup], parent: QWidget) -> None:
        """Show ``groups``."""
        super().__init__(parent)
        self.setObjectName("header_form")
        self._height = 0
        self.touched: set[str] = set()
        self.pages: dict[str, HeadPage] = {}
        self._tabs: QTabWidget | None = None
        titles = list(dict.fromkeys(part.tab for part in groups))
        if len(titles) > 1:
            self._tabs = QTabWidget(self)
            self._tabs.setObjectName("head_tabs")
            self._tabs.setDocumentMode(True)
            self._tabs.tabBar().setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for title in titles:
            mine = [part for part in groups if part.tab == title]
            self.pages[title] = HeadPage(context, mine, self._tabs or self)
        self.cells: dict[str, FieldCell] = {}
        for page in self.pages.values():
            self.cells |= page.cells
        for cell in self.cells.values():
            if (source := self.cells.get(cell.editor.entry.elements_of)) is not None:
                cell.editor.follow(source.editor)
        for page in self.pages.values():
            page.edited.connect(self.edited)
            page.left.connect(self._left)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._tabs or next(iter(self.pages.values())))
        self._retitle(())

    def _titled(self, place: int, title: str, wrong: int) -> str:
        told = f"　错误 {wrong}" if wrong else ""
        return f"{title or FIRST_PAGE}(&{place + 1}){told}"

    def _retitle(self, findings: Sequence[Finding]) -> None:
        """Write on each tab how many errors wait behind it."""
        if self._tabs is None:
            return
        errors = [one.field for one in findings if one.line is None and one.severity is Severity.ERROR]
        for place, (title, page) in enumerate(self.pages.items()):
            wrong = sum(not cell.quiet and errors.count(key) for key, cell in page.cells.items())
            if self._tabs.indexOf(page) < 0:
                self._tabs.addTab(page, "")
            self._tabs.setTabText(place, self._titled(place, title, wrong))
            self._tabs.tabBar().setTabTextColor(place, QColor(style.tone("bad").foreground) if wrong else QColor())

    def _left(self, key: str) -> None:
        self.touched.add(key)
        if self.cells[key].quiet:
            self.cells[key].quiet = False
            self.cells[key].refresh()
        self.left.emit(key)

    def fit(self, width: int, height: int | None = None) -> None:
        """Lay the fields of every page out in as many columns as fit into ``width`` pixels.

        Where rows do not fit into ``height`` (None = that of the last time) they move together.
        """
        self._height = self._height if height is None else height
        for page in self.pages.values():
            page.arrange(page.wanted_columns(width))
            page.pack(self._height)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Take as many columns as fit."""
        super().resizeEvent(event)
        self.fit(self.width())

    def bring(self, key: str) -> None:
        """Turn to the page of a field."""
        if self._tabs is not None:
            self._tabs.setCurrentWidget(next(page for page in self.pages.values() if key in page.cells))

    def reveal(self, key: str) -> None:
        """Turn to the page of a field and put the cursor into its box."""
        self.bring(key)
        self.cells[key].editor.box.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_on(self, focus: QWidget | None) -> bool:
        """Turn to the next page with a box to type into when ``focus`` is the last such box of its page."""
        order = [(page, cell) for page in self.pages.values() for cell in page.cells.values() if cell.editor.editable]
        place = next((place for place, (_, cell) in enumerate(order) if cell.editor.box is focus), len(order))
        if place + 1 >= len(order) or order[place][0] is order[place + 1][0]:
            return False
        self.reveal(order[place + 1][1].editor.entry.key)
        return True

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Show the values of a draft; forget which boxes were visited."""
        self.touched.clear()
        for key, cell in self.cells.items():
            cell.editor.set_value(values.get(key))
            cell.show_findings((), quiet=False)

    def set_editable(self, editable: bool) -> None:
        """Let everything be typed but what the program fills, or grey all."""
        for cell in self.cells.values():
            cell.editor.set_editable(editable and not cell.editor.entry.readonly)

    def show_findings(self, findings: Sequence[Finding], *, all_loud: bool) -> None:
        """Show findings beside their fields; an empty box not yet visited stays quiet unless ``all_loud``."""
        for key, cell in self.cells.items():
            mine = [finding for finding in findings if finding.field == key and finding.line is None]
            empty = cell.editor.value() in (None, "")
            cell.show_findings(mine, quiet=empty and not all_loud and key not in self.touched)
        self._retitle(findings)

    def problems(self) -> Iterator[FieldEditor]:
        """Iterate over the editors whose text cannot be read."""
        return (cell.editor for cell in self.cells.values() if cell.editor.problem)

    def commit(self) -> None:
        """Finish typing wherever it is under way."""
        for cell in self.cells.values():
            cell.editor.commit()

    def focus_first(self) -> None:
        """Put the cursor into the first box that can be typed into."""
        for cell in self.cells.values():
            if cell.editor.editable:
                self.reveal(cell.editor.entry.key)
                return


def groups_of(document: DocumentType) -> list[FieldGroup]:
    """Return the head of ``document`` as its form shows it."""
    return [FieldGroup(part.title, part.fields, part.tab) for part in document.form]
