"""Rows of a change on the screen: through a window, entered one by one, struck, taken back, found by their findings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QUndoStack
from PySide6.QtWidgets import QApplication, QPushButton

from bondesk.base.change import Mark
from bondesk.desktop.change_rows import ChangeRows
from bondesk.desktop.draft_files import read_back, written
from bondesk.desktop.draft_store import DRAFTS, DraftStore, LeftBehind
from bondesk.desktop.findings_view import FindingsDialog
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.header_form import HeaderForm
from bondesk.desktop.list_model import TONE_ROLE
from bondesk.engine import changing, records
from bondesk.engine.engine import SYSTEM
from builders.books import BOOK, BookDesk, change_of
from builders.clerk import wait_until
from builders.keys import ALT, CTRL, KEY, SHIFT, press, type_in
from builders.office import Office


@pytest.fixture
def books(masters_office: Office, qtbot: Any) -> Iterator[BookDesk]:
    """The demo book before a clerk."""
    desk = BookDesk(masters_office)
    yield desk
    desk.close()


@pytest.fixture
def draft(books: BookDesk) -> int:
    """Its change."""
    return change_of(books.office)


OpenForm = Callable[..., FormPage]


@pytest.fixture
def open_form(books: BookDesk, qtbot: Any) -> OpenForm:
    """Open a form that closes without asking."""

    def open_one(document_id: int, key: str = "account_draft") -> FormPage:
        page = books.form(document_id, key)
        qtbot.addWidget(page, before_close_func=lambda page: setattr(page, "_closing", True))
        return page

    return open_one


def box(rows: ChangeRows, key: str) -> Any:
    """Return an editor of the strip."""
    return rows.strip.header.cells[key].editor


def test_the_head_is_a_tab_before_the_rows(books: BookDesk, draft: int, open_form: OpenForm) -> None:
    page = open_form(draft)
    tabs = page.body.tabs
    titles = [tabs.tabText(place) for place in range(tabs.count())]
    assert titles[0] == "表头"
    assert titles[1:] == [
        "料件（32）",
        "成品（7）",
        f"单损耗（{page.body.rows.windows['consumptions'].model.rowCount()}）",
    ]
    assert page.body.draft().lines == {}, "rows of any number are not in the draft"
    assert "form.copy" not in page.commands
    assert isinstance(page.body.stack, QUndoStack)
    press(KEY.Key_F6)
    assert tabs.currentWidget() is page.body.rows.windows["materials"]
    press(KEY.Key_F6)
    assert tabs.currentIndex() == 0


def test_boxes_are_made_when_their_tab_is_first_shown(books: BookDesk, draft: int, open_form: OpenForm) -> None:
    page = open_form(draft)
    windows = page.body.rows.windows
    assert [window.strip.findChild(HeaderForm) for window in windows.values()] == [None, None, None]
    assert not page.dirty
    rows = books.rows(page, "products")
    assert rows.strip.findChild(HeaderForm) is not None
    assert windows["materials"].strip.findChild(HeaderForm) is None
    assert box(rows, "item_no").text() == "1", "the row under the cursor stands in the fresh boxes"
    assert not box(rows, "item_no").editable
    assert box(rows, "name").editable
    assert not rows.strip.dirty


def test_a_row_is_changed_in_the_strip(books: BookDesk, draft: int, open_form: OpenForm) -> None:
    """Enter walks; Enter in the last box stores the row, marks it and goes on to the next one."""
    page = open_form(draft)
    rows = books.rows(page, "materials")
    place = books.go_to(rows, 13)
    before = books.cell(rows, place, "name")
    press(KEY.Key_Return)
    assert QApplication.focusWidget() is box(rows, "part_no").box, "the filed number cannot be typed"
    box(rows, "name").box.setFocus()
    box(rows, "name").box.selectAll()
    type_in("NEW NAME")
    assert "尚未确认" in rows.strip.said.text()
    assert books.stored(draft, 13).name == before  # type: ignore[union-attr]
    box(rows, "remark").box.setFocus()
    press(KEY.Key_Return)
    books.settle()
    assert books.stored(draft, 13).row_mark == Mark.MODIFIED  # type: ignore[union-attr]
    assert books.cell(rows, place, "row_mark") == "修改"
    assert books.cell(rows, place, "row_mark", TONE_ROLE) == "warn"
    assert f"原值: {before}" in books.cell(rows, place, "name", Qt.ItemDataRole.ToolTipRole)
    assert rows.view.currentIndex().row() == place + 1
    assert not rows.strip.dirty
    assert page.body.base.revision == _revision(books, draft), "the form follows the row's revision"
    assert "修改 1" in rows.chips._chips[Mark.MODIFIED.value].text()


def _revision(books: BookDesk, draft: int) -> int:
    with books.office.act(SYSTEM) as act:
        return int(records.load(act, books.office.document("account_draft"), draft).revision)


def test_new_rows_one_after_the_other(books: BookDesk, draft: int, open_form: OpenForm) -> None:
    page = open_form(draft)
    rows = books.rows(page, "materials")
    books.go_to(rows, 1)
    press(KEY.Key_Insert, CTRL)
    for key, text in (("item_no", "90"), ("part_no", "N-90"), ("hs_code", "8536900000"), ("name", "NEW")):
        box(rows, key).box.setFocus()
        type_in(text)
    box(rows, "remark").box.setFocus()
    press(KEY.Key_Return)
    books.settle()
    assert books.stored(draft, 90) is None, "a row that lacks what is required is not entered"
    assert "必填" in rows.strip.header.cells["dcl_unit"].message.text()
    box(rows, "dcl_unit").set_value("035")
    box(rows, "legal_unit1").set_value("035")
    box(rows, "remark").box.setFocus()
    press(KEY.Key_Return)
    books.settle()
    stored = books.stored(draft, 90)
    assert stored is not None
    assert (stored.row_mark, stored.part_no, stored.enterprise_mark) == (Mark.ADDED, "N-90", "1")
    assert rows.strip.adding
    assert box(rows, "item_no").text() == "91", "the next row is open with the next number"
    press(KEY.Key_Escape)
    assert not rows.strip.adding
    assert "增加 1" in rows.chips._chips[Mark.ADDED.value].text()


def test_strike_and_take_back_by_keyboard(books: BookDesk, draft: int, open_form: OpenForm) -> None:
    """删除行 on a product takes its consumption along; 撤销行 brings both back; a struck row cannot be typed into."""
    page = open_form(draft)
    rows, consumptions = books.rows(page, "products"), page.body.rows.windows["consumptions"]
    place = books.go_to(rows, 3)
    press(KEY.Key_Delete, CTRL)
    books.settle()
    assert books.cell(rows, place, "row_mark") == "删除"
    assert books.cell(rows, place, "name", Qt.ItemDataRole.FontRole).strikeOut()
    assert any("连带单损耗" in said for said in books.messages)
    assert consumptions.model.marks.get(Mark.STRUCK.value, 0) > 2, "the other tab follows"
    assert not box(rows, "name").editable
    assert "请先撤销行" in rows.strip.said.text()
    press(KEY.Key_4, ALT)
    books.settle()
    assert rows.model.rowCount() == 1
    rows.show_row(0)
    press(KEY.Key_Backspace, CTRL)
    books.settle()
    assert rows.model.rowCount() == 0
    assert consumptions.model.marks.get(Mark.STRUCK.value, 0) == 0
    press(KEY.Key_1, ALT)
    books.settle()
    assert rows.model.rowCount() == 7


def test_leaving_a_row_that_was_not_confirmed_asks_in_place(books: BookDesk, draft: int, open_form: OpenForm) -> None:
    page = open_form(draft)
    rows = books.rows(page, "materials")
    books.go_to(rows, 5)
    box(rows, "name").box.setFocus()
    type_in("X")
    books.go_to(rows, 6)
    assert rows.entry.question.isVisible()
    assert rows.strip.row is not None
    assert rows.strip.row.values["item_no"] == 5, "the typing stays"
    assert page.dirty
    rows.entry.question.keep.click()
    books.settle()
    assert books.stored(draft, 5).row_mark == Mark.MODIFIED  # type: ignore[union-attr]
    assert rows.strip.row.values["item_no"] == 6
    box(rows, "name").box.setFocus()
    type_in("Y")
    books.go_to(rows, 7)
    rows.entry.question.drop.click()
    books.settle()
    assert books.stored(draft, 6).row_mark == Mark.SAME  # type: ignore[union-attr]


def test_what_cannot_be_read_stays_with_its_message(books: BookDesk, draft: int, open_form: OpenForm) -> None:
    page = open_form(draft)
    rows = books.rows(page, "materials")
    books.go_to(rows, 5)
    box(rows, "price").set_text("1..2")
    rows.entry.confirm()
    books.settle()
    assert box(rows, "price").text() == "1..2"
    assert rows.strip.header.cells["price"].message.text()
    assert books.stored(draft, 5).row_mark == Mark.SAME  # type: ignore[union-attr]


def test_saving_the_form_confirms_the_row_too(books: BookDesk, draft: int, open_form: OpenForm) -> None:
    page = open_form(draft)
    rows = books.rows(page, "materials")
    books.go_to(rows, 5)
    box(rows, "name").box.setFocus()
    type_in("X")
    press(KEY.Key_S, CTRL)
    books.settle()
    assert books.stored(draft, 5).row_mark == Mark.MODIFIED  # type: ignore[union-attr]
    assert not page.dirty


def test_somebody_was_faster(books: BookDesk, draft: int, open_form: OpenForm) -> None:
    """The row being typed survives; after 重新载入 it can be confirmed."""
    page = open_form(draft)
    rows = books.rows(page, "materials")
    books.go_to(rows, 5)
    document = books.office.document("account_draft")
    with books.office.act(books.office.auditor) as act:
        other = books.stored(draft, 6)
        assert other is not None
        changing.store(act, document, draft, "materials", other.id, {"name": "theirs"}, page.body.base.revision)
    box(rows, "name").box.setFocus()
    box(rows, "name").box.selectAll()
    type_in("MINE")
    rows.entry.confirm()
    books.settle()
    assert "重新载入" in page.notice.button.text()
    assert box(rows, "name").text() == "MINE"
    page.notice.button.click()
    books.settle()
    assert box(rows, "name").text() == "MINE"
    rows.entry.confirm()
    books.settle()
    assert books.stored(draft, 5).name == "MINE"  # type: ignore[union-attr]
    assert books.stored(draft, 6).name == "theirs"  # type: ignore[union-attr]


def test_going_through_the_changes(books: BookDesk, draft: int, open_form: OpenForm) -> None:
    page = open_form(draft)
    rows = books.rows(page, "materials")
    assert "没有任何变更" in rows.bound["rows.next"].toolTip()
    for item_no in (20, 9):
        books.go_to(rows, item_no)
        press(KEY.Key_Delete, CTRL)
        books.settle()
    books.go_to(rows, 1)
    seen = []
    for key, held in ((KEY.Key_F7, None), (KEY.Key_F7, None), (KEY.Key_F7, None), (KEY.Key_F7, SHIFT)):
        press(key, *([held] if held else []))
        books.settle()
        seen.append(books.cell(rows, rows.view.currentIndex().row(), "item_no"))
    assert seen == ["9", "20", "20", "9"]
    assert "后面没有其他变更" in books.messages


def test_a_refused_audit_brings_the_row_into_sight(books: BookDesk, draft: int, open_form: OpenForm) -> None:
    """Findings count rows as they lie in the book; a click shows the row although a mark alone is shown."""
    document = books.office.document("account_draft")
    with books.office.act() as act:
        row = records.load(act, document, draft).materials[4]
        values = {key: getattr(row, key) for key in ("hs_code", "name", "dcl_unit", "legal_unit1")}
        revision = records.load(act, document, draft).revision
        changing.store(act, document, draft, "materials", None, {**values, "item_no": row.item_no}, revision)
    page = open_form(draft)
    rows = books.rows(page, "products")
    page.order_move(document.flow.move("audit"))
    books.settle()
    found = [one for one in page.body.strip.findings if one.code == "ACC-03"]
    assert found, [one.text for one in page.body.strip.findings]
    rows = page.body.rows.windows["materials"]
    rows.chips.choose(Mark.STRUCK.value)
    books.settle()
    page.body.findings.go_to(found[-1])
    books.settle()
    assert page.body.tabs.currentWidget() is rows
    assert rows.view.currentIndex().row() == found[-1].line
    assert books.cell(rows, found[-1].line or 0, "item_no") == "5"
    assert "重复" in books.cell(rows, found[-1].line or 0, "item_no", Qt.ItemDataRole.ToolTipRole)
    page.body.edited.emit()
    page.checks._ask()
    books.settle()
    assert found[-1] in page.body.strip.findings, "typing in the head does not wipe what the audit found"


def test_rows_in_use_are_named(factory_office: Office, qtbot: Any) -> None:
    factory_office.notes("IM2401001")
    books = BookDesk(factory_office)
    page = books.form(change_of(factory_office))
    qtbot.addWidget(page)
    rows = books.rows(page, "materials")
    books.go_to(rows, 1)
    press(KEY.Key_Delete, CTRL)
    books.settle()
    (dialog,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, FindingsDialog) and one.isVisible()]
    assert dialog.view.model.findings[0].code == "ACC-04"
    dialog.close()
    books.close()


def test_an_approved_book_is_looked_at_only(books: BookDesk, open_form: OpenForm) -> None:
    with books.office.act(SYSTEM) as act:
        approved = records.load_numbered(act, books.office.document("account"), BOOK).id
    page = open_form(approved, "account")
    rows = books.rows(page, "materials")
    assert rows.model.rowCount() == 32
    assert "rows.add" not in rows.commands
    assert rows.model.column("row_mark") == -1
    books.go_to(rows, 5)
    assert not box(rows, "name").editable
    assert not rows.strip.accept.isVisible()
    name = books.cell(rows, rows.view.currentIndex().row(), "name")
    rows.chips.search.setText(name)
    rows.filter()
    books.settle()
    assert 0 < rows.model.rowCount() < 32
    assert all(name in books.cell(rows, place, "name") for place in range(rows.model.rowCount()))
    assert "共 32 行" in rows.chips.total.text()


def test_a_change_is_started_from_the_approved_form(books: BookDesk, open_form: OpenForm) -> None:
    """变更 asks, starts and opens the draft; a second time it opens the change under way."""
    with books.office.act(SYSTEM) as act:
        approved = records.load_numbered(act, books.office.document("account"), BOOK).id
    page = open_form(approved, "account")
    assert "请点「变更」" in page.notice.label.text()
    page.bound["form.change"].trigger()
    books.settle()
    (yes,) = page.findChildren(QPushButton, "question_yes")
    yes.click()
    books.settle()
    ((key, draft),) = books.opened
    assert key == "account_draft"
    assert "account_draft" in books.changed
    page.bound["form.change"].trigger()
    books.settle()
    assert books.opened[1:] == [("account_draft", draft)]
    assert any("已有未办结的变更" in said for said in books.messages)
    page.bound["form.versions"].trigger()
    books.settle()
    assert any("没有历史版本" in said for said in books.messages)
    assert "form.change" not in open_form(int(draft or 0)).commands


@pytest.mark.parametrize("adding", [False, True])
def test_a_row_typed_and_not_confirmed_survives_a_crash(
    books: BookDesk, draft: int, open_form: OpenForm, tmp_path: Path, adding: bool
) -> None:
    """It is in the file of unsaved input, and comes back into the strip unconfirmed, the unreadable text included."""
    books.context.extras[DRAFTS] = DraftStore(tmp_path / "drafts", "本机数据", "tester")
    page = open_form(draft)
    rows = books.rows(page, "materials")
    books.go_to(rows, 13)
    if adding:
        press(KEY.Key_Insert, CTRL)
        box(rows, "item_no").set_text("90")
    box(rows, "name").set_text("NEW NAME")
    box(rows, "filed_qty").set_text("十二")
    assert page.keeping.drafts._timer.isActive(), "it will be on the disk in a moment"
    kept = read_back(written(page.keeping.drafts.unsaved()))
    (key,) = kept.rows
    assert (key, kept.rows[key].values["name"]) == ("materials", "NEW NAME")
    page._closing = True
    page.close()
    again = FormPage(
        books.context, books.office.document("account_draft"), draft, left=LeftBehind(tmp_path / "gone.json", kept)
    )
    again.show()
    books.settle()
    strip = again.body.rows.windows["materials"].strip
    wait_until(lambda: strip.dirty, "the row")
    assert again.dirty
    assert again.body.tabs.currentWidget() is again.body.rows.windows["materials"]
    assert strip.adding is adding
    assert strip.header.cells["name"].editor.text() == "NEW NAME"
    assert strip.header.cells["filed_qty"].editor.text() == "十二"
    assert "尚未确认" in strip.said.text()
    if not adding:
        assert strip.row is not None
        assert strip.row.values["item_no"] == 13
    assert books.stored(draft, 90) is None
    strip.header.cells["filed_qty"].editor.set_text("12")
    again._closing = True
    again.close()
    again.deleteLater()
    books.context.extras.pop(DRAFTS).close()
