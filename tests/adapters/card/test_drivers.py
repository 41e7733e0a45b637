"""The drivers against lists of expected commands, the reading of answers, and the password holder."""

from __future__ import annotations

import copy
import gzip
import pickle
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bondesk.adapters.card import apdu
from bondesk.adapters.card.cac import CacDriver
from bondesk.adapters.card.certificate import digest, is_signed, padded, read_certificate
from bondesk.adapters.card.iso7816 import IsoDriver
from bondesk.adapters.card.pcsc import failure_of
from bondesk.adapters.card.piv import PivDriver, unpacked
from bondesk.adapters.card.registry import KnownAtr, Registry
from bondesk.engine import card_failures
from bondesk.engine.card_failures import (
    CardBusy,
    CardFailure,
    CardRemoved,
    CardReset,
    CertificateExpired,
    CertificateMismatch,
    CertificateNotYetValid,
    NoCard,
    NoReader,
    PinBlocked,
    PinMalformed,
    PinRequired,
    ProtocolError,
    ServiceUnavailable,
    SigningRefused,
    UnsupportedCard,
    WrongPin,
)
from bondesk.engine.card_port import CardInfo, Expected, Pin, PinStatus, refuse_unfit
from builders.card_certificates import (
    CARD_NUMBER,
    COMPANY,
    COMPANY_CODE,
    HOLDER,
    IDENTITY_NUMBER,
    SIGNING_NOW,
    certificate,
    curve_key,
    rsa_key,
    sm2_certificate,
    sm2_key,
)
from builders.software_card import sm2_signature, tlv


class Listed:
    """A channel that answers a list of expected commands and nothing else."""

    def __init__(self, *pairs: tuple[str, str]) -> None:
        self.pairs: list[tuple[str, str]] = [(one.replace(" ", "").upper(), two) for one, two in pairs]

    def transmit(self, command: bytes | bytearray) -> tuple[bytes, int]:
        assert self.pairs, f"unexpected {command.hex().upper()}"
        expected, answer = self.pairs.pop(0)
        assert command.hex().upper() == expected
        raw = bytes.fromhex(answer)
        return raw[:-2], int.from_bytes(raw[-2:], "big")


def test_remaining_data_is_fetched_until_the_end() -> None:
    channel = Listed(("00CB", "AA6102"), ("00C0000002", "BB6101"), ("00C0000001", "CC9000"))
    assert apdu.exchange(channel, bytes.fromhex("00CB")) == (b"\xaa\xbb\xcc", 0x9000)


def test_a_wrong_length_is_repeated_with_the_right_one() -> None:
    channel = Listed(("00CA000100", "6C0D"), ("00CA00010D", "319000"))
    assert apdu.exchange(channel, bytes.fromhex("00CA000100")) == (b"1", 0x9000)


def test_a_card_that_promises_data_for_ever_is_left() -> None:
    with pytest.raises(ProtocolError):
        apdu.exchange(Listed(("00CB", "6102"), ("00C0000002", "6102")), bytes.fromhex("00CB"))


def test_long_data_is_chained() -> None:
    data = bytes(range(256)) * 2
    channel = Listed(
        ("1087079CFF" + data[:255].hex(), "9000"),
        ("1087079CFF" + data[255:510].hex(), "9000"),
        ("0087079C02" + data[510:].hex() + "00", "AB9000"),
    )
    assert apdu.chained(channel, (0x00, 0x87, 0x07, 0x9C), data) == (b"\xab", 0x9000)
    assert not channel.pairs


def test_a_refused_block_ends_the_chain() -> None:
    channel = Listed(("1087079CFF" + "00" * 255, "6982"))
    assert apdu.chained(channel, (0x00, 0x87, 0x07, 0x9C), bytes(300)) == (b"", 0x6982)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (0x9000, PinStatus(verified=True)),
        (0x63C3, PinStatus(tries_left=3)),
        (0x63C1, PinStatus(tries_left=1)),
        (0x63C0, PinStatus(tries_left=0, blocked=True)),
        (0x6983, PinStatus(tries_left=0, blocked=True)),
        (0x6985, PinStatus()),
    ],
)
def test_the_counter_is_read_without_a_try(status: int, expected: PinStatus) -> None:
    assert PivDriver().pin_status(Listed(("00200080", f"{status:04X}"))) == expected
    assert expected.last_try is (expected.tries_left == 1)


