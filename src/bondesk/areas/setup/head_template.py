"""默认模板: head values new documents start with, edited by the enterprise itself (rows 36, 37)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bondesk.base.codebook import CodeBook
from bondesk.base.documents import DocumentType, LineTable, Offer, group
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, error
from bondesk.base.head_template import HeadTemplate, TemplateValue
from bondesk.base.readings import Unreadable
from bondesk.base.template_filling import fillable
from bondesk.base.typed_text import read_value, written


def head_offers(catalogue: Any, _facts: Facts, head: Mapping[str, Any]) -> Sequence[Offer]:
    """Offer the head fields of the chosen document that a template may fill."""
    document = next((d for d in catalogue.documents if d.key == head.get("document_key")), None)
    if document is None or not document.template_by:
        return []
    fields, by = fillable(document), {attribute.key for attribute in document.template_by}
    return [
        Offer((part.title,), entry.label, {"field_key": entry.key, "label": entry.label})
        for part in document.form
        for entry in part.fields
        if entry.key in fields and entry.key not in by
    ]


def values_once(template: HeadTemplate, _facts: Facts) -> Iterator[Finding]:
    """Refuse two values for one field."""
    seen: set[str] = set()
    for position, line in enumerate(template.values):
        if line.field_key in seen:
            yield error("TPL-01", f"字段「{line.label}」出现两次", "field_key", position, table="values")
        seen.add(line.field_key)


@dataclass(frozen=True, slots=True)
class TemplateReading:
    """Reads the values of a template against the declaration of the document it is for.

    ``declared`` looks a document type up by key, ``book`` opens the code book: both are known only where
    all documents are listed.
    """

    declared: Callable[[str], DocumentType | None]
    book: Callable[[Facts], CodeBook]

    def derive(self, template: HeadTemplate, facts: Facts) -> None:
        """Write every readable value with its name (``0615 进料对口``) and give each line its field's label."""
        document = self.declared(template.document_key or "")
        fields = fillable(document) if document else {}
        for line in template.values:
            entry = fields.get(line.field_key)
            if entry is None:
                continue
            line.label = entry.label
            with suppress(Unreadable):
                line.value = written(entry, read_value(entry, line.value or "", self.book(facts)), self.book(facts))

    def check(self, template: HeadTemplate, facts: Facts) -> Iterator[Finding]:
        """TPL-02: a value its field cannot hold; TPL-04: a document without templates, a field it does not have."""
        document = self.declared(template.document_key or "")
        if document is None:
            return
        if not document.template_by:
            yield error("TPL-04", f"「{document.title}」没有默认模板", "document_key")
            return
        fields, book = fillable(document), self.book(facts)
        for position, line in enumerate(template.values):
            entry = fields.get(line.field_key)
            if entry is None:
                text = f"「{document.title}」没有可预填的字段 {line.field_key}"
                yield error("TPL-04", text, "field_key", position, table="values")
                continue
            try:
                read_value(entry, line.value or "", book)
            except Unreadable as problem:
                text = f"「{entry.label}」的默认值“{line.value}”不能识别：{problem.text}"
                yield error("TPL-02", text, "value", position, table="values")


def head_template_of(reading: TemplateReading) -> DocumentType:
    """Declare 默认模板 with the reader of its values."""
    return DocumentType(
        key="head_template",
        title="默认模板",
        area="config",
        header=HeadTemplate,
        number=(HeadTemplate.document_key, HeadTemplate.name),
        list_columns=(
            HeadTemplate.document_key,
            HeadTemplate.name,
            HeadTemplate.ie_flag,
            HeadTemplate.supervision_mode,
            HeadTemplate.usual,
        ),
        form=(
            group(
                "模板",
                HeadTemplate.document_key,
                HeadTemplate.name,
                HeadTemplate.ie_flag,
                HeadTemplate.supervision_mode,
                HeadTemplate.usual,
            ),
        ),
        lines=(
            LineTable(
                "values",
                "默认值",
                HeadTemplate.values,
                (TemplateValue.field_key, TemplateValue.label, TemplateValue.value),
                offers=head_offers,
            ),
        ),
        derive=reading.derive,
        rules=(values_once, reading.check),
        help="新增核注清单、报关单等单证时自动填入的表头内容，按进出口和监管方式区分；只填空白字段。",
    )
