"""Downloads from the command line: a folder of exports is listed and taken in, again without change, and refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import pytest

from bondesk import cli
from bondesk.engine import download_runs, downloading, import_format
from bondesk.engine.query import Query
from builders.formal_copies import formal_note
from builders.office import PASSWORD, Office

Run = Callable[..., tuple[int, str, str]]
RANGE = ("--from", "2024-03-01", "--to", "2024-03-31")


@pytest.fixture
def folder(masters_office: Office, tmp_path: Path) -> Path:
    """Two notes as the Single Window exports them; this office has the first only."""
    document, found = masters_office.document("bonded_note_formal"), tmp_path / "exports"
    found.mkdir()
    with masters_office.act() as act:
        first, second = formal_note(act, "QD520424I000000001"), formal_note(act, "QD520424I000000002")
        for _ in import_format.import_format_steps(act, document, Query(), found / "notes.xlsx", (first, second)):
            pass
    with masters_office.act() as act:
        act.session.delete(act.session.get(document.header, (act.company_id, second)))
    return found


@pytest.fixture
def run(masters_office: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("BONDESK_PASSWORD", PASSWORD)
    monkeypatch.setattr("sys.stdin", StringIO())

    def call(*words: object) -> tuple[int, str, str]:
        code = cli.main(["--home", str(masters_office.home.path), "--user", "zhidan", *map(str, words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_a_folder_is_listed_then_taken_in(folder: Path, run: Run) -> None:
    code, said, _ = run("download", "files", folder, *RANGE, "--list")
    assert code == cli.DONE
    assert [line.split("\t")[:3] for line in said.splitlines()] == [
        ["bonded_note_formal", f"QD520424I00000000{number}", "2024-03-05"] for number in (1, 2)
    ]
    code, said, told = run("download", "files", folder, *RANGE)
    assert code == cli.DONE
    assert [line.split("\t")[2] for line in said.splitlines()] == ["无变化", "新增"]
    assert "新增 1 份，无变化 1 份" in told
    assert run("download", "files", folder, "--from", "2024-05-01", "--to", "2024-05-31")[1] == ""


def test_what_was_left_is_gone_on_with(folder: Path, run: Run, masters_office: Office) -> None:
    begin, end = date(2024, 3, 1), date(2024, 3, 31)
    engine, clerk = masters_office.engine, masters_office.clerk
    source = downloading.open_source(engine, "files", [str(folder)])
    found = downloading.look(engine, clerk, source, ["bonded_note_formal"], begin, end, lambda *_told: None)
    with masters_office.act() as act:
        download_runs.begin_run(act, downloading.way_of(engine, "files"), [str(folder)], begin, end, found.offered)
    code, said, _ = run("download", "files", "--resume", *RANGE, "--list")
    assert code == cli.DONE
    assert [line.split("\t")[2] for line in said.splitlines()[:2]] == ["无变化", "新增"]
    with masters_office.act() as act:
        assert download_runs.unfinished(act) == []


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("files", *RANGE), cli.REFUSED, "DOWN-02"),
        (("files", "nowhere", *RANGE), cli.OUTSIDE, "找不到"),
        (("ftp",), cli.WRONG, "没有下载来源 ftp"),
        (("files", ".", "--from", "3月"), cli.WRONG, "2024-03-31"),
        (("files", ".", "--kind", "part"), cli.REFUSED, "DOWN-04"),
        (("rehearsal",), cli.OUTSIDE, "没有读卡功能"),
    ],
)
def test_what_cannot_be_done_is_said(run: Run, words: tuple[str, ...], code: int, told: str) -> None:
    found, said, messages = run("download", *words)
    assert (found, said) == (code, "")
    assert told in messages
