"""The sample company's expected figures (data/README of the shared material), to the last digit."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bondesk import demo
from bondesk.app import open_engine
from bondesk.areas.goods.bom import Bom
from bondesk.areas.goods.unit_consumption import UnitConsumption
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.notes.source_document import SourceDocument
from bondesk.base.errors import Refused
from bondesk.base.explanation import Explanation
from bondesk.base.numbers import plain
from bondesk.base.options import read_options
from bondesk.engine import records, reporting
from bondesk.engine.checking import run_checks
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.posting import rebuild_balances
from builders.homes import audited, copied_home, declared, generated, identity_of, note_ids, read, run_script


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    """The sample company with its BOMs rolled up."""
    return open_engine(copied_home(tmp_path))


def balances(engine: Engine, day: str) -> dict[str, dict[str, Decimal]]:
    """Return report 1 as of a date by item."""
    report = engine.catalogue.report("material_status")
    with engine.acting(SYSTEM) as act:
        table = reporting.run_at_once(act, report, read_options(report.options, {"date_to": day}))
    keys = [column.key for column in report.columns]
    return {row.key: dict(zip(keys, row.values, strict=True)) for row in table.rows}


def test_figure_1_conversion_and_merge(engine: Engine) -> None:
    (note_id,) = generated(engine, "IM2401001", merge="ITEM")
    with engine.acting(SYSTEM) as act:
        note = records.load(act, engine.catalogue.document("bonded_note"), note_id)
        line = next(line for line in note.lines if line.item_no == 1)
        figures = (line.dcl_qty, line.legal_qty1, line.legal_qty2, line.total, line.price)
        assert [plain(figure) for figure in figures] == ["794", "2.4004", "794", "646261", "813.9307"]
        assert (line.currency, len(line.sources), line.part_no) == ("JPY", 3, "CAP0402-104K")


def test_figure_2_smallest_number(engine: Engine) -> None:
    ids = generated(engine, "IM2401003")
    with engine.acting(SYSTEM) as act:
        document = engine.catalogue.document("bonded_note")
        notes = [records.load(act, document, note_id) for note_id in ids]
        assert [len(note.lines) for note in notes] == [50, 10]
        raised = {
            (number, line.line_no): (plain(line.dcl_qty), plain(line.legal_qty1), plain(line.legal_qty2 or Decimal(0)))
            for number, note in enumerate(notes)
            for line in note.lines
            if line.adjusted_min
        }
        assert raised == {(1, 7): ("0.00001", "0.00001", "0.002"), (1, 8): ("1", "0.035", "0")}


def test_figure_4_filed_versions(engine: Engine) -> None:
    filed = dict(read(engine, Bom, lambda bom: (f"{bom.product_part_no} {bom.bom_version}", bom.filed_version)))
    assert (filed["SPK-M20 V2"], filed["ADP-65W-EU V1"]) == ("1", "1")
    assert (filed["TWS-A1 V3"], filed["RT-MB V3"], filed["RT-MB V4"]) == ("3", "11", "11")
    created = read(engine, UnitConsumption, lambda one: (one.product_no, one.uc_version))
    assert sorted(created) == [(4, "3"), (7, "11")]
    again = run_script(engine, identity_of(engine, demo.ACCOUNT), "generate_unit_consumption", {"merge": "1"})
    assert "新增单损耗版本 0 个" in again.text


def test_figure_4_without_the_tick(engine: Engine) -> None:
    outcome = run_script(engine, identity_of(engine, demo.ACCOUNT), "generate_unit_consumption", {"merge": "0"})
    assert "新增单损耗版本 15 个" in outcome.text


@pytest.mark.parametrize(("merge", "lines"), [("NONE", 627), ("ITEM", 510)])
def test_figure_5_notes_and_declaration_lines(engine: Engine, merge: str, lines: int) -> None:
    outcome = run_script(engine, identity_of(engine, demo.ACCOUNT), "generate_notes", {"merge": merge})
    assert outcome.text == f"已生成核注清单 145 份，表体 {lines} 项，将合并为报关单商品 478 项"


def test_figures_6_and_7_balances_explained_down_to_the_workbook(tmp_path: Path) -> None:
    home = copied_home(tmp_path, "empty")
    said: list[str] = []
    demo.run_headless(type(home)(tmp_path / "demo"), None, said.append)
    engine = open_engine(type(home)(tmp_path / "demo"))
    first, second = balances(engine, "2024-02-22"), balances(engine, "2024-04-07")
    assert plain(first["13"]["in_out"]) == "11600"
    assert plain(first["13"]["consumed"]) == "4268.72795"
    assert plain(first["13"]["balance"]) == "7331.27205"
    assert [plain(first["24"][key]) for key in ("in_out", "consumed", "balance")] == [
        "2750",
        "1371.42727",
        "1378.57273",
    ]
    assert plain(second["24"]["balance"]) == "1375.44816"
    assert plain(first["1"]["consumed"]) == "1043.31858"
    assert first["13"]["reserved"] == 0
    period = balances_between(engine, "2024-02-23", "2024-04-07")["24"]
    shown = [plain(period[key]) for key in ("opening", "in_out", "consumed", "balance")]
    assert shown == ["1378.57273", "2350", "2353.12457", "1375.44816"]
    _explained(engine)
    with engine.acting(SYSTEM) as act:
        assert run_checks(act) == []
        assert rebuild_balances(act) == []
    assert set(read(engine, SourceDocument, lambda d: all(line.used_qty == line.quantity for line in d.lines))) == {
        True
    }
    with pytest.raises(Refused, match="没有符合条件"):
        run_script(engine, identity_of(engine, demo.ACCOUNT), "generate_notes", {})


def balances_between(engine: Engine, begin: str, end: str) -> dict[str, dict[str, Decimal]]:
    """Return report 1 of a period by item."""
    report = engine.catalogue.report("material_status")
    with engine.acting(SYSTEM) as act:
        options = read_options(report.options, {"date_from": begin, "date_to": end})
        table = reporting.run_at_once(act, report, options)
    keys = [column.key for column in report.columns]
    return {row.key: dict(zip(keys, row.values, strict=True)) for row in table.rows}


def _leaves(explanation: Explanation) -> list[Explanation]:
    if not explanation.parts:
        return [explanation]
    return [leaf for part in explanation.parts for leaf in _leaves(part)]


def _explained(engine: Engine) -> None:
    """Every posting under the balance of item 13 ends in a workbook cell, and the parts sum to the value."""
    report = engine.catalogue.report("material_status")
    options = read_options(report.options, {"date_to": "2024-02-22"})
    with engine.acting(SYSTEM) as act:
        tree = reporting.explain(act, report, options, "13", "balance")
    opening, in_out, consumed = (Decimal(part.value.split()[0]) for part in tree.parts)
    assert opening + in_out - consumed == Decimal(tree.value.split()[0]) == Decimal("7331.27205")
    exact = sum(Decimal(part.value) for part in tree.parts[2].parts)
    assert exact == consumed
    cells = [leaf for leaf in _leaves(tree) if leaf.title.startswith("工作簿")]
    assert len(cells) > 10
    assert any(leaf.title.endswith("H44") and leaf.value == "260.0" for leaf in cells)
    ledger = engine.catalogue.report("item_ledger")
    with engine.acting(SYSTEM) as act:
        options = read_options(ledger.options, {"item_no": "13", "date_to": "2024-02-22"})
        rows = reporting.run_at_once(act, ledger, options).rows
    assert plain(rows[-1].values[-1]) == "7331.27205"


def test_deleting_a_draft_releases_what_it_used(engine: Engine) -> None:
    (note_id,) = generated(engine, "IM2401001")
    used = read(engine, SourceDocument, lambda d: [line.used_qty for line in d.lines], document_no="IM2401001")[0]
    assert all(used)
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        records.delete(act, engine.catalogue.document("bonded_note"), note_id)
    free = read(engine, SourceDocument, lambda d: [line.used_qty for line in d.lines], document_no="IM2401001")[0]
    assert set(free) == {Decimal(0)}
    assert note_ids(engine) == []
    assert len(generated(engine, "IM2401001")) == 1


def test_the_creator_may_not_audit(engine: Engine) -> None:
    (note_id,) = generated(engine, "IM2401001")
    with (
        pytest.raises(Refused) as refused,
        engine.acting(identity_of(engine, demo.ACCOUNT)) as act,
    ):
        records.move(act, engine.catalogue.document("bonded_note"), note_id, "audit")
    assert refused.value.findings[0].code == "AUD-01"
    audited(engine, [note_id])
    assert read(engine, BondedNote, lambda note: note.state) == ["AUDITED"]


def test_the_note_comes_back_with_its_numbers(engine: Engine) -> None:
    (note_id,) = generated(engine, "IM2401001")
    declared(engine, [note_id])
    ((state, mark, bond, seq, entry, mode),) = read(
        engine,
        BondedNote,
        lambda n: (n.state, n.writeoff_mark, n.bond_no, n.seq_no, n.declaration_no, n.writeoff_mode),
    )
    assert (state, mark, mode) == ("APPROVED", "2", "D")
    assert bond == "QD520424I000000001"
    assert (len(seq), len(entry)) == (18, 18)
