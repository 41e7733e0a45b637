"""Where a packed message carries its signature, and exactly which bytes the signature covers.

Envelopes (messages-bonded 1): DigestValue is SHA-1 over the canonical ``Object``, the signature is over the canonical
``SignedInfo``. Declarations (messages-declaration 5): the signature is over the exclusive canonical ``DecMessage`` with
an empty ``DecSign/Sign``; card, certificate and time are filled in before, so they are covered.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile

from lxml import etree

from bondesk.adapters.xml.packing import unpacked
from bondesk.adapters.xml.parser import child, local, parse
from bondesk.base.errors import Refused
from bondesk.base.messages import Message
from bondesk.engine.ports import CardMarks, ToSign

_DSIG = "http://www.w3.org/2000/09/xmldsig#"
_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_METHODS = {
    "SHA1withRSA": f"{_DSIG}rsa-sha1",
    "SM3withSM2": f"{_DSIG}sm2-sm3",
    "SHA256withRSA": f"{_MORE}rsa-sha256",
    "SHA256withECDSA": f"{_MORE}ecdsa-sha256",
    "SHA384withECDSA": f"{_MORE}ecdsa-sha384",
}
#: The length of ``DecSign/Sign``.
LONGEST = 200


def to_sign(message: Message, content: bytes, marks: CardMarks) -> ToSign:
    """Return a packed message with card, certificate and time in their places, and the bytes to be signed.

    ``Refused`` (SIGN-02) when the message has no place for a signature.
    """
    root = _root(content)
    for name, text in _marks(message, root, marks):
        _put(message, root, name, text)
    if not message.signed_in:
        _put_digest(root, marks)
    filled = repacked(content, root)
    return ToSign(filled, covered(message, filled))


def with_signature(message: Message, content: bytes, value: bytes, algorithm: str) -> bytes:
    """Return the packed message with its signature; ``Refused`` (SIGN-03) when there is not enough room for it."""
    root = _root(content)
    if not message.signed_in:
        value = _pair(value, algorithm)
    text = base64.b64encode(value).decode("ascii")
    if message.signed_in and len(text) > LONGEST:
        raise Refused(
            f"这张卡的签名有 {len(text)} 个字符，「数字签名信息」最多 {LONGEST} 个：请换用操作员IC卡，"
            f"或把这种报文改为由客户端签名",
            "SIGN-03",
        )
    _put(message, root, "Sign" if message.signed_in else "SignatureValue", text)
    return repacked(content, root)


def signature_in(message: Message, content: bytes, algorithm: str) -> bytes:
    """Return the signature a packed message carries, as the card gave it; empty when there is none."""
    root = _root(content)
    place = _place(message, root, "Sign" if message.signed_in else "SignatureValue")
    value = base64.b64decode(place.text or "", validate=True)
    return value if message.signed_in else _sequence(value, algorithm)


def covered(message: Message, content: bytes) -> bytes:
    """Return the bytes the signature of a packed message covers.

    ``Refused`` (SIGN-02) when an envelope's digest does not belong to what it carries.
    """
    root = _root(content)
    if message.signed_in:
        _put(message, root, "Sign", "")
        return etree.tostring(root, method="c14n", exclusive=True)
    info = _part(root, "SignedInfo")
    digest = next(one for one in info.iter() if local(one) == "DigestValue")
    if digest.text != _digest_of(root):
        raise Refused("报文内容与摘要不符，不能签名", "SIGN-02")
    return etree.tostring(info, method="c14n")


def repacked(content: bytes, root: etree._Element) -> bytes:
    """Put the XML back where it came from; files beside it stay as they are."""
    xml = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    if content[:2] != b"PK":
        return xml
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(stream, "w") as after:
        first = next(one.filename for one in before.infolist() if one.filename.lower().endswith(".xml"))
        for entry in before.infolist():
            fresh = zipfile.ZipInfo(entry.filename, date_time=entry.date_time)
            fresh.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(fresh, xml if entry.filename == first else before.read(entry))
    return stream.getvalue()


def _root(content: bytes) -> etree._Element:
    return parse(unpacked(content))


def _marks(message: Message, root: etree._Element, marks: CardMarks) -> list[tuple[str, str]]:
    if message.signed_in:
        date = f"{marks.at:%Y%m%d%H%M%S}00"
        return [("Sign", ""), ("ICCode", marks.card), ("Certificate", marks.certificate), ("SignDate", date)]
    return [("KeyName", marks.certificate), ("SignatureValue", "")]


def _put(message: Message, root: etree._Element, name: str, text: str) -> None:
    _place(message, root, name).text = text or None


def _place(message: Message, root: etree._Element, name: str) -> etree._Element:
    within = _part(root, message.signed_in) if message.signed_in else root
    found = next((one for one in within.iter() if local(one) == name), None)
    if found is None:
        raise Refused(f"报文里没有「{name}」，不能在本机签名：请在「报文元素」中恢复它的原名", "SIGN-02")
    return found


def _part(root: etree._Element, name: str) -> etree._Element:
    found = child(root, name)
    if found is None:
        raise Refused(f"报文里没有「{name}」，不能在本机签名", "SIGN-02")
    return found


def _put_digest(root: etree._Element, marks: CardMarks) -> None:
    info = _part(root, "SignedInfo")
    method = _METHODS.get(marks.algorithm)
    if method is None:
        raise Refused(f"报文不支持这张卡的签名算法 {marks.algorithm}", "SIGN-02")
    for one in info.iter():
        if local(one) == "SignatureMethod":
            one.set("Algorithm", method)
        if local(one) == "DigestValue":
            one.text = _digest_of(root)


def _digest_of(root: etree._Element) -> str:
    digest = hashlib.sha1(etree.tostring(_part(root, "Object"), method="c14n"), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode("ascii")


def _size(algorithm: str) -> int:
    return {"SHA256withECDSA": 32, "SHA384withECDSA": 48}.get(algorithm, 0)


def _pair(value: bytes, algorithm: str) -> bytes:
    """Write an ECDSA signature as XML signatures do: r and s side by side."""
    if not (size := _size(algorithm)):
        return value
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    r, s = decode_dss_signature(value)
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def _sequence(value: bytes, algorithm: str) -> bytes:
    if not (size := _size(algorithm)):
        return value
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    return encode_dss_signature(int.from_bytes(value[:size], "big"), int.from_bytes(value[size:], "big"))
