"""NOTE-01 to NOTE-14: what makes a note refusable before customs sees it (handbook 5.9)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from bondesk.areas.accounts.account import approved_account
from bondesk.areas.accounts.book_model import Account, AccountLine
from bondesk.areas.codes.customs_code import CustomsCode
from bondesk.areas.codes.effects import effect_of, flow_type_of, is_transfer, unknown_effect
from bondesk.areas.goods.part import Part
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine
from bondesk.areas.notes.note_grouping_rule import declaration_lines_fit
from bondesk.base.customs_words import customs_findings, words_of
from bondesk.base.elements import MOST_BYTES, byte_length
from bondesk.base.facts import Facts
from bondesk.base.fields import Shown
from bondesk.base.findings import Finding, error, note
from bondesk.base.formal_copy import DRAFT
from bondesk.base.line_memory import placed, remembered
from bondesk.base.numbers import price_of, prices_agree

_LINE_WORDS = words_of(
    (view.label, column.key)
    for column in NoteLine.__table__.columns
    if isinstance(view := column.info.get("shown"), Shown) and not view.readonly
)
_PAUSED = {"I": {"4", "5", "7"}, "E": {"4", "6", "7"}}
#: Who the counterpart's declaration names (handbook 5.2, 关联报关单).
_PARTIES = (("trader", "境内收发货人"), ("owner", "消费使用/生产销售单位"), ("declarant", "申报单位"))


def book_open(document: BondedNote, facts: Facts) -> Iterator[Finding]:
    """NOTE-01: the book is approved, valid and not paused; NOTE-13: the date lies within it."""
    book = approved_account(facts, document.record_no)
    if book is None:
        yield error("NOTE-01", f"备案号 {document.record_no} 没有已审批的账册", "record_no")
        return
    if book.pause_mark in _PAUSED.get(document.ie_flag, set()):
        yield error("NOTE-01", f"账册 {document.record_no} 已暂停进出口", "record_no")
    day = document.declared_on or facts.today
    if book.valid_to is not None and day > book.valid_to:
        yield error("NOTE-13", f"清单申报日期 {day} 晚于账册有效期 {book.valid_to}", "declared_on")
    if book.approved_on is not None and day < book.approved_on:
        yield error("NOTE-13", f"清单申报日期 {day} 早于账册备案批准日期 {book.approved_on}", "declared_on")


def items_filed(document: BondedNote, facts: Facts) -> Iterator[Finding]:
    """NOTE-02: every item is in the approved book, neither deleted nor stopped."""
    book = approved_account(facts, document.record_no)
    if book is None:
        return
    filed = filed_lines(book, document.goods_flag)
    for position, line in enumerate(document.lines):
        known = filed.get(line.item_no)
        if known is None:
            text = f"备案序号 {line.item_no} 不在账册 {document.record_no} 的{_goods(document)}中"
            yield error("NOTE-02", text, "item_no", position, table="lines")
        elif not usable(known, document.ie_flag):
            text = f"备案序号 {line.item_no} 在账册中已删除或停用"
            yield error("NOTE-02", text, "item_no", position, table="lines")
        elif line.dcl_unit != known.dcl_unit:
            text = f"申报单位 {line.dcl_unit} 与账册 {known.dcl_unit} 不一致"
            yield error("NOTE-02", text, "dcl_unit", position, table="lines")


def filed_lines(book: Account, goods_flag: str) -> dict[int, AccountLine]:
    """Return the book's materials or products by item number."""
    lines = book.materials if goods_flag == "I" else book.products
    return {line.item_no: line for line in lines}


def usable(line: AccountLine, ie_flag: str) -> bool:
    """Tell whether an item of the book is neither deleted nor stopped nor paused in this direction."""
    stopped = line.row_mark == "2" or line.enterprise_mark == "2"
    return not stopped and line.customs_mark not in _PAUSED.get(ie_flag, set())


