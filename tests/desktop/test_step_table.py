"""The table of a step: a long text in its last column is told in full, and never widens the table."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from bondesk.base.steps import Table
from bondesk.desktop.step_table import StepTable

WHY = "4 行，来自 4 个原始单证行：备案号、进出口标志、料件成品标志、监管方式、运输方式、进境关别、申报地海关、币制 相同"
LONG = Table("清单", ("清单", "为什么成为一份"), ((1, WHY), (2, WHY.replace("4", "5"))))


def test_the_long_text_of_the_current_row_is_told_below(qtbot: QtBot) -> None:
    table = StepTable(LONG)
    qtbot.addWidget(table)
    table.resize(420, 300)
    table.show()
    qtbot.waitExposed(table)
    assert table.told.isVisible()
    assert table.told.text() == f"为什么成为一份：{WHY}"
    assert table.view.horizontalScrollBar().maximum() == 0
    table.view.selectRow(1)
    assert "5 行" in table.told.text()
    table.filter.setText("4 个")
    assert "4 行" in table.told.text()
    table.filter.setText("没有的字")
    assert not table.told.isVisible()


def test_short_texts_are_told_in_the_table_alone(qtbot: QtBot) -> None:
    table = StepTable(Table("清单", ("清单", "供应商"), ((1, "S06"),)))
    qtbot.addWidget(table)
    table.show()
    assert not table.told.isVisible()
