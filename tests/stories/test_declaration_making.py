"""Stories of making declarations: from four approved notes, from a document used in three parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from bondesk.areas.codes.partner import Partner
from bondesk.areas.declarations.dec_receipts import settle
from bondesk.areas.declarations.declaration_heads import Heads, InspectionInformation, KeptInformation
from bondesk.areas.declarations.declaration_lines import DeclarationLineSource, DeclarationNoteLine
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.declarations.release import tell_notes
from bondesk.areas.goods.part import Part
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.notes.source_document import SourceDocument, SourceLine
from bondesk.base.errors import Refused
from bondesk.base.head_template import HeadTemplate, TemplateValue
from bondesk.base.identity import Identity
from bondesk.base.messages import Receipt, ReceiptHistory
from bondesk.base.options import read_options
from bondesk.base.records import new_id
from bondesk.base.steps import Amounts, Ask, Choose, Outcome, Preview, Step, play, proposed_answer
from bondesk.engine import records, related, scripts
from bondesk.engine.act import Act
from bondesk.engine.drafts import Draft
from bondesk.engine.typed_document import TypedDocument
from builders.office import Office

D = Decimal
NUMBERS = ("QD530124I000000001", "QD530124I000000002", "QD530124I000000003", "QD530124I000000004")


def ran(
    office: Office,
    key: str,
    selected: Sequence[int] = (),
    answers: Mapping[str, Any] | None = None,
    seen: Callable[[Step], object] | None = None,
    **options: str,
) -> Outcome:
    """Run a wizard; ``answers`` by step key: values of an Ask, the amounts of Amounts, the ids of Choose."""

    def answer(step: Step) -> Any:
        if seen is not None:
            seen(step)
        if isinstance(step, Ask) and answers and step.key in answers:
            return replace(step.value, **answers[step.key])
        if isinstance(step, Amounts | Choose) and answers and step.key in answers:
            return answers[step.key]
        return proposed_answer(step)

    script = office.engine.catalogue.script(key)
    with office.act() as act:
        return play(scripts.start(act, script, read_options(script.options, options), selected), answer)


def declarations(office: Office, outcome: Outcome) -> list[Declaration]:
    """Read what a run made."""
    found = []
    with office.act() as act:
        for key in outcome.changed["declaration"]:
            one = records.load(act, office.document("declaration"), key)
            _ = [(line.note_lines, line.sources) for line in one.lines], one.documents
            found.append(one)
    return found


def approved(office: Office, *document_nos: str) -> list[int]:
    """Generate notes and let customs approve them; return their ids."""
    numbers = [number for one in document_nos for number in office.notes(one)][:4]
    ids = []
    with office.act() as act:
        for place, number in enumerate(numbers):
            note = records.load_numbered(act, office.document("bonded_note"), number)
            note.state, note.list_state, note.bond_no = "APPROVED", "0", NUMBERS[place]
            note.seq_no, note.declaration_seq_no = f"00000000000000011{place}", f"00000000000000022{place}"
            ids.append(note.id)
    return ids


@pytest.fixture
def four(factory_office: Office) -> tuple[Office, list[int]]:
    """An office with four approved import notes."""
    ids = approved(factory_office, "IM2401")
    assert len(ids) == 4
    return factory_office, ids


def test_four_notes_become_four_declarations(four: tuple[Office, list[int]]) -> None:
    office, ids = four
    outcome = ran(office, "declare_notes", ids)
    made = declarations(office, outcome)
    assert [one.note_no for one in made] == list(NUMBERS)
    for one, key in zip(made, ids, strict=True):
        note = office.note(key)
        assert (one.ie_flag, one.record_no, one.supervision_mode) == ("I", note.record_no, note.supervision_mode)
        assert (one.seq_no, one.note_seq_no) == (note.declaration_seq_no, note.seq_no)
        assert [(paper.document_code, paper.document_no) for paper in one.documents] == [("a", note.bond_no)]
        assert one.domestic_credit
        assert one.internal_no.startswith("I")
        for figure in ("dcl_qty", "total", "legal_qty1", "net_weight"):
            assert sum(getattr(line, figure) or 0 for line in one.lines) == sum(
                getattr(line, figure) or 0 for line in note.lines
            ), figure
        numbers = {link.note_line_id: line.line_no for line in one.lines for link in line.note_lines}
        assert {line.id: line.declaration_line_no for line in note.lines} == numbers
        for line in one.lines:
            mine = [source for source in note.lines if numbers[source.id] == line.line_no]
            assert line.item_no == min(source.item_no for source in mine)
            assert line.reason


def test_a_note_is_declared_once_and_again_when_the_draft_is_deleted(four: tuple[Office, list[int]]) -> None:
    office, ids = four
    (made,) = declarations(office, ran(office, "declare_notes", ids[:1], {"notes": ids[:1]}))
    with pytest.raises(Refused, match="已有报关单"), office.act() as act:
        script = office.engine.catalogue.script("declare_notes")
        options = read_options(script.options, {"number": NUMBERS[0]})
        play(scripts.start(act, script, options, ids[:1]))
    offered: list[Any] = []
    ran(office, "declare_notes", (), None, lambda step: offered.append(step.ids) if isinstance(step, Choose) else None)
    assert ids[0] not in offered[0]
    with office.act() as act:
        records.delete(act, office.document("declaration"), made.id)
    with office.act() as act:
        assert not act.session.scalars(
            select(DeclarationNoteLine).where(DeclarationNoteLine.note_line_id.in_([]))
        ).all()
    again = declarations(office, ran(office, "declare_notes", ids[:1], {"notes": ids[:1]}))
    assert [one.note_no for one in again] == [NUMBERS[0]]


def test_a_void_declaration_lets_its_note_go(four: tuple[Office, list[int]]) -> None:
    office, ids = four
    (made,) = declarations(office, ran(office, "declare_notes", ids[:1], {"notes": ids[:1]}))
    with office.act() as act:
        records.move(act, office.document("declaration"), made.id, "void")
    assert declarations(office, ran(office, "declare_notes", ids[:1], {"notes": ids[:1]}))


def test_what_is_not_declared_says_why(four: tuple[Office, list[int]]) -> None:
    office, ids = four
    with office.act() as act:
        for key, (field, value) in zip(
            ids, (("declaration_flag", "2"), ("state", "DRAFT"), ("bond_no", ""), ("remark", "")), strict=True
        ):
            setattr(records.load(act, office.document("bonded_note"), key), field, value)
    outcome = ran(office, "declare_notes", ids, {"notes": ids[3:]})
    assert len(outcome.changed["declaration"]) == 1
    told = " ".join(one.text for one in outcome.findings)
    assert "非报关" in told
    assert "尚未审批" in told
    assert "没有清单编号" in told


def lines_of_note(office: Office, key: int, *values: dict[str, Any]) -> None:
    """Let the first lines of a note be equal but for ``values``."""
    with office.act() as act:
        note = records.load(act, office.document("bonded_note"), key)
        first = note.lines[0]
        alike = ("hs_code", "name", "dcl_unit", "currency", "origin_country", "destination_country", "duty_mode")
        for line, own in zip(note.lines, values, strict=False):
            for field in (*alike, "legal_unit1", "legal_unit2", "part_no"):
                setattr(line, field, getattr(first, field))
            line.legal_qty2 = first.legal_qty2
            for field, value in own.items():
                setattr(line, field, value)


def longest(office: Office, ids: Sequence[int]) -> int:
    """Return the note with most lines, at least three."""
    key = max(ids, key=lambda one: len(office.note(one).lines))
    assert len(office.note(key).lines) >= 3
    return key


def test_forced_numbers_join_and_keep_apart(four: tuple[Office, list[int]]) -> None:
    office, ids = four
    key = longest(office, ids)
    lines_of_note(office, key, {"declaration_line_no": 2}, {"declaration_line_no": 1}, {"declaration_line_no": 2})
    (made,) = declarations(office, ran(office, "declare_notes", [key], {"notes": [key]}))
    note = office.note(key)
    assert [line.declaration_line_no for line in note.lines[:3]] == [2, 1, 2]
    assert len(made.lines[1].note_lines) == 2
    assert "指定为 2" in made.lines[1].reason


def test_a_forced_number_that_cannot_be_is_refused(four: tuple[Office, list[int]]) -> None:
    office, ids = four
    key = longest(office, ids)
    lines_of_note(office, key, {"declaration_line_no": 1}, {"declaration_line_no": 1, "currency": "JPY"})
    with pytest.raises(Refused, match="NOTE-09.*币制不同"):
        ran(office, "declare_notes", [key], {"notes": [key]})
    outcome = ran(office, "declare_notes", [key], {"notes": [key]}, keep_numbers="否")
    assert outcome.changed["declaration"]


def test_more_than_fifty_lines_are_refused(four: tuple[Office, list[int]]) -> None:
    office, ids = four
    with office.act() as act:
        note = records.load(act, office.document("bonded_note"), ids[0])
        first = note.lines[0]
        own = ("id", "line_no", "hs_code", "declaration_line_no")
        fields = [column.key for column in first.__table__.columns if column.key not in own]
        for number in range(len(note.lines) + 1, 60):
            values = {field: getattr(first, field) for field in fields}
            note.lines.append(type(first)(**values, id=new_id(), line_no=number, hs_code=f"85322410{number:02d}"))
    with pytest.raises(Refused, match="NOTE-10"):
        ran(office, "declare_notes", ids[:1], {"notes": ids[:1]})


def test_why_lines_met_and_why_not(four: tuple[Office, list[int]]) -> None:
    office, ids = four
    key = longest(office, ids)
    lines_of_note(office, key, {}, {}, {"currency": "JPY"})
    shown: list[Preview] = []
    ran(office, "declare_notes", [key], {"notes": [key]}, lambda s: shown.append(s) if isinstance(s, Preview) else None)
    (preview,) = shown
    goods = next(table for table in preview.tables if table.title == "商品")
    assert any("第1行、第2行合并" in row[-1] for row in goods.rows)
    apart = next(table for table in preview.tables if table.title.startswith("编码相同"))
    assert any("币制不同" in row[-1] for row in apart.rows)


def test_templates_and_what_is_typed_fill_the_head(four: tuple[Office, list[int]]) -> None:
    office, ids = four
    with office.act() as act:
        template = HeadTemplate(
            id=new_id(), document_key="declaration", name="深圳湾", ie_flag="I", supervision_mode=""
        )
        template.usual = True
        template.values = [
            TemplateValue(id=new_id(), line_no=1, field_key="transit_port", label="经停港", value="HKG000"),
            TemplateValue(id=new_id(), line_no=2, field_key="border_port", label="口岸", value="530101"),
        ]
        act.session.add(template)
    typed = {"border_port": "530201", "package_type": "22", "domestic_district": "52019", "save_as": "本次"}
    (made,) = declarations(office, ran(office, "declare_notes", ids[:1], {"notes": ids[:1], "information": typed}))
    assert (made.transit_port, made.border_port, made.package_type) == ("HKG000", "530201", "22")
    assert {line.domestic_district for line in made.lines} == {"52019"}
    with office.act() as act:
        kept = act.facts.one(HeadTemplate, document_key="declaration", name="本次")
        assert kept is not None
        values = {one.field_key: one.value for one in kept.values}
        assert (values["border_port"], values["transit_port"]) == ("530201", "HKG000")
    called = ran(office, "declare_notes", ids[1:2], {"notes": ids[1:2]}, template="本次")
    assert declarations(office, called)[0].border_port == "530201"
    with pytest.raises(Refused, match="没有名为「无此」"):
        ran(office, "declare_notes", ids[2:3], {"notes": ids[2:3]}, template="无此")


def test_fees_and_the_overseas_party_are_asked(four: tuple[Office, list[int]]) -> None:
    """报关单信息 proposes the supplier as overseas party and asks the fees; half a fee is said before anything is made."""
    office, ids = four
    chosen = {"notes": ids[:1]}
    supplier = office.note(ids[0]).partner
    with office.act() as act:
        partner = act.session.scalars(select(Partner).where(Partner.code == supplier)).one()
        partner.name = "ACME COMPONENTS LTD"
    fees = {
        "freight_mark": "3",
        "freight": D("120.5"),
        "freight_currency": "USD",
        "misc_mark": "1",
        "misc_fee": D("-1"),
    }
    asked: list[Any] = []
    outcome = ran(
        office,
        "declare_notes",
        ids[:1],
        {**chosen, "information": {**fees, "insurance": D("0.3")}},
        lambda step: asked.append(step),
    )
    information = next(step.value for step in asked if isinstance(step, Ask) and step.key == "information")
    assert information.overseas_name == "ACME COMPONENTS LTD"
    (preview,) = [step for step in asked if isinstance(step, Preview)]
    told = [finding.text for finding in preview.findings if finding.code == "DEC-04"]
    assert told == ["报关单信息：填了保费，须选保费标志（率、单价或总价）"]
    (made,) = declarations(office, outcome)
    assert {key: getattr(made, key) for key in fees} == fees
    assert (made.overseas_name, made.insurance) == ("ACME COMPONENTS LTD", D("0.3"))


def test_keeping_a_template_takes_its_right(four: tuple[Office, list[int]]) -> None:
    """Who may not make templates is not asked for a name, and cannot pass one by."""
    office, ids = four
    granted = {("declaration", "new"), ("declaration", "view"), ("bonded_note", "view"), ("bonded_note", "edit")}
    maker = Identity(office.clerk.user_id, "zhidan", "制单员", frozenset({*granted, ("declare_notes", "run")}))
    with office.act() as act:
        heads = Heads(limited(act, maker))
        asking = heads.ask([], [], "清单")
        step = next(asking)
        assert isinstance(step, Ask)
        assert not hasattr(step.value, "save_as")
        with pytest.raises(Refused, match="ACCESS-01"):
            heads.take(KeptInformation(save_as="本次", border_port="530101"), InspectionInformation())
        assert act.facts.one(HeadTemplate, document_key="declaration", name="本次") is None


def limited(act: Act, who: Identity) -> Act:
    """Let the rest of an act be somebody else's."""
    act.identity = who
    return act


