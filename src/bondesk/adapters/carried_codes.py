"""The code tables the program carries as CSV files, one per table, and ``release.json`` with their version."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path


def carried_tables(folder: Path) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Read every CSV under ``folder`` as (table name, rows by column name)."""
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield path.stem, list(csv.DictReader(stream))


def carried_release(folder: Path) -> tuple[str, date]:
    """Read the version of the carried tables and the day from which they hold."""
    told = json.loads((folder / "release.json").read_text(encoding="utf-8"))
    return told["version"], date.fromisoformat(told["effective_from"])
