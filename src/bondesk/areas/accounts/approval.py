"""Opening a change and approving it: one open change, what was approved becomes a version (handbook 4.2, 4.5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete, or_, select, update

from bondesk.areas.accounts.copying import copied_head, copy_rows, models_of, move_rows, settle_rows
from bondesk.base.change import ChangedTable
from bondesk.base.errors import Refused
from bondesk.base.facts import Work

#: 海关执行标志 that stops changes (message reference 10).
_NO_CHANGE = {"3", "7"}
#: What is the enterprise's own, or decided where a draft takes the place of customs' copy.
_NOT_TAKEN = {"company_id", "copy", "internal_no", "basis", "entered_on", "replaced_on", "approved_id"}


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


def approve(draft: Any, tables: Sequence[ChangedTable], work: Work, on: date, number: str) -> None:
    """Make a draft the approved copy; what was approved before becomes a version; struck rows go for good.

    A first filing gets its 备案批准日期, a change its 变更批准日期. ``number`` is the attribute of the number customs
    gave. Where a download brought this very change before its receipt, customs' figures stay and the draft is what
    carries them; where it brought a later one, the draft becomes a version.
    """
    if draft.declare_kind == "2":
        draft.changed_on = on
    else:
        draft.approved_on = draft.approved_on or on
    copies = _copies(draft, number, work)
    same = next((one for one in copies if one.change_count == draft.change_count), None)
    approved = next((one for one in copies if one.copy == "approved"), None)
    if same is not None:
        place, replaced_on = same.copy, same.replaced_on
        _take_over(draft, same, tables, work)
    elif approved is not None and approved.change_count > draft.change_count:
        place, replaced_on = "archived", approved.changed_on or on
    else:
        place, replaced_on = "approved", None
        if approved is not None:
            draft.pause_mark = approved.pause_mark
            approved.copy, approved.replaced_on = "archived", on
            work.session.flush()
    draft.copy, draft.replaced_on, draft.approved_id, draft.state = place, replaced_on, None, "APPROVED"
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


def _copies(draft: Any, number: str, work: Work) -> list[Any]:
    """Return what is stored of the draft's document besides drafts: by its number, or what the change started from."""
    model = type(draft)
    named = or_(getattr(model, number) == getattr(draft, number), model.id == draft.approved_id)
    mine = select(model).where(model.company_id == work.company_id, model.copy.in_(("approved", "archived")), named)
    return list(work.session.scalars(mine))


def _take_over(draft: Any, twin: Any, tables: Sequence[ChangedTable], work: Work) -> None:
    """Give a draft the figures and the place of customs' own copy of it, which goes; what customs left empty stays."""
    session = work.session
    for key, value in copied_head(twin).__dict__.items():
        if key in _NOT_TAKEN or value in (None, "") or key.startswith("_"):
            continue
        setattr(draft, key, value)
    session.flush()
    for line in models_of(tables):
        move_rows(work, line, twin.id, draft.id)
    model = type(draft)
    mine = (model.company_id == work.company_id, model.approved_id == twin.id)
    session.execute(update(model).where(*mine).values(approved_id=draft.id))
    session.execute(delete(model).where(model.company_id == work.company_id, model.id == twin.id))
    session.expunge(twin)
