"""数据自检 in the background: some time after the start, quietly; a word in the corner when something is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from typing import Any

from PySide6.QtCore import QObject, QTimer

from bondesk.base.findings import Severity
from bondesk.base.steps import Outcome, Step
from bondesk.desktop.context import DeskContext
from bondesk.desktop.jobs import jobs_of
from bondesk.desktop.talk import Talk
from bondesk.engine.act import Act
from bondesk.engine.checking import check_steps, findings_of

REPORT = "data_check"
#: How long the window is open before the first run, and the time between two.
FIRST_MS, AGAIN_MS = 90_000, 24 * 60 * 60 * 1000
_WORDS = {Severity.ERROR: "错误", Severity.CONFIRM: "待核实", Severity.NOTE: "提示"}


class DataWatch(QObject):
    """Runs every named check on a thread of its own; who may not see the report is told nothing."""

    def __init__(self, context: DeskContext, parent: QObject) -> None:
        """Begin :data:`FIRST_MS` from now; nothing when the report is not granted."""
        super().__init__(parent)
        self._context = context
        self._talk: Talk | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.run)
        declared = any(report.key == REPORT for report in context.engine.catalogue.reports)
        if declared and context.identity.may(REPORT, "view"):
            self._timer.start(FIRST_MS)

    @property
    def running(self) -> bool:
        """Tell whether the checks are being run."""
        return self._talk is not None

    def run(self) -> None:
        """Run the checks now, unless they run already or the database is away."""
        if self._talk is not None or self._context.engine.store.line.away:
            self._timer.start(FIRST_MS)
            return
        self._talk = Talk(self._context, _steps)
        self._talk.ended.connect(self._ended)
        self._talk.failed.connect(lambda _problem: self._over())
        self._talk.cancelled.connect(self._over)
        self._talk.start()

    def _over(self) -> None:
        self._talk = None
        self._timer.start(AGAIN_MS)

    def _ended(self, outcome: Outcome) -> None:
        self._over()
        counts = Counter(finding.severity for finding in outcome.findings)
        told = [f"{word} {counts[severity]} 处" for severity, word in _WORDS.items() if counts[severity]]
        if told:
            tone, word = ("bad", "有误") if counts[Severity.ERROR] else ("warn", "")
            jobs_of(self._context).tell(f"数据自检发现：{'，'.join(told)}", tone, self._show, word)

    def _show(self) -> None:
        from bondesk.desktop.report_page import ReportPage

        report = self._context.engine.catalogue.report(REPORT)
        self._context.open_page(f"report.{report.key}", report.title, lambda: ReportPage(self._context, report))

    def stop(self) -> None:
        """Stop for good; the window goes."""
        self._timer.stop()
        if self._talk is not None:
            self._talk.cancel()


def _steps(act: Act) -> Generator[Step, Any, Outcome]:
    broken = yield from check_steps(act)
    return Outcome("数据自检完毕", findings=tuple(findings_of(broken)))
