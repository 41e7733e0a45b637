"""What customs would send a declaration back for: DEC-01 to DEC-14 (handbook 6.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from bondesk.areas.codes.customs_code import CustomsCode
from bondesk.areas.codes.hs_code import hs_code_on
from bondesk.areas.declarations.declaration_codes import codes_whole
from bondesk.areas.declarations.declaration_lines import DeclarationLine, DeclarationLineSource
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.notes.source_document import SourceDocument, SourceLine
from bondesk.base.elements import MOST_BYTES, byte_length
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, error, note
from bondesk.base.formal_copy import DRAFT
from bondesk.base.numbers import places_of, plain, price_of, prices_agree

MAX_LINES = 50
_MOST_PACKAGES = 999_999_999
#: 散装, 裸装: one piece whatever there is of it.
_LOOSE = {"00": "散装", "01": "裸装"}
_RECORD = re.compile(r"[A-Z][0-9A-Z]{11}")
_FEES = (("freight", "运费"), ("insurance", "保费"), ("misc", "杂费"))


def lines_counted(document: Declaration, _facts: Facts) -> Iterator[Finding]:
    """DEC-01: 1 to 50 lines (公告2019年第18号); IMP-08: a line number twice."""
    count = len(document.lines)
    if not 1 <= count <= MAX_LINES:
        yield error("DEC-01", f"报关单须有 1–{MAX_LINES} 项商品，现有 {count} 项", "internal_no")
    seen: set[int] = set()
    for position, line in enumerate(document.lines):
        if line.line_no and line.line_no in seen:
            yield error("IMP-08", f"项号 {line.line_no} 重复", "line_no", position, table="lines")
        seen.add(line.line_no)


def mode_rows(facts: Facts, ie_flag: str, mode: str) -> list[Mapping[str, str]]:
    """Return what declaration_mode_rule.csv allows for a direction and mode."""
    rows = facts.find(CustomsCode, table_name="declaration_mode_rule")
    return [one.details for one in rows if (one.details.get("ie_flag"), one.details.get("mode")) == (ie_flag, mode)]


def mode_fits(document: Declaration, facts: Facts) -> Iterator[Finding]:
    """DEC-02: the record number's first sign must fit the mode; 征免性质 and 征免方式 should."""
    rows = mode_rows(facts, document.ie_flag or "", document.supervision_mode or "")
    if not rows:
        return
    natures = sorted({row.get("duty_nature", "") for row in rows} - {""})
    fitting = [row for row in rows if row.get("duty_nature", "") == (document.duty_nature or "")]
    if document.duty_nature and natures and not fitting:
        text = _unusual("征免性质", document.duty_nature, document.supervision_mode, natures)
        yield note("DEC-02", text, "duty_nature")
    rows = fitting or rows
    yield from _prefix(document, rows)
    modes = sorted({row.get("duty_mode", "") for row in rows} - {""})
    if not modes or any(not row.get("duty_mode") for row in rows):
        return
    for position, line in enumerate(document.lines):
        if line.duty_mode and line.duty_mode not in modes:
            text = _unusual("征免方式", line.duty_mode, document.supervision_mode, modes)
            yield note("DEC-02", text, "duty_mode", position, table="lines")


def _unusual(label: str, code: str, mode: str, usual: list[str]) -> str:
    return f"{label} {code} 与监管方式 {mode} 一般不同时使用，通常为 {_listed(usual)}"


def _prefix(document: Declaration, rows: list[Mapping[str, str]]) -> Iterator[Finding]:
    allowed = [set(filter(None, row.get("record_no_prefixes", "").split(";"))) for row in rows]
    letters = sorted(set().union(*allowed))
    if document.record_no and document.record_no[0] not in letters:
        what = f"应为 {_listed(letters)} 字头" if letters else "不填备案号"
        text = f"备案号 {document.record_no} 不能用于监管方式 {document.supervision_mode}，{what}"
        yield error("DEC-02", text, "record_no")
    elif not document.record_no and all(allowed):
        text = f"监管方式 {document.supervision_mode} 须填备案号（{_listed(letters)} 字头）"
        yield error("DEC-02", text, "record_no")


def fees_wanted(document: Declaration, facts: Facts) -> Iterator[Finding]:
    """DEC-03: which of 运费 and 保费 the terms of delivery ask for or leave out (transaction_mode.csv)."""
    code = document.transaction_mode
    rows = facts.find(CustomsCode, table_name="transaction_mode")
    known = next((row for row in rows if row.code == code), None) if code else None
    if known is None or document.ie_flag not in ("I", "E"):
        return
    way = "import" if document.ie_flag == "I" else "export"
    for key, label, column in (("freight", "运费", "fee"), ("insurance", "保费", "insurance")):
        wanted, value = known.details.get(f"{way}_{column}", ""), getattr(document, key)
        if wanted == "required" and value is None:
            yield error("DEC-03", f"{_way(document)}成交方式为 {known.name} 时须填{label}", key)
        elif wanted == "blank" and value is not None:
            yield error("DEC-03", f"{_way(document)}成交方式为 {known.name} 时不填{label}", key)


