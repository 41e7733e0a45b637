"""Makes update packages of the code tables from a folder of CSV files, and the keys that sign them.

``parameters.py key FILE`` makes a private key beside its public half; ``parameters.py pack FOLDER OUT --key FILE
--version 2025.01.2 --effective 2025-01-01`` packs and writes ``codes.json`` for a web server. A CSV with a column
``change`` is a delta. The stem of the key file names the key; its ``.pub`` belongs into resources/codes/keys of the
next program.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import os
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def make_key(path: Path) -> None:
    """Write a private key (readable by its owner only) and ``.pub`` beside it; an existing key is never replaced."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(private)
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    path.with_suffix(".pub").write_bytes(public)


def packed(tables: dict[str, bytes], manifest: dict[str, Any], key: Ed25519PrivateKey) -> bytes:
    """Return the signed zip of CSV texts by table name."""
    listed = []
    for name, content in sorted(tables.items()):
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
        entry = {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "rows": len(list(reader))}
        listed.append({**entry, "delta": "change" in (reader.fieldnames or ())})
    text = json.dumps({"format": 1, **manifest, "tables": listed}, ensure_ascii=False, indent=1).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", text)
        archive.writestr("manifest.sig", key.sign(text))
        for name, content in sorted(tables.items()):
            archive.writestr(f"{name}.csv", content)
    return out.getvalue()


def index(version: str, file: str, content: bytes) -> dict[str, Any]:
    """Return what ``codes.json`` beside the package on a web server says of it."""
    return {"version": version, "file": file, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def main() -> int:
    """Make a key or a package."""
    top = argparse.ArgumentParser(description=__doc__)
    verbs = top.add_subparsers(dest="verb", required=True)
    verbs.add_parser("key").add_argument("file", type=Path)
    pack = verbs.add_parser("pack")
    pack.add_argument("folder", type=Path)
    pack.add_argument("out", type=Path)
    pack.add_argument("--key", type=Path, required=True)
    pack.add_argument("--version", required=True)
    pack.add_argument("--effective", type=date.fromisoformat, required=True)
    pack.add_argument("--requires", default="0")
    pack.add_argument("--notes", default="")
    given = top.parse_args()
    if given.verb == "key":
        make_key(given.file)
        return 0
    key = serialization.load_pem_private_key(given.key.read_bytes(), None)
    assert isinstance(key, Ed25519PrivateKey)
    manifest = {
        "version": given.version,
        "key": given.key.stem,
        "created": date.today().isoformat(),
        "effective_from": given.effective.isoformat(),
        "requires": given.requires,
        "notes": given.notes,
    }
    tables = {path.stem: path.read_bytes() for path in given.folder.glob("*.csv")}
    file = f"bondesk-codes-{given.version}.zip"
    content = packed(tables, manifest, key)
    (given.out / file).write_bytes(content)
    (given.out / "codes.json").write_text(json.dumps(index(given.version, file, content), indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
