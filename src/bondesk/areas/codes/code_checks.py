"""Checks of code tables, rates and the enterprise's own words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from bondesk.areas.codes.code_mapping import CodeMapping
from bondesk.areas.codes.customs_code import CustomsCode
from bondesk.areas.codes.exchange_rate import ExchangeRate
from bondesk.areas.codes.hs_code import HsCode
from bondesk.base.checks import Breach, Check
from bondesk.base.facts import Work


def _periods(work: Work) -> Iterator[Breach]:
    """Of one code no two rows are valid on one day."""
    tables: tuple[tuple[Any, Any], ...] = (
        (CustomsCode, (CustomsCode.table_name, CustomsCode.code)),
        (HsCode, (HsCode.hs_code,)),
    )
    for model, key in tables:
        later: Any = aliased(model)
        same = [part == getattr(later, part.key) for part in key]
        still = or_(model.valid_to.is_(None), model.valid_to >= later.valid_from)
        statement = select(*key, later.valid_from).join(
            later,
            and_(*same, later.valid_from > model.valid_from),
        )
        for *names, day in work.session.execute(statement.where(still)):
            yield Breach(f"代码 {'/'.join(names)} 自 {day} 起与上一段有效期重叠")


def _rates(work: Work) -> Iterator[Breach]:
    wrong = select(ExchangeRate).where(ExchangeRate.company_id == work.company_id, ExchangeRate.rate <= 0)
    for row in work.session.scalars(wrong):
        yield Breach(f"{row.currency} {row.rate_date} 的汇率不大于0", "exchange_rate", row.id)


def _mapped_codes(work: Work) -> Iterator[Breach]:
    """What an enterprise word stands for is a code of the table."""
    there = and_(CustomsCode.table_name == CodeMapping.table_name, CustomsCode.code == CodeMapping.customs_code)
    statement = select(CodeMapping).where(CodeMapping.company_id == work.company_id)
    for row in work.session.scalars(statement.where(~select(CustomsCode.id).where(there).exists())):
        text = f"企业参数 {row.enterprise_code} 对照的海关代码 {row.customs_code} 不在参数表中"
        yield Breach(text, "code_mapping", row.id, row.enterprise_code)


CODE_CHECKS = (
    Check("CHK-33", "同一代码的有效期不重叠", "请重新安装海关参数更新包", _periods),
    Check("CHK-34", "汇率都大于0", "请改正汇率", _rates),
    Check("CHK-35", "企业参数对照的海关代码存在", "请改正对照，或更新海关参数", _mapped_codes),
)
