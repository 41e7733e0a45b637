"""A message composed from its table, with everything that is wrong said at once before hand-over.

The table is laid out once per message (and once per set of corrections), so that writing a line costs little more
than reading its values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy.orm import InstrumentedAttribute

from bondesk.base.findings import Finding, Severity, error
from bondesk.base.messages import BLOCKS, NO_CODE, ROOT, Element, Message, MessageFacts, parts_of
from bondesk.base.numbers import places_of, plain
from bondesk.engine.ports import Block, Composed, Leaves

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TEXT = re.compile(r"C(?:(\d+))?(?:\.\.(\d+))?")
_BYTES = re.compile(r"B\.\.(\d+)")
_NUMBER = re.compile(r"[ND](\d+)(?:,(\d+))?")
_ENDLESS = 1 << 30
_NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Correction:
    """What 报文元素 says of one element: the name it is sent with ("" = its own), whether it is, a fixed text."""

    name: str = ""
    sent: bool = True
    text: str = ""


#: (group, element) → what the enterprise corrects; what is not named stays as declared.
Names = Mapping[tuple[str, str], Correction]
#: The group the tail of a message goes by.
TAIL = "（报文尾）"


class _Step(NamedTuple):
    """One element as it is written: its name, where the value lies, and what a text that needs no second look is like.

    ``least`` and ``most`` bound its signs; numbers have at most ``whole`` digits before the point and ``places`` after
    it. ``odd`` texts are always looked at.
    """

    name: str
    element: Element
    key: str = ""
    fixed: str = ""
    ask: Callable[[Any, MessageFacts], Any] | None = None
    need: str = "O"
    least: int = 0
    most: int = _ENDLESS
    whole: int = -1
    places: int = -1
    odd: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """A group laid out: the steps of its elements and the names they are written with."""

    steps: tuple[_Step, ...]
    names: tuple[str, ...]


#: Layouts of messages without corrections; messages are declared once and live as long as the program.
_LAID: dict[int, tuple[Message, dict[str, _Part]]] = {}


def compose(message: Message, document: Any, facts: MessageFacts, names: Names | None = None) -> Composed:
    """Read every element of ``message`` from ``document``; findings name element, field and line.

    ``names`` corrects elements (报文元素). An element left out that customs demands is MSGN-03.
    """
    facts = replace(facts, document=document)
    parts = _laid_out(message, names)
    findings: list[Finding] = list(message.checks(document, facts))
    blocks, switched = [], _switched(message, parts)
    for group in message.groups:
        place = group.wrapper or group.name
        if switched.get(place, place) == "":
            continue
        part, rows = parts[group.name], facts.papers if group.papers else group.rows(document)
        found: list[Finding] = []
        written = tuple(
            _row(part, row, facts, group.table, number if group.table else None, found)
            for number, row in enumerate(rows)
        )
        if found and group.places is not None:
            places = group.places(document)
            found = [replace(one, line=places[one.line]) if one.line is not None else one for one in found]
        findings += found
        if group.wrapper or written:
            named = switched.get(place, place)
            blocks.append(Block(group.name, written, named) if group.wrapper else Block(named, written))
    attributes = _row(parts[ROOT], document, facts, "", None, findings) if ROOT in parts else ()
    tail = _row(parts[TAIL], document, facts, "", None, findings)
    return Composed(tuple(blocks), tail, (*findings, *_left_out(message, names)), attributes)


def _switched(message: Message, parts: Mapping[str, _Part]) -> dict[str, str]:
    """Return the name each block that 报文元素 may switch is sent with, "" for one that is not sent."""
    if not message.blocks:
        return {}
    sent = {step.element.name: step.name for step in parts[BLOCKS].steps}
    return {one.name: sent.get(one.name, "") for one in message.blocks}


def _laid_out(message: Message, names: Names | None) -> dict[str, _Part]:
    if names:
        return _lay_out(message, names)
    kept = _LAID.get(id(message))
    if kept is None or kept[0] is not message:
        kept = _LAID[id(message)] = (message, _lay_out(message, {}))
    return kept[1]


def _lay_out(message: Message, names: Names) -> dict[str, _Part]:
    found = {}
    for group, elements in (*parts_of(message), (TAIL, message.tail)):
        steps = []
        for element in elements:
            correction = names.get((group, element.name), Correction(sent=element.sent))
            if correction.sent:
                steps.append(_step(element, correction))
        found[group] = _Part(tuple(steps), tuple(step.name for step in steps))
    return found


def _step(element: Element, correction: Correction) -> _Step:
    if correction.text:
        element = replace(element, value=correction.text)
    key = element.value.key if isinstance(element.value, InstrumentedAttribute) else ""
    ask = element.value if callable(element.value) and not key else None
    fixed = "" if key or ask is not None or element.value is None else str(element.value)
    step = _Step(correction.name or element.name, element, key, fixed, ask, element.need)
    if number := _NUMBER.fullmatch(element.form):
        places = int(number.group(2) or 0)
        return step._replace(whole=int(number.group(1)) - places, places=places)
    words = _TEXT.fullmatch(element.form)
    if words is None:
        return step._replace(odd=element.form[:1] == "B")
    exact, most = words.group(1), words.group(2)
    return step._replace(least=int(exact or 0), most=int(most or exact or _ENDLESS))


def _row(part: _Part, row: Any, facts: MessageFacts, table: str, line: int | None, findings: list[Finding]) -> Leaves:
    texts = []
    held = getattr(row, "__dict__", _NOTHING)  # what is loaded is read without the detour over the mapper
    declares = facts.declares
    for _name, element, key, fixed, ask, need, least, most, whole, places, odd in part.steps:
        if key:
            value = held[key] if key in held else getattr(row, key)
        else:
            value = fixed or (ask(row, facts) if ask is not None else None)
        text = value if value.__class__ is str else formatted(element.form, value)
        if not text:
            wrong = need == "M" or (need == "D" and declares)
        elif places >= 0:
            digits, _point, rest = text.partition(".")
            wrong = len(digits) > whole or len(rest) > places or value.__class__ is str
        else:
            wrong = odd or not least <= len(text) <= most or text[0] == NO_CODE
        if wrong:
            findings.extend(_findings(element, text, facts, table, line))
        texts.append(text)
    if _NOT_XML.search("".join(texts)):
        for step, text in zip(part.steps, texts, strict=True):
            if _NOT_XML.search(text):
                found = _findings(step.element, text, facts, table, line)
                findings.extend(one for one in found if one.code == "MSG-04" and one not in findings)
    return tuple(zip(part.names, texts, strict=True))


def _findings(element: Element, text: str, facts: MessageFacts, table: str, line: int | None) -> Iterator[Finding]:
    for code, what in problems(element, text, declares=facts.declares):
        where = f"「{element.label}」({element.name})"
        key = element.field_of(facts.document)
        yield Finding(Severity.ERROR, code, f"{where}{what}", key, line, table, value=text.lstrip(NO_CODE)[:60])


def _left_out(message: Message, names: Names | None) -> list[Finding]:
    """MSGN-03: what customs demands and 报文元素 leaves out."""
    if not names:
        return []
    return [
        error("MSGN-03", f"「{one.label}」({one.name}) 必须发送，请在「报文元素」中恢复")
        for group, elements in (*parts_of(message), (TAIL, message.tail))
        for one in elements
        if one.need == "M" and not names.get((group, one.name), Correction()).sent
    ]


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
        case Decimal():
            return plain(value)
        case datetime():
            return value.strftime("%Y%m%d") if form == "DT8" else value.strftime("%Y-%m-%d %H:%M:%S")
        case date():
            return value.strftime("%Y%m%d") if form == "DT8" else value.isoformat()
        case _:
            return str(value)


def problems(element: Element, text: str, *, declares: bool = True) -> Iterator[tuple[str, str]]:
    """Say what customs would refuse about one element: (code, Chinese reason)."""
    if not text:
        if element.need == "M" or (element.need == "D" and declares):
            yield "MSG-01", f"必填，请在「{element.kept_in}」中填写" if element.kept_in else "必填"
        return
    if text.startswith(NO_CODE):
        yield "MSG-05", f"{text[1:]} 没有对应的3位海关数字代码，请在海关参数中补充"
        return
    if _NOT_XML.search(text):
        yield "MSG-04", "含有报文不允许的控制字符，请删除"
    yield from _form_problems(element.form, text)


def _form_problems(form: str, text: str) -> Iterator[tuple[str, str]]:
    if number := _NUMBER.fullmatch(form):
        yield from _number_problems(int(number.group(1)), int(number.group(2) or 0), text)
        return
    if counted := _BYTES.fullmatch(form):
        size, most_bytes = len(text.encode("gb18030", "replace")), int(counted.group(1))
        if size > most_bytes:
            yield "MSG-02", f"超过{most_bytes}字节（现为{size}，一个汉字按2字节计）"
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
    whole, _point, rest = text.removeprefix("-").partition(".")
    fits = len(whole) <= digits - decimals and len(rest) <= decimals
    if fits and whole.isdecimal() and (rest.isdecimal() or not rest):
        return
    try:
        number = Decimal(text)
    except ArithmeticError:
        yield "MSG-03", "不是数字"
        return
    if places_of(number) > decimals:
        yield "MSG-03", f"小数超过{decimals}位"
    if len(str(abs(int(number)))) > digits - decimals:
        yield "MSG-03", f"整数超过{digits - decimals}位"
