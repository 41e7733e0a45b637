"""The reports on books agree with each other to the last digit, on the factory and on books counted by declarations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bondesk import demo
from bondesk.app import open_engine
from bondesk.areas.accounts.book_model import Account
from bondesk.areas.codes.partner import Partner
from bondesk.areas.goods.consolidation_map import ConsolidationMap
from bondesk.areas.goods.part import Part
from bondesk.areas.stock.held import rolled_stock
from bondesk.areas.stock.item_level import ItemLevel, by_material
from bondesk.areas.verification.verification_model import AccountVerification
from bondesk.base.errors import Refused
from bondesk.base.explanation import Explanation
from bondesk.base.options import read_options
from bondesk.engine import reporting
from bondesk.engine.act import Act
from bondesk.engine.engine import Engine
from builders.homes import declared_home, identity_of, run_script

D = Decimal
FIRST, SECOND = date(2024, 2, 22), date(2024, 4, 7)
DAYS = (date(2024, 1, 31), FIRST, SECOND)
Rows = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The factory with every note declared and posted; nothing here writes to it."""
    opened = open_engine(declared_home(tmp_path_factory.mktemp("book-reports")))
    yield opened
    opened.store.dispose()


@pytest.fixture(scope="module")
def act(engine: Engine) -> Iterator[Act]:
    """One act that only reads."""
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as opened:
        yield opened
        opened.session.rollback()


def rows(act: Act, key: str, **options: object) -> Rows:
    declared = act.catalogue.report(key)
    given = {name: str(value) for name, value in options.items()}
    table = reporting.run_at_once(act, declared, read_options(declared.options, given))
    keys = [column.key for column in declared.columns]
    return {row.key: dict(zip(keys, row.values, strict=True)) for row in table.rows}


def codes(act: Act, key: str, **options: object) -> list[str]:
    declared = act.catalogue.report(key)
    given = {name: str(value) for name, value in options.items()}
    found = reporting.run_at_once(act, declared, read_options(declared.options, given)).findings
    return [one.code for one in found]


def explained(act: Act, key: str, row: str, column: str, **options: object) -> Explanation:
    declared = act.catalogue.report(key)
    given = {name: str(value) for name, value in options.items()}
    return reporting.explain(act, declared, read_options(declared.options, given), row, column)


@pytest.mark.parametrize("day", DAYS)
def test_balances_agree(act: Act, day: date) -> None:
    """Report 1 balance = report 7 = the last row of report 8."""
    status, balance = rows(act, "material_status", date_to=day), rows(act, "material_balance", day=day)
    last: dict[str, Decimal] = {}
    for key, row in rows(act, "item_ledger", date_to=day).items():
        last[key.partition("#")[0]] = row["balance"]
    assert {key: row["balance"] for key, row in status.items()} == {key: row["balance"] for key, row in balance.items()}
    assert {key: row["balance"] for key, row in status.items() if row["in_out"] or row["consumed"]} == last
    for row in balance.values():
        assert row["opening"] + row["moved_in"] - row["moved_out"] - row["consumed"] == row["balance"]
    assert status["13"]["balance"] != 0


def test_a_period_opens_where_the_one_before_closed(act: Act) -> None:
    before = rows(act, "material_balance", day=FIRST)
    after = rows(act, "material_balance", day=SECOND, date_from="2024-02-23")
    assert {key: row["opening"] for key, row in after.items()} == {key: row["balance"] for key, row in before.items()}


def test_the_verified_balance_is_the_reported_one(engine: Engine, tmp_path: Any) -> None:
    """报核 expected = report 1, per cycle; report 14 shows both cycles beside each other."""
    own = open_engine(declared_home(tmp_path))
    clerk = identity_of(own, demo.ACCOUNT)
    with own.acting(clerk) as act:
        assert "RPT-40" in codes(act, "verification_summary")
    run_script(own, clerk, "new_account_verification", {})
    with own.acting(clerk) as act:
        summary, status = rows(act, "verification_summary"), rows(act, "material_status", date_to=FIRST)
        expected = {key.partition("#")[2]: row["expected"] for key, row in summary.items()}
        assert expected == {key: row["balance"] for key, row in status.items()}
        assert summary["1#13"]["before_expected"] is None
        why = explained(act, "verification_summary", "1#13", "variance")
        assert [part.title for part in why.parts] == ["＋ 实际剩余数量", "应剩余数量"]
        one = act.facts.one(AccountVerification, times=1)
        assert one is not None
        one.state = "APPROVED"
    run_script(own, clerk, "new_account_verification", {})
    with own.acting(clerk) as act:
        summary = rows(act, "verification_summary", item_no=13)
        two, one_before = summary["2#13"], summary["1#13"]
        assert two["before_expected"] == one_before["expected"] == D("7331.27205")
        assert two["change_expected"] == two["expected"] - one_before["expected"]
        assert two["opening"] == one_before["balance"]
    own.store.dispose()


