"""更新海关参数: what a newer release of the code tables would change, and applying it; nobody has to be signed in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QTabWidget, QVBoxLayout, QWidget

from bondesk.base.errors import OutsideFailure
from bondesk.base.file_words import reason_of
from bondesk.base.parameter_package import CodeChanges, Rechecked
from bondesk.base.steps import Cancelled, Table
from bondesk.desktop import style
from bondesk.desktop.background import while_alive
from bondesk.desktop.file_questions import ask_files
from bondesk.desktop.step_table import StepTable
from bondesk.desktop.wording import is_fault, said
from bondesk.engine import code_updating
from bondesk.engine.code_updating import Applied, Prepared

if TYPE_CHECKING:
    from bondesk.engine.engine import Engine

#: Runs a job off the UI thread: (job, done, failed).
Run = Callable[[Callable[[], Any], Callable[[Any], None], Callable[[Exception], None]], None]
_SIZE = (1120, 660)
_COUNTED = ("参数表", "新增", "修改", "停用")
_WIDTHS = {2: 200, 5: 250}
_LISTED = ("参数表", "代码", "名称", "变化", "生效日期", "原值", "新值")


@dataclass(frozen=True)
class _Found:
    """What was prepared in which engine."""

    engine: Engine
    prepared: Prepared


class CodeUpdateDialog(QDialog):
    """Looks, shows, applies. ``updated`` brings :class:`Applied`, ``crashed`` what is our fault.

    With ``check_shown`` the result offers to open 商品编码校验 (somebody is signed in).
    """

    updated = Signal(object)
    crashed = Signal(object)
    check_wanted = Signal(object)
    _told = Signal(str, int, int)

    def __init__(self, open_engine: Callable[[], Engine], run: Run, parent: QWidget, *, check_shown: bool) -> None:
        """Work through ``run`` on what ``open_engine`` opens there; ask the source at once."""
        super().__init__(parent)
        self.setObjectName("code_update")
        self.setWindowTitle("更新海关参数")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*_SIZE)
        self._open_engine, self._run, self._check_shown = open_engine, run, check_shown
        self._running = self._stopped = False
        self._found: _Found | None = None
        self._rechecked: Rechecked | None = None
        self._told.connect(self._show_progress)
        self._build()
        self.look()

    def _build(self) -> None:
        self.heading = self._label("code_update_heading", "heading")
        self.facts = self._label("code_update_facts", "quiet")
        self.message = self._label("code_update_message", "error")
        self.message.hide()
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("code_update_tabs")
        self.tabs.hide()
        self.bar = QProgressBar(self)
        self.bar.setObjectName("code_update_progress")
        self.file = self._button("code_update_file", "选择更新包…", self.choose_file)
        self.file.setToolTip("没有更新来源时，选择收到的 bondesk-codes-版本.zip")
        self.again = self._button("code_update_again", "重新查找", self.look)
        self.check = self._button("code_update_check", "打开商品编码校验", self._open_check)
        self.check.hide()
        self.leave = self._button("code_update_close", "关闭", self.reject)
        self.accept_button = self._button("code_update_accept", "更新", self.accept)
        self.accept_button.setProperty("role", "primary")
        buttons = QHBoxLayout()
        buttons.setSpacing(style.GAP)
        for button in (self.file, self.again):
            buttons.addWidget(button)
        buttons.addStretch(1)
        for button in (self.check, self.leave, self.accept_button):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(style.WIDE_GAP)
        for widget in (self.heading, self.facts, self.message):
            layout.addWidget(widget)
        layout.addWidget(self.tabs, 1)
        layout.addStretch(0)
        layout.addWidget(self.bar)
        layout.addLayout(buttons)

    def _label(self, name: str, role: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setProperty("role", role)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def _button(self, name: str, text: str, act: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked: act())
        return button

    def look(self) -> None:
        """Fetch the newest package of the source and find out what it would change."""
        self._prepare("正在查找更新…", lambda engine: code_updating.fetch(engine, self._tell))

    def choose_file(self) -> None:
        """Take a package that came another way."""
        ask_files(self, "选择海关参数更新包", self._take_files)

    def _take_files(self, paths: Sequence[Path]) -> None:
        if paths:
            self.take_file(paths[0])

    def take_file(self, path: Path) -> None:
        """Read a package and find out what it would change."""

        def content(_engine: Engine) -> bytes:
            try:
                return path.read_bytes()
            except OSError as problem:
                raise OutsideFailure(f"更新包 {path.name} 读不出来：{reason_of(problem)}") from problem

        self._prepare(f"正在读取 {path.name}…", content)

    def _prepare(self, text: str, content: Callable[[Engine], bytes]) -> None:
        if self._running:
            return

        def job() -> _Found:
            engine = self._open_engine()
            return _Found(engine, code_updating.prepare(engine, content(engine), self._tell))

        self._found = None
        self._begin(text)
        self._run(job, while_alive(self, self._prepared), while_alive(self, self._failed))

    def _prepared(self, found: _Found) -> None:
        self._end()
        prepared, package = found.prepared, found.prepared.package
        signer = f"签发者 {package.signer}" if package.signer else ""
        told = (f"生效日期 {package.effective_from:%Y-%m-%d}", signer, f"现有版本 {prepared.installed or '无'}")
        self._say_facts("　".join(filter(None, told)) + (f"\n{package.notes}" if package.notes else ""))
        if prepared.changes is None:
            self.heading.setText(f"海关参数 {package.version} 已经安装，不需要更新")
            return
        self._found = found
        self.heading.setText(f"海关参数 {package.version}")
        self._list(prepared.changes)
        self.accept_button.setEnabled(True)
        self.accept_button.setFocus()

    def _list(self, changes: CodeChanges) -> None:
        titles = {one.table: one.title for one in changes.tables}
        counts = tuple((one.title, one.added, one.changed, one.closed) for one in changes.tables)
        rows = tuple((titles[r.table], r.code, r.name, r.change, r.valid_from, r.old, r.new) for r in changes.rows)
        self.tabs.clear()
        self.tabs.addTab(self._table(Table("各表的变化", _COUNTED, counts)), "各表的变化")
        listed = self._table(Table("逐条变化", _LISTED, rows))
        for column, width in _WIDTHS.items():
            listed.view.setColumnWidth(column, style.scaled(width))
        self.tabs.addTab(listed, f"逐条变化（{len(rows)}）")
        self.tabs.show()

    def _table(self, table: Table) -> StepTable:
        shown = StepTable(table, parent=self.tabs)
        shown.setContentsMargins(style.GAP, style.GAP, style.GAP, style.GAP)
        return shown

    def accept(self) -> None:
        """Apply what is shown."""
        found = self._found
        if self._running or found is None:
            return
        self._begin("正在更新…", keep=True)
        self._run(
            lambda: code_updating.apply(found.engine, found.prepared, self._tell),
            while_alive(self, self._applied),
            while_alive(self, self._failed),
        )

    def _applied(self, applied: Applied) -> None:
        self._end()
        self._found = None
        self.heading.setText(f"海关参数已更新到 {applied.version}")
        self._say_facts(self.facts.text().replace("现有版本", "更新前版本"))
        if applied.rechecked is not None:
            self._say(applied.rechecked.sentence, "notice")
            self._rechecked = applied.rechecked
            self.check.setVisible(self._check_shown)
        elif applied.recheck_problem:
            text = f"参数已更新，但商品编码校验没有完成：{applied.recheck_problem}"
            self._say(f"{text}。请登录后再运行商品编码校验", "error")
        self.accept_button.setEnabled(False)
        self.leave.setFocus()
        self.updated.emit(applied)

    def _open_check(self) -> None:
        self.check_wanted.emit(self._rechecked)
        super().reject()

    def _failed(self, problem: Exception) -> None:
        self._end()
        if isinstance(problem, Cancelled):
            self.heading.setText("已停止，什么也没有改变")
        else:
            self.heading.setText("没有更新")
            self._say(said(problem, "更新海关参数时程序出错，什么也没有改变，详细情况已写入日志。"), "error")
        self.accept_button.setEnabled(self._found is not None)
        if is_fault(problem) and not isinstance(problem, Cancelled):
            self.crashed.emit(problem)

    def _tell(self, text: str, done: int, total: int) -> None:
        """Run on the worker thread."""
        if self._stopped:
            raise Cancelled
        self._told.emit(text, done, total)

    def _show_progress(self, text: str, done: int, total: int) -> None:
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(done)
        self.bar.setFormat(f"{text} %p%")

    def _begin(self, text: str, *, keep: bool = False) -> None:
        self._running, self._stopped = True, False
        self._say("", "notice")
        self.check.hide()
        self.heading.setText(text)
        self._say_facts(self.facts.text() if keep else "")
        self.tabs.setVisible(keep)
        for button in (self.file, self.again, self.accept_button):
            button.setEnabled(False)
        self.leave.setText("停止")
        self.bar.setRange(0, 0)
        self.bar.setFormat("")
        self.bar.show()

    def _end(self) -> None:
        self._running = False
        self.bar.hide()
        for button in (self.file, self.again, self.leave):
            button.setEnabled(True)
        self.leave.setText("关闭")

    def _say_facts(self, text: str) -> None:
        self.facts.setText(text)
        self.facts.setVisible(bool(text))

    def _say(self, text: str, role: str) -> None:
        self.message.setProperty("role", role)
        self.message.style().unpolish(self.message)
        self.message.style().polish(self.message)
        self.message.setText(text)
        self.message.setVisible(bool(text))

    def reject(self) -> None:
        """Stop what runs; close when nothing does."""
        if self._running:
            self._stopped = True
            self.leave.setEnabled(False)
            return
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Closing while something runs stops it first."""
        if self._running:
            self.reject()
            event.ignore()
            return
        super().closeEvent(event)
