"""用户设置 and 权限组: who may sign in, and what the groups of a user grant (handbook 18)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy import ColumnElement, CursorResult, DateTime, Index, String, select, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bondesk.base.attempts import Failures
from bondesk.base.columns import Code32, Text64
from bondesk.base.documents import DocumentType, LineTable, Offer, group
from bondesk.base.errors import Refused
from bondesk.base.facts import Facts, Work
from bondesk.base.fields import shown
from bondesk.base.findings import Finding, error
from bondesk.base.identity import Identity
from bondesk.base.records import Line, Record, belongs_to

_HASHER = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_NO_SUCH_USER = _HASHER.hash("spends the same time for an unknown account")
ALL = "*"


class UserGroup(Record):
    """One 权限组 with the rights it grants."""

    __tablename__ = "user_group"
    __table_args__ = (Index("ix_user_group_key", "company_id", "code", unique=True),)

    code: Mapped[Code32] = shown("权限组代码", required=True)
    name: Mapped[Text64] = shown("权限组名称", required=True)
    rights: Mapped[list[GroupRight]] = relationship(
        cascade="all, delete-orphan", order_by="GroupRight.line_no", passive_deletes=True
    )


class GroupRight(Line):
    """One granted action; ``*`` on both sides grants all."""

    __tablename__ = "group_right"
    __table_args__ = belongs_to("user_group", "group_right")

    module: Mapped[Code32] = shown("模块", required=True, help="单证或报表的代码；* = 全部")
    action: Mapped[Code32] = shown("操作", required=True, help="view、new、edit、audit …；* = 全部")


class User(Record):
    """One user; the password is kept as an argon2 hash only."""

    __tablename__ = "user_account"
    __table_args__ = (Index("ix_user_account_key", "company_id", "account", unique=True),)

    account: Mapped[Code32] = shown("用户账号", required=True)
    name: Mapped[Text64] = shown("姓名", required=True)
    active: Mapped[bool] = shown("启用", default=True, server_default="1")
    password_hash: Mapped[str] = mapped_column(String(255), default="", server_default="")
    failed_logins: Mapped[int] = mapped_column(default=0, server_default="0")
    last_failed_at: Mapped[datetime | None] = mapped_column(DateTime)
    password_changed_at: Mapped[datetime | None] = mapped_column(DateTime)
    groups: Mapped[list[UserMembership]] = relationship(
        cascade="all, delete-orphan", order_by="UserMembership.line_no", passive_deletes=True
    )


class UserMembership(Line):
    """One 权限组 a user belongs to."""

    __tablename__ = "user_membership"
    __table_args__ = belongs_to("user_account", "user_membership")

    group_code: Mapped[Code32] = shown("权限组", reference="user_group", required=True)


def groups_known(user: User, facts: Facts) -> Iterator[Finding]:
    """Refuse a membership of a group that does not exist."""
    known = facts.index(UserGroup, UserGroup.code)
    for position, line in enumerate(user.groups):
        if line.group_code not in known:
            yield error("IMP-05", f"没有权限组 {line.group_code}", "group_code", position, table="groups")


def set_password(user: User, password: str) -> None:
    """Give ``user`` a new password (AUTH-03: at least 6 characters, not the account) and a clean slate."""
    if len(password) < 6:
        raise Refused("密码至少6位", "AUTH-03")
    if password == user.account:
        raise Refused("密码不能与用户账号相同", "AUTH-03")
    user.password_hash = _HASHER.hash(password)
    user.failed_logins, user.last_failed_at = 0, None


class StoredUsers:
    """The users of the present company as the engine sees them."""

    def matched(self, work: Work, account: str, password: str) -> Identity | None:
        """Return the identity behind a right pair; the hash is renewed when the parameters have grown."""
        user = work.facts.one(User, account=account)
        try:
            _HASHER.verify(user.password_hash if user else _NO_SUCH_USER, password)
        except (VerificationError, InvalidHashError):
            return None
        if user is None or not user.active:
            return None
        if _HASHER.check_needs_rehash(user.password_hash):
            _quietly(work, account, password_hash=_HASHER.hash(password))
        return self._identity(work.facts, user)

    def failures(self, work: Work, account: str) -> Failures | None:
        """Return the wrong passwords in a row; a write that changes nothing locks the account on every database."""
        if not _quietly(work, account, failed_logins=User.failed_logins):
            return None
        columns = select(User.failed_logins, User.last_failed_at)
        count, last = work.session.execute(columns.where(*_of(work, account))).one()
        return Failures(count, last)

    def keep_failures(self, work: Work, account: str, failures: Failures) -> None:
        """Keep the wrong passwords in a row without raising the revision others may be editing."""
        _quietly(work, account, failed_logins=failures.count, last_failed_at=failures.last)

    def change_password(self, work: Work, account: str, password: str) -> None:
        """Give a known account a new password, logged as a change of the user."""
        user = work.facts.one(User, account=account)
        assert user is not None
        set_password(user, password)
        user.password_changed_at = work.now()

    def empty(self, facts: Facts) -> bool:
        """Tell whether the company has no user yet."""
        return not facts.find(User)

    def identity(self, facts: Facts, account: str) -> Identity:
        """Return the identity of an active account; ``Refused`` when there is none."""
        user = facts.one(User, account=account)
        if user is None or not user.active:
            raise Refused(f"没有用户 {account}，或已停用", "AUTH-01")
        return self._identity(facts, user)

    def _identity(self, facts: Facts, user: User) -> Identity:
        groups = facts.index(UserGroup, UserGroup.code)
        mine = [groups[line.group_code] for line in user.groups if line.group_code in groups]
        grants = frozenset((right.module, right.action) for one in mine for right in one.rights)
        stamp = (user.revision, *sorted((one.code, one.revision) for one in mine))
        return Identity(user.id, user.account, user.name, grants, stamp)

    def refreshed(self, work: Work, identity: Identity) -> Identity:
        """Compare revisions with one small statement; read the rights again only when one of them differs."""
        if identity.stamp is None:
            return identity
        member, one = UserMembership, UserGroup
        statement = (
            select(User.active, User.revision, one.code, one.revision)
            .outerjoin(member, (member.company_id == User.company_id) & (member.header_id == User.id))
            .outerjoin(one, (one.company_id == User.company_id) & (one.code == member.group_code))
            .where(User.company_id == work.company_id, User.id == identity.user_id)
        )
        rows = work.session.execute(statement).all()
        if not rows or not rows[0][0]:
            raise Refused("您的用户账号已停用或删除，请联系系统管理员", "AUTH-01")
        stamp = (rows[0][1], *sorted((row[2], row[3]) for row in rows if row[2] is not None))
        return identity if stamp == identity.stamp else self.identity(work.facts, identity.account)


def _of(work: Work, account: str) -> tuple[ColumnElement[bool], ...]:
    return User.company_id == work.company_id, User.account == account


def _quietly(work: Work, account: str, **values: Any) -> int:
    """Write columns of one account that are no change of the document; return how many accounts there are."""
    statement = update(User).where(*_of(work, account)).values(**values)
    done = work.session.execute(statement.execution_options(synchronize_session=False))
    assert isinstance(done, CursorResult)
    return int(done.rowcount)


def _masters(work: Work) -> bool:
    """Tell whether an active user has all rights."""
    statement = (
        select(User.id)
        .join(UserMembership, (UserMembership.company_id == User.company_id) & (UserMembership.header_id == User.id))
        .join(
            UserGroup,
            (UserGroup.company_id == User.company_id) & (UserGroup.code == UserMembership.group_code),
        )
        .join(GroupRight, (GroupRight.company_id == User.company_id) & (GroupRight.header_id == UserGroup.id))
        .where(User.company_id == work.company_id, User.active, GroupRight.module == ALL, GroupRight.action == ALL)
    )
    return work.session.execute(statement.limit(1)).first() is not None


def _orphans(work: Work) -> frozenset[str]:
    """Return the group codes users have though no such group exists."""
    mine = UserMembership.company_id == work.company_id
    used = frozenset(work.session.scalars(select(UserMembership.group_code).where(mine)))
    known = work.session.scalars(select(UserGroup.code).where(UserGroup.company_id == work.company_id))
    return used - frozenset(known)


def rights_stay(work: Work) -> Callable[[], None]:
    """Keep the company from locking itself out: whatever way it is tried, afterwards it must still be so that

    - an active user with all rights is left, when there was one (AUTH-08);
    - no user has lost a group because it was deleted or renamed (AUTH-07).

    The program itself (first start, demo) founds companies and is not held back.
    """
    if work.user_id == 0:
        return lambda: None
    masters, orphans = _masters(work), _orphans(work)

    def afterwards() -> None:
        fresh = sorted(_orphans(work) - orphans)
        if fresh:
            text = f"权限组 {'、'.join(fresh)} 还有用户在使用，不能删除或改代码；请先从这些用户中取消该组"
            raise Refused(text, "AUTH-07")
        if masters and not _masters(work):
            raise Refused("这样就没有启用的、拥有全部权限的用户了；请先给另一个启用的用户全部权限", "AUTH-08")

    return afterwards


def right_offers(catalogue: Any, _facts: Facts, _head: Mapping[str, Any]) -> Sequence[Offer]:
    """Offer everything at once, then every right of every document and report, area by area."""
    offers = [Offer((), "全部权限（包括以后新增的功能）", {"module": ALL, "action": ALL}, covers=True)]
    for area in catalogue.areas:
        for document in (one for one in catalogue.documents if one.area == area.key):
            offers += [
                Offer((area.title, document.title), title, {"module": document.key, "action": action})
                for action, title in catalogue.rights_of(document)
            ]
        offers += [
            Offer((area.title, report.title), "查看", {"module": report.key, "action": "view"})
            for report in catalogue.reports
            if report.area == area.key
        ]
    return offers


def group_offers(_catalogue: Any, facts: Facts, _head: Mapping[str, Any]) -> Sequence[Offer]:
    """Offer every 权限组 by its name."""
    return [Offer((), f"{one.name}（{one.code}）", {"group_code": one.code}) for one in facts.find(UserGroup)]


USER_GROUP = DocumentType(
    key="user_group",
    title="权限组",
    area="setup",
    header=UserGroup,
    number=(UserGroup.code,),
    list_columns=(UserGroup.code, UserGroup.name),
    form=(group("权限组", UserGroup.code, UserGroup.name),),
    lines=(
        LineTable(
            "rights",
            "权限",
            UserGroup.rights,
            (GroupRight.module, GroupRight.action),
            offers=right_offers,
            ticked=True,
            quick=(("只查看", lambda offer: offer.values["action"] == "view"),),
            told=lambda values, name_of: name_of("right", f"{values.get('module', '')}.{values.get('action')}"),
        ),
    ),
    guard=rights_stay,
    help="一组用户共有的权限：模块与操作。",
)

USER = DocumentType(
    key="user",
    title="用户设置",
    area="setup",
    header=User,
    number=(User.account,),
    list_columns=(User.account, User.name, User.active),
    form=(group("用户", User.account, User.name, User.active),),
    lines=(LineTable("groups", "权限组", User.groups, (UserMembership.group_code,), offers=group_offers, ticked=True),),
    rules=(groups_known,),
    guard=rights_stay,
    help="可登录的用户及其权限组。",
)
