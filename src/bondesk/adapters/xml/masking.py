"""Failure texts of client and servers sometimes carry connection addresses and passwords: nobody is shown them."""

from __future__ import annotations

import re

_MASK = "***"
#: ``jdbc:…``, ``http://…``, ``mongodb://user:secret@host`` and their like, up to white space or a quotation mark.
_ADDRESSES = re.compile(r"(?i)\b(?:jdbc:[^\s\"'<>，；。]+|[a-z][a-z0-9+.-]{1,20}://[^\s\"'<>，；。]+)")
#: ``Server=…``, ``"password": "…"``, ``密码：…``; a quoted value to its closing quote, a bracketed one to its bracket.
_NAMED = re.compile(
    r"(?i)(?<![a-z])((?:password|passwd|pwd|pass|user\s*id|user\s*name|username|uid|user|data\s*source|server|host|address|addr|"
    r"initial\s*catalog|database|access[_ ]?token|token|secret)|密码|口令|用户名|服务器地址?|数据库地址?)"
    r"([\"']?\s*[=:：]\s*)(\"[^\"]*\"|'[^']*'|\((?:[^()]|\([^()]*\))*\)*|[^;,，；。\s\"')]+)"
)
#: IPv4 with or without port.
_NUMERIC = re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5}|,\d{1,5})?(?![\d.])")
_SIGNS = frozenset("=:：.")


def masked(text: str) -> str:
    """Return ``text`` with addresses, users and passwords replaced by ``***``; what is none stays as it is."""
    if not _SIGNS & set(text):
        return text
    text = _ADDRESSES.sub(_MASK, text)
    text = _NAMED.sub(lambda found: f"{found.group(1)}{found.group(2)}{_MASK}", text)
    return _NUMERIC.sub(_MASK, text)
