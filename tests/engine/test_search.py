"""What the palette finds: numbers first, only what may be seen, one statement per kind; and what waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, select

from bondesk.areas.codes.hs_code import HsCode
from bondesk.areas.codes.partner import Partner
from bondesk.areas.goods.part import Part
from bondesk.base.errors import Refused
from bondesk.base.identity import Identity
from bondesk.engine import overview
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.number_search import search_numbers
from bondesk.engine.search import code_document, code_row, search, search_document, searchable
from builders.office import Office


def part(number: str, name: str = "电容") -> Part:
    return Part(part_no=number, goods_kind="I", name=name, erp_unit="PCS", hs_code="8532241000", dcl_unit="007")


@pytest.fixture
def engine(codes_office: Office) -> Engine:
    """An engine that knows the customs codes."""
    return codes_office.engine


@pytest.fixture
def granted() -> Callable[..., Identity]:
    """Make a user with the given (document, action) rights and no others."""
    return lambda *rights: Identity(7, "guest", "客人", frozenset(rights))


@pytest.fixture
def stocked(engine: Engine) -> Engine:
    with engine.acting(SYSTEM) as act:
        for number in ("X-CAP-1", "CAP-10", "CAP-1", "cap-2"):
            act.session.add(part(number))
        act.session.add(part("RES-1", "电阻 100%"))
        act.session.add(Partner(code="CAPCO", name="凯普电子"))
    return engine


def test_an_equal_number_comes_first_then_those_that_begin_with_it(stocked: Engine) -> None:
    with stocked.acting(SYSTEM) as act:
        hits = search_document(act, stocked.catalogue.document("part"), "CAP-1")
    assert [hit.number for hit in hits] == ["CAP-1", "CAP-10", "X-CAP-1"]
    assert all("电容" in hit.text for hit in hits)


def test_every_kind_is_searched_and_texts_too(stocked: Engine) -> None:
    with stocked.acting(SYSTEM) as act:
        assert {(hit.document_key, hit.number) for hit in search(act, "CAPCO")} == {("partner", "CAPCO")}
        assert [hit.document_key for hit in search(act, "凯普")] == ["partner"]
        assert [hit.number for hit in search(act, "100%")] == ["RES-1"]
        assert search(act, "%%") == []
        assert search(act, "C") == []


def test_no_more_than_the_limit_and_one_statement_each(stocked: Engine) -> None:
    with stocked.acting(SYSTEM) as act:
        for number in range(30):
            act.session.add(part(f"LOT-{number:02}"))
    asked: list[str] = []
    event.listen(stocked.store.sql, "before_cursor_execute", lambda *given: asked.append(given[2]))
    with stocked.acting(SYSTEM) as act:
        hits = search(act, "LOT-")
    assert len(hits) == 8
    kinds = searchable(stocked.catalogue, SYSTEM)
    selects = [text for text in asked if text.lstrip().upper().startswith("SELECT")]
    assert len(selects) == len(kinds)
    assert all("LIMIT" in text for text in selects)


def test_only_what_may_be_seen_is_found(stocked: Engine, granted: Callable[..., Identity]) -> None:
    with stocked.acting(granted(("partner", "view"))) as act:
        assert [hit.document_key for hit in search(act, "CAP")] == ["partner"]
        with pytest.raises(Refused, match="料号档案"):
            search_document(act, stocked.catalogue.document("part"), "CAP")


def test_another_company_is_not_searched(stocked: Engine) -> None:
    from dataclasses import replace

    with replace(stocked, company_id=2).acting(SYSTEM) as act:
        assert search(act, "CAP") == []


def test_the_row_of_a_code_is_found(engine: Engine, granted: Callable[..., Identity]) -> None:
    document = code_document(engine.catalogue)
    assert document is not None
    with engine.acting(SYSTEM) as act:
        row = code_row(act, "unit", "035")
        assert row is not None
        assert act.session.get(document.header, row).name == "千克"
        assert code_row(act, "unit", "none") is None
    with engine.acting(granted()) as act, pytest.raises(Refused):
        code_row(act, "unit", "035")


def test_what_waits_is_counted_per_state(engine: Engine, granted: Callable[..., Identity]) -> None:
    document = engine.catalogue.document("bonded_note")
    with engine.acting(SYSTEM) as act:
        for number, state in enumerate(("DRAFT", "DRAFT", "REJECTED", "APPROVED", "SENT", "VOID")):
            act.session.add(document.header(internal_no=f"N{number}", state=state))
    with engine.acting(SYSTEM) as act:
        found = overview.waiting(act, document)
    assert [(one.state.key, one.count) for one in found] == [("DRAFT", 2), ("SENT", 1), ("REJECTED", 1)]
    with engine.acting(granted()) as act, pytest.raises(Refused):
        overview.waiting(act, document)
    assert overview.flowing(engine.catalogue, granted()) == []


def test_numbers_of_what_still_exists(stocked: Engine) -> None:
    document = stocked.catalogue.document("part")
    with stocked.acting(SYSTEM) as act:
        ids = {hit.number: hit.document_id for hit in search_document(act, document, "CAP")}
        assert overview.numbers_of(act, document, [ids["CAP-1"], 999]) == {ids["CAP-1"]: "CAP-1"}


def test_numbers_are_found_with_one_statement_and_one_more_for_each_kind_found(stocked: Engine) -> None:
    asked: list[str] = []
    event.listen(stocked.store.sql, "before_cursor_execute", lambda *given: asked.append(given[2]))
    with stocked.acting(SYSTEM) as act:
        code = act.session.scalars(select(HsCode.hs_code)).first()
        asked.clear()
        assert code is not None
        hits = search_numbers(act, code)
    assert [(hit.document_key, hit.number.split("/")[0]) for hit in hits] == [("hs_code", code)]
    assert len(asked) == 2, asked


def test_equal_numbers_come_first_and_small_letters_find_capitals(stocked: Engine) -> None:
    with stocked.acting(SYSTEM) as act:
        found = search_numbers(act, "cap")
        assert {hit.number for hit in found} == {"CAP-1", "CAP-10", "cap-2", "CAPCO"}
        assert [hit.number for hit in search_numbers(act, "CAP-1")] == ["CAP-1", "CAP-10"]
        assert [hit.number for hit in search_numbers(act, "CAP-1", 1)] == ["CAP-1"]
        assert search_numbers(act, "C") == search_numbers(act, "凯普") == []


def test_numbers_are_looked_up_along_indexes(stocked: Engine) -> None:
    """The database says how it would answer: no table is read from end to end."""
    plans: list[str] = []

    def explained(connection: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
        if "UNION ALL" in statement:
            raw = connection.connection.driver_connection.execute(f"EXPLAIN QUERY PLAN {statement}", given)
            plans.extend(row[3] for row in raw)

    event.listen(stocked.store.sql, "before_cursor_execute", explained)
    with stocked.acting(SYSTEM) as act:
        search_numbers(act, "CAP-1")
    tables = [step for step in plans if step.startswith(("SCAN", "SEARCH")) and not step.startswith("SCAN anon_")]
    assert len(tables) > 10
    assert [step for step in tables if not step.startswith("SEARCH") or "INDEX" not in step] == []


def test_numbers_of_what_may_not_be_seen_are_not_found(stocked: Engine, granted: Callable[..., Identity]) -> None:
    with stocked.acting(granted(("partner", "view"))) as act:
        assert [hit.number for hit in search_numbers(act, "CAP")] == ["CAPCO"]
    with stocked.acting(granted()) as act:
        assert search_numbers(act, "CAP") == []
