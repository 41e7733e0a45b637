"""本机IC卡签名: every signature proved and logged, nothing unsigned handed over, and every mishap ends a batch cleanly."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.x509 import load_der_x509_certificate
from lxml import etree
from sqlalchemy import select

from bondesk.adapters.card.combined import CombinedSigner
from bondesk.adapters.card.eport_service import EportSigner
from bondesk.adapters.card.piv import PivDriver
from bondesk.adapters.card.registry import Registry
from bondesk.adapters.card.signer import ReaderSigner
from bondesk.areas.setup.company import Company
from bondesk.base.element_name import ElementName, MessageNames
from bondesk.base.errors import Refused
from bondesk.base.identity import Identity
from bondesk.engine import attachments, sending, signing_kinds
from bondesk.engine.attachments import Paper
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
    ServiceUnavailable,
    SigningRefused,
    WrongPin,
)
from bondesk.engine.card_port import Signature
from bondesk.engine.engine import SYSTEM
from bondesk.engine.outbox_care import outbox
from bondesk.engine.tables import Outbox
from builders import dec_messages
from builders.card_certificates import (
    CARD_NUMBER,
    IDENTITY_NUMBER,
    certificate,
    curve_key,
    piv_card,
    rsa_key,
    sm2_card,
    sm2_proved,
    small_rsa_card,
)
from builders.eport_stub import RIGHT as EPORT_PIN
from builders.eport_stub import Service
from builders.office import Office
from builders.signing_office import RIGHT, WRONG, SigningOffice, signing_office, three_declarations
from builders.software_card import IsoCard, SoftwareCard, SoftwareTerminal

ORDER = "OperType ICCode CopCode OperName ClientSeqNo Sign SignDate Certificate HostId BillSeqNo DomainId Note".split()


def with_card(office: Office, card: SoftwareCard | None, *codes: str) -> SigningOffice:
    return signing_office(office, SoftwareTerminal(reader=card), *(codes or ("DECMESSAGE",)))


def declaration_signed(content: bytes) -> tuple[dict[str, str], bytes, bytes]:
    """The DecSign of a message as it lies in the OutBox, the bytes its signature covers, and the signature."""
    root = etree.fromstring(content)
    (sign,) = root.iter("{*}DecSign")
    texts = {etree.QName(one).localname: one.text or "" for one in sign}
    (place,) = sign.iter("{*}Sign")
    place.text = None
    return texts, etree.tostring(root, method="c14n", exclusive=True), base64.b64decode(texts["Sign"])


def test_a_declaration_carries_card_certificate_time_and_signature_in_their_places(masters_office: Office) -> None:
    card = sm2_card()
    made = with_card(masters_office, card)
    three_declarations(made.office)
    assert made.office.hand_over() == sending.HandedOver(0, (), 3)
    assert made.handed() == []
    with made.office.act() as act:
        assert {line.word for line in outbox(act)} == {"待签名（本机IC卡）"}
        assert all("签名待发报文" in line.advice for line in outbox(act))
    signed = made.sign()
    assert (len(signed.numbers), signed.text) == (3, "共 3 份，已签名 3 份")
    assert made.office.hand_over() == sending.HandedOver(3, (), 0)
    for path in made.handed():
        texts, covered, value = declaration_signed(path.read_bytes())
        assert list(texts) == ORDER
        assert (texts["ICCode"], texts["Certificate"], texts["OperType"]) == (CARD_NUMBER, "03000000000cde6f", "C")
        assert re.fullmatch(r"\d{14}00", texts["SignDate"])
        assert len(texts["Sign"]) <= 200
        assert sm2_proved(card, covered, value)
        assert not sm2_proved(card, covered + b" ", value)


def test_the_old_cards_sign_declarations_with_rsa(masters_office: Office) -> None:
    card = small_rsa_card()
    made = with_card(masters_office, card)
    three_declarations(made.office)
    assert made.sign().stopped is None
    made.office.hand_over()
    key: Any = load_der_x509_certificate(card.certificate).public_key()
    for path in made.handed():
        _texts, covered, value = declaration_signed(path.read_bytes())
        key.verify(value, covered, PKCS1v15(), hashes.SHA1())


def envelope(content: bytes) -> etree._Element:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return etree.fromstring(archive.read(archive.namelist()[0]))


def check_envelope(root: etree._Element, proved: Callable[[bytes, bytes], Any]) -> None:
    """What any verifier of the signed envelope does: the digest over Object, the signature over SignedInfo."""
    (whole,), (info,) = root.iter("Object"), root.iter("SignedInfo")
    digest = base64.b64encode(hashlib.sha1(etree.tostring(whole, method="c14n")).digest()).decode()
    assert root.findtext("SignedInfo/Reference/DigestValue") == digest
    proved(etree.tostring(info, method="c14n"), base64.b64decode(root.findtext("SignatureValue") or ""))


@pytest.mark.parametrize("kind", ["sm2", "rsa", "ecdsa"])
def test_the_envelope_of_a_note_is_signed_where_it_has_its_place(kind: str, factory_office: Office) -> None:
    card: Any = {"sm2": sm2_card, "rsa": small_rsa_card, "ecdsa": piv_card}[kind]()
    made = with_card(factory_office, card, "INV101")
    numbers = made.office.notes("IM2401001")
    made.office.audit(numbers)
    made.office.order(numbers)
    registry = Registry((PivDriver(keys=(0x9A,)),)) if kind == "ecdsa" else None
    signed = made.sign(signer=ReaderSigner(made.terminal, registry))
    assert signed.stopped is None and list(signed.numbers) == numbers
    assert made.office.hand_over().handed == 1
    (path,) = made.handed("Nems")
    root = envelope(path.read_bytes())
    methods = {"sm2": "2000/09/xmldsig#sm2-sm3", "rsa": "2000/09/xmldsig#rsa-sha1",
               "ecdsa": "2001/04/xmldsig-more#ecdsa-sha256"}  # fmt: skip
    method = root.find("SignedInfo/SignatureMethod")
    assert method is not None and method.get("Algorithm") == f"http://www.w3.org/{methods[kind]}"
    assert root.findtext("KeyInfo/KeyName") == ("03000000000cde6f" if kind == "sm2" else "01691fe9")

    def proved(content: bytes, value: bytes) -> None:
        if kind == "sm2":
            assert sm2_proved(card, content, value)
        elif kind == "rsa":
            key: Any = load_der_x509_certificate(card.certificate).public_key()
            key.verify(value, content, PKCS1v15(), hashes.SHA1())
        else:
            pair = encode_dss_signature(int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big"))
            curve_key().public_key().verify(pair, content, ec.ECDSA(hashes.SHA256()))

    check_envelope(root, proved)


def test_every_signature_is_in_the_operation_log_without_password_or_identity_number(masters_office: Office) -> None:
    made = with_card(masters_office, sm2_card())
    three_declarations(made.office)
    made.sign()
    rows = made.logged("签名报文")
    assert len(rows) == 3
    with made.office.act(SYSTEM) as act:
        signed = select(Outbox).order_by(Outbox.id)
        contents = [bytes(row.content) for row in act.session.scalars(signed)]
    for row, content in zip(rows, contents, strict=True):
        _texts, covered, _value = declaration_signed(content)
        told = json.dumps([row.summary, row.after], ensure_ascii=False)
        for word in (CARD_NUMBER, "03000000000cde6f", "SM3withSM2", hashlib.sha256(covered).hexdigest()):
            assert word in told
        assert row.user_name == made.office.clerk.name and row.document_no.startswith("EX2025")
        for secret in (RIGHT, IDENTITY_NUMBER):
            assert secret not in told


MISHAPS: list[tuple[str, type[CardFailure]]] = [
    ("pulled", CardRemoved), ("swapped", CardRemoved), ("reset", CardReset), ("locked", PinBlocked),
    ("other password", WrongPin), ("last try", LastTry), ("service gone", ServiceUnavailable),
]  # fmt: skip


@pytest.mark.parametrize(("mishap", "kind"), MISHAPS)
def test_a_mishap_at_the_second_of_three(mishap: str, kind: type[CardFailure], masters_office: Office) -> None:
    """One is handed over, two stay ready with the reason; with card and password right again the rest goes on."""
    card, other = sm2_card(), sm2_card()
    made = with_card(masters_office, card)
    three_declarations(made.office)

    def happen(done: int, _total: int) -> None:
        if done != 1:
            return
        match mishap:
            case "pulled":
                made.reader.put("reader", None)
            case "swapped":
                made.reader.put("reader", other)
            case "reset":
                made.reader.reset("reader")
            case "locked":
                card.left = 0
            case "other password":
                card.pin = b"00000000"
            case "last try":
                card.left, card.verified = 1, False
            case _:
                made.reader.failing = ServiceUnavailable()

    signed = made.sign(tell=happen)
    assert type(signed.stopped) is kind
    assert (len(signed.numbers), card.signed) == (1, 1)
    assert (other.signed, other.left) == (0, 3)
    assert f"已签名 1 份，其余未签名、未发送：{kind('').sentence[:6]}" in signed.text
    assert made.office.hand_over() == sending.HandedOver(1, (), 2)
    first, *left = made.rows()
    assert (first[0], first[2]) == ("handed", "")
    assert [(state, certificate) for state, certificate, _ in left] == [("ready", "")] * 2
    assert all(problem == f"未签名：{signed.stopped}" for _, _, problem in left)
    assert len(made.handed()) == 1
    assert "未签名 2 份" in made.logged("签名中止")[0].summary
    assert made.office.hand_over() == sending.HandedOver(0, (), 2), "asking again hands nothing over"
    made.reader.failing = None
    card.left, card.pin = 3, RIGHT.encode()
    made.reader.put("reader", card)
    assert len(made.sign().numbers) == 2
    assert made.office.hand_over() == sending.HandedOver(2, (), 0)
    assert len(made.handed()) == 3
    assert [row[::2] for row in made.rows()] == [("handed", "")] * 3


@pytest.mark.parametrize(
    ("why", "kind"),
    [("another number", CertificateMismatch), ("another company", CertificateMismatch),
     ("no number", CertificateMismatch), ("expired", CertificateExpired), ("none", NoCard)],
)  # fmt: skip
def test_a_card_that_is_not_the_operator_s_is_not_even_asked_for_its_password(
    why: str, kind: type[CardFailure], masters_office: Office
) -> None:
    card: Any = sm2_card(begins=-20, ends=-1) if why == "expired" else sm2_card()
    made = with_card(masters_office, None if why == "none" else card)
    three_declarations(made.office)
    with made.office.act(SYSTEM) as act:
        company = act.facts.one(Company)
        assert company is not None
        if why == "another number":
            company.ic_card = "2200B00099999"
        if why == "another company":
            company.declarant_credit_code = "91320000MA0000001X"
    if why == "no number":
        card = piv_card()
        card.certificates = {0x9C: certificate(rsa_key(2048), eport=False)}
        made.reader.put("reader", card)
    signed = made.sign()
    assert type(signed.stopped) is kind
    assert (signed.numbers, card.signed, card.left) == ((), 0, 3)
    assert all(command[1] != 0x20 or len(command) <= 5 for command in card.seen)
    assert made.office.hand_over() == sending.HandedOver(0, (), 3)


class Liar(ReaderSigner):
    """A signer that gives away the signature of something else, and is sure of it."""

    def sign(self, content: bytes, *, heal: bool = True) -> Signature:
        return super().sign(content + b" ", heal=heal)


def test_a_wrong_signature_is_never_handed_over(masters_office: Office) -> None:
    """Of a card that spoils it, and of a signer that signs other bytes: the proof is made over what is handed over."""
    card = sm2_card()
    made = with_card(masters_office, card)
    three_declarations(made.office)
    assert isinstance(made.sign(signer=Liar(made.terminal)).stopped, SigningRefused)
    card.fault = lambda command: bytes(63) + b"\x01\x90\x00" if command[1] == 0x2A else None
    assert isinstance(made.sign().stopped, SigningRefused)
    assert made.office.hand_over() == sending.HandedOver(0, (), 3)
    assert made.handed() == [] and made.logged("签名报文") == []


def test_the_last_try_is_used_only_when_a_person_said_so(masters_office: Office) -> None:
    card = sm2_card()
    made = with_card(masters_office, card)
    three_declarations(made.office)
    for left in (2, 1):
        stopped = made.sign(WRONG).stopped
        assert isinstance(stopped, WrongPin) and stopped.tries_left == left
    assert isinstance(made.sign().stopped, LastTry) and card.left == 1
    assert len(made.sign(last_try=True).numbers) == 3


def test_what_is_wrong_with_one_message_alone_does_not_hold_the_others(masters_office: Office) -> None:
    """SIGN-04: content that was changed behind the program's back is not signed."""
    made = with_card(masters_office, sm2_card())
    three_declarations(made.office)
    with made.office.act(SYSTEM) as act:
        row = act.session.scalars(select(Outbox).order_by(Outbox.id)).first()
        assert row is not None
        row.content = row.content.replace(b"<GrossWet>128.5<", b"<GrossWet>999.9<")
    signed = made.sign()
    assert (len(signed.numbers), signed.stopped, len(signed.problems)) == (2, None, 1)
    assert "改动过" in signed.problems[0]
    assert made.office.hand_over() == sending.HandedOver(2, (), 1)
    assert "改动过" in made.rows()[0][2]


