"""短溢表 as a document: stored, held against the data, audited; its stocktakes are locked until a reason opens them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from bondesk import demo
from bondesk.app import open_engine
from bondesk.areas.stock.stock_model import Stocktake, StocktakeLine
from bondesk.areas.verification.shortage_model import ShortageMaterial, ShortageOverage
from bondesk.base.errors import Refused
from bondesk.engine import records
from bondesk.engine.engine import Engine
from builders.homes import declared_home, identity_of, read, run_script

D = Decimal
FIRST = date(2024, 2, 22)
OPTIONS = {"day": str(FIRST)}


@pytest.fixture
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The factory with every note declared and posted."""
    opened = open_engine(declared_home(tmp_path_factory.mktemp("shortage")))
    yield opened
    opened.store.dispose()


def made(engine: Engine, **options: str) -> int:
    outcome = run_script(engine, identity_of(engine, demo.ACCOUNT), "new_shortage_overage", {**OPTIONS, **options})
    return int(outcome.changed["shortage_overage"][0])


def moved(engine: Engine, table: int, move: str) -> None:
    with engine.acting(identity_of(engine, demo.AUDITOR)) as act:
        records.move(act, engine.catalogue.document("shortage_overage"), table, move)


def recomputed(engine: Engine, table: int) -> None:
    run_script(engine, identity_of(engine, demo.ACCOUNT), "recompute_shortage_overage", {}, selected=[table])


def refused_code(engine: Engine, table: int, move: str) -> str:
    with pytest.raises(Refused) as refused:
        moved(engine, table, move)
    return refused.value.findings[0].code


def states(engine: Engine) -> set[str]:
    return set(read(engine, Stocktake, lambda one: one.state, count_date=FIRST))


def item(engine: Engine, item_no: int) -> dict[str, object]:
    wanted = ("difference", "rate", "verdict", "price", "value", "duty_rate", "duty", "vat", "remark", "outsourced")
    rows = read(engine, ShortageMaterial, lambda one: {key: getattr(one, key) for key in wanted}, item_no=item_no)
    return dict(rows[-1])


def the_result_is_stored(engine: Engine) -> int:
    table = made(engine)
    found = item(engine, 13)
    assert (found["difference"], found["rate"], found["verdict"]) == (D("-55.88266"), D("-0.7623"), "短")
    assert (found["duty"], found["value"]) == (D(0), (D("55.88266") * D(str(found["price"]))).quantize(D("0.01")))
    number, fingerprint = read(engine, ShortageOverage, lambda one: (one.internal_no, one.fingerprint))[0]
    assert (number, len(fingerprint)) == ("DY-E52042300A01-240222", 32)
    return table


def a_duty_rate_stays_and_counts(engine: Engine, table: int) -> None:
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        lines = records.load(act, engine.catalogue.document("shortage_overage"), table).materials
        line = next(one for one in lines if one.item_no == 13)
        line.duty_rate, line.remark = D(10), "待查"
    recomputed(engine, table)
    found = item(engine, 13)
    value = D(str(found["value"]))
    assert (found["duty_rate"], found["remark"]) == (D(10), "待查")
    assert abs(D(str(found["duty"])) - value / 10) <= D("0.01")
    assert abs(D(str(found["vat"])) - value * D("1.1") * D("0.13")) <= D("0.01")


def what_changed_since_is_noticed(engine: Engine, table: int) -> None:
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        line = act.facts.find(StocktakeLine, part_no="PCB-6L-GW")[0]
        line.counted_qty = (line.counted_qty or D(0)) + 1
    assert refused_code(engine, table, "audit") == "SHO-06"
    recomputed(engine, table)
    assert item(engine, 13)["difference"] == D("-54.88266")
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        records.load(act, engine.catalogue.document("shortage_overage"), table).tolerance = D("0.6")
    assert refused_code(engine, table, "audit") == "SHO-06"  # another choice is another result
    recomputed(engine, table)


def auditing_locks_the_stocktakes_and_unauditing_frees_them(engine: Engine, table: int) -> None:
    moved(engine, table, "audit")
    assert states(engine) == {"LOCKED"}
    moved(engine, table, "unaudit")
    assert states(engine) == {"CONFIRMED"}
    first, other = made(engine), made(engine, outsourced="0")
    assert item(engine, 13)["outsourced"] == D(0)
    moved(engine, first, "audit")
    moved(engine, other, "audit")
    moved(engine, first, "unaudit")
    assert states(engine) == {"LOCKED"}  # the other one holds them still


def a_recount_needs_a_reason(engine: Engine) -> None:
    clerk = identity_of(engine, demo.ACCOUNT)
    chosen = read(engine, Stocktake, lambda one: one.id, count_date=FIRST)
    with engine.acting(clerk) as act, pytest.raises(Refused) as held:
        records.require_editable(act, engine.catalogue.document("stocktake"), act.facts.one(Stocktake, id=chosen[0]))
    assert held.value.findings[0].code == "FLOW-01"
    with pytest.raises(Refused) as refused:
        run_script(engine, clerk, "unlock_stocktake", {"reason": "  "}, selected=chosen)
    assert refused.value.findings[0].code == "CNT-04"
    outcome = run_script(engine, clerk, "unlock_stocktake", {"reason": "漏盘三号货架"}, selected=chosen)
    assert "短溢表 DY-E52042300A01-240222-3 用过它们" in outcome.text
    assert states(engine) == {"CONFIRMED"}
    assert set(read(engine, Stocktake, lambda one: one.unlock_reason, count_date=FIRST)) == {"漏盘三号货架"}
    with pytest.raises(Refused) as again:
        run_script(engine, clerk, "unlock_stocktake", {"reason": "再次"}, selected=chosen)
    assert again.value.findings[0].code == "FLOW-01"


def test_from_new_to_audited_and_unlocked(engine: Engine) -> None:
    """One story: each step goes on from where the one before left the table."""
    table = the_result_is_stored(engine)
    a_duty_rate_stays_and_counts(engine, table)
    what_changed_since_is_noticed(engine, table)
    auditing_locks_the_stocktakes_and_unauditing_frees_them(engine, table)
    a_recount_needs_a_reason(engine)


def test_a_counted_part_without_bom_holds_the_table_back(engine: Engine) -> None:
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        half = next(one for one in act.facts.find(Stocktake, count_date=FIRST) if one.kind == "S")
        half.lines.append(StocktakeLine(line_no=9, part_no="PCBA-PWR", quantity=D(5), counted_qty=D(5), scope="bonded"))
    with pytest.raises(Refused) as refused:
        made(engine)
    assert [one.code for one in refused.value.findings] == ["SHO-02"]
    table = made(engine, without_unmade="1")
    moved(engine, table, "audit")


def test_a_kind_that_was_not_counted_is_asked_about(engine: Engine) -> None:
    clerk = identity_of(engine, demo.ACCOUNT)
    with engine.acting(clerk) as act:
        for one in [one for one in act.facts.find(Stocktake, count_date=FIRST) if one.kind == "S"]:
            act.session.delete(one)
    outcome = run_script(engine, clerk, "new_shortage_overage", OPTIONS)
    assert "SHO-03" in {one.code for one in outcome.findings}
    with pytest.raises(Refused) as refused:
        run_script(engine, clerk, "new_shortage_overage", {"day": "2024-03-01"})
    assert refused.value.findings[0].code == "SHO-01"
