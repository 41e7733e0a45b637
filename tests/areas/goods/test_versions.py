"""合并BOM: which version number each BOM gets (handbook 3.3)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bondesk.areas.goods.rollup import ItemBom, ItemConsumption, unit_consumption
from bondesk.areas.goods.versions import Assignment, Signature, assign_versions, signature

#: Material item → net consumption, as the vectors write a version: ``{1: "0.02", 2: "1"}``.
Set = Mapping[int, str]


def consumption(
    item: int, net: str, tangible: str = "0", intangible: str = "0", bonded: str = "100"
) -> ItemConsumption:
    n, t, w = Decimal(net), Decimal(tangible), Decimal(intangible)
    return ItemConsumption(item, n, t, w, Decimal(bonded), unit_consumption(n, t, w))


def rolled(product: str, version: str, content: Set, item: int = 1) -> ItemBom:
    return ItemBom(product, version, item, tuple(consumption(number, net) for number, net in content.items()))


def mark(content: Set) -> Signature:
    return signature(consumption(number, net) for number, net in content.items())


def by_name(assignment: Assignment) -> dict[str, int]:
    """Return the assigned versions as ``P/V1 → 3``."""
    return {f"{product}/{version}": number for (product, version), number in assignment.versions.items()}


def test_tv21_versions_are_compared_as_integers() -> None:
    filed = {1: {9: mark({1: "0.02"}), 10: mark({1: "0.03"})}}
    result = assign_versions([rolled("P", "V3", {1: "0.04"})], filed, merge=True)
    assert by_name(result) == {"P/V3": 11}
    assert [new.version for new in result.created] == [11]


def test_tv22_merging() -> None:
    boms = [
        rolled("P", "A", {1: "0.02", 2: "1"}),
        rolled("P", "B", {1: "0.03", 2: "1"}),
        rolled("P", "C", {2: "1", 1: "0.03"}),
    ]
    result = assign_versions(boms, {1: {1: mark({1: "0.02", 2: "1"})}}, merge=True)
    assert by_name(result) == {"P/A": 1, "P/B": 2, "P/C": 2}
    (new,) = result.created
    assert (new.product_item, new.version, new.lines) == (1, 2, boms[1].lines)


def test_without_the_tick_every_bom_gets_its_own_version() -> None:
    boms = [rolled("P", version, {1: "0.02"}) for version in ("A", "B", "C")]
    result = assign_versions(boms, {1: {1: mark({1: "0.02"})}}, merge=False)
    assert by_name(result) == {"P/A": 2, "P/B": 3, "P/C": 4}
    assert [new.version for new in result.created] == [2, 3, 4]


def test_the_lowest_equal_version_is_taken() -> None:
    same = mark({1: "0.02"})
    result = assign_versions([rolled("P", "A", {1: "0.02"})], {1: {12: same, 3: same, 7: same}}, merge=True)
    assert by_name(result) == {"P/A": 3}


def test_the_first_version_is_1() -> None:
    assert by_name(assign_versions([rolled("P", "A", {1: "1"})], {}, merge=True)) == {"P/A": 1}
    assert by_name(assign_versions([rolled("P", "A", {1: "1"})], {1: {}}, merge=False)) == {"P/A": 1}


@pytest.mark.parametrize("merge", [True, False])
def test_versions_are_given_in_natural_order_whatever_was_selected_first(merge: bool) -> None:
    boms = [rolled("P", version, {1: net}) for version, net in (("V10", "3"), ("V9", "2"), ("V1", "1"))]
    assert by_name(assign_versions(boms, {}, merge)) == {"P/V1": 1, "P/V9": 2, "P/V10": 3}


def test_products_of_one_item_share_its_versions_and_ties_break_by_part_number() -> None:
    boms = [rolled("ADP-EU", "V1", {1: "2"}), rolled("ADP", "V1", {1: "1"}), rolled("ADP-EU", "V2", {1: "1"})]
    result = assign_versions(boms, {}, merge=True)
    assert by_name(result) == {"ADP/V1": 1, "ADP-EU/V1": 2, "ADP-EU/V2": 1}


def test_items_have_their_own_versions() -> None:
    boms = [rolled("P", "V1", {1: "1"}, item=1), rolled("Q", "V1", {1: "1"}, item=2)]
    result = assign_versions(boms, {1: {5: mark({1: "9"})}}, merge=True)
    assert by_name(result) == {"P/V1": 6, "Q/V1": 1}


def test_a_gap_in_the_versions_is_not_filled() -> None:
    result = assign_versions([rolled("P", "V1", {1: "1"})], {1: {1: mark({1: "7"}), 5: mark({1: "8"})}}, merge=True)
    assert by_name(result) == {"P/V1": 6}


BASE = ("0.02", "2", "1", "60")


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (("0.020000000", "2.0", "1.00", "60"), True),
        (("0.020000001", "2", "1", "60"), False),
        (("0.02", "2.000000001", "1", "60"), False),
        (("0.02", "2", "1.1", "60"), False),
        (("0.02", "2", "1", "61"), False),
        (("0.02", "1", "2", "60"), False),
    ],
)
def test_all_five_values_make_a_version(other: tuple[str, str, str, str], same: bool) -> None:
    assert (signature([consumption(1, *BASE)]) == signature([consumption(1, *other)])) is same


def test_materials_make_a_version_and_their_order_does_not() -> None:
    one, two = consumption(1, "0.02"), consumption(2, "1")
    assert signature([one, two]) == signature([two, one])
    assert signature([one]) != signature([one, two])
    assert signature([one]) != signature([consumption(2, "0.02")])


contents = st.dictionaries(st.integers(1, 3), st.sampled_from(["0.01", "0.02", "1"]), min_size=1, max_size=3)
selections = st.lists(
    st.builds(rolled, st.sampled_from("PQR"), st.sampled_from(["V1", "V2", "V9", "V10"]), contents, st.just(1)),
    max_size=8,
    unique_by=lambda bom: (bom.product, bom.bom_version),
)
pools = st.dictionaries(st.integers(1, 20), contents.map(mark), max_size=4).map(lambda pool: {1: pool})


def afterwards(filed: Mapping[int, Mapping[int, Signature]], result: Assignment) -> dict[int, dict[int, Signature]]:
    """Return the versions filed once the created ones are stored."""
    pool = {item: dict(versions) for item, versions in filed.items()}
    for new in result.created:
        assert new.version not in pool.setdefault(new.product_item, {}), "a version number is never reused"
        pool[new.product_item][new.version] = signature(new.lines)
    return pool


@given(selections, pools)
def test_assigning_again_changes_nothing(boms: list[ItemBom], filed: dict[int, dict[int, Signature]]) -> None:
    first = assign_versions(boms, filed, merge=True)
    again = assign_versions(boms, afterwards(filed, first), merge=True)
    assert again.created == ()
    assert again.versions == first.versions


@given(selections, pools, st.booleans())
def test_every_bom_has_a_version_that_holds_its_content(
    boms: list[ItemBom], filed: dict[int, dict[int, Signature]], merge: bool
) -> None:
    result = assign_versions(boms, filed, merge)
    pool = afterwards(filed, result)
    assert set(result.versions) == {(bom.product, bom.bom_version) for bom in boms}
    for bom in boms:
        assert pool[1][result.versions[bom.product, bom.bom_version]] == signature(bom.lines)
    if merge:
        fresh = {signature(bom.lines) for bom in boms} - set(filed[1].values())
        assert len(result.created) == len(fresh)
    else:
        top = max(filed[1], default=0)
        assert sorted(result.versions.values()) == list(range(top + 1, top + 1 + len(boms)))


@given(selections, pools, st.booleans(), st.randoms())
def test_the_order_of_selection_does_not_matter(
    boms: list[ItemBom], filed: dict[int, dict[int, Signature]], merge: bool, random: Random
) -> None:
    shuffled = list(boms)
    random.shuffle(shuffled)
    assert assign_versions(boms, filed, merge) == assign_versions(shuffled, filed, merge)


@given(selections, pools)
def test_what_was_filed_is_not_touched(boms: list[ItemBom], filed: dict[int, dict[int, Signature]]) -> None:
    before = {item: dict(pool) for item, pool in filed.items()}
    assign_versions(boms, filed, merge=True)
    assert filed == before
