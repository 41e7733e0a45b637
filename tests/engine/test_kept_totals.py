"""Movements read from kept totals are those summed from the postings, and books as known on a day know no later one."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from sqlalchemy import delete, insert, select

from bondesk.base.records import new_id
from bondesk.engine import posting
from bondesk.engine.act import Act
from bondesk.engine.engine import SYSTEM
from bondesk.engine.headings import HEADING, numbers_of
from bondesk.engine.tables import BalanceRow, PostingRow
from bondesk.ledger.books import Books
from bondesk.ledger.imports import AddingBooks, added, imported
from bondesk.ledger.posting import Only
from builders.office import Office

BOOK = "E52042300A01"
START = date(2023, 11, 3)
Day = date | None


def scatter(act: Act, count: int = 400, first: int = 0) -> list[dict[str, object]]:
    """Store postings over five months, known between 0 and 20 days after their day, and keep their totals."""
    random = Random(5 + first)
    rows: list[dict[str, object]] = []
    for place in range(first, first + count):
        day = START + timedelta(days=random.randrange(150))
        known = datetime(day.year, day.month, day.day, 23, 59, 59) + timedelta(days=random.randrange(21))
        goods = random.choice("IE")
        rows.append(
            {
                "company_id": act.company_id, "id": new_id(), "record_no": random.choice((BOOK, "OTHER")),
                "goods_flag": goods, "item_no": random.randrange(1, 5) + first, "uc_version": "" if goods == "I" else "V1",
                "mode": random.choice(("0615", "0654")), "ie_flag": goods, "term": "in_out", "business_date": day,
                "stage": random.choice(("posted", "reserved")), "quantity": Decimal(random.randrange(10**9)).scaleb(-5),
                "effect": random.choice((1, -1)), "amount": Decimal(random.randrange(10**9)).scaleb(-2),
                "currency": random.choice(("USD", "CNY")), "document_key": "none",
                "document_no": f"N{place}", "document_id": place, "line_id": place, "line_no": 1,
                "reversal": random.random() < 0.2, "posted_at": known,
            }
        )  # fmt: skip
    numbers = numbers_of(act, [heading(row) for row in rows])
    derived = [{"heading_id": numbers[heading(row)], "signed": signed(row)} for row in rows]
    act.session.execute(insert(PostingRow), [row | one for row, one in zip(rows, derived, strict=True)])
    posting.rebuild_balances(act)
    return rows


def heading(row: dict[str, object]) -> tuple[object, ...]:
    """The key of the heading of a row."""
    return tuple(row[name] for name in HEADING)


def signed(row: dict[str, object]) -> Decimal:
    """The quantity of a row with its sign."""
    quantity, effect = row["quantity"], row["effect"]
    assert isinstance(quantity, Decimal)
    assert isinstance(effect, int)
    return quantity * (-effect if row["reversal"] else effect)


def plain_sums(rows: list[dict[str, object]], begin: Day, end: Day, known_on: Day = None) -> dict[object, Decimal]:
    """The same sums in plain Python."""
    found: dict[object, Decimal] = defaultdict(Decimal)
    for row in rows:
        day, known = row["business_date"], row["posted_at"]
        assert isinstance(day, date)
        assert isinstance(known, datetime)
        if row["record_no"] != BOOK or (begin and day < begin) or (end and day > end):
            continue
        if known_on and known.date() > known_on:
            continue
        found[heading(row)[1:]] += signed(row)
    return found


def read(act: Act, begin: Day, end: Day, known_on: Day = None) -> dict[object, Decimal]:
    """What the stored books answer."""
    return read_by(act.books.as_known(known_on), begin, end)


def read_by(books: Books, begin: Day = None, end: Day = None) -> dict[object, Decimal]:
    """What books answer."""
    found = books.movements(BOOK, begin, end)
    return {(m.goods_flag, m.item_no, m.uc_version, m.mode, m.ie_flag, m.stage): m.quantity for m in found}


def test_any_days_are_the_sum_of_their_postings(codes_office: Office) -> None:
    """Open ends, whole months, parts of months, one day, nothing: exactly the plain sums."""
    random = Random(8)
    days: list[Day] = [None, date(2023, 12, 1), date(2023, 12, 31), date(2024, 1, 1), date(2024, 2, 29), START]
    pairs = [(begin, end) for begin in days for end in days]
    ends = [START + timedelta(days=random.randrange(-5, 160)) for _ in range(80)]
    pairs += zip(ends[::2], ends[1::2], strict=True)
    with codes_office.act(SYSTEM) as act:
        rows = scatter(act)
        for begin, end in pairs:
            if begin is None or end is None or begin <= end:
                assert read(act, begin, end) == plain_sums(rows, begin, end), (begin, end)


def test_whole_months_do_not_look_at_postings(codes_office: Office) -> None:
    """A whole month comes from the totals alone: without them it is empty, part of a month is not."""
    with codes_office.act(SYSTEM) as act:
        rows = scatter(act)
        act.session.execute(delete(BalanceRow))
        assert read(act, date(2024, 1, 1), date(2024, 1, 31)) == {}
        part = date(2024, 1, 2), date(2024, 1, 31)
        assert read(act, *part) == plain_sums(rows, *part) != {}


@pytest.mark.parametrize("known_on", [date(2023, 11, 1), date(2023, 12, 31), date(2024, 2, 10), date(2024, 6, 1)])
def test_books_as_known_on_a_day(codes_office: Office, known_on: date) -> None:
    """Business date and day of knowing are two axes: what was posted later is not there, whatever its date."""
    with codes_office.act(SYSTEM) as act:
        rows = scatter(act)
        for end in (None, date(2023, 12, 31), date(2024, 2, 15)):
            assert read(act, None, end, known_on) == plain_sums(rows, None, end, known_on)
        seen = act.books.as_known(known_on).postings(BOOK, None, None, "posted")
        late = [row["document_no"] for row in rows if str(row["posted_at"])[:10] > known_on.isoformat()]
        assert not {one.document_no for one in seen} & set(late)


def test_a_new_heading_is_seen_by_books_that_were_read_before(codes_office: Office) -> None:
    """Headings are read once; one that comes later is read then, and another book's are not ours."""
    with codes_office.act(SYSTEM) as act:
        rows = scatter(act)
        assert read_by(act.books) == plain_sums(rows, None, None)
        more = scatter(act, 40, first=1000)
        assert read_by(act.books) == plain_sums([*rows, *more], None, None)


