"""Formulas without a saved result: the reader shows them as empty, which must never be taken for 0."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile

from lxml import etree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL = re.compile(r"([A-Z]+)(\d+)")


def unsaved_formulas(content: bytes) -> dict[str, set[tuple[int, int]]]:
    """Return the 0-based (row, column) of cells with a formula and no value, by sheet name."""
    found: dict[str, set[tuple[int, int]]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name, path in _sheets(archive):
            data = archive.read(path) if path in archive.namelist() else b""
            if b"<f" in data or b":f" in data:
                cells = set(_cells(data))
                if cells:
                    found[name] = cells
    return found


def _sheets(archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        book = etree.fromstring(archive.read("xl/workbook.xml"), parser)
        links = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
    except (KeyError, etree.XMLSyntaxError):
        return []
    targets = {link.get("Id"): link.get("Target") or "" for link in links}
    sheets = []
    for sheet in book.iter(f"{_MAIN}sheet"):
        target = targets.get(sheet.get(_RELATION), "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
        sheets.append((sheet.get("name") or "", path))
    return sheets


def _cells(data: bytes) -> list[tuple[int, int]]:
    empty = []
    for _event, cell in etree.iterparse(
        io.BytesIO(data), tag=f"{_MAIN}c", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    ):
        if cell.find(f"{_MAIN}f") is not None:
            value = cell.find(f"{_MAIN}v")
            position = _CELL.fullmatch(cell.get("r") or "")
            if position and (value is None or not value.text):
                empty.append((int(position.group(2)) - 1, _column(position.group(1))))
        cell.clear()
    return empty


def _column(letters: str) -> int:
    index = 0
    for sign in letters:
        index = index * 26 + ord(sign) - ord("A") + 1
    return index - 1
