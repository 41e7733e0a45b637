"""The code tables the program carries as CSV files, one per table."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path


def carried_tables(folder: Path) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Read every CSV under ``folder`` as (table name, rows by column name)."""
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield path.stem, list(csv.DictReader(stream))
