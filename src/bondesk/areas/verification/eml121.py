"""EML121: the message of a 手册核销 (message reference 6.2); wrapper and inner names are inferred (C).

EtpsPreentNo is ours: receipts name it, the sources do not list it (decision 0033). 报文元素 corrects names.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from bondesk.areas.verification.handbook_model import (
    HandbookMaterialLine,
    HandbookProductLine,
    HandbookVerification,
    HandbookVoucher,
)
from bondesk.areas.verification.handbook_receipts import RECEIPT_CODES, receive
from bondesk.base.findings import Finding, error
from bondesk.base.messages import (
    Element,
    Message,
    MessageFacts,
    MessageGroup,
    answer_forgotten,
    fixed_value,
    sender_value,
)

_V, _M, _P, _N = HandbookVerification, HandbookMaterialLine, HandbookProductLine, HandbookVoucher


def _count(key: str) -> Any:
    return lambda row, _facts: len(getattr(row, key))


def _place(row: Any, _facts: MessageFacts) -> int:
    return int(row.line_no)


def _with(*parts: tuple[str, int]) -> Any:
    """Return a figure with the adjustment that belongs to it."""
    return lambda row, _facts: sum(((getattr(row, key) or Decimal(0)) * sign for key, sign in parts), Decimal(0))


def _element(name: str, label: str, size: str, need: str, value: Any = None, field: str = "") -> Element:
    return Element(name, label, size, need, value, field, confidence="C")


HEAD = (
    _element("SeqNo", "预录入统一编号", "C18", "R", _V.seq_no),
    _element("EtpsPreentNo", "企业内部编号", "C..64", "O", _V.internal_no),
    _element("EmlNo", "手册编号", "C..64", "M", _V.record_no),
    _element("BizopEtpsSccd", "经营企业社会信用代码", "C18", "O", sender_value("enterprise_credit")),
    _element("BizopEtpsNo", "经营企业编号", "C10", "M", sender_value("enterprise_code")),
    _element("BizopEtpsNm", "经营企业名称", "C..512", "M", sender_value("enterprise_name")),
    _element("OwnerEtpsSccd", "加工企业社会信用代码", "C18", "O", sender_value("enterprise_credit")),
    _element("OwnerEtpsNo", "加工企业编号", "C10", "M", sender_value("enterprise_code")),
    _element("OwnerEtpsNm", "加工企业名称", "C..512", "M", sender_value("enterprise_name")),
    _element("ImpInvtTotalCnt", "进口清单总数", "N19", "O", _V.import_papers),
    _element("ExpInvtTotalCnt", "出口清单总数", "N19", "O", _V.export_papers),
    _element("ChgoffMtpckTotalAmt", "报核料件总数", "N19", "O", _count("materials")),
    _element("ChgoffEndprdTotalAmt", "报核成品总数", "N19", "O", _count("products")),
    _element("ChgoffDclDate", "报核申报日期", "Date", "M", _V.declared_on),
    _element("DclTypeMarkcd", "申报类型", "C1", "M", fixed_value("1")),
    _element("DclEtpsSccd", "申报单位社会信用代码", "C18", "O", sender_value("declarant_credit")),
    _element("DclEtpsNo", "申报单位编码", "C10", "M", sender_value("declarant_code")),
    _element("DclEtpsNm", "申报单位名称", "C..512", "M", sender_value("declarant_name")),
    _element("InputEtpsNo", "录入单位编码", "C10", "M", sender_value("enterprise_code")),
    _element("InputEtpsSccd", "录入单位社会信用代码", "C18", "O", sender_value("enterprise_credit")),
    _element("InputEtpsNm", "录入单位名称", "C..512", "M", sender_value("enterprise_name")),
    _element("InputTime", "录入时间", "Date", "M", lambda row, _facts: row.computed_at and row.computed_at.date()),
    _element("Rmk", "备注", "C..4000", "O", _V.remark),
    _element("MasterCuscd", "主管关区代码", "C..4", "M", lambda row, _facts: row.record_no[1:5], "record_no"),
)
BILLS = (
    _element("SeqNo", "预录入统一编号", "C18", "R"),
    _element("GNo", "序号", "N19", "M", _place),
    _element("BondInvtNo", "核注清单编号", "C18", "M", _N.bond_no),
    _element("IeFlag", "进出口标志", "C1", "M", _N.ie_flag),
)
GOODS = (
    _element("SeqNo", "预录入统一编号", "C18", "R"),
    _element("GNo", "序号", "N19", "M", _place),
    _element("EmlSeqno", "料件序号", "N19", "M", _M.item_no),
    _element("GdsMtno", "料号", "C..32", "O", _M.part_no),
    _element("Gdecd", "商品编码", "C10", "M", _M.hs_code),
    _element("Gdsnm", "商品名称", "C..512", "M", _M.name),
    _element("DclUnitcd", "申报单位", "C..3", "M", _M.unit),
    _element(
        "ImpTotalQty", "进口数量", "D19,5", "M",
        _with(("direct_import", 1), ("surplus_in", 1), ("exchange_out", -1), ("adjust_import", 1)), "imported",
    ),
    _element("DprcsCrdImpQty", "深加工结转进口数量", "D19,5", "O", _M.transfer_in),
    _element("SdinQty", "内销数量", "D19,5", "O", _with(("domestic_sale", 1), ("adjust_sale", 1)), "domestic_sale"),
    _element("ReexpQty", "复出口数量", "D19,5", "O", _with(("reexport", 1), ("adjust_reexport", 1)), "reexport"),
    _element(
        "MtpckDstryQty", "料件销毁数量", "D19,5", "O", _with(("destroyed", 1), ("adjust_destroyed", 1)), "destroyed"
    ),
    _element("LfmtQty", "边角料数量", "D19,5", "O", _M.scrap),
    _element(
        "RemainCrdwQty", "余料转出数量", "D19,5", "O", _with(("surplus_out", 1), ("adjust_surplus", 1)), "surplus_out"
    ),
    _element("CsmTotalQty", "产品总耗用", "D19,5", "O", _with(("consumed", 1), ("adjust_consumed", 1)), "consumed"),
    _element("RemainMtpckQty", "剩余料件数量", "D19,5", "M", _M.declared_remaining),
    _element("Rmk", "备注", "C..4000", "O", _M.remark),
)  # fmt: skip
PRODUCTS = (
    _element("SeqNo", "预录入统一编号", "C18", "R"),
    _element("GNo", "序号", "N19", "M", _place),
    _element("EmlSeqno", "成品序号", "N19", "M", _P.item_no),
    _element("GdsMtno", "料号", "C..32", "O", _P.part_no),
    _element("Gdecd", "商品编码", "C10", "M", _P.hs_code),
    _element("Gdsnm", "商品名称", "C..512", "M", _P.name),
    _element("DclUnitcd", "申报单位", "C..3", "M", _P.unit),
    _element("ExpTotalQty", "出口数量", "D19,5", "M", _P.direct),
    _element("DprcsCrdExpQty", "深加工结转出口数量", "D19,5", "O", _P.transferred),
    _element("EndprdRetnExchImpQty", "成品退换进口数量", "D19,5", "O", _P.returned_in),
    _element("EndprdRetnExchExpQty", "成品退换出口数量", "D19,5", "O", _P.returned_out),
    _element("Rmk", "备注", "C..4000", "O", _P.remark),
)


def _checks(verification: HandbookVerification, _facts: MessageFacts) -> Iterator[Finding]:
    """A note without its number cannot be named to customs; declarations are not listed."""
    for place, one in enumerate(verification.vouchers):
        if one.document_key.startswith("bonded_note") and not one.bond_no:
            yield error("MSG-06", f"清单 {one.document_no} 没有清单编号，不能报核", "bond_no", place, table="vouchers")


def _noted(verification: HandbookVerification) -> list[HandbookVoucher]:
    return [one for one in verification.vouchers if one.bond_no]


EML121 = Message(
    code="EML121",
    title="手册报核",
    root="DcrMessage",
    groups=(
        MessageGroup("NptsDcrHead", HEAD, lambda one: (one,)),
        MessageGroup(
            "NptsDcrBill",
            BILLS,
            _noted,
            "vouchers",
            lambda one: [place for place, row in enumerate(one.vouchers) if row.bond_no],
        ),
        MessageGroup("NptsDcrImg", GOODS, lambda one: one.materials, "materials"),
        MessageGroup("NptsDcrExg", PRODUCTS, lambda one: one.products, "products"),
    ),
    tail=(
        Element("OperCusRegCode", "操作卡海关十位编码", "C10", "M", sender_value("oper_customs_code"), confidence="C"),
    ),
    folder=lambda _one: "Npts",
    direction=lambda _one: "1",
    number=_V.internal_no,
    seq_no=_V.seq_no,
    business_no=_V.internal_no,
    receipt_codes=RECEIPT_CODES,
    receive=receive,
    ordered=answer_forgotten,
    checks=lambda one, facts: tuple(_checks(one, facts)),
)
