"""The certificate of a card: whose it is, which algorithm its key means, and whether a signature is really its own.

The identity number of the holder in it (extension 5.8) is never read. Layout: ic-card 2.4.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bondesk.engine.card_failures import ProtocolError, UnsupportedCard

SHA1_RSA, SHA256_RSA = "SHA1withRSA", "SHA256withRSA"
SHA256_ECDSA, SHA384_ECDSA = "SHA256withECDSA", "SHA384withECDSA"
SM3_SM2 = "SM3withSM2"

SM2_CURVE = "1.2.156.10197.1.301"
#: The identity SM2 signatures are made under when nobody agreed on another.
SM2_IDENTITY = b"1234567812345678"

_PRIVATE = "1.3.6.1.4.1.5315.100.5."
_COMPANY, _CARD_NUMBER, _COMPANY_CODE = _PRIVATE + "1", _PRIVATE + "9", _PRIVATE + "11"
_DIGEST_INFO = {
    SHA1_RSA: bytes.fromhex("3021300906052B0E03021A05000414"),
    SHA256_RSA: bytes.fromhex("3031300D060960864801650304020105000420"),
}
#: a ‖ b ‖ Gx ‖ Gy of the SM2 curve (GB/T 32918.5), the fixed middle of the identity hash.
_SM2_CONSTANTS = bytes.fromhex(
    "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC"
    "28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93"
    "32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"
    "BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a certificate says, the identity number left out; ``bits`` and ``key`` are those of the public key."""

    der: bytes
    number: str
    holder: str
    company: str
    company_code: str
    card_number: str
    algorithm: str
    bits: int
    key: Any
    not_before: datetime
    not_after: datetime


def read_certificate(der: bytes, rsa_algorithm: str = "") -> Certificate:
    """Read a DER certificate; ``UnsupportedCard`` for a key we cannot check, ``ProtocolError`` when it is torn.

    ``rsa_algorithm`` is what an RSA key is used with when its size does not say it.
    """
    from asn1crypto import x509

    try:
        parsed = x509.Certificate.load(der, strict=True)
        body = parsed["tbs_certificate"]
        algorithm, bits, key = _key_of(body["subject_public_key_info"])
        extensions = {one["extn_id"].dotted: one["extn_value"].contents for one in body["extensions"] or ()}
        subject = body["subject"].native
        validity = body["validity"]
        return Certificate(
            der=der,
            number=_number(body["serial_number"].native),
            holder=_last(subject.get("common_name")),
            company=_text(extensions.get(_COMPANY)) or _last(subject.get("organizational_unit_name")),
            company_code=_text(extensions.get(_COMPANY_CODE)),
            card_number=_text(extensions.get(_CARD_NUMBER)).removeprefix("03-"),
            algorithm=rsa_algorithm if rsa_algorithm and algorithm in _DIGEST_INFO else algorithm,
            bits=bits,
            key=key,
            not_before=validity["not_before"].native,
            not_after=validity["not_after"].native,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ProtocolError(f"certificate: {type(error).__name__}") from error


def _number(serial: int) -> str:
    digits = f"{serial:x}"
    return digits.zfill(next((width for width in (8, 16) if len(digits) <= width), len(digits) + len(digits) % 2))


def _last(value: Any) -> str:
    return str(value[-1] if isinstance(value, list) else value or "")


def _text(value: bytes | None) -> str:
    """Read a private extension: a string in UTF-8, or GBK in an IA5String; it may be wrapped once more."""
    from asn1crypto import parser

    if not value:
        return ""
    try:
        content = parser.parse(value, strict=True)[4]
    except ValueError:
        content = value
    for coding in ("utf-8", "gbk"):
        try:
            return str(content.decode(coding)).strip("\x00 ")
        except UnicodeDecodeError:
            continue
    return ""


def _key_of(info: Any) -> tuple[str, int, Any]:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    parameters = info["algorithm"]["parameters"]
    if info["algorithm"]["algorithm"].native == "ec" and parameters.chosen.dotted == SM2_CURVE:
        return SM3_SM2, 256, bytes(info["public_key"].native)
    try:
        key = load_der_public_key(info.dump())
    except Exception as error:  # the library's own family of refusals is wide
        raise UnsupportedCard(f"key: {type(error).__name__}") from error
    if isinstance(key, rsa.RSAPublicKey):
        return (SHA1_RSA if key.key_size <= 1024 else SHA256_RSA), key.key_size, key
    if isinstance(key, ec.EllipticCurvePublicKey) and key.key_size in (256, 384):
        return (SHA256_ECDSA if key.key_size == 256 else SHA384_ECDSA), key.key_size, key
    raise UnsupportedCard("key of an unknown kind")


def digest(certificate: Certificate, content: bytes) -> bytes:
    """Return what the card signs: the hash, for RSA inside its DigestInfo, for SM2 over identity and content."""
    match certificate.algorithm:
        case "SHA1withRSA":
            return _DIGEST_INFO[SHA1_RSA] + hashlib.sha1(content, usedforsecurity=False).digest()
        case "SHA256withRSA":
            return _DIGEST_INFO[SHA256_RSA] + hashlib.sha256(content).digest()
        case "SHA384withECDSA":
            return hashlib.sha384(content).digest()
        case "SM3withSM2":
            identity = (len(SM2_IDENTITY) * 8).to_bytes(2, "big") + SM2_IDENTITY
            return _sm3(_sm3(identity + _SM2_CONSTANTS + certificate.key[1:]) + content)
    return hashlib.sha256(content).digest()


def padded(certificate: Certificate, content: bytes) -> bytes:
    """Return the EMSA-PKCS1-v1_5 block of an RSA key, for cards that do the bare operation only."""
    info = digest(certificate, content)
    return b"\x00\x01" + b"\xff" * (certificate.bits // 8 - len(info) - 3) + b"\x00" + info


def _sm3(content: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SM3, Hash

    running = Hash(SM3())
    running.update(content)
    return running.finalize()


def is_signed(certificate: Certificate, content: bytes, value: bytes) -> bool:
    """Tell whether ``value`` is the signature of ``content`` by the key of the certificate."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    try:
        match certificate.algorithm:
            case "SM3withSM2":
                return _sm2_signed(certificate.key, content, value)
            case "SHA1withRSA":
                certificate.key.verify(value, content, PKCS1v15(), hashes.SHA1())
            case "SHA256withRSA":
                certificate.key.verify(value, content, PKCS1v15(), hashes.SHA256())
            case "SHA384withECDSA":
                certificate.key.verify(value, content, ec.ECDSA(hashes.SHA384()))
            case _:
                certificate.key.verify(value, content, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _sm2_signed(point: bytes, content: bytes, value: bytes) -> bool:
    from gmalg import SM2
    from gmalg.errors import GMError

    if len(value) != 64:
        return False
    try:
        return bool(SM2(uid=SM2_IDENTITY, pk=point).verify(content, value[:32], value[32:]))
    except GMError:
        return False