def _goods(document: BondedNote) -> str:
    return "料件" if document.goods_flag == "I" else "成品"


def mode_fits(document: BondedNote, facts: Facts) -> Iterator[Finding]:
    """NOTE-08: the ledger knows the mode's effect; NOTE-03: the mode fits the book's kind."""
    mode, goods, direction = document.supervision_mode, document.goods_flag, document.ie_flag
    if not mode:
        return
    day = document.declared_on or facts.today
    if effect_of(facts, mode, goods, direction, day) is None:
        yield error("NOTE-08", unknown_effect(facts, mode, goods, direction, day), "supervision_mode")
    prefixes = {
        prefix
        for row in facts.find(CustomsCode, table_name="declaration_mode_rule")
        if row.details.get("mode") == mode and row.details.get("ie_flag") == direction
        for prefix in row.details.get("record_no_prefixes", "").split(";")
        if prefix
    }
    if prefixes and document.record_no and document.record_no[0] not in prefixes:
        text = f"监管方式 {mode} 不能用于 {document.record_no[0]} 字头的备案号，应为 {'、'.join(sorted(prefixes))}"
        yield error("NOTE-03", text, "supervision_mode")


def lines_possible(document: BondedNote, facts: Facts) -> Iterator[Finding]:
    """NOTE-05, NOTE-06 (AMT-01), NOTE-11 and ELM-02 (a 规格型号 the declaration cannot take) per line."""
    if not document.lines:
        yield error("NOTE-05", "清单没有表体", "internal_no")
    parts = facts.index(Part, Part.part_no)
    numbers = Counter(line.line_no for line in document.lines if line.line_no)
    for position, line in enumerate(document.lines):
        if numbers[line.line_no] > 1:
            yield error("IMP-08", f"序号 {line.line_no} 重复", "line_no", position, table="lines")
        part = parts.get(line.part_no)
        found = remembered(_line_possible, line, bool(part and part.unit_weight))
        yield from placed(found, position, "lines")
        if (length := byte_length(line.spec or "")) > MOST_BYTES:
            text = f"规格型号共 {length} 字节，报关单最多 {MOST_BYTES} 字节（汉字占2字节）"
            severity = error if document.declaration_flag == "1" else note
            yield severity("ELM-02", text, "spec", position, table="lines")


def _line_possible(line: NoteLine, weight_known: bool) -> tuple[Finding, ...]:
    return (*_quantities(line), *_amounts(line), *_weights(line, weight_known))


def _quantities(line: NoteLine) -> Iterator[Finding]:
    if line.dcl_qty is None or line.dcl_qty <= 0:
        yield error("NOTE-05", "申报数量须大于0", "dcl_qty")
    if line.legal_qty1 is None or line.legal_qty1 <= 0:
        yield error("NOTE-05", "法定数量须大于0", "legal_qty1")
    if line.legal_unit2 and (line.legal_qty2 is None or line.legal_qty2 <= 0):
        yield error("NOTE-05", "有第二法定单位时，第二法定数量须大于0", "legal_qty2")
    if not line.legal_unit2 and line.legal_qty2 is not None:
        yield error("NOTE-05", "没有第二法定单位时，第二法定数量须为空", "legal_qty2")


def _amounts(line: NoteLine) -> Iterator[Finding]:
    if line.dcl_qty is None or line.dcl_qty <= 0 or line.total is None:
        return
    if line.total <= 0:
        yield error("NOTE-06", "申报总价须大于0", "total")
    elif line.price is None or not prices_agree(line.dcl_qty, line.price, line.total):
        price = price_of(line.total, line.dcl_qty)
        gap = f"{line.dcl_qty:f} × {line.price if line.price is not None else 0:f} ≠ {line.total:f}"
        yield error("NOTE-06", f"AMT-01 数量×单价与总价不符（{gap}），单价应为 {price:f}", "price")


