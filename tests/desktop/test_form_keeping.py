"""Typing is never lost: two people on one document, and files that outlive a crash."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from bondesk.areas.index import CATALOGUE
from bondesk.areas.notes.source_document import SourceDocument, SourceLine
from bondesk.desktop.draft_files import TypedLine, UnsavedInput, read_back, written
from bondesk.desktop.draft_store import DRAFTS, DraftStore
from bondesk.desktop.edited import Unread
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.kept_input import Change, Side
from bondesk.engine import records
from builders.keys import ALT, CTRL, KEY, press, type_in

DOCUMENT = CATALOGUE.document("source_document")


@pytest.fixture
def stored(fill: Callable[..., None], parts: list[Any], engine: Any) -> int:
    """A source document of three lines."""
    fill(parts)
    paper = SourceDocument(
        document_no="IM-1", document_date=date(2024, 1, 31), ie_flag="I", supervision_mode="0615", partner=""
    )
    for number, part in enumerate(("CAP-1", "RES-2", "BOX-3"), 1):
        paper.lines.append(
            SourceLine(line_no=number, part_no=part, quantity=Decimal(number), erp_unit="PCS", currency="USD")
        )
        paper.lines[-1].company_id = engine.company_id
    fill([paper])
    return int(paper.id)


OpenForm = Callable[..., FormPage]


@pytest.fixture
def open_form(desk: Any, qtbot: QtBot) -> OpenForm:
    """Open the form of a document and wait until it can be typed into."""

    def open_one(document_id: int | None, stub: Any = None, **more: Any) -> FormPage:
        context = (stub or desk).context
        page = FormPage(context, DOCUMENT, document_id, **more)
        qtbot.addWidget(page, before_close_func=lambda page: setattr(page, "_closing", True))
        page.resize(1280, 760)
        page.show()
        page.activateWindow()
        qtbot.waitUntil(lambda: context.lane.idle and page.body.isEnabled())
        return page

    return open_one


def type_head(page: FormPage, key: str, text: str) -> None:
    """Type into a head box."""
    editor = page.body.header.cells[key].editor
    editor.box.setFocus()
    editor.set_text(text)


def set_cell(page: FormPage, row: int, key: str, value: Any) -> None:
    """Give a cell another value."""
    model = page.body.grids["lines"].model
    model.setData(model.index(row, model.column(key)), value)


def cells(page: FormPage, key: str) -> list[Any]:
    """What a column of the lines holds."""
    return [line.values[key] for line in page.body.grids["lines"].model.lines]


def save(page: FormPage, qtbot: QtBot) -> None:
    """Save and wait for the answer."""
    page.save()
    qtbot.waitUntil(lambda: not page.deeds.busy and page._context.lane.idle)


def test_two_people_change_one_document_and_nothing_is_lost(
    stored: int, open_form: OpenForm, qtbot: QtBot, engine: Any, desk: Any
) -> None:
    mine, theirs = open_form(stored), open_form(stored)
    type_head(theirs, "document_no", "IM-1A")
    type_head(theirs, "ie_flag", "E")
    set_cell(theirs, 0, "quantity", Decimal(10))
    set_cell(theirs, 1, "invoice_no", "FP-2")
    theirs.body.grids["lines"].view.show_cell(2, 0)
    theirs.body.grids["lines"].deeds.remove()
    save(theirs, qtbot)
    type_head(mine, "document_no", "IM-1B")
    type_head(mine, "document_date", "2024-02-01")
    set_cell(mine, 0, "quantity", Decimal("11.5"))
    set_cell(mine, 2, "invoice_no", "FP-3")
    mine.body.grids["lines"].model.insert(3)
    set_cell(mine, 3, "part_no", "PCB-4")
    set_cell(mine, 3, "quantity", Decimal(4))
    set_cell(mine, 3, "currency", "USD")
    save(mine, qtbot)
    assert "测试员" in mine.notice.label.text()
    assert cells(mine, "quantity")[0] == Decimal("11.5"), "the typing is still on the screen"

    mine.notice.button.click()
    qtbot.waitUntil(mine.kept.isVisible)
    assert "测试员" in mine.kept.title.text()
    said = {(one.change, one.entry.key if one.entry else "line") for one in mine.kept.found}
    assert said == {
        (Change.BOTH, "document_no"),
        (Change.MINE, "document_date"),
        (Change.BOTH, "quantity"),
        (Change.THEIRS, "ie_flag"),
        (Change.GONE, "line"),
        (Change.ADDED, "line"),
    }
    assert mine.dirty
    assert not mine.bound["form.save"].isEnabled(), "first decide, then save"
    places = {one.entry.key if one.entry else one.change.value: row for row, one in enumerate(mine.kept.found)}
    assert mine.kept.sides[places["document_no"]] is Side.THEIRS
    mine.activateWindow()
    mine.kept.tree.setFocus()
    qtbot.waitUntil(mine.kept.tree.hasFocus)
    mine.kept.tree.setCurrentItem(mine.kept.tree.topLevelItem(places["document_no"]))
    press(KEY.Key_Left)
    press(KEY.Key_Return, CTRL)
    assert not mine.kept.isVisible()
    save(mine, qtbot)
    with engine.acting(desk.context.identity) as act:
        paper = records.load(act, DOCUMENT, stored)
        assert (paper.document_no, paper.document_date, paper.ie_flag) == ("IM-1B", date(2024, 2, 1), "E")
        assert [(line.part_no, line.quantity, line.invoice_no) for line in paper.lines] == [
            ("CAP-1", 10, ""),
            ("RES-2", 2, "FP-2"),
            ("BOX-3", 3, "FP-3"),
            ("PCB-4", 4, ""),
        ]


def test_closing_before_a_decision_asks(stored: int, open_form: OpenForm, qtbot: QtBot) -> None:
    mine, theirs = open_form(stored), open_form(stored)
    set_cell(theirs, 0, "quantity", Decimal(10))
    save(theirs, qtbot)
    set_cell(mine, 0, "quantity", Decimal(11))
    save(mine, qtbot)
    mine.notice.button.click()
    qtbot.waitUntil(mine.kept.isVisible)
    assert not mine.close()
    box = mine.findChild(QWidget, "question")
    assert box is not None
    box.close()
    mine.kept._close()
    assert not mine.dirty


VALUES = {
    "document_no": "IM-9\ud800'\"\n",
    "document_date": date(2024, 2, 29),
    "moment": datetime(2024, 1, 31, 8, 30, 1),
    "rate": Decimal("1.200000"),
    "big": Decimal("999999999999999999.00001"),
    "packages": 3,
    "bonded": True,
    "nothing": None,
}


def test_a_file_of_unsaved_input_reads_back_exactly() -> None:
    lines = [
        TypedLine(5),
        TypedLine(6, VALUES, {"rate": Decimal(1)}, {"quantity": Unread("十二个", "IMP-07", "不是数字")}),
        TypedLine(None, {"part_no": "CAP-1"}),
    ]
    kept = UnsavedInput(
        "source_document", 7, 3, "IM-9", "2024-01-01 08:00:00", VALUES, {"rate": None}, {"total": "x"},
        {"lines": lines, "none": []}, {"lines": [8]},
    )  # fmt: skip
    back = read_back(written(kept))
    assert back == kept
    assert str(back.head["rate"]) == "1.200000"
    for broken in ("", "{}", "[]", written(kept)[:-40], written(kept).replace('"version": 1', '"version": 99')):
        with pytest.raises(ValueError):
            read_back(broken)


@pytest.fixture
def store(tmp_path: Path, desk: Any) -> DraftStore:
    """A store of unsaved typing, known to the window."""
    store = DraftStore(tmp_path / "drafts", "本机数据", "tester")
    desk.context.extras[DRAFTS] = store
    return store


def files(folder: Path) -> list[Path]:
    """The files of unsaved typing."""
    return sorted(folder.rglob("*.json"))


def settled(store: DraftStore, qtbot: QtBot) -> None:
    """Wait until everything ordered is on the disk."""
    done: list[int] = []
    store.flush(lambda: done.append(1), store)
    qtbot.waitUntil(lambda: bool(done))


def test_typing_is_on_the_disk_when_the_clerk_turns_away_and_gone_after_the_save(
    stored: int, open_form: OpenForm, store: DraftStore, qtbot: QtBot, tmp_path: Path
) -> None:
    page = open_form(stored)
    set_cell(page, 0, "quantity", Decimal("1.5"))
    assert page.keeping.drafts._timer.isActive()
    assert page.keeping.drafts._timer.interval() <= 30_000
    page.body.grids["lines"].view.setFocus()
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    other.setFocus()
    qtbot.waitUntil(lambda: not page.keeping.drafts._timer.isActive())
    settled(store, qtbot)
    (path,) = files(tmp_path)
    assert '"1.5"' in path.read_text(encoding="utf-8")
    save(page, qtbot)
    settled(store, qtbot)
    assert files(tmp_path) == []
    store.close()


def left_by(store: DraftStore, qtbot: QtBot) -> list[Any]:
    """What a later window finds."""
    found: list[Any] = []
    answered: list[int] = []
    store.left_behind(lambda left: (found.extend(left), answered.append(1)), store)
    qtbot.waitUntil(lambda: bool(answered))
    return found


def crash(page: FormPage, store: DraftStore, qtbot: QtBot) -> None:
    """Leave the files of a window as a crash does: written, the lock no longer held."""
    page.keeping.drafts.keep()
    settled(store, qtbot)
    page.keeping.drafts._kept = False
    assert store._lock is not None
    store._lock.unlock()


def test_what_was_left_behind_comes_back_dirty_and_in_order(
    stored: int, open_form: OpenForm, store: DraftStore, qtbot: QtBot, tmp_path: Path, desk: Any
) -> None:
    page = open_form(stored)
    type_head(page, "document_date", "二月一日")
    grid = page.body.grids["lines"]
    set_cell(page, 1, "quantity", Decimal("2.50000"))
    grid.model.set_unread(grid.model.lines[0], "total", Unread("约十元", "IMP-07", "不是数字"))
    grid.view.setFocus()
    grid.view.show_cell(2, 1)
    press(KEY.Key_Up, ALT)
    press(KEY.Key_D, CTRL)
    assert left_by(store, qtbot) == []
    crash(page, store, qtbot)
    shown = [grid.model.text(line, entry) for line in grid.model.lines for entry in grid.model.fields]

    later = DraftStore(tmp_path / "drafts", "本机数据", "tester")
    another = DraftStore(tmp_path / "drafts", "本机数据", "another")
    assert left_by(another, qtbot) == []
    another.close()
    (left,) = left_by(later, qtbot)
    desk.context.extras[DRAFTS] = later
    again = open_form(stored, left=left)
    qtbot.waitUntil(lambda: again.dirty)
    model = again.body.grids["lines"].model
    assert [model.text(line, entry) for line in model.lines for entry in model.fields] == shown
    assert again.body.header.cells["document_date"].editor.text() == "二月一日"
    assert model.lines[0].unread["total"].raw == "约十元"
    again.undo()
    again.undo()
    assert cells(again, "quantity") == [1, 2, 3]
    settled(later, qtbot)
    assert len(files(tmp_path)) == 1, "the old file goes, the new form keeps its own"
    later.close()
    store.close()


def test_input_left_behind_over_a_newer_version_is_compared(
    stored: int, open_form: OpenForm, store: DraftStore, qtbot: QtBot, tmp_path: Path, desk: Any
) -> None:
    page = open_form(stored)
    set_cell(page, 0, "quantity", Decimal(7))
    crash(page, store, qtbot)
    del desk.context.extras[DRAFTS]
    theirs = open_form(stored)
    set_cell(theirs, 0, "quantity", Decimal(8))
    save(theirs, qtbot)
    later = DraftStore(tmp_path / "drafts", "本机数据", "tester")
    desk.context.extras[DRAFTS] = later
    (left,) = left_by(later, qtbot)
    again = open_form(stored, left=left)
    qtbot.waitUntil(again.kept.isVisible)
    (one,) = again.kept.found
    assert (one.change, one.mine, one.theirs) == (Change.BOTH, 7, 8)
    again.kept._take_all(Side.MINE)
    again.kept._merge()
    assert cells(again, "quantity")[0] == 7
    later.close()
    store.close()


def test_a_deleted_document_comes_back_as_a_new_one(
    stored: int, open_form: OpenForm, store: DraftStore, qtbot: QtBot, tmp_path: Path, desk: Any, engine: Any
) -> None:
    page = open_form(stored)
    set_cell(page, 0, "quantity", Decimal(7))
    crash(page, store, qtbot)
    with engine.acting(desk.context.identity) as act:
        records.delete(act, DOCUMENT, stored)
    later = DraftStore(tmp_path / "drafts", "本机数据", "tester")
    desk.context.extras[DRAFTS] = later
    (left,) = left_by(later, qtbot)
    again = open_form(stored, left=left)
    qtbot.waitUntil(lambda: again.dirty)
    assert again.body.base.id is None
    assert "已被删除" in again.notice.label.text()
    assert again.body.head["document_no"] == "IM-1"
    assert cells(again, "quantity") == [7]
    later.close()
    store.close()


def test_typing_goes_on_while_the_database_is_stuck(stored: int, open_form: OpenForm, desk: Any, qtbot: QtBot) -> None:
    import threading

    page = open_form(stored)
    stuck = threading.Event()
    desk.context.lane.run(stuck.wait, lambda _answer: None)
    page.body.grids["lines"].view.setFocus()
    page.body.grids["lines"].view.show_cell(0, page.body.grids["lines"].model.column("erp_unit"))
    for _ in range(12):
        for sign in ("a", "b", "c"):
            type_in(sign)
            QApplication.sendPostedEvents()
        press(KEY.Key_Return)
        qtbot.wait(30)
    assert not desk.context.lane.idle
    assert page.body.dirty
    stuck.set()
    qtbot.waitUntil(lambda: desk.context.lane.idle)
