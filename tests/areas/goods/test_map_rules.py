"""Every MAP finding of handbook 2.4 and every condition of 2.2, one table: what is wrong, how heavy, what it names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from bondesk.areas.codes.units import Unit
from bondesk.areas.goods.consolidation_map import ConsolidationMap, consolidation_map
from bondesk.areas.goods.merged_item import MERGED_ITEM
from bondesk.areas.goods.part import PART
from bondesk.areas.notes.conversion import PartMeasures, convert
from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.findings import Finding, Severity
from builders.goods_rows import CAPACITOR, HOUSING, facts, item, part, row
from builders.plain_facts import PlainFacts, with_rows

UNUSED = consolidation_map(lambda _row, _facts: "")
USED = consolidation_map(lambda _row, _facts: "N2406001")


def judged(document: DocumentType, head: Any, known: PlainFacts) -> list[Finding]:
    return [finding for rule in document.rules for finding in rule(head, known)]


def mapping(one: ConsolidationMap, *known: Any, document: DocumentType = UNUSED) -> list[Finding]:
    """Judge a map row beside what is stored."""
    return judged(document, one, with_rows(facts(), known))


def of_part(one: Any, *known: Any) -> list[Finding]:
    return judged(PART, one, with_rows(facts(), known))


@dataclass(frozen=True)
class Case:
    """A wrong thing: what its finding weighs and which words it names it by."""

    code: str
    what: str
    severity: Severity
    words: str
    act: Callable[[], Iterable[Finding]]


E, N = Severity.ERROR, Severity.NOTE
A, B = part("A"), part("B")


def pair(flag: str = "I", **second: Any) -> list[Finding]:
    """Map B, which differs in ``second``, to the item that holds A."""
    kind = {"goods_kind": flag}
    stored = (part("A", **kind), part("B", **(kind | second)), item(goods_flag=flag), row("A", goods_flag=flag))
    return mapping(row("B", goods_flag=flag), *stored)


def steel(one: str, other: str) -> list[Finding]:
    """A legal unit nothing leads to."""
    measures = PartMeasures(
        "A", Unit("007", "个", "count"), Unit("007", "个", "count"), Unit(one, other, "length"), conv_factor=Decimal(1)
    )
    return list(convert(measures, 1).findings)


CASES = (
    Case("MAP-01", "two items in one book", E, "料号 A 已归并到 1", lambda: mapping(row("A", 2), A, row("A", 1))),
    Case(
        "MAP-01",
        "two items in a book of its own",
        E,
        "账册 E1",
        lambda: mapping(row("A", 2, record_no="E1"), A, row("A", 1, record_no="E1")),
    ),
    Case("MAP-02", "other code than the item", E, f"商品编码({CAPACITOR} ≠ {HOUSING})",
         lambda: mapping(row("A"), A, item(hs_code=HOUSING))),
    Case("MAP-02", "other name than the item", E, "品名(电容器 ≠ 电阻器)", lambda: mapping(row("A"), A, item(name="电阻器"))),
    Case("MAP-02", "other unit than the item", E, "申报单位(054 ≠ 035)", lambda: mapping(row("A"), A, item(dcl_unit="035"))),
    Case("MAP-02", "other currency", E, "料号 B 与 A 的币制(JPY ≠ USD)", lambda: pair(currency="JPY")),
    Case("MAP-02", "other origin", E, "料号 B 与 A 的原产国(JPN ≠ TWN)", lambda: pair(origin="JPN")),
    Case("MAP-02", "other destination", E, "最终目的国(DEU ≠ 空)", lambda: pair("E", destination="DEU")),
    Case("MAP-02", "consumable with ordinary", E, "料号 B 与 A：B 是消耗性物料", lambda: pair(consumable=True)),
    Case("MAP-02", "under a standard with not", E, "料号 B 与 A：B 涉及单耗标准", lambda: pair("E", standard_controlled=True)),
    Case("MAP-02", "export-dutiable", E, "料号 B 与 A：B 是出口应税商品", lambda: pair("E", export_dutiable=True)),
    Case("MAP-02", "to be singled out", E, "料号 B 与 A：B 需单列", lambda: pair(single_out=True)),
    Case("MAP-03", "mapped part without either", E, "料号 A 已归并",
         lambda: of_part(part("A", conv_factor=None, unit_weight=None), row("A"))),
    Case("MAP-03", "part without either mapped", E, "料号 A 的单重与转换率",
         lambda: mapping(row("A"), part("A", conv_factor=None, unit_weight=None))),
    Case("MAP-04", "weight alone, no mass", E, "申报单位 千个 不是重量单位", lambda: of_part(part("A", conv_factor=None))),
    Case("MAP-05", "no weight", N, "没有单重", lambda: of_part(part("A", unit_weight=None))),
    Case("MAP-06", "legal unit out of reach", E, "米", lambda: steel("030", "米")),
    Case("MAP-07", "factor and weight apart", N, "相差超过0.5%",
         lambda: of_part(part("A", dcl_unit="035", conv_factor=Decimal("0.01"), unit_weight=Decimal("0.0101")))),
    Case("MAP-08", "nine digits", E, "现为 853224100", lambda: of_part(part("A", hs_code="853224100"))),
    Case("MAP-08", "unknown code", E, "9999999999 不在商品编码表", lambda: of_part(part("A", hs_code="9999999999"))),
    Case("MAP-08", "item with an unknown code", E, "9999999999", lambda: judged(MERGED_ITEM, item(hs_code="9999999999"), facts())),
    Case("MAP-09", "other legal unit", N, "法定单位 007 与商品编码表的 035", lambda: of_part(part("A", legal_unit1="007"))),
    Case("MAP-10", "factor of nothing", E, "转换率须大于0", lambda: of_part(part("A", conv_factor=Decimal(0)))),
    Case("MAP-10", "negative weight", E, "单重不能小于0", lambda: of_part(part("A", unit_weight=Decimal(-1)))),
    Case("MAP-11", "stopped while in use", E, "料号 A 的归并关系已用于未发送的核注清单 N2406001",
         lambda: mapping(row("A", id=5, active=False), A, row("A", id=5), document=USED)),
    Case("MAP-11", "turned to another item while in use", E, "N2406001",
         lambda: mapping(row("A", 2, id=5), A, row("A", id=5), document=USED)),
    Case("MAP-12", "unknown unit", E, "计量单位 DZN", lambda: of_part(part("A", erp_unit="DZN", erp_unit_code=""))),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code} {case.what}")
def test_a_wrong_thing_is_named(case: Case) -> None:
    found = [finding for finding in case.act() if finding.code == case.code]
    assert [finding.severity for finding in found] == [case.severity]
    assert case.words in found[0].text


def test_every_code_is_in_the_table() -> None:
    assert {case.code for case in CASES} == {f"MAP-{number:02}" for number in range(1, 13)}


def test_what_is_right_has_no_finding() -> None:
    assert mapping(row("B"), A, B, item(), row("A")) == []
    assert of_part(part("A"), row("A")) == []


def test_names_agree_trimmed_and_in_either_width() -> None:
    assert mapping(row("A"), part("A", name=" ＩＣ座"), item(name="IC座 ")) == []


def test_a_part_may_go_elsewhere_in_another_book_or_after_its_row_was_stopped() -> None:
    assert mapping(row("A", 2, record_no="E2"), A, item(2), row("A", 1, record_no="E1")) == []
    assert mapping(row("A", 2), A, item(2), row("A", 1, active=False)) == []


def test_flagged_parts_may_stand_alone() -> None:
    for mark in ("consumable", "single_out", "standard_controlled", "export_dutiable"):
        assert mapping(row("A"), part("A", **{mark: True}), item()) == []


def test_two_of_the_same_kind_may_share() -> None:
    both = {"consumable": True, "standard_controlled": True}
    assert mapping(row("B"), part("A", **both), part("B", **both), item(), row("A")) == []


def test_a_mapped_part_that_is_changed_away_from_its_item_is_told() -> None:
    stored = (part("A"), part("B"), item(), row("A"), row("B"))
    for values, words in (
        ({"name": "电阻器"}, "归并项 1 的品名"),
        ({"currency": "JPY"}, "料号 A 与 B 的币制(JPY ≠ USD)"),
    ):
        (finding,) = of_part(part("A", **values), *stored)
        assert (finding.code, finding.severity) == ("MAP-02", N)
        assert words in finding.text
    assert of_part(part("A"), *stored) == []


def test_a_row_in_use_is_not_deleted() -> None:
    class Work:
        facts = facts()

    assert USED.removed is not None
    with pytest.raises(Refused, match="MAP-11"):
        USED.removed(row("A"), (), Work())  # type: ignore[arg-type]
    USED.removed(row("A", active=False), (), Work())  # type: ignore[arg-type]


def test_an_unused_row_may_be_stopped() -> None:
    assert mapping(row("A", id=5, active=False), A, row("A", id=5)) == []
