"""Messages as data: groups and elements in order, where each value comes from, what customs demands.

The engine composes and checks a message from this table, the XML adapter only writes it down.
Source of names, order and lengths: the message reference of the Single Window client.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bondesk.base.findings import Finding


@dataclass(frozen=True, slots=True)
class Sender:
    """Who declares (参数设置): operator's 10-digit code, IC card, 0 暂存 / 1 申报, DXP nodes, both companies."""

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


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """What element values may use beside the document.

    ``numeric(table, code)`` turns an alpha-3 country or currency into the 3-digit customs code, or "".
    """

    sender: Sender
    now: datetime
    numeric: Callable[[str, str], str]


Value = Callable[[Any, MessageFacts], Any]


def numeric_value(table: str, key: str) -> Value:
    """Return the value of a country or currency stored as alpha-3 and sent as its 3-digit customs code.

    A code without one gives ``?CODE``, which composing reports.
    """

    def value(row: Any, facts: MessageFacts) -> str:
        code = getattr(row, key)
        return (facts.numeric(table, code) or f"?{code}") if code else ""

    return value


def sender_value(key: str) -> Value:
    """Return a value of the declaring company or its operator."""
    return lambda _row, facts: getattr(facts.sender, key)


def fixed_value(text: str) -> Value:
    """Return the same text for every row."""
    return lambda _row, _facts: text


@dataclass(frozen=True, slots=True)
class Element:
    """One XML element.

    ``form`` is the reference's notation (C18, C..64, C3..11, N19, D19,5, DT8, Date, DateTime);
    ``need`` M mandatory, C conditional, O optional, R returned by customs; ``value`` a mapped
    attribute of the row, a function of (row, facts), a fixed text, or None for an empty element.
    ``field`` is the attribute key a finding points at. ``confidence`` A, B or C.
    """

    name: str
    label: str
    form: str
    need: str = "O"
    value: Any = None
    field: str = ""
    confidence: str = "A"


@dataclass(frozen=True, slots=True)
class MessageGroup:
    """A repeated or single group of elements; ``rows(document)`` gives what it repeats over.

    ``table`` is the line table's key for findings ("" = head); ``places(document)`` says where the rows stand in
    that table, from 0, when not all of its rows are sent; asked only when there is something to find fault with.
    """

    name: str
    elements: tuple[Element, ...]
    rows: Callable[[Any], Sequence[Any]]
    table: str = ""
    places: Callable[[Any], Sequence[int]] | None = None


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


@dataclass(frozen=True, slots=True)
class Message:
    """A declared message of a document type.

    ``folder`` is the client's form folder (Nems, Npts …); ``number``, ``seq_no`` and ``business_no`` are
    the document's mapped attributes a receipt may name; ``checks`` are cross-field rules run before
    hand-over; ``receive(document, receipt, work)`` applies a receipt and returns a Chinese sentence
    saying what it did ("" when the receipt told nothing new).
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
    receive: Callable[[Any, Receipt, Any], str]
    checks: Callable[[Any, MessageFacts], Sequence[Finding]] = lambda _document, _facts: ()