def test_a_formal_declaration_cannot_be_typed_anew(factory_office: Office) -> None:
    """What only customs makes is refused by the engine too, whoever asks."""
    office = factory_office
    for key in ("declaration_formal", "bonded_note_formal", "bonded_note_change"):
        document = office.document(key)
        with pytest.raises(Refused, match="不能直接新增"), office.act() as act:
            records.save(act, document, Draft({}))


def test_the_number_customs_gave_reaches_the_note(four: tuple[Office, list[int]]) -> None:
    office, ids = four
    (made,) = declarations(office, ran(office, "declare_notes", ids[:1], {"notes": ids[:1]}))
    with office.act() as act:
        one = records.load(act, office.document("declaration"), made.id)
        answer = Receipt("DEC_RESULT", business_no="530120241000000001", result="J", at=datetime(2024, 6, 2, 9))
        assert settle(one, ReceiptHistory(), answer, act)
        assert list(tell_notes(one, act)) == []
    assert office.note(ids[0]).declaration_no == "530120241000000001"


def test_note_and_declaration_name_each_other(four: tuple[Office, list[int]]) -> None:
    office, ids = four
    (made,) = declarations(office, ran(office, "declare_notes", ids[:1], {"notes": ids[:1]}))
    with office.act() as act:
        there = related.related(act, office.document("declaration"), made.id)
        back = related.related(act, office.document("bonded_note"), ids[0])
    assert any(ids[0] == row.document_id for group in there for row in group.rows if hasattr(row, "document_id"))
    assert any(made.id == row.document_id for group in back for row in group.rows if hasattr(row, "document_id"))


