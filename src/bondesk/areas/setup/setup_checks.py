"""Checks of the enterprise and of who may sign in."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import and_, func, select

from bondesk.areas.setup.company import Company
from bondesk.areas.setup.users import ALL, GroupRight, User, UserGroup, UserMembership
from bondesk.base.checks import Breach, Check
from bondesk.base.facts import Work


def _one_company(work: Work) -> Iterator[Breach]:
    count = work.session.scalar(select(func.count()).select_from(Company).where(Company.company_id == work.company_id))
    if count != 1:
        yield Breach(f"企业基本信息有 {count} 份，应为 1 份", "company")


def _administrator(work: Work) -> Iterator[Breach]:
    """Somebody who may sign in has every right, so that nobody is locked out of the settings."""
    statement = (
        select(User.id)
        .join(UserMembership, and_(UserMembership.company_id == User.company_id, UserMembership.header_id == User.id))
        .join(
            UserGroup,
            and_(UserGroup.company_id == User.company_id, UserGroup.code == UserMembership.group_code),
        )
        .join(GroupRight, and_(GroupRight.company_id == User.company_id, GroupRight.header_id == UserGroup.id))
        .where(User.company_id == work.company_id, User.active.is_(True))
        .where(GroupRight.module == ALL, GroupRight.action == ALL)
    )
    if work.session.scalar(statement.limit(1)) is None:
        yield Breach("没有启用的、具有全部权限的用户", "user")


SETUP_CHECKS = (
    Check("CHK-31", "企业基本信息只有一份", "请联系实施人员核对数据", _one_company),
    Check("CHK-32", "至少有一名启用的系统管理员", "请给一名用户全部权限并启用", _administrator),
)
