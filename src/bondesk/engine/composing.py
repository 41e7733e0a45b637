"""A message composed from its table, with everything that is wrong said at once before hand-over."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from bondesk.base.findings import Finding, Severity, error
from bondesk.base.messages import Element, Message, MessageFacts
from bondesk.base.numbers import places_of, plain
from bondesk.engine.ports import Composed

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TEXT = re.compile(r"C(?:(\d+))?(?:\.\.(\d+))?")
_NUMBER = re.compile(r"[ND](\d+)(?:,(\d+))?")


#: (group, element) → (name it is sent with, whether it is sent); what is not named stays as declared.
Names = Mapping[tuple[str, str], tuple[str, bool]]
#: The group the tail of a message goes by.
TAIL = "（报文尾）"


def compose(message: Message, document: Any, facts: MessageFacts, names: Names | None = None) -> Composed:
    """Read every element of ``message`` from ``document``; findings name element, field and line.

    ``names`` corrects element names (报文元素). An element left out that customs demands is MSGN-03.
    """
    composed = _composed(message, document, facts)
    return _renamed(message, composed, names) if names else composed


def _renamed(message: Message, composed: Composed, names: Names) -> Composed:
    """Lay the enterprise's corrections over what was composed."""
    groups = tuple((name, _corrected(name, elements, names)) for name, elements in composed.groups)
    tail = _corrected(TAIL, composed.tail, names)
    parts = [(group.name, group.elements) for group in message.groups] + [(TAIL, message.tail)]
    wrong = [
        error("MSGN-03", f"「{one.label}」({one.name}) 必须发送，请在「报文元素」中恢复")
        for name, elements in parts
        for one in elements
        if one.need == "M" and not names.get((name, one.name), ("", True))[1]
    ]
    return Composed(groups, tail, (*composed.findings, *wrong))


def _corrected(group: str, elements: tuple[tuple[str, str], ...], names: Names) -> tuple[tuple[str, str], ...]:
    found = []
    for element, text in elements:
        own, sent = names.get((group, element), ("", True))
        if sent:
            found.append((own or element, text))
    return tuple(found)


def _composed(message: Message, document: Any, facts: MessageFacts) -> Composed:
    findings: list[Finding] = list(message.checks(document, facts))
    groups = []
    for group in message.groups:
        found: list[Finding] = []
        for position, row in enumerate(group.rows(document)):
            line = position if group.table else None
            elements = tuple(_element(element, row, facts, group.table, line, found) for element in group.elements)
            groups.append((group.name, elements))
        if found and group.places is not None:
            places = group.places(document)
            found = [replace(one, line=places[one.line]) if one.line is not None else one for one in found]
        findings += found
    tail = tuple(_element(element, document, facts, "", None, findings) for element in message.tail)
    return Composed(tuple(groups), tail, tuple(findings))


def _element(
    element: Element, row: Any, facts: MessageFacts, table: str, line: int | None, findings: list[Finding]
) -> tuple[str, str]:
    value = element_value(element, row, facts)
    text = formatted(element.form, value)
    key = element.field or (element.value.key if isinstance(element.value, InstrumentedAttribute) else "")
    for code, what in problems(element, text):
        where = f"「{element.label}」({element.name})"
        findings.append(Finding(Severity.ERROR, code, f"{where}{what}", key, line, table, value=text[:60]))
    return element.name, text


def element_value(element: Element, row: Any, facts: MessageFacts) -> Any:
    """Return the raw value of an element: an attribute of the row, a function's result, or a fixed text."""
    if isinstance(element.value, InstrumentedAttribute):
        return getattr(row, element.value.key)
    return element.value(row, facts) if callable(element.value) else element.value


def formatted(form: str, value: Any) -> str:
    """Write a value in the notation of the message reference; None is an empty element."""
    match value:
        case None:
            return ""
        case datetime():
            return value.strftime("%Y%m%d") if form == "DT8" else value.strftime("%Y-%m-%d %H:%M:%S")
        case date():
            return value.strftime("%Y%m%d") if form == "DT8" else value.isoformat()
        case Decimal():
            return plain(value)
        case _:
            return str(value)


def problems(element: Element, text: str) -> Iterator[tuple[str, str]]:
    """Say what customs would refuse about one element: (code, Chinese reason)."""
    if not text:
        if element.need == "M":
            yield "MSG-01", "必填"
        return
    if text.startswith("?"):
        yield "MSG-05", f"{text[1:]} 没有对应的3位海关数字代码，请在海关参数中补充"
        return
    if _NOT_XML.search(text):
        yield "MSG-04", "含有报文不允许的控制字符，请删除"
    yield from _form_problems(element.form, text)


def _form_problems(form: str, text: str) -> Iterator[tuple[str, str]]:
    number = _NUMBER.fullmatch(form)
    if number:
        yield from _number_problems(int(number.group(1)), int(number.group(2) or 0), text)
        return
    words = _TEXT.fullmatch(form)
    if words is None:
        return
    exact, most = words.group(1), words.group(2)
    if most is None and exact and len(text) != int(exact):
        yield "MSG-02", f"须为{exact}位，现为{len(text)}位"
    if most is not None and len(text) > int(most):
        yield "MSG-02", f"超过{most}个字符（现为{len(text)}）"
    if most is not None and exact and len(text) < int(exact):
        yield "MSG-02", f"少于{exact}个字符"


def _number_problems(digits: int, decimals: int, text: str) -> Iterator[tuple[str, str]]:
    number = Decimal(text)
    if places_of(number) > decimals:
        yield "MSG-03", f"小数超过{decimals}位"
    if len(str(abs(int(number)))) > digits - decimals:
        yield "MSG-03", f"整数超过{digits - decimals}位"
