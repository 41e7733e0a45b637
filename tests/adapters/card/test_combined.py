"""Readers and E-port service as one signer: which answers first, what failure is told, what a bare computer pays."""

from __future__ import annotations

import builtins
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bondesk.adapters.card.combined import CombinedSigner, proves
from bondesk.adapters.card.eport_service import READER
from bondesk.adapters.card.pcsc import PcscTerminal
from bondesk.adapters.card.signer import ReaderSigner
from bondesk.engine.card_failures import (
    CardFailure,
    NoCard,
    NoReader,
    ReaderSoftwareMissing,
    ServiceUnavailable,
    UnsupportedCard,
)
from bondesk.engine.card_port import CardInfo, Pin, Slot
from builders.card_certificates import sm2_card
from builders.software_card import PivCard, SoftwareTerminal


class Service(ReaderSigner):
    """A service with a card of its own, that may be away."""

    def __init__(self) -> None:
        super().__init__(SoftwareTerminal(**{READER: sm2_card()}))
        self.failing: CardFailure | None = None
        self.empty: CardFailure | None = None
        self.asked = 0

    def slots(self) -> tuple[Slot, ...]:
        self.asked += 1
        if self.failing:
            raise self.failing
        return (Slot(READER, driver="eport", asked=True),)

    def open(self, reader: str = "") -> CardInfo:
        if self.empty:
            raise self.empty
        return super().open(reader)


class Time:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def made(**cards: Any) -> tuple[CombinedSigner, Service, SoftwareTerminal, Time]:
    service, terminal, clock = Service(), SoftwareTerminal(**cards), Time()
    return CombinedSigner(ReaderSigner(terminal), service, clock=clock), service, terminal, clock


def test_the_service_is_asked_first_and_named_readers_are_heeded() -> None:
    signer, _service, _terminal, _clock = made(r=sm2_card())
    assert [slot.reader for slot in signer.slots()] == [READER, "r"]
    assert signer.open().reader == READER
    signer.verify_pin(Pin("12345678"))
    assert signer.pin_status().verified
    signature = signer.sign("报文".encode())
    info = signer.open("r")
    assert info.reader == "r"
    assert not proves(info.certificate, info.algorithm, "报文".encode(), signature.value), "another card's key"
    assert signer.open(READER).reader == READER
    info = signer.open(READER)
    assert proves(info.certificate, info.algorithm, "报文".encode(), signature.value)
    signer.close()
    with pytest.raises(NoCard):
        signer.sign(b"x")


def test_without_a_service_the_readers_do_and_it_is_looked_for_now_and_then_only() -> None:
    signer, service, terminal, clock = made(r=sm2_card())
    service.failing = ServiceUnavailable()
    for _ in range(50):
        assert [slot.reader for slot in signer.slots()] == ["r"]
    assert service.asked == 1
    clock.now += timedelta(seconds=21)
    service.failing = None
    assert len(signer.slots()) == 2
    service.failing = ServiceUnavailable()
    clock.now -= timedelta(days=1)  # a clock set back does not silence the looking
    assert len(signer.slots()) == 1
    assert signer.open().reader == "r"
    terminal.failing = ServiceUnavailable("no pcscd")
    with pytest.raises(ServiceUnavailable):
        signer.slots()


def test_the_most_telling_failure_is_told() -> None:
    stranger = PivCard()
    stranger.aid = b""
    signer, service, terminal, _clock = made(r=stranger)
    service.empty = NoCard()
    with pytest.raises(UnsupportedCard):
        signer.open()
    terminal.put("r", None)
    service.empty = NoReader()
    with pytest.raises(NoCard):
        signer.open()
    terminal.failing = ServiceUnavailable()
    with pytest.raises(NoReader):
        signer.open()
    assert [slot.reader for slot in signer.slots()] == [READER], "a service is enough"
    service.failing = ServiceUnavailable()
    with pytest.raises(ServiceUnavailable):
        signer.open()


def test_a_missing_pyscard_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    true = builtins.__import__

    def missing(name: str, *rest: Any, **more: Any) -> Any:
        if name.split(".")[0] == "smartcard":
            raise ImportError(name)
        return true(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", missing)
    service = Service()
    service.failing = ServiceUnavailable()
    signer = CombinedSigner(ReaderSigner(PcscTerminal()), service)
    for call in (signer.slots, signer.open):
        with pytest.raises(ReaderSoftwareMissing, match="没有安装读卡组件"):
            call()