@pytest.mark.parametrize("day", DAYS)
def test_usage_adds_up_to_consumption(act: Act, day: date) -> None:
    """Σ report 9 usage = report 1 耗用, exactly."""
    used: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows(act, "product_usage", date_to=day).values():
        used[str(row["material_no"])] += row["usage"]
        gap = row["usage"] - row["net_part"] - row["tangible_part"] - row["intangible_part"]
        assert abs(gap) <= D("0.001") + row["exported"] * D("0.000000002")
    status = rows(act, "material_status", date_to=day)
    assert {key: row["consumed"] for key, row in status.items() if row["consumed"]} == {
        k: q for k, q in used.items() if q
    }


def test_the_journal_adds_up_to_the_columns(act: Act) -> None:
    """Σ by mode of report 5 = report 1 and 2, and its running figure ends where they do."""
    journal = rows(act, "note_journal", date_to=SECOND)
    sums: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
    last: dict[tuple[str, int], Decimal] = {}
    for row in journal.values():
        sums[row["goods"], row["item_no"]] += row["effect"] or 0
        last[row["goods"], row["item_no"]] = row["running"]
    status, products = rows(act, "material_status", date_to=SECOND), rows(act, "product_status", date_to=SECOND)
    moved = {("料件", int(key)): row["in_out"] for key, row in status.items() if row["in_out"]}
    moved |= {("成品", int(key)): row["exported"] for key, row in products.items() if row["exported"]}
    assert moved == {key: value for key, value in sums.items() if value} == {k: v for k, v in last.items() if v}
    direct: dict[int, Decimal] = defaultdict(Decimal)
    for row in journal.values():
        if row["mode"] == "0615" and row["goods"] == "料件":
            direct[row["item_no"]] += row["effect"]
    assert direct == {int(key): row["direct_import"] for key, row in status.items() if row["direct_import"]}


def test_the_columns_of_products_foot(act: Act) -> None:
    found = rows(act, "product_status")
    for row in found.values():
        kept = row["direct"] + row["transferred"] - row["returned_in"] + row["returned_out"] + row["reduced"]
        assert kept == row["exported"]
    key = next(key for key, row in found.items() if row["returned_in"])
    why = explained(act, "product_status", key, "exported")
    assert [part.title[2:] for part in why.parts] == ["直接出口", "结转出口", "退换进口", "退换复出", "减免/以产顶进"]
    money = explained(act, "product_status", key, "amount")
    assert money.value.startswith(f"{found[key]['amount']:f} ")


def test_the_closing_stock_is_the_rolling_stock(act: Act) -> None:
    """Report 18 at item level = what the 短溢表 rolls, material for material; opening + in − out = closing."""
    book = act.facts.one(Account, copy="approved", record_no="E52042300A01")
    assert book is not None
    held = rolled_stock(act, ItemLevel(act.facts, book), SECOND, FIRST)
    rolled = {key: quantity for key, quantity in by_material(held.shares["material"]).items() if quantity}
    found = rows(act, "stock_flow", level="ITEM", date_to=SECOND, opening_day=FIRST, goods_kind="I")
    assert {int(row["number"]): row["closing"] for row in found.values() if row["closing"]} == rolled
    for row in rows(act, "stock_flow", date_from="2024-02-01", date_to=SECOND).values():
        assert row["opening"] + row["total_in"] - row["total_out"] == row["closing"]


def test_parts_and_consumption_are_checked(act: Act) -> None:
    assert "RPT-13" in codes(act, "unfiled_products") or rows(act, "unfiled_products")
    filed = rows(act, "filed_consumption")
    assert len(filed) == len({(row["product_no"], row["uc_version"], row["material_no"]) for row in filed.values()})
    every = rows(act, "consumption_check", differing="0")
    assert {row["word"] for row in every.values()} <= {"一致", "不一致", "只在备案", "只在企业BOM", "没有对应的企业BOM"}
    assert all(row["own"] is None or row["own"] - row["filed"] == row["difference"] for row in every.values())


