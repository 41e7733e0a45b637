"""Corrections typed in the preview, the enterprise's own headings, and the preview itself."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from bondesk.areas.codes.partner import PARTNER_TYPES, Partner
from bondesk.areas.notes.source_document import SourceDocument
from bondesk.base.errors import Refused
from bondesk.base.findings import errors_in
from bondesk.base.import_setting import ImportHeading, ImportSetting
from bondesk.base.sheets import Sheet, SheetBook
from bondesk.base.steps import play
from bondesk.engine import exporting, importing
from bondesk.engine.import_headings import remember_heading
from bondesk.engine.import_preview import ImportPreview, corrected_sheets
from bondesk.engine.import_reading import Corrections, corrected
from bondesk.engine.tables import ImportRun
from builders.homes import read
from builders.office import Office, dump_hash
from builders.source_lines import HEADS, book, lines

QTY, UNIT, MODE = HEADS.index("数量*"), HEADS.index("企业单位"), HEADS.index("监管方式*")


def look(office: Office, key: str, path: Path, corrections: Corrections | None = None) -> ImportPreview:
    """Preview a workbook; nothing may be stored."""
    before = dump_hash(office.home)
    with office.act() as act:
        found = importing.preview(act, office.document(key), path, corrections)
    assert dump_hash(office.home) == before
    return found


def said(found: ImportPreview) -> list[tuple[str, tuple[str, int, int] | None]]:
    """Code and cell of every error."""
    return [(finding.code, found.cell_of(finding)) for finding in errors_in(found.findings)]


def test_a_preview_counts_and_points(masters_office: Office, tmp_path: Path) -> None:
    """Findings have their cell; counts say what would happen."""
    path = book(tmp_path, {"单证": lines("A 1\nA 2 数量=abc\nB 1 料号=NO-SUCH\nC 1")})
    found = look(masters_office, "source_document", path)
    assert said(found) == [("IMP-07", ("单证", 3, QTY)), ("IMP-05", ("单证", 4, HEADS.index("料号*")))]
    counts = found.counts
    assert (counts.new, counts.updated, counts.refused, counts.lines, counts.errors) == (1, 0, 2, 1, 2)
    assert found.wrong_rows("单证") == [3, 4]
    assert found.sheets[0].text(3, QTY) == "abc"
    assert found.sheets[0].text(2, QTY) == "100"
    assert sorted(row for _, row in found.refused_rows) == [2, 3, 4]


def test_a_preview_of_known_masters_counts_updates(masters_office: Office, tmp_path: Path) -> None:
    """Existing numbers are updates."""
    rows = [["代码", "名称", "类型"], ["S03", "改名", "供应商"], ["N1", "新", "客户"]]
    counts = look(masters_office, "partner", book(tmp_path, {"x": rows})).counts
    assert (counts.new, counts.updated, counts.refused) == (1, 1, 0)


def test_a_corrected_cell_goes_in_and_can_be_explained(masters_office: Office, tmp_path: Path) -> None:
    """The typed text replaces the cell; the explanation shows both; the file stays as it is."""
    path = book(tmp_path, {"单证": lines("A 1\nA 2 数量=abc")})
    content = path.read_bytes()
    typed = {("单证", 3, QTY): "7.5", ("单证", 2, QTY): "100"}
    found = look(masters_office, "source_document", path, typed)
    assert said(found) == []
    with masters_office.act() as act:
        play(importing.import_steps(act, masters_office.document("source_document"), found.opened, typed))
    assert path.read_bytes() == content
    with masters_office.act() as act:
        document = act.facts.one(SourceDocument, document_no="A")
        assert document is not None
        assert [line.quantity for line in document.lines] == [Decimal(100), Decimal("7.5")]
        first, second = (act.cell(line, "quantity") for line in document.lines)
        assert first is not None
        assert second is not None
        assert "改为" not in first.reason
        assert second.value == "7.5"
        assert second.title.endswith("「单证」H3")
        assert "导入时由“abc”改为“7.5”" in second.reason
        assert act.session.query(ImportRun).filter_by(document_key="source_document").one().corrections == {
            "单证": {"H3": "7.5"}
        }


def test_a_wrong_correction_makes_its_finding(masters_office: Office, tmp_path: Path) -> None:
    """What is typed is checked like what was read, headings too."""
    path = book(tmp_path, {"单证": lines("A 1")})
    assert said(look(masters_office, "source_document", path, {("单证", 2, QTY): "１２x"})) == [
        ("IMP-07", ("单证", 2, QTY))
    ]
    found = look(masters_office, "source_document", path, {("单证", 1, QTY): "数目"})
    assert [code for code, _ in said(found)] == ["IMP-01"]
    assert found.sheets[0].found is not None
    assert [heading.text for heading in found.sheets[0].found.missing] == ["数量"]


def test_alike_cells_are_found(masters_office: Office, tmp_path: Path) -> None:
    """One correction can be given to every cell of the column with the same content."""
    path = book(tmp_path, {"单证": lines("A 1 企业单位=DZN\nA 2 企业单位=DZN\nA 3\nB 1 企业单位=DZN")})
    found = look(masters_office, "source_document", path)
    assert found.alike(("单证", 2, UNIT)) == [("单证", 3, UNIT), ("单证", 5, UNIT)]
    assert found.alike(("单证", 1, UNIT)) == []


def test_the_corrected_copy_has_no_formula(masters_office: Office, tmp_path: Path) -> None:
    """A text that looks like a formula stays a text in what we write."""
    path = book(tmp_path, {"单证": lines("A 1")})
    typed = {("单证", 2, HEADS.index("客户供应商")): '=HYPERLINK("http://x")'}
    found = look(masters_office, "source_document", path, typed)
    target = tmp_path / "copy.xlsx"
    with masters_office.act() as act:
        importing.write_corrected(act, found, target)
    cell = load_workbook(target)["单证"].cell(2, HEADS.index("客户供应商") + 1)
    assert (cell.data_type, cell.value) == ("s", '=HYPERLINK("http://x")')
    assert cell.fill.fgColor.rgb == "FFFFF2CC"
    with masters_office.act() as act:
        again = act.files.read(target)
    assert [list(map(str, row)) for row in again.sheets[0].rows] == [
        ["" if value is None else str(value) for value in row] for row in _floats(corrected_sheets(found)[0].rows)
    ]


def _floats(rows: Any) -> list[list[Any]]:
    """Numbers as the reader gives them."""
    return [[float(value) if isinstance(value, Decimal | int) else value for value in row] for row in rows]


CELLS = st.one_of(st.none(), st.text(max_size=4), st.integers(0, 99), st.booleans())


@given(
    rows=st.lists(st.lists(CELLS, max_size=4), max_size=5),
    typed=st.dictionaries(st.tuples(st.integers(1, 7), st.integers(0, 5)), st.text(max_size=3), max_size=6),
)
def test_corrections_change_their_cells_and_nothing_else(rows: list[Any], typed: dict[Any, str]) -> None:
    """Laid over, every typed text stands in its cell and every other cell is what it was."""
    before = [list(row) for row in rows]
    sheet = corrected(SheetBook((Sheet("x", rows),)), {("x", *cell): text for cell, text in typed.items()}).sheets[0]
    assert rows == before
    for row in range(1, max(len(sheet.rows), 1) + 1):
        cells = sheet.rows[row - 1] if row <= len(sheet.rows) else []
        for column, value in enumerate(cells):
            was = rows[row - 1][column] if row <= len(rows) and column < len(rows[row - 1]) else None
            assert value == typed.get((row, column), was)
    assert all(sheet.rows[row - 1][column] == text for (row, column), text in typed.items())


# --- own headings


def keep(office: Office, key: str, *words: tuple[str, str, str], active: bool = True) -> None:
    """Store a setting: (standard heading, own heading, filled)."""
    with office.act() as act:
        plan = office.document(key).workbook
        assert plan is not None
        setting = ImportSetting(document_key=key, active=active)
        for number, (heading, own, filled) in enumerate(words, 1):
            line = ImportHeading(line_no=number, sheet=plan.sheets[0].title, heading=heading)
            line.own_heading, line.filled = own, filled
            setting.headings.append(line)
        act.session.add(setting)


def renamed(rows: list[list[Any]], **names: str) -> list[list[Any]]:
    """Rename headings; "" takes the column out."""
    heads = [names.get(str(head).rstrip("*"), head) for head in rows[0]]
    kept = [index for index, head in enumerate(heads) if head]
    return [[heads[index] for index in kept], *([row[index] for index in kept] for row in rows[1:])]


def test_own_headings_are_read_named_and_filled(masters_office: Office, tmp_path: Path) -> None:
    """The enterprise's word counts, messages use it, blanks and missing columns are filled."""
    keep(masters_office, "source_document", ("数量", "实收数", ""), ("监管方式", "", "0615"), ("币制", "", "USD"))
    rows = renamed(lines("A 1 币制=\nA 2 实收数=0"), 数量="实收数", 监管方式="")
    rows[2][rows[0].index("实收数")] = "多"
    found = look(masters_office, "source_document", book(tmp_path, {"单证": rows}))
    errors = errors_in(found.findings)
    assert [(e.code, e.place and (e.place.row, e.place.column)) for e in errors] == [("IMP-07", (3, "实收数"))]
    rows[2][rows[0].index("实收数")] = 3
    masters_office.bring("source_document", book(tmp_path, {"单证": rows}))
    got = read(
        masters_office.engine,
        SourceDocument,
        lambda one: (one.supervision_mode, [(line.quantity, line.currency) for line in one.lines]),
    )
    assert got == [("0615", [(Decimal(100), "USD"), (Decimal(3), "USD")])]


