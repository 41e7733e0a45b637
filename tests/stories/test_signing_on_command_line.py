"""Signing on the command line: the password is typed, never an argument; what stops is said and left where it is."""

from __future__ import annotations

import io

import pytest

from bondesk import app, cli
from builders.card_certificates import CARD_NUMBER, sm2_card
from builders.office import PASSWORD, Office
from builders.signing_office import WRONG, SigningOffice, signing_office, three_declarations
from builders.software_card import SoftwareTerminal

#: Part of no other number of the test.
RIGHT = "73519462"


@pytest.fixture
def made(masters_office: Office, monkeypatch: pytest.MonkeyPatch) -> SigningOffice:
    """Three declarations wait; the program's reader is one in this process."""
    card = sm2_card()
    card.pin = RIGHT.encode()
    one = signing_office(masters_office, SoftwareTerminal(reader=card), "DECMESSAGE")
    three_declarations(one.office)
    monkeypatch.setattr(app, "card_port", lambda: one.office.engine.card)
    monkeypatch.setenv("BONDESK_PASSWORD", PASSWORD)
    return one


def run(
    made: SigningOffice, typed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> tuple[int, str, str]:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    capsys.readouterr()
    code = cli.main(["--home", str(made.office.home.path), "--user", "zhidan", *words])
    said = capsys.readouterr()
    for secret in (RIGHT, WRONG):
        assert secret not in said.out + said.err
    return code, said.out, said.err


def test_asked_signed_and_handed_over(
    made: SigningOffice,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    code, out, _err = run(made, "", monkeypatch, capsys, "card")
    assert code == 0 and f"IC卡号\t{CARD_NUMBER}" in out and "还可尝试 3 次" in out
    code, out, err = run(made, "", monkeypatch, capsys, "send", "declaration")
    assert code == 2 and "没有输入IC卡密码" in err and made.handed() == []
    code, out, err = run(made, f"{WRONG}\n", monkeypatch, capsys, "send", "declaration")
    assert code == 3 and "还可尝试 2 次" in err and made.handed() == []
    code, out, err = run(made, f"{RIGHT}\n", monkeypatch, capsys, "send", "declaration")
    assert code == 0 and "已签名 3 份" in out and "已交给单一窗口客户端 3 份" in out
    assert "不能写在命令行或环境变量中" in err
    assert len(made.handed()) == 3
    assert caplog.text
    assert RIGHT not in caplog.text and WRONG not in caplog.text


def test_no_card_is_a_sentence_and_the_password_is_not_even_asked(
    made: SigningOffice, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made.reader.put("reader", None)
    for words in (("send", "declaration"), ("card",)):
        code, _out, err = run(made, f"{RIGHT}\n", monkeypatch, capsys, *words)
        assert code == 3 and "读卡器里没有IC卡" in err
    assert made.handed() == []


@pytest.mark.parametrize("word", ["--pin", "--ic-pin", "--password"])
def test_there_is_no_argument_for_the_password(
    word: str, made: SigningOffice, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(made, "", monkeypatch, capsys, "send", word, "00000000")[0] == 2
