"""全部功能 of 数据更新 (rows 182 to 184): what there is, what needs the card and what does not, and how to begin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QWidget

import bondesk
from bondesk.desktop import style
from bondesk.desktop.context import DeskContext
from bondesk.desktop.elided_label import ElidedLabel
from bondesk.desktop.form_work import off_thread
from bondesk.desktop.program_update_dialog import ProgramUpdateDialog
from bondesk.desktop.wording import said
from bondesk.engine import code_updating, notices
from bondesk.engine.ports import Notice

_FREE, _CARD = ("不用登录和IC卡", "good"), ("需要IC卡", "warn")
_PROGRAM = "program"


class UpdateFunctions(QFrame):
    """Three rows: 客户端海关参数更新, 客户端程序更新, 数据下载."""

    def __init__(self, context: DeskContext, update_codes: Callable[[], object], parent: QWidget) -> None:
        """Read what is installed; ``update_codes`` opens the dialog of the code tables."""
        super().__init__(parent)
        self.setObjectName("update_functions")
        self._context = context
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(style.WIDE_GAP)
        self._grid.setVerticalSpacing(style.GAP)
        self.codes = self._row("codes", "客户端海关参数更新", _FREE)
        self._button("codes", "更新海关参数…", update_codes)
        self.program = self._row("program", "客户端程序更新", _FREE)
        self.look = self._button("program", "查看新版本", self.look_for_program)
        self.download = self._row("download", "数据下载", _CARD)
        self.download.setText("海关正式单据；读取单一窗口导出的文件时不用IC卡")
        self._grid.setColumnStretch(2, 1)
        self.read()

    def _row(self, name: str, title: str, need: tuple[str, str]) -> ElidedLabel:
        row = self._grid.rowCount()
        heading, chip, told = QLabel(title, self), QLabel(need[0], self), ElidedLabel(self)
        heading.setObjectName(f"update_{name}_title")
        chip.setObjectName(f"update_{name}_need")
        chip.setAlignment(Qt.AlignmentFlag.AlignCenter)
        chip.setContentsMargins(style.GAP, 0, style.GAP, 0)
        chip.setFixedHeight(style.scaled(22))
        style.set_tone(chip, need[1])
        told.setObjectName(f"update_{name}_told")
        told.setProperty("role", "quiet")
        for column, widget in enumerate((heading, chip, told)):
            self._grid.addWidget(widget, row, column)
        return told

    def _button(self, name: str, text: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(f"update_{name}")
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked: act())
        self._grid.addWidget(button, self._grid.rowCount() - 1, 3)
        return button

    def read(self) -> None:
        """Say which release of the tables is installed, and which program runs."""
        engine = self._context.engine
        self.program.setText(f"当前版本 {bondesk.__version__}")
        if engine.notices is None and engine.program is None:
            self.look.setEnabled(False)
            self.look.setToolTip("没有设置更新目录，请管理员在设置中指定")
        if engine.releases is None:
            self.codes.setText("这里不能更新海关参数")
            return
        off_thread(
            self._context,
            self,
            partial(code_updating.installed, engine),
            lambda version: self.codes.setText(f"当前参数 {version or '无'}"),
            lambda problem: self.codes.setText(said(problem, "当前参数读不出来")),
        )

    def look_for_program(self) -> None:
        """Open the dialog of a newer program; where none can be installed from here, tell what the folder says."""
        context = self._context
        if context.engine.program is not None:
            dialog = ProgramUpdateDialog(context.engine.program, lambda: _notice(notices.known(context.engine)), self)
            dialog.crashed.connect(context.lane.crashed)
            dialog.open()
            return
        self.program.setText("正在查找新版本…")
        off_thread(context, self, partial(notices.known, context.engine), self._shown, self._failed)

    def _shown(self, found: tuple[Notice, ...]) -> None:
        self.program.setText(_notice(found) or f"当前版本 {bondesk.__version__}，没有新版本")

    def _failed(self, problem: Exception) -> None:
        self.program.setText(said(problem, "查找新版本时程序出错"))


def _notice(found: Sequence[Notice]) -> str:
    """Say what the newest notice of a newer program says, "" without one."""
    newer = [one for one in found if one.kind == _PROGRAM]
    if not newer:
        return ""
    last = newer[-1]
    return f"有新版本 {last.version}（{last.published:%Y-%m-%d}）：{last.title}　{last.text}".rstrip()
