"""ACC-03, ACC-07 to ACC-10: what keeps a book from being audited or imported (handbook 4.5)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import inspect

from bondesk.areas.accounts.book_model import Account, AccountConsumption
from bondesk.areas.accounts.book_rows import BookRows, RowRule
from bondesk.areas.accounts.book_tables import TABLES
from bondesk.areas.goods.bom import consumption_findings
from bondesk.areas.goods.rollup import unit_consumption
from bondesk.base.change import Mark
from bondesk.base.documents import Rule
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, error, note
from bondesk.base.numbers import plain

GOODS = ("materials", "products")
_RATES = {"tangible": Decimal(0), "intangible": Decimal(0), "bonded": Decimal(100)}


def derive_book(account: Account, _facts: Facts) -> None:
    """Fill empty rates and U of every consumption row; a book without internal number takes its record number.

    A U that came with the book stays: customs' own figure is the multiplier everywhere (handbook 3.1).
    """
    account.internal_no = account.internal_no or account.record_no or ""
    for line in account.consumptions:
        brought = line.unit_consumption
        derive_consumption(line)
        if brought is not None and line.unit_consumption != brought:
            line.unit_consumption = brought


def derive_consumption(line: AccountConsumption) -> None:
    """Fill empty rates and U of one consumption row."""
    for key, usual in _RATES.items():
        if getattr(line, key) is None:
            setattr(line, key, usual)
    possible = line.net is not None and line.tangible + line.intangible < 100
    computed = unit_consumption(line.net, line.tangible, line.intangible) if possible else None
    if line.unit_consumption != computed:
        line.unit_consumption = computed


def record_no_formed(account: Account, _rows: BookRows, _facts: Facts) -> Iterator[Finding]:
    """ACC-08: a record number has 12 characters (handbook 0.3); a first filing has none yet."""
    number = account.record_no or ""
    if account.copy == "draft" and not number:
        return
    if len(number) != 12 or not number.isalnum() or number != number.upper():
        yield error("ACC-08", f"备案号须为12位大写字母或数字，现为 {number or '空'}", "record_no")


def items_unique(_account: Account, rows: BookRows, _facts: Facts) -> Iterator[Finding]:
    """ACC-03: item and part numbers are unique per goods flag."""
    for key in GOODS:
        items, parts = rows.repeated(key, "item_no"), rows.repeated(key, "part_no", staying=True) - {("",), (None,)}
        if not items and not parts:
            continue
        for position, item_no, part_no, mark in rows.read(key, "item_no", "part_no", "row_mark"):
            if (item_no,) in items:
                yield error("ACC-03", f"备案序号 {item_no} 重复", "item_no", position, table=key)
            if mark != Mark.STRUCK and (part_no,) in parts:
                yield error("ACC-03", f"料号 {part_no} 重复", "part_no", position, table=key)


_KEY = ("product_no", "uc_version", "material_no")
_RATED = ("row_mark", "net", "tangible", "intangible", "bonded", "unit_consumption")


def consumptions_refer(_account: Account, rows: BookRows, _facts: Facts) -> Iterator[Finding]:
    """ACC-08: consumption refers to existing, staying lines, each combination once; only wrong rows are looked at."""
    products = _numbers(rows, "consumptions", "product_no") - _numbers(rows, "products", "item_no")
    materials = _numbers(rows, "consumptions", "material_no") - _numbers(rows, "materials", "item_no")
    versions = {version for version in _numbers(rows, "consumptions", "uc_version") if not _is_version(version)}
    repeated, seen = rows.repeated("consumptions", *_KEY, staying=True), set()
    if not (products or materials or versions or repeated):
        return
    for position, mark, product_no, version, material_no in rows.read("consumptions", "row_mark", *_KEY):
        if mark == Mark.STRUCK:
            continue
        if product_no in products:
            text = f"成品序号 {product_no} 不在本账册成品中，或已标记删除"
            yield error("ACC-08", text, "product_no", position, table="consumptions")
        if material_no in materials:
            text = f"料件序号 {material_no} 不在本账册料件中，或已标记删除"
            yield error("ACC-08", text, "material_no", position, table="consumptions")
        if version in versions:
            yield error("ACC-08", "单耗版本号须为不超过8位的数字", "uc_version", position, table="consumptions")
        key = (product_no, version, material_no)
        if key in seen:
            yield error("ACC-08", "成品、版本、料件重复", "material_no", position, table="consumptions")
        if key in repeated:
            seen.add(key)


def _numbers(rows: BookRows, table: str, column: str) -> set[Any]:
    return {value for (value,) in rows.staying(table, column)}


def _is_version(text: str | None) -> bool:
    return (text or "").isdigit() and len(text or "") <= 8


def rates_possible(account: Account, rows: BookRows, _facts: Facts) -> Iterator[Finding]:
    """BOM-03…05, BOM-09, ACC-09: possible rates, and the U stored is what they give; only wrong rows are looked at.

    Of what customs has approved, another U is only told, and a row of a draft that stays as it is may keep it.
    """
    approved = account.copy != "draft"
    wrong = {rated for rated in rows.staying("consumptions", *_RATED) if next(_rated(rated, 0, approved), None)}
    if not wrong:
        return
    for position, *rated in rows.read("consumptions", *_RATED):
        if rated[0] != Mark.STRUCK and tuple(rated) in wrong:
            yield from _rated(tuple(rated), position, approved)


def _rated(rated: tuple[Any, ...], position: int, approved: bool) -> Iterator[Finding]:
    mark, net, tangible, intangible, bonded, unit = rated
    found = list(consumption_findings(net, tangible, intangible, bonded, position))
    for one in found:
        yield error(one.code, one.text, one.field, position, table="consumptions")
    if unit == 0:
        yield error("BOM-09", "单耗在9位小数下为0", "net", position, table="consumptions")
    elif not found and (approved or mark != Mark.SAME):
        yield from _unit_agrees(unit, unit_consumption(net, tangible, intangible), position, approved)


def _unit_agrees(unit: Decimal | None, right: Decimal, position: int, approved: bool) -> Iterator[Finding]:
    if unit == right:
        return
    text = f"单耗 {'空' if unit is None else plain(unit)} 与净耗、损耗率算出的 {plain(right)} 不一致"
    if approved:
        yield note("ACC-09", f"{text}；按海关的单耗计算", "unit_consumption", position, table="consumptions")
    else:
        yield error("ACC-09", f"{text}，请改动并重新确认本行", "unit_consumption", position, table="consumptions")


def filed_rows_stay(draft: Account, rows: BookRows, facts: Facts) -> Iterator[Finding]:
    """ACC-11: what customs has filed is never removed, only marked (4.4)."""
    approved = facts.one(Account, id=draft.approved_id) if draft.approved_id is not None else None
    if approved is None:
        return
    for table in TABLES:
        for key in rows.lost(approved, table.key):
            text = f"{table.source} {'/'.join(str(part) for part in key)} 已备案，不能直接移除；请用「删除行」标记"
            yield error("ACC-11", text, table=table.key)


def still_valid(account: Any, facts: Facts) -> Iterator[Finding]:
    """The book ends after today (4.5)."""
    if account.valid_to is not None and account.valid_to <= facts.today:
        yield error("ACC-12", f"结束有效日期 {account.valid_to} 须晚于今天", "valid_to")


def products_consume(account: Account, rows: BookRows, _facts: Facts) -> Iterator[Finding]:
    """ACC-07: every staying product has a version, unless 单耗 is declared before 报核."""
    if account.uc_stage == "2":
        return
    filed = _numbers(rows, "consumptions", "product_no")
    if not _numbers(rows, "products", "item_no") - filed:
        return
    for position, item_no, name, mark in rows.read("products", "item_no", "name", "row_mark"):
        if mark != Mark.STRUCK and item_no not in filed:
            text = f"成品 {item_no} {name} 没有单损耗，请先提取或录入单损耗"
            yield error("ACC-07", text, "item_no", position, table="products")


def part_numbers_given(_account: Account, rows: BookRows, _facts: Facts) -> Iterator[Finding]:
    """The message needs 料号 on every row it carries (message reference 3.3)."""
    for key in GOODS:
        for position, item_no, part_no, mark in rows.read(key, "item_no", "part_no", "row_mark"):
            if mark not in (Mark.SAME, Mark.STRUCK) and not part_no:
                yield error("ACC-13", f"备案序号 {item_no} 没有料号", "part_no", position, table=key)


#: Head columns whose change is a change of the book.
_HEAD_IGNORED = {"copy", "declare_kind", "change_count", "approved_id", "entered_on", "declared_on", "seq_no", "id"}
_HEAD_IGNORED |= {"customs_at", "customs_reason", "replaced_on", "state", "revision", "audited_by", "audited_at"}
_HEAD_IGNORED |= {"created_by", "created_at", "changed_by", "changed_at", "origin_run", "origin_sheet", "origin_row"}


def something_changed(account: Account, rows: BookRows, facts: Facts) -> Iterator[Finding]:
    """ACC-10: a change changes at least one row or one head value."""
    if account.approved_id is None:
        if not any(True for key in GOODS for _ in rows.read(key, "item_no")):
            yield error("ACC-10", "没有料件和成品，请先提取或录入")
        return
    if rows.marked():
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


def turnover_given(account: Account, _rows: BookRows, _facts: Facts) -> Iterator[Finding]:
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


def _of_head(rule: Rule) -> RowRule:
    return lambda account, _rows, facts: rule(account, facts)


APPROVED_RULES: tuple[RowRule, ...] = (record_no_formed, items_unique, consumptions_refer, rates_possible)
DRAFT_RULES: tuple[RowRule, ...] = (
    record_no_formed,
    turnover_given,
    _of_head(still_valid),
    _of_head(changes_allowed),
    items_unique,
    part_numbers_given,
    products_consume,
    consumptions_refer,
    rates_possible,
    something_changed,
    filed_rows_stay,
)
