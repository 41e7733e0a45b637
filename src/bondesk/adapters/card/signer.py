"""Signing with a card in a reader: one transaction around SELECT, VERIFY and the signature.

The password is kept in memory from ``verify_pin`` to ``close`` because some keys want it before every signature.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from bondesk.adapters.card.certificate import Certificate, is_signed, read_certificate
from bondesk.adapters.card.driver import Driver
from bondesk.adapters.card.registry import Registry
from bondesk.adapters.card.terminal import Connection, Terminal
from bondesk.engine.card_failures import (
    CardFailure,
    CardRemoved,
    CardReset,
    CertificateMismatch,
    LastTry,
    NoCard,
    NoReader,
    PinBlocked,
    PinRequired,
    SigningRefused,
    UnsupportedCard,
    WrongPin,
)
from bondesk.engine.card_port import CardInfo, Clock, Expected, Pin, PinStatus, Signature, Slot, refuse_unfit

log = logging.getLogger(__name__)


def utc_now() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)


class ReaderSigner:
    """A ``CardSigner`` over readers; use it from one thread."""

    def __init__(
        self,
        terminal: Terminal,
        registry: Registry | None = None,
        expected: Expected | None = None,
        clock: Clock = utc_now,
    ) -> None:
        """Take the readers, the drivers and whose card it must be."""
        self._terminal, self._clock = terminal, clock
        self._registry, self._expected = registry or Registry(), expected or Expected()
        self._taken: _Taken | None = None
        self._pin: Pin | None = None

    def slots(self) -> tuple[Slot, ...]:
        """List the readers; a driver is named where the card is ours or its ATR is known. Nothing is sent."""
        taken = self._taken
        return tuple(
            replace(
                slot,
                driver=taken.driver.name
                if taken and taken.info.reader == slot.reader and slot.present
                else next((known.driver for known in self._registry.known if known.fits(slot.atr)), ""),
            )
            for slot in self._terminal.slots()
        )

    def open(self, reader: str = "") -> CardInfo:
        """Take the card and read its certificate; a card of before is let go, its password forgotten."""
        self.close()
        slots = [slot for slot in self._terminal.slots() if not reader or slot.reader == reader]
        if not slots:
            raise NoReader(reader)
        held = [slot for slot in slots if slot.present]
        if not held:
            raise NoCard(reader)
        for number, slot in enumerate(held, 1):
            try:
                self._taken = self._take(slot)
                return self._taken.info
            except CardFailure as failure:
                log.info("card in %s: %s %s", slot.reader, type(failure).__name__, failure.detail)
                if number == len(held):
                    raise
        raise NoCard(reader)

    def _take(self, slot: Slot) -> _Taken:
        connection = self._terminal.connect(slot.reader)
        try:
            with _transaction(connection):
                driver = self._registry.claim(slot.atr, connection)
                if driver is None:
                    raise UnsupportedCard(slot.atr.hex().upper())
                certificate = read_certificate(driver.certificate(connection))
                card_number, number = driver.numbers(connection)
        except BaseException:
            connection.close(leave=True)
            raise
        info = CardInfo(
            driver=driver.name,
            reader=slot.reader,
            card_number=card_number or certificate.card_number,
            certificate_number=number or certificate.number,
            holder=certificate.holder,
            company=certificate.company,
            company_code=certificate.company_code,
            algorithm=certificate.algorithm,
            not_before=certificate.not_before,
            not_after=certificate.not_after,
            certificate=certificate.der,
        )
        return _Taken(connection, driver, certificate, info)

    def pin_status(self) -> PinStatus:
        """Ask the card; "verified" also while we keep the right password for it."""
        with self._selected() as taken:
            status = taken.driver.pin_status(taken.connection)
        return replace(status, verified=True) if self._pin and not status.blocked else status

    def verify_pin(self, pin: Pin, *, last_try: bool = False) -> None:
        """Verify and keep a copy; see ``CardSigner``."""
        with self._selected() as taken:
            self._verify(taken, pin, last_try)
        self._keep(pin.copied())

    def change_pin(self, old: Pin, new: Pin, *, last_try: bool = False) -> None:
        """Change the password; a kept one is replaced."""
        with self._selected() as taken:
            _refuse_last_try(taken, last_try)
            taken.tried = True
            try:
                taken.driver.change(taken.connection, old, new)
            except (WrongPin, PinBlocked):
                self._keep(None)
                raise
        if self._pin:
            self._keep(new.copied())

    def sign(self, content: bytes, *, heal: bool = True) -> Signature:
        """Sign, check the signature, and only then give it away; see ``CardSigner``."""
        try:
            return self._sign(content)
        except (CardReset, CardRemoved) as failure:
            log.info("signing: %s %s", type(failure).__name__, failure.detail)
            if not heal:
                raise
        self._take_again()
        return self._sign(content)

    def close(self) -> None:
        """Forget the password here and on the card, and let the card go."""
        self._keep(None)
        taken, self._taken = self._taken, None
        if taken is None:
            return
        if taken.tried:
            with contextlib.suppress(CardFailure), _transaction(taken.connection):
                taken.driver.forget(taken.connection)
        taken.connection.close(leave=not taken.tried)

    def _sign(self, content: bytes) -> Signature:
        if self._taken is None:
            raise NoCard("not opened")
        now = self._clock()
        refuse_unfit(self._taken.info, self._expected, now)
        if self._pin is None:
            raise PinRequired("no password kept")
        with self._selected() as taken:
            self._verify(taken, self._pin, last_try=False)
            value = taken.driver.sign(taken.connection, taken.certificate, content)
        if not is_signed(taken.certificate, content, value):
            raise SigningRefused("the signature does not fit the certificate")
        return Signature(
            algorithm=taken.info.algorithm,
            value=value,
            certificate_number=taken.info.certificate_number,
            card_number=taken.info.card_number,
            at=now,
            content_sha256=hashlib.sha256(content).hexdigest(),
        )

    def _verify(self, taken: _Taken, pin: Pin, last_try: bool) -> None:
        _refuse_last_try(taken, last_try)
        taken.tried = True
        try:
            taken.driver.verify(taken.connection, pin)
        except (WrongPin, PinBlocked):
            self._keep(None)
            raise

    def _take_again(self) -> None:
        """Take up the card in the same reader; another certificate is another card."""
        before, pin = self._taken, self._pin
        if before is None:
            raise NoCard("not opened")
        self._pin = self._taken = None
        before.connection.close()
        try:
            try:
                again = self.open(before.info.reader)
            except NoCard as failure:
                raise CardRemoved(failure.detail) from failure
            if again.certificate != before.info.certificate:
                self.close()
                raise CertificateMismatch("another certificate after reconnecting")
        except BaseException:
            if pin is not None:
                pin.wipe()
            raise
        self._keep(pin)

    def _keep(self, pin: Pin | None) -> None:
        if self._pin is not None and self._pin is not pin:
            self._pin.wipe()
        self._pin = pin

    @contextlib.contextmanager
    def _selected(self) -> Iterator[_Taken]:
        """Run one transaction with our application selected, whatever others selected meanwhile."""
        taken = self._taken
        if taken is None:
            raise NoCard("not opened")
        with _transaction(taken.connection):
            if not taken.driver.select(taken.connection):
                raise UnsupportedCard("application gone")
            yield taken


class _Taken:
    """A card we hold: connection, driver, certificate and who it is; whether we ``tried`` a password on it."""

    def __init__(self, connection: Connection, driver: Driver, certificate: Certificate, info: CardInfo) -> None:
        self.connection, self.driver, self.certificate, self.info = connection, driver, certificate, info
        self.tried = False


def _refuse_last_try(taken: _Taken, last_try: bool) -> None:
    status = taken.driver.pin_status(taken.connection)
    if status.blocked:
        raise PinBlocked("blocked before the try")
    if status.last_try and not last_try:
        raise LastTry("one try left")


@contextlib.contextmanager
def _transaction(connection: Connection) -> Iterator[None]:
    connection.begin()
    try:
        yield
    finally:
        connection.end()