def test_a_signature_too_long_for_a_declaration_is_refused_with_what_to_do(masters_office: Office) -> None:
    """SIGN-03: RSA-2048 makes 344 characters."""
    made = with_card(masters_office, piv_card())
    three_declarations(made.office)
    signed = made.sign()
    assert (signed.numbers, len(signed.problems)) == ((), 3)
    assert "344" in signed.problems[0] and "由客户端签名" in signed.problems[0]
    assert made.office.hand_over().handed == 0


def test_stop_is_heeded_between_two_messages(masters_office: Office) -> None:
    made = with_card(masters_office, sm2_card())
    three_declarations(made.office)
    done: list[int] = []
    signed = made.sign(tell=lambda one, _all: done.append(one), cancelled=lambda: bool(done))
    assert (len(signed.numbers), signed.cancelled) == (1, True)
    assert made.office.hand_over() == sending.HandedOver(1, (), 2)


def test_the_client_signs_by_default_and_a_kind_can_be_given_back_to_it(masters_office: Office) -> None:
    made = with_card(masters_office, None)
    three_declarations(made.office)
    with made.office.act(SYSTEM) as act:
        kinds = {kind.code: kind for kind in signing_kinds.message_kinds(act)}
        assert [code for code, kind in kinds.items() if kind.here] == ["DECMESSAGE"]
        assert {"INV101", "DECMESSAGE"} <= set(kinds)
        signing_kinds.keep_kinds(act, frozenset())
    assert made.office.hand_over() == sending.HandedOver(3, (), 0)
    assert [declaration_signed(path.read_bytes())[2] for path in made.handed()] == [b""] * 3


