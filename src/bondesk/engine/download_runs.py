"""Runs of 数据下载 as they are kept: what was chosen, what became of each copy, which were not gone through with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from bondesk.base.errors import Refused, WrongCall
from bondesk.engine.act import Act
from bondesk.engine.copy_reading import download_kinds
from bondesk.engine.download_port import DownloadWay, OfferedCopy
from bondesk.engine.formal_copies import NEW, UNCHANGED, UPDATED
from bondesk.engine.history import log_deed
from bondesk.engine.linking import link_waiting
from bondesk.engine.tables import DownloadItem, DownloadRun

REFUSED = "refused"
#: What became of a copy, in the words of the result list.
OUTCOMES = {"": "等待", NEW: "新增", UPDATED: "已更新", UNCHANGED: "无变化", REFUSED: "未收下"}
RUNNING, STOPPED, DONE = "running", "stopped", "done"
STATES = {RUNNING: "进行中", STOPPED: "未完成", DONE: "已完成"}
_MODULE = "数据更新"


@dataclass(frozen=True, slots=True)
class Item:
    """One copy of a run with what became of it."""

    document_key: str
    kind_title: str
    number: str
    title: str
    day: date | None
    outcome: str
    reason: str
    document_id: int | None

    @property
    def word(self) -> str:
        """Say the outcome in Chinese."""
        return OUTCOMES[self.outcome]


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it stands."""

    id: int
    way: str
    title: str
    places: tuple[str, ...]
    begin: date
    end: date
    state: str
    problem: str
    user_name: str
    started_at: datetime
    items: tuple[Item, ...]

    @property
    def waiting(self) -> int:
        """Return how many copies still wait."""
        return sum(not item.outcome for item in self.items)

    @property
    def counts(self) -> str:
        """Say how many copies came to what."""
        words = [item.word for item in self.items]
        told = [f"{word} {words.count(word)} 份" for word in OUTCOMES.values() if word in words]
        return "，".join(told) or "没有可下载的数据"


def begin_run(
    act: Act, way: DownloadWay, places: Sequence[str], begin: date, end: date, offered: Sequence[OfferedCopy]
) -> int:
    """Keep what was chosen as a run, its copies in business order, and return its id."""
    if not offered:
        raise Refused("请在列表中至少选择一份", "DOWN-04")
    order = {kind.key: place for place, kind in enumerate(download_kinds(act.catalogue.documents))}
    for key in dict.fromkeys(one.kind for one in offered):
        act.require(act.catalogue.document(key), "import")
    run = DownloadRun(way=way.key, title=way.title, places=list(places), begin=begin, end=end)
    run.user_id, run.user_name, run.started_at = act.user_id, act.identity.name, act.now()
    act.session.add(run)
    act.session.flush()
    ordered = sorted(offered, key=lambda one: order[one.kind])
    for place, one in enumerate(ordered, 1):
        item = DownloadItem(run_id=run.id, place=place, document_key=one.kind, number=one.number[:128], day=one.day)
        item.title, item.customs_state, item.mark = one.title[:255], one.state[:64], one.mark[:255]
        act.session.add(item)
    log_deed(act, "下载", f"{way.title}，{begin} 至 {end}，{len(ordered)} 份", module=_MODULE)
    return run.id


def offered_by(row: DownloadItem) -> OfferedCopy:
    """Return the copy as its source offered it."""
    return OfferedCopy(row.document_key, row.number, row.title, row.day, row.customs_state, row.mark)


def end_run(act: Act, run_id: int, state: str, problem: str) -> Run:
    """Say that a run has ended, or why it stopped."""
    row = stored_run(act, run_id)
    row.state, row.problem, row.ended_at = state, problem[:512], act.now()
    link_waiting(act)
    found = run_of(act, run_id)
    log_deed(act, "下载" if state == DONE else "下载中断", f"{row.title}：{found.counts}", module=_MODULE)
    return found


def unfinished(act: Act) -> list[Run]:
    """Return the runs of this user that were not gone through with, newest first."""
    statement = select(DownloadRun.id).where(
        DownloadRun.company_id == act.company_id, DownloadRun.user_id == act.user_id, DownloadRun.state != DONE
    )
    return [run_of(act, one) for one in act.session.scalars(statement.order_by(DownloadRun.id.desc()))]


def give_up(act: Act, run_id: int) -> None:
    """Close an unfinished run: its waiting copies are not taken any more."""
    row = stored_run(act, run_id)
    row.state, row.problem, row.ended_at = DONE, "已放弃其余", act.now()
    log_deed(act, "放弃下载", f"{row.title}：{run_of(act, run_id).counts}", module=_MODULE)


def run_of(act: Act, run_id: int) -> Run:
    """Return a run with its copies in order."""
    row = stored_run(act, run_id)
    titles = {document.key: document.title for document in act.catalogue.documents}
    items = tuple(
        Item(
            one.document_key,
            titles.get(one.document_key, one.document_key),
            one.number,
            one.title,
            one.day,
            one.outcome,
            one.reason,
            one.document_id,
        )
        for one in items_of(act, run_id)
    )
    told = (row.id, row.way, row.title, tuple(row.places), row.begin, row.end, row.state, row.problem)
    return Run(*told, row.user_name, row.started_at, items)


def stored_run(act: Act, run_id: int) -> DownloadRun:
    """Return the row of a run; ``WrongCall`` when there is none."""
    found = act.session.get(DownloadRun, (act.company_id, run_id))
    if found is None:
        raise WrongCall(f"没有下载记录 {run_id}")
    return found


def _mine(act: Act, run_id: int) -> tuple[Any, ...]:
    return DownloadItem.company_id == act.company_id, DownloadItem.run_id == run_id


def items_of(act: Act, run_id: int) -> Sequence[DownloadItem]:
    """Return the rows of a run's copies in order."""
    statement = select(DownloadItem).where(*_mine(act, run_id))
    return act.session.scalars(statement.order_by(DownloadItem.place)).all()


def item_at(act: Act, run_id: int, place: int) -> DownloadItem:
    """Return the row of one copy."""
    statement = select(DownloadItem).where(*_mine(act, run_id), DownloadItem.place == place)
    return act.session.scalars(statement).one()
