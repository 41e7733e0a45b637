"""Jobs and notices: what runs is listed with its end, a dialog in the background asks to be opened again."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bondesk.base.errors import Refused
from bondesk.base.steps import Confirm, Outcome, Progress, Script, Step
from bondesk.desktop.jobs import Jobs, jobs_of, sentence_of
from bondesk.desktop.jobs_dock import JobsPanel
from bondesk.desktop.script_dialog import ScriptDialog
from bondesk.desktop.talk import Talk
from bondesk.desktop.toasts import MOST, Toasts


def asking(_work: Any, _options: Any, _selected: Any) -> Generator[Step, Any, Outcome]:
    yield Progress(1, 4, "读取")
    yield Confirm("sure", "继续吗？")
    return Outcome("做完了")


def refusing(_work: Any, _options: Any, _selected: Any) -> Generator[Step, Any, Outcome]:
    yield Progress(1, 4, "读取")
    raise Refused("没有可生成的明细", "GEN-10")


ASKING = Script("asking", "问一句", "part", asking)
REFUSING = Script("refusing", "做不成", "part", refusing)


@pytest.fixture
def jobs(desk: Any, qtbot: QtBot) -> Jobs:
    return jobs_of(desk.context)


def test_a_run_is_listed_until_its_end(desk: Any, jobs: Jobs, qtbot: QtBot) -> None:
    panel = JobsPanel(jobs)
    qtbot.addWidget(panel)
    talk = Talk(desk.context, lambda _act: asking(None, None, ()))
    job = jobs.follow("问一句", talk)
    talk.start()
    qtbot.waitUntil(lambda: job.state == "asking", timeout=60_000)
    assert (job.done, job.total) == (1, 4)
    assert panel.cancel_button.isEnabled()
    talk.answer(True)
    qtbot.waitUntil(lambda: job.over, timeout=60_000)
    assert (job.state, job.text) == ("done", "做完了")
    row = panel.list.topLevelItem(0)
    assert row is not None
    assert [row.text(column) for column in (1, 2, 4)] == ["问一句", "完成", "做完了"]
    assert not panel.cancel_button.isEnabled()
    assert panel.empty.text() == "进行中 0 项，共 1 项"


def test_a_run_is_cancelled_from_the_list(desk: Any, jobs: Jobs, qtbot: QtBot) -> None:
    panel = JobsPanel(jobs)
    qtbot.addWidget(panel)
    talk = Talk(desk.context, lambda _act: asking(None, None, ()))
    job = jobs.follow("问一句", talk)
    talk.start()
    qtbot.waitUntil(lambda: job.state == "asking", timeout=60_000)
    panel.cancel_button.click()
    qtbot.waitUntil(lambda: job.over, timeout=60_000)
    assert (job.state, job.text) == ("cancelled", "没有保存任何内容")


def test_a_dialog_in_the_background_asks_to_come_back(desk: Any, jobs: Jobs, qtbot: QtBot) -> None:
    home, page = QWidget(), QWidget()
    qtbot.addWidget(home)
    qtbot.addWidget(page)
    jobs.home = home
    dialog = ScriptDialog(desk.context, ASKING, (), page)
    dialog.open()
    assert dialog.aside.isVisible()
    dialog.to_background()
    assert not dialog.isVisible()
    assert dialog.parent() is home
    qtbot.waitUntil(lambda: bool(jobs.history), timeout=60_000)
    told = jobs.history[0]
    assert (told.text, told.tone) == ("「问一句」有问题需要您回答", "warn")
    assert told.open is not None
    told.open()
    assert dialog.isVisible()
    assert dialog.heading.text() == "请确认"
    dialog.next.click()
    qtbot.waitUntil(lambda: dialog.heading.text() == "完成", timeout=60_000)
    assert len(jobs.history) == 1, "a dialog that is seen needs no notice of its end"
    dialog.close()


def test_the_end_of_a_hidden_run_is_told_with_its_reason(desk: Any, jobs: Jobs, qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    dialog = ScriptDialog(desk.context, REFUSING, (), page)
    dialog.open()
    dialog.to_background()
    qtbot.waitUntil(lambda: bool(jobs.history), timeout=60_000)
    assert (jobs.history[0].text, jobs.history[0].tone) == ("「做不成」没有完成：没有可生成的明细", "bad")
    dialog.close()


def test_toasts_stand_above_each_other_and_the_oldest_goes(jobs: Jobs, qtbot: QtBot) -> None:
    window = QWidget()
    window.resize(900, 700)
    qtbot.addWidget(window)
    window.show()
    toasts = Toasts(jobs, window)
    opened: list[str] = []
    for number in range(MOST + 2):
        jobs.tell(f"第 {number} 句", "bad", lambda number=number: opened.append(str(number)))
    assert len(toasts.shown) == MOST
    tops = [toast.y() for toast in toasts.shown]
    assert tops == sorted(tops)
    assert all(
        low.geometry().top() > high.geometry().bottom()
        for high, low in zip(toasts.shown, toasts.shown[1:], strict=False)
    )
    toasts.shown[-1].open_button.click()
    assert opened == [str(MOST + 1)]
    qtbot.waitUntil(lambda: len(toasts.shown) == MOST - 1, timeout=60_000)
    assert len(jobs.history) == MOST + 2


def test_a_fault_of_the_program_is_not_explained_to_the_clerk() -> None:
    assert sentence_of(ValueError("x")) == "程序内部出错，详情已写入日志"
    assert sentence_of(Refused("数量须大于0", "STK-03")) == "数量须大于0"
