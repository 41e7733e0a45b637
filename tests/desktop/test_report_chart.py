"""The balance over time beside a ledger: steps by day, round scales, exact figures under mouse and keys, both looks."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bondesk.areas.reports.item_ledger import ITEM_LEDGER
from bondesk.base.reports import Report, ReportRow, ReportTable
from bondesk.base.steps import Progress
from bondesk.desktop import style
from bondesk.desktop.balance_steps import balances_of, below_zero
from bondesk.desktop.chart_scale import Scale, marked_days, round_figures
from bondesk.desktop.report_chart import ChartPane
from bondesk.desktop.report_page import ReportPage

D = Decimal
KEY = Qt.Key
#: item | day | balance after the voucher; item 9 is asked for one partner and has none.
VOUCHERS = (
    (3, "2024-01-10", "100.00000"), (3, "2024-01-10", "40"), (3, "2024-01-15", "-7.5"), (3, "2024-01-16", "-8"),
    (3, "2024-02-01", "1234.5"), (3, "2024-03-20", "-0.00001"),
    (4, "2024-02-02", "5"),
    (9, "2024-02-02", None),
)  # fmt: skip


def rows() -> tuple[ReportRow, ...]:
    found = []
    for number, (item, day, balance) in enumerate(VOUCHERS):
        head = ("E1", item, f"料件{item}", date.fromisoformat(day), f"I{number}", 1, "0615", "")
        values = (*head, D(0), D(0), D(0), D(balance) if balance is not None else None)
        found.append(ReportRow(f"{item}#{number}", values))
    return tuple(found)


def run(_work: Any, _options: Any) -> Generator[Progress, None, ReportTable]:
    yield Progress(0, 1, "…")
    return ReportTable(rows())


LEDGER: Report = replace(ITEM_LEDGER, run=run)


@pytest.fixture
def page(desk: Any, qtbot: QtBot) -> Iterator[ReportPage]:
    made = ReportPage(desk.context, LEDGER)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    made.query()
    qtbot.waitUntil(lambda: len(made.model.order) == len(VOUCHERS))
    yield made


@pytest.fixture
def pane(page: ReportPage) -> ChartPane:
    found = page.findChild(ChartPane)
    assert found is not None
    return found


def test_the_last_voucher_of_a_day_counts_until_the_next_day_that_moves() -> None:
    found = balances_of(LEDGER, ReportTable(rows()))
    steps = found.steps["E1", 3]
    assert [(str(one.day), one.days, one.value, one.rows) for one in steps] == [
        ("2024-01-10", 5, D(40), (0, 1)), ("2024-01-15", 1, D("-7.5"), (2,)), ("2024-01-16", 16, D(-8), (3,)),
        ("2024-02-01", 48, D("1234.5"), (4,)), ("2024-03-20", 1, D("-0.00001"), (5,)),
    ]  # fmt: skip
    assert below_zero(steps) == [1, 4]
    assert (found.of_row(1), found.of_row(5), found.of_row(7)) == ((("E1", 3), 0), (("E1", 3), 4), ((), -1))
    assert balances_of(replace(LEDGER, course=None), ReportTable(rows())).steps == {}


@pytest.mark.parametrize(
    ("low", "high", "most", "wanted"),
    [
        ("0", "0", 5, ["0", "1"]),
        ("40", "1234.5", 6, ["0", "500", "1000", "1500"]),
        ("-8", "1234.5", 6, ["-500", "0", "500", "1000", "1500"]),
        ("-3", "-1", 6, ["-3", "-2", "-1", "0"]),
        ("0", "0.00003", 6, ["0.00000", "0.00001", "0.00002", "0.00003"]),
        ("-0.1", "9999999999999.99999", 2, ["-10000000000000", "0", "10000000000000"]),
    ],
)
def test_figures_at_the_left_are_round(low: str, high: str, most: int, wanted: list[str]) -> None:
    found = round_figures(D(low), D(high), most)
    assert [D(one) for one in wanted] == found
    assert found[0] <= D(low)
    assert found[-1] >= D(high)
    assert not [one for one in found if "E" in f"{one:f}"]


def test_days_are_marked_as_far_as_there_is_room() -> None:
    first, last = date(2024, 1, 18), date(2024, 4, 5)
    assert [word for _day, word in marked_days(first, last, 8)][:2] == ["2024-01-18", "2024-01-28"]
    assert [word for _day, word in marked_days(first, last, 4)] == ["2024-02", "2024-03", "2024-04"]
    assert [word for _day, word in marked_days(date(2014, 5, 2), last, 6)] == [
        "2016-01", "2018-01", "2020-01", "2022-01", "2024-01",
    ]  # fmt: skip
    assert marked_days(first, first, 8) == [(first, "2024-01-18")]
    assert marked_days(date(2024, 5, 2), date(2024, 5, 30), 1) == [(date(2024, 5, 2), "2024-05-02")]


def test_places_and_days_lead_back_to_each_other() -> None:
    scale = Scale(50, 10, 617, 200, D(-10), D(30), date(2024, 1, 1), date(2024, 3, 31))
    for number in range(scale.days):
        day = date.fromordinal(scale.first.toordinal() + number)
        middle = (scale.x(day) + scale.x(date.fromordinal(day.toordinal() + 1))) // 2
        assert scale.day_at(middle) == day
    assert (scale.x(date(2024, 4, 1)), scale.y(D(30)), scale.y(D(-10)), scale.y(D(0))) == (667, 10, 210, 160)
    assert (scale.day_at(0), scale.day_at(9999)) == (scale.first, scale.last)


def test_the_picture_follows_the_row_and_says_what_is_below_zero(page: ReportPage, pane: ChartPane) -> None:
    assert pane.title.text() == "E1 3 料件3 结余"  # the first item at once
    assert pane.below.text() == "▼ 为负 18 天，最早 2024-01-15，最后仍为负"
    assert pane.chart.words() == "2024-01-10 起 5 天　结余 40.00000　当日 2 行"
    page.view.setCurrentIndex(page.model.index(5, 11))
    assert pane.chart.accessibleDescription() == "2024-03-20　结余 -0.00001　当日 1 行"
    page.view.setCurrentIndex(page.model.index(6, 0))
    assert (pane.title.text(), pane.below.isVisible(), len(pane.chart.steps)) == ("E1 4 料件4 结余", False, 1)
    page.view.setCurrentIndex(page.model.index(7, 0))
    assert "选中" in pane.title.text()
    assert not pane.chart.steps
    pane.chart.setFocus()
    for key in (KEY.Key_Right, KEY.Key_PageDown, KEY.Key_Return):
        QTest.keyClick(pane.chart, key)
    pane.chart.grab()


def test_the_keys_walk_along_and_enter_goes_to_the_row(page: ReportPage, pane: ChartPane, qtbot: QtBot) -> None:
    page.view.setCurrentIndex(page.model.index(0, 0))
    page.view.setFocus()
    for _tab in range(8):
        QTest.keyClick(QApplication.focusWidget(), KEY.Key_Tab)
        if pane.chart.hasFocus():
            break
    assert pane.chart.hasFocus()  # reached by Tab
    seen = []
    for key in (KEY.Key_PageDown, KEY.Key_PageDown, KEY.Key_PageUp, KEY.Key_End, KEY.Key_Right, KEY.Key_Home,
                KEY.Key_Left, KEY.Key_Right, KEY.Key_Right):  # fmt: skip
        QTest.keyClick(pane.chart, key)
        seen.append(pane.chart.cursor_step)
    assert seen == [1, 4, 1, 4, 4, 0, 0, 1, 2]
    QTest.keyClick(pane.chart, KEY.Key_Return)
    assert page.view.hasFocus()
    assert (page.view.currentIndex().row(), page.view.currentIndex().column()) == (3, 11)
    assert not page.panel.isVisible()


def test_the_mouse_shows_the_exact_figure_and_a_double_click_goes_to_the_row(
    page: ReportPage, pane: ChartPane, qtbot: QtBot
) -> None:
    page.view.setCurrentIndex(page.model.index(0, 0))
    page.view.setFocus()
    chart = pane.chart
    place = QPoint(chart.scale().x(date(2024, 2, 20)) + 1, chart.height() // 2)
    QTest.mouseMove(chart, place)
    qtbot.waitUntil(lambda: chart.words() == "2024-02-01 起 48 天　结余 1,234.50000　当日 1 行")
    chart.leaveEvent(None)  # type: ignore[arg-type]
    assert chart.cursor_step == 0
    QTest.mouseMove(chart, place + QPoint(1, 0))
    qtbot.waitUntil(lambda: chart.cursor_step == 3)
    QTest.mouseDClick(chart, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert page.view.currentIndex().row() == 4


@pytest.mark.parametrize("look", [style.LIGHT, style.DARK], ids=["light", "dark"])
def test_both_looks_paint_the_line_and_what_is_below_zero(pane: ChartPane, qapp: QApplication, look: Any) -> None:
    try:
        style.apply_style(qapp, look)
        picture = pane.chart.grab().toImage()
        seen = {picture.pixelColor(x, y).name() for x in range(picture.width()) for y in range(picture.height())}
        bad = look.tones["bad"]
        for wanted in (look.base, style.link(), bad.foreground, look.border, look.quiet):
            assert QColor(wanted).name() in seen, wanted
    finally:
        style.apply_style(qapp, style.LIGHT)


def test_rows_found_or_sorted_keep_the_whole_line(page: ReportPage, pane: ChartPane) -> None:
    """The line is that of the item, whatever rows are in sight; a row that is not is not gone to."""
    page.view.sortByColumn(11, Qt.SortOrder.DescendingOrder)
    page.view.setCurrentIndex(page.model.index(0, 0))
    assert [one.value for one in pane.chart.steps][:2] == [D(40), D("-7.5")]
    page.model.search("I5")
    assert len(pane.chart.steps) == 5
    pane.chart.setFocus()
    QTest.keyClick(pane.chart, KEY.Key_Home)
    QTest.keyClick(pane.chart, KEY.Key_Return)
    assert pane.chart.hasFocus()
