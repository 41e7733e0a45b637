"""From source lines with something left to the shares that splitting works on (handbook 5.3).

A line that fails a precondition becomes a finding instead of a share; the wizard lists them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

from bondesk.areas.accounts.book_model import Account, AccountLine
from bondesk.areas.codes.customs_code import FactsCodeBook, units_of
from bondesk.areas.codes.effects import flow_type_of, forced_duty_modes
from bondesk.areas.codes.partner import Partner
from bondesk.areas.goods.bom import Bom
from bondesk.areas.goods.consolidation_map import merge_no_of
from bondesk.areas.goods.part import Part
from bondesk.areas.notes.conversion import Converted, PartMeasures, convert, in_part_unit, spread_gross
from bondesk.areas.notes.note_rules import filed_lines, usable, versions_of
from bondesk.areas.notes.note_templates import HeadDefaults
from bondesk.areas.notes.shares import SourceShare
from bondesk.areas.notes.source_document import SourceDocument, SourceLine
from bondesk.areas.setup.company import company_of
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, error, errors_in
from bondesk.base.numbers import AMOUNT_PLACES, half_up, plain
from bondesk.base.portions import Portion, left_of, part_of


class Defaults(Protocol):
    """What a head starts with where a source line says nothing."""

    def defaults(self, ie_flag: str, mode: str) -> HeadDefaults:
        """Return them for a direction and mode."""


@dataclass(frozen=True, slots=True)
class BuiltShares:
    """The shares of a run, how each was converted (by source line id), and the lines that failed."""

    shares: tuple[SourceShare, ...]
    derivations: dict[int, str]
    findings: tuple[Finding, ...]


class ShareBuilder:
    """Converts source lines for one book; holds what all lines of a run look up."""

    def __init__(self, facts: Facts, book: Account, templates: Defaults, *, spec_from_elements: bool = True) -> None:
        """Prepare the look-ups once; ``templates`` say what stands where a source line says nothing.

        With ``spec_from_elements`` the 规格型号 is the part's 申报要素, where it has any (row 51).
        """
        self._spec_from_elements = spec_from_elements
        self._facts = facts
        self._book = book
        self._templates = templates
        self._units = dict(units_of(facts))
        self._codes = FactsCodeBook(facts)
        self._parts = facts.index(Part, Part.part_no)
        self._partners = facts.index(Partner, Partner.code)
        self._boms = facts.index(Bom, Bom.product_part_no, Bom.bom_version)
        self._versions = versions_of(book)
        self._filed = {flag: filed_lines(book, flag) for flag in ("I", "E")}
        self._by_part = {flag: {line.part_no: line for line in lines.values()} for flag, lines in self._filed.items()}
        self._by_merge_no = company_of(facts).item_no_is_merge_no is not False
        self._duty_modes = forced_duty_modes(facts)
        self._measured: dict[tuple[str, str, str], PartMeasures | None] = {}
        self.findings: list[Finding] = []
        self.derivations: dict[int, str] = {}

    def build(
        self,
        documents: Sequence[SourceDocument],
        amounts: Mapping[int, Decimal],
        taken: Mapping[int, Sequence[Portion]],
    ) -> BuiltShares:
        """Return the shares in source order: of each line (by id) the amount asked for, beside what was taken."""
        shares: list[SourceShare] = []
        for document in documents:
            gross = self._gross(document)
            for line in document.lines:
                if line.id in amounts:
                    whole = Portion(line.quantity, _total(line), line.net_weight, gross.get(line.id), line.packages)
                    portion = part_of(left_of(whole, taken.get(line.id, ())), amounts[line.id])
                    share = self._share(document, line, portion, len(shares))
                    shares.extend([share] if share is not None else [])
        return BuiltShares(tuple(shares), self.derivations, tuple(self.findings))

    def _fail(self, document: SourceDocument, line: SourceLine, code: str, text: str) -> None:
        self.findings.append(error(code, f"单据 {document.document_no} 第{line.line_no}行 {line.part_no}：{text}"))

    def _convert(
        self, document: SourceDocument, line: SourceLine, portion: Portion, part: Part, item: AccountLine
    ) -> Converted | None:
        key = (part.part_no, item.legal_unit1, item.legal_unit2)
        if key not in self._measured:
            self._measured[key] = self._measures(part, item)
        measures = self._measured[key]
        quantity = self._in_part_unit(portion.quantity, line, part)
        if measures is None or quantity is None:
            self._fail(document, line, "MAP-12", "单位无法换算，请检查料号档案与企业参数")
            return None
        result = convert(measures, quantity, portion.net_weight)
        for finding in errors_in(result.findings):
            self._fail(document, line, finding.code, finding.text)
        self.derivations[line.id] = _derivation(portion, line, part, measures)
        return result if result.usable else None

    def _measures(self, part: Part, item: AccountLine) -> PartMeasures | None:
        """The part's measures towards the book's legal units; a factor goes with the part's unit it was given for."""
        erp, dcl = self._units.get(part.erp_unit_code), self._units.get(part.dcl_unit)
        if erp is None or dcl is None:
            return None
        factors = {part.legal_unit2: part.factor2, part.legal_unit1: part.factor1}
        return PartMeasures(
            part_no=part.part_no,
            erp_unit=erp,
            dcl_unit=dcl,
            legal_unit1=self._units.get(item.legal_unit1),
            legal_unit2=self._units.get(item.legal_unit2),
            unit_weight=part.unit_weight,
            conv_factor=part.conv_factor,
            factor1=factors.get(item.legal_unit1),
            factor2=factors.get(item.legal_unit2) if item.legal_unit2 else None,
        )

    def _in_part_unit(self, quantity: Decimal, line: SourceLine, part: Part) -> Fraction | None:
        if line.erp_unit in ("", part.erp_unit):
            return Fraction(quantity)
        unit = self._units.get(self._codes.read("unit", line.erp_unit) or "")
        erp = self._units.get(part.erp_unit_code)
        return in_part_unit(quantity, unit, erp) if unit and erp else None

    def _gross(self, document: SourceDocument) -> dict[int, Decimal]:
        """Return each line's gross weight at its full quantity.

        A gross weight on exactly one of several lines is the document's (appendix D, Weights): it is spread
        once over all lines at their full quantity, whatever earlier runs took and whichever lines fail now.
        """
        filled = [line for line in document.lines if line.gross_weight is not None]
        weights = {line.id: line.gross_weight for line in filled}
        whole = filled[0].gross_weight if len(filled) == 1 and len(document.lines) > 1 else None
        if whole is not None:
            nets = [self._full_net(line) for line in document.lines]
            weights = dict(zip((line.id for line in document.lines), spread_gross(whole, nets), strict=True))
        return {line_id: weight for line_id, weight in weights.items() if weight is not None}

    def _full_net(self, line: SourceLine) -> Fraction:
        """Return the line's net weight at its full quantity, 0 when nothing is known."""
        if line.net_weight is not None:
            return Fraction(line.net_weight)
        part = self._parts.get(line.part_no)
        quantity = self._in_part_unit(line.quantity, line, part) if part else None
        if part is None or quantity is None or part.unit_weight is None:
            return Fraction(0)
        return quantity * Fraction(part.unit_weight)

    def _item(self, line: SourceLine, part: Part, document: SourceDocument) -> AccountLine | None:
        goods = part.goods_kind
        merge_no = merge_no_of(self._facts, goods, part.part_no, self._book.record_no)
        if merge_no is None:
            self._fail(document, line, "MAP-13", "料号未归并")
            return None
        filed = self._filed.get(goods, {})
        item = filed.get(merge_no) if self._by_merge_no else self._by_part.get(goods, {}).get(part.part_no)
        if item is None or not usable(item, document.ie_flag):
            self._fail(
                document, line, "NOTE-02", f"归并序号 {merge_no} 不在账册 {self._book.record_no} 中，或已删除、停用"
            )
            return None
        if item.dcl_unit != part.dcl_unit:
            self._fail(document, line, "MAP-02", f"申报单位 {part.dcl_unit} 与账册 {item.dcl_unit} 不一致")
            return None
        return item

    def _version(self, document: SourceDocument, line: SourceLine, item: AccountLine) -> str | None:
        """The version this book filed for the line's BOM version; blank takes the newest filed one (5.4).

        A book whose 单耗 is filed before verification (stage 2) may go without.
        """
        filed = self._versions.get(item.item_no, [])
        if not line.bom_version and filed:
            return filed[-1]
        bom = self._boms.get((line.part_no, line.bom_version))
        if bom is not None and bom.filed_record_no == self._book.record_no and bom.filed_version in filed:
            return bom.filed_version
        if self._book.uc_stage == "2":
            return ""
        if not line.bom_version:
            why = f"成品 {item.item_no} 没有备案的单耗版本"
        else:
            why = f"BOM版本 {line.bom_version} {'没有这个BOM' if bom is None else '在本账册没有备案的单损耗'}"
        self._fail(document, line, "NOTE-07", why)
        return None

    def _share(self, document: SourceDocument, line: SourceLine, portion: Portion, order: int) -> SourceShare | None:
        part = self._parts.get(line.part_no)
        if part is None:
            self._fail(document, line, "IMP-05", "料号不在料号档案中")
            return None
        item = self._item(line, part, document)
        converted = self._convert(document, line, portion, part, item) if item is not None else None
        if portion.total is None:
            self._fail(document, line, "AMT-02", "单价与总价都为空")
        elif portion.total < 0:
            self._fail(document, line, "AMT-02", f"已生成的总价超过单证的总价，剩余 {plain(portion.total)}，请核对单证")
        if item is None or converted is None or portion.total is None or portion.total < 0:
            return None
        version = self._version(document, line, item) if part.goods_kind == "E" else ""
        if version is None:
            return None
        return SourceShare(
            source_line_id=line.id,
            document_no=document.document_no,
            line_no=line.line_no,
            order=order,
            goods_flag=part.goods_kind,
            uc_version=version,
            price=line.unit_price,
            quantity=portion.quantity,
            line_net=portion.net_weight,
            dcl_qty=converted.dcl_qty,
            legal1=converted.legal1,
            legal2=converted.legal2,
            net_weight=Fraction(portion.net_weight or 0) if line.net_weight else converted.net_weight,
            gross_weight=portion.gross_weight,
            total=portion.total,
            packages=portion.packages,
            **self._head(document, line),
            **self._goods(document, line, part, item),
        )

    def _head(self, document: SourceDocument, line: SourceLine) -> dict[str, Any]:
        partner = self._partners.get(document.partner)
        defaults = self._templates.defaults(document.ie_flag, document.supervision_mode)
        return {
            "record_no": self._book.record_no,
            "ie_flag": document.ie_flag,
            "supervision_mode": document.supervision_mode,
            "transport_mode": line.transport_mode or defaults.transport_mode,
            "entry_exit_customs": line.entry_exit_customs or defaults.entry_exit_customs,
            "declare_customs": defaults.declare_customs or self._book.master_customs,
            "trade_partner_country": line.trade_partner_country
            or defaults.trade_partner_country
            or (partner.country if partner else ""),
            "note_flow_type": flow_type_of(document.supervision_mode),
            "application_no": line.application_no,
            "linked_record_no": line.linked_record_no,
            "linked_note_no": line.linked_note_no,
            "partner": document.partner,
            "contract_no": line.contract_no,
            "invoice_no": line.invoice_no,
            "bill_no": line.bill_no,
            "transaction_mode": line.transaction_mode or defaults.transaction_mode,
            "licence_no": line.licence_no,
            "trade_country": line.trade_country or defaults.trade_country,
        }

    def _goods(self, document: SourceDocument, line: SourceLine, part: Part, item: AccountLine) -> dict[str, Any]:
        duty = self._duty_modes.get((document.ie_flag, document.supervision_mode))
        return {
            "item_no": item.item_no,
            "part_no": part.part_no,
            "account_part_no": item.part_no,
            "hs_code": item.hs_code,
            "name": item.name,
            "spec": (self._spec_from_elements and part.elements) or item.spec or part.spec,
            "dcl_unit": self._units[item.dcl_unit],
            "legal_unit1": self._units.get(item.legal_unit1),
            "legal_unit2": self._units.get(item.legal_unit2),
            "currency": line.currency,
            "country": line.country or part.origin,
            "duty_mode": duty or item.duty_mode or part.duty_mode,
            "application_line_no": line.application_line_no,
            "consumable": part.consumable,
            "single_out": part.single_out,
            "standard_controlled": part.standard_controlled,
            "export_dutiable": part.export_dutiable,
        }


def _total(line: SourceLine) -> Decimal | None:
    """Return the line's whole total: 总价 beats 单价."""
    if line.total is None and line.unit_price is not None:
        return half_up(line.quantity * line.unit_price, AMOUNT_PLACES)
    return line.total


def _derivation(portion: Portion, line: SourceLine, part: Part, measures: PartMeasures) -> str:
    quantity = f"{plain(portion.quantity)} {line.erp_unit}"
    if part.conv_factor is not None:
        return f"{quantity} × 转换率 {plain(part.conv_factor)}"
    if part.unit_weight is not None:
        return f"{quantity} × 单重 {plain(part.unit_weight)} 千克，折 {measures.dcl_unit.name}"
    return quantity
