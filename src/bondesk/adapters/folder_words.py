"""What every adapter over folders needs: failures in the user's words, spellings as on disk, durable renames."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bondesk.base.errors import OutsideFailure
from bondesk.base.file_words import reason_of


@contextmanager
def outside(place: Path, meanwhile: str) -> Iterator[None]:
    """Turn a failure of the file system into a sentence that names the place and what happens ``meanwhile``."""
    try:
        yield
    except OSError as problem:
        raise OutsideFailure(f"客户端目录不能读写：{place}（{reason_of(problem)}）。{meanwhile}") from problem


def spelled(path: Path) -> Path:
    """Return a path as it is spelled on disk: Windows does not care about case, other systems do."""
    if os.name == "nt" or path.exists() or path.parent == path:
        return path
    parent = spelled(path.parent)
    try:
        return next(
            (one for one in parent.iterdir() if one.name.casefold() == path.name.casefold()), parent / path.name
        )
    except OSError:
        return parent / path.name


def sync_folder(folder: Path) -> None:
    """Make a rename durable; Windows has no handle for it and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
