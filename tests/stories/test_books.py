"""A book from first filing to approval, and a change with one row struck, one modified, one added."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from bondesk.adapters.rehearsal import RehearsalCustoms
from bondesk.areas.accounts.book_model import Account, AccountConsumption, AccountLine
from bondesk.areas.accounts.qualification_model import Qualification
from bondesk.areas.goods.merged_item import MergedItem
from bondesk.areas.goods.unit_consumption import UnitConsumption
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.base.change import Mark, Outcome
from bondesk.base.errors import Refused
from bondesk.base.options import read_options
from bondesk.base.steps import play
from bondesk.engine import changing, records, reporting, sending
from bondesk.engine.engine import SYSTEM
from bondesk.engine.receiving import receive
from builders.office import Office

BOOK = "E52042300A01"


@pytest.fixture
def office(office_at: Any, factory_template: Path) -> Office:
    """The factory's office with the rehearsal customs."""
    opened: Office = office_at(factory_template, rehearsal=True)
    return opened


class Books:
    """What the tests do with books, in words."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.approved, self.draft = office.document("account"), office.document("account_draft")

    def change(self) -> int:
        """Open the change of the factory's book."""
        with self.office.act() as act:
            return changing.start(act, self.approved, records.load_numbered(act, self.approved, BOOK).id)

    def rows(self, draft_id: int, model: type[Any] = AccountLine, **where: Any) -> list[Any]:
        """Read rows of a copy."""
        with self.office.act(SYSTEM) as act:
            statement = select(model).filter_by(header_id=draft_id, **where)
            return list(act.session.scalars(statement.order_by(model.line_no)))

    def item(self, draft_id: int, flag: str, item_no: int) -> AccountLine:
        """Read one goods row."""
        (row,) = self.rows(draft_id, goods_flag=flag, item_no=item_no)
        return row

    def marks(self, draft_id: int, model: type[Any] = AccountLine, **where: Any) -> dict[str, int]:
        """Count the marks of a copy."""
        return dict(Counter(row.row_mark for row in self.rows(draft_id, model, **where)))

    def revision(self, draft_id: int) -> int:
        with self.office.act(SYSTEM) as act:
            return int(records.load(act, self.draft, draft_id).revision)

    def order(self, verb: Any, draft_id: int, table: str, ids: list[int]) -> str:
        """Revert or strike rows."""
        with self.office.act() as act:
            return str(verb(act, self.draft, draft_id, table, ids, self.revision(draft_id)))

    def extract(self, draft_id: int, table: str, **parameters: Any) -> str:
        """Extract everything that can be."""
        with self.office.act() as act:
            found = changing.compare(act, self.draft, draft_id, table)
            keys = [one.key for one in found.candidates if one.outcome is not Outcome.REFUSED]
            return str(changing.extract(act, self.draft, draft_id, table, keys, self.revision(draft_id)))

    def outcomes(self, draft_id: int, table: str) -> dict[str, int]:
        """Count what extraction would do."""
        with self.office.act() as act:
            found = changing.compare(act, self.draft, draft_id, table)
            return dict(Counter(one.outcome.value for one in found.candidates) + Counter({"不处理": found.same}))

    def audit_and_send(self, draft_id: int) -> list[str]:
        """Audit as the auditor, send, let customs answer; return what the receipts said."""
        with self.office.act(self.office.auditor) as act:
            records.move(act, self.draft, draft_id, "audit")
        with self.office.act() as act:
            sending.order(act, self.draft, [draft_id])
        assert sending.hand_over(self.office.engine, self.office.clerk).problems == ()
        return list(receive(self.office.engine, self.office.clerk).sentences)

    def complete(self, draft_id: int, **more: Any) -> None:
        """Fill what the factory's workbook leaves open but the message needs."""
        with self.office.act() as act:
            draft = records.open_draft(act, self.draft, draft_id)
            draft.head |= {
                "max_turnover": Decimal(900),
                "qualification_no": "T52042300001",
                "account_type": "1",
                **more,
            }
            records.save(act, self.draft, draft)
            for line in act.session.scalars(select(AccountLine).filter_by(header_id=draft_id)):
                line.part_no = line.part_no or f"{'m' if line.goods_flag == 'I' else 'p'}-{line.item_no}"


