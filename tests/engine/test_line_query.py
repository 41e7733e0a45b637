"""Lines through a window: the same rows as the whole document, with what customs has approved beside changed ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bondesk.base.errors import Refused
from bondesk.base.identity import Identity
from bondesk.engine import changing, records
from bondesk.engine.line_query import LineQuery, line_count, line_page, mark_counts
from builders.office import Office

BOOK = "E52042300A01"


@pytest.fixture
def office(office_at: Callable[..., Office], masters_template: Path) -> Office:
    """The demo company's masters."""
    return office_at(masters_template)


def opened(office: Office) -> int:
    approved = office.document("account")
    with office.act() as act:
        return changing.start(act, approved, records.load_numbered(act, approved, BOOK).id)


def test_pages_put_together_are_the_whole_table(office: Office) -> None:
    draft, document = opened(office), office.document("account_draft")
    with office.act() as act:
        whole = [line.id for line in records.load(act, document, draft).consumptions]
        total = line_count(act, document, draft, "consumptions", LineQuery())
        for known in (None, total):  # with the total known, the latter half is read from the end
            pages = [
                line_page(act, document, draft, "consumptions", LineQuery(), start, 7, known)
                for start in range(0, total + 7, 7)
            ]
            assert [row.id for page in pages for row in page] == whole
    assert total == len(whole) > 100


def test_search_marks_and_order(office: Office) -> None:
    draft, document = opened(office), office.document("account_draft")
    with office.act() as act:
        (row,) = [
            r for r in line_page(act, document, draft, "materials", LineQuery("13"), 0, 50) if r.values["item_no"] == 13
        ]
        changing.store(act, document, draft, "materials", row.id, {"name": "改名"}, _revision(act, document, draft))
        assert mark_counts(act, document, draft, "materials") == {"0": 31, "1": 1}
        (changed,) = line_page(act, document, draft, "materials", LineQuery(marks=frozenset("1")), 0, 50)
        assert (changed.values["name"], dict(changed.before)) == ("改名", {"name": row.values["name"]})
        assert line_count(act, document, draft, "materials", LineQuery("改名")) == 1
        falling = LineQuery(order=(("item_no", True),))
        assert [r.values["item_no"] for r in line_page(act, document, draft, "materials", falling, 0, 3)] == [
            32,
            31,
            30,
        ]
        assert line_count(act, document, draft, "products", LineQuery()) == 7


def _revision(act: Any, document: Any, draft: int) -> int:
    return int(records.load(act, document, draft).revision)


def test_it_asks_for_the_right_to_look(office: Office) -> None:
    draft, document = opened(office), office.document("account_draft")
    nobody = Identity(9, "nobody", "客人", frozenset())
    with office.act(nobody) as act:
        for ask in (line_count, lambda *a: line_page(*a, 0, 1)):
            with pytest.raises(Refused, match="ACCESS-01"):
                ask(act, document, draft, "materials", LineQuery())
