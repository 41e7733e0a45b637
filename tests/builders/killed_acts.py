"""One act on a data folder, done by a child of the test that kills itself (SIGKILL) at the N-th instrumented moment.

Moments are SQL statements, commits, halves of files, fsyncs and renames: the places between which a machine can stop.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bondesk import demo
from bondesk.app import open_engine
from bondesk.base.identity import Identity
from bondesk.base.steps import play
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.importing import import_steps
from bondesk.engine.receiving import receive
from bondesk.engine.sending import audited, hand_over, order
from bondesk.settings import Home, carried


class Moments:
    """Names what passes and kills the process at the N-th, before the moment's own work is done; 0 lets it live."""

    def __init__(self, at: int = 0) -> None:
        """Kill at moment ``at``."""
        self._at = at
        self.names: list[str] = []

    def pass_one(self, name: str) -> None:
        """Come to a moment."""
        self.names.append(name)
        if len(self.names) == self._at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, engine: Engine) -> None:
        """Name SQL statements, commits, halves of files, fsyncs and renames from now on; for the rest of this process."""

        def executed(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            self.pass_one(_named(statement))

        event.listen(engine.store.sql, "before_cursor_execute", executed)
        event.listen(engine.store.sql, "commit", lambda _connection: self.pass_one("commit"))
        real_replace, real_fsync = os.replace, os.fsync

        def moved(source: Any, target: Any) -> None:
            place = os.path.basename(os.path.dirname(target))  # noqa: PTH119, PTH120
            self.pass_one(f"rename to {place}")
            real_replace(source, target)
            self.pass_one(f"renamed to {place}")

        def synced(handle: int) -> None:
            self.pass_one("fsync")
            real_fsync(handle)

        real_open = Path.open

        def opened(path: Path, mode: str = "r", *more: Any, **given: Any) -> Any:
            stream = real_open(path, mode, *more, **given)
            return _Halves(stream, self) if mode == "wb" else stream

        os.replace, os.fsync = moved, synced  # type: ignore[assignment]
        Path.open = opened  # type: ignore[assignment,method-assign]


class _Halves:
    """A file that is written in two halves, with a moment before, between and behind them."""

    def __init__(self, stream: Any, moments: Moments) -> None:
        self._stream, self._moments = stream, moments

    def __enter__(self) -> _Halves:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, content: bytes) -> None:
        half = len(content) // 2
        for name, part in (("empty file", content[:half]), ("half a file", content[half:])):
            self._moments.pass_one(name)
            self._stream.write(part)
            self._stream.flush()


def _named(statement: str) -> str:
    words = statement.split()
    verb = words[0].lower()
    after = {"insert": "into", "update": "update", "delete": "from", "select": "from"}.get(verb, "")
    lower = [word.lower() for word in words]
    table = words[lower.index(after) + 1] if after in lower else ""
    return f"{verb} {table}".strip()


def import_documents(engine: Engine, clerk: Identity) -> None:
    """Import the exports of the demo company."""
    path = carried("resources") / "demo" / "source_document_export.xlsx"
    with engine.acting(clerk) as act:
        play(import_steps(act, engine.catalogue.document("source_document"), path))


def order_notes(engine: Engine, clerk: Identity) -> None:
    """Order every audited note."""
    document = engine.catalogue.document("bonded_note")
    with engine.acting(clerk) as act:
        order(act, document, audited(act, document))


#: The acts a machine may stop in, by name.
ACTS: dict[str, Callable[[Engine, Identity], object]] = {
    "import": import_documents,
    "order": order_notes,
    "send": hand_over,
    "receive": receive,
}


def done(home: Home, act: str, at: int = 0) -> list[str]:
    """Do an act on a data folder and return the moments it passed; killed at moment ``at``."""
    engine = open_engine(home)
    with engine.acting(SYSTEM) as work:
        clerk = engine.catalogue.users.identity(work.facts, demo.ACCOUNT)
    if act == "receive":
        assert engine.counterpart is not None
        engine.counterpart()
    moments = Moments(at)
    moments.watch(engine)
    ACTS[act](replace(engine, counterpart=None), clerk)
    return moments.names
