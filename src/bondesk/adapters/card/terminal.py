"""What a signer needs of the readers; PC/SC gives it, and a software card in the same process can too."""

from __future__ import annotations

from typing import Protocol

from bondesk.adapters.card.apdu import Channel
from bondesk.engine.card_port import Slot


class Connection(Channel, Protocol):
    """A connected card. Every method but ``end`` and ``close`` may raise a ``CardFailure``."""

    def begin(self) -> None:
        """Keep other programs off the card until ``end``; waits while another has it."""

    def end(self) -> None:
        """Let others to the card again."""

    def close(self, *, leave: bool = False) -> None:
        """Let go of the card and take its power away, so that it forgets the password; ``leave`` it as it is when
        we tried none: other programs may be at work with it.
        """


class Terminal(Protocol):
    """The readers of this computer."""

    def slots(self) -> tuple[Slot, ...]:
        """List the readers without sending anything to a card."""

    def connect(self, reader: str) -> Connection:
        """Connect to the card in a reader, shared with other programs."""
