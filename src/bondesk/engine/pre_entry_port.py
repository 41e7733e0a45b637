"""Where documents are pre-entered (数据预录入, row 186), as the engine sees it: one document up, one answer back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bondesk.engine.download_port import ChallengeSigner, Tell


@dataclass(frozen=True, slots=True)
class PaperFile:
    """One file of a document: its name in the package, what it is, where it lies while it is uploaded."""

    name: str
    title: str
    path: Path


@dataclass(frozen=True, slots=True)
class Paper:
    """One document to be pre-entered.

    ``key`` names this upload: the other side answers the same to the same key. ``code`` is that of its message (""
    = none), ``note`` says why no message is among the files. ``again``: a person ordered it once more.
    """

    key: str
    kind: str
    code: str
    number: str
    revision: int
    digest: str
    company: str
    user_name: str
    at: datetime
    files: tuple[PaperFile, ...]
    note: str = ""
    again: bool = False
    training: bool = False


@dataclass(frozen=True, slots=True)
class PreEntryAnswer:
    """What became of it: the pre-entry number where one was given at once, and where it can be found."""

    number: str = ""
    place: str = ""


class PreEntry(Protocol):
    """One place documents are pre-entered. Every method raises ``OutsideFailure`` when the place is away."""

    title: str
    needs_card: bool

    def sign_in(self, challenge_signer: ChallengeSigner | None) -> None:
        """Let the card answer the challenge; nothing to do where no card is needed."""

    def upload(self, paper: Paper, tell: Tell) -> PreEntryAnswer:
        """Bring one document there; ``Refused`` (PRE-07) with the reason of the other side.

        ``tell`` counts bytes. Whatever it raises, and any other failure, leaves open whether it arrived: the same
        paper may be uploaded again.
        """


@dataclass(frozen=True, slots=True)
class PreEntryWay:
    """A place that can be chosen; ``open()`` makes it."""

    key: str
    title: str
    help: str
    needs_card: bool
    open: Callable[[], PreEntry]
