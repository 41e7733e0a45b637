"""Why a BOM gets its version: the sentences of the preview (rows 57–59)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from bondesk.areas.goods.rollup import ItemBom, ItemConsumption, unit_consumption
from bondesk.areas.goods.version_reasons import reasons
from bondesk.areas.goods.versions import Signature, assign_versions, signature

Content = Mapping[int, str]


def line(item: int, text: str) -> ItemConsumption:
    """One material: net, and tangible loss behind a slash."""
    net, _, loss = text.partition("/")
    figures = Decimal(net), Decimal(loss or 0), Decimal(0)
    return ItemConsumption(item, *figures, Decimal(100), unit_consumption(*figures))


def bom(version: str, content: Content, product: str = "P") -> ItemBom:
    return ItemBom(product, version, 1, tuple(line(item, text) for item, text in content.items()))


def filed(*versions: Content) -> dict[int, dict[int, Signature]]:
    marks = {number: signature(bom("", content).lines) for number, content in enumerate(versions, 1)}
    return {1: marks} if marks else {}


TWO = ({13: "0.02", 2: "1"}, {13: "0.05", 2: "3", 7: "1"})


@pytest.mark.parametrize(
    ("content", "present", "merge", "sentence"),
    [
        ({13: "0.02"}, (), True, "成品 1 还没有单耗版本"),
        (TWO[0], TWO, True, "与已备案版本 1 完全相同"),
        (TWO[0], TWO, False, "与已备案版本 1 完全相同，未勾选合并BOM，另立版本"),
        ({13: "0.03", 2: "1"}, TWO, True, "与最接近的已备案版本 1 的差异：料件 13 净耗 0.02→0.03"),
        ({13: "0.02/5", 2: "1"}, TWO, True, "与最接近的已备案版本 1 的差异：料件 13 有形损耗率 0→5"),
        ({13: "0.05", 2: "3"}, TWO, True, "与最接近的已备案版本 2 的差异：取消料件 7"),
        ({13: "0.02", 2: "1", 8: "4"}, TWO, True, "与最接近的已备案版本 1 的差异：增加料件 8（净耗 4）"),
        (
            {1: "1", 2: "2", 3: "3", 4: "4"},
            ({1: "9", 2: "9", 3: "9", 4: "9"},),
            True,
            "与最接近的已备案版本 1 的差异：料件 1 净耗 9→1；料件 2 净耗 9→2；料件 3 净耗 9→3 等 4 处",
        ),
    ],
)
def test_a_sentence(content: Content, present: tuple[Content, ...], merge: bool, sentence: str) -> None:
    one, known = bom("V1", content), filed(*present)
    approved = {(1, version) for version in known.get(1, {})}
    told = reasons([one], known, assign_versions([one], known, merge), approved)
    assert told == {("P", "V1"): sentence}


def test_a_bom_equal_to_one_before_it_names_that_one() -> None:
    boms = [bom("V1", {1: "2"}), bom("V2", {1: "2"}), bom("V1", {1: "2"}, "Q")]
    told = reasons(boms, {}, assign_versions(boms, {}, merge=True))
    assert told == {
        ("P", "V1"): "成品 1 还没有单耗版本",
        ("Q", "V1"): "与本次 P V1 完全相同，合并为版本 1",
        ("P", "V2"): "与本次 P V1 完全相同，合并为版本 1",
    }


def test_a_version_customs_has_not_approved_yet_is_called_so() -> None:
    one, known = bom("V1", {1: "2"}), filed({1: "2"})
    assert reasons([one], known, assign_versions([one], known, merge=True)) == {("P", "V1"): "与已生成版本 1 完全相同"}
