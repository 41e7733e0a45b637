"""What a card driver is: the commands of one card layout. Drivers keep no state; all of it is on the card."""

from __future__ import annotations

from typing import Protocol

from bondesk.adapters.card.apdu import Channel
from bondesk.adapters.card.certificate import Certificate
from bondesk.engine.card_port import Pin, PinStatus


class Driver(Protocol):
    """The commands of one card layout. Each method may raise a ``CardFailure``."""

    @property
    def name(self) -> str:
        """Return the name the registry and the settings use."""

    def select(self, channel: Channel) -> bool:
        """Select the application; False when it is not this card. Nothing but SELECT is sent."""

    def certificate(self, channel: Channel) -> bytes:
        """Read the certificate of the signing key as DER."""

    def numbers(self, channel: Channel) -> tuple[str, str]:
        """Return card number and certificate number where the card itself states them, else ""."""

    def pin_status(self, channel: Channel) -> PinStatus:
        """Return the state of the password without using a try."""

    def verify(self, channel: Channel, pin: Pin) -> None:
        """Verify; ``WrongPin``, ``PinBlocked``, ``PinMalformed`` (nothing was sent)."""

    def change(self, channel: Channel, old: Pin, new: Pin) -> None:
        """Change the password."""

    def sign(self, channel: Channel, certificate: Certificate, content: bytes) -> bytes:
        """Sign the full message; the password has been verified in the same transaction."""

    def forget(self, channel: Channel) -> None:
        """Put the card back to not verified."""