@pytest.fixture
def books(office: Office) -> Books:
    return Books(office)


def test_a_change_starts_as_a_full_unmarked_copy(books: Books) -> None:
    draft = books.change()
    with books.office.act(SYSTEM) as act:
        approved = records.load_numbered(act, books.approved, BOOK)
        here = records.load(act, books.draft, draft)
        assert (here.change_count, here.declare_kind, here.state) == (1, "2", "DRAFT")
        assert [len(getattr(here, key)) for key in ("materials", "products", "consumptions")] == [
            len(getattr(approved, key)) for key in ("materials", "products", "consumptions")
        ]
    assert books.marks(draft) == {"0": 39}
    assert set(books.marks(draft, AccountConsumption)) == {"0"}


def test_only_one_change_is_open(books: Books) -> None:
    books.change()
    with pytest.raises(Refused, match="ACC-01"):
        books.change()


def test_no_change_while_customs_pauses(books: Books) -> None:
    with books.office.act(SYSTEM) as act:
        act.session.scalars(select(Account)).one().pause_mark = "3"
    with pytest.raises(Refused, match="ACC-02"):
        books.change()


def test_marks_follow_the_table_of_handbook_4_4(books: Books) -> None:
    """修改 → 撤销 restores; 修改 → 删除 restores and marks; 未修改 → 撤销 nothing; 增加 → both remove it."""
    draft = books.change()
    row = books.item(draft, "I", 13)
    name = row.name
    with books.office.act() as act:
        changing.store(act, books.draft, draft, "materials", row.id, {"name": "改过的名称"}, books.revision(draft))
    assert books.item(draft, "I", 13).row_mark == Mark.MODIFIED
    assert books.order(changing.revert, draft, "materials", [row.id]).startswith("恢复 1 行")
    assert (books.item(draft, "I", 13).name, books.item(draft, "I", 13).row_mark) == (name, Mark.SAME)
    assert books.order(changing.revert, draft, "materials", [row.id]) == "没有变化"
    with books.office.act() as act:
        values = {"item_no": 99, "part_no": "NEW-1", "name": "新料件", "hs_code": row.hs_code, "dcl_unit": row.dcl_unit}
        values |= {"legal_unit1": row.legal_unit1}
        fresh = changing.store(act, books.draft, draft, "materials", None, values, books.revision(draft))
    assert books.item(draft, "I", 99).row_mark == Mark.ADDED
    assert books.order(changing.strike, draft, "materials", [fresh]).startswith("移除 1 行")
    assert books.rows(draft, goods_flag="I", item_no=99) == []


def test_striking_takes_consumption_along_and_reverting_brings_back_only_that(books: Books) -> None:
    draft = books.change()
    product = books.item(draft, "E", 3)
    mine = books.rows(draft, AccountConsumption, product_no=3)
    assert len(mine) > 2
    books.order(changing.strike, draft, "consumptions", [mine[0].id])
    told = books.order(changing.strike, draft, "products", [product.id])
    assert told == f"标记删除 1 行，连带单损耗 {len(mine) - 1} 行"
    assert books.marks(draft, AccountConsumption, product_no=3) == {"2": len(mine)}
    books.order(changing.revert, draft, "products", [product.id])
    assert books.marks(draft, AccountConsumption, product_no=3) == {"2": 1, "0": len(mine) - 1}
    assert books.item(draft, "E", 3).row_mark == Mark.SAME


def test_a_row_with_notes_is_not_struck(books: Books) -> None:
    books.office.notes("IM2401001")
    draft = books.change()
    row = books.item(draft, "I", 1)
    assert "ACC-04" in str(_refused(books, draft, row.id))
    assert books.item(draft, "I", 1).row_mark == Mark.SAME
    with books.office.act() as act, pytest.raises(Refused, match="ACC-05"):
        changing.store(act, books.draft, draft, "materials", row.id, {"dcl_unit": "007"}, books.revision(draft))


