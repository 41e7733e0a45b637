"""The balance of a handbook as a fold: imports, consumption, disposal, surplus and scrap of every material (9.1). Pure.

Sums are exact and each figure is rounded once, at 5 decimals; what is computed from figures uses the rounded ones, so
that every row foots as it is shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from bondesk.base.findings import Finding
from bondesk.ledger.balance import ItemFold, Movement, fold
from bondesk.ledger.consumption import ZERO, Exploded, Filed, Share, exploded
from bondesk.ledger.verification import rate

#: (mode, direction) → figure and the sign it is shown with; "" is either direction. A mode of no figure stands in the
#: first one of its goods, as the ledger moved (handbook 9.1 lists the usual ones only).
_MATERIAL: tuple[tuple[str, tuple[str, ...], str, int], ...] = (
    ("direct_import", ("0615", "0214", "0715", "9900", "1371"), "", 1),
    ("direct_import", ("0700", "0300"), "I", 1),
    ("transfer_in", ("0654", "0255"), "", 1),
    ("surplus_in", ("0657", "0258"), "I", 1),
    ("exchange_out", ("0700", "0300"), "E", -1),
    ("domestic_sale", ("0644", "0245"), "", -1),
    ("reexport", ("0664", "0265"), "", -1),
    ("surplus_out", ("0657", "0258"), "E", -1),
    ("destroyed", ("0200",), "", -1),
)
_PRODUCT: tuple[tuple[str, tuple[str, ...], str, int], ...] = (
    ("transferred", ("0654", "0255"), "", 1),
    ("returned_in", ("4600", "4400"), "I", -1),
    ("returned_out", ("4600", "4400"), "E", 1),
)
#: Modes that dispose of scrap; they move no material (handbook 8.4).
SCRAP_MODES: Mapping[str, str] = {
    "0844": "scrap_sold",
    "0845": "scrap_sold",
    "0864": "scrap_reexported",
    "0865": "scrap_reexported",
    "0400": "scrap_destroyed",
}


@dataclass(frozen=True, slots=True)
class HandbookMaterial:
    """One material of a handbook: 9.1, materials. ``filed`` is None where the quantity is not controlled."""

    item_no: int
    filed: Decimal | None
    direct_import: Decimal = ZERO
    transfer_in: Decimal = ZERO
    surplus_in: Decimal = ZERO
    exchange_out: Decimal = ZERO
    consumed: Decimal = ZERO
    domestic_sale: Decimal = ZERO
    reexport: Decimal = ZERO
    surplus_out: Decimal = ZERO
    destroyed: Decimal = ZERO
    scrap: Decimal = ZERO
    scrap_sold: Decimal = ZERO
    scrap_reexported: Decimal = ZERO
    scrap_destroyed: Decimal = ZERO

    @property
    def imported(self) -> Decimal:
        """Return 进口总数量 = 直接进口 + 结转进口 + 余料转入 − 退换出口."""
        return self.direct_import + self.transfer_in + self.surplus_in - self.exchange_out

    @property
    def remaining(self) -> Decimal:
        """Return 余料数量 = 进口总数量 − 产品总耗用 − 复出 − 内销 − 余料转出 − 销毁."""
        left = self.imported - self.consumed - self.reexport
        return left - self.domestic_sale - self.surplus_out - self.destroyed

    @property
    def scrap_left(self) -> Decimal:
        """Return 边角料余量."""
        return self.scrap - self.scrap_sold - self.scrap_reexported - self.scrap_destroyed

    @property
    def importable(self) -> Decimal | None:
        """Return 可进口量 = 备案数量 − 进口总数量."""
        return None if self.filed is None else self.filed - self.imported

    @property
    def share(self) -> Decimal | None:
        """Return 比例 = 进口总数量 ÷ 备案数量 in % at 4 decimals."""
        return None if self.filed is None else rate(self.imported, self.filed)


@dataclass(frozen=True, slots=True)
class HandbookProduct:
    """One product of a handbook: 9.1, products."""

    item_no: int
    filed: Decimal | None
    direct: Decimal = ZERO
    transferred: Decimal = ZERO
    returned_in: Decimal = ZERO
    returned_out: Decimal = ZERO

    @property
    def exported(self) -> Decimal:
        """Return 出口总数量 = 直接出口 + 结转出口 − 退厂返工 + 返工复出."""
        return self.direct + self.transferred - self.returned_in + self.returned_out

    @property
    def exportable(self) -> Decimal | None:
        """Return 可出口量 = 备案数量 − 出口总数量."""
        return None if self.filed is None else self.filed - self.exported

    @property
    def share(self) -> Decimal | None:
        """Return 出口总数量 ÷ 备案数量 in % at 4 decimals."""
        return None if self.filed is None else rate(self.exported, self.filed)


@dataclass(frozen=True, slots=True)
class HandbookBalance:
    """Both sides of a handbook in item order, and the product versions that are not filed (RPT-05)."""

    materials: Sequence[HandbookMaterial]
    products: Sequence[HandbookProduct]
    findings: tuple[Finding, ...]


def material_figure(mode: str, ie_flag: str) -> tuple[str, int]:
    """Return the figure a material's mode counts in, and the sign it is shown with."""
    return _figure(_MATERIAL, mode, ie_flag) or ("direct_import", 1)


