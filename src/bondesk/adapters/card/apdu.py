"""Commands to a card and what its status words mean; the same for every driver and every way to the card."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from bondesk.engine.card_failures import (
    CardFailure,
    PinBlocked,
    PinRequired,
    ProtocolError,
    SigningRefused,
    UnsupportedCard,
    WrongPin,
)
from bondesk.engine.card_port import PinStatus

OK = 0x9000
MORE = 0x61
WRONG_LENGTH = 0x6C
PIN_REQUIRED = 0x6982
BLOCKED = 0x6983
NOT_READY = 0x6985

_UNSUPPORTED = frozenset({0x6A82, 0x6A81, 0x6A88, 0x6D00, 0x6E00, NOT_READY})


class Channel(Protocol):
    """The way to one card: a raw command goes there, data and status word come back."""

    def transmit(self, command: bytes | bytearray) -> tuple[bytes, int]:
        """Send one command; ``CardFailure`` when the card is not reached."""


def exchange(channel: Channel, command: bytes | bytearray) -> tuple[bytes, int]:
    """Send one command and fetch what the card still holds back (61xx), or repeat it with its length (6Cxx)."""
    data, status = channel.transmit(command)
    if status >> 8 == WRONG_LENGTH:
        data, status = channel.transmit(bytes(command[:-1]) + bytes([status & 0xFF]))
    collected = bytearray(data)
    while status >> 8 == MORE:
        data, status = channel.transmit(bytes([0x00, 0xC0, 0x00, 0x00, status & 0xFF]))
        if status >> 8 == MORE and not data:
            raise ProtocolError(f"61{status & 0xFF:02X} without data")
        collected += data
    return bytes(collected), status


def chained(channel: Channel, header: Sequence[int], data: bytes, more: int = 0x10) -> tuple[bytes, int]:
    """Send ``data`` in blocks of 255 with the chaining bit ``more`` in the class; give the last answer."""
    cla, ins, p1, p2 = header
    blocks = [data[at : at + 255] for at in range(0, len(data), 255)] or [b""]
    for block in blocks[:-1]:
        _, status = exchange(channel, bytes([cla | more, ins, p1, p2, len(block)]) + block)
        if status != OK:
            return b"", status
    return exchange(channel, bytes([cla, ins, p1, p2, len(blocks[-1])]) + blocks[-1] + b"\x00")


def secret(channel: Channel, header: bytes, data: bytearray) -> int:
    """Send a command with a password in it, overwrite it and ``data``, give the status word."""
    command = bytearray(header + bytes([len(data)])) + data
    try:
        _, status = channel.transmit(command)
    finally:
        command[:] = bytes(len(command))
        data[:] = bytes(len(data))
    return status


def selected(channel: Channel, aid: bytes) -> bool:
    """Select an application; False when the card does not have it."""
    _, status = exchange(channel, bytes([0x00, 0xA4, 0x04, 0x00, len(aid)]) + aid)
    return status == OK


def pin_state(status: int) -> PinStatus:
    """Read the answer to an empty VERIFY."""
    if status == OK:
        return PinStatus(verified=True)
    if status & 0xFFF0 == 0x63C0:
        return PinStatus(tries_left=status & 0xF, blocked=status & 0xF == 0)
    return PinStatus(blocked=status == BLOCKED, tries_left=0 if status == BLOCKED else None)


def refuse_pin(status: int) -> None:
    """Raise what a status word after VERIFY or CHANGE says, unless all is well."""
    if status == OK:
        return
    if status == BLOCKED or status == 0x63C0:
        raise PinBlocked(f"{status:04X}")
    if status & 0xFFF0 == 0x63C0:
        raise WrongPin(status & 0xF, f"{status:04X}")
    raise WrongPin(None, f"{status:04X}") if status in (NOT_READY, 0x6300, PIN_REQUIRED) else failure(status)


def failure(status: int) -> CardFailure:
    """Return the failure a status word of any other command stands for."""
    detail = f"{status:04X}"
    if status == PIN_REQUIRED:
        return PinRequired(detail)
    if status == BLOCKED:
        return PinBlocked(detail)
    if status in _UNSUPPORTED:
        return UnsupportedCard(detail)
    return ProtocolError(detail) if status in (0x6700, 0x6A80) else SigningRefused(detail)


def elements(data: bytes) -> dict[int, bytes]:
    """Return tag byte → content of the BER elements of ``data``; ``ProtocolError`` when they are torn."""
    from asn1crypto import parser

    found: dict[int, bytes] = {}
    rest: Any = data
    while rest:
        try:
            kind, method, number, header, content, trailer = parser.parse(rest)
        except ValueError as error:
            raise ProtocolError("torn BER data") from error
        if number > 30:
            raise ProtocolError("long tag")
        found[kind << 6 | method << 5 | number] = content
        rest = rest[len(header) + len(content) + len(trailer) :]
    return found
