"""The project's own cards in software: real keys, a password counter, faults on demand.

They answer commands (``answer``), can stand in a reader of the same process (``SoftwareTerminal``) or be put into
a virtual reader of a real PC/SC daemon (``inserted``; the protocol is a length of two bytes and the payload).
"""

from __future__ import annotations

import contextlib
import gzip
import secrets
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from asn1crypto import parser
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256

from bondesk.adapters.card.terminal import Connection
from bondesk.engine.card_failures import CardRemoved, CardReset, NoCard, ProtocolError
from bondesk.engine.card_port import Slot

Answer = tuple[bytes, int]
OK, NOT_FOUND, PIN_REQUIRED, BLOCKED, NOT_READY, WRONG_LENGTH = 0x9000, 0x6A82, 0x6982, 0x6983, 0x6985, 0x6700


def atr_of(name: bytes) -> bytes:
    """An ATR that offers T=1, with six historical bytes."""
    body = bytes([0x86, 0x80, 0x01]) + name.ljust(6)[:6]
    check = 0
    for one in body:
        check ^= one
    return b"\x3b" + body + bytes([check])


def tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = bytes([size]) if size < 128 else bytes([0x81, size]) if size < 256 else b"\x82" + size.to_bytes(2, "big")
    return bytes([tag]) + length + content


@dataclass
class SoftwareCard:
    """What all layouts share: selection, the counter, 61xx, chaining, and the faults."""

    pin: bytes = b"12345678"
    tries: int = 3
    atr: bytes = b""
    aid: bytes = b""
    left: int = 3
    selected: bool = False
    verified: bool = False
    kept: bytes = b""
    chain: bytes = b""
    signed: int = 0
    seen: list[bytes] = field(default_factory=list)
    #: Called before a command is answered; may raise or return a raw answer (None = go on).
    fault: Callable[[bytes], bytes | None] | None = None

    def reset(self) -> None:
        self.selected = self.verified = False
        self.kept = self.chain = b""

    def answer(self, command: bytes) -> bytes:
        self.seen.append(command)
        if self.fault is not None and (instead := self.fault(command)) is not None:
            return instead
        data, status = self._answer(command)
        limit = _expected(command)
        if status == OK and len(data) > limit:
            self.kept = data[limit:]
            return data[:limit] + bytes([0x61, min(len(self.kept), 256) & 0xFF])
        return data + status.to_bytes(2, "big")

    def _answer(self, command: bytes) -> Answer:
        if len(command) < 4:
            return b"", WRONG_LENGTH
        cla, ins, p1, p2 = command[:4]
        data = self._data(command)
        if ins == 0xC0:
            return self.kept, OK
        if ins == 0xA4:
            if not self.aid or not data or not (self.aid.startswith(data) or data.startswith(self.aid)):
                self.selected = False
                return b"", NOT_FOUND
            self.selected = True
            return self.on_select(), OK
        if not self.selected:
            return b"", NOT_READY
        if cla & 0x10:
            self.chain += data
            return b"", OK
        data, self.chain = self.chain + data, b""
        if ins == 0x20:
            return b"", self.verify(p1, data)
        if ins == 0x24:
            return b"", self.change(data)
        return self.work(ins, p1, p2, data)

    @staticmethod
    def _data(command: bytes) -> bytes:
        if len(command) <= 5:
            return b""
        if command[4] == 0 and len(command) > 7:
            return command[7 : 7 + int.from_bytes(command[5:7], "big")]
        return command[5 : 5 + command[4]]

    def on_select(self) -> bytes:
        return b""

    def verify(self, p1: int, data: bytes) -> int:
        if p1 == 0xFF:
            self.verified = False
            return OK
        if not data:
            return OK if self.verified else self._count()
        if not self.left:
            return BLOCKED
        if secrets.compare_digest(data, self.stored(self.pin)):
            self.left, self.verified = self.tries, True
            return OK
        self.left, self.verified = self.left - 1, False
        return self._count()

    def change(self, data: bytes) -> int:
        length = len(self.stored(self.pin))
        status = self.verify(0, data[:length])
        if status == OK:
            self.pin = data[length:].rstrip(b"\xff")
        return status

    def stored(self, pin: bytes) -> bytes:
        return pin.ljust(8, b"\xff")

    def _count(self) -> int:
        return 0x63C0 | self.left if self.left else BLOCKED

    def work(self, ins: int, p1: int, p2: int, data: bytes) -> Answer:
        raise NotImplementedError


def _expected(command: bytes) -> int:
    """How many bytes the command wants back: its last byte where one is, 256 where it does not say."""
    body = command[4:]
    if len(body) == 1:
        return body[0] or 256
    if len(body) > 3 and body[0] == 0:
        return 65_536
    return (body[-1] or 256) if body and len(body) == body[0] + 2 else 256


def raw_rsa(key: rsa.RSAPrivateKey, block: bytes) -> bytes:
    """The bare operation, as cards do it over a block that is padded already."""
    numbers = key.private_numbers()
    size = key.key_size // 8
    return pow(int.from_bytes(block, "big"), numbers.d, numbers.public_numbers.n).to_bytes(size, "big")


