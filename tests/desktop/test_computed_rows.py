"""Rows the program computed (手册核销): cells are typed and pasted, rows neither added nor taken away."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from bondesk.areas.index import CATALOGUE
from bondesk.areas.verification.handbook_model import HandbookMaterialLine, HandbookVerification
from bondesk.base.errors import Refused
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.line_grid import LineGrid
from bondesk.engine import records
from bondesk.engine.drafts import LineDraft
from bondesk.engine.engine import SYSTEM
from bondesk.ledger.handbook import MATERIAL_FIGURES
from builders.keys import CTRL, KEY, press

DOCUMENT = CATALOGUE.document("handbook_verification")


@pytest.fixture
def stored(desk: Any) -> int:
    """A 核销 of two materials, one of them 5 short."""
    with desk.context.engine.acting(SYSTEM) as act:
        one = HandbookVerification(
            internal_no="C1", record_no="C1", basis="NOTE", day=date(2024, 3, 31), state="DRAFT", company_id=1
        )
        one.materials = [
            HandbookMaterialLine(
                line_no=item, item_no=item, hs_code="1", name=f"料{item}", unit="007", imported=Decimal(0),
                scrap_left=Decimal(0), remaining=Decimal(left), declared_remaining=Decimal(left),
                **dict.fromkeys(MATERIAL_FIGURES, Decimal(0)),
            )
            for item, left in ((1, -5), (2, 0))
        ]  # fmt: skip
        act.session.add(one)
        act.session.flush()
        return int(one.id)


@pytest.fixture
def form(desk: Any, qtbot: QtBot, stored: int) -> FormPage:
    page = FormPage(desk.context, DOCUMENT, stored)
    qtbot.addWidget(page)
    page.resize(1280, 760)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(lambda: desk.context.lane.idle and page.body.isEnabled())
    return page


def at_cell(form: FormPage, row: int, key: str) -> LineGrid:
    grid = form.body.grids["materials"]
    grid.view.setFocus()
    grid.view.show_cell(row, grid.model.column(key))
    return grid


def test_no_key_adds_or_takes_a_row(form: FormPage) -> None:
    grid = at_cell(form, 1, "adjust_import")
    for key, held in ((KEY.Key_Insert, CTRL), (KEY.Key_Delete, CTRL), (KEY.Key_Return, CTRL)):
        press(key, held)
    grid.append()
    assert grid.model.rowCount() == 2
    for name in ("lines.insert", "lines.duplicate", "lines.remove", "lines.up"):
        assert "由程序计算" in grid.commands[name].why_not()
    assert not [one for one in grid.findChildren(QToolButton) if one.objectName().endswith("lines.insert")]
    vouchers = form.body.grids["vouchers"]  # nothing at all to type there
    assert not [one for one in vouchers.findChildren(QToolButton) if one.objectName().startswith("button.vouchers")]


def test_a_block_is_pasted_into_the_rows_there_are(form: FormPage, qtbot: QtBot) -> None:
    grid = at_cell(form, 1, "adjust_import")
    told: list[Any] = []
    grid.told.connect(told.extend)
    QApplication.clipboard().setText("3\n4\n")
    press(KEY.Key_V, CTRL)
    qtbot.waitUntil(lambda: bool(told))
    assert [line.values["adjust_import"] for line in grid.model.lines] == [None, Decimal(3)]
    assert "1 行超出表格末尾" in told[0].text


def test_a_row_taken_away_behind_the_screen_is_refused(desk: Any, stored: int) -> None:
    with desk.context.engine.acting(SYSTEM) as act:
        for kept in ([0], [0, 1, None]):
            draft = records.open_draft(act, DOCUMENT, stored)
            rows = draft.lines["materials"]
            draft.lines["materials"] = [LineDraft({"item_no": 3}) if one is None else rows[one] for one in kept]
            with pytest.raises(Refused) as refused:
                records.save(act, DOCUMENT, draft)
            assert refused.value.findings[0].code == "FLOW-04"
