"""Secrets on the command line: from the environment or asked unseen, never a word others can read."""

from __future__ import annotations

import getpass
import os
import sys
from typing import Any

from bondesk.base.errors import WrongCall
from bondesk.base.options import Option, options_of

NEW_PASSWORD = "BONDESK_NEW_PASSWORD"


def with_secrets(options: type[Any], given: dict[str, str]) -> dict[str, str]:
    """Return ``given`` with every secret option of ``options``; ``WrongCall`` when one was written openly."""
    secrets = [entry for entry in options_of(options) if entry.secret]
    if shown := [entry.key for entry in secrets if entry.key in given]:
        raise WrongCall(f"{'、'.join(shown)} 不能写在命令行上：请设置环境变量 {NEW_PASSWORD}，或在提问时输入")
    return given | {entry.key: _secret(entry) for entry in secrets}


def _secret(entry: Option) -> str:
    kept = os.environ.get(NEW_PASSWORD)
    if kept is not None:
        return kept
    if not sys.stdin.isatty():
        raise WrongCall(f"需要「{entry.label}」：请设置环境变量 {NEW_PASSWORD}")
    return getpass.getpass(f"{entry.label}：")