@dataclass
class PivCard(SoftwareCard):
    """RSA in 9C (password before each signature) and P-256 in 9A; ``certificates`` by slot."""

    keys: Mapping[int, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey] = field(default_factory=dict)
    certificates: Mapping[int, bytes] = field(default_factory=dict)
    packed: bool = False

    def __post_init__(self) -> None:
        self.atr, self.aid = atr_of(b"BDPIV"), bytes.fromhex("A000000308000010000100")

    def on_select(self) -> bytes:
        return tlv(0x61, tlv(0x4F, bytes.fromhex("000010000100")) + tlv(0x79, tlv(0x4F, bytes.fromhex("A000000308"))))

    def work(self, ins: int, p1: int, p2: int, data: bytes) -> Answer:
        if ins == 0xCB:
            return self._object(data)
        return self._sign(p1, p2, data) if ins == 0x87 else (b"", 0x6D00)

    def _object(self, data: bytes) -> Answer:
        slot = {0x05: 0x9A, 0x0A: 0x9C}.get(data[-1])
        if data[:4] == bytes.fromhex("5C035FC1") and slot in self.certificates:
            held = self.certificates[slot]
            if self.packed:
                held = gzip.compress(held)
            return tlv(0x53, tlv(0x70, held) + tlv(0x71, bytes([self.packed])) + tlv(0xFE, b"")), OK
        return b"", NOT_FOUND

    def _sign(self, algorithm: int, slot: int, data: bytes) -> Answer:
        if not self.verified:
            return b"", PIN_REQUIRED
        key = self.keys.get(slot)
        if key is None:
            return b"", 0x6A88
        content, inner = parser.parse(data)[4], {}
        while content:
            parts = parser.parse(content)
            inner[parts[0] << 6 | parts[1] << 5 | parts[2]] = parts[4]
            content = content[len(parts[3]) + len(parts[4]) :]
        if isinstance(key, rsa.RSAPrivateKey):
            if len(inner[0x81]) != key.key_size // 8:
                return b"", 0x6A80
            value = raw_rsa(key, inner[0x81])
        else:
            value = key.sign(inner[0x81], ec.ECDSA(Prehashed(SHA256())))
        if slot == 0x9C:
            self.verified = False
        self.signed += 1
        return tlv(0x7C, tlv(0x82, value)), OK


@dataclass
class IsoCard(SoftwareCard):
    """The plain ISO 7816-8 layout with one key: RSA (the card pads a DigestInfo) or SM2 (the card signs e)."""

    key: rsa.RSAPrivateKey | bytes = b""
    certificate: bytes = b""
    number: bytes = b"2200A00012345"
    certificate_number: bytes = b"030000000000beef"
    environment: bytes = b""

    def __post_init__(self) -> None:
        self.atr, self.aid = atr_of(b"BDISO"), bytes.fromhex("F04543504F525401")

    def stored(self, pin: bytes) -> bytes:
        return pin

    def work(self, ins: int, p1: int, p2: int, data: bytes) -> Answer:
        if ins == 0xCA:
            held = {1: self.number, 2: self.certificate_number, 3: self.certificate}.get(p2)
            return (held, OK) if held is not None else (b"", 0x6A88)
        if ins == 0x22:
            self.environment = data
            return b"", OK
        if (ins, p1, p2) == (0x2A, 0x9E, 0x9A):
            return self._sign(data)
        return b"", 0x6D00

    def _sign(self, data: bytes) -> Answer:
        if not self.verified or not self.environment:
            return b"", NOT_READY
        self.signed += 1
        if isinstance(self.key, rsa.RSAPrivateKey):
            size = self.key.key_size // 8
            return raw_rsa(self.key, b"\x00\x01" + b"\xff" * (size - len(data) - 3) + b"\x00" + data), OK
        if len(data) != 32:
            return b"", 0x6700
        return sm2_signature(self.key, data), OK


@dataclass
class CacCard(SoftwareCard):
    """One PKI applet with RSA; like the packaged software card it does not tell its counter."""

    key: rsa.RSAPrivateKey | None = None
    certificate: bytes = b""
    gathered: bytes = b""

    def __post_init__(self) -> None:
        self.atr, self.aid = atr_of(b"BDCAC"), bytes.fromhex("A0000000790100")

    def verify(self, p1: int, data: bytes) -> int:
        status = super().verify(p1, data)
        return status if status in (OK, BLOCKED) else NOT_READY

    def work(self, ins: int, p1: int, p2: int, data: bytes) -> Answer:
        if ins == 0x52:
            tags = bytes([0x71, 1, 0x70, 0xFF]) + len(self.certificate).to_bytes(2, "little")
            held = tags if data[0] == 1 else b"\x00" + self.certificate
            whole = len(held).to_bytes(2, "little") + held
            at = p1 << 8 | p2
            return whole[at : at + data[1]], OK
        if ins != 0x42 or self.key is None:
            return b"", 0x6D00
        if not self.verified:
            return b"", NOT_READY
        self.gathered += data
        if p1 & 0x80:
            return b"", OK
        block, self.gathered = self.gathered, b""
        self.signed += 1
        return raw_rsa(self.key, block), OK


