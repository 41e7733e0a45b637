"""XML spreadsheets of 2003, which some ERP systems write under the name .xls."""

from __future__ import annotations

from lxml import etree

from bondesk.base.errors import Refused
from bondesk.base.sheets import ErrorCell, RawCell, Sheet, SheetBook

_NS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_MIDNIGHT = "T00:00:00.000"
#: Excel's own limits; a larger index is an attack on our memory.
_ROWS, _COLUMNS = 1 << 20, 1 << 14


def read_spreadsheet_xml(content: bytes) -> SheetBook:
    """Read every worksheet; numbers stay the texts that stand there, so that none of their digits is lost."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as problem:
        raise Refused("文件打不开：XML 表格已损坏，请在 Excel 中打开后另存为 .xlsx", "IMP-00") from problem
    sheets = [
        Sheet(sheet.get(f"{_NS}Name") or f"表{number}", _rows(sheet))
        for number, sheet in enumerate(root.iter(f"{_NS}Worksheet"), 1)
    ]
    if not sheets:
        raise Refused("文件打不开：其中没有表格", "IMP-00")
    return SheetBook(tuple(sheets))


def _rows(sheet: etree._Element) -> list[list[RawCell]]:
    rows: list[list[RawCell]] = []
    for row in sheet.iter(f"{_NS}Row"):
        at = _index(row, len(rows), _ROWS)
        rows.extend([] for _ in range(at - len(rows)))
        cells: list[RawCell] = []
        for cell in row.iter(f"{_NS}Cell"):
            place = _index(cell, len(cells), _COLUMNS)
            cells.extend([None] * (place - len(cells)))
            cells.append(_value(cell))
            cells.extend([None] * min(int(cell.get(f"{_NS}MergeAcross") or 0), _COLUMNS))
        rows.append(cells)
    return rows


def _index(element: etree._Element, following: int, most: int) -> int:
    """Return the 0-based position: what ss:Index says, else the one that follows."""
    given = element.get(f"{_NS}Index")
    position = int(given) - 1 if given and given.isdigit() else following
    if not following <= position < most:
        raise Refused("文件打不开：XML 表格的行列编号不正确", "IMP-00")
    return position


def _value(cell: etree._Element) -> RawCell:
    data = cell.find(f"{_NS}Data")
    if data is None:
        return None
    text = "".join(str(part) for part in data.itertext())
    match data.get(f"{_NS}Type"):
        case "Boolean":
            return text == "1"
        case "DateTime":
            return text.removesuffix(_MIDNIGHT)
        case "Error":
            return ErrorCell(text)
        case _:
            return text
