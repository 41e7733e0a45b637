"""The tree is the architecture: rooms, libraries, purity, sizes and manners hold over every source file."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from builders import source_tree
from builders.source_tree import Module, module, modules_under

ROOT = Path(__file__).resolve().parents[2]
SOURCE = modules_under(ROOT / "src" / "bondesk")

FILE_LIMIT, FUNCTION_LIMIT = 300, 50
LONG_FILES: Mapping[str, str] = {
    "bondesk.cli": "one small function per verb of the command line, and their argument table",
    "bondesk.areas.accounts.account": "one document is one file; a book has a head and three line tables",
    "bondesk.desktop.form_page": "one page object ties body, checks, deeds and kept input together",
}
LONG_FUNCTIONS: Mapping[str, str] = {}

#: Where ``float`` may be named beside the two edge files, and why.
FLOATS: Mapping[str, str] = {
    **dict.fromkeys(
        (f"bondesk.adapters.paper.{name}" for name in ("fonts", "page_plan", "pages", "tables")),
        "places on a page are points; figures arrive there as finished texts",
    ),
    "bondesk.base.readings": "number cells arrive as floats and become Decimal here",
    "bondesk.base.sheets": "what a raw cell may hold",
    "bondesk.adapters.gateway_folder": "seconds a file must have been quiet",
}

#: Written in parts so that this file does not hold them itself.
MACHINE_PATHS = tuple(f"/{folder}/" for folder in ("work", "tmp", "root"))
REGISTRIES = tuple(
    ".".join(parts)
    for parts in (("pypi", "org"), ("pythonhosted", "org"), ("registry.npmjs", "org"), ("proxy.golang", "org"))
)


def tracked_texts() -> dict[str, str]:
    """Read every text file git knows or would take up."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git working tree")
    texts = {}
    for name in filter(None, listed.split("\0")):
        try:
            texts[name] = (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
    return texts


def test_the_source_is_read() -> None:
    names = {one.name for one in SOURCE}
    assert {"bondesk", "bondesk.__main__", "bondesk.areas.index", "bondesk.base.flow"} <= names
    assert len(names) > 150


def test_every_room_is_on_the_plan() -> None:
    level, _ = source_tree.floors(source_tree.FLOORS)
    assert {one.room for one in SOURCE} - {""} == set(level)


@pytest.mark.parametrize(
    "checker",
    [
        source_tree.upward_imports,
        source_tree.area_imports,
        source_tree.foreign_libraries,
        source_tree.impure_imports,
        source_tree.bad_names,
        source_tree.missing_docstrings,
    ],
    ids=lambda checker: checker.__name__,
)
def test_the_house_rule_holds(checker: Callable[[Sequence[Module]], list[str]]) -> None:
    assert checker(SOURCE) == []


def test_pure_files_are_marked() -> None:
    marked = {one.name for one in SOURCE if source_tree._PURE.search(one.text.split('"""')[1])}
    assert {"bondesk.base.numbers", "bondesk.ledger.balance", "bondesk.areas.goods.rollup"} <= marked


def test_floats_stay_at_the_edge() -> None:
    used = {name for name, _ in source_tree.floats(SOURCE)}
    assert sorted(used - set(FLOATS)) == []
    assert sorted(set(FLOATS) - used) == [], "named spots that use no float any more"


def test_files_are_short() -> None:
    assert source_tree.against_exceptions(source_tree.long_files(SOURCE, FILE_LIMIT), LONG_FILES) == []


def test_functions_are_short() -> None:
    assert source_tree.against_exceptions(source_tree.long_functions(SOURCE, FUNCTION_LIMIT), LONG_FUNCTIONS) == []


def test_nothing_is_left_over() -> None:
    code = {name: text for name, text in tracked_texts().items() if name.endswith((".py", ".toml", ".md"))}
    assert source_tree.left_over(code) == []


def test_no_file_names_a_machine_or_a_registry() -> None:
    assert source_tree.containing(tracked_texts(), (*MACHINE_PATHS, *REGISTRIES)) == []


DOC = '"""Says why."""\n'


@pytest.mark.parametrize(
    ("name", "text", "breach"),
    [
        ("bondesk.base.flow", "from bondesk.ledger.posting import Stage", "not below"),
        ("bondesk.ledger.posting", "import bondesk.areas.index", "not below"),
        ("bondesk.engine.act", "from bondesk.areas.index import CATALOGUE", "not below"),
        ("bondesk.areas.index", "from bondesk.engine.act import Act", "not below"),
        ("bondesk.adapters.rehearsal", "from bondesk.desktop.style import apply_style", "not below"),
        ("bondesk.desktop.lane", "def late():\n    from bondesk.adapters.excel.files import ExcelFiles", "not below"),
        ("bondesk.app", "from bondesk import cli", "not below"),
        ("bondesk.app", "from bondesk.cli_output import say", "not below"),
        ("bondesk.cli", "from bondesk.desktop.style import apply_style", "not its door"),
        ("bondesk.desktop.lane", "from bondesk.areas.goods.part import Part", "not its door"),
        ("bondesk.desktop.lane", "from bondesk.settings import Home", "not its door"),
        ("bondesk.base.flow", "from bondesk.attic import x", "room not on the plan"),
        ("bondesk.base.flow", "from .errors import Refused", "relatively"),
    ],
)
def test_a_wrong_import_is_seen(name: str, text: str, breach: str) -> None:
    (found,) = source_tree.upward_imports([module(name, text)])
    assert breach in found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("bondesk.cli", "from bondesk.window import run_window"),
        ("bondesk.demo", "from bondesk.adapters.rehearsal import mark_rehearsal"),
        ("bondesk.window", "from bondesk.desktop.application import run_desktop"),
        ("bondesk.settings", "from bondesk.base.errors import OutsideFailure"),
        ("bondesk.engine.act", "import sqlalchemy\nfrom bondesk.engine.store import Store"),
        ("bondesk.areas.notes.x", "from bondesk.ledger.posting import Stage"),
    ],
)
def test_a_right_import_is_left_alone(name: str, text: str) -> None:
    assert source_tree.upward_imports([module(name, text)]) == []


