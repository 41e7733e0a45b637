"""Rules as you type: asked through the lane a moment after the last key, one question at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from bondesk.base.documents import DocumentType
from bondesk.base.errors import OutsideFailure, Refused
from bondesk.base.findings import Finding, note
from bondesk.desktop.background import while_alive
from bondesk.desktop.lane import Lane
from bondesk.engine import records
from bondesk.engine.act import Act
from bondesk.engine.drafts import Draft
from bondesk.engine.typed_document import TypedDocument

_log = logging.getLogger(__name__)
#: Milliseconds after the last key until the rules are asked.
PAUSE_MS = 250
UNCHECKED = "FORM-04"


class FormChecks(QObject):
    """``found`` brings the findings on what ``draft`` gave when they were asked."""

    found = Signal(object)

    def __init__(self, lane: Lane, document: DocumentType, draft: Callable[[], Draft], parent: QObject) -> None:
        """Check drafts of ``document``."""
        super().__init__(parent)
        self._lane, self._document, self._draft = lane, document, draft
        self._typed = TypedDocument(document)
        self._running = self._again = False
        self._generation = 0
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._ask)

    def soon(self) -> None:
        """Check in a moment, unless another edit follows."""
        self._pause.start()

    def forget(self) -> None:
        """Drop what is asked and what is still to be answered."""
        self._pause.stop()
        self._generation += 1
        self._again = False

    def _ask(self) -> None:
        if self._running:
            self._again = True
            return
        self._running = True
        generation, document, draft, typed = self._generation, self._document, self._draft(), self._typed

        def job(act: Act) -> list[Finding]:
            return checked(act, document, draft, typed)

        def done(findings: list[Finding]) -> None:
            self._answered(generation, findings)

        def failed(problem: Exception) -> None:
            found = problem.findings if isinstance(problem, Refused) else (note(UNCHECKED, str(problem)),)
            self._answered(generation, found)

        self._lane.act(job, while_alive(self, done), while_alive(self, failed))

    def _answered(self, generation: int, findings: Sequence[Finding]) -> None:
        self._running = False
        if generation == self._generation:
            self.found.emit(tuple(findings))
        if self._again:
            self._again = False
            self._ask()


def checked(act: Act, document: DocumentType, draft: Draft, typed: TypedDocument | None = None) -> list[Finding]:
    """Run the rules on a half-typed draft; a rule that stumbles over it is logged and said, never a crash."""
    try:
        return records.check(act, document, draft, typed)
    except (Refused, OutsideFailure):
        raise
    except Exception:
        _log.exception("a rule of %s failed on a draft", document.key)
        return [note(UNCHECKED, "有规则因内容尚未填完而没有执行；审核时会再次检查全部规则")]
