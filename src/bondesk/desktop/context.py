"""What every page of a signed-in window shares: engine, identity, lane, codes, and how to open others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtWidgets import QWidget

from bondesk.base.documents import DocumentType
from bondesk.base.identity import Identity
from bondesk.desktop.lane import Lane
from bondesk.engine.engine import Engine


@dataclass
class Codes:
    """Code tables as screens need them, read once through the lane: table → ((code, name, pinyin), …).

    ``synonyms`` maps table → enterprise word → customs code. ``former`` holds the names of codes that are not valid
    today: they are not offered, but older documents show them.
    """

    entries: dict[str, tuple[tuple[str, str, str], ...]] = field(default_factory=dict)
    synonyms: dict[str, dict[str, str]] = field(default_factory=dict)
    former: dict[str, dict[str, str]] = field(default_factory=dict)

    def name(self, table: str, code: str) -> str:
        """Return the Chinese name of a code, or ""."""
        present = next((entry[1] for entry in self.entries.get(table, ()) if entry[0] == code), "")
        return present or self.former.get(table, {}).get(code, "")


@dataclass
class DeskContext:
    """Passed to every page. ``open_page`` docks a widget under a unique key and title; ``changed`` tells
    lists to refresh after documents of a key changed; ``open_document`` opens a stored (id) or new (None)
    document's form; ``show_message`` puts a sentence into the status bar.
    """

    engine: Engine
    identity: Identity
    lane: Lane
    codes: Codes
    open_page: Callable[[str, str, Callable[[], QWidget]], None]
    open_document: Callable[[DocumentType, int | None], None]
    changed: Callable[[str], None]
    show_message: Callable[[str], None]
    extras: dict[str, Any] = field(default_factory=dict)
