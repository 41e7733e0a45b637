"""参数设置 kept in 企业基本信息, so that it is asked once and can be changed there."""

from __future__ import annotations

from bondesk.areas.setup.company import Company, codes_hold, company_of
from bondesk.base.errors import Refused
from bondesk.base.facts import Facts, Work
from bondesk.base.findings import errors_in
from bondesk.base.sender_setting import SenderSetting


class CompanySender:
    """The answers as columns of the company; who declares for others keeps the declarant's code there too."""

    document = "company"

    def setting(self, facts: Facts) -> SenderSetting:
        """Return what the company says."""
        company = company_of(facts)
        return SenderSetting(
            company.customs_code or "", company.credit_code or "", company.ic_card or "", company.declare_way or "1"
        )

    def keep(self, setting: SenderSetting, work: Work) -> None:
        """Write the answers; a wrong code is refused as the company's own form would refuse it."""
        if missing := setting.missing:
            raise Refused(f"参数设置中「{'」「'.join(missing)}」必填", "SEND-02")
        company = work.facts.one(Company)
        if company is None:
            raise Refused("还没有「企业基本信息」，请先初始化数据连接", "GONE")
        company.customs_code, company.credit_code = setting.customs_code.strip(), setting.credit_code.strip()
        company.ic_card, company.declare_way = setting.ic_card.strip(), setting.declare_way
        if wrong := errors_in(list(codes_hold(company, work.facts))):
            raise Refused(wrong)
        work.session.flush()

    def keep_signing(self, codes: frozenset[str], work: Work) -> None:
        """Write which messages the operator's card signs here."""
        company = work.facts.one(Company)
        if company is None:
            raise Refused("还没有「企业基本信息」，请先初始化数据连接", "GONE")
        company.signed_here = " ".join(sorted(codes))
        work.session.flush()
