"""Why a number is what it is, as a tree that screens, the command line and workbooks can show. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Explanation:
    """One figure: what it is, its value as shown, the formula or reason, and what it is made of."""

    title: str
    value: str
    reason: str = ""
    parts: tuple[Explanation, ...] = ()

    def as_text(self, indent: int = 0) -> str:
        """Write the tree as indented lines."""
        line = f"{'  ' * indent}{self.title}" + (f" = {self.value}" if self.value else "")
        if self.reason:
            line += f"    〔{self.reason}〕"
        return "\n".join([line, *(part.as_text(indent + 1) for part in self.parts)])

    def as_dict(self) -> dict[str, Any]:
        """Return the tree as plain dictionaries for JSON."""
        return {
            "title": self.title,
            "value": self.value,
            "reason": self.reason,
            "parts": [part.as_dict() for part in self.parts],
        }
