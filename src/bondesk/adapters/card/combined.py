"""The readers of PC/SC and the local service of the E-port control as one signer: the operator has one card.

The service is asked first, because real E-port cards answer only there; it is looked for only now and then, so that a
computer without it pays nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bondesk.adapters.card.eport_service import READER, EportSigner
from bondesk.adapters.card.pcsc import PcscTerminal
from bondesk.adapters.card.signer import ReaderSigner, utc_now
from bondesk.engine.card_failures import CardFailure, NoCard, NoReader, ServiceUnavailable
from bondesk.engine.card_port import CardInfo, CardSigner, Clock, Pin, PinStatus, Signature, Slot

#: How often the service is looked for, and how long it may take to greet then.
LOOK_EVERY, GREETS_WITHIN = timedelta(seconds=20), timedelta(seconds=3)
_NEVER = datetime.min.replace(tzinfo=UTC)
#: Failures from the least to the most telling; all others tell more.
_DULL: tuple[type[CardFailure], ...] = (ServiceUnavailable, NoReader, NoCard)


class CombinedSigner:
    """A ``CardSigner`` over readers and service; ``probe`` looks for the service with little patience."""

    def __init__(
        self,
        readers: CardSigner | None = None,
        service: CardSigner | None = None,
        probe: CardSigner | None = None,
        clock: Clock = utc_now,
    ) -> None:
        """Take both; what is not given is the real one."""
        self._readers = readers or ReaderSigner(PcscTerminal())
        self._service = service or EportSigner()
        self._probe = probe or (service or EportSigner(timeout=GREETS_WITHIN))
        self._clock, self._looked = clock, _NEVER
        self._found: tuple[Slot, ...] = ()
        self._taken: CardSigner | None = None

    def slots(self) -> tuple[Slot, ...]:
        """List the service, when it runs, and the readers; the readers' failure only when there is no service."""
        service = self._service_slots()
        try:
            return service + self._readers.slots()
        except CardFailure:
            if service:
                return service
            raise

    def _service_slots(self) -> tuple[Slot, ...]:
        if self._taken is self._service:
            return self._service.slots()
        if not timedelta() <= self._clock() - self._looked < LOOK_EVERY:
            self._looked = self._clock()
            try:
                self._found = self._probe.slots()
            except CardFailure:
                self._found = ()
        return self._found

    def open(self, reader: str = "") -> CardInfo:
        """Take the card of the service, else the first one in a reader; the most telling failure is raised."""
        self.close()
        failures: list[CardFailure] = []
        self._looked = _NEVER
        order = [self._service] if self._service_slots() and reader in ("", READER) else []
        for signer in order if reader == READER else [*order, self._readers]:
            try:
                info = signer.open(reader)
            except CardFailure as failure:
                failures.append(failure)
            else:
                self._taken = signer
                return info
        raise max(failures, key=_tells) if failures else ServiceUnavailable("the service does not run")

    def _of_taken(self) -> CardSigner:
        if self._taken is None:
            raise NoCard("not opened")
        return self._taken

    def pin_status(self) -> PinStatus:
        """Ask the card taken."""
        return self._of_taken().pin_status()

    def verify_pin(self, pin: Pin, *, last_try: bool = False) -> None:
        """Verify with the card taken."""
        self._of_taken().verify_pin(pin, last_try=last_try)

    def sign(self, content: bytes, *, heal: bool = True) -> Signature:
        """Sign with the card taken."""
        return self._of_taken().sign(content, heal=heal)

    def change_pin(self, old: Pin, new: Pin, *, last_try: bool = False) -> None:
        """Change the password of the card taken."""
        self._of_taken().change_pin(old, new, last_try=last_try)

    def close(self) -> None:
        """Let go of the card."""
        taken, self._taken = self._taken, None
        if taken is not None:
            taken.close()


def _tells(failure: CardFailure) -> int:
    return next((place for place, kind in enumerate(_DULL) if isinstance(failure, kind)), len(_DULL))


def proves(der: bytes, algorithm: str, content: bytes, value: bytes) -> bool:
    """Tell whether ``value`` is the signature of ``content`` by the key of a DER certificate."""
    from bondesk.adapters.card.certificate import SHA1_RSA, is_signed, read_certificate

    return is_signed(read_certificate(der, SHA1_RSA if algorithm == SHA1_RSA else ""), content, value)
