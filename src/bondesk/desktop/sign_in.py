"""The heavy half of the login, run on a worker thread: check the pair, learn who the enterprise is."""

from __future__ import annotations

from bondesk.base.errors import Refused
from bondesk.base.identity import Identity
from bondesk.engine.engine import SYSTEM, Engine

#: The code of a data connection without users, and what is said about it.
EMPTY = "AUTH-00"
NO_USER = "该数据连接中还没有用户，请先建立第一个管理员"


def require_users(engine: Engine) -> None:
    """Refuse (AUTH-00) a data connection nobody can sign in to yet, with what to do."""
    with engine.acting(SYSTEM) as act:
        if engine.catalogue.users.empty(act.facts):
            raise Refused(NO_USER, EMPTY)


def sign_in(engine: Engine, account: str, password: str) -> tuple[Identity, str]:
    """Return the identity behind a pair and the enterprise's name ("" when not filled in yet)."""
    require_users(engine)
    identity = engine.sign_in(account, password)
    with engine.acting(SYSTEM) as act:
        return identity, engine.catalogue.enterprise(act.facts)
