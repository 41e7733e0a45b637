"""舍入台账 on days before a deletion: a line that gave its source lines back is not one that was typed by hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.notes.note_changing import DELETE, MODIFY, approve, start
from bondesk.base.change import Mark
from bondesk.base.options import read_options
from bondesk.engine import records, reporting
from bondesk.engine.drafts import LineDraft
from bondesk.engine.engine import SYSTEM
from builders.office import Office

KEY = "bonded_note"


def on(office: Office, day: int) -> None:
    """Let it be an evening of May."""
    office.engine = replace(office.engine, clock=lambda: datetime(2024, 5, day, 18))


def rows(office: Office, known: str = "") -> list[tuple[int, str, Decimal]]:
    """Return number, nature and residue of every line the report lists."""
    with office.act(SYSTEM) as act:
        report = act.catalogue.report("rounding_ledger")
        table = reporting.run_at_once(act, report, read_options(report.options, {"per_line": "1", "known_on": known}))
        voucher, nature, residue = (report.column_place(name) for name in ("voucher", "nature", "residue"))
        return [
            (int(row.values[voucher].rpartition("/")[2]), row.values[nature], row.values[residue]) for row in table.rows
        ]


def natures(office: Office, known: str = "") -> dict[int, str]:
    return {number: nature for number, nature, _residue in rows(office, known)}


def changed(office: Office, note_id: int, kind: str, struck: set[int]) -> None:
    """Have customs agree to a change that strikes lines out, or to the deletion."""
    with office.act(SYSTEM) as act:
        note = act.session.get_one(BondedNote, (act.company_id, note_id))
        change = start(note, kind, act)
        for line in change.lines:
            if line.line_no in struck:
                line.row_mark = Mark.STRUCK.value
        act.session.flush()
        approve(change, date(2024, 5, 8), act)
        act.session.flush()
        act.post(KEY, [note_id])


def test_lines_struck_out_and_notes_deleted(factory_office: Office) -> None:
    office, document = factory_office, factory_office.document(KEY)
    on(office, 6)
    (number,) = office.notes("IM2401001", merge="NONE")
    note = office.note(number)
    generated = [line.line_no for line in note.lines]
    typed = generated[-1] + 1
    with office.act() as act:
        draft = records.open_draft(act, document, note.id)
        hidden = {"id", "line_no", "reason"}  # what copying a row leaves behind
        values = {key: value for key, value in draft.lines["lines"][0].values.items() if key not in hidden}
        draft.lines["lines"].append(LineDraft({**values, "line_no": typed}))
        records.save(act, document, draft)
    with office.act(SYSTEM) as act:
        stored = act.session.get_one(BondedNote, (act.company_id, note.id))
        stored.state, stored.writeoff_mark, stored.bond_no, stored.seq_no = "APPROVED", "2", "QD1", "1"
        act.session.flush()
        act.post(KEY, [note.id])
    first = natures(office)
    assert first == {**dict.fromkeys(generated, "舍入"), typed: "无来源"}

    on(office, 8)
    last = generated[-1]
    changed(office, note.id, MODIFY, {last, typed})
    assert natures(office) == dict.fromkeys(generated[:-1], "舍入")
    assert natures(office, "2024-05-06") == {**first, last: "来源已退回"}
    assert [residue for number, _nature, residue in rows(office, "2024-05-06") if number in (last, typed)] == [0, 0]

    on(office, 10)
    changed(office, note.id, DELETE, set())
    assert rows(office) == []
    assert Counter(natures(office, "2024-05-08").values()) == {"来源已退回": len(generated) - 1}
    assert natures(office, "2024-05-06") == {**dict.fromkeys(generated, "来源已退回"), typed: "无来源"}