# --- general trade


def trade(office: Office, number: str = "GT-1", mode: str = "0110", **line: Any) -> int:
    """Store a source document of general trade with one line of 100 pieces for 1000.00."""
    with office.act() as act:
        partner = act.session.scalars(select(Partner.code)).first()
        document = SourceDocument(
            id=new_id(), document_no=number, document_date=date(2024, 3, 1), ie_flag="I", supervision_mode=mode
        )
        document.partner = partner or ""
        values = {"part_no": "CAP0402-104K", "quantity": D(100), "total": D("1000.00"), "currency": "USD"}
        document.lines = [SourceLine(id=new_id(), line_no=1, used_qty=D(0), **{**values, **line})]
        document.lines[0].erp_unit = document.lines[0].erp_unit or ""
        act.session.add(document)
        return document.id


def line_of(office: Office, key: int) -> SourceLine:
    """Read the line of a source document."""
    with office.act() as act:
        line: SourceLine = records.load(act, office.document("source_document"), key).lines[0]
        return line


def used(office: Office, key: int) -> Decimal:
    """Return what is used of it."""
    return line_of(office, key).used_qty


def take(office: Office, key: int, quantity: str) -> Declaration:
    """Declare a part of the document's line."""
    line = line_of(office, key)
    (made,) = declarations(office, ran(office, "declare_trade", [key], {"amounts": {line.id: D(quantity)}}))
    return made


