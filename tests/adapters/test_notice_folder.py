"""Notices from a folder: what is newer is said, what is damaged is silence and a line in the log."""

from __future__ import annotations

import json
import logging
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bondesk.adapters.notice_folder import FILE, NoticeFolder
from bondesk.engine.ports import Notice

PROGRAM = {
    "kind": "program",
    "version": "0.2.0",
    "title": "更快的列表",
    "text": "请到 \\\\srv\\bondesk 取安装包",
    "published": "2024-03-01",
}
CODES = {"kind": "codes", "table": "hs_code", "version": "2024-02-01", "title": "税则调整", "published": "2024-02-02"}


def folder(tmp_path: Path, *entries: dict[str, Any]) -> NoticeFolder:
    (tmp_path / FILE).write_text(json.dumps({"notices": entries}), encoding="utf-8")
    return NoticeFolder(tmp_path)


def test_what_is_newer_is_said(tmp_path: Path) -> None:
    found = folder(tmp_path, PROGRAM, CODES).pending("0.1.0", {"hs_code": "2024-01-01"})
    assert found == [
        Notice("program", "0.2.0", "更快的列表", "请到 \\\\srv\\bondesk 取安装包", date(2024, 3, 1)),
        Notice("codes", "2024-02-01", "税则调整", "", date(2024, 2, 2), "hs_code"),
    ]


@pytest.mark.parametrize(
    ("program", "codes", "said"),
    [("0.2.0", "2024-02-01", 0), ("0.10", "2025-01-01", 0), ("0.1.9", "2024-02-01", 1), ("0.2", "", 1)],
)
def test_what_is_there_already_is_not_said(tmp_path: Path, program: str, codes: str, said: int) -> None:
    assert len(folder(tmp_path, PROGRAM, CODES).pending(program, {"hs_code": codes})) == said


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"notices": 3}',
        '{"notices": [{"kind": "other"}]}',
        json.dumps({"notices": [{**PROGRAM, "published": "soon"}]}),
        "\udcff",
        "x" * 1_000_001,
    ],
    ids=["empty", "cut off", "list", "number", "kind", "date", "bytes", "long"],
)
def test_a_damaged_file_is_silence_and_a_line_in_the_log(
    tmp_path: Path, content: str, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / FILE).write_bytes(content.encode("utf-8", "surrogateescape"))
    with caplog.at_level(logging.WARNING):
        assert NoticeFolder(tmp_path).pending("0.1.0", {}) == []
    assert FILE in caplog.text


def test_a_missing_folder_is_silence(tmp_path: Path) -> None:
    assert NoticeFolder(tmp_path / "away").pending("0.1.0", {}) == []