def test_who_may_choose_who_signs(masters_office: Office) -> None:
    """ACCESS-01 without the right to change 企业基本信息, SIGN-01 for a message nobody knows."""
    made = with_card(masters_office, None)
    stranger = Identity(user_id=9, account="x", name="x", grants=frozenset({("declaration", "send")}))
    for who, codes, code in ((stranger, {"INV101"}, "ACCESS-01"), (SYSTEM, {"INV999"}, "SIGN-01")):
        with pytest.raises(Refused) as refusal, made.office.act(who) as act:
            signing_kinds.keep_kinds(act, frozenset(codes))
        assert refusal.value.findings[0].code == code


def test_two_that_sign_the_same_message_leave_one_signature(masters_office: Office) -> None:
    """Another computer signs and hands over while the card works: the first signature stands."""
    made = with_card(masters_office, sm2_card())
    three_declarations(made.office)

    class Slow(ReaderSigner):
        quicker = 0

        def sign(self, content: bytes, *, heal: bool = True) -> Signature:
            if not Slow.quicker:
                Slow.quicker = len(made.sign().numbers)
                made.office.hand_over()
            return super().sign(content, heal=heal)

    signed = made.sign(signer=Slow(made.terminal))
    assert (Slow.quicker, signed.numbers) == (3, ())
    assert [row[::2] for row in made.rows()] == [("handed", "")] * 3
    assert len(made.handed()) == 3 and len(made.logged("签名报文")) == 3


