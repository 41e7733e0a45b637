"""练习模式: a company to practise with, in a data folder of its own beside the real one, behind the rehearsal customs.

It is another process over another folder: nothing of it can touch the real data, and its messages reach no folder
but the one it was made with, which is marked as the rehearsal's.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bondesk.base.client_folders import FormFolders
from bondesk.base.errors import OutsideFailure
from bondesk.base.file_words import reason_of
from bondesk.settings import Home

#: Said at the head of every printed page of a workbook written while practising.
MARK = "练习数据，不得用于申报"
_FOLDER = "training"


def training_home(home: Home) -> Home:
    """Return the data folder of 练习 that belongs to a real one; a folder of 练习 is its own."""
    return home if home.settings_file.exists() and home.read().training else Home(home.path / _FOLDER)


def is_prepared(home: Home) -> bool:
    """Tell whether the company to practise with was made whole."""
    practice = training_home(home)
    return practice.settings_file.exists() and practice.read().training


def prepare(home: Home, make: Callable[[Home], None]) -> None:
    """Make the company to practise with, anew when it was left half made; it is 练习 once ``make`` is through."""
    practice = training_home(home)
    make(practice)
    practice.write(practice.read().model_copy(update={"training": True}))


def only_rehearsal(root: Path | None) -> Sequence[FormFolders]:
    """Return the folders of 练习; ``OutsideFailure`` unless they are marked as the rehearsal customs'."""
    from bondesk.adapters.gateway_folder import folders_below
    from bondesk.adapters.rehearsal import is_rehearsal

    if root is None or not is_rehearsal(root):
        raise OutsideFailure("练习模式只与演练海关收发，不会把报文交给单一窗口客户端；请重新准备练习数据")
    return folders_below(root)


class TrainingRoom:
    """The :class:`bondesk.engine.ports.Practice` of a data folder: prepares and opens 练习 as a process of its own."""

    def __init__(self, home: Home) -> None:
        """Practise beside ``home``."""
        self._home = home

    def prepared(self) -> bool:
        """Tell whether there is nothing left to prepare."""
        return is_prepared(self._home)

    def prepare(self, tell: Callable[[str], None]) -> None:
        """Make the company; ``tell`` gets a sentence per step. ``OutsideFailure`` says why it could not be made."""
        command = [*_program(), "--home", str(self._home.path), "training", "--prepare"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
        ) as made:
            assert made.stdout is not None
            last = ""
            for line in made.stdout:
                last = line.strip() or last
                tell(last)
        if made.returncode != 0:
            raise OutsideFailure(f"练习数据没有准备好：{last}")

    def open(self) -> None:
        """Open the window of 练习; it lives on its own."""
        command = [*_program(), "--home", str(self._home.path), "training"]
        try:
            subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
        except OSError as problem:
            raise OutsideFailure(f"练习窗口打不开：{reason_of(problem)}") from problem


def _program() -> list[str]:
    """Return how this program is started; an installed one is its own interpreter."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "bondesk"]
