"""What the rehearsal customs makes of a 报核 (EMS121), written apart from our composer: every row must foot."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal, InvalidOperation

from lxml import etree

from bondesk.adapters.xml.parser import child, local, text

ROOT, RESULT = "DcrMessage", "EMS221"
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


def problems_of_verification(message: etree._Element) -> list[str]:
    """Return what is wrong, in the importer's words."""
    head = child(message, _HEAD)
    if head is None:
        return ["缺少表头"]
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