@pytest.mark.parametrize(
    ("status", "kind", "left"),
    [(0x63C2, WrongPin, 2), (0x63C0, PinBlocked, None), (0x6983, PinBlocked, None), (0x6985, WrongPin, None),
     (0x6300, WrongPin, None), (0x6700, ProtocolError, None), (0x6A88, UnsupportedCard, None)],
)  # fmt: skip
def test_what_verify_answers(status: int, kind: type[CardFailure], left: int | None) -> None:
    with pytest.raises(kind) as caught:
        PivDriver().verify(Listed(("0020008008313233343536FFFF", f"{status:04X}")), Pin("123456"))
    assert getattr(caught.value, "tries_left", None) == left


@pytest.mark.parametrize(
    ("status", "kind"),
    [(0x6982, PinRequired), (0x6983, PinBlocked), (0x6985, UnsupportedCard), (0x6A82, UnsupportedCard),
     (0x6D00, UnsupportedCard), (0x6E00, UnsupportedCard), (0x6A88, UnsupportedCard), (0x6700, ProtocolError),
     (0x6A80, ProtocolError), (0x6F00, SigningRefused)],
)  # fmt: skip
def test_what_other_status_words_mean(status: int, kind: type[CardFailure]) -> None:
    failure = apdu.failure(status)
    assert type(failure) is kind
    assert failure.detail == f"{status:04X}"
    assert failure.detail not in str(failure)


@pytest.mark.parametrize("typed", ["", "12345", "123456789"])
def test_a_password_that_cannot_be_one_is_not_sent(typed: str) -> None:
    for driver in (PivDriver(), IsoDriver()):
        with pytest.raises(PinMalformed):
            driver.verify(Listed(), Pin(typed))
        with pytest.raises(PinMalformed):
            driver.change(Listed(), Pin("123456"), Pin(typed))
    with pytest.raises(PinMalformed):
        Pin("密码密码密码")


def test_change_of_the_password() -> None:
    both = "313233343536FFFF" + "3837363534333231"
    PivDriver().change(Listed(("0024008010" + both, "9000")), Pin("123456"), Pin("87654321"))
    IsoDriver().change(Listed(("002400010C313233343536363534333231", "9000")), Pin("123456"), Pin("654321"))
    with pytest.raises(UnsupportedCard):
        CacDriver().change(Listed(), Pin("123456"), Pin("654321"))


def test_piv_signs_with_rsa_in_blocks() -> None:
    found = read_certificate(certificate(rsa_key(2048)))
    template = tlv(0x7C, b"\x82\x00" + tlv(0x81, padded(found, b"x")))
    value = bytes(range(256))
    held = tlv(0x53, tlv(0x70, found.der) + bytes.fromhex("710100FE00"))
    answer = tlv(0x7C, tlv(0x82, value))
    channel = Listed(
        ("00CB3FFF055C035FC10A00", held.hex() + "9000"),
        ("1087079CFF" + template[:255].hex(), "9000"),
        (f"0087079C{len(template) - 255:02X}" + template[255:].hex() + "00", answer[:256].hex() + "6108"),
        ("00C0000008", answer[256:].hex() + "9000"),
    )
    assert PivDriver().sign(channel, found, b"x") == value
    assert template[:8].hex().upper() == "7C82010682008182"


def test_piv_signs_with_the_curve_where_the_first_slot_is_empty() -> None:
    found = read_certificate(certificate(curve_key()))
    channel = Listed(
        ("00CB3FFF055C035FC10A00", "6A82"),
        ("00CB3FFF055C035FC10500", tlv(0x53, tlv(0x70, found.der) + b"\x71\x01\x00").hex() + "9000"),
        ("0087119A267C2482008120" + digest(found, b"x").hex() + "00", "7C0482023000" + "9000"),
    )
    assert PivDriver().sign(channel, found, b"x") == b"\x30\x00"


