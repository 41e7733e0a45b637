"""对碰: drafts against formal copies, a page of its own for every declared matching (handbook 7).

Above what is asked for, below it what is unpaired and what is paired; everything is a command with a key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from bondesk.base.errors import Refused
from bondesk.base.findings import Finding, Severity
from bondesk.base.matching import ACCEPT, MATCH, UNMATCH, Matching
from bondesk.desktop import style
from bondesk.desktop.command_bar import CommandBar
from bondesk.desktop.commands import Command, CommandActions, Commands
from bondesk.desktop.context import DeskContext
from bondesk.desktop.matching_deeds import MatchingDeeds
from bondesk.desktop.matching_paired import Paired
from bondesk.desktop.matching_tables import enter_table
from bondesk.desktop.matching_unpaired import Unpaired
from bondesk.desktop.option_form import OptionForm, problems_text
from bondesk.desktop.say_line import SayLine

_FIRST = "改变条件后按「查询」（F5）；F6 在各表之间移动，F7 切换未对应与已对应"


class MatchingPage(QWidget):
    """One declared matching."""

    def __init__(self, context: DeskContext, matching: Matching) -> None:
        """Show the page of ``matching`` and ask with the default options at once."""
        super().__init__()
        self.setObjectName(f"matching.{matching.script}")
        self.setWindowTitle(matching.title)
        self._context, self.matching = context, matching
        self._script = context.engine.catalogue.script(matching.script)
        self.options = OptionForm(context, matching.query, self)
        self.options.finished.connect(self.query)
        self._asked: Any = matching.query()
        self.line = SayLine("matching", _FIRST, self)
        self.deeds = MatchingDeeds(context, matching, self.line, self)
        self.unpaired = Unpaired(context, matching, self)
        self.paired = Paired(context, matching, self)
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("matching_tabs")
        self.tabs.addTab(self.unpaired, "未对应")
        self.tabs.addTab(self.paired, "已对应")
        self.commands = Commands(*self._declared())
        tables = {"matching.open": self.tabs, "matching.open_formal": self.tabs}
        self.bound: CommandActions = CommandActions(self.commands, self, tables)
        for part in (self.unpaired, self.paired):
            part.failed.connect(self.deeds.failed)
            part.chosen.connect(self.bound.refresh)
        self.deeds.changed.connect(self._changed)
        self.deeds.accepted.connect(lambda: self.paired.load(self._asked))
        self.tabs.currentChanged.connect(lambda _place: self.bound.refresh())
        self._build()
        self._load()

    def _declared(self) -> Iterator[Command]:
        may, draft = self._context.identity.may, self.matching.draft
        yield Command("matching.query", "查询", "F5", self.query, self._why_busy)
        if may(draft, self.matching.script):
            yield Command("matching.auto", "自动对应", "Ctrl+Shift+Return", self.match, self._why_busy, "match")
        if may(draft, MATCH):
            yield Command("matching.pair", "手动对应", "Ctrl+Return", self.pair, self._why_no_pair, "match")
        if may(draft, UNMATCH):
            yield Command("matching.cancel", "取消对应", "Ctrl+Delete", self.cancel, self._why_not_paired, "match")
        if may(draft, ACCEPT):
            yield Command("matching.accept", "接受差异", "Ctrl+D", self.accept, self._why_nothing_open, "match")
        yield Command("matching.open", "打开草单", "Return", self.open_draft, self._why_no_draft, "open")
        yield Command(
            "matching.open_formal", "打开正式单", "Shift+Return", self.open_formal, self._why_no_customs, "open"
        )
        if may(self.matching.report, "view"):
            yield Command("matching.report", "对碰差异表", "Ctrl+E", self.open_report, group="open")
        yield Command("matching.parts", "切换各表", "F6", self.switch_part, group="keys", rare=True)
        yield Command("matching.tabs", "切换未对应与已对应", "F7", self.switch_tab, group="keys", rare=True)

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.MARGIN, style.GAP, style.MARGIN, style.GAP)
        layout.setSpacing(style.GAP)
        layout.addWidget(CommandBar("matching_bar", self.bound, (), self))
        layout.addWidget(self.options)
        layout.addWidget(self.line)
        layout.addWidget(self.tabs, 1)

    def _why_busy(self) -> str:
        return "正在取消对应，请稍候" if self.deeds.busy else ""

    def _why_no_pair(self) -> str:
        if self.tabs.currentWidget() is not self.unpaired:
            return "请先切换到「未对应」"
        return self._why_busy() or self.unpaired.why_not()

    def _why_not_paired(self) -> str:
        here = self.tabs.currentWidget() is self.paired and self.paired.pairs()
        return self._why_busy() or ("" if here else "请先在「已对应」中选择要取消的对")

    def _why_nothing_open(self) -> str:
        if self.tabs.currentWidget() is not self.paired or not self.paired.pairs():
            return "请先在「已对应」中选择一对"
        return "" if self.paired.differences() else "没有待处理的差异"

    def _draft(self) -> int | None:
        if self.tabs.currentWidget() is self.paired:
            return self.paired.pairs()[0].draft_id if self.paired.pairs() else None
        row = self.unpaired.drafts.current()
        return row.id if row is not None else None

    def _formal(self) -> int | None:
        if self.tabs.currentWidget() is self.paired:
            return self.paired.pairs()[0].formal_id if self.paired.pairs() else None
        row = self.unpaired.formals.current()
        return row.id if row is not None else None

    def _why_no_draft(self) -> str:
        return "" if self._draft() is not None else "请先选择一张草单"

    def _why_no_customs(self) -> str:
        return "" if self._formal() is not None else "请先选择一张正式单"

    def query(self) -> None:
        """Look for what the options say."""
        self.options.when_ready(self._ready)

    def _ready(self, problems: Sequence[Finding]) -> None:
        if problems:
            self.line.say(problems_text(problems), "bad")
            return
        self._asked = self.options.value()
        self.line.say(_FIRST)
        self._load()

    def _load(self) -> None:
        try:
            self.unpaired.load(self._asked)
        except Refused as problem:
            self.deeds.failed(problem)
            return
        self.paired.load(self._asked)

    def document_changed(self, key: str) -> None:
        """Look again when drafts or formal copies changed."""
        if key in (self.matching.draft, self.matching.formal):
            self._load()

    def match(self) -> None:
        """自动对应: the wizard with the page's options; its preview shows what would pair."""
        self.options.when_ready(self._match)

    def _match(self, problems: Sequence[Finding]) -> None:
        if problems:
            self.line.say(problems_text(problems), "bad")
            return
        from bondesk.desktop.script_dialog import ScriptDialog

        dialog = ScriptDialog(self._context, self._script, (), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.options.set_value(self._script.options(**asdict(self.options.value())))
        dialog.open()
        dialog.next.setFocus()

    def pair(self) -> None:
        """手动对应: pair the two marked papers."""
        pair = self.unpaired.pair()
        if pair is not None:
            doubts = [one.text for one in self.unpaired.findings if one.severity is Severity.CONFIRM]
            both = f"草单 {self.unpaired.drafts.label()} 与正式单 {self.unpaired.formals.label()}"
            self.deeds.pair(pair, both, doubts)

    def cancel(self) -> None:
        """取消对应 of the marked pairs."""
        self.deeds.cancel(self.paired.pairs())

    def accept(self) -> None:
        """接受差异: the marked ones, or all open ones of the pair."""
        self.deeds.accept(self.paired.differences(), self.paired.pairs()[0])

    def open_draft(self) -> None:
        """Open the marked draft."""
        self._open(self.matching.draft, self._draft())

    def open_formal(self) -> None:
        """Open the marked formal copy."""
        self._open(self.matching.formal, self._formal())

    def _open(self, key: str, document_id: int | None) -> None:
        if document_id is not None:
            self._context.open_document(self._context.engine.catalogue.document(key), document_id)

    def open_report(self) -> None:
        """Open the table of differences, which can be exported."""
        from bondesk.desktop.report_page import ReportPage

        report = self._context.engine.catalogue.report(self.matching.report)
        self._context.open_page(f"report.{report.key}", report.title, lambda: ReportPage(self._context, report))

    def switch_part(self) -> None:
        """Go from the options to the tables and from table to table."""
        self.unpaired.enter_next() if self.tabs.currentWidget() is self.unpaired else self.paired.enter_next()

    def switch_tab(self) -> None:
        """Show what is paired instead of what is not, and back, with the keyboard in its first table."""
        self.tabs.setCurrentIndex(1 - self.tabs.currentIndex())
        here = self.tabs.currentWidget() is self.unpaired
        enter_table(self.unpaired.drafts.view if here else self.paired.view)

    def _changed(self) -> None:
        for key in (self.matching.draft, self.matching.formal):
            self._context.changed(key)
        self._load()
