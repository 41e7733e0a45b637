"""数据下载 (rows 184, 185): what customs has is looked for, listed, chosen and taken in, in business order.

A run is kept with all its copies, so that one that was cancelled, or broke off with the network or the program, goes on
where it stopped. Every copy is a transaction of its own: what was taken stays.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from bondesk.base.catalogue import Catalogue
from bondesk.base.errors import OutsideFailure, Refused, WrongCall
from bondesk.base.identity import Identity
from bondesk.base.steps import Cancelled
from bondesk.engine.act import Act
from bondesk.engine.copy_reading import EngineReader, download_kinds
from bondesk.engine.download_port import DownloadKind, DownloadSource, DownloadWay, OfferedCopy, Tell
from bondesk.engine.engine import Engine
from bondesk.engine.formal_copies import NEW, UNCHANGED, UPDATED, take_copy
from bondesk.engine.history import log_deed
from bondesk.engine.tables import DownloadItem, DownloadRun

REFUSED = "refused"
#: What became of a copy, in the words of the result list.
OUTCOMES = {"": "等待", NEW: "新增", UPDATED: "已更新", UNCHANGED: "无变化", REFUSED: "未收下"}
RUNNING, STOPPED, DONE = "running", "stopped", "done"
STATES = {RUNNING: "进行中", STOPPED: "未完成", DONE: "已完成"}
LOOKING, TAKING = "正在查询", "正在下载"
#: A source is asked for at most so many months; a longer range is a mistake.
MOST_MONTHS = 240
_MODULE = "数据更新"


@dataclass(frozen=True, slots=True)
class Found:
    """What was on offer, in business order and by day, and what could not be asked or read (what, reason)."""

    offered: tuple[OfferedCopy, ...]
    problems: tuple[tuple[str, str], ...] = ()


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


def months(begin: date, end: date) -> Iterator[tuple[date, date]]:
    """Cut a range into pieces within one calendar month each; both days belong to it.

    >>> [f"{a:%m%d}-{b:%m%d}" for a, b in months(date(2024, 1, 30), date(2024, 3, 1))]
    ['0130-0131', '0201-0229', '0301-0301']
    """
    while begin <= end:
        last = begin.replace(day=calendar.monthrange(begin.year, begin.month)[1])
        yield begin, min(last, end)
        begin = last + timedelta(days=1)


def allowed_kinds(catalogue: Catalogue, identity: Identity) -> tuple[DownloadKind, ...]:
    """Return the kinds a user may take in, in business order."""
    return tuple(kind for kind in download_kinds(catalogue.documents) if identity.may(kind.formal, "import"))


def way_of(engine: Engine, key: str) -> DownloadWay:
    """Return a source that can be chosen; :class:`WrongCall` lists what there is."""
    for way in engine.downloads:
        if way.key == key:
            return way
    raise WrongCall(f"没有下载来源 {key}；可用：{'、'.join(way.key for way in engine.downloads) or '无'}")


def open_source(engine: Engine, way: str, places: Sequence[str] = ()) -> DownloadSource:
    """Open a source; ``Refused`` (DOWN-02) when files have to be named and none are."""
    chosen = way_of(engine, way)
    if chosen.asks_files and not places:
        raise Refused("请先选择从单一窗口导出的文件或所在目录", "DOWN-02")
    return chosen.open(EngineReader(engine), places)


def look(
    engine: Engine, identity: Identity, source: DownloadSource, kinds: Sequence[str], begin: date, end: date, tell: Tell
) -> Found:
    """Ask for every chosen kind, month by month. ``Refused``: DOWN-03 range, DOWN-04 nothing chosen or granted."""
    pieces = _pieces(begin, end)
    wanted = [kind for kind in allowed_kinds(engine.catalogue, identity) if kind.key in set(kinds)]
    if not wanted:
        raise Refused("请至少选择一种数据", "DOWN-04")
    granted = set(source.kinds())
    problems = [(kind.title, "此来源没有提供，或未授权") for kind in wanted if kind.key not in granted]
    asked = [kind for kind in wanted if kind.key in granted]
    found: list[OfferedCopy] = []
    total = len(asked) * len(pieces)
    for place, kind in enumerate(asked):
        mine: dict[str, OfferedCopy] = {}
        for number, (first, last) in enumerate(pieces):
            tell(f"{LOOKING}{kind.title} {first:%Y-%m}", place * len(pieces) + number, total)
            for one in source.search(kind.key, first, last, tell):
                mine[one.number] = one
        found += sorted(mine.values(), key=lambda one: (one.day is not None, one.day or begin, one.number))
    return Found(tuple(found), (*problems, *source.problems()))


def _pieces(begin: date, end: date) -> list[tuple[date, date]]:
    if begin > end:
        raise Refused(f"开始日期 {begin} 晚于结束日期 {end}", "DOWN-03")
    if (end.year - begin.year) * 12 + end.month - begin.month >= MOST_MONTHS:
        raise Refused(f"日期范围超过 {MOST_MONTHS} 个月，请缩小", "DOWN-03")
    return list(months(begin, end))


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


def go_on(engine: Engine, identity: Identity, source: DownloadSource, run_id: int, tell: Tell) -> Run:
    """Take the copies of a run that still wait, in order; what is taken stays taken.

    What ``tell`` raises, and a source that goes away, stops the run, which can be gone on with; a copy that cannot
    be taken is refused with its reason and the next one follows.
    """
    with engine.acting(identity) as act:
        run = _run(act, run_id)
        run.state, run.problem = RUNNING, ""
        waiting = [row.place for row in _items(act, run_id) if not row.outcome]
        total = act.session.scalar(select(func.count()).select_from(DownloadItem).where(*_mine(act, run_id))) or 0
    done = total - len(waiting)
    try:
        for number, place in enumerate(waiting):
            tell(f"{TAKING} {done + number + 1}/{total}", done + number, total)
            _take(engine, identity, source, run_id, place)
    except (Cancelled, OutsideFailure) as problem:
        text = "已取消，可以继续" if isinstance(problem, Cancelled) else str(problem)
        _end(engine, identity, run_id, STOPPED, text)
        raise
    tell(f"{TAKING} {total}/{total}", total, total)
    return _end(engine, identity, run_id, DONE, "")


def _take(engine: Engine, identity: Identity, source: DownloadSource, run_id: int, place: int) -> None:
    """Fetch one copy outside of any transaction, then store it and what became of it in one."""
    with engine.acting(identity) as act:
        offered = _offered(_item(act, run_id, place))
    try:
        values = source.fetch(offered)
        with engine.acting(identity) as act:
            taken = take_copy(act, act.catalogue.document(offered.kind), values)
            row = _item(act, run_id, place)
            row.outcome, row.document_id, row.taken_at, row.reason = taken.outcome, taken.id, act.now(), ""
    except Refused as refusal:
        with engine.acting(identity) as act:
            row = _item(act, run_id, place)
            row.outcome, row.taken_at = REFUSED, act.now()
            row.reason = "；".join(finding.text for finding in refusal.findings)[:512]


def _offered(row: DownloadItem) -> OfferedCopy:
    return OfferedCopy(row.document_key, row.number, row.title, row.day, row.customs_state, row.mark)


def _end(engine: Engine, identity: Identity, run_id: int, state: str, problem: str) -> Run:
    with engine.acting(identity) as act:
        row = _run(act, run_id)
        row.state, row.problem, row.ended_at = state, problem[:512], act.now()
        act.session.flush()
        found = run_of(act, run_id)
        log_deed(act, "下载" if state == DONE else "下载中断", f"{row.title}：{found.counts}", module=_MODULE)
    return found


def unfinished(act: Act) -> list[Run]:
    """Return the runs of this user that were not gone through with, newest first."""
    statement = select(DownloadRun.id).where(
        DownloadRun.company_id == act.company_id, DownloadRun.user_id == act.user_id, DownloadRun.state != DONE
    )
    return [run_of(act, one) for one in act.session.scalars(statement.order_by(DownloadRun.id.desc()))]


def recent(act: Act, most: int = 20) -> list[Run]:
    """Return the runs of everybody, newest first."""
    statement = select(DownloadRun.id).where(DownloadRun.company_id == act.company_id)
    return [run_of(act, one) for one in act.session.scalars(statement.order_by(DownloadRun.id.desc()).limit(most))]


def give_up(act: Act, run_id: int) -> None:
    """Close an unfinished run: its waiting copies are not taken any more."""
    row = _run(act, run_id)
    row.state, row.problem, row.ended_at = DONE, "已放弃其余", act.now()
    log_deed(act, "放弃下载", f"{row.title}：{run_of(act, run_id).counts}", module=_MODULE)


def run_of(act: Act, run_id: int) -> Run:
    """Return a run with its copies in order."""
    row = _run(act, run_id)
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
        for one in _items(act, run_id)
    )
    told = (row.id, row.way, row.title, tuple(row.places), row.begin, row.end, row.state, row.problem)
    return Run(*told, row.user_name, row.started_at, items)


def _run(act: Act, run_id: int) -> DownloadRun:
    found = act.session.get(DownloadRun, (act.company_id, run_id))
    if found is None:
        raise WrongCall(f"没有下载记录 {run_id}")
    return found


def _mine(act: Act, run_id: int) -> tuple[Any, ...]:
    return DownloadItem.company_id == act.company_id, DownloadItem.run_id == run_id


def _items(act: Act, run_id: int) -> Sequence[DownloadItem]:
    statement = select(DownloadItem).where(*_mine(act, run_id))
    return act.session.scalars(statement.order_by(DownloadItem.place)).all()


def _item(act: Act, run_id: int, place: int) -> DownloadItem:
    statement = select(DownloadItem).where(*_mine(act, run_id), DownloadItem.place == place)
    return act.session.scalars(statement).one()
