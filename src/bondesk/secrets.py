"""Passwords of data connections: kept by the system's own credential store, never in a file of ours."""

from __future__ import annotations

import logging

from bondesk.base.errors import OutsideFailure, Refused

_log = logging.getLogger(__name__)
SERVICE = "Bondesk"
#: What the Windows credential store takes.
LONGEST = 1280
NO_STORE = "本机没有可用的系统凭据库，密码不能记住，只能每次登录时输入"


def store_problem() -> str:
    """Return why passwords cannot be kept on this machine, "" when they can."""
    import keyring
    from keyring.backends import chainer, fail, null

    backend = keyring.get_keyring()
    absent = isinstance(backend, fail.Keyring | null.Keyring)
    if absent or (isinstance(backend, chainer.ChainerBackend) and not backend.backends):
        return NO_STORE
    return ""


def keep(place: str, password: str) -> None:
    """Keep the password of ``place``; ``Refused`` when it is too long, ``OutsideFailure`` when nothing keeps it."""
    import keyring
    from keyring.errors import KeyringError

    if len(password) > LONGEST:
        raise Refused(f"数据库密码不能超过 {LONGEST} 个字符", "CONN-03")
    if reason := store_problem():
        raise OutsideFailure(reason)
    try:
        keyring.set_password(SERVICE, place, password)
    except KeyringError as problem:
        raise OutsideFailure(f"系统凭据库没有收下密码，可改为每次登录时输入。（{problem}）") from problem


def kept(place: str) -> str | None:
    """Return the kept password of ``place``; None when there is none or the store is locked."""
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(SERVICE, place)
    except KeyringError:
        _log.warning("the credential store gave no password", exc_info=True)
        return None


def forget(place: str) -> None:
    """Drop the password of ``place``, if any."""
    import keyring
    from keyring.errors import KeyringError

    try:
        if keyring.get_password(SERVICE, place) is not None:
            keyring.delete_password(SERVICE, place)
    except KeyringError:
        _log.warning("the credential store did not drop a password", exc_info=True)
