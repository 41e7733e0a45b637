"""Why a rolled-up BOM gets its 单耗版本号, as a sentence: equal to which version, or in what it differs. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from bondesk.areas.goods.explosion import natural_key
from bondesk.areas.goods.rollup import ItemBom
from bondesk.areas.goods.versions import Assignment, Signature, signature
from bondesk.base.numbers import plain

_FIGURES = ("净耗", "有形损耗率", "无形损耗率", "保税料件比例")
#: Materials a sentence names before it only counts.
_NAMED = 3


def reasons(
    boms: Sequence[ItemBom],
    present: Mapping[int, Mapping[int, Signature]],
    assignment: Assignment,
    filed: Collection[tuple[int, int]] = (),
) -> dict[tuple[str, str], str]:
    """Return (product part, BOM version) → why it got its version; in the order versions were assigned.

    ``present`` holds the versions that existed before the run, per product item; ``filed`` names those that
    customs has approved as (product item, version).
    """
    told: dict[tuple[str, str], str] = {}
    made: dict[tuple[int, int], ItemBom] = {}
    new = {(version.product_item, version.version) for version in assignment.created}
    for bom in sorted(boms, key=lambda bom: (bom.product_item, natural_key(bom.bom_version), bom.product)):
        version = assignment.versions[bom.product, bom.bom_version]
        place = (bom.product_item, version)
        if place not in new:
            told[bom.product, bom.bom_version] = f"与{_word(place, filed)} {version} 完全相同"
        elif place in made:
            first = made[place]
            told[bom.product, bom.bom_version] = (
                f"与本次 {first.product} {first.bom_version} 完全相同，合并为版本 {version}"
            )
        else:
            made[place] = bom
            known = present.get(bom.product_item, {})
            told[bom.product, bom.bom_version] = _why_new(bom, known, filed)
    return told


def _word(place: tuple[int, int], filed: Collection[tuple[int, int]]) -> str:
    return "已备案版本" if place in filed else "已生成版本"


def _why_new(bom: ItemBom, known: Mapping[int, Signature], filed: Collection[tuple[int, int]]) -> str:
    if not known:
        return f"成品 {bom.product_item} 还没有单耗版本"
    mark = signature(bom.lines)
    equal = min((version for version, other in known.items() if other == mark), default=None)
    if equal is not None:
        return f"与{_word((bom.product_item, equal), filed)} {equal} 完全相同，未勾选合并BOM，另立版本"
    nearest = min(known, key=lambda version: (len(mark ^ known[version]), -version))
    found = list(differences(known[nearest], mark))
    text = "；".join(found[:_NAMED]) + (f" 等 {len(found)} 处" if len(found) > _NAMED else "")
    return f"与最接近的{_word((bom.product_item, nearest), filed)} {nearest} 的差异：{text}"


def differences(before: Iterable[tuple[int, *tuple[object, ...]]], after: Signature) -> Iterable[str]:
    """Say what distinguishes two versions, material by material: ``料件 13 净耗 0.02→0.03``."""
    old = {row[0]: row[1:] for row in before}
    new = {row[0]: row[1:] for row in after}
    for item in sorted(old.keys() | new.keys()):
        if item not in old:
            yield f"增加料件 {item}（净耗 {plain(new[item][0])}）"
        elif item not in new:
            yield f"取消料件 {item}"
        else:
            gaps = [
                f"{label} {plain(a)}→{plain(b)}"  # type: ignore[arg-type]
                for label, a, b in zip(_FIGURES, old[item], new[item], strict=True)
                if a != b
            ]
            if gaps:
                yield f"料件 {item} {'、'.join(gaps)}"
