"""NOTE-01 to NOTE-14, one row per way a note can be wrong, on a real note of the demo company (handbook 5.9)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.codes.customs_code import CustomsCode
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.verification.verification_model import AccountVerification
from bondesk.base.findings import Finding, Severity
from bondesk.engine import records
from bondesk.engine.act import Act
from bondesk.engine.drafts import Draft, LineDraft
from builders.office import Office, copy_of, open_office

Edit = Callable[[Act, Draft], None]


class Undone(Exception):
    """Takes an act back."""


@pytest.fixture(scope="module")
def office(factory_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office with an import and an export note; nothing a test does is kept."""
    opened = open_office(copy_of(factory_template, tmp_path_factory.mktemp("rules") / "home"))
    opened.notes("IM2401001")
    opened.notes("EX2401001")
    yield opened
    opened.close()


def found(office: Office, edit: Edit, ie_flag: str = "I") -> list[Finding]:
    """Check a note after an edit, within an act that is taken back."""
    document = office.document("bonded_note")
    findings: list[Finding] = []
    with pytest.raises(Undone), office.act() as act:
        note = next(one for one in act.facts.find(document.header, copy="draft") if one.ie_flag == ie_flag)
        draft = records.open_draft(act, document, note.id)
        edit(act, draft)
        act.session.flush()
        act.facts.forget()
        findings = records.check(act, document, draft)
        raise Undone
    return findings


def head(**values: Any) -> Edit:
    """Change head fields."""
    return lambda _act, draft: draft.head.update(values)


def line(number: int = 0, **values: Any) -> Edit:
    """Change a line."""
    return lambda _act, draft: draft.lines["lines"][number].values.update(values)


def book(act: Act) -> Account:
    """The company's book."""
    (approved,) = act.facts.find(Account, copy="approved")
    return approved


def paused(act: Act, _draft: Draft) -> None:
    """Customs paused imports of the book."""
    book(act).pause_mark = "5"


def struck(act: Act, draft: Draft) -> None:
    """The item is deleted from the book."""
    number = draft.lines["lines"][0].values["item_no"]
    next(one for one in book(act).materials if one.item_no == number).row_mark = "2"


def stopped(act: Act, draft: Draft) -> None:
    """The enterprise stopped the item."""
    number = draft.lines["lines"][0].values["item_no"]
    next(one for one in book(act).materials if one.item_no == number).enterprise_mark = "2"


def for_handbooks(act: Act, draft: Draft) -> None:
    """A mode that is not for E books."""
    rows = act.facts.find(CustomsCode, table_name="declaration_mode_rule")
    draft.head["supervision_mode"] = next(
        row.details["mode"]
        for row in rows
        if row.details.get("ie_flag") == "I" and (row.details.get("record_no_prefixes") or "E")[0] != "E"
    )


def after_the_book(act: Act, draft: Draft) -> None:
    """The book is no longer valid on the day."""
    book(act).valid_to = draft.head["declared_on"] - timedelta(days=1)


def before_the_book(act: Act, draft: Draft) -> None:
    """The book was not yet approved on the day."""
    book(act).approved_on = draft.head["declared_on"] + timedelta(days=1)


def in_a_closed_cycle(act: Act, draft: Draft) -> None:
    """The cycle the day lies in is reported; one of another book and a draft do not count."""
    day = draft.head["declared_on"]
    begin, end = day - timedelta(days=9), day
    for number, state in ((draft.head["record_no"], "SENT"), ("E99999999999", "SENT")):
        cycle = AccountVerification(record_no=number, begin_date=begin, end_date=end, state=state)
        cycle.internal_no, cycle.tolerance = f"V{number}", Decimal(0)
        act.session.add(cycle)


def without_lines(_act: Act, draft: Draft) -> None:
    """No goods at all."""
    draft.lines["lines"] = []


def fifty_one(_act: Act, draft: Draft) -> None:
    """More goods than a declaration holds."""
    first = draft.lines["lines"][0].values
    draft.lines["lines"] = [LineDraft({**first, "line_no": n, "name": f"电容{n}"}) for n in range(1, 52)]


def one_declaration_line(_act: Act, draft: Draft) -> None:
    """Two different goods forced into one declaration line."""
    for place in (0, -1):
        draft.lines["lines"][place].values["declaration_line_no"] = 1


def other_number(act: Act, draft: Draft) -> None:
    """The number of another note."""
    draft.head["internal_no"] = next(one.internal_no for one in act.facts.find(BondedNote) if one.id != draft.id)


def transfer(ie_flag: str, **more: str) -> Edit:
    """A deep-processing transfer."""
    return head(supervision_mode="0654", note_flow_type="A", ie_flag=ie_flag, **more)


