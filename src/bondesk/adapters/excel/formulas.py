"""Cells the reader shows as empty although they are not: formulas without a saved result, and error values.

Neither must ever be taken for 0 or for nothing.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile

from lxml import etree

from bondesk.base.sheets import ErrorCell, NoResult

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
#: A cell of the type "error" in the sheet's XML.
_ERROR = re.compile(rb"""\bt=["']e["']""")
_CELL = re.compile(r"([A-Z]+)(\d+)")


def unread_cells(content: bytes) -> dict[str, dict[tuple[int, int], NoResult | ErrorCell]]:
    """Return by sheet name and 0-based (row, column) the cells with a formula and no value, or an error value."""
    found: dict[str, dict[tuple[int, int], NoResult | ErrorCell]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name, path in _sheets(archive):
            data = archive.read(path) if path in archive.namelist() else b""
            if b"<f" in data or b":f" in data or _ERROR.search(data):
                cells = _cells(data)
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


def _cells(data: bytes) -> dict[tuple[int, int], NoResult | ErrorCell]:
    found: dict[tuple[int, int], NoResult | ErrorCell] = {}
    for _event, cell in etree.iterparse(
        io.BytesIO(data), tag=f"{_MAIN}c", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    ):
        failed = cell.get("t") == "e"
        if failed or cell.find(f"{_MAIN}f") is not None:
            value = cell.find(f"{_MAIN}v")
            position = _CELL.fullmatch(cell.get("r") or "")
            text = (value.text or "") if value is not None else ""
            if position and (failed or not text):
                place = int(position.group(2)) - 1, _column(position.group(1))
                found[place] = ErrorCell(text) if failed else NoResult()
        cell.clear()
    return found


def _column(letters: str) -> int:
    index = 0
    for sign in letters:
        index = index * 26 + ord(sign) - ord("A") + 1
    return index - 1