def fees_whole(document: Declaration, _facts: Facts) -> Iterator[Finding]:
    """DEC-04: mark, amount and currency of a fee go together."""
    for key, label in _FEES:
        mark, amount = getattr(document, f"{key}_mark"), getattr(document, "misc_fee" if key == "misc" else key)
        currency, field = getattr(document, f"{key}_currency"), "misc_fee" if key == "misc" else key
        if amount is None:
            if mark or currency:
                empty = f"{label}没有金额，不填{label}标志和币制"
                yield error("DEC-04", empty, f"{key}_mark" if mark else f"{key}_currency")
            continue
        if not mark:
            yield error("DEC-04", f"填了{label}，须选{label}标志（率、单价或总价）", f"{key}_mark")
            continue
        size = abs(amount) if key == "misc" else amount
        yield from _rate(label, key, field, size, currency) if mark == "1" else _sum(label, key, field, size, currency)


def _rate(label: str, key: str, field: str, size: Decimal, currency: str) -> Iterator[Finding]:
    if not Decimal("0.0001") <= size <= 99:
        yield error("DEC-04", f"{label}标志为率时，{label}率须在 0.0001–99 之间", field)
    if currency:
        yield error("DEC-04", f"{label}标志为率时，{label}币制须为空", f"{key}_currency")


def _sum(label: str, key: str, field: str, size: Decimal, currency: str) -> Iterator[Finding]:
    if size <= 0:
        yield error("DEC-04", f"{label}须大于0" if key != "misc" else f"{label}不能为0，没有请留空", field)
    if int(size) >= 10**12 or places_of(size) > 4:
        yield error("DEC-04", f"{label}最多12位整数、4位小数", field)
    if not currency:
        yield error("DEC-04", f"{label}标志为单价或总价时，须填{label}币制", f"{key}_currency")


def quantities_whole(document: Declaration, _facts: Facts) -> Iterator[Finding]:
    """DEC-05: quantities are above 0, the second legal one exactly when it has a unit; ELM-02: 规格型号 too long."""
    for position, line in enumerate(document.lines):
        if line.dcl_qty is not None and line.dcl_qty <= 0:
            yield error("DEC-05", "成交数量须大于0", "dcl_qty", position, table="lines")
        if line.legal_qty1 is not None and line.legal_qty1 <= 0:
            yield error("DEC-05", "法定数量须大于0", "legal_qty1", position, table="lines")
        if line.legal_unit2 and (line.legal_qty2 is None or line.legal_qty2 <= 0):
            yield error("DEC-05", "有第二法定单位时，第二法定数量须大于0", "legal_qty2", position, table="lines")
        if not line.legal_unit2 and line.legal_qty2 is not None:
            yield error("DEC-05", "没有第二法定单位时，第二法定数量须为空", "legal_qty2", position, table="lines")
        if (length := byte_length(line.spec or "")) > MOST_BYTES:
            text = f"规格型号共 {length} 字节，最多 {MOST_BYTES} 字节（汉字占2字节）"
            yield error("ELM-02", text, "spec", position, table="lines")


def amounts_agree(document: Declaration, _facts: Facts) -> Iterator[Finding]:
    """DEC-06: the price test AMT-01 of handbook 0.2, with the price that would agree."""
    for position, line in enumerate(document.lines):
        if line.dcl_qty is None or line.dcl_qty <= 0 or line.total is None:
            continue
        if line.total <= 0:
            yield error("DEC-06", "总价须大于0", "total", position, table="lines")
        elif line.price is None or not prices_agree(line.dcl_qty, line.price, line.total):
            price = price_of(line.total, line.dcl_qty)
            gap = f"{plain(line.dcl_qty)} × {plain(line.price or Decimal(0))} ≠ {line.total:f}"
            text = f"AMT-01 数量×单价与总价不符（{gap}），单价应为 {price:f}，可用「重算单价」改正"
            yield error("DEC-06", text, "price", position, table="lines")


def packages_natural(document: Declaration, _facts: Facts) -> Iterator[Finding]:
    """DEC-07: 1 to 9 digits of 件数; 散装 and 裸装 are one."""
    packages = document.packages
    if packages is None:
        return
    if not 1 <= packages <= _MOST_PACKAGES:
        yield error("DEC-07", f"件数须为 1–{_MOST_PACKAGES} 的整数", "packages")
    elif document.package_type in _LOOSE and packages != 1:
        yield error("DEC-07", f"包装种类为{_LOOSE[document.package_type]}时，件数填 1", "packages")


