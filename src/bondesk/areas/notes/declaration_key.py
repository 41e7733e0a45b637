"""Which note lines become one line of the declaration (公告2018年第23号第八条, handbook 5.8).

Splitting needs it to keep a note within the lines a declaration holds, generating declarations to merge
them; both ask here. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from bondesk.areas.codes.units import Unit

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


class Declarable(Protocol):
    """What a source share, a drafted and a stored note line have in common for the test."""

    @property
    def source_line_id(self) -> int:
        """Identify the line among those compared (never 0): what must stand alone is told apart by it."""

    @property
    def goods_flag(self) -> str:
        """I for materials, E for products."""

    @property
    def hs_code(self) -> str:
        """The 10 digits."""

    @property
    def name(self) -> str:
        """商品名称."""

    @property
    def dcl_unit(self) -> Unit:
        """申报单位."""

    @property
    def legal_unit1(self) -> Unit | None:
        """法定第一单位."""

    @property
    def legal_unit2(self) -> Unit | None:
        """法定第二单位."""

    @property
    def currency(self) -> str:
        """币制."""

    @property
    def country(self) -> str:
        """Origin of an import, final destination of an export."""

    @property
    def duty_mode(self) -> str:
        """征免方式."""

    @property
    def consumable(self) -> bool:
        """消耗性物料 (materials only)."""

    @property
    def single_out(self) -> bool:
        """需单列."""

    @property
    def standard_controlled(self) -> bool:
        """涉及单耗标准 (products only)."""

    @property
    def export_dutiable(self) -> bool:
        """出口应税 (products only)."""


class Marks(NamedTuple):
    """The marks that count for the goods at hand: 消耗性 only for materials, the others of 5.8 for products."""

    consumable: bool
    standard_controlled: bool
    export_dutiable: bool
    single_out: bool

    @property
    def alone(self) -> bool:
        """Tell whether the line may share its declaration line with no other."""
        return self.export_dutiable or self.single_out


class DeclarationKey(NamedTuple):
    """Lines with equal keys become one declaration line; ``alone`` is 0 or the id of a line never merged."""

    goods_flag: str
    hs_code: str
    dcl_unit: str
    legal_unit1: str
    legal_unit2: str
    name: str
    currency: str
    country: str
    duty_mode: str
    marks: Marks
    alone: int


def marks_of(line: Declarable) -> Marks:
    """Return the marks of handbook 5.8 that apply to ``line``."""
    product = line.goods_flag == "E"
    return Marks(
        consumable=line.consumable and not product,
        standard_controlled=line.standard_controlled and product,
        export_dutiable=line.export_dutiable and product,
        single_out=line.single_out,
    )


def declaration_key(line: Declarable) -> DeclarationKey:
    """Return what must agree for lines to merge into one declaration line (handbook 5.8).

    Legal units belong to it because their quantities are summed. 需单列 and 出口应税 lines merge with none.
    """
    marks = marks_of(line)
    return DeclarationKey(
        goods_flag=line.goods_flag,
        hs_code=line.hs_code,
        dcl_unit=line.dcl_unit.code,
        legal_unit1=line.legal_unit1.code if line.legal_unit1 else "",
        legal_unit2=line.legal_unit2.code if line.legal_unit2 else "",
        name=comparable_name(line.name),
        currency=line.currency,
        country=line.country,
        duty_mode=line.duty_mode,
        marks=marks,
        alone=line.source_line_id if marks.alone else 0,
    )


def declaration_lines(lines: Iterable[Declarable]) -> int:
    """Count the declaration lines ``lines`` merge into."""
    return len({declaration_key(line) for line in lines})


def comparable_name(name: str) -> str:
    """Write a 品名 as names are compared: trimmed, full-width signs as half-width (handbook 2.2).

    >>> comparable_name(" ＵＳＢ线（黑）")
    'USB线(黑)'
    """
    return name.translate(_HALF_WIDTH).strip()
