"""演练海关 for declarations: checks a DecMessage by its own lights and answers as Single Window and customs do.

Written from the message reference (3, 4, 6) and apart from our composer, so that it finds what we do wrong.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from lxml import etree

from bondesk.adapters.rehearsal_letters import Turn
from bondesk.adapters.xml.parser import child, local, text
from bondesk.base.rehearsal_script import AMEND, FAIL

_NAMESPACE = "http://www.chinaport.gov.cn/dec"
_ALWAYS = (
    "IEFlag AgentCode AgentName CustomMaster CopName CopCode TypistNo InputerName DeclTrnRel PromiseItmes "
    "TradeAreaCode DeclareName"
).split()
_DECLARED = (
    "DistinatePort GrossWet IEPort NetWt OwnerName PackNo TradeCode TradeCountry TradeMode TradeName TrafMode "
    "TransMode WrapType EdiId EntryType OwnerCodeScc AgentCodeScc TradeCoScc EntyPortCode"
).split()
_DIRECTED = {"I": ("DespPortCode", "GoodsPlace", "OverseasConsignorEname"), "E": ("OverseasConsigneeEname",)}
_GOODS = "CodeTS GNo DestinationCountry".split()
_GOODS_DECLARED = (
    "DeclPrice DutyMode GName OriginCountry TradeCurr DeclTotal GQty FirstQty GUnit FirstUnit DistrictCode".split()
)
_FORMS = {
    "CustomMaster": r"\d{4}",
    "IEPort": r"\d{4}",
    "TradeMode": r"\d{4}",
    "TradeAreaCode": r"[A-Z]{3}",
    "TradeCountry": r"[A-Z]{3}",
    "TradeCoScc": r".{18}",
    "AgentCodeScc": r".{18}",
    "PromiseItmes": r"[019]{3,6}",
    "PackNo": r"[1-9]\d{0,8}",
}
_GOODS_FORMS = {
    "CodeTS": r"\d{10}",
    "OriginCountry": r"[A-Z]{3}",
    "DestinationCountry": r"[A-Z]{3}",
    "TradeCurr": r"[A-Z]{3}",
    "GUnit": r"\d{3}",
    "FirstUnit": r"\d{3}",
    "DutyMode": r"[1-9]",
}
_PLACES = {"DeclPrice": 4, "DeclTotal": 4, "GQty": 5, "FirstQty": 5, "SecondQty": 5}
_MOST_GOODS, _MOST_MODEL = 50, 255


def problems_of_declaration(message: etree._Element, files: Mapping[str, bytes]) -> list[str]:
    """Return what the importer refuses about a DecMessage and the files beside it; empty when it is taken."""
    head, sign = child(message, "DecHead"), child(message, "DecSign")
    if head is None or sign is None:
        return ["报文缺少 DecHead 或 DecSign"]
    if etree.QName(message).namespace != _NAMESPACE:
        return [f"命名空间应为 {_NAMESPACE}"]
    declares = text(sign, "OperType") in {"C", "D"}
    wrong = _missing(head, [*_ALWAYS, *(_DECLARED if declares else ())], "表头")
    wrong += _missing(head, _DIRECTED.get(text(head, "IEFlag"), ()) if declares else (), "表头")
    wrong += _misformed(head, _FORMS, "表头")
    if text(sign, "OperType") not in {"A", "B", "C", "D", "E", "G"}:
        wrong.append("OperType 不正确")
    if not 1 <= len(text(sign, "ClientSeqNo")) <= 18:
        wrong.append("ClientSeqNo 须为1至18位")
    wrong += _goods(message, head, declares)
    return wrong + _weights(head) + _files(message, files)


def _missing(part: etree._Element, names: Any, where: str) -> list[str]:
    return [f"{where}{name}不能为空" for name in names if not text(part, name)]


def _misformed(part: etree._Element, forms: Mapping[str, str], where: str) -> list[str]:
    return [
        f"{where}{name}格式不正确：{value}"
        for name, form in forms.items()
        if (value := text(part, name)) and not re.fullmatch(form, value)
    ]


def _goods(message: etree._Element, head: etree._Element, declares: bool) -> list[str]:
    lists = child(message, "DecLists")
    rows = list(lists) if lists is not None else []
    if not 1 <= len(rows) <= _MOST_GOODS:
        return [f"商品须为1至{_MOST_GOODS}项，现为{len(rows)}项"]
    wrong = []
    for number, row in enumerate(rows, 1):
        where = f"表体第{number}项："
        wrong += _missing(row, [*_GOODS, *(_GOODS_DECLARED if declares else ())], where)
        wrong += _misformed(row, _GOODS_FORMS, where)
        if text(row, "GNo") != str(number):
            wrong.append(f"{where}商品序号应为{number}")
        if bool(text(row, "SecondUnit")) != bool(text(row, "SecondQty")):
            wrong.append(f"{where}法定第二单位与法定第二数量须同时填写")
        if text(head, "ManualNo") and not text(row, "ContrItem"):
            wrong.append(f"{where}备案序号不能为空")
        if len(text(row, "GModel").encode("gb18030")) > _MOST_MODEL:
            wrong.append(f"{where}规格型号超过{_MOST_MODEL}字节")
        wrong += _turned(text(head, "IEFlag"), row, where)
        wrong += _numbers(row, where)
    return wrong


def _turned(way: str, row: etree._Element, where: str) -> list[str]:
    """What goes into China ends there; on exports the two elements are turned, so it stands in the same one (4.4)."""
    if text(row, "OriginCountry") == "CHN" != text(row, "DestinationCountry"):
        named = "最终目的国" if way == "I" else "原产国"
        return [f"{where}{named}不正确，OriginCountry 与 DestinationCountry 疑似颠倒"]
    return []


def _numbers(row: etree._Element, where: str) -> list[str]:
    wrong, values = [], {}
    for name, places in _PLACES.items():
        written = text(row, name)
        if not written:
            continue
        try:
            values[name] = Decimal(written)
        except InvalidOperation:
            wrong.append(f"{where}{name}不是数字")
            continue
        if "E" in written.upper() or -int(values[name].as_tuple().exponent) > places:
            wrong.append(f"{where}{name}小数超过{places}位")
        elif values[name] <= 0:
            wrong.append(f"{where}{name}须大于0")
    if {"GQty", "DeclPrice", "DeclTotal"} <= values.keys():
        gap = abs(values["GQty"] * values["DeclPrice"] - values["DeclTotal"])
        if gap > values["GQty"] * Decimal("0.00005") + Decimal("0.005"):
            wrong.append(f"{where}成交数量与申报单价的乘积与申报总价不符")
    return wrong


def _weights(head: etree._Element) -> list[str]:
    try:
        net, gross = (Decimal(text(head, name) or "0") for name in ("NetWt", "GrossWet"))
    except InvalidOperation:
        return ["毛重或净重不是数字"]
    return ["净重大于毛重"] if net > gross else []


def _files(message: etree._Element, files: Mapping[str, bytes]) -> list[str]:
    named = [text(part, "EdocID") for part in message if local(part) == "EdocRealation"]
    wrong = [f"随附单据 {name} 不在压缩包中" for name in named if name not in files]
    wrong += [f"压缩包中的 {name} 没有在报文中说明" for name in files if name not in named]
    wrong += [f"随附单据 {name} 不是 PDF" for name in named if not files.get(name, b"%PDF-").startswith(b"%PDF-")]
    return wrong + (["随附单据编号重复"] if len(set(named)) != len(named) else [])


class DeclarationAnswers:
    """Writes the answers to one declaration into an InBox, each file in one rename; every notice a minute later."""

    def __init__(self, inbox: Path, stem: str, now: datetime) -> None:
        """Answer the message ``stem``, the first notice at ``now``."""
        self.inbox, self._stem, self.now = inbox, stem, now
        self._count = 0

    def imported(self, client_no: str, seq_no: str, said: str) -> None:
        """DecImportResponse 0 with the 统一编号."""
        self._response("Successed", "0", said, client_no, seq_no)

    def import_failed(self, client_no: str, reason: str) -> None:
        """DecImportResponse -1."""
        self._response("Failed", "-1", reason, client_no, "")

    def notice(self, channel: str, note: str, seq_no: str, entry_no: str, customs: str, day: str = "") -> None:
        """DEC_RESULT with a CHANNEL letter; ``day`` is both dates once customs has accepted."""
        self.now += timedelta(minutes=1)
        root = etree.Element("DEC_RESULT")
        for name, value in (
            ("CUS_CIQ_NO", seq_no),
            ("ENTRY_ID", entry_no),
            ("NOTICE_DATE", self.now.strftime("%Y-%m-%dT%H:%M:%S")),
            ("CHANNEL", channel),
            ("NOTE", note),
            ("CUSTOM_MASTER", customs),
            ("I_E_DATE", day),
            ("D_DATE", day),
        ):
            etree.SubElement(root, name).text = value
        self._write(f"Receipt_{channel}_{self._stem}_{self._stamp()}.xml", root)

    def _response(self, prefix: str, code: str, said: str, client_no: str, seq_no: str) -> None:
        root = etree.Element(f"{{{_NAMESPACE}}}DecImportResponse", nsmap={None: _NAMESPACE})  # type: ignore[dict-item]
        for name, value in (
            ("ResponseCode", code),
            ("ErrorMessage", said),
            ("ClientSeqNo", client_no),
            ("SeqNo", seq_no),
            ("TrnPreId", ""),
        ):
            etree.SubElement(root, f"{{{_NAMESPACE}}}{name}").text = value
        self._write(f"{prefix}_{self._stem}_{self._stamp()}.xml", root)

    def _stamp(self) -> str:
        self._count += 1
        return f"{self.now:%Y%m%d%H%M%S}{self._count:07d}"

    def _write(self, name: str, root: etree._Element) -> None:
        self.inbox.mkdir(parents=True, exist_ok=True)
        waiting = self.inbox / f"{name}.tmp"
        waiting.write_bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
        os.replace(waiting, self.inbox / name)


def answer_declaration(
    answers: DeclarationAnswers,
    message: etree._Element,
    files: Mapping[str, bytes],
    state: dict[str, Any],
    refused: Mapping[str, str],
    inspected: bool,
    turn: Turn,
) -> bool:
    """Answer one DecMessage: import response, then L, J, (C,) P, R when it declares; ``refused`` gives returns.

    ``state`` keeps what was answered, as :class:`RehearsalCustoms` does. True when customs decided, as ``turn`` says.
    """
    head, sign = child(message, "DecHead"), child(message, "DecSign")
    client_no, seq_no = text(sign, "ClientSeqNo"), text(head, "SeqNo")
    kept = state.setdefault("declarations", {})
    wrong = problems_of_declaration(message, files)
    if not wrong and not seq_no and client_no in kept:
        wrong.append("客户端报关单编号与已导入的报关单重复，更新已有报关单须填写统一编号")
    if wrong:
        answers.import_failed(client_no, "\n".join(wrong))
        return False
    known = kept.get(client_no) or _numbers_for(state, head, seq_no, answers.now)
    answers.now = max(answers.now, datetime.fromisoformat(known["last"]) + timedelta(minutes=1))
    declares = text(sign, "OperType") in {"C", "D"}
    answers.imported(client_no, known["seq_no"], "报关单导入成功" if declares else "报关单暂存成功")
    if declares:
        _decide(answers, head, known, refused.get(client_no, ""), inspected, turn)
    done = "D" if turn.order.answer == AMEND else "R"
    status = ("E" if refused.get(client_no) else done) if declares else ""
    kept[client_no] = {**known, "last": answers.now.isoformat(), "status": status}
    return declares


def _decide(
    answers: DeclarationAnswers,
    head: etree._Element | None,
    known: Mapping[str, str],
    reason: str,
    inspected: bool,
    turn: Turn,
) -> None:
    customs, seq_no, entry_no = text(head, "CustomMaster"), known["seq_no"], known["entry_no"]
    answers.notice("7", f"{seq_no},{seq_no}直接申报成功", seq_no, "", "")
    failed = turn.order.answer == FAIL
    if not failed:
        answers.notice("L", "入库成功！", seq_no, "" if reason else entry_no, customs)
    if turn.manual:
        answers.notice("M", "报关单转人工审核", seq_no, entry_no, customs)
    answers.inbox = turn.later
    if reason:
        answers.notice("Z" if failed else "E", f"{'退回修改' if failed else '退单'}：{reason}", seq_no, "", customs)
        return
    day = answers.now.strftime("%Y-%m-%d")
    answers.notice("J", "海关已接受申报", seq_no, entry_no, customs, day)
    if inspected:
        answers.notice("C", "查验通知", seq_no, entry_no, customs, day)
    answers.notice("P", "报关单已放行", seq_no, entry_no, customs, day)
    answers.notice("R", "报关单已结关", seq_no, entry_no, customs, day)
    if turn.order.answer == AMEND:
        answers.notice("D", "海关已同意删除报关单", seq_no, entry_no, customs, day)


def _numbers_for(state: dict[str, Any], head: etree._Element | None, seq_no: str, now: datetime) -> dict[str, str]:
    state["serial"] += 1
    serial, way = state["serial"], text(head, "IEFlag")
    return {
        "seq_no": seq_no or f"{way}{now:%Y}{serial:013d}",
        "entry_no": f"{text(head, 'CustomMaster')}{now:%Y}{'1' if way == 'I' else '0'}{serial:09d}",
        "last": now.isoformat(),
        "serial": str(serial),
    }
