"""默认模板: head values new documents start with, edited by the enterprise itself (rows 36, 37)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bondesk.base.documents import DocumentType, LineTable, Offer, group
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, error
from bondesk.base.head_template import HeadTemplate, TemplateValue


def head_offers(catalogue: Any, _facts: Facts, head: Mapping[str, Any]) -> Sequence[Offer]:
    """Offer the head fields of the chosen document that a user fills."""
    document = next((d for d in catalogue.documents if d.key == head.get("document_key")), None)
    return [
        Offer((part.title,), entry.label, {"field_key": entry.key, "label": entry.label})
        for part in (document.form if document else ())
        for entry in part.fields
        if not entry.readonly
    ]


def values_once(template: HeadTemplate, _facts: Facts) -> Iterator[Finding]:
    """Refuse two values for one field."""
    seen: set[str] = set()
    for position, line in enumerate(template.values):
        if line.field_key in seen:
            yield error("TPL-01", f"字段「{line.label}」出现两次", "field_key", position, table="values")
        seen.add(line.field_key)


HEAD_TEMPLATE = DocumentType(
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
    rules=(values_once,),
    help="新增核注清单、报关单等单证时自动填入的表头内容，按进出口和监管方式区分；只填空白字段。",
)
