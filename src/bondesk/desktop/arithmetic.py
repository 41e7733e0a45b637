"""Sums typed into a number field (``=12*3.5``), computed as exact fractions; nothing is rounded unasked. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from bondesk.base.numbers import half_up
from bondesk.base.readings import Unreadable

CODE = "FORM-01"
#: What a person types; beyond it a pasted text is meant, and depth would threaten the stack.
LONGEST, DEEPEST, MOST_DIGITS = 200, 20, 30
_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*|\.\d+)|(round)(?=\s*\()|([-+*/()%,]))", re.IGNORECASE | re.ASCII)
_SIGNS = str.maketrans({"×": "*", "÷": "/", "（": "(", "）": ")", "，": ",", "−": "-"})


def evaluate(text: str) -> Fraction:
    """Compute ``text`` (without the leading ``=``) exactly.

    Knows ``+ - * / %``, brackets and ``ROUND(x, places)`` (half up). :class:`Unreadable` (FORM-01) says
    in Chinese what is wrong.

    >>> evaluate("12*3.5"), evaluate("ROUND(100/3, 2)"), evaluate("200*5%")
    (Fraction(42, 1), Fraction(3333, 100), Fraction(10, 1))
    """
    if len(text) > LONGEST:
        raise Unreadable(CODE, f"算式超过{LONGEST}个字符")
    sum_ = _Sum(_tokens(text.translate(_SIGNS)))
    value = sum_.addition(0)
    if sum_.ahead:
        raise Unreadable(CODE, f"算式在“{sum_.ahead}”处不完整")
    return value


def _tokens(text: str) -> list[str]:
    tokens, place = [], 0
    text = text.rstrip()
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise Unreadable(CODE, f"算式中“{text[place:].strip()[:8]}”不能识别")
        tokens.append(found.group().strip().lower())
        place = found.end()
    return tokens


class _Sum:
    """A recursive descent over the tokens of one sum."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens = tokens
        self._place = 0

    @property
    def ahead(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _take(self, *wanted: str) -> str:
        token = self.ahead
        if token and token in wanted:
            self._place += 1
            return token
        return ""

    def _need(self, wanted: str) -> None:
        if not self._take(wanted):
            raise Unreadable(CODE, f"算式缺少“{wanted}”")

    def addition(self, depth: int) -> Fraction:
        value = self._product(depth)
        while sign := self._take("+", "-"):
            other = self._product(depth)
            value = value + other if sign == "+" else value - other
        return value

    def _product(self, depth: int) -> Fraction:
        value = self._factor(depth)
        while sign := self._take("*", "/"):
            other = self._factor(depth)
            if sign == "/" and other == 0:
                raise Unreadable(CODE, "算式中除数为0")
            value = value * other if sign == "*" else value / other
        return value

    def _factor(self, depth: int) -> Fraction:
        if depth > DEEPEST:
            raise Unreadable(CODE, "算式括号层数过多")
        if sign := self._take("+", "-"):
            value = self._factor(depth + 1)
            return -value if sign == "-" else value
        value = self._atom(depth)
        while self._take("%"):
            value /= 100
        return value

    def _atom(self, depth: int) -> Fraction:
        if self._take("("):
            value = self.addition(depth + 1)
            self._need(")")
            return value
        if self._take("round"):
            return self._rounded(depth)
        token = self.ahead
        if not token or not (token[0].isdigit() or token[0] == "."):
            raise Unreadable(CODE, f"算式在“{token}”处缺少数字" if token else "算式不完整")
        if len(token) > MOST_DIGITS:
            raise Unreadable(CODE, f"算式中的数字超过{MOST_DIGITS}位")
        self._place += 1
        return Fraction(Decimal(token))

    def _rounded(self, depth: int) -> Fraction:
        self._need("(")
        value = self.addition(depth + 1)
        self._need(",")
        places = self.addition(depth + 1)
        self._need(")")
        if places.denominator != 1 or not 0 <= places <= 9:
            raise Unreadable(CODE, "ROUND 的位数须为0到9的整数")
        return Fraction(half_up(value, int(places)))
