"""What a form does through the lane: open, save, move, send, copy, delete; typing survives every failure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.findings import Finding, error
from bondesk.base.flow import Move
from bondesk.base.template_filling import Filling
from bondesk.desktop.card_desk import offer_signing
from bondesk.desktop.context import DeskContext
from bondesk.desktop.folders_offer import offer_folders
from bondesk.desktop.form_body import FormBody
from bondesk.desktop.form_work import in_act, off_thread, sentence
from bondesk.engine import history, records, sending
from bondesk.engine.act import Act
from bondesk.engine.drafts import Draft, draft_of
from bondesk.engine.sending import HandedOver
from bondesk.engine.templates import new_draft

CONFLICT, GONE = "CONFLICT", "GONE"


@dataclass(frozen=True, slots=True)
class Moved:
    """A document after a move of its flow, with the findings that did not block."""

    draft: Draft
    findings: tuple[Finding, ...]


class FormDeeds(QObject):
    """Acts for one form. Every signal comes on the UI thread.

    ``opened`` brings the draft to show, ``templated`` what templates filled into a blank one,
    ``stored`` the draft as it is after a save, ``moved`` a
    :class:`Moved`, ``refused`` findings, ``failed`` a sentence, ``conflicted`` who changed the document
    meanwhile, ``deleted`` nothing; ``working`` whether an order is under way.
    """

    opened = Signal(object)
    templated = Signal(object)
    stored = Signal(object)
    moved = Signal(object)
    refused = Signal(object)
    failed = Signal(str)
    conflicted = Signal(str)
    deleted = Signal()
    working = Signal(bool)

    def __init__(self, context: DeskContext, document: DocumentType, body: FormBody) -> None:
        """Act on what ``body`` shows."""
        super().__init__(body)
        self._context, self._document, self._body = context, document, body
        self.busy = False

    def _set_busy(self, busy: bool) -> None:
        self.busy = busy
        self.working.emit(busy)

    def open(self, document_id: int | None, copy_of: int | None) -> None:
        """Read a stored document, a copy of one, or a blank one."""
        document = self._document
        fillings: list[Filling] = []

        def work(act: Act) -> Draft:
            if document_id is not None:
                return records.open_draft(act, document, document_id)
            if copy_of is not None:
                return records.copy_draft(act, document, copy_of)
            if document.single:
                return records.open_single(act, document)
            draft, filling = new_draft(act, document)
            fillings.append(filling)
            return draft

        def done(draft: Draft) -> None:
            self.opened.emit(draft)
            for filling in fillings:
                self.templated.emit(filling)

        self._do(work, done)

    def _do(self, work: Callable[[Act], object], done: Callable[..., object]) -> None:
        """Run ``work``; while it runs no other order is taken."""
        self._set_busy(True)

        def finished(answer: object) -> None:
            self._set_busy(False)
            done(answer)

        in_act(self._context, self, work, finished, self._failed)

    def _failed(self, problem: Exception) -> None:
        self._set_busy(False)
        if not isinstance(problem, Refused):
            self.failed.emit(sentence(problem))
        elif any(finding.code == CONFLICT for finding in problem.findings):
            self.ask_who(self.conflicted.emit)
        else:
            self.refused.emit(problem.findings)

    def ask_who(self, then: Callable[[str], object]) -> None:
        """Find out who changed the document last, and when; ``then`` gets it as the beginning of a sentence."""
        document, document_id = self._document, self._body.base.id
        assert document_id is not None

        def work(act: Act) -> str:
            entries = history.entries(act, document.key, document_id)
            return f"{entries[0].user_name} 已于 {entries[0].at:%Y-%m-%d %H:%M:%S} " if entries else "其他用户已"

        def failed(_problem: Exception) -> None:
            then("其他用户已")

        in_act(self._context, self, work, then, failed)

    def save(self, then: Callable[[], object] | None = None) -> None:
        """Store what is on the screen, then do what follows; codes still being looked up are waited for."""
        if self.busy:
            return
        if self._body.rows.deeds.busy:
            off_thread(self._context, self, lambda: None, lambda _nothing: self.save(then), lambda _problem: None)
            return
        if (rows := self._body.rows.unstored()) is not None:
            rows.entry.confirm(lambda: self.save(then))
            return
        self._body.commit()
        if self._body.looking_up():
            off_thread(self._context, self, lambda: None, lambda _nothing: self._save(then), lambda _problem: None)
        else:
            self._save(then)

    def _save(self, then: Callable[[], object] | None) -> None:
        if blocking := self._body.blocking():
            self.refused.emit(blocking)
            return
        document, draft, lines = self._document, self._body.draft(), self._body.lines()
        edits = self._body.edits

        def work(act: Act) -> Draft:
            document_id = records.save(act, document, draft)
            act.session.expire_all()
            return draft_of(document, records.load(act, document, document_id))

        def done(stored: Draft) -> None:
            self._body.adopt(stored, lines, untouched=edits == self._body.edits)
            self.stored.emit(stored)
            if then is not None:
                then()

        self._do(work, done)

    def saved_first(self, then: Callable[[], object]) -> None:
        """Save when there is anything to save, then go on."""
        if self._body.dirty or self._body.base.id is None:
            self.save(then)
        else:
            then()

    def move(self, order: Move) -> None:
        """Save, then order a move of the flow."""
        self.saved_first(lambda: self._move(order))

    def _move(self, order: Move) -> None:
        document, document_id = self._document, self._body.base.id
        assert document_id is not None

        def work(act: Act) -> Moved:
            found = records.move(act, document, document_id, order.key)
            act.session.expire_all()
            return Moved(draft_of(document, records.load(act, document, document_id)), tuple(found))

        self._do(work, self.moved.emit)

    def send(self, reason: str = "", way: str = "") -> None:
        """Put the document into the outbox, then hand everything that waits to the client."""
        engine, identity = self._context.engine, self._context.identity
        document, document_id = self._document, self._body.base.id
        assert document_id is not None
        self._set_busy(True)

        def job() -> tuple[HandedOver | None, Draft]:
            with engine.acting(identity) as act:
                sending.order(act, document, [document_id], reason, way)
            handed = sending.hand_over(engine, identity) if engine.has_gateway else None
            with engine.acting(identity) as act:
                return handed, draft_of(document, records.load(act, document, document_id))

        def done(answer: tuple[HandedOver | None, Draft]) -> None:
            self._set_busy(False)
            handed, draft = answer
            problems = [error("SEND", text) for text in handed.problems] if handed else []
            self.moved.emit(Moved(draft, tuple(problems)))
            if handed is None:
                self._context.show_message("已放入发件箱；未设置客户端目录，尚未交给单一窗口")
                offer_folders(self._context)
            offer_signing(self._context, handed)

        off_thread(self._context, self, job, done, self._failed)

    def delete(self) -> None:
        """Delete the stored document."""
        document, document_id = self._document, self._body.base.id
        assert document_id is not None
        self._do(lambda act: records.delete(act, document, document_id), lambda _nothing: self.deleted.emit())

    def look_again(self, done: Callable[[Draft], object]) -> None:
        """Read the stored document without disturbing the form; a failure is only said."""
        document, document_id = self._document, self._body.base.id
        if document_id is None:
            return
        in_act(
            self._context,
            self,
            lambda act: records.open_draft(act, document, document_id),
            done,
            lambda problem: self.failed.emit(sentence(problem)),
        )
