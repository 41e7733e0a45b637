"""Who may come in: a right pair, at the right time. Refusals are values here, so that the failure they count is
committed; :class:`bondesk.engine.engine.Engine` raises them afterwards.

Unknown accounts are counted too, in a bounded set of slots, so that nobody learns from a wait which accounts exist.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from bondesk.base.attempts import Failures, TryLater
from bondesk.base.errors import Refused
from bondesk.base.identity import Identity
from bondesk.engine.act import Act
from bondesk.engine.history import log_deed
from bondesk.engine.tables import UserPreference

Answer = Identity | Refused
#: Preferences of nobody hold the failures of unknown accounts; three hex digits make 4,096 slots at most.
_MODULE = "登录"
_NOBODY, _SLOT_DIGITS = 0, 3


def or_refused(answer: Answer) -> Identity:
    """Return the identity, or raise the refusal."""
    if isinstance(answer, Refused):
        raise answer
    return answer


def sign_in(act: Act, account: str, password: str, action: str = "登录") -> Answer:
    """Check a pair; unknown account, stopped account and wrong password look alike, waits included."""
    users, account, now = act.catalogue.users, account.strip(), act.now()
    known = users.failures(act, account)
    failures = known if known is not None else _strangers_failures(act, account)
    if seconds := failures.wait(now):
        return TryLater(f"密码已连续输错 {failures.count} 次", "AUTH-05", seconds)
    identity = users.matched(act, account, password)
    if identity is not None:
        if failures.count:
            users.keep_failures(act, account, Failures())
        log_deed(act, action, module=_MODULE, number=account, who=identity)
        return identity
    failures = failures.once_more(now)
    # What a stranger types as an account may be a password: it is not written down.
    told = replace(act.identity, account=account, name=account if known is not None else "未知账号")
    log_deed(act, f"{action}失败", f"连续第 {failures.count} 次", module=_MODULE, number=told.name, who=told)
    if known is not None:
        users.keep_failures(act, account, failures)
    else:
        _keep_strangers_failures(act, account, failures)
    return _wrong("用户账号或密码不正确", "AUTH-01", failures)


def _wrong(text: str, code: str, failures: Failures) -> Refused:
    if not failures.delay():
        return Refused(text, code)
    return TryLater(f"{text}。已连续输错 {failures.count} 次", code, failures.delay())


def change_password(act: Act, old: str, new: str) -> Answer:
    """Give the acting user a new password when the old one is right; else the same waits as at the login."""
    account = act.identity.account
    answer = sign_in(act, account, old, "验证原密码")
    if isinstance(answer, Refused):
        if answer.findings[0].code != "AUTH-01":
            return answer
        failures = act.catalogue.users.failures(act, account) or Failures()
        return _wrong("原密码不正确", "AUTH-06", failures)
    if old == new:
        raise Refused("新密码与原密码相同，请换一个", "AUTH-03")
    act.catalogue.users.change_password(act, account, new)
    log_deed(act, "修改密码", module=_MODULE, number=account)
    return answer


def _slot(act: Act, account: str) -> tuple[int, int, str]:
    digits = sha256(account.encode()).hexdigest()[:_SLOT_DIGITS]
    return act.company_id, _NOBODY, f"sign_in.{digits}"


def _strangers_failures(act: Act, account: str) -> Failures:
    row = act.session.get(UserPreference, _slot(act, account))
    return Failures(row.value["count"], datetime.fromisoformat(row.value["last"])) if row else Failures()


def _keep_strangers_failures(act: Act, account: str, failures: Failures) -> None:
    company_id, user_id, name = _slot(act, account)
    last = failures.last.isoformat() if failures.last else ""
    value = {"count": failures.count, "last": last}
    act.session.merge(UserPreference(company_id=company_id, user_id=user_id, name=name, value=value))
