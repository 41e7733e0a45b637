"""What was pre-entered at the rehearsal customs: the packages it took, with the numbers it gave."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from bondesk.adapters.pre_entry_package import Manifest, read_zip

FOLDER = "预录入"
#: Where the serial part of the numbers begins: such numbers are never customs' own.
_FIRST = 90_000_000_000_000


class NotTaken(Exception):
    """A package that is not taken, with the reason in Chinese."""


class PreEntryShelf:
    """The packages of one rehearsal folder, a zip and its description for each."""

    def __init__(self, root: Path, clock: Callable[[], datetime]) -> None:
        """Keep packages under ``root``."""
        self._folder, self._clock, self._lock = root / FOLDER, clock, threading.Lock()

    def fresh(self, key: str) -> Path:
        """Return where a package is written while it comes in."""
        if len(key) != 32 or not key.isalnum() or not key.isascii():
            raise NotTaken("上传标识不对")
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder / f".{key}.{threading.get_ident()}.part"

    def take(self, key: str, came: Path) -> str:
        """Check what came and return its number: the same for the same key; ``NotTaken`` says what is wrong."""
        try:
            manifest = read_zip(came)
        except ValueError as problem:
            raise NotTaken(str(problem)) from problem
        if manifest.key != key:
            raise NotTaken("资料包的上传标识与请求不符")
        with self._lock:
            return self._take(manifest, came)

    def _take(self, manifest: Manifest, came: Path) -> str:
        known = self._known()
        number = next((one["pre_entry_no"] for one in known if one["key"] == manifest.key), "")
        if number:
            return number
        same = [one for one in known if (one["kind"], one["number"]) == (manifest.kind, manifest.number)]
        if same and not manifest.again:
            raise NotTaken(f"{manifest.kind} {manifest.number} 已预录入（{same[-1]['pre_entry_no']}），重复的没有收下")
        number = same[-1]["pre_entry_no"] if same else f"{self._clock():%Y}{_FIRST + len(known) + 1:014d}"
        told = {"key": manifest.key, "kind": manifest.kind, "number": manifest.number, "pre_entry_no": number}
        os.replace(came, self._folder / f"{manifest.key}.zip")
        fresh = self._folder / f".{manifest.key}.json"
        fresh.write_text(json.dumps({**told, "turn": len(known)}, ensure_ascii=False), encoding="utf-8")
        os.replace(fresh, self._folder / f"{manifest.key}.json")
        return number

    def _known(self) -> list[dict[str, str]]:
        found = [json.loads(path.read_text(encoding="utf-8")) for path in self._folder.glob("[!.]*.json")]
        return sorted(found, key=lambda one: int(one["turn"]))
