"""短溢表 of the sample factory to figure 8 of its README: from 仓单, counts and notes alone, explained to the cell."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bondesk import demo
from bondesk.app import open_engine
from bondesk.areas.accounts.book_model import Account
from bondesk.areas.stock.held import contractor_stock
from bondesk.areas.stock.item_level import ItemLevel, by_material
from bondesk.base.errors import Refused
from bondesk.base.options import read_options
from bondesk.base.reports import ReportTable
from bondesk.engine import reporting
from bondesk.engine.act import Act
from bondesk.engine.engine import Engine
from bondesk.ledger.shortage import GAP_SIGNS
from builders.homes import declared_home, identity_of

D = Decimal
FIRST, SECOND = date(2024, 2, 22), date(2024, 4, 7)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The factory with every note declared and posted."""
    opened = open_engine(declared_home(tmp_path_factory.mktemp("shortage")))
    yield opened
    opened.store.dispose()


def report(act: Act, key: str, **options: str) -> ReportTable:
    declared = act.catalogue.report(key)
    return reporting.run_at_once(act, declared, read_options(declared.options, options))


def row(act: Act, table: ReportTable, key: str, report_key: str = "shortage_table") -> dict[str, Any]:
    columns = [column.key for column in act.catalogue.report(report_key).columns]
    return dict(zip(columns, next(one.values for one in table.rows if one.key == key), strict=True))


def explained(act: Act, key: str, row_key: str, column: str, **options: str) -> Any:
    declared = act.catalogue.report(key)
    return reporting.explain(act, declared, read_options(declared.options, options), row_key, column)


def test_figure_8(engine: Engine) -> None:
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        table = report(act, "shortage_table", day=str(FIRST))
        found = row(act, table, "13")
        assert (found["booked"], found["counted"], found["gaps"]) == (D("7331.27205"), D("6180.13141"), D("1095.25798"))
        assert (found["difference"], found["rate"], found["verdict"]) == (D("-55.88266"), D("-0.7623"), "短")
        assert (found["delivered_not_transferred"], found["received_not_transferred"]) == (D("2995.25798"), D(1900))
        assert (found["material"], found["product"], found["semi_product"]) == (
            D(4533),
            D("1010.58613"),
            D("607.64588"),
        )
        assert found["outsourced"] == D("28.89940")
        assert {"SHO-04", "SHO-05"} & {one.code for one in table.findings} == set()


def test_every_row_foots_as_shown(engine: Engine) -> None:
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        for day in (FIRST, SECOND):
            table = report(act, "shortage_table", day=str(day), transit="1", direct="1", domestic="1")
            for one in table.rows:
                found = row(act, table, one.key)
                stock = ("material", "product", "semi_product", "outsourced", "in_transit", "defective")
                assert found["counted"] == sum(found[key] for key in stock) - found["domestic"]
                assert found["gaps"] == sum(sign * found[key] for key, sign in GAP_SIGNS.items())
                assert found["booked"] == found["in_out"] - found["consumed"]
                assert found["difference"] == found["counted"] - found["booked"] + found["gaps"]


def test_figure_9_what_lies_at_the_contractor_to_the_end(engine: Engine) -> None:
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        book = act.facts.one(Account, copy="approved", record_no="E52042300A01")
        assert book is not None
        held = contractor_stock(act, ItemLevel(act.facts, book), date(2024, 12, 31))
        assert by_material(held.shares["outsourced"])[13] == D("26.53119")


def test_the_detail_adds_up_to_every_column(engine: Engine) -> None:
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        table = report(act, "shortage_detail", day=str(FIRST), item_no="13")
        sums: dict[str, Decimal] = {}
        for one in table.rows:
            found = row(act, table, one.key, "shortage_detail")
            sums[found["column"]] = sums.get(found["column"], D(0)) + found["exploded"]
        wanted = {"料件库存": D(4533), "成品库存折料": D("1010.58613"), "半成品库存折料": D("607.64588")}
        wanted |= {"外发库存折料": D("28.89940"), "已送货未转厂": D("2995.25798"), "已收货未转厂": D(1900)}
        assert sums.keys() == wanted.keys()
        assert all(abs(sums[column] - wanted[column]) <= D("0.00010") for column in wanted)
        made = next(one for one in table.rows if one.values[2] == "成品库存折料")
        told = explained(act, "shortage_detail", made.key, "exploded", day=str(FIRST)).as_text()
        assert "单耗 1.0" in told
        assert "工作簿 stocktake.xlsx" in told


def test_a_figure_is_explained_down_to_workbook_cells(engine: Engine) -> None:
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        text = explained(act, "shortage_table", "13", "difference", day=str(FIRST)).as_text()
        assert text.startswith("料件 13 差异数 D = -55.88266")
        for part in (
            "B 实际库存 = 6180.13141", "A 账册结存 = 7331.27205", "C 结转差额 = 1095.25798",
            "＋ 外发库存折料 = 28.8994", "－ 已收货未转厂 = 1900", "TC1 成品 7 版本 9", "B206-2401001",
            "工作簿 stocktake.xlsx", "工作簿 stock_doc.xls", "工作簿 source_document_import.xlsx",
        ):  # fmt: skip
            assert part in text, part
        price = explained(act, "shortage_table", "13", "value", day=str(FIRST))
        assert price.parts[0].parts


def test_rolling_stock_stands_in_for_the_count(engine: Engine) -> None:
    """From the count of the first day on, the 仓单 lead to the second day; without a day before, from nothing."""
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        options = {"day": str(FIRST), "source": "STOCK", "opening_day": str(FIRST), "outsourced": "0"}
        rolled, counted = (
            report(act, "shortage_table", **{**options, "source": source}) for source in ("STOCK", "STOCKTAKE")
        )
        for key in ("13", "24"):
            one, other = row(act, rolled, key), row(act, counted, key)
            assert one["material"] == other["material"] + other["defective"]
            assert (one["product"], one["semi_product"]) == (other["product"], other["semi_product"])
        later = row(act, report(act, "shortage_table", **{**options, "day": str(SECOND)}), "24")
        assert later["product"] == D("123.13418")  # the finished goods were counted as booked


def test_a_day_without_a_count_is_refused(engine: Engine) -> None:
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        with pytest.raises(Refused) as refused:
            report(act, "shortage_table", day="2024-03-01")
        assert refused.value.findings[0].code == "SHO-01"
