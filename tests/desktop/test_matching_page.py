"""对碰 by keyboard: found from the palette, paired by hand and at a stroke, accepted with a reason, undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot
from sqlalchemy import insert, select

from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.base.formal_copy import MatchDifference, MatchPair
from bondesk.base.records import new_id
from bondesk.desktop.matching_page import MatchingPage
from bondesk.desktop.reason_dialog import ReasonDialog
from bondesk.desktop.script_dialog import ScriptDialog
from bondesk.engine.engine import SYSTEM
from builders.clerk import wait_until
from builders.everyday import Desk, SignIn
from builders.formal_copies import LINES, draft_note, formal_note
from builders.keys import CTRL, KEY, SHIFT


def prepared(sign_in: SignIn) -> Desk:
    """Three drafts; customs has the first by number, the second with another quantity, and one nobody knows."""
    desk = sign_in()
    with desk.engine.acting(SYSTEM) as act:
        draft_note(act, "I2403050001", seq_no="S1")
        draft_note(act, "I2403050002")
        draft_note(act, "I2403050003", LINES[:1])
        formal_note(act, "QD520424I000000001", seq_no="S1", writeoff_mark="0")
        formal_note(act, "QD520424I000000002", LINES, {"dcl_qty": "999"}, writeoff_mark="0")
    return desk


def page_of(desk: Desk) -> MatchingPage:
    """Open the page from the palette, as soon as it has answered."""
    desk.run("hzqddp")
    page = desk.window.pages.current()
    assert isinstance(page, MatchingPage), page
    desk.settle()
    return page


def row_of(page: MatchingPage, side: str, number: str) -> int:
    """Return the row of a paper in its list."""
    model = getattr(page.unpaired, side).model
    return next(row for row in range(model.rowCount()) if model.index(row, 0).data() == number)


def sums_of(page: MatchingPage, side: str, number: str) -> list[str]:
    """Return what stands beside the number of a paper: lines, quantity, amount."""
    model, row = getattr(page.unpaired, side).model, row_of(page, side, number)
    places = range(1, 4)
    titles = [model.headerData(place, Qt.Orientation.Horizontal) for place in places]
    assert titles == ["项数", "总数量", "总金额"]
    return [model.index(row, place).data() for place in places]


def go_to(desk: Desk, page: MatchingPage, side: str, number: str) -> None:
    """Reach a paper with F6 and arrows."""
    view = getattr(page.unpaired, side).view
    for _ in range(4):
        if view.hasFocus():
            break
        desk.press(KEY.Key_F6)
    assert view.hasFocus()
    by = row_of(page, side, number) - view.currentIndex().row()
    desk.press(KEY.Key_Down if by > 0 else KEY.Key_Up, times=abs(by))


def compared(desk: Desk, page: MatchingPage) -> None:
    """Wait until the two marked papers are compared."""
    wait_until(lambda: page.unpaired._asked == page.unpaired.pair() and desk.window.lane.idle, "the comparison")


def test_paired_by_hand_accepted_and_undone(sign_in: SignIn) -> None:
    desk = prepared(sign_in)
    page = page_of(desk)
    assert page.unpaired.drafts.heading.text() == "草单未对应 3 张"
    assert page.unpaired.formals.heading.text() == "正式单未对应 2 张"
    assert sums_of(page, "drafts", "I2403050001") == ["2", "1234.5", "USD 5000.00"]
    assert sums_of(page, "drafts", "I2403050003") == ["1", "1000", "USD 2500.00"]
    assert sums_of(page, "formals", "QD520424I000000002") == ["2", "1233.5", "USD 5000.00"]
    assert "请先在左边选一张草单" in page.bound["matching.pair"].toolTip()
    go_to(desk, page, "drafts", "I2403050002")
    go_to(desk, page, "formals", "QD520424I000000002")
    compared(desk, page)
    assert page.unpaired.said.text() == "I2403050002 与 QD520424I000000002：1 项不同"
    assert [one.label for one in page.unpaired.values.rows] == ["申报数量"]
    desk.press(KEY.Key_Return, CTRL)
    wait_until(lambda: "已对应" in page.line.said.text(), "the pair")
    desk.settle()
    assert page.unpaired.drafts.heading.text() == "草单未对应 2 张"

    desk.press(KEY.Key_F7)
    desk.settle()
    wait_until(lambda: bool(page.paired.values.rows), "the values")
    assert page.paired.model.index(0, 2).data() == "1 项不同"
    assert page.paired.value_view.model().index(0, 2).data() == "值不同", "a colour never stands alone"
    desk.press(KEY.Key_D, CTRL)
    wait_until(lambda: isinstance(QApplication.activeModalWidget(), ReasonDialog), "the question for a reason")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ReasonDialog)
    assert not dialog.yes.isEnabled(), "a reason is needed"
    dialog.line.setText("海关审价")
    wait_until(dialog.line.hasFocus, "the cursor in the reason")
    desk.press(KEY.Key_Return)
    wait_until(lambda: page.line.said.text() == "已接受 1 项差异", "the acceptance")
    desk.settle()
    wait_until(lambda: page.paired.model.index(0, 2).data() == "1 项不同，已接受", "the pair again")
    done = page.paired.values
    wait_until(lambda: bool(done.rows) and done.index(0, 6).data() == "已接受：海关审价", "the marked pair, read again")
    assert "没有待处理的差异" in page.bound["matching.accept"].toolTip()

    desk.window.activateWindow()
    page.paired.view.setFocus()
    wait_until(page.paired.view.hasFocus, "the cursor in the pairs")
    desk.press(KEY.Key_Delete, CTRL)
    wait_until(lambda: QApplication.activeModalWidget() is not None, "the question")
    box = QApplication.activeModalWidget()
    assert box is not None
    yes = box.findChild(QPushButton, "question_yes")
    assert isinstance(yes, QPushButton)
    yes.click()
    wait_until(lambda: page.line.said.text().startswith("已取消对应 1 对") and not page.deeds.busy, "the undoing")
    desk.settle()
    assert page.paired.heading.text() == "已对应 0 对"
    assert page.unpaired.drafts.heading.text() == "草单未对应 3 张"
    with desk.engine.acting(SYSTEM) as act:
        note = act.session.scalars(select(BondedNote).filter_by(copy="draft", internal_no="I2403050002")).one()
        assert (note.state, note.bond_no, note.match_state) == ("AUDITED", "", "")


def test_paired_at_a_stroke(sign_in: SignIn) -> None:
    """The wizard gets the page's conditions, shows what would pair and why the rest stays."""
    desk = prepared(sign_in)
    page = page_of(desk)
    page.options.cells["ie_flag"].editor.set_value("I")
    desk.press(KEY.Key_Return, CTRL | SHIFT)
    wait_until(lambda: isinstance(QApplication.activeModalWidget(), ScriptDialog), "the wizard")
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ScriptDialog)
    assert dialog.options.value().ie_flag == "I"
    dialog.next.click()
    wait_until(lambda: dialog.next.isEnabled() and dialog.next.text() == "完成", "the preview")
    assert dialog.heading.text() == "将对应 1 对：R2 预录入统一编号 1 对"
    dialog.next.click()
    wait_until(lambda: dialog._talk is None, "the pairs")
    dialog.next.click()
    desk.settle()
    assert page.unpaired.drafts.heading.text() == "草单未对应 2 张", "the page follows"
    assert page.paired.heading.text() == "已对应 1 对"