def test_a_document_used_in_three_parts(factory_office: Office) -> None:
    office = factory_office
    key = trade(office, net_weight=D("3.00001"), gross_weight=D(4))
    first, second = take(office, key, "33.3"), take(office, key, "33.3")
    assert used(office, key) == D("66.6")
    third = take(office, key, "33.4")
    parts = [one.lines[0] for one in (first, second, third)]
    assert sum(line.total for line in parts) == D("1000.00")
    assert sum(line.net_weight for line in parts) == D("3.00001")
    assert sum(link.quantity for line in parts for link in line.sources) == D(100)
    assert (first.supervision_mode, first.ie_flag, first.record_no, first.note_no) == ("0110", "I", "", "")
    assert first.lines[0].dcl_qty == D("0.0333")
    with pytest.raises(Refused, match="没有符合条件"):
        ran(office, "declare_trade", [key])
    with office.act() as act:
        records.delete(act, office.document("declaration"), second.id)
    assert used(office, key) == D("66.7")
    with pytest.raises(Refused, match="DEC-08"):
        take(office, key, "33.4")
    again = take(office, key, "33.3")
    assert again.lines[0].total == second.lines[0].total
    with office.act() as act:
        records.move(act, office.document("declaration"), third.id, "void")
    assert used(office, key) == D("66.6")
    with office.act() as act:
        links = act.session.scalars(select(DeclarationLineSource)).all()
        assert sum(link.quantity for link in links) == used(office, key)


