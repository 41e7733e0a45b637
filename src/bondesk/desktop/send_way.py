"""暂存 or 申报: how one sending goes, asked beside the question; what was chosen last stands there the next time."""

from __future__ import annotations

from PySide6.QtWidgets import QButtonGroup, QLabel, QRadioButton, QVBoxLayout, QWidget

from bondesk.base.sender_setting import DECLARE_WAYS
from bondesk.desktop import style

_KEYS = {"0": "Z", "1": "S"}
#: What customs makes of either way.
_TOLD = {
    "0": "只存入单一窗口，在那里核对后再申报；海关还没有收到",
    "1": "海关受理后不能修改，等待回执",
}


class SendWay(QWidget):
    """Two choices one above the other, arrow keys between them; nothing is chosen until ``choose``."""

    def __init__(self, parent: QWidget) -> None:
        """Offer 暂存 and 申报."""
        super().__init__(parent)
        self.setObjectName("send_way")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.GAP)
        self.group = QButtonGroup(self)
        for number, (way, title) in enumerate(DECLARE_WAYS):
            button = QRadioButton(f"{title}(&{_KEYS[way]})", self)
            button.setObjectName(f"send_way_{way}")
            button.setProperty("value", way)
            self.group.addButton(button, number)
            layout.addWidget(button)
        self.told = QLabel(self)
        self.told.setObjectName("send_way_told")
        self.told.setWordWrap(True)
        style.set_tone(self.told, "muted", "ink")
        layout.addWidget(self.told)
        self.group.buttonToggled.connect(lambda _button, _on: self.told.setText(_TOLD.get(self.value, "")))

    @property
    def value(self) -> str:
        """Return the way chosen, "" before one is."""
        button = self.group.checkedButton()
        return str(button.property("value")) if button is not None else ""

    def choose(self, way: str) -> None:
        """Choose a way; anything else leaves it open."""
        for button in self.group.buttons():
            if button.property("value") == way:
                button.setChecked(True)
