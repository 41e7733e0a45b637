"""A handbook on the same path as an account: filed, approved, changed, compared version by version; versions of 单耗 by parameter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bondesk.areas.accounts.book_model import AccountConsumption, AccountLine
from bondesk.areas.accounts.comparing import TAKEN
from bondesk.areas.goods.merged_item import MergedItem
from bondesk.areas.goods.unit_consumption import UnitConsumption, UnitConsumptionLine
from bondesk.areas.setup.company import Company
from bondesk.base.change import Mark
from bondesk.base.errors import Refused
from bondesk.base.options import read_options
from bondesk.base.steps import play
from bondesk.engine import changing, records, reporting
from bondesk.engine.engine import SYSTEM
from builders import handbooks
from builders.handbooks import declared, filed, number_of
from builders.office import Office


@pytest.fixture
def office(office_at: Callable[..., Office], factory_template: Path) -> Office:
    """The factory's office; the client has a folder for handbooks too."""
    return handbooks.prepare(office_at(factory_template, rehearsal=True))


def test_a_handbook_is_filed_changed_and_compared(office: Office) -> None:
    first = filed(office)
    number, approved = number_of(office, first), office.document("handbook")
    with office.act() as act:
        book = records.load_numbered(act, approved, number)
        assert (book.copy, book.book_kind, book.change_count, len(number)) == ("approved", "EML", 0, 12)
        assert book.approved_on is not None
        change = changing.start(act, approved, book.id)
    document = office.document("handbook_draft")
    with office.act() as act:
        (row,) = act.session.scalars(select(AccountLine).filter_by(header_id=change, goods_flag="I", item_no=2))
        revision = records.load(act, document, change).revision
        changing.store(act, document, change, "materials", row.id, {"filed_qty": Decimal(1200)}, revision)
        assert row.row_mark == Mark.MODIFIED
    said = declared(office, change)
    assert any("审核通过" in one for one in said), said
    report = office.engine.catalogue.report("book_difference")
    with office.act() as act:
        table = play(reporting.run(act, report, read_options(report.options, {"record_no": number})))
    assert [(row.key, row.values[5], row.values[6]) for row in table.rows] == [("料件:2:申报数量", "1000", "1200")]
    with office.act() as act:
        found = changing.versions(act, approved, change)
        assert [one.change_count for one in found] == [0]
    with pytest.raises(Refused, match="RPT-10"), office.act() as act:
        play(reporting.run(act, report, read_options(report.options, {})))  # two books: which one is meant


def test_a_handbook_and_an_account_do_not_see_each_other(office: Office) -> None:
    first = filed(office)
    with office.act() as act:
        numbers = {key: records.load_numbered(act, office.document("account"), "E52042300A01").id for key in "a"}
        assert numbers["a"] != first
    with pytest.raises(Refused), office.act() as act:
        records.load_numbered(act, office.document("account"), number_of(office, first))


@pytest.mark.parametrize(("way", "versions"), [("NEWEST", {"10"}), ("ALL", {"9", "10"})])
@pytest.mark.parametrize("kind", ["handbook", "account"])
def test_newest_or_all_versions_by_parameter(office: Office, kind: str, way: str, versions: set[str]) -> None:
    """获取最新版本 compares versions as numbers: 10 is newer than 9."""
    with office.act(SYSTEM) as act:
        act.session.scalars(select(Company)).one().consumption_extract = way
        for version in act.session.scalars(select(UnitConsumption)):
            act.session.delete(version)
        act.session.flush()
        for number in ("9", "10"):
            head = UnitConsumption(record_no="", product_no=1, uc_version=number)
            head.lines = [UnitConsumptionLine(line_no=1, material_no=1, net=Decimal(number), tangible=Decimal(0),
                                              intangible=Decimal(0), bonded=Decimal(100))]  # fmt: skip
            act.session.add(head)
    document = office.document(f"{kind}_draft")
    with office.act() as act:
        blank = records.blank(act, document)
        blank.head |= {
            "internal_no": "V-1",
            "account_type": "1",
            "master_customs": "5204",
            "valid_to": date(2099, 1, 1),
        }
        draft = records.save(act, document, blank)
    for part in ("materials", "products", "consumptions"):
        office.run(f"extract_{kind}", {"internal_no": "V-1", "part": part})
    with office.act(SYSTEM) as act:
        found = act.session.scalars(select(AccountConsumption).filter_by(header_id=draft)).all()
        assert {line.uc_version for line in found} == versions
        assert {line.unit_consumption for line in found} == {Decimal(version) for version in versions}


EXTRACTION = """
    the source row                                      result    mark after
    is not in the book                                  增加      3
    differs in a key column                             修改      1
    is equal in all key columns                         不处理    0
    differs only in a column that is no key             不处理    0
    differs in width and blanks only                    不处理    0
    is marked 删除 in this draft                        恢复      0
    is marked 删除 in this draft and differs            恢复      1
    was added in this draft and differs                 覆盖      3
    was modified in this draft and differs              覆盖      1
    was modified in this draft and is what customs has  覆盖      0
"""


def _extraction() -> list[tuple[str, str, str]]:
    rows = []
    for line in EXTRACTION.strip().splitlines()[1:]:
        *words, result, mark = line.split()
        rows.append((" ".join(words), result, mark))
    return rows


