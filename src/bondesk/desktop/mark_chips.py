"""Which rows of a change are shown: a text to search, and a switch per 修改标志 with its count."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from bondesk.base.change import Mark
from bondesk.desktop import style
from bondesk.engine.line_query import LineQuery

CHIPS: tuple[tuple[str, str], ...] = (
    ("", "全部"),
    (Mark.ADDED.value, "增加"),
    (Mark.MODIFIED.value, "修改"),
    (Mark.STRUCK.value, "删除"),
    (Mark.SAME.value, "未修改"),
)
_TYPING_MS = 250


class MarkChips(QWidget):
    """``wanted`` tells that another query is to be shown."""

    wanted = Signal()

    def __init__(self, key: str, marked: bool, parent: QWidget) -> None:
        """Filter the rows of table ``key``; without marks only the search box is there."""
        super().__init__(parent)
        self.setObjectName(f"row_filter.{key}")
        self.search = QLineEdit(self)
        self.search.setObjectName(f"row_search.{key}")
        self.search.setPlaceholderText("查找序号、料号、商品编码、名称…（Ctrl+F）")
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(style.scaled(340))
        self.total = QLabel(self)
        self.total.setObjectName(f"row_total.{key}")
        self.total.setProperty("role", "quiet")
        self._group = QButtonGroup(self)
        self._chips: dict[str, QToolButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(style.MARGIN, style.GAP, style.MARGIN, 0)
        row.setSpacing(style.GAP)
        row.addWidget(self.search, 1)
        for mark, title in CHIPS if marked else ():
            row.addWidget(self._chip(key, mark, title))
        row.addStretch(1)
        row.addWidget(self.total)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self.wanted)
        self.search.textEdited.connect(lambda _text: self._typing.start())
        self.search.textChanged.connect(lambda text: None if text else self._typing.start())

    def _chip(self, key: str, mark: str, title: str) -> QToolButton:
        chip = QToolButton(self)
        chip.setObjectName(f"row_mark.{key}.{mark or 'all'}")
        chip.setProperty("role", "chip")
        chip.setText(title)
        chip.setCheckable(True)
        chip.setChecked(not mark)
        chip.setToolTip(f"只显示「{title}」的行（Alt+{len(self._chips) + 1}）" if mark else "显示全部行（Alt+1）")
        chip.clicked.connect(lambda _checked=False: self.wanted.emit())
        self._group.addButton(chip)
        self._chips[mark] = chip
        return chip

    @property
    def mark(self) -> str:
        """Return the mark shown alone, "" for all."""
        return next((mark for mark, chip in self._chips.items() if chip.isChecked()), "")

    def choose(self, mark: str) -> None:
        """Show one mark alone ("" = all)."""
        if mark in self._chips:
            self._chips[mark].setChecked(True)
            self.wanted.emit()

    def query(self, order: tuple[tuple[str, bool], ...]) -> LineQuery:
        """Return what is to be shown, in ``order``."""
        self._typing.stop()
        return LineQuery(self.search.text().strip(), frozenset(filter(None, (self.mark,))), order)

    def clear(self) -> None:
        """Show everything; nothing is announced."""
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self._typing.stop()
        if "" in self._chips:
            self._chips[""].setChecked(True)

    def show_counts(self, shown: int, counts: Mapping[str, int]) -> None:
        """Write the counts."""
        everything = sum(counts.values())
        for (mark, title), chip in zip(CHIPS, self._chips.values(), strict=False):
            chip.setText(f"{title} {counts.get(mark, 0) if mark else everything:,}")
        told = f"共 {everything:,} 行"
        self.total.setText(told if shown == everything else f"显示 {shown:,} 行，{told}")
