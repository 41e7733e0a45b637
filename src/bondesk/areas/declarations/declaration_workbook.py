"""The workbooks of 报关单: the interchange's, one sheet for all, a form with scattered head cells (row 115)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bondesk.areas.declarations.declaration_face import IMPORTED, IMPORTED_LINE, imported_heading, imported_line
from bondesk.base.workbooks import Heading, Layout, SheetPlan, WorkbookPlan, may, must

#: Words of the printed form for what the interchange calls otherwise.
_ALSO: dict[str, tuple[str, ...]] = {
    "internal_no": ("内部编号", "合同单号"),
    "ie_flag": ("进出口", "进出口类型"),
    "entry_exit_customs": ("进境关别", "出境关别", "进口口岸", "出口口岸"),
    "declare_customs": ("申报海关",),
    "entry_exit_date": ("进口日期", "出口日期"),
    "domestic_name": ("境内收货人", "境内发货人", "收发货人", "经营单位"),
    "overseas_name": ("境外收货人", "境外发货人"),
    "end_user_name": ("消费使用单位", "生产销售单位", "消费使用/生产销售单位", "收货单位", "发货单位"),
    "transport_name": ("运输工具",),
    "voyage_no": ("航次",),
    "bill_no": ("提单号", "提运单"),
    "supervision_mode": ("贸易方式",),
    "licence_no": ("许可证",),
    "contract_no": ("合同号", "合同协议"),
    "trade_country": ("贸易国别", "贸易国(地区)"),
    "trade_partner_country": ("启运国", "运抵国", "启运/运抵国", "启运国(地区)", "运抵国(地区)", "起运国"),
    "transit_port": ("经停港", "指运港", "经停/指运港", "装货港"),
    "border_port": ("入境口岸", "离境口岸", "入/离境口岸"),
    "packages": ("总件数",),
    "package_type": ("包装",),
    "gross_weight": ("毛重(千克)", "总毛重"),
    "net_weight": ("净重(千克)", "总净重"),
    "marks": ("标记唛码及备注", "唛头"),
    "note_no": ("核注清单编号", "清单编号"),
    "line_no": ("序号",),
    "item_no": ("账册项号",),
    "hs_code": ("商品编号", "税号", "HS编码"),
    "name": ("品名", "中文品名"),
    "spec": ("申报要素", "规格"),
    "dcl_qty": ("数量", "申报数量"),
    "dcl_unit": ("单位", "申报单位"),
    "legal_qty1": ("法定第一数量",),
    "legal_unit1": ("法定第一单位",),
    "legal_qty2": ("法定第二数量",),
    "legal_unit2": ("法定第二单位",),
    "price": ("申报单价",),
    "total": ("申报总价", "金额"),
    "origin_country": ("原产国(地区)",),
    "destination_country": ("最终目的国(地区)",),
    "domestic_district": ("境内目的地", "境内货源地", "货源地", "境内目的地/货源地"),
    "duty_mode": ("征免", "征减免税方式"),
    "part_no": ("料号",),
}


def declaration_workbook(
    title: str, key: Any, *numbers: Any, on_existing: str = "refuse", layouts: bool = False
) -> WorkbookPlan:
    """Return the interchange's workbook, named by ``key`` with other ``numbers`` beside it, and the other layouts."""
    head = [must(key), *(may(one) for one in numbers), *(imported_heading(one) for one in IMPORTED)]
    body = [imported_line(one) for one in IMPORTED_LINE]
    sheets = (SheetPlan("表头", tuple(head)), SheetPlan("表体", tuple(body), part="lines", join=must(key)))
    others = (_single(head, body), _form(head, body)) if layouts else ()
    return WorkbookPlan(title, sheets, on_existing=on_existing, layouts=others)


def _single(head: list[Heading], body: list[Heading]) -> Layout:
    """One row per line, the head repeated on each; several declarations in one sheet. Weights of lines stay out."""
    kept = {one.attribute.key for one in head}
    lines = [one for one in body if one.attribute.key not in kept]
    return Layout(
        "单表", SheetPlan("报关单单表", tuple(map(_worded, lines)), part="lines", head=tuple(map(_worded, head)))
    )


def _form(head: list[Heading], body: list[Heading]) -> Layout:
    """The form: head cells beside or below their labels, lines under their headings; line numbers may be left out."""
    lines = [replace(_worded(one), required=one.required and one.attribute.key != "line_no") for one in body]
    sheet = SheetPlan("报关单表单", tuple(lines), part="lines", head=tuple(map(_worded, head)), scattered=True)
    return Layout("表单式", sheet)


def _worded(heading: Heading) -> Heading:
    return replace(heading, also=_ALSO.get(heading.attribute.key, ()))
