"""F1: the help panel, as a dock of the window or over a dialog that keeps the window waiting."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from bondesk.desktop import style
from bondesk.desktop.context import DeskContext
from bondesk.desktop.help_pages import INDEX, HelpPages

#: Key in the context's extras under which the pages lie.
HELP = "help"


class HelpPanel(QWidget):
    """A page to read, a line to search, the way back and the contents."""

    def __init__(self, pages: HelpPages, parent: QWidget | None = None) -> None:
        """Show the contents."""
        super().__init__(parent)
        self.setObjectName("help_panel")
        self._pages = pages
        self._trail: list[str] = []
        self.key = ""
        self.search = QLineEdit(self)
        self.search.setObjectName("help_search")
        self.search.setPlaceholderText("在帮助中查找，例如 NOTE-05 或 单重")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.back = QPushButton("返回", self)
        self.back.setObjectName("help_back")
        self.back.clicked.connect(self.go_back)
        self.contents = QPushButton("目录", self)
        self.contents.setObjectName("help_contents")
        self.contents.clicked.connect(lambda: self.show_page(INDEX))
        self.text = QTextBrowser(self)
        self.text.setObjectName("help_text")
        self.text.setOpenLinks(False)
        self.text.anchorClicked.connect(self._follow)
        top = QHBoxLayout()
        top.addWidget(self.search, 1)
        top.addWidget(self.back)
        top.addWidget(self.contents)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.GAP, style.GAP, style.GAP, style.GAP)
        layout.setSpacing(style.GAP)
        layout.addLayout(top)
        layout.addWidget(self.text, 1)
        style.when_changed(self, self._again)
        self.show_page(INDEX)

    def show_page(self, key: str) -> None:
        """Open a page; the one before can be come back to."""
        if self.key and key != self.key:
            self._trail.append(self.key)
        self._open(key)

    def _open(self, key: str) -> None:
        self.key = key
        if self.search.text():
            self.search.blockSignals(True)
            self.search.clear()
            self.search.blockSignals(False)
        self._write(self._pages.markdown(key))
        self.back.setEnabled(bool(self._trail))

    def _again(self) -> None:
        self._write(self._pages.markdown(self.key))

    def _write(self, markdown: str) -> None:
        look, document = style.scheme(), self.text.document()
        document.setDocumentMargin(style.MARGIN)
        document.setDefaultFont(self.font())
        self.text.setMarkdown(markdown)
        html = document.toHtml().replace("<table", '<table cellspacing="0" cellpadding="4"')
        document.setDefaultStyleSheet(f"a {{ color: {style.link()}; }} td, th {{ border-color: {look.border}; }}")
        self.text.setHtml(html)

    def go_back(self) -> None:
        """Go back to the page before."""
        if self._trail:
            self._open(self._trail.pop())

    def _follow(self, url: QUrl) -> None:
        name = url.toString()
        if name.endswith(".md"):
            self.show_page(name.removesuffix(".md"))
        elif url.scheme() in ("http", "https"):
            QDesktopServices.openUrl(url)

    def _search(self, words: str) -> None:
        if not words.strip():
            self._write(self._pages.markdown(self.key))
            return
        found = self._pages.search(words)
        lines = [f"# 查找「{words.strip()}」", f"找到 {len(found)} 页" if found else "没有找到，请换一个词"]
        lines += [f"**[{topic.title}]({topic.key}.md)**\n\n{excerpt}\n" for topic, excerpt in found]
        self._write("\n\n".join(lines))


def pages_of(context: DeskContext) -> HelpPages:
    """Return the help pages of a signed-in window; without any, pages that say there are none."""
    pages: HelpPages = context.extras.get(HELP) or HelpPages(None, context.engine.catalogue)
    return pages


def offer_help(context: DeskContext, dialog: QDialog, key: str) -> None:
    """Let F1 open the page ``key`` over a dialog, which blocks the window and its dock."""
    shortcut = QShortcut(QKeySequence("F1"), dialog)
    shortcut.setObjectName(f"help.{key}")
    shortcut.activated.connect(lambda: open_over(context, dialog, key))


def open_over(context: DeskContext, dialog: QDialog, key: str) -> QDialog:
    """Open a help window over ``dialog``; it goes when the dialog goes."""
    window = QDialog(dialog)
    window.setObjectName("help_window")
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    window.setWindowTitle("帮助")
    window.resize(620, 640)
    panel = HelpPanel(pages_of(context), window)
    panel.show_page(key)
    layout = QVBoxLayout(window)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(panel)
    window.open()
    return window
