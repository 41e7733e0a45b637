"""A change of the book by keyboard: one difference extracted, one row typed, one struck; refused, mended, approved."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bondesk.areas.accounts.book_model import Account, AccountConsumption
from bondesk.areas.goods.merged_item import MergedItem
from bondesk.desktop.change_rows import ChangeRows
from bondesk.engine import records
from bondesk.engine.engine import SYSTEM
from bondesk.engine.receiving import receive
from builders.books import BOOK, BookDesk, change_of
from builders.clerk import wait_until
from builders.keys import CTRL, KEY, press, type_in


@pytest.fixture
def books(office_at: Any, factory_template: Path, qtbot: Any) -> Iterator[BookDesk]:
    """The factory with a complete book, whose merged item 13 got another name."""
    office = office_at(factory_template, rehearsal=True)
    with office.act(SYSTEM) as act:
        book = act.session.scalars(select(Account).filter_by(copy="approved")).one()
        book.max_turnover, book.qualification_no, book.account_type = 900, "T52042300001", "1"
        for line in (*book.materials, *book.products):
            line.part_no = line.part_no or f"{line.goods_flag}-{line.item_no}"
        item = act.session.scalars(select(MergedItem).filter_by(goods_flag="I", merge_no=13)).one()
        item.name = "连接器新名称"
    desk = BookDesk(office)
    yield desk
    desk.close()


def typed(rows: ChangeRows, **texts: str) -> None:
    """Type into boxes of the row strip."""
    for key, text in texts.items():
        box = rows.strip.header.cells[key].editor.box
        box.setFocus()
        wait_until(box.hasFocus, f"the cursor in {key}")
        box.selectAll()
        type_in(text)


def confirm(books: BookDesk, rows: ChangeRows) -> None:
    """Press Enter in the last box."""
    rows.strip.header.cells["remark"].editor.box.setFocus()
    press(KEY.Key_Return)
    books.settle()


def test_a_change_by_keyboard_from_extraction_to_approval(books: BookDesk, qtbot: Any) -> None:
    office = books.office
    document = office.document("account_draft")
    draft = change_of(office)
    page = books.form(draft)
    qtbot.addWidget(page, before_close_func=lambda form: setattr(form, "_closing", True))
    rows = books.rows(page, "materials")
    _extract_the_new_name(books, rows)
    with office.act(SYSTEM) as act:
        used = set(act.session.scalars(select(AccountConsumption.material_no).filter_by(header_id=draft)))
    unused = next((number for number in range(32, 0, -1) if number not in used), 32)
    books.go_to(rows, unused)
    press(KEY.Key_Delete, CTRL)
    books.settle()
    taken = books.stored(draft, 1)
    assert taken is not None
    press(KEY.Key_Insert, CTRL)
    more = {"hs_code": taken.hs_code, "name": "NEW", "dcl_unit": taken.dcl_unit, "legal_unit1": taken.legal_unit1}
    typed(rows, item_no="77", part_no=taken.part_no, currency="USD", **more)
    books.settle()
    confirm(books, rows)
    press(KEY.Key_Escape)
    page.order_move(document.flow.move("audit"))
    books.settle()
    wrong = [one for one in page.body.strip.findings if one.code == "ACC-03"]
    assert {one.field for one in wrong} == {"part_no"}
    while (rows.current() is None) or rows.current().values["item_no"] != 77:  # type: ignore[union-attr]
        page.next_finding()
        books.settle()
    typed(rows, part_no="NEW-77")
    confirm(books, rows)
    page.order_move(document.flow.move("audit"))
    books.settle()
    assert page.body.base.state == "AUDITED", [one.text for one in page.body.strip.findings]
    assert not rows.bound["rows.strike"].isEnabled(), "audited rows cannot be changed"
    page.deeds.send("")
    books.settle()
    assert any("审核通过" in one for one in receive(office.engine, office.clerk).sentences)
    with office.act(SYSTEM) as act:
        approved = records.load_numbered(act, office.document("account"), BOOK).id
    seen = books.form(approved, "account")
    qtbot.addWidget(seen)
    lines = books.rows(seen, "materials")
    shown = {books.cell(lines, n, "item_no"): books.cell(lines, n, "name") for n in range(lines.model.rowCount())}
    assert shown["13"] == "连接器新名称"
    assert shown["77"] == "NEW"
    assert str(unused) not in shown


def _extract_the_new_name(books: BookDesk, rows: ChangeRows) -> None:
    books.go_to(rows, 1)
    press(KEY.Key_E, CTRL)
    books.settle()
    assert rows.source is not None
    model, view = rows.source.pane.model, rows.source.pane.view
    press(KEY.Key_A, CTRL)
    press(KEY.Key_Space)
    assert model.chosen() == []
    press(KEY.Key_Home, CTRL)
    while "连接器新名称" not in str(model.index(view.currentIndex().row(), 2).data()):
        press(KEY.Key_Down)
    press(KEY.Key_Space)
    press(KEY.Key_Return, CTRL)
    books.settle()
    press(KEY.Key_Escape)


def test_a_new_row_is_filled_from_its_part_and_its_code(books: BookDesk, qtbot: Any) -> None:
    """料号 brings what 归并后料件 says; another code brings its legal units; what was typed stays."""
    with books.office.act(SYSTEM) as act:
        item = act.session.scalars(select(MergedItem).filter_by(goods_flag="I", merge_no=13)).one()
        item.part_no, item.price, item.origin = "P-13", Decimal("2.5"), "JPN"
        taken = [item.hs_code, item.name, item.dcl_unit, item.legal_unit1]
    page = books.form(change_of(books.office))
    qtbot.addWidget(page, before_close_func=lambda form: setattr(form, "_closing", True))
    rows = books.rows(page, "materials")
    books.go_to(rows, 1)
    press(KEY.Key_Insert, CTRL)
    typed(rows, item_no="78", price="3", part_no="P-13")
    press(KEY.Key_Return)
    books.settle()
    cells = rows.strip.header.cells
    assert [cells[key].editor.value() for key in ("hs_code", "name", "dcl_unit", "legal_unit1")] == taken
    assert (cells["price"].editor.value(), cells["country"].editor.value()) == (Decimal(3), "JPN")
    typed(rows, hs_code="3926901000")
    confirm(books, rows)
    stored = books.stored(change_open(books), 78)
    assert stored is not None
    assert (stored.legal_unit1, stored.legal_unit2, stored.row_mark) == ("035", "", "3")


def change_open(books: BookDesk) -> int:
    """Return the open draft."""
    with books.office.act(SYSTEM) as act:
        return int(act.session.scalars(select(Account.id).filter_by(copy="draft")).one())
