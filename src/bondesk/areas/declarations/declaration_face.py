"""How 报关单 looks: the groups of its head, its line tables and its workbook (handbook 6.1, interchange 1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bondesk.areas.codes.line_arithmetic import RECOMPUTES, REPRICED
from bondesk.areas.declarations.arithmetic import FILLS, fill_declaration_line, recompute_line
from bondesk.areas.declarations.declaration_lines import DeclarationLine
from bondesk.areas.declarations.declaration_model import AttachedDocument, Container, Declaration
from bondesk.base.documents import LineTable, group
from bondesk.base.workbooks import Heading, may, must

_D, _L = Declaration, DeclarationLine

_NUMBERS = (
    _D.internal_no,
    _D.ie_flag,
    _D.declare_customs,
    _D.entry_exit_customs,
    _D.record_no,
    _D.contract_no,
    _D.entry_exit_date,
    _D.declared_on,
    _D.domestic_name,
    _D.overseas_name,
    _D.end_user_name,
    _D.partner,
)
_TRANSPORT = (
    _D.transport_mode,
    _D.transport_name,
    _D.voyage_no,
    _D.bill_no,
    _D.supervision_mode,
    _D.duty_nature,
    _D.licence_no,
    _D.trade_country,
    _D.trade_partner_country,
    _D.transit_port,
    _D.departure_port,
    _D.border_port,
    _D.goods_place,
)
_AMOUNTS = (
    _D.transaction_mode,
    _D.package_type,
    _D.packages,
    _D.gross_weight,
    _D.net_weight,
    _D.not_recomputed,
    _D.freight_mark,
    _D.freight,
    _D.freight_currency,
    _D.insurance_mark,
    _D.insurance,
    _D.insurance_currency,
    _D.marks,
    _D.remark,
)
_PARTIES = (
    _D.domestic_code,
    _D.domestic_credit,
    _D.end_user_code,
    _D.end_user_credit,
    _D.overseas_code,
    _D.overseas_name_cn,
    _D.declarant_code,
    _D.declarant_credit,
    _D.declarant_name,
    _D.declarant_person,
)
_MISC_FEE = (_D.misc_mark, _D.misc_fee, _D.misc_currency)
_PROMISES = (_D.special_relation, _D.price_influence, _D.royalty, _D.formula_price, _D.provisional_price)
_KINDS = (
    _D.entry_type,
    _D.declare_type,
    _D.edi_mark,
    _D.surety,
    _D.tax_collection,
    _D.linked_declaration_no,
    _D.linked_record_no,
)
_INSPECTION = (
    _D.destination_customs,
    _D.departed_on,
    _D.unloaded_on,
    _D.lading_no,
    _D.original_box,
    _D.special_business,
    _D.link_reason,
    _D.link_no,
)
_CUSTOMS = (
    _D.seq_no,
    _D.pre_entry_no,
    _D.declaration_no,
    _D.note_no,
    _D.note_seq_no,
    _D.customs_state,
    _D.customs_at,
    _D.match_state,
    _D.customs_reason,
    _D.reason,
)
_GOODS = (
    _L.line_no,
    _L.item_no,
    _L.part_no,
    _L.hs_code,
    _L.name,
    _L.spec,
    _L.dcl_qty,
    _L.dcl_unit,
    _L.price,
    _L.total,
    _L.currency,
    _L.legal_qty1,
    _L.legal_unit1,
    _L.legal_qty2,
    _L.legal_unit2,
    _L.origin_country,
    _L.destination_country,
    _L.domestic_district,
    _L.domestic_region,
    _L.duty_mode,
    _L.uc_version,
    _L.net_weight,
    _L.gross_weight,
    _L.packages,
    _L.hand_typed,
    _L.ciq_code,
    _L.goods_attribute,
    _L.purpose,
    _L.origin_region,
    _L.goods_spec,
    _L.goods_model,
    _L.goods_brand,
    _L.ingredients,
    _L.produced_on,
    _L.batch_no,
    _L.not_dangerous,
    _L.un_code,
    _L.dangerous_name,
    _L.dangerous_pack,
    _L.reason,
)
_PARTY_TAB, _INSPECTION_TAB, _CUSTOMS_TAB = "单位与确认", "报检信息", "海关回执"
DECLARATION_FORM = (
    group("报关单", *_NUMBERS),
    group("运输与监管", *_TRANSPORT),
    group("成交与包装", *_AMOUNTS),
    group("单位", *_PARTIES, tab=_PARTY_TAB),
    group("杂费", *_MISC_FEE, tab=_PARTY_TAB),
    group("确认", *_PROMISES, tab=_PARTY_TAB),
    group("单证", *_KINDS, tab=_PARTY_TAB),
    group("报检", *_INSPECTION, tab=_INSPECTION_TAB),
    group("海关", *_CUSTOMS, tab=_CUSTOMS_TAB),
)
DECLARATION_LINES = (
    LineTable(
        "lines",
        "商品",
        _D.lines,
        _GOODS,
        fill=fill_declaration_line,
        fills=FILLS,
        recompute=recompute_line,
        recomputes=RECOMPUTES,
        repair=REPRICED,
    ),
    LineTable(
        "documents",
        "随附单证",
        _D.documents,
        (AttachedDocument.line_no, AttachedDocument.document_code, AttachedDocument.document_no),
    ),
    LineTable(
        "containers",
        "集装箱",
        _D.containers,
        (
            Container.line_no,
            Container.container_no,
            Container.container_spec,
            Container.goods_nos,
            Container.less_than_load,
            Container.goods_weight,
        ),
    ),
)
_NEEDED = {"ie_flag", "entry_exit_customs", "transport_mode", "supervision_mode", "transaction_mode"}
_LINE_NEEDED = {"line_no", "hs_code", "name", "dcl_qty", "dcl_unit", "total", "currency"}
_HEADINGS: Mapping[str, str] = {
    "end_user_name": "消费使用生产销售单位",
    "trade_partner_country": "启运运抵国",
    "transit_port": "经停指运港",
    "border_port": "入离境口岸",
    "note_no": "关联清单编号",
    "line_no": "项号",
    "domestic_district": "境内目的地货源地",
}
#: The head of the interchange's workbook, after the numbers.
IMPORTED = (
    _D.ie_flag,
    _D.record_no,
    _D.entry_exit_customs,
    _D.declare_customs,
    _D.entry_exit_date,
    _D.declared_on,
    _D.domestic_name,
    _D.overseas_name,
    _D.end_user_name,
    _D.transport_mode,
    _D.transport_name,
    _D.voyage_no,
    _D.bill_no,
    _D.supervision_mode,
    _D.duty_nature,
    _D.licence_no,
    _D.contract_no,
    _D.trade_country,
    _D.trade_partner_country,
    _D.transit_port,
    _D.border_port,
    _D.transaction_mode,
    _D.freight_mark,
    _D.freight,
    _D.freight_currency,
    _D.insurance_mark,
    _D.insurance,
    _D.insurance_currency,
    _D.misc_mark,
    _D.misc_fee,
    _D.misc_currency,
    _D.packages,
    _D.package_type,
    _D.gross_weight,
    _D.net_weight,
    _D.marks,
    _D.remark,
    _D.note_no,
)
IMPORTED_LINE = (
    _L.line_no,
    _L.item_no,
    _L.hs_code,
    _L.name,
    _L.spec,
    _L.dcl_qty,
    _L.dcl_unit,
    _L.legal_qty1,
    _L.legal_unit1,
    _L.legal_qty2,
    _L.legal_unit2,
    _L.price,
    _L.total,
    _L.currency,
    _L.origin_country,
    _L.destination_country,
    _L.domestic_district,
    _L.duty_mode,
    _L.uc_version,
    _L.part_no,
    _L.net_weight,
    _L.gross_weight,
    _L.packages,
)


def _heading(attribute: Any, needed: set[str]) -> Heading:
    text = _HEADINGS.get(attribute.key, "")
    return must(attribute, text) if attribute.key in needed else may(attribute, text)


def imported_heading(attribute: Any) -> Heading:
    """Return the heading of a head value in an import workbook."""
    return _heading(attribute, _NEEDED)


def imported_line(attribute: Any) -> Heading:
    """Return the heading of a line value in an import workbook."""
    return _heading(attribute, _LINE_NEEDED)
