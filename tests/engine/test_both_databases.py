"""What must not differ between the embedded database and the team's server: numbers, order, locks, outbox."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, func, select

from bondesk.app import first_administrator, load_codes, open_engine
from bondesk.areas.codes.partner import Partner
from bondesk.base.columns import ExactDecimal
from bondesk.base.errors import ExcessDecimals, Refused
from bondesk.base.identity import Identity
from bondesk.base.steps import play
from bondesk.demo import WORKBOOKS
from bondesk.engine import records
from bondesk.engine.engine import Engine
from bondesk.engine.importing import import_steps
from bondesk.engine.query import Condition, Query, count, page
from bondesk.engine.store import Store, open_store
from bondesk.settings import Connection, Home, Settings
from builders.office import DEMO, PASSWORD

BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{(tmp_path / 'a.sqlite').as_posix()}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An opened connection to it."""
    opened = open_store(url)
    yield opened
    opened.dispose()


@pytest.fixture
def team(url: str, tmp_path: Path) -> Iterator[tuple[Engine, Identity]]:
    """A company with codes and an administrator."""
    home = Home(tmp_path / "home")
    home.write(Settings(connections=[Connection(name="团队", url=url)]))
    engine = open_engine(home)
    load_codes(engine)
    first_administrator(engine, PASSWORD)
    yield engine, engine.sign_in("admin", PASSWORD)
    engine.store.dispose()


NUMBERS = ["0.00001", "-0.00001", "0.1", "0.2", "9999999999999.99999", "-9999999999999.99999", "0", "7331.27205"]


def test_decimals_come_back_as_they_went(store: Store) -> None:
    """Every digit, the number of places, and exact sums in the database."""
    table = Table("exact", MetaData(), Column("id", Integer, primary_key=True), Column("q", ExactDecimal(5)))
    table.create(store.sql)
    with store.sql.begin() as connection:
        connection.execute(table.insert(), [{"id": i, "q": Decimal(text)} for i, text in enumerate(NUMBERS)])
        back = connection.execute(select(table.c.q).order_by(table.c.id)).scalars().all()
        assert [f"{value:f}" for value in back] == [f"{Decimal(text):.5f}" for text in NUMBERS]
        total = connection.execute(select(func.sum(table.c.q, type_=ExactDecimal(5)))).scalar_one()
        assert total == sum(map(Decimal, NUMBERS))
        order = connection.execute(select(table.c.q).order_by(table.c.q)).scalars().all()
        assert order == sorted(map(Decimal, NUMBERS))
        equal = connection.execute(select(table.c.id).where(table.c.q == Decimal("0.1"))).scalars().all()
        assert equal == [2]


@pytest.mark.parametrize("value", ["0.000001", "10000000000000", "NaN", "Infinity"])
def test_what_does_not_fit_is_refused(store: Store, value: str) -> None:
    """Nothing is rounded on its way in."""
    table = Table("exact", MetaData(), Column("q", ExactDecimal(5)))
    table.create(store.sql)
    with pytest.raises(Exception) as problem, store.sql.begin() as connection:
        connection.execute(table.insert(), {"q": Decimal(value)})
    assert isinstance(problem.value, ExcessDecimals) or isinstance(problem.value.__cause__, ExcessDecimals)


def bring(engine: Engine, who: Identity, key: str, name: str) -> str:
    """Import a demo workbook."""
    with engine.acting(who) as act:
        return play(import_steps(act, engine.catalogue.document(key), DEMO / name)).text


def partner(name: str) -> dict[str, Any]:
    """The head of a partner."""
    return {"code": "K1", "name": name, "partner_type": "C"}


def test_masters_lists_and_saves(team: tuple[Engine, Identity]) -> None:
    """Import masters twice, list them, save and conflict: the same on both."""
    engine, who = team
    for key, name in (*WORKBOOKS[:7], *WORKBOOKS[:7]):
        if key != "account":
            assert bring(engine, who, key, name).startswith("已导入")
    part = engine.catalogue.document("part")
    with engine.acting(who) as act:
        query = Query((Condition("part_no", "begins", "CAP"),), order=(("part_no", True),))
        rows = page(act, part, query, 0, 100)
        assert len(rows) == count(act, part, query) == 3
        found = [str(row.values[0]) for row in rows]
        assert found == sorted(found, reverse=True)
    document = engine.catalogue.document("partner")
    with engine.acting(who) as act:
        draft = records.blank(act, document)
        draft.head |= partner("一")
        key_id = records.save(act, document, draft)
    drafts = []
    for name in ("二", "三"):
        with engine.acting(who) as act:
            opened = records.open_draft(act, document, key_id)
            opened.head["name"] = name
            drafts.append(opened)
    with engine.acting(who) as act:
        records.save(act, document, drafts[0])
    with pytest.raises(Refused) as refusal, engine.acting(who) as act:
        records.save(act, document, drafts[1])
    assert refusal.value.findings[0].code == "CONFLICT"
    with engine.acting(who) as act:
        assert act.facts.find(Partner, code="K1")[0].name == "二"
