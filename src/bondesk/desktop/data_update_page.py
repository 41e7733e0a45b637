"""数据更新 (1.15.3): 全部功能, and 数据下载 – look for, list, choose, take in, go on with what was broken off.

Above what is asked for; below it first what is on offer, then what became of it. Everything is a command with a key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from bondesk.base.findings import Finding
from bondesk.base.steps import Progress
from bondesk.desktop import style
from bondesk.desktop.card_login import Login
from bondesk.desktop.command_bar import CommandBar
from bondesk.desktop.commands import Command, CommandActions, Commands
from bondesk.desktop.context import DeskContext
from bondesk.desktop.download_body import DownloadBody
from bondesk.desktop.download_choice import DownloadChoice
from bondesk.desktop.download_strip import UnfinishedStrip
from bondesk.desktop.download_work import DownloadWork, Question
from bondesk.desktop.form_work import in_act
from bondesk.desktop.option_form import problems_text
from bondesk.desktop.say_line import SayLine
from bondesk.desktop.update_functions import UpdateFunctions
from bondesk.engine import download_runs, downloading
from bondesk.engine.download_port import DownloadWay
from bondesk.engine.download_runs import Run
from bondesk.engine.downloading import Found

KEY, TITLE = "updates.data_update", "数据更新"
_FIRST = "选择来源、日期和数据，按「查询」（F5）列出可下载的单据；勾选后按「下载」（Ctrl+回车）"


class DataUpdatePage(QWidget):
    """The page; ``choose`` ticks the kinds it was opened for."""

    def __init__(
        self,
        context: DeskContext,
        update_codes: Callable[[], object],
        login: Login | None = None,
    ) -> None:
        """Show what can be downloaded; ``login`` asks for the card and hands over what answers the challenge.

        Without it sources that need the card are not offered.
        """
        super().__init__()
        self.setObjectName(KEY)
        self.setWindowTitle(TITLE)
        self._context = context
        self._unfinished: list[Run] = []
        self._asked: Question | None = None
        engine = context.engine
        self._kinds = downloading.allowed_kinds(engine.catalogue, context.identity)
        self.functions = UpdateFunctions(context, update_codes, self)
        ways = [way for way in engine.downloads if login is not None or not way.needs_card]
        self.choice = DownloadChoice(context, ways, self._kinds, self)
        self.line = SayLine("download", _FIRST, self)
        self.work = DownloadWork(context, self)
        self._login = login
        self.strip = UnfinishedStrip(self)
        self.body = DownloadBody({kind.key: kind.title for kind in self._kinds}, self)
        self.commands = Commands(*self._declared())
        self.bound = CommandActions(self.commands, self, {"download.open": self.body})
        self._build()
        self._connect()
        self._read_unfinished()

    def _declared(self) -> Iterator[Command]:
        yield Command("download.look", "查询", "F5", self.look, self._why_not_look)
        yield Command("download.all", "全选", "Ctrl+Shift+A", self.body.tick_all, self._why_no_list, "take")
        yield Command("download.take", "下载", "Ctrl+Return", self.take, self._why_not_take, "take")
        yield Command("download.stop", "停止", "Ctrl+.", self.work.stop, self._why_not_stop, "take")
        yield Command("download.go_on", "继续未完成", "Ctrl+Shift+Return", self.go_on, self._why_not_go_on, "take")
        yield Command("download.open", "打开正式单", "Return", self.open_document, self._why_not_open, "open")
        yield Command("download.list", "切换列表与结果", "F7", self.body.switch, self._why_not_switch, "open")

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.MARGIN, style.GAP, style.MARGIN, style.GAP)
        layout.setSpacing(style.GAP)
        bar = CommandBar("download_bar", self.bound, (), self)
        above = (self._heading("全部功能"), self.functions, self._heading("数据下载"), bar, self.choice)
        for widget in (*above, self.strip, self.line):
            layout.addWidget(widget)
        layout.addWidget(self.body, 1)

    def _heading(self, title: str) -> QLabel:
        heading = QLabel(title, self)
        heading.setObjectName(f"heading.{title}")
        heading.setProperty("role", "heading")
        heading.setContentsMargins(0, style.GAP, 0, 0)
        return heading

    def _connect(self) -> None:
        self.choice.changed.connect(self.bound.refresh)
        self.choice.range.finished.connect(self.look)
        self.body.changed.connect(self.bound.refresh)
        self.body.wanted.connect(self.open_document)
        self.line.stopped.connect(self.work.stop)
        self.strip.resumed.connect(self.go_on)
        self.strip.dropped.connect(self.give_up)
        self.work.progressed.connect(self._progressed)
        self.work.found.connect(self._arrived)
        self.work.ended.connect(self._ended)
        self.work.failed.connect(self._failed)
        self.work.login_wanted.connect(self._log_in)
        self.work.busy_changed.connect(self._busy_changed)

    def _log_in(self, way: DownloadWay, then: Callable[..., object]) -> None:
        if self._login is not None:
            self._login(self._context, way, then, lambda text: self.line.say(text, "bad"), self)

    def choose(self, kinds: Sequence[str]) -> None:
        """Tick the kinds the page was opened for; the next thing to do is to look."""
        self.choice.choose(kinds)
        self.choice.range.focus_first()

    def look(self) -> None:
        """查询: list what is on offer."""
        if not self._why_not_look():
            self.choice.range.when_ready(self._ready)

    def _ready(self, problems: Sequence[Finding]) -> None:
        way, chosen = self.choice.way, self.choice.range.value()
        if problems or way is None:
            self.line.say(problems_text(problems), "bad")
            return
        if chosen.begin is None or chosen.end is None:
            self.line.say("请填写开始日期和结束日期", "bad")
            return
        self._asked = Question(way, self.choice.places, tuple(self.choice.kinds), chosen.begin, chosen.end)
        self.work.look(self._asked, "查询可下载的数据")

    def _arrived(self, found: Found) -> None:
        self.body.show_offered(found.offered)
        told = f"可下载 {len(found.offered):,} 份，勾选后按「下载」" if found.offered else "这个范围内没有可下载的数据"
        unread = "；".join(f"{'、'.join(what)}：{why}" for why, what in _by_reason(found.problems).items())
        self.line.say(f"{told}。没有列出：{unread}" if unread else told, "warn" if unread else "")

    def take(self) -> None:
        """确定: take in what is ticked."""
        if not self._why_not_take() and self._asked is not None:
            self.work.download(self._asked, self.body.ticked, f"下载 {len(self.body.ticked)} 份数据")

    def go_on(self) -> None:
        """Go on with the newest run that was broken off."""
        if not self._why_not_go_on():
            run = self._unfinished[0]
            self.work.go_on(run, f"继续下载 {run.waiting} 份数据")

    def give_up(self) -> None:
        """Close the newest unfinished run; what was taken stays."""
        for run in self._unfinished[:1]:
            job = partial(download_runs.give_up, run_id=run.id)
            in_act(self._context, self, job, self._given_up, lambda problem: self.line.say(str(problem), "bad"))

    def _given_up(self, _nothing: object) -> None:
        self._read_unfinished()

    def _ended(self, run: Run) -> None:
        self.body.show_results(run)
        refused = any(item.outcome == download_runs.REFUSED for item in run.items)
        self.line.say(f"下载完成：{run.counts}", "warn" if refused else "good")
        self._changed(run)
        self._read_unfinished()

    def _failed(self, text: str, tone: str) -> None:
        self.line.say(text, tone)
        self._read_unfinished(show=True)

    def _changed(self, run: Run) -> None:
        for key in {item.document_key for item in run.items if item.document_id is not None}:
            self._context.changed(key)

    def _read_unfinished(self, *, show: bool = False) -> None:
        def done(found: list[Run]) -> None:
            self._unfinished = found
            self._show_unfinished()
            if show and found:
                self.body.show_results(found[0])
                self._changed(found[0])

        in_act(self._context, self, download_runs.unfinished, done, lambda _problem: None)

    def _show_unfinished(self) -> None:
        self.strip.show_runs(self._unfinished, busy=self.work.busy)
        self.bound.refresh()

    def _progressed(self, text: str, done: int, total: int) -> None:
        self.line.said.setText(text)
        self.line.run(Progress(done, total) if total else None)

    def _busy_changed(self) -> None:
        self.choice.set_enabled_all(not self.work.busy)
        if not self.work.busy:
            self.line.say(self.line.said.text())
        self._show_unfinished()
        self.bound.refresh()

    def open_document(self) -> None:
        """Open the formal document of the marked result; on the list of what is on offer, tick the marked rows."""
        item = self.body.marked
        if self.body.listing:
            self.body.offered.toggle_selected()
        elif item is not None and item.document_id is not None:
            self._context.open_document(self._context.engine.catalogue.document(item.document_key), item.document_id)

    def _why_busy(self) -> str:
        return "正在下载，请稍候或先停止" if self.work.busy else ""

    def _why_not_look(self) -> str:
        return self._why_busy() or self.choice.why_not()

    def _why_no_list(self) -> str:
        return self._why_busy() or ("" if self.body.copies else "请先查询")

    def _why_not_take(self) -> str:
        return self._why_no_list() or ("" if self.body.ticked else "请先在列表中勾选要下载的单据")

    def _why_not_stop(self) -> str:
        return "" if self.work.busy else "没有正在进行的下载"

    def _why_not_go_on(self) -> str:
        return self._why_busy() or ("" if self._unfinished else "没有未完成的下载")

    def _why_not_open(self) -> str:
        if self.body.listing:
            return "" if self.body.copies else "请先查询"
        item = self.body.marked
        return "请先选择一份" if item is None else "" if item.document_id is not None else "这一份没有收下"

    def _why_not_switch(self) -> str:
        return "" if self.body.results is not None else "还没有下载结果"

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """A running download is stopped first; it can be gone on with the next time."""
        if self.work.busy:
            self.work.stop()
            self._context.show_message("正在停止下载，停止后再关闭；下次可以继续")
            event.ignore()
            return
        self.work.close()
        super().closeEvent(event)


def _by_reason(problems: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Return what was not listed by why, in order."""
    found: dict[str, list[str]] = {}
    for what, why in problems:
        found.setdefault(why, []).append(what)
    return found
