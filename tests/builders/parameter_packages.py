"""Signed update packages of the code tables, made by the publisher's own tool, and their way into an office."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bondesk.app import SignedReleases
from bondesk.engine import code_updating
from bondesk.engine.engine import Engine

TOOL = Path(__file__).resolve().parents[2] / "packaging" / "parameters.py"
_spec = importlib.util.spec_from_file_location("parameters_tool", TOOL)
assert _spec is not None
assert _spec.loader is not None
tool = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(tool)

KEY = Ed25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
DELTA = "code,name,valid_from,valid_to,change\n"


def package(tables: Mapping[str, str], version: str = "2025.01", **more: Any) -> bytes:
    manifest = {"version": version, "key": "test", "created": "2025-01-01", "effective_from": "2025-02-01", **more}
    made: bytes = tool.packed({name: text.encode() for name, text in tables.items()}, manifest, KEY)
    return made


def key_folder(folder: Path) -> Path:
    """Make a folder that trusts :data:`KEY`."""
    folder.mkdir(exist_ok=True)
    (folder / "test.pub").write_bytes(PUBLIC)
    return folder


def trusting(engine: Engine, keys: Path, **ports: Any) -> Engine:
    """Return the engine with other trusted keys and ports."""
    return replace(engine, releases=SignedReleases(keys), **ports)


def silent(_text: str, _done: int, _total: int) -> None:
    """Show nothing."""


def update_codes(engine: Engine, content: bytes, keys: Path) -> tuple[str, dict[str, dict[str, int]]]:
    """Apply a package; return its version and the counts per table (empty = it was installed already)."""
    trusted = trusting(engine, keys)
    prepared = code_updating.prepare(trusted, content, silent)
    if prepared.changes is None:
        return prepared.package.version, {}
    done = code_updating.apply(trusted, prepared, silent)
    counts = {}
    for one in done.changes.tables:
        told = {"add": one.added, "change": one.changed, "close": one.closed}
        counts[one.table] = {what: count for what, count in told.items() if count}
    return done.version, counts
