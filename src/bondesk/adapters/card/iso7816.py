"""Cards of the plain ISO 7816-8 layout: VERIFY, MSE SET, PSO COMPUTE DIGITAL SIGNATURE, with RSA or SM2.

The data objects are 01 card number, 02 certificate number, 03 certificate (ic-card 4.3; 03 is our reading).
"""

from __future__ import annotations

from dataclasses import dataclass

from bondesk.adapters.card import apdu
from bondesk.adapters.card.apdu import OK, Channel, exchange
from bondesk.adapters.card.certificate import Certificate, digest
from bondesk.engine.card_failures import PinMalformed, UnsupportedCard
from bondesk.engine.card_port import Pin, PinStatus


@dataclass(frozen=True, slots=True)
class IsoDriver:
    """A card with one signing key; everything that differs between issuers is a field."""

    aid: bytes = bytes.fromhex("F04543504F525401")
    pin_reference: int = 0x01
    key: int = 0x01
    name: str = "iso7816"

    def select(self, channel: Channel) -> bool:
        """Select the configured application."""
        return apdu.selected(channel, self.aid)

    def certificate(self, channel: Channel) -> bytes:
        """Read data object 03."""
        found = self._object(channel, 3)
        if not found:
            raise UnsupportedCard("no certificate")
        return found

    def numbers(self, channel: Channel) -> tuple[str, str]:
        """Read data objects 01 and 02."""
        card, certificate = (self._object(channel, number).decode("ascii", "replace") for number in (1, 2))
        return card, certificate

    def pin_status(self, channel: Channel) -> PinStatus:
        """Send an empty VERIFY."""
        return apdu.pin_state(exchange(channel, bytes([0x00, 0x20, 0x00, self.pin_reference]))[1])

    def verify(self, channel: Channel, pin: Pin) -> None:
        """Verify the characters as they are."""
        status = apdu.secret(channel, bytes([0x00, 0x20, 0x00, self.pin_reference]), _typed(pin))
        apdu.refuse_pin(status)

    def change(self, channel: Channel, old: Pin, new: Pin) -> None:
        """Send CHANGE REFERENCE DATA with both, one after the other."""
        first, second = _typed(old), _typed(new)
        both = first + second
        first[:], second[:] = bytes(len(first)), bytes(len(second))
        apdu.refuse_pin(apdu.secret(channel, bytes([0x00, 0x24, 0x00, self.pin_reference]), both))

    def sign(self, channel: Channel, certificate: Certificate, content: bytes) -> bytes:
        """Set the key, then hand over the DigestInfo (RSA, the card pads) or the 32 bytes e (SM2)."""
        _, status = exchange(channel, bytes.fromhex("002241B6038401") + bytes([self.key]))
        if status != OK:
            raise apdu.failure(status)
        value = digest(certificate, content)
        answer, status = exchange(channel, bytes([0x00, 0x2A, 0x9E, 0x9A, len(value)]) + value + b"\x00")
        if status == apdu.NOT_READY:
            status = apdu.PIN_REQUIRED
        if status != OK:
            raise apdu.failure(status)
        return answer

    def forget(self, channel: Channel) -> None:
        """Send VERIFY with the log-out parameter."""
        exchange(channel, bytes([0x00, 0x20, 0xFF, self.pin_reference]))

    def _object(self, channel: Channel, number: int) -> bytes:
        answer, status = exchange(channel, bytes([0x00, 0xCA, 0x00, number, 0x00]))
        return answer if status == OK else b""


def _typed(pin: Pin) -> bytearray:
    if not 6 <= len(pin) <= 8:
        raise PinMalformed
    return pin.padded()
