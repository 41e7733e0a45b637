"""生成核注清单: the wizard from source documents to draft notes (handbook 5.3 to 5.5)."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.notes.note_building import NoteBuilder
from bondesk.areas.notes.note_templates import HeadDefaults, NoteTemplates
from bondesk.areas.notes.share_building import BuiltShares, ShareBuilder
from bondesk.areas.notes.shares import SourceShare, SplitOptions
from bondesk.areas.notes.source_document import SourceDocument, SourceLine
from bondesk.areas.notes.splitting import SplitResult, split
from bondesk.areas.setup.company import company_of
from bondesk.base.errors import Refused
from bondesk.base.facts import Work
from bondesk.base.findings import errors_in
from bondesk.base.numbers import plain
from bondesk.base.options import option
from bondesk.base.steps import Ask, Choose, Confirm, Outcome, Preview, Progress, Script, Step, Steps, Table

MERGES = (("NONE", "不合并"), ("PART", "按料号合并"), ("ITEM", "按项号合并"))
ORDERS = (("SOURCE", "单证顺序"), ("ITEM", "备案序号"))
DIRECTIONS = (("", "全部"), ("I", "进口"), ("E", "出口"))


@dataclass(frozen=True, slots=True)
class GenerateNotes:
    """The wizard's options: which documents, head defaults, how to split and merge."""

    record_no: str = option("备案号", "", reference="account", help="空 = 唯一的已审批账册")
    ie_flag: str = option("进出口", "", choices=DIRECTIONS)
    date_from: date | None = option("单据日期起", None)
    date_to: date | None = option("单据日期止", None)
    document_no: str = option("单据号", "", help="只取单据号包含此文字的单证")
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
    by_origin: bool = option("按国别拆单", False)
    note_max_lines: int = option("清单最多项数", 999)
    spec_from_elements: bool = option("规格型号等于申报要素", True, help="料号填有申报要素时采用；否则取账册的规格型号")
    date_by_document: bool = option("清单日期取单据日期", False, help="否则取当天")
    declare_customs: str = option("申报地海关", "", table="customs_office", help="空 = 账册主管海关")
    transport_mode: str = option("运输方式", "", table="transport_mode", help="单证未填时采用")
    entry_exit_customs: str = option("进出境关别", "", table="customs_office", help="单证未填时采用")
    trade_partner_country: str = option("启运/运抵国", "", table="country", help="单证未填时采用；空 = 客户供应商国别")
    transaction_mode: str = option("成交方式", "", table="transaction_mode", help="单证未填时采用")
    trade_country: str = option("贸易国", "", table="country")


@dataclass(frozen=True, slots=True)
class Linked:
    """The other side of a transfer, asked once per partner when the documents do not say it."""

    linked_record_no: str = option("关联备案编号", "", help="对方账册或手册编号")
    linked_note_no: str = option("关联清单编号", "", help="转出时填转入方的清单编号")


def generate_notes(work: Work, options: GenerateNotes, selected: Sequence[int]) -> Steps:
    """Run the wizard; ``selected`` limits it to the source documents marked in the list."""
    book = _book(work, options)
    candidates = _candidates(work, options, selected)
    if not candidates:
        raise Refused("没有符合条件且尚有未生成数量的原始单证", "GEN-10")
    chosen = yield _choose(candidates)
    documents = [document for document in candidates if document.id in set(chosen)]
    yield Progress(0, 3, "换算")
    templates = NoteTemplates(work.facts, _defaults(options))
    builder = ShareBuilder(work.facts, book, templates, spec_from_elements=options.spec_from_elements)
    built = builder.build(documents)
    if built.findings:
        skip = yield Confirm("skip", _failed_text(built), proposed=True)
        if not skip:
            raise Refused(built.findings)
    if not built.shares:
        raise Refused(built.findings or "没有可生成的明细", "GEN-10")
    shares = yield from _link_transfers(built.shares)
    yield Progress(1, 3, "拆单与合并")
    result = split(shares, _split_options(work, options))
    if errors_in(result.findings):
        raise Refused(result.findings)
    if not (yield _preview(result, built)):
        return Outcome("已取消，没有生成清单")
    notes_of = NoteBuilder(work, documents, built.derivations, options.date_by_document, templates)
    notes: list[BondedNote] = []
    for number, draft in enumerate(result.notes, 1):
        notes.append(notes_of.build(draft))
        if number % 20 == 0:
            yield Progress(number, len(result.notes), "生成清单")
    work.session.flush()
    lines = sum(len(draft.lines) for draft in result.notes)
    declared = sum(draft.declaration_lines for draft in result.notes)
    text = f"已生成核注清单 {len(notes)} 份，表体 {lines} 项，将合并为报关单商品 {declared} 项"
    changed = {"bonded_note": [note.id for note in notes], "source_document": [d.id for d in documents]}
    return Outcome(text, changed, (*built.findings, *result.findings, *templates.findings()))


def _book(work: Work, options: GenerateNotes) -> Account:
    books = [
        book
        for book in work.facts.find(Account, copy="approved")
        if options.record_no in ("", book.record_no) and book.state == "APPROVED"
    ]
    if len(books) != 1:
        what = f"没有已审批的账册 {options.record_no}".rstrip() if not books else "有多本已审批账册，请指定备案号"
        raise Refused(what, "NOTE-01")
    return books[0]