class Material:
    """Material 13 of the factory's account, its row in a change, and the merged item it comes from."""

    number = 13

    def __init__(self, office: Office) -> None:
        self.office, self.document = office, office.document("account_draft")
        approved = office.document("account")
        with office.act() as act:
            self.approved = records.load_numbered(act, approved, "E52042300A01").id
            self.draft = changing.start(act, approved, self.approved)
        self.filed = self.row()
        alike = {key: getattr(self.filed, key) for key in TAKEN if key != "country"}
        self.source(**alike, origin=self.filed.country)

    def row(self) -> AccountLine:
        with self.office.act(SYSTEM) as act:
            mine = select(AccountLine).filter_by(header_id=self.draft, goods_flag="I", item_no=self.number)
            return act.session.scalars(mine).one()

    def source(self, **values: Any) -> None:
        """Write over the merged item."""
        with self.office.act(SYSTEM) as act:
            item = act.session.scalars(select(MergedItem).filter_by(goods_flag="I", merge_no=13)).one()
            for key, value in values.items():
                setattr(item, key, value)

    def order(self, verb: Callable[..., Any], *what: Any) -> Any:
        """Order something of the draft."""
        with self.office.act() as act:
            revision = records.load(act, self.document, self.draft).revision
            return verb(act, self.document, self.draft, "materials", *what, revision)

    def extracted(self) -> tuple[str, dict[str, Any]]:
        """Compare, and take this row over; return what was announced."""
        with self.office.act() as act:
            found = changing.compare(act, self.document, self.draft, "materials").candidates
        mine = [one for one in found if one.values["merge_no"] == self.number]
        if not mine:
            return "不处理", {}
        self.order(changing.extract, [mine[0].key])
        return mine[0].outcome.value, dict(mine[0].before)


def absent(one: Material) -> None:
    one.number = 77
    with one.office.act(SYSTEM) as act:
        goods = {key: getattr(one.filed, key) for key in ("goods_flag", "hs_code", "dcl_unit", "legal_unit1")}
        act.session.add(MergedItem(**goods, merge_no=77, name="来源新名称", part_no="NEW-77"))


def added(one: Material) -> None:
    """As if the row came into the book with this draft."""
    with one.office.act(SYSTEM) as act:
        (line,) = act.session.scalars(select(AccountLine).filter_by(id=one.filed.id))
        line.row_mark = "3"
        filed = select(AccountLine).filter_by(header_id=one.approved, goods_flag="I", item_no=13)
        act.session.delete(act.session.scalars(filed).one())


def modified(one: Material) -> None:
    one.order(changing.store, one.filed.id, {"name": "手工改"})


def struck(one: Material) -> None:
    one.order(changing.strike, [one.filed.id])


def other(one: Material) -> None:
    one.source(name="来源新名称")


CASES: dict[str, tuple[Callable[[Material], None], ...]] = {
    "is not in the book": (absent,),
    "differs in a key column": (other,),
    "is equal in all key columns": (),
    "differs only in a column that is no key": (lambda one: one.source(part_no="另一料号"),),
    "differs in width and blanks only": (lambda one: one.source(name=f" {one.filed.name}　"),),
    "is marked 删除 in this draft": (struck,),
    "is marked 删除 in this draft and differs": (struck, other),
    "was added in this draft and differs": (added, other),
    "was modified in this draft and differs": (modified, other),
    "was modified in this draft and is what customs has": (modified,),
}


@pytest.mark.parametrize(("case", "result", "mark"), _extraction())
def test_each_row_of_handbook_4_3(office: Office, case: str, result: str, mark: str) -> None:
    material = Material(office)
    name = material.filed.name
    for prepare in CASES[case]:
        prepare(material)
    told, before = material.extracted()
    assert told == result
    row = material.row()
    assert row.row_mark == mark
    differs = other in CASES[case] or absent in CASES[case]
    assert row.name == ("来源新名称" if differs else name)
    if other in CASES[case]:
        assert before == {"name": "手工改" if modified in CASES[case] else name}, "the old value is shown"


ORDERS = """
    mark      撤销行            删除行
    增加      -                 -
    修改      0 filed           2 filed
    未修改    0 filed           2 filed
    删除      0 filed           2 filed
"""
BROUGHT: dict[str, tuple[Callable[[Material], None], ...]] = {
    "增加": (added,),
    "修改": (modified,),
    "未修改": (),
    "删除": (struck,),
}


def _orders() -> list[tuple[str, str, str]]:
    found = []
    for line in ORDERS.strip().splitlines()[1:]:
        mark, *cells = (cell.strip() for cell in line.strip().split("  ") if cell.strip())
        found += [(mark, order, cell) for order, cell in zip(("撤销行", "删除行"), cells, strict=True)]
    return found


@pytest.mark.parametrize(("mark", "order", "left"), _orders())
def test_each_cell_of_handbook_4_4(office: Office, mark: str, order: str, left: str) -> None:
    """What stands in the draft after an order: nothing, or a mark and the values customs has filed."""
    material = Material(office)
    for prepare in BROUGHT[mark]:
        prepare(material)
    material.order(changing.revert if order == "撤销行" else changing.strike, [material.filed.id])
    with office.act(SYSTEM) as act:
        row = act.session.scalars(select(AccountLine).filter_by(id=material.filed.id)).one_or_none()
        assert (f"{row.row_mark} {'filed' if row.name == material.filed.name else row.name}" if row else "-") == left


@pytest.mark.parametrize("key", ["account_draft", "handbook_draft", "qualification_draft"])
def test_a_head_with_gaps_is_not_saved(office: Office, key: str) -> None:
    """Row 64: mandatory head fields must be filled before 保存."""
    document = office.document(key)
    with pytest.raises(Refused) as refused, office.act() as act:
        blank = records.blank(act, document)
        blank.head |= {"internal_no": "LEER"}
        records.save(act, document, blank)
    assert {one.field for one in refused.value.findings} >= {"master_customs", "valid_to"}
    assert {one.code for one in refused.value.findings} == {"REQ-01"}
