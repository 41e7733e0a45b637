"""Documents filled from what they declare: one generic value per field, a few words the trade fixes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from bondesk.areas.codes.hs_code import HsCode
from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType
from bondesk.base.fields import Field
from bondesk.engine import records
from bondesk.engine.act import Act
from bondesk.engine.drafts import Draft, LineDraft

#: Texts a rule of the trade gives a form: 12 signs for a book, digits for a version.
TRADE: Mapping[str, str] = {"record_no": "E52042300A01", "uc_version": "9", "erp_unit": "千克"}


class Papers:
    """Fills drafts within one act; what a field refers to is stored first."""

    def __init__(self, act: Act) -> None:
        """Work in ``act``."""
        self.act = act
        self._stored: dict[str, str] = {}

    def draft(self, document: DocumentType) -> Draft:
        """Return a new draft with every field the user may fill filled, and one line in every table."""
        draft = records.blank(self.act, document)
        draft.head |= self._values(document, document.head_fields)
        for table in document.lines:
            draft.lines[table.key] = [LineDraft({**self._values(document, table.fields), **table.fixed})]
        return draft

    def _values(self, document: DocumentType, fields: tuple[Field, ...]) -> dict[str, Any]:
        return {entry.key: self.value(document, entry) for entry in fields if not entry.readonly}

    def value(self, document: DocumentType, entry: Field) -> Any:
        """Return a value the field may hold."""
        if entry.choices:
            return entry.choices[0][0]
        if entry.table:
            return self.act.codebook.entries(entry.table)[0][0]
        if entry.reference:
            return self._reference(document, entry.reference)
        if entry.key == "hs_code":
            return self.act.facts.find(HsCode)[0].hs_code
        if (document.key, entry.key) == ("code_mapping", "customs_code"):
            return self.act.codebook.entries("unit")[0][0]
        return TRADE[entry.key] if entry.key in TRADE else plain_value(entry)

    def _reference(self, document: DocumentType, key: str) -> str:
        """Return the number of a stored document ``key``; a document never refers to itself here."""
        if key == document.key:
            return ""
        if key not in self._stored:
            target = self.act.catalogue.document(key)
            draft = self.draft(target)
            records.save(self.act, target, draft)
            self._stored[key] = str(draft.head[target.number[0].key])
        return self._stored[key]


def plain_value(entry: Field) -> Any:
    """Return a value of the field's kind that uses all its decimals, or its whole name as far as it fits."""
    if entry.places:
        return Decimal(1) + Decimal(1).scaleb(-entry.places)
    match entry.kind:
        case Kind.INTEGER:
            return 7
        case Kind.DATE:
            return date(2024, 1, 31)
        case Kind.TIME:
            return datetime(2024, 1, 31, 8, 30)
        case Kind.YESNO:
            return True
        case _:
            text = f"{entry.key} {entry.label}"
            return text[: entry.length] if entry.length else text
