"""合并BOM: which 单耗版本号 each rolled-up BOM gets (handbook 3.3). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from bondesk.areas.goods.explosion import natural_key
from bondesk.areas.goods.rollup import ItemBom, ItemConsumption

#: A version as it is compared: (material item, N, T, W, r), order irrelevant.
Signature = frozenset[tuple[int, Decimal, Decimal, Decimal, Decimal]]


def signature(lines: Iterable[ItemConsumption]) -> Signature:
    """Return what makes two versions 一样: the same materials with the same five values."""
    return frozenset((line.item_no, line.net, line.tangible, line.intangible, line.bonded) for line in lines)


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version to create for a product item."""

    product_item: int
    version: int
    lines: tuple[ItemConsumption, ...]


@dataclass(frozen=True, slots=True)
class Assignment:
    """The version of every (product part, BOM version), and the versions that did not exist."""

    versions: Mapping[tuple[str, str], int]
    created: tuple[NewVersion, ...]


def assign_versions(boms: Sequence[ItemBom], filed: Mapping[int, Mapping[int, Signature]], merge: bool) -> Assignment:
    """Assign versions in the order product item, BOM version (natural), part number.

    ``filed`` holds the present versions per product item. With ``merge`` (合并BOM ticked) an equal version,
    the lowest one, is reused; without it every BOM gets its own new version. Versions compare as integers.
    """
    pools = {item: dict(versions) for item, versions in filed.items()}
    assigned: dict[tuple[str, str], int] = {}
    created: list[NewVersion] = []
    for bom in sorted(boms, key=lambda bom: (bom.product_item, natural_key(bom.bom_version), bom.product)):
        pool = pools.setdefault(bom.product_item, {})
        mark = signature(bom.lines)
        equal = min((version for version, known in pool.items() if known == mark), default=None) if merge else None
        if equal is None:
            equal = max(pool, default=0) + 1
            pool[equal] = mark
            created.append(NewVersion(bom.product_item, equal, bom.lines))
        assigned[bom.product, bom.bom_version] = equal
    return Assignment(assigned, tuple(created))
