"""Other copies of the program: children of the test process, which need no interpreter and no import of their own.

A child opens its own database and shares nothing with its parent but the files; it ends by a signal or at once.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.synchronize import Barrier

import pytest

#: Children that take longer hang.
_PATIENCE = 60.0

needs_fork = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither fork nor SIGKILL")


class Child:
    """A process that does ``work`` and tells what it returned."""

    def __init__(self, work: Callable[[], str]) -> None:
        """Start it."""
        self._reading, writing = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            _live(work, writing)
        os.close(writing)

    def ended(self) -> tuple[int, str]:
        """Wait for the end: its exit code, negative for a signal, and what it told, or why it failed."""
        told = bytearray()
        deadline = time.monotonic() + _PATIENCE
        try:
            while True:
                ready, _w, _x = select.select([self._reading], [], [], max(0.0, deadline - time.monotonic()))
                if not ready:
                    os.kill(self.pid, signal.SIGKILL)
                    told += b" (hangs)"
                    break
                if not (part := os.read(self._reading, 65536)):
                    break
                told += part
        finally:
            os.close(self._reading)
            _pid, status = os.waitpid(self.pid, 0)
        return os.waitstatus_to_exitcode(status), told.decode(errors="replace")


def _live(work: Callable[[], str], writing: int) -> None:
    """The child's whole life; what it inherited is neither collected nor closed."""
    gc.freeze()
    code = 1
    with suppress(BaseException):
        try:
            told, code = work(), 0
        except BaseException:  # noqa: BLE001
            told = traceback.format_exc()
        os.write(writing, told.encode()[:60_000])
    os._exit(code)


def killed(work: Callable[[], str]) -> None:
    """Let a child do ``work`` until it is killed; it is a failure of the test when it is not."""
    code, told = Child(work).ended()
    assert code == -signal.SIGKILL, f"{code} {told}"


def barrier(parties: int) -> Barrier:
    """Return a place at which so many processes wait for each other; nobody waits for ever."""
    return multiprocessing.get_context("fork").Barrier(parties, timeout=_PATIENCE)
