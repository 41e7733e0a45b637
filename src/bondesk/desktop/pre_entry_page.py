"""数据预录入 (row 186): documents are ticked and uploaded to be reviewed and declared; below, what became of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from bondesk.base.steps import Progress
from bondesk.desktop import style
from bondesk.desktop.card_login import Login
from bondesk.desktop.command_bar import CommandBar
from bondesk.desktop.commands import Command, CommandActions, Commands
from bondesk.desktop.context import DeskContext
from bondesk.desktop.form_work import in_act, off_thread
from bondesk.desktop.jobs import sentence_of
from bondesk.desktop.pre_entry_choice_bar import PreEntryChoice
from bondesk.desktop.pre_entry_deeds import ONE, UploadDeeds
from bondesk.desktop.pre_entry_questions import UploadQuestions
from bondesk.desktop.pre_entry_tables import CandidateTable, uploads_table
from bondesk.desktop.pre_entry_work import PreEntryWork
from bondesk.desktop.remote_work import Way
from bondesk.desktop.say_line import SayLine
from bondesk.engine import pre_entry_book, pre_entry_choice
from bondesk.engine.act import Act
from bondesk.engine.pre_entering import Uploaded
from bondesk.engine.pre_entry_book import REFUSED, Entered
from bondesk.engine.pre_entry_choice import Candidate, Chosen

KEY, TITLE = "updates.pre_entry", "数据预录入"
_FIRST = "勾选已审核的单据（空格），按「上传」（Ctrl+回车）；没有通过检查的不能勾选，原因在右边"


def _chosen(one: Candidate | Entered) -> Chosen:
    return one.document_key, one.document_id


class PreEntryPage(QWidget):
    """The page; ``login`` asks for the card, without it places that need the card are not offered."""

    def __init__(self, context: DeskContext, login: Login | None = None) -> None:
        """Read both tables through the lane."""
        super().__init__()
        self.setObjectName(KEY)
        self.setWindowTitle(TITLE)
        self._context, self._login = context, login
        engine = context.engine
        self._kinds = pre_entry_choice.kinds(engine.catalogue, context.identity)
        ways = [way for way in engine.pre_entries if login is not None or not way.needs_card]
        self.choice = PreEntryChoice(ways, self._kinds, self)
        self.line = SayLine("pre_entry", _FIRST, self)
        self.work = PreEntryWork(context, self)
        self.documents = CandidateTable((), (), self)
        self.uploads = uploads_table(self)
        self._candidates: Sequence[Candidate] = ()
        self._questions = UploadQuestions(context, self, self._start, self._told)
        self.deeds = UploadDeeds(context, self, lambda: self.marked, self._why_busy)
        self.commands = Commands(*self._declared())
        self._halves = QSplitter(Qt.Orientation.Vertical, self)
        self._upper = QWidget(self._halves)
        self.bound = CommandActions(
            self.commands, self, {"pre_entry.tick": self._upper, "pre_entry.open": self._halves}
        )
        self._build()
        self._connect()
        self.refresh()

    def _declared(self) -> Iterator[Command]:
        yield Command("pre_entry.refresh", "刷新", "F5", self.refresh, self._why_busy)
        yield Command("pre_entry.all", "全选", "Ctrl+Shift+A", self._tick_all, self._why_none_ready, "take")
        yield Command("pre_entry.tick", "勾选", "Space", self._tick, self._why_none_ready, "take")
        yield Command("pre_entry.upload", "上传", "Ctrl+Return", self.upload, self._why_not_upload, "take")
        yield Command("pre_entry.stop", "停止", "Ctrl+.", self.work.stop, self._why_not_stop, "take")
        yield Command("pre_entry.open", "打开单据", "Return", self.open_document, self._why_not_open, "open")
        yield Command("pre_entry.again", "再次上传…", "", self.upload_again, self._why_not_again, "open")
        yield from self.deeds.commands()

    def _build(self) -> None:
        upper = QVBoxLayout(self._upper)
        lower_half = QWidget(self._halves)
        lower = QVBoxLayout(lower_half)
        for layout, half, name, title, table in (
            (upper, self._upper, "pre_entry_upper", "待预录入", self.documents),
            (lower, lower_half, "pre_entry_lower", "上传记录", self.uploads),
        ):
            half.setObjectName(name)
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(style.GAP)
            layout.addWidget(self._heading(title))
            layout.addWidget(table, 1)
        self._shown = upper
        self._halves.setObjectName("pre_entry_halves")
        self._halves.setChildrenCollapsible(False)
        self._halves.setSizes([3, 2])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(style.MARGIN, style.GAP, style.MARGIN, style.GAP)
        whole.setSpacing(style.GAP)
        for widget in (CommandBar("pre_entry_bar", self.bound, (), self), self.choice, self.line):
            whole.addWidget(widget)
        whole.addWidget(self._halves, 1)

    def _heading(self, title: str) -> QLabel:
        heading = QLabel(title, self)
        heading.setObjectName(f"heading.{title}")
        heading.setProperty("role", "heading")
        return heading

    def _connect(self) -> None:
        self.choice.changed.connect(self.refresh)
        self.line.stopped.connect(self.work.stop)
        self.uploads.marked.connect(self.bound.refresh)
        self.uploads.opened.connect(self.open_document)
        self.deeds.said.connect(self.line.say)
        self.deeds.changed.connect(lambda key: self._changed({key}))
        self.work.progressed.connect(self._progressed)
        self.work.uploaded.connect(self._uploaded)
        self.work.failed.connect(self._failed)
        self.work.login_wanted.connect(self._log_in)
        self.work.busy_changed.connect(self._busy_changed)

    def _log_in(self, way: Way, then: Callable[..., object]) -> None:
        if self._login is not None:
            self._login(self._context, way, then, lambda text: self.line.say(text, "bad"), self)

    def document_changed(self, key: str) -> None:
        """Read anew when documents that can be pre-entered changed."""
        if any(kind.key == key for kind in self._kinds) and not self.work.busy:
            self.refresh()

    def refresh(self) -> None:
        """Read what is ready, what went up, and how the interface does."""
        wanted = self.choice.kinds

        def read(act: Act) -> tuple[list[Candidate], list[Entered]]:
            return pre_entry_choice.candidates(act, wanted), pre_entry_book.entered(act)

        in_act(self._context, self, read, self._show, self._told)
        trouble = partial(pre_entry_choice.interface_trouble, self._context.engine)
        off_thread(self._context, self, trouble, self.choice.show_trouble, self._told)

    def _show(self, found: tuple[list[Candidate], list[Entered]]) -> None:
        candidates, uploads = found
        held = self.documents.view.hasFocus()
        ticked = {_chosen(one) for one in self.ticked}
        places = [
            n for n, one in enumerate(candidates) if not one.why_not and (one.document_key, one.document_id) in ticked
        ]
        former, self.documents = self.documents, CandidateTable(candidates, places, self._upper)
        self.documents.filter.setText(former.filter.text())
        self._shown.replaceWidget(former, self.documents)
        former.deleteLater()
        self._candidates = candidates
        self.documents.model.ticking.connect(self.bound.refresh)
        self.documents.view.selectionModel().selectionChanged.connect(lambda _on, _off: self.bound.refresh())
        self.documents.view.doubleClicked.connect(lambda _index: self.open_document())
        if held:
            self.documents.view.setFocus()
        self.setFocusProxy(self.documents.view)
        self.uploads.show_rows(uploads, keep=lambda one: one.id)
        self.bound.refresh()

    @property
    def ticked(self) -> list[Candidate]:
        """Return the ticked documents in the order of the list."""
        return [self._candidates[one] for one in sorted(self.documents.model.ticked or ())]

    @property
    def marked(self) -> Entered | None:
        """Return the one marked upload."""
        chosen = self.uploads.chosen()
        return chosen[0] if len(chosen) == 1 else None

    def _tick_all(self) -> None:
        self.documents.model.tick_all(ticked=True)

    def _tick(self) -> None:
        self.documents.toggle_ready()

    def upload(self) -> None:
        """Upload what is ticked; what is wrong or may have arrived before is asked for first."""
        if not self._why_not_upload():
            self._questions.ask([_chosen(one) for one in self.ticked])

    def upload_again(self) -> None:
        """Upload the document of the marked record once more."""
        if (one := self.marked) and not self._why_not_again():
            self._questions.ask([_chosen(one)])

    def _start(self, chosen: Sequence[Chosen], *, again: bool, force: str) -> None:
        way = self.choice.way
        if way is not None:
            self.work.upload(way, chosen, despite=self.choice.down.isChecked(), again=again, force=force)

    def _uploaded(self, result: Uploaded) -> None:
        refused = [one for one in result.entries if one.state == REFUSED]
        why = f"。{refused[0].document_no}：{refused[0].reason}" if refused else ""
        self.line.say(f"上传完成：{result.counts}{why}", "warn" if refused else "good")
        self._changed({one.document_key for one in result.entries})

    def _changed(self, keys: set[str]) -> None:
        for key in keys:
            self._context.changed(key)
        self.refresh()

    def _failed(self, text: str, tone: str) -> None:
        """What went up before it broke off stays: everything may have changed."""
        self.line.say(text, tone)
        self._changed(set(self.choice.kinds))

    def _told(self, problem: Exception) -> None:
        self.line.say(sentence_of(problem), "bad")

    def open_document(self) -> None:
        """Open the document of the table the user is in."""
        if self._why_not_open():
            return
        one = self._here()
        if one is not None:
            self._context.open_document(self._context.engine.catalogue.document(one.document_key), one.document_id)

    def _here(self) -> Candidate | Entered | None:
        if self.uploads.isAncestorOf(self.focusWidget() or self) or not self._candidates:
            return self.marked
        index = self.documents.view.currentIndex()
        return self._candidates[self.documents.model.rows[index.row()]] if index.isValid() else None

    def _progressed(self, text: str, done: int, total: int) -> None:
        self.line.said.setText(text)
        self.line.run(Progress(done, total) if total else None)

    def _busy_changed(self) -> None:
        self.choice.set_enabled_all(not self.work.busy)
        if not self.work.busy:
            self.line.say(self.line.said.text())
        self.bound.refresh()

    def _why_busy(self) -> str:
        return "正在上传，请稍候或先停止" if self.work.busy else ""

    def _why_none_ready(self) -> str:
        ready = any(not one.why_not for one in self._candidates)
        return self._why_busy() or ("" if ready else "没有已审核、可以预录入的单据")

    def _why_not_upload(self) -> str:
        if self.choice.way is None:
            return "没有可用的预录入方式"
        return self._why_none_ready() or ("" if self.ticked else "请先勾选要上传的单据")

    def _why_not_stop(self) -> str:
        return "" if self.work.busy else "没有正在进行的上传"

    def _why_not_open(self) -> str:
        return "" if self._candidates or self.marked is not None else "请先选择一份单据"

    def _why_not_again(self) -> str:
        return self._why_busy() or ("" if self.marked is not None else ONE)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """A running upload is stopped first; what went up stays."""
        if self.work.busy:
            self.work.stop()
            self._context.show_message("正在停止上传，停止后再关闭")
            event.ignore()
            return
        self.work.close()
        super().closeEvent(event)
