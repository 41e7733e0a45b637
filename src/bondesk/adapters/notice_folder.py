"""Notices of new versions: ``notices.json`` in a folder of the network or of this machine.

Whatever is wrong with it is written to the log and to nobody's screen.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationError

from bondesk.engine.ports import Notice

_log = logging.getLogger(__name__)
FILE = "notices.json"
_LONGEST = 1_000_000


class _Entry(BaseModel):
    kind: Literal["program", "codes"]
    version: Annotated[str, Field(min_length=1, max_length=32)]
    title: Annotated[str, Field(min_length=1, max_length=200)]
    text: Annotated[str, Field(max_length=2000)] = ""
    published: date
    table: Annotated[str, Field(max_length=64)] = ""


class _File(BaseModel):
    notices: list[_Entry]


class NoticeFolder:
    """The :class:`bondesk.engine.ports.Notices` of a folder."""

    def __init__(self, folder: Path) -> None:
        """Read ``notices.json`` in ``folder`` when asked."""
        self._path = folder / FILE

    def pending(self, program: str, codes: Mapping[str, str]) -> Sequence[Notice]:
        """Return what is newer than the running ``program`` and the ``codes`` in the database, in file order."""
        return [
            Notice(one.kind, one.version, one.title, one.text, one.published, one.table)
            for one in self._entries()
            if newer(one.version, program if one.kind == "program" else codes.get(one.table, ""))
        ]

    def _entries(self) -> list[_Entry]:
        try:
            with self._path.open("rb") as stream:
                content = stream.read(_LONGEST + 1)
            if len(content) > _LONGEST:
                _log.warning("%s is too long to be read", self._path)
                return []
            return _File.model_validate_json(content).notices
        except (OSError, ValidationError) as problem:
            _log.warning("%s gives no notices: %s", self._path, problem)
            return []


def newer(version: str, present: str) -> bool:
    """Tell whether one version comes after another, number by number.

    >>> newer("0.10.0", "0.9.1"), newer("1.0", "1.0.0"), newer("2024-03-01", "")
    (True, False, True)
    """
    return _numbers(version) > _numbers(present)


def _numbers(version: str) -> tuple[int, ...]:
    numbers = [int(digits) for digits in re.findall(r"\d{1,9}", version)]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
