"""A random walk over the real ledger beside the plain one: every step does the same to both and compares them.

The database is a real one, postings and balances are written by the posting service, cycles are computed, audited and
closed by what the screens and receipts call. Notes are put down directly and their state is set as receipts set it, so
that a step costs milliseconds; a hundred steps share one transaction, refused steps are taken back in it alone.

Two triggers make looking at everything after every step cheap and still exact: postings can only be added, and
balances that were touched are written down. What nobody touched is what it was, and that was right.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import and_, select, text

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.accounts.book_reading import filed_of
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine
from bondesk.areas.stock.stock_model import Stocktake, StocktakeLine
from bondesk.areas.verification.verification_model import AccountVerification
from bondesk.areas.verification.verification_receipts import receive
from bondesk.base.errors import Refused
from bondesk.base.messages import Receipt
from bondesk.base.options import read_options
from bondesk.base.steps import play, proposed_answer
from bondesk.engine import records, scripts
from bondesk.engine.act import Act
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.headings import HEADING, heading_columns
from bondesk.engine.posting import check_balances, post_document
from bondesk.engine.tables import BalanceRow, HeadingRow, PostingRow
from bondesk.ledger.balance import fold
from builders.plain_ledger import SIGNS, Closed, Key, PlainCycle, PlainLedger, PlainNote, changed
from builders.small_factory import FOUNDED, PlainBook, drawn_books, store

ZERO = Decimal(0)
DRAFT, FORMAL = "bonded_note", "bonded_note_formal"
_WATCH = (
    "CREATE TRIGGER walk_added BEFORE UPDATE ON posting BEGIN SELECT RAISE(ABORT, 'postings are only added'); END",
    "CREATE TRIGGER walk_kept BEFORE DELETE ON posting BEGIN SELECT RAISE(ABORT, 'postings are only added'); END",
    "CREATE TABLE walk_touched (heading INTEGER)",
    "CREATE TRIGGER walk_new AFTER INSERT ON balance BEGIN INSERT INTO walk_touched VALUES (NEW.heading_id); END",
    "CREATE TRIGGER walk_other AFTER UPDATE ON balance BEGIN INSERT INTO walk_touched VALUES (NEW.heading_id); END",
    "CREATE TRIGGER walk_gone AFTER DELETE ON balance BEGIN INSERT INTO walk_touched VALUES (-1); END",
)
#: Whether this program closes periods; until it does, the walk leaves cycles out.
CLOSING = hasattr(PostingRow, "corrects")


class Undone(Exception):  # noqa: N818 – not an error: a step that was refused
    """Takes one step back."""


@dataclass
class Walk:
    """One walk: a seed, an engine whose clock it moves, the plain ledger beside it."""

    engine: Engine
    seed: int
    every: int = 1  # steps between looking at everything instead of at what was touched
    today: date = date(2024, 1, 2)
    done: Counter[str] = field(default_factory=Counter)
    ids: dict[int, int] = field(default_factory=dict)
    rows: int = 0
    steps: int = 0
    booked: int = 0
    shut: list[tuple[str, date, date]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Draw the factory and store it."""
        self.chance = random.Random(self.seed)
        self.books: dict[str, PlainBook] = {book.record_no: book for book in drawn_books(self.chance)}
        self.plain = PlainLedger({book.record_no: book.consumption for book in self.books.values()})
        self.engine = replace(self.engine, clock=lambda: datetime.combine(self.today, time(9)))
        with self.engine.acting(SYSTEM) as act:
            store(act, list(self.books.values()))
            for statement in _WATCH:
                act.session.execute(text(statement))
        self.ways: list[tuple[int, Callable[[Act], str]]] = [
            (22, self.new_note),
            (26, self.moves_on),
            (16, self.changes),
            (6, self.taken_back),
            (5, self.draft_deleted),
            (6, self.formal_copy),
            (3, self.several_at_once),
            (3, self.rebuilt),
            (5, self.asked),
            *(((2, self.behind_the_back), (3, self.cycle)) if CLOSING else ()),
        ]

    def run(self, steps: int) -> None:
        """Take ``steps`` steps; ``AssertionError`` names the first after which the two ledgers differ."""
        weights = [weight for weight, _way in self.ways]
        while self.steps < steps:
            with self.engine.acting(SYSTEM) as act:
                for _ in range(min(100, steps - self.steps)):
                    self.steps += 1
                    ((_weight, way),) = self.chance.choices(self.ways, weights)
                    self.done[way(act)] += 1
                    act.session.flush()
                    self.compare(act)
                    if self.chance.random() < 0.13:
                        self.today += timedelta(days=1)

    # --- what is done ---------------------------------------------------------------------------------------------

    def _note(self) -> PlainNote:
        """Draw what a note says; now and then of a day that is closed, or of one to come."""
        book = self.chance.choice(list(self.books.values()))
        goods, mode, way = self.chance.choice(list(SIGNS))
        day = self.today - timedelta(days=self.chance.choice((0, 0, 1, 3, 7, 20, 45, 90)))
        lines = tuple(self._line(book, goods) for _ in range(self.chance.randint(1, 3)))
        return PlainNote(book.record_no, goods, mode, way, max(day, FOUNDED), lines)

    def _line(self, book: PlainBook, goods: str) -> tuple[int, str, Decimal, bool]:
        item, version = (self.chance.choice(book.materials), "") if goods == "I" else self.chance.choice(book.versions)
        return item, version, Decimal(self.chance.randint(1, 10**8)).scaleb(-5), False

    def new_note(self, act: Act) -> str:
        """Put a note down: a draft, or one that came approved."""
        note = self._note()
        if self.chance.random() < 0.4:
            note = changed(note, state="APPROVED", mark=self.chance.choice("122"))
        if self.chance.random() < 0.2:
            note = changed(note, bond_no=f"QD{len(self.ids):08d}")
        return self._put(act, len(self.ids) + 1, note, "new")

    def _some(self, *, formal: bool | None = None, **where: str) -> int | None:
        """Draw a note, rather a young one."""
        numbers = list(self.plain.notes)
        if self.chance.random() < 0.8:
            numbers = numbers[-60:]
        fits = [
            one
            for one in numbers
            if all(getattr(self.plain.notes[one], key) == value for key, value in where.items())
            and formal in (None, self.plain.notes[one].formal)
        ]
        return self.chance.choice(fits) if fits else None

    def moves_on(self, act: Act) -> str:
        """Reserve or post."""
        number = self._some()
        if number is None:
            return "nothing to do"
        note = self.plain.notes[number]
        mark = {"0": self.chance.choice("12"), "1": "2"}.get(note.mark, note.mark)
        return self._put(act, number, changed(note, state="APPROVED", mark=mark), f"mark {mark}")

    def changes(self, act: Act) -> str:
        """Change what an approved note says: quantity, item, deleted row, another row, day, mode."""
        number = self._some(state="APPROVED")
        if number is None:
            return "nothing to do"
        note = self.plain.notes[number]
        book, lines = self.books[note.record_no], list(note.lines)
        place, what = self.chance.randrange(len(lines)), self.chance.choice(("quantity", "item", "row", "add", "day"))
        item, version, quantity, gone = lines[place]
        match what:
            case "quantity":
                lines[place] = item, version, quantity + Decimal(self.chance.randint(1, 999)).scaleb(-3), gone
            case "item":
                lines[place] = self._line(book, note.goods)
            case "row":
                lines[place] = item, version, quantity, not gone
            case "add":
                lines.append(self._line(book, note.goods))
            case _:
                note = changed(note, day=max(note.day - timedelta(days=self.chance.randint(-9, 40)), FOUNDED))
        return self._put(act, number, changed(note, lines=tuple(lines)), f"change of {what}")

    def taken_back(self, act: Act) -> str:
        """Customs deletes or refuses what stood."""
        number = self._some(state="APPROVED")
        if number is None:
            return "nothing to do"
        note = changed(self.plain.notes[number], state=self.chance.choice(("VOID", "REJECTED", "DRAFT")))
        return self._put(act, number, note, "taken back")

    def draft_deleted(self, act: Act) -> str:
        """The clerk deletes a draft."""
        number = self._some(formal=False, state="DRAFT")
        if number is None:
            return "nothing to do"
        records.delete(act, self.engine.catalogue.document(DRAFT), self.ids[number])
        del self.plain.notes[number]
        return "draft deleted"

    def formal_copy(self, act: Act) -> str:
        """Customs' copy comes: of a draft's number, which stands for it, or of a number nobody here has."""
        number = self._some(formal=False)
        note = self._note() if number is None or self.chance.random() < 0.5 else self.plain.notes[number]
        bond_no = note.bond_no or f"QF{len(self.ids):08d}"
        copy = changed(note, formal=True, bond_no=bond_no, state="APPROVED", mark=self.chance.choice("12"))
        return self._put(act, len(self.ids) + 1, copy, "formal copy")

    def several_at_once(self, act: Act) -> str:
        """Several drafts change and are posted together, as receipts of a batch are."""
        numbers = {one for one in (self._some(formal=False, bond_no="") for _ in range(5)) if one is not None}
        before = {number: self.plain.notes[number] for number in numbers}
        after = {number: changed(one, state="APPROVED", mark="2") for number, one in before.items()}

        def plain() -> None:
            for number, note in after.items():
                self.plain.put(number, note)
                self.plain.book(number, self.today)

        def real() -> None:
            for number, note in after.items():
                self._write(act, number, note)
            act.session.flush()
            act.post(DRAFT, [self.ids[number] for number in after])

        return self._both(act, "several at once", plain, real, before)

    def rebuilt(self, act: Act) -> str:
        """The balances are made anew: nothing differed."""
        assert act.rebuild_balances() == 0
        return "rebuilt"

    def behind_the_back(self, act: Act) -> str:
        """Somebody writes a posting into a closed cycle by hand: the database itself refuses."""
        closed = [(book, one) for book, cycles in self.plain.cycles.items() for one in cycles]
        if not closed:
            return "nothing to do"
        book, cycle = self.chance.choice(closed)
        day = cycle.begin + timedelta(days=self.chance.randint(0, (cycle.end - cycle.begin).days))
        row = act.session.execute(select(PostingRow.__table__).limit(1)).mappings().one()
        fresh = {**row, "id": 1, "record_no": book, "business_date": day, "document_id": 1}
        try:
            with act.session.begin_nested():
                act.session.execute(PostingRow.__table__.insert().values(**fresh))
        except Exception as problem:  # noqa: BLE001 – whatever the driver calls it, the words are the trigger's
            assert "closed period" in str(problem)  # noqa: PT017
            return "closed to the hand"
        raise AssertionError(f"a posting of {day} came into the closed cycle of {book}")

    # --- cycles ---------------------------------------------------------------------------------------------------

    def cycle(self, act: Act) -> str:
        """Verify the next cycle of a book when it is over: counted, computed, audited, closed by customs."""
        book = self.chance.choice(list(self.books.values()))
        earlier = self.plain.cycles[book.record_no]
        begin = earlier[-1].end + timedelta(days=1) if earlier else FOUNDED
        end = begin + timedelta(days=self.chance.randint(25, 70))
        if end > self.today:
            return "cycle not over"
        if not any(one.record_no == book.record_no and one.goods == one.way == "I" and one.state == "APPROVED"
                   for one in self.plain.notes.values()):  # fmt: skip
            return "cycle without basis"
        counted = self._stocktake(act, book, end) if self.chance.random() < 0.6 else None
        include = self.chance.random() < 0.5
        made = self._verified(act, book, end, include=include, counted=counted is not None)
        entries, taken, left = self.plain.counted(book.record_no, begin, end, include=include)
        opening = earlier[-1].handed_on if earlier else {}
        figures = self.plain.material(book.record_no, ((one.key, one.quantity) for one in entries))
        handed = {}
        for line in made.materials:
            in_out, consumed = figures.get(line.item_no, (ZERO, ZERO))
            expected = opening.get(line.item_no, ZERO) + in_out - consumed
            actual = counted[line.item_no] if counted is not None else expected
            told = (line.opening, line.in_out, line.consumed, line.expected, line.actual)
            assert told == (opening.get(line.item_no, ZERO), in_out, consumed, expected, actual), line.item_no
            handed[line.item_no] = actual if made.carry_basis == "ACTUAL" else expected
        notes = {one.document_id: one.included for one in made.notes}
        numbers = {self.ids[number]: number for number in self.ids}
        assert {numbers[one] for one, included in notes.items() if included} == taken
        assert {numbers[one] for one, included in notes.items() if not included} == left
        self._closed(act, made, PlainCycle(begin, end, taken, left, handed))
        assert self.plain.lost(book.record_no, entries, end) == {}, f"step {self.steps}: a cycle lost something"
        return "cycle closed" if counted is None else "counted cycle closed"

    def _stocktake(self, act: Act, book: PlainBook, day: date) -> dict[int, Decimal]:
        """Count everything that is not negative; products are counted too and exploded by hand."""
        for other in act.session.scalars(select(Stocktake).where(Stocktake.count_date == day)):
            act.session.delete(other)
        act.session.flush()
        found: dict[int, Decimal] = dict.fromkeys(book.materials, ZERO)
        lots = {f"M{item}": Decimal(self.chance.randint(0, 10**7)).scaleb(-5) for item in book.materials}
        for kind in "IES":
            take = Stocktake(count_date=day, kind=kind, warehouse="", state="CONFIRMED")
            take.lines = []
            for place, (part_no, quantity) in enumerate(lots.items() if kind == "I" else (), 1):
                line = StocktakeLine(line_no=place, part_no=part_no, quantity=quantity, counted_qty=quantity)
                line.erp_unit, line.scope = "035", "bonded"
                take.lines.append(line)
                found[int(part_no[1:])] += quantity
            act.session.add(take)
        act.session.flush()
        return found

    def _verified(self, act: Act, book: PlainBook, end: date, *, include: bool, counted: bool) -> AccountVerification:
        """Make the 报核 by the wizard and audit it."""
        act.facts.forget()
        script = self.engine.catalogue.script("new_account_verification")
        given = {"record_no": book.record_no, "end_date": str(end), "override_reason": "海关要求"}
        given["actual_source"] = "STOCKTAKE" if counted else "EXPECTED"
        outcome = play(scripts.start(act, script, read_options(script.options, given)), proposed_answer)
        (made_id,) = outcome.changed["account_verification"]
        made = act.session.get_one(AccountVerification, (1, made_id))
        made.reserved_notes, made.negative_confirmed = ("include" if include else "next"), True
        made.carry_basis = self.chance.choice(("EXPECTED", "ACTUAL"))
        act.session.flush()
        again = self.engine.catalogue.script("recompute_account_verification")
        play(scripts.start(act, again, read_options(again.options, {}), [made_id]), proposed_answer)
        for line in made.materials:
            line.remark = "随机"
        act.session.flush()
        act.facts.forget()
        records.move(act, self.engine.catalogue.document("account_verification"), made_id, "audit")
        return made

    def _closed(self, act: Act, made: AccountVerification, cycle: PlainCycle) -> None:
        """Customs says 正式核算通过: what was reserved and taken in is posted, then nothing changes any more."""
        for number in sorted(cycle.included):
            self.plain.put(number, changed(self.plain.notes[number], mark="3"))
        for number in sorted(cycle.included):
            self.plain.book(number, self.today)
        made.state = "SENT"
        act.session.flush()
        assert receive(made, Receipt("EMS221", internal_no=made.internal_no, result="5"), act)
        act.session.flush()
        act.facts.forget()
        self.plain.cycles[made.record_no].append(cycle)

    # --- asking ---------------------------------------------------------------------------------------------------

    def asked(self, act: Act) -> str:
        """Ask for balances as of a day, as known on another, and for materials with what products hold."""
        record_no = self.chance.choice(list(self.books))
        day = self.today - timedelta(days=self.chance.choice((0, 1, 15, 40, 200)))
        known = self.today - timedelta(days=self.chance.choice((0, 2, 30)))
        assert self._upto(act, record_no, day) == self.plain.upto(record_no, day)
        assert self._upto(act, record_no, day, known) == self.plain.upto(record_no, day, known)
        posted = [one for one in act.books.movements(record_no, None, day) if one.stage == "posted"]
        book = act.facts.one(Account, record_no=record_no, copy="approved")
        assert book is not None
        folded = fold(posted, filed_of(book))
        mine = ((key, quantity) for key, quantity in self.plain.upto(record_no, day).items() if key[6] == "posted")
        for item, (in_out, consumed) in self.plain.material(record_no, mine).items():
            assert (folded.item(item).in_out, folded.item(item).consumed) == (in_out, consumed)
        assert folded.findings == ()
        return "asked"

    def _upto(self, act: Act, record_no: str, day: date, known: date | None = None) -> dict[Key, Decimal]:
        found = act.books.as_known(known).movements(record_no, None, day)
        keyed = {
            (record_no, one.goods_flag, one.item_no, one.uc_version, one.mode, one.ie_flag, one.stage): one.quantity
            for one in found
        }
        return {key: quantity for key, quantity in keyed.items() if quantity}

    # --- doing it to both -----------------------------------------------------------------------------------------

    def _put(self, act: Act, number: int, note: PlainNote, what: str) -> str:
        """Let a note say ``note`` in both ledgers and book it."""
        before = {number: self.plain.notes.get(number)}

        def plain() -> None:
            self.plain.put(number, note)
            self.plain.book(number, self.today)

        def real() -> None:
            header = self._write(act, number, note)
            act.session.flush()
            act.facts.forget_rows(BondedNote)
            post_document(act, self.engine.catalogue.document(FORMAL if note.formal else DRAFT), header)

        return self._both(act, what, plain, real, before)

    def _both(
        self,
        act: Act,
        what: str,
        plain: Callable[[], None],
        real: Callable[[], None],
        before: Mapping[int, PlainNote | None],
    ) -> str:
        """Do it to both; where the plain ledger knows that it must be refused, the program refuses with LED-01."""
        ids = dict(self.ids)
        stands = {number: dict(self.plain.standing[number]) for number in before}
        try:
            plain()
        except Closed:
            for number, note in before.items():
                self.plain.standing[number] = stands[number]
                if note is None:
                    del self.plain.notes[number]
                else:
                    self.plain.notes[number] = note
            with ExitStack() as stack:
                nested = act.session.begin_nested()
                stack.callback(nested.rollback)
                try:
                    real()
                    act.session.flush()
                except Refused as refused:
                    assert [one.code for one in refused.findings] == ["LED-01"]  # noqa: PT017
                else:
                    raise AssertionError(f"step {self.steps}: {what} in a closed cycle was not refused") from None
            self.ids = ids
            act.facts.forget()
            return f"refused: {what}"
        real()
        return what

    def _write(self, act: Act, number: int, note: PlainNote) -> BondedNote:
        """Write down what a note says, as receipts and imports do."""
        if number in self.ids:
            header = act.session.get_one(BondedNote, (1, self.ids[number]))
        else:
            header = BondedNote(internal_no=f"N{number}", record_no=note.record_no, ie_flag=note.way)
            header.goods_flag, header.copy, header.lines = note.goods, "formal" if note.formal else "draft", []
            act.session.add(header)
        header.supervision_mode, header.declared_on, header.bond_no = note.mode, note.day, note.bond_no
        header.state, header.writeoff_mark = note.state, note.mark
        for place, (item, version, quantity, gone) in enumerate(note.lines):
            if place == len(header.lines):
                header.lines.append(NoteLine(line_no=place + 1, total=Decimal(100), currency="USD"))
            line = header.lines[place]
            line.item_no, line.uc_version, line.dcl_qty, line.row_mark = item, version, quantity, "2" if gone else "0"
        if number not in self.ids:
            act.session.flush()
            self.ids[number] = header.id
        return header

    # --- comparing ------------------------------------------------------------------------------------------------

    def compare(self, act: Act) -> None:
        """After every step: what was booked, the balances touched, and the closed cycles are what they must be."""
        where = f"seed {self.seed}, step {self.steps}, {self.today}"
        self._added(act, where)
        self.shut = [(book, one.begin, one.end) for book, many in self.plain.cycles.items() for one in many]
        touched = set(act.session.execute(text("SELECT heading FROM walk_touched")).scalars())
        if touched:
            act.session.execute(text("DELETE FROM walk_touched"))
        whole = self.steps % self.every == 0 or -1 in touched
        if touched or whole:
            self._balances(act, where, None if whole else touched)
        if whole:
            assert check_balances(act) == [], where
            for record_no, cycles in self.plain.cycles.items():
                for one in cycles[-2:]:
                    assert self._upto(act, record_no, one.end) == self.plain.upto(record_no, one.end), where

    def _added(self, act: Act, where: str) -> None:
        """The postings a step added are the differences the plain ledger booked, and lie in no closed cycle."""
        statement = text("SELECT rowid, id FROM posting WHERE rowid > :last ORDER BY rowid")
        fresh = act.session.execute(statement, {"last": self.rows}).all()
        found: dict[tuple[Key, date], Decimal] = defaultdict(lambda: ZERO)
        if fresh:
            self.rows = fresh[-1][0]
            columns = PostingRow.__table__.c
            names = (*HEADING, "business_date", "quantity", "effect", "reversal", "document_id")
            parts = [columns[name] for name in names]
            mine = select(*parts).where(columns.company_id == 1, columns.id.in_([one[1] for one in fresh]))
            waiting = self._waiting()
            for *key, day, quantity, effect, reversal, document in act.session.execute(mine):
                shut = any(begin <= day <= end for book, begin, end in self.shut if book == key[0])
                assert not shut or document in waiting, (where, key, day)
                found[tuple(key), day] += quantity * (-effect if reversal else effect)  # type: ignore[index]
        wanted: dict[tuple[Key, date], Decimal] = defaultdict(lambda: ZERO)
        for one in self.plain.entries[self.booked :]:
            wanted[one.key, one.dated] += one.quantity
        self.booked = len(self.plain.entries)
        assert {key: one for key, one in found.items() if one} == {k: one for k, one in wanted.items() if one}, where

    def _waiting(self) -> set[int]:
        """Return the notes the last cycle of every book, closed before this step, left to the next one."""
        shut = set(self.shut)
        closed = [
            [one for one in many if (book, one.begin, one.end) in shut] for book, many in self.plain.cycles.items()
        ]
        return {self.ids[note] for many in closed if many for note in many[-1].left}

    def _balances(self, act: Act, where: str, touched: set[int] | None) -> None:
        """The balances touched, or all of them, are the plain ledger's."""
        statement = select(*heading_columns(), BalanceRow.month, BalanceRow.quantity).join(
            HeadingRow,
            and_(HeadingRow.company_id == BalanceRow.company_id, HeadingRow.id == BalanceRow.heading_id),
        )
        if touched is not None:
            statement = statement.where(BalanceRow.heading_id.in_(touched))
        found = {((*key,), month): quantity for *key, month, quantity in act.session.execute(statement)}
        if touched is None:
            wanted = {key: quantity for key, quantity in self.plain.sums.items() if quantity}
            assert {key: quantity for key, quantity in found.items() if quantity} == wanted, where
        for key, quantity in found.items():
            assert quantity == self.plain.sums.get(key, ZERO), (where, key)  # type: ignore[arg-type]


def opened(path: Path, seed: int, every: int = 1) -> Walk:
    """Open a data folder that knows the customs codes, for one walk."""
    from builders.office import open_office

    office = open_office(path)
    return Walk(office.engine, seed, every)


def told(walk: Walk) -> dict[str, Any]:
    """Say what a walk did."""
    return {"seed": walk.seed, "steps": walk.steps, "until": str(walk.today), **dict(walk.done.most_common())}