def _refused(books: Books, draft: int, row: int) -> tuple[str, ...]:
    with books.office.act() as act:
        return changing.strike(act, books.draft, draft, "materials", [row], books.revision(draft)).refused


def test_extracting_twice_changes_nothing(books: Books) -> None:
    draft = books.change()
    with books.office.act() as act:
        item = act.session.scalars(select(MergedItem).filter_by(goods_flag="I", merge_no=13)).one()
        item.name = "连接器新名称"
        act.session.add(
            MergedItem(
                goods_flag="I", merge_no=33, hs_code=item.hs_code, name="新归并料件", dcl_unit=item.dcl_unit,
                legal_unit1=item.legal_unit1, part_no="NEW-33",
            )
        )  # fmt: skip
    first = books.outcomes(draft, "materials")
    assert (first["增加"], first["修改"]) == (1, 1) or first["修改"] >= 1
    books.extract(draft, "materials")
    assert books.item(draft, "I", 13).row_mark == Mark.MODIFIED
    assert books.item(draft, "I", 33).row_mark == Mark.ADDED
    assert set(books.outcomes(draft, "materials")) == {"不处理"}
    before = [(row.item_no, row.name, row.row_mark) for row in books.rows(draft, goods_flag="I")]
    books.extract(draft, "materials")
    assert [(row.item_no, row.name, row.row_mark) for row in books.rows(draft, goods_flag="I")] == before


def test_undoing_everything_gives_the_approved_copy_back(books: Books) -> None:
    draft = books.change()
    books.extract(draft, "materials")
    books.extract(draft, "products")
    books.extract(draft, "consumptions")
    for item_no in (20, 21):
        books.order(changing.strike, draft, "materials", [books.item(draft, "I", item_no).id])
    for table, model in (("materials", AccountLine), ("products", AccountLine), ("consumptions", AccountConsumption)):
        books.order(changing.revert, draft, table, [row.id for row in books.rows(draft, model)])
    with books.office.act(SYSTEM) as act:
        approved = records.load_numbered(act, books.approved, BOOK)
        here = records.load(act, books.draft, draft)
        for key in ("materials", "products", "consumptions"):
            assert [_plain(row) for row in getattr(here, key)] == [_plain(row) for row in getattr(approved, key)], key


def _plain(row: Any) -> dict[str, Any]:
    own = {"id", "header_id", "origin_run", "origin_sheet", "origin_row"}
    return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs if column.key not in own}


def test_a_change_goes_to_customs_and_becomes_the_approved_copy(books: Books) -> None:
    """One row struck, one modified, one added: only these go into the message; the former copy is a version."""
    office = books.office
    draft = books.change()
    books.complete(draft)
    with office.act() as act:
        item = act.session.scalars(select(MergedItem).filter_by(goods_flag="I", merge_no=13)).one()
        item.name = "连接器新名称"
    unused = _unused_material(books, draft)
    books.order(changing.strike, draft, "materials", [unused.id])
    with office.act() as act:
        keys = [
            c.key for c in changing.compare(act, books.draft, draft, "materials").candidates if c.before.get("name")
        ]
        changing.extract(act, books.draft, draft, "materials", keys, books.revision(draft))
    row = books.item(draft, "I", 13)
    with office.act() as act:
        values = {"item_no": 77, "part_no": "NEW-77", "name": "新增料件", "hs_code": row.hs_code, "main_mark": "2"}
        values |= {"dcl_unit": row.dcl_unit, "legal_unit1": row.legal_unit1, "currency": "USD"}
        changing.store(act, books.draft, draft, "materials", None, values, books.revision(draft))
    said = books.audit_and_send(draft)
    assert any("审核通过" in one for one in said), said
    with office.act(SYSTEM) as act:
        approved = records.load_numbered(act, books.approved, BOOK)
        assert (approved.id, approved.change_count, approved.state) == (draft, 1, "APPROVED")
        names = {line.item_no: line.name for line in approved.materials}
        assert (names[13], names[77], unused.item_no in names) == ("连接器新名称", "新增料件", False)
        assert {line.row_mark for line in (*approved.materials, *approved.products)} == {"0"}
        version = records.load_numbered(act, office.document("account_version"), f"{BOOK}/0")
        assert unused.item_no in {line.item_no for line in version.materials}
        assert version.replaced_on == approved.changed_on
    assert books.change() != draft


