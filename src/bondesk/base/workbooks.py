"""Import workbooks as data: sheets and Chinese headings, tied to attributes (interchange 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bondesk.base.fields import Field, field_of


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading and the attribute it fills; ``required`` stops the file when the heading is missing.

    Kind, choices, code table and reference of the cell come from the attribute's field. ``own`` is the
    enterprise's word for the heading, recognised beside the standard one; ``filled`` what a blank or missing
    cell means, as a text. ``also`` are other words of the trade for it.
    """

    text: str
    attribute: Any
    required: bool = False
    own: str = ""
    filled: str = ""
    also: tuple[str, ...] = ()

    @property
    def field(self) -> Field:
        """Return the field behind the attribute."""
        return field_of(self.attribute)

    @property
    def called(self) -> str:
        """Write the heading as the enterprise knows it."""
        return f"{self.own}（{self.text}）" if self.own else self.text


def must(attribute: Any, text: str = "") -> Heading:
    """Declare a mandatory heading; its text is the attribute's label unless given."""
    return Heading(text or field_of(attribute).label, attribute, required=True)


def may(attribute: Any, text: str = "") -> Heading:
    """Declare an optional heading; its text is the attribute's label unless given."""
    return Heading(text or field_of(attribute).label, attribute)


def usual(attribute: Any) -> Heading:
    """Declare an optional heading; of a choice with a default, a blank or missing cell means that."""
    entry, default = field_of(attribute), attribute.property.columns[0].default
    given = str(default.arg) if default is not None and default.is_scalar and entry.choices else ""
    return Heading(entry.label, attribute, filled=entry.choice_name(given) if given else "")


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """A sheet of a workbook.

    ``part`` is "" for the head, or the key of the line table the rows belong to. ``pairs`` is the
    two-column layout 项目 · 内容. ``head`` lists the headings of the head when one sheet carries head
    and lines together (they must agree on all rows of one document). ``join`` is the heading that ties
    a row of a lines sheet to its head when the workbook holds several documents. ``scattered``: the cells of
    ``head`` stand anywhere on the sheet, each beside or below its label; ``headings`` are a table; one document.
    """

    title: str
    headings: tuple[Heading, ...]
    part: str = ""
    head: tuple[Heading, ...] = ()
    join: Heading | None = None
    pairs: bool = False
    scattered: bool = False

    @property
    def all_headings(self) -> tuple[Heading, ...]:
        """Return every heading of the sheet in the order of its template."""
        return (*((self.join,) if self.join else ()), *self.head, *self.headings)


@dataclass(frozen=True, slots=True)
class Layout:
    """Another built-in layout of a document's workbook, on one sheet; taken when a file is laid out so."""

    title: str
    sheet: SheetPlan


@dataclass(frozen=True, slots=True)
class WorkbookPlan:
    """The workbook of a document key; ``title`` names the template file.

    ``on_existing`` says what a row does whose document is already stored: ``update`` it (masters) or
    ``refuse`` the file (documents). ``imported`` sets head values every imported document gets.
    ``layouts`` are read as well, whichever fits the file.
    """

    title: str
    sheets: tuple[SheetPlan, ...]
    on_existing: str = "update"
    imported: Mapping[str, Any] = field(default_factory=dict)
    layouts: tuple[Layout, ...] = ()
