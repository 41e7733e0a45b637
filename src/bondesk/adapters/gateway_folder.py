"""The folders of the Single Window client (message reference 9): never a torn file, never a guess.

Outgoing files are written and fsynced in our own folder beside the OutBox, on the same volume, and moved
in with one rename. Incoming files are taken only when complete.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from bondesk.base.errors import OutsideFailure
from bondesk.engine.ports import Incoming

FORMS = ("Nems", "Npts", "Sas", "Others", "Deccus001")
STAGING, ARCHIVE, QUARANTINE = "BondeskStaging", "BondeskArchive", "BondeskQuarantine"
_SEEN_IN = ("OutBox", "SentBox", "FailBox", "TempBox")
_ENDS = (
    b"</Package>",
    b"</CommonResponeMessage>",
    b"</Root>",
    b":Package>",
    b"</DEC_RESULT>",
    b"</DEC_DATA>",
    b"</DecImportResponse>",
    b":DecImportResponse>",
    b"</DxpMsg>",
    b":DxpMsg>",
)


class GatewayFolders:
    """Gateway over ``<root>/<Form>/{OutBox,InBox,SentBox,FailBox,TempBox}``."""

    def __init__(self, root: Path, settled_after: float = 2.0) -> None:
        """Use the client's ``root``; a file without a closing root tag waits until it is
        ``settled_after`` seconds old and has not grown since it was last seen.
        """
        self._root = root
        self._settled_after = settled_after
        self._sizes: dict[Path, tuple[int, int]] = {}

    def stage(self, folder: str, name: str, content: bytes) -> None:
        """Write and fsync the file beside the OutBox."""
        self._outbox(folder)
        staging = self._form(folder) / STAGING
        with _outside(staging), self._locked(folder):
            staging.mkdir(exist_ok=True)
            written = staging / f"{name}.part"
            with written.open("wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(written, staging / name)
            _sync_folder(staging)

    def staged(self, folder: str, name: str) -> bool:
        """Tell whether the file still waits beside the OutBox."""
        return (self._form(folder) / STAGING / name).exists()

    def release(self, folder: str, name: str) -> None:
        """Move the staged file into the OutBox in one rename."""
        outbox = self._outbox(folder)
        with _outside(outbox), self._locked(folder):
            os.replace(self._form(folder) / STAGING / name, outbox / name)
            _sync_folder(outbox)

    def seen(self, folder: str, stem: str) -> bool:
        """Tell whether the client's folders show that it has had the file."""
        base = self._form(folder)
        with _outside(base):
            names = [f"{stem}{end}" for end in (".zip", ".xml")]
            if any((base / box / name).exists() for box in _SEEN_IN for name in names):
                return True
            if any(next((base / "FailBox").glob(f"*/{name}"), None) for name in names):  # dated sub-folders
                return True
            boxes = (base / "InBox", base / ARCHIVE)
            return any(stem in path.name for box in boxes if box.is_dir() for path in box.iterdir())

    def incoming(self) -> Sequence[Incoming]:
        """Return the complete files of all InBoxes, oldest first."""
        if not self._root.is_dir():
            raise OutsideFailure(f"单一窗口客户端目录不存在：{self._root}。请检查设置或网络盘，恢复后会继续")
        found: list[Incoming] = []
        for folder, box in self._inboxes():
            with _outside(box):
                for path in sorted(box.iterdir()):
                    if path.is_file() and path.suffix.lower() != ".tmp":
                        found.extend(self._complete(folder, path))
        return sorted(found, key=lambda incoming: (incoming.modified, incoming.name))

    def settle(self, incoming: Incoming, quarantine: bool) -> None:
        """Move a dealt-with file into the archive or the quarantine; a file already gone is fine."""
        box = self._root / incoming.folder
        target = box.parent / (QUARANTINE if quarantine else ARCHIVE)
        with _outside(target):
            target.mkdir(exist_ok=True)
            try:
                os.replace(box / incoming.name, _free_name(target / incoming.name))
            except FileNotFoundError:
                return

    def _form(self, folder: str) -> Path:
        """Return a form's folder as the client spells it (Windows does not care, other systems do)."""
        exact = self._root / folder
        if exact.is_dir() or not self._root.is_dir():
            return exact
        named = (one for one in self._root.iterdir() if one.name.casefold() == folder.casefold() and one.is_dir())
        return next(named, exact)

    def _outbox(self, folder: str) -> Path:
        outbox = self._form(folder) / "OutBox"
        if not outbox.is_dir():
            raise OutsideFailure(f"单一窗口客户端目录不存在：{outbox}。单据保持待发送，目录恢复后再发送")
        return outbox

    def _inboxes(self) -> Iterator[tuple[str, Path]]:
        for form in FORMS:
            spelled = self._form(form).name
            for part in (f"{spelled}/InBox", f"{spelled}/InBox/INV"):
                box = self._root / part
                if box.is_dir():
                    yield part, box

    def _complete(self, folder: str, path: Path) -> Iterator[Incoming]:
        try:
            facts = path.stat()
            content = path.read_bytes()
        except FileNotFoundError:
            return
        whole = content.rstrip().endswith(_ENDS)
        size = (facts.st_size, facts.st_mtime_ns)
        still = self._sizes.get(path) == size
        self._sizes[path] = size
        old = time.time() - facts.st_mtime >= self._settled_after
        if len(content) == facts.st_size and (whole or (still and old)):
            self._sizes.pop(path, None)
            yield Incoming(folder, path.name, content, datetime.fromtimestamp(facts.st_mtime))

    @contextmanager
    def _locked(self, folder: str) -> Iterator[None]:
        try:
            with FileLock(self._form(folder) / ".bondesk.lock", timeout=30):
                yield
        except Timeout:
            raise OutsideFailure(f"客户端目录 {folder} 正被另一个保税台使用，请稍后再试") from None


@contextmanager
def _outside(place: Path) -> Iterator[None]:
    """Turn a failure of the file system into a sentence that names the place."""
    try:
        yield
    except OSError as problem:
        raise OutsideFailure(
            f"客户端目录不能读写：{place}（{problem.strerror or problem}）。单据保持原状态，恢复后再试"
        ) from problem


def _sync_folder(folder: Path) -> None:
    """Make a rename durable; Windows has no handle for it and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _free_name(path: Path) -> Path:
    """Return ``path`` or, when it is taken, a name with a number, so that nothing is overwritten."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}~{number}{path.suffix}")
    return free
