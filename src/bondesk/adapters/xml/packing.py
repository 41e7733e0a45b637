"""The outgoing envelope of message reference 1, and the zip with exactly one XML inside (9.2)."""

from __future__ import annotations

import io
import zipfile

from lxml import etree

from bondesk.base.messages import Message, MessageFacts
from bondesk.engine.ports import Composed, Packed

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_DSIG = "http://www.w3.org/2000/09/xmldsig#"
_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"


class SingleWindowPacker:
    """Packs composed messages; the client signs, so the signature skeleton stays empty."""

    def pack(self, message: Message, composed: Composed, facts: MessageFacts, stem: str, business_id: str) -> Packed:
        """Return ``<stem>.zip`` holding ``<stem>.xml``; the same input gives the same bytes."""
        xml = build_xml(message, composed, facts, stem, business_id)
        stream = io.BytesIO()
        entry = zipfile.ZipInfo(f"{stem}.xml", date_time=facts.now.timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(entry, xml)
        return Packed(f"{stem}.zip", stream.getvalue())


def build_xml(message: Message, composed: Composed, facts: MessageFacts, stem: str, business_id: str) -> bytes:
    """Write envelope and message as UTF-8 XML without BOM."""
    root = etree.Element("Signature", nsmap={"xsi": _XSI})
    _signature(root)
    package = _sub(_sub(root, "Object", Id="String"), "Package")
    _envelope(package, message, facts, stem, business_id)
    data = _sub(package, "DataInfo")
    pocket = _sub(data, "PocketInfo")
    _leaves(pocket, (("pocket_id", ""), ("total_pocket_qty", "1"), ("cur_pocket_no", "1"), ("is_unstructured", "")))
    business = _sub(data, "BussinessData")
    body = _sub(business, message.root)
    for name, elements in composed.groups:
        _leaves(_sub(body, name), elements)
    _leaves(body, composed.tail)
    _leaves(business, (("DelcareFlag", facts.sender.declare_flag),))
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _signature(root: etree._Element) -> None:
    info = _sub(root, "SignedInfo")
    _sub(info, "CanonicalizationMethod", Algorithm=_C14N)
    _sub(info, "SignatureMethod", Algorithm=f"{_DSIG}rsa-sha1")
    reference = _sub(info, "Reference", URI="String")
    _sub(reference, "DigestMethod", Algorithm=f"{_DSIG}sha1")
    _sub(reference, "DigestValue")
    _sub(root, "SignatureValue")
    _leaves(_sub(root, "KeyInfo"), (("KeyName", "aa"),))


def _envelope(package: etree._Element, message: Message, facts: MessageFacts, stem: str, business_id: str) -> None:
    sender = facts.sender
    _leaves(
        _sub(package, "EnvelopInfo"),
        (
            ("version", "1.0"),
            ("business_id", business_id),
            ("message_id", stem),
            ("file_name", f"{stem}.xml"),
            ("message_type", message.code),
            ("sender_id", sender.sender_id),
            ("receiver_id", sender.receiver_id),
            ("send_time", facts.now.strftime("%Y-%m-%dT%H:%M:%S")),
            ("Ic_Card", sender.ic_card),
        ),
    )


def _sub(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, name, attributes)


def _leaves(parent: etree._Element, values: tuple[tuple[str, str], ...]) -> None:
    for name, text in values:
        leaf = etree.SubElement(parent, name)
        if text:
            leaf.text = text
