"""What is asked of 数据下载: the source, its files, the range of days, and the kinds to look for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from bondesk.base.options import option
from bondesk.desktop import style
from bondesk.desktop.context import DeskContext
from bondesk.desktop.elided_label import ElidedLabel
from bondesk.desktop.file_questions import ask_files
from bondesk.desktop.list_chips import FlowLayout
from bondesk.desktop.option_form import OptionForm
from bondesk.engine.download_port import DownloadKind, DownloadWay

_MONTH, _RANGE = timedelta(days=31), 640


@dataclass(frozen=True)
class Range:
    """The days that are asked for."""

    begin: date | None = option("开始日期", None, help="单据日期；没有日期的单据总会列出")
    end: date | None = option("结束日期", None)


class DownloadChoice(QWidget):
    """The upper part of the page; ``changed`` when another question would be asked."""

    changed = Signal()

    def __init__(
        self, context: DeskContext, ways: Sequence[DownloadWay], kinds: Sequence[DownloadKind], parent: QWidget
    ) -> None:
        """Offer ``ways`` and ``kinds``; all kinds are ticked, the range is the last month."""
        super().__init__(parent)
        self.setObjectName("download_choice")
        self._ways, self._kinds = tuple(ways), tuple(kinds)
        self.places: tuple[str, ...] = ()
        self.boxes: dict[str, QCheckBox] = {}
        self.way_box = QComboBox(self)
        self.way_box.setObjectName("download_way")
        self.range = OptionForm(context, Range, self)
        today = context.engine.clock().date()
        self.range.set_value(Range(today - _MONTH, today))
        self._build()
        self.way_box.currentIndexChanged.connect(lambda _place: self._show_way())
        self.range.changed.connect(self.changed)
        self._show_way()

    def _build(self) -> None:
        for way in self._ways:
            self.way_box.addItem(way.title, way.key)
        self.way_box.setMinimumHeight(style.BOX_HEIGHT)
        self.way_box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.files = self._button("download_files", "选择文件…", self.ask_files)
        self.folder = self._button("download_folder", "选择目录…", self.ask_folder)
        self.places_label = ElidedLabel(self)
        self.places_label.setObjectName("download_places")
        self.places_label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hint = ElidedLabel(self)
        self.hint.setObjectName("download_hint")
        self.hint.setProperty("role", "quiet")
        self.hint.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        source = QHBoxLayout()
        source.setSpacing(style.GAP)
        for widget in (self.way_box, self.files, self.folder):
            source.addWidget(widget)
        source.addWidget(self.places_label, 1)
        source.addWidget(self.hint)
        source.addStretch(0)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(style.WIDE_GAP)
        grid.setVerticalSpacing(style.GAP)
        grid.addWidget(QLabel("来源", self), 0, 0)
        grid.addLayout(source, 0, 1)
        grid.addWidget(QLabel("范围", self), 1, 0)
        self.range.setMaximumWidth(style.scaled(_RANGE))
        grid.addWidget(self.range, 1, 1)
        grid.addWidget(QLabel("数据", self), 2, 0)
        grid.addWidget(self._kinds_row(), 2, 1)
        grid.setColumnStretch(1, 1)

    def _kinds_row(self) -> QWidget:
        holder = QWidget(self)
        holder.setObjectName("download_kinds")
        row = FlowLayout(holder)
        row.setSpacing(style.WIDE_GAP)
        row.addWidget(self._button("download_kinds_all", "全选", lambda: self.choose(self.boxes)))
        row.addWidget(self._button("download_kinds_none", "全不选", lambda: self.choose(())))
        for kind in self._kinds:
            box = self.boxes[kind.key] = QCheckBox(kind.title, self)
            box.setObjectName(f"download_kind.{kind.key}")
            box.setChecked(True)
            box.setMinimumHeight(style.BOX_HEIGHT)
            box.toggled.connect(lambda _on: self.changed.emit())
            row.addWidget(box)
        return holder

    def _button(self, name: str, text: str, act: Any) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked: act())
        return button

    @property
    def way(self) -> DownloadWay | None:
        """Return the chosen source."""
        place = self.way_box.currentIndex()
        return self._ways[place] if 0 <= place < len(self._ways) else None

    @property
    def kinds(self) -> list[str]:
        """Return the ticked kinds in business order."""
        return [key for key, box in self.boxes.items() if box.isChecked()]

    def choose(self, keys: Iterable[str]) -> None:
        """Tick these kinds and no other."""
        wanted = set(keys)
        for key, box in self.boxes.items():
            box.setChecked(key in wanted)

    def choose_way(self, key: str, places: Sequence[str] = ()) -> None:
        """Choose a source, with its files."""
        place = self.way_box.findData(key)
        if place >= 0:
            self.way_box.setCurrentIndex(place)
        self.take_places(places)

    def take_places(self, places: Iterable[str | Path]) -> None:
        """Read these files or folders."""
        self.places = tuple(str(place) for place in places)
        self._show_way()
        self.changed.emit()

    def ask_files(self) -> None:
        """Let files be chosen."""
        ask_files(self, "选择从单一窗口导出的文件", self.take_places)

    def ask_folder(self) -> None:
        """Let a folder be chosen."""
        dialog = QFileDialog(self, "选择放导出文件的目录")
        dialog.setObjectName("ask_folder")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.filesSelected.connect(self.take_places)
        dialog.open()

    def _show_way(self) -> None:
        way = self.way
        asks = way is not None and way.asks_files
        for widget in (self.files, self.folder, self.places_label):
            widget.setVisible(asks)
        if asks:
            names = [Path(place).name for place in self.places]
            text = names[0] if len(names) == 1 else f"{names[0]} 等 {len(names)} 个文件" if names else "还没有选择文件"
            self.places_label.setText(text)
            self.places_label.tip = "\n".join(self.places)
        self.hint.setText(way.help if way is not None else "")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignRight if asks else Qt.AlignmentFlag.AlignLeft)
        self.changed.emit()

    def why_not(self) -> str:
        """Say why nothing can be asked."""
        if self.way is None:
            return "没有可用的下载来源"
        if self.way.asks_files and not self.places:
            return "请先选择从单一窗口导出的文件或目录"
        return "" if self.kinds else "请至少选择一种数据"

    def set_enabled_all(self, enabled: bool) -> None:
        """Grey everything while a download runs."""
        for widget in (self.way_box, self.files, self.folder, *self.boxes.values()):
            widget.setEnabled(enabled)
        self.range.set_enabled_all(enabled)
