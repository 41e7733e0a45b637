"""商品编码校验 (rows 60, 61; handbook 2.5): every difference, the batch update, and undoing it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bondesk.areas.codes.customs_code import CustomsCode
from bondesk.areas.codes.hs_code import HsCode
from bondesk.areas.goods.hs_check import HsCheck, HsDifference
from bondesk.areas.goods.hs_checking import UNDO_HS_UPDATE, check_script
from bondesk.areas.goods.hs_comparison import differences
from bondesk.areas.goods.hs_known import take_known
from bondesk.areas.goods.merged_item import MergedItem
from bondesk.areas.goods.part import Part
from bondesk.base.errors import Refused
from bondesk.base.options import NoOptions
from bondesk.base.steps import Choose, Outcome, Preview, Step, play, proposed_answer
from builders.goods_rows import CAPACITOR, UNITS, facts, hs, item, part
from builders.memory_work import MemoryWork
from builders.plain_facts import PlainFacts

MODELS = (Part, MergedItem, HsCode, CustomsCode, HsCheck, HsDifference)
CODE, HEIR = "8532241000", "8532241001"


def known_part(part_no: str = "A", **values: Any) -> Part:
    """A part saved when the table said what ``hs(CODE, …)`` says."""
    one = part(part_no, **values)
    take_known(one, hs(CODE, "035", "054"))
    return one


def found(one: Any, *table: HsCode) -> list[tuple[str, str, str, Mapping[str, str]]]:
    return [(gap.kind, gap.old, gap.new, gap.values) for gap in differences(one, PlainFacts(*UNITS, *table))]


def test_nothing_changed() -> None:
    assert found(known_part(), hs(CODE, "035", "054")) == []


def test_each_difference_is_a_row_of_its_own_with_old_and_new() -> None:
    table = hs(CODE, "035", "007", name="新名称", supervision_condition="A", elements="0:品牌类型|1:用途|2:材质|3:其他")
    one = known_part(elements="4|3|电源用|x")
    assert found(one, table) == [
        ("UNIT", "千克(035) / 千个(054)", "千克(035) / 个(007)", {"legal_unit2": "007"}),
        ("NAME", f"名称{CODE}", "新名称", {"hs_name": "新名称"}),
        ("COND", "无", "A", {"supervision_condition": "A"}),
        (
            "ELEM",
            "取消：出口享惠情况（3）",
            "增加：材质",
            {"hs_elements": "0:品牌类型|1:用途|2:材质|3:其他", "elements": "4|电源用||x"},
        ),
    ]


def test_the_enterprises_own_name_follows_only_where_it_was_the_tables() -> None:
    table = hs(CODE, "035", "054", name="新名称")
    own, tables = known_part(name="贴片电容"), known_part(name=f"名称{CODE}")
    assert [set(found(one, table)[0][3]) for one in (own, tables)] == [{"hs_name"}, {"hs_name", "name"}]


def test_a_closed_code_takes_the_only_code_under_its_eight_digits() -> None:
    old = hs(CODE, "035", "054", valid_to=date(2024, 3, 31))
    ((kind, was, new, values),) = found(
        known_part(elements="0|1|用途|"), old, hs(HEIR, "007", valid_from=date(2024, 4, 1))
    )
    assert (kind, was, new) == ("INVALID", CODE, f"{HEIR} 名称{HEIR}")
    assert {key: values[key] for key in ("hs_code", "hs_seen", "legal_unit1", "legal_unit2", "elements")} == {
        "hs_code": HEIR, "hs_seen": HEIR, "legal_unit1": "007", "legal_unit2": "", "elements": "0|1|用途|",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ((), "没有前八位相同的编码"),
        ((hs(HEIR), hs("8532241002")), f"前八位相同的有 {HEIR}、8532241002"),
        ((hs("8532230000"),), "没有前八位相同"),
    ],
)
def test_without_one_heir_the_clerk_decides(others: Sequence[HsCode], words: str) -> None:
    (gap,) = differences(known_part(), PlainFacts(*others))
    assert (gap.kind, dict(gap.values)) == ("INVALID", {})
    assert words in gap.advice


def test_a_code_never_looked_at_is_compared_by_its_units_only() -> None:
    assert [gap[0] for gap in found(part(hs_code=CAPACITOR), hs(CODE, "007", name="新"))] == ["UNIT"]
    assert differences(part(), facts()) == []


def filed(_work: Any, flag: str, numbers: Collection[int]) -> dict[int, list[str]]:
    return {number: [f"E52042300A01 料件 {number}"] for number in numbers if flag == "I"}


CHECK = check_script(filed)


def run(work: MemoryWork, script: Any = CHECK, selected: Sequence[int] = (), **answers: Any) -> Outcome:
    def answer(step: Step) -> Any:
        key = getattr(step, "key", "")
        return answers[key] if key in answers else proposed_answer(step)

    outcome = play(script.run(work, NoOptions(), selected), answer)
    work.session.flush()
    work.facts.forget()
    return outcome


def state(work: MemoryWork) -> dict[tuple[str, int], dict[str, Any]]:
    """Return every value of every part and item."""
    keys = [column.key for column in Part.__table__.columns if column.key != "revision"]
    found = {}
    for model in (Part, MergedItem):
        for one in work.facts.find(model):
            found[model.__tablename__, one.id] = {key: getattr(one, key, None) for key in keys}
    return found


def test_check_update_check_leaves_nothing_and_undo_gives_everything_back() -> None:
    work = MemoryWork(MODELS, known_part("A", elements="0|1|x|"), item(13), hs(CODE, "035", "007", name="新名称"))
    before = state(work)
    first = run(work)
    assert "差异 3 项，已更新 3 项，其中 1 项已备案" in first.text
    assert [finding.text for finding in first.findings] == [
        "归并项 料件 13 已备案于 E52042300A01 料件 13，更新后为待变更，下次批量提取时列为「修改」"
    ]
    assert "与商品编码表一致" in run(work).text
    back = run(work, UNDO_HS_UPDATE)
    assert back.text == "已恢复第 1 次校验的 3 项更新"
    after = state(work)
    for key, values in before.items():
        if key[0] == "part":
            assert after[key] == values
    assert [line.fate for line in work.facts.find(HsDifference)] == ["UNDONE"] * 3
    assert "差异 4 项" not in run(work, differences=()).text
    with pytest.raises(Refused, match="HSC-04"):
        run(work, UNDO_HS_UPDATE)


def test_what_was_changed_since_is_left_alone_and_listed() -> None:
    work = MemoryWork(MODELS, known_part("A"), hs(CODE, "035", "007", supervision_condition="A"))
    run(work)
    (one,) = work.facts.find(Part)
    one.legal_unit2 = "030"
    outcome = run(work, UNDO_HS_UPDATE)
    assert (one.legal_unit2, one.supervision_condition) == ("030", "")
    assert [finding.text for finding in outcome.findings] == ["料号 A 更新后又被修改或删除，「法定单位不一致」没有恢复"]


def test_only_the_last_update_can_be_undone() -> None:
    work = MemoryWork(MODELS, known_part("A"), hs(CODE, "035", "007"))
    first = run(work).changed["hs_check"][0]
    (table,) = work.facts.find(HsCode)
    table.legal_unit2 = "030"
    run(work)
    with pytest.raises(Refused, match="第 2 次校验"):
        run(work, UNDO_HS_UPDATE, [first])


def test_only_what_is_chosen_and_agreed_to_is_applied() -> None:
    work = MemoryWork(MODELS, known_part("A"), known_part("B"), hs(CODE, "035", "007", supervision_condition="A"))
    shown: list[Step] = []

    def answer(step: Step) -> Any:
        shown.append(step)
        match step:
            case Choose():
                return [key for key in step.ids if key.endswith(":COND")]
            case Preview():
                return len(step.tables[0].rows) == 2
        return None

    play(CHECK.run(work, NoOptions(), ()), answer)  # type: ignore[arg-type]
    assert {(one.legal_unit2, one.supervision_condition) for one in work.facts.find(Part)} == {("054", "A")}
    assert "已更新 0 项" in run(work, preview=False).text


TEXTS = st.sampled_from(["", "A", "A7"])
ORDERS = st.sampled_from(
    ["0:品牌类型|1:用途|2:其他", "0:品牌类型|1:出口享惠情况|2:用途|3:材质|4:其他", "0:用途|1:品牌类型"]
)
TABLE = st.builds(
    dict,
    name=st.sampled_from(["名称甲", "名称乙"]),
    unit1=st.sampled_from(["035", "007"]),
    unit2=st.sampled_from(["", "054"]),
    supervision_condition=TEXTS,
    elements=ORDERS,
    closed=st.booleans(),
)


def table_row(code: str, values: dict[str, Any]) -> HsCode:
    more = {key: value for key, value in values.items() if key not in ("unit1", "unit2", "closed")}
    end = date(2024, 1, 1) if values["closed"] else None
    return hs(code, values["unit1"], values["unit2"], valid_to=end, **more)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(TABLE, st.sampled_from(["", "0|x|y", "1|2|3|4|5"])), min_size=1, max_size=4),
    TABLE,
    st.booleans(),
)
def test_any_change_of_the_table_can_be_followed_and_taken_back(
    goods: list[tuple[dict[str, Any], str]], present: dict[str, Any], heir: bool
) -> None:
    rows: list[Any] = []
    for number, (known, elements) in enumerate(goods):
        one = part(
            f"P{number}", hs_code=CODE, legal_unit1=known["unit1"], legal_unit2=known["unit2"], elements=elements
        )
        take_known(one, table_row(CODE, known))
        rows.append(one)
    table = [table_row(CODE, present)] + ([hs(HEIR)] if heir else [])
    work = MemoryWork(MODELS, *rows, *table)
    before = state(work)
    first = run(work)
    again = run(work)
    if present["closed"] and not heir:
        assert {finding.code for finding in again.findings} == {"HSC-01"}
        assert state(work) == before
    else:
        assert "与商品编码表一致" in again.text
        if "已更新" in first.text:
            run(work, UNDO_HS_UPDATE)
        assert state(work) == before
    work.close()