def test_files_that_go_with_a_declaration_are_left_as_they_are(masters_office: Office) -> None:
    card = sm2_card()
    made = with_card(masters_office, card)
    one = dec_messages.stored(made.office, dec_messages.declaration())
    with made.office.act() as act:
        paper = dec_messages.pdf("invoice")
        attachments.attach(act, made.office.document("declaration"), one, "发票.pdf", paper, Paper("invoice"))
    dec_messages.audited(made.office, [one])
    dec_messages.ordered(made.office, [one])
    assert made.sign().stopped is None
    made.office.hand_over()
    (path,) = made.handed()
    with zipfile.ZipFile(path) as archive:
        first, second = archive.namelist()
        assert (first, archive.read(second)) == (f"{path.stem}.xml", paper)
        _texts, covered, value = declaration_signed(archive.read(first))
    assert sm2_proved(card, covered, value)


def test_a_message_without_its_place_for_a_signature_is_not_signed(masters_office: Office) -> None:
    """SIGN-02: 报文元素 leaves Sign out; the sentence says where to bring it back."""
    made = with_card(masters_office, sm2_card())
    with made.office.act(SYSTEM) as act:
        names = MessageNames(message_code="DECMESSAGE", active=True)
        names.elements = [ElementName(line_no=1, group_name="DecSign", element="Sign", sent=False)]
        act.session.add(names)
    three_declarations(made.office)
    signed = made.sign()
    assert (signed.numbers, len(signed.problems)) == ((), 3)
    assert "「Sign」" in signed.problems[0] and "报文元素" in signed.problems[0]
    assert made.office.hand_over() == sending.HandedOver(0, (), 3)


