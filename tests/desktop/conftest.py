"""What desktop tests share: an engine over a small file, a context that records, snapshots of widget trees."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QTableView,
    QToolBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from bondesk.areas.goods.part import Part
from bondesk.areas.index import CATALOGUE
from bondesk.base.documents import DocumentType
from bondesk.base.identity import Identity
from bondesk.base.messages import Message, MessageFacts, Receipt
from bondesk.base.records import Base
from bondesk.base.sheets import ColumnLook, SheetBook, TableHead, TemplateSheet, WrittenSheet
from bondesk.desktop.commands import shortcut_text
from bondesk.desktop.context import Codes, DeskContext
from bondesk.desktop.lane import Lane
from bondesk.desktop.list_page import ListPage
from bondesk.desktop.style import apply_style
from bondesk.engine.closed_periods import set_again
from bondesk.engine.engine import Engine
from bondesk.engine.ports import Composed, Packed
from bondesk.engine.store import open_store
from builders.everyday import sign_in as sign_in

ALL = frozenset({("*", "*")})
#: Rows of a table a snapshot shows.
_ROWS = 5
SNAPSHOTS = Path(__file__).resolve().parents[1] / "snapshots"


class PlainTable:
    """The twin of a table written row by row: tab-separated text."""

    def __init__(self, path: Path, columns: Sequence[ColumnLook]) -> None:
        self.path, self.lines = path, [[column.heading for column in columns]]

    def add(self, row: Sequence[object]) -> None:
        self.lines.append([str(value) for value in row])

    def close(self) -> None:
        self.path.write_text("\n".join("\t".join(line) for line in self.lines), encoding="utf-8")

    def add_total(self, row: Sequence[object]) -> None:
        self.add(row)

    def add_aside(self, name: str, row: Sequence[object]) -> None:
        self.lines.append([name, *map(str, row)])

    def drop(self) -> None:
        self.path.unlink(missing_ok=True)


class PlainFiles:
    """The twin of the workbook adapter: tab-separated text."""

    def read(self, source: Path | bytes) -> SheetBook:
        raise NotImplementedError

    def write_table(
        self, path: Path, title: str, columns: Sequence[ColumnLook], rows: Iterable[Sequence[object]]
    ) -> None:
        lines = [[column.heading for column in columns], *rows]
        path.write_text("\n".join("\t".join(str(value) for value in line) for line in lines), encoding="utf-8")

    def table_writer(
        self, path: Path, title: str, columns: Sequence[ColumnLook], head: TableHead | None = None
    ) -> PlainTable:
        return PlainTable(path, columns)

    def write_template(self, path: Path, sheets: Sequence[TemplateSheet], code_lists: Any) -> None:
        path.write_text("\n".join(sheet.title for sheet in sheets), encoding="utf-8")

    def sheets_writer(self, path: Path) -> Any:
        raise NotImplementedError

    def write_sheets(self, path: Path, sheets: Sequence[WrittenSheet]) -> None:
        path.write_text("\n".join(sheet.name for sheet in sheets), encoding="utf-8")


class NoPacker:
    """No message is packed in these tests."""

    def pack(self, message: Message, composed: Composed, facts: MessageFacts, stem: str, business_id: str) -> Packed:
        raise NotImplementedError


class NoReceipts:
    """No receipt is read in these tests."""

    def read(self, content: bytes) -> Receipt:
        raise ValueError("没有回执")


@pytest.fixture(scope="session", autouse=True)
def styled(qapp: QApplication) -> None:
    """Test what the user sees: the program's own style."""
    apply_style(qapp)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """An engine over an empty database file with the whole catalogue."""
    store = open_store(f"sqlite:///{(tmp_path / 'desk.sqlite').as_posix()}")
    Base.metadata.create_all(store.sql)
    with store.sql.begin() as connection:
        set_again(connection)
    yield Engine(CATALOGUE, store, PlainFiles(), NoPacker(), NoReceipts())
    store.dispose()


def store_rows(engine: Engine, rows: Iterable[Any]) -> None:
    """Store rows as they are, past rules and log."""
    with engine.store.session() as session:
        for row in rows:
            if hasattr(row, "company_id"):
                row.company_id = engine.company_id
            session.add(row)
            session.flush()
        session.commit()


@pytest.fixture
def fill(engine: Engine) -> Callable[[Iterable[Any]], None]:
    """Store rows in the test's database."""
    return lambda rows: store_rows(engine, rows)


@dataclass
class DeskStub:
    """A context and what pages did with it."""

    context: DeskContext
    pages: list[tuple[str, str]] = field(default_factory=list)
    documents: list[tuple[str, int | None]] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    crashes: list[Exception] = field(default_factory=list)


MakeDesk = Callable[..., DeskStub]


@pytest.fixture
def make_desk(engine: Engine, qapp: QApplication) -> Iterator[MakeDesk]:
    """Make contexts with given grants; every lane is closed and every crash fails the test."""
    made: list[DeskStub] = []

    def make(grants: frozenset[tuple[str, str]] = ALL) -> DeskStub:
        identity = Identity(7, "tester", "测试员", grants)
        lane = Lane(engine, identity)
        context = DeskContext(
            engine=engine,
            identity=identity,
            lane=lane,
            codes=Codes({"unit": (("035", "千克", "qk"), ("007", "个", "g")), "currency": (("USD", "美元", "my"),)}),
            open_page=lambda key, title, _make: stub.pages.append((key, title)),
            open_document=lambda document, number: stub.documents.append((document.key, number)),
            changed=lambda key: stub.changed.append(key),  # noqa: PLW0108 - the stub is made below
            show_message=lambda text: stub.messages.append(text),  # noqa: PLW0108
        )
        stub = DeskStub(context)
        lane.crashed.connect(stub.crashes.append)
        made.append(stub)
        return stub

    yield make
    for stub in made:
        stub.context.lane.close()
        assert not stub.crashes


