"""Imports: every fault with its place in one answer, all of a file or nothing of it (interchange 1)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from bondesk.areas.codes.partner import Partner
from bondesk.areas.notes.source_document import SourceDocument
from bondesk.base.errors import Refused
from bondesk.base.findings import Finding, Severity, errors_in
from bondesk.engine import records
from bondesk.engine.tables import ImportRun
from builders.office import DEMO, Office, dump_hash


def refused(office: Office, key: str, path: Path) -> tuple[Finding, ...]:
    """Import a file that must be refused without a trace; return what was said."""
    before = dump_hash(office.home)
    with pytest.raises(Refused) as refusal:
        office.bring(key, path)
    assert dump_hash(office.home) == before, "a refused file left something behind"
    return tuple(errors_in(refusal.value.findings))


HEADS = "单据号* 单据日期* 进出口标志* 监管方式* 客户供应商 行号 料号* 数量* 企业单位 单价 币制*".split()
LINE = ["X1", "2024-03-01", "进口", "0615", "S03", 1, "DIO-SS34A", 100, "PCS", 0.02, "USD"]


def line(**changes: Any) -> list[Any]:
    """One good row with some cells changed by heading."""
    names = [head.rstrip("*") for head in HEADS]
    values = dict(zip(names, LINE, strict=True)) | changes
    return [values[name] for name in names]


def workbook(folder: Path, rows: list[list[Any]], name: str = "file.xlsx", title: str = "单证") -> Path:
    """Write rows into a one-sheet workbook."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    path = folder / name
    book.save(path)
    return path


def stored(office: Office) -> list[tuple[str, int]]:
    """Every source document with its number of lines."""
    with office.act() as act:
        found = act.session.scalars(select(SourceDocument).order_by(SourceDocument.document_no))
        return [(document.document_no, len(document.lines)) for document in found]


