"""The outside world as the engine sees it: one Protocol per thing, one adapter file, one twin in tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from bondesk.base.client_folders import BoxTrial, FormFolders, FoundFolders
from bondesk.base.facts import Work
from bondesk.base.findings import Finding
from bondesk.base.messages import Message, MessageFacts, ReadMessage, Receipt
from bondesk.base.parameter_package import CodeChanges, OfferedPackage, ParameterPackage, Rechecked
from bondesk.base.sheets import ColumnLook, SheetBook, TableHead, TemplateSheet, WrittenSheet


class TableWriter(Protocol):
    """A table being written row by row."""

    def add(self, row: Sequence[object]) -> None:
        """Write one more row."""

    def add_total(self, row: Sequence[object]) -> None:
        """Write the row of sums, after all others."""

    def add_aside(self, name: str, row: Sequence[object]) -> None:
        """Write one more row of a further sheet, begun with its headings after the last row; text leaves it out."""

    def close(self) -> None:
        """Finish the file; ``OutsideFailure`` when that is impossible."""

    def drop(self) -> None:
        """Give the table up and leave no file behind."""


class SheetsWriter(Protocol):
    """A workbook of several sheets being written row by row."""

    def begin(self, name: str, width: int) -> None:
        """Begin the next sheet, of ``width`` columns; its first row are headings."""

    def add(self, row: Sequence[object]) -> None:
        """Write one more row of the sheet begun last."""

    def close(self) -> None:
        """Finish the file; ``OutsideFailure`` when that is impossible."""

    def drop(self) -> None:
        """Give the workbook up and leave no file behind."""


class WorkbookFiles(Protocol):
    """Reading and writing of workbooks."""

    def read(self, source: Path | bytes) -> SheetBook:
        """Read every sheet; ``Refused`` in Chinese when the file cannot be read."""

    def write_table(
        self, path: Path, title: str, columns: Sequence[ColumnLook], rows: Iterable[Sequence[object]]
    ) -> None:
        """Write one table."""

    def table_writer(
        self, path: Path, title: str, columns: Sequence[ColumnLook], head: TableHead | None = None
    ) -> TableWriter:
        """Begin a workbook, text (``.csv``) or pages (``.pdf``; EXP-07 without a font); text leaves ``head`` out."""

    def write_template(
        self,
        path: Path,
        sheets: Sequence[TemplateSheet],
        code_lists: Mapping[str, Sequence[tuple[str, str]]],
    ) -> None:
        """Write an import template."""

    def sheets_writer(self, path: Path) -> SheetsWriter:
        """Begin a workbook of several sheets."""

    def write_sheets(self, path: Path, sheets: Sequence[WrittenSheet]) -> None:
        """Write sheets as they stand; no text becomes a formula."""


#: The elements of one row: (name, text) in order.
Leaves = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A group composed: its rows, and the element they stand in together ("" = none)."""

    name: str
    rows: tuple[Leaves, ...]
    wrapper: str = ""


@dataclass(frozen=True, slots=True)
class Composed:
    """A message as blocks of named groups in order, with what is wrong with it; ``tail`` follows the blocks.

    ``attributes`` are those of the root.
    """

    blocks: tuple[Block, ...]
    tail: Leaves = ()
    findings: tuple[Finding, ...] = ()
    attributes: Leaves = ()

    @property
    def groups(self) -> tuple[tuple[str, Leaves], ...]:
        """Return (group name, elements) once per row."""
        return tuple((block.name, row) for block in self.blocks for row in block.rows)


@dataclass(frozen=True, slots=True)
class Packed:
    """A message ready to hand over: file name (``<stem>.zip``, or ``<stem>.xml``) and bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class CardMarks:
    """What a message says of the card that signs it."""

    card: str
    certificate: str
    algorithm: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ToSign:
    """A packed message with its card's marks and no signature yet, and the bytes the signature is to cover."""

    content: bytes
    covered: bytes


class MessagePacker(Protocol):
    """Turns a composed message into the file the Single Window client takes."""

    def pack(self, message: Message, composed: Composed, facts: MessageFacts, stem: str, business_id: str) -> Packed:
        """Write envelope and message as UTF-8 XML, zip it; the same input gives the same bytes.

        A message with a plain root is zipped only when files go with it.
        """

    def text(self, message: Message, composed: Composed) -> bytes:
        """Write the message alone, without its envelope."""

    def read(self, message: Message, content: bytes) -> ReadMessage:
        """Read back what was packed, or the bare XML; lenient. ``ValueError`` with a Chinese reason."""

    def to_sign(self, message: Message, content: bytes, marks: CardMarks) -> ToSign:
        """Prepare packed bytes for a signature; ``Refused`` (SIGN-02) when the message has no place for one."""

    def with_signature(self, message: Message, content: bytes, value: bytes, algorithm: str) -> bytes:
        """Put the signature into packed bytes; ``Refused`` (SIGN-03) when it is too long for its place."""

    def signed(self, message: Message, content: bytes, algorithm: str) -> tuple[bytes, bytes]:
        """Read back from packed bytes what the signature covers, and the signature."""


