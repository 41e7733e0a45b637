"""A returned declaration shows on its lines what customs said of them, until it is sent again."""

from __future__ import annotations

from collections.abc import Iterator

from bondesk.areas.declarations.dec_elements import GOODS, HEAD
from bondesk.areas.declarations.declaration_face import DECLARATION_FORM, DECLARATION_LINES
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.base.customs_words import customs_findings, words_of
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding
from bondesk.base.messages import Element


def _words(elements: tuple[Element, ...]) -> Iterator[tuple[str, str]]:
    for element in elements:
        key = element.field_of(Declaration(ie_flag="I"))
        if key:
            yield from ((word, key) for word in (element.name, *element.label.split("/")) if len(word) > 1)


_GOODS = words_of((*_words(GOODS), *((one.label, one.key) for one in DECLARATION_LINES[0].fields)))
_HEAD = words_of(
    (*_words(HEAD), *((one.label, one.key) for part in DECLARATION_FORM for one in part.fields if not one.readonly))
)


def what_customs_said(declaration: Declaration, _facts: Facts) -> Iterator[Finding]:
    """CUS-01: what customs returned or refused the declaration for."""
    if declaration.state in {"RETURNED", "FAILED"}:
        yield from customs_findings(declaration.customs_reason or "", len(declaration.lines), _GOODS, _HEAD)
