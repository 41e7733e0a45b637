"""数据下载 (rows 184, 185): files of the Single Window, business order, months, resumption, what an amendment changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.base.errors import OutsideFailure, Refused
from bondesk.base.formal_copy import MatchPair
from bondesk.base.identity import Identity
from bondesk.base.steps import Cancelled
from bondesk.engine import download_runs, downloading, import_format
from bondesk.engine.download_port import ChallengeSigner, DownloadSource, DownloadWay, OfferedCopy, Tell
from bondesk.engine.matching import pair
from bondesk.engine.query import Query
from builders.formal_copies import BOOK, HEAD, draft_note, formal_declaration, formal_note, lines_of
from builders.office import Office

DAY = date(2024, 3, 5)
YEAR = (date(2024, 1, 1), date(2024, 12, 31))


def untold(_text: str, _done: int, _total: int) -> None:
    """Nobody looks."""


@dataclass
class Shelf:
    """A source in memory: copies by kind; ``away`` counts down to a failure of the network."""

    copies: Mapping[str, Sequence[Mapping[str, Any]]]
    away: int | None = None
    asked: list[tuple[str, date, date]] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    title: str = "架子"
    needs_card: bool = False

    def sign_in(self, challenge_signer: ChallengeSigner | None) -> None:
        """No card."""

    def kinds(self) -> Sequence[str]:
        return list(self.copies)

    def search(self, kind: str, begin: date, end: date, _tell: Tell) -> Sequence[OfferedCopy]:
        self.asked.append((kind, begin, end))
        key = "declaration_no" if kind == "declaration_formal" else "bond_no"
        found = [one for one in self.copies[kind] if begin <= one["declared_on"] <= end]
        return [OfferedCopy(kind, one[key], "", one["declared_on"], "", "") for one in found]

    def problems(self) -> Sequence[tuple[str, str]]:
        return ()

    def fetch(self, offered: OfferedCopy) -> Mapping[str, Any]:
        if self.away is not None:
            if not self.away:
                raise OutsideFailure("网络断开")
            self.away -= 1
        self.fetched.append(offered.number)
        wanted = [one for one in self.copies[offered.kind] if offered.number in one.values()]
        if wanted[0].get("broken"):
            raise Refused("表体缺少商品编码", "IMP-01")
        return wanted[0]


def way_to(source: DownloadSource) -> DownloadWay:
    return DownloadWay("shelf", source.title, "", False, False, lambda _reader, _places: source)


def note(number: str, day: date = DAY, **more: Any) -> dict[str, Any]:
    return {**HEAD, "bond_no": number, "list_state": "0", "declared_on": day, "lines": lines_of(), **more}


def declaration(number: str, day: date = DAY) -> dict[str, Any]:
    head = {key: value for key, value in HEAD.items() if key != "goods_flag"}
    lines = [{"destination_country": "CHN", **one} for one in lines_of()]
    return {**head, "declaration_no": number, "customs_state": "CLEARED", "declared_on": day, "lines": lines}


def ordered(office: Office, source: DownloadSource, kinds: Sequence[str], *range_: date) -> int:
    begin, end = range_ or YEAR
    found = downloading.look(office.engine, office.clerk, source, kinds, begin, end, untold)
    with office.act() as act:
        return download_runs.begin_run(act, way_to(source), [], begin, end, found.offered)


def downloaded(office: Office, source: DownloadSource, *kinds: str) -> download_runs.Run:
    run = ordered(office, source, kinds or list(source.kinds()))
    return downloading.go_on(office.engine, office.clerk, source, run, untold)


def said(run: download_runs.Run) -> list[tuple[str, str]]:
    return [(item.number, item.word) for item in run.items]


def test_the_kinds_follow_the_catalogue_in_business_order(masters_office: Office) -> None:
    kinds = downloading.allowed_kinds(masters_office.engine.catalogue, masters_office.clerk)
    keys = [kind.key for kind in kinds]
    assert keys[:5] == ["qualification", "handbook", "account", "bonded_note_formal", "declaration_formal"]
    assert {kind.formal for kind in kinds} == {d.key for d in masters_office.engine.catalogue.documents if d.of_customs}


def test_who_may_import_nothing_may_download_nothing(masters_office: Office) -> None:
    guest = Identity(user_id=9, account="x", name="来宾", grants=frozenset({("*", "view")}))
    assert downloading.allowed_kinds(masters_office.engine.catalogue, guest) == ()
    with pytest.raises(Refused, match="ACCESS-01"):
        downloading.look(masters_office.engine, guest, Shelf({}), ["declaration_formal"], *YEAR, untold)


def test_books_before_notes_before_declarations_whatever_the_order_of_choosing(masters_office: Office) -> None:
    shelf = Shelf({"declaration_formal": [declaration("520420241000000001")], "bonded_note_formal": [note("QD1")]})
    run = downloaded(masters_office, shelf, "declaration_formal", "bonded_note_formal")
    assert said(run) == [("QD1", "新增"), ("520420241000000001", "新增")]
    assert shelf.fetched == ["QD1", "520420241000000001"]
    assert run.state == download_runs.DONE


def test_fourteen_months_are_asked_for_month_by_month(masters_office: Office) -> None:
    shelf = Shelf({"bonded_note_formal": [note("QD1", date(2023, 1, 15)), note("QD2", date(2024, 2, 29))]})
    begin, end = date(2023, 1, 15), date(2024, 2, 29)
    found = downloading.look(
        masters_office.engine, masters_office.clerk, shelf, ["bonded_note_formal"], begin, end, untold
    )
    assert len(shelf.asked) == 14
    assert all(first.month == last.month and first.year == last.year for _, first, last in shelf.asked)
    assert [shelf.asked[0][1], shelf.asked[-1][2]] == [begin, end]
    days = [day for _, first, last in shelf.asked for day in (first.toordinal(), last.toordinal())]
    assert all(after - before == 1 for before, after in zip(days[1:-1:2], days[2::2], strict=True))
    assert [one.number for one in found.offered] == ["QD1", "QD2"]


def test_a_range_the_wrong_way_round_is_refused(masters_office: Office) -> None:
    shelf = Shelf({"bonded_note_formal": []})
    with pytest.raises(Refused, match="DOWN-03"):
        downloading.look(masters_office.engine, masters_office.clerk, shelf, shelf.kinds(), YEAR[1], YEAR[0], untold)


def test_a_kind_the_source_does_not_grant_is_said(masters_office: Office) -> None:
    shelf = Shelf({"bonded_note_formal": []})
    kinds = ["bonded_note_formal", "declaration_formal"]
    found = downloading.look(masters_office.engine, masters_office.clerk, shelf, kinds, *YEAR, untold)
    assert found.problems == (("报关单正式单", "此来源没有提供，或未授权"),)


def test_a_second_download_changes_nothing_and_says_so(masters_office: Office) -> None:
    shelf = Shelf({"bonded_note_formal": [note("QD1")], "declaration_formal": [declaration("520420241000000001")]})
    downloaded(masters_office, shelf)
    with masters_office.act() as act:
        before = act.session.execute(select(BondedNote.id, BondedNote.revision, BondedNote.changed_at)).all()
    run = downloaded(masters_office, shelf)
    assert [word for _, word in said(run)] == ["无变化", "无变化"]
    with masters_office.act() as act:
        assert act.session.execute(select(BondedNote.id, BondedNote.revision, BondedNote.changed_at)).all() == before


def test_an_amendment_updates_the_formal_copy_and_never_the_draft(masters_office: Office) -> None:
    with masters_office.act() as act:
        draft = draft_note(act, "I1", bond_no="QD1", state="APPROVED", writeoff_mark="1")
        before = act.facts.one(BondedNote, id=draft).revision
    downloaded(masters_office, Shelf({"bonded_note_formal": [note("QD1")]}))
    amended = lines_of()
    amended[0]["dcl_qty"] = Decimal(900)
    run = downloaded(masters_office, Shelf({"bonded_note_formal": [note("QD1", lines=amended)]}))
    assert said(run) == [("QD1", "已更新")]
    with masters_office.act() as act:
        mine = act.facts.one(BondedNote, id=draft)
        assert (mine.revision, mine.lines[0].dcl_qty) == (before, Decimal(1000))
        theirs = act.facts.one(BondedNote, copy="formal", bond_no="QD1")
        assert [line.dcl_qty for line in theirs.lines] == [Decimal(900), Decimal("234.5")]


def test_a_paired_draft_follows_by_the_rules_of_its_pair(masters_office: Office) -> None:
    matching = next(one for one in masters_office.engine.catalogue.matchings if one.draft == "bonded_note")
    with masters_office.act() as act:
        draft, formal = draft_note(act, "I1"), formal_note(act, "QD1")
        pair(act, matching, draft, formal)
    amended = lines_of()
    amended[1]["dcl_qty"] = Decimal("250")
    downloaded(masters_office, Shelf({"bonded_note_formal": [note("QD1", lines=amended, writeoff_mark="1")]}))
    with masters_office.act() as act:
        assert act.session.scalars(select(MatchPair)).one().cancelled_at is None
        assert act.facts.one(BondedNote, id=draft).lines[1].dcl_qty == Decimal(250)


def test_what_breaks_off_goes_on_where_it_stopped(masters_office: Office) -> None:
    notes = [note(f"QD{number}") for number in range(1, 6)]
    shelf = Shelf({"bonded_note_formal": notes}, away=2)
    run = ordered(masters_office, shelf, shelf.kinds())
    with pytest.raises(OutsideFailure, match="网络断开"):
        downloading.go_on(masters_office.engine, masters_office.clerk, shelf, run, untold)
    with masters_office.act() as act:
        (stopped,) = download_runs.unfinished(act)
        assert (stopped.state, stopped.waiting, stopped.problem) == (download_runs.STOPPED, 3, "网络断开")
        assert len(act.facts.find(BondedNote, copy="formal")) == 2
    shelf.away = None
    ended = downloading.go_on(masters_office.engine, masters_office.clerk, shelf, run, untold)
    assert shelf.fetched == ["QD1", "QD2", "QD3", "QD4", "QD5"]
    assert ended.counts == "新增 5 份"
    with masters_office.act() as act:
        assert download_runs.unfinished(act) == []


def test_a_run_that_died_with_the_program_goes_on_too(masters_office: Office) -> None:
    shelf = Shelf({"bonded_note_formal": [note("QD1"), note("QD2")]})
    run = ordered(masters_office, shelf, shelf.kinds())
    with masters_office.act() as act:  # begun, and never ended
        assert [one.id for one in download_runs.unfinished(act)] == [run]
    ended = downloading.go_on(masters_office.engine, masters_office.clerk, shelf, run, untold)
    assert ended.counts == "新增 2 份"


def test_cancelling_keeps_what_was_taken(masters_office: Office) -> None:
    shelf = Shelf({"bonded_note_formal": [note("QD1"), note("QD2"), note("QD3")]})
    run = ordered(masters_office, shelf, shelf.kinds())

    def stop_after_one(_text: str, done: int, _total: int) -> None:
        if done == 1:
            raise Cancelled

    with pytest.raises(Cancelled):
        downloading.go_on(masters_office.engine, masters_office.clerk, shelf, run, stop_after_one)
    with masters_office.act() as act:
        kept = download_runs.run_of(act, run)
        assert [item.word for item in kept.items] == ["新增", "等待", "等待"]
        download_runs.give_up(act, run)
    with masters_office.act() as act:
        assert download_runs.unfinished(act) == []


def test_a_copy_that_cannot_be_taken_is_refused_and_the_next_follows(masters_office: Office) -> None:
    shelf = Shelf({"bonded_note_formal": [note("QD1", broken=True), note("QD2")]})
    run = downloaded(masters_office, shelf)
    assert [(item.word, item.reason) for item in run.items] == [("未收下", "表体缺少商品编码"), ("新增", "")]
    assert run.items[1].document_id is not None


def exported(office: Office, key: str, path: Path) -> Path:
    """Write every stored document of a type in its import format, as the Single Window's export is laid out."""
    with office.act() as act:
        steps = import_format.import_format_steps(act, office.document(key), Query(), path)
        for _ in steps:
            pass
    return path


