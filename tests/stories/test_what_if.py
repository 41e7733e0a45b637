"""假设分析 and 差异归因 on the sample factory: exact, explained, and not a byte written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bondesk import demo
from bondesk.app import open_engine
from bondesk.areas.accounts.book_model import Account
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.verification.assuming import assume
from bondesk.areas.verification.attributing import made_of
from bondesk.areas.verification.reckoning import Basis, reckon
from bondesk.base.errors import Refused
from bondesk.base.options import read_options
from bondesk.base.reports import ReportTable
from bondesk.engine import reporting
from bondesk.engine.act import Act
from bondesk.engine.engine import Engine
from bondesk.engine.posting import post_document
from bondesk.ledger.overlay import Overlay
from builders.homes import declared_home, identity_of
from builders.office import dump_hash

D = Decimal
FIRST, SECOND = "2024-02-22", "2024-04-07"
BOOK = "E52042300A01"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The factory with every note declared and posted."""
    return declared_home(tmp_path_factory.mktemp("what_if"))


@pytest.fixture(scope="module")
def engine(home: Any) -> Iterator[Engine]:
    opened = open_engine(home)
    yield opened
    opened.store.dispose()


def report(act: Act, key: str, **options: str) -> ReportTable:
    declared = act.catalogue.report(key)
    return reporting.run_at_once(act, declared, read_options(declared.options, options))


def rows(act: Act, key: str, **options: str) -> dict[str, dict[str, Any]]:
    columns = [column.key for column in act.catalogue.report(key).columns]
    return {one.key: dict(zip(columns, one.values, strict=True)) for one in report(act, key, **options).rows}


def explained(act: Act, key: str, row: str, column: str, **options: str) -> str:
    declared = act.catalogue.report(key)
    return reporting.explain(act, declared, read_options(declared.options, options), row, column).as_text()


def test_nothing_is_written(engine: Engine, home: Any) -> None:
    before = dump_hash(home)
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        every = {"kind1": "DRAFTS", "kind2": "PRINTED", "kind3": "CUTOFF", "text3": "2024-02-10"}
        report(act, "what_if", day=FIRST, kind4="STOCKTAKE", text4=SECOND, stacked="1", **every)
        report(act, "shortage_attribution", day=FIRST)
        explained(act, "what_if", "13", "delta3", day=FIRST, **every)
        assert not (act.session.new or act.session.dirty or act.session.deleted)
    assert dump_hash(home) == before


def test_an_empty_overlay_is_the_real_result(engine: Engine) -> None:
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        book = act.facts.one(Account, copy="approved", record_no=BOOK)
        assert book is not None
        for day in (FIRST, SECOND):
            basis = Basis(BOOK, date.fromisoformat(day), transit=True, direct=True, domestic=True)
            real, seen = reckon(act, book, basis), assume(act, book, basis, Overlay(), "D")
            assert seen.reckoned.rows == real.rows
            assert seen.reckoned.fingerprint == real.fingerprint
        assert {one["delta1"] for one in rows(act, "what_if", day=FIRST).values()} == {D(0)}  # there are no drafts


def test_the_printed_formula_gives_figure_7(engine: Engine) -> None:
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        found = rows(act, "what_if", day=FIRST, figure="A", kind1="PRINTED")["1"]
        assert found["delta1"] == D("1043.31858") - D("1052.17182")
        told = explained(act, "what_if", "1", "delta1", day=FIRST, figure="A", kind1="PRINTED")
        assert "出口耗用量 = 1052.17182" in told
        assert "出口耗用量 = 1043.31858" in told


def test_every_formula_of_the_reports_can_be_assumed(engine: Engine) -> None:
    """账册结存 under an assumed formula = 账册料件进出口状况表 asked by it; the two switches one on the other are both."""
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        every = {"kind1": "PRINTED", "kind2": "STRICT", "kind3": "MANUAL"}
        strict = False
        for day in (FIRST, SECOND):
            found = rows(act, "what_if", day=day, figure="A", **every)
            for place, formula in enumerate(("PRINTED", "STRICT", "MANUAL"), 1):
                asked = rows(act, "material_status", date_to=day, formula=formula)
                assert {key: row[f"value{place}"] for key, row in found.items()} == {
                    key: row["balance"] for key, row in asked.items()
                }
            assert any(row["delta1"] for row in found.values()) is (day == FIRST)  # out and in again by the second
            strict |= any(row["delta2"] for row in found.values())
            stacked = rows(act, "what_if", day=day, figure="A", stacked="1", kind1="STRICT", kind2="PRINTED")
            both = {key: row["value3"] for key, row in found.items()}
            assert {key: row["value2"] for key, row in stacked.items()} == both
        assert strict
        told = report(act, "what_if", day=FIRST, figure="A", **every).findings
        assert [one.code for one in told] == ["WHAT-01"] * 3
        assert "只计手册列出的监管方式" in told[2].text


