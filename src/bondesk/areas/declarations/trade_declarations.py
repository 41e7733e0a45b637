"""生成报关单 from source documents, for general trade (handbook 6.3; rows 128 to 134)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bondesk.areas.codes.effects import effect_of
from bondesk.areas.codes.hs_code import hs_code_on
from bondesk.areas.declarations.declaration_heads import Heads
from bondesk.areas.declarations.declaration_lines import DeclarationLineSource
from bondesk.areas.declarations.declaration_rules import MAX_LINES, mode_rows
from bondesk.areas.declarations.trade_building import TradeBuilder, worded
from bondesk.areas.declarations.trade_preview import trade_preview
from bondesk.areas.declarations.trade_shares import TradeDefaults, TradeShares
from bondesk.areas.notes.bonded_note_model import NoteLineSource
from bondesk.areas.notes.internal_numbers import InternalNumbers
from bondesk.areas.notes.line_usage import portions_taken
from bondesk.areas.notes.note_sources import candidates_of
from bondesk.areas.notes.note_templates import HeadDefaults
from bondesk.areas.notes.shares import SplitOptions
from bondesk.areas.notes.source_document import SourceDocument
from bondesk.areas.notes.splitting import NoteDraft, split
from bondesk.areas.setup.company import company_of
from bondesk.base.elements import element_names, missing
from bondesk.base.errors import Refused
from bondesk.base.facts import Facts, Work
from bondesk.base.findings import Finding, error, errors_in, note
from bondesk.base.numbers import plain
from bondesk.base.options import option
from bondesk.base.steps import (
    Amounts,
    Choose,
    Confirm,
    Outcome,
    Progress,
    Script,
    Steps,
    Table,
    amounts_taken,
)

MERGES = (("NONE", "不合并"), ("PART", "按料号合并"), ("ITEM", "按商品合并"))
DIRECTIONS = (("", "全部"), ("I", "进口"), ("E", "出口"))


@dataclass(frozen=True, slots=True)
class DeclareTrade:
    """Which source documents, defaults for what they do not say, and how lines become declarations."""

    ie_flag: str = option("进出口", "", choices=DIRECTIONS)
    date_from: date | None = option("起始日期", None)
    date_to: date | None = option("截止日期", None)
    document_no: str = option("票据号", "", help="只取单据号或发票号包含此文字的单证")
    spec_from_elements: bool = option("规格型号等于申报要素", True, help="料号填有申报要素时采用；否则取料号的规格型号")
    merge: str = option(
        "合并方式", "NONE", choices=MERGES, help="按商品合并：编码、品名、单位、币制、国别等相同的行合为一项"
    )
    by_document: bool = option("按单据号分单", True)
    by_contract: bool = option("按合同号分单", True, help="报关单只能填一个合同协议号")
    by_invoice: bool = option("按发票号分单", False)
    by_bill: bool = option("按提单号分单", True, help="报关单只能填一个提运单号")
    declare_customs: str = option("申报地海关", "", table="customs_office")
    transport_mode: str = option("运输方式", "", table="transport_mode", help="单证未填时采用")
    entry_exit_customs: str = option("进出境关别", "", table="customs_office", help="单证未填时采用")
    trade_partner_country: str = option("启运/运抵国", "", table="country", help="单证未填时采用；空 = 客户供应商国别")
    transaction_mode: str = option("成交方式", "", table="transaction_mode", help="单证未填时采用")
    trade_country: str = option("贸易国", "", table="country", help="空 = 客户供应商国别")
    template: str = option("套用模板", "", help="模板名称，多个以顿号分隔；空 = 只用自动套用的模板")


def declare_trade(work: Work, options: DeclareTrade, selected: Sequence[int]) -> Steps:
    """Run the wizard; ``selected`` limits it to the source documents marked in the list."""
    found = candidates_of(work, options, selected, by_invoice=True)
    bonded = [one for one in found if needs_note(work.facts, one.ie_flag, one.supervision_mode)]
    passed = tuple(error("DEC-15", _bonded(one)) for one in bonded) if selected else ()
    candidates = [one for one in found if one not in bonded]
    if not candidates:
        raise Refused(list(passed) or "没有符合条件且尚有未生成数量的一般贸易原始单证", "GEN-10")
    chosen = set((yield _choose(candidates)))
    documents = [one for one in candidates if one.id in chosen]
    if not documents:
        return Outcome("没有选择原始单证，没有生成报关单", findings=passed)
    step = _amounts(documents)
    amounts = amounts_taken(step, (yield step))
    if not amounts:
        return Outcome("生成数量都为0，没有生成报关单", findings=passed)
    heads = Heads(work, options.template)
    yield Progress(0, 2, "换算")
    builder = TradeShares(
        work.facts, TradeDefaults(_defaults(heads, options)), spec_from_elements=options.spec_from_elements
    )
    lines = [line for document in documents for line in document.lines]
    built = builder.build(documents, amounts, portions_taken(work, lines, (NoteLineSource, DeclarationLineSource)))
    if built.findings and not (yield Confirm("skip", _failed_text(built.findings), proposed=True)):
        raise Refused(built.findings)
    if not built.shares:
        raise Refused(built.findings or "没有可生成的明细", "GEN-10")
    split_by = _split_options(work, options)
    result = split(built.shares, split_by)
    wrong = [replace(one, text=worded(one.text)) for one in result.findings]
    if errors_in(wrong):
        raise Refused(wrong)
    ways = {(one.ie_flag, one.supervision_mode) for one in documents}
    doubts = yield from heads.ask(ways, {one.partner or "" for one in documents}, "单证")
    remarks = (*passed, *built.findings, *wrong, *doubts, *_elements_missing(work.facts, result.notes))
    if not (yield trade_preview(result.notes, split_by, remarks)):
        return Outcome("已取消，没有生成报关单")
    numbers = InternalNumbers(work, "declaration", ((one.key.ie_flag, work.facts.today) for one in result.notes))
    building = TradeBuilder(work, documents, built.derivations, heads, numbers)
    made = [building.build(draft) for draft in result.notes]
    work.session.flush()
    text = f"已生成报关单 {len(made)} 份，商品 {sum(len(one.lines) for one in made)} 项"
    changed = {"declaration": [one.id for one in made], "source_document": [one.id for one in documents]}
    return Outcome(text, changed, (*remarks, *heads.findings()))


def needs_note(facts: Facts, ie_flag: str, mode: str) -> bool:
    """Tell whether goods under a mode are bonded: declared by a note first, never straight from source documents."""
    rows = mode_rows(facts, ie_flag, mode)
    if rows and all(row.get("record_no_prefixes") for row in rows):
        return True
    return any(effect_of(facts, mode, goods, ie_flag) is not None for goods in ("I", "E")) and not rows


def _bonded(document: SourceDocument) -> str:
    return (
        f"单据 {document.document_no} 的监管方式 {document.supervision_mode} 属保税货物，"
        "请先用「生成核注清单」，再由清单生成报关单"
    )


def _choose(candidates: Sequence[SourceDocument]) -> Choose:
    rows = tuple(
        (
            one.document_no,
            one.document_date,
            "进口" if one.ie_flag == "I" else "出口",
            one.supervision_mode,
            one.partner,
            sum(line.quantity > line.used_qty for line in one.lines),
        )
        for one in candidates
    )
    ids = tuple(one.id for one in candidates)
    headings = ("单据号", "单据日期", "进出口", "监管方式", "客户供应商", "未生成行数")
    return Choose("documents", Table("选择原始单证（只列尚未用完的）", headings, rows), ids, ids)


def _amounts(documents: Sequence[SourceDocument]) -> Amounts:
    """Ask 生成数量 of every line with something left, all of it proposed (row 132)."""
    left = [(one, line) for one in documents for line in one.lines if line.quantity > line.used_qty]
    rows = tuple(
        (
            f"{one.document_no} 第{line.line_no}行",
            line.part_no,
            plain(line.quantity),
            plain(line.used_qty),
            line.erp_unit,
            line.currency,
        )
        for one, line in left
    )
    most = tuple(line.quantity - line.used_qty for _, line in left)
    headings = ("单证行", "料号", "数量", "已生成数量", "单位", "币制")
    table = Table("填写生成数量：默认为未生成的数量，可以改小，其余下次再用", headings, rows)
    return Amounts("amounts", table, tuple(line.id for _, line in left), most, most, "生成数量", "DEC-08")


def _defaults(heads: Heads, options: DeclareTrade) -> Callable[[str, str], HeadDefaults]:
    def ask(ie_flag: str, mode: str) -> HeadDefaults:
        template = heads.template_values(ie_flag, mode)
        names = HeadDefaults.__dataclass_fields__
        return HeadDefaults(**{name: getattr(options, name) or str(template.get(name) or "") for name in names})

    return ask


def _split_options(work: Work, options: DeclareTrade) -> SplitOptions:
    return SplitOptions(
        by_document=options.by_document,
        by_contract=options.by_contract,
        by_invoice=options.by_invoice,
        by_bill=options.by_bill,
        by_licence=True,
        by_trade_country=True,
        merge=options.merge,  # type: ignore[arg-type]
        note_max_lines=MAX_LINES,
        declaration_max_lines=MAX_LINES,
        raise_to_min=company_of(work.facts).raise_to_min is not False,
    )


def _failed_text(findings: Sequence[Finding]) -> str:
    listed = "\n".join(str(one) for one in findings[:20])
    more = f"\n……共 {len(findings)} 条" if len(findings) > 20 else ""
    return f"以下明细不能生成报关单：\n{listed}{more}\n跳过这些明细继续？"


def _elements_missing(facts: Facts, drafts: Sequence[NoteDraft]) -> Iterator[Finding]:
    """ELM-01: an element of 规格型号 that customs expects is empty."""
    said: set[str] = set()
    for number, draft in enumerate(drafts, 1):
        for place, line in enumerate(draft.lines, 1):
            code = hs_code_on(facts, line.hs_code)
            absent = missing(element_names(code.elements or ""), line.spec) if code else ()
            if absent and (text := f"{line.part_no}：申报要素「{'」「'.join(absent)}」没有填写") not in said:
                said.add(text)
                yield note("ELM-01", f"第 {number} 份报关单第 {place} 项 {text}")


DECLARE_TRADE = Script(
    key="declare_trade",
    title="生成报关单",
    document="source_document",
    run=declare_trade,
    options=DeclareTrade,
    help="一般贸易：由原始单证生成报关单草单，可只用单证数量的一部分，其余下次再用。",
)