def sources_enough(document: Declaration, facts: Facts) -> Iterator[Finding]:
    """DEC-08: nothing more was taken of a source line than it has."""
    for position, line in enumerate(document.lines):
        for number, left in overdrawn(line, facts):
            text = f"原始单证 {number} 的数量不够，超出 {plain(left)}；请改小数量或删除重新生成"
            yield error("DEC-08", text, "dcl_qty", position, table="lines")


def overdrawn(line: DeclarationLine, facts: Facts) -> Iterator[tuple[str, Decimal]]:
    """Yield (document and line, how much too much) of source lines that were used beyond what they have.

    A line in a form has no links at hand: they are looked up by the stored line it stands for.
    """
    links = getattr(line, "sources", ()) or (
        facts.find(DeclarationLineSource, declaration_line_id=line.id) if line.id else ()
    )
    for link in links:
        source = facts.one(SourceLine, id=link.source_line_id)
        if source is not None and source.used_qty > source.quantity:
            owner = facts.one(SourceDocument, id=source.header_id)
            name = f"{owner.document_no if owner else ''} 第{source.line_no}行"
            yield name, source.used_qty - source.quantity


def weights_possible(document: Declaration, _facts: Facts) -> Iterator[Finding]:
    """DEC-09: both weights at least 1 kg, net not above gross, on the head; net not above gross on lines."""
    for key, label in (("net_weight", "净重"), ("gross_weight", "毛重")):
        value = getattr(document, key)
        if value is not None and value < 1:
            yield error("DEC-09", f"{label}不足1千克时填 1", key)
    if _heavier(document.net_weight, document.gross_weight):
        text = f"净重 {plain(document.net_weight or Decimal(0))} 大于毛重 {plain(document.gross_weight or Decimal(0))}"
        yield error("DEC-09", text, "net_weight")
    for position, line in enumerate(document.lines):
        if _heavier(line.net_weight, line.gross_weight):
            yield error("DEC-09", "本项净重大于毛重", "net_weight", position, table="lines")


def _heavier(net: Decimal | None, gross: Decimal | None) -> bool:
    return net is not None and gross is not None and net > gross


def conditions_met(document: Declaration, facts: Facts) -> Iterator[Finding]:
    """DEC-11: 监管条件 of a commodity code asks for a document that is not attached."""
    attached = {one.document_code for one in document.documents or ()}
    papers = {row.code: row for row in facts.find(CustomsCode, table_name="document_code")}
    for position, line in enumerate(document.lines):
        known = hs_code_on(facts, line.hs_code or "", document.declared_on)
        for code in dict.fromkeys(known.supervision_condition or "") if known else ():
            paper = papers.get(code)
            wanted = paper is not None and (document.ie_flag or "-") in paper.details.get("direction", "IE")
            if paper is not None and wanted and code not in attached:
                text = f"商品编码 {line.hs_code} 的监管条件 {code} 需要「{paper.name}」，随附单证中没有"
                yield note("DEC-11", text, "hs_code", position, table="lines")


def one_record(document: Declaration, facts: Facts) -> Iterator[Finding]:
    """DEC-13: one declaration, one record number: its own note's, and every line with its 备案序号."""
    if document.record_no and not _RECORD.fullmatch(document.record_no):
        text = f"备案号“{document.record_no}”应为12位（首位字母），一份报关单只能填一个备案号"
        yield error("DEC-13", text, "record_no")
    made_of = facts.one(BondedNote, copy=DRAFT, bond_no=document.note_no) if document.note_no else None
    if made_of is not None and made_of.record_no != (document.record_no or ""):
        text = f"核注清单 {document.note_no} 的备案号是 {made_of.record_no}，与本单的备案号不一致"
        yield error("DEC-13", text, "record_no")
    if document.record_no:
        for position, line in enumerate(document.lines):
            if not line.item_no:
                yield error("DEC-13", "有备案号时须填备案序号", "item_no", position, table="lines")


def one_currency(document: Declaration, _facts: Facts) -> Iterator[Finding]:
    """DEC-14: lines in several currencies."""
    currencies = dict.fromkeys(line.currency for line in document.lines if line.currency)
    if len(currencies) > 1:
        yield note("DEC-14", f"本单有 {len(currencies)} 种币制：{'、'.join(currencies)}，请核对", "internal_no")


def _listed(values: list[str]) -> str:
    return "、".join(values)


def _way(document: Declaration) -> str:
    return "进口" if document.ie_flag == "I" else "出口"


DECLARATION_RULES = (
    lines_counted,
    mode_fits,
    fees_wanted,
    fees_whole,
    quantities_whole,
    amounts_agree,
    packages_natural,
    sources_enough,
    weights_possible,
    codes_whole,
    conditions_met,
    one_record,
    one_currency,
)
