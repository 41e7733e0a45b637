"""生成核注清单 from real documents: partial use, recipes, turning options in the preview, what became of any two lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from bondesk.areas.notes.bonded_note_model import NoteLineSource
from bondesk.areas.notes.note_options import GenerateNotes, Turned
from bondesk.areas.notes.note_recipe import NoteRecipe
from bondesk.areas.notes.source_document import SourceDocument, SourceLine
from bondesk.base.errors import Refused
from bondesk.base.findings import errors_in
from bondesk.base.options import read_options
from bondesk.base.steps import Amounts, Choose, Outcome, Preview, Step, play, proposed_answer
from bondesk.engine import records, scripts
from bondesk.engine.engine import SYSTEM
from builders.office import Office

Answer = Callable[[Step], Any]


def generate(office: Office, options: Mapping[str, str], answer: Answer = proposed_answer) -> Outcome:
    """Run the wizard in an act of its own."""
    with office.act() as act:
        script = office.engine.catalogue.script("generate_notes")
        return play(scripts.start(act, script, read_options(GenerateNotes, options)), answer)


def taking(**amounts: str) -> Answer:
    """Take only the lines named by part number, so much of each."""

    def answer(step: Step) -> Any:
        if not isinstance(step, Amounts):
            return proposed_answer(step)
        parts = {row[1]: row_id for row, row_id in zip(step.table.rows, step.ids, strict=True)}
        return {parts[part.replace("_", "-")]: Decimal(amount) for part, amount in amounts.items()}

    return answer


def lines_of(office: Office, number: str) -> list[SourceLine]:
    """Read the lines of a source document."""
    with office.act(SYSTEM) as act:
        found = act.session.scalars(select(SourceDocument).where(SourceDocument.document_no == number)).one()
        return list(found.lines)


def links_of(office: Office, line: SourceLine) -> list[NoteLineSource]:
    """Read what notes took of one line."""
    with office.act(SYSTEM) as act:
        statement = select(NoteLineSource).where(NoteLineSource.source_line_id == line.id)
        return list(act.session.scalars(statement.order_by(NoteLineSource.id)))


def delete_note(office: Office, note_id: int) -> None:
    """Delete a draft as its clerk."""
    with office.act() as act:
        document = office.document("bonded_note")
        records.delete(act, document, note_id)


def test_a_line_used_in_three_parts_adds_up_and_then_shows_no_more(factory_office: Office) -> None:
    line = lines_of(factory_office, "IM2401001")[0]
    third = (line.quantity / 3).quantize(Decimal(1))
    made = []
    for _ in range(2):
        outcome = generate(
            factory_office, {"document_no": "IM2401001"}, taking(**{line.part_no.replace("-", "_"): str(third)})
        )
        made += outcome.changed["bonded_note"]
    delete_note(factory_office, made[0])
    assert lines_of(factory_office, "IM2401001")[0].used_qty == third
    generate(factory_office, {"document_no": "IM2401001"})
    taken = links_of(factory_office, line)
    assert len(taken) == 2
    assert sum(one.quantity for one in taken) == line.quantity
    whole = line.total if line.total is not None else None
    if whole is not None:
        assert sum((one.total or Decimal(0) for one in taken), Decimal(0)) == whole
    with pytest.raises(Refused, match="尚有未生成数量"):
        generate(factory_office, {"document_no": "IM2401001"})


def test_more_than_is_left_is_refused_with_the_line(factory_office: Office) -> None:
    line = lines_of(factory_office, "IM2401001")[0]
    too_much = {line.part_no.replace("-", "_"): str(line.quantity + 1)}
    with pytest.raises(Refused) as refusal:
        generate(factory_office, {"document_no": "IM2401001"}, taking(**too_much))
    (finding,) = refusal.value.findings
    assert finding.code == "DEC-08"
    assert finding.text.startswith(f"IM2401001/{line.line_no}：生成数量")
    assert all(not one.used_qty for one in lines_of(factory_office, "IM2401001"))


def test_used_up_documents_are_not_offered(factory_office: Office) -> None:
    generate(factory_office, {"document_no": "IM2401001"})
    offered: list[str] = []

    def answer(step: Step) -> Any:
        if isinstance(step, Choose):
            offered.extend(row[0] for row in step.table.rows)
        return False if isinstance(step, Preview) else proposed_answer(step)

    generate(factory_office, {"ie_flag": "I"}, answer)
    assert offered and "IM2401001" not in offered


class Turning:
    """Turns options in the preview, one after the other, and keeps every preview seen."""

    def __init__(self, *turns: Callable[[Turned], Turned]) -> None:
        self.turns, self.seen = list(turns), []  # type: ignore[var-annotated]

    def __call__(self, step: Step) -> Any:
        if not isinstance(step, Preview):
            return proposed_answer(step)
        self.seen.append(step)
        return self.turns.pop(0)(step.options) if self.turns else True


def test_options_turned_in_the_preview_decide_what_is_made(factory_office: Office) -> None:
    turning = Turning(
        lambda one: replace(one, merge="ITEM", by_document=False, by_partner=False, by_currency=False),
        lambda one: replace(one, note_max_lines=0),
        lambda one: replace(one, note_max_lines=1),
    )
    outcome = generate(factory_office, {"ie_flag": "I", "date_by_document": "1"}, turning)
    first, merged, refused, chunked = turning.seen
    assert len(merged.tables[1].rows) <= len(first.tables[1].rows)
    assert [one.code for one in errors_in(refused.findings)] == ["RCP-01"]
    assert refused.options.note_max_lines == 999, "an impossible limit is not taken up"
    assert all(row[6] == 1 for row in chunked.tables[0].rows)
    assert not errors_in(chunked.findings)
    assert len(outcome.changed["bonded_note"]) == len(chunked.tables[0].rows)


def test_of_any_two_lines_the_preview_says_why(factory_office: Office) -> None:
    turning = Turning(lambda one: replace(one, merge="ITEM"), lambda one: replace(one, note_max_lines=1))
    generate(factory_office, {"ie_flag": "I"}, turning)
    apart, together, chunked = (step.pairs for step in turning.seen)
    for pairs in (apart, together, chunked):
        rows = pairs.table.rows
        for first in range(min(len(rows), 12)):
            for second in range(first, min(len(rows), 12)):
                said = pairs.why(first, second)
                same_note = rows[first][7] == rows[second][7]
                same_line = same_note and rows[first][8] == rows[second][8]
                assert said.startswith(f"单据 {rows[first][0]} 第 {rows[first][1]} 行在第 {rows[first][7]} 份清单")
                if not same_note:
                    assert "不在同一份清单：" in said
                elif not same_line:
                    assert "各成一行" in said or "不能并为一行" in said


def test_options_are_kept_as_the_partners_recipe_and_taken_up_next_time(factory_office: Office) -> None:
    turning = Turning(lambda one: replace(one, merge="ITEM", by_invoice=True, keep_as="按项合并"))
    outcome = generate(factory_office, {"document_no": "IM2401001"}, turning)
    partner = turning.seen[0].tables[0].rows[0][4]
    assert f"已存为拆单方案「按项合并」（{partner}）" in outcome.text
    with factory_office.act(SYSTEM) as act:
        (kept,) = act.facts.find(NoteRecipe)
        assert (kept.partner, kept.ie_flag, kept.usual, kept.merge, kept.by_invoice) == (
            partner,
            "I",
            True,
            "ITEM",
            True,
        )
    for note_id in outcome.changed["bonded_note"]:
        delete_note(factory_office, note_id)

    by_itself = Turning()
    generate(factory_office, {"document_no": "IM2401001", "order": "ITEM"}, by_itself)
    (step,) = by_itself.seen
    assert (step.options.recipe, step.options.merge, step.options.by_invoice) == ("按项合并", "ITEM", True)
    assert step.options.order == "ITEM", "what the user changed on the first page wins over the recipe"
    assert step.title.startswith(f"{partner}（方案「按项合并」）：")


def test_partners_with_different_recipes_are_previewed_apart(factory_office: Office) -> None:
    with factory_office.act() as act:
        partners = sorted({one.partner for one in act.facts.find(SourceDocument, ie_flag="I")})
        assert len(partners) > 1
        act.session.add(
            NoteRecipe(name="甲", partner=partners[0], ie_flag="I", usual=True, merge="ITEM", order="SOURCE")
        )
        act.session.flush()
    turning = Turning()
    generate(factory_office, {"ie_flag": "I"}, turning)
    by_partner = {step.options.recipe: {row[4] for row in step.tables[0].rows} for step in turning.seen}
    assert by_partner["甲"] == {partners[0]}
    assert partners[0] not in by_partner[""]
    without = Turning(lambda one: replace(one, recipe="甲"))
    with pytest.raises(Refused, match="没有拆单方案"):
        generate(factory_office, {"recipe": "乙"}, without)


def test_two_recipes_cannot_both_apply_by_themselves(factory_office: Office) -> None:
    document = factory_office.document("note_recipe")
    for name, refused in (("甲", False), ("乙", True)):
        with factory_office.act() as act:
            draft = records.blank(act, document)
            draft.head |= {"name": name, "ie_flag": "I"}
            if refused:
                with pytest.raises(Refused) as refusal:
                    records.save(act, document, draft)
                assert [one.code for one in errors_in(refusal.value.findings)] == ["RCP-02"]
            else:
                records.save(act, document, draft)
