"""Lists: one statement a page, filters and order done by the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event

from bondesk.areas.goods.part import Part
from bondesk.base.errors import WrongCall
from bondesk.engine.query import Condition, PageRow, Query, count, page
from builders.office import Office

#: part no. | name | kind | unit weight
PARTS = """
CAP_10% | 电容器 | I | 0.10000
CAP-20  | 电容器 | I |
RES-30  | 电阻器 | I | 2
BOX-40  | 音箱   | E | 10.5
"""


@pytest.fixture
def office(codes_office: Office) -> Office:
    """An office with four parts."""
    with codes_office.act() as act:
        for line in PARTS.strip().splitlines():
            number, name, kind, weight = (cell.strip() for cell in line.split("|"))
            act.session.add(
                Part(
                    part_no=number,
                    name=name,
                    goods_kind=kind,
                    erp_unit="PCS",
                    dcl_unit="007",
                    hs_code="8532241000",
                    unit_weight=Decimal(weight) if weight else None,
                )
            )
    return codes_office


@contextmanager
def statements(office: Office) -> Iterator[list[str]]:
    """Collect the SQL sent meanwhile."""
    sent: list[str] = []

    def remember(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(office.engine.store.sql, "before_cursor_execute", remember)
    try:
        yield sent
    finally:
        event.remove(office.engine.store.sql, "before_cursor_execute", remember)


def shown(office: Office, query: Query, offset: int = 0, limit: int = 100) -> list[PageRow]:
    """Read one page of parts."""
    with office.act() as act:
        return page(act, office.document("part"), query, offset, limit)


def numbers(office: Office, query: Query) -> list[str]:
    """The part numbers a query finds, and a check that the count agrees."""
    rows = shown(office, query)
    with office.act() as act:
        assert count(act, office.document("part"), query) == len(rows)
    return [str(row.values[0]) for row in rows]


FILTERS = [
    (Condition("part_no", "eq", "RES-30"), "RES-30"),
    (Condition("part_no", "ne", "RES-30"), "BOX-40 CAP-20 CAP_10%"),
    (Condition("part_no", "begins", "CAP"), "CAP-20 CAP_10%"),
    (Condition("part_no", "contains", "%"), "CAP_10%"),
    (Condition("part_no", "contains", "P_1"), "CAP_10%"),
    (Condition("part_no", "in", ["RES-30", "BOX-40", "NONE"]), "BOX-40 RES-30"),
    (Condition("unit_weight", "blank"), "CAP-20"),
    (Condition("unit_weight", "filled"), "BOX-40 CAP_10% RES-30"),
    (Condition("unit_weight", "ge", "2"), "BOX-40 RES-30"),
    (Condition("unit_weight", "gt", Decimal(2)), "BOX-40"),
    (Condition("unit_weight", "lt", "0.10001"), "CAP_10%"),
    (Condition("goods_kind", "eq", "成品"), "BOX-40"),
    (Condition("goods_kind", "eq", "E"), "BOX-40"),
]


@pytest.mark.parametrize(("condition", "wanted"), FILTERS)
def test_filters(office: Office, condition: Condition, wanted: str) -> None:
    """Texts are taken literally; numbers compare as numbers; codes by word or code."""
    assert " ".join(sorted(numbers(office, Query((condition,))))) == wanted


def test_all_conditions_must_hold(office: Office) -> None:
    """Conditions are joined by and, with the searched text too."""
    both = (Condition("name", "eq", "电容器"), Condition("unit_weight", "filled"))
    assert numbers(office, Query(both)) == ["CAP_10%"]
    assert numbers(office, Query(both, text="RES")) == []
    assert sorted(numbers(office, Query(text="电"))) == ["CAP-20", "CAP_10%", "RES-30"]
    assert numbers(office, Query(text="_10%")) == ["CAP_10%"]


@pytest.mark.parametrize(
    ("order", "wanted"),
    [
        ((("unit_weight", False),), ["CAP_10%", "RES-30", "BOX-40"]),
        ((("unit_weight", True),), ["BOX-40", "RES-30", "CAP_10%"]),
        ((("name", False), ("part_no", True)), ["CAP_10%", "RES-30", "BOX-40"]),
    ],
)
def test_order(office: Office, order: tuple[tuple[str, bool], ...], wanted: list[str]) -> None:
    """Numbers sort as numbers, not as texts."""
    found = numbers(office, Query((Condition("unit_weight", "filled"),), order=order))
    assert found == wanted


def test_newest_first_without_an_order(office: Office) -> None:
    """The list starts with what was made last."""
    assert numbers(office, Query()) == ["BOX-40", "RES-30", "CAP-20", "CAP_10%"]


def test_one_statement_a_page(office: Office) -> None:
    """A page costs one statement, however many rows it has; the count one more."""
    with office.act() as act, statements(office) as sent:
        document = office.document("part")
        rows = page(act, document, Query(order=(("part_no", False),)), 1, 2)
        assert [row.values[0] for row in rows] == ["CAP-20", "CAP_10%"]
        assert len(sent) == 1
        page(act, document, Query((Condition("name", "contains", "电"),), "CAP"), 0, 100)
        assert len(sent) == 2
        count(act, document, Query())
        assert len(sent) == 3


def test_pages_hold_every_row_once(office: Office) -> None:
    """Equal sort values do not make a row appear on two pages."""
    query = Query(order=(("erp_unit", False),))
    seen = [row.id for offset in range(4) for row in shown(office, query, offset, 1)]
    assert len(set(seen)) == 4


@pytest.mark.parametrize("document", ["bonded_note", "source_document", "bom"])
def test_lists_of_documents_with_lines(factory_office: Office, document: str) -> None:
    """No list loads lines or names row by row."""
    with factory_office.act() as act, statements(factory_office) as sent:
        page(act, factory_office.document(document), Query(), 0, 200)
        assert len(sent) == 1


def test_wrong_conditions(office: Office) -> None:
    """An unknown field, an unknown operator and an unreadable value are wrong calls."""
    with pytest.raises(WrongCall, match="part_no"):
        shown(office, Query((Condition("nonsense", "eq", "1"),)))
    with pytest.raises(WrongCall):
        shown(office, Query((Condition("part_no", "like", "1"),)))
    with pytest.raises(WrongCall, match="单重.*heavy"):
        shown(office, Query((Condition("unit_weight", "ge", "heavy"),)))
