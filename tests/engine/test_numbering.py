"""Numbers of a series: distinct and without gaps however many draw at once, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from bondesk.adapters.excel.files import ExcelFiles
from bondesk.adapters.xml.packing import SingleWindowPacker
from bondesk.adapters.xml.receipt_reading import SingleWindowReceipts
from bondesk.areas.index import CATALOGUE
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.schema import upgrade
from bondesk.engine.store import open_store
from bondesk.settings import carried

THREADS, TIMES = 20, 5


def engine_over(url: str) -> Engine:
    """An engine over a freshly migrated database."""
    store = open_store(url)
    upgrade(store, carried("migrations"))
    return Engine(CATALOGUE, store, ExcelFiles(), SingleWindowPacker(), SingleWindowReceipts())


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Engine]:
    """The embedded database."""
    engine = engine_over(f"sqlite:///{(tmp_path / 'numbers.sqlite').as_posix()}")
    yield engine
    engine.store.dispose()


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Engine]:
    """A database on the team's server."""
    engine = engine_over(postgres_url)
    yield engine
    engine.store.dispose()


def drawn_at_once(engine: Engine) -> list[int]:
    """Let 20 threads draw five times two numbers of one series each."""

    def draw(_thread: int) -> list[int]:
        found = []
        for _ in range(TIMES):
            with engine.acting(SYSTEM) as act:
                first = act.draw("note 2401", 2)
                found += [first, first + 1]
        return found

    with ThreadPoolExecutor(THREADS) as pool:
        return [number for part in pool.map(draw, range(THREADS)) for number in part]


def test_twenty_threads_on_sqlite(sqlite: Engine) -> None:
    """Every number once, from 1, without a gap."""
    assert sorted(drawn_at_once(sqlite)) == list(range(1, THREADS * TIMES * 2 + 1))


@pytest.mark.postgres
def test_twenty_threads_on_postgresql(postgres: Engine) -> None:
    """The same on the team's database."""
    assert sorted(drawn_at_once(postgres)) == list(range(1, THREADS * TIMES * 2 + 1))


def test_series_and_companies_count_apart(sqlite: Engine) -> None:
    """Each series of each company starts at 1."""
    other = replace(sqlite, company_id=2)
    with sqlite.acting(SYSTEM) as act:
        assert [act.draw("a"), act.draw("a", 3), act.draw("a"), act.draw("b")] == [1, 2, 5, 1]
    with other.acting(SYSTEM) as act:
        assert act.draw("a") == 1


def test_a_rolled_back_act_gives_its_numbers_back(sqlite: Engine) -> None:
    """A refused generation leaves no gap."""
    with pytest.raises(LookupError), sqlite.acting(SYSTEM) as act:
        assert act.draw("a") == 1
        raise LookupError
    with sqlite.acting(SYSTEM) as act:
        assert act.draw("a") == 1