def test_what_speaks_against_a_pair_is_said_at_once(sign_in: SignIn) -> None:
    desk = prepared(sign_in)
    with desk.engine.acting(SYSTEM) as act:
        formal_note(act, "QD520424E000000009", LINES, ie_flag="E", writeoff_mark="0")
    page = page_of(desk)
    go_to(desk, page, "drafts", "I2403050001")
    go_to(desk, page, "formals", "QD520424E000000009")
    compared(desk, page)
    assert "进出口标志不同：草单 I，正式单 E，不能对应" in page.unpaired.said.text()
    assert not page.bound["matching.pair"].isEnabled()
    assert "进出口标志不同" in page.bound["matching.pair"].toolTip()


def test_dates_the_wrong_way_round(sign_in: SignIn) -> None:
    desk = sign_in()
    page = page_of(desk)
    for key, text in (("begin", "2024-05-01"), ("end", "2024-01-01")):
        box = page.options.cells[key].editor.box
        box.setFocus()
        desk.type(text)
    desk.press(KEY.Key_F5)
    wait_until(lambda: "申报日期起晚于申报日期止" in page.line.said.text(), "the refusal")


def test_what_is_not_granted_is_not_there(make_desk: Callable[..., object], qtbot: QtBot) -> None:
    stub = make_desk(frozenset({("bonded_note", "view"), ("bonded_note_formal", "view"), ("bonded_note", "unmatch")}))
    context = stub.context  # type: ignore[attr-defined]
    page = MatchingPage(context, context.engine.catalogue.matchings[0])
    qtbot.addWidget(page)
    assert {"matching.auto", "matching.pair", "matching.accept", "matching.report"}.isdisjoint(page.bound.ids())
    assert "matching.cancel" in page.bound.ids()
    qtbot.waitUntil(lambda: context.lane.idle)


def test_thousands_of_pairs_come_page_by_page(
    make_desk: Callable[..., object], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub = make_desk()
    context = stub.context  # type: ignore[attr-defined]
    with context.engine.acting(SYSTEM) as act:
        for number in range(2):
            act.session.add(
                BondedNote(copy=("draft", "formal")[number], internal_no=f"I{number}", bond_no=f"QD{number}")
            )
        act.session.flush()
        draft, formal = act.session.scalars(select(BondedNote.id).order_by(BondedNote.internal_no)).all()
        same = {"company_id": 1, "document_key": "bonded_note", "draft_id": draft, "formal_id": formal, "rule": "R1"}
        same |= {"snapshot": "{}", "matched_at": datetime(2024, 3, 5, 8), "matched_by": 7}
        rows = [{**same, "id": new_id()} for _ in range(1000)]
        act.session.execute(insert(MatchPair), rows)
        act.session.execute(
            insert(MatchDifference),
            [
                {
                    "company_id": 1,
                    "id": new_id(),
                    "pair_id": rows[0]["id"],
                    "field_key": "packages",
                    "label": "件数",
                    "draft_value": "1",
                    "formal_value": "2",
                    "kind": "differs",
                }
            ],
        )
    page = MatchingPage(context, context.engine.catalogue.matchings[0])
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    page.tabs.setCurrentIndex(1)
    qtbot.waitUntil(lambda: page.paired.model.rowCount() == 1000 and context.lane.idle)
    assert page.paired.model.pair(999) is None, "only what is in sight is fetched"
    page.paired.view.scrollToBottom()
    qtbot.waitUntil(lambda: page.paired.model.pair(999) is not None)
    assert page.paired.model.index(999, 2).data() == "1 项不同"
    assert page.paired.model.index(998, 2).data() == "一致"
    assert page.paired.view.model().headerData(2, Qt.Orientation.Horizontal) == "结果"
    qtbot.waitUntil(lambda: context.lane.idle)
