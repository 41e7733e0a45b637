"""EMS121: the message of a 报核, in the order of message reference 6.1; inner names are inferred (C).

An implementer corrects uncertain names in 报文元素 without code.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bondesk.areas.verification.verification_model import (
    AccountVerification,
    VerificationMaterial,
    VerificationNote,
)
from bondesk.areas.verification.verification_receipts import RECEIPT_CODES, receive
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

_V, _M, _N = AccountVerification, VerificationMaterial, VerificationNote


def _count(key: str) -> Any:
    return lambda row, _facts: len(getattr(row, key))


def _place(row: Any, _facts: MessageFacts) -> int:
    return int(row.line_no)


HEAD = (
    Element("SeqNo", "预录入统一编号", "C18", "R", _V.seq_no, confidence="C"),
    Element("EtpsPreentNo", "企业内部编号", "C..64", "M", _V.internal_no, confidence="C"),
    Element("EmsNo", "账册编号", "C..64", "M", _V.record_no, confidence="C"),
    Element("ChgoffTmsCnt", "报核次数", "N19", "M", _V.times, confidence="C"),
    Element("ChgoffTypecd", "报核类型代码", "C..25", "M", _V.kind, confidence="C"),
    Element("ChgoffBeginTime", "报核开始时间", "Date", "M", _V.begin_date, confidence="C"),
    Element("ChgoffDueTime", "报核截止时间", "Date", "M", _V.end_date, confidence="C"),
    Element("BizopEtpsSccd", "经营企业社会信用代码", "C18", "O", sender_value("enterprise_credit"), confidence="C"),
    Element("BizopEtpsno", "经营企业编号", "C10", "M", sender_value("enterprise_code"), confidence="C"),
    Element("BizopEtpsNm", "经营企业名称", "C..512", "M", sender_value("enterprise_name"), confidence="C"),
    Element("RvsngdEtpsSccd", "收发货企业社会信用代码", "C18", "O", sender_value("enterprise_credit"), confidence="C"),
    Element("RcvgdEtpsno", "收货企业编号", "C10", "M", sender_value("enterprise_code"), confidence="C"),
    Element("RcvgdEtpsNm", "收货企业名称", "C..512", "M", sender_value("enterprise_name"), confidence="C"),
    Element("ImpInvtTotalCnt", "进口清单总数", "N19", "O", _V.import_notes, confidence="C"),
    Element("ExpInvtTotalCnt", "出口清单总数", "N19", "O", _V.export_notes, confidence="C"),
    Element("ChgoffMtpckTotalCnt", "报核料件总数", "N19", "O", _count("materials"), confidence="C"),
    Element("ChgoffEndprdTotalCnt", "报核成品总数", "N19", "O", _count("products"), confidence="C"),
    Element("ChgoffLfmtTotalCnt", "报核边角料总数", "N19", "O", confidence="C"),
    Element("ChgoffImprTotalCnt", "报核残次品总数", "N19", "O", confidence="C"),
    Element("ImpMtpckTotalAmt", "进口料件总金额", "D25,5", "O", _V.import_amount, confidence="C"),
    Element("ExpEndprdTotalAmt", "出口成品总金额", "D25,5", "O", _V.export_amount, confidence="C"),
    Element("InputTime", "录入时间", "DateTime", "M", _V.computed_at, confidence="C"),
    Element("ChgoffDclTime", "报核申报时间", "Date", "M", _V.declared_on, confidence="C"),
    Element("Rmk", "备注", "C..4000", "O", _V.remark, confidence="C"),
    Element("DclEtpsSccd", "申报单位社会信用代码", "C18", "O", sender_value("declarant_credit"), confidence="C"),
    Element("DclEtpsno", "申报单位编码", "C10", "M", sender_value("declarant_code"), confidence="C"),
    Element("DclEtpsNm", "申报单位名称", "C..512", "M", sender_value("declarant_name"), confidence="C"),
    Element("DclSourceMarkcd", "申报来源标记代码", "C..4", "O", fixed_value("1"), confidence="C"),
    Element("MasterCuscd", "主管关区代码", "C..4", "M", lambda row, _facts: row.record_no[1:5], "record_no", "C"),
)
BILLS = (
    Element("SeqNo", "预录入统一编号", "C18", "R", confidence="C"),
    Element("GNo", "序号", "N19", "M", _place, confidence="C"),
    Element("BondInvtNo", "核注清单编号", "C18", "M", _N.bond_no, confidence="C"),
    Element("IeFlag", "进出口标志", "C1", "M", _N.ie_flag, confidence="C"),
    Element("DclTypecd", "申报类型", "C1", "M", fixed_value("1"), confidence="C"),
    Element("ModfMarkcd", "修改标志", "C1", "M", fixed_value("3"), confidence="C"),
    Element("Rmk", "备注", "C..4000", "O", confidence="C"),
)
GOODS = (
    Element("SeqNo", "预录入统一编号", "C18", "R", confidence="C"),
    Element("GNo", "序号", "N19", "M", _place, confidence="C"),
    Element("GdsSeqno", "备案序号", "N19", "M", _M.item_no, confidence="C"),
    Element("GdsMtno", "料号", "C..32", "O", _M.part_no, confidence="C"),
    Element("Gdecd", "商品编码", "C10", "O", _M.hs_code, confidence="C"),
    Element("GdsNm", "商品名称", "C..512", "O", _M.name, confidence="C"),
    Element("DclUnitcd", "申报单位", "C..3", "O", _M.unit, confidence="C"),
    Element("ActlRemainQty", "实际剩余数量", "D19,5", "M", _M.actual, confidence="C"),
    Element("FirstQty", "期初数量", "D19,5", "O", _M.opening, confidence="C"),
    Element("ImpOrExpTotalQty", "进出口总数量", "D19,5", "O", _M.in_out, confidence="C"),
    Element("CsmTotalQty", "消耗总数量", "D19,5", "O", _M.consumed, confidence="C"),
    Element("ShdRemainQty", "应剩余数量", "D19,5", "O", _M.expected, confidence="C"),
    Element("ShdRemainTotalAmt", "应剩余价值", "D25,5", "O", _M.expected_amount, confidence="C"),
    Element("DsmlQty", "差异数量", "D19,5", "O", _M.variance, confidence="C"),
    Element("DsmlAmt", "差异价值", "D19,5", "O", _M.variance_amount, confidence="C"),
    Element("TcycleBalQty", "本期结余数量", "D19,5", "O", _M.balance, confidence="C"),
    Element("Rmk", "备注", "C..4000", "O", _M.remark, confidence="C"),
)


def _once(verification: AccountVerification) -> Sequence[Any]:
    return (verification,)


def _included(verification: AccountVerification) -> Sequence[VerificationNote]:
    return [note for note in verification.notes if note.included]


def _included_places(verification: AccountVerification) -> Sequence[int]:
    return [place for place, note in enumerate(verification.notes) if note.included]


def _cross_checks(verification: AccountVerification, _facts: MessageFacts) -> Iterator[Finding]:
    """A note without its number cannot be named to customs."""
    for place, note in zip(_included_places(verification), _included(verification), strict=True):
        if not note.bond_no:
            text = f"清单 {note.document_no} 没有清单编号，不能报核"
            yield error("MSG-06", text, "bond_no", place, table="notes")


TAIL = (Element("OperCusRegCode", "操作卡海关十位编码", "C10", "M", sender_value("oper_customs_code"), confidence="C"),)
EMS121 = Message(
    code="EMS121",
    title="账册报核",
    root="DcrMessage",
    groups=(
        MessageGroup("NemsDcrHeadType", HEAD, _once),
        MessageGroup("NemsDcrBillTypes", BILLS, _included, "notes", _included_places),
        MessageGroup("NmesDcrImgTypes", GOODS, lambda one: one.materials, "materials"),
    ),
    tail=(
        Element("OperCusRegCode", "操作卡海关十位编码", "C10", "M", sender_value("oper_customs_code"), confidence="C"),
    ),
    folder=lambda _verification: "Nems",
    direction=lambda verification: verification.kind,
    number=_V.internal_no,
    seq_no=_V.seq_no,
    business_no=_V.internal_no,
    receipt_codes=RECEIPT_CODES,
    receive=receive,
    ordered=answer_forgotten,
    checks=lambda verification, facts: tuple(_cross_checks(verification, facts)),
)
