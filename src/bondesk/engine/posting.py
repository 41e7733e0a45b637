"""Posting a document: what it should have posted, against what it has; corrections are reversals.

Postings are append-only. Balances are kept beside them, in the same transaction, and can be rebuilt
from the postings at any time; rebuilding changes nothing when all is well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, delete, func, insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import selectinload

from bondesk.base.batches import batches
from bondesk.base.documents import DocumentType
from bondesk.base.records import Base, new_id
from bondesk.engine.act import Act
from bondesk.engine.books import signed_quantity, stored_postings, summed_quantity
from bondesk.engine.closed_periods import ClosedPeriods, settled
from bondesk.engine.headings import Key, heading_columns, key_of, numbers_of
from bondesk.engine.tables import BalanceRow, HeadingRow, PostingRow
from bondesk.ledger.posting import Posting, changes

#: (heading, month) → quantity.
Balances = dict[tuple[Key, date], Decimal]


def post_documents(act: Act, document: DocumentType, ids: Sequence[int]) -> None:
    """Bring the postings of several documents to what they declare now."""
    if document.posts is None:
        return
    header = document.header
    for some in batches(ids):
        # no variant: a receipt may just have made a version of what was a change
        mine = select(header).where(header.company_id == act.company_id, header.id.in_(some))
        loaded = [selectinload(table.relation) for table in document.typed_lines]
        stored: dict[int, list[Posting]] = defaultdict(list)
        for posting in _standing(act, document, some):
            stored[posting.document_id].append(posting)
        headers = act.session.scalars(mine.options(*loaded)).all()
        closed = ClosedPeriods(act.session, act.company_id)
        _write(act, [posting for one in headers for posting in _lacking(act, document, one, stored[one.id], closed)])
        for one in headers:
            _give_way(act, document, one)


def _standing(act: Act, document: DocumentType, ids: Sequence[int]) -> Sequence[Posting]:
    """Return what documents have posted, oldest first."""
    row = PostingRow
    mine = row.company_id == act.company_id, row.document_key == document.key, row.document_id.in_(ids)
    return stored_postings(act.session, *mine)


def post_document(act: Act, document: DocumentType, header: Any) -> int:
    """Bring the postings of one document to what it declares, then those of documents that give way to it.

    Returns how many postings were added to the document itself.
    """
    if document.posts is None:
        return 0
    added = _post(act, document, header)
    _give_way(act, document, header)
    return added


def _give_way(act: Act, document: DocumentType, header: Any) -> None:
    if document.yielding is not None:
        act.session.flush()
        act.facts.forget_rows(document.header)
        for key, other in document.yielding(header, act):
            _post(act, act.catalogue.document(key), other)


def _post(act: Act, document: DocumentType, header: Any) -> int:
    standing = _standing(act, document, [header.id])
    fresh = _lacking(act, document, header, standing, ClosedPeriods(act.session, act.company_id))
    _write(act, fresh)
    return len(fresh)


def _lacking(
    act: Act, document: DocumentType, header: Any, standing: Sequence[Posting], closed: ClosedPeriods
) -> Sequence[Posting]:
    assert document.posts is not None, "only what posts gives way"
    fresh = changes(standing, document.posts(header, act.facts))
    # our own note, approved late, goes into the open cycle; a copy of customs' that was never here corrects nothing
    known = bool(standing) or not document.of_customs
    return settled(closed, fresh, standing, known=known, today=act.facts.today) if fresh else fresh


def _write(act: Act, fresh: Sequence[Posting]) -> None:
    if fresh:
        act.session.flush()
        keys = [key_of(posting) for posting in fresh]
        numbers = numbers_of(act, keys)
        rows = [_values(act, posting, numbers[key]) for posting, key in zip(fresh, keys, strict=True)]
        table = Base.metadata.tables[PostingRow.__tablename__]  # not the class: no mapped object is made of a row
        act.session.execute(table.insert(), rows)
        _add_to_balances(act, fresh, numbers)


def _values(act: Act, posting: Posting, heading_id: int) -> dict[str, Any]:
    values = {name: getattr(posting, name) for name in Posting.__dataclass_fields__}
    values |= {"stage": posting.stage.value, "heading_id": heading_id, "signed": posting.signed}
    return {**values, "company_id": act.company_id, "id": new_id(), "posted_at": act.now()}


def _add_to_balances(act: Act, postings: Iterable[Posting], numbers: Mapping[Key, int]) -> None:
    sums: Balances = defaultdict(Decimal)
    for posting in postings:
        sums[key_of(posting), posting.business_date.replace(day=1)] += posting.signed
    dialect = postgresql if act.session.get_bind().dialect.name == "postgresql" else sqlite
    table = BalanceRow.__table__
    statement = dialect.insert(table)
    statement = statement.on_conflict_do_update(
        index_elements=["company_id", "heading_id", "month"],
        set_={"quantity": table.c.quantity + statement.excluded.quantity},
    )
    act.session.execute(statement, _balance_values(act, sums, numbers))


def _balance_values(act: Act, sums: Balances, numbers: Mapping[Key, int]) -> list[dict[str, Any]]:
    return [
        {"company_id": act.company_id, "heading_id": numbers[key], "month": month, "quantity": quantity}
        for (key, month), quantity in sums.items()
    ]


def rebuild_balances(act: Act) -> list[str]:
    """Recompute every balance from the postings; return what differed, one Chinese sentence each."""
    before, wanted = _stored_balances(act), _summed_postings(act)
    values = _balance_values(act, wanted, numbers_of(act, [key for key, _ in wanted]))
    act.session.execute(delete(BalanceRow).where(BalanceRow.company_id == act.company_id))
    for batch in batches(values, 2000):
        act.session.execute(insert(BalanceRow), batch)
    act.session.expire_all()
    return _differences(before, wanted)


def check_balances(act: Act) -> list[str]:
    """Say where a stored balance is not the sum of its postings, or a posting sums otherwise than it says."""
    return [*_differences(_stored_balances(act), _summed_postings(act)), *_misplaced(act)]


def _summed_postings(act: Act) -> Balances:
    """Return what the balances should be: the database sums per day, so memory does not grow with the postings."""
    columns = heading_columns(PostingRow)
    statement = select(*columns, PostingRow.business_date, summed_quantity())
    statement = statement.where(PostingRow.company_id == act.company_id)
    sums: Balances = defaultdict(Decimal)
    for *key, day, quantity in act.session.execute(statement.group_by(*columns, PostingRow.business_date)):
        sums[tuple(key), day.replace(day=1)] += quantity
    return sums


def _stored_balances(act: Act) -> Balances:
    row = BalanceRow
    mine = and_(HeadingRow.company_id == row.company_id, HeadingRow.id == row.heading_id)
    statement = select(*heading_columns(), row.month, row.quantity).join(HeadingRow, mine)
    return {
        (tuple(key), month): quantity
        for *key, month, quantity in act.session.execute(statement.where(row.company_id == act.company_id))
    }


def _misplaced(act: Act) -> list[str]:
    """Find postings whose heading or signed quantity is not what their other columns say."""
    row, heading = PostingRow, HeadingRow
    same = [one == other for one, other in zip(heading_columns(row), heading_columns(), strict=True)]
    there = and_(heading.company_id == row.company_id, heading.id == row.heading_id, *same)
    wrong = or_(heading.id.is_(None), row.signed != signed_quantity())
    statement = select(row.document_no, row.line_no).outerjoin(heading, there).order_by(row.id)
    found = act.session.execute(statement.where(row.company_id == act.company_id, wrong))
    return [f"{number} 第{line_no}项的记账没有计入它自己的余额" for number, line_no in found]


def _differences(stored: Balances, wanted: Balances) -> list[str]:
    found = []
    for key in sorted(set(stored) | set(wanted)):
        have, want = stored.get(key, Decimal(0)), wanted.get(key, Decimal(0))
        if have != want:
            record_no, goods, item, _version, mode, way, _stage = key[0]
            kind = "料件" if goods == "I" else "成品"
            found.append(f"账册 {record_no} {kind} {item} {mode}{way} 余额 {have} 应为 {want}，差 {want - have}")
    return found


def posting_count(act: Act) -> int:
    """Return how many postings the company has."""
    statement = select(func.count()).select_from(PostingRow).where(PostingRow.company_id == act.company_id)
    total: int = act.session.execute(statement).scalar_one()
    return total
