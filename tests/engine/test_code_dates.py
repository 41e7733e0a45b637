"""Codes by the date of their document: read by old numbers and aliases, refused when closed or not yet begun then."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.codes.customs_code import CustomsCode
from bondesk.areas.codes.hs_code import HsCode
from bondesk.areas.notes.source_document import SourceDocument
from bondesk.base.errors import Refused
from bondesk.base.records import new_id
from bondesk.desktop.code_matching import KnownCodes
from bondesk.desktop.codes_loading import read_codes
from bondesk.engine import records
from bondesk.engine.code_dates import code_findings, stored_code_findings
from bondesk.engine.engine import SYSTEM
from builders.homes import read
from builders.office import Office
from builders.source_lines import book, lines


def close(office: Office, table: str, code: str, last: date, **details: str) -> None:
    """End a code of the stored tables."""
    with office.act(SYSTEM) as act:
        row = act.session.scalars(select(CustomsCode).filter_by(table_name=table, code=code)).one()
        row.valid_to, row.details = last, {**row.details, **details}


def arrive(office: Office, folder: Path, **cells: str) -> None:
    """Import one source document of 2024-03-01 with other cells."""
    words = " ".join(f"{key}={value}" for key, value in cells.items())
    office.bring("source_document", book(folder, {"单证": lines(f"A 1 {words}")}))


@pytest.mark.parametrize("text", ["USD", "usd", "502", "美元", "美金", "US$"])
def test_a_currency_by_any_of_its_names_is_stored_as_its_code(
    masters_office: Office, tmp_path: Path, text: str
) -> None:
    arrive(masters_office, tmp_path, 币制=text)
    assert read(masters_office.engine, SourceDocument, lambda one: one.lines[0].currency) == ["USD"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("502", "USA"),
        ("美国", "USA"),
        ("United States", "USA"),
        ("UNITED STATES", "USA"),
        ("us", "USA"),
        ("142", "CHN"),
    ],
)
def test_a_country_by_any_of_its_names(codes_office: Office, text: str, code: str) -> None:
    with codes_office.act() as act:
        assert act.codebook.read("country", text) == code


@pytest.mark.parametrize("text", ["JPN", "116", "日本", "Japan", "jp"])
def test_a_country_in_a_workbook_by_any_of_its_names(masters_office: Office, tmp_path: Path, text: str) -> None:
    rows = lines("A 1")
    rows[0].append("国别")
    rows[1].append(int(text) if text.isdigit() else text)
    masters_office.bring("source_document", book(tmp_path, {"单证": rows}))
    assert read(masters_office.engine, SourceDocument, lambda one: one.lines[0].country) == ["JPN"]


def test_a_code_closed_on_the_documents_date_is_refused(masters_office: Office, tmp_path: Path) -> None:
    close(masters_office, "currency", "USD", date(2024, 2, 29), successor="EUR")
    with pytest.raises(Refused) as refusal:
        arrive(masters_office, tmp_path)
    (finding,) = refusal.value.findings
    assert finding.code == "CODE-01"
    assert finding.text == "「币制」USD 美元 已于 2024-02-29 停用，2024-03-01 不能使用，请改用 EUR 欧元"
    assert (finding.place is not None, finding.table) == (True, "lines")


def test_a_code_closed_today_is_taken_on_a_document_of_its_time(masters_office: Office, tmp_path: Path) -> None:
    close(masters_office, "currency", "USD", date(2024, 3, 1))
    arrive(masters_office, tmp_path)
    with masters_office.act() as act:
        document = act.session.scalars(select(SourceDocument)).one()
        assert document.lines[0].currency == "USD"
        assert records.findings_of(act, masters_office.document("source_document"), document) == []
        codes = read_codes(act)
    known = KnownCodes(codes)
    assert "USD" not in {code for code, _ in known.matches("currency", "")}, "not offered"
    assert known.name("currency", "USD") == "美元", "but named where an older document has it"


def test_a_code_that_begins_later_is_refused(masters_office: Office, tmp_path: Path) -> None:
    with masters_office.act(SYSTEM) as act:
        values = {"table_name": "currency", "code": "XNC", "name": "新币", "details": {}, "confidence": "high"}
        act.session.add(CustomsCode(id=new_id(), valid_from=date(2024, 3, 2), **values))
    with pytest.raises(Refused, match="「币制」XNC 新币 自 2024-03-02 起才有效，2024-03-01 还不能使用"):
        arrive(masters_office, tmp_path, 币制="XNC")
    arrive(masters_office, tmp_path, 币制="XNC", 单据日期="2024-03-02")


def test_names_and_old_numbers_are_those_of_the_present_period(codes_office: Office) -> None:
    close(codes_office, "country", "CZE", date(2016, 6, 30))
    with codes_office.act(SYSTEM) as act:
        values = {"table_name": "country", "code": "CZE", "confidence": "high"}
        act.session.add(
            CustomsCode(id=new_id(), name="捷克新", valid_from=date(2016, 7, 1), details={"old_code": "999"}, **values)
        )
        older = {**values, "name": "捷克更早", "valid_from": date(1990, 1, 1), "valid_to": date(1999, 12, 31)}
        act.session.add(CustomsCode(id=new_id(), details={}, **older))
    with codes_office.act() as act:
        assert act.codebook.name("country", "CZE") == "捷克新"
        assert act.codebook.old_code("country", "CZE") == "999"
        assert act.codebook.read("country", "捷克") == "CZE", "its former name is still read"
        assert act.codebook.out_of_date("country", "CZE", date(2005, 1, 1)) is None
        assert act.codebook.out_of_date("country", "XXX", date(2005, 1, 1)) is None


def test_rows_in_the_database_are_told_as_those_in_memory(factory_office: Office) -> None:
    """A big book says the same without its objects; rows customs has approved are left alone."""
    document = factory_office.document("account")
    with factory_office.act(SYSTEM) as act:
        book = act.session.scalars(select(Account).filter_by(copy="approved")).first()
        assert book is not None
        lines = [*book.materials, *book.products]
        close(factory_office, "unit", lines[0].dcl_unit, date(2020, 1, 1))
    with factory_office.act(SYSTEM) as act:
        book = act.session.get_one(Account, (act.company_id, book.id))
        assert list(stored_code_findings(act, document, book)) == []
        for line in book.materials[:3]:
            line.row_mark = "1"
        act.session.flush()
        found = list(stored_code_findings(act, document, book))
        wanted = sum(getattr(line, key) == lines[0].dcl_unit for line in book.materials[:3] for key in UNITS)
        assert len(found) == wanted > 0
        assert sorted(map(str, found)) == sorted(map(str, code_findings(act, document, book)))
        assert {finding.code for finding in found} == {"CODE-01"}


UNITS = ("dcl_unit", "legal_unit1", "legal_unit2")


def test_a_closed_commodity_code_names_what_follows_it(codes_office: Office) -> None:
    with codes_office.act(SYSTEM) as act:
        row = act.session.scalars(select(HsCode).order_by(HsCode.hs_code)).first()
        assert row is not None
        code, row.valid_to = row.hs_code, date(2024, 12, 31)
        values = {"legal_unit1": "035", "elements": "", "confidence": "high"}
        act.session.add(
            HsCode(id=new_id(), hs_code=f"{code[:8]}99", name="后继", valid_from=date(2025, 1, 1), **values)
        )
    with codes_office.act() as act:
        found = act.codebook.out_of_date("hs_code", code, date(2025, 2, 1))
        assert found is not None
        assert (found.closed_on, found.successors) == (date(2024, 12, 31), (f"{code[:8]}99 后继",))
        assert act.codebook.out_of_date("hs_code", code, date(2024, 12, 31)) is None
