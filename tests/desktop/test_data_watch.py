"""数据自检 in the background: it says in the corner what is wrong and opens the page; it runs for nobody who may not."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bondesk.desktop.data_watch import DataWatch
from bondesk.desktop.jobs import jobs_of


def test_what_is_wrong_is_told_and_opened(desk: Any, qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    watch = DataWatch(desk.context, owner)
    watch.run()
    qtbot.waitUntil(lambda: not watch.running, timeout=60_000)
    (told,) = jobs_of(desk.context).history  # an empty database has neither enterprise nor administrator
    assert told.text == "数据自检发现：错误 2 处"
    assert (told.tone, told.head_word) == ("bad", "有误")
    assert told.open is not None
    told.open()
    assert desk.pages[-1][0] == "report.data_check"
    watch.stop()


def test_who_may_not_see_the_report_has_nothing_waiting(make_desk: Any, qtbot: QtBot) -> None:
    owner = QWidget()
    qtbot.addWidget(owner)
    allowed, barred = make_desk(), make_desk(frozenset({("part", "view")}))
    assert DataWatch(allowed.context, owner)._timer.isActive()
    assert not DataWatch(barred.context, owner)._timer.isActive()
