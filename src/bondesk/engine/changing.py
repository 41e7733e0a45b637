"""Acts on the draft of an approved document, guarded: the right, the state, the creator, the revision.

What the acts do is the area's (:class:`bondesk.base.change.ChangePath`); here is who may order them, and that two
users never overwrite each other: every order names the revision its user has seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from bondesk.base.change import ChangePath, Comparison, Counted
from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.engine.act import Act
from bondesk.engine.history import log_bulk
from bondesk.engine.records import load, require_editable


def path_of(document: DocumentType) -> ChangePath:
    """Return the change path of a document; ``Refused`` when it has none."""
    if document.change is None:
        raise Refused(f"「{document.title}」不走变更流程", "FLOW-02")
    return document.change


def start(act: Act, document: DocumentType, approved_id: int) -> int:
    """变更: open the one change of an approved document; return the draft's id."""
    path = path_of(document)
    act.require(act.catalogue.document(path.draft), "new")
    act.require(document, "view")
    draft = path.start(load(act, document, approved_id), act)
    act.facts.forget()
    return draft


@dataclass(frozen=True, slots=True)
class Version:
    """A former copy: id, how many changes came before it, from when it was valid and until when."""

    id: int
    change_count: int
    since: date | None
    until: date | None


def open_change(act: Act, document: DocumentType, approved_id: int) -> int | None:
    """Return the draft of the change that is under way, if there is one."""
    draft = act.catalogue.document(path_of(document).draft)
    act.require(draft, "view")
    header = draft.header
    mine = select(header.id).filter_by(company_id=act.company_id, approved_id=approved_id, **draft.variant)
    found: int | None = act.session.scalars(mine.where(header.state != "VOID").limit(1)).one_or_none()
    return found


def versions(act: Act, document: DocumentType, approved_id: int) -> list[Version]:
    """Return the former copies of an approved document, newest first."""
    version = act.catalogue.document(path_of(document).version)
    act.require(version, "view")
    header, number = version.header, version.number[0]
    named = getattr(load(act, document, approved_id), number.key)
    mine = select(header).filter_by(company_id=act.company_id, **version.variant).where(number == named)
    rows = act.session.scalars(mine.order_by(header.change_count.desc()))
    return [Version(row.id, row.change_count, row.changed_on or row.approved_on, row.replaced_on) for row in rows]


def compare(act: Act, document: DocumentType, draft_id: int, table: str) -> Comparison:
    """Compare the source of ``table`` with the draft; nothing is stored."""
    path = path_of(document)
    act.require(document, "view")
    return path.compare(load(act, document, draft_id), path.table(table), act)


def extract(act: Act, document: DocumentType, draft_id: int, table: str, keys: Sequence[Any], revision: int) -> Counted:
    """批量提取: take chosen source rows over."""
    path = path_of(document)
    draft = _draft(act, document, draft_id, revision)
    counted = path.extract(draft, path.table(table), keys, act)
    return _done(act, document, draft_id, f"提取{path.table(table).source}", counted)


def revert(act: Act, document: DocumentType, draft_id: int, table: str, ids: Sequence[int], revision: int) -> Counted:
    """撤销行: take the present change of rows back."""
    path = path_of(document)
    counted = path.revert(_draft(act, document, draft_id, revision), path.table(table), ids, act)
    return _done(act, document, draft_id, "撤销行", counted)


def strike(act: Act, document: DocumentType, draft_id: int, table: str, ids: Sequence[int], revision: int) -> Counted:
    """删除行: mark filed rows, remove added ones."""
    path = path_of(document)
    counted = path.strike(_draft(act, document, draft_id, revision), path.table(table), ids, act)
    return _done(act, document, draft_id, "删除行", counted)


def store(
    act: Act,
    document: DocumentType,
    draft_id: int,
    table: str,
    line_id: int | None,
    values: Mapping[str, Any],
    revision: int,
) -> int:
    """Store one typed row of the draft; return its id. Its mark follows from the approved copy."""
    path = path_of(document)
    stored = path.store(_draft(act, document, draft_id, revision), path.table(table), line_id, values, act)
    _raise_revision(act, document, draft_id)
    return stored


def _draft(act: Act, document: DocumentType, draft_id: int, revision: int) -> Any:
    act.require(document, "edit")
    draft = load(act, document, draft_id)
    require_editable(act, document, draft)
    if draft.revision != revision:
        raise Refused("单据已被其他用户修改，请刷新后再操作", "CONFLICT")
    return draft


def _done(act: Act, document: DocumentType, draft_id: int, action: str, counted: Counted) -> Counted:
    draft = _raise_revision(act, document, draft_id)
    log_bulk(act, document, action, [(draft_id, document.number_of(draft), dict(counted.done))])
    return counted


def _raise_revision(act: Act, document: DocumentType, draft_id: int) -> Any:
    act.session.flush()
    draft = load(act, document, draft_id)
    flag_modified(draft, "changed_at")
    act.session.flush()
    act.facts.forget()
    return draft
