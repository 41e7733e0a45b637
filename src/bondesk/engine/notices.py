"""What is new and not yet seen by the acting user; seen notices are remembered with the user's preferences."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import bondesk
from bondesk.base.errors import OutsideFailure
from bondesk.base.identity import Identity
from bondesk.engine.act import Act
from bondesk.engine.code_updating import newer
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.ports import Notice
from bondesk.engine.preferences import prefer, preference

_log = logging.getLogger(__name__)
_SEEN = "notices.seen"
#: Marks kept per user; older ones would be of versions long installed.
_KEPT = 200


def pending(engine: Engine, identity: Identity) -> tuple[Notice, ...]:
    """Return the notices ``identity`` has not put away yet, oldest first; a newer package of code tables is one too."""
    if engine.notices is None and engine.parameters is None:
        return ()
    with engine.acting(identity) as act:
        codes, put_away = engine.code_versions(act), set(preference(act, _SEEN, []))
    found = [*(engine.notices.pending(bondesk.__version__, codes) if engine.notices is not None else ())]
    found += _package(engine)
    return tuple(sorted((one for one in found if _mark(one) not in put_away), key=lambda one: one.published))


def known(engine: Engine) -> tuple[Notice, ...]:
    """Return every notice that is newer than what runs here, put away or not, oldest first; nobody has to sign in."""
    if engine.notices is None:
        return ()
    with engine.acting(SYSTEM) as act:
        codes = engine.code_versions(act)
    return tuple(sorted(engine.notices.pending(bondesk.__version__, codes), key=lambda one: one.published))


def _package(engine: Engine) -> Iterator[Notice]:
    try:
        offered = newer(engine)
    except OutsideFailure as problem:
        _log.warning("the source of code tables could not be asked: %s", problem)
        return
    if offered is not None:
        title, text = "先查看会改变什么，再决定是否更新", f"来自 {offered.place}"
        yield Notice("codes", offered.version, title, text, engine.clock().date())


def seen(act: Act, notice: Notice) -> None:
    """Remember that the acting user has seen ``notice``."""
    marks = preference(act, _SEEN, [])
    prefer(act, _SEEN, [*(mark for mark in marks if mark != _mark(notice)), _mark(notice)][-_KEPT:])


def _mark(notice: Notice) -> str:
    return ":".join((notice.kind, notice.table, notice.version))
