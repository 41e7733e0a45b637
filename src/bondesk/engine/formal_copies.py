"""Formal copies: taken from what customs sends, and what a pair keeps from being changed (handbook 7, 18)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.formal_copy import FORMAL, MATCHED
from bondesk.engine.act import Act
from bondesk.engine.matching import renew
from bondesk.engine.posting import post_document


def require_unpaired(document: DocumentType, header: Any) -> None:
    """MAT-05: what is paired with its formal copy is changed by customs alone, until the pair is undone."""
    if getattr(header, "match_state", "") == MATCHED:
        number = document.number_of(header)
        raise Refused(f"{number} 已与正式单对应，不能修改、删除或再次申报；请先在对碰页取消对应", "MAT-05")


def take_formal(act: Act, document: DocumentType, values: Mapping[str, Any]) -> int:
    """Store one formal copy as customs gave it and return its id; one with the same number is updated.

    ``values`` holds attribute keys of the head and, under the key of a line table, its lines as mappings. What is
    not named stays as it was; lines are replaced. A draft is never touched but through a pair, which is kept and
    followed.
    """
    act.require(document, "import")
    if document.variant.get("copy") != FORMAL:
        raise Refused(f"「{document.title}」不是海关正式单，不能下载到这里", "FLOW-02")
    number = {part.key: values.get(part.key) for part in document.number}
    if not all(number.values()):
        raise Refused(f"「{document.title}」缺少编号，不能保存", "IMP-05")
    mine = select(document.header).filter_by(company_id=act.company_id, **document.variant, **number)
    header = act.session.scalars(mine).one_or_none()
    known = header is not None
    if header is None:
        header = document.header(company_id=act.company_id, **document.variant)
        for attribute in document.header.__mapper__.column_attrs:
            default = attribute.columns[0].default
            if default is not None and default.is_scalar and attribute.key not in document.variant:
                setattr(header, attribute.key, default.arg)
    _fill(document, header, values)
    with act.session.no_autoflush:
        if document.derive is not None:
            document.derive(header, act.facts)
    act.session.add(header)
    act.session.flush()
    act.facts.forget()
    post_document(act, document, header)
    taken: int = header.id
    if known:
        renew(act, document, [taken])
    return taken


def _fill(document: DocumentType, header: Any, values: Mapping[str, Any]) -> None:
    tables = {table.key: table for table in document.lines}
    for key, value in values.items():
        if key not in tables:
            setattr(header, key, value)
            continue
        model = tables[key].model
        lines = [model(**{"line_no": place, **line}) for place, line in enumerate(value, 1)]
        setattr(header, tables[key].attribute_key, lines)
