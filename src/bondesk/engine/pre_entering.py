"""数据预录入 (row 186): audited documents customs has no standard message for, or all while the interface is down,
are written as papers and uploaded; each answer is kept, and nothing goes up twice without being asked for.

Each document is three steps: its paper and a row "uploading" are made in one transaction, it is uploaded outside of
any, its answer is kept in another. What breaks off in between is uploaded again under the same key.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.findings import errors_in
from bondesk.base.flow import PRE_ENTERED
from bondesk.base.identity import Identity
from bondesk.engine.act import Act
from bondesk.engine.composing import compose
from bondesk.engine.download_port import Tell
from bondesk.engine.engine import Engine
from bondesk.engine.history import log_deed
from bondesk.engine.message_now import element_corrections, message_facts
from bondesk.engine.paper_writing import write_paper
from bondesk.engine.pre_entry_book import (
    REFUSED,
    TAKEN,
    UPLOADING,
    WITHDRAWN,
    Entered,
    entered_of,
    former,
    write_number,
)
from bondesk.engine.pre_entry_choice import Chosen, by_kind, earlier, kinds, told_of, why_not
from bondesk.engine.pre_entry_port import Paper, PaperFile, PreEntry, PreEntryAnswer, PreEntryWay
from bondesk.engine.records import load
from bondesk.engine.send_check import standing
from bondesk.engine.tables import PreEntryRow

UPLOADING_NOW = "正在上传"


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What came of an upload, in order; ``left`` of those chosen were not tried any more."""

    entries: tuple[Entered, ...]
    left: int = 0

    @property
    def counts(self) -> str:
        """Say how many documents came to what."""
        words = [one.word for one in self.entries]
        told = [f"{word} {words.count(word)} 份" for word in dict.fromkeys(words)]
        told += [f"未上传 {self.left} 份"] if self.left else []
        return "，".join(told) or "没有上传"


def upload(
    engine: Engine,
    identity: Identity,
    source: PreEntry,
    way: PreEntryWay,
    chosen: Sequence[Chosen],
    tell: Tell,
    *,
    despite: bool = False,
    again: bool = False,
    force: str = "",
) -> Uploaded:
    """Upload documents one after the other; what is taken stays taken.

    ``Refused`` before anything goes up: PRE-04 nothing chosen, PRE-03 a message exists and ``despite`` is not set,
    PRE-02 something may have arrived before and ``again`` is not set. ``force`` is the reason for what the right
    强制发送 may override, for kinds the user has it for. What is wrong with one document alone is told in its entry.
    What ``tell`` raises, and a place that goes away, ends the work and comes through.
    """
    with engine.acting(identity) as act:
        _require_fit(act, chosen, despite=despite, again=again)
    done: list[Entered] = []
    work = _Work(engine, identity, source, way, despite, again, force.strip())
    for number, (key, document_id) in enumerate(chosen):
        tell(f"{UPLOADING_NOW} {number + 1}/{len(chosen)}", number, len(chosen))
        done.append(work.one(key, document_id, _within(tell, number + 1, len(chosen))))
    tell(f"{UPLOADING_NOW} {len(chosen)}/{len(chosen)}", len(chosen), len(chosen))
    return Uploaded(tuple(done))


def _within(tell: Tell, number: int, count: int) -> Tell:
    """Return ``tell`` that says at every step of one document which of how many it is."""
    if count == 1:
        return tell
    return lambda text, done, total: tell(f"第 {number}/{count} 份：{text}", done, total)


def _require_fit(act: Act, chosen: Sequence[Chosen], *, despite: bool, again: bool) -> None:
    if not chosen:
        raise Refused("请至少选择一份单据", "PRE-04")
    known = {kind.key: kind for kind in kinds(act.catalogue, act.identity)}
    for key in by_kind(chosen):
        document = act.catalogue.document(key)
        act.require(document, "send")
        if key not in known:
            raise Refused(f"「{document.title}」不向海关申报，不能预录入", "PRE-04")
        if not known[key].freely and not despite:
            raise Refused(f"「{document.title}」有标准报文，请用「发送」；接口不可用时才预录入", "PRE-03")
    found = [] if again else earlier(act, chosen)
    if found:
        raise Refused("；".join(found), "PRE-02")


