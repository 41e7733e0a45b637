"""A whole account, handbook or qualification as a workbook: importing an export gives the same book, column by column."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import inspect, select

from bondesk.areas.accounts.book_model import Account, AccountConsumption, AccountLine
from bondesk.areas.accounts.qualification_model import Qualification, QualificationLine
from bondesk.areas.goods.rollup import unit_consumption
from bondesk.areas.index import CATALOGUE
from bondesk.base.columns import Kind
from bondesk.base.errors import Refused
from bondesk.base.fields import Field, field_of
from bondesk.base.steps import play
from bondesk.engine.engine import SYSTEM
from bondesk.engine.import_format import import_format_steps
from bondesk.engine.query import Query
from builders.office import Office

#: What a row is, not what it says; and what this program noted of its own exchange with customs.
_OWN = {"id", "header_id", "company_id", "revision", "created_by", "created_at", "changed_by", "changed_at"}
_OWN |= {"origin_run", "origin_sheet", "origin_row", "audited_by", "audited_at"}
_OURS = {"customs_at", "customs_reason", "approved_id", "replaced_on"}
#: Given by customs or by the program: a draft's workbook does not carry them.
_NOT_IN_DRAFTS = {"record_no", "seq_no", "declare_kind", "change_count", "changed_on", "verified_on", "pause_mark"}
_NOT_IN_DRAFTS |= {"customs_mark", "opening_qty", "most_surplus"}
KEYS = ("account", "handbook", "qualification")


class Values:
    """A value for every column that says something, each another one."""

    def __init__(self, office: Office) -> None:
        self._number = 0
        with office.act(SYSTEM) as act:
            self._codes = {name: act.codebook.entries(name) for name in _tables()}

    def of(self, entry: Field, length: int) -> Any:
        """Return the next value a column can hold."""
        self._number += 1
        number = self._number
        if entry.choices:
            codes = [code for code, _ in entry.choices if code]
            return codes[number % len(codes)]
        if entry.table:
            return self._codes[entry.table][number % len(self._codes[entry.table])][0]
        match entry.kind:
            case Kind.DATE:
                return date(2031, 1, 1) + timedelta(days=number)
            case Kind.YESNO:
                return number % 2 == 1
            case Kind.INTEGER:
                return 100 + number
            case Kind.TEXT | Kind.CODE | Kind.MEMO:
                return f"=字{number}'\"<>"[:length] if entry.kind is not Kind.CODE else f"A{number:07d}"[:length]
        return Decimal(number) + Decimal(1).scaleb(-entry.places)

    def fill(self, row: Any, keep: set[str]) -> None:
        """Fill the columns of a row that are not kept."""
        for attribute in inspect(type(row)).column_attrs:
            column = attribute.columns[0]
            if attribute.key in keep or "shown" not in column.info:
                continue
            entry = field_of(getattr(type(row), attribute.key))
            setattr(row, attribute.key, self.of(entry, getattr(column.type, "length", None) or 40))


def _tables() -> set[str]:
    found = set()
    for model in (Account, AccountLine, AccountConsumption, Qualification, QualificationLine):
        for attribute in inspect(model).column_attrs:
            if "shown" in attribute.columns[0].info:
                found.add(field_of(getattr(model, attribute.key)).table)
    return found - {""}


def filled(office: Office, key: str) -> int:
    """Store a book in which every column holds something; return its id."""
    kind = CATALOGUE.document(key)
    values, draft = Values(office), "draft" in key
    head: Any = kind.header(**kind.variant)
    head.state = "DRAFT" if draft else "APPROVED"
    shown = {entry.key for entry in kind.head_fields}
    foreign = {attribute.key for attribute in inspect(kind.header).column_attrs} - shown
    values.fill(head, _OURS | foreign | _given(key))
    if "qualification" not in key and not draft:
        head.record_no = "E52042399999"
    head.valid_to = date(2039, 12, 31)
    with office.act(SYSTEM) as act:
        for table in kind.lines:
            for number in (1, 2):
                line = table.model(**table.fixed, line_no=number)
                values.fill(line, _OWN | {"line_no", "goods_flag"} | _given(key))
                line.row_mark = "3" if draft else "0"
                _make_sense(line, number)
                getattr(head, table.attribute_key).append(line)
        act.session.add(head)
        act.session.flush()
        return int(head.id)


def _given(key: str) -> set[str]:
    """Columns a draft gets from customs or from the program; what a qualification is called is one of them."""
    if "draft" not in key:
        return set()
    return _NOT_IN_DRAFTS | ({"qualification_no"} if "qualification" in key else set())


def _make_sense(line: Any, number: int) -> None:
    if isinstance(line, AccountConsumption):
        line.product_no, line.material_no, line.uc_version = number, 3 - number, "12"
        line.tangible, line.intangible, line.bonded = Decimal("1.5"), Decimal("0.000000001"), Decimal("33.333333333")
        line.unit_consumption = unit_consumption(line.net, line.tangible, line.intangible)
    else:
        line.item_no = number
    if isinstance(line, AccountLine):
        line.hs_code = "8532241000"
    if isinstance(line, QualificationLine):
        line.hs_heading = f"853{number}"


def stored(office: Office, key: str, document_id: int) -> dict[str, Any]:
    """Read a book as plain values."""
    kind = CATALOGUE.document(key)
    without = _OWN | _OURS | _given(key)

    def plain(row: Any) -> dict[str, Any]:
        keys = {attribute.key for attribute in inspect(type(row)).column_attrs} - without
        return {name: getattr(row, name) for name in sorted(keys)}

    with office.act(SYSTEM) as act:
        head = act.session.scalars(select(kind.header).filter_by(id=document_id)).one()
        return {"": plain(head)} | {t.key: [plain(line) for line in getattr(head, t.attribute_key)] for t in kind.lines}


@pytest.fixture
def other(office_at: Any, codes_template: Path) -> Callable[[], Office]:
    """Open an empty office."""
    return lambda: office_at(codes_template, "other")


def export(office: Office, key: str, document_id: int, path: Path) -> None:
    with office.act() as act:
        play(import_format_steps(act, CATALOGUE.document(key), Query(), path, [document_id]))


@pytest.mark.parametrize("key", [f"{key}{copy}" for key in KEYS for copy in ("", "_draft")])
def test_import_of_an_export_is_the_identity(
    codes_office: Office, other: Callable[[], Office], tmp_path: Path, key: str
) -> None:
    there, path = other(), tmp_path / "书.xlsx"
    first = filled(codes_office, key)
    export(codes_office, key, first, path)
    brought = there.bring(key, path)
    assert not [one for one in brought.findings if one.code.startswith("ACC")], brought.findings
    (second,) = brought.changed[key]
    before, after = stored(codes_office, key, first), stored(there, key, second)
    assert after == before
    shown = {entry.key for entry in CATALOGUE.document(key).head_fields} - _OURS - _given(key)
    assert {name for name in shown if before[""][name] in (None, "")} == set(), "the case says nothing about these"
    again = tmp_path / "再.xlsx"
    export(there, key, second, again)
    assert sheets(again) == sheets(path)


def sheets(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    return {sheet.title: list(sheet.values) for sheet in load_workbook(path).worksheets}


def test_a_unit_consumption_of_customs_stays_and_is_told(
    codes_office: Office, other: Callable[[], Office], tmp_path: Path
) -> None:
    """Customs cut where we round: its figure is the multiplier everywhere, the difference is told."""
    path, there = tmp_path / "书.xlsx", other()
    document_id = filled(codes_office, "account")
    export(codes_office, "account", document_id, path)
    book = load_workbook(path)
    sheet = book["单损耗"]
    column = next(cell.column for cell in sheet[1] if cell.value == "单耗")
    sheet.cell(2, column).value = "1.234567891"
    book.save(path)
    brought = there.bring("account", path)
    assert [one.code for one in brought.findings if one.field == "unit_consumption"] == ["ACC-09"]
    (second,) = brought.changed["account"]
    units = [line["unit_consumption"] for line in stored(there, "account", second)["consumptions"]]
    assert units[0] == Decimal("1.234567891")
    export(codes_office, "account_draft", filled(codes_office, "account_draft"), path)
    book = load_workbook(path)
    book["单损耗"].cell(2, column).value = "1.234567891"
    book.save(path)
    with pytest.raises(Refused, match="ACC-09"):
        there.bring("account_draft", path)


def test_a_stopped_export_leaves_no_file(codes_office: Office, tmp_path: Path) -> None:
    document_id, path = filled(codes_office, "account"), tmp_path / "书.xlsx"
    with codes_office.act() as act:
        steps: Iterator[Any] = import_format_steps(act, CATALOGUE.document("account"), Query(), path, [document_id])
        next(steps)
        steps.close()  # type: ignore[attr-defined]
    assert list(tmp_path.glob("*.xlsx")) == []


def test_a_workbook_without_the_marks_means_the_usual_ones(
    codes_office: Office, other: Callable[[], Office], tmp_path: Path
) -> None:
    """The Single Window's file need not carry them: 运行, 正常执行, 已申报, as customs approved."""
    path, there = tmp_path / "书.xlsx", other()
    export(codes_office, "account", filled(codes_office, "account"), path)
    book = load_workbook(path)
    for title in ("料件", "成品", "单损耗"):
        for cell in list(book[title][1]):
            if cell.value in ("企业执行标志", "海关执行标志", "单耗申报状态"):
                book[title].cell(1, cell.column).value = None
                for row in range(2, book[title].max_row + 1):
                    book[title].cell(row, cell.column).value = None
    for row in book["表头"].iter_rows():
        if row[0].value in ("海关执行标志", "申报类型", "单耗申报环节"):
            row[1].value = None
    book.save(path)
    (document_id,) = there.bring("account", path).changed["account"]
    found = stored(there, "account", document_id)
    assert (found[""]["pause_mark"], found[""]["declare_kind"], found[""]["uc_stage"]) == ("1", "1", "1")
    assert {(line["enterprise_mark"], line["customs_mark"]) for line in found["materials"]} == {("1", "1")}
    assert {(line["enterprise_mark"], line["declared_state"]) for line in found["consumptions"]} == {("1", "2")}
