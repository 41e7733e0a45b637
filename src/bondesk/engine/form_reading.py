"""Sheets laid out as a form: head cells anywhere beside or below their labels, the lines as a table under its headings.

A value stands in the label's own cell after a colon, in the next filled cell to the right, or in the cell below the
label where the row below carries no labels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bondesk.base.readings import heading_key
from bondesk.base.sheets import RawCell, Sheet
from bondesk.base.workbooks import Heading, SheetPlan
from bondesk.engine.cell_places import Labelled
from bondesk.engine.import_headings import FoundHeadings, find_headings
from bondesk.engine.sheet_reading import ReadSheet, SheetReader

#: How many columns to the right a value may stand, over merged cells.
_REACH = 4
_ENDS = ("合计", "总计")


def body_plan(plan: SheetPlan) -> SheetPlan:
    """Return the table of a scattered sheet."""
    return replace(plan, head=(), scattered=False)


def head_plan(plan: SheetPlan) -> SheetPlan:
    """Return the labelled cells of a scattered sheet."""
    return replace(plan, headings=plan.head, head=(), part="", scattered=False, pairs=True)


def fits(sheet: Sheet, plan: SheetPlan) -> bool:
    """Tell whether a sheet is laid out as ``plan`` says: every mandatory heading and a mandatory label are there."""
    body = find_headings(sheet, body_plan(plan) if plan.scattered else plan)
    if body.missing or not body.columns:
        return False
    if not plan.scattered:
        return True
    cells = labelled(sheet, plan, body)
    return any(heading.required and id(heading) in cells for heading in plan.head)


def read_form(reader: SheetReader, sheet: Sheet, plan: SheetPlan) -> list[ReadSheet] | None:
    """Read a scattered sheet as a head of pairs and a table of lines; None after a missing-heading finding."""
    body = find_headings(sheet, body_plan(plan))
    cells = labelled(sheet, plan, body)
    lines = reader.read_rows(Sheet(sheet.name, sheet.rows[: _end(sheet, plan, body)]), body_plan(plan))
    if lines is None:
        return None
    head = reader.read_labelled(sheet, head_plan(plan), cells, {one.text for one in plan.headings})
    places = dict(reader.found[sheet.name].indexes)
    own = {head.texts[one.field.key]: cells[id(one)].column for one in plan.head if id(one) in cells}
    reader.found[sheet.name] = replace(reader.found[sheet.name], indexes={**own, **places})
    return [head, lines]


def labelled(sheet: Sheet, plan: SheetPlan, body: FoundHeadings) -> dict[int, Labelled]:
    """Return by heading (its id) where its value stands: raw value, Excel row, column; the first label wins."""
    wanted = _names(plan.head)
    found: dict[int, Labelled] = {}
    for number, row in enumerate(sheet.rows):
        if body.columns and number == body.row:
            continue
        for column, cell in enumerate(row):
            heading, inline = _label(cell, wanted)
            if heading is None or id(heading) in found:
                continue
            if inline:
                found[id(heading)] = Labelled(inline, number + 1, column)
            elif not (body.columns and _within(sheet, plan, body, number)):
                found[id(heading)] = _value(sheet, number, column, wanted)
    return found


def _names(headings: Sequence[Heading]) -> dict[str, Heading]:
    """Return headings by every text they may be known by; own ones go before standard ones."""
    names = {heading_key(text): one for one in headings for text in (one.text, *one.also)}
    return names | {heading_key(one.own): one for one in headings if one.own}


def _label(cell: RawCell, wanted: Mapping[str, Heading]) -> tuple[Heading | None, str]:
    """Return the heading a cell is the label of, and the value after its colon."""
    if not isinstance(cell, str) or not cell.strip():
        return None, ""
    text = cell.replace("：", ":")
    label, colon, rest = text.partition(":")
    key = heading_key(label)
    bare = key.partition("(")[0]
    heading = wanted.get(key) or wanted.get(bare)
    return heading, rest.strip() if heading is not None and colon else ""


def _value(sheet: Sheet, number: int, column: int, wanted: Mapping[str, Heading]) -> Labelled:
    row = sheet.rows[number]
    for place in range(column + 1, min(len(row), column + 1 + _REACH)):
        if row[place] in (None, ""):
            continue
        if _label(row[place], wanted)[0] is None:
            return Labelled(row[place], number + 1, place)
        break
    below = sheet.rows[number + 1] if number + 1 < len(sheet.rows) else ()
    plain = all(_label(cell, wanted)[0] is None for cell in below)
    if plain and column < len(below) and below[column] not in (None, ""):
        return Labelled(below[column], number + 2, column)
    return Labelled(None, number + 1, min(column + 1, max(len(row) - 1, column)))


def _within(sheet: Sheet, plan: SheetPlan, body: FoundHeadings, number: int) -> bool:
    return body.row < number < _end(sheet, plan, body)


def _end(sheet: Sheet, plan: SheetPlan, body: FoundHeadings) -> int:
    """Return the row after the last line of the table: a blank row, a sum or a label of the head ends it."""
    wanted = _names(plan.head)
    for number, row in enumerate(sheet.rows[body.row + 1 :], body.row + 1):
        filled = list(_filled(row))
        if not filled or str(filled[0]).strip().startswith(_ENDS) or _label(filled[0], wanted)[0] is not None:
            return number
    return len(sheet.rows)


def _filled(row: Sequence[RawCell]) -> Iterator[RawCell]:
    return (cell for cell in row if cell not in (None, ""))
