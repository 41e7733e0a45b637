"""The pages of a wizard that are the same for every script: something scrolled, and tables with findings."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from bondesk.base.findings import Finding
from bondesk.base.steps import Confirm, Pairs, Table
from bondesk.desktop import style
from bondesk.desktop.findings_view import FindingsView
from bondesk.desktop.pairs_view import PairsView
from bondesk.desktop.step_table import StepTable


def scrolled(widget: QWidget) -> QScrollArea:
    """Return a scrolling page around ``widget``."""
    area = QScrollArea()
    area.setObjectName("script_scroll")
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    holder = QWidget()
    layout = QVBoxLayout(holder)
    layout.setContentsMargins(0, style.GAP, style.GAP, style.GAP)
    layout.addWidget(widget)
    layout.addStretch(1)
    area.setWidget(holder)
    return area


def question(step: Confirm, parent: QWidget) -> QLabel:
    """Return the text of a question, to be read and copied."""
    text = QLabel(step.text, parent)
    text.setObjectName("script_confirm")
    text.setWordWrap(True)
    text.setAlignment(Qt.AlignmentFlag.AlignTop)
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return text


def results(
    tables: Sequence[Table],
    findings: Sequence[Finding],
    parent: QWidget,
    text: str = "",
    pairs: Pairs | None = None,
) -> QWidget:
    """Show tables as tabs, the explanation of pairs of rows and the findings beside them."""
    page = QWidget(parent)
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    if text:
        said = QLabel(text, page)
        said.setObjectName("script_outcome")
        said.setWordWrap(True)
        layout.addWidget(said)
    tabs = QTabWidget(page)
    tabs.setObjectName("script_tabs")
    tabs.setDocumentMode(True)
    for table in tables:
        shown = StepTable(table, parent=page)
        shown.setContentsMargins(0, style.GAP, 0, 0)
        tabs.addTab(shown, f"{table.title} {len(table.rows):,}")
    if pairs is not None:
        tabs.addTab(PairsView(pairs, page), pairs.table.title)
    if findings:
        view = FindingsView(page)
        view.show_findings(findings)
        tabs.addTab(view, f"提示与错误 {len(findings):,}")
    if tabs.count():
        layout.addWidget(tabs, 1)
    else:
        tabs.hide()
        layout.addStretch(1)
    return page
