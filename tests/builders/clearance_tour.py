"""The screens of clearance for the walk of :mod:`builders.screen_tour`: 对碰, wizards of declarations, a note's change."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from PySide6.QtCore import Qt
from sqlalchemy import select

from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.notes.source_document import SourceDocument, SourceLine
from bondesk.base.formal_copy import DRAFT
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.list_page import ListPage
from bondesk.desktop.matching_page import MatchingPage
from bondesk.engine.act import Act
from bondesk.engine.engine import SYSTEM
from builders.clerk import Clerk, Shoot, pause, wait_until
from builders.formal_copies import LINES, draft_note, formal_note


class ClearanceTour:
    """The stops of one clerk; every one leaves its pages open."""

    def __init__(self, clerk: Clerk, shoot: Shoot) -> None:
        """Walk with ``clerk``."""
        self.clerk, self.shoot, self.window = clerk, shoot, clerk.window
        self.engine = clerk.window.context.engine

    def _settle(self) -> None:
        pause(250)
        wait_until(lambda: self.window.lane.idle, "the database")

    def matching(self) -> None:
        """Show unpaired papers, two compared, and what was paired."""
        with self.engine.acting(SYSTEM) as act:
            for number in ("I2405070001", "I2405070002", "I2405070003"):
                draft_note(act, number, LINES, {}, {"dcl_qty": f"{number[-1]}00"})
            for place in (1, 2):
                quantity = {"dcl_qty": f"{place}00", "origin_country": "KOR"}
                formal_note(act, f"QD520424I00000990{place}", LINES, {"price": "2.6"}, quantity)
        self.window.open_module("matching.match_notes")
        page = self.window.pages.current()
        assert isinstance(page, MatchingPage)
        self._settle()
        self.shoot(self.window, "matching")
        for side in (page.unpaired.drafts, page.unpaired.formals):
            side.view.selectRow(0)
        wait_until(lambda: page.unpaired._asked == page.unpaired.pair() and self.window.lane.idle, "the comparison")
        self.shoot(self.window, "matching_compared")
        page.pair()
        self._settle()
        page.tabs.setCurrentWidget(page.paired)
        page.paired.view.selectRow(0)
        self._settle()
        self.shoot(self.window, "matching_paired")

    def declarations(self) -> None:
        """Go through both wizards of declarations, then look at one and at its message."""
        with self.engine.acting(SYSTEM) as act:
            act.session.add(_general_trade())
        self.clerk.run_script("source_document", "declare_trade", {"document_no": "GT2405"})
        self.clerk.run_script("bonded_note", "declare_notes", {})
        form = self.clerk.open_form("declaration")
        self._settle()
        self.shoot(self.window, "form_declaration_made")
        pane = next(one for one in form.panes if one.objectName() == "xray_pane")
        form.side.toggle(pane)
        self._settle()
        self.shoot(self.window, "form_declaration_xray")

    def note_change(self) -> None:
        """Change an approved note and show what is changed."""
        page = self.clerk.list_of("bonded_note")
        with self.engine.acting(SYSTEM) as act:
            number = _approved(act)
        row = next(row for row in range(page.model.rowCount()) if _shows(page, row, number))
        self.clerk.run_script("bonded_note", "change_bonded_note", {}, row=row)
        form: FormPage = self.clerk.open_form("bonded_note_change")
        self._settle()
        grid = form.body.grids["lines"].model
        grid.setData(grid.index(0, grid.column("dcl_qty")), Decimal(7))
        pause(700)
        self._settle()
        self.shoot(self.window, "form_bonded_note_change_edited")


def _general_trade() -> SourceDocument:
    line = SourceLine(line_no=1, part_no="CAP0402-104K", quantity=Decimal(5000), erp_unit="PCS", used_qty=Decimal(0))
    line.total, line.currency, line.contract_no = Decimal("125.50"), "USD", "PO-2405"
    return SourceDocument(
        document_no="GT2405",
        document_date=date(2024, 5, 6),
        ie_flag="I",
        supervision_mode="0110",
        partner="S03",
        lines=[line],
    )


def _approved(act: Act) -> str:
    mine = select(BondedNote.internal_no).where(
        BondedNote.copy == DRAFT, BondedNote.state == "APPROVED", BondedNote.seq_no != ""
    )
    return str(act.session.scalars(mine.order_by(BondedNote.id.desc()).limit(1)).one())


def _shows(page: ListPage, row: int, number: str) -> bool:
    model = page.model
    return any(
        model.index(row, column).data(Qt.ItemDataRole.DisplayRole) == number for column in range(model.columnCount())
    )
