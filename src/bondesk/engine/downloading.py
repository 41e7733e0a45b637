"""数据下载 (rows 184, 185): what customs has is looked for, listed, chosen and taken in, in business order.

A run is kept with all its copies, so that one that was cancelled, or broke off with the network or the program, goes on
where it stopped. Every copy is a transaction of its own: what was taken stays.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bondesk.base.catalogue import Catalogue
from bondesk.base.errors import OutsideFailure, Refused, WrongCall
from bondesk.base.identity import Identity
from bondesk.base.steps import Cancelled
from bondesk.engine.copy_reading import EngineReader, download_kinds
from bondesk.engine.download_port import DownloadKind, DownloadSource, DownloadWay, OfferedCopy, Tell
from bondesk.engine.download_runs import (
    DONE,
    REFUSED,
    RUNNING,
    STOPPED,
    Run,
    end_run,
    item_at,
    items_of,
    offered_by,
    stored_run,
)
from bondesk.engine.engine import Engine
from bondesk.engine.formal_copies import take_copy

LOOKING, TAKING = "正在查询", "正在下载"
#: A source is asked for at most so many months; a longer range is a mistake.
MOST_MONTHS = 240


@dataclass(frozen=True, slots=True)
class Found:
    """What was on offer, in business order and by day, and what could not be asked or read (what, reason)."""

    offered: tuple[OfferedCopy, ...]
    problems: tuple[tuple[str, str], ...] = ()


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
    """Return the kinds a user may see and take in, in business order."""
    kinds = download_kinds(catalogue.documents)
    return tuple(one for one in kinds if identity.may(one.formal, "view") and identity.may(one.formal, "import"))


def require_any(catalogue: Catalogue, identity: Identity) -> None:
    """Refuse (ACCESS-01) who may take in no kind at all."""
    if not allowed_kinds(catalogue, identity):
        raise Refused(f"用户 {identity.name} 没有下载海关正式单据的权限", "ACCESS-01")


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
    require_any(engine.catalogue, identity)
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


def go_on(engine: Engine, identity: Identity, source: DownloadSource, run_id: int, tell: Tell) -> Run:
    """Take the copies of a run that still wait, in order; what is taken stays taken.

    What ``tell`` raises, and a source that goes away, stops the run, which can be gone on with; a copy that cannot
    be taken is refused with its reason and the next one follows.
    """
    with engine.acting(identity) as act:
        run = stored_run(act, run_id)
        run.state, run.problem = RUNNING, ""
        items = items_of(act, run_id)
        waiting = [row.place for row in items if not row.outcome]
        total = len(items)
    done = total - len(waiting)
    try:
        for number, place in enumerate(waiting):
            tell(f"{TAKING} {done + number + 1}/{total}", done + number, total)
            _take(engine, identity, source, run_id, place)
    except (Cancelled, OutsideFailure) as problem:
        text = "已取消，可以继续" if isinstance(problem, Cancelled) else str(problem)
        with engine.acting(identity) as act:
            end_run(act, run_id, STOPPED, text)
        raise
    tell(f"{TAKING} {total}/{total}", total, total)
    with engine.acting(identity) as act:
        return end_run(act, run_id, DONE, "")


def _take(engine: Engine, identity: Identity, source: DownloadSource, run_id: int, place: int) -> None:
    """Fetch one copy outside of any transaction, then store it and what became of it in one."""
    with engine.acting(identity) as act:
        offered = offered_by(item_at(act, run_id, place))
    try:
        values = source.fetch(offered)
        with engine.acting(identity) as act:
            taken = take_copy(act, act.catalogue.document(offered.kind), values)
            row = item_at(act, run_id, place)
            row.outcome, row.document_id, row.taken_at, row.reason = taken.outcome, taken.id, act.now(), ""
    except Refused as refusal:
        with engine.acting(identity) as act:
            row = item_at(act, run_id, place)
            row.outcome, row.taken_at = REFUSED, act.now()
            row.reason = "；".join(finding.text for finding in refusal.findings)[:512]
