"""What a screen, a workbook and a finding need to know about an attribute: label, kind, choices.

Everything is read off the mapped attribute itself, so a declaration never names an attribute twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import InstrumentedAttribute, MappedColumn, mapped_column

from bondesk.base.columns import ExactDecimal, Kind

Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """How an attribute is shown; see :func:`shown` for the meaning of each part."""

    label: str
    help: str = ""
    choices: Choices = ()
    table: str = ""
    reference: str = ""
    required: bool = False
    readonly: bool = False
    width: int = 0
    counted: bool = False
    elements_of: str = ""


def shown(
    label: str,
    *types: Any,
    help: str = "",
    choices: Choices = (),
    table: str = "",
    reference: str = "",
    required: bool = False,
    readonly: bool = False,
    width: int = 0,
    counted: bool = False,
    elements_of: str = "",
    **column: Any,
) -> MappedColumn[Any]:
    """Declare a mapped column with its Chinese ``label``.

    ``choices`` is a fixed list of (code, name); ``table`` the customs code table the value comes from;
    ``reference`` the key of the document whose number it holds, or several, parted by blanks;
    ``required`` means a document cannot be audited (a master cannot be saved) without it; ``readonly`` that the
    program alone fills it;
    ``width`` is in characters (0 = by kind); ``counted`` that a whole number counts things, so that
    lists add it up; ``elements_of`` names the attribute with the commodity code whose 申报要素 the value
    holds, joined by ``|``. ``types`` and other keywords go to ``mapped_column``.
    """
    view = Shown(label, help, tuple(choices), table, reference, required, readonly, width, counted, elements_of)
    return mapped_column(*types, info={"shown": view}, **column)


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute of a document as every room sees it."""

    key: str
    label: str
    kind: Kind
    help: str
    choices: Choices
    table: str
    reference: str
    required: bool
    readonly: bool
    width: int
    places: int
    length: int
    counted: bool = False
    elements_of: str = ""

    @property
    def references(self) -> tuple[str, ...]:
        """Return the keys of the kinds of documents whose number the value may be."""
        return tuple(self.reference.split())

    @property
    def numeric(self) -> bool:
        """Tell whether the value is a number and aligns right."""
        return self.places > 0 or self.kind in {Kind.INTEGER, *_EXACT}

    def choice_name(self, code: str) -> str:
        """Return the Chinese name of ``code`` among the fixed choices, or ``code`` itself."""
        return next((name for key, name in self.choices if key == code), code)


_EXACT = {
    Kind.QUANTITY,
    Kind.WEIGHT,
    Kind.PRICE,
    Kind.AMOUNT,
    Kind.PERCENT,
    Kind.CONSUMPTION,
    Kind.FACTOR,
    Kind.RATE,
}
_WIDTHS = {Kind.DATE: 12, Kind.TIME: 19, Kind.INTEGER: 8, Kind.YESNO: 6, Kind.CODE: 14, Kind.MEMO: 30}
_BY_PYTHON_TYPE = {
    "Integer": Kind.INTEGER,
    "BigInteger": Kind.INTEGER,
    "Date": Kind.DATE,
    "DateTime": Kind.TIME,
    "Boolean": Kind.YESNO,
}


@cache
def field_of(attribute: InstrumentedAttribute[Any]) -> Field:
    """Read the field behind a mapped ``attribute``; ``LookupError`` when it was declared without a label."""
    column = attribute.property.columns[0]
    view = column.info.get("shown")
    if view is None:
        raise LookupError(f"{attribute} has no label")
    kind = column.info.get("kind") or _BY_PYTHON_TYPE.get(type(column.type).__name__, Kind.TEXT)
    places = column.type.places if isinstance(column.type, ExactDecimal) else 0
    length = (column.type.length or 0) if isinstance(column.type, String) else 0
    width = view.width or _WIDTHS.get(kind, 16 if places else min(max(length // 2, 10), 24))
    return Field(
        key=attribute.key,
        label=view.label,
        kind=kind,
        help=view.help,
        choices=view.choices,
        table=view.table,
        reference=view.reference,
        required=view.required,
        readonly=view.readonly,
        width=width,
        places=places,
        length=length,
        counted=view.counted,
        elements_of=view.elements_of,
    )


def fields_of(attributes: Sequence[Any]) -> tuple[Field, ...]:
    """Read the fields behind several attributes, in order."""
    return tuple(field_of(attribute) for attribute in attributes)
