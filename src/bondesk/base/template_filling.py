"""Which 默认模板 fit a document, and what they fill in: empty fields only (handbook 18). Pure.

The engine applies it to a document opened by hand, the areas to documents they generate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bondesk.base.codebook import CodeBook
from bondesk.base.documents import DocumentType
from bondesk.base.fields import Field
from bondesk.base.findings import Finding, note
from bondesk.base.head_template import HeadTemplate
from bondesk.base.readings import Unreadable
from bondesk.base.typed_text import read_value


@dataclass(frozen=True, slots=True)
class Filling:
    """What templates put into a head: values by attribute key, what cannot be read, whose values they are."""

    values: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    names: tuple[str, ...] = ()


def fillable(document: DocumentType) -> dict[str, Field]:
    """Return the head fields a template may fill: what the user fills, but not the document's own number."""
    own = {part.key for part in document.number}
    return {entry.key: entry for entry in document.head_fields if not entry.readonly and entry.key not in own}


def conditions(document: DocumentType, template: HeadTemplate) -> dict[str, str]:
    """Return what a template asks of the head, by attribute key: direction and mode where it names them."""
    asked = zip(document.template_by, (template.ie_flag, template.supervision_mode), strict=False)
    return {attribute.key: wanted for attribute, wanted in asked if wanted}


def fits(document: DocumentType, template: HeadTemplate, head: Mapping[str, Any], *, open_ended: bool = False) -> bool:
    """Tell whether a template is meant for this head; ``open_ended`` lets an empty direction or mode be anything."""
    if template.document_key != document.key or not document.template_by:
        return False
    return all(
        head.get(key) == wanted or (open_ended and not head.get(key))
        for key, wanted in conditions(document, template).items()
    )


def most_specific_first(document: DocumentType, templates: Iterable[HeadTemplate]) -> list[HeadTemplate]:
    """Order templates: those naming direction and mode, then one of them, then none; by name among equals."""
    return sorted(templates, key=lambda one: (-len(conditions(document, one)), one.name or ""))


def read_template(document: DocumentType, template: HeadTemplate, book: CodeBook) -> Filling:
    """Read every value of one template; what cannot be read becomes a TPL-02 note and is left out."""
    fields = fillable(document)
    values: dict[str, Any] = {}
    findings = []
    for line in template.values:
        entry = fields.get(line.field_key)
        if entry is None:
            text = f"模板「{template.name}」：「{document.title}」没有可预填的字段 {line.label or line.field_key}"
            findings.append(note("TPL-02", text))
            continue
        try:
            value = read_value(entry, line.value or "", book)
        except Unreadable as problem:
            text = f"模板「{template.name}」的「{entry.label}」默认值“{line.value}”不能识别：{problem.text}"
            findings.append(note("TPL-02", text, entry.key))
            continue
        if value not in (None, ""):
            values[entry.key] = value
    return Filling(values, tuple(findings), (template.name,))


def fill(
    document: DocumentType,
    templates: Sequence[HeadTemplate],
    head: Mapping[str, Any],
    book: CodeBook,
    proposed: Mapping[str, Any] | None = None,
) -> Filling:
    """Return what ``templates`` fill into ``head``, the first to name a field wins.

    Only empty fields are filled, and those still holding what the program itself ``proposed``; the
    direction and mode a template is for are filled too where the head leaves them open.
    """
    values: dict[str, Any] = {}
    findings: list[Finding] = []
    names: list[str] = []
    for template in templates:
        read = read_template(document, template, book)
        findings += read.findings
        offered = {**conditions(document, template), **read.values}
        fresh = {
            key: value
            for key, value in offered.items()
            if key not in values and _open(key, head, proposed or {}) and head.get(key) != value
        }
        values |= fresh
        names += [template.name] if fresh else []
    return Filling(values, tuple(findings), tuple(names))


def _open(key: str, head: Mapping[str, Any], proposed: Mapping[str, Any]) -> bool:
    present = head.get(key)
    return present in (None, "") or (key in proposed and proposed[key] == present)