TOO_LIGHT = line(net_weight=Decimal(2), gross_weight=Decimal(1))
RULES: list[tuple[str, str, str, Edit]] = [
    ("NOTE-01", "record_no", "没有已审批的账册", head(record_no="E999999999999"[:12])),
    ("NOTE-01", "record_no", "已暂停进出口", paused),
    ("NOTE-02", "item_no", "不在账册", line(item_no=99999)),
    ("NOTE-02", "item_no", "已删除或停用", struck),
    ("NOTE-02", "item_no", "已删除或停用", stopped),
    ("NOTE-02", "dcl_unit", "与账册", line(dcl_unit="001")),
    ("NOTE-03", "supervision_mode", "不能用于 E 字头的备案号", for_handbooks),
    ("NOTE-04", "transport_mode", "必填", head(transport_mode="")),
    ("NOTE-04", "record_no", "须为12位", head(record_no="E5204")),
    ("NOTE-04", "related_trader_credit", "关联报关须填境内收发货人信用代码", head(declaration_link_type="1")),
    ("NOTE-04", "related_owner_code", "须为10位，现为3位", head(declaration_link_type="1", related_owner_code="123")),
    ("NOTE-04", "related_declarant_credit", "须为18位", head(declaration_link_type="1", related_declarant_credit="9")),
    ("NOTE-05", "dcl_qty", "申报数量须大于0", line(dcl_qty=Decimal(0))),
    ("NOTE-05", "dcl_qty", "申报数量须大于0", line(dcl_qty=Decimal(-1))),
    ("NOTE-05", "legal_qty1", "法定数量须大于0", line(legal_qty1=Decimal(0))),
    ("NOTE-05", "legal_qty2", "第二法定数量须大于0", line(legal_unit2="035", legal_qty2=None)),
    ("NOTE-05", "legal_qty2", "第二法定数量须为空", line(legal_unit2="", legal_qty2=Decimal(1))),
    ("NOTE-05", "internal_no", "没有表体", without_lines),
    ("NOTE-06", "price", "AMT-01", line(price=Decimal("999.9999"))),
    ("NOTE-06", "total", "申报总价须大于0", line(total=Decimal(0))),
    ("ELM-02", "spec", "规格型号共 256 字节，报关单最多 255 字节", line(spec="汉" * 128)),
    ("NOTE-08", "supervision_mode", "对底账的影响未定义", head(supervision_mode="9999")),
    ("NOTE-09", "declaration_line_no", "不能合并为一项", one_declaration_line),
    ("NOTE-10", "internal_no", "51 项报关单商品，超过 50 项", fifty_one),
    ("NOTE-11", "net_weight", "大于毛重", TOO_LIGHT),
    ("NOTE-12", "linked_record_no", "须填关联备案编号", transfer("I", linked_record_no="")),
    (
        "NOTE-12",
        "linked_note_no",
        "转入方的关联清单编号",
        transfer("E", linked_record_no="E52042300A02", linked_note_no=""),
    ),
    ("NOTE-12", "note_flow_type", "流转类型应为", head(note_flow_type="A")),
    ("NOTE-13", "declared_on", "晚于账册有效期", after_the_book),
    ("NOTE-13", "declared_on", "早于账册备案批准日期", before_the_book),
    ("NOTE-13", "declared_on", "在已报核的周期", in_a_closed_cycle),
    ("NOTE-14", "internal_no", "重复", other_number),
]


def test_the_untouched_note_is_right(office: Office) -> None:
    assert [one for one in found(office, head()) if one.severity is Severity.ERROR] == []


@pytest.mark.parametrize(("code", "key", "said", "edit"), RULES, ids=[f"{code}-{key}" for code, key, _, _ in RULES])
def test_what_is_wrong_is_said_at_its_field(office: Office, code: str, key: str, said: str, edit: Edit) -> None:
    findings = [one for one in found(office, edit) if one.code == code and one.field == key]
    assert findings, [str(one) for one in found(office, edit)]
    assert said in findings[0].text
    assert findings[0].severity is Severity.ERROR


def test_a_long_specification_of_a_note_without_declaration_only_informs(office: Office) -> None:
    def edit(_act: Act, draft: Draft) -> None:
        draft.head["declaration_flag"] = "2"
        draft.lines["lines"][0].values["spec"] = "汉" * 128

    assert [one.severity for one in found(office, edit) if one.code == "ELM-02"] == [Severity.NOTE]
    assert not [one for one in found(office, line(spec="汉" * 127 + "a")) if one.code == "ELM-02"]


def test_a_product_needs_a_filed_version(office: Office) -> None:
    for version, said in (("", "成品须填单耗版本号"), ("99", "没有备案的单耗版本 99")):
        (finding, *_) = [one for one in found(office, line(uc_version=version), "E") if one.code == "NOTE-07"]
        assert said in finding.text


def test_a_weight_of_0_is_only_said_when_the_part_has_one(office: Office) -> None:
    told = [one for one in found(office, line(net_weight=Decimal(0))) if one.code == "NOTE-11"]
    assert [one.severity for one in told] == [Severity.NOTE]


def test_a_day_within_the_book_is_right(office: Office) -> None:
    assert not [one for one in found(office, head(declared_on=date(2024, 6, 1))) if one.code == "NOTE-13"]
