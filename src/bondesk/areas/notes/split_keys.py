"""What keeps source lines apart, said once: the note key and the merge key, each field with its label.

Grouping compares the keys; the explanations (:func:`why_apart`) read the same fields, so a reason shown to
the user is by construction the reason that was applied. Handbook 5.4. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any

from bondesk.areas.codes.units import Unit
from bondesk.areas.notes.declaration_key import comparable_name, marks_of
from bondesk.areas.notes.shares import MergeMode, SourceShare, SplitOptions
from bondesk.base.numbers import plain

MERGE_TITLES: dict[MergeMode, str] = {"NONE": "不合并", "PART": "按料号合并", "ITEM": "按项号合并"}


def _named(label: str, export: str = "", quiet: bool = False) -> dict[str, Any]:
    """Name a key field (``export`` when it is called so there); ``quiet`` ones only explain differences."""
    return {"label": label, "export": export or label, "quiet": quiet}


@dataclass(frozen=True, slots=True)
class NoteKey:
    """What all lines of one note have in common; None where the user did not split by it."""

    record_no: str = field(metadata=_named("备案号"))
    ie_flag: str = field(metadata=_named("进出口标志"))
    goods_flag: str = field(metadata=_named("料件成品标志"))
    supervision_mode: str = field(metadata=_named("监管方式"))
    transport_mode: str = field(metadata=_named("运输方式"))
    entry_exit_customs: str = field(metadata=_named("进境关别", "出境关别"))
    declare_customs: str = field(metadata=_named("申报地海关"))
    trade_partner_country: str = field(metadata=_named("启运国", "运抵国"))
    note_flow_type: str = field(metadata=_named("流转类型"))
    application_no: str = field(metadata=_named("申请表编号"))
    linked_record_no: str = field(metadata=_named("关联备案编号"))
    linked_note_no: str = field(metadata=_named("关联清单编号"))
    document_no: str | None = field(metadata=_named("单据号"))
    partner: str | None = field(metadata=_named("供应商", "客户"))
    currency: str | None = field(metadata=_named("币制"))
    transaction_mode: str | None = field(metadata=_named("成交方式"))
    contract_no: str | None = field(metadata=_named("合同号"))
    invoice_no: str | None = field(metadata=_named("发票号"))
    bill_no: str | None = field(metadata=_named("提运单号"))
    licence_no: str | None = field(metadata=_named("许可证号"))
    trade_country: str | None = field(metadata=_named("贸易国"))
    country: str | None = field(metadata=_named("原产国", "最终目的国"))


@dataclass(frozen=True, slots=True)
class MergeKey:
    """What source lines of one note must have in common to become one note line."""

    source_line: int | None = field(metadata=_named("原始单证行", quiet=True))
    part_no: str | None = field(metadata=_named("料号"))
    item_no: int = field(metadata=_named("项号"))
    hs_code: str = field(metadata=_named("商品编码"))
    name: str = field(metadata=_named("品名"))
    dcl_unit: Unit = field(metadata=_named("申报单位"))
    legal_unit1: Unit | None = field(metadata=_named("法定第一单位", quiet=True))
    legal_unit2: Unit | None = field(metadata=_named("法定第二单位", quiet=True))
    currency: str = field(metadata=_named("币制"))
    country: str = field(metadata=_named("原产国", "最终目的国"))
    duty_mode: str = field(metadata=_named("征免方式"))
    uc_version: str = field(metadata=_named("单耗版本号"))
    application_line_no: int | None = field(metadata=_named("申请表序号"))
    price: Decimal | None = field(metadata=_named("单价"))
    consumable: bool = field(metadata=_named("消耗性物料标志", quiet=True))
    standard_controlled: bool = field(metadata=_named("涉及单耗标准标志", quiet=True))
    export_dutiable: bool = field(metadata=_named("出口应税标志", quiet=True))
    single_out: bool = field(metadata=_named("需单列标志", quiet=True))


def note_key(share: SourceShare, options: SplitOptions) -> NoteKey:
    """Return the key of the note ``share`` belongs to: the fixed keys and the ones the user ticked."""
    return NoteKey(
        record_no=share.record_no,
        ie_flag=share.ie_flag,
        goods_flag=share.goods_flag,
        supervision_mode=share.supervision_mode,
        transport_mode=share.transport_mode,
        entry_exit_customs=share.entry_exit_customs,
        declare_customs=share.declare_customs,
        trade_partner_country=share.trade_partner_country,
        note_flow_type=share.note_flow_type,
        application_no=share.application_no,
        linked_record_no=share.linked_record_no,
        linked_note_no=share.linked_note_no,
        document_no=share.document_no if options.by_document else None,
        partner=share.partner if options.by_partner else None,
        currency=share.currency if options.by_currency else None,
        transaction_mode=share.transaction_mode if options.by_transaction_mode else None,
        contract_no=share.contract_no if options.by_contract else None,
        invoice_no=share.invoice_no if options.by_invoice else None,
        bill_no=share.bill_no if options.by_bill else None,
        licence_no=share.licence_no if options.by_licence else None,
        trade_country=share.trade_country if options.by_trade_country else None,
        country=share.country if options.by_origin else None,
    )


def merge_key(share: SourceShare, options: SplitOptions) -> MergeKey:
    """Return the key of the note line ``share`` goes to, inside its note (handbook 5.4).

    Beyond the printed key, legal units and the marks of 5.8 are part of it: figures in different units cannot
    be summed, and a note line must belong to exactly one declaration line.
    """
    marks = marks_of(share)
    return MergeKey(
        source_line=share.source_line_id if options.merge == "NONE" else None,
        part_no=share.part_no if options.merge == "PART" else None,
        item_no=share.item_no,
        hs_code=share.hs_code,
        name=comparable_name(share.name),
        dcl_unit=share.dcl_unit,
        legal_unit1=share.legal_unit1,
        legal_unit2=share.legal_unit2,
        currency=share.currency,
        country=share.country,
        duty_mode=share.duty_mode,
        uc_version=share.uc_version,
        application_line_no=share.application_line_no,
        price=share.price if options.price_apart else None,
        consumable=marks.consumable,
        standard_controlled=marks.standard_controlled,
        export_dutiable=marks.export_dutiable,
        single_out=marks.single_out,
    )


def why_apart(a: SourceShare, b: SourceShare, options: SplitOptions) -> str:
    """Say in Chinese every key that keeps two shares in different note lines; "" when they may meet.

    Limits are not told here: when they cut a group, the note's own ``why`` says so.
    """
    note_a, note_b = note_key(a, options), note_key(b, options)
    line_a, line_b = merge_key(a, options), merge_key(b, options)
    sentences = []
    if note_a != note_b:
        sentences.append("不在同一份清单：" + "，".join(_differences(note_a, note_b, a, b)))
    if line_a.source_line != line_b.source_line:
        sentences.append(f"合并方式为“{MERGE_TITLES['NONE']}”，{a.source}与{b.source}各成一行")
    elif line_a != line_b:
        title = MERGE_TITLES[options.merge]
        sentences.append(f"不能并为一行（{title}）：" + "，".join(_differences(line_a, line_b, a, b)))
    return "；".join(sentences)


def filled_labels(key: NoteKey | MergeKey, ie_flag: str) -> list[str]:
    """Return the labels of the fields that ``key`` fills, in order, without the quiet ones."""
    return [
        entry.metadata["export" if ie_flag == "E" else "label"]
        for entry in fields(key)
        if not entry.metadata["quiet"] and getattr(key, entry.name) not in (None, "")
    ]


def _differences(key_a: NoteKey | MergeKey, key_b: NoteKey | MergeKey, a: SourceShare, b: SourceShare) -> Iterator[str]:
    for entry in fields(key_a):
        value_a, value_b = getattr(key_a, entry.name), getattr(key_b, entry.name)
        if value_a != value_b:
            labels = [entry.metadata["export" if share.ie_flag == "E" else "label"] for share in (a, b)]
            yield f"{'/'.join(dict.fromkeys(labels))}不同（{_shown(value_a)} 与 {_shown(value_b)}）"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return plain(value)
    return "空" if value in (None, "") else str(value)
