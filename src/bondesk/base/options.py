"""Options of scripts and reports: frozen dataclasses whose fields know their label.

The desktop draws a form from them, the command line reads ``--set name=value`` into them. Pure.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar, get_type_hints

from bondesk.base.errors import Refused

O = TypeVar("O")  # noqa: E741 - O for options

#: Decimals a number has at most where its option does not say fewer.
MOST_PLACES = 9
_YES = {"1", "y", "yes", "true", "on", "是"}
_NO = {"0", "n", "no", "false", "off", "否", ""}


@dataclass(frozen=True, slots=True)
class Option:
    """One option as a form shows it; ``kind`` is text, yesno, integer, number or date."""

    key: str
    label: str
    kind: str
    default: Any
    help: str
    choices: tuple[tuple[str, str], ...]
    table: str
    reference: str
    secret: bool = False
    places: int = MOST_PLACES


@dataclass(frozen=True, slots=True)
class NoOptions:
    """The options of a script that has none."""


def option(
    label: str,
    default: Any,
    *,
    help: str = "",
    choices: tuple[tuple[str, str], ...] = (),
    table: str = "",
    reference: str = "",
    secret: bool = False,
    places: int = MOST_PLACES,
) -> Any:
    """Declare an option with its Chinese ``label``; ``table`` names a code table, ``reference`` a document.

    A ``secret`` is typed unseen, never given on a command line and not shown when its holder is written out.
    ``places`` is how many decimals a number may have.
    """
    metadata = {"label": label, "help": help, "choices": choices, "table": table, "reference": reference}
    return dataclasses.field(
        default=default, metadata={**metadata, "secret": secret, "places": places}, repr=not secret
    )


_KINDS: dict[Any, str] = {
    bool: "yesno",
    int: "integer",
    int | None: "integer",
    Decimal: "number",
    Decimal | None: "number",
    date: "date",
    date | None: "date",
}


def options_of(options: type[Any]) -> tuple[Option, ...]:
    """Read the options a dataclass declares, in order."""
    hints = get_type_hints(options)
    return tuple(
        Option(
            key=entry.name,
            label=entry.metadata["label"],
            kind=_KINDS.get(hints[entry.name], "text"),
            default=entry.default,
            help=entry.metadata["help"],
            choices=entry.metadata["choices"],
            table=entry.metadata["table"],
            reference=entry.metadata["reference"],
            secret=entry.metadata["secret"],
            places=entry.metadata["places"],
        )
        for entry in dataclasses.fields(options)
    )


def read_options(options: type[O], given: Mapping[str, Any]) -> O:
    """Build ``options`` from texts or values; unknown names and unreadable values are refused in Chinese."""
    known = {entry.key: entry for entry in options_of(options)}
    unknown = [name for name in given if name not in known]
    if unknown:
        raise Refused(f"没有选项 {'、'.join(unknown)}；可用的选项：{'、'.join(known) or '无'}", "OPT-01")
    return options(**{name: _read(known[name], value) for name, value in given.items()})


def _read(entry: Option, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not text and entry.default is None:
        return None
    if entry.choices and text not in {code for code, _ in entry.choices}:
        by_name = {name: code for code, name in entry.choices}
        if text in by_name:
            return by_name[text]
        allowed = "、".join(f"{code} {name}" for code, name in entry.choices)
        raise Refused(f"选项「{entry.label}」没有“{text}”；可选：{allowed}", "OPT-02")
    try:
        return _READERS[entry.kind](text)
    except (ValueError, InvalidOperation) as problem:
        raise Refused(f"选项「{entry.label}」的值“{text}”不能识别", "OPT-02") from problem


def _read_yes_no(text: str) -> bool:
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise ValueError(text)


def _read_decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(text)
    return number


_READERS: dict[str, Callable[[str], Any]] = {
    "text": str,
    "yesno": _read_yes_no,
    "integer": int,
    "number": _read_decimal,
    "date": lambda text: date.fromisoformat(text) if text else None,
}
