"""DecMessage: the declaration message of the Single Window as data (message reference of declarations, 2 and 3)."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from bondesk.areas.declarations import dec_elements as elements
from bondesk.areas.declarations.dec_checks import cross_checks
from bondesk.areas.declarations.dec_receipts import DATED, LABELS, RECEIPT_CODES, said, sent_again, settle
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.base.messages import Element, Message, MessageGroup, PlainRoot

NAMESPACE = "http://www.chinaport.gov.cn/dec"
VERSION = "4.8"
FOLDER = "Deccus001"
#: The document code of the note a declaration of processing trade belongs to (3.5).
NOTE_CODE = "a"
#: Kind of attached file → 随附单据类别 (3.10); files of other kinds stay in the office.
PAPER_CODES = {"invoice": "00000001", "packing": "00000002", "bill": "00000003", "contract": "00000004"}


def _once(declaration: Declaration) -> Sequence[Any]:
    return (declaration,)


def _lines(declaration: Declaration) -> Sequence[Any]:
    return declaration.lines


def _containers(declaration: Declaration) -> Sequence[Any]:
    return declaration.containers


def licences(declaration: Declaration) -> Sequence[Any]:
    """Return the attached documents, the note first when it is not among them (4.10)."""
    rows: list[Any] = list(declaration.documents)
    if declaration.note_no and all(row.document_code != NOTE_CODE for row in rows):
        rows.insert(0, SimpleNamespace(document_code=NOTE_CODE, document_no=declaration.note_no))
    return rows


def _empty(wrapper: str, label: str, confidence: str = "A") -> tuple[MessageGroup, Element]:
    """Return an optional block without rows, and its switch in 报文元素: off until somebody wants it."""
    return MessageGroup(wrapper.removesuffix("s"), (), wrapper=wrapper), Element(
        wrapper, label, "C..1", confidence=confidence, sent=False
    )


_CERTS, _CERTS_SWITCH = _empty("DecRequestCerts", "检验检疫申请单证")
_PACKS, _PACKS_SWITCH = _empty("DecOtherPacks", "其他包装")
_LIMITS, _LIMITS_SWITCH = _empty("DecCopLimits", "企业资质")
_USERS, _USERS_SWITCH = _empty("DecUsers", "使用人")
_MARKS, _MARKS_SWITCH = _empty("DecMarkLobs", "标记唛码附件", "B")
_PROMISES, _PROMISES_SWITCH = _empty("DecCopPromises", "企业承诺")

DEC_MESSAGE = Message(
    code="DECMESSAGE",
    title="报关单",
    root="DecMessage",
    groups=(
        MessageGroup("DecHead", elements.HEAD, _once),
        MessageGroup("DecList", elements.GOODS, _lines, "lines", wrapper="DecLists"),
        MessageGroup("Container", elements.CONTAINER, _containers, "containers", wrapper="DecContainers"),
        MessageGroup("LicenseDocu", elements.LICENCE, licences, "documents", wrapper="DecLicenseDocus"),
        _CERTS,
        _PACKS,
        _LIMITS,
        _USERS,
        _MARKS,
        MessageGroup("DecFreeTxt", elements.FREE_TEXT, _once),
        MessageGroup("DecSign", elements.SIGN, _once),
        MessageGroup("EdocRealation", elements.PAPER, papers=True),
        _PROMISES,
    ),
    tail=(),
    folder=lambda _declaration: FOLDER,
    direction=lambda declaration: declaration.ie_flag,
    number=Declaration.internal_no,
    seq_no=Declaration.seq_no,
    business_no=Declaration.declaration_no,
    receipt_codes=RECEIPT_CODES,
    settle=settle,
    ordered=sent_again,
    said=said,
    receipt_labels=LABELS,
    dated=DATED,
    checks=cross_checks,
    way_of=elements.way_of,
    plain=PlainRoot(NAMESPACE, (Element("Version", "接口版本", "C..5", "M", VERSION, confidence="B"),)),
    blocks=(
        Element("DecContainers", "集装箱", "C..1"),
        Element("DecLicenseDocus", "随附单证", "C..1"),
        _CERTS_SWITCH,
        _PACKS_SWITCH,
        _LIMITS_SWITCH,
        _USERS_SWITCH,
        _MARKS_SWITCH,
        Element("DecFreeTxt", "自由文本", "C..1"),
        Element("EdocRealation", "随附单据", "C..1"),
        _PROMISES_SWITCH,
    ),
    papers=PAPER_CODES,
    renumbered=True,
    signed_in="DecSign",
)
