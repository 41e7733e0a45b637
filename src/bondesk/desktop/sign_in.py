"""The heavy half of the login, run on a worker thread: check the pair, learn who the enterprise is."""

from __future__ import annotations

from bondesk.base.errors import Refused
from bondesk.base.identity import Identity
from bondesk.engine.engine import SYSTEM, Engine

NO_USER = (
    "该数据连接中还没有用户，暂时不能登录。请系统管理员先在命令行运行 bondesk init，建立第一个管理员后再回到这里登录。"
)


def require_users(engine: Engine) -> None:
    """Refuse (AUTH-00) a data connection nobody can sign in to yet, with what to do."""
    with engine.acting(SYSTEM) as act:
        if engine.catalogue.users.empty(act.facts):
            raise Refused(NO_USER, "AUTH-00")


def sign_in(engine: Engine, account: str, password: str) -> tuple[Identity, str]:
    """Return the identity behind a pair and the enterprise's name ("" when not filled in yet)."""
    require_users(engine)
    identity = engine.sign_in(account, password)
    with engine.acting(SYSTEM) as act:
        return identity, engine.catalogue.enterprise(act.facts)
