"""核注清单正式单: what customs has of a note, downloaded or imported, beside our draft (handbook 7)."""

from __future__ import annotations

from bondesk.areas.notes.bonded_note import (
    NOTE_FORM,
    NOTE_HEADINGS,
    NOTE_LINE_HEADINGS,
    NOTE_LINES,
    NOTE_STATES,
    derive_note,
)
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.notes.inv101 import INV101
from bondesk.areas.notes.note_posting import formal_postings
from bondesk.areas.notes.note_trace import trace_line
from bondesk.areas.notes.paper_kinds import TRADE_PAPERS
from bondesk.base.documents import DocumentType, MessageReading
from bondesk.base.facts import Facts
from bondesk.base.flow import AUDITED_AND_SENT, formal_copy_of
from bondesk.base.formal_copy import FORMAL
from bondesk.base.message_reader import CopyReading
from bondesk.base.workbooks import SheetPlan, WorkbookPlan, may, must

#: Customs' copy in INV201 and INV211: its groups, and the elements that are called otherwise (message reference 0.1).
_OF_CUSTOMS = CopyReading(
    INV101,
    BondedNote,
    groups={"InvtHeadType": "BondInvtBsc", "InvtListType": "BondInvtDt"},
    names={"invtpreentno": "seqno", "bondinvttypecd": "invttype", "invtstucd": "liststat"},
)
_REKEYED = {BondedNote.internal_no.key, BondedNote.bond_no.key}


def derive_formal_note(note: BondedNote, facts: Facts) -> None:
    """Fill what customs' own copy may leave empty; its number names it where ours is not known or taken.

    Its state is what customs says, also when it comes again.
    """
    note.internal_no = note.internal_no or note.bond_no or note.seq_no
    namesakes = facts.find(BondedNote, copy=FORMAL, internal_no=note.internal_no)
    if any(other.bond_no != note.bond_no for other in namesakes):
        note.internal_no = note.bond_no
    note.list_state = note.list_state or "0"
    note.state = NOTE_STATES[note.list_state]
    derive_note(note, facts)


FORMAL_NOTE = DocumentType(
    key="bonded_note_formal",
    title="核注清单正式单",
    area="notes",
    header=BondedNote,
    number=(BondedNote.bond_no,),
    list_columns=(
        BondedNote.bond_no,
        BondedNote.seq_no,
        BondedNote.internal_no,
        BondedNote.record_no,
        BondedNote.ie_flag,
        BondedNote.goods_flag,
        BondedNote.supervision_mode,
        BondedNote.declared_on,
        BondedNote.list_state,
        BondedNote.writeoff_mark,
        BondedNote.declaration_no,
        BondedNote.match_state,
    ),
    form=NOTE_FORM,
    lines=NOTE_LINES,
    flow=formal_copy_of(AUDITED_AND_SENT),
    derive=derive_formal_note,
    workbook=WorkbookPlan(
        "核注清单正式单",
        (
            SheetPlan(
                "表头",
                (
                    must(BondedNote.bond_no),
                    may(BondedNote.internal_no),
                    *(one for one in NOTE_HEADINGS if one.attribute.key not in _REKEYED),
                ),
            ),
            SheetPlan("表体", NOTE_LINE_HEADINGS, part="lines", join=must(BondedNote.bond_no)),
        ),
        on_existing="update",
    ),
    variant={"copy": FORMAL},
    posts=formal_postings,
    trace=trace_line,
    attachment_kinds=TRADE_PAPERS,
    from_message=MessageReading(INV101, _OF_CUSTOMS, (BondedNote.bond_no,), replaces=True),
    creatable=False,
    downloaded=40,
    help="海关已接受的核注清单：由单一窗口下载或导入，只能查看，与草单对碰。",
)
