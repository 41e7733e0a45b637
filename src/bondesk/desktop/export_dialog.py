"""导出: which columns, which rows, which kind of file; then where to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from bondesk.desktop import style
from bondesk.engine import import_format


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What the user chose: a layout ("" = as on the screen), only the selection, the file's suffix."""

    layout: str
    selected_only: bool
    suffix: str


@dataclass(frozen=True, slots=True)
class ExportOffer:
    """What may be exported: how many rows are shown and selected, named layouts, the usual one.

    ``pages``: also as PDF. ``again``: in the format the import takes back. ``hint`` says how to come by more layouts.
    """

    shown: int
    selected: int
    screen: str
    layouts: tuple[str, ...] = ()
    usual: str = ""
    again: bool = False
    hint: str = ""
    pages: bool = False


class ExportDialog(QDialog):
    """``chosen`` brings an :class:`ExportChoice`."""

    chosen = Signal(object)

    def __init__(self, title: str, offer: ExportOffer, parent: QWidget) -> None:
        """Offer the screen and the layouts of ``offer``, the usual one ticked."""
        super().__init__(parent)
        self.setObjectName("export_dialog")
        self.setWindowTitle(f"导出 — {title}")
        self.setMinimumWidth(420)
        shown, selected = offer.shown, offer.selected
        again = [(import_format.TITLE, import_format.TITLE)] if offer.again else []
        self.layouts = self._choices("layout", [("", offer.screen), *((name, name) for name in offer.layouts), *again])
        self.rows = self._choices("rows", [("", f"列表中的全部 {shown:,} 条"), ("selected", f"选中的 {selected:,} 条")])
        self.rows.buttons()[1].setEnabled(selected > 0)
        pages = [("pdf", "PDF（.pdf，打印或发送）")] if offer.pages else []
        kinds = [("xlsx", "Excel 工作簿（.xlsx）"), ("csv", "文本（.csv，UTF-8）"), *pages]
        self.files = self._choices("file", kinds)
        self._tick(self.layouts, offer.usual)
        self._tick(self.rows, "")
        self._tick(self.files, "xlsx")
        self.layouts.buttonToggled.connect(lambda _button, _on: self._fit_files())
        form = QFormLayout()
        form.setHorizontalSpacing(style.WIDE_GAP)
        form.setVerticalSpacing(style.WIDE_GAP)
        for label, choices in (("格式", self.layouts), ("范围", self.rows), ("文件", self.files)):
            column = QVBoxLayout()
            column.setSpacing(style.GAP)
            for button in choices.buttons():
                column.addWidget(button)
            form.addRow(label, column)
        hint = QLabel(offer.hint, self)
        hint.setObjectName("export_hint")
        hint.setProperty("role", "quiet")
        hint.setWordWrap(True)
        hint.setVisible(bool(offer.hint))
        buttons = QDialogButtonBox(self)
        ok = buttons.addButton("导出…", QDialogButtonBox.ButtonRole.AcceptRole)
        ok.setObjectName("export_ok")
        ok.setDefault(True)
        buttons.addButton("取消", QDialogButtonBox.ButtonRole.RejectRole).setObjectName("export_cancel")
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(style.WIDE_GAP)
        layout.addLayout(form)
        layout.addWidget(hint)
        layout.addWidget(buttons)

    def _choices(self, name: str, offers: Sequence[tuple[str, str]]) -> QButtonGroup:
        group = QButtonGroup(self)
        group.setObjectName(f"export_{name}")
        for number, (value, title) in enumerate(offers):
            button = QRadioButton(title, self)
            button.setObjectName(f"export_{name}_{number}")
            button.setProperty("value", value)
            group.addButton(button, number)
        return group

    def _fit_files(self) -> None:
        """A workbook that is imported again has sheets: it cannot be a text file."""
        again = self._value(self.layouts) == import_format.TITLE
        self.files.buttons()[1].setEnabled(not again)
        if again:
            self._tick(self.files, "xlsx")

    def _tick(self, group: QButtonGroup, value: str) -> None:
        for button in group.buttons():
            if button.property("value") == value:
                button.setChecked(True)

    def choose(self, *, layout: str = "", selected: bool = False, suffix: str = "xlsx") -> None:
        """Tick what a user would."""
        self._tick(self.layouts, layout)
        self._tick(self.rows, "selected" if selected else "")
        self._tick(self.files, suffix)

    def _value(self, group: QButtonGroup) -> str:
        return next((str(one.property("value")) for one in group.buttons() if one.isChecked()), "")

    def _accept(self) -> None:
        choice = ExportChoice(self._value(self.layouts), bool(self._value(self.rows)), self._value(self.files))
        self.accept()
        self.chosen.emit(choice)
