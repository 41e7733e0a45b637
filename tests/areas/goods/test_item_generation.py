"""生成归并: one item and one map row per part, no second time, and what cannot be mapped is listed (rows 50, 55)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bondesk.areas.codes.code_mapping import CodeMapping
from bondesk.areas.codes.customs_code import CustomsCode
from bondesk.areas.codes.hs_code import HsCode
from bondesk.areas.goods.consolidation_map import ConsolidationMap, consolidation_map
from bondesk.areas.goods.item_generation import GenerateMergedItems, declared_price, generate_merged_items
from bondesk.areas.goods.merged_item import MergedItem
from bondesk.areas.goods.part import Part
from bondesk.base.errors import Refused
from bondesk.base.steps import Choose, Outcome, Preview, Step, play, proposed_answer
from builders.goods_rows import TABLE, UNITS, hs, item, part, row, unit
from builders.memory_work import MemoryWork

MODELS = (Part, MergedItem, ConsolidationMap, HsCode, CustomsCode, CodeMapping)


def copies(rows: Sequence[Any]) -> list[Any]:
    """Fresh rows of the same values: a stored row belongs to one session."""
    made = []
    for one in rows:
        if isinstance(one, HsCode):
            made.append(hs(one.hs_code, one.legal_unit1, one.legal_unit2))
        else:
            made.append(unit(one.code, one.name, kind=one.details["kind"], base=one.details["base_code"], factor=one.details["factor_to_base"]))  # fmt: skip
    return made


def work_with(*rows: Any) -> MemoryWork:
    return MemoryWork(MODELS, *copies((*UNITS, *TABLE)), *rows)


def run(work: MemoryWork, flag: str = "I", **answers: Any) -> Outcome:
    def answer(step: Step) -> Any:
        key = getattr(step, "key", "")
        return answers[key] if key in answers else proposed_answer(step)

    outcome = play(generate_merged_items(work, GenerateMergedItems(flag), ()), answer)
    work.facts.forget()
    return outcome


def stored(work: MemoryWork, model: type[Any]) -> list[Any]:
    work.facts.forget()
    return list(work.facts.find(model))


def test_everything_the_part_knows_goes_to_the_item() -> None:
    work = work_with(part("A", hs_name="名称", hs_seen="8532241000", supervision_condition="A"))
    run(work)
    (made,), (mapped,) = stored(work, MergedItem), stored(work, ConsolidationMap)
    assert (made.merge_no, made.goods_flag, made.hs_code, made.name, made.spec) == (
        1,
        "I",
        "8532241000",
        "电容器",
        "0402",
    )
    assert (made.dcl_unit, made.legal_unit1, made.legal_unit2) == ("054", "035", "054")
    assert (made.price, made.currency, made.duty_mode, made.origin, made.part_no) == (
        Decimal(20),
        "USD",
        "3",
        "TWN",
        "A",
    )
    assert (made.hs_name, made.supervision_condition) == ("名称", "A")
    assert (mapped.part_no, mapped.goods_flag, mapped.merge_no, mapped.record_no, mapped.active) == (
        "A",
        "I",
        1,
        "",
        True,
    )


def test_a_product_takes_its_destination_not_its_origin() -> None:
    work = work_with(part("P", goods_kind="E", origin="CHN", destination="DEU"))
    run(work, "E")
    assert [made.origin for made in stored(work, MergedItem)] == ["DEU"]


def test_numbers_go_on_after_the_highest_of_items_and_map() -> None:
    work = work_with(part("A"), part("B"), part("C"), item(4), row("B", 9), item(50, goods_flag="E"))
    run(work)
    assert {one.part_no: one.merge_no for one in stored(work, ConsolidationMap)} == {"A": 10, "B": 9, "C": 11}


def test_a_part_whose_row_was_stopped_is_unmapped_again() -> None:
    work = work_with(part("A"), row("A", 1, active=False))
    run(work)
    assert [one.merge_no for one in stored(work, ConsolidationMap) if one.active] == [2]


def test_parts_that_cannot_be_mapped_are_listed_and_the_others_made() -> None:
    wrong = (
        part("B", conv_factor=None, unit_weight=None),
        part("C", conv_factor=None),
        part("D", hs_code="9999999999"),
        part("E", conv_factor=Decimal(0)),
        part("F", erp_unit_code=""),
    )
    work = work_with(part("A"), *wrong)
    shown: list[Step] = []

    def answer(step: Step) -> Any:
        shown.append(step)
        return proposed_answer(step)

    outcome = play(generate_merged_items(work, GenerateMergedItems("I"), ()), answer)
    assert [one.part_no for one in stored(work, ConsolidationMap)] == ["A"]
    told = {(finding.text.split("：")[0], finding.code) for finding in outcome.findings}
    assert told == {
        ("料号 B", "MAP-03"),
        ("料号 C", "MAP-04"),
        ("料号 D", "MAP-08"),
        ("料号 E", "MAP-10"),
        ("料号 F", "MAP-12"),
    }
    (choose,) = [step for step in shown if isinstance(step, Choose)]
    assert [values[0] for values in choose.table.rows] == ["A"]
    (preview,) = [step for step in shown if isinstance(step, Preview)]
    assert (preview.findings, "1 项" in preview.title) == (outcome.findings, True)


def test_only_what_cannot_be_mapped_refuses() -> None:
    with pytest.raises(Refused, match="MAP-08.*料号 D"):
        run(work_with(part("D", hs_code="9999999999")))


def test_what_is_not_chosen_or_not_agreed_to_is_not_made() -> None:
    work = work_with(part("A"), part("B"))
    first, _second = sorted(stored(work, Part), key=lambda one: str(one.part_no))
    assert "已取消" in run(work, preview=False).text
    assert stored(work, MergedItem) == []
    run(work, parts=[first.id])
    assert [one.part_no for one in stored(work, ConsolidationMap)] == ["A"]


def test_rows_selected_in_the_map_do_not_narrow_the_run() -> None:
    work = work_with(part("A"), part("B"), row("B", 3))
    (mapped,) = stored(work, ConsolidationMap)
    play(generate_merged_items(work, GenerateMergedItems("I"), [mapped.id]))
    assert [one.part_no for one in stored(work, MergedItem)] == ["A"]


def test_a_price_per_piece_becomes_one_per_declared_unit() -> None:
    assert declared_price(part(ref_price=Decimal("0.00333"), conv_factor=Decimal("0.001"))) == Decimal("3.3300")
    assert declared_price(part(ref_price=None)) is None


PARTS = st.builds(
    dict,
    goods_kind=st.sampled_from("IES"),
    conv_factor=st.sampled_from([None, Decimal("0.001"), Decimal(0), Decimal(1)]),
    unit_weight=st.sampled_from([None, Decimal("0.5")]),
    hs_code=st.sampled_from(["8532241000", "3926901000", "1234567890"]),
    active=st.booleans(),
    mapped=st.booleans(),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(PARTS, max_size=6), st.sampled_from("IE"))
def test_a_second_run_makes_nothing_and_what_was_made_holds(rows: list[dict[str, Any]], flag: str) -> None:
    given_parts, maps = [], []
    for number, values in enumerate(rows):
        mapped = values.pop("mapped") and values["goods_kind"] != "S"
        given_parts.append(part(f"P{number}", **values))
        if mapped:
            maps.append(row(f"P{number}", 100 + number, goods_flag=values["goods_kind"]))
    work = work_with(*given_parts, *maps)
    before = {(one.part_no, one.merge_no) for one in maps}
    document = consolidation_map(lambda _row, _facts: "")
    for _ in range(2):
        try:
            run(work, flag)
        except Refused as refused:
            assert all(finding.code.startswith("MAP-") for finding in refused.findings)
        after = [(one.part_no, one.merge_no) for one in stored(work, ConsolidationMap)]
        assert len(after) == len(set(after))
        assert before <= set(after)
        before = set(after)
        count = len(stored(work, MergedItem))
    assert len(stored(work, MergedItem)) == count == len(after) - len(maps)
    given_rows = {one.part_no for one in maps}
    for one in (one for one in stored(work, ConsolidationMap) if one.part_no not in given_rows):
        assert [found.code for rule in document.rules for found in rule(one, work.facts)] == []
    work.close()
