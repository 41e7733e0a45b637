"""Real signatures by the software cards in this process: password rules, mishaps in a batch, and the card's thread."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from bondesk.adapters.card.piv import PivDriver
from bondesk.adapters.card.registry import Registry
from bondesk.adapters.card.signer import ReaderSigner
from bondesk.engine.card_failures import (
    CardFailure,
    CardRemoved,
    CardReset,
    CertificateExpired,
    CertificateMismatch,
    LastTry,
    NoCard,
    NoReader,
    PinBlocked,
    PinRequired,
    ServiceUnavailable,
    SigningRefused,
    UnsupportedCard,
    WrongPin,
)
from bondesk.engine.card_port import CardInfo, CardSigner, Expected, Pin, Slot
from bondesk.engine.card_worker import CardState, CardWorker
from builders.card_batches import sign_batch
from builders.card_certificates import CARD_NUMBER, cac_card, piv_card, sm2_card, sm2_proved, small_rsa_card
from builders.software_card import PivCard, SoftwareCard, SoftwareTerminal, atr_of

RIGHT, WRONG = "12345678", "87654321"
Made = Callable[[], SoftwareCard]


def ready(card: SoftwareCard, expected: Expected | None = None) -> tuple[ReaderSigner, SoftwareTerminal]:
    terminal = SoftwareTerminal(empty=None, reader=card)
    signer = ReaderSigner(terminal, expected=expected)
    signer.open()
    signer.verify_pin(Pin(RIGHT))
    return signer, terminal


@pytest.mark.parametrize(
    ("make", "algorithm", "length"),
    [(piv_card, "SHA256withRSA", 256), (sm2_card, "SM3withSM2", 64), (small_rsa_card, "SHA1withRSA", 128),
     (cac_card, "SHA256withRSA", 256)],
)  # fmt: skip
def test_every_card_signs(make: Made, algorithm: str, length: int) -> None:
    signer, terminal = ready(make())
    content = "报关单".encode() * 1000
    signature = signer.sign(content)
    assert (signature.algorithm, len(signature.value)) == (algorithm, length)
    assert signature.content_sha256 == hashlib.sha256(content).hexdigest()
    assert signature.at <= datetime.now(UTC)
    signer.close()
    assert all(one.closed and one.open_transactions == 0 for one in terminal.connected)


def test_signatures_that_fit_into_the_message() -> None:
    """DecSign/Sign holds 200 characters."""
    for card in (sm2_card(), small_rsa_card()):
        assert len(ready(card)[0].sign(b"x").base64) <= 200
    signer = ReaderSigner(SoftwareTerminal(r=piv_card()), Registry((PivDriver(keys=(0x9A,)),)))
    assert signer.open().algorithm == "SHA256withECDSA"
    signer.verify_pin(Pin(RIGHT))
    assert len(signer.sign(b"x").base64) <= 200


def test_packed_certificates_of_piv() -> None:
    card = piv_card()
    card.packed = True
    assert ready(card)[0].sign(b"x").value


def test_sm2_proved_by_the_other_library() -> None:
    card = sm2_card()
    value = ready(card)[0].sign("报文".encode()).value
    assert sm2_proved(card, "报文".encode(), value)
    assert not sm2_proved(card, b"", value)


def test_nothing_to_open() -> None:
    with pytest.raises(NoReader):
        ReaderSigner(SoftwareTerminal()).open()
    with pytest.raises(NoCard):
        ReaderSigner(SoftwareTerminal(reader=None)).open()
    with pytest.raises(NoReader):
        ReaderSigner(SoftwareTerminal(reader=piv_card())).open("another")
    for call in (lambda one: one.pin_status(), lambda one: one.sign(b""), lambda one: one.verify_pin(Pin(RIGHT))):
        with pytest.raises(NoCard):
            call(ReaderSigner(SoftwareTerminal()))


def test_an_unknown_card_gets_nothing_but_select() -> None:
    card = PivCard()
    card.aid = b""
    terminal = SoftwareTerminal(reader=card)
    signer = ReaderSigner(terminal)
    assert [slot.driver for slot in signer.slots()] == [""]
    assert card.seen == [], "listing the readers sends nothing"
    with pytest.raises(UnsupportedCard):
        signer.open()
    assert {command[1] for command in card.seen} == {0xA4}
    assert terminal.connected[0].closed


def test_the_first_card_somebody_knows_is_taken() -> None:
    stranger = PivCard()
    stranger.aid = b""
    signer = ReaderSigner(SoftwareTerminal(a=stranger, b=sm2_card()))
    assert signer.open().reader == "b"
    assert [slot.driver for slot in signer.slots()] == ["", "iso7816"]


def test_wrong_password_and_the_last_try() -> None:
    card = piv_card()
    signer, _ = ready(card)
    for left in (2, 1):
        with pytest.raises(WrongPin) as caught:
            signer.verify_pin(Pin(WRONG))
        assert caught.value.tries_left == left
        assert f"还可尝试 {left} 次" in str(caught.value)
    with pytest.raises(PinRequired):
        signer.sign(b"x")
    for pin in (RIGHT, WRONG):
        with pytest.raises(LastTry):
            signer.verify_pin(Pin(pin))
    with pytest.raises(LastTry):
        signer.change_pin(Pin(RIGHT), Pin("11111111"))
    assert card.left == 1
    signer.verify_pin(Pin(RIGHT), last_try=True)
    assert card.left == 3
    assert signer.sign(b"x").value


def test_a_kept_password_is_never_the_last_try() -> None:
    """Somebody else used up the tries meanwhile: the batch must not lock the card."""
    card = sm2_card()
    signer, _ = ready(card)
    card.left, card.verified = 1, False
    with pytest.raises(LastTry):
        signer.sign(b"x")
    assert card.left == 1


def test_change_of_the_password() -> None:
    card = piv_card()
    signer, _ = ready(card)
    signer.change_pin(Pin(RIGHT), Pin("111222"))
    assert card.pin == b"111222"
    assert signer.sign(b"x").value, "the kept one was replaced"
    with pytest.raises(WrongPin):
        signer.change_pin(Pin(RIGHT), Pin("333444"))
    assert card.pin == b"111222"


def test_close_forgets_everywhere() -> None:
    card = sm2_card()
    signer, _ = ready(card)
    kept = signer._pin
    assert kept is not None
    assert signer.pin_status().verified
    signer.close()
    assert len(kept) == 0
    assert not card.verified
    with pytest.raises(NoCard):
        signer.sign(b"x")


def test_reading_who_a_card_is_disturbs_nobody() -> None:
    """Another program has its password verified; a card only read is let go as it was."""
    card = sm2_card()
    card.selected = card.verified = True
    signer = ReaderSigner(SoftwareTerminal(reader=card))
    signer.open()
    assert signer.pin_status().verified
    signer.close()
    assert card.verified
    signer.open()
    signer.verify_pin(Pin(RIGHT))
    signer.close()
    assert not card.verified


def test_a_wrong_signature_is_never_given_away() -> None:
    card = sm2_card()
    card.fault = lambda command: bytes(63) + b"\x01\x90\x00" if command[1] == 0x2A else None
    with pytest.raises(SigningRefused):
        ready(card)[0].sign(b"x")


def test_expired_or_foreign_cards_do_not_sign() -> None:
    for card, expected, kind in (
        (sm2_card(begins=-20, ends=-1), Expected(), CertificateExpired),
        (sm2_card(), Expected(card_number="2200B00000000"), CertificateMismatch),
        (sm2_card(), Expected(company_code="000000000"), CertificateMismatch),
    ):
        signer, _ = ready(card, expected)
        with pytest.raises(kind):
            signer.sign(b"x")
        assert card.signed == 0
    assert ready(sm2_card(), Expected(CARD_NUMBER))[0].sign(b"x").card_number == CARD_NUMBER


def test_a_reset_heals_once() -> None:
    card = piv_card()
    signer, terminal = ready(card)
    terminal.reset("reader")
    with pytest.raises(CardReset):
        signer.sign(b"x", heal=False)
    read_before = sum(command[1] == 0xCB for command in card.seen)
    assert signer.sign(b"x").value
    assert sum(command[1] == 0xCB for command in card.seen) > read_before, "the certificate was read again"


def test_a_card_that_is_reset_every_time_ends_the_attempt() -> None:
    card = sm2_card()
    signer, terminal = ready(card)

    def reset(command: bytes) -> None:
        if command[1] == 0x22:
            terminal.reset("reader")

    card.fault = reset
    with pytest.raises(CardReset):
        signer.sign(b"x")
    assert card.signed == 0


def test_another_card_put_in_is_refused_before_its_password_is_tried() -> None:
    signer, terminal = ready(sm2_card())
    other = sm2_card()
    terminal.put("reader", other)
    with pytest.raises(CertificateMismatch):
        signer.sign(b"x")
    assert (other.signed, other.left) == (0, 3)
    assert all(command[1] != 0x20 or len(command) == 4 for command in other.seen)
    with pytest.raises(NoCard):
        signer.sign(b"x")


# ---- batches ----


def contents(count: int) -> list[bytes]:
    return [f"报文{number}".encode() for number in range(count)]


def test_a_batch_signs_all_and_lets_go() -> None:
    terminal = SoftwareTerminal(reader=piv_card())
    pin, told = Pin(RIGHT), list[tuple[int, int]]()
    batch = sign_batch(ReaderSigner(terminal), contents(4), pin, tell=lambda done, total: told.append((done, total)))
    assert (len(batch.signatures), batch.stopped, batch.text) == (4, None, "共 4 份，已签名 4 份")
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [one.content_sha256 for one in batch.signatures] == [hashlib.sha256(one).hexdigest() for one in contents(4)]
    assert len(pin) == 0
    assert terminal.connected[-1].closed


@pytest.mark.parametrize(
    ("mishap", "kind"),
    [("pulled", CardRemoved), ("swapped", CardRemoved), ("reset", CardReset), ("locked", PinBlocked),
     ("other password", WrongPin), ("last try", LastTry), ("service", ServiceUnavailable)],
)  # fmt: skip
def test_a_batch_stops_at_the_first_mishap(mishap: str, kind: type[CardFailure]) -> None:
    card, other = sm2_card(), sm2_card()
    terminal = SoftwareTerminal(reader=card)

    def tell(done: int, _total: int) -> None:
        if done == 2:
            happen()

    def happen() -> None:
        match mishap:
            case "pulled":
                terminal.put("reader", None)
            case "swapped":
                terminal.put("reader", other)
            case "reset":
                terminal.reset("reader")
            case "locked":
                card.left = 0
            case "other password":
                card.pin = b"00000000"
            case "last try":
                card.left, card.verified = 1, False
            case _:
                terminal.failing = ServiceUnavailable()

    pin = Pin(RIGHT)
    batch = sign_batch(ReaderSigner(terminal), contents(5), pin, tell=tell)
    assert type(batch.stopped) is kind
    assert len(batch.signatures) == 2 == card.signed
    assert (other.signed, other.left) == (0, 3)
    assert len(pin) == 0
    assert "共 5 份，已签名 2 份，其余未签名、未发送：" in batch.text
    if mishap == "other password":
        assert card.left == 2, "tried once, not again"


def test_a_wrong_password_stops_before_the_first_and_a_stop_is_heeded() -> None:
    card = sm2_card()
    batch = sign_batch(ReaderSigner(SoftwareTerminal(reader=card)), contents(3), Pin(WRONG))
    assert (type(batch.stopped), batch.signatures, card.left) == (WrongPin, (), 2)
    done: list[int] = []
    batch = sign_batch(
        ReaderSigner(SoftwareTerminal(reader=card)), contents(3), Pin(RIGHT),
        tell=lambda one, _all: done.append(one), cancelled=lambda: bool(done),
    )  # fmt: skip
    assert (len(batch.signatures), batch.cancelled) == (1, True)
    assert "按要求停止" in batch.text


# ---- the thread ----


def until(true: Callable[[], object]) -> None:
    ends = time.monotonic() + 10
    while not true():
        assert time.monotonic() < ends, "did not happen in time"
        time.sleep(0.005)


class Watched:
    def __init__(self, terminal: SoftwareTerminal) -> None:
        self.told: list[CardState] = []
        self.worker = CardWorker(lambda: ReaderSigner(terminal), self.told.append, timedelta(milliseconds=10))
        self.worker.start()

    def __enter__(self) -> Watched:
        return self

    def __exit__(self, *_: object) -> None:
        self.worker.stop()
        assert not self.worker._thread.is_alive()


def test_the_thread_sees_cards_come_and_go_and_drops_the_identity() -> None:
    terminal = SoftwareTerminal(reader=None)
    with Watched(terminal) as watched:
        until(lambda: watched.told)
        assert not watched.told[-1].slots[0].present
        card, other = sm2_card(), sm2_card(ends=12)
        terminal.put("reader", card)
        until(lambda: watched.told[-1].info is not None)
        state = watched.told[-1]
        assert state.present and state.info is not None and state.info.card_number == CARD_NUMBER
        assert state.pin is not None and (state.pin.tries_left, card.left) == (3, 3)
        seen = len(card.seen)
        terminal.put("reader", other)  # swapped between two looks
        until(lambda: watched.told[-1].info is not None and watched.told[-1].info.warning(datetime.now(UTC)))
        assert len(card.seen) == seen, "a card is read once, not at every look"
        assert all(connection.closed for connection in terminal.connected), "a card that was read is let go"
        stranger = PivCard()
        stranger.aid = b""
        terminal.put("reader", stranger)
        until(lambda: isinstance(watched.told[-1].failure, UnsupportedCard))
        terminal.put("reader", None)
        until(lambda: watched.told[-1].failure is None)
        assert not watched.worker.state.present


def test_the_tries_left_are_read_anew_after_a_wrong_password() -> None:
    terminal = SoftwareTerminal(reader=sm2_card())
    with Watched(terminal) as watched:
        until(lambda: watched.told and watched.told[-1].pin is not None)

        def wrong(signer: CardSigner) -> None:
            signer.open()
            signer.verify_pin(Pin(WRONG))

        with pytest.raises(WrongPin):
            watched.worker.ask(wrong).result(5)
        until(lambda: watched.told[-1].pin is not None and watched.told[-1].pin.tries_left == 2)
        assert watched.worker.look_again().result(5).info is not None


def test_the_thread_survives_everything_and_says_it_once() -> None:
    terminal = SoftwareTerminal(reader=sm2_card())
    with Watched(terminal) as watched:
        until(lambda: watched.told)
        for trouble in (ServiceUnavailable(), NoReader(), ValueError("a bug"), MemoryError()):
            terminal.failing = trouble
            until(lambda: watched.told[-1].failure is not None)
            time.sleep(0.1)
            terminal.failing = None
            until(lambda: watched.told[-1].failure is None)
        assert len(watched.told) == 9, "one state per change"
        assert len(watched.worker.ask(lambda one: sign_batch(one, contents(2), Pin(RIGHT))).result(5).signatures) == 2


def test_a_service_that_tells_nothing_is_asked_again_now_and_then_only() -> None:
    """The E-port service: an empty one is opened again every 20 s, a card once read is left alone."""
    opened: list[CardFailure | None] = []
    now = [datetime(2026, 1, 1, tzinfo=UTC)]

    class Service(ReaderSigner):
        empty = True

        def slots(self) -> tuple[Slot, ...]:
            return (Slot("service", driver="eport", asked=True),)

        def open(self, reader: str = "") -> CardInfo:
            opened.append(None)
            if self.empty:
                raise NoCard
            return super().open("reader")

    signer = Service(SoftwareTerminal(reader=sm2_card()))
    told: list[CardState] = []
    worker = CardWorker(lambda: signer, told.append, timedelta(milliseconds=5), lambda: now[0])
    worker.start()
    until(lambda: opened)
    time.sleep(0.1)
    assert len(opened) == 1
    Service.empty = False
    now[0] += timedelta(seconds=21)
    until(lambda: told[-1].info is not None)
    now[0] += timedelta(seconds=60)
    time.sleep(0.1)
    assert len(opened) == 2
    worker.stop()


def test_a_listener_that_fails_does_not_end_the_thread() -> None:
    def listener(_state: CardState) -> None:
        raise RuntimeError("screen is gone")

    worker = CardWorker(lambda: ReaderSigner(SoftwareTerminal(reader=sm2_card())), listener, timedelta(milliseconds=10))
    worker.start()
    assert worker.ask(lambda one: one.open()).result(5).driver == "iso7816"
    with pytest.raises(ZeroDivisionError):
        worker.ask(lambda _signer: 1 // 0).result(5)
    assert worker.ask(lambda one: one.open()).result(5).driver == "iso7816"
    worker.stop()


def test_all_card_work_is_on_one_thread_and_stop_cancels_what_waits() -> None:
    seen: set[str] = set()
    release = threading.Event()
    worker = CardWorker(lambda: ReaderSigner(SoftwareTerminal(reader=sm2_card())), interval=timedelta(milliseconds=10))
    worker.start()

    def work(_signer: CardSigner) -> None:
        seen.add(threading.current_thread().name)
        release.wait(5)

    first = worker.ask(work)
    until(lambda: seen)
    later = worker.ask(lambda one: one.open())
    threading.Timer(0.1, release.set).start()
    worker.stop()
    assert first.done()
    assert later.cancelled()
    assert seen == {"ic-card"}


def test_a_known_atr_names_its_driver_before_anything_is_sent() -> None:
    from bondesk.adapters.card.registry import KnownAtr

    card = piv_card()
    registry = Registry(known=(KnownAtr(atr_of(b"BDPIV"), "piv"),))
    signer = ReaderSigner(SoftwareTerminal(r=card), registry)
    assert [slot.driver for slot in signer.slots()] == ["piv"]
    assert card.seen == []
