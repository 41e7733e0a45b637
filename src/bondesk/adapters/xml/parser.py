"""The one place XML is parsed: no DTD, no entities, no network, no oversized nodes."""

from __future__ import annotations

import re

from lxml import etree

MAX_BYTES = 64 << 20
#: Elements in elements; the deepest message of the references has 12. libxml2 itself refuses more than 256.
MAX_DEPTH = 64
#: A DOCTYPE behind byte order mark, declaration, comments and processing instructions.
_DOCTYPE = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?>(?:<\?(?>.*?\?>)\s*|<!--(?>.*?-->)\s*)*)<!DOCTYPE", re.DOTALL | re.I)
_TOO_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")


def parse(content: bytes) -> etree._Element:
    """Parse a document; ``ValueError`` with a Chinese reason when it is too large or deep, broken or has a DOCTYPE."""
    if len(content) > MAX_BYTES:
        raise ValueError(f"文件过大（{len(content)} 字节）")
    if _DOCTYPE.match(content):
        raise ValueError("含有 DOCTYPE，拒绝读取")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as problem:
        raise ValueError(_broken(content, problem)) from problem
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("含有 DOCTYPE，拒绝读取")
    if _TOO_DEEP(root):
        raise ValueError(f"元素嵌套超过 {MAX_DEPTH} 层，拒绝读取")
    return root


def _broken(content: bytes, problem: etree.XMLSyntaxError) -> str:
    if not content.strip():
        return "不是完整的 XML：文件是空的"
    line, column = problem.position
    return f"不是完整的 XML：第 {line} 行第 {column} 个字符处读不下去"


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
