"""The demo company's book on the screen: a change opened, rows found, keys pressed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt

from bondesk.areas.accounts.book_model import AccountLine
from bondesk.desktop.change_rows import ChangeRows
from bondesk.desktop.context import Codes, DeskContext
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.lane import Lane
from bondesk.engine import changing, records
from bondesk.engine.engine import SYSTEM
from builders.clerk import wait_until
from builders.office import Office

BOOK = "E52042300A01"


def change_of(office: Office, key: str = "account", number: str = BOOK) -> int:
    """Open the change of an approved document; return the draft's id."""
    approved = office.document(key)
    with office.act() as act:
        return changing.start(act, approved, records.load_numbered(act, approved, number).id)


class BookDesk:
    """One form of a book with what it said."""

    def __init__(self, office: Office) -> None:
        """Sit down as the clerk."""
        self.office = office
        self.messages: list[str] = []
        self.changed: list[str] = []
        self.opened: list[tuple[str, int | None]] = []
        self.crashes: list[Exception] = []
        self.lane = Lane(office.engine, office.clerk)
        self.lane.crashed.connect(self.crashes.append)
        self.context = DeskContext(
            engine=office.engine,
            identity=office.clerk,
            lane=self.lane,
            codes=Codes({"unit": (("035", "千克", "qk"), ("007", "个", "g")), "currency": (("USD", "美元", "my"),)}),
            open_page=lambda _key, _title, _make: None,
            open_document=lambda document, number: self.opened.append((document.key, number)),
            changed=lambda key: self.changed.append(key),  # noqa: PLW0108
            show_message=lambda text: self.messages.append(text),  # noqa: PLW0108
        )

    def form(self, document_id: int, key: str = "account_draft") -> FormPage:
        """Open a form and wait until it can be used."""
        page = FormPage(self.context, self.office.document(key), document_id)
        page.resize(1400, 860)
        page.show()
        page.activateWindow()
        wait_until(lambda: self.lane.idle and page.body.isEnabled(), "the form")
        self.settle()
        return page

    def rows(self, page: FormPage, table: str) -> ChangeRows:
        """Turn to a table of rows."""
        rows = page.body.rows.windows[table]
        page.body.tabs.setCurrentWidget(rows)
        self.settle()
        return rows

    def settle(self) -> None:
        """Wait until everything asked is answered."""
        wait_until(lambda: self.lane.idle, "the lane")

    def go_to(self, rows: ChangeRows, item_no: int) -> int:
        """Put the cursor on the row of a number; return its place."""
        place = next(n for n in range(rows.model.rowCount()) if self.cell(rows, n, "item_no") == str(item_no))
        rows.show_row(place)
        rows.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.settle()
        return place

    def cell(self, rows: ChangeRows, place: int, key: str, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        return rows.index(place, key).data(role)

    def stored(self, draft_id: int, item_no: int, flag: str = "I") -> AccountLine | None:
        """Read a stored row."""
        with self.office.act(SYSTEM) as act:
            return act.facts.one(AccountLine, header_id=draft_id, goods_flag=flag, item_no=item_no)

    def close(self) -> None:
        """Stop the lane; a crash fails the test."""
        self.lane.close()
        assert not self.crashes
