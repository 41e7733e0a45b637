"""The house rules as functions over source text, so that each can be shown to catch what it is for.

Every checker takes modules and gives one sentence per breach; an empty list is a clean tree.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

#: From the door down; a room may import only rooms below it. ``|`` parts rooms that may not see each
#: other, ``,`` rooms of one floor that may.
FLOORS = (
    "__main__",
    "cli , window",
    "demo , cli_card , cli_output , cli_pre_entry , cli_program , cli_rehearsal , cli_secrets , connections",
    "app",
    "client_folders , program_updates , training",
    "desktop | adapters",
    "engine | areas",
    "ledger",
    "base , settings , secrets , program_versions",
)
#: The same among the business areas; ``index`` lists them all.
AREA_FLOORS = (
    "index",
    "reports",
    "verification",
    "domestic",
    "stock",
    "matching",
    "declarations",
    "transfer",
    "outsourcing",
    "risk",
    "notes",
    "accounts",
    "goods",
    "codes",
    "setup",
)
#: Who may open a room at all, beside the floors: nobody but the composition roots names a screen or a port.
DOORS: Mapping[str, frozenset[str]] = {
    "desktop": frozenset({"window"}),
    "adapters": frozenset({"app", "demo", "client_folders", "program_updates", "training"}),
    "areas": frozenset({"cli", "demo", "app"}),
    "settings": frozenset(
        {"__main__", "cli", "window", "demo", "app", "connections", "client_folders", "program_updates", "training"}
    ),
    "secrets": frozenset({"settings", "connections"}),
}
#: External libraries and the one room that may import them.
LIBRARIES: Mapping[str, str] = {
    "PySide6": "desktop",
    **dict.fromkeys(
        (
            *("lxml", "openpyxl", "xlsxwriter", "python_calamine", "jinja2", "reportlab"),
            *("smartcard", "asn1crypto", "gmalg", "gmssl", "websockets"),
        ),
        "adapters",
    ),
}
#: What a pure file does not import: the database, the screen, files and the clock of the machine.
IMPURE = frozenset({"sqlalchemy", "PySide6", "pathlib", "os", "io", "shutil", "sqlite3", "tempfile", "time"})
BAD_NAMES = re.compile(r"(^|_)(utils?|common|misc|helpers?|managers?)(_|$)")
_PURE = re.compile(r"\b[Pp]ure\.")
_LEFT_OVER = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME)\b")


@dataclass(frozen=True)
class Module:
    """One source file: dotted name (``bondesk.base.flow``), its text and its tree."""

    name: str
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """Return the room the file lies in ("" for the package itself)."""
        return room_of(self.name)


def module(name: str, text: str) -> Module:
    """Parse one module."""
    return Module(name, text, ast.parse(text))


def modules_under(root: Path) -> list[Module]:
    """Parse every module of the package folder ``root``."""
    found = []
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root.parent).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append(module(name, path.read_text(encoding="utf-8")))
    return found


def room_of(name: str) -> str:
    """Return the second part of a dotted name of the program."""
    parts = name.split(".")
    return parts[1] if len(parts) > 1 else ""


def imports_of(one: Module, known: Iterable[str] = ()) -> Iterator[str]:
    """Give every imported dotted name, late and typing-only ones too; ``known`` tells modules from attributes."""
    names = set(known)
    for node in ast.walk(one.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                yield "." * node.level + (node.module or "")
                continue
            base = node.module or ""
            for alias in node.names:
                whole = f"{base}.{alias.name}"
                yield whole if whole in names or base == "bondesk" else base


def floors(lines: Sequence[str]) -> tuple[dict[str, int], frozenset[tuple[str, str]]]:
    """Return the floor of every room, and the ordered pairs of one floor that may see each other."""
    level: dict[str, int] = {}
    friends = set()
    for number, line in enumerate(lines):
        rooms = [room.strip() for room in re.split(r"[|,]", line)]
        level |= dict.fromkeys(rooms, number)
        if "," in line:
            friends |= {(one, other) for one in rooms for other in rooms}
    return level, frozenset(friends)


def upward_imports(modules: Sequence[Module], lines: Sequence[str] = FLOORS) -> list[str]:
    """Say which imports go up, sideways, or through a door that is not theirs."""
    level, friends = floors(lines)
    known = {one.name for one in modules}
    found = []
    for one in modules:
        source = one.room
        for target in sorted(set(imports_of(one, known))):
            if target.startswith("."):
                found.append(f"{one.name} imports {target} relatively")
            if not target.startswith("bondesk.") or (room := room_of(target)) == source:
                continue
            if room not in level or source not in level:
                found.append(f"{one.name} imports {target}: room not on the plan")
            elif level[room] <= level[source] and (source, room) not in friends:
                found.append(f"{one.name} imports {target}: not below")
            elif source not in DOORS.get(room, {source}):
                found.append(f"{one.name} imports {target}: not its door")
    return found


def area_imports(modules: Sequence[Module]) -> list[str]:
    """Say which area looks to the left."""
    level, _ = floors(AREA_FLOORS)
    known = {one.name for one in modules}
    found = []
    for one in modules:
        parts = one.name.split(".")
        if one.room != "areas" or len(parts) < 3:
            continue
        for target in sorted(set(imports_of(one, known))):
            other = target.split(".")
            if other[:2] != ["bondesk", "areas"] or len(other) < 3 or other[2] == parts[2]:
                continue
            if parts[2] not in level or other[2] not in level:
                found.append(f"{one.name} imports {target}: area not on the plan")
            elif level[other[2]] <= level[parts[2]]:
                found.append(f"{one.name} imports {target}: looks back")
    return found


def foreign_libraries(modules: Sequence[Module]) -> list[str]:
    """Say which external library is imported outside its room."""
    return [
        f"{one.name} imports {library}"
        for one in modules
        for library in sorted({name.split(".")[0] for name in imports_of(one)} & set(LIBRARIES))
        if one.room != LIBRARIES[library]
    ]


def impure_imports(modules: Sequence[Module]) -> list[str]:
    """Say which file calls itself pure and is not."""
    return [
        f"{one.name} is pure but imports {library}"
        for one in modules
        if _PURE.search(ast.get_docstring(one.tree) or "")
        for library in sorted({name.split(".")[0] for name in imports_of(one)} & IMPURE)
    ]


def floats(modules: Sequence[Module]) -> list[tuple[str, int]]:
    """Give (module, line) of every use of the type ``float``: annotation, call or test."""
    return [
        (one.name, node.lineno)
        for one in modules
        for node in ast.walk(one.tree)
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and node.value == "float")
    ]


def bad_names(modules: Sequence[Module]) -> list[str]:
    """Give modules whose name says nothing."""
    return [one.name for one in modules if any(BAD_NAMES.search(part) for part in one.name.split("."))]


def missing_docstrings(modules: Sequence[Module]) -> list[str]:
    """Give modules without a docstring, and public names without one outside the desktop."""
    found = [one.name for one in modules if not ast.get_docstring(one.tree)]
    for one in modules:
        if one.room != "desktop":
            found.extend(f"{one.name}.{name}" for name in _undocumented(one.tree))
    return found


def _undocumented(node: ast.Module | ast.ClassDef) -> Iterator[str]:
    for inner in node.body:
        if not isinstance(inner, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or inner.name.startswith("_"):
            continue
        if not ast.get_docstring(inner):
            yield inner.name
        if isinstance(inner, ast.ClassDef):
            yield from (f"{inner.name}.{name}" for name in _undocumented(inner))


def long_files(modules: Sequence[Module], limit: int) -> dict[str, int]:
    """Give files above ``limit`` lines with their length."""
    lengths = {one.name: len(one.text.splitlines()) for one in modules}
    return {name: length for name, length in lengths.items() if length > limit}


def long_functions(modules: Sequence[Module], limit: int) -> dict[str, int]:
    """Give functions above ``limit`` lines, decorators left out, with their length."""
    found = {}
    for one in modules:
        for node in ast.walk(one.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > limit:
                    found[f"{one.name}.{node.name}"] = length
    return found


def left_over(texts: Mapping[str, str]) -> list[str]:
    """Give texts that still carry a note to oneself."""
    return [name for name, text in texts.items() if _LEFT_OVER.search(text)]


def containing(texts: Mapping[str, str], marks: Sequence[str]) -> list[str]:
    """Say which text holds which of ``marks``."""
    return [f"{name}: {mark}" for name, text in texts.items() for mark in marks if mark in text]


def against_exceptions(found: Mapping[str, int], allowed: Mapping[str, str]) -> list[str]:
    """Say what is too long without a named reason, and which named exception is no longer one."""
    fresh = [f"{name} has {length} lines" for name, length in found.items() if name not in allowed]
    return fresh + [f"{name} is no exception any more" for name in allowed if name not in found]
