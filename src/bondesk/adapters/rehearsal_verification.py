"""What the rehearsal customs makes of a 报核 (EMS121, EML121), apart from our composer: every row must foot."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from lxml import etree

from bondesk.adapters.xml.parser import child, local, text

ROOT = "DcrMessage"
_HEAD, _BILL, _GOODS = "NemsDcrHeadType", "NemsDcrBillTypes", "NmesDcrImgTypes"
_NEEDED: tuple[str, ...] = (
    "EmsNo",
    "ChgoffTmsCnt",
    "ChgoffTypecd",
    "ChgoffBeginTime",
    "ChgoffDueTime",
    "BizopEtpsno",
    "BizopEtpsNm",
)
_NEEDED += ("RcvgdEtpsno", "RcvgdEtpsNm", "InputTime", "ChgoffDclTime", "MasterCuscd")


_HANDBOOK = "NptsDcrHead"


@dataclass(frozen=True, slots=True)
class Reported:
    """A 报核 as it came: who it is about, and what answers it."""

    internal_no: str
    seq_no: str
    book_no: str
    result: str
    group: str
    problems: list[str]


def reported(message: etree._Element) -> Reported:
    """Read a 报核 of an account or of a handbook."""
    head = child(message, _HANDBOOK)
    if head is not None:
        numbers = text(head, "EtpsPreentNo"), text(head, "SeqNo"), text(head, "EmlNo")
        return Reported(*numbers, "EML221", "EmlChgoffBsc", _handbook_problems(message, head))
    head = child(message, _HEAD)
    if head is None:
        return Reported("", "", "", "EMS221", "EmsChgoffBsc", ["缺少表头"])
    numbers = text(head, "EtpsPreentNo"), text(head, "SeqNo"), text(head, "EmsNo")
    return Reported(*numbers, "EMS221", "EmsChgoffBsc", _account_problems(message, head))


def _handbook_problems(message: etree._Element, head: etree._Element) -> list[str]:
    needed = ("EmlNo", "BizopEtpsNo", "BizopEtpsNm", "OwnerEtpsNo", "OwnerEtpsNm", "ChgoffDclDate", "MasterCuscd")
    wrong = [f"表头 {name} 不能为空" for name in needed if not text(head, name)]
    for group, count in (("NptsDcrImg", "ChgoffMtpckTotalAmt"), ("NptsDcrExg", "ChgoffEndprdTotalAmt")):
        rows = [part for part in message if local(part) == group]
        if text(head, count) != str(len(rows)):
            wrong.append(f"{count} 与 {group} 的行数不符")
        places = [text(part, "GNo") for part in rows]
        if places != [str(place) for place in range(1, len(rows) + 1)]:
            wrong.append(f"{group} 的序号不连续")
    for part in message:
        if local(part) == "NptsDcrImg":
            wrong += _surplus_problems(part)
    return wrong


def _surplus_problems(part: etree._Element) -> list[str]:
    """Every row must foot: 进口 + 深加工 − 内销 − 复出 − 销毁 − 余料转出 − 耗用 = 剩余."""
    names = ("ImpTotalQty", "DprcsCrdImpQty", "SdinQty", "ReexpQty", "MtpckDstryQty", "RemainCrdwQty", "CsmTotalQty")
    item = text(part, "EmlSeqno")
    try:
        imported, transferred, *gone = (Decimal(text(part, name)) for name in names)
        left = Decimal(text(part, "RemainMtpckQty"))
    except InvalidOperation:
        return [f"料件 {item} 数量不能为空"]
    wrong = [f"料件 {item} 剩余小于0"] if left < 0 else []
    if imported + transferred - sum(gone) != left:
        wrong.append(f"料件 {item} 剩余数量与进口、耗用等不平")
    return wrong


def _account_problems(message: etree._Element, head: etree._Element) -> list[str]:
    wrong = [f"表头 {name} 不能为空" for name in _NEEDED if not text(head, name)]
    if text(head, "ChgoffDueTime") < text(head, "ChgoffBeginTime"):
        wrong.append("报核截止时间早于开始时间")
    bills = [text(part, "BondInvtNo") for part in message if local(part) == _BILL]
    wrong += [f"清单编号不正确：{number or '空'}" for number in bills if not re.fullmatch(r"QD\d{6}[IE]\d{9}", number)]
    wrong += [f"清单编号重复：{number}" for number, times in Counter(bills).items() if times > 1]
    goods = [part for part in message if local(part) == _GOODS]
    if not goods:
        wrong.append("没有报核料件")
    for part in goods:
        wrong += _row_problems(part)
    return wrong


def _row_problems(part: etree._Element) -> list[str]:
    item = text(part, "GdsSeqno")
    names = ("FirstQty", "ImpOrExpTotalQty", "CsmTotalQty", "ShdRemainQty", "ActlRemainQty", "DsmlQty")
    try:
        first, moved, consumed, expected, actual, gap = (Decimal(text(part, name)) for name in names)
    except InvalidOperation:
        return [f"料件 {item} 数量不能为空"]
    wrong = []
    if first + moved - consumed != expected:
        wrong.append(f"料件 {item} 应剩余数量不等于期初加进出口减消耗")
    if actual - expected != gap:
        wrong.append(f"料件 {item} 差异数量不等于实际剩余减应剩余")
    return wrong
