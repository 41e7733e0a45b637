"""演练海关: a counterpart that reads the OutBox, checks each message by its own lights and answers.

It refuses to run on a folder that is not marked as rehearsal, so it can never touch a real client.
Its numbers come from a file in the root, written in one rename; a message already answered (same internal
number, no 统一编号) is refused as a duplicate, as the real importer does.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from lxml import etree

from bondesk.adapters import rehearsal_verification
from bondesk.adapters.rehearsal_answers import Answers
from bondesk.adapters.rehearsal_archive import Archive
from bondesk.adapters.rehearsal_books import BookKind, filed_after, head_of, kind_of, problems_of_book
from bondesk.adapters.rehearsal_checks import problems_of, problems_of_change
from bondesk.adapters.rehearsal_declarations import DeclarationAnswers, answer_declaration
from bondesk.adapters.rehearsal_letters import MARKER, Letters, Turn, is_rehearsal, require_rehearsal
from bondesk.adapters.rehearsal_messages import DECLARATION, is_kept, message_of
from bondesk.adapters.xml.parser import child, local, text
from bondesk.base.rehearsal_script import FAIL, INSPECT

__all__ = ["MARKER", "RehearsalCustoms", "is_rehearsal", "mark_rehearsal"]
_STATE = "rehearsal.json"
DECLARATION_FOLDER = "deccus001"
#: Result of a decided 报核 → the kind of its message.
VERIFIED_BY = {"EMS221": "EMS121", "EML221": "EML121"}
MANUAL_REVIEW = "已转人工审核，请等待海关处理"


def mark_rehearsal(root: Path) -> None:
    """Mark a client folder as rehearsal."""
    root.mkdir(parents=True, exist_ok=True)
    (root / MARKER).write_text("此目录仅供演练，不会向海关申报。\n", encoding="utf-8")


@dataclass
class RehearsalCustoms:
    """Answers every message in the OutBoxes under ``root``.

    ``date_by_document`` dates answers by the note's 清单申报日期, else by ``clock``. ``rejected`` maps an
    internal number to the reason of a 退单; declarations named in ``inspected`` and every ``inspect_every``-th are
    inspected. With ``release`` declared notes are also released and posted (INV211); without it they stay reserved.
    What is only 暂存 is imported; customs decides it when the trainer lets go what is held back.
    What the script of the folder orders comes before these; ``answer`` returns how many messages it answered.
    """

    root: Path
    date_by_document: bool = False
    release: bool = True
    rejected: Mapping[str, str] = field(default_factory=dict)
    clock: Callable[[], datetime] = datetime.now
    inspected: frozenset[str] = frozenset()
    inspect_every: int = 5

    @property
    def letters(self) -> Letters:
        """Return the script and the receipts that have not arrived."""
        return Letters(self.root, self.clock)

    def answer(self) -> int:
        """Let arrive what is due, then answer what waits in every OutBox."""
        require_rehearsal(self.root)
        with self.letters.locked():
            self.letters.release_due()
            return self._answer_all()

    def _answer_all(self) -> int:
        answered = 0
        for outbox in sorted(self.root.glob("*/OutBox")):
            for path in sorted(one for one in outbox.iterdir() if one.suffix in {".zip", ".xml"}):
                self._answer_one(path)
                answered += 1
        return answered

    def _answer_one(self, path: Path) -> None:
        form = path.parent.parent
        state = self._read_state()
        try:
            message, files = message_of(path)
        except ValueError as problem:
            self._fail(form, path, str(problem))
            return
        if local(message) == DECLARATION:
            self._answer_declaration(form, path, message, files, state)
            return
        if local(message) == rehearsal_verification.ROOT:
            self._answer_verification(form, path, message, state)
            return
        kind = kind_of(message)
        if kind is not None:
            self._answer_book(form, path, message, kind, state)
            return
        head = child(message, "InvtHeadType")
        internal_no = text(head, "EtpsInnerInvtNo")
        known = state["notes"].get(internal_no)
        wrong = problems_of(message)
        if known is not None and not text(head, "SeqNo"):
            wrong.append("报文类型为INV101，统一编号为空且企业内部编号与已有记录重复")
        wrong += problems_of_change(head, known)
        answers = self._answers(form, path.stem, self._moment(head))
        if wrong:
            answers.import_failed(internal_no, "\n".join(wrong))
        else:
            turn = self.letters.turn(form, path.stem, "INV101", kept=is_kept(message))
            self._decide(answers, message, state, internal_no, turn)
            self.letters.play(turn, internal_no)
        self._write_state(state)
        self._move(path, form / "SentBox")

    def _fail(self, form: Path, path: Path, reason: str) -> None:
        """Say that a file is no message at all, in the words of the form it came by."""
        if form.name.casefold() == DECLARATION_FOLDER:
            DeclarationAnswers(form / "InBox", path.stem, self.clock()).import_failed("", reason)
        else:
            self._answers(form, path.stem, self.clock()).import_failed("", reason)
        self._move(path, form / "FailBox")

    def _answer_declaration(
        self, form: Path, path: Path, message: etree._Element, files: Mapping[str, bytes], state: dict[str, Any]
    ) -> None:
        """Answer a declaration; a returned one is rejected once more until its reason is taken away."""
        head, client_no = child(message, "DecHead"), text(child(message, "DecSign"), "ClientSeqNo")
        answers = DeclarationAnswers(form / "InBox", path.stem, self._moment(head, "PDate"))
        turn = self.letters.turn(form, path.stem, "DEC")
        chance = not turn.scripted and (state["serial"] + 1) % self.inspect_every == 0
        inspected = client_no in self.inspected or turn.order.answer == INSPECT or chance
        refused = {client_no: turn.refusal} if turn.refusal else self.rejected
        if answer_declaration(answers, message, files, state, refused, inspected, turn):
            self.letters.play(turn, client_no)
        Archive(self.root).declaration(message, state["declarations"].get(client_no, {}))
        self._write_state(state)
        self._move(path, form / "SentBox")

    def _answer_book(
        self, form: Path, path: Path, message: etree._Element, kind: BookKind, state: dict[str, Any]
    ) -> None:
        """Answer an account, handbook or qualification: import response, then approval or 退单."""
        head = head_of(message, kind)
        internal_no = text(head, "EtpsPreentNo")
        books = state.setdefault("books", {})
        filed = books.get(text(head, kind.number)) if text(head, kind.number) else None
        answers = self._answers(form, path.stem, self._moment(head, "DclTime"))
        if wrong := problems_of_book(message, kind, filed):
            answers.import_failed(internal_no, "\n".join(wrong))
        else:
            state["serial"] += 1
            seq_no = text(head, "SeqNo") or f"{answers.now:%Y}{state['serial']:014d}"
            answers.imported(internal_no, seq_no)
            turn = self.letters.turn(form, path.stem, kind.code, kept=is_kept(message))
            unnumbered = {"seq_no": seq_no, "bond_no": ""}
            if turn.manual:
                answers.decided(kind.result, kind.bsc, unnumbered, "2", MANUAL_REVIEW)
            answers.inbox = turn.later
            if reason := turn.refusal or self.rejected.get(internal_no, ""):
                result = "Z" if turn.order.answer == FAIL else "3"
                answers.decided(kind.result, kind.bsc, unnumbered, result, reason)
            else:
                number = text(head, kind.number) or kind.serial.format(
                    customs=text(head, "MasterCuscd"), year=f"{answers.now:%y}", serial=state["serial"]
                )
                books[number] = filed_after(message, kind, filed)
                Archive(self.root).book(message, kind, number, answers.now, seq_no)
                answers.book_decided(kind.result, kind.bsc, {"seq_no": seq_no, "bond_no": number}, "")
            self.letters.play(turn, internal_no)
        self._write_state(state)
        self._move(path, form / "SentBox")

    def _answer_verification(self, form: Path, path: Path, message: etree._Element, state: dict[str, Any]) -> None:
        """Answer a 报核: import response, 报核通过, 正式核算通过; or 退单."""
        said = rehearsal_verification.reported(message)
        answers = self._answers(form, path.stem, self.clock())
        if said.problems:
            answers.import_failed(said.internal_no, "\n".join(said.problems))
        else:
            state["serial"] += 1
            seq_no = said.seq_no or f"{answers.now:%Y}{state['serial']:014d}"
            answers.imported(said.internal_no, seq_no)
            turn = self.letters.turn(form, path.stem, VERIFIED_BY[said.result], kept=is_kept(message))
            number = {"seq_no": seq_no, "bond_no": said.book_no}
            reason = turn.refusal or self.rejected.get(said.internal_no, "")
            if turn.manual:
                answers.decided(said.result, said.group, number, "A", MANUAL_REVIEW)
            answers.inbox = turn.later
            for result in ("Z" if turn.order.answer == FAIL else "3") if reason else "25":
                answers.decided(said.result, said.group, number, result, reason)
            self.letters.play(turn, said.internal_no)
        self._write_state(state)
        self._move(path, form / "SentBox")

    def _decide(
        self, answers: Answers, message: etree._Element, state: dict[str, Any], internal_no: str, turn: Turn
    ) -> None:
        head = child(message, "InvtHeadType")
        number = state["notes"].get(internal_no) or self._numbers(state, head, answers.now)
        state["notes"][internal_no] = number
        answers.imported(internal_no, number["seq_no"])
        kind = text(head, "DclTypecd")
        told = {**number, "count": text(head, "ChgTmsCnt"), "kind": kind}
        if turn.manual:
            answers.rejected(told, MANUAL_REVIEW, "2")
        answers.inbox = turn.later
        if reason := turn.refusal or self.rejected.get(internal_no, ""):
            answers.rejected(told, reason, "Z" if turn.order.answer == FAIL else "3")
            return
        declared = text(head, "DclcusFlag") == "1"
        if kind in {"2", "3"}:
            state["notes"][internal_no] = told
            answers.approved(message, told, "1" if self.release or not declared else "4")
            Archive(self.root).note(message, number, "2" if self.release or not declared else "1", answers.now)
            return
        answers.approved(message, number, "4" if declared else "1")
        if text(head, "GenDecFlag") == "1":
            answers.declaration_generated(number)
        if declared and self.release:
            answers.posted(message, number)
        Archive(self.root).note(message, number, "2" if self.release or not declared else "1", answers.now)

    def _numbers(self, state: dict[str, Any], head: etree._Element | None, now: datetime) -> dict[str, str]:
        state["serial"] += 1
        serial = state["serial"]
        way, customs = text(head, "ImpexpMarkcd"), text(head, "DclPlcCuscd")
        return {
            "seq_no": f"{now:%Y}{serial:014d}",
            "bond_no": f"QD{customs}{now:%y}{way}{serial:09d}",
            "entry_seq_no": f"{way}{now:%Y}{serial:013d}",
            "entry_no": f"{customs}{now:%Y}{'1' if way == 'I' else '0'}{serial:09d}",
        }

    def _answers(self, form: Path, stem: str, now: datetime) -> Answers:
        return Answers(form / "InBox", stem, now)

    def _moment(self, head: etree._Element | None, element: str = "InvtDclTime") -> datetime:
        day = text(head, element)
        if self.date_by_document and len(day) == 8 and day.isdecimal():
            return datetime.strptime(day, "%Y%m%d") + timedelta(hours=10)
        return self.clock()

    def _read_state(self) -> dict[str, Any]:
        path = self.root / _STATE
        if not path.exists():
            return {"serial": 0, "notes": {}}
        state: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return state

    def _write_state(self, state: dict[str, Any]) -> None:
        fresh = self.root / f"{_STATE}.new"
        fresh.write_text(json.dumps(state, ensure_ascii=False), encoding="utf-8")
        os.replace(fresh, self.root / _STATE)

    @staticmethod
    def _move(path: Path, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        os.replace(path, folder / path.name)
