"""Receipts read leniently: local names, unknown elements ignored, groups may be missing (8, 12.6)."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import replace
from datetime import datetime

from lxml import etree

from bondesk.adapters.xml.masking import masked
from bondesk.adapters.xml.parser import child, local, parse, text
from bondesk.base.messages import Receipt

#: Fractions of a second and a zone after a time; the notices of customs are China time.
_FRACTION = re.compile(r"(?<=\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?$")
#: Spellings of a root that mean the same: without case and underscores, official misspellings and the right ones.
_COMMON = frozenset({"commonresponemessage", "commonresponsemessage", "commonresponmessage"})


class SingleWindowReceipts:
    """Reads what the client puts into an InBox; content decides, not the file name."""

    def read(self, content: bytes) -> Receipt:
        """Return the receipt; ``ValueError`` with a Chinese reason when it is none we know."""
        receipt = self._read(content)
        return replace(receipt, values={name: masked(value) for name, value in receipt.values.items()})

    def _read(self, content: bytes) -> Receipt:
        root = parse(content)
        match local(root).casefold().replace("_", ""):
            case common if common in _COMMON:
                return _common(root)
            case "root":
                return _client_failure(root)
            case "package":
                return _package(root)
            case "signature":
                return _package(_signed(root))
            case "decimportresponse":
                return _import_response(root)
            case "decresult":
                return _business(root)
            case "decdata":
                return _older_business(root)
            case "dxpmsg":
                return self._read(_unwrapped(root, content))
            case _other:
                raise ValueError(f"不认识的回执：根元素 {local(root)[:64]}")


def _signed(root: etree._Element) -> etree._Element:
    """Return the package inside the envelope outgoing messages have; some gateways leave it on."""
    inner = child(root, "Object")
    package = child(inner, "Package") if inner is not None else None
    if package is None:
        raise ValueError("Signature 里没有 Package，不是回执")
    return package


def _reasons(*texts: str) -> tuple[str, ...]:
    return tuple(masked(one) for one in texts if one)


def _listed(written: str) -> list[str]:
    """Return the texts of a failure that the client writes as a JSON list, or the text itself (reference 6.3)."""
    try:
        found = json.loads(written) if written.startswith("[") else None
    except ValueError:
        found = None
    if not isinstance(found, list):
        return [written]
    return [str(one) for one in found if isinstance(one, str | int)]


def _common(root: etree._Element) -> Receipt:
    return Receipt(
        code="COMMON",
        internal_no=text(root, "EtpsPreentNo"),
        seq_no=text(root, "SeqNo"),
        result=text(root, "DealFlag"),
        reasons=_reasons(text(root, "CheckInfo")),
    )


def _client_failure(root: etree._Element) -> Receipt:
    """The client's own failure; often nothing inside names the document, only the file does (9.3)."""
    data = child(root, "retData")
    return Receipt(
        code="FAILED",
        internal_no=text(data, "EtpsPreentNo") or text(data, "copNo"),
        result=text(root, "failCode"),
        reasons=_reasons(*_listed(text(root, "failInfo"))),
    )


def _unwrapped(root: etree._Element, content: bytes) -> bytes:
    """Return the document inside an exchange-platform message (reference 6.5); a wrapper in a wrapper is none."""
    inside = "".join(text(root, "Data").split())
    try:
        found = base64.b64decode(inside, validate=True)
    except ValueError as problem:
        raise ValueError("DxpMsg 的 Data 不是 base64") from problem
    if not found:
        raise ValueError("DxpMsg 没有内容")
    if len(found) >= len(content) or local(parse(found)) == "DxpMsg":
        raise ValueError("DxpMsg 里还是 DxpMsg，拒绝读取")
    return found


def _import_response(root: etree._Element) -> Receipt:
    """The Single Window's answer to a declaration: 0 imported, anything else failed (reference 6.1)."""
    return Receipt(
        code="DECIMPORT",
        internal_no=text(root, "ClientSeqNo"),
        seq_no=text(root, "SeqNo"),
        result=text(root, "ResponseCode"),
        reasons=_reasons(text(root, "ErrorMessage")),
        values=leaves(root),
    )


def _business(root: etree._Element) -> Receipt:
    """What customs says of a declaration by CHANNEL (reference 6.2)."""
    return _channel(root, text(root, "CUS_CIQ_NO"), text(root, "NOTE"))


def _older_business(root: etree._Element) -> Receipt:
    """The same from the older channel; it tells the day of declaration only (reference 6.4)."""
    result = child(root, "DEC_RESULT")
    seq_no = text(result, "SEQ_NO") or text(result, "CUS_CIQ_NO")
    return _channel(result, seq_no, text(root, "RESULT_INFO"), text(result, "CLIENTSEQ_NO"))


