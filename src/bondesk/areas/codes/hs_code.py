"""商品编码: the HS table with its legal units and declaration elements (handbook 17)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from bondesk.areas.codes.customs_code import CustomsCode
from bondesk.base.columns import Code4, Code10, Memo, Text32, Text64, Text255
from bondesk.base.documents import DocumentType, group
from bondesk.base.elements import Element, element_names
from bondesk.base.facts import Facts
from bondesk.base.fields import shown
from bondesk.base.records import Reference


class HsCode(Reference):
    """One 10-digit code, valid in a closed period; elements are ``index:name`` joined by ``|``."""

    __tablename__ = "hs_code"
    __table_args__ = (Index("ix_hs_code_key", "hs_code", "valid_from", unique=True),)

    hs_code: Mapped[Code10] = shown("商品编码", required=True)
    name: Mapped[Text255] = shown("商品名称", required=True, width=40)
    legal_unit1: Mapped[Code4] = shown("法定第一单位", table="unit")
    legal_unit2: Mapped[Code4] = shown("法定第二单位", table="unit")
    supervision_condition: Mapped[Text64] = shown("监管条件")
    elements: Mapped[Memo] = shown("申报要素")
    valid_from: Mapped[date] = shown("生效日期", required=True)
    valid_to: Mapped[date | None] = shown("失效日期")
    confidence: Mapped[Text32] = shown("可信度")

    def valid(self, on: date) -> bool:
        """Tell whether the code may be declared on the date."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


def hs_code_on(facts: Facts, code: str, on: date | None = None) -> HsCode | None:
    """Return the row of ``code`` valid ``on`` the date (today), or None for an unknown or closed code."""
    day = on or facts.today
    rows = [row for row in facts.find(HsCode, hs_code=code) if row.valid(day)]
    return max(rows, key=lambda row: row.valid_from, default=None)


def successors(facts: Facts, code: str) -> list[HsCode]:
    """Return the codes valid today under the same eight digits as ``code``, in order."""
    found = [rows for number, rows in facts.groups(HsCode, HsCode.hs_code).items() if number[:8] == code[:8]]
    valid = {row.hs_code: row for rows in found for row in rows if row.valid(facts.today)}
    return [valid[number] for number in sorted(valid) if number != code]


#: Elements with a fixed list of values, and the enumeration that holds it (handbook 17).
_ENUMERATED = {"品牌类型": "brand_type", "出口享惠情况": "export_preference"}


def elements_of(facts: Facts, code: str) -> tuple[Element, ...]:
    """Return the elements ``code`` asks for today, in order; () for an unknown code."""
    known = hs_code_on(facts, code)
    if known is None:
        return ()
    return tuple(Element(name, _choices(facts, _ENUMERATED.get(name, ""))) for name in element_names(known.elements))


def _choices(facts: Facts, enumeration: str) -> tuple[tuple[str, str], ...]:
    if not enumeration:
        return ()
    rows = [row for row in facts.find(CustomsCode, table_name="enums") if row.code.startswith(f"{enumeration}:")]
    return tuple((row.code.partition(":")[2], row.name) for row in rows if row.valid(facts.today))


HS_CODE = DocumentType(
    key="hs_code",
    title="商品编码",
    area="codes",
    header=HsCode,
    number=(HsCode.hs_code, HsCode.valid_from),
    list_columns=(
        HsCode.hs_code,
        HsCode.name,
        HsCode.legal_unit1,
        HsCode.legal_unit2,
        HsCode.supervision_condition,
        HsCode.valid_from,
    ),
    form=(
        group(
            "商品编码",
            HsCode.hs_code,
            HsCode.name,
            HsCode.legal_unit1,
            HsCode.legal_unit2,
            HsCode.supervision_condition,
            HsCode.elements,
            HsCode.valid_from,
            HsCode.valid_to,
            HsCode.confidence,
        ),
    ),
    creatable=False,
    help="海关商品编码、法定单位与申报要素。",
)
