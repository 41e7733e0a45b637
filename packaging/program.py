"""Signs a release of the program: ``program.json`` and ``program.sig`` beside a wheel, for a folder or a web server.

``program.py WHEEL OUT --key FILE --notes TEXT``; the key is made with ``parameters.py key FILE``. The stem of the key
file names the key; its ``.pub`` belongs into resources/program_keys of the program before.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def manifest_of(wheel: Path, key: str, notes: str, published: date) -> dict[str, Any]:
    """Return what is signed about a wheel."""
    content = wheel.read_bytes()
    return {
        "format": 1,
        "version": wheel.name.split("-")[1],
        "key": key,
        "published": published.isoformat(),
        "notes": notes,
        "file": wheel.name,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def carried_keys(wheel: Path) -> list[str]:
    """Return the names of the keys a wheel trusts: without its publisher's it refuses every later release."""
    with zipfile.ZipFile(wheel) as archive:
        names = [Path(one) for one in archive.namelist()]
    return [one.stem for one in names if one.parent.name == "program_keys" and one.suffix == ".pub"]


def release(wheel: Path, out: Path, key: Ed25519PrivateKey, name: str, notes: str, published: date) -> None:
    """Write a release into ``out``: the manifest last, so that nobody sees half of it."""
    out.mkdir(parents=True, exist_ok=True)
    if wheel.resolve().parent != out.resolve():
        shutil.copyfile(wheel, out / wheel.name)
    text = json.dumps(manifest_of(wheel, name, notes, published), ensure_ascii=False, indent=1).encode()
    (out / "program.sig").write_bytes(key.sign(text))
    (out / "program.json").write_bytes(text)


def main() -> int:
    """Sign one wheel."""
    top = argparse.ArgumentParser(description=__doc__)
    top.add_argument("wheel", type=Path)
    top.add_argument("out", type=Path)
    top.add_argument("--key", type=Path, required=True)
    top.add_argument("--notes", default="")
    given = top.parse_args()
    key = serialization.load_pem_private_key(given.key.read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    if not carried_keys(given.wheel):
        print(f"{given.wheel.name} carries no public key: it could never be updated itself", file=sys.stderr)
        return 1
    release(given.wheel, given.out, key, given.key.stem, given.notes, date.today())
    return 0


if __name__ == "__main__":
    sys.exit(main())
