"""客户端程序更新 (row 183) as the screens see it: a release that is on offer, and what can be done with it. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

#: Tells how far it is (done, total); what it raises stops the work.
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ProgramRelease:
    """A release of the program whose signature was right; ``notes`` say in Chinese what is new."""

    version: str
    published: date
    notes: str
    file: str
    size: int
    sha256: str
    signer: str


class ProgramSource(Protocol):
    """A place that holds releases. Every method raises ``OutsideFailure`` when it is away."""

    place: str

    def newest(self) -> tuple[bytes, bytes] | None:
        """Return the manifest of the newest release and its signature; None when there is none."""

    def fetch(self, release: ProgramRelease, folder: str, tell: Tell) -> str:
        """Bring its file whole into ``folder``, going on with what an earlier try left, and return its path."""


class ProgramUpdates(Protocol):
    """What the program can do about a newer one; nobody has to be signed in. Everything may block.

    ``Refused``: PROG-01 damaged, -02 unknown key, -03 wrong signature, -04 the file is another one, -05 what it needs
    is not here, -06 not possible for this kind of installation, -07 nothing to go back to.
    """

    def newer(self) -> ProgramRelease | None:
        """Return the release on offer when it is newer than this program."""

    def downloaded(self) -> ProgramRelease | None:
        """Return the newer release whose verified file waits to be installed; cheap."""

    def download(self, release: ProgramRelease, tell: Tell) -> None:
        """Bring a release here and verify it; a file that is not what was signed is discarded."""

    def install(self, tell: Tell) -> ProgramRelease:
        """Install what was downloaded beside the present version; it runs from the next start on."""

    def back(self) -> str:
        """Let the version before run from the next start on, and return it."""

    def restart(self) -> None:
        """Start the program anew as a process of its own; the present one is to end."""

    def trouble(self) -> str:
        """Return what kept a newer program from running at this start, once."""