def _weights(line: NoteLine, weight_known: bool) -> Iterator[Finding]:
    net, gross = line.net_weight, line.gross_weight
    if net is not None and gross is not None and net > gross:
        yield error("NOTE-11", f"净重 {net:f} 大于毛重 {gross:f}", "net_weight")
    if weight_known and net is not None and net == 0:
        yield note("NOTE-11", "料号有单重，净重却为0", "net_weight")


def versions_filed(document: BondedNote, facts: Facts) -> Iterator[Finding]:
    """NOTE-07: every product line names a filed version."""
    book = approved_account(facts, document.record_no)
    if document.goods_flag != "E" or book is None or book.uc_stage == "2":
        return
    filed = versions_of(book)
    for position, line in enumerate(document.lines):
        if not line.uc_version:
            yield error("NOTE-07", "成品须填单耗版本号", "uc_version", position, table="lines")
        elif line.uc_version not in filed.get(line.item_no, ()):
            text = f"成品 {line.item_no} 没有备案的单耗版本 {line.uc_version}"
            yield error("NOTE-07", text, "uc_version", position, table="lines")


def versions_of(book: Account) -> dict[int, list[str]]:
    """Return the filed, not deleted versions of every product item, in numeric order."""
    found: dict[int, set[str]] = defaultdict(set)
    for row in book.consumptions:
        if row.row_mark != "2":
            found[row.product_no].add(row.uc_version)
    return {item: sorted(versions, key=int) for item, versions in found.items()}


def transfer_linked(document: BondedNote, _facts: Facts) -> Iterator[Finding]:
    """NOTE-12: a transfer names the other book; the delivering side the receiving side's note."""
    implied = flow_type_of(document.supervision_mode)
    if (document.note_flow_type or "") != implied and (implied or is_transfer(document.note_flow_type)):
        text = f"监管方式 {document.supervision_mode} 的流转类型应为 {implied or '空'}"
        yield error("NOTE-12", text, "note_flow_type")
    if not implied:
        return
    if not document.linked_record_no:
        yield error("NOTE-12", "结转清单须填关联备案编号", "linked_record_no")
    if document.ie_flag == "E" and not document.linked_note_no:
        yield error("NOTE-12", "转出清单须填转入方的关联清单编号", "linked_note_no")


def codes_whole(document: BondedNote, _facts: Facts) -> Iterator[Finding]:
    """NOTE-04: numbers of fixed length have it."""
    if document.record_no and len(document.record_no) != 12:
        yield error("NOTE-04", "备案号须为12位", "record_no")
    if document.declaration_flag != "1" or document.declaration_link_type != "1":
        return
    for party, label in _PARTIES:
        for part, title, length in (("credit", "信用代码", 18), ("code", "海关编号", 10), ("name", "名称", 0)):
            key = f"related_{party}_{part}"
            value = getattr(document, key) or ""
            if not value:
                yield error("NOTE-04", f"关联报关须填{label}{title}", key)
            elif length and len(value) != length:
                yield error("NOTE-04", f"{label}{title}须为{length}位，现为{len(value)}位", key)


def number_unique(document: BondedNote, facts: Facts) -> Iterator[Finding]:
    """NOTE-14: the internal number is used once per company."""
    for other in facts.find(BondedNote, copy=DRAFT, internal_no=document.internal_no):
        if other.id != document.id:
            yield error("NOTE-14", f"企业内部清单编号 {document.internal_no} 重复", "internal_no")


def what_customs_said(document: BondedNote, _facts: Facts) -> Iterator[Finding]:
    """CUS-01: what customs returned the note for, on the lines it names."""
    if document.state == "REJECTED":
        yield from customs_findings(document.customs_reason or "", len(document.lines), _LINE_WORDS, {})


NOTE_RULES = (
    codes_whole,
    book_open,
    items_filed,
    mode_fits,
    lines_possible,
    versions_filed,
    transfer_linked,
    number_unique,
    declaration_lines_fit,
    what_customs_said,
)