@pytest.mark.parametrize(
    ("name", "target", "wrong"),
    [
        ("goods.part", "codes.units", False),
        ("reports.item_ledger", "setup.company", False),
        ("index", "notes.bonded_note", False),
        ("goods.part", "goods.bom", False),
        ("codes.units", "goods.part", True),
        ("accounts.account", "notes.bonded_note", True),
        ("goods.part", "index", True),
        ("goods.part", "attic.box", True),
    ],
)
def test_areas_look_only_to_the_right(name: str, target: str, wrong: bool) -> None:
    found = source_tree.area_imports([module(f"bondesk.areas.{name}", f"from bondesk.areas.{target} import X")])
    assert bool(found) is wrong


@pytest.mark.parametrize(
    ("checker", "name", "text"),
    [
        (source_tree.foreign_libraries, "bondesk.engine.act", "from PySide6.QtCore import Qt"),
        (source_tree.foreign_libraries, "bondesk.desktop.lane", "import openpyxl"),
        (source_tree.foreign_libraries, "bondesk.areas.x", "def late():\n    import lxml.etree"),
        (source_tree.impure_imports, "bondesk.ledger.x", '"""Sums. Pure."""\nimport sqlalchemy'),
        (source_tree.impure_imports, "bondesk.ledger.x", '"""This file is pure."""\nfrom PySide6 import QtCore'),
        (source_tree.impure_imports, "bondesk.ledger.x", '"""Pure."""\ndef f():\n    from pathlib import Path'),
        (source_tree.floats, "bondesk.base.x", "def f(a: float): ..."),
        (source_tree.floats, "bondesk.base.x", "a = float('1')"),
        (source_tree.floats, "bondesk.base.x", "def f(a: 'float'): ..."),
        (source_tree.bad_names, "bondesk.base.utils", DOC),
        (source_tree.bad_names, "bondesk.base.list_helpers", DOC),
        (source_tree.bad_names, "bondesk.common.x", DOC),
        (source_tree.missing_docstrings, "bondesk.desktop.x", "a = 1"),
        (source_tree.missing_docstrings, "bondesk.base.x", DOC + "def f(): ..."),
        (source_tree.missing_docstrings, "bondesk.base.x", DOC + "class A:\n    a = 1"),
        (source_tree.missing_docstrings, "bondesk.base.x", DOC + "class A:\n    '''A.'''\n    def f(self): ..."),
    ],
)
def test_a_breach_is_seen(checker: Callable[[Sequence[Module]], list[object]], name: str, text: str) -> None:
    assert len(checker([module(name, text)])) == 1


@pytest.mark.parametrize(
    ("checker", "name", "text"),
    [
        (source_tree.foreign_libraries, "bondesk.desktop.x", "import PySide6"),
        (source_tree.impure_imports, "bondesk.base.x", '"""Rows."""\nimport sqlalchemy'),
        (source_tree.bad_names, "bondesk.base.commonly_used", DOC),
        (source_tree.missing_docstrings, "bondesk.desktop.x", DOC + "def f(): ..."),
        (source_tree.missing_docstrings, "bondesk.base.x", DOC + "def _f(): ...\nclass _A:\n    def f(self): ..."),
    ],
)
def test_what_is_no_breach_is_left_alone(
    checker: Callable[[Sequence[Module]], list[object]], name: str, text: str
) -> None:
    assert checker([module(name, text)]) == []


def test_sizes_are_counted() -> None:
    long = module("bondesk.x", "def f():\n" + "    a = 1\n" * 50)
    assert source_tree.long_functions([long], 50) == {"bondesk.x.f": 51}
    assert source_tree.long_functions([long], 51) == {}
    assert source_tree.long_files([long], 50) == {"bondesk.x": 51}
    assert source_tree.long_files([long], 51) == {}


def test_exceptions_must_be_named_and_live() -> None:
    assert source_tree.against_exceptions({"a": 301}, {"a": "why"}) == []
    assert source_tree.against_exceptions({"a": 301}, {}) == ["a has 301 lines"]
    assert source_tree.against_exceptions({}, {"a": "why"}) == ["a is no exception any more"]


def test_texts_are_searched() -> None:
    note = "TO" + "DO"
    assert source_tree.left_over({"a": f"# {note}: later", "b": "done", "c": f"{note}S"}) == ["a"]
    assert source_tree.containing({"a": MACHINE_PATHS[0] + "main"}, MACHINE_PATHS) == [f"a: {MACHINE_PATHS[0]}"]
    assert source_tree.containing({"a": f"https://{REGISTRIES[0]}/simple"}, REGISTRIES) == [f"a: {REGISTRIES[0]}"]
