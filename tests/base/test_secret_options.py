"""Secrets among options: never shown, never on a command line, taken from the environment."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from bondesk.areas.setup.password_setting import NewPassword
from bondesk.base.errors import WrongCall
from bondesk.base.options import option, options_of
from bondesk.cli_secrets import NEW_PASSWORD, with_secrets


@dataclass(frozen=True, slots=True)
class Plain:
    """Options without a secret."""

    name: str = option("名称", "")


def test_the_new_password_is_secret_and_not_written_out() -> None:
    assert [entry.key for entry in options_of(NewPassword) if entry.secret] == ["password", "again"]
    assert "hush-hush" not in repr(NewPassword("li", "hush-hush", "hush-hush"))


def test_a_secret_on_the_command_line_is_a_wrong_call_that_does_not_repeat_it() -> None:
    with pytest.raises(WrongCall) as refused:
        with_secrets(NewPassword, {"password": "hush-hush"})
    assert NEW_PASSWORD in str(refused.value)
    assert "hush-hush" not in str(refused.value)


def test_secrets_come_from_the_environment_or_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NEW_PASSWORD, "hush-hush")
    assert with_secrets(NewPassword, {"account": "li"}) == {
        "account": "li",
        "password": "hush-hush",
        "again": "hush-hush",
    }
    monkeypatch.delenv(NEW_PASSWORD)
    monkeypatch.setattr("sys.stdin.isatty", lambda: False)
    with pytest.raises(WrongCall, match="新密码"):
        with_secrets(NewPassword, {})
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda prompt: prompt)
    assert with_secrets(NewPassword, {})["again"] == "再输一次："


def test_options_without_a_secret_ask_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", pytest.fail)
    assert with_secrets(Plain, {"name": "x"}) == {"name": "x"}