def _candidates(work: Work, options: GenerateNotes, selected: Sequence[int]) -> list[SourceDocument]:
    document = SourceDocument
    open_line = select(SourceLine.id).where(
        SourceLine.company_id == document.company_id,
        SourceLine.header_id == document.id,
        SourceLine.quantity > SourceLine.used_qty,
    )
    statement = select(document).where(document.company_id == work.company_id, open_line.exists())
    if selected:
        statement = statement.where(document.id.in_(list(selected)))
    if options.ie_flag:
        statement = statement.where(document.ie_flag == options.ie_flag)
    if options.date_from:
        statement = statement.where(document.document_date >= options.date_from)
    if options.date_to:
        statement = statement.where(document.document_date <= options.date_to)
    if options.document_no:
        statement = statement.where(document.document_no.contains(options.document_no, autoescape=True))
    order = (document.ie_flag.desc(), document.document_date, document.document_no)
    return list(work.session.scalars(statement.order_by(*order)))


def _choose(candidates: Sequence[SourceDocument]) -> Choose:
    rows = tuple(
        (
            document.document_no,
            document.document_date,
            "进口" if document.ie_flag == "I" else "出口",
            document.supervision_mode,
            document.partner,
            len(document.lines),
        )
        for document in candidates
    )
    ids = tuple(document.id for document in candidates)
    headings = ("单据号", "单据日期", "进出口", "监管方式", "客户供应商", "行数")
    return Choose("documents", Table("选择原始单证", headings, rows), ids, ids)


def _defaults(options: GenerateNotes) -> HeadDefaults:
    return HeadDefaults(
        declare_customs=options.declare_customs,
        transport_mode=options.transport_mode,
        entry_exit_customs=options.entry_exit_customs,
        trade_partner_country=options.trade_partner_country,
        transaction_mode=options.transaction_mode,
        trade_country=options.trade_country,
    )


def _split_options(work: Work, options: GenerateNotes) -> SplitOptions:
    company = company_of(work.facts)
    return SplitOptions(
        by_document=options.by_document,
        by_partner=options.by_partner,
        by_currency=options.by_currency,
        by_transaction_mode=options.by_transaction_mode,
        by_contract=options.by_contract,
        by_invoice=options.by_invoice,
        by_bill=options.by_bill,
        by_origin=options.by_origin,
        merge=options.merge,  # type: ignore[arg-type]
        price_apart=options.price_apart,
        order=options.order,  # type: ignore[arg-type]
        note_max_lines=options.note_max_lines,
        raise_to_min=company.raise_to_min is not False,
    )


def _failed_text(built: BuiltShares) -> str:
    listed = "\n".join(str(finding) for finding in built.findings[:20])
    more = f"\n……共 {len(built.findings)} 条" if len(built.findings) > 20 else ""
    return f"以下明细不能生成清单：\n{listed}{more}\n跳过这些明细继续？"


def _link_transfers(shares: Sequence[SourceShare]) -> Generator[Step, Any, list[SourceShare]]:
    """Ask per partner for the other side of transfers whose documents do not name it."""
    answers: dict[tuple[str, str], Linked] = {}
    linked: list[SourceShare] = []
    for share in shares:
        if share.note_flow_type and not share.linked_record_no:
            key = (share.partner, share.ie_flag)
            if key not in answers:
                way = "转入" if share.ie_flag == "I" else "转出"
                answers[key] = yield Ask(f"linked_{share.partner}", f"{share.partner} {way}的对方账册", Linked())
            other = answers[key]
            share = replace(
                share,
                linked_record_no=other.linked_record_no,
                linked_note_no=share.linked_note_no or other.linked_note_no,
            )
        linked.append(share)
    return linked


def _preview(result: SplitResult, built: BuiltShares) -> Preview:
    notes, lines = [], []
    for number, draft in enumerate(result.notes, 1):
        key = draft.key
        notes.append(
            (
                number,
                "进口" if key.ie_flag == "I" else "出口",
                key.supervision_mode,
                key.document_no or "",
                len(draft.lines),
                draft.declaration_lines,
            )
            + (draft.why,)
        )
        for position, line in enumerate(draft.lines, 1):
            quantity = f"{plain(line.dcl_qty)} {line.dcl_unit.name}"
            lines.append(
                (number, position, line.item_no, line.part_no, line.name, quantity, plain(line.total), line.currency)
                + (len(line.shares), line.why)
            )
    heads = ("清单", "进出口", "监管方式", "单据号", "项数", "报关单项数", "为什么成为一份")
    columns = ("清单", "序号", "备案序号", "料号", "商品名称", "申报数量", "总价", "币制", "来源行数", "为什么合并")
    tables = (Table("清单", heads, tuple(notes)), Table("表体", columns, tuple(lines)))
    return Preview("preview", f"将生成 {len(result.notes)} 份清单", tables, (*built.findings, *result.findings))


GENERATE_NOTES = Script(
    key="generate_notes",
    title="生成核注清单",
    document="source_document",
    run=generate_notes,
    options=GenerateNotes,
    help="选择原始单证，按拆单与合并规则生成核注清单草稿。",
)