def product_figure(mode: str, ie_flag: str) -> tuple[str, int]:
    """Return the figure a product's mode counts in, and the sign it is shown with."""
    return _figure(_PRODUCT, mode, ie_flag) or ("direct", 1)


def _figure(table: Iterable[tuple[str, tuple[str, ...], str, int]], mode: str, ie_flag: str) -> tuple[str, int] | None:
    return next(((key, sign) for key, modes, way, sign in table if mode in modes and way in ("", ie_flag)), None)


def handbook_balance(
    materials: Mapping[int, Decimal | None],
    products: Mapping[int, Decimal | None],
    movements: Sequence[Movement],
    filed: Filed,
    scrap: Mapping[tuple[int, str], Decimal] | None = None,
) -> HandbookBalance:
    """Fold posted ``movements``; items come with their filed quantity, ``scrap`` by item and scrap figure."""
    folded = fold(movements, filed)
    lost = exploded(folded.consumption.products, filed, Share.TANGIBLE)
    disposed = scrap or {}
    return HandbookBalance(
        [_material(folded.item(item), quantity, lost, disposed) for item, quantity in sorted(materials.items())],
        _products(products, movements),
        folded.findings,
    )


def _material(
    item: ItemFold, quantity: Decimal | None, lost: Exploded, scrap: Mapping[tuple[int, str], Decimal]
) -> HandbookMaterial:
    sums: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for (mode, ie_flag), moved in item.by_mode.items():
        key, sign = material_figure(mode, ie_flag)
        sums[key] += moved * sign
    item_no = item.item_no
    disposed = {key: scrap.get((item_no, key), ZERO) for key in set(SCRAP_MODES.values())}
    return HandbookMaterial(item_no, quantity, **sums, consumed=item.consumed, scrap=lost.figure(item_no), **disposed)


def _products(products: Mapping[int, Decimal | None], movements: Iterable[Movement]) -> list[HandbookProduct]:
    sums: dict[int, dict[str, Decimal]] = {item: defaultdict(lambda: ZERO) for item in products}
    for one in movements:
        if one.goods_flag == "E" and one.item_no in sums:
            key, sign = product_figure(one.mode, one.ie_flag)
            sums[one.item_no][key] += one.quantity * sign
    return [HandbookProduct(item, products[item], **sums[item]) for item in sorted(products)]


#: The figures of a material that are stored, in order.
MATERIAL_FIGURES = tuple(one.name for one in fields(HandbookMaterial) if one.name not in ("item_no", "filed"))
PRODUCT_FIGURES = tuple(one.name for one in fields(HandbookProduct) if one.name not in ("item_no", "filed"))