class ReceiptReader(Protocol):
    """Reads what comes back."""

    def read(self, content: bytes) -> Receipt:
        """Read a receipt leniently; ``ValueError`` with a Chinese reason when it is none we know."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file in some InBox, perhaps still being written; ``folder`` is ``<Form>/InBox``, with its sub-folder."""

    folder: str
    name: str
    size: int
    modified: datetime
    path: Path


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What lies in all InBoxes, oldest first, and which InBox could not be read, one sentence each."""

    files: tuple[Arrival, ...]
    problems: tuple[str, ...] = ()


class Gateway(Protocol):
    """The folders of the Single Window client. Every method raises ``OutsideFailure`` when one is away."""

    @property
    def set_up(self) -> bool:
        """Tell whether this machine has any folder of a client set."""

    def stage(self, folder: str, name: str, content: bytes) -> None:
        """Write and fsync the file beside the OutBox, on the same volume, where the client does not look."""

    def staged(self, folder: str, name: str) -> bool:
        """Tell whether the file still waits beside the OutBox (it was then never handed over)."""

    def release(self, folder: str, name: str) -> None:
        """Move the staged file into the OutBox in one rename."""

    def seen(self, folder: str, stem: str) -> bool:
        """Tell whether OutBox, SentBox, FailBox or InBox shows that the client has had the file."""

    def arrivals(self) -> Arrivals:
        """Return what lies in the InBoxes; an InBox that is away is a problem among them and raises nothing."""

    def read(self, arrival: Arrival) -> bytes | None:
        """Return the bytes of a complete file; None while it is written; b"" when it is too large for a receipt."""

    def settle(self, arrival: Arrival, quarantine: bool) -> None:
        """Move a file that has been dealt with out of the InBox into the archive or the quarantine."""

    def refile(self, folder: str, name: str) -> None:
        """Move a file that was claimed after all from the quarantine into the archive."""


class Practice(Protocol):
    """练习模式 beside the real data. Everything may block."""

    def prepared(self) -> bool:
        """Tell whether the company to practise with is there."""

    def prepare(self, tell: Callable[[str], None]) -> None:
        """Make it; ``tell`` gets a sentence per step. ``OutsideFailure`` says why it could not be made."""

    def open(self) -> None:
        """Open its window."""


class ClientSetup(Protocol):
    """客户端目录 of this machine. Everything may block."""

    def forms(self) -> Sequence[FormFolders]:
        """Return every form this program knows with the paths in force, set by hand or below one root."""

    def keep(self, forms: Sequence[FormFolders]) -> None:
        """Put ``forms`` into force and keep them; ``OutsideFailure`` when they cannot be kept."""

    def from_client(self, file: Path | None = None) -> FoundFolders:
        """Read the client's own settings, at their usual place or in ``file``; ``OutsideFailure`` says why not."""

    def try_out(self, forms: Sequence[FormFolders]) -> Sequence[BoxTrial]:
        """Try every box; nothing is kept."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something new: ``kind`` "program" or "codes" (of one code ``table``); ``text`` says where to get it."""

    kind: str
    version: str
    title: str
    text: str
    published: date
    table: str = ""


class Notices(Protocol):
    """Where notices of new versions come from; never raises for what is damaged or away."""

    def pending(self, program: str, codes: Mapping[str, str]) -> Sequence[Notice]:
        """Return what is newer than the running program and than the codes by table in the database."""


class ParameterSource(Protocol):
    """Where update packages of the code tables lie."""

    def newest(self) -> OfferedPackage | None:
        """Say which package is the newest, without fetching it; ``OutsideFailure`` when the place is away."""

    def fetch(self, offered: OfferedPackage, tell: Callable[[int, int], None]) -> bytes:
        """Return the whole package, or raise ``OutsideFailure``; ``tell(done, total)`` in bytes may stop it."""


class CodeReleases(Protocol):
    """What the code tables know of releases; the composition ties it to the areas."""

    def read(self, content: bytes) -> ParameterPackage:
        """Check signature and contents of a package; ``Refused`` (CODES-01 … CODES-06)."""

    def installed(self, work: Work) -> str:
        """Return the version of the release in the database, "" for none."""

    def apply(self, work: Work, package: ParameterPackage, by: str, tell: Callable[[int, int], None]) -> bool:
        """Apply a package within ``work``; False when it is installed already, ``Refused`` (CODES-07, -08)."""

    def changes(self, work: Work, version: str) -> CodeChanges:
        """Return what an applied release did."""

    def recheck(self, work: Work, version: str) -> Rechecked | None:
        """Check the goods against the tables; None when the release changed nothing goods hang on."""
