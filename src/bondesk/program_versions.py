"""Which program starts: the installed one, or a newer one unpacked below the data folder. Standard library only.

``versions/X`` holds the unpacked wheel X, ``versions/current.json`` names the one that is to run and the one before it.
It is switched in one rename; a folder that is not what it was when it was verified is not run.
"""

from __future__ import annotations

import hashlib
import json
import os
import runpy
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

#: Where the versions of this process lie; a process it starts (练习模式) runs the same program.
VARIABLE = "BONDESK_VERSIONS"
POINTER, TROUBLE = "current.json", "trouble.txt"
#: The list of a version's files with their digests, and what one carries in its process.
FILES, _RUNNING = "FILES", f"{VARIABLE}_RUNNING"


@dataclass(frozen=True)
class Pointer:
    """The version to run ("" = the installed program), the digest of its list of files, and what ran before."""

    version: str = ""
    files: str = ""
    before: str = ""
    before_files: str = ""


def versions_of(home: Path) -> Path:
    """Return where the versions of a data folder lie."""
    chosen = os.environ.get(VARIABLE)
    return Path(chosen) if chosen else home / "versions"


def read_pointer(versions: Path) -> Pointer:
    """Return what is to run; the installed program when nothing readable says otherwise."""
    try:
        told = json.loads((versions / POINTER).read_text(encoding="utf-8"))
        return Pointer(**{name: str(told.get(name, "")) for name in asdict(Pointer())})
    except (OSError, ValueError, AttributeError):
        return Pointer()


def write_pointer(versions: Path, pointer: Pointer) -> None:
    """Switch to another version in one rename."""
    versions.mkdir(parents=True, exist_ok=True)
    fresh = versions / f"{POINTER}.new"
    with fresh.open("w", encoding="utf-8") as stream:
        json.dump(asdict(pointer), stream)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(fresh, versions / POINTER)


def list_files(folder: Path) -> str:
    """Write down every file of a verified version with its digest, and return the digest of that list."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    lines = [f"{sha256_of(folder / name)} {name}\n" for name in names if name != FILES]
    with (folder / FILES).open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(lines)
        stream.flush()
        os.fsync(stream.fileno())
    return sha256_of(folder / FILES)


def wrong_file(folder: Path, digest: str) -> str:
    """Say which file of a version is not as it was verified, "" when all are; nothing may have come beside them."""
    try:
        if sha256_of(folder / FILES) != digest:
            return FILES
        lines = (folder / FILES).read_text(encoding="utf-8").splitlines()
        listed = {name: known for known, _space, name in (line.partition(" ") for line in lines)}
        root = str(folder)
        for place, _folders, files in os.walk(root):
            inner = os.path.relpath(place, root).replace(os.sep, "/")
            for file in files:
                name = file if inner == "." else f"{inner}/{file}"
                if name != FILES and name not in listed:
                    return name
        return next((name for name, known in listed.items() if not _holds(folder / name, known)), "")
    except (OSError, ValueError):
        return FILES


def _holds(path: Path, known: str) -> bool:
    try:
        return sha256_of(path) == known
    except OSError:
        return False


def sha256_of(path: Path) -> str:
    """Return the digest of a file in hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def numbers(version: str) -> tuple[int, ...]:
    """Return a version as numbers that compare; () when it is none.

    >>> numbers("0.10.0") > numbers("0.9.1"), numbers("x")
    (True, ())
    """
    try:
        return tuple(int(part) for part in version.split("."))
    except ValueError:
        return ()


def chosen(versions: Path, installed: str) -> Path | None:
    """Return the folder of the newer program that is to run; None for the installed one.

    What cannot be run is written to ``trouble.txt``, which the login window shows once.
    """
    pointer = read_pointer(versions)
    if not pointer.version or numbers(pointer.version) <= numbers(installed):
        return None
    folder = versions / pointer.version
    wrong = wrong_file(folder, pointer.files)
    if not wrong:
        return folder
    _tell(versions, f"新版本 {pointer.version} 的文件已损坏（{wrong}），没有运行；现在是原来的版本 {installed}")
    return None


def _tell(versions: Path, text: str) -> None:
    try:
        (versions / TROUBLE).write_text(text, encoding="utf-8")
    except OSError:
        return


def trouble(versions: Path) -> str:
    """Return what kept the newer program from running at the last start, once."""
    try:
        text = (versions / TROUBLE).read_text(encoding="utf-8")
        (versions / TROUBLE).unlink()
    except OSError:
        return ""
    return text


def run_newer(home: Path, installed: str, arguments: Sequence[str]) -> None:
    """Run the newer program in this process when there is one, and end with it; else return.

    Going back must work when the newer program does not: ``update-program --back`` is never handed on.
    """
    versions, mine = versions_of(home), str(os.getpid())
    if "--back" in arguments or os.environ.get(_RUNNING) == mine:
        return
    folder = chosen(versions, installed)
    if folder is None:
        return
    os.environ[VARIABLE], os.environ[_RUNNING] = str(versions.resolve()), mine
    sys.dont_write_bytecode = True  # nothing may come beside what was verified
    sys.path.insert(0, str(folder))
    for name in [one for one in sys.modules if one == "bondesk" or one.startswith("bondesk.")]:
        del sys.modules[name]
    runpy.run_module("bondesk", run_name="__main__", alter_sys=True)
    raise SystemExit(0)
