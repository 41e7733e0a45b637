"""A copy of the embedded database before a newer program changes its structure: the way back to the older program."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from bondesk.base.errors import OutsideFailure
from bondesk.engine.schema import HEAD, present_revision, refuse_newer
from bondesk.engine.store import Store, china_now

#: Copies that are kept, one of each structure; older ones go.
_KEPT = 5


def keep_before_migration(store: Store, folder: Path, migrations: Path) -> Path | None:
    """Copy the database into ``folder`` when it is about to be migrated and return where.

    ``OutsideFailure`` when that is impossible: nothing is migrated then. A server's database is its keeper's to copy.
    A database that a newer program changed is refused, not copied: trying again and again would push out the one copy
    that leads back.
    """
    file = Path(store.sql.url.database or "")
    if not store.is_sqlite or not file.exists():
        return None
    revision = present_revision(store)
    if revision in ("", HEAD):
        return None
    refuse_newer(revision, migrations)
    kept_as = _kept_as(file)
    target = folder / f"{kept_as}-{revision}-{china_now():%Y%m%d%H%M%S}.sqlite"
    part = target.with_suffix(".part")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(part)) as copy:
            source.backup(copy)
        os.replace(part, target)
        _clear(folder, kept_as)
    except (OSError, sqlite3.Error) as problem:
        part.unlink(missing_ok=True)
        raise OutsideFailure(
            f"升级数据结构之前不能备份到 {folder}：{problem}。数据没有改变，请检查磁盘空间和权限后再登录"
        ) from problem
    return target


def _kept_as(file: Path) -> str:
    """Return what copies of a database are called: databases of one name in two folders share no copies."""
    return f"{file.stem}-{hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:8]}"


def _clear(folder: Path, stem: str) -> None:
    """Keep the newest copy of each structure: a migration that fails at every start must not push the others out."""
    newest: dict[str, Path] = {}
    for copy in sorted(folder.glob(f"{stem}-*.sqlite"), key=lambda one: one.name.rpartition("-")[2], reverse=True):
        if newest.setdefault(copy.name.rpartition("-")[0], copy) != copy or len(newest) > _KEPT:
            copy.unlink()
