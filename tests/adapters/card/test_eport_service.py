"""The E-port service against a stub of its own: greeting, identity, signature, its error texts, silence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from bondesk.adapters.card.eport_service import LARGEST, READER, EportSigner, failure_of
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
from bondesk.engine.card_port import Expected, Pin
from builders.card_batches import sign_batch
from builders.card_certificates import (
    CARD_NUMBER,
    COMPANY,
    COMPANY_CODE,
    sm2_certificate,
    sm2_key,
)
from builders.eport_stub import RIGHT, Service

Failing = dict[str, str]


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    yield made
    made.end()


def signer_of(service: Service, expected: Expected | None = None) -> EportSigner:
    return EportSigner(service.address, expected, timedelta(seconds=5))


def ready(service: Service, expected: Expected | None = None) -> EportSigner:
    signer = signer_of(service, expected)
    signer.open()
    signer.verify_pin(Pin(RIGHT))
    return signer


@pytest.mark.parametrize(("rsa", "algorithm"), [(False, "SM3withSM2"), (True, "SHA1withRSA")])
def test_identity_and_signature(rsa: bool, algorithm: str) -> None:
    service = Service(rsa=rsa)
    try:
        signer = signer_of(service)
        info = signer.open()
        assert (info.card_number, info.company, info.company_code) == (CARD_NUMBER, COMPANY, COMPANY_CODE)
        assert (info.algorithm, info.driver, info.certificate_number) == (algorithm, "eport", service.number)
        with pytest.raises(PinRequired):
            signer.sign(b"x")
        signer.verify_pin(Pin(RIGHT))
        assert signer.pin_status().verified
        signature = signer.sign("报文".encode())
        assert (signature.algorithm, signature.certificate_number) == (algorithm, service.number)
        signer.close()
        assert service.asked[-1] == "SpcClearEnv"
    finally:
        service.end()


def test_the_service_is_listed_as_one_reader(service: Service) -> None:
    (slot,) = signer_of(service).slots()
    assert (slot.reader, slot.driver) == (READER, "eport")
    with pytest.raises(NoReader):
        signer_of(service).open("another")


def test_a_batch_over_the_service(service: Service) -> None:
    batch = sign_batch(signer_of(service), [b"a", b"b"], Pin(RIGHT))
    assert (len(batch.signatures), batch.stopped) == (2, None)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("[读卡器底层库]打开读卡器失败:错误码=50200", NoReader),
        ("[读卡器底层库]复位读卡器失败:错误码=50070", CardReset),
        ("[读卡器底层库]未插卡:错误码=51590", NoCard),
        ("Err:Base60408", ServiceUnavailable),
        ("口令错误，卡已锁死", PinBlocked),
        ("口令校验失败:密码错误", WrongPin),
        ("未知错误", SigningRefused),
    ],
)
def test_error_texts_of_the_service(text: str, kind: type[CardFailure], service: Service) -> None:
    assert type(failure_of(text)) is kind
    service.errors["SpcInitEnvEx"] = [text, "Err:Custom"]
    with pytest.raises(kind) as caught:
        signer_of(service).open()
    assert text not in str(caught.value)


def test_a_wrong_password_stops_and_is_not_repeated(service: Service) -> None:
    batch = sign_batch(signer_of(service), [b"a"], Pin("12345678"))
    assert isinstance(batch.stopped, WrongPin)
    assert batch.stopped.tries_left is None
    assert service.asked.count("SpcVerifyPIN") == 1
    assert "12345678" not in str(batch.stopped) + batch.stopped.detail
    signer = ready(service)
    with pytest.raises(PinMalformed):
        signer.verify_pin(Pin("1"))
    assert service.asked.count("SpcVerifyPIN") == 2


def test_a_reset_card_is_opened_again_once(service: Service) -> None:
    signer = ready(service)
    failed: list[int] = []

    def once(request: dict[str, Any]) -> str:
        service.errors.pop("SpcSignDataAsPEM", None)
        if not failed:
            service.errors["SpcSignDataAsPEM"] = ["错误码=50070"]
        failed.append(1)
        return service.answer(request)

    service.instead["SpcSignDataAsPEM"] = once
    with pytest.raises(CardReset):
        signer.sign(b"x", heal=False)
    failed.clear()
    assert signer.sign(b"x").value
    assert service.asked.count("SpcGetSignCertAsPEM") == 2, "read again"
    service.errors["SpcSignDataAsPEM"] = ["错误码=50070"]
    service.instead.clear()
    with pytest.raises(CardReset):
        signer.sign(b"x")


def test_another_card_after_a_reset_is_refused_before_its_password(service: Service) -> None:
    signer = ready(service)
    private, point = sm2_key()
    service.der = sm2_certificate(point, private)
    service.errors["SpcSignDataAsPEM"] = ["错误码=50070"]
    with pytest.raises(CertificateMismatch):
        signer.sign(b"x")
    assert service.asked.count("SpcVerifyPIN") == 1


def test_wrong_signatures_are_never_given_away(service: Service) -> None:
    service.sign = lambda _text: bytes(63) + b"\x01"
    with pytest.raises(SigningRefused):
        ready(service).sign(b"x")
    with pytest.raises(CertificateMismatch):
        ready(service, Expected(card_number="2200B00000000")).sign(b"x")


def test_silence_ends_in_time_and_the_line_is_given_up(service: Service) -> None:
    service.instead["SpcSignDataAsPEM"] = lambda _request: None
    signer = EportSigner(service.address, timeout=timedelta(milliseconds=300))
    signer.open()
    signer.verify_pin(Pin(RIGHT))
    for _ in range(2):
        with pytest.raises(ServiceUnavailable):
            signer.sign(b"x")
    signer.close()


def test_answers_to_something_else_are_passed_over(service: Service) -> None:
    def late(request: dict[str, Any]) -> str:
        return json.dumps({"_id": 0, "_method": "cus-sec_SpcSignDataAsPEM", "_status": "00"})

    service.instead["SpcSignDataAsPEM"] = late
    signer = EportSigner(service.address, timeout=timedelta(milliseconds=300))
    signer.open()
    signer.verify_pin(Pin(RIGHT))
    with pytest.raises(ServiceUnavailable):
        signer.sign(b"x")


@pytest.mark.parametrize("answer", ["no JSON", "[]", '{"_id": 1, "_method": "cus-sec_SpcInitEnvEx", "_status": "00"}'])
def test_nonsense_is_called_so(answer: str, service: Service) -> None:
    service.instead["SpcInitEnvEx"] = lambda _request: answer
    with pytest.raises(ProtocolError):
        signer_of(service).open()


def test_another_program_on_the_port(service: Service) -> None:
    service.greeting = json.dumps({"hello": 1})
    with pytest.raises(ProtocolError):
        signer_of(service).open()


def test_no_service_and_a_service_that_went_away() -> None:
    service = Service()
    signer = ready(service)
    service.end()
    with pytest.raises(ServiceUnavailable):
        signer.sign(b"x")
    signer.close()
    for call in (signer.open, signer.slots):
        with pytest.raises(ServiceUnavailable):
            call()


def test_what_the_service_cannot_sign(service: Service) -> None:
    signer = ready(service)
    for content in (b"\xff\xfe", b"x" * LARGEST):
        with pytest.raises(SigningRefused):
            signer.sign(content)
    assert "SpcSignDataAsPEM" not in service.asked
