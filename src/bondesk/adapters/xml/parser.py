"""The one place XML is parsed: no DTD, no entities, no network, no oversized nodes."""

from __future__ import annotations

from lxml import etree

MAX_BYTES = 64 << 20


def parse(content: bytes) -> etree._Element:
    """Parse a document; ``ValueError`` with a Chinese reason when it is too large, broken or has a DOCTYPE."""
    if len(content) > MAX_BYTES:
        raise ValueError(f"文件过大（{len(content)} 字节）")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as problem:
        raise ValueError(f"不是完整的 XML：{problem.msg}") from problem
    if b"<!DOCTYPE" in content[:65536].upper() or root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("含有 DOCTYPE，拒绝读取")
    return root


def local(element: etree._Element) -> str:
    """Return the local name of an element, whatever its namespace or prefix."""
    return etree.QName(element).localname


def child(element: etree._Element, name: str) -> etree._Element | None:
    """Return the first child with a local name."""
    return next((found for found in element if local(found) == name), None)


def text(element: etree._Element | None, name: str) -> str:
    """Return the trimmed text of a child, "" when it is missing or empty."""
    found = child(element, name) if element is not None else None
    return (found.text or "").strip() if found is not None else ""