@pytest.fixture
def desk(make_desk: MakeDesk) -> DeskStub:
    """A context of a user who may do everything."""
    return make_desk()


#: part number | kind | name | unit | weight | price
PARTS = """
    CAP-1   | I | 电容器   | 035 | 0.00850 | 1.20
    RES-2   | I | 电阻器   | 007 | 2       | 0.5
    BOX-3   | E | 音箱_100% | 007 | 10.500 | 99
    PCB-4   | S | 控制板   | 007 |         |
"""


@pytest.fixture
def parts() -> list[Part]:
    """Parts in the clerk's notation, to be stored in this order."""
    rows = [[cell.strip() for cell in line.split("|")] for line in PARTS.strip().splitlines()]
    return [
        Part(
            part_no=number,
            goods_kind=kind,
            name=name,
            erp_unit="PCS",
            hs_code="8532241000",
            dcl_unit=unit,
            currency="USD",
            unit_weight=Decimal(weight) if weight else None,
            ref_price=Decimal(price) if price else None,
        )
        for number, kind, name, unit, weight, price in rows
    ]


@pytest.fixture
def open_list(desk: DeskStub, qtbot: QtBot) -> Callable[..., ListPage]:
    """Open and load the list of a document key, for the user of a stub."""

    def open_one(key: str, stub: DeskStub | None = None) -> ListPage:
        page = ListPage((stub or desk).context, CATALOGUE.document(key))
        qtbot.addWidget(page)
        page.resize(1400, 500)
        with qtbot.waitSignal(page.model.counted):
            page.show()
        return page

    return open_one


@pytest.fixture
def document_of() -> Callable[[str], DocumentType]:
    """Look document types up by key."""
    return CATALOGUE.document


def _action_line(action: QAction) -> str:
    if action.isSeparator():
        return "----"
    keys = f" [{shortcut_text(action.shortcut().toString())}]" if not action.shortcut().isEmpty() else ""
    return f"{action.text()}{keys}{'' if action.isEnabled() else '  (不可用)'}"


def _own_lines(widget: QWidget) -> list[str]:
    """Say what a user reads on the widget itself."""
    match widget:
        case QToolBar():
            return [_action_line(action) for action in widget.actions()]
        case QTableView():
            model = widget.model()
            columns = range(model.columnCount())
            titles = [str(model.headerData(column, Qt.Orientation.Horizontal)) for column in columns]
            rows = [
                [str(model.index(row, column).data() or "") for column in columns]
                for row in range(min(model.rowCount(), _ROWS))
            ]
            return [" | ".join(line) for line in (titles, *rows)]
        case QLineEdit():
            return [f"文字“{widget.text()}” 提示“{widget.placeholderText()}”"]
        case QComboBox():
            return [" / ".join(widget.itemText(place) for place in range(widget.count()))]
        case QLabel() | QAbstractButton():
            return [widget.text()]
        case _:
            return []


def widget_lines(widget: QWidget, depth: int = 0) -> Iterator[str]:
    """Write the named widgets under ``widget`` as an indented tree, in the order of the layout's tab chain."""
    indent = "  " * depth
    named = bool(widget.objectName()) and not widget.objectName().startswith("qt_")
    if named:
        hidden = "" if widget.isVisibleTo(widget.parentWidget() or widget) else "  (隐藏)"
        yield f"{indent}{type(widget).__name__} {widget.objectName()}{hidden}"
        yield from (f"{indent}    {line}" for text in _own_lines(widget) for line in text.splitlines())
    if isinstance(widget, QToolBar | QToolButton | QComboBox | QLineEdit):
        return
    for child in widget.children():
        if isinstance(child, QWidget) and not child.isWindow():
            yield from widget_lines(child, depth + named)


def normal(text: str) -> str:
    """Drop what differs from run to run: ids, trailing blanks, line ends."""
    text = re.sub(r"\b\d{15,19}\b", "<id>", text.replace("\r\n", "\n"))
    return "\n".join(line.rstrip() for line in text.splitlines()).strip() + "\n"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a reviewed change of the screens be taken over."""
    parser.addoption("--update-snapshots", action="store_true", help="rewrite the snapshots that differ")


@pytest.fixture
def snapshot(request: pytest.FixtureRequest) -> Callable[[str, QWidget], None]:
    """Compare the text of a widget tree with ``tests/snapshots/<name>.txt``."""
    update = bool(request.config.getoption("--update-snapshots", default=False))

    def compare(name: str, widget: QWidget) -> None:
        path, present = SNAPSHOTS / f"{name}.txt", normal("\n".join(widget_lines(widget)))
        if update:
            path.parent.mkdir(exist_ok=True)
            path.write_text(present, encoding="utf-8", newline="\n")
        assert path.exists(), f"no snapshot {path.name}; run with --update-snapshots and review it"
        assert present == normal(path.read_text(encoding="utf-8"))

    return compare
