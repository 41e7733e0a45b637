"""What the file system says is said in Chinese, wherever a file is read or written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bondesk.base.file_words import reason_of

SOURCE = Path(__file__).resolve().parents[2] / "src"


def test_the_reason_is_chinese(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path, told in (
        (tmp_path / "gone", "目录或文件不存在"),
        (tmp_path, "是目录，不是文件"),
        (tmp_path / "file" / "x", "不是目录"),
    ):
        with pytest.raises(OSError, match=r"Errno") as caught:
            path.read_bytes()
        assert reason_of(caught.value) == told


def test_nobody_shows_the_systems_own_sentence() -> None:
    """``strerror`` is read in one place."""
    used = [path for path in SOURCE.rglob("*.py") if re.search(r"\.strerror\b", path.read_text(encoding="utf-8"))]
    assert [path.name for path in used] == ["file_words.py"]
