"""Places a test can really make read-only, full or foreign: a small memory volume where mounting is allowed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def _run(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@contextmanager
def small_volume(place: Path, size: str = "256k") -> Iterator[Path]:
    """Mount a memory volume of ``size`` at ``place``; skips where that is not allowed."""
    place.mkdir(parents=True, exist_ok=True)
    if not _run("mount", "-t", "tmpfs", "-o", f"size={size}", "bondesk-test", str(place)):
        pytest.skip("this machine does not let the test mount a volume")
    try:
        yield place
    finally:
        _run("umount", "-l", str(place))


@contextmanager
def read_only(place: Path) -> Iterator[None]:
    """Make a folder read-only: by its rights, or, for the superuser whom rights do not stop, by its volume."""
    if os.geteuid() != 0:
        before = place.stat().st_mode
        place.chmod(0o555)
        try:
            yield
        finally:
            place.chmod(before)
        return
    bound = _run("mount", "--bind", str(place), str(place)) and _run("mount", "-o", "remount,bind,ro", str(place))
    if not bound:
        _run("umount", "-l", str(place))
        pytest.skip("the superuser cannot be kept from writing without mounting")
    try:
        yield
    finally:
        _run("umount", "-l", str(place))
