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
from bondesk.engine.drafts import Draft, LineDraft, assemble

#: Texts a rule of the trade gives a form: 12 signs for a book, digits for a version.
TRADE: Mapping[str, str] = {
    "record_no": "E52042300A01",
    "uc_version": "9",
    "own_name": "EtpsName",
    "erp_unit": "千克",
    "product_hs": "8504401990",
    "material_hs": "8532",
}


class Papers:
    """Fills drafts within one act; what a field refers to is stored first."""

    def __init__(self, act: Act) -> None:
        """Work in ``act``."""
        self.act = act
        self._stored: dict[tuple[str, str], str] = {}

    def draft(self, document: DocumentType) -> Draft:
        """Return a new draft with every field the user may fill filled, and one line in every table."""
        draft = records.blank(self.act, document)
        draft.head |= self._values(document, document.head_fields)
        for table in document.lines:
            chosen = table.offers(self.act.catalogue, self.act.facts, draft.head) if table.offers else ()
            offered = dict(chosen[0].values) if chosen else {}
            draft.lines[table.key] = [LineDraft({**self._values(document, table.fields), **offered, **table.fixed})]
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
            return self._reference(document, entry)
        if entry.key == "hs_code":
            return self.act.facts.find(HsCode)[0].hs_code
        if (document.key, entry.key) == ("head_template", "value"):
            return "2024-01-31"  # the first field offered is a date
        if (document.key, entry.key) == ("code_mapping", "customs_code"):
            return self.act.codebook.entries("unit")[0][0]
        return TRADE[entry.key] if entry.key in TRADE else plain_value(entry, len(self._stored))

    def _reference(self, document: DocumentType, entry: Field) -> str:
        """Return the number of a stored document, another one for every field; never the document's own kind."""
        if document.key in entry.references:
            return ""
        kind = entry.references[0]
        place = (kind, entry.key)
        if place not in self._stored:
            target = self.act.catalogue.document(kind)
            draft = self.draft(target)
            if target.creatable:
                records.save(self.act, target, draft)
            else:  # what customs makes
                self.act.session.add(assemble(target, draft))
                self.act.session.flush()
                self.act.facts.forget()
            self._stored[place] = str(draft.head[target.number[0].key])
        return self._stored[place]


def plain_value(entry: Field, serial: int = 0) -> Any:
    """Return a value of the field's kind: all its decimals used, or ``serial`` and its name as far as it fits."""
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
            text = f"{serial} {entry.key} {entry.label}"
            return text[: entry.length] if entry.length else text
