"""Run as a program: does one act on a data folder and kills itself (SIGKILL) at the N-th instrumented moment.

``python killed_act.py HOME ACT N``; ACT is import, order, send or receive. Moments are SQL statements, fsyncs and
renames: the places between which a machine can stop. Exits 0 when the act ended before the N-th moment.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bondesk import demo
from bondesk.adapters import gateway_folder
from bondesk.app import open_engine
from bondesk.base.steps import play
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.importing import import_steps
from bondesk.engine.receiving import receive
from bondesk.engine.sending import audited, hand_over, order
from bondesk.settings import Home, carried


class Moments:
    """Counts down and kills the process at zero, before the moment's own work is done."""

    def __init__(self, left: int) -> None:
        self.left = left

    def pass_one(self, *_: Any, **__: Any) -> None:
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def instrument(engine: Engine, moments: Moments) -> None:
    """Count SQL statements, commits, fsyncs and renames."""
    event.listen(engine.store.sql, "before_cursor_execute", moments.pass_one)
    event.listen(engine.store.sql, "commit", moments.pass_one)
    real_replace, real_fsync = os.replace, os.fsync

    def replace(source: Any, target: Any) -> None:
        moments.pass_one()
        real_replace(source, target)
        moments.pass_one()

    def fsync(handle: int) -> None:
        moments.pass_one()
        real_fsync(handle)

    gateway_folder.os.replace = replace  # type: ignore[attr-defined]
    gateway_folder.os.fsync = fsync  # type: ignore[attr-defined]


def main() -> None:
    """Do the act."""
    home, act_name, left = Home(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
    engine = open_engine(home)
    with engine.acting(SYSTEM) as act:
        clerk = engine.catalogue.users.identity(act.facts, demo.ACCOUNT)
    if act_name == "receive":
        assert engine.counterpart is not None
        engine.counterpart()
        engine = open_engine_without_counterpart(engine)
    instrument(engine, Moments(left))
    match act_name:
        case "import":
            path = carried("resources") / "demo" / "source_document_export.xlsx"
            with engine.acting(clerk) as act:
                play(import_steps(act, engine.catalogue.document("source_document"), path))
        case "order":
            document = engine.catalogue.document("bonded_note")
            with engine.acting(clerk) as act:
                order(act, document, audited(act, document))
        case "send":
            hand_over(engine, clerk)
        case "receive":
            receive(engine, clerk)


def open_engine_without_counterpart(engine: Engine) -> Engine:
    """The customs has answered; only our own moments count."""
    from dataclasses import replace

    return replace(engine, counterpart=None)


if __name__ == "__main__":
    main()