def _unused_material(books: Books, draft: int) -> AccountLine:
    used = {row.material_no for row in books.rows(draft, AccountConsumption)}
    return next(
        (row for row in books.rows(draft, goods_flag="I") if row.item_no not in used), books.item(draft, "I", 32)
    )


def test_a_struck_number_is_never_used_again(books: Books) -> None:
    test_a_change_goes_to_customs_and_becomes_the_approved_copy(books)
    with books.office.act(SYSTEM) as act:
        (draft,) = act.session.scalars(select(Account.id).filter_by(copy="draft"))
        gone = {row.item_no for row in books.rows(_version_id(books))} - {row.item_no for row in books.rows(draft)}
    with books.office.act() as act:
        found = changing.compare(act, books.draft, draft, "materials").candidates
    assert {one.values["merge_no"] for one in found if one.outcome is Outcome.REFUSED} >= {n for n in gone if n <= 32}


def differences(office: Office, **options: str) -> dict[str, tuple[str, str, str]]:
    """Run the comparison of versions: row key → change, old, new."""
    report = office.engine.catalogue.report("book_difference")
    with office.act() as act:
        steps = reporting.run(act, report, read_options(report.options, options))
        table = play(steps)
    return {row.key: (row.values[3], row.values[5], row.values[6]) for row in table.rows}


def test_two_versions_side_by_side_and_the_book_as_of_a_day(books: Books) -> None:
    """Struck, added and changed rows with old → new; a day finds the version that was valid then."""
    before = books.change()
    old = books.item(before, "I", 13).name
    with books.office.act() as act:
        records.delete(act, books.draft, before)
    test_a_change_goes_to_customs_and_becomes_the_approved_copy(books)
    found = differences(books.office)
    assert found["料件:13:商品名称"] == ("改变", old, "连接器新名称")
    assert found["料件:77"][:2] == ("增加", "")
    assert "新增料件" in found["料件:77"][2]
    assert [row[0] for key, row in found.items() if key.count(":") == 1 and key.startswith("料件")].count("删除") == 1
    assert differences(books.office, base="0", other="1") == found
    turned = differences(books.office, base="1", other="0")
    assert turned["料件:13:商品名称"] == ("改变", "连接器新名称", old)
    with books.office.act(SYSTEM) as act:
        changed_on = records.load_numbered(act, books.approved, BOOK).changed_on
    assert changed_on is not None
    same = differences(books.office, base="0", other=(changed_on - timedelta(days=1)).isoformat())
    assert same == {}, "the day before the change was approved the former version was valid"
    assert differences(books.office, base="0", other=changed_on.isoformat()) == found
    for wrong in ("7", "1900-01-01", "昨天"):
        with pytest.raises(Refused, match="RPT-15"):
            differences(books.office, base=wrong)


def _version_id(books: Books) -> int:
    with books.office.act(SYSTEM) as act:
        return int(act.session.scalars(select(Account.id).filter_by(copy="archived")).one())


def test_rejected_corrected_and_sent_again(books: Books) -> None:
    draft = books.change()
    books.complete(draft)
    row = books.item(draft, "I", 13)
    with books.office.act() as act:
        changing.store(act, books.draft, draft, "materials", row.id, {"hs_code": "8536900000"}, books.revision(draft))
    engine, root = books.office.engine, books.office.home.path / "client"
    strict = RehearsalCustoms(root, rejected={BOOK: "料件13商品编码有误"}).answer
    books.office.engine = replace(engine, counterpart=strict)
    assert any("退单：料件13商品编码有误" in one for one in books.audit_and_send(draft))
    books.office.engine = engine
    with books.office.act() as act:
        assert records.load(act, books.draft, draft).state == "REJECTED"
        changing.store(act, books.draft, draft, "materials", row.id, {"hs_code": "8536690000"}, books.revision(draft))
    assert any("审核通过" in one for one in books.audit_and_send(draft))


