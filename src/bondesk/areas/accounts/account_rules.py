"""ACC-03, ACC-07 to ACC-10: what keeps a book from being audited or imported (handbook 4.5)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import inspect

from bondesk.areas.accounts.book_model import Account, AccountConsumption, AccountLine
from bondesk.areas.goods.bom import consumption_findings
from bondesk.areas.goods.rollup import unit_consumption
from bondesk.base.change import Mark
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, error, note

_RATES = {"tangible": Decimal(0), "intangible": Decimal(0), "bonded": Decimal(100)}


def derive_book(account: Account, _facts: Facts) -> None:
    """Fill empty rates and U of every consumption row; a book without internal number takes its record number."""
    account.internal_no = account.internal_no or account.record_no or ""
    for line in account.consumptions:
        derive_consumption(line)


def derive_consumption(line: AccountConsumption) -> None:
    """Fill empty rates and U of one consumption row."""
    for key, usual in _RATES.items():
        if getattr(line, key) is None:
            setattr(line, key, usual)
    possible = line.net is not None and line.tangible + line.intangible < 100
    computed = unit_consumption(line.net, line.tangible, line.intangible) if possible else None
    if line.unit_consumption != computed:
        line.unit_consumption = computed


def record_no_formed(account: Account, _facts: Facts) -> Iterator[Finding]:
    """ACC-08: a record number has 12 characters (handbook 0.3); a first filing has none yet."""
    number = account.record_no or ""
    if account.copy == "draft" and not number:
        return
    if len(number) != 12 or not number.isalnum() or number != number.upper():
        yield error("ACC-08", f"备案号须为12位大写字母或数字，现为 {number or '空'}", "record_no")


def items_unique(account: Account, _facts: Facts) -> Iterator[Finding]:
    """ACC-03: item and part numbers are unique per goods flag."""
    for key, lines in (("materials", account.materials), ("products", account.products)):
        staying = [line for line in lines if line.row_mark != Mark.STRUCK]
        items = Counter(line.item_no for line in lines)
        parts = Counter(line.part_no for line in staying if line.part_no)
        for position, line in enumerate(lines):
            if items[line.item_no] > 1:
                yield error("ACC-03", f"备案序号 {line.item_no} 重复", "item_no", position, table=key)
            if line.row_mark != Mark.STRUCK and line.part_no and parts[line.part_no] > 1:
                yield error("ACC-03", f"料号 {line.part_no} 重复", "part_no", position, table=key)


def consumptions_refer(account: Account, _facts: Facts) -> Iterator[Finding]:
    """ACC-08, BOM-03…05: consumption refers to existing, staying lines, once, with possible rates."""
    materials = {line.item_no for line in account.materials if line.row_mark != Mark.STRUCK}
    products = {line.item_no for line in account.products if line.row_mark != Mark.STRUCK}
    seen: set[tuple[int, str, int]] = set()
    for position, line in enumerate(account.consumptions):
        if line.row_mark == Mark.STRUCK:
            continue
        yield from _refers(line, position, products, materials)
        key = (line.product_no, line.uc_version, line.material_no)
        if key in seen:
            yield error("ACC-08", "成品、版本、料件重复", "material_no", position, table="consumptions")
        seen.add(key)
        for found in consumption_findings(line.net, line.tangible, line.intangible, line.bonded, position):
            yield error(found.code, found.text, found.field, position, table="consumptions")
        if line.unit_consumption == 0:
            yield error("BOM-09", "单耗在9位小数下为0", "net", position, table="consumptions")


def _refers(line: AccountConsumption, position: int, products: set[int], materials: set[int]) -> Iterator[Finding]:
    if line.product_no not in products:
        text = f"成品序号 {line.product_no} 不在本账册成品中，或已标记删除"
        yield error("ACC-08", text, "product_no", position, table="consumptions")
    if line.material_no not in materials:
        text = f"料件序号 {line.material_no} 不在本账册料件中，或已标记删除"
        yield error("ACC-08", text, "material_no", position, table="consumptions")
    if not (line.uc_version or "").isdigit() or len(line.uc_version) > 8:
        yield error("ACC-08", "单耗版本号须为不超过8位的数字", "uc_version", position, table="consumptions")


def still_valid(account: Any, facts: Facts) -> Iterator[Finding]:
    """The book ends after today (4.5)."""
    if account.valid_to is not None and account.valid_to <= facts.today:
        yield error("ACC-12", f"结束有效日期 {account.valid_to} 须晚于今天", "valid_to")


def products_consume(account: Account, _facts: Facts) -> Iterator[Finding]:
    """ACC-07: every staying product has a version, unless 单耗 is declared before 报核."""
    if account.uc_stage == "2":
        return
    filed = {line.product_no for line in account.consumptions if line.row_mark != Mark.STRUCK}
    for position, line in enumerate(account.products):
        if line.row_mark != Mark.STRUCK and line.item_no not in filed:
            text = f"成品 {line.item_no} {line.name} 没有单损耗，请先提取或录入单损耗"
            yield error("ACC-07", text, "item_no", position, table="products")


def part_numbers_given(account: Account, _facts: Facts) -> Iterator[Finding]:
    """The message needs 料号 on every row it carries (message reference 3.3)."""
    for key, lines in (("materials", account.materials), ("products", account.products)):
        for position, line in enumerate(lines):
            if line.row_mark not in (Mark.SAME, Mark.STRUCK) and not line.part_no:
                yield error("ACC-13", f"备案序号 {line.item_no} 没有料号", "part_no", position, table=key)


#: Head columns whose change is a change of the book.
_HEAD_IGNORED = {"copy", "declare_kind", "change_count", "approved_id", "entered_on", "declared_on", "seq_no", "id"}
_HEAD_IGNORED |= {"customs_at", "customs_reason", "replaced_on", "state", "revision", "audited_by", "audited_at"}
_HEAD_IGNORED |= {"created_by", "created_at", "changed_by", "changed_at", "origin_run", "origin_sheet", "origin_row"}


def something_changed(account: Account, facts: Facts) -> Iterator[Finding]:
    """ACC-10: a change changes at least one row or one head value."""
    if account.approved_id is None:
        if not account.materials and not account.products:
            yield error("ACC-10", "没有料件和成品，请先提取或录入")
        return
    tables: tuple[list[AccountLine] | list[AccountConsumption], ...] = (
        account.materials,
        account.products,
        account.consumptions,
    )
    if any(line.row_mark != Mark.SAME for lines in tables for line in lines):
        return
    approved = facts.one(type(account), id=account.approved_id)
    if approved is None or not _head_changes(account, approved):
        yield error("ACC-10", "与已审批的内容相比没有任何变化，不需要变更")


def _head_changes(account: Account, approved: Account) -> bool:
    keys = {attribute.key for attribute in inspect(type(account)).column_attrs} - _HEAD_IGNORED
    return any((getattr(account, key) or None) != (getattr(approved, key) or None) for key in keys)


def changes_allowed(account: Any, facts: Facts) -> Iterator[Finding]:
    """ACC-02: customs may have paused changes since the draft was opened."""
    if account.approved_id is None:
        return
    approved = facts.one(type(account), id=account.approved_id)
    if approved is None or approved.copy != "approved":
        yield error("ACC-01", "已审批的内容在此期间已被替换，请删除本草稿后重新变更")
    elif approved.pause_mark in {"3", "7"}:
        yield error("ACC-02", "海关已暂停变更，暂时不能申报变更")


def turnover_given(account: Account, _facts: Facts) -> Iterator[Finding]:
    """What the message demands of an account beyond the form (message reference 3.2)."""
    if account.book_kind == "EMS":
        needed = (("account_type", "账册类型"), ("max_turnover", "最大周转金额"), ("cycle_days", "核销周期"))
    else:
        needed = (("handbook_type", "手册类型"), ("supervision_mode", "监管方式"), ("duty_nature", "征免性质"))
    for key, label in needed:
        if getattr(account, key) in (None, ""):
            yield error("ACC-12", f"「{label}」必填", key)
    if account.book_kind == "EMS" and not account.qualification_no:
        yield note("ACC-12", "没有资质编号，海关要求账册对应企业资质", "qualification_no")


APPROVED_RULES = (record_no_formed, items_unique, consumptions_refer)
DRAFT_RULES = (
    record_no_formed,
    turnover_given,
    still_valid,
    changes_allowed,
    items_unique,
    part_numbers_given,
    products_consume,
    consumptions_refer,
    something_changed,
)