def test_an_inactive_setting_is_not_used(masters_office: Office, tmp_path: Path) -> None:
    """启用 off: only the standard headings count."""
    keep(masters_office, "source_document", ("数量", "实收数", ""), active=False)
    path = book(tmp_path, {"单证": renamed(lines("A 1"), 数量="实收数")})
    found = look(masters_office, "source_document", path)
    assert "缺少必填标题 数量；不认识的标题：实收数" in errors_in(found.findings)[0].text


def test_a_missing_own_heading_is_named(masters_office: Office, tmp_path: Path) -> None:
    """The message says the enterprise's word and ours."""
    keep(masters_office, "source_document", ("数量", "实收数", ""))
    found = look(masters_office, "source_document", book(tmp_path, {"单证": renamed(lines("A 1"), 数量="")}))
    assert "缺少必填标题 实收数（数量）" in errors_in(found.findings)[0].text


def test_a_wrong_filling_is_said_once(masters_office: Office, tmp_path: Path) -> None:
    """IMP-13 names the setting, not every row."""
    keep(masters_office, "source_document", ("数量", "", "许多"))
    path = book(tmp_path, {"单证": renamed(lines("A 1\nA 2\nB 1"), 数量="")})
    assert [code for code, _ in said(look(masters_office, "source_document", path))] == ["IMP-13"]


