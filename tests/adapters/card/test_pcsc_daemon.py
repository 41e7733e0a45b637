"""Every row of the error table against a real pcscd with virtual readers and our own software cards."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bondesk.adapters.card.pcsc import PcscTerminal
from bondesk.adapters.card.signer import ReaderSigner
from bondesk.base.errors import OutsideFailure
from bondesk.engine.card_failures import (
    CardBusy,
    CardFailure,
    CardRemoved,
    CardReset,
    CertificateMismatch,
    NoCard,
    NoReader,
    PinBlocked,
    ProtocolError,
    ServiceUnavailable,
    WrongPin,
)
from bondesk.engine.card_port import Pin
from bondesk.engine.card_worker import CardState, CardWorker
from builders.card_batches import sign_batch
from builders.card_certificates import cac_card, piv_card, sm2_card, small_rsa_card
from builders.card_daemon import LOCK, Daemon, foreign_daemon, why_not
from builders.software_card import Inserted, SoftwareCard, insert, inserted

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "a daemon can run")
RIGHT, WRONG = "12345678", "87654321"


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    with LOCK:
        if other := foreign_daemon():
            pytest.skip(other)
        daemon = Daemon(tmp_path_factory.mktemp("pcscd"))
        yield daemon
        daemon.stop()


@pytest.fixture
def daemon(machine: Daemon) -> Daemon:
    """The daemon running with two empty virtual readers."""
    if machine.process is None or machine.process.poll() is not None:
        machine.stop()
        machine.start()
    until(empty)
    return machine


def empty() -> bool:
    """All readers empty, and the daemon has counted that: it looks for cards only now and then."""
    return all(not slot.present and slot.insertion % 2 == 0 for slot in PcscTerminal().slots())


def until(true: Callable[[], Any], seconds: int = 10) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "did not happen in time"
        time.sleep(0.02)


def put(card: SoftwareCard, daemon: Daemon) -> Inserted:
    made = insert(card, daemon.port)
    until(lambda: PcscTerminal().slots()[0].present)
    return made


@pytest.fixture
def signer() -> Iterator[ReaderSigner]:
    made = ReaderSigner(PcscTerminal())
    yield made
    made.close()


def ready(signer: ReaderSigner) -> None:
    signer.open()
    signer.verify_pin(Pin(RIGHT))


def reset_by_another() -> None:
    """What another program does that disconnects with a reset."""
    from smartcard.scard import SCARD_RESET_CARD
    from smartcard.System import readers

    other = readers()[0].createConnection().component
    other.connect(disposition=SCARD_RESET_CARD)
    other.disconnect()
    other.release()


@pytest.mark.parametrize("make", [piv_card, sm2_card, small_rsa_card, cac_card])
def test_each_card_signs_through_the_daemon(
    make: Callable[[], SoftwareCard], daemon: Daemon, signer: ReaderSigner
) -> None:
    made = put(make(), daemon)
    ready(signer)
    first, second = signer.sign(b"one" * 500), signer.sign(b"two")
    assert first.value != second.value
    assert made.card.signed == 2
    made.pull()


def test_no_daemon(machine: Daemon, signer: ReaderSigner) -> None:
    machine.stop()
    for call in (signer.slots, signer.open):
        with pytest.raises(ServiceUnavailable):
            call()


def test_no_reader(machine: Daemon, signer: ReaderSigner) -> None:
    machine.stop()
    machine.start(readers=False)
    try:
        assert signer.slots() == ()
        with pytest.raises(NoReader):
            signer.open()
    finally:
        machine.stop()


def test_reader_without_card(daemon: Daemon, signer: ReaderSigner) -> None:
    assert [slot.present for slot in signer.slots()] == [False, False]
    with pytest.raises(NoCard):
        signer.open()
    with pytest.raises(NoCard):
        PcscTerminal().connect(signer.slots()[0].reader)


def test_pulled_during_a_command(daemon: Daemon, signer: ReaderSigner) -> None:
    made = put(sm2_card(), daemon)
    ready(signer)

    def pull(command: bytes) -> None:
        if command[1] == 0x2A:
            made.pull()

    made.card.fault = pull
    with pytest.raises(CardRemoved):
        signer.sign(b"x", heal=False)


def test_pulled_earlier(daemon: Daemon, signer: ReaderSigner) -> None:
    made = put(sm2_card(), daemon)
    ready(signer)
    made.pull()
    until(empty)
    with pytest.raises(CardRemoved):
        signer.sign(b"x")


def test_put_in_again_is_taken_up_and_signs(daemon: Daemon, signer: ReaderSigner) -> None:
    card = sm2_card()
    made = put(card, daemon)
    ready(signer)
    made.pull()
    until(empty)
    made = put(card, daemon)
    with pytest.raises(CardRemoved):
        signer.sign(b"x", heal=False)
    assert signer.sign(b"x").algorithm == "SM3withSM2"
    made.pull()


def test_another_card_put_in_is_refused(daemon: Daemon, signer: ReaderSigner) -> None:
    made = put(sm2_card(), daemon)
    ready(signer)
    made.pull()
    until(empty)
    other = sm2_card()
    made = put(other, daemon)
    with pytest.raises(CertificateMismatch):
        signer.sign(b"x")
    assert other.signed == 0
    assert other.left == other.tries, "the old password was not tried on the other card"
    made.pull()


def test_reset_by_another_program(daemon: Daemon, signer: ReaderSigner) -> None:
    made = put(piv_card(), daemon)
    ready(signer)
    reset_by_another()
    for _ in range(2):
        with pytest.raises(CardReset):
            signer.sign(b"x", heal=False)
    assert signer.sign(b"x").value
    made.pull()


def test_another_program_s_session_survives_our_reading(daemon: Daemon, signer: ReaderSigner) -> None:
    """A second window of ours sees who the card is, again and again, while the first one signs."""
    made = put(sm2_card(), daemon)
    ready(signer)
    for _ in range(3):
        other = ReaderSigner(PcscTerminal())
        assert other.open().driver == "iso7816"
        other.pin_status()
        other.close()
        assert signer.sign(b"x", heal=False).value
    made.pull()


def test_held_by_another_program(daemon: Daemon, signer: ReaderSigner) -> None:
    from smartcard.scard import SCARD_SHARE_EXCLUSIVE
    from smartcard.System import readers

    made = put(piv_card(), daemon)
    other = readers()[0].createConnection().component
    other.connect(mode=SCARD_SHARE_EXCLUSIVE)
    with pytest.raises(CardBusy):
        signer.open()
    other.disconnect()
    other.release()
    assert signer.open().driver == "piv"
    made.pull()


def test_waits_while_another_is_in_a_transaction(daemon: Daemon, signer: ReaderSigner) -> None:
    made = put(sm2_card(), daemon)
    ready(signer)
    other = PcscTerminal().connect(signer.slots()[0].reader)
    other.begin()
    ended = []

    def end() -> None:
        time.sleep(1)
        ended.append(time.monotonic())
        other.end()

    thread = threading.Thread(target=end)
    thread.start()
    signer.sign(b"x")
    assert ended
    assert time.monotonic() >= ended[0]
    thread.join()
    signer.close()
    other.close()
    made.pull()


def test_closed_connection(daemon: Daemon, signer: ReaderSigner) -> None:
    made = put(sm2_card(), daemon)
    connection = PcscTerminal().connect(PcscTerminal().slots()[0].reader)
    connection.close()
    with pytest.raises(CardRemoved):
        connection.transmit(b"\x00\xa4\x04\x00")
    with pytest.raises(CardRemoved):
        connection.begin()
    connection.end()
    connection.close()
    made.pull()


def test_daemon_killed_while_connected_and_started_again(daemon: Daemon, signer: ReaderSigner) -> None:
    card = sm2_card()
    put(card, daemon)
    ready(signer)
    assert daemon.process is not None
    daemon.process.kill()
    daemon.process.wait()
    with pytest.raises((ServiceUnavailable, CardRemoved)):
        signer.sign(b"x", heal=False)
    with pytest.raises(ServiceUnavailable):
        signer.slots()
    daemon.stop()
    daemon.start()
    made = put(card, daemon)
    with pytest.raises(CardFailure):
        signer.sign(b"x", heal=False)
    ready(signer)
    assert signer.sign(b"x").value
    made.pull()


def test_card_without_status_word(daemon: Daemon, signer: ReaderSigner) -> None:
    made = put(sm2_card(), daemon)
    ready(signer)
    made.card.fault = lambda command: b"\x90" if command[1] == 0x2A else None
    with pytest.raises(ProtocolError):
        signer.sign(b"x")
    made.pull()


def test_wrong_password_counts_down_and_the_last_try_is_a_person_s(daemon: Daemon, signer: ReaderSigner) -> None:
    from bondesk.engine.card_failures import LastTry

    made = put(piv_card(), daemon)
    signer.open()
    assert signer.pin_status().tries_left == 3
    for left in (2, 1):
        with pytest.raises(WrongPin) as caught:
            signer.verify_pin(Pin(WRONG))
        assert caught.value.tries_left == left
    with pytest.raises(LastTry):
        signer.verify_pin(Pin(RIGHT))
    assert made.card.left == 1
    with pytest.raises(PinBlocked):
        signer.verify_pin(Pin(WRONG), last_try=True)
    with pytest.raises(PinBlocked):
        signer.verify_pin(Pin(RIGHT), last_try=True)
    assert signer.pin_status().blocked
    made.pull()


@pytest.mark.parametrize("happens", ["pulled", "reset", "locked"])
def test_a_batch_stops_cleanly(happens: str, daemon: Daemon, signer: ReaderSigner) -> None:
    made = put(sm2_card(), daemon)

    def tell(done: int, _total: int) -> None:
        if done != 2:
            return
        if happens == "pulled":
            made.pull()
        elif happens == "reset":
            reset_by_another()
        else:
            made.card.left = 0

    batch = sign_batch(signer, [b"%d" % number for number in range(5)], Pin(RIGHT), tell=tell)
    expected = {"pulled": CardRemoved, "reset": CardReset, "locked": PinBlocked}[happens]
    assert isinstance(batch.stopped, expected)
    assert len(batch.signatures) == 2 == made.card.signed
    assert "已签名 2 份" in batch.text
    made.pull()


def test_the_worker_outlives_daemon_and_card(daemon: Daemon) -> None:
    """Empty, card, pulled, daemon killed, daemon back, card again: the same thread tells all of it and then signs."""
    told: list[CardState] = []
    worker = CardWorker(lambda: ReaderSigner(PcscTerminal()), told.append)
    worker._interval = 0.05
    worker.start()
    card = sm2_card()
    try:
        until(lambda: told and told[-1].slots)
        made = put(card, daemon)
        until(lambda: any(slot.present for slot in told[-1].slots))
        until(lambda: told[-1].info is not None and told[-1].info.algorithm == "SM3withSM2")
        assert told[-1].pin is not None and told[-1].pin.tries_left == 3
        made.pull()
        until(lambda: told[-1].info is None and not any(slot.present for slot in told[-1].slots))
        assert daemon.process is not None
        daemon.process.kill()
        daemon.process.wait()
        until(lambda: isinstance(told[-1].failure, ServiceUnavailable))
        daemon.stop()
        daemon.start()
        with inserted(card, daemon.port):
            until(lambda: any(slot.present for slot in told[-1].slots))
            batch = worker.ask(lambda one: sign_batch(one, [b"a", b"b"], Pin(RIGHT))).result(20)
            assert (len(batch.signatures), batch.stopped) == (2, None)
    finally:
        worker.stop()
    assert not worker._thread.is_alive()


def test_the_password_is_in_no_log_and_no_text(
    daemon: Daemon, signer: ReaderSigner, caplog: pytest.LogCaptureFixture
) -> None:
    made = put(piv_card(), daemon)
    with caplog.at_level(logging.DEBUG):
        signer.open()
        with pytest.raises(WrongPin) as caught:
            signer.verify_pin(Pin(WRONG))
        signer.verify_pin(Pin(RIGHT))
        signer.sign(b"x")
    for secret in (WRONG, RIGHT, WRONG.encode().hex(), RIGHT.encode().hex()):
        assert secret not in caplog.text + str(caught.value) + repr(caught.value) + caught.value.detail
    assert isinstance(caught.value, OutsideFailure)
    made.pull()


def test_no_daemon_is_left_over(tmp_path: Path, machine: Daemon) -> None:
    machine.stop()
    machine.start()
    process = machine.process
    machine.stop()
    assert process is not None
    assert process.poll() is not None
    assert foreign_daemon() == ""
