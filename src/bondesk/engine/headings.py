"""Headings of the ledger: what postings agree on that add up, stored once and named by a number.

A posting and a balance carry the number of their heading, so that sums of a book run over rows of three short numbers
in the order of an index, heading by heading.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from bondesk.base.batches import batches
from bondesk.base.records import new_id
from bondesk.engine.act import Act
from bondesk.engine.tables import HeadingRow
from bondesk.ledger.posting import Posting

#: The columns of a heading, in the order of its key.
HEADING = ("record_no", "goods_flag", "item_no", "uc_version", "mode", "ie_flag", "stage")
Key = tuple[Any, ...]
_AT_ONCE = 5000


def key_of(posting: Posting) -> Key:
    """Return the heading of a posting."""
    return (
        posting.record_no, posting.goods_flag, posting.item_no, posting.uc_version,
        posting.mode, posting.ie_flag, posting.stage.value,
    )  # fmt: skip


def heading_columns(row: Any = HeadingRow) -> list[Any]:
    """Return the columns of the key, of the headings or of another table that has them."""
    return [getattr(row, name) for name in HEADING]


def numbers_of(act: Act, keys: Collection[Key]) -> dict[Key, int]:
    """Return the number of every heading, making those that are new; another user may make one at the same time."""
    known = _known(act, keys)
    lacking = [key for key in dict.fromkeys(keys) if key not in known]
    if lacking:
        dialect = postgresql if act.session.get_bind().dialect.name == "postgresql" else sqlite
        rows = [
            {"company_id": act.company_id, "id": new_id(), **dict(zip(HEADING, key, strict=True))} for key in lacking
        ]
        act.session.execute(dialect.insert(HeadingRow.__table__).on_conflict_do_nothing(), rows)
        known |= _known(act, lacking)
    return known


def _known(act: Act, keys: Collection[Key]) -> dict[Key, int]:
    books, items = sorted({key[0] for key in keys}), sorted({key[2] for key in keys})
    row = HeadingRow.__table__.c  # columns of the table: no mapped class stands between the row and its number
    found: dict[Key, int] = {}
    for some in batches(items, _AT_ONCE):
        mine = row.company_id == act.company_id, row.record_no.in_(books)
        statement = select(row.id, *(row[name] for name in HEADING)).where(
            *mine, row.goods_flag.in_(("I", "E")), row.item_no.in_(some)
        )
        found |= {tuple(key): number for number, *key in act.session.execute(statement)}
    return found
