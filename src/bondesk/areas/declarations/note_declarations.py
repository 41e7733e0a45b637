"""生成报关单: one declaration from each of the approved notes chosen (handbook 5.8; rows 112, 113)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import flag_modified

from bondesk.areas.codes.customs_code import units_of
from bondesk.areas.declarations.arithmetic import head_totals
from bondesk.areas.declarations.declaration_heads import Heads
from bondesk.areas.declarations.declaration_lines import DeclarationLine, DeclarationNoteLine
from bondesk.areas.declarations.declaration_model import AttachedDocument, Declaration
from bondesk.areas.declarations.declared_notes import undeclared, why_not
from bondesk.areas.declarations.note_grouping import Grouping, grouped
from bondesk.areas.declarations.note_preview import Declared, note_preview
from bondesk.areas.goods.part import Part
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.notes.internal_numbers import InternalNumbers
from bondesk.base.errors import Refused
from bondesk.base.facts import Work
from bondesk.base.findings import Finding, error, errors_in, note
from bondesk.base.formal_copy import DRAFT
from bondesk.base.options import option
from bondesk.base.records import new_id
from bondesk.base.steps import Choose, Confirm, Outcome, Progress, Script, Steps, Table

DIRECTIONS = (("", "全部"), ("I", "进口"), ("E", "出口"))
#: Notes offered at once; more are found by date or number.
MOST_OFFERED = 500
#: 随附单证 code under which a declaration quotes its note (handbook 6.1).
NOTE_DOCUMENT = "a"


@dataclass(frozen=True, slots=True)
class DeclareNotes:
    """Which notes are offered, and how their lines and heads are made."""

    ie_flag: str = option("进出口", "", choices=DIRECTIONS)
    record_no: str = option("备案号", "", reference="account handbook", help="空 = 全部")
    date_from: date | None = option("清单申报日期起", None)
    date_to: date | None = option("清单申报日期止", None)
    number: str = option("清单编号", "", help="只取清单编号或企业内部清单编号包含此文字的清单")
    keep_numbers: bool = option("采用已填的报关单商品序号", True, help="序号相同的行强制合为一项")
    template: str = option("套用模板", "", help="模板名称，多个以顿号分隔；空 = 只用自动套用的模板")


def declare_notes(work: Work, options: DeclareNotes, selected: Sequence[int]) -> Steps:
    """Run the wizard; the notes marked in the list are chosen beforehand, others may be added."""
    offered = list(_offered(work, options, selected))
    reasons = why_not(work, offered)
    possible = [one for one in offered if one.id not in reasons]
    refused = [error("DEC-15", text) for key, text in reasons.items() if key in selected]
    if not possible:
        raise Refused(refused or "没有可生成报关单的核注清单：须已审批、报关标志为报关，且还没有报关单", "DEC-15")
    chosen = set((yield _choose(possible, selected)))
    notes = [one for one in possible if one.id in chosen]
    if not notes:
        return Outcome("没有选择核注清单，没有生成报关单", findings=tuple(refused))
    yield Progress(0, 2, "合并清单表体")
    made = [Declared(one, _grouping(work, one, options)) for one in notes]
    wrong = [finding for one in made for finding in errors_in(one.grouping.findings)]
    if wrong:
        if not (yield Confirm("skip", _failed_text(wrong), proposed=True)):
            raise Refused(wrong)
        made = [one for one in made if not errors_in(one.grouping.findings)]
        if not made:
            raise Refused(wrong)
    heads = Heads(work, options.template)
    ways = {(one.document.ie_flag, one.document.supervision_mode) for one in made}
    remarks = yield from heads.ask(ways, {one.document.partner or "" for one in made}, "清单")
    remarks += [finding for one in made for finding in _remarks(one)]
    if not (yield note_preview(made, [*refused, *wrong, *remarks])):
        return Outcome("已取消，没有生成报关单")
    today = work.facts.today
    numbers = InternalNumbers(work, "declaration", ((one.document.ie_flag, today) for one in made))
    declarations = [_build(work, one, heads, numbers.next(one.document.ie_flag, today)) for one in made]
    work.session.flush()
    lines = sum(len(one.lines) for one in declarations)
    text = f"已由 {len(made)} 份核注清单生成报关单 {len(declarations)} 份，商品 {lines} 项"
    changed = {"declaration": [one.id for one in declarations], "bonded_note": [one.document.id for one in made]}
    return Outcome(text, changed, (*refused, *wrong, *remarks, *heads.findings()))


def _offered(work: Work, options: DeclareNotes, selected: Sequence[int]) -> Iterator[BondedNote]:
    """Return the notes marked in the list, then those the options ask for."""
    whole = select(BondedNote).options(selectinload(BondedNote.lines))
    mine = whole.where(BondedNote.company_id == work.company_id, BondedNote.copy == DRAFT)
    marked = work.session.scalars(mine.where(BondedNote.id.in_(list(selected)))).all() if selected else []
    yield from marked
    wanted = mine.where(BondedNote.state == "APPROVED", BondedNote.declaration_flag == "1", undeclared(work))
    if options.ie_flag:
        wanted = wanted.where(BondedNote.ie_flag == options.ie_flag)
    if options.record_no:
        wanted = wanted.where(BondedNote.record_no == options.record_no)
    if options.date_from:
        wanted = wanted.where(BondedNote.declared_on >= options.date_from)
    if options.date_to:
        wanted = wanted.where(BondedNote.declared_on <= options.date_to)
    if options.number:
        like = (BondedNote.bond_no, BondedNote.internal_no)
        wanted = wanted.where(
            like[0].contains(options.number, autoescape=True) | like[1].contains(options.number, autoescape=True)
        )
    known = {one.id for one in marked}
    order = (BondedNote.declared_on, BondedNote.internal_no)
    found = work.session.scalars(wanted.order_by(*order).limit(MOST_OFFERED))
    yield from (one for one in found if one.id not in known)


def _choose(notes: Sequence[BondedNote], selected: Sequence[int]) -> Choose:
    rows = tuple(
        (
            one.bond_no,
            one.internal_no,
            "进口" if one.ie_flag == "I" else "出口",
            one.supervision_mode,
            one.partner,
            one.declared_on,
            len(one.lines),
            one.declaration_no,
        )
        for one in notes
    )
    headings = (
        "清单编号",
        "企业内部清单编号",
        "进出口",
        "监管方式",
        "客户供应商",
        "申报日期",
        "行数",
        "已有报关单编号",
    )
    ids = tuple(one.id for one in notes)
    chosen = tuple(key for key in ids if key in set(selected))
    if not selected:
        chosen = tuple(one.id for one in notes if not one.declaration_no)
    title = "选择核注清单：每份清单生成一份报关单"
    if len(notes) >= MOST_OFFERED:
        title += f"（只列最早的 {MOST_OFFERED} 份，其余请用日期或编号缩小范围）"
    return Choose("notes", Table(title, headings, rows), ids, chosen or ids[:1])


def _grouping(work: Work, document: BondedNote, options: DeclareNotes) -> Grouping:
    parts = work.facts.index(Part, Part.part_no)
    return grouped(document, parts, units_of(work.facts), keep_numbers=options.keep_numbers)


def _failed_text(wrong: Sequence[Finding]) -> str:
    listed = "\n".join(str(one) for one in wrong[:20])
    return f"以下清单不能生成报关单：\n{listed}\n跳过这些清单继续？"


def _remarks(one: Declared) -> Iterator[Finding]:
    name = one.document.bond_no or one.document.internal_no
    for finding in one.grouping.findings:
        if finding not in errors_in([finding]):
            yield note(finding.code, f"清单 {name}：{finding.text}")
    if one.document.declaration_no:
        yield note("DEC-15", f"清单 {name} 海关已有报关单 {one.document.declaration_no}，生成的草单供核对")


def _build(work: Work, one: Declared, heads: Heads, internal_no: str) -> Declaration:
    document = one.document
    declaration = Declaration(
        id=new_id(),
        copy=DRAFT,
        state="DRAFT",
        internal_no=internal_no,
        seq_no=document.declaration_seq_no or "",
        ie_flag=document.ie_flag,
        declare_customs=document.declare_customs,
        entry_exit_customs=document.entry_exit_customs,
        record_no=document.record_no,
        partner=document.partner,
        supervision_mode=document.supervision_mode,
        transport_mode=document.transport_mode,
        trade_country=document.trade_country or "",
        trade_partner_country=document.trade_partner_country,
        contract_no=(document.contract_no or "")[:32],
        bill_no=(document.bill_no or "")[:32],
        transaction_mode=document.transaction_mode or "",
        packages=document.packages,
        linked_record_no=document.linked_record_no or "",
        note_no=document.bond_no,
        note_seq_no=document.seq_no,
        reason=f"由核注清单 {document.bond_no} 的 {len(document.lines)} 行合并为 {len(one.grouping.groups)} 项",
    )
    own = heads.line_values()
    for number, group in enumerate(one.grouping.groups, 1):
        line = DeclarationLine(id=new_id(), line_no=number, **{**group.values(), **own})
        line.note_lines = [DeclarationNoteLine(id=new_id(), note_line_id=source.id) for source in group.lines]
        declaration.lines.append(line)
        for source in group.lines:
            source.declaration_line_no = number
    declaration.documents = [
        AttachedDocument(id=new_id(), line_no=1, document_code=NOTE_DOCUMENT, document_no=document.bond_no)
    ]
    weights = head_totals({}, {"lines": [vars(line) for line in declaration.lines]})
    for key, value in weights.items():
        if key != "packages":
            setattr(declaration, key, value)
    declaration.not_recomputed = declaration.gross_weight is None or declaration.net_weight is None
    heads.complete(declaration)
    # raises the note's revision: of two runs over the same note, one is refused
    flag_modified(document, "changed_at")
    work.session.add(declaration)
    return declaration


DECLARE_NOTES = Script(
    key="declare_notes",
    title="生成报关单",
    document="bonded_note",
    run=declare_notes,
    options=DeclareNotes,
    help="由已审批的核注清单生成报关单草单，每份清单一份，清单的行按规定的条件合并。",
)
