"""Messages as data: groups and elements in order, where each value comes from, what customs demands.

The engine composes and checks a message from this table, the XML adapter only writes it down.
Source of names, order and lengths: the message reference of the Single Window client.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from bondesk.base.findings import Finding


@dataclass(frozen=True, slots=True)
class Sender:
    """Who declares (参数设置): operator's 10-digit code, IC card, 0 暂存 / 1 申报, DXP nodes, both companies.

    ``signed_here`` are the codes of the messages the operator's card signs on this computer; the client signs the rest.
    """

    oper_customs_code: str
    enterprise_code: str = ""
    enterprise_credit: str = ""
    enterprise_name: str = ""
    declarant_code: str = ""
    declarant_credit: str = ""
    declarant_name: str = ""
    ic_card: str = ""
    declare_flag: str = "1"
    sender_id: str = ""
    receiver_id: str = "DXPDSWNEMS000001"
    signed_here: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SentPaper:
    """An attached file as it goes with a message: the name customs knows it by, its kind there, its own name."""

    name: str
    code: str
    file_name: str
    size: int
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """What element values may use beside the document.

    ``numeric(table, code)`` turns an alpha-3 country or currency into the 3-digit customs code, or "".
    ``operator`` is the name of who sends; ``document`` the document being composed, for values of its lines that
    depend on the head; ``papers`` the files that go with the message. ``known(table, code)`` tells whether a code
    table holds a code.
    """

    sender: Sender
    now: datetime
    numeric: Callable[[str, str], str]
    operator: str = ""
    document: Any = None
    papers: tuple[SentPaper, ...] = ()
    known: Callable[[str, str], bool] = lambda _table, _code: True

    @property
    def declares(self) -> bool:
        """Tell whether the message declares (申报); else it is a draft for the Single Window (暂存)."""
        return self.sender.declare_flag == "1"


Value = Callable[[Any, MessageFacts], Any]


#: What marks a code without a numeric one; no text of a user can hold it, because no XML can.
NO_CODE = "\uffff"


def numeric_value(table: str, key: str) -> Value:
    """Return the value of a country or currency stored as alpha-3 and sent as its 3-digit customs code.

    A code without one is given behind :data:`NO_CODE`, which composing reports.
    """

    def value(row: Any, facts: MessageFacts) -> str:
        code = getattr(row, key)
        return (facts.numeric(table, code) or f"{NO_CODE}{code}") if code else ""

    return value


def sender_value(key: str) -> Value:
    """Return a value of the declaring company or its operator."""
    return lambda _row, facts: getattr(facts.sender, key)


def fixed_value(text: str) -> Value:
    """Return the same text for every row."""
    return lambda _row, _facts: text


def answer_forgotten(document: Any) -> None:
    """Forget why customs refused the sending before; what a message does when it is ordered again."""
    document.customs_reason = ""


@dataclass(frozen=True, slots=True)
class Element:
    """One XML element.

    ``form`` is the reference's notation (C18, C..64, C3..11, N19, D19,5, DT8, Date, DateTime) or B..255, a text
    counted in the bytes of GB18030 as customs' database counts; ``need`` M mandatory, D mandatory when the message
    declares, C conditional, O optional, R returned by customs; ``value`` a mapped
    attribute of the row, a function of (row, facts), a fixed text, or None for an empty element.
    ``field`` is the attribute key a finding points at, or a function of the document that gives it.
    ``passing`` values are another at every sending (times), so a difference in them says nothing.
    ``confidence`` A, B or C. ``kept_in`` names the place (企业基本信息) where an empty value is filled in when that is
    not the document. ``sent`` False leaves the element out until 报文元素 says otherwise.
    """

    name: str
    label: str
    form: str
    need: str = "O"
    value: Any = None
    field: str | Callable[[Any], str] = ""
    confidence: str = "A"
    kept_in: str = ""
    sent: bool = True
    passing: bool = False

    def field_of(self, document: Any) -> str:
        """Return the attribute key the element's value is typed in, "" for what no field holds."""
        if callable(self.field):
            return self.field(document)
        return self.field or (self.value.key if isinstance(self.value, InstrumentedAttribute) else "")


@dataclass(frozen=True, slots=True)
class MessageGroup:
    """A repeated or single group of elements; ``rows(document)`` gives what it repeats over.

    ``table`` is the line table's key for findings ("" = head); ``places(document)`` says where the rows stand in
    that table, from 0, when not all of its rows are sent; asked only when there is something to find fault with.
    The rows of a group with a ``wrapper`` stand together
    in one element of that name, which is written even when there is none. The rows of ``papers`` are the files that
    go with the message instead.
    """

    name: str
    elements: tuple[Element, ...]
    rows: Callable[[Any], Sequence[Any]] = lambda _document: ()
    table: str = ""
    places: Callable[[Any], Sequence[int]] | None = None
    wrapper: str = ""
    papers: bool = False


