"""Releases of the program for tests: this tree as a wheel of another version, and keys that sign it."""

from __future__ import annotations

import hashlib
import importlib.util
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ROOT = Path(__file__).resolve().parents[2]
CARRIED = ("resources", "migrations", "import_templates", "print_templates")
KEY = "trial"


def publisher() -> Any:
    """Return packaging/program.py, which signs releases."""
    spec = importlib.util.spec_from_file_location("program_packaging", ROOT / "packaging" / "program.py")
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def key_pair(folder: Path) -> Ed25519PrivateKey:
    """Make a key and put its public half into ``folder``."""
    key = Ed25519PrivateKey.generate()
    folder.mkdir(parents=True, exist_ok=True)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / f"{KEY}.pub").write_bytes(public)
    return key


def whole_tree(version: str) -> dict[str, bytes]:
    """Return the files of this program as another version."""
    files = {
        f"bondesk/{path.relative_to(ROOT / 'src' / 'bondesk').as_posix()}": path.read_bytes()
        for path in (ROOT / "src" / "bondesk").rglob("*.py")
    }
    for folder in CARRIED:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                files[f"bondesk/_carried/{path.relative_to(ROOT).as_posix()}"] = path.read_bytes()
    return files | {"bondesk/__init__.py": f'"""保税台。"""\n\n__version__ = "{version}"\n'.encode()}


def small_tree(version: str) -> dict[str, bytes]:
    """Return the least that starts: enough for what only looks at files."""
    names = ("cli", "window", "app")
    files = {f"bondesk/{name}.py": b'"""Nothing."""\n' for name in names}
    return files | {"bondesk/__init__.py": f'__version__ = "{version}"\n'.encode()}


def wheel(folder: Path, version: str, files: Mapping[str, bytes], requires: tuple[str, ...] = ()) -> Path:
    """Write a wheel with metadata and RECORD."""
    info = f"bondesk-{version}.dist-info"
    metadata = ["Metadata-Version: 2.4", "Name: bondesk", f"Version: {version}", "Requires-Python: <3.14,>=3.11"]
    metadata += [f"Requires-Dist: {one}" for one in requires]
    whole = {**files, f"{info}/METADATA": ("\n".join(metadata) + "\n").encode()}
    record = [f"{name},{digest(content)},{len(content)}" for name, content in whole.items()]
    whole[f"{info}/RECORD"] = ("\n".join([*record, f"{info}/RECORD,,"]) + "\n").encode()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"bondesk-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in whole.items():
            archive.writestr(name, content)
    return path


def digest(content: bytes) -> str:
    return "sha256=" + urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def released(out: Path, made: Path, key: Ed25519PrivateKey, notes: str = "新增数据预录入") -> None:
    """Sign a wheel as the publisher does."""
    publisher().release(made, out, key, KEY, notes, date(2026, 11, 20))
