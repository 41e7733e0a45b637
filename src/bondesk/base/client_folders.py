"""The folders of the Single Window client as data: one row per business form, each box with its own path.

A client may keep every form below one root (``ImpPath`` on a drive) or give each box a path of its own; the program
writes into OutBox, reads InBox, and looks into the other three only to learn what became of a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

TrialState = Literal["good", "warn", "bad"]
#: Form → what it is for, in the order of the message reference (9.1).
FORMS = {
    "Nems": "加工贸易账册",
    "Npts": "加工贸易手册",
    "Sas": "特殊监管区域／保税物流",
    "Nbhl": "保税货物流转",
    "Acmp": "保税随附单证",
    "Deccus001": "报关单",
    "Decedoc001": "报关单随附单据",
    "Decsub": "报关单回执订阅",
    "Others": "其他回执",
}
#: Attribute of :class:`FormFolders` → the client's own word.
BOXES = {"outbox": "OutBox", "inbox": "InBox", "sentbox": "SentBox", "failbox": "FailBox", "tempbox": "TempBox"}


@dataclass(frozen=True, slots=True)
class FormFolders:
    """The boxes of one form as the client spells them; "" = the client has none."""

    form: str
    outbox: str = ""
    inbox: str = ""
    sentbox: str = ""
    failbox: str = ""
    tempbox: str = ""

    @property
    def used(self) -> bool:
        """Tell whether any box has a path."""
        return any(getattr(self, key) for key in BOXES)


@dataclass(frozen=True, slots=True)
class FoundFolders:
    """What the client's own settings file says; ``left_out`` are forms this program has nothing to do with."""

    file: str
    forms: tuple[FormFolders, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BoxTrial:
    """What trying one box showed: ``state`` good, warn or bad, and a sentence."""

    form: str
    box: str
    state: TrialState
    text: str


def below(root: str | Path, forms: Sequence[str] = tuple(FORMS)) -> tuple[FormFolders, ...]:
    """Return the folders of a client that keeps every form below one ``root``."""
    base = Path(root)
    return tuple(FormFolders(form, **{key: str(base / form / box) for key, box in BOXES.items()}) for form in forms)