def test_first_filing_by_the_wizard_to_approval(books: Books) -> None:
    """新增 → 批量提取 goods then 单损耗 → 审核 → 发送 → 审批: the record number comes back."""
    office = books.office
    with office.act() as act:
        blank = records.blank(act, books.draft)
        blank.head |= {"internal_no": "ZC-2024-01", "account_type": "1", "master_customs": "5204"}
        blank.head |= {"max_turnover": Decimal(500), "qualification_no": "T52042300001", "cycle_days": 180}
        blank.head |= {"valid_to": date(2099, 12, 31)}
        draft = records.save(act, books.draft, blank)
        for number, item in enumerate(act.session.scalars(select(MergedItem)), 1):
            item.part_no = f"P-{number}"
        for version in act.session.scalars(select(UnitConsumption)):
            version.record_no = ""
    early = books.outcomes(draft, "consumptions")
    assert set(early) == {"不能提取"}
    for part in ("materials", "products", "consumptions"):
        office.run("extract_account", {"internal_no": "ZC-2024-01", "part": part})
    assert books.marks(draft) == {"3": 39}
    products = {row.product_no for row in books.rows(draft, AccountConsumption)}
    with office.act() as act:
        loaded = records.load(act, books.draft, draft)
        loaded.products = [line for line in loaded.products if line.item_no in products]
    said = books.audit_and_send(draft)
    assert any("审核通过，编号 E5204" in one for one in said), said
    with office.act(SYSTEM) as act:
        (record_no,) = act.session.scalars(select(Account.record_no).filter_by(internal_no="ZC-2024-01"))
        book = records.load_numbered(act, books.approved, record_no)
        assert (book.copy, book.state, book.change_count, len(record_no)) == ("approved", "APPROVED", 0, 12)
        assert book.approved_on is not None


def test_notes_do_not_care_about_drafts(books: Books) -> None:
    books.change()
    numbers = books.office.notes("IM2401001")
    assert books.office.note(numbers[0]).record_no == BOOK
    assert BondedNote.__tablename__ == "bonded_note"


def test_a_qualification_by_both_ways(books: Books, tmp_path: Path) -> None:
    """Way 2: entered here, extracted, sent, approved; way 1: brought as a workbook, then changed here."""
    office = books.office
    document = office.document("qualification_draft")
    with office.act() as act:
        blank = records.blank(act, document)
        blank.head |= {"internal_no": "ZZ-1", "master_customs": "5204", "capacity": Decimal(800)}
        blank.head |= {"valid_to": date(2099, 12, 31)}
        draft = records.save(act, document, blank)
    for part in ("materials", "products"):
        office.run("extract_qualification", {"internal_no": "ZZ-1", "part": part})
    with office.act(office.auditor) as act:
        records.move(act, document, draft, "audit")
    with office.act() as act:
        sending.order(act, document, [draft])
    assert sending.hand_over(office.engine, office.clerk).problems == ()
    assert any("审核通过，编号 T5204" in one for one in receive(office.engine, office.clerk).sentences)
    approved = office.document("qualification")
    with office.act(SYSTEM) as act:
        (mine,) = act.session.scalars(select(Qualification).filter_by(copy="approved"))
        assert {line.hs_heading for line in mine.materials} >= {"8536"}
        assert mine.approved_on is not None
    path = tmp_path / "资质.xlsx"
    book = Workbook()
    head = book.active
    assert head is not None
    head.title = "表头"
    head.append(["项目", "内容"])
    for row in (("资质编号", "T52042300009"), ("经营单位编码", "5204961234"), ("经营单位名称", "另一企业"),
                ("主管海关", "5204"), ("加工生产能力", 100), ("结束有效日期", "2099-12-31")):  # fmt: skip
        head.append(list(row))
    for title in ("料件", "成品"):
        sheet = book.create_sheet(title)
        sheet.append(["商品序号", "商品编码", "商品名称"])
        sheet.append([1, "8536", "连接器"])
    book.save(path)
    office.bring("qualification", path)
    with office.act() as act:
        other = records.load_numbered(act, approved, "T52042300009").id
        opened = changing.start(act, approved, other)
        assert {line.row_mark for line in records.load(act, document, opened).materials} == {"0"}
