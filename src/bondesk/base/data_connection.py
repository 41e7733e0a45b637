"""A 数据连接 as people fill it in: the embedded file or a server, and where its password stays. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bondesk.base.errors import OutsideFailure

#: How a server's password is treated: the server asks for none, the system keeps it, it is typed at every login.
NO_PASSWORD, KEPT, ASKED = "none", "kept", "asked"
PASSWORD_WAYS = ((KEPT, "记住在本机（系统凭据库）"), (ASKED, "每次登录时输入"), (NO_PASSWORD, "不需要密码"))
POSTGRES_PORT = 5432


class PasswordNeeded(OutsideFailure):
    """The server of a data connection wants a password that is neither kept nor given."""


@dataclass(frozen=True, slots=True)
class ConnectionDraft:
    """One data connection. ``path`` "" is the file of the data folder; ``password`` "" leaves the kept one alone."""

    name: str
    server: bool = False
    path: str = ""
    host: str = ""
    port: int = POSTGRES_PORT
    database: str = ""
    user: str = ""
    password: str = ""
    way: str = NO_PASSWORD

    def problems(self) -> Iterator[tuple[str, str]]:
        """Say what is missing or wrong, as (part, Chinese sentence)."""
        if not self.name.strip():
            yield "name", "请填写连接名称"
        if not self.server:
            return
        for part, label in (("host", "主机"), ("database", "数据库"), ("user", "用户")):
            text = getattr(self, part)
            if not text.strip():
                yield part, f"请填写{label}"
            elif any(mark in text for mark in "@/?#") or text != text.strip():
                yield part, f"{label}不能含有 @ / ? # 或首尾空格"
        if not 1 <= self.port <= 65535:
            yield "port", "端口须为 1 – 65535"
