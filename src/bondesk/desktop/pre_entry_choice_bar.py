"""What is asked of 数据预录入: where to, which kinds, and whether the interface is down."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QWidget

from bondesk.desktop import style
from bondesk.desktop.elided_label import ElidedLabel
from bondesk.desktop.list_chips import FlowLayout
from bondesk.engine.pre_entry_choice import PreEntryKind
from bondesk.engine.pre_entry_port import PreEntryWay

_DOWN = "报文接口不可用，有标准报文的单据也预录入"
_WELL = "本机没有发现报文接口的问题；单一窗口停用等情况请自行确认"


class PreEntryChoice(QWidget):
    """``changed`` when other documents would be listed or they would go elsewhere."""

    changed = Signal()

    def __init__(self, ways: Sequence[PreEntryWay], kinds: Sequence[PreEntryKind], parent: QWidget) -> None:
        """Offer ``ways`` and ``kinds``; those without a standard message are ticked, the others barred."""
        super().__init__(parent)
        self.setObjectName("pre_entry_choice")
        self._ways, self._kinds = tuple(ways), tuple(kinds)
        self.boxes: dict[str, QCheckBox] = {}
        self.way_box = QComboBox(self)
        self.way_box.setObjectName("pre_entry_way")
        for way in ways:
            self.way_box.addItem(way.title, way.key)
        self.way_box.setMinimumHeight(style.BOX_HEIGHT)
        self.hint = self._quiet("pre_entry_hint")
        self.down = QCheckBox(_DOWN, self)
        self.down.setObjectName("pre_entry_down")
        self.interface = self._quiet("pre_entry_interface")
        self._build()
        self.way_box.currentIndexChanged.connect(lambda _place: self._show_way())
        self.down.toggled.connect(self._bar)
        self._show_way()
        self._bar(False)

    def _quiet(self, name: str) -> ElidedLabel:
        label = ElidedLabel(self)
        label.setObjectName(name)
        label.setProperty("role", "quiet")
        label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        return label

    def _build(self) -> None:
        kinds = QWidget(self)
        kinds.setObjectName("pre_entry_kinds")
        flow = FlowLayout(kinds)
        flow.setSpacing(style.WIDE_GAP)
        for kind in self._kinds:
            box = self.boxes[kind.key] = QCheckBox(kind.title, kinds)
            box.setObjectName(f"pre_entry_kind.{kind.key}")
            box.setChecked(kind.freely)
            box.setMinimumHeight(style.BOX_HEIGHT)
            box.toggled.connect(lambda _on: self.changed.emit())
            flow.addWidget(box)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(style.WIDE_GAP)
        grid.setVerticalSpacing(style.GAP)
        rows = (("方式", (self.way_box, self.hint)), ("接口", (self.down, self.interface)), ("数据", (kinds,)))
        for row, (title, widgets) in enumerate(rows):
            grid.addWidget(QLabel(title, self), row, 0)
            line = QHBoxLayout()
            line.setSpacing(style.WIDE_GAP)
            for widget in widgets:
                line.addWidget(widget, 1 if widget is widgets[-1] else 0)
            grid.addLayout(line, row, 1)
        grid.setColumnStretch(1, 1)

    def _show_way(self) -> None:
        self.hint.setText(self.way.help if self.way is not None else "没有可用的预录入方式")
        self.changed.emit()

    def _bar(self, down: bool) -> None:
        """Kinds with a standard message can be chosen only while the interface is down."""
        for kind in self._kinds:
            if not kind.freely:
                box = self.boxes[kind.key]
                box.setEnabled(down)
                box.setToolTip("" if down else "有标准报文，请用「发送」；接口不可用时先勾选上面一项")
                if not down:
                    box.setChecked(False)
        self.changed.emit()

    def show_trouble(self, trouble: str) -> None:
        """Say what this computer sees of the interface."""
        self.interface.setText(trouble or _WELL)
        style.set_tone(self.interface, "bad" if trouble else "", "ink")

    @property
    def way(self) -> PreEntryWay | None:
        """Return the chosen place."""
        place = self.way_box.currentIndex()
        return self._ways[place] if 0 <= place < len(self._ways) else None

    @property
    def kinds(self) -> list[str]:
        """Return the ticked kinds."""
        return [key for key, box in self.boxes.items() if box.isChecked()]

    def set_enabled_all(self, enabled: bool) -> None:
        """Grey everything while something is uploaded."""
        for widget in (self.way_box, self.down, *self.boxes.values()):
            widget.setEnabled(enabled)
        if enabled:
            self._bar(self.down.isChecked())