def test_scenarios_stand_alone_or_on_each_other(engine: Engine) -> None:
    options = {"day": FIRST, "figure": "A", "kind1": "PRINTED", "kind2": "CUTOFF", "text2": "2024-02-10"}
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        alone, stacked = rows(act, "what_if", **options)["1"], rows(act, "what_if", **options, stacked="1")["1"]
        assert alone["value1"] == stacked["value1"]
        assert alone["value2"] == rows(act, "what_if", day="2024-02-10", figure="A")["1"]["base"]
        # the products came back on 2024-02-20, after the other cut-off: printed or not is the same there
        assert stacked["value2"] == alone["value2"]


def test_a_note_left_out_takes_its_quantity_with_it(engine: Engine) -> None:
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        chosen = next(
            one
            for one in act.facts.find(BondedNote, supervision_mode="0654", ie_flag="I", partner="T01")
            if one.declared_on and str(one.declared_on) <= FIRST
        )
        mine = sum(line.dcl_qty for line in chosen.lines if line.item_no == 13)
        number = chosen.internal_no
        found = rows(act, "what_if", day=FIRST, figure="A", kind1="WITHOUT", text1=number)["13"]
        assert (found["delta1"], mine > 0) == (-mine, True)
        # what it declared was received: with the timing gaps the difference stays
        assert rows(act, "what_if", day=FIRST, kind1="WITHOUT", text1=number)["13"]["delta1"] == D(0)


def test_drafts_count_as_declared(engine: Engine) -> None:
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        note = next(
            one
            for one in act.facts.find(BondedNote, supervision_mode="0615", ie_flag="I")
            if any(line.item_no == 24 for line in one.lines) and str(one.declared_on) <= FIRST
        )
        before = rows(act, "what_if", day=FIRST, figure="A")["24"]["base"]
        mine = sum(line.dcl_qty for line in note.lines if line.item_no == 24)
        note.state, note.writeoff_mark = "DRAFT", "0"
        act.session.flush()
        post_document(act, act.catalogue.document("bonded_note"), note)
        act.facts.forget()
        found = rows(act, "what_if", day=FIRST, figure="A", kind1="DRAFTS")["24"]
        assert (found["base"], found["value1"]) == (before - mine, before)
        split = rows(act, "shortage_attribution", day=FIRST)["24"]
        assert split["unmatched"] == mine
        act.session.rollback()


@pytest.mark.parametrize(
    ("kind", "text"),
    [("VERSION", "9=10"), ("VERSION", "7:9=77"), ("CUTOFF", "三月"), ("STOCKTAKE", ""), ("WITHOUT", ""),
     ("WITHOUT", "NOBODY")],
)  # fmt: skip
def test_what_cannot_be_assumed_is_refused(engine: Engine, kind: str, text: str) -> None:
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        with pytest.raises(Refused) as refused:
            report(act, "what_if", day=FIRST, kind1=kind, text1=text)
        assert refused.value.findings[0].code == "OPT-02"
        assert refused.value.findings[0].text.startswith("方案一：")


@pytest.mark.parametrize("day", [FIRST, SECOND])
@pytest.mark.parametrize("start", ["GROSS", "D"])
def test_the_bars_sum_to_the_difference(engine: Engine, day: str, start: str) -> None:
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        bars = act.catalogue.report("shortage_attribution").bars
        assert bars is not None
        table = rows(act, "shortage_attribution", day=day, start=start)
        assert len(table) == 32
        for one in table.values():
            assert sum(one[key] for key in bars.parts) == one[bars.total]
            if start == "D":
                assert one["total"] == one["difference"]


def test_the_timing_of_item_13(engine: Engine) -> None:
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        found = rows(act, "shortage_attribution", day=FIRST)["13"]
        assert (found["total"], found["timing"]) == (D("-1180.04004"), D("-1095.25798"))
        assert (found["outsourced"], found["unexplained"]) == (D("-28.89940"), D("-55.88266"))
        assert (found["main"], found["difference"]) == ("时间差", D("-55.88266"))
        told = explained(act, "shortage_attribution", "13", "timing", day=FIRST)
        assert "C 结转差额 = 1095.25798" in told


def test_another_bom_of_the_same_version_is_the_consumption_version(engine: Engine) -> None:
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        book = act.facts.one(Account, copy="approved", record_no=BOOK)
        assert book is not None
        row = next(
            one for one in book.consumptions if (one.product_no, one.uc_version, one.material_no) == (5, "1", 13)
        )
        made = next(one for one in made_of(act, book).of((5, "1")) if one.material_no == 13)
        assert (made.unit_consumption, made.bonded) == (row.unit_consumption, row.bonded)  # filed as it is made
        row.unit_consumption = D("1.5")
        split = rows(act, "shortage_attribution", day=FIRST)["13"]
        assert split["version"] != 0
        assert split["unexplained"] == D("-55.88266")  # what is left is what was left before
        act.session.rollback()
