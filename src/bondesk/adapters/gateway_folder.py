"""The folders of the Single Window client (message reference 9): never a torn file, never a guess.

Outgoing files are written and fsynced in our own folder beside the OutBox, on the same volume, and moved
in with one rename. Incoming files are taken only when complete. The map of folders is asked for anew at every
use, so that a change in 客户端目录 counts at once.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from bondesk.adapters.folder_words import outside, spelled, sync_folder
from bondesk.adapters.xml.parser import MAX_BYTES
from bondesk.base.client_folders import FORMS, FormFolders, below
from bondesk.base.errors import OutsideFailure
from bondesk.base.file_words import reason_of
from bondesk.engine.ports import Arrival, Arrivals

STAGING, ARCHIVE, QUARANTINE = "BondeskStaging", "BondeskArchive", "BondeskQuarantine"
#: In the order in which the client moves a message on, so that one that moves while we look is met all the same.
_LOOKED_INTO = ("outbox", "tempbox", "sentbox", "failbox")
#: The first start tag behind declaration, comments and processing instructions, as it is written.
_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?>(?:<\?(?>.*?\?>)\s*|<!--(?>.*?-->)\s*|<!DOCTYPE(?>[^\[>]*)(?>(?:\[.*?\]\s*)?)>\s*)*)<([^\s/>!?]+)",
    re.DOTALL,
)
#: Bytes in which the root tag stands, and in which the last tag does.
_HEAD, _TAIL = 4096, 512
#: Where the map of folders comes from.
Folders = Callable[[], Sequence[FormFolders]]


def folders_below(root: Path) -> tuple[FormFolders, ...]:
    """Return the forms that have a folder below ``root`` as the client spells them; all of them when none has."""
    try:
        names = {one.name.casefold(): one.name for one in root.iterdir() if one.is_dir()}
    except OSError:
        names = {}
    present = [names[form.casefold()] for form in FORMS if form.casefold() in names]
    return below(root, present) if present else below(root)


class GatewayFolders:
    """Gateway over the boxes of every form, each with its own path."""

    def __init__(self, folders: Folders, settled_after: float = 2.0) -> None:
        """Use the boxes ``folders`` gives; a file without its closing root tag waits until it is
        ``settled_after`` seconds old and has not grown since it was last seen.
        """
        self._folders = folders
        self._settled_after = settled_after
        self._sizes: dict[Path, tuple[tuple[int, int], float]] = {}

    @property
    def set_up(self) -> bool:
        """Tell whether there is any folder to work with."""
        return any(form.used for form in self._folders())

    def stage(self, folder: str, name: str, content: bytes) -> None:
        """Write and fsync the file beside the OutBox."""
        staging = _staging(self._outbox(folder))
        written = staging / f"{name}.part"
        with outside(staging, "单据保持待发送，恢复后自动继续"), self._locked(folder):
            staging.mkdir(exist_ok=True)
            try:
                with written.open("wb") as stream:
                    stream.write(content)
                    stream.flush()
                    os.fsync(stream.fileno())
                os.replace(written, staging / name)
            except OSError:
                _drop(written)
                raise
            sync_folder(staging)

    def staged(self, folder: str, name: str) -> bool:
        """Tell whether the file still waits beside the OutBox."""
        staging = _staging(self._outbox(folder))
        with outside(staging, "单据保持原状态，恢复后自动继续"):
            return staging.is_dir() and any(one.name == name for one in os.scandir(staging))

    def release(self, folder: str, name: str) -> None:
        """Move the staged file into the OutBox in one rename."""
        outbox = self._outbox(folder)
        with outside(outbox, "单据保持待发送，恢复后自动继续"), self._locked(folder):
            os.replace(_staging(outbox) / name, outbox / name)
            sync_folder(outbox)

    def seen(self, folder: str, stem: str) -> bool:
        """Tell whether the client's folders show that it has had the file."""
        outbox, form = self._outbox(folder), self._form(folder)
        named = re.compile(rf"(?<![0-9A-Za-z]){re.escape(stem)}(?![0-9A-Za-z-])")
        with outside(outbox, "单据保持原状态，恢复后自动继续"):
            for key in _LOOKED_INTO:
                box = _place(getattr(form, key))
                if box is not None and any((box / f"{stem}{end}").exists() for end in (".zip", ".xml")):
                    return True
                dated = [one for one in os.scandir(box) if one.is_dir()] if box is not None and key == "failbox" else []
                if any(Path(one.path, f"{stem}{end}").exists() for one in dated for end in (".zip", ".xml")):
                    return True
            inbox = _place(form.inbox)
            boxes = [] if inbox is None else [inbox, inbox.parent / ARCHIVE, inbox.parent / QUARANTINE]
            return any(named.search(one.name) for box in boxes if box.is_dir() for one in os.scandir(box))

    def arrivals(self) -> Arrivals:
        """Return what lies in the InBoxes, oldest first, with what kept an InBox from being read."""
        found: list[Arrival] = []
        problems: list[str] = []
        for folder, box in self._inboxes():
            try:
                found += [
                    Arrival(folder, entry.name, facts.st_size, datetime.fromtimestamp(facts.st_mtime), Path(entry.path))
                    for entry in os.scandir(box)
                    if entry.is_file() and not entry.name.lower().endswith(".tmp")
                    for facts in (entry.stat(),)
                ]
            except OSError as problem:
                problems.append(f"客户端的 InBox 不能读取：{box}（{reason_of(problem)}）。恢复后自动继续接收")
        return Arrivals(tuple(sorted(found, key=lambda one: (one.modified, one.name))), tuple(problems))

    def read(self, arrival: Arrival) -> bytes | None:
        """Return the bytes of a complete file, None while it is still written or when it is gone.

        Of a file larger than a receipt can be nothing is read: b"" once it has settled.
        """
        try:
            facts = arrival.path.stat()
            large = facts.st_size > MAX_BYTES
            content = b"" if large else arrival.path.read_bytes()
            after = arrival.path.stat()
        except OSError:
            return None
        size = (facts.st_size, facts.st_mtime_ns)
        moved = size != (after.st_size, after.st_mtime_ns) or not (large or len(content) == facts.st_size)
        if moved or not (self._rested(arrival.path, size, facts.st_mtime) or _whole(content)):
            return None
        self._sizes.pop(arrival.path, None)
        return content

    def settle(self, arrival: Arrival, quarantine: bool) -> None:
        """Move a dealt-with file into the archive or the quarantine; a file already gone is fine."""
        target = self._beside(arrival.folder) / (QUARANTINE if quarantine else ARCHIVE)
        with outside(target, "回执已经处理，文件留在 InBox，恢复后自动归档"):
            target.mkdir(exist_ok=True)
            try:
                os.replace(arrival.path, _free_name(target / arrival.name))
            except FileNotFoundError:
                return

    def refile(self, folder: str, name: str) -> None:
        """Move a file from the quarantine into the archive; one that is not there is fine."""
        beside = self._beside(folder)
        with outside(beside, "回执已经处理，文件留在隔离目录"):
            (beside / ARCHIVE).mkdir(exist_ok=True)
            try:
                os.replace(beside / QUARANTINE / name, _free_name(beside / ARCHIVE / name))
            except FileNotFoundError:
                return

    def _rested(self, path: Path, size: tuple[int, int], modified: float) -> bool:
        """Tell whether a file has not grown between two looks and for long enough, by its clock or by ours."""
        known, since = self._sizes.get(path, (None, 0.0))
        now = time.monotonic()
        if known != size:
            self._sizes[path] = (size, now)
            return False
        return max(now - since, time.time() - modified) >= self._settled_after

    def _form(self, folder: str) -> FormFolders:
        wanted = folder.casefold()
        for form in self._folders():
            if form.form.casefold() == wanted:
                return form
        title = FORMS.get(next((one for one in FORMS if one.casefold() == wanted), ""), "")
        raise OutsideFailure(
            f"客户端目录中没有设置 {folder}{f'（{title}）' if title else ''} 的 OutBox。"
            "单据保持待发送，请在「单一窗口 → 客户端目录」中设置"
        )

    def _outbox(self, folder: str) -> Path:
        written = self._form(folder).outbox
        if not written:
            raise OutsideFailure(
                f"客户端目录中 {folder} 没有填写 OutBox。单据保持待发送，请在「单一窗口 → 客户端目录」中设置"
            )
        outbox = spelled(Path(written))
        if not outbox.is_dir():
            raise OutsideFailure(f"单一窗口客户端目录不存在：{outbox}。单据保持待发送，目录恢复后自动继续")
        return outbox

    def _beside(self, folder: str) -> Path:
        """Return the folder that holds the InBox a receipt came by; of a form no longer set up, any one's."""
        wanted = folder.split("/", maxsplit=1)[0].casefold()
        forms = [form for form in self._folders() if form.inbox]
        chosen = next((one for one in forms if one.form.casefold() == wanted), forms[0] if forms else None)
        if chosen is None:
            raise OutsideFailure("客户端目录中没有任何 InBox，请在「单一窗口 → 客户端目录」中设置")
        return spelled(Path(chosen.inbox)).parent

    def _inboxes(self) -> Iterator[tuple[str, Path]]:
        """Give every InBox once, with the sub-folder some clients keep for bonded receipts (9.1)."""
        given: set[Path] = set()
        for form in self._folders():
            if not form.inbox:
                continue
            box = spelled(Path(form.inbox))
            if box not in given:
                given.add(box)
                yield f"{form.form}/InBox", box
                inner = spelled(box / "INV")
                if inner.is_dir():
                    yield f"{form.form}/InBox/INV", inner

    @contextmanager
    def _locked(self, folder: str) -> Iterator[None]:
        try:
            with FileLock(self._outbox(folder).parent / ".bondesk.lock", timeout=30):
                yield
        except Timeout:
            raise OutsideFailure(f"客户端目录 {folder} 正被另一个保税台使用，请稍后再试") from None


def _staging(outbox: Path) -> Path:
    return outbox.parent / STAGING


def _place(written: str) -> Path | None:
    """Return a box that is there."""
    box = spelled(Path(written)) if written else None
    return box if box is not None and box.is_dir() else None


def _whole(content: bytes) -> bool:
    """Tell whether a file ends with the closing tag of its own root, whatever the root is called."""
    root = _ROOT.match(content[:_HEAD])
    if root is None:
        return False
    last = content[-_TAIL:].rstrip().rpartition(b"</")[2]
    return last.endswith(b">") and last[:-1].rstrip() == root.group(1)


def _drop(path: Path) -> None:
    """Remove a file that could not be written whole; a folder that is away has none."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return


def _free_name(path: Path) -> Path:
    """Return ``path`` or, when it is taken, a name with a number, so that nothing is overwritten."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}~{number}{path.suffix}")
    return free
