"""What follows on a part from code and units while it is typed: a table of boxes, and what stays untouched."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bondesk.areas.goods.hs_filling import PART_FILLS, exact_factor, fill_part
from bondesk.areas.goods.item_filling import ITEM_FILLS, fill_merged_item
from bondesk.base.following import following
from builders.goods_rows import CAPACITOR, HOUSING, facts, part
from builders.plain_facts import PlainFacts

D = Decimal


def after(key: str, before: Any = "", known: PlainFacts | None = None, **values: Any) -> dict[str, Any]:
    """What the boxes of a part get."""
    return dict(following(fill_part, PART_FILLS[key], values, key, before, known or facts()))


@pytest.mark.parametrize(
    ("key", "values", "given"),
    [
        ("hs_code", {"hs_code": CAPACITOR, "dcl_unit": "007"},
         {"legal_unit1": "035", "legal_unit2": "054", "name": f"名称{CAPACITOR}", "factor2": D("0.001")}),
        ("hs_code", {"hs_code": CAPACITOR, "name": "电容", "legal_unit1": "007", "dcl_unit": "054"},
         {"legal_unit2": "054", "factor1": D(1000)}),
        ("hs_code", {"hs_code": HOUSING}, {"legal_unit1": "035", "name": f"名称{HOUSING}"}),
        ("hs_code", {"hs_code": "85322410"}, {}),
        ("hs_code", {"hs_code": "9999999999"}, {}),
        ("erp_unit", {"erp_unit": "个", "dcl_unit": "054"}, {"erp_unit_code": "007", "conv_factor": D("0.001")}),
        ("erp_unit", {"erp_unit": "千克"}, {"erp_unit_code": "035", "unit_weight": D(1)}),
        ("erp_unit", {"erp_unit": "克", "dcl_unit": "035"},
         {"erp_unit_code": "036", "unit_weight": D("0.001"), "conv_factor": D("0.001")}),
        ("erp_unit", {"erp_unit": "卷", "dcl_unit": "054"}, {}),
        ("dcl_unit", {"erp_unit": "千个", "dcl_unit": "007", "conv_factor": D(5)}, {}),
        ("dcl_unit", {"dcl_unit": "054", "legal_unit1": "035", "legal_unit2": "007"}, {"factor2": D(1000)}),
        ("dcl_unit", {"dcl_unit": "054", "legal_unit1": "054"}, {}),
        ("legal_unit1", {"dcl_unit": "054", "legal_unit1": "007"}, {"factor1": D(1000)}),
    ],
)  # fmt: skip
def test_what_follows(key: str, values: dict[str, Any], given: dict[str, Any]) -> None:
    found = {name: value for name, value in after(key, **values).items() if value not in (None, "")}
    assert {name: value for name, value in found.items() if name not in {"hs_name", "supervision_condition"}} == given


def test_another_code_replaces_what_the_former_brought_and_nothing_else() -> None:
    first = {"hs_code": CAPACITOR, "dcl_unit": "007", "name": "我的电容"}
    first |= after("hs_code", **first)
    again = after("hs_code", CAPACITOR, **{**first, "hs_code": HOUSING})
    assert again == {"legal_unit1": "035", "legal_unit2": "", "hs_name": f"名称{HOUSING}", "factor2": None}
    assert after("hs_code", CAPACITOR, **{**first, "hs_code": "1"}) == {}, "half a code wipes nothing"
    own = {**first, "legal_unit2": "007", "factor2": D(1)}
    assert "legal_unit2" not in after("hs_code", CAPACITOR, **{**own, "hs_code": HOUSING})


@given(st.fractions(min_value=0, max_value=10**6))
def test_a_factor_is_exact_or_not_proposed(ratio: Any) -> None:
    factor = exact_factor(ratio)
    assert factor is None or (factor == ratio and -factor.as_tuple().exponent <= 9)  # type: ignore[operator]


def test_a_merged_item_takes_its_part() -> None:
    known = facts(part(origin="TWN", ref_price=D("0.02")), part("P", goods_kind="E"))
    ask = {"part_no": "CAP-A", "goods_flag": "I"}
    found = following(fill_merged_item, ITEM_FILLS["part_no"], ask, "part_no", "", known)
    assert (found["hs_code"], found["price"], found["origin"], found["spec"]) == (
        CAPACITOR,
        D("20.0000"),
        "TWN",
        "0402",
    )
    wrong = {"part_no": "P", "goods_flag": "I"}
    assert following(fill_merged_item, ITEM_FILLS["part_no"], wrong, "part_no", "", known) == {}
