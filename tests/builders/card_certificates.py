"""Certificates and whole cards for tests, with the layout of the E-port's own where it matters (BMP names aside)."""

from __future__ import annotations

import functools
from datetime import UTC, datetime, timedelta

from asn1crypto import core, keys, x509
from cryptography import x509 as issuing
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from builders.software_card import CacCard, IsoCard, PivCard, sm2_signature

PRIVATE = "1.3.6.1.4.1.5315.100.5."
HOLDER, COMPANY, COMPANY_CODE, CARD_NUMBER = "张三", "苏州示例电子有限公司", "123456789", "2200A00012345"
#: Stands where real certificates keep the holder's identity number; must turn up nowhere.
IDENTITY_NUMBER = "110101190001010000"
SIGNING_NOW = datetime.now(UTC)


@functools.cache
def rsa_key(bits: int, number: int = 0) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@functools.cache
def curve_key(bits: int = 256) -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1() if bits == 256 else ec.SECP384R1())


def extensions(sm2: bool) -> list[tuple[str, bytes]]:
    """The private extensions: IA5String holding GBK on RSA cards, UTF8String on SM2 cards."""
    tag, coding = (0x0C, "utf-8") if sm2 else (0x16, "gbk")
    texts = {"1": COMPANY, "8": IDENTITY_NUMBER, "9": ("03-" if sm2 else "") + CARD_NUMBER, "11": COMPANY_CODE}
    found = []
    for number, text in texts.items():
        raw = text.encode(coding)
        found.append((PRIVATE + number, bytes([tag, len(raw)]) + raw))
    return found


def certificate(
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    *,
    serial: int = 0x01691FE9,
    begins: int = -10,
    ends: int = 3650,
    eport: bool = True,
) -> bytes:
    """A self-signed certificate; ``begins`` and ``ends`` in days from now."""
    name = issuing.Name([issuing.NameAttribute(NameOID.COMMON_NAME, HOLDER)])
    builder = (
        issuing.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(SIGNING_NOW + timedelta(days=begins))
        .not_valid_after(SIGNING_NOW + timedelta(days=ends))
    )
    for oid, value in extensions(sm2=False) if eport else ():
        builder = builder.add_extension(issuing.UnrecognizedExtension(issuing.ObjectIdentifier(oid), value), False)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def sm2_key() -> tuple[bytes, bytes]:
    """A private key and its point (04 ‖ x ‖ y), made by a library the program does not sign with."""
    from gmalg import SM2

    private, public = SM2().generate_keypair()
    return private, public


def sm2_certificate(point: bytes, private: bytes, *, begins: int = -10, ends: int = 3650) -> bytes:
    """A certificate as SM2 cards have it; the libraries at hand cannot issue one, so it is put together here."""
    name = x509.Name.build({"country_name": "CN", "organizational_unit_name": COMPANY, "common_name": HOLDER})
    algorithm = {"algorithm": "1.2.156.10197.1.501"}
    info = keys.PublicKeyInfo(
        {
            "algorithm": {
                "algorithm": "ec",
                "parameters": keys.ECDomainParameters(name="named", value="1.2.156.10197.1.301"),
            },
            "public_key": point,
        }
    )
    body = x509.TbsCertificate(
        {
            "version": "v3",
            "serial_number": 0x03000000000CDE6F,
            "signature": algorithm,
            "issuer": name,
            "validity": {
                "not_before": x509.Time("utc_time", SIGNING_NOW + timedelta(days=begins)),
                "not_after": x509.Time("utc_time", SIGNING_NOW + timedelta(days=ends)),
            },
            "subject": name,
            "subject_public_key_info": info,
            "extensions": [
                {"extn_id": oid, "critical": False, "extn_value": core.ParsableOctetString(value)}
                for oid, value in extensions(sm2=True)
            ],
        }
    )
    made = x509.Certificate({"tbs_certificate": body, "signature_algorithm": algorithm, "signature_value": b"\x00"})
    made["signature_value"] = core.OctetBitString(sm2_signature(private, bytes(32)))
    return made.dump()


def piv_card(**dates: int) -> PivCard:
    """RSA-2048 in 9C, P-256 in 9A."""
    keys_of = {0x9C: rsa_key(2048), 0x9A: curve_key()}
    return PivCard(keys=keys_of, certificates={slot: certificate(key, **dates) for slot, key in keys_of.items()})


def sm2_card(**dates: int) -> IsoCard:
    private, point = sm2_key()
    return IsoCard(
        key=private, certificate=sm2_certificate(point, private, **dates), certificate_number=b"03000000000cde6f"
    )


def small_rsa_card(**dates: int) -> IsoCard:
    """RSA-1024 with SHA-1, as the old cards are."""
    key = rsa_key(1024)
    return IsoCard(key=key, certificate=certificate(key, **dates), certificate_number=b"01691fe9")


def cac_card(**dates: int) -> CacCard:
    key = rsa_key(2048, 1)
    return CacCard(key=key, certificate=certificate(key, eport=False, **dates))


def sm2_proved(card: IsoCard, content: bytes, value: bytes) -> bool:
    """Verify by the library the program does not verify with; it would strip points that begin with 0 or 4."""
    from gmssl.sm2 import CryptSM2

    proving = CryptSM2(private_key="", public_key="")
    proving.public_key = x509.Certificate.load(card.certificate).public_key["public_key"].native[1:].hex()
    return bool(proving.verify_with_sm3(value.hex(), content))
