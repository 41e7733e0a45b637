"""默认模板 at work: what new documents start with, and templates chosen or kept by name (rows 36, 37)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.fields import field_of
from bondesk.base.head_template import HeadTemplate
from bondesk.base.template_filling import Filling, fill, fillable, fits, most_specific_first
from bondesk.base.typed_text import written
from bondesk.engine import records
from bondesk.engine.act import Act
from bondesk.engine.drafts import Draft, LineDraft

#: The document type of templates themselves.
HEAD_TEMPLATE = "head_template"


@dataclass(frozen=True, slots=True)
class TemplateOffer:
    """A template that may be applied: its id and name, whom it is for, and what it would fill into the head.

    ``words`` are the values to be filled as (label, text), codes with their names.
    """

    id: int
    name: str
    meant_for: str
    usual: bool
    filling: Filling
    words: tuple[tuple[str, str], ...]


def fitting(
    act: Act, document: DocumentType, head: Mapping[str, Any], *, usual: bool = False, open_ended: bool = False
) -> list[HeadTemplate]:
    """Return the templates for a head, most specific first; ``usual`` keeps those that apply by themselves.

    ``open_ended`` also returns those naming a direction or mode the head still leaves open.
    """
    if not document.template_by:
        return []
    found = [
        template
        for template in act.facts.find(HeadTemplate, document_key=document.key)
        if (template.usual or not usual) and fits(document, template, head, open_ended=open_ended)
    ]
    return most_specific_first(document, found)


def usual_filling(
    act: Act, document: DocumentType, head: Mapping[str, Any], proposed: Mapping[str, Any] | None = None
) -> Filling:
    """Return what the templates that apply by themselves fill into ``head``."""
    templates = fitting(act, document, head, usual=True)
    return fill(document, templates, head, act.codebook, proposed) if templates else Filling()


def new_draft(act: Act, document: DocumentType) -> tuple[Draft, Filling]:
    """Return a blank draft with the usual templates applied, and what they did."""
    draft = records.blank(act, document)
    filling = usual_filling(act, document, draft.head, _changeable(document, draft.head))
    draft.head.update(filling.values)
    return draft, filling


def _changeable(document: DocumentType, head: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a template may replace in a blank head: proposals, but not the direction it is chosen by."""
    kept = {attribute.key for attribute in document.template_by} | set(document.variant)
    return {key: value for key, value in head.items() if key not in kept}


def offers(act: Act, document: DocumentType, head: Mapping[str, Any]) -> list[TemplateOffer]:
    """Return every template that may be applied to ``head``, with what each would fill."""
    act.require(document, "view")
    return [_offer(act, document, template, head) for template in fitting(act, document, head, open_ended=True)]


def _offer(act: Act, document: DocumentType, template: HeadTemplate, head: Mapping[str, Any]) -> TemplateOffer:
    filling = fill(document, [template], head, act.codebook)
    meant = meant_for(act, document, template)
    return TemplateOffer(
        template.id, template.name, meant, template.usual, filling, words(act, document, filling.values)
    )


def words(act: Act, document: DocumentType, values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Write head values as (label, text), in the order of the form."""
    book = act.codebook
    return tuple((e.label, written(e, values[e.key], book)) for e in document.head_fields if e.key in values)


def meant_for(act: Act, document: DocumentType, template: HeadTemplate) -> str:
    """Say for which direction and mode a template is."""
    wanted = zip(document.template_by, (template.ie_flag, template.supervision_mode), strict=False)
    words = [written(field_of(attribute), value, act.codebook) for attribute, value in wanted if value]
    return "，".join(words) or "所有"


def keepable(document: DocumentType, head: Mapping[str, Any]) -> dict[str, Any]:
    """Return the head values worth keeping in a template: texts and codes the user filled."""
    by = {attribute.key for attribute in document.template_by}
    return {
        key: head[key]
        for key, entry in fillable(document).items()
        if key not in by and head.get(key) not in (None, "") and not entry.numeric and isinstance(head[key], str | bool)
    }


def keep_as_template(
    act: Act,
    document: DocumentType,
    name: str,
    head: Mapping[str, Any],
    asked: tuple[str, str] = ("", ""),
    *,
    usual: bool = False,
    replace: bool = False,
) -> int:
    """Store the keepable values of ``head`` as template ``name`` for (direction, mode); return its id.

    TPL-03 when nothing is there to keep; IMP-08 when the document has a template of that name, unless it is to
    be replaced (保存模板 instead of 另存模板).
    """
    fields = fillable(document)
    values = keepable(document, head)
    if not values:
        raise Refused("表头还没有可存入模板的内容（编号、日期和数量不存入模板）", "TPL-03")
    book = act.codebook
    lines = [
        LineDraft({"field_key": key, "label": fields[key].label, "value": written(fields[key], value, book)[:255]})
        for key, value in values.items()
    ]
    kept = {"document_key": document.key, "name": name.strip(), "ie_flag": asked[0], "supervision_mode": asked[1]}
    draft = Draft({**kept, "usual": usual}, {"values": lines})
    known = act.facts.one(HeadTemplate, document_key=document.key, name=name.strip()) if replace else None
    if known is not None:
        draft.id, draft.revision = known.id, known.revision
    return records.save(act, act.catalogue.document(HEAD_TEMPLATE), draft)
