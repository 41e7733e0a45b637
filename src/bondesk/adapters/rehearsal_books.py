"""What the rehearsal customs demands of accounts, handbooks and qualifications, written apart from our composer.

It keeps the approved rows of each book, so that a change that names a row customs does not have is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from bondesk.adapters.xml.parser import local, text


@dataclass(frozen=True, slots=True)
class BookKind:
    """The vocabulary of one kind: message code, groups, where its number stands, how numbers begin."""

    code: str
    root: str
    head: str
    goods: tuple[str, ...]
    consumption: str
    number: str
    result: str
    bsc: str
    serial: str
    needed: tuple[str, ...]
    hs_digits: int = 10


KINDS = (
    BookKind(
        code="EMS111",
        root="EmsMessage",
        head="NemsHead",
        goods=("NemsImgList", "NemsExgList"),
        consumption="NemsCmList",
        number="EmsNo",
        result="EMS211",
        bsc="EmsPutrecBsc",
        serial="E{customs}{year}{serial:05d}",
        needed=("EtpsPreentNo", "BizopEtpsno", "BizopEtpsNm", "RcvgdEtpsno", "RcvgdEtpsNm", "DclEtpsno", "DclTypecd")
        + ("EmsTypecd", "NetwkEtpsArcrpNo", "MaxTovrAmt", "MasterCuscd", "UcnsDclSegcd", "VclrPridVal", "ChgTmsCnt")
        + ("FinishValidDate", "InputTime", "Status"),
    ),
    BookKind(
        code="EML111",
        root="EmlMessage",
        head="NptsEmlHead",
        goods=("NptsEmlImg", "NptsEmlExg"),
        consumption="NptsEmlConsume",
        number="EmlNo",
        result="EML211",
        bsc="EmlPutrecBsc",
        serial="C{customs}{year}{serial:05d}",
        needed=("EmlType", "EtpsPreentNo", "DclTypecd", "MasterCuscd", "BizopEtpsno", "BizopEtpsNm", "SupvModecd")
        + ("ValidDate", "ReduNatrcd", "ProduceTypecd", "ImpexpPortcd", "UcnsDclSegcd", "StndbkBankcd")
        + ("ImpCurrcd", "ExpCurrcd"),
    ),
    BookKind(
        code="EMS101",
        root="TrMessage",
        head="NemsTrHeadType",
        goods=("NemsTrImgTypes", "NemsTrExgTypes"),
        consumption="",
        number="EtArcrpNo",
        result="EMS201",
        bsc="EtArcrpBsc",
        serial="T{customs}{year}{serial:05d}",
        needed=("EtpsPreentNo", "MasterCuscd", "BizopEtpsno", "BizopEtpsNm", "PrcsEtpsno", "PrcsEtpsNm", "DclEtpsno")
        + ("FinishValidTime", "PrcsPrdcAbltAmt", "DclTypecd", "ChgTmsCnt"),
        hs_digits=4,
    ),
)


def kind_of(message: etree._Element) -> BookKind | None:
    """Return the kind of a business root, None for another message."""
    return next((kind for kind in KINDS if kind.root == local(message)), None)


def head_of(message: etree._Element, kind: BookKind) -> etree._Element | None:
    """Return the head group."""
    return next((part for part in message if local(part) == kind.head), None)


def problems_of_book(message: etree._Element, kind: BookKind, filed: Mapping[str, Any] | None) -> list[str]:
    """Return what is wrong, in the importer's words; ``filed`` holds what customs approved before."""
    head = head_of(message, kind)
    if head is None:
        return ["缺少表头"]
    wrong = [f"表头 {name} 不能为空" for name in kind.needed if not text(head, name)]
    change = text(head, "DclTypecd") == "2"
    if change and not text(head, kind.number):
        wrong.append(f"变更须填 {kind.number}")
    counted = "ChgTmsCnt" in kind.needed  # a handbook's message does not count its changes
    if counted and change and filed is not None and text(head, "ChgTmsCnt") != str(filed["changes"] + 1):
        wrong.append(f"变更次数应为 {filed['changes'] + 1}")
    rows = rows_of(message, kind)
    for key, mark, line in rows:
        wrong += _row_problems(key, mark, line, kind, _rows_filed(filed, change))
    if not rows and not change:
        wrong.append("没有料件和成品")
    return wrong


def rows_of(message: etree._Element, kind: BookKind) -> list[tuple[str, str, etree._Element]]:
    """Return (key, mark, element) of every goods and consumption row."""
    found = []
    for part in message:
        name = local(part)
        if name in kind.goods:
            found.append((f"{name}:{text(part, 'GdsSeqno')}", text(part, "ModfMarkcd"), part))
        elif kind.consumption and name == kind.consumption:
            key = ":".join(text(part, leaf) for leaf in ("EndprdSeqno", "UcnsVerno", "MtpckSeqno"))
            found.append((f"{name}:{key}", text(part, "ModfMarkcd"), part))
    return found


def _rows_filed(filed: Mapping[str, Any] | None, change: bool) -> list[str] | None:
    """Return the rows on file; None for a book filed before the rehearsal began."""
    if filed is None:
        return None if change else []
    rows: list[str] = filed["rows"]
    return rows


def _row_problems(key: str, mark: str, line: etree._Element, kind: BookKind, filed: list[str] | None) -> list[str]:
    wrong = []
    if mark not in {"1", "2", "3"}:
        wrong.append(f"{key} 修改标志不正确：{mark or '空'}")
    if filed is not None and mark == "3" and key in filed:
        wrong.append(f"{key} 已备案，不能再增加")
    if filed is not None and mark in {"1", "2"} and key not in filed:
        wrong.append(f"{key} 未备案，不能修改或删除")
    if local(line) in kind.goods and not re.fullmatch(rf"\d{{{kind.hs_digits}}}", text(line, "Gdecd")):
        wrong.append(f"{key} 商品编码须为{kind.hs_digits}位数字")
    return wrong


def filed_after(message: etree._Element, kind: BookKind, filed: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return what customs has on file once the message is approved."""
    head = head_of(message, kind)
    if filed is None and text(head, "DclTypecd") == "2":
        return {"changes": int(text(head, "ChgTmsCnt") or 0), "rows": None}
    rows = set((filed or {}).get("rows") or [])
    for key, mark, _line in rows_of(message, kind):
        rows = rows - {key} if mark == "2" else rows | {key}
    return {"changes": int(text(head, "ChgTmsCnt") or 0), "rows": sorted(rows)}
