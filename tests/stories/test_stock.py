"""仓单 and 盘点 of the sample factory: taken in as they are, counted to the figures of its README."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from bondesk import demo
from bondesk.app import open_engine
from bondesk.areas.accounts.book_model import Account
from bondesk.areas.stock.counting import counts_on
from bondesk.areas.stock.item_level import ItemLevel, Lot, by_material
from bondesk.areas.stock.rolling import Moved, first_below
from bondesk.areas.stock.stock_left import opening, others
from bondesk.areas.stock.stock_model import StockDocument, StockLine, Stocktake, StocktakeLine
from bondesk.base.steps import play
from bondesk.engine.act import Act
from bondesk.engine.importing import import_steps
from builders.homes import FACTORY_BAD, copied_home, identity_of, needs_shared

D = Decimal


class Undone(Exception):
    """Ends an act so that nothing of it is kept."""


FIRST, SECOND = date(2024, 2, 22), date(2024, 4, 7)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    opened = open_engine(copied_home(tmp_path_factory.mktemp("stock")))
    yield opened
    opened.store.dispose()


def book_of(act: Act) -> Account:
    book = act.facts.one(Account, copy="approved", record_no="E52042300A01")
    assert book is not None
    return book


def test_the_workbooks_are_taken_in_whole(engine) -> None:  # type: ignore[no-untyped-def]
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        documents = act.session.scalar(select(func.count()).select_from(StockDocument))
        lines = act.session.scalars(select(StockLine)).all()
        counted = act.session.scalar(select(func.count()).select_from(StocktakeLine))
        assert (documents, len(lines), counted) == (328, 1948, 217)
        assert len({line.doc_type for line in lines}) == 41
        assert all(line.stock_change is not None and abs(line.stock_change) > 0 for line in lines)
        scopes = Counter(line.scope for line in lines if line.doc_type[:4] in {"A115", "A116", "B212", "B213"})
        assert set(scopes) == {"third_party"}
        kinds = Counter(one.kind for one in act.facts.find(StockDocument))
        assert set(kinds) == {"I+", "I-", "E+", "E-", "S+", "S-"}
        assert len(act.facts.find(Stocktake)) == 9


def test_tv20_a_gain_raises_and_a_loss_lowers_the_stock(engine) -> None:  # type: ignore[no-untyped-def]
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        moved = act.session.scalars(select(StockLine).where(StockLine.doc_type.in_(("A119", "B216")))).all()
        assert moved
        assert all(line.stock_change == line.quantity for line in moved)
        lost = act.session.scalars(select(StockLine).where(StockLine.doc_type.in_(("A120", "B217")))).all()
        assert lost
        assert all(line.stock_change == -line.quantity for line in lost)


@pytest.mark.parametrize(
    ("day", "item", "raw", "products", "semis"),
    [
        (FIRST, 13, "4533", "1010.58613", "607.64588"),
        (FIRST, 24, "1066.5", "184.08926", "0"),
        (SECOND, 24, "863.25", "123.13418", "0"),
    ],
)
def test_figure_6_counted_stock(engine, day: date, item: int, raw: str, products: str, semis: str) -> None:  # type: ignore[no-untyped-def]
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        counts = counts_on(act.facts, book_of(act), day)
        figures = [counts.figures(kind).get(item, D(0)) for kind in "IES"]
        assert figures == [D(raw), D(products), D(semis)]


def test_a_part_without_bom_is_named_and_nothing_is_lost(engine) -> None:  # type: ignore[no-untyped-def]
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        level = ItemLevel(act.facts, book_of(act))
        shares, findings = level.explode(
            [Lot("S", "PCBA-PWR", "", D(5)), Lot("S", "PCBA-GW", "", D(35)), Lot("I", "SCRAP-ABS", "", D(1))]
        )
        assert [(one.code, one.text.split("，")[0]) for one in findings] == [
            ("CNT-01", "料号 PCBA-PWR 没有可展开的 BOM"),
            ("STK-04", "料号 SCRAP-ABS 未归并"),
        ]
        assert by_material(shares)[13] == D("35.21127")  # figure 11
        assert by_material(shares)[1] == D("2.14286")


def test_an_unmapped_part_is_stored_with_a_warning(engine) -> None:  # type: ignore[no-untyped-def]
    path = needs_shared(FACTORY_BAD / "stock_doc_unmapped_part.xlsx")
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        outcome = play(import_steps(act, engine.catalogue.document("stock_doc"), path))
        assert [(one.code, one.place.row if one.place else 0) for one in outcome.findings] == [("STK-04", 3)]
        assert "料号未归并, 不计入项号级结果" in outcome.findings[0].text


def test_stk_07_more_issued_than_there_is(engine) -> None:  # type: ignore[no-untyped-def]
    """After the last document of the factory all that is left of a part is issued, and one piece more."""
    document = engine.catalogue.document("stock_doc")
    with pytest.raises(Undone), engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        part_no = act.session.scalars(select(StockLine.part_no).where(StockLine.doc_type == "A117").limit(1)).one()
        found = opening(part_no, act.facts)
        assert found is not None
        day, counted = found
        left = counted + sum(one.change for one in others(part_no, 0, act.facts) if one.day > day)
        head = StockDocument(company_id=1, document_no="X1", document_date=date(2024, 5, 1))
        head.lines = [StockLine(company_id=1, line_no=1, doc_type="A117", part_no=part_no, quantity=left + 1)]
        document.derive(head, act.facts)
        act.session.add(head)
        act.session.flush()
        act.facts.forget()
        (below,) = [one for one in document.rules[-1](head, act.facts) if one.code == "STK-07"]
        assert (below.line, below.table) == (0, "lines")
        assert "（仓单 X1）库存为负 -1" in below.text
        head.lines[0].quantity = left
        document.derive(head, act.facts)
        assert list(document.rules[-1](head, act.facts)) == []
        raise Undone


def test_within_a_day_receipts_come_first() -> None:
    day = date(2024, 3, 1)
    issued, received = Moved(day, D(-5), "出"), Moved(day, D(3), "入")
    assert first_below(FIRST, D(2), [issued, received]) is None
    below = first_below(FIRST, D(1), [received, issued])
    assert below is not None
    assert (below.moved, below.left) == (issued, D(-1))
    assert first_below(day, D(0), [issued]) is None  # the count of that day has it
