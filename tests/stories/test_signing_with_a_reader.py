"""The same path with the real pcscd and a virtual reader: three declarations, the card pulled at the second, gone on.

Skipped with the reason where no daemon can run; the twin in this process (``tests/engine/test_message_signing.py``)
always runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bondesk.adapters.card.combined import CombinedSigner
from bondesk.adapters.card.eport_service import EportSigner
from bondesk.adapters.card.pcsc import PcscTerminal
from bondesk.adapters.card.signer import ReaderSigner
from bondesk.engine import sending
from bondesk.engine.card_failures import CardRemoved, CertificateMismatch, NoCard, ServiceUnavailable
from bondesk.engine.card_worker import CardState, CardWorker
from builders.card_certificates import CARD_NUMBER, sm2_card, sm2_proved
from builders.card_daemon import LOCK, Daemon, foreign_daemon, why_not
from builders.office import Office
from builders.signing_office import RIGHT, SigningOffice, signing_office, three_declarations
from builders.software_card import IsoCard, insert

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "a daemon can run")


@pytest.fixture
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    with LOCK:
        if other := foreign_daemon():
            pytest.skip(other)
        one = Daemon(tmp_path_factory.mktemp("pcscd"))
        one.start()
        yield one
        one.stop()


def until(true: Callable[[], Any]) -> None:
    ends = time.monotonic() + 15
    while not true():
        assert time.monotonic() < ends, "did not happen in time"
        time.sleep(0.02)


def other_person() -> IsoCard:
    card = sm2_card()
    card.number = b"2200A00099999"
    return card


def signer() -> CombinedSigner:
    """What the program uses; the E-port service of this machine is not ours to ask."""
    return CombinedSigner(ReaderSigner(PcscTerminal()), EportSigner("ws://127.0.0.1:9"))


def test_pulled_at_the_second_of_three_then_put_back(daemon: Daemon, masters_office: Office) -> None:
    made: SigningOffice = signing_office(masters_office, PcscTerminal(), "DECMESSAGE")
    three_declarations(made.office)
    told: list[CardState] = []
    worker = CardWorker(signer, told.append)
    worker._interval = 0.05
    worker.start()
    card = sm2_card()
    try:
        put = insert(card, daemon.port)
        until(lambda: told and told[-1].info is not None and told[-1].info.card_number == CARD_NUMBER)

        def pull(command: bytes) -> None:
            if command[1] == 0x2A and card.signed == 1:
                put.pull()

        card.fault = pull
        signed = worker.ask(lambda one: made.sign(signer=one)).result(60)
        assert isinstance(signed.stopped, CardRemoved) and len(signed.numbers) == 1
        assert made.office.hand_over() == sending.HandedOver(1, (), 2)
        assert [row[0] for row in made.rows()] == ["handed", "ready", "ready"]
        assert all("IC卡已被拔出" in row[2] for row in made.rows()[1:])
        until(lambda: not told[-1].present and told[-1].info is None)
        assert isinstance(worker.ask(lambda one: made.sign(signer=one)).result(60).stopped, NoCard)
        other = other_person()
        put = insert(other, daemon.port)
        until(lambda: told[-1].info is not None and told[-1].info.card_number == "2200A00099999")
        assert isinstance(worker.ask(lambda one: made.sign(signer=one)).result(60).stopped, CertificateMismatch)
        assert (other.signed, other.left) == (0, 3)
        put.pull()
        until(lambda: not told[-1].present)
        daemon.stop()
        until(lambda: isinstance(told[-1].failure, ServiceUnavailable))
        assert isinstance(worker.ask(lambda one: made.sign(signer=one)).result(60).stopped, ServiceUnavailable)
        daemon.start()
        card.fault = None
        put = insert(card, daemon.port)
        until(lambda: told[-1].info is not None and told[-1].info.card_number == CARD_NUMBER)
        assert told[-1].pin is not None and told[-1].pin.tries_left == 3
        insertion = [slot.insertion for slot in told[-1].slots]
        assert len(worker.ask(lambda one: made.sign(signer=one)).result(60).numbers) == 2
        until(lambda: told[-1].info is not None)
        assert [slot.insertion for slot in worker.state.slots] == insertion, "letting the card go is no pulling out"
        put.pull()
    finally:
        worker.stop()
    assert made.office.hand_over() == sending.HandedOver(2, (), 0)
    assert [row[::2] for row in made.rows()] == [("handed", "")] * 3
    assert len(made.handed()) == 3 and len(made.logged("签名报文")) == 3
    for path in made.handed():
        content = path.read_bytes()
        with made.office.act() as act:
            message = made.office.document("declaration").message
            assert message is not None
            covered, value = act.packer.signed(message, content, "SM3withSM2")
        assert sm2_proved(card, covered, value)
    assert RIGHT not in "".join(str(row.summary) for row in made.logged("签名中止"))
