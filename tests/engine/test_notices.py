"""Notices know how new the code tables of the database are, and who has put which away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import update

from bondesk.areas.codes.customs_code import CustomsCode
from bondesk.areas.codes.hs_code import HsCode
from bondesk.engine import notices
from bondesk.engine.engine import SYSTEM
from bondesk.engine.ports import Notice
from builders.office import Office

NOTICE = Notice("program", "0.2.0", "更快的列表", "", date(2024, 3, 1))


class Papers:
    """The twin of the notices; remembers what it was told."""

    def __init__(self) -> None:
        self.codes: Mapping[str, str] = {}

    def pending(self, program: str, codes: Mapping[str, str]) -> Sequence[Notice]:
        assert program
        self.codes = codes
        return [replace(NOTICE, version="0.3.0", published=date(2024, 5, 1)), NOTICE]


def test_the_code_tables_of_the_database_are_told(codes_office: Office) -> None:
    with codes_office.act(SYSTEM) as act:
        currency = update(CustomsCode).where(CustomsCode.table_name == "currency")
        act.session.execute(currency.where(CustomsCode.code == "USD").values(valid_from=date(2024, 2, 1)))
        act.session.execute(update(HsCode).values(valid_from=date(2024, 1, 1)))
        assert act.session.query(HsCode).count() > 0
    papers = Papers()
    notices.pending(replace(codes_office.engine, notices=papers), codes_office.clerk)
    assert papers.codes["hs_code"] == "2024-01-01"
    assert papers.codes["currency"] == "2024-02-01"
    assert set(papers.codes) > {"country", "unit"}


def test_what_one_user_put_away_others_still_see(codes_office: Office) -> None:
    engine = replace(codes_office.engine, notices=Papers())
    assert [one.version for one in notices.pending(engine, codes_office.clerk)] == ["0.2.0", "0.3.0"]
    with engine.acting(codes_office.clerk) as act:
        notices.seen(act, NOTICE)
        notices.seen(act, NOTICE)
    assert [one.version for one in notices.pending(engine, codes_office.clerk)] == ["0.3.0"]
    assert len(notices.pending(engine, codes_office.auditor)) == 2


def test_no_folder_means_no_question(codes_office: Office) -> None:
    assert notices.pending(codes_office.engine, codes_office.clerk) == ()
