"""Second and third stage of an import: documents arranged from rows, checked, and sorted into sound and refused.

A document is all of its rows or none: it is refused as soon as one of them has an error, and so is every
document that bears its number.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import select

from bondesk.base.batches import batches
from bondesk.base.documents import DocumentType
from bondesk.base.findings import Finding, Place, error, errors_in
from bondesk.base.steps import Progress
from bondesk.engine.act import Act
from bondesk.engine.code_dates import code_findings
from bondesk.engine.grouping import Arrived, arrange
from bondesk.engine.import_reading import STEPS, Reading
from bondesk.engine.import_storing import columns_of
from bondesk.engine.sheet_reading import ReadSheet

_BATCH = 2000
Number = tuple[Any, ...]
#: Number of a stored document → its id and revision.
Existing = dict[Number, tuple[int, int]]
LeftOut = dict[tuple[str, int], Number | None]


@dataclass
class Checked:
    """The documents of a workbook and what is wrong with them.

    ``refused`` holds the numbers of documents with an error; ``left_out`` the rows with unreadable cells, by
    number (None where that is unreadable too); ``numberless`` rows of a lines sheet whose join is unreadable;
    ``lost`` the rows no document could be told for; ``doubts`` the documents that may lack such a row.
    """

    arrived: list[Arrived]
    existing: Existing
    findings: list[Finding]
    refused: set[Number] = field(default_factory=set)
    lost: set[tuple[str, int]] = field(default_factory=set)
    left_out: LeftOut = field(default_factory=dict)
    numberless: set[tuple[str, int]] = field(default_factory=set)
    doubts: list[Finding] = field(default_factory=list)

    @property
    def sound(self) -> list[Arrived]:
        """Return the documents without an error."""
        return [one for one in self.arrived if one.number not in self.refused]

    @property
    def refused_rows(self) -> set[tuple[str, int]]:
        """Return (sheet, row) of every row that would not be stored."""
        rows = {row for one in self.arrived if one.number in self.refused for row in one.rows}
        return rows | self.lost | set(self.left_out)

    @property
    def refused_count(self) -> int:
        """Return how many documents would not be stored; rows without a readable number count one each."""
        return len(self.refused) + len(self.lost)


def checking_steps(act: Act, document: DocumentType, reading: Reading) -> Generator[Progress, None, Checked]:
    """Arrange and check what was read; a workbook that is not complete has no documents."""
    if not reading.complete or not reading.sheets:
        return Checked([], {}, list(reading.findings))
    yield Progress(1, STEPS, "整理单据")
    broken = reading.broken
    several = len(reading.sheets) > 1 or any(sheet.plan.pairs for sheet in reading.sheets)
    left_out = {} if several else _leave_out(document, reading, broken)
    numberless = _numberless(reading)
    arrived = arrange(document, reading.sheets, reading.findings)
    checked = Checked(arrived, {}, list(reading.findings), left_out=left_out, numberless=numberless)
    checked.existing = _existing(act, document, arrived, checked.findings)
    _keep_stored(act, document, arrived, checked.existing)
    skipped = {one.number for one in arrived if not broken.isdisjoint(one.rows)} if several else set()
    yield from _run_rules(act, document, checked, [one for one in arrived if one.number not in skipped])
    if not arrived and not left_out:
        checked.findings.append(error("IMP-09", "工作表中没有数据行"))
    _refuse(reading, checked)
    return checked


def accepting_steps(act: Act, document: DocumentType, checked: Checked) -> Generator[Progress, None, None]:
    """Check the sound documents again among themselves, until no rule speaks against one of them.

    A rule may have looked at rows of the file that are refused now (a map row, a bill of material).
    """
    checked.findings.extend(checked.doubts)
    while checked.refused and (sound := checked.sound):
        before = len(checked.findings)
        fresh = Checked(sound, checked.existing, [])
        yield from _run_rules(act, document, fresh, sound)
        new = [finding for finding in errors_in(fresh.findings) if finding not in checked.findings]
        checked.findings.extend(new)
        rows = {(f.place.sheet, f.place.row) for f in new if f.place is not None}
        checked.refused |= {one.number for one in sound if not rows.isdisjoint(one.rows)}
        if len(checked.findings) == before:
            return


def _leave_out(document: DocumentType, reading: Reading, broken: set[tuple[str, int]]) -> LeftOut:
    """Take out the rows with unreadable cells, so that the same answer holds what the rules say of the others."""
    keys = [attribute.key for attribute in document.number]
    places = {(f.place.row, f.place.column) for f in errors_in(reading.findings) if f.place is not None}
    gone: LeftOut = {}
    for sheet in reading.sheets:
        pairs = list(zip(sheet.records, sheet.rows, strict=True))
        for record, row in pairs:
            if (sheet.name, row) in broken:
                unknown = any((row, sheet.texts.get(key, "")) in places for key in keys)
                gone[sheet.name, row] = None if unknown else tuple(getattr(record, key, None) for key in keys)
        kept = [pair for pair in pairs if (sheet.name, pair[1]) not in gone]
        sheet.records, sheet.rows = [record for record, _ in kept], [row for _, row in kept]
    return gone


def _numberless(reading: Reading) -> set[tuple[str, int]]:
    """Return (sheet, row) of the lines whose own cell that ties them to a head cannot be read."""
    joins = {s.name: s.texts.get(s.plan.join.field.key, "") for s in reading.sheets if s.plan.join is not None}
    places = (finding.place for finding in errors_in(reading.findings))
    return {(place.sheet, place.row) for place in places if place and joins.get(place.sheet) == place.column}


def _existing(act: Act, document: DocumentType, arrived: list[Arrived], findings: list[Finding]) -> Existing:
    """Return (id, revision) of the stored documents the file names again; refuse them where declared."""
    header = document.header
    keys = document.number
    statement = select(header.id, header.revision, *keys).where(header.company_id == act.company_id)
    for key, value in document.variant.items():
        statement = statement.where(getattr(header, key) == value)
    wanted = {one.number: one for one in arrived}
    firsts = {number[0] for number in wanted}
    if len(firsts) <= 500:
        statement = statement.where(keys[0].in_(firsts))
    stored = {tuple(row[2:]): (row[0], row[1]) for row in act.session.execute(statement) if tuple(row[2:]) in wanted}
    assert document.workbook is not None
    if document.workbook.on_existing == "refuse":
        for number in stored:
            label = "/".join(str(part) for part in number)
            text = f"「{document.title}」{label} 已存在，不能重复导入"
            findings.append(replace(error("IMP-08", text), place=wanted[number].place))
    return stored


def _keep_stored(act: Act, document: DocumentType, arrived: list[Arrived], existing: Existing) -> None:
    """Let a document that is updated keep what its workbook has no heading for."""
    known = [one for one in arrived if one.number in existing]
    if not known:
        return
    header = document.header
    keys = [key for key in columns_of(header) if key not in known[0].texts]
    ids = [existing[one.number][0] for one in known]
    columns = [getattr(header, key) for key in keys]
    stored: dict[int, Any] = {}
    for batch in batches(ids):
        statement = select(header.id, *columns).where(header.company_id == act.company_id)
        for row in act.session.execute(statement.where(header.id.in_(batch))):
            stored[row[0]] = row[1:]
    for one in known:
        for key, value in zip(keys, stored[existing[one.number][0]], strict=True):
            setattr(one.head, key, value)


def _run_rules(
    act: Act, document: DocumentType, checked: Checked, documents: list[Arrived]
) -> Generator[Progress, None, None]:
    yield Progress(2, STEPS, f"检查 {len(documents)} 张单据")
    act.facts.arriving(document.header, [one.head for one in documents])
    for number, one in enumerate(documents):
        checked.findings.extend(_check(act, document, one))
        if number % _BATCH == _BATCH - 1:
            yield Progress(2, STEPS, f"检查 {number + 1}/{len(documents)}")


def _check(act: Act, document: DocumentType, one: Arrived) -> Iterator[Finding]:
    """Derive and run the rules on one arrived document; findings get their workbook place."""
    with act.session.no_autoflush:
        if document.derive is not None:
            document.derive(one.head, act.facts)
        _total(document, one.head, act)
        for rule in document.rules:
            for finding in rule(one.head, act.facts):
                yield replace(finding, **one.located(finding))
        for finding in code_findings(act, document, one.head):
            yield replace(finding, **one.located(finding))


def _total(document: DocumentType, head: Any, act: Act) -> None:
    """Compute the head values that follow from the lines, where the enterprise wants it."""
    totals = document.totals(act.facts) if document.totals is not None else None
    if totals is None:
        return
    lines = {table.key: [vars(line) for line in getattr(head, table.attribute_key)] for table in document.lines}
    for key, value in totals(vars(head), lines).items():
        setattr(head, key, value)


def _refuse(reading: Reading, checked: Checked) -> None:
    """Tell which documents an error hits, by the rows it stands on; an error beside the rows hits them all."""
    errors = errors_in(checked.findings)
    if not errors:
        return
    wrong = {(f.place.sheet, f.place.row) for f in errors if f.place is not None}
    owner = {row: one.number for one in checked.arrived for row in one.rows}
    rows = {(sheet.name, row) for sheet in reading.sheets for row in sheet.rows}
    whole = any(finding.place is None for finding in errors)
    for row in wrong:
        number = owner.get(row) or checked.left_out.get(row)
        if number is not None:
            checked.refused.add(number)
        elif row in rows or row in checked.left_out:
            checked.lost.add(row)
        else:
            whole = True
    if whole:
        checked.refused |= set(owner.values())
    for sheet in reading.sheets:
        if sheet.plan.part:
            _refuse_neighbours(sheet, checked, owner)


def _refuse_neighbours(sheet: ReadSheet, checked: Checked, owner: dict[tuple[str, int], Number]) -> None:
    """A row whose number cannot be read may belong to the document above or below it: neither is stored."""
    lost = {row for (name, row), number in checked.left_out.items() if name == sheet.name and number is None}
    lost |= {row for name, row in checked.numberless if name == sheet.name}
    rows = sorted({*sheet.rows, *lost, *(row for name, row in checked.left_out if name == sheet.name)})
    for position, row in enumerate(rows):
        if row not in lost:
            continue
        for near in rows[max(0, position - 1) : position + 2]:
            number = owner.get((sheet.name, near))
            if number is not None and number not in checked.refused:
                checked.refused.add(number)
                text = f"第{row}行的单据编号读不出来，可能属于本单据；请先改正该行"
                checked.doubts.append(replace(error("IMP-15", text), place=Place(sheet.name, near)))
