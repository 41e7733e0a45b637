"""The command line as a word in a pipe: options stand where they come, and a reader may leave early."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bondesk import cli
from bondesk.base.errors import WrongCall
from builders.office import PASSWORD, Office


@pytest.mark.parametrize(
    "words",
    [
        ["send", "bonded_note", "N1", "N2", "--way", "暂存"],
        ["send", "bonded_note", "--way", "暂存", "N1", "N2"],
        ["send", "--way", "暂存", "bonded_note", "N1", "N2"],
    ],
)
def test_options_stand_anywhere(words: list[str]) -> None:
    given = cli.parser().parse_args(words)
    assert (given.command, given.key, given.numbers, given.way) == ("send", "bonded_note", ["N1", "N2"], "暂存")


def test_what_is_missing_or_too_much_is_still_said() -> None:
    for words in (["list"], ["list", "part", "more"], ["send", "--way", "x"], ["import", "part"]):
        with pytest.raises(WrongCall, match="命令不正确"):
            cli.parser().parse_args(words)


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_reader_that_leaves_early_is_no_failure(codes_office: Office, form: str) -> None:
    """More than a pipe holds, and a reader that takes one line: nothing is complained of, the exit code is 0."""
    command = [sys.executable, "-m", "bondesk", "--home", str(codes_office.home.path), "--user", "zhidan"]
    environment = {**os.environ, "BONDESK_PASSWORD": PASSWORD}
    environment["PYTHONPATH"] = str(Path(cli.__file__).resolve().parents[1])
    with subprocess.Popen(
        [*command, "list", "customs_code", "--format", form],
        env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
    ) as done:  # fmt: skip
        assert done.stdout is not None
        assert done.stderr is not None
        assert done.stdout.readline()
        done.stdout.close()
        told = done.stderr.read().decode()
        assert done.wait() == 0
    assert "Traceback" not in told
    assert "Broken" not in told
