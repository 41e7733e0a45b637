"""The heavy half of the login, run on a worker thread: check the pair, learn who the enterprise is."""

from __future__ import annotations

from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.identity import Identity
from bondesk.engine.act import Act
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.query import Query, count, page

#: Keys under which the setup area declares users and the enterprise; without them nothing is claimed.
_USERS, _ENTERPRISE = "user", "company"
_ENTERPRISE_NAME = "name"

NO_USER = (
    "该数据连接中还没有用户，暂时不能登录。请系统管理员先在命令行运行 bondesk init，建立第一个管理员后再回到这里登录。"
)


def _document(act: Act, key: str) -> DocumentType | None:
    return next((document for document in act.catalogue.documents if document.key == key), None)


def require_users(engine: Engine) -> None:
    """Refuse (AUTH-00) a data connection nobody can sign in to yet, with what to do."""
    with engine.acting(SYSTEM) as act:
        users = _document(act, _USERS)
        if users is not None and count(act, users, Query()) == 0:
            raise Refused(NO_USER, "AUTH-00")


def sign_in(engine: Engine, account: str, password: str) -> tuple[Identity, str]:
    """Return the identity behind a pair and the enterprise's name ("" when not filled in yet)."""
    require_users(engine)
    with engine.acting(SYSTEM) as act:
        return engine.catalogue.users.sign_in(act.facts, account, password), _enterprise_name(act)


def _enterprise_name(act: Act) -> str:
    document = _document(act, _ENTERPRISE)
    if document is None:
        return ""
    keys = [attribute.key for attribute in document.list_columns]
    rows = page(act, document, Query(), 0, 1)
    if not rows or _ENTERPRISE_NAME not in keys:
        return ""
    return str(rows[0].values[keys.index(_ENTERPRISE_NAME)] or "")