def test_piv_without_any_certificate() -> None:
    with pytest.raises(UnsupportedCard):
        PivDriver().certificate(Listed(("00CB3FFF055C035FC10A00", "6A82"), ("00CB3FFF055C035FC10500", "6A82")))


def test_packed_certificates_are_unpacked_within_bounds() -> None:
    assert unpacked(gzip.compress(b"DER")) == b"DER"
    for wrong in (b"no gzip", gzip.compress(bytes(10_000_000)), gzip.compress(b"DER")[:-6]):
        with pytest.raises(ProtocolError):
            unpacked(wrong)


def test_iso_signs_e_and_asks_for_the_password() -> None:
    private, point = sm2_key()
    found = read_certificate(sm2_certificate(point, private))
    command = "002A9E9A20" + digest(found, b"x").hex() + "00"
    channel = Listed(("002241B603840101", "9000"), (command, "AA" * 64 + "9000"))
    assert IsoDriver().sign(channel, found, b"x") == b"\xaa" * 64
    with pytest.raises(PinRequired):
        IsoDriver().sign(Listed(("002241B603840101", "9000"), (command, "6985")), found, b"x")


def test_cac_signs_in_two_halves() -> None:
    found = read_certificate(certificate(rsa_key(2048)))
    block = padded(found, b"x").hex()
    channel = Listed(
        ("8042800080" + block[:256], "9000"),
        ("8042000080" + block[256:] + "00", "6100"),
        ("00C0000000", "BB" * 256 + "9000"),
    )
    assert CacDriver().sign(channel, found, b"x") == b"\xbb" * 256


def test_only_select_is_sent_to_find_the_driver() -> None:
    channel = Listed(
        ("00A4040005A000000308", "6A82"), ("00A4040007A0000000790100", "6A82"), ("00A4040008F04543504F525401", "6A82")
    )
    assert Registry().claim(b"\x3b\x00", channel) is None
    assert not channel.pairs


def test_a_known_atr_is_asked_first_and_a_barred_one_never() -> None:
    channel = Listed(("00A4040008F04543504F525401", "9000"))
    registry = Registry(known=(KnownAtr(b"\x3b\x12\x34", "iso7816", b"\xff\xff\x00"), KnownAtr(b"\x3b\x99", "")))
    driver = registry.claim(b"\x3b\x12\x56", channel)
    assert driver is not None
    assert driver.name == "iso7816"
    assert registry.claim(b"\x3b\x99", Listed()) is None


@pytest.mark.parametrize(
    ("code", "kind"),
    [(0x8010001D, ServiceUnavailable), (0x8010002E, NoReader), (0x8010000C, NoCard), (0x80100016, CardRemoved),
     (0x80100069, CardRemoved), (0x80100068, CardReset), (0x8010000B, CardBusy), (0x8010FFFF, ProtocolError)],
)  # fmt: skip
def test_codes_of_the_readers_signed_or_not(code: int, kind: type[CardFailure]) -> None:
    for number in (code, code - (1 << 32)):
        failure = failure_of(number)
        assert type(failure) is kind
        assert f"{code:08X}" in failure.detail
        assert f"{code:08X}" not in str(failure)


# ---- certificates ----


def test_what_a_certificate_says_and_the_identity_number_left_out() -> None:
    private, point = sm2_key()
    for der, number, algorithm in (
        (certificate(rsa_key(1024)), "01691fe9", "SHA1withRSA"),
        (certificate(rsa_key(2048)), "01691fe9", "SHA256withRSA"),
        (certificate(curve_key()), "01691fe9", "SHA256withECDSA"),
        (certificate(curve_key(384)), "01691fe9", "SHA384withECDSA"),
        (sm2_certificate(point, private), "03000000000cde6f", "SM3withSM2"),
    ):
        found = read_certificate(der)
        assert (found.number, found.algorithm, found.holder) == (number, algorithm, HOLDER)
        assert (found.company, found.company_code, found.card_number) == (COMPANY, COMPANY_CODE, CARD_NUMBER)
        assert IDENTITY_NUMBER not in repr(found).replace(repr(found.der), "")


@pytest.mark.parametrize("cut", [0, 10, -1])
def test_a_torn_certificate_is_refused(cut: int) -> None:
    with pytest.raises(ProtocolError):
        read_certificate(certificate(rsa_key(2048))[:cut])


