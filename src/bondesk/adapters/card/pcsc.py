"""Readers and cards over PC/SC, and what each failure of it means (ic-card section 5).

pyscard is imported late: where it or the system's library is missing, the readers are "not available", no more.
Codes are compared as unsigned 32 bits, because Windows gives them as negative numbers.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bondesk.engine.card_failures import (
    CardBusy,
    CardFailure,
    CardRemoved,
    CardReset,
    NoCard,
    NoReader,
    ProtocolError,
    ReaderSoftwareMissing,
    ServiceUnavailable,
)
from bondesk.engine.card_port import Slot

log = logging.getLogger(__name__)

_NO_SERVICE = (0x8010001D, 0x8010001E)
_LEAVE_CARD = 0
_NO_READERS = 0x8010002E
_LOOKS, _BETWEEN = 10, timedelta(milliseconds=100)
_FAILURES: dict[int, type[CardFailure]] = {
    0x8010001D: ServiceUnavailable,
    0x8010001E: ServiceUnavailable,
    0x8010002E: NoReader,
    0x80100009: NoReader,
    0x80100017: NoReader,
    0x8010000C: NoCard,
    0x80100016: CardRemoved,
    0x80100069: CardRemoved,
    0x80100068: CardReset,
    0x80100067: CardReset,
    0x80100066: CardReset,
    0x8010000B: CardBusy,
    0x80100003: CardRemoved,  # a handle of before the service was restarted
}


def failure_of(code: int, text: str = "") -> CardFailure:
    """Return the failure a PC/SC code stands for; a code nobody knows is a ``ProtocolError``."""
    number = code & 0xFFFFFFFF
    if os.name == "nt" and number in _NO_SERVICE:
        return NoReader(f"{number:08X}")  # Windows stops the service when the last reader is unplugged
    kind = _FAILURES.get(number)
    if kind is None:
        kind = CardRemoved if "not connected" in text else ProtocolError
    return kind(f"{number:08X} {text}".strip())


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn what pyscard raises (it has two unrelated families) into our failures."""
    try:
        from smartcard.Exceptions import SmartcardException
        from smartcard.pcsc.PCSCExceptions import BaseSCardException
    except ImportError as error:
        raise ReaderSoftwareMissing("pyscard is not installed") from error
    try:
        yield
    except (SmartcardException, BaseSCardException) as error:
        raise failure_of(getattr(error, "hresult", -1), str(error)) from error


class PcscTerminal:
    """The readers of PC/SC."""

    def slots(self) -> tuple[Slot, ...]:
        """List the readers with what is in them; no card is touched."""
        with translated():
            from smartcard import scard

            return self._states(scard)

    def _states(self, scard: Any) -> tuple[Slot, ...]:
        code, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        if code:
            raise failure_of(code)
        try:
            code, names = scard.SCardListReaders(context, [])
            if code & 0xFFFFFFFF == _NO_READERS or not (code or names):
                return ()
            if code:
                raise failure_of(code)
            code, states = scard.SCardGetStatusChange(context, 0, [(name, scard.SCARD_STATE_UNAWARE) for name in names])
            if code:
                raise failure_of(code)
        finally:
            scard.SCardReleaseContext(context)
        return tuple(
            Slot(name, bool(event & scard.SCARD_STATE_PRESENT), bytes(atr), insertion=event >> 16 & 0xFFFF)
            for name, event, atr in states
        )

    def connect(self, reader: str) -> PcscConnection:
        """Connect to the card in ``reader``."""
        with translated():
            from smartcard.System import readers

            found = next((one for one in readers() if str(one) == reader), None)
            if found is None:
                raise NoReader(reader)
            connection = found.createConnection().component
            try:
                connection.connect()
            except Exception:
                _let_go(connection)
                raise
            return PcscConnection(connection)


class PcscConnection:
    """One connected card; the connection is dead for good once the card was pulled or reset."""

    def __init__(self, connection: Any) -> None:
        """Keep pyscard's connection."""
        self._connection = connection

    def transmit(self, command: bytes | bytearray) -> tuple[bytes, int]:
        """Send one command."""
        words = list(command)
        try:
            with translated():
                data, first, second = self._connection.transmit(words)
        except ProtocolError:
            self._refuse_if_gone()
            raise
        finally:
            words[:] = [0] * len(words)
        return bytes(data), first << 8 | second

    def _refuse_if_gone(self) -> None:
        """Call an empty answer of a card that was pulled meanwhile what it is; the service sees that a little later."""
        with translated():
            from smartcard import scard

            for _ in range(_LOOKS):
                code = scard.SCardStatus(self._connection.hcard)[0]
                if code:
                    raise failure_of(code)
                time.sleep(_BETWEEN.total_seconds())

    def begin(self) -> None:
        """Begin a transaction; blocks while another program is in one."""
        with translated():
            from smartcard import scard

            if self._connection.hcard is None:
                raise CardRemoved("not connected")
            code = scard.SCardBeginTransaction(self._connection.hcard)
        if code:
            raise failure_of(code)

    def end(self) -> None:
        """End the transaction and leave the card as it is."""
        with translated():
            from smartcard import scard

            if self._connection.hcard is not None and (
                code := scard.SCardEndTransaction(self._connection.hcard, scard.SCARD_LEAVE_CARD)
            ):
                log.info("end of transaction: %08X", code & 0xFFFFFFFF)

    def close(self, *, leave: bool = False) -> None:
        """Disconnect, without power unless ``leave``; never raises."""
        if leave:
            self._connection.disposition = _LEAVE_CARD
        _let_go(self._connection)


def _let_go(connection: Any) -> None:
    for step in (connection.disconnect, connection.release):
        try:
            step()
        except Exception as error:  # the service may be gone; nothing is left to do then
            log.info("letting go of the card: %s", type(error).__name__)
    connection.hcard = connection.hcontext = None  # else its destructor would complain once more
