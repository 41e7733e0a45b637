"""What an update package of the code tables holds once its signature and its hashes have been checked. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

ADD, CHANGE, CLOSE = "add", "change", "close"


@dataclass(frozen=True, slots=True)
class PackageTable:
    """One table by its columns' names; a ``delta`` says in column ``change`` what is done with each row."""

    name: str
    delta: bool
    rows: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class ParameterPackage:
    """One release of the code tables; a whole table closes what it does not hold from ``effective_from`` on."""

    version: str
    effective_from: date
    notes: str
    tables: tuple[PackageTable, ...]
    signer: str = ""


def version_numbers(version: str) -> tuple[int, ...]:
    """Return a version as numbers that compare; ``ValueError`` when it is none.

    >>> version_numbers("2025.01.10") > version_numbers("2025.01.2")
    True
    """
    return tuple(int(part) for part in version.split(".")) if version else ()
