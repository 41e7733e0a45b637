"""OpenSC, which knows nothing of us, sees our PIV card, signs with it, and our certificate proves its signature."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bondesk.adapters.card.certificate import is_signed, read_certificate
from bondesk.adapters.card.pcsc import PcscTerminal
from bondesk.adapters.card.signer import ReaderSigner
from bondesk.engine.card_port import Pin
from builders.card_certificates import piv_card
from builders.card_daemon import LOCK, Daemon, foreign_daemon, why_not
from builders.software_card import PivCard, inserted

_MISSING = why_not() or ("" if shutil.which("pkcs11-tool") else "OpenSC is not installed (apt-get install opensc)")
pytestmark = pytest.mark.skipif(bool(_MISSING), reason=_MISSING or "OpenSC can run")


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PivCard]:
    import time

    with LOCK:
        if other := foreign_daemon():
            pytest.skip(other)
        daemon = Daemon(tmp_path_factory.mktemp("opensc"))
        daemon.start()
        made = piv_card()
        try:
            with inserted(made, daemon.port):
                ends = time.monotonic() + 10
                while not PcscTerminal().slots()[0].present:
                    assert time.monotonic() < ends
                    time.sleep(0.05)
                yield made
        finally:
            daemon.stop()


def run(*words: str | Path) -> str:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_opensc_recognises_the_card(card: PivCard) -> None:
    assert "Personal Identity Verification" in run("opensc-tool", "-n")
    listed = run("pkcs15-tool", "-D")
    assert "SIGN key" in listed
    assert "X.509 Certificate" in listed


def test_opensc_reads_the_same_certificate(card: PivCard, tmp_path: Path) -> None:
    out = tmp_path / "certificate.der"
    run("pkcs11-tool", "--read-object", "--type", "cert", "--id", "02", "--output-file", out)
    assert out.read_bytes() == card.certificates[0x9C]
    signer = ReaderSigner(PcscTerminal())
    assert signer.open().certificate == out.read_bytes()
    signer.close()


@pytest.mark.parametrize(("key", "mechanism"), [("02", "SHA256-RSA-PKCS"), ("01", "ECDSA-SHA256")])
def test_what_opensc_signs_we_prove(key: str, mechanism: str, card: PivCard, tmp_path: Path) -> None:
    data, out = tmp_path / "data", tmp_path / "signature"
    data.write_bytes("报关单报文".encode())
    more = ("--signature-format", "openssl") if "ECDSA" in mechanism else ()
    words = ("--login", "--pin", card.pin.decode(), "--id", key, "--sign", "--mechanism", mechanism)
    run("pkcs11-tool", *words, *more, "-i", data, "-o", out)
    certificate = read_certificate(card.certificates[0x9C if key == "02" else 0x9A])
    assert is_signed(certificate, data.read_bytes(), out.read_bytes())
    assert not is_signed(certificate, data.read_bytes() + b" ", out.read_bytes())


def test_what_we_sign_openssl_proves(card: PivCard, tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    signer = ReaderSigner(PcscTerminal())
    signer.open()
    signer.verify_pin(Pin(card.pin.decode()))
    data, value, der, pem = (tmp_path / name for name in ("data", "value", "der", "pem"))
    data.write_bytes("报关单报文".encode())
    value.write_bytes(signer.sign(data.read_bytes()).value)
    signer.close()
    der.write_bytes(card.certificates[0x9C])
    run("openssl", "x509", "-inform", "DER", "-in", der, "-pubkey", "-noout", "-out", pem)
    assert "Verified OK" in run("openssl", "dgst", "-sha256", "-verify", pem, "-signature", value, data)


def test_a_wrong_password_of_ours_is_counted_for_opensc_too(card: PivCard) -> None:
    from bondesk.engine.card_failures import WrongPin

    signer = ReaderSigner(PcscTerminal())
    signer.open()
    with pytest.raises(WrongPin):
        signer.verify_pin(Pin("00000000"))
    signer.close()
    try:
        told = run("opensc-tool", "-s", "00:A4:04:00:05:A0:00:00:03:08", "-s", "00:20:00:80")
        assert "SW1=0x63, SW2=0xC2" in told
    finally:
        card.left = card.tries
