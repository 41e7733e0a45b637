"""账册报核 as a fold: what must be left of every material at the end of a cycle, and every figure beside it. Pure.

Handbook 8.1 to 8.6. A figure is summed unrounded and rounded once, at 5 decimals; what is computed from figures
(应剩余, 差异) uses the rounded ones, so that every row foots as it is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from bondesk.base.findings import Finding
from bondesk.base.numbers import QUANTITY_PLACES, half_up
from bondesk.ledger.balance import Movement, fold
from bondesk.ledger.consumption import ZERO, Filed, Share, Version, exploded

#: Days of a cycle where neither book nor enterprise says otherwise, and the longest a cycle may be (handbook 8.2).
USUAL_CYCLE, LONGEST_CYCLE = 360, 366
RATE_PLACES = 4


@dataclass(frozen=True, slots=True)
class SideColumn:
    """One column beside the balance: movements of these modes in one direction, shown as positive quantities.

    Products are shown as the material they hold.
    """

    key: str
    title: str
    goods_flag: str
    modes: tuple[str, ...]
    ie_flag: str


#: The side columns of handbook 8.5, in the order of the message.
SIDE_COLUMNS = (
    SideColumn("direct_import", "直接进口", "I", ("0615", "0214", "0715"), "I"),
    SideColumn("transfer_in", "深加工结转进口", "I", ("0654", "0255"), "I"),
    SideColumn("surplus_in", "余料转入", "I", ("0657", "0258"), "I"),
    SideColumn("exchange_in", "料件退换进口", "I", ("0700", "0300"), "I"),
    SideColumn("exchange_out", "料件退换出口", "I", ("0700", "0300"), "E"),
    SideColumn("domestic_sale", "料件内销", "I", ("0644", "0245"), ""),
    SideColumn("reexport", "料件复出", "I", ("0664", "0265"), ""),
    SideColumn("surplus_out", "余料转出", "I", ("0657", "0258"), "E"),
    SideColumn("destroyed", "料件销毁", "I", ("0200",), ""),
    SideColumn("direct_export", "成品直接出口折料", "E", ("0615", "0214", "0715"), "E"),
    SideColumn("transfer_out", "深加工结转出口折料", "E", ("0654", "0255"), "E"),
    SideColumn("returned_in", "成品退换进口折料", "E", ("4600", "4400"), "I"),
    SideColumn("returned_out", "成品退换复出折料", "E", ("4600", "4400"), "E"),
    SideColumn("reduced", "成品减免及以产顶进折料", "E", ("0744", "0345", "0642"), ""),
)


@dataclass(frozen=True, slots=True)
class VerifiedItem:
    """One material of a 报核. All quantities are in the book's unit at 5 decimals.

    ``side`` holds the figures of :data:`SIDE_COLUMNS`; ``net``, ``tangible`` and ``intangible`` split what the
    products hold (handbook 3.1), each rounded once; ``actual`` is the stocktake, None where none is used.
    """

    item_no: int
    opening: Decimal
    in_out: Decimal
    consumed: Decimal
    side: Mapping[str, Decimal]
    net: Decimal
    tangible: Decimal
    intangible: Decimal
    actual: Decimal | None = None

    @property
    def expected(self) -> Decimal:
        """Return 应剩余数量 = 期初 + 进出口总数 − 消耗; 本期结余 is the same figure."""
        return self.opening + self.in_out - self.consumed

    @property
    def remaining(self) -> Decimal:
        """Return 实际剩余数量: the stocktake, or what is expected where none is used."""
        return self.expected if self.actual is None else self.actual

    @property
    def variance(self) -> Decimal:
        """Return 差异数量 = 实际剩余 − 应剩余."""
        return self.remaining - self.expected

    @property
    def variance_rate(self) -> Decimal | None:
        """Return 差异率 in % at 4 decimals, None when nothing is expected."""
        return rate(self.variance, self.expected)


def rate(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return ``part / whole`` in % at 4 decimals, None when ``whole`` is 0."""
    return half_up(Fraction(part) * 100 / Fraction(whole), RATE_PLACES) if whole else None


def verified(
    items: Iterable[int],
    opening: Mapping[int, Decimal],
    movements: Sequence[Movement],
    filed: Filed,
    actual: Mapping[int, Decimal] | None = None,
) -> tuple[list[VerifiedItem], tuple[Finding, ...]]:
    """Verify the ``items`` of a book over the posted ``movements`` of one cycle.

    ``actual`` holds stocktakes; an item counted nowhere is then 0. Without it the expected figure stands. Product
    versions that are not filed come back as RPT-05.
    """
    folded = fold(movements, filed)
    side = _side_figures(movements, filed)
    losses = {share.value: exploded(folded.consumption.products, filed, share) for share in _LOSSES}
    rows = []
    for item_no in sorted(set(items)):
        item = folded.item(item_no)
        rows.append(
            VerifiedItem(
                item_no,
                opening.get(item_no, ZERO),
                item.in_out,
                item.consumed,
                {key: abs(figure(item_no)) for key, figure in side.items()},
                **{key: loss.figure(item_no) for key, loss in losses.items()},
                actual=None if actual is None else actual.get(item_no, ZERO),
            )
        )
    return rows, folded.findings


#: What stands beside the consumption of a material.
_LOSSES = (Share.NET, Share.TANGIBLE, Share.INTANGIBLE)


def _side_figures(movements: Iterable[Movement], filed: Filed) -> dict[str, Callable[[int], Decimal]]:
    """Sum the columns with their signs, so that a reversal takes back what it reverses; figures by material."""
    columns = {(one.goods_flag, mode, way): one.key for one in SIDE_COLUMNS for mode in one.modes for way in _ways(one)}
    materials: dict[str, dict[int, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    products: dict[str, dict[Version, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for one in movements:
        key = columns.get((one.goods_flag, one.mode, one.ie_flag), "")
        if one.goods_flag == "I":
            materials[key][one.item_no] += one.quantity
        else:
            products[key][one.item_no, one.uc_version] += one.quantity

    def figure(column: SideColumn) -> Callable[[int], Decimal]:
        if column.goods_flag == "E":
            return exploded(products[column.key], filed).figure
        return lambda item_no: half_up(materials[column.key].get(item_no, ZERO), QUANTITY_PLACES)

    return {one.key: figure(one) for one in SIDE_COLUMNS}


def _ways(column: SideColumn) -> tuple[str, ...]:
    return (column.ie_flag,) if column.ie_flag else ("I", "E")


@dataclass(frozen=True, slots=True)
class Cycle:
    """A closed period of 报核."""

    begin: date
    end: date

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return (self.end - self.begin).days + 1


def cut_off(basis: date | None, previous_end: date | None, cycle_days: int | None) -> date | None:
    """Return 报核截止日期 (handbook 8.2): the previous cut-off, else the basis, plus the cycle; None without either.

    ``basis`` is the first import date of an E账册, or the approval date of a 以企业为单元 account.

    >>> cut_off(date(2024, 1, 15), None, 180), cut_off(date(2023, 11, 1), None, None)
    (datetime.date(2024, 7, 13), datetime.date(2024, 10, 26))
    """
    start = previous_end or basis
    return start + timedelta(days=cycle_days or USUAL_CYCLE) if start is not None else None


def counted_total(parts: Iterable[Mapping[int, Decimal]]) -> dict[int, Decimal]:
    """Add counted materials, exploded products, semi-products and goods in transit per material."""
    found: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for part in parts:
        for item, quantity in part.items():
            found[item] += quantity
    return dict(found)
