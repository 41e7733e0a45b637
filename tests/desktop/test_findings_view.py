"""Findings that came while their view was hidden have the height their text needs once it is seen."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from bondesk.base.findings import note
from bondesk.desktop.findings_strip import FindingsStrip

LONG = (
    "基准：E52042300A01 变更次数 0（2023-12-20 起，2026-11-25 被替换）；对照：E52042300A01 变更次数 1（2026-11-25 起）"
)


def test_a_sentence_that_fits_one_line_takes_one(qtbot: Any) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    strip = FindingsStrip(window)
    strip.hide()
    QVBoxLayout(window).addWidget(strip)
    window.resize(1400, 300)
    window.show()
    strip.show_findings((note("RPT-14", LONG),))
    strip.show()
    table = strip.view.table
    usual = table.verticalHeader().defaultSectionSize()
    qtbot.waitUntil(lambda: table.rowHeight(0) == usual)
    window.resize(420, 300)
    qtbot.waitUntil(lambda: table.rowHeight(0) > usual)
