"""账册: the book customs approved, with its materials, products and filed unit consumption (handbook 4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Index, and_
from sqlalchemy.orm import Mapped, foreign, relationship

from bondesk.areas.goods.bom import consumption_findings
from bondesk.areas.goods.rollup import unit_consumption
from bondesk.base.columns import (
    Code4,
    Code10,
    Code18,
    Code32,
    ConsumptionQty,
    Percent,
    Price,
    Qty,
    Text255,
    Text512,
)
from bondesk.base.documents import DocumentType, LineTable, group
from bondesk.base.facts import Facts
from bondesk.base.fields import shown
from bondesk.base.findings import Finding, error
from bondesk.base.flow import AUDITED_AND_SENT
from bondesk.base.records import Flowing, Line, Record, belongs_to
from bondesk.base.workbooks import SheetPlan, WorkbookPlan, may, must

ACCOUNT_TYPES = (("1", "E账册"), ("2", "H账册"), ("3", "耗料"), ("4", "工单"), ("5", "企业为单元"))
STAGES = (("1", "出口前"), ("2", "报核前"))
COPIES = (("approved", "已审批正式"), ("draft", "暂存草稿"))
ROW_MARKS = (("0", "未修改"), ("1", "修改"), ("2", "删除"), ("3", "增加"))
PAUSES = (
    ("1", "正常执行"),
    ("2", "恢复执行"),
    ("3", "暂停变更"),
    ("4", "暂停进出口"),
    ("5", "暂停进口"),
    ("6", "暂停出口"),
    ("7", "全部暂停"),
)


class AccountLine(Line):
    """A material (goods_flag I) or product (E) of a book; ``item_no`` is its 备案序号."""

    __tablename__ = "account_line"
    __table_args__ = (
        *belongs_to("account", "account_line"),
        Index("ix_account_line_item", "company_id", "header_id", "goods_flag", "item_no"),
    )

    goods_flag: Mapped[Code4] = shown("料件成品标志", choices=(("I", "料件"), ("E", "成品")))
    item_no: Mapped[int] = shown("备案序号", required=True)
    part_no: Mapped[Code32] = shown("料号", width=16)
    hs_code: Mapped[Code10] = shown("商品编码", required=True)
    name: Mapped[Text255] = shown("商品名称", required=True, width=20)
    spec: Mapped[Text512] = shown("规格型号", width=20)
    dcl_unit: Mapped[Code4] = shown("申报单位", table="unit", required=True)
    legal_unit1: Mapped[Code4] = shown("法定第一单位", table="unit", required=True)
    legal_unit2: Mapped[Code4] = shown("法定第二单位", table="unit")
    price: Mapped[Price | None] = shown("申报单价")
    currency: Mapped[Code4] = shown("币制", table="currency")
    filed_qty: Mapped[Qty | None] = shown("申报数量", help="仅数量控制的商品")
    duty_mode: Mapped[Code4] = shown("征免方式", table="duty_mode")
    row_mark: Mapped[Code4] = shown("修改标志", choices=ROW_MARKS, readonly=True, insert_default="0")
    enterprise_mark: Mapped[Code4] = shown("企业执行标志", choices=(("1", "运行"), ("2", "停用")), insert_default="1")
    customs_mark: Mapped[Code4] = shown("海关执行标志", choices=PAUSES, readonly=True, insert_default="1")


class AccountConsumption(Line):
    """One filed (product, version, material) row; ``unit_consumption`` is the multiplier everywhere."""

    __tablename__ = "account_consumption"
    __table_args__ = (
        *belongs_to("account", "account_consumption"),
        Index("ix_account_consumption_key", "company_id", "header_id", "product_no", "uc_version", "material_no"),
    )

    product_no: Mapped[int] = shown("成品序号", required=True)
    uc_version: Mapped[Code10] = shown("单耗版本号", required=True)
    material_no: Mapped[int] = shown("料件序号", required=True)
    net: Mapped[ConsumptionQty] = shown("净耗", required=True)
    tangible: Mapped[Percent] = shown("有形损耗率", help="%", default=Decimal(0))
    intangible: Mapped[Percent] = shown("无形损耗率", help="%", default=Decimal(0))
    bonded: Mapped[Percent] = shown("保税料件比例", help="%", default=Decimal(100))
    unit_consumption: Mapped[ConsumptionQty | None] = shown("单耗", readonly=True)
    row_mark: Mapped[Code4] = shown("修改标志", choices=ROW_MARKS, readonly=True, insert_default="0")


class Account(Record, Flowing):
    """One book; ``copy`` tells the approved copy from a draft of its change."""

    __tablename__ = "account"
    __table_args__ = (Index("ix_account_key", "company_id", "record_no", "copy", unique=True),)

    copy: Mapped[Code10] = shown("副本", choices=COPIES, readonly=True, insert_default="draft")
    record_no: Mapped[Code18] = shown("备案号", required=True, width=16)
    account_type: Mapped[Code4] = shown("账册类型", choices=ACCOUNT_TYPES, required=True)
    customs_code: Mapped[Code10] = shown("企业海关编码", required=True)
    enterprise_name: Mapped[Text255] = shown("企业名称", required=True, width=24)
    credit_code: Mapped[Code18] = shown("社会信用代码")
    master_customs: Mapped[Code4] = shown("主管海关", table="customs_office", required=True)
    approved_on: Mapped[date | None] = shown("备案批准日期")
    valid_to: Mapped[date | None] = shown("结束有效日期", required=True)
    cycle_days: Mapped[int | None] = shown("核销周期", help="天")
    uc_stage: Mapped[Code4] = shown("单耗申报环节", choices=STAGES, insert_default="1")
    change_count: Mapped[int] = shown("变更次数", readonly=True, default=0)
    pause_mark: Mapped[Code4] = shown("海关执行标志", choices=PAUSES, readonly=True, insert_default="1")

    materials: Mapped[list[AccountLine]] = relationship(
        primaryjoin=lambda: _lines_of("I"),
        order_by="AccountLine.line_no",
        cascade="all, delete-orphan",
        overlaps="products",
        passive_deletes=True,
    )
    products: Mapped[list[AccountLine]] = relationship(
        primaryjoin=lambda: _lines_of("E"),
        order_by="AccountLine.line_no",
        cascade="all, delete-orphan",
        overlaps="materials",
        passive_deletes=True,
    )
    consumptions: Mapped[list[AccountConsumption]] = relationship(
        order_by="AccountConsumption.line_no", cascade="all, delete-orphan", passive_deletes=True
    )


def _lines_of(goods_flag: str) -> ColumnElement[bool]:
    return and_(
        Account.company_id == foreign(AccountLine.company_id),
        Account.id == foreign(AccountLine.header_id),
        AccountLine.goods_flag == goods_flag,
    )


def derive_account(account: Account, _facts: Facts) -> None:
    """Fill empty rates and U of every consumption row."""
    for line in account.consumptions:
        line.tangible = Decimal(0) if line.tangible is None else line.tangible
        line.intangible = Decimal(0) if line.intangible is None else line.intangible
        line.bonded = Decimal(100) if line.bonded is None else line.bonded
        possible = line.net is not None and line.tangible + line.intangible < 100
        line.unit_consumption = unit_consumption(line.net, line.tangible, line.intangible) if possible else None


def record_no_formed(account: Account, _facts: Facts) -> Iterator[Finding]:
    """ACC-01 family: a record number has 12 characters (handbook 0.3)."""
    number = account.record_no
    if len(number) != 12 or not number.isalnum() or number != number.upper():
        yield error("ACC-08", f"备案号须为12位大写字母或数字，现为 {number or '空'}", "record_no")


def items_unique(account: Account, _facts: Facts) -> Iterator[Finding]:
    """ACC-03: item and part numbers are unique per goods flag."""
    for key, lines in (("materials", account.materials), ("products", account.products)):
        items = Counter(line.item_no for line in lines)
        parts = Counter(line.part_no for line in lines if line.part_no)
        for position, line in enumerate(lines):
            if items[line.item_no] > 1:
                yield error("ACC-03", f"备案序号 {line.item_no} 重复", "item_no", position, table=key)
            if line.part_no and parts[line.part_no] > 1:
                yield error("ACC-03", f"料号 {line.part_no} 重复", "part_no", position, table=key)


def consumptions_refer(account: Account, _facts: Facts) -> Iterator[Finding]:
    """ACC-08, ACC-09, BOM-03…05: consumption refers to existing lines, once, with possible rates."""
    materials = {line.item_no for line in account.materials}
    products = {line.item_no for line in account.products}
    seen: set[tuple[int, str, int]] = set()
    for position, line in enumerate(account.consumptions):
        table = "consumptions"
        if line.product_no not in products:
            text = f"成品序号 {line.product_no} 不在本账册成品中"
            yield error("ACC-08", text, "product_no", position, table=table)
        if line.material_no not in materials:
            text = f"料件序号 {line.material_no} 不在本账册料件中"
            yield error("ACC-08", text, "material_no", position, table=table)
        if not line.uc_version.isdigit() or len(line.uc_version) > 8:
            yield error("ACC-08", "单耗版本号须为不超过8位的数字", "uc_version", position, table=table)
        key = (line.product_no, line.uc_version, line.material_no)
        if key in seen:
            yield error("ACC-08", "成品、版本、料件重复", "material_no", position, table=table)
        seen.add(key)
        for found in consumption_findings(line.net, line.tangible, line.intangible, line.bonded, position):
            yield error(found.code, found.text, found.field, position, table=table)


def approved_account(facts: Facts, record_no: str) -> Account | None:
    """Return the approved copy of a book."""
    return facts.one(Account, record_no=record_no, copy="approved")


_LINE_COLUMNS = (
    AccountLine.item_no,
    AccountLine.part_no,
    AccountLine.hs_code,
    AccountLine.name,
    AccountLine.spec,
    AccountLine.dcl_unit,
    AccountLine.legal_unit1,
    AccountLine.legal_unit2,
    AccountLine.price,
    AccountLine.currency,
    AccountLine.filed_qty,
    AccountLine.duty_mode,
)
_LINE_REQUIRED = {"item_no", "hs_code", "name", "dcl_unit", "legal_unit1"}
_LINE_HEADINGS = tuple(must(a) if a.key in _LINE_REQUIRED else may(a) for a in _LINE_COLUMNS)
_CONSUMPTION_COLUMNS = (
    AccountConsumption.product_no,
    AccountConsumption.uc_version,
    AccountConsumption.material_no,
    AccountConsumption.net,
    AccountConsumption.tangible,
    AccountConsumption.intangible,
    AccountConsumption.bonded,
)

ACCOUNT = DocumentType(
    key="account",
    title="账册",
    area="accounts",
    header=Account,
    number=(Account.record_no, Account.copy),
    list_columns=(
        Account.record_no,
        Account.copy,
        Account.account_type,
        Account.enterprise_name,
        Account.master_customs,
        Account.approved_on,
        Account.valid_to,
        Account.cycle_days,
        Account.change_count,
        Account.pause_mark,
    ),
    form=(
        group("账册", Account.record_no, Account.copy, Account.account_type, Account.change_count),
        group("企业", Account.customs_code, Account.enterprise_name, Account.credit_code, Account.master_customs),
        group(
            "期限与单耗",
            Account.approved_on,
            Account.valid_to,
            Account.cycle_days,
            Account.uc_stage,
            Account.pause_mark,
        ),
    ),
    lines=(
        LineTable(
            "materials",
            "料件",
            Account.materials,
            (*_LINE_COLUMNS, AccountLine.row_mark, AccountLine.enterprise_mark, AccountLine.customs_mark),
            {"goods_flag": "I"},
        ),
        LineTable(
            "products",
            "成品",
            Account.products,
            (*_LINE_COLUMNS, AccountLine.row_mark, AccountLine.enterprise_mark, AccountLine.customs_mark),
            {"goods_flag": "E"},
        ),
        LineTable(
            "consumptions",
            "单损耗",
            Account.consumptions,
            (*_CONSUMPTION_COLUMNS, AccountConsumption.unit_consumption, AccountConsumption.row_mark),
        ),
    ),
    flow=AUDITED_AND_SENT,
    derive=derive_account,
    rules=(record_no_formed, items_unique, consumptions_refer),
    workbook=WorkbookPlan(
        "账册",
        (
            SheetPlan(
                "表头",
                (
                    must(Account.record_no),
                    must(Account.account_type),
                    must(Account.customs_code),
                    must(Account.enterprise_name),
                    may(Account.credit_code),
                    must(Account.master_customs),
                    may(Account.approved_on),
                    must(Account.valid_to),
                    may(Account.cycle_days),
                    may(Account.uc_stage),
                ),
                pairs=True,
            ),
            SheetPlan("料件", _LINE_HEADINGS, part="materials"),
            SheetPlan("成品", _LINE_HEADINGS, part="products"),
            SheetPlan(
                "单损耗",
                (
                    must(AccountConsumption.product_no),
                    must(AccountConsumption.uc_version),
                    must(AccountConsumption.material_no),
                    must(AccountConsumption.net),
                    may(AccountConsumption.tangible),
                    may(AccountConsumption.intangible),
                    may(AccountConsumption.bonded),
                ),
                part="consumptions",
            ),
        ),
        on_existing="refuse",
        imported={"copy": "approved", "state": "APPROVED"},
    ),
    help="海关批准的账册：料件、成品与单损耗。导入单一窗口导出的账册即为已审批正式单据。",
)
