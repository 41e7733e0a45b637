"""管理连接: the data connections of this machine on the left, the chosen one as fields on the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from bondesk.base.data_connection import ConnectionDraft
from bondesk.base.errors import Refused
from bondesk.desktop import style
from bondesk.desktop.background import Background, while_alive
from bondesk.desktop.connection_book import ConnectionBook
from bondesk.desktop.connection_fields import ConnectionFields
from bondesk.desktop.questions import ask
from bondesk.desktop.wording import is_fault, said


class ConnectionDialog(QDialog):
    """``changed`` brings (connections, name to choose) after each stored change; ``crashed`` what is our fault."""

    changed = Signal(object, str)
    crashed = Signal(object)

    def __init__(self, book: ConnectionBook, background: Background, chosen: str, parent: QWidget) -> None:
        """Show ``book``, the connection called ``chosen`` first; what blocks runs on ``background``."""
        super().__init__(parent)
        self.setObjectName("connection_dialog")
        self.setWindowTitle("管理数据连接")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._book, self._background = book, background
        self._connections: list[Any] = list(book.all())
        self._former: Any = None
        self._round, self._row = 0, 0
        self._busy = self._dirty = self._ready = False
        self._build()
        self._fill(chosen)
        self._look(book.store_problem, self.fields.set_store_problem)

    def _build(self) -> None:
        self.list = QListWidget(self)
        self.list.setObjectName("connection_list")
        self.list.setFixedWidth(190)
        self.list.currentRowChanged.connect(self._row_chosen)
        self.add = self._button("connection_add", "新增", self._start_new)
        self.remove = self._button("connection_remove", "删除", self._ask_remove)
        self.fields = ConnectionFields(self)
        self.fields.edited.connect(self._edited)
        self.answer = QLabel(self)
        self.answer.setObjectName("connection_result")
        self.answer.setWordWrap(True)
        self.answer.setMargin(8)  # a selectable label ignores the padding of the style
        self.answer.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar = QProgressBar(self)
        self.bar.setObjectName("connection_busy")
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        self.test = self._button("connection_test", "测试连接", self.test_connection)
        self.save = self._button("connection_save", "保存", self.save_connection)
        self.save.setProperty("role", "primary")
        self.save.setDefault(True)
        self.undo = self._button("connection_undo", "放弃修改", self._drop_edits)
        self.leave = self._button("connection_close", "关闭", self.reject)
        left = QVBoxLayout()
        left.addWidget(self.list, 1)
        row = QHBoxLayout()
        row.addWidget(self.add)
        row.addWidget(self.remove)
        left.addLayout(row)
        right = QVBoxLayout()
        right.setSpacing(style.WIDE_GAP)
        right.addWidget(self.fields)
        right.addWidget(self.answer)
        right.addWidget(self.bar)
        right.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.test)
        buttons.addStretch(1)
        for button in (self.undo, self.save, self.leave):
            buttons.addWidget(button)
        right.addLayout(buttons)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(18, 18, 18, 18)
        layout.setSpacing(18)
        layout.addLayout(left)
        layout.addLayout(right, 1)
        self.resize(760, 560)

    def _button(self, name: str, text: str, run: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: run())
        return button

    def _fill(self, chosen: str, text: str = "") -> None:
        """Show the connections, ``chosen`` or the first one marked; ``text`` says what was done."""
        names = [one.name for one in self._connections]
        self.list.blockSignals(True)
        self.list.clear()
        self.list.addItems(names)
        self.list.setCurrentRow(names.index(chosen) if chosen in names else 0)
        self.list.blockSignals(False)
        self._row_chosen(self.list.currentRow(), text)

    def _row_chosen(self, row: int, text: str = "") -> None:
        if not 0 <= row < len(self._connections):
            return
        former = self._former = self._connections[row]
        self._row, self._ready = row, False
        self._refresh()

        def shown(draft: ConnectionDraft) -> None:
            if self._former is former:
                self._show(draft, new=False, text=text)

        self._look(lambda: self._book.draft(former), shown)

    def _show(self, draft: ConnectionDraft, *, new: bool, text: str = "") -> None:
        self.fields.show_draft(draft, new=new)
        self._dirty, self._ready = new, True
        self._say(text, "good")
        self._refresh()

    def _start_new(self) -> None:
        self._former = None
        self.list.blockSignals(True)
        self.list.setCurrentRow(-1)
        self.list.blockSignals(False)
        self._show(ConnectionDraft("", server=True, way=self.fields.usual_way()), new=True)
        self.fields.name.setFocus()

    def _drop_edits(self) -> None:
        self._dirty = False
        self._fill(self._connections[self._row].name)

    def _edited(self) -> None:
        self._dirty = True
        self._say("")
        self._refresh()

    def _refresh(self) -> None:
        """Enable what can be done now; the tooltip says why something cannot."""
        editing = "请先保存或放弃修改" if self._dirty else ""
        last = "至少要保留一个数据连接" if len(self._connections) < 2 else ""
        working = "正在处理…" if self._busy or not self._ready else ""
        for button, reason in (
            (self.add, working or editing),
            (self.remove, working or editing or last),
            (self.test, "" if self._busy else working),
            (self.save, working or ("" if self._dirty else "没有修改")),
            (self.undo, working or ("" if self._dirty else "没有修改")),
            (self.leave, ""),
        ):
            button.setEnabled(not reason)
            button.setToolTip(reason)
        self.test.setText("停止等待" if self._busy else "测试连接")
        self.list.setEnabled(not (self._busy or self._dirty))
        self.list.setToolTip(working or editing)
        self.fields.setEnabled(not working)
        self.bar.setVisible(self._busy)

    def _look(self, job: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Ask something quick off the UI thread."""
        self._background.run(job, while_alive(self, done), while_alive(self, self._fail))

    def _work(self, job: Callable[[], Any], done: Callable[[Any], None], doing: str) -> None:
        """Run what may take a while; its answer is dropped when the user stops waiting."""
        self._round += 1
        this, self._busy = self._round, True
        self._say(doing, "quiet")
        self._refresh()

        def answered(react: Callable[[Any], None], answer: Any) -> None:
            if this == self._round:
                self._busy = False
                self._refresh()
                react(answer)

        done_, failed = partial(answered, done), partial(answered, self._fail)
        self._background.run(job, while_alive(self, done_), while_alive(self, failed))

    def _fail(self, problem: Exception) -> None:
        self._say(said(problem, "处理数据连接时程序出错，详细情况已写入日志。"), "error")
        if is_fault(problem):
            self.crashed.emit(problem)
        elif isinstance(problem, Refused) and problem.findings[0].field:
            self.fields.focus_part(problem.findings[0].field)

    def test_connection(self) -> None:
        """Say what lies behind the fields, or stop waiting for it."""
        if self._busy:
            self._round += 1
            self._busy = False
            self._say("")
            self._refresh()
            return
        former, draft = self._former, self.fields.draft()
        self._work(lambda: self._book.test(former, draft), lambda text: self._say(text, "good"), "正在连接…")

    def save_connection(self) -> None:
        """Store what the fields hold."""
        former, draft = self._former, self.fields.draft()

        def job() -> tuple[Sequence[Any], str]:
            saved = self._book.save(former, draft)
            return self._book.all(), str(saved.name)

        self._work(job, lambda kept: self._stored(kept[0], kept[1], "已保存"), "正在保存…")

    def _ask_remove(self) -> None:
        former = self._former
        text = f"从列表中删除数据连接「{former.name}」？\n数据库和其中的数据不会被删除。"
        ask(self, "删除数据连接", text, "删除", lambda: self._remove(former))

    def _remove(self, former: Any) -> None:
        def job() -> tuple[Sequence[Any], str]:
            self._book.remove(former)
            return self._book.all(), ""

        self._work(job, lambda kept: self._stored(kept[0], kept[1], f"已删除 {former.name}"), "正在删除…")

    def _stored(self, connections: Sequence[Any], chosen: str, text: str) -> None:
        self._connections = list(connections)
        self._dirty = False
        self._fill(chosen, text)
        self.changed.emit(list(connections), chosen or self._connections[0].name)

    def _say(self, text: str, role: str = "error") -> None:
        self.answer.setProperty("role", role)
        self.answer.style().unpolish(self.answer)
        self.answer.style().polish(self.answer)
        self.answer.updateGeometry()
        self.answer.setText(text)
        self.answer.setVisible(bool(text))

    def reject(self) -> None:
        """Close, unless something typed would be lost."""
        if self._dirty:
            self._say("有未保存的修改，请先保存或放弃修改。", "notice")
            return
        super().reject()
