"""Importing only what is sound from the command line: exit code 1, the rest in a workbook with its reasons."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from bondesk import cli
from builders.office import PASSWORD, Office
from builders.source_lines import book, lines


def test_accepted_only(
    masters_office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BONDESK_PASSWORD", PASSWORD)

    def run(*words: object) -> tuple[int, str, str]:
        code = cli.main(["--home", str(masters_office.home.path), "--user", "zhidan", *map(str, words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    path, left = book(tmp_path, {"单证": lines("A 1\nA 2 数量=abc\nB 1")}), tmp_path / "left.xlsx"
    code, _, messages = run("import", "source_document", path)
    assert code == cli.REFUSED
    assert "IMP-07" in messages
    assert run("import", "source_document", path, "--refused", left)[0] == cli.WRONG
    code, said, messages = run("import", "source_document", path, "--accepted-only", "--refused", left)
    assert code == cli.REFUSED
    assert said.strip() == "已导入「原始单证」1 条，明细 1 行；有错误未导入 1 条"
    assert "IMP-07" in messages
    assert [row[0].value for row in load_workbook(left).worksheets[0].iter_rows(min_row=2)] == ["A", "A"]
    code, said, _ = run("import", "source_document", book(tmp_path, {"单证": lines("C 1")}), "--accepted-only")
    assert (code, said.strip()) == (cli.DONE, "已导入「原始单证」1 条，明细 1 行")
