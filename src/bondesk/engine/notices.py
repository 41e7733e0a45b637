"""What is new and not yet seen by the acting user; seen notices are remembered with the user's preferences."""

from __future__ import annotations

import bondesk
from bondesk.base.identity import Identity
from bondesk.engine.act import Act
from bondesk.engine.engine import Engine
from bondesk.engine.ports import Notice
from bondesk.engine.preferences import prefer, preference

_SEEN = "notices.seen"
#: Marks kept per user; older ones would be of versions long installed.
_KEPT = 200


def pending(engine: Engine, identity: Identity) -> tuple[Notice, ...]:
    """Return the notices ``identity`` has not put away yet, oldest first; none when no folder is set up."""
    if engine.notices is None:
        return ()
    with engine.acting(identity) as act:
        codes, put_away = engine.code_versions(act), set(preference(act, _SEEN, []))
    found = engine.notices.pending(bondesk.__version__, codes)
    return tuple(sorted((one for one in found if _mark(one) not in put_away), key=lambda one: one.published))


def seen(act: Act, notice: Notice) -> None:
    """Remember that the acting user has seen ``notice``."""
    marks = preference(act, _SEEN, [])
    prefer(act, _SEEN, [*(mark for mark in marks if mark != _mark(notice)), _mark(notice)][-_KEPT:])


def _mark(notice: Notice) -> str:
    return ":".join((notice.kind, notice.table, notice.version))
