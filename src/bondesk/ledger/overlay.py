"""What-if: the real books seen through assumptions, never changed (decision 0032). Pure.

An :class:`Overlay` says what is assumed; :class:`OverlaidBooks` answers as the real books would if it were so. The two
dates (another cut-off, another stocktake) are the asker's to use: books are asked for days and know no stocktakes.
An empty overlay asks the real books and nothing else, so its answers are theirs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from bondesk.ledger.balance import Movement
from bondesk.ledger.books import Books
from bondesk.ledger.consumption import ZERO, Version
from bondesk.ledger.posting import EVERY, EffectTable, Only, Posting, Stage


@dataclass(frozen=True, slots=True)
class Overlay:
    """What is assumed.

    ``drafts``: what is reserved or still a draft counts as declared. ``versions``: products taken by another version,
    (item, version) → version. ``left_out``: numbers of documents that do not count. ``exact``: quantities of lines (by
    id) before they were rounded. Of the manual's printed formula (handbook 8.4) ``printed`` takes the signs, ``strict``
    only the modes it lists.
    """

    drafts: bool = False
    versions: Mapping[Version, str] = field(default_factory=dict)
    cut_off: date | None = None
    stocktake: date | None = None
    left_out: frozenset[str] = frozenset()
    printed: bool = False
    exact: Mapping[int, Decimal] = field(default_factory=dict)
    strict: bool = False

    @property
    def touches_postings(self) -> bool:
        """Tell whether the books answer otherwise than the real ones."""
        return bool(self.drafts or self.versions or self.left_out or self.formula or self.exact)

    @property
    def formula(self) -> str:
        """Return the formula figures are signed by, as :data:`bondesk.ledger.formula.FORMULAS` calls it."""
        if self.printed:
            return "MANUAL" if self.strict else "PRINTED"
        return "STRICT" if self.strict else ""

    @property
    def empty(self) -> bool:
        """Tell whether nothing is assumed."""
        return not self.touches_postings and self.cut_off is None and self.stocktake is None

    def over(self, other: Overlay) -> Overlay:
        """Return both together; where they disagree this one holds."""
        return Overlay(
            drafts=self.drafts or other.drafts,
            versions={**other.versions, **self.versions},
            cut_off=self.cut_off or other.cut_off,
            stocktake=self.stocktake or other.stocktake,
            left_out=self.left_out | other.left_out,
            printed=self.printed or other.printed,
            exact={**other.exact, **self.exact},
            strict=self.strict or other.strict,
        )


class OverlaidBooks:
    """Books of one book seen through an overlay; see :class:`bondesk.ledger.books.Books`.

    ``drafts`` are the postings unfinished documents would have; ``signs`` is the sign table of the overlay's formula.
    """

    def __init__(
        self, books: Books, overlay: Overlay, drafts: Sequence[Posting] = (), signs: EffectTable | None = None
    ) -> None:
        """See ``books`` through ``overlay``."""
        self._books, self._overlay, self._drafts, self._signs = books, overlay, drafts, signs

    def movements(self, record_no: str, begin: date | None, end: date | None) -> Sequence[Movement]:
        """Return the postings summed per item, version, mode, direction and stage."""
        if not self._overlay.touches_postings:
            return self._books.movements(record_no, begin, end)
        return summed(one for stage in Stage for one in self.postings(record_no, begin, end, stage.value))

    def postings(
        self, record_no: str, begin: date | None, end: date | None, stage: str, only: Only = EVERY
    ) -> Sequence[Posting]:
        """Return the single postings of one stage, by date and voucher."""
        if not self._overlay.touches_postings:
            return self._books.postings(record_no, begin, end, stage, only)
        found = list(self._books.postings(record_no, begin, end, stage, only))
        if self._overlay.drafts:
            found = self._with_drafts(found, record_no, begin, end, only) if stage == Stage.POSTED.value else []
        return [changed for one in found for changed in self._seen(one)]

    def _with_drafts(
        self, posted: list[Posting], record_no: str, begin: date | None, end: date | None, only: Only
    ) -> list[Posting]:
        reserved = self._books.postings(record_no, begin, end, Stage.RESERVED.value, only)
        drafts = [
            one
            for one in self._drafts
            if one.record_no == record_no
            and only.holds(one)
            and (begin is None or one.business_date >= begin)
            and (end is None or one.business_date <= end)
        ]
        every = [*posted, *(replace(one, stage=Stage.POSTED) for one in (*reserved, *drafts))]
        return sorted(every, key=lambda one: (one.business_date, one.document_no, one.line_no))

    def _seen(self, one: Posting) -> Iterator[Posting]:
        overlay = self._overlay
        if one.document_no in overlay.left_out:
            return
        if one.goods_flag == "E" and (one.item_no, one.uc_version) in overlay.versions:
            one = replace(one, uc_version=overlay.versions[one.item_no, one.uc_version])
        if one.line_id in overlay.exact:
            one = replace(one, quantity=overlay.exact[one.line_id])
        if overlay.formula and self._signs is not None:
            day = one.corrects or one.business_date
            effect = self._signs.effect(one.mode, one.goods_flag, one.ie_flag, day)[0 if one.goods_flag == "I" else 1]
            if effect == 0:
                return
            one = replace(one, effect=effect)
        yield one


def summed(postings: Iterable[Posting]) -> list[Movement]:
    """Sum postings as the stored ledger does: per item, version, mode, direction and stage."""
    sums: dict[tuple[str, int, str, str, str, str], Decimal] = defaultdict(lambda: ZERO)
    for one in postings:
        key = (one.goods_flag, one.item_no, one.uc_version, one.mode, one.ie_flag, one.stage.value)
        sums[key] += one.signed
    return [Movement(*key, quantity) for key, quantity in sums.items()]
