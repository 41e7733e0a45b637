"""What a 报核 counts: the postings of its cycle, its notes, and those that wait or only correct (handbook 8.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select

from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.verification.verification_model import AccountVerification, VerificationNote
from bondesk.base.batches import batches
from bondesk.ledger.books import LedgerWork
from bondesk.ledger.posting import Only, Posting, Stage


@dataclass(frozen=True, slots=True)
class Scope:
    """The postings a cycle counts, and its notes: those included, and those that wait."""

    counted: Sequence[Posting]
    notes: Sequence[VerificationNote]


def read_scope(work: LedgerWork, verification: AccountVerification, previous: AccountVerification | None) -> Scope:
    """Return the postings and notes of the cycle (handbook 8.3).

    Posted ones of its days count, reserved ones only when 未核扣清单 are included; notes the cycle before left
    waiting come in as they stand now, those still reserved as notes that wait again.
    """
    record_no, begin, end = verification.record_no, verification.begin_date, verification.end_date
    posted = work.books.postings(record_no, begin, end, Stage.POSTED.value)
    reserved = work.books.postings(record_no, begin, end, Stage.RESERVED.value)
    left = _left_over(work, verification, previous, Stage.POSTED)
    still = _left_over(work, verification, previous, Stage.RESERVED)
    including = verification.reserved_notes == "include"
    counted = [*posted, *left, *((*reserved, *still) if including else ())]
    before = _verified_before(work, verification, [*posted, *reserved])
    posted, reserved = ([one for one in some if one.document_id not in before] for some in (posted, reserved))
    notes = [*_notes(posted, True, True, 0)]
    notes += _notes(reserved, False, including, len(notes))
    notes += _notes(left, True, True, len(notes), carried_over=True)
    notes += _notes(still, False, including, len(notes), carried_over=True)
    _name_notes(work, notes)
    return Scope(counted, notes)


def _verified_before(work: LedgerWork, verification: AccountVerification, postings: Sequence[Posting]) -> set[int]:
    """Return the notes an earlier cycle took in: what corrects them counts here, but a note is verified once."""
    found: set[int] = set()
    corrected = sorted({one.document_id for one in postings if one.corrects is not None})
    for batch in batches(corrected):
        statement = select(VerificationNote.document_id).join(
            AccountVerification,
            and_(
                AccountVerification.company_id == VerificationNote.company_id,
                AccountVerification.id == VerificationNote.header_id,
            ),
        )
        statement = statement.where(
            VerificationNote.company_id == work.company_id,
            VerificationNote.document_id.in_(batch),
            VerificationNote.included,
            AccountVerification.record_no == verification.record_no,
            AccountVerification.times < verification.times,
            AccountVerification.state != "VOID",
        )
        found.update(work.session.scalars(statement))
    return found


def _name_notes(work: LedgerWork, notes: Sequence[VerificationNote]) -> None:
    """Fill the numbers customs gave."""
    known: dict[int, str] = {}
    ids = [one.document_id for one in notes]
    for some in batches(ids):
        statement = select(BondedNote.id, BondedNote.bond_no).where(
            BondedNote.company_id == work.company_id, BondedNote.id.in_(some)
        )
        known |= {row[0]: row[1] for row in work.session.execute(statement)}
    for one in notes:
        one.bond_no = known.get(one.document_id, "")


def _left_over(
    work: LedgerWork, verification: AccountVerification, previous: AccountVerification | None, stage: Stage
) -> list[Posting]:
    waiting = frozenset(note.document_id for note in previous.notes if not note.included) if previous else None
    if not waiting or previous is None:
        return []
    only = Only(documents=waiting)
    return list(work.books.postings(verification.record_no, None, previous.end_date, stage.value, only))


def _notes(
    postings: Sequence[Posting], posted: bool, included: bool, after: int, *, carried_over: bool = False
) -> Iterator[VerificationNote]:
    """Return a row per document that still has a standing posting."""
    standing: dict[int, int] = defaultdict(int)
    first: dict[int, Posting] = {}
    for one in postings:
        standing[one.document_id] += -1 if one.reversal else 1
        first.setdefault(one.document_id, one)
    kept = [one for key, one in first.items() if standing[key] > 0]
    for place, one in enumerate(kept, after + 1):
        yield VerificationNote(
            line_no=place,
            document_key=one.document_key,
            document_id=one.document_id,
            document_no=one.document_no,
            ie_flag=one.ie_flag,
            supervision_mode=one.mode,
            declared_on=one.business_date,
            posted=posted,
            included=included,
            carried_over=carried_over,
        )