@dataclass(frozen=True, slots=True)
class PlainRoot:
    """How a message without the signed envelope begins: default namespace and the attributes of its root."""

    namespace: str
    attributes: tuple[Element, ...] = ()


#: The groups 报文元素 knows the root's attributes and whole blocks by.
ROOT, BLOCKS = "（根元素）", "（报文块）"


def parts_of(message: Message) -> list[tuple[str, tuple[Element, ...]]]:
    """Return every part of a message whose elements 报文元素 may correct, by group name; the tail is not among them."""
    parts = [(group.name, group.elements) for group in message.groups]
    if message.plain is not None:
        parts += [(ROOT, message.plain.attributes), (BLOCKS, message.blocks)]
    return parts


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came back, already read by local names: code, keys, result, time, reasons, head values.

    ``code`` is the message code (INV201 …), ``COMMON`` for the import response, ``FAILED`` for a client
    failure. Empty texts mean "not said". ``values`` holds every leaf of the head groups.
    """

    code: str
    internal_no: str = ""
    seq_no: str = ""
    business_no: str = ""
    result: str = ""
    at: datetime | None = None
    reasons: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


#: Receipts that carry no code of customs' own.
_WORDS = {"COMMON": "导入结果", "FAILED": "客户端发送失败"}


def receipt_word(code: str) -> str:
    """Return what a clerk calls a receipt: customs' code as it is, ours in Chinese."""
    return _WORDS.get(code, code)


@dataclass(frozen=True, slots=True)
class ReceiptHistory:
    """What had come of a document before a receipt: all of it, and the newest notice time known at the last sending.

    What customs said up to ``answered`` belongs to an older sending.
    """

    earlier: tuple[Receipt, ...] = ()
    answered: datetime | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """A declared message of a document type.

    ``folder`` is the client's form folder (Nems, Npts …); ``number``, ``seq_no`` and ``business_no`` are
    the document's mapped attributes a receipt may name; ``checks`` are cross-field rules run before
    hand-over; ``receive(document, receipt, work)`` applies a receipt and returns a Chinese sentence
    saying what it did ("" when the receipt told nothing new). A message whose outcome depends on all receipts
    together has ``settle(document, history, receipt, work)`` instead; ``ordered(document)`` is told of every sending.
    ``dated`` receipt codes carry their time in the name of their file. ``plain`` messages have no signed envelope;
    ``blocks`` are the parts of theirs that 报文元素 may switch: whole groups, by wrapper or name. ``papers`` maps
    kinds of attached files to customs' kinds: files of these kinds go with the message. ``renumbered``: a new
    ``business_no`` does not contradict the old one. ``said(receipt)`` tells a receipt in plain Chinese,
    ``receipt_labels`` what its elements mean.
    Of several documents with the numbers a receipt names the one with the highest ``claims(document, receipt)``
    gets it; 0 claims nothing. ``copies`` are roots of customs' own copies of the document, read back like the message.
    ``signed_in`` is the group that carries the signature of a plain message. ``way_of`` tells how a message read back
    was sent: 0 暂存, 1 申报, "" when it does not say.
    """

    code: str
    title: str
    root: str
    groups: tuple[MessageGroup, ...]
    tail: tuple[Element, ...]
    folder: Callable[[Any], str]
    direction: Callable[[Any], str]
    number: Any
    seq_no: Any
    business_no: Any
    receipt_codes: frozenset[str]
    receive: Callable[[Any, Receipt, Any], str] = lambda _document, _receipt, _work: ""
    checks: Callable[[Any, MessageFacts], Sequence[Finding]] = lambda _document, _facts: ()
    settle: Callable[[Any, ReceiptHistory, Receipt, Any], str] | None = None
    ordered: Callable[[Any], None] = lambda _document: None
    receipt_labels: Mapping[str, str] = field(default_factory=dict)
    said: Callable[[Receipt], str] = lambda receipt: "；".join(receipt.reasons)
    dated: frozenset[str] = frozenset()
    plain: PlainRoot | None = None
    blocks: tuple[Element, ...] = ()
    papers: Mapping[str, str] = field(default_factory=dict)
    renumbered: bool = False
    claims: Callable[[Any, Receipt], int] = lambda _document, _receipt: 1
    copies: frozenset[str] = frozenset()
    signed_in: str = ""
    way_of: Callable[[ReadMessage], str] = lambda read: read.declare_flag

    @property
    def signable(self) -> bool:
        """Tell whether there is a place for the signature of the operator's card."""
        return self.plain is None or bool(self.signed_in)


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """A message read back leniently: its root's local name and attributes, and the texts of every group by row.

    ``declare_flag`` is what the envelope says of it, 0 暂存 or 1 申报; "" without one.
    """

    root: str
    attributes: Mapping[str, str]
    groups: Mapping[str, Sequence[Mapping[str, str]]]
    tail: Mapping[str, str] = field(default_factory=dict)
    declare_flag: str = ""
