"""Random documents through the wizard in parts, with drafts deleted in between: nothing is lost, nothing is made up."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from bondesk.areas.codes.customs_code import units_of
from bondesk.areas.codes.units import document_places
from bondesk.areas.goods.part import Part
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.notes.source_document import SourceDocument, SourceLine
from bondesk.base.steps import Amounts, Step, play, proposed_answer
from bondesk.engine import records, scripts
from bondesk.engine.engine import SYSTEM
from builders.office import Office

PARTS = ("CAP0402-104K", "DIO-SS34A", "TRA-3904", "MOS-65R190", "PCB-6L-GW", "BAT-18650", "CON-TYPEC")


def documents(chance: random.Random) -> list[SourceDocument]:
    """Make a few documents of lines that say total or price, and weights and packages or not."""
    return [
        SourceDocument(
            document_no=f"R{number}",
            document_date=date(2024, 3, number + 1),
            ie_flag="I",
            supervision_mode="0615",
            partner=chance.choice(("S03", "S02")),
            lines=[_line(chance, line) for line in range(1, chance.randint(2, 9))],
        )
        for number in range(4)
    ]


def _line(chance: random.Random, number: int) -> SourceLine:
    priced = chance.random() < 0.5
    return SourceLine(
        line_no=number,
        part_no=chance.choice(PARTS),
        quantity=Decimal(chance.randint(1, 10**6)) / chance.choice((1, 10, 1000)),
        erp_unit="PCS",
        unit_price=Decimal(chance.randint(1, 99999)) / 10000 if priced else None,
        total=None if priced else Decimal(chance.randint(1000, 10**8)) / 100,
        currency=chance.choice(("USD", "JPY")),
        country="TWN",
        net_weight=Decimal(chance.randint(1, 10**7)).scaleb(-5) if chance.random() < 0.5 else None,
        gross_weight=Decimal(chance.randint(10**7, 10**8)).scaleb(-5),
        packages=chance.randint(1, 40) if chance.random() < 0.7 else None,
        transport_mode="2",
        entry_exit_customs="5208",
        trade_partner_country="TWN",
        used_qty=Decimal(0),
    )


def run(office: Office, chance: random.Random, *, rest: bool) -> Sequence[int]:
    """Generate notes with random options, of everything that is left or of random parts of it."""

    def answer(step: Step) -> Any:
        if rest or not isinstance(step, Amounts):
            return proposed_answer(step)
        share = [(most * chance.randint(0, 100) / 100).quantize(Decimal("0.00001")) for most in step.most]
        share[0] = share[0] or step.most[0]
        return dict(zip(step.ids, share, strict=True))

    script = office.engine.catalogue.script("generate_notes")
    options = script.options(
        document_no="R",
        merge=chance.choice(("NONE", "PART", "ITEM")),
        by_document=chance.random() < 0.5,
        by_partner=chance.random() < 0.5,
        order=chance.choice(("SOURCE", "ITEM")),
        note_max_lines=chance.choice((1, 3, 999)),
    )
    with office.act() as act:
        return play(scripts.start(act, script, options), answer).changed["bonded_note"]


@pytest.mark.parametrize("seed", range(3))
def test_all_that_was_in_the_documents_is_in_the_notes(factory_office: Office, seed: int) -> None:
    chance = random.Random(seed)
    with factory_office.act() as act:
        act.session.add_all(documents(chance))
    run(factory_office, chance, rest=False)
    undone = run(factory_office, chance, rest=False)
    with factory_office.act() as act:
        for note_id in undone[::2]:
            records.delete(act, factory_office.document("bonded_note"), note_id)
    run(factory_office, chance, rest=True)

    with factory_office.act(SYSTEM) as act:
        lines = act.session.scalars(
            select(SourceLine).join(SourceDocument, SourceDocument.id == SourceLine.header_id)
            .where(SourceDocument.document_no.startswith("R"))
        ).all()  # fmt: skip
        notes = act.session.scalars(select(BondedNote)).all()
        made = [line for note in notes for line in note.lines]
        links = [link for line in made for link in line.sources]
        wholes = {
            line.id: (line.quantity * line.unit_price).quantize(Decimal("0.01"), "ROUND_HALF_UP")
            if line.total is None and line.unit_price is not None
            else line.total
            for line in lines
        }
        for line in lines:
            mine = [link for link in links if link.source_line_id == line.id]
            assert line.used_qty == line.quantity == sum(link.quantity for link in mine)
            assert sum(link.total or 0 for link in mine) == wholes[line.id]
            assert sum(link.gross_weight or 0 for link in mine) == line.gross_weight
            assert sum(link.net_weight or 0 for link in mine) == (line.net_weight or 0)
            assert sum(link.packages or 0 for link in mine) == (line.packages or 0)
        assert sum(line.total for line in made) == sum(wholes.values())  # type: ignore[arg-type]
        assert sum(line.gross_weight or 0 for line in made) == sum(line.gross_weight or 0 for line in lines)
        _rounded_once(act.facts, made)
        for note in notes:
            assert note.packages is None or note.packages >= 0


def _rounded_once(facts: Any, made: Sequence[Any]) -> None:
    """Every declared quantity is the sum of its exact parts, rounded once to the scale of its unit or raised to it."""
    units, parts = units_of(facts), facts.index(Part, Part.part_no)
    nine = Decimal("0.000000001")
    for line in made:
        exact = sum(link.dcl_share for link in line.sources)
        least = Decimal(1).scaleb(-document_places(units[line.dcl_unit]))
        if line.adjusted_min and line.dcl_qty == least:
            assert 0 < exact < least
        else:
            assert abs(line.dcl_qty - exact) <= least / 2 + nine * len(line.sources)
        for link in line.sources:
            source = facts.one(SourceLine, id=link.source_line_id)
            factor = parts[source.part_no].conv_factor
            if factor is not None and parts[source.part_no].erp_unit == source.erp_unit:
                assert abs(link.dcl_share - link.quantity * factor) <= nine
