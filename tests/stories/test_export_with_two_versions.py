"""Bonded export of one product in two versions of its consumption: note, customs, declaration, ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from bondesk.adapters.rehearsal import RehearsalCustoms
from bondesk.areas.accounts.book_model import Account, AccountConsumption
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.base.explanation import Explanation
from bondesk.base.numbers import half_up
from bondesk.base.options import read_options
from bondesk.base.steps import Choose, Step, play, proposed_answer
from bondesk.engine import records, reporting, scripts
from bondesk.engine.engine import SYSTEM
from builders.office import Office

#: 1,600 adapters of 2024-03, 200 made by the old list of parts and 1,400 by the new one; earphones alike.
DOCUMENT = "EX2403014"


@pytest.fixture
def exported(office_at: Callable[..., Office], factory_template: object) -> tuple[Office, BondedNote]:
    """The document's note, made, audited, sent, approved and deducted."""
    office = office_at(factory_template, rehearsal=True)
    (number,) = office.notes(DOCUMENT)
    office.audit([number])
    office.order([number])
    office.hand_over()
    RehearsalCustoms(office.client.parent).answer()
    office.receive()
    note = office.note(number)
    assert (note.ie_flag, note.goods_flag, note.state) == ("E", "E", "APPROVED")
    return office, note


def test_the_note_keeps_versions_apart(exported: tuple[Office, BondedNote]) -> None:
    """The lines of a product differ in 单耗版本号 alone, and each has the quantity of its own source line."""
    office, note = exported
    adapters = {line.uc_version: line for line in note.lines if line.part_no == "ADP-65W"}
    assert {key: line.dcl_qty for key, line in adapters.items()} == {"1": 200, "2": 1400}
    assert {line.item_no for line in adapters.values()} == {1}
    with office.act() as act:
        for version, quantity in (("1", "200"), ("2", "1400")):
            story = act.trace("bonded_note", adapters[version].id)
            assert story is not None
            assert any(DOCUMENT in one.title and one.value.startswith(quantity) for one in walked(story)), version


def walked(story: Explanation) -> Iterator[Explanation]:
    """An explanation and everything under it."""
    yield story
    for part in story.parts:
        yield from walked(part)


def test_the_declaration_has_one_item_and_names_both(exported: tuple[Office, BondedNote]) -> None:
    """Customs' declaration knows no versions: the lines meet, and the item says which versions are in it."""
    office, note = exported
    script = office.engine.catalogue.script("declare_notes")

    def answer(step: Step) -> object:
        return (note.id,) if isinstance(step, Choose) else proposed_answer(step)

    with office.act() as act:
        play(scripts.start(act, script, script.options(), [note.id]), answer)
    with office.act() as act:
        declared = records.load_numbered(act, office.document("bonded_note"), note.internal_no)
        mine = [line for line in declared.lines if line.part_no == "ADP-65W"]
        numbers = {line.uc_version: line.declaration_line_no for line in mine}
        made = act.facts.one(Declaration)
        assert made is not None
        assert numbers["1"] == numbers["2"]
        item = next(one for one in made.lines if one.line_no == numbers["1"])
        assert (item.dcl_qty, item.total) == (Decimal(1600), sum(line.total for line in mine))
        assert item.net_weight == sum(line.net_weight for line in mine)
        assert item.uc_version == "1", "of the smallest 备案序号, the first line"
        assert "单耗版本不同（1、2）" in item.reason
        alone = [one for one in made.lines if len(one.note_lines) == 1]
        assert alone, "what has one version stands alone"
        assert all("单耗版本不同" not in one.reason for one in alone)


def test_the_ledger_consumes_by_each_version(exported: tuple[Office, BondedNote]) -> None:
    """成品耗用 of every material is the quantity of every line times the bonded part of the 单耗 filed for its version."""
    office, note = exported
    with office.act(SYSTEM) as act:
        book = act.facts.one(Account, copy="approved", record_no=note.record_no)
        assert book is not None
        filed = act.facts.find(AccountConsumption, header_id=book.id)
        consumption = {
            (one.product_no, one.uc_version, one.material_no): (one.unit_consumption or 0) * one.bonded / 100
            for one in filed
        }
        report = office.engine.catalogue.report("material_status")
        table = reporting.run_at_once(act, report, read_options(report.options, {}))
    used = {row.values[1]: row.values[[c.key for c in report.columns].index("consumed")] for row in table.rows}
    wanted: dict[int, Decimal] = {}
    for line in note.lines:
        for (product, version, material), each in consumption.items():
            if (product, version) == (line.item_no, line.uc_version):
                wanted[material] = wanted.get(material, Decimal(0)) + line.dcl_qty * each
    assert {key: half_up(value, 5) for key, value in wanted.items()} == {
        key: abs(value) for key, value in used.items() if value
    }
    differing = {
        material
        for (product, version, material), each in consumption.items()
        if product == 1 and version == "1" and consumption.get((1, "2", material)) != each
    }
    assert differing, "the versions consume differently, or this would prove nothing"