def from_files(office: Office, *places: Path, kinds: Sequence[str] = ()) -> tuple[downloading.Found, DownloadSource]:
    source = downloading.open_source(office.engine, "files", [str(place) for place in places])
    wanted = list(kinds) or [kind.key for kind in downloading.allowed_kinds(office.engine.catalogue, office.clerk)]
    begin, end = date(2015, 1, 1), date(2024, 12, 31)
    return downloading.look(office.engine, office.clerk, source, wanted, begin, end, untold), source


def test_workbooks_in_a_folder_become_formal_documents(
    masters_office: Office, office_at: Any, codes_template: Path
) -> None:
    folder = masters_office.home.path / "exports"
    folder.mkdir()
    with masters_office.act() as act:
        formal_note(act, "QD520424I000000001")
        formal_note(act, "QD520424I000000002")
        formal_declaration(act, "520420241000000001")
    for key in ("bonded_note_formal", "declaration_formal", "account"):
        exported(masters_office, key, folder / f"{key}.xlsx")
    (folder / "读我.txt").write_text("no export", encoding="utf-8")
    other = office_at(codes_template, "other")
    found, source = from_files(other, folder)
    assert [one.kind for one in found.offered] == [
        "account",
        "bonded_note_formal",
        "bonded_note_formal",
        "declaration_formal",
    ]
    assert found.problems == ()
    with other.act() as act:
        way = downloading.way_of(other.engine, "files")
        run = download_runs.begin_run(act, way, [str(folder)], *YEAR, found.offered)
    ended = downloading.go_on(other.engine, other.clerk, source, run, untold)
    assert ended.counts == "新增 4 份", [item.reason for item in ended.items]
    with masters_office.act() as here, other.act() as there:
        for model in (Account, BondedNote, Declaration):
            mine, theirs = here.facts.find(model), there.facts.find(model)
            assert len(mine) == len(theirs)
        book = there.facts.one(Account, record_no=BOOK)
        same = here.facts.one(Account, record_no=BOOK)
        assert len(book.consumptions) == len(same.consumptions) > 0
        assert {(row.product_no, row.material_no): row.unit_consumption for row in book.consumptions} == {
            (row.product_no, row.material_no): row.unit_consumption for row in same.consumptions
        }
    found, source = from_files(other, folder)
    with other.act() as act:
        run = download_runs.begin_run(act, way, [str(folder)], *YEAR, found.offered)
    assert downloading.go_on(other.engine, other.clerk, source, run, untold).counts == "无变化 4 份"


