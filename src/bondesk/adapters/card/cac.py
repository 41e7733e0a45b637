"""Common Access Cards: one PKI applet, the bare RSA operation over a block the host pads."""

from __future__ import annotations

from dataclasses import dataclass

from bondesk.adapters.card import apdu
from bondesk.adapters.card.apdu import OK, Channel, exchange
from bondesk.adapters.card.certificate import Certificate, padded
from bondesk.adapters.card.piv import unpacked
from bondesk.engine.card_failures import PinMalformed, ProtocolError, UnsupportedCard
from bondesk.engine.card_port import Pin, PinStatus

AID = bytes.fromhex("A0000000790100")
_BLOCK = 128
_TAGS, _VALUES = 1, 2
_CERTIFICATE, _CERTIFICATE_INFO = 0x70, 0x71


@dataclass(frozen=True, slots=True)
class CacDriver:
    """A CAC; its first PKI applet holds the key."""

    name: str = "cac"

    def select(self, channel: Channel) -> bool:
        """Select the first PKI applet."""
        return apdu.selected(channel, AID)

    def certificate(self, channel: Channel) -> bytes:
        """Read the buffers of tags and values and take the certificate out of them."""
        values = _split(_buffer(channel, _TAGS), _buffer(channel, _VALUES))
        if not (held := values.get(_CERTIFICATE)):
            raise UnsupportedCard("no certificate")
        return unpacked(held) if values.get(_CERTIFICATE_INFO, b"\x00")[:1] == b"\x01" else held

    def numbers(self, channel: Channel) -> tuple[str, str]:
        """Return nothing: a CAC has no such numbers."""
        return "", ""

    def pin_status(self, channel: Channel) -> PinStatus:
        """Send an empty VERIFY; many cards of this kind do not tell their counter."""
        return apdu.pin_state(exchange(channel, bytes.fromhex("00200000"))[1])

    def verify(self, channel: Channel, pin: Pin) -> None:
        """Verify up to 8 characters, filled up with FF."""
        if not 4 <= len(pin) <= 8:
            raise PinMalformed
        apdu.refuse_pin(apdu.secret(channel, bytes.fromhex("00200000"), pin.padded(8)))

    def change(self, channel: Channel, old: Pin, new: Pin) -> None:
        """Refuse: the password of these cards is changed at the issuer's own station."""
        raise UnsupportedCard("CAC: no change of the password")

    def sign(self, channel: Channel, certificate: Certificate, content: bytes) -> bytes:
        """Hand the padded block over in two halves."""
        if "RSA" not in certificate.algorithm:
            raise UnsupportedCard(certificate.algorithm)
        block = padded(certificate, content)
        parts = [block[at : at + _BLOCK] for at in range(0, len(block), _BLOCK)]
        answer = b""
        for number, part in enumerate(parts, 1):
            last = number == len(parts)
            command = bytes([0x80, 0x42, 0x00 if last else 0x80, 0x00, len(part)]) + part + (b"\x00" if last else b"")
            answer, status = exchange(channel, command)
            if status == apdu.NOT_READY:
                status = apdu.PIN_REQUIRED
            if status != OK:
                raise apdu.failure(status)
        return answer

    def forget(self, channel: Channel) -> None:
        """Do nothing: the card is reset when it is let go."""


def _buffer(channel: Channel, kind: int) -> bytes:
    size = int.from_bytes(_part(channel, kind, 0, 2), "little")
    found = bytearray()
    while len(found) < size:
        piece = _part(channel, kind, 2 + len(found), min(255, size - len(found)))
        if not piece:
            raise ProtocolError("buffer ends early")
        found += piece
    return bytes(found)


def _part(channel: Channel, kind: int, offset: int, length: int) -> bytes:
    answer, status = exchange(channel, bytes([0x80, 0x52]) + offset.to_bytes(2, "big") + bytes([2, kind, length]))
    if status != OK:
        raise apdu.failure(status)
    return answer


def _split(tags: bytes, values: bytes) -> dict[int, bytes]:
    """Cut the values by the tags: tag, then one length byte or FF and two, little end first."""
    found: dict[int, bytes] = {}
    at = start = 0
    while at + 1 < len(tags):
        tag, length = tags[at], tags[at + 1]
        at += 2
        if length == 0xFF:
            length = int.from_bytes(tags[at : at + 2], "little")
            at += 2
        found[tag] = values[start : start + length]
        start += length
    return found
