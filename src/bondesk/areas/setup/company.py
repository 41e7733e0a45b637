"""企业基本信息: who the enterprise is, who declares for it, and the parameters of handbook 0.5."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from bondesk.base.columns import Code4, Code10, Code18, Code32, Text255
from bondesk.base.documents import DocumentType, group
from bondesk.base.facts import Facts
from bondesk.base.fields import shown
from bondesk.base.messages import Sender
from bondesk.base.records import Record

INVERSION_POLICIES = (("BLOCK", "禁止发送"), ("WARN", "提示"), ("OFF", "不检查"))
EXTRACT_WAYS = (("NEWEST", "获取最新版本"), ("ALL", "获取全部版本"))
AEO_KINDS = (("GENERAL", "一般认证"), ("ADVANCED", "高级认证"))
RATE_DATES = (("TODAY", "当日"), ("MONTH_FIRST", "当月1日"), ("MANUAL", "手工"))
DECLARE_WAYS = (("0", "暂存"), ("1", "申报"))


class Company(Record):
    """One enterprise; its row id decides nothing, ``company_id`` is its key."""

    __tablename__ = "company"

    customs_code: Mapped[Code10] = shown("企业海关编码", required=True, help="10 位海关注册编码")
    name: Mapped[Text255] = shown("企业名称", required=True)
    credit_code: Mapped[Code18] = shown("社会信用代码", required=True, help="18 位统一社会信用代码")
    declarant_customs_code: Mapped[Code10] = shown("申报单位海关编码", help="自行申报时与企业相同，可不填")
    declarant_name: Mapped[Text255] = shown("申报单位名称")
    declarant_credit_code: Mapped[Code18] = shown("申报单位信用代码")
    ic_card: Mapped[Code32] = shown("操作员IC卡号")
    declare_way: Mapped[Code4] = shown("报文申报方式", choices=DECLARE_WAYS, insert_default="1")
    sender_node: Mapped[Code32] = shown("发送方编号", help="客户端 DXP 节点号，可为空")
    receiver_node: Mapped[Code32] = shown("接收方编号", insert_default="DXPDSWNEMS000001")

    cycle_days: Mapped[int | None] = shown("报核周期（以企业为单元）", help="天；空 = 360")
    verification_currency: Mapped[Code4] = shown("核销币制", table="currency", insert_default="CNY")
    creator_only_edit: Mapped[bool] = shown("新增单据用户才可以编辑", default=False)
    quantity_changes_price: Mapped[bool] = shown("报关单明细修改数量改单价", default=False)
    head_from_lines: Mapped[bool] = shown("是否通过报关单明细计算表头", default=False)
    aeo_kind: Mapped[Code10] = shown("AEO认证类型", choices=AEO_KINDS, insert_default="GENERAL")
    industry: Mapped[Code32] = shown("AEO行业种类", table="aeo_industry")
    inversion_policy: Mapped[Code10] = shown("核注清单检查数量倒挂", choices=INVERSION_POLICIES, insert_default="BLOCK")
    item_no_is_merge_no: Mapped[bool] = shown("账册备案序号与归并序号一致", default=True)
    extract_merged_items: Mapped[bool] = shown("归并序号批量提取", default=False)
    raise_to_min: Mapped[bool] = shown("原始单证生成清单最小数为0时自动进1", default=True)
    consumption_extract: Mapped[Code10] = shown("账册生成单损耗方式", choices=EXTRACT_WAYS, insert_default="NEWEST")
    reviewer_not_creator: Mapped[bool] = shown("报关单核注清单审核人与制单人不允许同一人", default=False)
    rate_date_way: Mapped[Code32] = shown("汇率更新日期默认方式", choices=RATE_DATES, insert_default="TODAY")


def company_of(facts: Facts) -> Company:
    """Return the present company; a company without its row yet has all defaults."""
    return facts.one(Company) or Company()


def sender_of(facts: Facts) -> Sender:
    """Return who declares, from 企业基本信息 (the declarant, or the enterprise itself)."""
    company = company_of(facts)
    return Sender(
        oper_customs_code=company.declarant_customs_code or company.customs_code or "",
        enterprise_code=company.customs_code or "",
        enterprise_credit=company.credit_code or "",
        enterprise_name=company.name or "",
        declarant_code=company.declarant_customs_code or company.customs_code or "",
        declarant_credit=company.declarant_credit_code or company.credit_code or "",
        declarant_name=company.declarant_name or company.name or "",
        ic_card=company.ic_card or "",
        declare_flag=company.declare_way or "1",
        sender_id=company.sender_node or "",
        receiver_id=company.receiver_node or "DXPDSWNEMS000001",
    )


COMPANY = DocumentType(
    key="company",
    title="企业基本信息",
    area="setup",
    header=Company,
    number=(Company.customs_code,),
    list_columns=(Company.customs_code, Company.name, Company.credit_code),
    form=(
        group("企业", Company.customs_code, Company.name, Company.credit_code),
        group(
            "申报",
            Company.declarant_customs_code,
            Company.declarant_name,
            Company.declarant_credit_code,
            Company.ic_card,
            Company.declare_way,
            Company.sender_node,
            Company.receiver_node,
        ),
        group(
            "企业参数",
            Company.cycle_days,
            Company.verification_currency,
            Company.creator_only_edit,
            Company.quantity_changes_price,
            Company.head_from_lines,
            Company.aeo_kind,
            Company.industry,
            Company.inversion_policy,
            Company.item_no_is_merge_no,
            Company.extract_merged_items,
            Company.raise_to_min,
            Company.consumption_extract,
            Company.reviewer_not_creator,
            Company.rate_date_way,
        ),
    ),
    creatable=False,
    help="企业海关编码、申报单位与全部业务参数。修改后对以后的操作生效。",
)
