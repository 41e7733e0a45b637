"""关联单据 beside a form: a tree by kind whose rows open."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidgetItem
from pytestqt.qtbot import QtBot

from bondesk.areas.codes.partner import Partner
from bondesk.areas.index import CATALOGUE
from bondesk.areas.notes.source_document import SourceDocument
from bondesk.desktop.related_pane import RelatedPane
from bondesk.engine.tables import ImportRun, ReceiptFile
from desktop.conftest import MakeDesk


def texts(item: QTreeWidgetItem | None) -> list[str]:
    """A branch and its rows."""
    assert item is not None
    return [item.text(0), *(item.child(place).text(0) for place in range(item.childCount()))]


def shown(desk: Any, qtbot: QtBot, key: str, document_id: int) -> RelatedPane:
    """The pane of a stored document."""
    pane = RelatedPane(desk.context, CATALOGUE.document(key), None)  # type: ignore[arg-type]
    qtbot.addWidget(pane)
    pane.load(document_id)
    qtbot.waitUntil(lambda: desk.context.lane.idle)
    return pane


def test_enter_opens_documents_and_files(desk: Any, qtbot: QtBot, fill: Callable[..., None]) -> None:
    """The first row is chosen; Enter opens it; a receipt and the workbook open as read-only copies."""
    partner = Partner(code="C1", name="客户", partner_type="C")
    run = ImportRun(
        document_key="source_document",
        file_name="单证.xlsx",
        sha256="0" * 64,
        content=b"PK workbook",
        columns={},
        user_id=1,
        at=datetime(2024, 5, 1, 8, 0),
    )
    fill([partner, run])
    document = SourceDocument(
        document_no="D1", document_date=date(2024, 5, 1), ie_flag="I", partner="C1", origin_run=run.id
    )
    fill([document])
    receipt = ReceiptFile(
        sha256="1" * 64,
        file_name="Receipt_1.xml",
        folder="Nems",
        content="<回执>通过</回执>".encode(),
        state="applied",
        reason="审核通过",
        document_key="source_document",
        document_id=document.id,
        received_at=datetime(2024, 5, 2, 9, 30),
    )
    fill([receipt])
    pane = shown(desk, qtbot, "source_document", document.id)
    branches = [texts(pane.tree.topLevelItem(place)) for place in range(pane.tree.topLevelItemCount())]
    assert branches == [
        ["商业合作伙伴（1）", "C1"],
        ["收到的回执（1）", "Receipt_1.xml"],
        ["导入的工作簿（1）", "单证.xlsx"],
    ]
    assert pane.tree.topLevelItem(1).child(0).text(1) == "审核通过　2024-05-02 09:30"
    qtbot.keyClick(pane.tree, Qt.Key.Key_Return)
    assert desk.documents == [("partner", partner.id)]
    paths: list[Path] = []
    pane.open_path = lambda path: not paths.append(path)  # type: ignore[func-returns-value]
    for branch in (1, 2):
        pane.tree.setCurrentItem(pane.tree.topLevelItem(branch).child(0))
        pane.go.click()
        qtbot.waitUntil(lambda branch=branch: len(paths) == branch)  # type: ignore[misc]
    assert pane.go.text() == "打开原工作簿"
    assert [(path.name, path.read_bytes()) for path in paths] == [
        ("Receipt_1.txt", "<回执>通过</回执>".encode()),
        ("单证.xlsx", b"PK workbook"),
    ]


def test_nothing_related_and_too_much_are_said(desk: Any, qtbot: QtBot, fill: Callable[..., None]) -> None:
    """A lonely partner; one with more than fifty documents."""
    lonely, busy = Partner(code="L", name="独", partner_type="C"), Partner(code="B", name="忙", partner_type="C")
    fill([lonely, busy])
    fill([SourceDocument(document_no=f"D{n}", document_date=date(2024, 5, 1), partner="B") for n in range(52)])
    assert "没有关联的单据" in shown(desk, qtbot, "partner", lonely.id).said.text()
    branch = texts(shown(desk, qtbot, "partner", busy.id).tree.topLevelItem(0))
    assert branch[0] == "原始单证（50+）"
    assert branch[-1].startswith("还有…")
    assert len(branch) == 52


def test_a_user_without_rights_is_led_nowhere(make_desk: MakeDesk, qtbot: QtBot, fill: Callable[..., None]) -> None:
    """Who may see the document only finds neither the partner nor its number, and cannot open what is not there."""
    partner = Partner(code="C1", name="客户", partner_type="C")
    fill([partner])
    document = SourceDocument(document_no="D1", document_date=date(2024, 5, 1), ie_flag="I", partner="C1")
    fill([document])
    desk = make_desk(frozenset({("source_document", "view")}))
    pane = shown(desk, qtbot, "source_document", document.id)
    assert pane.tree.topLevelItemCount() == 0
    assert "没有关联的单据" in pane.said.text()
    assert not pane.go.isEnabled()
    pane.go.click()
    assert desk.documents == []
    both = make_desk(frozenset({("source_document", "view"), ("partner", "view")}))
    assert shown(both, qtbot, "source_document", document.id).tree.topLevelItemCount() == 1