def _channel(result: etree._Element | None, seq_no: str, told: str, internal_no: str = "") -> Receipt:
    """What both channels say alike; they differ in where the numbers and the words stand."""
    return Receipt(
        code="DEC_RESULT",
        internal_no=internal_no,
        seq_no=seq_no,
        business_no=text(result, "ENTRY_ID"),
        result=text(result, "CHANNEL"),
        at=moment(text(result, "NOTICE_DATE")),
        reasons=_reasons(told),
        values=leaves(result),
    )


def _package(root: etree._Element) -> Receipt:
    data = child(root, "DataInfo")
    business = child(data, "BussinessData") if data is not None else None
    if business is None or not len(business):
        raise ValueError("回执没有 BussinessData")
    body = business[0]
    code = local(body)
    read = _BODIES.get(code)
    if read is None:
        raise ValueError(f"暂不处理的回执类型 {code}")
    return read(code, body)


def _approval(code: str, body: etree._Element) -> Receipt:
    """INV201: HdeApprResult, CheckInfo*, BondInvtBsc."""
    result, bond = child(body, "HdeApprResult"), child(body, "BondInvtBsc")
    notes = [text(info, "note") for info in body if local(info) == "CheckInfo"]
    return Receipt(
        code=code,
        internal_no=text(bond, "etpsInnerInvtNo"),
        seq_no=text(result, "etpsPreentNo") or text(bond, "invtPreentNo"),
        business_no=text(result, "businessId") or text(bond, "bondInvtNo"),
        result=text(result, "manageResult"),
        at=moment(text(result, "manageDate")),
        reasons=_reasons(*notes, text(result, "rmk")),
        values={**leaves(bond), "tmsCnt": text(result, "tmsCnt"), "typecd": text(result, "typecd")},
    )


def _stored(code: str, body: etree._Element) -> Receipt:
    """INV200: MsgReceResult."""
    result = child(body, "MsgReceResult")
    if result is None:
        result = body
    return Receipt(
        code=code,
        seq_no=text(result, "etpsPreentNo"),
        business_no=text(result, "bizNo"),
        result=text(result, "manageResult"),
        at=moment(text(result, "manageDate")),
        reasons=_reasons(text(result, "rmk")),
    )


def _declaration(code: str, body: etree._Element) -> Receipt:
    """INV202: InvApprResult."""
    result = child(body, "InvApprResult")
    return Receipt(
        code=code,
        seq_no=text(result, "invPreentNo"),
        business_no=text(result, "businessId"),
        result=text(result, "manageResult"),
        at=moment(text(result, "createDate")),
        reasons=_reasons(text(result, "reason")),
        values=leaves(result),
    )


def _posted(code: str, body: etree._Element) -> Receipt:
    """INV211: BondInvtBsc with the posting mark and the declaration number."""
    bond = child(body, "BondInvtBsc")
    return Receipt(
        code=code,
        internal_no=text(bond, "etpsInnerInvtNo"),
        seq_no=text(bond, "invtPreentNo"),
        business_no=text(bond, "bondInvtNo"),
        result=text(bond, "vrfdedMarkcd"),
        at=moment(text(bond, "formalVrfdedTime")),
        values=leaves(bond),
    )


def _book_approval(code: str, body: etree._Element) -> Receipt:
    """EMS201, EMS211, EMS241 and the handbook's: HdeApprResult, CheckInfo*, the head customs keeps."""
    result = child(body, "HdeApprResult")
    head = next((part for part in body if local(part).endswith("Bsc")), None)
    notes = [text(info, "note") for info in body if local(info) == "CheckInfo"]
    number = text(head, "emsNo") or text(head, "emlNo") or text(head, "etArcrpNo")
    return Receipt(
        code=code,
        seq_no=text(result, "etpsPreentNo") or text(head, "etpsPreentNo"),
        business_no=text(result, "businessId") or number,
        result=text(result, "manageResult"),
        at=moment(text(result, "manageDate")),
        reasons=_reasons(*notes, text(result, "rmk")),
        values=leaves(head),
    )


def _verified(code: str, body: etree._Element) -> Receipt:
    """EMS221, EML221: decided about a 报核; its businessId is the book's number and names no 报核."""
    return replace(_book_approval(code, body), business_no="")


_BOOKS = (
    dict.fromkeys(("EMS221", "EML221"), _verified)
    | dict.fromkeys(("EMS201", "EMS211", "EMS241", "EML211", "EML241"), _book_approval)
    | dict.fromkeys(("EMS200", "EML200"), _stored)
)
_BODIES = _BOOKS | {"INV200": _stored, "INV201": _approval, "INV202": _declaration, "INV211": _posted}


def leaves(element: etree._Element | None) -> dict[str, str]:
    """Return the texts of all childless children by local name."""
    if element is None:
        return {}
    return {local(leaf): (leaf.text or "").strip() for leaf in element if not len(leaf)}


def moment(written: str) -> datetime | None:
    """Read a date with or without time; None when empty or unreadable."""
    written = _FRACTION.sub("", written)
    for form in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d", "%Y%m%d%H%M%S", "%Y%m%d"):
        try:
            return datetime.strptime(written, form)
        except ValueError:
            continue
    return None
