"""The same message as a tree of lxml nodes: what ours is compared with, byte for byte and in time."""

from __future__ import annotations

import io
import zipfile

from lxml import etree

from bondesk.base.messages import Message, MessageFacts
from bondesk.engine.ports import Composed

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_DSIG = "http://www.w3.org/2000/09/xmldsig#"


def lxml_zip(message: Message, composed: Composed, facts: MessageFacts, stem: str, business_id: str) -> bytes:
    """Build the tree, write it, and zip it with the files that go with it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        texts = ((f"{stem}.xml", lxml_xml(message, composed, facts, stem, business_id)),)
        for name, content in (*texts, *((paper.name, paper.content) for paper in facts.papers)):
            entry = zipfile.ZipInfo(name, date_time=facts.now.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return stream.getvalue()


def lxml_xml(message: Message, composed: Composed, facts: MessageFacts, stem: str, business_id: str) -> bytes:
    """Build envelope and message node by node."""
    if message.plain is not None:
        root = etree.Element(message.root, dict(composed.attributes), nsmap={None: message.plain.namespace})  # type: ignore[dict-item]
        _body(root, composed)
        return _written(root)
    root = etree.Element("Signature", nsmap={"xsi": _XSI})
    info = _sub(root, "SignedInfo")
    _sub(info, "CanonicalizationMethod", Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315")
    _sub(info, "SignatureMethod", Algorithm=f"{_DSIG}rsa-sha1")
    reference = _sub(info, "Reference", URI="String")
    _sub(reference, "DigestMethod", Algorithm=f"{_DSIG}sha1")
    _sub(reference, "DigestValue")
    _sub(root, "SignatureValue")
    _leaves(_sub(root, "KeyInfo"), (("KeyName", "aa"),))
    package = _sub(_sub(root, "Object", Id="String"), "Package")
    sender = facts.sender
    envelope = (
        ("version", "1.0"),
        ("business_id", business_id),
        ("message_id", stem),
        ("file_name", f"{stem}.xml"),
        ("message_type", message.code),
        ("sender_id", sender.sender_id),
        ("receiver_id", sender.receiver_id),
        ("send_time", facts.now.strftime("%Y-%m-%dT%H:%M:%S")),
        ("Ic_Card", sender.ic_card),
    )
    _leaves(_sub(package, "EnvelopInfo"), envelope)
    data = _sub(package, "DataInfo")
    pocket = (("pocket_id", ""), ("total_pocket_qty", "1"), ("cur_pocket_no", "1"), ("is_unstructured", ""))
    _leaves(_sub(data, "PocketInfo"), pocket)
    business = _sub(data, "BussinessData")
    _body(_sub(business, message.root), composed)
    _leaves(business, (("DelcareFlag", sender.declare_flag),))
    return _written(root)


def _body(root: etree._Element, composed: Composed) -> None:
    for block in composed.blocks:
        parent = _sub(root, block.wrapper) if block.wrapper else root
        for row in block.rows:
            _leaves(_sub(parent, block.name), row)
    _leaves(root, composed.tail)


def _written(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _sub(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, _named(parent, name), attributes)


def _named(parent: etree._Element, name: str) -> str:
    space = parent.nsmap.get(None)
    return f"{{{space}}}{name}" if space else name


def _leaves(parent: etree._Element, values: tuple[tuple[str, str], ...]) -> None:
    for name, text in values:
        leaf = etree.SubElement(parent, _named(parent, name))
        if text:
            leaf.text = text
