"""The options of 生成核注清单: which documents, what heads start with, how lines split and merge (5.3, 5.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from bondesk.areas.notes.shares import NOTE_MAX_LINES, SplitOptions
from bondesk.base.options import option

MERGES = (("NONE", "不合并"), ("PART", "按料号合并"), ("ITEM", "按项号合并"))
ORDERS = (("SOURCE", "单证顺序"), ("ITEM", "备案序号"))
DIRECTIONS = (("", "全部"), ("I", "进口"), ("E", "出口"))


@dataclass(frozen=True)
class DocumentsWanted:
    """Which book and which source documents."""

    record_no: str = option("备案号", "", reference="account handbook", help="空 = 唯一的已审批账册")
    ie_flag: str = option("进出口", "", choices=DIRECTIONS)
    date_from: date | None = option("单据日期起", None)
    date_to: date | None = option("单据日期止", None)
    document_no: str = option("单据号", "", help="只取单据号包含此文字的单证")


@dataclass(frozen=True)
class Splitting:
    """拆单, 合并 and limits: what a recipe keeps and the preview lets the user turn."""

    merge: str = option("合并方式", "NONE", choices=MERGES)
    price_apart: bool = option("单价不同不合并", False)
    order: str = option("表体排序", "SOURCE", choices=ORDERS)
    by_document: bool = option("按单据号拆单", True)
    by_partner: bool = option("按客户供应商拆单", True)
    by_currency: bool = option("按币制拆单", True)
    by_transaction_mode: bool = option("按成交方式拆单", True)
    by_contract: bool = option("按合同号拆单", False)
    by_invoice: bool = option("按发票号拆单", False)
    by_bill: bool = option("按提单号拆单", False)
    by_licence: bool = option("按许可证号拆单", False)
    by_trade_country: bool = option("按贸易国拆单", False)
    by_origin: bool = option("按国别拆单", False)
    note_max_lines: int = option("清单最多项数", NOTE_MAX_LINES)
    declaration_max_lines: int = option("报关单最多项数", 50, help="一份报关单最多50项")


@dataclass(frozen=True)
class Turned(Splitting):
    """What the preview shows beside the notes to be; ``keep_as`` names a recipe to keep the options in."""

    recipe: str = option("采用方案", "", reference="note_recipe", help="选一个拆单方案，以下选项随之改变")
    keep_as: str = option("存为方案", "", help="填名称：完成时把以上选项存为该客户供应商的方案，下次自动采用")


@dataclass(frozen=True)
class GenerateNotes(Splitting, DocumentsWanted):
    """The wizard's options: which documents, head defaults, how to split and merge."""

    recipe: str = option("拆单方案", "", reference="note_recipe", help="空 = 按客户供应商自动采用；上面改过的选项优先")
    use_recipes: bool = option("自动采用客户供应商的方案", True)
    spec_from_elements: bool = option("规格型号等于申报要素", True, help="料号填有申报要素时采用；否则取账册的规格型号")
    date_by_document: bool = option("清单日期取单据日期", False, help="否则取当天")
    declare_customs: str = option("申报地海关", "", table="customs_office", help="空 = 账册主管海关")
    transport_mode: str = option("运输方式", "", table="transport_mode", help="单证未填时采用")
    entry_exit_customs: str = option("进出境关别", "", table="customs_office", help="单证未填时采用")
    trade_partner_country: str = option("启运/运抵国", "", table="country", help="单证未填时采用；空 = 客户供应商国别")
    transaction_mode: str = option("成交方式", "", table="transaction_mode", help="单证未填时采用")
    trade_country: str = option("贸易国", "", table="country", help="单证未填时采用")


@dataclass(frozen=True, slots=True)
class Linked:
    """The other side of a transfer, asked once per partner when the documents do not say it."""

    linked_record_no: str = option("关联备案编号", "", help="对方账册或手册编号")
    linked_note_no: str = option("关联清单编号", "", help="转出时填转入方的清单编号")


SPLITTING_KEYS = tuple(entry.name for entry in fields(Splitting))


def splitting_of(source: Any) -> dict[str, Any]:
    """Return the splitting options of anything that has them (options, a recipe), by key."""
    return {key: getattr(source, key) for key in SPLITTING_KEYS}


def changed_by_hand(options: Splitting) -> Mapping[str, Any]:
    """Return the splitting options that do not stand at their default: they win over a recipe."""
    usual = Splitting()
    return {key: value for key, value in splitting_of(options).items() if value != getattr(usual, key)}


def split_options(splitting: Splitting, *, raise_to_min: bool) -> SplitOptions:
    """Return what :func:`bondesk.areas.notes.splitting.split` wants; ``raise_to_min`` is the enterprise's."""
    return SplitOptions(**splitting_of(splitting), raise_to_min=raise_to_min)
