"""企业基本信息: who the enterprise is, who declares for it, and the parameters of handbook 0.5."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy.orm import Mapped
from stdnum.cn import uscc

from bondesk.base.columns import Code4, Code10, Code18, Code32, Text255
from bondesk.base.documents import DocumentType, group
from bondesk.base.facts import Facts
from bondesk.base.fields import shown
from bondesk.base.findings import Finding, error
from bondesk.base.messages import Sender
from bondesk.base.records import Record
from bondesk.base.sender_setting import DECLARE_WAYS

INVERSION_POLICIES = (("BLOCK", "禁止发送"), ("WARN", "提示"), ("OFF", "不检查"))
EXTRACT_WAYS = (("NEWEST", "获取最新版本"), ("ALL", "获取全部版本"))
AEO_KINDS = (("GENERAL", "一般认证"), ("ADVANCED", "高级认证"))
RATE_DATES = (("TODAY", "当日"), ("MONTH_FIRST", "当月1日"), ("MANUAL", "手工"))


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
    signed_here: Mapped[Text255] = shown("本机IC卡签名的报文", help="报文代码；其余由客户端签名。在「IC卡」中设置")

    cycle_days: Mapped[int | None] = shown(
        "报核周期（以企业为单元）",
        help="账册为「以企业为单元」时，报核截止日期 = 批准日期（或上次截止日期）加这么多天，1–3650；空 = 360",
    )
    verification_currency: Mapped[Code4] = shown(
        "核销币制",
        table="currency",
        insert_default="CNY",
        help="报核、手册核销和报表的金额按单证日期的汇率折算成这个币制；空 = 人民币",
    )
    creator_only_edit: Mapped[bool] = shown(
        "新增单据用户才可以编辑", default=False, help="启用后，单证只有制单人可以修改和删除；查看、审核、发送不受影响"
    )
    quantity_changes_price: Mapped[bool] = shown(
        "报关单明细修改数量改单价",
        default=False,
        help="启用：报关单明细改数量时总价不变、重算单价；停用：单价不变、重算总价",
    )
    head_from_lines: Mapped[bool] = shown(
        "是否通过报关单明细计算表头",
        default=False,
        help="启用：报关单表体任何修改都重算表头净重、毛重、件数；停用：只有从原始单证生成时计算",
    )
    aeo_kind: Mapped[Code10] = shown(
        "AEO认证类型", choices=AEO_KINDS, insert_default="GENERAL", help="AEO 模块按一般认证或高级认证取规则"
    )
    industry: Mapped[Code32] = shown("AEO行业种类", table="aeo_industry", help="AEO 财务状况按这个行业取标准值")
    inversion_policy: Mapped[Code10] = shown(
        "核注清单检查数量倒挂",
        choices=INVERSION_POLICIES,
        insert_default="BLOCK",
        help="发送核注清单前检查料件余额会不会变负：禁止发送 = 拒绝；提示 = 确认后可发送；不检查",
    )
    item_no_is_merge_no: Mapped[bool] = shown(
        "账册备案序号与归并序号一致",
        default=True,
        help="启用：批量提取到账册时备案序号 = 归并序号（可有间隔）；停用：从 1 起取下一个空号",
    )
    extract_merged_items: Mapped[bool] = shown(
        "归并序号批量提取",
        default=False,
        help="启用后，归并后料件、归并后成品的列表出现「批量提取」，从所选账册或手册取回归并项",
    )
    raise_to_min: Mapped[bool] = shown(
        "原始单证生成清单最小数为0时自动进1",
        default=True,
        help="启用：原始单证生成清单时，折算数量四舍五入为 0 的进为最小单位 1；停用：保留 0",
    )
    consumption_extract: Mapped[Code10] = shown(
        "账册生成单损耗方式",
        choices=EXTRACT_WAYS,
        insert_default="NEWEST",
        help="获取最新版本 = 每个成品只备案最高版本的单耗；获取全部版本 = 全部备案",
    )
    reviewer_not_creator: Mapped[bool] = shown(
        "报关单核注清单审核人与制单人不允许同一人",
        default=False,
        help="启用后，核注清单和报关单不能由制单人或最后修改人审核",
    )
    rate_date_way: Mapped[Code32] = shown(
        "汇率更新日期默认方式",
        choices=RATE_DATES,
        insert_default="TODAY",
        help="联网更新汇率时，汇率日期默认取当日、当月1日，或每次手工填写",
    )


def company_of(facts: Facts) -> Company:
    """Return the present company; a company without its row yet has all defaults."""
    return facts.one(Company) or Company()


_CUSTOMS_CODE = re.compile(r"[0-9A-Z]{10}")


def codes_hold(company: Company, _facts: Facts) -> Iterator[Finding]:
    """Refuse codes customs would refuse: COMP-01 customs code (handbook 0.3), COMP-02 credit code with its check
    digit (GB 32100), COMP-03 a cycle that cannot be.
    """
    for key, label in (("customs_code", "企业海关编码"), ("declarant_customs_code", "申报单位海关编码")):
        code = getattr(company, key)
        if code and not _CUSTOMS_CODE.fullmatch(code):
            yield error("COMP-01", f"{label}应为 10 位数字或大写字母，现为“{code}”", key)
    for key, label in (("credit_code", "社会信用代码"), ("declarant_credit_code", "申报单位信用代码")):
        code = getattr(company, key)
        if code and not uscc.is_valid(code):
            yield error(
                "COMP-02", f"{label}“{code}”不是有效的 18 位统一社会信用代码（校验位不符），请核对营业执照", key
            )
    if company.cycle_days is not None and not 1 <= company.cycle_days <= 3650:
        yield error("COMP-03", "报核周期应为 1–3650 天，空 = 360 天", "cycle_days")


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
        signed_here=frozenset((company.signed_here or "").split()),
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
    rules=(codes_hold,),
    creatable=False,
    single=True,
    opens_locked=True,
    help="企业海关编码、申报单位与全部业务参数。修改后对以后的操作生效。",
)
