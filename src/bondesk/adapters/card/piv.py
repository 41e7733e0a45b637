"""PIV cards (NIST SP 800-73): RSA and ECC keys in slots, password counter, chained commands."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from bondesk.adapters.card import apdu
from bondesk.adapters.card.apdu import OK, Channel, elements, exchange
from bondesk.adapters.card.certificate import Certificate, digest, padded
from bondesk.engine.card_failures import PinMalformed, ProtocolError, UnsupportedCard
from bondesk.engine.card_port import Pin, PinStatus

AID = bytes.fromhex("A000000308")
_OBJECTS = {0x9A: 0x05, 0x9C: 0x0A}
_RSA = {1024: 0x06, 2048: 0x07, 3072: 0x05}
_CURVES = {256: 0x11, 384: 0x14}


@dataclass(frozen=True, slots=True)
class PivDriver:
    """A PIV card; ``keys`` are the slots to sign with, the first that holds a certificate counts."""

    keys: tuple[int, ...] = (0x9C, 0x9A)
    name: str = "piv"

    def select(self, channel: Channel) -> bool:
        """Select the PIV application."""
        return apdu.selected(channel, AID)

    def certificate(self, channel: Channel) -> bytes:
        """Read the certificate of the first filled slot."""
        return self._slot(channel)[1]

    def numbers(self, channel: Channel) -> tuple[str, str]:
        """Return nothing: PIV has no such numbers."""
        return "", ""

    def pin_status(self, channel: Channel) -> PinStatus:
        """Send an empty VERIFY."""
        return apdu.pin_state(exchange(channel, bytes.fromhex("00200080"))[1])

    def verify(self, channel: Channel, pin: Pin) -> None:
        """Verify 6 to 8 characters, filled up with FF."""
        apdu.refuse_pin(apdu.secret(channel, bytes.fromhex("00200080"), _eight(pin)))

    def change(self, channel: Channel, old: Pin, new: Pin) -> None:
        """Send CHANGE REFERENCE DATA with both, filled up."""
        old_padded, new_padded = _eight(old), _eight(new)
        both = old_padded + new_padded
        try:
            apdu.refuse_pin(apdu.secret(channel, bytes.fromhex("00240080"), both))
        finally:
            old_padded[:] = new_padded[:] = bytes(8)

    def sign(self, channel: Channel, certificate: Certificate, content: bytes) -> bytes:
        """Send GENERAL AUTHENTICATE in blocks, with the padded block (RSA) or the hash (ECC)."""
        key, held = self._slot(channel)
        if held != certificate.der:
            raise UnsupportedCard("certificate changed")
        if "RSA" in certificate.algorithm:
            code, value = _RSA.get(certificate.bits), padded(certificate, content)
        else:
            code, value = _CURVES.get(certificate.bits), digest(certificate, content)
        if code is None:
            raise UnsupportedCard(f"{certificate.algorithm} {certificate.bits}")
        template = _element(0x7C, b"\x82\x00" + _element(0x81, value))
        answer, status = apdu.chained(channel, (0x00, 0x87, code, key), template)
        if status != OK:
            raise apdu.failure(status)
        try:
            return elements(elements(answer)[0x7C])[0x82]
        except KeyError:
            raise ProtocolError("no signature in the answer") from None

    def forget(self, channel: Channel) -> None:
        """Send VERIFY with the log-out parameter."""
        exchange(channel, bytes.fromhex("0020FF80"))

    def _slot(self, channel: Channel) -> tuple[int, bytes]:
        for key in self.keys:
            command = bytes.fromhex("00CB3FFF055C035FC1") + bytes([_OBJECTS[key], 0x00])
            answer, status = exchange(channel, command)
            if status == OK and answer:
                found = _certificate(answer)
                if found:
                    return key, found
        raise UnsupportedCard("no certificate in " + " ".join(f"{key:02X}" for key in self.keys))


def _certificate(answer: bytes) -> bytes:
    parts = elements(elements(answer).get(0x53, b""))
    held = parts.get(0x70, b"")
    if not parts.get(0x71, b"\x00").startswith(b"\x01"):
        return held
    return unpacked(held)


def unpacked(held: bytes) -> bytes:
    """Unpack a certificate kept with gzip; ``ProtocolError`` when it is torn or suspiciously large."""
    opened = zlib.decompressobj(31)
    try:
        found = opened.decompress(held, 65_536)
    except zlib.error as error:
        raise ProtocolError("gzip certificate") from error
    if not opened.eof:
        raise ProtocolError("gzip certificate too large")
    return found


def _element(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = (
        bytes([size]) if size < 0x80 else bytes([0x81, size]) if size < 0x100 else b"\x82" + size.to_bytes(2, "big")
    )
    return bytes([tag]) + length + content


def _eight(pin: Pin) -> bytearray:
    if not 6 <= len(pin) <= 8:
        raise PinMalformed
    return pin.padded(8)