@dataclass(frozen=True, slots=True)
class _Work:
    """One upload order: the way one document goes."""

    engine: Engine
    identity: Identity
    source: PreEntry
    way: PreEntryWay
    despite: bool
    again: bool
    force: str

    def one(self, key: str, document_id: int, tell: Tell) -> Entered:
        """Write, upload and keep the answer; what is wrong with this document alone is its entry."""
        with tempfile.TemporaryDirectory(prefix="bondesk-") as folder:
            with self.engine.acting(self.identity) as act:
                document = act.catalogue.document(key)
                paper, refusal = self._prepared(act, document, document_id, Path(folder), tell)
                row = act.session.scalars(select(PreEntryRow).where(PreEntryRow.key == paper.key)).one()
                row_id = row.id
                if refusal is not None:
                    return self._refused(act, row, refusal)
            try:
                answer = self.source.upload(paper, tell)
            except Refused as reason:
                with self.engine.acting(self.identity) as act:
                    return self._refused(act, _row(act, row_id), reason)
        with self.engine.acting(self.identity) as act:
            return self._taken(act, _row(act, row_id), answer)

    def _prepared(
        self, act: Act, document: DocumentType, document_id: int, folder: Path, tell: Tell
    ) -> tuple[Paper, Refused | None]:
        header = load(act, document, document_id)
        number = document.number_of(header)
        path = folder / f"{document.title}.xlsx"
        digest = write_paper(act, document, header, path, tell)
        files = [PaperFile(path.name, f"{document.title}（录入用）", path)]
        content, note = _message(act, document, header)
        if content:
            message = folder / "报文.xml"
            message.write_bytes(content)
            files.append(PaperFile(message.name, "标准报文", message))
        row = self._row(act, document, header, digest)
        code = document.message.code if document.message is not None else ""
        company = act.catalogue.enterprise(act.facts)
        made = (row.key, document.title, code, number, row.revision, digest, company, act.identity.name, act.now())
        paper = Paper(*made, tuple(files), note, again=self.again, training=self.engine.training)
        return paper, _refusal(act, document, header, self.force)

    def _row(self, act: Act, document: DocumentType, header: Any, digest: str) -> PreEntryRow:
        """Return the row of this upload: that of the one whose answer never came, where it says the same."""
        before = former(act, document.key, [header.id]).get(header.id)
        if before is not None and before.state == UPLOADING and (before.digest, before.way) == (digest, self.way.key):
            return before
        row = PreEntryRow(
            key=uuid.uuid4().hex,
            document_key=document.key,
            document_id=header.id,
            document_no=document.number_of(header),
            revision=header.revision,
            digest=digest,
            way=self.way.key,
            way_title=self.way.title,
            state=UPLOADING,
            despite=self.despite and not document.typed_in and document.message is not None,
            again=before is not None,
        )
        row.user_id, row.user_name, row.created_at = act.user_id, act.identity.name, act.now()
        row.turn = _turns(act, row) + 1
        act.session.add(row)
        if before is not None:
            told = f"{told_of(before)}；" + ("内容没有变化" if before.digest == digest else "内容有变化")
            _log(act, document, row, "再次预录入", told)
        try:
            act.session.flush()
        except IntegrityError as problem:
            raise Refused(f"{row.document_no} 刚被其他用户上传，请刷新", "CONFLICT") from problem
        return row

    def _refused(self, act: Act, row: PreEntryRow, reason: Refused) -> Entered:
        document = act.catalogue.document(row.document_key)
        row.state, row.ended_at = REFUSED, act.now()
        row.reason = "；".join(finding.text for finding in reason.findings)[:512]
        _log(act, document, row, "预录入未收下", f"{self.way.title}：{row.reason}")
        act.session.flush()
        return entered_of(row, document.title)

    def _taken(self, act: Act, row: PreEntryRow, answer: PreEntryAnswer) -> Entered:
        document = act.catalogue.document(row.document_key)
        row.state, row.number, row.place = TAKEN, answer.number[:64], answer.place[:512]
        row.reason, row.ended_at = "", act.now()
        before = _replace(act, row)
        header = load(act, document, row.document_id)
        if header.state in ("AUDITED", PRE_ENTERED):
            header.state = PRE_ENTERED
            write_number(document, header, answer.number, before)
        else:
            row.reason = f"上传时单据已改为「{document.flow.state(header.state).title}」，请核实"
        told = f"{self.way.title}：{answer.number or answer.place}" + ("；接口不可用" if row.despite else "")
        _log(act, document, row, "预录入", told)
        act.session.flush()
        return entered_of(row, document.title)


def _others(act: Act, row: PreEntryRow) -> list[Any]:
    return [
        PreEntryRow.company_id == act.company_id,
        PreEntryRow.document_key == row.document_key,
        PreEntryRow.document_id == row.document_id,
    ]


def _turns(act: Act, row: PreEntryRow) -> int:
    """Return how often the document was uploaded; of two that upload it at once the database lets one through."""
    found = act.session.scalar(select(func.max(PreEntryRow.turn)).where(*_others(act, row)))
    return int(found or 0)


def _replace(act: Act, row: PreEntryRow) -> str:
    """Let the newest upload count alone, and return the number an earlier one had."""
    number = ""
    mine = (*_others(act, row), PreEntryRow.id != row.id, PreEntryRow.state.in_((TAKEN, UPLOADING)))
    for one in act.session.scalars(select(PreEntryRow).where(*mine).order_by(PreEntryRow.turn)):
        number = one.number or number
        one.state, one.reason = WITHDRAWN, "已由后一次上传代替"
    return number


def _row(act: Act, row_id: int) -> PreEntryRow:
    statement = select(PreEntryRow).where(PreEntryRow.company_id == act.company_id, PreEntryRow.id == row_id)
    return act.session.scalars(statement.with_for_update()).one()


def _refusal(act: Act, document: DocumentType, header: Any, force: str) -> Refused | None:
    """Check what sending checks: it goes to customs as well."""
    if why := why_not(document, header):
        return Refused(why, "PRE-01")
    found = standing(act, document, header, force if act.identity.may(document.key, "force_send") else "")
    return Refused(found) if found else None


def _message(act: Act, document: DocumentType, header: Any) -> tuple[bytes, str]:
    """Return the message of the document, or why there is none."""
    if document.message is None:
        return b"", "这类单据没有标准报文"
    with act.session.no_autoflush:
        facts, _papers = message_facts(act, document, header)
        composed = compose(document.message, header, facts, element_corrections(act, document.message))
    wrong = errors_in(composed.findings)
    if wrong:
        return b"", f"没有附报文：{wrong[0].text}" + (f"（共 {len(wrong)} 处）" if len(wrong) > 1 else "")
    return act.packer.text(document.message, replace(composed, findings=())), ""


def _log(act: Act, document: DocumentType, row: PreEntryRow, action: str, told: str) -> None:
    log_deed(act, action, told, document=document, document_id=row.document_id, number=row.document_no)
