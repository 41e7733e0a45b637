"""The ledger once more, in dictionaries: what random operations must have left behind.

Nothing of the program is used here. Signs are those of handbook 8.4, written down again; a note is counted by what it
says, a correction by the difference to what it said before; a closed cycle is never touched (decision 0035).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

ZERO = Decimal(0)
#: (goods, mode, direction) → sign on 进出口总数 of a material, or on 消耗 of a product.
SIGNS = {
    ("I", "0615", "I"): 1,
    ("I", "0654", "I"): 1,
    ("I", "0644", "I"): -1,
    ("I", "0664", "E"): -1,
    ("I", "0700", "I"): 1,
    ("I", "0700", "E"): -1,
    ("I", "0657", "E"): -1,
    ("I", "0844", "I"): 0,
    ("E", "0615", "E"): 1,
    ("E", "0654", "E"): 1,
    ("E", "4600", "I"): -1,
    ("E", "4600", "E"): 1,
}
STAGES = {"1": "reserved", "2": "posted", "3": "posted"}
#: record_no, goods, item, version, mode, direction, stage
Key = tuple[str, str, int, str, str, str, str]


class Closed(Exception):  # noqa: N818 – not an error: what must be refused
    """A closed cycle would have to take in what was never there."""


@dataclass(frozen=True)
class PlainNote:
    """What a note says; ``lines`` are (item, version, quantity, deleted)."""

    record_no: str
    goods: str
    mode: str
    way: str
    day: date
    lines: tuple[tuple[int, str, Decimal, bool], ...]
    formal: bool = False
    bond_no: str = ""
    state: str = "DRAFT"
    mark: str = "0"


@dataclass
class PlainCycle:
    """A cycle customs has closed, with what it hands on."""

    begin: date
    end: date
    included: set[int]
    left: set[int]
    handed_on: dict[int, Decimal]


@dataclass(frozen=True)
class Entry:
    """One difference that was booked: known since a day, dated on one, standing for another."""

    known: date
    dated: date
    meant: date
    key: Key
    quantity: Decimal
    note: int


@dataclass
class PlainLedger:
    """Notes, what they have booked, and the cycles of every book."""

    consumption: Mapping[str, Mapping[tuple[int, str], Mapping[int, tuple[Decimal, Decimal]]]]
    notes: dict[int, PlainNote] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    cycles: dict[str, list[PlainCycle]] = field(default_factory=lambda: defaultdict(list))
    sums: dict[tuple[Key, date], Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))
    standing: dict[int, dict[tuple[Key, date], Decimal]] = field(default_factory=lambda: defaultdict(dict))
    by_note: dict[int, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    verified: dict[Key, Decimal] = field(default_factory=lambda: defaultdict(lambda: ZERO))

    def put(self, number: int, note: PlainNote) -> None:
        """Say what a note says now, without booking it."""
        self.notes[number] = note

    def wanted(self, number: int) -> dict[tuple[Key, date], Decimal]:
        """Return what a note should have booked."""
        note = self.notes.get(number)
        found: dict[tuple[Key, date], Decimal] = defaultdict(lambda: ZERO)
        if note is None or not _moves(note) or (note.formal and self._stood_for(note)):
            return found
        sign = SIGNS[note.goods, note.mode, note.way]
        for item, version, quantity, deleted in note.lines:
            if sign and not deleted:
                key = (note.record_no, note.goods, item, version, note.mode, note.way, STAGES[note.mark])
                found[key, note.day] += sign * quantity
        return found

    def _stood_for(self, formal: PlainNote) -> bool:
        return any(not one.formal and one.bond_no == formal.bond_no and _moves(one) for one in self.notes.values())

    def book(self, number: int, today: date) -> list[Entry]:
        """Book a note as it stands, then the formal copies of its number; return the differences.

        :class:`Closed` when a closed cycle would get what it never had, and then nothing was booked.
        """
        note = self.notes.get(number)
        fresh = self._differences(number, today)
        if note is not None and not note.formal and note.bond_no:
            for other, one in self.notes.items():
                if one.formal and one.bond_no == note.bond_no:
                    fresh += self._differences(other, today)
        for one in fresh:
            self._take(one)
        return fresh

    def _differences(self, number: int, today: date) -> list[Entry]:
        wanted, stands = self.wanted(number), self.standing[number]
        fresh = []
        for key, meant in sorted({*wanted, *stands}, key=str):
            gap = wanted.get((key, meant), ZERO) - stands.get((key, meant), ZERO)
            if not gap:
                continue
            dated = meant
            if self.closed(key[0], meant) and not self._waits(key[0], number):
                if self.notes[number].formal and not self.by_note[number]:
                    raise Closed
                dated = self._corrected(key[0], number, meant) or self.open_day(key[0], today)
            fresh.append(Entry(today, dated, meant, key, gap, number))
        return fresh

    def _take(self, one: Entry) -> None:
        self.entries.append(one)
        self.by_note[one.note].append(one)
        mine = self.standing[one.note]
        mine[one.key, one.meant] = mine.get((one.key, one.meant), ZERO) + one.quantity
        self.sums[one.key, one.dated.replace(day=1)] += one.quantity

    def closed(self, record_no: str, day: date) -> bool:
        """Tell whether a day of a book lies in a closed cycle."""
        return any(one.begin <= day <= one.end for one in self.cycles[record_no])

    def open_day(self, record_no: str, today: date) -> date:
        """Return the day a correction is dated."""
        return max(today, self.cycles[record_no][-1].end + timedelta(days=1))

    def _corrected(self, record_no: str, number: int, meant: date) -> date | None:
        """Return the open day on which a note already corrects a closed one: what follows goes there."""
        for one in reversed(self.by_note[number]):
            if (one.key[0], one.meant) == (record_no, meant) != (record_no, one.dated):
                return None if self.closed(record_no, one.dated) else one.dated
        return None

    def _waits(self, record_no: str, number: int) -> bool:
        """Tell whether the last closed cycle left a note to the next one, which will take it in."""
        return bool(self.cycles[record_no]) and number in self.cycles[record_no][-1].left

    def upto(self, record_no: str, day: date | None, known: date | None = None) -> dict[Key, Decimal]:
        """Return the sums of a book at the end of a day, as known at the end of another."""
        found: dict[Key, Decimal] = defaultdict(lambda: ZERO)
        for one in self.entries:
            late = (day is not None and one.dated > day) or (known is not None and one.known > known)
            if one.key[0] == record_no and not late:
                found[one.key] += one.quantity
        return {key: quantity for key, quantity in found.items() if quantity}

    def material(self, record_no: str, entries: Iterator[tuple[Key, Decimal]]) -> dict[int, tuple[Decimal, Decimal]]:
        """Return 进出口总数 and 消耗 per material of some entries; consumption is rounded once."""
        moved: dict[int, Decimal] = defaultdict(lambda: ZERO)
        used: dict[int, Fraction] = defaultdict(Fraction)
        for (book, goods, item, version, _mode, _way, _stage), quantity in entries:
            if book != record_no:
                continue
            if goods == "I":
                moved[item] += quantity
                continue
            for material, (per_unit, bonded) in self.consumption[book][item, version].items():
                used[material] += Fraction(quantity) * Fraction(per_unit) * Fraction(bonded) / 100
        return {item: (moved[item], rounded(used[item])) for item in {*moved, *used}}

    def counted(
        self, record_no: str, begin: date, end: date, *, include: bool
    ) -> tuple[list[Entry], set[int], set[int]]:
        """Return what a cycle counts, and the notes it takes in and leaves to the next one (handbook 8.3)."""
        before = self.cycles[record_no][-1] if self.cycles[record_no] else None
        left = before.left if before else set()
        mine = [one for one in self.entries if one.key[0] == record_no]
        mine = [one for one in mine if begin <= one.dated <= end or (one.dated < begin and one.note in left)]
        posted = [one for one in mine if one.key[6] == "posted"]
        reserved = [one for one in mine if one.key[6] == "reserved"]
        verified = {note for one in self.cycles[record_no] for note in one.included}  # a note is verified once
        stand, wait = _standing(posted) - verified, _standing(reserved) - verified
        return ([*posted, *reserved], stand | wait, set()) if include else (posted, stand, wait)

    def lost(self, record_no: str, fresh: list[Entry], end: date) -> dict[Key, Decimal]:
        """Add what a cycle counted to what those before it did; return where the ledger up to ``end`` says otherwise."""
        for one in fresh:
            self.verified[*one.key[:6], "posted"] += one.quantity
        posted = {key: quantity for key, quantity in self.upto(record_no, end).items() if key[6] == "posted"}
        keys = {*posted, *(key for key in self.verified if key[0] == record_no)}
        gaps = {key: posted.get(key, ZERO) - self.verified[key] for key in keys}
        return {key: gap for key, gap in gaps.items() if gap}


def _standing(entries: list[Entry]) -> set[int]:
    """Return the notes of which something stands."""
    found: dict[tuple[int, Key, date], Decimal] = defaultdict(lambda: ZERO)
    for one in entries:
        found[one.note, one.key, one.meant] += one.quantity
    return {note for (note, _key, _meant), quantity in found.items() if quantity}


def _moves(note: PlainNote) -> bool:
    return note.state == "APPROVED" and note.mark in STAGES


def rounded(exact: Fraction) -> Decimal:
    """Round half up at 5 decimals, away from 0, with whole numbers only."""
    scaled = abs(exact) * 10**5
    whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    return Decimal(-whole if exact < 0 else whole).scaleb(-5).quantize(Decimal("0.00001"), ROUND_HALF_UP)


def changed(note: PlainNote, **values: object) -> PlainNote:
    """Return a note that says something else."""
    return replace(note, **values)  # type: ignore[arg-type]
