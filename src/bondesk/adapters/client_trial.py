"""测试 of the client's folders: every box is really tried, without leaving anything the client could send.

A probe is an empty file called ``.bondesk-….tmp``, a name the client ignores (declaration reference 1).
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path

from bondesk.adapters.folder_words import spelled
from bondesk.adapters.gateway_folder import ARCHIVE, STAGING
from bondesk.base.client_folders import BOXES, BoxTrial, FormFolders, TrialState
from bondesk.base.file_words import reason_of

#: Free space below which the test warns, and below which nothing should be sent, in bytes.
SCARCE, TOO_LITTLE = 500 << 20, 20 << 20
Judged = tuple[TrialState, str]


def try_folders(forms: Sequence[FormFolders]) -> tuple[BoxTrial, ...]:
    """Try every box that has a path, in order; never raises for what is wrong with one."""
    return tuple(trial for form in forms if form.used for trial in _try_form(form))


def _try_form(form: FormFolders) -> Iterator[BoxTrial]:
    for key, box in BOXES.items():
        written = getattr(form, key)
        if written:
            yield BoxTrial(form.form, box, *_try_box(key, spelled(Path(written))))
        elif key in {"outbox", "inbox"}:
            lost = "这类单据不能发送" if key == "outbox" else "这类回执只能从其他 InBox 接收"
            yield BoxTrial(form.form, box, "warn", f"没有填写，{lost}")


def _try_box(key: str, path: Path) -> Judged:
    try:
        if not path.is_dir():
            missing = "不是目录" if path.exists() else "目录不存在"
            return ("bad" if key in {"outbox", "inbox"} else "warn"), f"{missing}：{path}"
        next(path.iterdir(), None)
        if key == "outbox":
            return _try_way(path.parent / STAGING, path, path)
        if key == "inbox":
            return _try_way(path, path.parent / ARCHIVE, path)
    except OSError as problem:
        return "bad", f"不能读取：{path}（{reason_of(problem)}）"
    return "good", "存在，可以读取"


def _try_way(source: Path, target: Path, box: Path) -> Judged:
    """Move a probe from ``source`` to ``target`` in one rename, as messages and receipts will be."""
    own = target if source == box else source
    probe = f".bondesk-{uuid.uuid4().hex[:8]}.tmp"
    made = not own.exists()
    try:
        own.mkdir(exist_ok=True)
    except OSError as problem:
        return "bad", f"不能在旁边建立目录 {own.name}：{box.parent}（{reason_of(problem)}）"
    try:
        return _moved(source, target, own, box, probe)
    finally:
        if made:
            _remove(own)


def _moved(source: Path, target: Path, own: Path, box: Path, probe: str) -> Judged:
    if own.stat().st_dev != box.stat().st_dev:
        return "bad", f"与 {own} 不在同一磁盘，文件不能整体移动；请选择同一磁盘上的目录"
    try:
        (source / probe).touch()
        os.replace(source / probe, target / probe)
        (target / probe).unlink()
    except OSError as problem:
        for place in (source, target):
            _forget(place / probe)
        return "bad", f"不能写入或移动文件：{box}（{reason_of(problem)}）"
    return _space(box)


def _remove(folder: Path) -> None:
    """Take away a folder made for the trial, unless something came into it meanwhile."""
    try:
        folder.rmdir()
    except OSError:
        return


def _forget(probe: Path) -> None:
    try:
        probe.unlink(missing_ok=True)
    except OSError:
        return


def _space(box: Path) -> Judged:
    free = shutil.disk_usage(box).free
    told = f"{free / (1 << 30):.1f} GB" if free >= 1 << 30 else f"{free >> 20} MB"
    if free < TOO_LITTLE:
        return "bad", f"可以写入，但磁盘几乎已满，剩余 {told}；请先清理磁盘"
    if free < SCARCE:
        return "warn", f"可以写入和移动，磁盘剩余 {told}，请留意"
    return "good", f"可以写入和移动，同一磁盘，剩余 {told}"
