"""The left dock: areas with the documents and reports the user may see, narrowed by a few typed letters."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QMenu, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from bondesk.base.catalogue import Catalogue
from bondesk.base.identity import Identity
from bondesk.desktop import style
from bondesk.desktop.commands import Command, CommandActions, Commands
from bondesk.desktop.favourites import Favourites, matchings
from bondesk.desktop.update_pages import AREA, allowed_pages

KEY_ROLE = Qt.ItemDataRole.UserRole
VIEW = "view"


def modules(catalogue: Catalogue, identity: Identity) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Return (area title, ((page key, title, help) …)) of what ``identity`` may see; areas without any are left out.

    Page keys are ``list.<document>``, ``matching.<script>``, ``report.<report>`` and those of ``update_pages``.
    """
    found = []
    for area in catalogue.areas:
        leaves = [
            (f"list.{document.key}", document.title, document.help)
            for document in catalogue.documents
            if document.area == area.key and identity.may(document.key, VIEW)
        ]
        leaves += [
            (f"matching.{one.script}", one.title, catalogue.script(one.script).help)
            for one in matchings(catalogue, identity)
            if catalogue.document(one.draft).area == area.key
        ]
        leaves += [
            (f"report.{report.key}", report.title, report.help)
            for report in catalogue.reports
            if report.area == area.key and identity.may(report.key, VIEW)
        ]
        if leaves:
            found.append((area.title, leaves))
    if pages := allowed_pages(catalogue, identity):
        found.append((AREA, [(one.key, one.title, one.help) for one in pages]))
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
        self._favourites: Favourites | None = None
        self._sections: list[QTreeWidgetItem] = []
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
        self.commands = Commands(
            Command("module.favourite", "加入或移出常用功能", "Ctrl+B", self._toggle, self._why_no_module),
            Command("module.up", "常用功能上移", "Alt+Up", lambda: self._move(-1), self._why_not_chosen),
            Command("module.down", "常用功能下移", "Alt+Down", lambda: self._move(1), self._why_not_chosen),
        )
        self.bound = CommandActions(self.commands, self.tree)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._show_menu)
        self.tree.currentItemChanged.connect(lambda *_: self.bound.refresh())
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

    def follow(self, favourites: Favourites) -> None:
        """Show 常用功能 and 最近使用 above the areas, and let them be changed."""
        self._favourites = favourites
        favourites.changed.connect(self._show_sections)
        self._show_sections()

    def _show_sections(self) -> None:
        """Fill the two sections anew; the marked module stays marked."""
        favourites = self._favourites
        if favourites is None:
            return
        marked, section = self._marked(), self._section_of(self.tree.currentItem())
        for old in self._sections:
            self.tree.takeTopLevelItem(self.tree.indexOfTopLevelItem(old))
        self._sections = []
        recent = [key for key in favourites.recent if key not in favourites.chosen][:5]
        for title, keys in (("常用功能", favourites.chosen), ("最近使用", recent)):
            shown = favourites.shown(keys)
            if shown:
                item = QTreeWidgetItem([title])
                self.tree.insertTopLevelItem(len(self._sections), item)
                self._sections.append(item)
                self._fill_section(item, shown, marked if title == section else "")
        self._narrow(self.search.text())
        self.bound.refresh()

    def _fill_section(self, item: QTreeWidgetItem, shown: list[tuple[str, str]], marked: str) -> None:
        font = item.font(0)
        font.setBold(True)
        item.setFont(0, font)
        star = "★ " if item.text(0) == "常用功能" else ""
        for key, title in shown:
            leaf = QTreeWidgetItem(item, [f"{star}{title}"])
            leaf.setData(0, KEY_ROLE, key)
            if key == marked:
                self.tree.setCurrentItem(leaf)
        item.setExpanded(True)

    def _section_of(self, item: QTreeWidgetItem | None) -> str:
        above = item.parent() if item is not None else None
        return above.text(0) if above is not None else ""

    def _marked(self) -> str:
        item = self.tree.currentItem()
        key = item.data(0, KEY_ROLE) if item is not None else None
        return key if isinstance(key, str) else ""

    def _why_no_module(self) -> str:
        return "" if self._favourites is not None and self._marked() else "请先在模块树中选择一个模块"

    def _why_not_chosen(self) -> str:
        chosen = self._section_of(self.tree.currentItem()) == "常用功能"
        return self._why_no_module() or ("" if chosen else "只有「常用功能」中的模块可以调整顺序")

    def _toggle(self) -> None:
        if self._favourites is not None:
            self._favourites.toggle(self._marked())

    def _move(self, by: int) -> None:
        if self._favourites is not None:
            self._favourites.move(self._marked(), by)

    def _show_menu(self, place: QPoint) -> None:
        item = self.tree.itemAt(place)
        if item is None or self._favourites is None or not isinstance(item.data(0, KEY_ROLE), str):
            return
        self.tree.setCurrentItem(item)
        chosen = self._marked() in self._favourites.chosen
        menu = QMenu(self)
        menu.setObjectName("module_menu")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("打开", lambda: self._open(item))
        star = self.bound["module.favourite"]
        star.setText("移出常用功能" if chosen else "加入常用功能")
        menu.addAction(star)
        if self._section_of(item) == "常用功能":
            menu.addActions([self.bound["module.up"], self.bound["module.down"]])
        menu.popup(self.tree.viewport().mapToGlobal(place))

    def _narrow(self, typed: str) -> None:
        wanted = typed.strip().lower()
        for section in self._sections:
            section.setHidden(bool(wanted))
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
