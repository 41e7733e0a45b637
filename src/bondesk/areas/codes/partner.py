"""商业合作伙伴: customers, suppliers and brokers."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from bondesk.base.attachment import Attachment
from bondesk.base.attachment_names import validity
from bondesk.base.columns import Code4, Code10, Code18, Code32, Text32, Text255
from bondesk.base.documents import DocumentType, group
from bondesk.base.facts import Facts
from bondesk.base.fields import shown
from bondesk.base.findings import Finding, note
from bondesk.base.records import Record
from bondesk.base.workbooks import SheetPlan, WorkbookPlan, may, must

PARTNER_TYPES = (("C", "客户"), ("S", "供应商"), ("A", "代理"))


class Partner(Record):
    """One partner of the enterprise."""

    __tablename__ = "partner"
    __table_args__ = (Index("ix_partner_key", "company_id", "code", unique=True),)

    code: Mapped[Code32] = shown("代码", required=True)
    name: Mapped[Text255] = shown("名称", required=True, width=30)
    partner_type: Mapped[Code4] = shown("类型", choices=PARTNER_TYPES, required=True)
    customs_code: Mapped[Code10] = shown("海关编码")
    credit_code: Mapped[Code18] = shown("社会信用代码")
    country: Mapped[Code4] = shown("国别", table="country")
    contact: Mapped[Text32] = shown("联系人")
    phone: Mapped[Text32] = shown("电话")


#: Papers of a partner; contracts and licences run out, the rest is only kept.
PARTNER_PAPERS = (("contract", "合同"), ("licence", "营业执照"), ("other", "其他"))
_RENEWED = {"contract": "合同", "licence": "营业执照"}


def papers_valid(partner: Partner, facts: Facts) -> Iterator[Finding]:
    """PTN-01: contract or licence expired, or within 30 days of it; of a renewed paper only the newest counts."""
    if not partner.id:
        return
    papers = [one for one in facts.find(Attachment, document_key="partner") if one.document_id == partner.id]
    for kind, title in _RENEWED.items():
        mine = [one for one in papers if one.kind == kind]
        if not mine or any(one.valid_to is None for one in mine):
            continue
        newest = max(mine, key=lambda one: one.valid_to or facts.today)
        standing = validity(newest.valid_to, facts.today)
        if standing.worrying:
            text = f"{title}“{newest.file_name}”有效期至 {newest.valid_to}，{standing.word}；请续签后添加新的{title}"
            yield note("PTN-01", text, "name")


PARTNER = DocumentType(
    key="partner",
    title="商业合作伙伴",
    area="codes",
    header=Partner,
    number=(Partner.code,),
    list_columns=(
        Partner.code,
        Partner.name,
        Partner.partner_type,
        Partner.country,
        Partner.customs_code,
        Partner.credit_code,
        Partner.contact,
        Partner.phone,
    ),
    form=(
        group("基本信息", Partner.code, Partner.name, Partner.partner_type, Partner.country),
        group("海关", Partner.customs_code, Partner.credit_code),
        group("联系", Partner.contact, Partner.phone),
    ),
    rules=(papers_valid,),
    attachment_kinds=PARTNER_PAPERS,
    workbook=WorkbookPlan(
        "商业合作伙伴",
        (
            SheetPlan(
                "商业合作伙伴",
                (
                    must(Partner.code),
                    must(Partner.name),
                    must(Partner.partner_type),
                    may(Partner.customs_code),
                    may(Partner.credit_code),
                    may(Partner.country),
                    may(Partner.contact),
                    may(Partner.phone),
                ),
            ),
        ),
    ),
    help="客户、供应商和代理的档案，供单证选用；合同与营业执照作为附件保存，到期前30天起提醒。",
)
