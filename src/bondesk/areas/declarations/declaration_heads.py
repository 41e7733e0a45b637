"""What a wizard fills into the heads of declarations: what the clerk types, templates, the enterprise (rows 113, 114).

What the note or the source documents say comes first, then what is typed in the wizard, then the templates, then the
enterprise's own data.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from bondesk.areas.codes.customs_code import FactsCodeBook
from bondesk.areas.codes.partner import Partner
from bondesk.areas.declarations.declaration import DECLARATION, derive_declaration
from bondesk.areas.declarations.declaration_codes import codes_whole
from bondesk.areas.declarations.declaration_model import FEE_MARKS, SUM_MARKS, Declaration
from bondesk.areas.declarations.declaration_rules import fees_whole, mode_rows
from bondesk.base.errors import Refused
from bondesk.base.facts import Work
from bondesk.base.findings import Finding, note
from bondesk.base.head_template import HeadTemplate, TemplateValue
from bondesk.base.numbers import PRICE_PLACES
from bondesk.base.options import option
from bondesk.base.records import new_id
from bondesk.base.steps import Ask, Step
from bondesk.base.template_filling import Filling, fill, fillable, fits, most_specific_first
from bondesk.base.typed_text import written

Values = Mapping[str, Any]
_NO_FEE = ("", "不填")
T = TypeVar("T")
#: Asks for the heads of a run and returns what is doubtful of the answers.
HeadSteps = Generator[Step, Any, list[Finding]]


@dataclass(frozen=True, slots=True)
class DeclarationInformation:
    """报关单信息: what no note or source document says; drawn three in a row, a fee beside its mark and currency."""

    entry_exit_date: date | None = option("进出口日期", None)
    transport_name: str = option("运输工具名称", "")
    voyage_no: str = option("航次号", "")
    bill_no: str = option("提运单号", "", help="单证未填时采用")
    overseas_name: str = option("境外收发货人", "", help="外文名称，没有填 NO")
    overseas_name_cn: str = option("境外中文名称", "", help="空 = 各单证的客户供应商")
    duty_nature: str = option("征免性质", "", table="duty_nature", help="空 = 按监管方式")
    transaction_mode: str = option("成交方式", "", table="transaction_mode", help="单证未填时采用")
    trade_country: str = option("贸易国", "", table="country", help="空 = 客户供应商国别")
    freight_mark: str = option("运费标志", "", choices=(_NO_FEE, *FEE_MARKS))
    freight: Decimal | None = option("运费", None, places=PRICE_PLACES, help="标志为率时填百分数")
    freight_currency: str = option("运费币制", "", table="currency", help="标志为率时不填")
    insurance_mark: str = option("保费标志", "", choices=(_NO_FEE, *SUM_MARKS))
    insurance: Decimal | None = option("保费", None, places=PRICE_PLACES, help="标志为率时填百分数")
    insurance_currency: str = option("保费币制", "", table="currency", help="标志为率时不填")
    misc_mark: str = option("杂费标志", "", choices=(_NO_FEE, *SUM_MARKS))
    misc_fee: Decimal | None = option("杂费", None, places=PRICE_PLACES, help="可为负数")
    misc_currency: str = option("杂费币制", "", table="currency", help="标志为率时不填")
    transit_port: str = option("经停/指运港", "", help="如 HKG000")
    departure_port: str = option("启运港", "", help="进口填写，如 HKG000")
    border_port: str = option("入/离境口岸", "", help="6位口岸代码")
    goods_place: str = option("货物存放地点", "", help="进口填写")
    package_type: str = option("包装种类", "", table="package_type")
    licence_no: str = option("许可证号", "")
    marks: str = option("标记唛码", "")
    remark: str = option("备注", "")
    domestic_district: str = option("境内目的地/货源地", "", help="5位国内地区代码，填到每项商品")
    domestic_region: str = option("目的地/产地行政区划", "", help="6位行政区划代码，填到每项商品")


@dataclass(frozen=True, slots=True)
class KeptInformation(DeclarationInformation):
    """For who may make templates: what was typed can be kept as one."""

    save_as: str = option("存为模板", "", help="填写模板名称，把本次填写的内容另存为一个默认模板")


@dataclass(frozen=True, slots=True)
class InspectionInformation:
    """报检信息: only where the goods need it."""

    destination_customs: str = option("目的地海关", "", table="customs_office")
    departed_on: date | None = option("启运日期", None)
    unloaded_on: date | None = option("卸毕日期", None)
    lading_no: str = option("提货单号", "")
    original_box: str = option("原集装箱标识", "", choices=(("", "不填"), ("0", "否"), ("1", "是")))
    special_business: str = option("特种业务标识", "", help="7位，每位0或1")


#: Typed in the wizard, written to every line instead of the head.
ON_LINES = ("domestic_district", "domestic_region")
_ASIDE = {"save_as", *ON_LINES}
_TEMPLATES = "head_template"


class Heads:
    """The heads of one run: which templates apply, what was typed, what the enterprise and partners say."""

    def __init__(self, work: Work, template_names: str = "") -> None:
        """Look templates up once; ``template_names`` (、 between) are called beside the usual ones."""
        self._work, self._facts = work, work.facts
        self._book = FactsCodeBook(work.facts)
        self._partners = work.facts.index(Partner, Partner.code)
        templates = work.facts.find(HeadTemplate, document_key=DECLARATION.key)
        self._usual = [one for one in templates if one.usual]
        self._called = [_named(templates, name) for name in _split(template_names)]
        self._typed: dict[str, Any] = {}
        self._findings: list[Finding] = []

    def ask(self, ways: Collection[tuple[str, str]], partners: Collection[str], source: str) -> HeadSteps:
        """Ask 报关单信息 and 报检信息; one way (direction, mode) or one partner for all proposes what follows from it.

        ``source`` is what declarations are made from, as the title says it. Returns what is doubtful of the answers.
        """
        information = KeptInformation() if self._work.may(_TEMPLATES, "new") else DeclarationInformation()
        inspection = InspectionInformation()
        if len(partners) == 1:
            information = _with(information, self._overseas(*partners))
        if len(ways) == 1:
            ((ie_flag, mode),) = ways
            values = self.template_values(ie_flag, mode)
            information, inspection = _with(information, values), _with(inspection, values)
        information = yield Ask("information", f"报关单信息（空的由{source}、模板和企业信息补充）", information)
        inspection = yield Ask("inspection", "报检信息", inspection)
        self.take(information, inspection)
        return list(self._doubts())

    def take(self, information: DeclarationInformation, inspection: InspectionInformation) -> None:
        """Take what was typed; keep it as a template where a name is given."""
        for one in (information, inspection):
            self._typed |= {entry.name: getattr(one, entry.name) for entry in fields(one)}
        name = str(self._typed.pop("save_as", "")).strip()
        if name:
            self._keep(name)

    def _doubts(self) -> Iterator[Finding]:
        """Say what is wrong with the fees and codes typed, before anything is made of them (DEC-04, DEC-10, DEC-12)."""
        known = {key: value for key, value in self._typed.items() if key not in _ASIDE}
        for rule in (fees_whole, codes_whole):
            for finding in rule(Declaration(**known), self._facts):
                yield note(finding.code, f"报关单信息：{finding.text}")

    def template_values(self, ie_flag: str, mode: str) -> Values:
        """Return what the templates for a direction and mode fill in."""
        return self._filling({"ie_flag": ie_flag, "supervision_mode": mode}).values

    def line_values(self) -> dict[str, str]:
        """Return what was typed for every line."""
        return {key: self._typed.get(key, "") for key in ON_LINES if self._typed.get(key)}

    def complete(self, declaration: Declaration) -> None:
        """Fill what a generated declaration still leaves empty."""
        self._fill(declaration, {key: value for key, value in self._typed.items() if key not in _ASIDE})
        head = {entry.key: getattr(declaration, entry.key) for entry in DECLARATION.head_fields}
        self._fill(declaration, self._filling(head).values)
        self._fill(declaration, self._of_partner(declaration))
        self._fill(declaration, self._of_mode(declaration))
        derive_declaration(declaration, self._facts)

    def findings(self) -> tuple[Finding, ...]:
        """Return what could not be read of the templates (TPL-02), each once."""
        return tuple(dict.fromkeys(self._findings))

    def _fill(self, declaration: Declaration, values: Values) -> None:
        for key, value in values.items():
            if value not in (None, "") and getattr(declaration, key) in (None, ""):
                setattr(declaration, key, value)

    def _filling(self, head: Values) -> Filling:
        fitting = [one for one in self._usual if fits(DECLARATION, one, head)]
        called = [one for one in self._called if fits(DECLARATION, one, head, open_ended=True)]
        templates = [*called, *most_specific_first(DECLARATION, fitting)]
        filling = fill(DECLARATION, templates, head, self._book)
        self._findings += filling.findings
        return filling

    def _overseas(self, code: str) -> dict[str, str]:
        """Return the overseas party a partner is, by its foreign or its Chinese name."""
        partner = self._partners.get(code)
        if partner is None:
            return {}
        return {"overseas_name" if partner.name.isascii() else "overseas_name_cn": partner.name}

    def _of_partner(self, declaration: Declaration) -> dict[str, str]:
        partner = self._partners.get(declaration.partner or "")
        if partner is None:
            return {}
        country = {"trade_country": partner.country, "trade_partner_country": partner.country}
        return self._overseas(partner.code) | country

    def _of_mode(self, declaration: Declaration) -> dict[str, str]:
        """Return 征免性质 where the mode leaves no choice."""
        rows = mode_rows(self._facts, declaration.ie_flag or "", declaration.supervision_mode or "")
        natures = {row.get("duty_nature", "") for row in rows}
        return {"duty_nature": natures.pop()} if len(natures) == 1 else {}

    def _keep(self, name: str) -> None:
        """Store what was typed as a template; TPL-03 when nothing was, IMP-08 when the name is taken, ACCESS-01."""
        if not self._work.may(_TEMPLATES, "new"):
            raise Refused("您没有「默认模板」的「新增」权限，不能存为模板", "ACCESS-01")
        if self._facts.one(HeadTemplate, document_key=DECLARATION.key, name=name) is not None:
            raise Refused(f"报关单已有名为「{name}」的模板，请换一个名称", "IMP-08")
        known = fillable(DECLARATION)
        kept = {
            key: value
            for key, value in self._typed.items()
            if key in known and isinstance(value, str | Decimal) and value
        }
        if not kept:
            raise Refused("没有填写可以存入模板的内容（日期不存入模板）", "TPL-03")
        template = HeadTemplate(id=new_id(), document_key=DECLARATION.key, name=name, ie_flag="", supervision_mode="")
        template.usual = False
        template.values = [
            TemplateValue(
                id=new_id(),
                line_no=number,
                field_key=key,
                label=known[key].label,
                value=written(known[key], value, self._book)[:255],
            )
            for number, (key, value) in enumerate(kept.items(), 1)
        ]
        self._work.session.add(template)


def _with(kind: T, values: Values) -> T:
    """Return options with those of ``values`` they ask for."""
    known = {one.name for one in fields(kind) if one.name not in _ASIDE}  # type: ignore[arg-type]
    return replace(kind, **{key: value for key, value in values.items() if key in known})  # type: ignore[type-var]


def _split(names: str) -> list[str]:
    return [one.strip() for one in names.replace("，", "、").replace(",", "、").split("、") if one.strip()]


def _named(templates: Sequence[HeadTemplate], name: str) -> HeadTemplate:
    found = next((one for one in templates if one.name == name), None)
    if found is None:
        known = "、".join(one.name for one in templates) or "还没有模板"
        raise Refused(f"报关单没有名为「{name}」的模板；可用：{known}", "TPL-01")
    return found