def test_what_is_overdrawn_is_said_while_typing(factory_office: Office) -> None:
    """DEC-08 needs the links of the stored line, which the typed one does not carry."""
    office = factory_office
    key = trade(office)
    made, document = take(office, key, "40"), office.document("declaration")
    with office.act() as act:
        draft = records.open_draft(act, document, made.id)
        assert "DEC-08" not in {one.code for one in records.check(act, document, draft, TypedDocument(document))}
    with office.act() as act:
        records.load(act, office.document("source_document"), key).lines[0].quantity = D(30)
    with office.act() as act:
        found = records.check(act, document, draft, TypedDocument(document))
        (told,) = [one for one in found if one.code == "DEC-08"]
        assert "GT-1 第1行 的数量不够，超出 10" in told.text
        assert (told.table, told.line, told.field) == ("lines", 0, "dcl_qty")


def test_removing_a_line_gives_its_quantity_back(factory_office: Office) -> None:
    office = factory_office
    key = trade(office)
    made = take(office, key, "40")
    with office.act() as act:
        draft = records.open_draft(act, office.document("declaration"), made.id)
        draft.lines["lines"] = []
        records.save(act, office.document("declaration"), draft)
    assert used(office, key) == D(0)


def test_bonded_goods_are_declared_by_their_note(factory_office: Office) -> None:
    office = factory_office
    key = trade(office, mode="0615")
    with pytest.raises(Refused, match="请先用「生成核注清单」"):
        ran(office, "declare_trade", [key])
    other = trade(office, "GT-2")
    assert len(ran(office, "declare_trade", ()).changed["declaration"]) == 1
    assert used(office, other) == D(100)