def sm2_signature(private: bytes, e: bytes) -> bytes:
    """Sign 32 bytes with another library than the one the program verifies with."""
    from gmssl.sm2 import CryptSM2

    signed = CryptSM2(private_key=private.hex(), public_key="").sign(e, secrets.token_hex(32))
    return bytes.fromhex(str(signed))


class SoftwareTerminal:
    """Readers in this process. ``cards`` may change at any time; a swapped or pulled card kills its connections."""

    def __init__(self, **cards: SoftwareCard | None) -> None:
        self.cards: dict[str, SoftwareCard | None] = dict(cards)
        self.insertions: dict[str, int] = {}
        self.connected: list[SoftwareConnection] = []
        self.failing: Exception | None = None

    def put(self, reader: str, card: SoftwareCard | None) -> None:
        self.cards[reader] = card
        self.insertions[reader] = self.insertions.get(reader, 0) + 1
        if card is not None:
            card.reset()

    def slots(self) -> tuple[Slot, ...]:
        if self.failing is not None:
            raise self.failing
        return tuple(
            Slot(name, card is not None, card.atr if card else b"", insertion=self.insertions.get(name, 0))
            for name, card in self.cards.items()
        )

    def connect(self, reader: str) -> Connection:
        if self.failing is not None:
            raise self.failing
        if (card := self.cards.get(reader)) is None:
            raise NoCard
        made = SoftwareConnection(self, reader, card, self.insertions.get(reader, 0))
        self.connected.append(made)
        return made

    def reset(self, reader: str) -> None:
        """What another program's reset does to us."""
        if card := self.cards[reader]:
            card.reset()
        for one in self.connected:
            one.was_reset = True


@dataclass
class SoftwareConnection:
    """A connection of the same process."""

    terminal: SoftwareTerminal
    reader: str
    card: SoftwareCard
    insertion: int
    was_reset: bool = False
    open_transactions: int = 0
    closed: bool = False

    def _alive(self) -> None:
        if self.terminal.failing is not None:
            raise self.terminal.failing
        if self.closed or self.terminal.insertions.get(self.reader, 0) != self.insertion:
            raise CardRemoved
        if self.was_reset:
            raise CardReset

    def transmit(self, command: bytes | bytearray) -> tuple[bytes, int]:
        assert self.open_transactions == 1, "every command belongs into a transaction"
        self._alive()
        raw = self.card.answer(bytes(command))
        self._alive()
        if len(raw) < 2:
            raise ProtocolError
        return raw[:-2], int.from_bytes(raw[-2:], "big")

    def begin(self) -> None:
        self._alive()
        self.open_transactions += 1

    def end(self) -> None:
        self.open_transactions -= 1

    def close(self, *, leave: bool = False) -> None:
        if not self.closed and not leave:
            self.card.reset()
        self.closed = True


@dataclass
class Inserted:
    """A card in a virtual reader."""

    card: SoftwareCard
    line: socket.socket
    thread: threading.Thread

    def pull(self) -> None:
        """Pull the card out: the line breaks off at once, also in the middle of a command."""
        with contextlib.suppress(OSError):
            self.line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.line.shutdown(socket.SHUT_RD)
        self.line.close()
        if self.thread is not threading.current_thread():
            self.thread.join(5)


def insert(card: SoftwareCard, port: int) -> Inserted:
    """Put a card into the virtual reader that listens on ``port``."""
    ends = time.monotonic() + 10
    while True:
        try:
            line = socket.create_connection(("127.0.0.1", port), timeout=5)
            break
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.05)
    line.settimeout(None)
    card.reset()
    thread = threading.Thread(target=_serve, args=(card, line), daemon=True)
    thread.start()
    return Inserted(card, line, thread)


@contextlib.contextmanager
def inserted(card: SoftwareCard, port: int) -> Iterator[Inserted]:
    made = insert(card, port)
    try:
        yield made
    finally:
        made.pull()


def _serve(card: SoftwareCard, line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while (payload := _received(line)) is not None:
            if len(payload) == 1:
                if payload[0] in (0, 1, 2):
                    card.reset()
                elif payload[0] == 4:
                    line.sendall(len(card.atr).to_bytes(2, "big") + card.atr)
                continue
            answer = card.answer(payload)
            line.sendall(len(answer).to_bytes(2, "big") + answer)


def _received(line: socket.socket) -> bytes | None:
    def exactly(count: int) -> bytes | None:
        found = b""
        while len(found) < count:
            piece = line.recv(count - len(found))
            if not piece:
                return None
            found += piece
        return found

    head = exactly(2)
    return None if head is None else exactly(int.from_bytes(head, "big"))
