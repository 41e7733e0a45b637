"""What keeps lines apart and how it is told: note key, merge key, declaration key (handbook 5.4, 5.8)."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from bondesk.areas.codes.units import Unit
from bondesk.areas.notes.declaration_key import declaration_key, declaration_lines
from bondesk.areas.notes.shares import SourceShare, SplitOptions
from bondesk.areas.notes.split_keys import MergeKey, NoteKey, why_apart
from bondesk.areas.notes.splitting import split

THOUSAND = Unit("054", "千个", "count", "007", Decimal(1000))
KG = Unit("035", "千克", "mass", "035", Decimal(1))

SHARE = SourceShare(
    source_line_id=1,
    document_no="IM1",
    line_no=1,
    order=1,
    record_no="E52042300A01",
    ie_flag="I",
    goods_flag="I",
    supervision_mode="0615",
    partner="S01",
    item_no=1,
    part_no="CAP-A",
    account_part_no="CAP",
    hs_code="8532241000",
    name="片式多层瓷介电容器",
    dcl_unit=KG,
    currency="USD",
    country="JPN",
    duty_mode="3",
    quantity=Decimal(1),
    dcl_qty=Fraction(1),
    total=Decimal("1.00"),
)
ITEM = SplitOptions(merge="ITEM")


def share(number: int, **values: Any) -> SourceShare:
    """Return source line ``number`` of IM1 with ``values``."""
    return replace(SHARE, source_line_id=number, line_no=number, order=number, **values)


@pytest.mark.parametrize(
    ("options", "values", "reason"),
    [
        (ITEM, {}, ""),
        (ITEM, {"part_no": "CAP-B", "spec": "另一种", "price": Decimal(9)}, ""),
        (ITEM, {"name": "片式多层瓷介电容器　"}, ""),
        (ITEM, {"country": "KOR"}, "不能并为一行（按项号合并）：原产国不同（JPN 与 KOR）"),
        (ITEM, {"dcl_unit": THOUSAND}, "不能并为一行（按项号合并）：申报单位不同（千克(035) 与 千个(054)）"),
        (ITEM, {"application_line_no": 2}, "不能并为一行（按项号合并）：申请表序号不同（空 与 2）"),
        (ITEM, {"consumable": True}, "不能并为一行（按项号合并）：消耗性物料标志不同（否 与 是）"),
        (ITEM, {"export_dutiable": True, "standard_controlled": True}, ""),
        (
            replace(ITEM, price_apart=True),
            {"price": Decimal("1.50")},
            "不能并为一行（按项号合并）：单价不同（空 与 1.5）",
        ),
        (
            SplitOptions(merge="PART"),
            {"part_no": "CAP-B"},
            "不能并为一行（按料号合并）：料号不同（CAP-A 与 CAP-B）",
        ),
        (SplitOptions(), {}, "合并方式为“不合并”，单据 IM1 第 1 行与单据 IM1 第 2 行各成一行"),
        (
            ITEM,
            {"partner": "", "currency": "JPY", "uc_version": "1"},
            (
                "不在同一份清单：供应商不同（S01 与 空），币制不同（USD 与 JPY）；"
                "不能并为一行（按项号合并）：币制不同（USD 与 JPY），单耗版本号不同（空 与 1）"
            ),
        ),
    ],
)
def test_why_apart(options: SplitOptions, values: dict[str, Any], reason: str) -> None:
    assert why_apart(share(1), share(2, **values), options) == reason


def test_exports_speak_of_destination_and_customer() -> None:
    a, b = share(1, ie_flag="E"), share(2, ie_flag="E", country="USA", partner="C01")
    assert why_apart(a, b, ITEM) == (
        "不在同一份清单：客户不同（S01 与 C01）；不能并为一行（按项号合并）：最终目的国不同（JPN 与 USA）"
    )
    assert "原产国/最终目的国不同" in why_apart(share(1), b, ITEM)


@pytest.mark.parametrize(
    ("goods", "values", "lines"),
    [
        ("I", {"item_no": 2, "spec": "另一种", "part_no": "X", "uc_version": "2"}, 1),
        ("I", {"name": "片式多层瓷介电容器 "}, 1),
        ("I", {"hs_code": "8532221000"}, 2),
        ("I", {"dcl_unit": THOUSAND}, 2),
        ("I", {"name": "电阻"}, 2),
        ("I", {"currency": "JPY"}, 2),
        ("I", {"country": "KOR"}, 2),
        ("I", {"duty_mode": "1"}, 2),
        ("I", {"legal_unit1": KG}, 2),
        ("I", {"consumable": True}, 2),
        ("E", {"consumable": True}, 1),
        ("E", {"standard_controlled": True}, 2),
        ("I", {"standard_controlled": True, "export_dutiable": True}, 1),
    ],
)
def test_declaration_key(goods: str, values: dict[str, Any], lines: int) -> None:
    assert declaration_lines([share(1, goods_flag=goods), share(2, goods_flag=goods, **values)]) == lines


@pytest.mark.parametrize(("goods", "mark"), [("I", "single_out"), ("E", "single_out"), ("E", "export_dutiable")])
def test_what_stands_alone_merges_with_nothing(goods: str, mark: str) -> None:
    alone = [share(n, goods_flag=goods, **{mark: True}) for n in (1, 2)]
    assert declaration_lines([*alone, share(3, goods_flag=goods)]) == 3
    ((line,),) = [draft.lines for draft in split(alone, ITEM).notes]
    assert declaration_key(line) == declaration_key(alone[0])


@pytest.mark.parametrize("key", [NoteKey, MergeKey])
def test_every_key_has_a_label(key: type[NoteKey | MergeKey]) -> None:
    assert all(entry.metadata["label"] and entry.metadata["export"] for entry in fields(key))
