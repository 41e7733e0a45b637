"""Run as a program: orders one audited note and hands it over once a gate file appears, beside another of its kind.

``python racing_clerk.py HOME NUMBER GATE``; prints ``ready`` when it waits and what became of it.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from bondesk.app import open_engine
from bondesk.base.errors import Refused
from bondesk.engine.engine import SYSTEM
from bondesk.engine.sending import audited, hand_over, order
from bondesk.settings import Home


def main() -> None:
    home, number, gate = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    engine = open_engine(Home(home))
    with engine.acting(SYSTEM) as act:
        clerk = engine.catalogue.users.identity(act.facts, "zhidan")
    document = engine.catalogue.document("bonded_note")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    deadline = time.monotonic() + 50
    while not gate.exists() and time.monotonic() < deadline:
        time.sleep(0.001)
    try:
        with engine.acting(clerk) as act:
            order(act, document, audited(act, document, [number]))
        sys.stdout.write("ordered\n")
    except Refused as problem:
        sys.stdout.write(f"{problem}\n")
    sys.stdout.write(f"{hand_over(engine, clerk)}\n")
    engine.store.dispose()


if __name__ == "__main__":
    main()
