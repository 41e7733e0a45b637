"""Which unsent note used a row of the consolidation map: such a row keeps its meaning until then (MAP-11)."""

from __future__ import annotations

from collections.abc import Iterator

from bondesk.areas.goods.consolidation_map import ConsolidationMap
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.notes.source_document import SourceLine
from bondesk.base.facts import Facts
from bondesk.base.formal_copy import DRAFT

#: States in which customs has not seen the note.
_UNSENT = ("DRAFT", "AUDITED", "SENDING", "REJECTED")


def unsent_note_of(row: ConsolidationMap, facts: Facts) -> str:
    """Return the number of an unsent note whose goods went through ``row``, "" when there is none."""
    notes = list(_notes(row, facts))
    if not notes:
        return ""
    drawn = {line.id for line in facts.find(SourceLine, part_no=row.part_no)}
    for note in notes:
        for line in note.lines:
            if line.part_no == row.part_no or any(one.source_line_id in drawn for one in line.sources):
                return note.internal_no
    return ""


def _notes(row: ConsolidationMap, facts: Facts) -> Iterator[BondedNote]:
    for state in _UNSENT:
        for note in facts.find(BondedNote, copy=DRAFT, state=state):
            if note.goods_flag == row.goods_flag and row.record_no in ("", note.record_no):
                yield note
