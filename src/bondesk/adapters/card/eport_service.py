"""The local service of the E-port card control: real E-port cards sign here, over a WebSocket on this computer.

One request at a time, answers matched by number and method; the service hashes and signs, we check the signature.
The password goes in the one message that verifies it and nowhere else. Facts: ic-card 2.2 and 2.3.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import json
import logging
import time
from datetime import timedelta
from typing import Any

from bondesk.adapters.card.certificate import SHA1_RSA, Certificate, is_signed, read_certificate
from bondesk.adapters.card.signer import utc_now
from bondesk.engine.card_failures import (
    CardFailure,
    CardReset,
    CertificateMismatch,
    NoCard,
    NoReader,
    PinBlocked,
    PinMalformed,
    PinRequired,
    ProtocolError,
    ServiceUnavailable,
    SigningRefused,
    WrongPin,
)
from bondesk.engine.card_port import CardInfo, Clock, Expected, Pin, PinStatus, Signature, Slot, refuse_unfit

log = logging.getLogger(__name__)

ADDRESS = "ws://127.0.0.1:61232"
READER = "电子口岸卡控件"
TIMEOUT = timedelta(seconds=30)
#: Beyond this the service wants numbered blocks, which nobody has described reliably.
LARGEST = 120 * 1024
_LARGEST_ANSWER = 1 << 20

_CODES: tuple[tuple[str, type[CardFailure]], ...] = (
    ("50200", NoReader),
    ("51590", NoCard),
    ("50070", CardReset),
    ("60408", ServiceUnavailable),
)
_WORDS: tuple[tuple[str, type[CardFailure]], ...] = (("锁", PinBlocked), ("密码", WrongPin), ("PIN", WrongPin))


class EportSigner:
    """A ``CardSigner`` over the service; the card it finds is the only one it can name."""

    def __init__(
        self,
        address: str = ADDRESS,
        expected: Expected | None = None,
        timeout: timedelta = TIMEOUT,
        clock: Clock = utc_now,
    ) -> None:
        """Take address and patience; nothing is opened yet."""
        self._address, self._expected, self._clock = address, expected or Expected(), clock
        self._timeout = timeout.total_seconds()
        self._line: Any = None
        self._open_line = contextlib.ExitStack()
        self._number = 0
        self._certificate: Certificate | None = None
        self._info: CardInfo | None = None
        self._pin: Pin | None = None

    def slots(self) -> tuple[Slot, ...]:
        """Return the service as one reader; whether a card is in it shows only when it is opened."""
        if self._line is None:
            self._connect()
            self._hang_up()
        return (Slot(READER, present=self._info is not None, driver="eport", asked=True),)

    def open(self, reader: str = "") -> CardInfo:
        """Open the card of the service and read who it is."""
        self.close()
        if reader not in ("", READER):
            raise NoReader(reader)
        try:
            self._connect()
            return self._read()
        except BaseException:
            self.close()
            raise

    def _read(self) -> CardInfo:
        self._ask("SpcInitEnvEx")
        certificate = read_certificate(_bytes(self._first("SpcGetSignCertAsPEM")), SHA1_RSA)
        self._certificate = certificate
        self._info = CardInfo(
            driver="eport",
            reader=READER,
            card_number=self._first("SpcGetCardID") or certificate.card_number,
            certificate_number=self._first("SpcGetCertNo") or certificate.number,
            holder=self._first("SpcGetUName") or certificate.holder,
            company=self._first("SpcGetEntName") or certificate.company,
            company_code=self._first("SpcGetEntID") or certificate.company_code,
            algorithm=certificate.algorithm,
            not_before=certificate.not_before,
            not_after=certificate.not_after,
            certificate=certificate.der,
        )
        return self._info

    def pin_status(self) -> PinStatus:
        """Say whether we verified it; the service tells no counter."""
        if self._info is None:
            raise NoCard("not opened")
        return PinStatus(verified=self._pin is not None)

    def verify_pin(self, pin: Pin, *, last_try: bool = False) -> None:
        """Verify; the service tells no counter, so a wrong one is never repeated by us."""
        if self._info is None:
            raise NoCard("not opened")
        self._keep(None)
        self._ask("SpcVerifyPIN", passwd=_typed(pin))
        self._keep(pin.copied())

    def change_pin(self, old: Pin, new: Pin, *, last_try: bool = False) -> None:
        """Change the password."""
        if self._info is None:
            raise NoCard("not opened")
        self._ask("SpcChangePIN", oldPin=_typed(old), newPin=_typed(new))
        if self._pin is not None:
            self._keep(new.copied())

    def sign(self, content: bytes, *, heal: bool = True) -> Signature:
        """Have the text signed and check the result; with ``heal`` a reset card is opened again once."""
        try:
            return self._sign(content)
        except CardReset as failure:
            log.info("signing: %s", failure.detail)
            if not heal:
                raise
        before, pin = self._info, self._pin.copied() if self._pin else None
        try:
            again = self.open()
            if before is None or again.certificate != before.certificate:
                self.close()
                raise CertificateMismatch("another certificate after reopening")
            if pin is not None:
                self.verify_pin(pin)
        finally:
            if pin is not None:
                pin.wipe()
        return self._sign(content)

    def close(self) -> None:
        """Close card and line, forget the password; never raises."""
        self._keep(None)
        self._certificate = self._info = None
        if self._line is not None:
            with contextlib.suppress(CardFailure):
                self._ask("SpcClearEnv")
        self._hang_up()

    def _sign(self, content: bytes) -> Signature:
        info, certificate = self._info, self._certificate
        if info is None or certificate is None:
            raise NoCard("not opened")
        now = self._clock()
        refuse_unfit(info, self._expected, now)
        if self._pin is None:
            raise PinRequired("no password kept")
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise SigningRefused("the service signs UTF-8 text only") from error
        found = self._ask("SpcSignDataAsPEM", inData=text)
        value = _bytes(_text_at(found, 0))
        number = _text_at(found, 1) or info.certificate_number
        if number.lower() != info.certificate_number.lower():
            raise CertificateMismatch("signed by another certificate")
        if not is_signed(certificate, content, value):
            raise SigningRefused("the signature does not fit the certificate")
        digest = hashlib.sha256(content).hexdigest()
        return Signature(info.algorithm, value, info.certificate_number, info.card_number, now, digest)

    def _keep(self, pin: Pin | None) -> None:
        if self._pin is not None:
            self._pin.wipe()
        self._pin = pin

    def _connect(self) -> None:
        from websockets.exceptions import WebSocketException
        from websockets.sync.client import connect

        try:
            line = connect(
                self._address, open_timeout=self._timeout, close_timeout=1, max_size=_LARGEST_ANSWER, proxy=None
            )
            self._line = self._open_line.enter_context(line)
        except (OSError, WebSocketException) as error:
            raise ServiceUnavailable(type(error).__name__) from error
        greeting = self._received(time.monotonic() + self._timeout)
        if greeting.get("_method") != "open" or greeting.get("_status") != "00":
            self._hang_up()
            raise ProtocolError("no greeting")

    def _hang_up(self) -> None:
        self._line = None
        with contextlib.suppress(Exception):  # a broken line has nothing to say any more
            self._open_line.close()

    def _first(self, method: str) -> str:
        return _text_at(self._ask(method), 0)

    def _ask(self, method: str, **args: str) -> list[Any]:
        """Send one request and wait for its answer; what else arrives meanwhile is dropped."""
        if self._line is None:
            raise ServiceUnavailable("no line")
        self._number += 1
        name = f"cus-sec_{method}"
        request = json.dumps({"_method": name, "_id": self._number, "args": args}, ensure_ascii=False)
        if len(request.encode("utf-8")) > LARGEST:
            raise SigningRefused("more than 120 KB")
        self._send(request)
        ends = time.monotonic() + self._timeout
        while True:
            answer = self._received(ends)
            if answer.get("_id") == self._number and answer.get("_method") == name:
                return _data(answer)

    def _send(self, request: str) -> None:
        from websockets.exceptions import WebSocketException

        try:
            self._line.send(request)
        except (OSError, WebSocketException) as error:
            self._hang_up()
            raise ServiceUnavailable(type(error).__name__) from None

    def _received(self, ends: Any) -> dict[str, Any]:
        from websockets.exceptions import WebSocketException

        try:
            raw = self._line.recv(timeout=max(0, ends - time.monotonic()))
            answer = json.loads(raw)
        except (OSError, WebSocketException) as error:  # TimeoutError is an OSError
            self._hang_up()
            raise ServiceUnavailable(type(error).__name__) from None
        except ValueError as error:
            raise ProtocolError("not JSON") from error
        if not isinstance(answer, dict):
            raise ProtocolError("not an object")
        return answer


def _data(answer: dict[str, Any]) -> list[Any]:
    held = answer.get("_args")
    if not isinstance(held, dict):
        raise ProtocolError(f"status {str(answer.get('_status'))[:8]}")
    if held.get("Result") is True and answer.get("_status") == "00":
        data = held.get("Data")
        return data if isinstance(data, list) else []
    raise failure_of(" ".join(str(one) for one in held.get("Error") or ()))


def failure_of(text: str) -> CardFailure:
    """Return the failure a text of the service stands for: by its code, else by its words."""
    for mark, kind in _CODES + _WORDS:
        if mark in text:
            return kind(detail=text[:200]) if kind is not WrongPin else WrongPin(None)
    return SigningRefused(text[:200])


def _text_at(data: list[Any], place: int) -> str:
    return str(data[place]).strip() if len(data) > place and data[place] is not None else ""


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ProtocolError("not base64") from error


def _typed(pin: Pin) -> str:
    if not 6 <= len(pin) <= 8:
        raise PinMalformed
    raw = pin.padded()
    try:
        return raw.decode("ascii")
    except UnicodeDecodeError:
        raise PinMalformed from None
    finally:
        raw[:] = bytes(len(raw))