def test_declarations_split_by_what_must_agree_and_hold_fifty(factory_office: Office) -> None:
    office = factory_office
    key = trade(office)
    with office.act() as act:
        document = records.load(act, office.document("source_document"), key)
        own = {"part_no": "CAP0402-104K", "quantity": D(1), "total": D(1), "erp_unit": "", "used_qty": D(0)}
        for number in range(2, 62):
            currency = "JPY" if number > 58 else "USD"
            line = SourceLine(id=new_id(), line_no=number, currency=currency, **own)
            document.lines.append(line)
    made = declarations(office, ran(office, "declare_trade", [key]))
    assert sorted((len(one.lines), one.lines[0].currency) for one in made) == [(3, "JPY"), (8, "USD"), (50, "USD")]
    assert all("清单" not in one.reason for one in made)
    with office.act() as act:
        for one in made:
            records.delete(act, office.document("declaration"), one.id)
    merged = declarations(office, ran(office, "declare_trade", [key], merge="按商品合并"))
    assert sorted(len(one.lines) for one in merged) == [1, 1]


def test_elements_become_the_specification(factory_office: Office) -> None:
    office = factory_office
    key = trade(office)
    with office.act() as act:
        part = act.facts.one(Part, part_no="CAP0402-104K")
        assert part is not None
        part.elements, part.spec = "0|3|片式|||||||", "0402"
    outcome = ran(office, "declare_trade", [key], {"amounts": {line_of(office, key).id: D(1)}})
    assert declarations(office, outcome)[0].lines[0].spec == "0|3|片式|||||||"
    assert any(one.code == "ELM-01" for one in outcome.findings)
    outcome = ran(office, "declare_trade", [key], {"amounts": {line_of(office, key).id: D(1)}}, spec_from_elements="否")
    assert declarations(office, outcome)[0].lines[0].spec == "0402"


def test_two_runs_over_the_same_note_leave_one_declaration(four: tuple[Office, list[int]]) -> None:
    """The second of two wizards open at the same time is refused when it wants to store."""
    office, ids = four
    script = office.engine.catalogue.script("declare_notes")
    options = read_options(script.options, {})

    def meanwhile(step: Step) -> Any:
        if isinstance(step, Preview):
            ran(office, "declare_notes", ids[:1], {"notes": ids[:1]})
        return ids[:1] if isinstance(step, Choose) else proposed_answer(step)

    with pytest.raises(Refused, match="已被其他用户修改"), office.act() as act:
        play(scripts.start(act, script, options, ids[:1]), meanwhile)
    with office.act() as act:
        made = act.session.scalars(select(Declaration)).all()
        assert [one.note_no for one in made] == [NUMBERS[0]]
        assert act.session.scalars(select(BondedNote.revision).where(BondedNote.id == ids[0])).one()
