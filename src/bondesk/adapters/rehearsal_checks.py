"""What the rehearsal customs demands of an INV101, written from the reference and apart from our composer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from lxml import etree

from bondesk.adapters.xml.parser import local, text

_HEAD = [
    "ChgTmsCnt",
    "PutrecNo",
    "EtpsInnerInvtNo",
    "BizopEtpsSccd",
    "BizopEtpsno",
    "BizopEtpsNm",
    "RvsngdEtpsSccd",
    "RcvgdEtpsno",
    "RcvgdEtpsNm",
    "DclEtpsSccd",
    "DclEtpsno",
    "DclEtpsNm",
    "InputCode",
    "InputCreditCode",
    "InputName",
    "InputTime",
    "InvtDclTime",
    "ImpexpPortcd",
    "DclPlcCuscd",
    "ImpexpMarkcd",
    "MtpckEndprdMarkcd",
    "SupvModecd",
    "TrspModecd",
    "DclcusFlag",
    "StshipTrsarvNatcd",
    "InvtType",
    "DclTypecd",
    "GenDecFlag",
]
_LINE = [
    "GdsSeqno",
    "GdsMtno",
    "Gdecd",
    "GdsNm",
    "GdsSpcfModelDesc",
    "DclUnitcd",
    "LawfUnitcd",
    "Natcd",
    "DclUprcAmt",
    "DclTotalAmt",
    "DclCurrcd",
    "LawfQty",
    "DclQty",
    "LvyrlfModecd",
    "DestinationNatcd",
    "ModfMarkcd",
    "ClyMarkcd",
]
_HEAD_FORMS = {
    "BizopEtpsSccd": r".{18}",
    "BizopEtpsno": r".{10}",
    "DclEtpsno": r".{10}",
    "ImpexpPortcd": r"\d{4}",
    "DclPlcCuscd": r"\d{4}",
    "ImpexpMarkcd": r"[IE]",
    "MtpckEndprdMarkcd": r"[IE]",
    "SupvModecd": r"\d{4}",
    "StshipTrsarvNatcd": r"\d{3}",
    "InputTime": r"\d{8}",
    "InvtDclTime": r"\d{8}",
    "DclcusFlag": r"[12]",
    "GenDecFlag": r"[12]",
}
_LINE_FORMS = {
    "Gdecd": r"\d{10}",
    "DclUnitcd": r"\d{3}",
    "LawfUnitcd": r"\d{3}",
    "Natcd": r"\d{3}",
    "DestinationNatcd": r"\d{3}",
    "DclCurrcd": r"\d{3}",
    "LvyrlfModecd": r"[1-9]",
    "ModfMarkcd": r"[0-3]",
}
_DECIMALS = {"DclUprcAmt": 4, "DclTotalAmt": 2, "DclQty": 5, "LawfQty": 5, "SecdLawfQty": 5, "NetWt": 5, "GrossWt": 5}


def problems_of(message: etree._Element) -> list[str]:
    """Return what is wrong with an InvtMessage, in the importer's words; empty when it is accepted."""
    heads = [part for part in message if local(part) == "InvtHeadType"]
    lines = [part for part in message if local(part) == "InvtListType"]
    if len(heads) != 1:
        return ["表头须有且只有一个"]
    if not lines:
        return ["表体为空"]
    wrong = _missing(heads[0], _HEAD, "表头") + _misformed(heads[0], _HEAD_FORMS, "表头")
    if text(message, "SysId") not in {"95", "B1", "Z7", "Z8"}:
        wrong.append("SysId 不正确")
    if len(text(message, "OperCusRegCode")) != 10:
        wrong.append("OperCusRegCode 须为10位")
    wrong += _cross(heads[0])
    for number, line in enumerate(lines, 1):
        wrong += _line_problems(line, number, text(heads[0], "MtpckEndprdMarkcd"))
    return wrong


def problems_of_change(head: etree._Element | None, known: Mapping[str, str] | None) -> list[str]:
    """Return what is wrong with a change or deletion (reference 2.5), given what is filed under its internal number."""
    kind = text(head, "DclTypecd")
    if kind not in {"2", "3"}:
        return []
    if known is None or known.get("kind") == "3":
        return ["变更或删除的清单不存在或已删除"]
    wrong = []
    for element, key in (("SeqNo", "seq_no"), ("BondInvtNo", "bond_no")):
        if text(head, element) != known[key]:
            wrong.append(f"变更或删除时 {element} 须为 {known[key]}")
    following = str(int(known.get("count", "0")) + 1)
    if text(head, "ChgTmsCnt") != following:
        wrong.append(f"变更次数须为 {following}")
    return wrong


def _missing(part: etree._Element, names: list[str], where: str) -> list[str]:
    return [f"{where} {name} 不能为空" for name in names if not text(part, name)]


def _misformed(part: etree._Element, forms: dict[str, str], where: str) -> list[str]:
    found = []
    for name, form in forms.items():
        value = text(part, name)
        if value and not re.fullmatch(form, value):
            found.append(f"{where} {name} 格式不正确：{value}")
    return found


def _cross(head: etree._Element) -> list[str]:
    wrong = []
    if text(head, "DclcusFlag") == "2":
        wrong += [f"非报关清单 {n} 须为空" for n in ("DclcusTypecd", "DecType", "CorrEntryDclEtpsNo") if text(head, n)]
    elif text(head, "DclcusTypecd") == "2" and not text(head, "CorrEntryDclEtpsNo"):
        wrong.append("对应报关须填 CorrEntryDclEtpsNo")
    if text(head, "ListType") in {"A", "B"} and not text(head, "RltPutrecNo"):
        wrong.append("结转清单须填 RltPutrecNo")
    return wrong


def _line_problems(line: etree._Element, number: int, goods_flag: str) -> list[str]:
    where = f"表体第{number}项"
    wrong = _missing(line, _LINE, where) + _misformed(line, _LINE_FORMS, where)
    if text(line, "GdsSeqno") != str(number):
        wrong.append(f"{where} GdsSeqno 应为 {number}")
    if bool(text(line, "SecdLawfUnitcd")) != bool(text(line, "SecdLawfQty")):
        wrong.append(f"{where} 第二法定单位与第二法定数量须同时填写")
    if goods_flag == "E" and not text(line, "UcnsVerno"):
        wrong.append(f"{where} 成品须填单耗版本号")
    return wrong + _numbers(line, where)


def _numbers(line: etree._Element, where: str) -> list[str]:
    wrong, values = [], {}
    for name, places in _DECIMALS.items():
        written = text(line, name)
        if not written:
            continue
        try:
            values[name] = Decimal(written)
        except InvalidOperation:
            wrong.append(f"{where} {name} 不是数字")
            continue
        if "E" in written.upper() or -values[name].as_tuple().exponent > places:  # type: ignore[operator]
            wrong.append(f"{where} {name} 小数超过{places}位")
    if {"DclQty", "DclUprcAmt", "DclTotalAmt"} <= values.keys():
        gap = abs(values["DclQty"] * values["DclUprcAmt"] - values["DclTotalAmt"])
        if gap > values["DclQty"] * Decimal("0.00005") + Decimal("0.005"):
            wrong.append(f"{where} 数量×单价与总价不符")
    return wrong
