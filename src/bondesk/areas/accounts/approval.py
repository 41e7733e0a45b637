"""Opening a change and approving it: one open change, what was approved becomes a version (handbook 4.2, 4.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from bondesk.areas.accounts.copying import copied_head, copy_rows, models_of, settle_rows
from bondesk.base.change import ChangedTable
from bondesk.base.errors import Refused
from bondesk.base.facts import Work

#: 海关执行标志 that stops changes (message reference 10).
_NO_CHANGE = {"3", "7"}


def start_change(approved: Any, tables: Sequence[ChangedTable], work: Work) -> int:
    """Open the one change of an approved document: a full copy with every row 未修改; return the draft's id.

    ACC-01 when a change is open, ACC-02 while customs has paused changes.
    """
    model = type(approved)
    if approved.pause_mark in _NO_CHANGE:
        raise Refused("海关已暂停变更，暂时不能办理变更", "ACC-02")
    if open_draft_of(approved, work) is not None:
        raise Refused("已有未办结的变更，请先在「暂存草稿」中完成或删除", "ACC-01")
    draft = copied_head(
        approved,
        copy="draft",
        declare_kind="2",
        change_count=(approved.change_count or 0) + 1,
        approved_id=approved.id,
        entered_on=work.facts.today,
        declared_on=work.facts.today,
        replaced_on=None,
    )
    draft.state = "DRAFT"
    work.session.add(draft)
    work.session.flush()
    for line in models_of(tables):
        copy_rows(work, line, approved.id, draft.id)
    assert isinstance(draft, model)
    stored: int = draft.id
    return stored


def open_draft_of(approved: Any, work: Work) -> Any | None:
    """Return the open draft of an approved document's change, if there is one."""
    model = type(approved)
    statement = select(model).where(
        model.company_id == work.company_id,
        model.copy == "draft",
        model.approved_id == approved.id,
        model.state != "VOID",
    )
    return work.session.scalars(statement.limit(1)).one_or_none()


def approve(draft: Any, tables: Sequence[ChangedTable], work: Work, on: date) -> None:
    """Make a draft the approved copy; what was approved before becomes a version; struck rows go for good.

    A first filing gets its 备案批准日期, a change its 变更批准日期.
    """
    former = _former(draft, work)
    if former is not None:
        former.copy, former.replaced_on = "archived", on
        work.session.flush()
    if draft.declare_kind == "2":
        draft.changed_on = on
    else:
        draft.approved_on = draft.approved_on or on
    draft.copy, draft.approved_id, draft.state = "approved", None, "APPROVED"
    work.session.flush()
    for line in models_of(tables):
        settle_rows(work, line, draft.id)
    work.session.expire_all()


def keep_version(approved: Any, tables: Sequence[ChangedTable], work: Work) -> None:
    """Make a version of an approved copy that customs' newer one is about to replace; the copy keeps its id."""
    version = copied_head(approved, copy="archived", approved_id=None, replaced_on=work.facts.today)
    version.state = approved.state
    work.session.add(version)
    work.session.flush()
    for line in models_of(tables):
        copy_rows(work, line, approved.id, version.id)


def _former(draft: Any, work: Work) -> Any | None:
    if draft.approved_id is None:
        return None
    model = type(draft)
    statement = select(model).where(model.company_id == work.company_id, model.id == draft.approved_id)
    return work.session.scalars(statement).one_or_none()
