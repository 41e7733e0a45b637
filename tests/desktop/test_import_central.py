"""数据导入: a kind found by initials, its import opened, the history told and a workbook opened again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from bondesk.base.errors import Refused
from bondesk.base.identity import Identity
from bondesk.desktop.import_central import ImportCentral
from bondesk.desktop.import_dialog import ImportDialog
from bondesk.engine import import_history
from builders.books import BookDesk
from builders.clerk import wait_until
from builders.office import DEMO, Office


@pytest.fixture
def desk(office_at: Callable[..., Office], masters_template: Path) -> Iterator[BookDesk]:
    """The factory's clerk, who has imported the masters."""
    opened = BookDesk(office_at(masters_template))
    yield opened
    opened.close()


def opened(desk: BookDesk, qtbot: Any) -> ImportCentral:
    """Open it over an empty window, once the history is read."""
    window = QWidget()
    qtbot.addWidget(window)
    central = ImportCentral(desk.context, window)
    central.open()
    desk.window = window  # type: ignore[attr-defined]
    wait_until(lambda: central.table.model.rowCount() > 0, "the history")
    return central


def test_a_kind_is_found_and_its_import_opened(desk: BookDesk, qtbot: Any) -> None:
    central = opened(desk, qtbot)
    every = central.kinds.count()
    QTest.keyClicks(central.search, "ysdz")
    assert [central.kinds.item(row).text() for row in range(central.kinds.count())] == ["原始单证"]
    assert every > 10
    QTest.keyClick(central.search, Qt.Key.Key_Return)
    dialog = central.findChild(ImportDialog)
    assert dialog is not None
    assert dialog.objectName() == "import.source_document"
    central.search.setText("没有这种单据")
    assert (central.run.isEnabled(), central.run.toolTip()) == (False, "没有匹配的单据")


def test_history_and_the_workbook_again(desk: BookDesk, qtbot: Any) -> None:
    office = desk.office
    office.bring("partner", DEMO / "partner.xlsx")
    central = opened(desk, qtbot)
    model = central.table.model
    told = [[str(model.index(row, column).data()) for column in range(6)] for row in range(model.rowCount())]
    assert told[0][1:4] == [office.clerk.name, office.document("partner").title, "partner.xlsx"]
    first = [row for row in told if row[3] == "partner.xlsx"][-1]
    assert first[5].startswith("已存入")
    assert int(told[0][4]) > 0
    assert not central.again.isEnabled()
    central.table.view.selectRow(0)
    central.again.click()
    wait_until(lambda: central.findChild(ImportDialog) is not None, "the import")
    dialog = central.findChild(ImportDialog)
    assert dialog is not None
    wait_until(lambda: dialog.preview is not None, "the preview")
    assert dialog.objectName() == "import.partner"
    assert dialog.preview is not None
    assert dialog.preview.opened.content == (DEMO / "partner.xlsx").read_bytes()
    dialog.reject()


def test_only_what_is_granted(desk: BookDesk) -> None:
    """Who may import partners alone sees partners alone, and gets no other workbook."""
    office = desk.office
    few = Identity(office.clerk.user_id, "few", "少权", frozenset({("partner", "import"), ("partner", "view")}))
    with office.act() as act:
        every = import_history.past_imports(act)
    foreign = next(one for one in every if one.document_key != "partner")
    with office.engine.acting(few) as act:
        assert [one.key for one in import_history.importable(act)] == ["partner"]
        assert {one.document_key for one in import_history.past_imports(act)} == {"partner"}
    with pytest.raises(Refused), office.engine.acting(few) as act:
        import_history.workbook_of(act, foreign.id)
    assert replace(foreign, rows=0).result.startswith("已存入，其后被替换或删除")
