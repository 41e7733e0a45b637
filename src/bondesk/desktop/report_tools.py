"""The row between the conditions of a report and its rows: query, cancel, exports, search, progress, what is shown."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QProgressBar, QPushButton, QWidget

from bondesk.base.steps import Progress
from bondesk.desktop import style
from bondesk.desktop.list_head import DEBOUNCE_MS

_FIRST = "请设定条件后按「查询」（F5）；F6 进入结果，回车查看数字来历"
_NARROW, _WIDE = 160, 280


class ReportTools(QWidget):
    """``searched`` brings the text to search for, once the typing pauses."""

    searched = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        """Start before the first query."""
        super().__init__(parent)
        self.setObjectName("report_tools")
        self.ask = self._button("report_query", "查询 F5")
        self.stop = self._button("report_cancel", "取消")
        self.stop.hide()
        self.out = self._button("report_export", "导出EXCEL…")
        self.paper = self._button("report_pdf", "导出PDF…")
        self.search = self._search_box()
        self.bar = QProgressBar(self)
        self.bar.setObjectName("report_progress")
        self.bar.setMaximumWidth(260)
        self.bar.hide()
        self.said = QLabel(_FIRST, self)
        self.said.setObjectName("report_said")
        self.said.setProperty("role", "quiet")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (self.ask, self.stop, self.out, self.paper, self.search, self.bar):
            row.addWidget(widget, widget is self.search)
        row.addStretch(1)
        row.addWidget(self.said)
        self.offer_exports(possible=False)

    def _button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        return button

    def _search_box(self) -> QLineEdit:
        box = QLineEdit(self)
        box.setObjectName("report_search")
        box.setPlaceholderText("查找（Ctrl+F）：在结果的文字列中查找")
        box.setClearButtonEnabled(True)
        box.setMinimumWidth(style.scaled(_NARROW))
        box.setMaximumWidth(style.scaled(_WIDE))
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(DEBOUNCE_MS)
        self._typing.timeout.connect(self._find)
        box.textChanged.connect(lambda _text: self._typing.start())
        box.returnPressed.connect(self._find)
        return box

    def _find(self) -> None:
        self._typing.stop()
        self.searched.emit(self.search.text().strip())

    def find_text(self) -> None:
        """Put the cursor into the search; what stands there is replaced by the next letter."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def offer_exports(self, *, possible: bool) -> None:
        """Allow the exports where there are rows."""
        self.out.setEnabled(possible)
        self.paper.setEnabled(possible)

    def run(self) -> None:
        """Show that a query runs."""
        self.bar.setRange(0, 0)
        self.bar.show()
        self.stop.show()
        self.ask.setEnabled(False)

    def progress(self, step: Progress) -> None:
        """Show how far it is."""
        self.bar.setRange(0, step.total)
        self.bar.setValue(step.done)
        self.bar.setFormat(step.text)

    def rest(self, text: str) -> None:
        """Show that no query runs."""
        self.bar.hide()
        self.stop.hide()
        self.ask.setEnabled(True)
        self.said.setText(text)
