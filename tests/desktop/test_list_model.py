"""A long list asks for the pages in sight and for nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import event, insert

from bondesk.areas.goods.part import Part
from bondesk.base.documents import DocumentType
from bondesk.base.records import new_id
from bondesk.desktop.list_model import ListModel
from bondesk.desktop.list_page import ListPage
from bondesk.desktop.paged_rows import KEPT_PAGES, PAGE_ROWS, SETTLE_MS
from bondesk.engine.engine import Engine
from bondesk.engine.query import Query

ROWS = 20_000
BY_NUMBER = Query(order=(("part_no", False),))


@pytest.fixture
def statements(engine: Engine) -> Iterator[list[str]]:
    """Every SELECT on parts from here on: ``count`` or ``offset N``."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, text: str, values: Any, *_: Any) -> None:
        if "FROM part" in text:
            backwards = "part.id ASC" in text
            place = ROWS - values[-1] - values[-2] if backwards and "count(" not in text else values[-1]
            seen.append("count" if "count(" in text else f"offset {place}")

    event.listen(engine.store.sql, "before_cursor_execute", note)
    yield seen
    event.remove(engine.store.sql, "before_cursor_execute", note)


def store_parts(engine: Engine, rows: int) -> None:
    values = [
        {
            "company_id": 1,
            "id": new_id(),
            "part_no": f"P{number:07d}",
            "goods_kind": "I",
            "name": "电容器",
            "erp_unit": "PCS",
            "hs_code": "8532241000",
            "dcl_unit": "007",
        }
        for number in range(rows)
    ]
    with engine.store.sql.begin() as connection:
        for start in range(0, rows, 2000):
            connection.execute(insert(Part), values[start : start + 2000])


@pytest.fixture
def model(engine: Engine, desk: Any, document_of: Callable[[str], DocumentType], qtbot: QtBot) -> ListModel:
    store_parts(engine, ROWS)
    made = ListModel(document_of("part"), desk.context.lane, desk.context.codes)
    with qtbot.waitSignal(made.counted):
        made.load(BY_NUMBER)
    return made


def test_only_pages_in_sight_are_read(
    engine: Engine, desk: Any, document_of: Callable[[str], DocumentType], statements: list[str], qtbot: QtBot
) -> None:
    store_parts(engine, ROWS)
    statements.clear()
    page = ListPage(desk.context, document_of("part"))
    qtbot.addWidget(page)
    page.resize(1200, 600)
    with qtbot.waitSignal(page.model.counted):
        page.show()
    qtbot.wait(3 * SETTLE_MS)
    assert statements == ["offset 0", "count"]
    bar = page.view.verticalScrollBar()
    for step in range(1, 60):
        bar.setValue(bar.maximum() * step // 60)
        page.view.viewport().repaint()
    with qtbot.waitSignal(page.model.arrived):
        bar.setValue(bar.maximum())
        page.view.viewport().repaint()
    qtbot.wait(10 * SETTLE_MS)
    last = f"offset {ROWS - PAGE_ROWS}"
    assert statements[2] == last
    assert len(statements) <= 2 + 4
    assert str(page.model.index(ROWS - 1, 0).data()) == "P0000000"


def _at(model: ListModel, row: int) -> str:
    for _ in range(400):
        text = str(model.index(row, 0).data())
        if text != "…":
            return text
        QApplication.processEvents()
        QApplication.sendPostedEvents()
        time.sleep(0.005)
    raise AssertionError(f"row {row} never came")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(row=st.integers(min_value=0, max_value=ROWS - 1))
def test_every_row_stands_at_its_place(model: ListModel, row: int) -> None:
    assert _at(model, row) == f"P{row:07d}"


def test_memory_holds_the_last_pages_only(model: ListModel, statements: list[str]) -> None:
    for number in range(KEPT_PAGES + 10):
        assert _at(model, number * PAGE_ROWS) == f"P{number * PAGE_ROWS:07d}"
    assert model.peek(0) is None
    assert model.peek((KEPT_PAGES + 9) * PAGE_ROWS) is not None
    assert "count" not in statements


def test_an_answer_to_an_old_question_is_dropped(model: ListModel, qtbot: QtBot) -> None:
    loaded: list[int] = []
    model.loaded.connect(loaded.append)
    for digits in ("1", "12", "0000123"):
        model.load(Query(text=digits, order=BY_NUMBER.order))
    qtbot.waitUntil(lambda: bool(loaded))
    qtbot.wait(100)
    assert loaded == [1]
    assert model.index(0, 0).data() == "P0000123"


def test_a_page_of_the_old_question_never_stands_under_the_new_one(model: ListModel, desk: Any, qtbot: QtBot) -> None:
    desk.context.lane.run(lambda: time.sleep(0.2), lambda _nothing: None)
    model.load(Query(order=(("part_no", True),)))
    assert model.index(10_000, 0).data() == "…"  # painted while the answer is under way
    qtbot.wait(2 * SETTLE_MS)
    qtbot.waitUntil(lambda: bool(desk.context.lane.idle))
    assert _at(model, 10_000) == f"P{ROWS - 1 - 10_000:07d}"


def test_rows_far_away_are_fetched_before_they_are_copied(
    engine: Engine, desk: Any, document_of: Callable[[str], DocumentType], qtbot: QtBot
) -> None:
    store_parts(engine, 1500)
    page = ListPage(desk.context, document_of("part"))
    qtbot.addWidget(page)
    with qtbot.waitSignal(page.model.counted):
        page.show()
    page.view.selectAll()
    assert page.selection.size == 1500
    assert len(page.selection.at_hand()) == PAGE_ROWS
    page.deeds.copy_rows()
    qtbot.waitUntil(lambda: desk.messages == ["已复制 1500 行，可粘贴到 Excel"])
    lines = QApplication.clipboard().text().split("\n")
    assert [line.split("\t")[0] for line in (lines[1], lines[-1])] == ["P0001499", "P0000000"]
