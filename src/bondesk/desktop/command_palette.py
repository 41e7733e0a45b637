"""Ctrl+K: every module, report and command by a few typed letters, for clerks who never touch the mouse."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from bondesk.desktop import style
from bondesk.desktop.commands import shortcut_text

_LISTED = 60
#: Documents are searched when typing has rested this long.
DEBOUNCE_MS = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the palette: what it is called, what kind it is, its shortcut, what it does."""

    title: str
    kind: str
    run: Callable[[], object]
    shortcut: str = ""


#: Looks further than the entries: typed text, and who takes what is found, batch by batch.
LookFurther = Callable[[str, Callable[[Sequence[Entry], bool], None]], None]


def matching(entries: Sequence[Entry], typed: str, initials: Callable[[str], str]) -> list[Entry]:
    """Return the entries whose title or pinyin initials hold every word of ``typed``; best first.

    A title that begins with the first word comes before one that holds it, before one matched by initials.
    """
    words = typed.lower().split()
    if not words:
        return list(entries)
    ranked = []
    for entry in entries:
        title, letters = f"{entry.title} {entry.kind}".lower(), initials(entry.title)
        texts = (title, letters, unspaced(entry.title).lower(), unspaced(letters))
        if all(any(word in text for text in texts) for word in words):
            rank = 0 if title.startswith(words[0]) else 1 if words[0] in title else 2
            ranked.append((rank, entry))
    return [entry for _, entry in sorted(ranked, key=lambda pair: pair[0])]


def unspaced(text: str) -> str:
    """Return ``text`` without blanks: who types initials in one go does not know where a title has them.

    >>> unspaced("新增 商业合作伙伴")
    '新增商业合作伙伴'
    """
    return "".join(text.split())


class CommandPalette(QDialog):
    """A line to type in and the entries that match; Enter runs the marked one, or the first that is still found."""

    def __init__(
        self,
        entries: Sequence[Entry],
        initials: Callable[[str], str],
        parent: QWidget,
        further: LookFurther | None = None,
    ) -> None:
        """Offer ``entries``; ``initials`` gives the pinyin initials of a title.

        ``further`` is asked once typing rests; a newer text makes its answers worthless.
        """
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("command_palette")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._entries, self._initials = entries, initials
        self._shown: list[Entry] = []
        self._further, self._found = further, list[Entry]()
        self._asked, self._entered = "", False
        self._rested = QTimer(self)
        self._rested.setSingleShot(True)
        self._rested.setInterval(DEBOUNCE_MS)
        self._rested.timeout.connect(self._look_further)
        self.line = QLineEdit(self)
        self.line.setObjectName("palette_line")
        self.line.setPlaceholderText("输入模块、操作的名称或拼音首字母，也可输入单号、料号、企业名称或海关代码")
        self.line.setClearButtonEnabled(True)
        self.list = QTreeWidget(self)
        self.list.setObjectName("palette_list")
        self.list.setColumnCount(3)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setColumnWidth(0, 400)
        self.list.setColumnWidth(1, 130)
        self.nothing = QLabel("没有匹配的项目", self)
        self.nothing.setObjectName("palette_nothing")
        self.nothing.setProperty("role", "quiet")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.GAP, style.GAP, style.GAP, style.GAP)
        layout.setSpacing(style.GAP)
        for widget in (self.line, self.list, self.nothing):
            layout.addWidget(widget)
        self.line.textChanged.connect(self._typed)
        self.line.installEventFilter(self)
        self.list.itemActivated.connect(lambda *_: self._run())
        self.list.itemClicked.connect(lambda *_: self._run())
        self.resize(640, 420)
        self._refill("")

    def _typed(self, typed: str) -> None:
        self._found, self._asked, self._entered = [], "", False
        if self._further is not None and typed.strip():
            self._rested.start()
        else:
            self._rested.stop()
        self._refill(typed)

    def _look_further(self) -> None:
        typed = self.line.text()
        self._asked = typed

        def take(entries: Sequence[Entry], over: bool) -> None:
            if typed != self.line.text():
                return
            self._found += entries
            if over:
                self._asked = ""
            marked = self._marked()
            self._refill(typed)
            self._mark(max(marked, 0))
            if self._entered and self._shown:
                self._run()

        if self._further is not None:
            self._further(typed, take)

    def _refill(self, typed: str) -> None:
        self._shown = [*matching(self._entries, typed, self._initials)[:_LISTED], *self._found]
        self.list.clear()
        for entry in self._shown:
            row = QTreeWidgetItem(self.list, [entry.title, entry.kind, shortcut_text(entry.shortcut)])
            row.setForeground(1, QColor(style.scheme().quiet))
            row.setForeground(2, QColor(style.scheme().quiet))
        self._mark(0)
        self.list.setVisible(bool(self._shown))
        self.nothing.setVisible(not self._shown)
        self._say_nothing()

    def _say_nothing(self) -> None:
        looking = "正在查找，找到后即打开…" if self._entered else "正在查找单据和代码…"
        self.nothing.setText(looking if self._looking() else "没有匹配的项目")

    def _looking(self) -> bool:
        return bool(self._asked) or self._rested.isActive()

    def _mark(self, row: int) -> None:
        marked = self.list.topLevelItem(row)
        if marked is not None:
            self.list.setCurrentItem(marked)

    def _marked(self) -> int:
        return self.list.currentIndex().row()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Let the arrow keys and Enter of the line act on the list."""
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None and self._shown:
                self._mark((self._marked() + step) % len(self._shown))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run()
                return True
        return super().eventFilter(watched, event)

    def _run(self) -> None:
        row = self._marked()
        if 0 <= row < len(self._shown):
            entry = self._shown[row]
            self.close()
            entry.run()
        elif self._looking():
            self._entered = True
            self._say_nothing()
