"""The left dock: areas with the documents and reports the user may see, narrowed by a few typed letters."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from bondesk.base.catalogue import Catalogue
from bondesk.base.identity import Identity
from bondesk.desktop import style

KEY_ROLE = Qt.ItemDataRole.UserRole
VIEW = "view"


def modules(catalogue: Catalogue, identity: Identity) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Return (area title, ((page key, title, help) …)) of what ``identity`` may see; areas without any are left out.

    Page keys are ``list.<document>`` and ``report.<report>``.
    """
    found = []
    for area in catalogue.areas:
        leaves = [
            (f"list.{document.key}", document.title, document.help)
            for document in catalogue.documents
            if document.area == area.key and identity.may(document.key, VIEW)
        ]
        leaves += [
            (f"report.{report.key}", report.title, report.help)
            for report in catalogue.reports
            if report.area == area.key and identity.may(report.key, VIEW)
        ]
        if leaves:
            found.append((area.title, leaves))
    return found


class ModuleTree(QWidget):
    """A search line over the tree; ``chosen`` brings the page key of a module."""

    chosen = Signal(str)

    def __init__(self, catalogue: Catalogue, identity: Identity, initials: Callable[[str], str]) -> None:
        """Show the modules of ``identity``; ``initials`` gives pinyin initials to search by."""
        super().__init__()
        self.setObjectName("module_panel")
        self._initials = initials
        self._areas: list[tuple[QTreeWidgetItem, list[QTreeWidgetItem]]] = []
        self.search = QLineEdit(self)
        self.search.setObjectName("module_search")
        self.search.setPlaceholderText("查找模块")
        self.search.setClearButtonEnabled(True)
        self.tree = QTreeWidget(self)
        self.tree.setObjectName("module_tree")
        self.tree.setHeaderHidden(True)
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(16)
        self.nothing = QLabel("没有匹配的模块", self)
        self.nothing.setObjectName("module_nothing")
        self.nothing.setProperty("role", "quiet")
        self.nothing.setWordWrap(True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.GAP, style.GAP, style.GAP, style.GAP)
        layout.setSpacing(style.GAP)
        for widget in (self.search, self.nothing, self.tree):
            layout.addWidget(widget)
        self._fill(catalogue, identity)
        self._narrow("")
        self.search.textChanged.connect(self._narrow)
        self.search.returnPressed.connect(self._open_first)
        self.tree.itemClicked.connect(lambda item, _column: self._open(item))
        self.tree.itemActivated.connect(lambda item, _column: self._open(item))

    def _fill(self, catalogue: Catalogue, identity: Identity) -> None:
        for title, leaves in modules(catalogue, identity):
            area = QTreeWidgetItem(self.tree, [title])
            font = area.font(0)
            font.setBold(True)
            area.setFont(0, font)
            items = []
            for key, text, help_text in leaves:
                leaf = QTreeWidgetItem(area, [text])
                leaf.setData(0, KEY_ROLE, key)
                leaf.setToolTip(0, help_text)
                items.append(leaf)
            self._areas.append((area, items))
        self.tree.expandAll()

    def _narrow(self, typed: str) -> None:
        wanted = typed.strip().lower()
        for area, leaves in self._areas:
            whole_area = not wanted or wanted in area.text(0).lower()
            for leaf in leaves:
                leaf.setHidden(not whole_area and not self._fits(leaf.text(0), wanted))
            area.setHidden(all(leaf.isHidden() for leaf in leaves))
        left = bool(self.shown())
        self.nothing.setVisible(not left)
        self.nothing.setText("没有匹配的模块" if wanted else "您还没有任何模块的权限，请联系系统管理员")
        self.tree.setVisible(left)

    def _fits(self, title: str, wanted: str) -> bool:
        return wanted in title.lower() or (wanted.isascii() and wanted in self._initials(title))

    def _open(self, item: QTreeWidgetItem) -> None:
        key = item.data(0, KEY_ROLE)
        if isinstance(key, str):
            self.chosen.emit(key)

    def _open_first(self) -> None:
        """Let Enter in the search line open the first module left."""
        for leaf in self.shown()[:1]:
            self._open(leaf)

    def shown(self) -> list[QTreeWidgetItem]:
        """Return the modules shown, in order."""
        return [leaf for _, leaves in self._areas for leaf in leaves if not leaf.isHidden()]

    def titles(self) -> list[str]:
        """Return the titles of the modules shown, in order."""
        return [leaf.text(0) for leaf in self.shown()]
