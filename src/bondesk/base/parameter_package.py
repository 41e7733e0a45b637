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


@dataclass(frozen=True, slots=True)
class OfferedPackage:
    """A package a source holds, as far as is known before it is fetched; ``place`` is shown and holds no secret."""

    version: str
    file: str
    place: str
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class TableChanges:
    """How many rows of one table a release adds, changes and closes."""

    table: str
    title: str
    added: int
    changed: int
    closed: int


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row a release adds, changes or closes, as shown."""

    table: str
    code: str
    name: str
    change: str
    valid_from: date
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class CodeChanges:
    """All that a release does: per table, and row by row in the order of tables and codes."""

    tables: tuple[TableChanges, ...]
    rows: tuple[RowChange, ...]


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What 商品编码校验 found after a release: how many goods differ now, and how many lines of approved books.

    ``document_key`` and ``document_id`` name the check itself.
    """

    document_key: str
    document_id: int
    check_no: int
    compared: int
    parts: int
    items: int
    filed_lines: int

    @property
    def sentence(self) -> str:
        """Say it to a clerk."""
        if not self.parts + self.items:
            return f"商品编码校验（第 {self.check_no} 次）：{self.compared} 个料号和归并项都与新的商品编码表一致"
        text = (
            f"商品编码校验（第 {self.check_no} 次）：料号 {self.parts} 个、归并项 {self.items} 个与新的商品编码表不同"
        )
        return text + (f"，涉及已备案的账册 {self.filed_lines} 行" if self.filed_lines else "")


def version_numbers(version: str) -> tuple[int, ...]:
    """Return a version as numbers that compare; ``ValueError`` when it is none.

    >>> version_numbers("2025.01.10") > version_numbers("2025.01.2")
    True
    """
    return tuple(int(part) for part in version.split(".")) if version else ()
