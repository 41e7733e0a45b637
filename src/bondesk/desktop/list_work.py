"""One thing done to many documents: each in its own transaction, so that one refusal stops no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from bondesk.base.errors import OutsideFailure, Refused
from bondesk.base.findings import Finding, error, note
from bondesk.desktop.background import while_alive
from bondesk.desktop.lane import Lane
from bondesk.engine.act import Act

WorkOnOne = Callable[[Act, int], Sequence[Finding]]


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one document: its label, whether it was done, and what was found."""

    label: str
    done: bool
    findings: tuple[Finding, ...] = ()


class RowWork(QObject):
    """Does ``work`` to documents one after another through the lane; lists stay usable in between.

    ``progressed`` brings (done, total); ``ended`` the results, after the last one, after :meth:`cancel`, or
    when the database failed (the rest is then reported as not done).
    """

    progressed = Signal(int, int)
    ended = Signal(object)

    def __init__(self, lane: Lane, rows: Sequence[tuple[int, str]], work: WorkOnOne, parent: QObject) -> None:
        """Work on ``rows``, given as (document id, label)."""
        super().__init__(parent)
        self._lane, self._work = lane, work
        self._rows = list(rows)
        self._results: list[RowResult] = []
        self._cancelled = False

    def start(self) -> None:
        """Begin with the first document."""
        self._next()

    def cancel(self) -> None:
        """Stop before the next document; what is done stays done."""
        self._cancelled = True

    def _next(self) -> None:
        position = len(self._results)
        self.progressed.emit(position, len(self._rows))
        if position == len(self._rows) or self._cancelled:
            self.ended.emit(tuple(self._results))
            return
        document_id, label = self._rows[position]
        work = self._work

        def done(findings: Sequence[Finding]) -> None:
            self._results.append(RowResult(label, done=True, findings=tuple(findings)))
            self._next()

        def failed(problem: Exception) -> None:
            self._failed(label, problem)

        self._lane.act(lambda act: work(act, document_id), while_alive(self, done), while_alive(self, failed))

    def _failed(self, label: str, problem: Exception) -> None:
        if isinstance(problem, Refused):
            self._results.append(RowResult(label, done=False, findings=problem.findings))
        else:
            self._results.append(RowResult(label, done=False, findings=(error("OUTSIDE", str(problem)),)))
        self._cancelled = self._cancelled or isinstance(problem, OutsideFailure)
        self._next()


def summary(title: str, results: Sequence[RowResult], wanted: int) -> str:
    """Say in one sentence what became of ``wanted`` documents.

    >>> summary("审核", [RowResult("A", True), RowResult("B", False)], 3)
    '审核：完成 1 条，未通过 1 条，未执行 1 条'
    """
    done = sum(result.done for result in results)
    parts = [f"完成 {done} 条"]
    if done < len(results):
        parts.append(f"未通过 {len(results) - done} 条")
    if len(results) < wanted:
        parts.append(f"未执行 {wanted - len(results)} 条")
    return f"{title}：{'，'.join(parts)}"


def findings_of(title: str, results: Sequence[RowResult]) -> list[Finding]:
    """Return the findings of all documents, each naming its document; refused documents first."""
    found: list[Finding] = []
    for result in sorted(results, key=lambda one: one.done):
        named = [_named(result.label, finding) for finding in result.findings]
        found.extend(named or [note("OK", f"{result.label}：{title}完成")])
    return found


def _named(label: str, finding: Finding) -> Finding:
    text = finding.text if finding.text.startswith(label) else f"{label}：{finding.text}"
    return replace(finding, text=text)


def worth_showing(results: Sequence[RowResult]) -> bool:
    """Tell whether a sentence in the status bar would hide something."""
    return any(not result.done or result.findings for result in results)