def test_a_reader_of_few_gets_what_it_would_pick_itself(codes_office: Office) -> None:
    """Narrowing in the database is narrowing afterwards, in the same order."""
    few = [
        Only("E"), Only("I", frozenset({1, 4})), Only(modes=frozenset({"0654", "4600"})),
        Only(documents=frozenset(range(50))), Only(items=frozenset()),
    ]  # fmt: skip
    with codes_office.act(SYSTEM) as act:
        scatter(act)
        for stage in ("posted", "reserved"):
            every = act.books.postings(BOOK, None, date(2024, 2, 1), stage)
            for only in few:
                found = act.books.postings(BOOK, None, date(2024, 2, 1), stage, only)
                assert found == [one for one in every if only.holds(one)]
            assert any(act.books.postings(BOOK, None, date(2024, 2, 1), stage, one) for one in few)


def test_what_stays_standing_is_kept_as_summed(codes_office: Office) -> None:
    """Rebuilding says what differed and mends it; checking changes nothing."""
    with codes_office.act(SYSTEM) as act:
        scatter(act)
        assert posting.check_balances(act) == []
        row = act.session.scalars(select(BalanceRow).order_by(BalanceRow.heading_id)).first()
        assert row is not None
        row.quantity += 1
        act.session.flush()
        assert len(posting.check_balances(act)) == 1
        assert len(posting.rebuild_balances(act)) == 1
        assert posting.check_balances(act) == []


def test_a_posting_that_sums_elsewhere_is_found(codes_office: Office) -> None:
    """The two columns sums read are compared with what the posting says of itself."""
    with codes_office.act(SYSTEM) as act:
        scatter(act, 5)
        one, other = act.session.scalars(select(PostingRow).order_by(PostingRow.id)).all()[:2]
        one.signed += 1
        other.item_no += 7
        act.session.flush()
        found = posting.check_balances(act)
        assert [text for text in found if "没有计入" in text] == [
            f"{row.document_no} 第1项的记账没有计入它自己的余额" for row in (one, other)
        ]


@pytest.mark.parametrize("known_on", [None, date(2024, 2, 10)])
def test_imports_added_up_by_the_database_are_those_of_the_postings(codes_office: Office, known_on: Day) -> None:
    """Per material, currency and day: what prices are made of, whether the database adds or Python."""
    with codes_office.act(SYSTEM) as act:
        scatter(act)
        books = act.books.as_known(known_on)
        assert isinstance(books, AddingBooks)
        for begin, end in ((None, None), (date(2023, 12, 5), date(2024, 1, 20))):
            wanted = added(books.postings(BOOK, begin, end, "posted", Only("I")))
            assert sorted(imported(books, BOOK, begin, end)) == sorted(wanted) != []
            assert any(one.quantity < 0 for one in wanted), "something was taken back"
