"""Parts, items and map rows for the tests of the goods area, each value changeable by name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from bondesk.areas.codes.customs_code import CustomsCode
from bondesk.areas.codes.hs_code import HsCode
from bondesk.areas.goods.consolidation_map import ConsolidationMap
from bondesk.areas.goods.merged_item import MergedItem
from bondesk.areas.goods.part import Part
from builders.plain_facts import PlainFacts

CAPACITOR, HOUSING = "8532241000", "3926901000"


def part(part_no: str = "CAP-A", **values: Any) -> Part:
    """A material part that can be mapped as it is."""
    usual: dict[str, Any] = {
        "goods_kind": "I",
        "name": "电容器",
        "spec": "0402",
        "erp_unit": "PCS",
        "erp_unit_code": "007",
        "hs_code": CAPACITOR,
        "dcl_unit": "054",
        "legal_unit1": "035",
        "legal_unit2": "054",
        "conv_factor": Decimal("0.001"),
        "unit_weight": Decimal("0.0000085"),
        "currency": "USD",
        "ref_price": Decimal("0.02"),
        "origin": "TWN",
        "destination": "",
        "duty_mode": "3",
        "elements": "",
        "consumable": False,
        "standard_controlled": False,
        "export_dutiable": False,
        "single_out": False,
        "active": True,
        "hs_seen": "",
        "hs_name": "",
        "supervision_condition": "",
        "hs_elements": "",
    }
    return Part(part_no=part_no, **{**usual, **values})


def item(merge_no: int = 1, **values: Any) -> MergedItem:
    """The merged item such parts belong to."""
    usual = {"goods_flag": "I", "hs_code": CAPACITOR, "name": "电容器", "dcl_unit": "054", "part_no": ""}
    usual |= {"legal_unit1": "035", "legal_unit2": "054", "hs_seen": "", "hs_name": "", "hs_elements": ""}
    return MergedItem(merge_no=merge_no, **{**usual, "supervision_condition": "", **values})


def row(part_no: str = "CAP-A", merge_no: int = 1, **values: Any) -> ConsolidationMap:
    """A row of the map."""
    usual = {"goods_flag": "I", "record_no": "", "active": True}
    return ConsolidationMap(part_no=part_no, merge_no=merge_no, **{**usual, **values})


def hs(code: str, unit1: str = "035", unit2: str = "", **values: Any) -> HsCode:
    """A row of the HS table."""
    usual = {"name": f"名称{code}", "supervision_condition": "", "elements": "0:品牌类型|1:出口享惠情况|2:用途|3:其他"}
    usual |= {"valid_from": date(2000, 1, 1), "valid_to": None}
    return HsCode(hs_code=code, legal_unit1=unit1, legal_unit2=unit2, **{**usual, **values})


def unit(code: str, name: str, kind: str, base: str = "", factor: str = "") -> CustomsCode:
    """A customs unit."""
    details = {"kind": kind, "base_code": base, "factor_to_base": factor}
    return CustomsCode(
        table_name="unit", code=code, name=name, valid_from=date(2000, 1, 1), valid_to=None, details=details
    )


UNITS = (
    unit("007", "个", "count"),
    unit("054", "千个", "count", "007", "1000"),
    unit("035", "千克", "mass"),
    unit("036", "克", "mass", "035", "0.001"),
)
TABLE = (hs(CAPACITOR, "035", "054"), hs(HOUSING, "035"))


def facts(*rows: Any) -> PlainFacts:
    """Facts with the units, two commodity codes and ``rows``."""
    return PlainFacts(*UNITS, *TABLE, *rows)