@pytest.mark.parametrize("rsa", [False, True])
def test_the_e_port_service_signs_the_same_way(rsa: bool, masters_office: Office) -> None:
    """The third of three: the reader of the service fails; two are handed over, one stays ready with the reason."""
    made = with_card(masters_office, None)
    three_declarations(made.office)
    service = Service(rsa=rsa)
    signer = CombinedSigner(ReaderSigner(SoftwareTerminal()), EportSigner(service.address))

    def gone(done: int, _total: int) -> None:
        if done == 2:
            service.errors["SpcSignDataAsPEM"] = ["[读卡器底层库]打开读卡器失败:错误码=50200"]

    try:
        assert isinstance(made.sign("12345678", signer=signer).stopped, WrongPin)
        signed = made.sign(EPORT_PIN, tell=gone, signer=signer)
        assert isinstance(signed.stopped, NoReader) and len(signed.numbers) == 2
        assert made.office.hand_over() == sending.HandedOver(2, (), 1)
        service.errors.clear()
        assert len(made.sign(EPORT_PIN, signer=signer).numbers) == 1
    finally:
        service.end()
    assert made.office.hand_over() == sending.HandedOver(1, (), 0)
    for path in made.handed():
        texts, covered, value = declaration_signed(path.read_bytes())
        assert texts["Certificate"] == service.number
        if rsa:
            key: Any = load_der_x509_certificate(service.der).public_key()
            key.verify(value, covered, PKCS1v15(), hashes.SHA1())
        else:
            assert sm2_proved(IsoCard(certificate=service.der), covered, value)


def test_starting_needs_nothing_of_cards(masters_office: Office) -> None:
    """What cards need is imported on the card's thread, when it is first looked for."""
    script = (
        "import sys; from pathlib import Path; from bondesk.app import open_engine; from bondesk.settings import Home; "
        "import bondesk.desktop.main_window; "
        f"open_engine(Home(Path({str(masters_office.home.path)!r}))); "
        "print([m for m in ('smartcard', 'websockets', 'asn1crypto', 'gmalg', 'bondesk.adapters.card.combined') "
        "if m in sys.modules]); "
        "from bondesk.app import card_port; print(type(card_port().signer()).__name__)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "CombinedSigner"]
