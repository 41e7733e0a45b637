"""核注清单变更 and 历史版本: the documents a change or deletion of an approved note lives in, and who starts one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from bondesk.areas.notes.bonded_note import BONDED_NOTE, NOTE_FORM, NOTE_LINES, derive_note
from bondesk.areas.notes.bonded_note_model import CHANGE, VERSION, BondedNote, NoteLine
from bondesk.areas.notes.inv101 import INV101
from bondesk.areas.notes.inversion_check import CODE as INVERSION
from bondesk.areas.notes.inversion_check import no_inversion
from bondesk.areas.notes.note_change_receipts import claims_change, receive_change
from bondesk.areas.notes.note_changing import DELETE, MODIFY, changes_allowed, mark_rows, start
from bondesk.areas.notes.note_posting import DRAFT_KEY, yielding_copies
from bondesk.areas.notes.note_rules import NOTE_RULES, number_unique
from bondesk.areas.notes.paper_kinds import TRADE_PAPERS
from bondesk.base.change import Mark
from bondesk.base.documents import DocumentType, Related
from bondesk.base.errors import Refused
from bondesk.base.facts import Facts, Work
from bondesk.base.findings import Finding
from bondesk.base.flow import AUDITED_AND_SENT, Flow, formal_copy_of
from bondesk.base.formal_copy import DRAFT
from bondesk.base.options import option
from bondesk.base.steps import Outcome, Script, Steps

#: A change is deleted, not voided: the note it is of goes on.
CHANGE_FLOW = Flow(
    "note_change",
    states=AUDITED_AND_SENT.states,
    moves=tuple(move for move in AUDITED_AND_SENT.moves if move.key != "void"),
)
_LINES = tuple(replace(table, columns=(NoteLine.line_no, NoteLine.row_mark, *table.columns)) for table in NOTE_LINES)
_LIST = (
    BondedNote.internal_no,
    BondedNote.bond_no,
    BondedNote.declare_kind,
    BondedNote.change_count,
    BondedNote.record_no,
    BondedNote.ie_flag,
    BondedNote.supervision_mode,
    BondedNote.declared_on,
)


def derive_change(change: BondedNote, facts: Facts) -> None:
    """Fill what a note fills, then mark the rows."""
    derive_note(change, facts)
    mark_rows(change, facts)


def _rules_of_rows(change: BondedNote, facts: Facts) -> Iterator[Finding]:
    """Apply the note's rules to a change; rows that go, and a deletion, need not be right any more."""
    if change.declare_kind == DELETE:
        return
    gone = {place for place, line in enumerate(change.lines) if line.row_mark == Mark.STRUCK.value}
    for rule in NOTE_RULES:
        if rule is not number_unique:
            yield from (one for one in rule(change, facts) if one.table != "lines" or one.line not in gone)


def _note_of(change: BondedNote, work: Work) -> BondedNote | None:
    mine = select(BondedNote).where(BondedNote.company_id == work.company_id, BondedNote.id == change.approved_id)
    return work.session.scalars(mine).one_or_none()


def _posted_with(change: BondedNote, work: Work) -> Sequence[tuple[str, Any]]:
    """Return what an answer to a change moves in the ledger: the note itself, and formal copies that give way to it."""
    note = _note_of(change, work)
    return [(DRAFT_KEY, note), *yielding_copies(note, work)] if note is not None else []


def _relatives(change: BondedNote, work: Work) -> Sequence[Related]:
    note = _note_of(change, work)
    return [Related(DRAFT_KEY, note.id, note.internal_no, "被变更的核注清单")] if note is not None else []


NOTE_CHANGE = DocumentType(
    key="bonded_note_change",
    title="核注清单变更",
    area="notes",
    header=BondedNote,
    number=(BondedNote.internal_no,),
    list_columns=_LIST,
    form=NOTE_FORM,
    lines=_LINES,
    flow=CHANGE_FLOW,
    derive=derive_change,
    rules=(_rules_of_rows, changes_allowed),
    message=replace(INV101, receive=receive_change, claims=claims_change),
    variant={"copy": CHANGE},
    posts=lambda _change, _facts: (),
    yielding=_posted_with,
    required_code="NOTE-04",
    before_send=(no_inversion,),
    forcible=frozenset({INVERSION}),
    related=_relatives,
    attachment_kinds=TRADE_PAPERS,
    creatable=False,
    help="已审批清单的变更或删除申请：审核后发送，海关同意后原清单与底账才改变。",
)
NOTE_VERSION = DocumentType(
    key="bonded_note_version",
    title="核注清单历史版本",
    area="notes",
    header=BondedNote,
    number=(BondedNote.internal_no,),
    list_columns=(*_LIST, BondedNote.replaced_on),
    form=NOTE_FORM,
    lines=_LINES,
    flow=formal_copy_of(AUDITED_AND_SENT),
    variant={"copy": VERSION},
    related=_relatives,
    attachment_kinds=TRADE_PAPERS,
    creatable=False,
    help="核注清单变更或删除之前的内容，只能查看。",
)


@dataclass(frozen=True, slots=True)
class ChangeOf:
    """Which note is changed."""

    internal_no: str = option("企业内部清单编号", "", help="空 = 列表中选中的一份")


def _chosen(work: Work, options: ChangeOf, selected: Sequence[int]) -> BondedNote:
    mine = select(BondedNote).where(BondedNote.company_id == work.company_id, BondedNote.copy == DRAFT)
    if options.internal_no:
        mine = mine.where(BondedNote.internal_no == options.internal_no)
    else:
        mine = mine.where(BondedNote.id.in_(list(selected)))
    found = work.session.scalars(mine.limit(2)).all()
    if len(found) != 1:
        raise Refused("请在列表中选中一份已审批的清单，或填写企业内部清单编号", "NOTE-16")
    if found[0].state != "APPROVED":
        raise Refused(f"清单 {found[0].internal_no} 不是已审批状态，不能变更；未审批的请直接修改", "FLOW-01")
    return found[0]


def _script(key: str, title: str, kind: str, said: str, help: str) -> Script:
    def run(work: Work, options: ChangeOf, selected: Sequence[int]) -> Steps:
        note = _chosen(work, options, selected)
        change = start(note, kind, work)
        yield from ()
        text = f"清单 {note.internal_no} 的{said}已建立（第 {change.change_count} 次），请审核后发送"
        return Outcome(text, {NOTE_CHANGE.key: [change.id]})

    return Script(
        key=key,
        title=title,
        document=BONDED_NOTE.key,
        run=run,
        options=ChangeOf,
        when=frozenset({"APPROVED"}),
        help=help,
    )


CHANGE_NOTE = _script(
    "change_bonded_note",
    "变更",
    MODIFY,
    "变更",
    "对已审批的清单申请变更：在「核注清单变更」中修改、审核、发送，海关同意后生效。",
)
WITHDRAW_NOTE = _script(
    "withdraw_bonded_note",
    "申请删除",
    DELETE,
    "删除申请",
    "向海关申请删除已审批的清单：海关同意后冲回底账，释放原始单证的数量。",
)
