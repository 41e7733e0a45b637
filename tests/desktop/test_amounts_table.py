"""How much of each row: typed with Enter from row to row, always within what is left."""

from __future__ import annotations

from collections.abc import Generator
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from bondesk.base.errors import Refused
from bondesk.base.steps import Amounts, Outcome, Script, Step, Table, amounts_taken
from bondesk.desktop.amounts_table import AmountsTable
from bondesk.desktop.script_dialog import ScriptDialog
from bondesk.desktop.step_table import shown_text

LINES = Table("生成数量", ("单据行", "可生成"), (("IM1/1", Decimal(9)), ("IM1/2", Decimal(6)), ("IM2/1", Decimal(7))))
MOST = (Decimal(9), Decimal(6), Decimal(7))
STEP = Amounts("amounts", LINES, (11, 12, 13), MOST, MOST, "本次数量", "DEC-08")


@pytest.fixture
def table(qtbot: QtBot) -> AmountsTable:
    shown = AmountsTable(STEP)
    qtbot.addWidget(shown)
    shown.resize(700, 300)
    shown.show()
    qtbot.waitExposed(shown)
    shown.begin()
    return shown


def typed(table: AmountsTable, text: str, qtbot: QtBot) -> None:
    """Type into the current row and press Enter."""
    QTest.keyClicks(table.view, text[:1])
    box = table.view.findChildren(QLineEdit, "amount_box")[-1]  # former ones go at the next turn of events
    QTest.keyClicks(box, text[1:])
    QTest.keyClick(box, Qt.Key.Key_Return)


def test_enter_takes_the_amount_and_goes_down(table: AmountsTable, qtbot: QtBot) -> None:
    typed(table, "2.5", qtbot)
    typed(table, "0", qtbot)
    assert table.view.currentIndex().row() == 2
    assert table.answer() == {11: Decimal("2.5"), 12: Decimal(0), 13: Decimal(7)}
    column = table.amounts.column
    assert [table.amounts.index(row, column).data() for row in range(3)] == ["2.5", "不取", "7"]
    assert table.count.text() == "3 行，取 2 行（部分 1 行）"


def test_more_than_is_left_is_refused_and_the_former_stays(table: AmountsTable, qtbot: QtBot) -> None:
    typed(table, "9.5", qtbot)
    assert table.problem.text() == "IM1/1：本次数量 9.5 超过可用的 9；仍为 9"
    assert table.problem.isVisible()
    assert table.answer()[11] == Decimal(9)
    typed(table, "1", qtbot)
    assert not table.problem.isVisible(), "the next good amount clears what was said"


def test_space_and_delete_take_all_or_nothing_of_the_selected_rows(table: AmountsTable) -> None:
    QTest.keyClick(table.view, Qt.Key.Key_Space)
    assert table.answer()[11] == 0
    QTest.keyClick(table.view, Qt.Key.Key_Space)
    assert table.answer()[11] == 9
    table.view.selectAll()
    QTest.keyClick(table.view, Qt.Key.Key_Delete)
    assert not table.takes_any


def test_the_buttons_work_on_the_rows_shown(table: AmountsTable) -> None:
    table.filter.setText("IM1")
    table.findChild(QWidget, "amounts_none").click()  # type: ignore[union-attr]
    assert table.answer() == {11: Decimal(0), 12: Decimal(0), 13: Decimal(7)}
    table.findChild(QWidget, "amounts_all").click()  # type: ignore[union-attr]
    assert table.answer() == dict(zip(STEP.ids, MOST, strict=True))


def test_an_amount_still_in_its_box_counts(table: AmountsTable) -> None:
    QTest.keyClicks(table.view, "4")
    assert table.answer()[11] == Decimal(4)


def taking(_work: Any, _options: Any, _selected: Any) -> Generator[Step, Any, Outcome]:
    taken = amounts_taken(STEP, (yield STEP))
    return Outcome(f"取 {len(taken)} 行，共 {sum(taken.values())}")


def test_the_wizard_goes_on_with_what_was_typed(desk: Any, qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    dialog = ScriptDialog(desk.context, Script("taking", "取数", "part", taking), (), page)
    dialog.open()
    qtbot.waitUntil(lambda: dialog.heading.text() == "生成数量", timeout=60_000)
    table = dialog.pages.currentWidget()
    assert isinstance(table, AmountsTable)
    table.amounts.put_all(range(3), all_of_it=False)
    assert not dialog.next.isEnabled(), "nothing to take, nothing to go on with"
    typed(table, "3", qtbot)
    typed(table, "1", qtbot)
    dialog.next.click()
    qtbot.waitUntil(lambda: dialog.heading.text() == "完成", timeout=60_000)
    assert dialog.findChild(QWidget, "script_outcome").text() == "取 2 行，共 4"  # type: ignore[union-attr]
    dialog.close()


def test_after_a_refusal_the_typing_is_still_there(desk: Any, qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)

    def picky(_work: Any, _options: Any, _selected: Any) -> Generator[Step, Any, Outcome]:
        taken = amounts_taken(STEP, (yield STEP))
        if sum(taken.values()) == 4:
            raise Refused("共 4 件不行", "X-1")
        return Outcome(f"共 {sum(taken.values())}")

    dialog = ScriptDialog(desk.context, Script("taking", "取数", "part", picky), (), page)
    dialog.open()
    for amounts, ending in ((["3", "1"], "没有完成"), (["8"], "完成")):
        qtbot.waitUntil(lambda: dialog.heading.text() == "生成数量", timeout=60_000)
        table = dialog.pages.currentWidget()
        assert isinstance(table, AmountsTable)
        if ending == "没有完成":
            table.amounts.put_all(range(3), all_of_it=False)
        for amount in amounts:
            typed(table, amount, qtbot)
        dialog.next.click()
        qtbot.waitUntil(lambda ending=ending: dialog.heading.text() == ending, timeout=60_000)  # type: ignore[misc]
        if ending == "没有完成":
            dialog.next.click()
    assert dialog.findChild(QWidget, "script_outcome").text() == "共 9", "8 of the first row, still 1 of the second"  # type: ignore[union-attr]
    dialog.close()


@pytest.mark.parametrize(
    ("value", "text"), [("125.50", "125.50"), ("7465.00", "7465.00"), ("2000.00000", "2000"), ("0.00850", "0.0085")]
)
def test_amounts_keep_their_decimals_and_quantities_need_none(value: str, text: str) -> None:
    assert shown_text(Decimal(value)) == text
