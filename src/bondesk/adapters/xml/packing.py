"""The outgoing envelope of message reference 1, and the zip with exactly one XML inside (9.2); plain roots without."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

from lxml import etree

from bondesk.adapters.xml.parser import child, local, parse, text
from bondesk.adapters.xml.writing import DECLARATION, attributes, body, element, leaves
from bondesk.base.messages import Message, MessageFacts, ReadMessage
from bondesk.engine.ports import CardMarks, Composed, Leaves, Packed, ToSign

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_DSIG = "http://www.w3.org/2000/09/xmldsig#"
_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_SIGNED_INFO = f"""  <SignedInfo>
    <CanonicalizationMethod Algorithm="{_C14N}"/>
    <SignatureMethod Algorithm="{_DSIG}rsa-sha1"/>
    <Reference URI="String">
      <DigestMethod Algorithm="{_DSIG}sha1"/>
      <DigestValue/>
    </Reference>
  </SignedInfo>
  <SignatureValue/>
  <KeyInfo>
    <KeyName>aa</KeyName>
  </KeyInfo>
"""
_POCKET: Leaves = (("pocket_id", ""), ("total_pocket_qty", "1"), ("cur_pocket_no", "1"), ("is_unstructured", ""))
#: Where the business message of an envelope lies.
_WAY = ("Object", "Package", "DataInfo", "BussinessData")
_MOST_XML = 64 << 20


class SingleWindowPacker:
    """Packs composed messages with an empty signature; the client fills it, or the card does (``signing``)."""

    def pack(self, message: Message, composed: Composed, facts: MessageFacts, stem: str, business_id: str) -> Packed:
        """Return ``<stem>.zip`` holding ``<stem>.xml`` and the files that go with it; the same input gives the same
        bytes. A plain message without files is ``<stem>.xml`` itself.
        """
        if message.plain is not None and not facts.papers:
            return Packed(f"{stem}.xml", self.text(message, composed))
        xml = build_xml(message, composed, facts, stem, business_id)
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for name, content in ((f"{stem}.xml", xml), *((paper.name, paper.content) for paper in facts.papers)):
                entry = zipfile.ZipInfo(name, date_time=facts.now.timetuple()[:6])
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, content)
        return Packed(f"{stem}.zip", stream.getvalue())

    def text(self, message: Message, composed: Composed) -> bytes:
        """Write the message alone."""
        return (DECLARATION + _message(message, composed, 0)).encode("utf-8")

    def read(self, message: Message, content: bytes) -> ReadMessage:
        """Read back what was packed, or the bare XML; any order, unknown elements kept, namespaces ignored."""
        root = business_root(parse(unpacked(content)))
        if local(root).casefold() != message.root.casefold() and local(root) not in message.copies:
            raise ValueError(f"根元素是 {local(root)}，应为 {message.root}")
        around = root.getparent()
        return replace(read_groups(message, root), declare_flag=text(around, "DelcareFlag"))

    def to_sign(self, message: Message, content: bytes, marks: CardMarks) -> ToSign:
        """Prepare packed bytes for a signature."""
        from bondesk.adapters.xml import signing

        return signing.to_sign(message, content, marks)

    def with_signature(self, message: Message, content: bytes, value: bytes, algorithm: str) -> bytes:
        """Put the signature into packed bytes."""
        from bondesk.adapters.xml import signing

        return signing.with_signature(message, content, value, algorithm)

    def signed(self, message: Message, content: bytes, algorithm: str) -> tuple[bytes, bytes]:
        """Read back what the signature covers, and the signature."""
        from bondesk.adapters.xml import signing

        return signing.covered(message, content), signing.signature_in(message, content, algorithm)


def unpacked(content: bytes) -> bytes:
    """Return the XML of a packed message, or ``content`` itself; ``ValueError`` when the zip is broken or empty."""
    if content[:2] != b"PK":
        return content
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entry = next((one for one in archive.infolist() if one.filename.lower().endswith(".xml")), None)
            if entry is None:
                raise ValueError("压缩包中没有 XML 报文")
            if entry.file_size > _MOST_XML:
                raise ValueError(f"报文过大（{entry.file_size} 字节）")
            return archive.read(entry)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as problem:
        raise ValueError("压缩包损坏或已加密") from problem


def business_root(root: etree._Element) -> etree._Element:
    """Return the message inside any of the known envelopes; the root itself when there is none."""
    if local(root) == "ImportMessage":
        data = child(root, "SWImpData")
        return data[0] if data is not None and len(data) else root
    found: etree._Element | None = root
    for step in _WAY if local(root) == "Signature" else _WAY[2:] if local(root) == "Package" else ():
        found = child(found, step) if found is not None else None
    return found[0] if found is not None and found is not root and len(found) else root


def read_groups(message: Message, root: etree._Element) -> ReadMessage:
    """Read every group of a message by local names, whatever their order."""
    wrappers = {group.wrapper: group.name for group in message.groups if group.wrapper}
    names = {group.name for group in message.groups}
    groups: dict[str, list[dict[str, str]]] = {}
    tail: dict[str, str] = {}
    for part in root:
        name = local(part)
        if name in wrappers:
            groups.setdefault(wrappers[name], []).extend(_texts(row) for row in part)
        elif len(part) or name in names:
            groups.setdefault(name, []).append(_texts(part))
        else:
            tail[name] = part.text or ""
    found = {str(etree.QName(str(name)).localname): str(text) for name, text in root.attrib.items()}
    return ReadMessage(local(root), found, groups, tail)


def _texts(row: etree._Element) -> dict[str, str]:
    return {local(leaf): leaf.text or "" for leaf in row if not len(leaf)}


def build_xml(message: Message, composed: Composed, facts: MessageFacts, stem: str, business_id: str) -> bytes:
    """Write envelope and message as UTF-8 XML without BOM; a plain message stands alone."""
    if message.plain is not None:
        return (DECLARATION + _message(message, composed, 0)).encode("utf-8")
    business = _message(message, composed, 5) + leaves((("DelcareFlag", facts.sender.declare_flag),), 5)
    data = element("PocketInfo", leaves(_POCKET, 5), 4) + element("BussinessData", business, 4)
    envelope = element("EnvelopInfo", leaves(_envelope(message, facts, stem, business_id), 4), 3)
    package = element("Package", envelope + element("DataInfo", data, 3), 2)
    signed = _SIGNED_INFO + element("Object", package, 1, ' Id="String"')
    return (DECLARATION + element("Signature", signed, 0, f' xmlns:xsi="{_XSI}"')).encode("utf-8")


def _message(message: Message, composed: Composed, depth: int) -> str:
    start = attributes(composed.attributes)
    if message.plain is not None:
        start = f"{attributes((('xmlns', message.plain.namespace),))}{start}"
    return element(message.root, body(composed, depth + 1), depth, start)


def _envelope(message: Message, facts: MessageFacts, stem: str, business_id: str) -> Leaves:
    sender = facts.sender
    return (
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
