"""核注清单: the voucher that moves the ledger (handbook 5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.codes.effects import flow_type_of
from bondesk.areas.codes.line_arithmetic import FOLLOWING, RECOMPUTES, REPRICED
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine
from bondesk.areas.notes.inv101 import INV101
from bondesk.areas.notes.inversion_check import CODE as INVERSION
from bondesk.areas.notes.inversion_check import no_inversion
from bondesk.areas.notes.line_filling import FILLS, fill_note_line, recompute_note_line
from bondesk.areas.notes.note_posting import note_postings, yielding_copies
from bondesk.areas.notes.note_relatives import note_relatives
from bondesk.areas.notes.note_removal import release_sources
from bondesk.areas.notes.note_rules import NOTE_RULES
from bondesk.areas.notes.note_trace import trace_line
from bondesk.areas.notes.paper_kinds import TRADE_PAPERS
from bondesk.areas.setup.company import company_of
from bondesk.base.documents import DocumentType, LineTable, group
from bondesk.base.facts import Facts
from bondesk.base.flow import AUDITED_AND_SENT
from bondesk.base.formal_copy import DRAFT
from bondesk.base.numbers import price_of
from bondesk.base.workbooks import SheetPlan, WorkbookPlan, may, must


def note_defaults(facts: Facts) -> Mapping[str, Any]:
    """Propose book, customs and dates of a note typed by hand."""
    company = company_of(facts)
    books = facts.find(Account, copy="approved")
    proposed: dict[str, Any] = {"entered_on": facts.today, "declared_on": facts.today}
    if len(books) == 1:
        proposed |= {"record_no": books[0].record_no, "declare_customs": books[0].master_customs}
    if company.declarant_customs_code:
        proposed["declaration_link_type"] = "2"
    return proposed


#: 清单状态 of an imported note → its state here (handbook 5.6).
NOTE_STATES = {"0": "APPROVED", "1": "ACCEPTED", "2": "REJECTED", "3": "VOID"}
_BLANKS = {"note_type": "0", "declaration_flag": "1", "declare_kind": "1", "writeoff_mark": "0"}


def derive_note(note: BondedNote, facts: Facts) -> None:
    """Fill what may be left empty: usual codes, prices from totals, the state customs already gave."""
    for key, usual in _BLANKS.items():
        if not getattr(note, key):
            setattr(note, key, usual)
    declared = note.declaration_flag == "1"
    if not note.generate_declaration:
        note.generate_declaration = "1" if declared else "2"
    if declared and not note.declaration_link_type:
        note.declaration_link_type = "2"
    if note.generate_declaration == "1" and not note.declaration_type:
        note.declaration_type = {"I": "1", "E": "2"}.get(note.ie_flag, "")
    if not note.note_flow_type:
        note.note_flow_type = flow_type_of(note.supervision_mode)
    if note.state in (None, "", "DRAFT") and note.list_state in NOTE_STATES:
        note.state = NOTE_STATES[note.list_state]
    if note.state in (None, "", "DRAFT"):
        note.declared_on = note.declared_on or facts.today
    note.entered_on = note.entered_on or note.declared_on or facts.today
    for line in note.lines:
        _derive_line(line)


def _derive_line(line: NoteLine) -> None:
    if not line.row_mark:
        line.row_mark = "3"
    if not line.dangerous:
        line.dangerous = "0"
    if line.price is None and line.total is not None and line.dcl_qty is not None and line.dcl_qty > 0:
        line.price = price_of(line.total, line.dcl_qty)


NOTE_HEADINGS = (
    must(BondedNote.internal_no),
    may(BondedNote.bond_no),
    may(BondedNote.seq_no),
    must(BondedNote.record_no),
    must(BondedNote.ie_flag),
    must(BondedNote.goods_flag),
    must(BondedNote.supervision_mode),
    must(BondedNote.transport_mode),
    must(BondedNote.entry_exit_customs),
    must(BondedNote.declare_customs),
    may(BondedNote.trade_partner_country, "启运国"),
    may(BondedNote.note_type),
    may(BondedNote.note_flow_type),
    may(BondedNote.declaration_flag),
    may(BondedNote.declaration_link_type),
    may(BondedNote.generate_declaration),
    may(BondedNote.application_no),
    may(BondedNote.linked_record_no),
    may(BondedNote.linked_note_no),
    may(BondedNote.entered_on),
    may(BondedNote.declared_on),
    may(BondedNote.list_state),
    may(BondedNote.writeoff_mark),
    may(BondedNote.declaration_no),
    may(BondedNote.remark),
)
NOTE_LINE_HEADINGS = (
    must(NoteLine.line_no, "序号"),
    must(NoteLine.item_no),
    may(NoteLine.part_no),
    must(NoteLine.hs_code),
    must(NoteLine.name),
    may(NoteLine.spec),
    must(NoteLine.dcl_unit),
    must(NoteLine.dcl_qty),
    must(NoteLine.legal_unit1),
    must(NoteLine.legal_qty1),
    may(NoteLine.legal_unit2),
    may(NoteLine.legal_qty2),
    must(NoteLine.currency),
    may(NoteLine.price),
    must(NoteLine.total),
    may(NoteLine.origin_country),
    may(NoteLine.destination_country),
    must(NoteLine.duty_mode),
    may(NoteLine.uc_version),
    may(NoteLine.net_weight),
    may(NoteLine.gross_weight),
    may(NoteLine.declaration_line_no),
    may(NoteLine.application_line_no),
)

NOTE_FORM = (
    group(
        "清单",
        BondedNote.internal_no,
        BondedNote.bond_no,
        BondedNote.seq_no,
        BondedNote.record_no,
        BondedNote.ie_flag,
        BondedNote.goods_flag,
        BondedNote.note_type,
        BondedNote.entered_on,
        BondedNote.declared_on,
    ),
    group(
        "监管",
        BondedNote.supervision_mode,
        BondedNote.transport_mode,
        BondedNote.entry_exit_customs,
        BondedNote.declare_customs,
        BondedNote.trade_partner_country,
        BondedNote.partner,
        BondedNote.transaction_mode,
        BondedNote.trade_country,
        BondedNote.packages,
    ),
    group(
        "报关与流转",
        BondedNote.declaration_flag,
        BondedNote.declaration_link_type,
        BondedNote.generate_declaration,
        BondedNote.declaration_type,
        BondedNote.note_flow_type,
        BondedNote.application_no,
        BondedNote.linked_record_no,
        BondedNote.linked_note_no,
        BondedNote.remark,
    ),
    group(
        "关联报关",
        BondedNote.linked_declaration_no,
        BondedNote.related_trader_credit,
        BondedNote.related_trader_code,
        BondedNote.related_trader_name,
        BondedNote.related_owner_credit,
        BondedNote.related_owner_code,
        BondedNote.related_owner_name,
        BondedNote.related_declarant_credit,
        BondedNote.related_declarant_code,
        BondedNote.related_declarant_name,
        tab="关联报关",
    ),
    group(
        "海关",
        BondedNote.list_state,
        BondedNote.writeoff_mark,
        BondedNote.writeoff_mode,
        BondedNote.declaration_seq_no,
        BondedNote.declaration_no,
        BondedNote.customs_at,
        BondedNote.customs_reason,
        BondedNote.reason,
        tab="海关回执",
    ),
)
NOTE_LINES = (
    LineTable(
        "lines",
        "表体",
        BondedNote.lines,
        (
            NoteLine.item_no,
            NoteLine.part_no,
            NoteLine.hs_code,
            NoteLine.name,
            NoteLine.spec,
            NoteLine.dcl_unit,
            NoteLine.dcl_qty,
            NoteLine.legal_unit1,
            NoteLine.legal_qty1,
            NoteLine.legal_unit2,
            NoteLine.legal_qty2,
            NoteLine.currency,
            NoteLine.price,
            NoteLine.total,
            NoteLine.origin_country,
            NoteLine.destination_country,
            NoteLine.duty_mode,
            NoteLine.uc_version,
            NoteLine.net_weight,
            NoteLine.gross_weight,
            NoteLine.declaration_line_no,
            NoteLine.application_line_no,
            NoteLine.dangerous,
            NoteLine.remark,
            NoteLine.reason,
        ),
        fill=fill_note_line,
        fills=FILLS,
        recompute=recompute_note_line,
        recomputes=RECOMPUTES - FOLLOWING,
        repair=REPRICED,
    ),
)

BONDED_NOTE = DocumentType(
    key="bonded_note",
    title="核注清单",
    area="notes",
    header=BondedNote,
    number=(BondedNote.internal_no,),
    dated=(BondedNote.declared_on, BondedNote.entered_on),
    list_columns=(
        BondedNote.internal_no,
        BondedNote.bond_no,
        BondedNote.record_no,
        BondedNote.ie_flag,
        BondedNote.goods_flag,
        BondedNote.supervision_mode,
        BondedNote.partner,
        BondedNote.declared_on,
        BondedNote.writeoff_mark,
        BondedNote.seq_no,
        BondedNote.declaration_no,
        BondedNote.match_state,
    ),
    form=NOTE_FORM,
    lines=NOTE_LINES,
    flow=AUDITED_AND_SENT,
    derive=derive_note,
    lines_apart=True,
    rules=NOTE_RULES,
    workbook=WorkbookPlan(
        "核注清单",
        (
            SheetPlan("表头", NOTE_HEADINGS),
            SheetPlan("表体", NOTE_LINE_HEADINGS, part="lines", join=must(BondedNote.internal_no)),
        ),
        on_existing="refuse",
    ),
    message=INV101,
    variant={"copy": DRAFT},
    posts=note_postings,
    yielding=yielding_copies,
    trace=trace_line,
    required_code="NOTE-04",
    defaults=note_defaults,
    removed=release_sources,
    before_send=(no_inversion,),
    forcible=frozenset({INVERSION}),
    related=note_relatives,
    attachment_kinds=TRADE_PAPERS,
    template_by=(BondedNote.ie_flag, BondedNote.supervision_mode),
    help="保税核注清单：由原始单证生成或直接录入，审核后发送单一窗口，审批后记入账册底账。",
)
