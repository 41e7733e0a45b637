"""设置密码: gives the selected user a new password."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from bondesk.areas.setup.users import User, set_password
from bondesk.base.errors import Refused
from bondesk.base.facts import Work
from bondesk.base.options import option
from bondesk.base.steps import Outcome, Progress, Script, Steps


@dataclass(frozen=True, slots=True)
class NewPassword:
    """The new password, typed twice."""

    account: str = option("用户账号", "", help="空 = 列表中选中的用户")
    password: str = option("新密码", "", help="至少6位", secret=True)
    again: str = option("再输一次", "", secret=True)


def set_user_password(work: Work, options: NewPassword, selected: Sequence[int]) -> Steps:
    """Set the password of the one user named or selected."""
    yield Progress(0, 1, "设置密码")
    statement = select(User).where(User.company_id == work.company_id)
    if options.account:
        statement = statement.where(User.account == options.account)
    else:
        statement = statement.where(User.id.in_(list(selected)))
    users = list(work.session.scalars(statement))
    if len(users) != 1:
        raise Refused("请选中一个用户，或填写用户账号", "AUTH-04")
    if options.password != options.again:
        raise Refused("两次输入的密码不一致", "AUTH-03")
    set_password(users[0], options.password)
    users[0].password_changed_at = work.now()
    return Outcome(f"已为用户 {users[0].account} 设置新密码", {"user": [users[0].id]})


SET_PASSWORD = Script(
    key="set_password",
    title="设置密码",
    document="user",
    run=set_user_password,
    options=NewPassword,
    help="新增用户后须先设置密码才能登录。",
)
