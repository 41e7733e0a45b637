"""客户端目录: one row per form with its five boxes, read from the client or typed, tried before it counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from bondesk.base.client_folders import BOXES, FORMS, BoxTrial, FormFolders, FoundFolders
from bondesk.desktop import style
from bondesk.desktop.background import Background, while_alive
from bondesk.desktop.told_rows import ToldRows
from bondesk.desktop.wording import is_fault, said
from bondesk.engine.ports import ClientSetup

_WORDS = {"good": ("正常", "good"), "warn": ("注意", "warn"), "bad": ("不可用", "bad")}


def _cells(trial: BoxTrial) -> tuple[str, ...]:
    return _WORDS[trial.state][0], f"{trial.form} {FORMS.get(trial.form, '')}".strip(), trial.box, trial.text


class ClientFoldersDialog(QDialog):
    """``kept`` after the folders were put into force; ``crashed`` brings what is our fault."""

    kept = Signal()
    crashed = Signal(object)

    def __init__(self, setup: ClientSetup, background: Background, parent: QWidget, why: str = "") -> None:
        """Show what is in force; ``why`` says why the dialog was opened, when the user did not ask for it."""
        super().__init__(parent)
        self.setObjectName("client_folders_dialog")
        self.setWindowTitle("单一窗口客户端目录")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._setup, self._background = setup, background
        self._busy = self._dirty = False
        self._focus: QWidget | None = None
        self._build()
        self._say(why, "notice")
        self._run(setup.forms, self._fill, "正在读取…")

    def _build(self) -> None:
        told = QLabel(
            "报文写入 OutBox，回执从 InBox 读取；其余三个目录只用来查明文件的下落。目录只对本机有效，保存后立即生效。\n"
            "本机装有单一窗口客户端时，点「从客户端读取」即可；否则在表中填写，或选中一格后点「选择目录」。",
            self,
        )
        told.setObjectName("client_folders_told")
        told.setWordWrap(True)
        self._make_table()
        self.trials = ToldRows(
            "client_folders_trials",
            (("结果", 10), ("业务", 34), ("目录", 11), ("说明", 60)),
            _cells,
            lambda trial: _WORDS[trial.state][1],
            "",
            self,
        )
        self.trials.hide()
        self.answer = QLabel(self)
        self.answer.setObjectName("client_folders_result")
        self.answer.setWordWrap(True)
        self.answer.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bar = QProgressBar(self)
        self.bar.setObjectName("client_folders_busy")
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        buttons = self._buttons()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 18, 18, 18)
        layout.setSpacing(style.WIDE_GAP)
        layout.addWidget(told)
        layout.addWidget(self.table, 3)
        layout.addWidget(self.trials, 2)
        layout.addWidget(self.answer)
        layout.addWidget(self.bar)
        layout.addLayout(buttons)
        self.resize(style.scaled(1040), style.scaled(600))

    def _make_table(self) -> None:
        self.table = QTableWidget(len(FORMS), len(BOXES), self)
        self.table.setObjectName("client_folders_table")
        self.table.setHorizontalHeaderLabels(list(BOXES.values()))
        self.table.setVerticalHeaderLabels([f"{form}  {title}" for form, title in FORMS.items()])
        self.table.setAlternatingRowColors(True)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(False)
        self.table.verticalHeader().setDefaultSectionSize(style.ROW_HEIGHT)
        self.table.setTextElideMode(Qt.TextElideMode.ElideLeft)  # paths differ at their ends
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.itemChanged.connect(self._edited)

    def _buttons(self) -> QHBoxLayout:
        self.read = self._button("client_folders_read", "从客户端读取(&R)", lambda: self.read_client(None))
        self.file = self._button("client_folders_file", "选择设置文件…", self._ask_file)
        self.folder = self._button("client_folders_choose", "选择目录…", self._ask_folder)
        self.test = self._button("client_folders_test", "测试(&T)", self.try_out)
        self.save = self._button("client_folders_save", "保存(&S)", self.keep)
        self.save.setProperty("role", "primary")
        self.leave = self._button("client_folders_close", "关闭", self.reject)
        buttons = QHBoxLayout()
        for button in (self.read, self.file, self.folder, self.test):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self.save)
        buttons.addWidget(self.leave)
        return buttons

    def _button(self, name: str, text: str, run: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: run())
        return button

    def forms(self) -> list[FormFolders]:
        """Return what the table holds."""
        rows = []
        for row, form in enumerate(FORMS):
            texts = [item.text().strip() if (item := self.table.item(row, n)) else "" for n in range(len(BOXES))]
            rows.append(FormFolders(form, **dict(zip(BOXES, texts, strict=True))))
        return rows

    def _fill(self, forms: Sequence[FormFolders]) -> None:
        given = {one.form: one for one in forms}
        self.table.blockSignals(True)
        for row, form in enumerate(FORMS):
            for column, key in enumerate(BOXES):
                text = getattr(given.get(form, FormFolders(form)), key)
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(row, column, item)
        self.table.blockSignals(False)
        self._refresh()

    def _edited(self, _item: QTableWidgetItem) -> None:
        self._dirty = True
        self._say("")
        self._refresh()

    def _refresh(self) -> None:
        working = "正在处理…" if self._busy else ""
        for button in (self.read, self.file, self.folder, self.test):
            button.setEnabled(not working)
            button.setToolTip(working)
        why = working or ("" if self._dirty else "没有修改")
        self.save.setEnabled(not why)
        self.save.setToolTip(why)
        self.table.setEnabled(not working)
        self.bar.setVisible(self._busy)
        if self._focus is not None and not working:  # what is switched off loses the keyboard
            (self._focus if self._focus.isEnabled() else self.table).setFocus()
            self._focus = None

    def _run(self, job: Callable[[], Any], done: Callable[[Any], None], doing: str) -> None:
        """Run what may wait for a network drive; the dialog may be closed meanwhile."""
        self._focus = self.focusWidget() or self.table
        self._busy = True
        if doing and not self.answer.text():
            self._say(doing, "quiet")
        self._refresh()

        def answered(answer: Any) -> None:
            self._busy = False
            if self.answer.text() == doing:
                self._say("")
            done(answer)
            self._refresh()

        self._background.run(job, while_alive(self, answered), while_alive(self, self._failed))

    def _failed(self, problem: Exception) -> None:
        self._busy = False
        self._say(said(problem, "处理客户端目录时程序出错，详细情况已写入日志。"), "error")
        self._refresh()
        if is_fault(problem):
            self.crashed.emit(problem)

    def read_client(self, file: Path | None) -> None:
        """Fill the table from the client's settings, at their usual place or in ``file``; nothing is kept yet."""
        self._say("")
        self._run(lambda: self._setup.from_client(file), self._found, "正在读取客户端设置…")

    def _found(self, found: FoundFolders) -> None:
        self._fill(found.forms)
        self._dirty = True
        text = f"已从 {found.file} 读取 {len(found.forms)} 种业务的目录，请测试后保存。"
        if found.left_out:
            text += f"另有 {'、'.join(found.left_out)} 与本程序无关，没有读取。"
        self._say(text, "good")
        self.try_out()

    def try_out(self) -> None:
        """Try every box the table names."""
        forms = self.forms()
        self._run(lambda: self._setup.try_out(forms), self._tried, "正在测试…")

    def _tried(self, trials: Sequence[BoxTrial], before: str = "") -> None:
        self.trials.show_rows(sorted(trials, key=lambda one: ("bad", "warn", "good").index(one.state)))
        self.trials.setVisible(bool(trials))
        bad, warn = (sum(one.state == state for one in trials) for state in ("bad", "warn"))
        if not trials:
            self._say(f"{before}还没有填写任何目录", "notice")
        elif bad:
            self._say(f"{before}测试完毕：{bad} 个目录不可用" + (f"，{warn} 个需要注意" if warn else ""), "error")
        else:
            text = f"{before}测试完毕：目录都可用" + (f"，{warn} 个需要注意" if warn else "")
            self._say(text, "notice" if warn else "good")

    def keep(self) -> None:
        """Put the table's folders into force, then try them: what is unusable is told at once."""
        forms = self.forms()
        self._say("")

        def job() -> Sequence[BoxTrial]:
            self._setup.keep(forms)
            return self._setup.try_out(forms)

        self._run(job, self._kept, "正在保存…")

    def _kept(self, trials: Sequence[BoxTrial]) -> None:
        self._dirty = False
        self._tried(trials, "已保存，立即生效。")
        self.kept.emit()

    def _ask_file(self) -> None:
        dialog = QFileDialog(self, "选择客户端的设置文件 DFWJobSettings.xml")
        dialog.setObjectName("client_folders_ask_file")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setNameFilter("客户端设置 (*.xml)")
        dialog.fileSelected.connect(lambda name: self.read_client(Path(name)))
        dialog.open()

    def _ask_folder(self) -> None:
        item = self.table.currentItem() or self.table.item(0, 0)
        if item is None:
            return
        self.table.setCurrentItem(item)
        dialog = QFileDialog(self, "选择目录", item.text())
        dialog.setObjectName("client_folders_ask_folder")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(lambda name: item.setText(name))
        dialog.open()

    def _say(self, text: str, role: str = "error") -> None:
        self.answer.setProperty("role", role)
        self.answer.style().unpolish(self.answer)
        self.answer.style().polish(self.answer)
        self.answer.setText(text)
        self.answer.setVisible(bool(text))

    def reject(self) -> None:
        """Close, unless something typed would be lost without a word."""
        if self._dirty and not self.answer.text().startswith("有未保存"):
            self._say("有未保存的修改：请先保存，或再按一次「关闭」放弃修改。", "notice")
            return
        super().reject()
