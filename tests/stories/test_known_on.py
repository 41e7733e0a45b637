"""截至知晓日: a figure as it could be seen on the evening of a day, whatever was approved or changed since."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bondesk import demo
from bondesk.app import open_engine
from bondesk.areas.accounts.book_model import BY_DECLARATION, Account
from bondesk.areas.index import CATALOGUE
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.base.errors import Refused
from bondesk.base.options import options_of, read_options
from bondesk.base.reports import ReportTable
from bondesk.cli import main
from bondesk.engine import reporting
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.reporting import totals
from builders.homes import copied_home, declared, generated, identity_of

BOOK = "E52042300A01"
#: Reports on the ledger, whose figures are those of their day.
ON_LEDGER = (
    "material_status", "product_status", "material_balance", "item_ledger", "product_usage", "note_journal",
    "handbook_materials", "handbook_products", "shortage_table", "shortage_detail", "shortage_attribution", "what_if",
    "first_negative", "unfiled_products", "rounding_ledger",
)  # fmt: skip


def at(engine: Engine, day: int) -> Engine:
    """The program on an evening of May."""
    return replace(engine, clock=lambda: datetime(2024, 5, day, 18))


def shown(engine: Engine, key: str, **options: str) -> ReportTable:
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        declared_report = act.catalogue.report(key)
        return reporting.run_at_once(act, declared_report, read_options(declared_report.options, options))


def test_what_came_later_is_not_in_the_figure_known_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_engine(copied_home(tmp_path))
    first, second, third = at(engine, 6), at(engine, 8), at(engine, 10)
    (note_id, *_) = generated(first, "IM2401001")
    declared(first, [note_id])
    seen = {key: shown(first, key) for key in ("material_status", "item_ledger", "note_journal")}

    later = generated(second, "EX2401001")  # dated in January too: only 知晓日 keeps it out
    declared(second, list(later))
    with third.acting(SYSTEM) as act:  # and the first note is corrected on the 10th
        note = act.facts.one(BondedNote, id=note_id)
        assert note is not None
        note.lines[0].dcl_qty += 7
        act.session.flush()
        act.post("bonded_note", [note_id])

    for key, table in seen.items():
        now, then = shown(third, key), shown(third, key, known_on="2024-05-06")
        report = engine.catalogue.report(key)
        if key == "note_journal":  # the notes stand as they are now, what they did to the ledger as it was known
            place = report.column_place("effect")
            known = {row.key: row.values[place] for row in then.rows}
            assert {row.key: row.values[place] for row in table.rows} == {r.key: known[r.key] for r in table.rows}
        else:
            assert then.rows == table.rows
            assert totals(report, then) == totals(report, table)
            assert now.rows != then.rows
        assert [one.code for one in then.findings][0] == "RPT-46"

    between = {row.key: row for row in shown(third, "material_status", known_on="2024-05-08").rows}
    today = {row.key: row for row in shown(third, "material_status").rows}
    place = engine.catalogue.report("material_status").column_place("balance")
    changed = [today[key].values[place] - row.values[place] for key, row in between.items()]
    assert [one for one in changed if one] == [7]
    (key,) = (key for key, row in between.items() if today[key].values[place] != row.values[place])

    engine.store.dispose()
    asked = ["--set", "known_on=2024-05-06"]
    monkeypatch.setenv("BONDESK_PASSWORD", demo.PASSWORD)
    assert (
        main(
            [
                "--home",
                str(tmp_path / "home"),
                "--user",
                demo.ACCOUNT,
                "explain",
                "material_status",
                key,
                "balance",
                *asked,
            ]
        )
        == 0
    )
    told = capsys.readouterr().out
    kept = next(row for row in seen["material_status"].rows if row.key == key).values[place]
    assert f"账面结余 = {kept:f}" in told
    paper = tmp_path / "status.pdf"
    assert main(["--home", str(tmp_path / "home"), "--user", demo.ACCOUNT, "report", "material_status", *asked,
                 "--format", "pdf", "--out", str(paper)]) == 0  # fmt: skip
    assert paper.read_bytes().startswith(b"%PDF")


def test_every_report_on_the_ledger_has_the_option() -> None:
    found = {one.key for one in CATALOGUE.reports if "known_on" in {o.key for o in options_of(one.options)}}
    assert found == set(ON_LEDGER)


def test_declarations_of_a_past_day_are_not_known(tmp_path: Path) -> None:
    """A book that counts declarations says so instead of showing present states as past ones."""
    engine = open_engine(copied_home(tmp_path))
    with engine.acting(SYSTEM) as act:
        book = act.facts.one(Account, copy="approved", record_no=BOOK)
        assert book is not None
        book.basis = BY_DECLARATION
    found = shown(engine, "material_balance", known_on="2024-05-06")
    assert (found.rows, [one.code for one in found.findings]) == ((), ["RPT-46", "RPT-45"])
    with engine.acting(SYSTEM) as act, pytest.raises(Refused) as refusal:
        report = act.catalogue.report("material_balance")
        reporting.explain(act, report, read_options(report.options, {"known_on": "2024-05-06"}), "1", "balance")
    assert refusal.value.findings[0].code == "RPT-45"
    engine.store.dispose()
