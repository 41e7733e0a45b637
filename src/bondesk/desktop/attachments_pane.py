"""附件 beside a form: see, open, add (file, drop, clipboard), save, describe and remove the files of a document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from bondesk.base.documents import DocumentType
from bondesk.desktop import opened_files, style
from bondesk.desktop.attaching import Attaching
from bondesk.desktop.attachments_list import AttachmentsTable, FileRow, NewFile, file_rows, new_files
from bondesk.desktop.context import DeskContext
from bondesk.desktop.file_questions import ask_files, ask_target
from bondesk.desktop.form_work import in_act, off_thread, sentence
from bondesk.desktop.pane_heading import pane_heading
from bondesk.desktop.paper_dialog import PaperDialog
from bondesk.desktop.questions import ask
from bondesk.engine import attachments
from bondesk.engine.act import Act
from bondesk.engine.attachments import Paper

_WIDTH = 420
_EMPTY = "还没有附件"
_EMPTY_HOW = "还没有附件。点「添加…」，把文件拖到这里，或按 Ctrl+V 粘贴文件和截图（每个最多 4 MB）。"


def attachments_pane(context: DeskContext, document: DocumentType, parent: QWidget) -> AttachmentsPane | None:
    """Make the pane, or None for a kind of document that takes no files."""
    return AttachmentsPane(context, document, parent) if attachments.takes_files(document) else None


class AttachmentsPane(QWidget):
    """Hidden until :meth:`load`. ``counted`` brings the number of files, also while it is hidden."""

    title, shortcut = "附件", "Ctrl+Shift+A"
    counted = Signal(int)

    def __init__(self, context: DeskContext, document: DocumentType, parent: QWidget) -> None:
        """Show the files of one document of ``document``."""
        super().__init__(parent)
        self.setObjectName("attachments_pane")
        self._context, self._document = context, document
        self._document_id: int | None = None
        self._attaching = Attaching(context, document, self)
        self._attaching.progressed.connect(self._progressed)
        self._attaching.ended.connect(self._ended)
        self.may_edit = context.identity.may(document.key, "edit")
        self.open_path: opened_files.Opener = opened_files.open_with_system
        self.table = AttachmentsTable(self)
        self.table.setAcceptDrops(self.may_edit)
        self.table.opened.connect(self.open_selected)
        self.table.itemSelectionChanged.connect(self._follow)
        self.said = QLabel(self)
        self.said.setObjectName("attachments_said")
        self.said.setWordWrap(True)
        self.bar = QProgressBar(self)
        self.bar.setObjectName("attachments_progress")
        self.stop = QPushButton("停止", self)
        self.stop.setObjectName("attachments_stop")
        self.stop.clicked.connect(lambda _checked=False: self._attaching.stop())
        if self.may_edit:
            self.table.removed.connect(self.remove_selected)
            self.table.pasted.connect(self.paste)
            self.table.dropped.connect(lambda mime: self.add(new_files(mime, context.engine.clock())))
        self._build()
        self.clear()

    def _build(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(style.GAP // 2)
        self.buttons = {key: self._button(key, text, run) for key, text, run in self._deeds()}
        for button in self.buttons.values():
            buttons.addWidget(button)
        buttons.addStretch(1)
        running = QHBoxLayout()
        running.addWidget(self.bar, 1)
        running.addWidget(self.stop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, style.GAP, style.MARGIN, style.GAP)
        layout.setSpacing(style.GAP)
        layout.addLayout(pane_heading(self, "attachments", "附件"))
        layout.addLayout(buttons)
        layout.addWidget(self.table, 1)
        layout.addLayout(running)
        layout.addWidget(self.said)
        self.setMinimumWidth(_WIDTH)
        self.setFocusProxy(self.table)

    def _deeds(self) -> list[tuple[str, str, Callable[[], object]]]:
        see: list[tuple[str, str, Callable[[], object]]] = [
            ("open", "打开", self.open_selected),
            ("save", "另存为…", self.save_selected),
        ]
        if not self.may_edit:
            return see
        change: list[tuple[str, str, Callable[[], object]]] = [
            ("describe", "修改…", self.describe_selected),
            ("remove", "删除", self.remove_selected),
        ]
        return [("add", "添加…", self.choose), *see, *change]

    def _button(self, key: str, text: str, run: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(f"attachments_{key}")
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: run())
        return button

    def load(self, document_id: int) -> None:
        """Read the files of a document through the lane and show them."""
        if document_id != self._document_id:
            self.clear()
            self._document_id = document_id
        self.show()
        self._read()

    def glance(self, document_id: int) -> None:
        """Count the files of a document without showing the pane."""
        self._document_id = document_id
        self._read()

    def _read(self) -> None:
        document, document_id = self._document, self._document_id
        if document_id is None:
            return

        def done(rows: list[FileRow]) -> None:
            if document_id == self._document_id:
                self.show_rows(rows)

        in_act(self._context, self, lambda act: file_rows(act, document, document_id), done, self._failed)

    def show_rows(self, rows: Sequence[FileRow]) -> None:
        """Show files and tell how many there are."""
        self.table.show_rows(rows)
        self.counted.emit(len(rows))
        self._follow()
        if not self._said_something():
            self.said.setText("" if rows else (_EMPTY_HOW if self.may_edit else _EMPTY))

    def _said_something(self) -> bool:
        return self._attaching.running or self.said.text() not in {"", _EMPTY, _EMPTY_HOW}

    def clear(self) -> None:
        """Forget the document shown and hide."""
        self._document_id = None
        self.said.clear()
        self.table.show_rows(())
        self._follow()
        self.hide()

    def _follow(self) -> None:
        """Enable what can be done with what is selected; say why not otherwise."""
        rows, running = self.table.selected(), self._attaching.running
        self.bar.setVisible(running)
        self.stop.setVisible(running)
        one = "" if len(rows) == 1 else "请选中一个附件"
        some = "" if rows else "请选中附件"
        kept = next((row.why_not_remove for row in rows if row.why_not_remove), "")
        reasons = {
            "add": "正在添加，请稍候" if running else "",
            "open": some,
            "save": one,
            "describe": one,
            "remove": some or kept,
        }
        for key, button in self.buttons.items():
            button.setEnabled(not reasons[key])
            button.setToolTip(reasons[key])

    def _failed(self, problem: Exception) -> None:
        self.said.setText(sentence(problem))

    def choose(self) -> None:
        """Let the user choose any number of files."""
        ask_files(self, "添加附件", lambda paths: self.add([NewFile(path.name, path) for path in paths]))

    def paste(self) -> None:
        """Attach the files or the picture the clipboard holds."""
        found = new_files(QGuiApplication.clipboard().mimeData(), self._context.engine.clock())
        if found:
            self.add(found)
        else:
            self.said.setText("剪贴板中没有文件，也没有图片")

    def add(self, files: Sequence[NewFile]) -> None:
        """Ask what the files are where the document has several kinds, then attach them one by one."""
        if not files or self._attaching.running or self._document_id is None:
            return
        if len(self._document.attachment_kinds) == 1:
            self._start(files, Paper())
            return
        dialog = PaperDialog(self._context, self._document, [one.name for one in files], Paper(), self)
        dialog.described.connect(lambda paper: self._start(files, paper))
        dialog.open()

    def _start(self, files: Sequence[NewFile], paper: Paper) -> None:
        if self._document_id is not None and not self._attaching.running:
            self._attaching.start(self._document_id, files, paper)

    def _progressed(self, done: int, count: int, name: str) -> None:
        self.bar.setRange(0, count)
        self.bar.setValue(done)
        self.said.setText(f"正在添加 {name}")
        self._follow()

    def _ended(self, text: str) -> None:
        self.said.setText(text)
        self._follow()
        self._read()

    def open_selected(self) -> None:
        """Open a read-only copy of every selected file with the system's program."""
        for row in self.table.selected():
            self._look_at(row)

    def _look_at(self, row: FileRow) -> None:
        engine, identity = self._context.engine, self._context.identity

        def job() -> Path:
            with engine.acting(identity) as act:
                content = attachments.content_of(act, row.id)
            return opened_files.copy_to_look_at(row.name, content)

        def done(path: Path) -> None:
            if not self.open_path(path):
                self.said.setText(f"本机没有能打开“{row.name}”的程序，请用「另存为…」保存后打开")

        off_thread(self._context, self, job, done, self._failed)

    def save_selected(self) -> None:
        """Ask where to, then write the selected file there."""
        rows = self.table.selected()
        if len(rows) == 1:
            ask_target(self, "附件另存为", rows[0].name, partial(self.write_to, rows[0]))

    def write_to(self, row: FileRow, path: Path) -> None:
        """Write one file to ``path``."""
        engine, identity = self._context.engine, self._context.identity

        def job() -> None:
            with engine.acting(identity) as act:
                content = attachments.content_of(act, row.id)
            opened_files.save_as(path, content)

        off_thread(self._context, self, job, lambda _none: self.said.setText(f"已另存为 {path}"), self._failed)

    def describe_selected(self) -> None:
        """Change kind, validity and remark of the selected file."""
        rows = self.table.selected()
        if len(rows) == 1:
            dialog = PaperDialog(self._context, self._document, [rows[0].name], rows[0].paper, self)
            dialog.described.connect(lambda paper: self._describe(rows[0], paper))
            dialog.open()

    def _describe(self, row: FileRow, paper: Paper) -> None:
        self._change(partial(_describe, row.id, paper), f"已修改“{row.name}”的说明")

    def remove_selected(self) -> None:
        """Ask, then take the selected files away."""
        rows = self.table.selected()
        if not rows or any(row.why_not_remove for row in rows):
            return
        what = f"附件“{rows[0].name}”" if len(rows) == 1 else f"选中的 {len(rows)} 个附件"
        ask(self, "删除附件", f"确定删除{what}吗？\n删除后不能恢复。", "删除", lambda: self._remove(rows))

    def _remove(self, rows: Sequence[FileRow]) -> None:
        self._change(partial(_remove, [row.id for row in rows]), f"已删除 {len(rows)} 个附件")

    def _change(self, work: Callable[[Act], None], said: str) -> None:
        def done(_nothing: None) -> None:
            self.said.setText(said)
            self._read()

        in_act(self._context, self, work, done, self._failed)


def _describe(attachment_id: int, paper: Paper, act: Act) -> None:
    attachments.describe(act, attachment_id, paper)


def _remove(ids: Sequence[int], act: Act) -> None:
    for attachment_id in ids:
        attachments.detach(act, attachment_id)
