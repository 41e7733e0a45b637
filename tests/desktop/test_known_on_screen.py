"""截至知晓日 on the screen: the day is typed, the figure of that evening is shown, and the strip says what it covers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from PySide6.QtWidgets import QApplication

from bondesk.desktop.report_page import ReportPage
from bondesk.engine.engine import Engine
from builders.clerk import wait_until
from builders.everyday import Desk, SignIn
from builders.homes import declared, generated
from builders.keys import CTRL, KEY


def at(engine: Engine, day: int) -> Engine:
    """The program on an evening of May."""
    return replace(engine, clock=lambda: datetime(2024, 5, day, 18))


def asked(desk: Desk, page: ReportPage, day: str) -> None:
    """Type a day into 截至知晓日 and query."""
    box = page.options.cells["known_on"].editor.box
    box.setFocus()
    desk.press(KEY.Key_A, CTRL)
    desk.press(KEY.Key_Delete)
    desk.type(day)
    desk.press(KEY.Key_F5)
    wait_until(lambda: page._talk is None and desk.window.lane.idle, "the answer")


def shown(page: ReportPage, key: str) -> dict[str, Decimal]:
    """Return a column as the screen has it, by the name of the row."""
    column = page.report.column_place(key)
    return {page.model.row_key(row): page.model.value(row, column) for row in range(len(page.model.order))}


def test_a_day_typed_shows_what_was_known_that_evening(sign_in: SignIn) -> None:
    desk = sign_in()
    first, second = at(desk.engine, 6), at(desk.engine, 8)
    declared(first, list(generated(first, "IM2401001")))
    desk.run("zcljjck")
    page = desk.window.pages.current()
    assert isinstance(page, ReportPage)
    asked(desk, page, "")
    before, consumed = shown(page, "balance"), shown(page, "consumed")
    declared(second, list(generated(second, "EX2401001")))

    asked(desk, page, "")
    assert [one.code for one in page.strip.findings] == []
    now = shown(page, "balance")
    assert now != before
    assert shown(page, "consumed") != consumed

    asked(desk, page, "20240506")  # as clerks type a day
    assert (shown(page, "balance"), shown(page, "consumed")) == (before, consumed)
    (told,) = page.strip.findings
    assert (told.code, page.strip.isVisible()) == ("RPT-46", True)
    assert "2024-05-06" in told.text
    box = page.options.cells["known_on"].editor.box
    assert page.options.cells["known_on"].editor.value().isoformat() == "2024-05-06"

    changed = next(key for key, value in now.items() if value != before[key])
    row = next(row for row in range(len(page.model.order)) if page.model.row_key(row) == changed)
    page._explain(page.model.index(row, page.report.column_place("balance")))
    wait_until(page.panel.isVisible, "the explanation")
    assert page.panel.explanation is not None
    assert f"{before[changed]:f}" in page.panel.explanation.value

    asked(desk, page, "2024-5-6x")
    assert QApplication.focusWidget() is box
    assert "改正" in page.tools.said.text()

    asked(desk, page, "2024-05-08")
    assert shown(page, "balance") == now
    asked(desk, page, "2024-05-05")  # the evening before: nothing was there
    assert set(shown(page, "balance").values()) == {Decimal(0)}
