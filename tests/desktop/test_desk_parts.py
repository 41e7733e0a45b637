"""The small parts: findings as a table, the crash guard, tones that can be read, codes with initials, cell texts."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import qInstallMessageHandler
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bondesk.areas.codes.customs_code import CustomsCode
from bondesk.areas.goods.part import Part
from bondesk.areas.notes.bonded_note_model import NoteLine
from bondesk.base.columns import Kind
from bondesk.base.errors import OutsideFailure, Refused
from bondesk.base.fields import field_of
from bondesk.base.findings import Finding, Place, Severity, confirm, error, note
from bondesk.desktop.cell_text import cell_text
from bondesk.desktop.codes_loading import initials, load_codes, tables_of
from bondesk.desktop.crash import CrashGuard
from bondesk.desktop.findings_view import FindingsView
from bondesk.desktop.list_work import RowResult, RowWork, findings_of, summary
from bondesk.desktop.style import DARK, LIGHT, Scheme
from bondesk.engine.act import Act
from bondesk.engine.engine import SYSTEM, Engine

CELL = Finding(Severity.ERROR, "MAP-08", "商品编码须为10位数字", place=Place("料号档案", 7, "商品编码"), value="853224")


def test_findings_are_copied_as_a_table(qtbot: QtBot) -> None:
    view = FindingsView()
    qtbot.addWidget(view)
    view.show_findings(
        [CELL, error("NOTE-04", "「币制」必填", line=2), confirm("A-1", "数量倒挂"), note("B-1", "没有单重")]
    )
    view.copy()
    assert QApplication.clipboard().text().split("\n") == [
        "级别\t位置\t内容\t代码",
        "错误\t料号档案 第7行 商品编码\t商品编码须为10位数字（值“853224”）\tMAP-08",
        "错误\t第3项\t「币制」必填\tNOTE-04",
        "需确认\t\t数量倒挂\tA-1",
        "提示\t\t没有单重\tB-1",
    ]
    view.table.selectRow(2)
    assert view.copied_text().split("\n")[1:] == ["需确认\t\t数量倒挂\tA-1"]


def test_a_severity_can_be_hidden(qtbot: QtBot) -> None:
    view = FindingsView()
    qtbot.addWidget(view)
    view.show_findings([CELL, note("B-1", "没有单重"), note("B-2", "法定单位不一致")])
    switches = {severity: view._switches[severity] for severity in Severity}
    assert [switches[severity].text() for severity in Severity] == ["错误 1", "需确认 0", "提示 2"]
    assert not switches[Severity.CONFIRM].isVisibleTo(view)
    switches[Severity.NOTE].click()
    assert [finding.code for finding in view.model.findings] == ["MAP-08"]
    view.show_findings([note("B-1", "没有单重")])
    assert [finding.code for finding in view.model.findings] == ["B-1"]


@pytest.fixture
def guard(tmp_path: Path) -> Iterator[CrashGuard]:
    hooks = sys.excepthook, threading.excepthook
    former = qInstallMessageHandler(None)
    qInstallMessageHandler(former)
    made = CrashGuard(tmp_path / "bondesk.log")
    made.install()
    yield made
    sys.excepthook, threading.excepthook = hooks
    qInstallMessageHandler(former)


def test_a_crash_is_shown_once_and_logged(
    guard: CrashGuard, tmp_path: Path, caplog: pytest.LogCaptureFixture, qtbot: QtBot
) -> None:
    with caplog.at_level(logging.CRITICAL):
        for text in ("第一个", "第二个"):
            problem = ValueError(text)
            sys.excepthook(ValueError, problem, None)
    assert guard.dialog is not None
    qtbot.addWidget(guard.dialog)
    assert "ValueError: 第一个" in guard.dialog.details.toPlainText()
    assert len(caplog.records) == 2
    guard.dialog.copy_button.click()
    assert QApplication.clipboard().text().endswith(f"日志文件：{tmp_path / 'bondesk.log'}")
    guard.dialog.close()
    qtbot.waitUntil(lambda: guard.dialog is None)


def test_a_crash_on_another_thread_is_shown_too(guard: CrashGuard, qtbot: QtBot) -> None:
    def fail() -> None:
        raise RuntimeError("线程出错")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: guard.dialog is not None)
    assert guard.dialog is not None
    assert "RuntimeError: 线程出错" in guard.dialog.details.toPlainText()
    guard.dialog.close()


def _luminance(colour: str) -> Decimal:
    def linear(part: str) -> Decimal:
        share = Decimal(int(part, 16)) / 255
        return (
            share / Decimal("12.92")
            if share <= Decimal("0.03928")
            else ((share + Decimal("0.055")) / Decimal("1.055")) ** Decimal("2.4")
        )

    red, green, blue = (linear(colour[place : place + 2]) for place in (1, 3, 5))
    return Decimal("0.2126") * red + Decimal("0.7152") * green + Decimal("0.0722") * blue


def _contrast(first: str, second: str) -> Decimal:
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + Decimal("0.05")) / (dark + Decimal("0.05"))


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
def test_every_text_can_be_read_on_its_background(scheme: Scheme) -> None:
    """WCAG 2 AA: 4.5 to 1."""
    pairs = [(tone.foreground, tone.background) for tone in scheme.tones.values()]
    pairs += [(scheme.text, scheme.base), (scheme.text, scheme.window), (scheme.quiet, scheme.window)]
    for foreground, background in pairs:
        assert _contrast(foreground, background) >= Decimal("4.5"), (foreground, background)
    assert set(scheme.tones) == {"plain", "info", "warn", "good", "bad", "muted"}


def test_every_tone_of_the_flows_has_colours(engine: Engine) -> None:
    used = {state.tone for document in engine.catalogue.documents for state in document.flow.states}
    assert used <= set(LIGHT.tones)


def test_codes_come_with_the_initials_of_their_names(engine: Engine, fill: Any) -> None:
    fill(
        CustomsCode(table_name="unit", code=code, name=name, valid_from=date(2020, 1, 1), details={})
        for code, name in (("035", "千克"), ("007", "个"))
    )
    with engine.acting(SYSTEM) as act:
        codes = load_codes(act)
    assert codes.entries["unit"] == (("007", "个", "g ge"), ("035", "千克", "qk qian'ke"))
    assert set(codes.entries) == set(tables_of(engine.catalogue))
    assert {"unit", "currency", "country", "supervision_mode"} <= set(codes.entries)


@pytest.mark.parametrize(("text", "letters"), [("千克", "qk"), ("PE袋", "ped"), ("来料加工(A)", "lljg(a)"), ("", "")])
def test_initials(text: str, letters: str) -> None:
    assert initials(text) == letters


@pytest.mark.parametrize(
    ("attribute", "value", "text"),
    [
        (NoteLine.dcl_qty, Decimal("1500.00000"), "1500"),
        (NoteLine.dcl_qty, Decimal("0.12300"), "0.123"),
        (NoteLine.dcl_qty, Decimal("100000000.00001"), "100000000.00001"),
        (NoteLine.total, Decimal("1200.00"), "1200.00"),
        (NoteLine.price, Decimal("1.5000"), "1.5000"),
        (NoteLine.dcl_unit, "035", "035 千克"),
        (NoteLine.dcl_unit, "999", "999"),
        (Part.goods_kind, "I", "料件"),
        (Part.active, True, "是"),
        (Part.active, False, "否"),
        (Part.unit_weight, None, ""),
        (Part.spec, "两\n行", "两 行"),
    ],
)
def test_a_value_reads_as_its_kind_demands(attribute: Any, value: Any, text: str) -> None:
    names = {("unit", "035"): "千克"}
    assert cell_text(field_of(attribute), value, lambda table, code: names.get((table, code), "")) == text


def test_days_and_moments_are_written_as_in_china() -> None:
    entry = field_of(Part.name)
    assert entry.kind is Kind.TEXT
    assert cell_text(entry, date(2024, 1, 5), lambda _table, _code: "") == "2024-01-05"
    assert cell_text(entry, datetime(2024, 1, 5, 8, 3, 59), lambda _table, _code: "") == "2024-01-05 08:03"


def _work(desk: Any, qtbot: QtBot, answers: dict[int, Exception | None], cancel_after: int = 0) -> list[RowResult]:
    def work(_act: Act, document_id: int) -> list[Finding]:
        problem = answers[document_id]
        if problem is not None:
            raise problem
        return [note("N", "提示")] if document_id == 2 else []

    job = RowWork(desk.context.lane, [(key, f"D{key}") for key in answers], work, desk.context.lane)
    if cancel_after:
        job.progressed.connect(lambda done, _total: job.cancel() if done >= cancel_after else None)
    with qtbot.waitSignal(job.ended) as caught:
        job.start()
    return list(caught.args[0])


def test_one_refusal_stops_no_other(desk: Any, qtbot: QtBot) -> None:
    results = _work(desk, qtbot, {1: Refused("状态不对", "FLOW-01"), 2: None, 3: None})
    assert [(result.label, result.done) for result in results] == [("D1", False), ("D2", True), ("D3", True)]
    assert summary("审核", results, 3) == "审核：完成 2 条，未通过 1 条"
    assert [finding.text for finding in findings_of("审核", results)] == ["D1：状态不对", "D2：提示", "D3：审核完成"]


def test_a_lost_database_stops_the_rest(desk: Any, qtbot: QtBot) -> None:
    results = _work(desk, qtbot, {1: None, 2: OutsideFailure("连接断开"), 3: None})
    assert [result.done for result in results] == [True, False]
    assert summary("审核", results, 3) == "审核：完成 1 条，未通过 1 条，未执行 1 条"


def test_stopping_keeps_what_is_done(desk: Any, qtbot: QtBot) -> None:
    results = _work(desk, qtbot, dict.fromkeys(range(1, 6)), cancel_after=2)
    assert [result.done for result in results] == [True, True]


def test_a_fatal_word_of_qt_is_in_the_log_before_the_end(tmp_path: Path) -> None:
    """A real process: Qt ends it with an abort, the log file says why."""
    program = f"""
import pathlib
from PySide6.QtCore import QCoreApplication, qFatal
from bondesk.desktop.crash import CrashGuard, keep_log
app = QCoreApplication([])
log = pathlib.Path({str(tmp_path / "logs" / "bondesk.log")!r})
keep_log(log)
guard = CrashGuard(log)
guard.install()
qFatal("显示设备丢失")
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False, timeout=120)
    assert ended.returncode != 0
    text = (tmp_path / "logs" / "bondesk.log").read_text(encoding="utf-8")
    assert "CRITICAL" in text
    assert "显示设备丢失" in text
