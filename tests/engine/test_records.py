"""Saving, deleting, copying and moving documents: who may, in which state, against whom (handbook 0.4)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bondesk.areas.codes.partner import Partner
from bondesk.areas.setup.company import Company
from bondesk.base.errors import Refused
from bondesk.base.identity import Identity
from bondesk.engine import records
from bondesk.engine.drafts import Draft, LineDraft
from bondesk.engine.engine import SYSTEM
from builders.office import Office


def codes(act: Callable[[], Any]) -> set[str]:
    """Run an act that must be refused; return the codes it was refused with."""
    with pytest.raises(Refused) as refusal:
        act()
    return {finding.code for finding in refusal.value.findings}


def saved(office: Office, key: str, draft: Draft, who: Identity | None = None) -> int:
    """Store a draft."""
    with office.act(who) as act:
        return records.save(act, office.document(key), draft)


def opened(office: Office, key: str, document_id: int, who: Identity | None = None) -> Draft:
    """Open a stored document."""
    with office.act(who) as act:
        return records.open_draft(act, office.document(key), document_id)


def partner(office: Office, code: str = "K1") -> int:
    """Store one partner."""
    with office.act() as act:
        draft = records.blank(act, office.document("partner"))
        draft.head |= {"code": code, "name": "客户一", "partner_type": "C"}
        return records.save(act, office.document("partner"), draft)


def parameter(office: Office, **values: bool) -> None:
    """Set enterprise parameters."""
    with office.act(SYSTEM) as act:
        company = act.facts.one(Company)
        assert company is not None
        for key, value in values.items():
            setattr(company, key, value)


def moved(office: Office, number: str, key: str, who: Identity | None = None) -> str:
    """Order a move of a note and return its state."""
    document = office.document("bonded_note")
    with office.act(who) as act:
        header = records.load_numbered(act, document, number)
        records.move(act, document, header.id, key)
        return str(header.state)


def test_a_newer_revision_is_not_overwritten(codes_office: Office) -> None:
    """CONFLICT for the one who saves second; the first save stands."""
    key = partner(codes_office)
    mine, theirs = opened(codes_office, "partner", key), opened(codes_office, "partner", key, codes_office.auditor)
    theirs.head["name"] = "先保存"
    saved(codes_office, "partner", theirs, codes_office.auditor)
    mine.head["name"] = "后保存"
    assert codes(lambda: saved(codes_office, "partner", mine)) == {"CONFLICT"}
    assert opened(codes_office, "partner", key).head["name"] == "先保存"


def test_two_at_the_same_moment(codes_office: Office) -> None:
    """The database lets one of two through that both read the same revision."""
    key = partner(codes_office)

    def both() -> None:
        with codes_office.act() as first:
            one = records.load(first, codes_office.document("partner"), key)
            with codes_office.act(codes_office.auditor) as second:
                other = records.load(second, codes_office.document("partner"), key)
                other.name = "先提交"
            one.name = "后提交"

    assert codes(both) == {"CONFLICT"}
    assert opened(codes_office, "partner", key).head["name"] == "先提交"


def test_changed_lines_alone_raise_the_revision(masters_office: Office) -> None:
    """A document is one thing: who changed only a line conflicts too."""
    with masters_office.act() as act:
        key = act.facts.find(masters_office.document("bom").header)[0].id
    mine, theirs = opened(masters_office, "bom", key), opened(masters_office, "bom", key)
    theirs.lines["lines"][0].values["net"] += 1
    mine.lines["lines"][1].values["net"] += 1
    saved(masters_office, "bom", theirs)
    assert codes(lambda: saved(masters_office, "bom", mine)) == {"CONFLICT"}
    assert opened(masters_office, "bom", key).revision == 2


def test_lines_are_added_changed_and_taken_out(masters_office: Office) -> None:
    """What the grid holds is what is stored, line ids kept."""
    with masters_office.act() as act:
        key = act.facts.find(masters_office.document("bom").header)[0].id
    draft = opened(masters_office, "bom", key)
    lines = draft.lines["lines"]
    kept = [line.id for line in lines[1:]]
    fresh = LineDraft({**lines[0].values, "net": Decimal("0.5")})
    draft.lines["lines"] = [*lines[1:], fresh]
    saved(masters_office, "bom", draft)
    after = opened(masters_office, "bom", key).lines["lines"]
    assert sorted(line.id or 0 for line in after if line.id in kept) == sorted(one or 0 for one in kept)
    assert [line.values["net"] for line in after if line.id not in kept] == [Decimal("0.5")]


def test_masters_are_refused_with_errors(codes_office: Office) -> None:
    """A master without its mandatory fields is not stored."""
    with codes_office.act() as act:
        draft = records.blank(act, codes_office.document("partner"))
    assert codes(lambda: saved(codes_office, "partner", draft)) == {"REQ-01"}
    with codes_office.act() as act:
        assert act.facts.find(Partner) == []


def test_unfinished_notes_are_kept_but_not_audited(masters_office: Office) -> None:
    """A draft may be saved with holes; auditing names them all and changes nothing."""
    with masters_office.act() as act:
        draft = records.blank(act, masters_office.document("bonded_note"))
    draft.head["internal_no"] = "HAND-1"
    saved(masters_office, "bonded_note", draft)
    found = codes(lambda: moved(masters_office, "HAND-1", "audit", masters_office.auditor))
    assert "NOTE-04" in found
    assert masters_office.note("HAND-1").state == "DRAFT"


def test_number_twice_is_refused(codes_office: Office) -> None:
    """A business number names one document: new or renamed, a clear sentence, and nothing stored."""
    partner(codes_office, "K1")
    assert codes(lambda: partner(codes_office, "K1")) == {"IMP-08"}
    other = opened(codes_office, "partner", partner(codes_office, "K2"))
    other.head["code"] = "K1"
    assert codes(lambda: saved(codes_office, "partner", other)) == {"IMP-08"}
    other.head["code"] = "K3"
    saved(codes_office, "partner", other)
    with codes_office.act() as act:
        assert len(act.facts.find(Partner, code="K1")) == 1


def test_delete(codes_office: Office) -> None:
    """A deleted document is gone, and says so when opened again."""
    key = partner(codes_office)
    with codes_office.act() as act:
        records.delete(act, codes_office.document("partner"), key)
    assert codes(lambda: opened(codes_office, "partner", key)) == {"GONE"}


def test_copy(factory_office: Office) -> None:
    """A copy has the user's values, none of customs', and is a new draft."""
    (number,) = factory_office.notes("IM2401001")
    note = factory_office.note(number)
    with factory_office.act(SYSTEM) as act:
        stored = records.load(act, factory_office.document("bonded_note"), note.id)
        stored.bond_no, stored.seq_no, stored.state = "QD1", "S1", "APPROVED"
    with factory_office.act() as act:
        copy = records.copy_draft(act, factory_office.document("bonded_note"), note.id)
    assert (copy.id, copy.state, copy.head.get("bond_no"), copy.head.get("seq_no")) == (None, "DRAFT", None, None)
    assert copy.head["record_no"] == note.record_no
    assert copy.head["internal_no"] == ""
    assert [line.values["dcl_qty"] for line in copy.lines["lines"]] == [line.dcl_qty for line in note.lines]
    copy.head["internal_no"] = "COPY-1"
    saved(factory_office, "bonded_note", copy)
    fresh = factory_office.note("COPY-1")
    assert (fresh.state, fresh.writeoff_mark, len(fresh.lines)) == ("DRAFT", "0", len(note.lines))
    assert not any(line.sources for line in fresh.lines)


def test_a_copy_does_not_claim_the_workbook_of_its_original(factory_office: Office) -> None:
    """What was imported names its cell; the copy of it names none, neither head nor lines."""
    document = factory_office.document("source_document")
    with factory_office.act() as act:
        source = records.load_numbered(act, document, "IM2401001")
        assert act.cell(source.lines[0], "quantity") is not None
        copy = records.copy_draft(act, document, source.id)
        copy.head["document_no"] = "COPY-1"
        key = records.save(act, document, copy)
    with factory_office.act() as act:
        fresh = records.load(act, document, key)
        assert len(fresh.lines) > 0
        assert [act.cell(line, "quantity") for line in fresh.lines] == [None] * len(fresh.lines)
        assert fresh.origin_run is None


#: moves in order → state after each ("!code" = refused)
WALKS = [
    ("audit unaudit audit", "AUDITED DRAFT AUDITED"),
    ("audit audit", "AUDITED !FLOW-01"),
    ("unaudit", "!FLOW-01"),
    ("audit void", "AUDITED !FLOW-01"),
    ("void audit", "VOID !FLOW-01"),
    ("send", "!FLOW-02"),
    ("fly", "!FLOW-02"),
]


@pytest.mark.parametrize(("moves", "wanted"), WALKS)
def test_moves(factory_office: Office, moves: str, wanted: str) -> None:
    """The flow allows what it says and nothing else."""
    (number,) = factory_office.notes("IM2401001")
    seen = []
    for key in moves.split():
        try:
            seen.append(moved(factory_office, number, key, factory_office.auditor))
        except Refused as refusal:
            seen.append("!" + refusal.findings[0].code)
    assert " ".join(seen) == wanted


@pytest.mark.parametrize("state", ["AUDITED", "SENDING", "SENT", "ACCEPTED", "APPROVED", "VOID"])
def test_closed_states_are_neither_edited_nor_deleted(factory_office: Office, state: str) -> None:
    """FLOW-01 outside draft and rejected."""
    (number,) = factory_office.notes("IM2401001")
    document = factory_office.document("bonded_note")
    note = factory_office.note(number)
    with factory_office.act(SYSTEM) as act:
        records.load(act, document, note.id).state = state
    draft = opened(factory_office, "bonded_note", note.id)
    assert codes(lambda: saved(factory_office, "bonded_note", draft)) == {"FLOW-01"}

    def remove() -> None:
        with factory_office.act() as act:
            records.delete(act, document, note.id)

    assert codes(remove) == {"FLOW-01"}


def test_reviewer_is_neither_creator_nor_last_editor(factory_office: Office) -> None:
    """AUD-01 with the parameter on; without it anybody granted audits."""
    (number,) = factory_office.notes("IM2401001")
    parameter(factory_office, reviewer_not_creator=True)
    assert codes(lambda: moved(factory_office, number, "audit")) == {"AUD-01"}
    saved(
        factory_office,
        "bonded_note",
        opened(factory_office, "bonded_note", factory_office.note(number).id, factory_office.auditor),
        factory_office.auditor,
    )
    assert codes(lambda: moved(factory_office, number, "audit", factory_office.auditor)) == {"AUD-01"}
    parameter(factory_office, reviewer_not_creator=False)
    assert moved(factory_office, number, "audit") == "AUDITED"
    assert factory_office.note(number).audited_by == factory_office.clerk.user_id


def test_only_the_creator_edits(factory_office: Office) -> None:
    """AUTH-02 with the parameter on, for flowing documents only."""
    (number,) = factory_office.notes("IM2401001")
    parameter(factory_office, creator_only_edit=True)
    note_id = factory_office.note(number).id
    auditor = factory_office.auditor
    draft = opened(factory_office, "bonded_note", note_id, auditor)
    assert codes(lambda: saved(factory_office, "bonded_note", draft, auditor)) == {"AUTH-02"}
    saved(factory_office, "bonded_note", draft)
    with factory_office.act(auditor) as act:
        one = act.facts.find(Partner)[0].id
    saved(factory_office, "partner", opened(factory_office, "partner", one, auditor), auditor)


def test_program_written_records_are_closed(codes_office: Office) -> None:
    """The operation log cannot be edited by anybody, not even an administrator."""
    partner(codes_office)
    log = codes_office.document("operation_log")
    with codes_office.act() as act:
        entry = act.facts.find(log.header)[0]
    assert codes(lambda: saved(codes_office, "operation_log", opened(codes_office, "operation_log", entry.id))) == {
        "FLOW-01"
    }


def test_voided_note_releases_its_sources(factory_office: Office) -> None:
    """作废 gives the source quantities back like deletion."""
    (number,) = factory_office.notes("IM2401001")
    moved(factory_office, number, "void")
    assert len(factory_office.notes("IM2401001")) == 1


def test_an_act_that_fails_leaves_nothing(codes_office: Office) -> None:
    """Leaving the block by an exception rolls everything back."""
    with pytest.raises(ZeroDivisionError), codes_office.act() as act:
        draft = records.blank(act, codes_office.document("partner"))
        draft.head |= {"code": "K9", "name": "一", "partner_type": "C"}
        records.save(act, codes_office.document("partner"), draft)
        _ = 1 / 0
    with codes_office.act() as act:
        assert act.facts.find(Partner) == []


def test_another_company_sees_nothing(codes_office: Office) -> None:
    """Rows of one company are not found by another's acts, not even by id."""
    key = partner(codes_office)
    other = replace(codes_office.engine, company_id=2)
    with other.acting(SYSTEM) as act:
        assert act.facts.find(Partner) == []
        assert codes(lambda: records.load(act, codes_office.document("partner"), key)) == {"GONE"}
