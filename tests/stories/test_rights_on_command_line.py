"""Every verb of the command line asks for its right: without it exit code 1, ACCESS-01, and no data."""

from __future__ import annotations

from pathlib import Path

import pytest

from bondesk import cli
from bondesk.app import open_engine
from bondesk.areas.index import CATALOGUE
from bondesk.areas.setup.users import User, UserGroup, UserMembership, set_password
from bondesk.engine.engine import SYSTEM
from bondesk.settings import Home
from builders.homes import copied_home

PASSWORD = "guest-word"
#: Verbs that need no right: they make a company, read the declarations, change the caller's own password, or take a
#: signed package of code tables, which nobody has to be signed in for.
FREE = {"init", "demo", "training", "describe", "password", "update-codes", "update-program", "card", "rehearsal"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A company with data and a user who is in a group without rights."""
    found = copied_home(tmp_path_factory.mktemp("guest"))
    engine = open_engine(found)
    with engine.acting(SYSTEM) as act:
        user = User(account="guest", name="客人", active=True)
        set_password(user, PASSWORD)
        user.groups = [UserMembership(line_no=1, group_code="none")]
        act.session.add_all([UserGroup(code="none", name="无权限"), user])
    engine.store.dispose()
    return found


def calls(tmp_path: Path) -> dict[str, list[list[str]]]:
    """Return every way to call a verb."""
    book = tmp_path / "book.xlsx"
    book.write_bytes(b"")
    documents = [document.key for document in CATALOGUE.documents]
    books = [document.key for document in CATALOGUE.documents if document.workbook is not None]
    reports = [report.key for report in CATALOGUE.reports]
    return {
        "template": [["template", key, "--out", str(tmp_path / "template.xlsx")] for key in books],
        "import": [["import", key, str(book)] for key in books],
        "list": [["list", key] for key in documents],
        "export": [["export", key, str(tmp_path / "template.xlsx")] for key in documents],
        "run": [["run", script.key] for script in CATALOGUE.scripts],
        "audit": [["audit", "bonded_note", "I2401080001"]],
        "unaudit": [["unaudit", "bonded_note", "I2401080001"]],
        "send": [["send"], ["send", "bonded_note", "I2401080001"]],
        "receive": [["receive"]],
        "download": [["download", "files", str(tmp_path)], ["download", "files", "--resume"]],
        "pre-entry": [["pre-entry", "package"], ["pre-entry", "package", "bonded_note", "--list"]],
        "report": [["report", key] for key in reports],
        "explain": [["explain", key, "1", "balance"] for key in reports],
        "check": [["check"]],
    }


def test_every_verb_is_walked(tmp_path: Path) -> None:
    assert set(cli._COMMANDS) == {*calls(tmp_path), *FREE} & set(cli._COMMANDS)
    assert set(calls(tmp_path)) <= set(cli._COMMANDS)


@pytest.mark.parametrize("verb", sorted(set(cli._COMMANDS) - FREE))
def test_without_rights_nothing_is_done_or_told(
    verb: str, home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BONDESK_PASSWORD", PASSWORD)
    for call in calls(tmp_path)[verb]:
        code = cli.main(["--home", str(home.path), "--user", "guest", *call])
        said = capsys.readouterr()
        assert (code, said.out) == (1, ""), (call, said)
        assert "ACCESS-01" in said.err, (call, said.err)
    assert not (tmp_path / "template.xlsx").exists()
