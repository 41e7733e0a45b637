"""首次倒挂雷达 and 报核差异分析表 on the sample factory, down to documents and cells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bondesk import demo
from bondesk.app import open_engine
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.base.errors import Refused
from bondesk.base.options import read_options
from bondesk.base.reports import ReportTable
from bondesk.engine import reporting
from bondesk.engine.act import Act
from bondesk.engine.engine import Engine
from bondesk.engine.posting import post_document
from builders.homes import declared_home, identity_of, run_script

D = Decimal


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The factory with every note declared and posted, and its first 报核."""
    opened = open_engine(declared_home(tmp_path_factory.mktemp("radar")))
    run_script(opened, identity_of(opened, demo.ACCOUNT), "new_account_verification", {})
    yield opened
    opened.store.dispose()


def report(act: Act, key: str, **options: str) -> ReportTable:
    declared = act.catalogue.report(key)
    return reporting.run_at_once(act, declared, read_options(declared.options, options))


def row(act: Act, table: ReportTable, key: str, report_key: str) -> dict[str, Any]:
    columns = [column.key for column in act.catalogue.report(report_key).columns]
    return dict(zip(columns, next(one.values for one in table.rows if one.key == key), strict=True))


def explained(act: Act, key: str, row_key: str, column: str, **options: str) -> str:
    declared = act.catalogue.report(key)
    return reporting.explain(act, declared, read_options(declared.options, options), row_key, column).as_text()


def late_imports(act: Act, item_no: int) -> list[BondedNote]:
    """Move every import of a material to the end of the quarter, as drafts."""
    moved = [
        one
        for one in act.facts.find(BondedNote, ie_flag="I", goods_flag="I", supervision_mode="0654")
        if any(line.item_no == item_no for line in one.lines)
    ]
    for one in moved:
        one.declared_on, one.state, one.writeoff_mark = date(2024, 4, 30), "DRAFT", "0"
        act.session.flush()
        post_document(act, act.catalogue.document("bonded_note"), one)
    act.facts.forget()
    return moved


def test_goods_used_before_they_were_declared(engine: Engine) -> None:
    """Item 14 was received by transfer from January on and declared on 2024-02-03; exports ran ahead of that."""
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        table = report(act, "first_negative")
        assert [one.key for one in table.rows] == ["14"]
        found = row(act, table, "14", "first_negative")
        assert (found["day"], found["balance"]) == (date(2024, 1, 27), D("-2567.79057"))
        assert (found["forward"], found["reduce_product"]) == ("I2402030001", None)
        told = "把 I2402030001 提前到 2024-01-27 或以前；或到当日为止各清单共少用料件 2567.79057"
        assert found["advice"] == told  # more than the document that crossed 0 takes itself
        table = report(act, "first_negative", since="2024-03-01")
        assert (table.rows[0].values[4], table.rows[0].values[10]) == (date(2024, 3, 2), date(2024, 3, 3))
        table = report(act, "first_negative", since="2024-04-30")
        assert table.rows == ()
        assert [one.code for one in table.findings] == ["RPT-13"]


def test_late_imports_are_seen_with_the_export_that_runs_dry(engine: Engine) -> None:
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        moved = late_imports(act, 13)
        table = report(act, "first_negative")
        found = row(act, table, "13", "first_negative")
        exports = [one for one in act.facts.find(BondedNote, ie_flag="E", goods_flag="E") if one.declared_on]
        dates = sorted(one.declared_on for one in exports if any(line.item_no in (5, 6, 7) for line in one.lines))
        assert found["day"] == dates[0] == found["document_day"]
        assert found["balance"] < 0 < found["reduce"] == -found["balance"]
        assert found["move_to"] is None  # other exports run dry as well before the imports come
        assert set(found["forward"].split("、")) & {one.internal_no for one in moved}
        assert "推迟" not in found["advice"]
        assert f"提前到 {found['day']}" in found["advice"]
        opened = next(one.opens for one in table.rows if one.key == "13")
        cause = act.facts.one(BondedNote, id=opened[1])
        assert opened[0] == "bonded_note"
        assert cause is not None
        assert cause.internal_no == found["document_no"]
        told = explained(act, "first_negative", "13", "balance")
        assert "（引起倒挂）" in told
        assert "工作簿 source_document_export.xlsx" in told
        assert explained(act, "first_negative", "13", "effect").startswith("料件 13 该清单的影响 = -")
        # without the drafts there is no way out; from May on it is history
        alone = row(act, report(act, "first_negative", drafts="0"), "13", "first_negative")
        assert (alone["move_to"], alone["forward"]) == (None, "")
        assert "13" not in {one.key for one in report(act, "first_negative", since="2024-05-01").rows}
        act.session.rollback()


def test_no_inversion_is_no_row_to_explain(engine: Engine) -> None:
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act, pytest.raises(Refused) as refused:
        explained(act, "first_negative", "13", "balance")
    assert refused.value.findings[0].code == "RPT-11"


def test_the_variance_of_a_verification(engine: Engine) -> None:
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        table = report(act, "variance_analysis")
        assert len(table.rows) == 32
        found = row(act, table, "E52042300A01-01/13", "variance_analysis")
        assert (found["expected"], found["counted_material"]) == (D("7331.27205"), D(4533))
        assert (found["counted_product"], found["counted_semi"]) == (D("1010.58613"), D("607.64588"))
        assert found["variance"] == found["actual"] - found["expected"]
        assert found["word"] == "短少"
        assert {one.opens[0] for one in table.rows} == {"account_verification"}
        told = explained(act, "variance_analysis", "E52042300A01-01/13", "expected")
        assert "A 账册结存 = 7331.27205" in told
        told = explained(act, "variance_analysis", "E52042300A01-01/13", "counted_product")
        assert "成品库存折料 = 1010.58613" in told
        assert "工作簿 stocktake.xlsx" in told
        beyond = report(act, "variance_analysis", only_beyond="1")
        assert 0 < len(beyond.rows) < 32
        assert report(act, "variance_analysis", times="9").rows == ()
