"""Where customs' copies are downloaded from, as the engine sees it (issue ⚠15): kinds, what is on offer, one copy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from bondesk.base.findings import Finding
from bondesk.engine.card_port import Signature

#: Tells how far the work is (what is done, done, total); what it raises stops the work.
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class DownloadKind:
    """A kind of copies: the key of its document, its place in business order, and the code of the message that
    carries such a copy ("" = none).
    """

    key: str
    title: str
    order: int
    formal: str
    code: str


@dataclass(frozen=True, slots=True)
class OfferedCopy:
    """A copy on offer: its kind, number, what it is, its day (None = undated), customs' word for its state.

    ``mark`` is the source's own and tells one reading of the copy from another.
    """

    kind: str
    number: str
    title: str
    day: date | None
    state: str
    mark: str


@dataclass(frozen=True, slots=True)
class ReadCopy:
    """A copy that was read: what it is of which kind, the values :func:`take_copy` wants, what cannot be read."""

    kind: str
    number: str
    title: str
    day: date | None
    values: Mapping[str, Any]
    findings: tuple[Finding, ...] = ()


class CopyReader(Protocol):
    """Turns files into copies; made by the engine, used by sources."""

    def kinds(self) -> tuple[DownloadKind, ...]:
        """Return every kind there is, in business order."""

    def read(self, name: str, content: bytes, kind: str = "") -> Sequence[ReadCopy]:
        """Read a message (XML, zip) or a workbook; ``Refused`` when it is none of a known kind."""


@dataclass(frozen=True, slots=True)
class CardProof:
    """What a card answers to a challenge: its certificate (DER) and the signature of the challenge."""

    certificate: bytes
    signature: Signature


#: The challenge of a service → the card's answer; may raise a ``CardFailure``.
ChallengeSigner = Callable[[bytes], CardProof]


class DownloadSource(Protocol):
    """One place copies come from. Every method raises ``OutsideFailure`` when the place is away."""

    title: str
    needs_card: bool

    def sign_in(self, challenge_signer: ChallengeSigner | None) -> None:
        """Let the card answer the service's challenge; nothing to do where no card is needed."""

    def kinds(self) -> Sequence[str]:
        """Return the kinds that may be downloaded here, by the one who is signed in."""

    def search(self, kind: str, begin: date, end: date, tell: Tell) -> Sequence[OfferedCopy]:
        """Return what is on offer of a kind in at most a month; an undated copy is always on offer."""

    def problems(self) -> Sequence[tuple[str, str]]:
        """Return what was there and could not be offered: what it is, and why."""

    def fetch(self, offered: OfferedCopy) -> Mapping[str, Any]:
        """Return the values of a copy; ``Refused`` with the reason when this one cannot be taken."""


@dataclass(frozen=True, slots=True)
class DownloadWay:
    """A source that can be chosen: ``asks_files`` says that files or folders have to be named for it.

    ``open(reader, places)`` makes it; what reading it takes comes with ``reader``.
    """

    key: str
    title: str
    help: str
    needs_card: bool
    asks_files: bool
    open: Callable[[CopyReader, Sequence[str]], DownloadSource]