def test_an_unknown_heading_is_remembered(masters_office: Office, tmp_path: Path) -> None:
    """The note names the nearest heading; remembered, the file goes in; a word means one heading."""
    document = masters_office.document("partner")
    rows = [["代码", "名称", "类型", "公司英文名称"], ["N1", "新", "客户", "x"]]
    sheet = document.workbook.sheets[0] if document.workbook else None
    assert sheet is not None
    absent = next(heading.text for heading in sheet.headings if heading.text not in rows[0])
    rows[0][3] = f"我方{absent}"
    path = book(tmp_path, {sheet.title: rows})
    found = look(masters_office, "partner", path)
    assert [f"是否是「{absent}」？" in finding.text for finding in found.findings] == [True]
    with masters_office.act() as act:
        remember_heading(act, document, sheet.title, absent, rows[0][3])
    assert look(masters_office, "partner", path).findings == ()
    with masters_office.act() as act, pytest.raises(Refused, match="已对应"):
        remember_heading(act, document, sheet.title, "名称", rows[0][3])
    assert read(masters_office.engine, ImportSetting, lambda one: [h.own_heading for h in one.headings]) == [
        [rows[0][3]]
    ]


def test_the_template_speaks_the_enterprises_words(masters_office: Office, tmp_path: Path) -> None:
    """Own headings stand in the template, and the template is read back."""
    keep(masters_office, "source_document", ("数量", "实收数", ""), ("币制", "", "USD"))
    path = tmp_path / "template.xlsx"
    with masters_office.act() as act:
        exporting.write_template(act, masters_office.document("source_document"), path)
    heads = [cell.value for cell in load_workbook(path).worksheets[0][1]]
    assert "实收数*" in heads
    assert "数量*" not in heads
    assert "币制" in heads


def test_a_heading_twice_is_refused(masters_office: Office, tmp_path: Path) -> None:
    """Two columns of one name: nobody can know which counts."""
    rows = [[*row, extra] for row, extra in zip(lines("A 1"), ["数量", 5], strict=True)]
    found = look(masters_office, "source_document", book(tmp_path, {"单证": rows}))
    assert "出现两次（H列、L列）" in errors_in(found.findings)[0].text


# --- the identity: template + rows → import → the same rows


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.dictionaries(
        st.text("ABCDEFGHJK0123456789-", min_size=1, max_size=8),
        st.tuples(st.text("甲乙丙丁=+-@ (abc", min_size=1, max_size=10), st.sampled_from(["客户", "供应商"])),
        min_size=1,
        max_size=6,
    )
)
def test_what_is_written_is_what_is_read(codes_office: Office, tmp_path: Path, rows: dict[str, Any]) -> None:
    """A template filled in and imported gives the rows written, whatever their texts look like."""
    rows = {code: (name.strip(), kind) for code, (name, kind) in rows.items() if name.strip()}
    if not rows:
        return
    document = codes_office.document("partner")
    assert document.workbook is not None
    path = tmp_path / "template.xlsx"
    with codes_office.act() as act:
        exporting.write_template(act, document, path)
    template = load_workbook(path)
    sheet = template.worksheets[0]
    heads = [str(cell.value).rstrip("*") for cell in sheet[1]]
    for number, (code, (name, kind)) in enumerate(rows.items(), 3):
        for head, value in (("代码", code), ("名称", name), ("类型", kind)):
            cell = sheet.cell(number, heads.index(head) + 1)
            cell.value = value
            cell.data_type = "s"
    template.save(path)
    codes_office.bring("partner", path)
    got = dict(read(codes_office.engine, Partner, lambda one: (one.code, (one.name, one.partner_type))))
    kinds = dict(PARTNER_TYPES)
    assert {code: (got[code][0], kinds[got[code][1]]) for code in rows} == rows