def test_unmapped_parts_are_named_and_mapped_ones_are_not(act: Act) -> None:
    """Without a book a part is unmapped when no book has it; with one, when this book has not."""
    found = rows(act, "map_check", what="UNMAPPED")
    active = {row.part_no for row in act.facts.find(ConsolidationMap) if row.active}
    assert {row["part_no"] for row in found.values()} == {
        part.part_no
        for part in act.facts.find(Part)
        if part.active and part.goods_kind in ("I", "E") and part.part_no not in active
    }
    assert {row["code"] for row in found.values()} == {"RPT-44"}
    of_book = rows(act, "map_check", what="UNMAPPED", record_no="E52042300A01")
    assert {row["part_no"] for row in found.values()} <= {row["part_no"] for row in of_book.values()}
    assert rows(act, "map_check", part_no="NO-SUCH-PART") == {}


def test_no_book_means_all_and_a_wrong_one_is_refused(act: Act) -> None:
    for key in ("product_status", "material_balance", "product_usage", "filed_consumption", "note_journal"):
        assert rows(act, key) == rows(act, key, record_no="E52042300A01")


@pytest.mark.parametrize("key", ["material_status", "product_status", "stock_flow"])
def test_partners_share_out_what_was_moved(act: Act, key: str) -> None:
    """The columns of movement add up over partners; a stock belongs to nobody, so balances are left out (RPT-47)."""
    whole = rows(act, key)
    moved = {
        "material_status": ("direct_import", "transfer_in", "exchange_in", "domestic_sale"),
        "product_status": ("direct", "transferred", "returned_in"),
        "stock_flow": ("trade_in", "transfer_in", "transfer_out"),
    }[key]
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    partners = {row["partner"] for row in rows(act, "note_journal").values()}
    partners |= {one.code for one in act.facts.find(Partner)} if key == "stock_flow" else set()
    found = {partner: rows(act, key, partner=partner) for partner in sorted(partners)}
    for mine in found.values():
        for row_key, row in mine.items():
            for column in moved:
                sums[row_key, column] += row[column]
    assert {at: sum_ for at, sum_ in sums.items() if sum_} == {
        (row_key, column): row[column] for row_key, row in whole.items() for column in moved if row[column]
    }
    row_key, column = next(at for at, value in sums.items() if value)
    giver = next(partner for partner, mine in found.items() if mine.get(row_key, {}).get(column))
    told = explained(act, key, row_key, column, partner=giver)
    assert Decimal(told.value.split()[0]) == found[giver][row_key][column]
    if key != "product_status":
        assert "RPT-47" in codes(act, key, partner=giver)
        balance = "balance" if key == "material_status" else "closing"
        assert {row[balance] for row in found[giver].values()} == {None}
        with pytest.raises(Refused):
            explained(act, key, row_key, balance, partner=giver)


def test_stock_by_type_adds_up_to_the_part(act: Act) -> None:
    whole, typed = rows(act, "stock_flow"), rows(act, "stock_flow", by_type="1")
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for key, row in typed.items():
        sums[key.rpartition("#")[0]] += row["total_in"] - row["total_out"]
    assert sums == {key: row["total_in"] - row["total_out"] for key, row in whole.items()}
    key, row = next(iter(typed.items()))
    code = key.rpartition("#")[2]
    assert row["stock_type"].startswith(code)
    told = explained(act, "stock_flow", key, "total_in", by_type="1")
    assert [part.title.split()[0] for part in told.parts] == [code]
    alone = rows(act, "stock_flow", stock_type=code)
    assert alone[key.rpartition("#")[0]]["total_in"] == row["total_in"]


def test_idle_rows_are_hidden_when_asked(act: Act) -> None:
    """Rows without movement and opening stand there unless the option hides them, in the ledger as in the tables."""
    every = rows(act, "item_ledger", date_from="2024-04-08")
    kept = rows(act, "item_ledger", date_from="2024-04-08", hide_idle="1")
    gone = {row["item_no"] for key, row in every.items()} - {row["item_no"] for row in kept.values()}
    status = rows(act, "material_status", date_from="2024-04-08")
    assert gone == {int(key) for key, row in status.items() if not (row["opening"] or row["in_out"] or row["consumed"])}
