"""The IC card as the engine sees it: what a signer can do, what it tells, and how it fails.

What goes wrong is a ``CardFailure`` (``engine.card_failures``).
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from types import TracebackType
from typing import Protocol, Self

from bondesk.engine.card_failures import (
    CertificateExpired,
    CertificateMismatch,
    CertificateNotYetValid,
    PinMalformed,
    PinRequired,
)

CHINA = timezone(timedelta(hours=8))
#: A certificate that ends within this time is warned about.
WARN_BEFORE = timedelta(days=30)


class Pin:
    """The password of the card, in memory only: overwritten by ``wipe``, never shown, copied or pickled."""

    __slots__ = ("_typed",)

    def __init__(self, typed: str | bytearray) -> None:
        """Take the typed characters; a ``bytearray`` handed in is emptied. ``PinMalformed`` outside ASCII."""
        try:
            self._typed = bytearray(typed, "ascii") if isinstance(typed, str) else bytearray(typed)
        except UnicodeEncodeError:
            raise PinMalformed from None
        if isinstance(typed, bytearray):
            typed[:] = bytes(len(typed))

    def __len__(self) -> int:
        return len(self._typed)

    def __repr__(self) -> str:
        return "<Pin>"

    def __reduce__(self) -> str:
        raise TypeError("a Pin is not copied")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.wipe()

    def __del__(self) -> None:
        self.wipe()

    def copied(self) -> Pin:
        """Return a second holder that is wiped on its own; ``PinRequired`` when this one is empty."""
        if not self._typed:
            raise PinRequired
        return Pin(bytearray(self._typed))

    def padded(self, length: int = 0) -> bytearray:
        """Return the characters filled up with FF, for one command; the caller overwrites them afterwards."""
        return bytearray(self._typed).ljust(length, b"\xff")

    def wipe(self) -> None:
        """Overwrite the characters and forget their number."""
        self._typed[:] = bytes(len(self._typed))
        self._typed.clear()


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a card: name of the reader, whether a card is in it, its ATR and who drives it ("" = not known yet).

    ``insertion`` differs whenever a card was put in or pulled out in between. ``asked``: whether a card is in shows
    only when it is opened.
    """

    reader: str
    present: bool = False
    atr: bytes = b""
    driver: str = ""
    insertion: int = 0
    asked: bool = False


@dataclass(frozen=True, slots=True)
class CardInfo:
    """Who a card is. Texts are "" where the card does not say; ``certificate`` is DER; times are UTC."""

    driver: str
    reader: str
    card_number: str
    certificate_number: str
    holder: str
    company: str
    company_code: str
    algorithm: str
    not_before: datetime
    not_after: datetime
    certificate: bytes

    def days_left(self, now: datetime) -> int:
        """Return whole days until the certificate ends; negative when it has ended."""
        return (self.not_after - now).days

    def warning(self, now: datetime) -> str:
        """Say that the certificate ends soon, or ""."""
        if not now <= self.not_after <= now + WARN_BEFORE:
            return ""
        ends = f"{self.not_after.astimezone(CHINA):%Y-%m-%d}"
        return f"IC卡证书将于 {ends} 到期（还剩 {self.days_left(now)} 天），请尽快到数据分中心办理延期"


@dataclass(frozen=True, slots=True)
class PinStatus:
    """State of the password; ``tries_left`` is None when the card does not tell."""

    verified: bool = False
    tries_left: int | None = None
    blocked: bool = False

    @property
    def last_try(self) -> bool:
        """Tell whether a wrong password now locks the card."""
        return not self.blocked and self.tries_left == 1


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that has been verified with the certificate of the card that made it; nothing of the holder."""

    algorithm: str
    value: bytes
    certificate_number: str
    card_number: str
    at: datetime
    content_sha256: str

    @property
    def base64(self) -> str:
        """Return the value as messages carry it."""
        return base64.b64encode(self.value).decode("ascii")


@dataclass(frozen=True, slots=True)
class Expected:
    """Whose card it must be: 操作员IC卡号 and 单位代码 of the settings; "" = not asked for."""

    card_number: str = ""
    company_code: str = ""


class CardSigner(Protocol):
    """One card in one reader, used from one thread. Every method may raise a ``CardFailure``."""

    def slots(self) -> tuple[Slot, ...]:
        """List the readers; empty when there is none."""

    def open(self, reader: str = "") -> CardInfo:
        """Take the card in ``reader`` ("" = the first a driver knows) and say whose it is."""

    def pin_status(self) -> PinStatus:
        """Return the state of the password without using a try."""

    def verify_pin(self, pin: Pin, *, last_try: bool = False) -> None:
        """Verify and keep a copy until ``close``; ``LastTry`` unless ``last_try`` says a person agreed."""

    def sign(self, content: bytes, *, heal: bool = True) -> Signature:
        """Sign the exact bytes. With ``heal`` a reset or re-inserted card is taken up again once.

        The certificate is then read again and must be the same; the kept password is verified again.
        """

    def change_pin(self, old: Pin, new: Pin, *, last_try: bool = False) -> None:
        """Change the password; rules as for ``verify_pin``."""

    def close(self) -> None:
        """Forget the password and let go of the card; never raises."""


@dataclass(frozen=True, slots=True)
class CardPort:
    """What the engine gets of cards: how to make a signer (late: what it needs is heavy), and an independent proof.

    ``proves(certificate, algorithm, content, value)`` tells whether ``value`` is a signature of ``content`` by the key
    of the DER certificate.
    """

    signer: Callable[[], CardSigner]
    proves: Callable[[bytes, str, bytes, bytes], bool]


#: The clock, for tests.
Clock = Callable[[], datetime]


def refuse_unfit(info: CardInfo, expected: Expected, now: datetime) -> None:
    """Raise what forbids signing with this card: a certificate not valid now, or not the card of the settings."""
    if now < info.not_before:
        raise CertificateNotYetValid
    if now > info.not_after:
        raise CertificateExpired
    if expected.card_number and expected.card_number.upper() != info.card_number.upper():
        raise CertificateMismatch(found=info.card_number or "卡未提供卡号", wanted=expected.card_number)
    if expected.company_code and expected.company_code != info.company_code:
        raise CertificateMismatch(found=f"单位代码 {info.company_code or '未提供'}", wanted=expected.company_code)
