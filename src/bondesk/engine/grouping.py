"""From read sheets to whole documents: heads with their lines, each knowing its workbook place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from bondesk.base.documents import DocumentType
from bondesk.base.findings import Finding, Place, error
from bondesk.base.numbers import plain
from bondesk.engine.sheet_reading import ReadSheet


@dataclass(slots=True)
class Arrived:
    """One document out of a workbook: head record, line records under the relationship's name."""

    head: SimpleNamespace
    number: tuple[Any, ...]
    sheet: str
    row: int
    texts: dict[str, str]
    pair_rows: dict[str, int] = field(default_factory=dict)
    line_places: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    line_texts: dict[str, dict[str, str]] = field(default_factory=dict)
    relations: dict[str, str] = field(default_factory=dict)
    id: int = 0

    @property
    def place(self) -> Place:
        """Return where the document starts."""
        return Place(self.sheet, self.row)

    @property
    def label(self) -> str:
        """Return the business number as text."""
        return "/".join(str(part) for part in self.number)

    @property
    def rows(self) -> Iterator[tuple[str, int]]:
        """Iterate over (sheet, Excel row) of everything the document consists of."""
        yield self.sheet, self.row
        for row in self.pair_rows.values():
            yield self.sheet, row
        for places in self.line_places.values():
            yield from places

    @property
    def line_count(self) -> int:
        """Return how many lines the document has."""
        return sum(len(places) for places in self.line_places.values())

    def located(self, finding: Finding) -> dict[str, Any]:
        """Return the place and raw value of a rule's finding, for ``dataclasses.replace``."""
        if finding.table and finding.line is not None:
            sheet, row = self.line_places[finding.table][finding.line]
            text = self.line_texts[finding.table].get(finding.field, "")
            record = getattr(self.head, self.relations[finding.table])[finding.line]
        else:
            sheet, row = self.sheet, self.pair_rows.get(finding.field, self.row)
            text, record = self.texts.get(finding.field, ""), self.head
        value = getattr(record, finding.field, None) if text else None
        return {"place": Place(sheet, row, text), "value": finding.value or _shown(value)}


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return plain(value) if isinstance(value, Decimal) else str(value)


def arrange(document: DocumentType, sheets: list[ReadSheet], findings: list[Finding]) -> list[Arrived]:
    """Tie heads and lines of the read sheets together; faults of the tying go to ``findings``."""
    combined = next((sheet for sheet in sheets if sheet.plan.head), None)
    if combined is not None:
        return _combined(document, combined, findings)
    heads = next((sheet for sheet in sheets if sheet.plan.part == ""), None)
    if heads is None:
        return []
    arrived = [_new(document, record, heads, row) for record, row in zip(heads.records, heads.rows, strict=True)]
    _unique(document, arrived, findings)
    for sheet in sheets:
        if sheet.plan.part:
            _attach(document, arrived, sheet, findings)
    return arrived


def _new(document: DocumentType, record: SimpleNamespace, sheet: ReadSheet, row: int) -> Arrived:
    record.id = None
    for key, value in {**document.variant, **_imported(document)}.items():
        setattr(record, key, value)
    for attribute in document.header.__mapper__.column_attrs:
        if not hasattr(record, attribute.key):
            default = attribute.columns[0].default
            scalar = default is not None and default.is_scalar
            setattr(record, attribute.key, default.arg if scalar else None)
    one = Arrived(record, (), sheet.name, row, sheet.texts, sheet.pair_rows)
    one.number = tuple(getattr(record, attribute.key) for attribute in document.number)
    for table in document.lines:
        setattr(record, table.attribute_key, [])
        one.line_places[table.key] = []
        one.line_texts[table.key] = {}
        one.relations[table.key] = table.attribute_key
    return one


def _imported(document: DocumentType) -> dict[str, Any]:
    return dict(document.workbook.imported) if document.workbook else {}


def _unique(document: DocumentType, arrived: list[Arrived], findings: list[Finding]) -> None:
    first: dict[tuple[Any, ...], Arrived] = {}
    for one in list(arrived):
        before = first.setdefault(one.number, one)
        if before is one:
            continue
        if _same(before, one):
            arrived.remove(one)
            continue
        key = document.number[-1].key
        text = f"「{document.title}」{one.label} 在文件中重复（首次在第{before.row}行）"
        place = Place(one.sheet, one.row, one.texts.get(key, ""))
        findings.append(replace(error("IMP-08", text), place=place, value=one.label))


def _same(before: Arrived, one: Arrived) -> bool:
    return before.head.__dict__ == one.head.__dict__


def _combined(document: DocumentType, sheet: ReadSheet, findings: list[Finding]) -> list[Arrived]:
    """Group rows that carry head and lines together by the document's number."""
    table = document.line_table(sheet.plan.part)
    head_keys = [heading.field.key for heading in sheet.plan.head]
    number_keys = [attribute.key for attribute in document.number]
    line_keys = _blank_line(table.model)
    groups: dict[tuple[Any, ...], Arrived] = {}
    for record, row in zip(sheet.records, sheet.rows, strict=True):
        values = record.__dict__
        number = tuple(values.get(key) for key in number_keys)
        one = groups.get(number)
        if one is None:
            head = SimpleNamespace(**{key: values[key] for key in head_keys})
            one = groups[number] = _new(document, head, sheet, row)
            one.number = number
            one.line_texts[table.key] = sheet.texts
        else:
            _agree(one, values, head_keys, sheet, row, findings)
        for key in head_keys:
            del values[key]
        for key, default in line_keys.items():
            values.setdefault(key, default)
        getattr(one.head, table.attribute_key).append(record)
        one.line_places[table.key].append((sheet.name, row))
    return list(groups.values())


def _agree(
    one: Arrived, values: dict[str, Any], head_keys: list[str], sheet: ReadSheet, row: int, findings: list[Finding]
) -> None:
    for key in head_keys:
        ours = getattr(one.head, key)
        if values[key] != ours:
            text = f"同一单据 {one.label} 的「{sheet.texts.get(key, key)}」与第{one.row}行不一致"
            place = Place(sheet.name, row, sheet.texts.get(key, ""))
            findings.append(replace(error("IMP-11", text), place=place, value=str(values[key])))


def _blank_line(model: type[Any]) -> dict[str, Any]:
    blank = {}
    for attribute in model.__mapper__.column_attrs:
        default = attribute.columns[0].default
        blank[attribute.key] = default.arg if default is not None and default.is_scalar else None
    blank["id"] = None
    return blank


def _attach(document: DocumentType, arrived: list[Arrived], sheet: ReadSheet, findings: list[Finding]) -> None:
    table = document.line_table(sheet.plan.part)
    join = sheet.plan.join.field.key if sheet.plan.join else ""
    by_number = {one.number[0]: one for one in arrived}
    blank = _blank_line(table.model)
    for one in arrived:
        one.line_texts[table.key] = sheet.texts
    for record, row in zip(sheet.records, sheet.rows, strict=True):
        owner = by_number.get(getattr(record, join)) if join else (arrived[0] if arrived else None)
        if owner is None:
            text = f"表头中没有 {getattr(record, join, '')}"
            findings.append(replace(error("IMP-05", text), place=Place(sheet.name, row, sheet.texts.get(join, ""))))
            continue
        if join:
            delattr(record, join)
        for key, default in {**blank, **table.fixed}.items():
            if getattr(record, key, None) is None:
                setattr(record, key, default)
        getattr(owner.head, table.attribute_key).append(record)
        owner.line_places[table.key].append((sheet.name, row))