def test_a_file_nobody_can_read_is_named(masters_office: Office, tmp_path: Path) -> None:
    (tmp_path / "坏.xml").write_text("<a>", encoding="utf-8")
    found, _source = from_files(masters_office, tmp_path)
    assert found.offered == ()
    assert [name for name, _ in found.problems] == ["坏.xml"]


def test_files_have_to_be_named(masters_office: Office, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="DOWN-02"):
        downloading.open_source(masters_office.engine, "files")
    with pytest.raises(OutsideFailure, match="找不到"):
        from_files(masters_office, tmp_path / "没有")


def test_a_changed_book_leaves_its_former_copy_as_a_version(masters_office: Office) -> None:
    with masters_office.act() as act:
        book = act.facts.one(Account, copy="approved")
        values: dict[str, Any] = {"record_no": book.record_no, "change_count": 1, "remark": "第一次变更"}
        number = book.record_no
        rows = len(book.materials)
    kinds = replace(Shelf({}), copies={"account": [{**values, "declared_on": DAY, "bond_no": number}]})
    run = downloaded(masters_office, kinds)
    assert said(run) == [(number, "已更新")], run.items
    with masters_office.act() as act:
        now, version = (act.facts.one(Account, record_no=number, copy=copy) for copy in ("approved", "archived"))
        assert (now.change_count, now.remark, len(now.materials)) == (1, "第一次变更", rows)
        assert (version.change_count, len(version.materials)) == (0, rows)
    older = {**values, "change_count": 0, "declared_on": DAY, "bond_no": number}
    run = downloaded(masters_office, replace(kinds, copies={"account": [older]}))
    assert [item.word for item in run.items] == ["未收下"]
    assert "已有第 1 次变更" in run.items[0].reason
