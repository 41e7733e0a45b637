"""Whatever is done to a draft of a book: extracting twice changes nothing, undoing everything gives the approved copy back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bondesk.areas.accounts.book_tables import TABLES
from bondesk.base.change import ChangedTable, Mark, Outcome
from bondesk.base.errors import Refused
from bondesk.engine import changing, records
from bondesk.engine.act import Act
from builders.office import Office

BOOK = "E52042300A01"
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["store", "strike", "revert", "add", "extract"]),
        st.sampled_from([table.key for table in TABLES]),
        st.integers(0, 10_000),
    ),
    max_size=12,
)


@pytest.fixture(scope="module")
def opened(factory_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """One office for all examples: each works in a transaction that is taken back."""
    from builders.office import copy_of, open_office

    office = open_office(copy_of(factory_template, tmp_path_factory.mktemp("books") / "home"))
    yield lambda: office  # an office as an argument would be written out by every report
    office.close()


class Draft:
    """A draft within one act."""

    def __init__(self, act: Act, office: Office) -> None:
        self.act, self.kind = act, office.document("account_draft")
        approved = office.document("account")
        self.approved = records.load_numbered(act, approved, BOOK)
        self.id = changing.start(act, approved, self.approved.id)

    @property
    def head(self) -> Any:
        self.act.session.expire_all()
        return records.load(self.act, self.kind, self.id)

    def rows(self, table: ChangedTable) -> list[Any]:
        return list(getattr(self.head, table.key))

    def order(self, verb: Callable[..., Any], table: ChangedTable, ids: list[int]) -> None:
        verb(self.act, self.kind, self.id, table.key, ids, self.head.revision)

    def do(self, what: str, table: ChangedTable, number: int) -> None:
        rows = self.rows(table)
        row = rows[number % len(rows)] if rows else None
        if what == "extract":
            found = changing.compare(self.act, self.kind, self.id, table.key)
            keys = [one.key for one in found.candidates if one.outcome is not Outcome.REFUSED]
            changing.extract(self.act, self.kind, self.id, table.key, keys, self.head.revision)
        elif what in ("strike", "revert") and row is not None:
            self.order(getattr(changing, what), table, [row.id])
        elif what == "store" and row is not None:
            self.store(
                table, row.id, {"net": Decimal(number + 1)} if table.match[0] != "item_no" else {"name": f"改{number}"}
            )
        elif what == "add" and row is not None and table.match[0] == "item_no":
            values = {key: getattr(row, key) for key in table.kept} | {"item_no": 500 + number, "part_no": f"N{number}"}
            if all(one.item_no != values["item_no"] for one in rows):
                self.store(table, None, values)

    def store(self, table: ChangedTable, line_id: int | None, values: dict[str, Any]) -> None:
        try:
            changing.store(self.act, self.kind, self.id, table.key, line_id, values, self.head.revision)
        except Refused as refused:
            assert refused.findings[0].code in {"ACC-06", "ACC-11"}


def plain(row: Any) -> dict[str, Any]:
    own = {"id", "header_id", "origin_run", "origin_sheet", "origin_row", "merge_no"}  # the link is ours, not customs'
    return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs if column.key not in own}


def copy_of_book(head: Any) -> dict[str, list[Any]]:
    return {table.key: sorted((plain(row) for row in getattr(head, table.key)), key=str) for table in TABLES}


@settings(
    max_examples=6, phases=(Phase.explicit, Phase.generate), deadline=None, suppress_health_check=list(HealthCheck)
)
@given(STEPS)
def test_any_order_of_orders(opened: Callable[[], Office], steps: list[tuple[str, str, int]]) -> None:
    tables, office = {table.key: table for table in TABLES}, opened()
    with pytest.raises(_Done), office.act() as act:
        draft = Draft(act, office)
        for what, key, number in steps:
            draft.do(what, tables[key], number)
        for table in TABLES:
            draft.do("extract", table, 0)
        once = copy_of_book(draft.head)
        for table in TABLES:
            assert [
                one.outcome
                for one in changing.compare(act, draft.kind, draft.id, table.key).candidates
                if one.outcome is not Outcome.REFUSED
            ] == []
            draft.do("extract", table, 0)
        assert copy_of_book(draft.head) == once, "extracting twice changes nothing"
        for table in TABLES:
            draft.order(changing.revert, table, [row.id for row in draft.rows(table)])
        draft.order(changing.revert, TABLES[2], [row.id for row in draft.rows(TABLES[2])])
        assert {row.row_mark for table in TABLES for row in draft.rows(table)} == {Mark.SAME}
        approved = records.load(act, office.document("account"), draft.approved.id)
        assert copy_of_book(draft.head) == copy_of_book(approved), "undoing everything gives the approved copy back"
        raise _Done


class _Done(Exception):
    """Takes the example's transaction back."""
