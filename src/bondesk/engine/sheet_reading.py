"""From raw sheets to records: headings found by text, every cell read once, every fault named.

Reading goes column by column with a memory per column, since a workbook repeats its values; a record is
a plain namespace, so that 20,000 lines cost no mapped objects.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from bondesk.base.codebook import CodeBook
from bondesk.base.columns import Kind
from bondesk.base.fields import Field
from bondesk.base.findings import Finding, Place, Severity
from bondesk.base.numbers import MAX_DIGITS, places_of
from bondesk.base.readings import (
    Unreadable,
    heading_key,
    read_code,
    read_date,
    read_integer,
    read_number,
    read_text,
    read_yes_no,
)
from bondesk.base.sheets import RawCell, Sheet
from bondesk.base.workbooks import Heading, SheetPlan
from bondesk.engine.cell_places import Labelled, column_letter
from bondesk.engine.import_headings import FoundHeadings, find_headings

#: Numeric codes shorter than this are padded with zeros (appendix D).
_PADS = {"supervision_mode": 4, "customs_office": 4, "unit": 3}
_EXPLANATION = "说明"


@dataclass(slots=True)
class ReadSheet:
    """One read sheet: a record per data row, the Excel row of each, column letters by attribute key.

    ``pair_rows`` gives the Excel row of each item of the layout 项目 · 内容, whose letters carry it too (``B5``).
    """

    plan: SheetPlan
    name: str
    records: list[SimpleNamespace] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    letters: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    pair_rows: dict[str, int] = field(default_factory=dict)


class SheetReader:
    """Reads sheets against plans, collecting findings instead of stopping at the first.

    ``found`` keeps by sheet name which headings it found where.
    """

    def __init__(self, codebook: CodeBook) -> None:
        """Translate codes through ``codebook``."""
        self._codebook = codebook
        self.findings: list[Finding] = []
        self.found: dict[str, FoundHeadings] = {}

    def read_rows(self, sheet: Sheet, plan: SheetPlan) -> ReadSheet | None:
        """Read a sheet with headings; None after a missing-heading finding."""
        reading = self.reading_rows(sheet, plan)
        while True:
            try:
                next(reading)
            except StopIteration as end:
                result: ReadSheet | None = end.value
                return result

    def reading_rows(self, sheet: Sheet, plan: SheetPlan) -> Generator[str, None, ReadSheet | None]:
        """Read a sheet column by column, yielding each heading, so that the reading of a large one can be stopped."""
        found = self.found[sheet.name] = find_headings(sheet, plan)
        if not self._headings_hold(sheet, found):
            return None
        result = ReadSheet(plan, sheet.name)
        body = self._body(sheet, found.row)
        result.rows = [row + 1 for row in body]
        result.records = [SimpleNamespace() for _ in body]
        for heading, name, index in found.columns:
            yield name
            entry = heading.field
            result.letters[entry.key] = column_letter(index)
            result.texts[entry.key] = name
            self._read_column(sheet, body, index, heading, result)
        for heading in found.absent:
            empty = self._filled(heading, sheet, found.row)
            for record in result.records:
                setattr(record, heading.field.key, empty)
        return result

    def _headings_hold(self, sheet: Sheet, found: FoundHeadings) -> bool:
        unknown = [text for text, _ in found.unknown]
        place = Place(sheet.name, found.row + 1)
        if found.missing:
            text = f"缺少必填标题 {'、'.join(heading.called for heading in found.missing)}"
            text += f"；不认识的标题：{'、'.join(unknown)}" if unknown and found.columns else ""
            self._add(Severity.ERROR, "IMP-01", text, place)
        for name, first, second in found.twice:
            text = f"标题“{name}”出现两次（{column_letter(first)}列、{column_letter(second)}列），请删除其中一列"
            self._add(Severity.ERROR, "IMP-01", text, Place(sheet.name, found.row + 1, name))
        if found.missing or found.twice:
            return False
        for text in unknown:
            near = found.nearest(text)
            note = f"不认识的标题“{text}”，该列未导入" + (f"；是否是「{near.text}」？" if near else "")
            self._add(Severity.NOTE, "IMP-01", note, Place(sheet.name, found.row + 1, text))
        return True

    def _filled(self, heading: Heading, sheet: Sheet, row: int) -> Any:
        """Return what an empty cell under the heading means: what the setting fills in, else nothing."""
        if heading.filled:
            try:
                return self.reader_for(heading.field)(heading.filled)
            except Unreadable as problem:
                text = f"导入设置中「{heading.text}」空白时填入的“{heading.filled}”不能识别：{problem.text}"
                if all(finding.text != text for finding in self.findings):
                    self._add(Severity.ERROR, "IMP-13", text, Place(sheet.name, row + 1))
        return blank_of(heading.field)

    @staticmethod
    def _body(sheet: Sheet, top: int) -> list[int]:
        body = []
        for number in range(top + 1, len(sheet.rows)):
            row = sheet.rows[number]
            if all(cell is None or cell == "" for cell in row):
                continue
            if number == top + 1 and isinstance(row[0], str) and row[0].strip().startswith(_EXPLANATION):
                continue
            body.append(number)
        return body

    def _read_column(self, sheet: Sheet, body: Sequence[int], index: int, heading: Heading, result: ReadSheet) -> None:
        entry = heading.field
        read = self.reader_for(entry)
        known: dict[Any, Any] = {}
        empty, key, rows = blank_of(entry), entry.key, sheet.rows
        name, filled = result.texts[key], self._filled(heading, sheet, self.found[sheet.name].row)
        for number, record in zip(body, result.records, strict=True):
            row = rows[number]
            raw = row[index] if index < len(row) else None
            mark = (raw.__class__, raw)
            if mark in known:
                value = known[mark]
            else:
                try:
                    value = read(raw)
                except Unreadable as problem:
                    self.unreadable(problem, Place(sheet.name, number + 1, name), raw)
                    setattr(record, key, empty)
                    continue
                if value is None or value == "":
                    value = filled
                known[mark] = value
            if heading.required and (value is None or value == ""):
                self._add(Severity.ERROR, "REQ-01", f"「{name}」必填", Place(sheet.name, number + 1, name))
            setattr(record, key, value)

    def read_pairs(self, sheet: Sheet, plan: SheetPlan) -> ReadSheet:
        """Read the two-column layout 项目 · 内容 into one record."""
        result = ReadSheet(plan, sheet.name, [SimpleNamespace()], [1])
        wanted = {heading_key(heading.text): heading for heading in plan.headings}
        wanted |= {heading_key(heading.own): heading for heading in plan.headings if heading.own}
        found: dict[int, Labelled] = {}
        unknown = []
        for number, row in enumerate(sheet.rows):
            key = heading_key(str(row[0])) if row and row[0] not in (None, "") else ""
            if key in wanted:
                found[id(wanted[key])] = Labelled(row[1] if len(row) > 1 else None, number + 1, 1)
            elif key and key not in {heading_key("项目"), ""} and not key.startswith(_EXPLANATION):
                unknown.append((str(row[0]).strip(), number))
        absent = tuple(heading for heading in plan.headings if id(heading) not in found)
        self.found[sheet.name] = FoundHeadings(-1, plan.title, absent=absent)
        for text, number in unknown:
            self._add(Severity.NOTE, "IMP-01", f"不认识的项目“{text}”，未导入", Place(sheet.name, number + 1))
        for heading in plan.headings:
            self._read_pair(sheet, heading, found.get(id(heading)), result, heading.own or heading.text)
        return result

    def read_labelled(
        self, sheet: Sheet, plan: SheetPlan, cells: Mapping[int, Labelled], taken: Collection[str]
    ) -> ReadSheet:
        """Read scattered cells (by heading id) into one record; names the lines have as well are told apart."""
        result = ReadSheet(plan, sheet.name, [SimpleNamespace()], [1])
        for heading in plan.headings:
            name = heading.own or heading.text
            shown = f"表头{name}" if name in taken else name
            self._read_pair(sheet, heading, cells.get(id(heading)), result, shown)
        return result

    def _read_pair(self, sheet: Sheet, heading: Heading, cell: Labelled | None, result: ReadSheet, name: str) -> None:
        entry = heading.field
        value = self._filled(heading, sheet, 0)
        place = Place(sheet.name, cell.row if cell else 1, name)
        if cell is not None:
            try:
                read = self.reader_for(entry)(cell.raw)
            except Unreadable as problem:
                self.unreadable(problem, place, cell.raw)
            else:
                value = value if read in (None, "") else read
                if heading.required and value in (None, ""):
                    self._add(Severity.ERROR, "REQ-01", f"「{name}」必填", place)
            result.pair_rows[entry.key] = place.row
        elif heading.required and value in (None, ""):
            self._add(Severity.ERROR, "IMP-01", f"缺少必填项目 {heading.called}", place)
        result.texts[entry.key] = name
        result.letters[entry.key] = f"{column_letter(cell.column if cell else 1)}{place.row}"
        setattr(result.records[0], entry.key, value)

    def reader_for(self, entry: Field) -> Callable[[RawCell], Any]:
        """Return the function that turns a raw cell into a value of the field."""
        if entry.choices:
            return lambda raw: self._choice(entry, raw)
        if entry.table:
            return lambda raw: self._code(entry, raw)
        if entry.places:
            return lambda raw: self._number(entry, raw)
        match entry.kind:
            case Kind.INTEGER:
                return read_integer
            case Kind.DATE:
                return read_date
            case Kind.YESNO:
                return read_yes_no
            case Kind.CODE:
                return lambda raw: _fitting(entry, read_code(raw))
            case _:
                return lambda raw: _fitting(entry, read_text(raw))

    def _choice(self, entry: Field, raw: RawCell) -> str:
        text = read_code(raw)
        if not text:
            return ""
        for code, name in entry.choices:
            if text in (code, name):
                return code
        allowed = "、".join(name for _, name in entry.choices)
        raise Unreadable("NOTE-15", f"「{entry.label}」没有“{text}”，可填：{allowed}")

    def _code(self, entry: Field, raw: RawCell) -> str:
        text = read_code(raw)
        if not text:
            return ""
        found = self._codebook.read(entry.table, text)
        if found is None and text.isdigit() and entry.table in _PADS:
            found = self._codebook.read(entry.table, text.zfill(_PADS[entry.table]))
        if found is not None:
            return found
        near = self._codebook.nearest(entry.table, text)
        hint = f"，相近的有：{'、'.join(near)}" if near else ""
        if entry.table == "unit":
            raise Unreadable("MAP-12", f"计量单位 {text} 未在企业参数中对照{hint}")
        raise Unreadable("NOTE-15", f"「{entry.label}」“{text}”不是海关参数，也未在企业参数中对照{hint}")

    @staticmethod
    def _number(entry: Field, raw: RawCell) -> Any:
        value = read_number(raw)
        if value is not None and places_of(value) > entry.places:
            raise Unreadable("IMP-07", f"小数超过{entry.places}位")
        if value is not None and abs(value) >= 10 ** (MAX_DIGITS - entry.places):
            raise Unreadable("IMP-07", f"数字过大，整数最多{MAX_DIGITS - entry.places}位")
        return value

    def unreadable(self, problem: Unreadable, place: Place, raw: RawCell) -> None:
        """Collect what a cell says wrong."""
        self._add(Severity.ERROR, problem.code, problem.text, place, "" if raw is None else str(raw))

    def _add(self, severity: Severity, code: str, text: str, place: Place, value: str = "") -> None:
        self.findings.append(Finding(severity, code, text, place=place, value=value))


def _fitting(entry: Field, text: str) -> str:
    if entry.length and len(text) > entry.length:
        raise Unreadable("IMP-10", f"超过{entry.length}个字符")
    return text


def blank_of(entry: Field) -> Any:
    """Return what an empty cell of the field means."""
    if entry.numeric or entry.kind in {Kind.DATE, Kind.TIME, Kind.YESNO}:
        return None
    return ""