SHAPES: dict[str, list[list[Any]]] = {
    "plain": [HEADS, line()],
    "title rows above": [["东莞某厂　明细表"], [None, "期间：2024"], HEADS, line()],
    "explanation row": [HEADS, ["说明：此行导入时忽略"], line()],
    "width and brackets": [[head.replace("*", "＊ ").replace("单价", "（单价）") for head in HEADS], line()],
    "empty rows between": [HEADS, [None], line(), [None, None]],
    "other order": [HEADS[::-1], line()[::-1]],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_layouts_a_clerk_sends(masters_office: Office, tmp_path: Path, shape: str) -> None:
    """The heading row is found wherever it stands, in any order and width."""
    masters_office.bring("source_document", workbook(tmp_path, SHAPES[shape]))
    assert stored(masters_office) == [("X1", 1)]


#: name | rows | code, row, column of every finding
REFUSED: dict[str, tuple[list[list[Any]], set[tuple[str, int, str]]]] = {
    "heading missing": ([[h for h in HEADS if h != "料号*"], line()[:-1]], {("IMP-01", 1, "")}),
    "no data": ([HEADS], {("IMP-09", 0, "")}),
    "head disagrees": (
        [HEADS, line(), line(行号=2, 客户供应商="S01"), line(行号=3, 监管方式="0700")],
        {("IMP-11", 3, "客户供应商"), ("IMP-11", 4, "监管方式")},
    ),
    "line number twice": ([HEADS, line(), line(料号="TRA-3904")], {("IMP-08", 3, "行号")}),
    "unknown part": ([HEADS, line(料号="NO-SUCH")], {("IMP-05", 2, "料号")}),
    "unknown partner": ([HEADS, line(客户供应商="S99")], {("IMP-05", 2, "客户供应商")}),
    "quantity zero": ([HEADS, line(数量=0)], {("STK-03", 2, "数量")}),
    "empty mandatory cell": ([HEADS, line(币制=None)], {("REQ-01", 2, "币制")}),
    "six decimals": ([HEADS, line(数量="1.000001")], {("IMP-07", 2, "数量")}),
    "unknown code": ([HEADS, line(币制="BITCOIN")], {("NOTE-15", 2, "币制")}),
    "code as number": ([HEADS, line(料号="2.4442E+19")], {("IMP-04", 2, "料号")}),
    "unreadable cells and broken rules": (
        [
            HEADS,
            line(数量="abc"),
            line(单据号="X2", 料号="NO-SUCH"),
            line(单据号="X3"),
            line(单据号="X3", 数量=-1, 行号=2),
        ],
        {("IMP-07", 2, "数量"), ("IMP-05", 3, "料号"), ("STK-03", 5, "数量")},
    ),
    "only unreadable rows": ([HEADS, line(数量="abc")], {("IMP-07", 2, "数量")}),
    "unreadable head of a document": (
        [HEADS, line(单据日期="31.02.24"), line(行号=2)],
        {("IMP-02", 2, "单据日期")},
    ),
    "three faults in one answer": (
        [HEADS, line(单据日期="2024-02-30"), line(单据号="X2", 数量="abc"), line(单据号="X3", 监管方式="9Z")],
        {("IMP-02", 2, "单据日期"), ("IMP-07", 3, "数量"), ("NOTE-15", 4, "监管方式")},
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_place(masters_office: Office, tmp_path: Path, name: str) -> None:
    """Every fault has its code, row and column, and nothing is stored."""
    rows, wanted = REFUSED[name]
    found = refused(masters_office, "source_document", workbook(tmp_path, rows))
    places = {(f.code, f.place.row if f.place else 0, f.place.column if f.place else "") for f in found}
    assert places == wanted, "\n".join(map(str, found))
    assert stored(masters_office) == []


def test_number_twice_in_a_file(masters_office: Office, tmp_path: Path) -> None:
    """IMP-08: two different rows of one master; equal rows are one."""
    heads = required_heads(masters_office, "partner")
    assert heads[:2] == ["代码*", "名称*"], heads
    first, other = ["Z9", "甲公司", "客户"], ["Z9", "乙公司", "客户"]
    found = refused(masters_office, "partner", workbook(tmp_path, [heads, first, other]))
    assert [(f.code, f.place.row if f.place else 0, f.value) for f in found] == [("IMP-08", 3, "Z9")]
    assert "2" in found[0].text
    masters_office.bring("partner", workbook(tmp_path, [heads, first, first]))
    assert [row[0] for row in partners(masters_office)].count("Z9") == 1


def required_heads(office: Office, key: str) -> list[str]:
    """The mandatory headings of a one-sheet workbook."""
    document = office.document(key)
    assert document.workbook is not None
    return [heading.text + "*" for heading in document.workbook.sheets[0].headings if heading.required]


def partners(office: Office) -> list[tuple[Any, ...]]:
    """Every partner by its workbook's values."""
    document = office.document("partner")
    keys = [entry.key for entry in document.head_fields]
    with office.act() as act:
        found = act.session.scalars(select(Partner).order_by(Partner.code)).all()
        return [tuple(getattr(row, key) for key in keys) for row in found]


def test_masters_again_change_nothing(masters_office: Office) -> None:
    """A second import of the same masters gives the same rows, as updates."""
    before = partners(masters_office)
    masters_office.bring("partner", DEMO / "partner.xlsx")
    assert partners(masters_office) == before
    with masters_office.act() as act:
        assert set(act.session.scalars(select(Partner.revision))) == {2}
        runs = act.session.scalar(select(func.count()).where(ImportRun.document_key == "partner"))
        assert runs == 2


def test_masters_are_updated(masters_office: Office, tmp_path: Path) -> None:
    """A row with a known number changes that document and nothing else."""
    before = {row[0]: row for row in partners(masters_office)}
    document = masters_office.document("partner")
    assert document.workbook is not None
    with masters_office.act() as act:
        one = records.load_numbered(act, document, "S03")
        headings = document.workbook.sheets[0].headings
        values = [getattr(one, heading.field.key) for heading in headings]
        name = next(i for i, heading in enumerate(headings) if heading.field.key == "name")
    values[name] = "改名公司"
    masters_office.bring("partner", workbook(tmp_path, [[h.text for h in headings], values]))
    after = {row[0]: row for row in partners(masters_office)}
    assert [code for code in before if before[code] != after[code]] == ["S03"]
    assert "改名公司" in after["S03"]


def test_bom_lines_are_replaced(masters_office: Office) -> None:
    """A re-imported document has its new lines only."""
    document = masters_office.document("bom")
    model = document.lines[0].model
    with masters_office.act() as act:
        before = act.session.scalar(select(func.count()).select_from(model))
    masters_office.bring("bom", DEMO / "bom.xlsx")
    with masters_office.act() as act:
        assert act.session.scalar(select(func.count()).select_from(model)) == before


def test_source_documents_are_refused_again(factory_office: Office) -> None:
    """What was imported once is not overwritten: notes may have used it (IMP-08)."""
    found = refused(factory_office, "source_document", DEMO / "source_document_export.xlsx")
    assert {finding.code for finding in found} == {"IMP-08"}
    assert len(found) == 61


def test_unknown_headings_are_only_noted(masters_office: Office, tmp_path: Path) -> None:
    """A column nobody knows does not stop the file."""
    outcome = masters_office.bring("source_document", workbook(tmp_path, [[*HEADS, "心情"], [*line(), "好"]]))
    assert [(f.severity, f.code, "心情" in f.text) for f in outcome.findings] == [(Severity.NOTE, "IMP-01", True)]


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04broken"], ids=["empty", "text", "torn zip"])
def test_not_a_workbook(masters_office: Office, tmp_path: Path, content: bytes) -> None:
    """IMP-00 for a file that cannot be opened."""
    path = tmp_path / "file.xlsx"
    path.write_bytes(content)
    assert {finding.code for finding in refused(masters_office, "part", path)} == {"IMP-00"}