def test_a_key_too_new_for_us_is_unsupported() -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key, name = Ed25519PrivateKey.generate(), x509.Name([])
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, SIGNING_NOW, SIGNING_NOW + timedelta(1)).sign(
        key, None
    )
    with pytest.raises(UnsupportedCard):
        read_certificate(made.public_bytes(serialization.Encoding.DER))


def test_sm2_signatures_are_proved_and_every_flipped_bit_is_seen() -> None:
    private, point = sm2_key()
    found = read_certificate(sm2_certificate(point, private))
    value = sm2_signature(private, digest(found, "报文".encode()))
    assert is_signed(found, "报文".encode(), value)
    for at in (0, 31, 32, 63):
        wrong = bytearray(value)
        wrong[at] ^= 1
        assert not is_signed(found, "报文".encode(), bytes(wrong))
    assert not is_signed(found, b"", value)
    assert not is_signed(found, "报文".encode(), value[:-1])


def info(begins: int, ends: int) -> CardInfo:
    day = timedelta(days=1)
    return CardInfo("piv", "r", "1234567890123", "n", "h", "c", "123456789", "a", SIGNING_NOW + begins * day,
                    SIGNING_NOW + ends * day, b"")  # fmt: skip


def test_validity_is_refused_warned_or_silent() -> None:
    with pytest.raises(CertificateExpired):
        refuse_unfit(info(-10, -1), Expected(), SIGNING_NOW)
    with pytest.raises(CertificateNotYetValid):
        refuse_unfit(info(1, 10), Expected(), SIGNING_NOW)
    refuse_unfit(info(-1, 1), Expected(), SIGNING_NOW)
    assert "还剩 30 天" in info(-1, 30).warning(SIGNING_NOW)
    assert info(-1, 31).warning(SIGNING_NOW) == "" == info(-9, -1).warning(SIGNING_NOW)
    assert info(-1, 31).days_left(SIGNING_NOW) == 31


def test_another_card_or_company_is_refused() -> None:
    refuse_unfit(info(-1, 9), Expected("1234567890123", "123456789"), SIGNING_NOW)
    for expected in (Expected("1234567890124"), Expected(company_code="987654321")):
        with pytest.raises(CertificateMismatch):
            refuse_unfit(info(-1, 9), expected, SIGNING_NOW)


# ---- password and texts ----


def test_the_password_holder_shows_nothing_and_overwrites_itself() -> None:
    typed = bytearray(b"12345678")
    pin = Pin(typed)
    assert typed == bytes(8)
    held = pin._typed
    assert "1234" not in repr(pin) + str(pin) + f"{pin}"
    for copying in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError):
            copying(pin)
    second = pin.copied()
    with pin:
        pass
    assert held == b""
    assert len(pin) == 0
    assert len(second) == 8
    with pytest.raises(PinRequired):
        pin.copied()


def test_a_command_with_a_password_is_overwritten_after_it_was_sent() -> None:
    sent: list[bytes | bytearray] = []

    class Keeping:
        def transmit(self, command: bytes | bytearray) -> tuple[bytes, int]:
            assert b"12345678" in command
            sent.append(command)
            return b"", 0x9000

    PivDriver().verify(Keeping(), Pin("12345678"))
    PivDriver().change(Keeping(), Pin("12345678"), Pin("87654321"))
    IsoDriver().verify(Keeping(), Pin("12345678"))
    assert [set(command) for command in sent] == [{0}, {0}, {0}]


def failures() -> Sequence[type[CardFailure]]:
    found = [one for one in vars(card_failures).values() if isinstance(one, type) and issubclass(one, CardFailure)]
    assert len(found) > 15
    return found


@pytest.mark.parametrize("kind", failures())
def test_every_failure_says_what_is_wrong_and_what_to_do_and_no_codes(kind: type[CardFailure]) -> None:
    made = kind(detail="80100069 6A82")
    assert made.sentence in str(made)
    assert made.hint in str(made)
    assert "80100069" not in str(made)
    assert made.detail
    assert sum(1 for letter in made.sentence if "\u4e00" <= letter <= "\u9fff") >= 4
