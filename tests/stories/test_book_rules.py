"""The rules of a book over objects and over stored rows: the same findings in the same places, whatever is broken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from bondesk.areas.accounts.account_rules import DRAFT_RULES
from bondesk.areas.accounts.book_model import Account, AccountConsumption, AccountLine
from bondesk.areas.accounts.book_rows import loaded
from bondesk.base.findings import Finding
from bondesk.engine import changing, records
from bondesk.engine.act import Act
from bondesk.engine.row_checks import MOST_FINDINGS, missing, row_findings
from builders.office import Office, copy_of, open_office

BOOK = "E52042300A01"
D = Decimal
#: What may go wrong with the n-th row: its table, and what is written over it (None = the row is gone).
BREAKS: dict[str, tuple[type[Any], dict[str, Any] | None]] = {
    "item twice": (AccountLine, {"item_no": 1}),
    "part twice": (AccountLine, {"part_no": "SAME"}),
    "struck": (AccountLine, {"row_mark": "2"}),
    "added without part": (AccountLine, {"row_mark": "3", "part_no": ""}),
    "no name": (AccountLine, {"name": ""}),
    "gone": (AccountLine, None),
    "version": (AccountConsumption, {"uc_version": "A1"}),
    "no such product": (AccountConsumption, {"product_no": 999}),
    "no such material": (AccountConsumption, {"material_no": 999}),
    "row twice": (AccountConsumption, {"product_no": 1, "uc_version": "1", "material_no": 1}),
    "struck row": (AccountConsumption, {"row_mark": "2"}),
    "no net": (AccountConsumption, {"net": D(0)}),
    "too much lost": (AccountConsumption, {"tangible": D(60), "intangible": D(40)}),
    "below nothing": (AccountConsumption, {"intangible": D(-1)}),
    "bonded": (AccountConsumption, {"bonded": D(101)}),
    "another U": (AccountConsumption, {"row_mark": "1", "unit_consumption": D("0.123456789")}),
    "no U": (AccountConsumption, {"row_mark": "3", "unit_consumption": None}),
    "U customs gave": (AccountConsumption, {"unit_consumption": D("0.123456789")}),
    "U of nothing": (AccountConsumption, {"unit_consumption": D(0)}),
    "no consumption": (AccountConsumption, None),
}


@pytest.fixture(scope="module")
def opened(factory_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One office for all examples: each works in a transaction that is taken back."""
    office = open_office(copy_of(factory_template, tmp_path_factory.mktemp("rules") / "home"))
    yield lambda: office
    office.close()


class _Done(Exception):
    """Takes the example's transaction back."""


def found_both_ways(office: Office, breaks: list[tuple[str, int]]) -> tuple[list[Finding], list[Finding]]:
    """Break rows of a fresh change; return the findings over objects and over stored rows."""
    result: list[list[Finding]] = []
    kind, approved = office.document("account_draft"), office.document("account")
    with pytest.raises(_Done), office.act() as act:
        draft = changing.start(act, approved, records.load_numbered(act, approved, BOOK).id)
        for what, place in breaks:
            _break(act, draft, what, place)
        act.session.expire_all()
        head = records.load(act, kind, draft)
        result.append(row_findings(act, kind, head))
        assert {"materials", "products", "consumptions"} <= set(head._sa_instance_state.unloaded)
        objects = missing(kind, head)
        for rule in DRAFT_RULES:
            objects += loaded(rule)(head, act.facts)
        result.append(objects)
        raise _Done
    return result[1], result[0]


def _break(act: Act, draft: int, what: str, place: int) -> None:
    model, values = BREAKS[what]
    ids = act.session.scalars(select(model.id).filter_by(header_id=draft).order_by(model.line_no, model.id)).all()
    if not ids:
        return
    chosen = model.id == ids[place % len(ids)]
    act.session.execute(delete(model).where(chosen) if values is None else update(model).where(chosen).values(values))


def told(findings: list[Finding]) -> list[tuple[Any, ...]]:
    return sorted(
        (one.code, one.text, one.field or "", one.table or "", -1 if one.line is None else one.line) for one in findings
    )


@settings(
    max_examples=12, phases=(Phase.explicit, Phase.generate), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(st.lists(st.tuples(st.sampled_from(sorted(BREAKS)), st.integers(0, 500)), max_size=8))
def test_objects_and_stored_rows_find_the_same(opened: Callable[[], Office], breaks: list[tuple[str, int]]) -> None:
    objects, stored = found_both_ways(opened(), breaks)
    assert told(stored) == told(objects)


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("item twice", "ACC-03"), ("added without part", "ACC-13"), ("no name", "REQ-01"), ("gone", "ACC-11"),
        ("version", "ACC-08"), ("no such product", "ACC-08"), ("no such material", "ACC-08"), ("row twice", "ACC-08"),
        ("no net", "BOM-04"), ("too much lost", "BOM-03"), ("below nothing", "BOM-03"), ("bonded", "BOM-05"),
        ("another U", "ACC-09"), ("no U", "ACC-09"), ("U of nothing", "BOM-09"),
    ],
)  # fmt: skip
def test_each_break_is_found_in_its_place(opened: Callable[[], Office], what: str, code: str) -> None:
    """The fifth row of a table in a sound change; materials and products share a table: the third material."""
    objects, stored = found_both_ways(opened(), [(what, 4)])
    assert told(stored) == told(objects)
    sound, _ = found_both_ways(opened(), [])
    fresh = [one for one in told(stored) if one not in told(sound)]
    assert code in {one[0] for one in fresh}, fresh
    places = {-1} if code == "ACC-11" else {4} if BREAKS[what][0] is AccountConsumption else {0, 2}
    assert {one[4] for one in fresh if one[0] == code} <= places, fresh


def test_a_product_whose_rows_are_all_struck_needs_consumption_again(opened: Callable[[], Office]) -> None:
    _, stored = found_both_ways(opened(), [("struck row", 0)] * 1 + [("no consumption", 0)] * 400)
    assert {one.code for one in stored} >= {"ACC-07", "ACC-11"}
    assert sum(one.code == "ACC-11" for one in stored) <= MOST_FINDINGS + 1


def test_nothing_changed_is_told(opened: Callable[[], Office]) -> None:
    _, stored = found_both_ways(opened(), [])
    assert "ACC-10" in {one.code for one in stored}
    _, marked = found_both_ways(opened(), [("struck row", 3)])
    assert "ACC-10" not in {one.code for one in marked}


def test_a_first_filing_needs_goods(opened: Callable[[], Office]) -> None:
    office = opened()
    with pytest.raises(_Done), office.act() as act:
        kind = office.document("account_draft")
        blank = records.blank(act, kind)
        blank.head |= {"internal_no": "LEER", "master_customs": "5204", "valid_to": date(2099, 12, 31)}
        head = records.load(act, kind, records.save(act, kind, blank))
        assert isinstance(head, Account)
        assert "ACC-10" in {one.code for one in row_findings(act, kind, head)}
        raise _Done
