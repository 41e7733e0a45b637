"""Acts on single rows of a stored document, one at a time, each naming the revision its user has seen."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from bondesk.base.change import Counted
from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.findings import Finding, error
from bondesk.desktop.context import DeskContext
from bondesk.desktop.form_work import in_act, sentence
from bondesk.engine import records
from bondesk.engine.act import Act
from bondesk.engine.drafts import Draft

T = TypeVar("T")
#: (act, document id, revision) → answer.
Order = Callable[[Act, int, int], T]
_CODE = re.compile(r"[A-Z]{3,4}-\d\d")


class RowDeeds(QObject):
    """What the row windows of one form order. The form's revision follows every act.

    ``acted`` after an act was stored, ``conflicted`` when somebody else was faster, ``working`` whether
    an act is under way.
    """

    acted = Signal()
    conflicted = Signal()
    working = Signal(bool)

    def __init__(
        self, context: DeskContext, document: DocumentType, base: Callable[[], Draft], parent: QObject
    ) -> None:
        """Act on the document ``base`` names."""
        super().__init__(parent)
        self._context, self.document, self.base = context, document, base
        self.busy = False
        #: Says why nothing can be ordered while the form itself is being stored.
        self.form_busy: Callable[[], bool] = lambda: False

    def why_waiting(self) -> str:
        """Return why nothing can be ordered at this moment."""
        return "正在处理，请稍候" if self.busy or self.form_busy() else ""

    def order(self, work: Order[T], done: Callable[[T], object], failed: Callable[[Sequence[Finding]], object]) -> None:
        """Run ``work`` in one transaction; ``failed`` gets findings, also when somebody else was faster."""
        base, document = self.base(), self.document
        document_id, revision = base.id, base.revision
        if document_id is None or self.why_waiting():
            return

        def job(act: Act) -> tuple[T, int]:
            answer = work(act, document_id, revision)
            return answer, int(records.load(act, document, document_id).revision)

        def finished(answer: tuple[T, int]) -> None:
            base.revision = answer[1]
            self._set_busy(False)
            done(answer[0])
            self.acted.emit()

        self._set_busy(True)
        in_act(self._context, self, job, finished, lambda problem: self._failed(problem, failed))

    def look(self, work: Callable[[Act, int], T], done: Callable[[T], object]) -> None:
        """Ask without changing anything; a failure is said in the status line."""
        document_id = self.base().id
        if document_id is not None:
            said = self._context.show_message
            in_act(self._context, self, lambda act: work(act, document_id), done, lambda why: said(sentence(why)))

    def _failed(self, problem: Exception, failed: Callable[[Sequence[Finding]], object]) -> None:
        self._set_busy(False)
        found = problem.findings if isinstance(problem, Refused) else (error("ROW", sentence(problem)),)
        failed(found)
        if any(one.code == "CONFLICT" for one in found):
            self.conflicted.emit()

    def _set_busy(self, busy: bool) -> None:
        self.busy = busy
        self.working.emit(busy)


def refusals(counted: Counted) -> list[Finding]:
    """Return what an order could not do as findings."""
    return [error(code[0] if (code := _CODE.findall(text)) else "ACC-04", text) for text in counted.refused]
