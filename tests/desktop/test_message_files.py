"""Message files imported from a list: several at once, what is wrong said by file."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bondesk.adapters.xml.packing import SingleWindowPacker
from bondesk.areas.declarations.dec_message import DEC_MESSAGE
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.setup.company import Company
from bondesk.desktop.findings_view import FindingsDialog
from bondesk.engine.composing import compose
from bondesk.engine.engine import SYSTEM
from builders.dec_messages import declaration, facts


def test_several_files(
    desk: Any, open_list: Callable[..., Any], qtbot: QtBot, fill: Callable[..., None], tmp_path: Path
) -> None:
    packer = SingleWindowPacker()
    object.__setattr__(desk.context.engine, "packer", packer)
    fill([Company(customs_code="3299940002")])
    known, paths = facts(), [tmp_path / "a.xml", tmp_path / "b.xml"]
    content = packer.pack(DEC_MESSAGE, compose(DEC_MESSAGE, declaration(), known), known, "S", "N").content
    paths[0].write_bytes(content)
    paths[1].write_text("<Other/>", encoding="utf-8")
    page = open_list("declaration")
    page.deeds.messages.bring(paths)
    qtbot.waitUntil(lambda: desk.context.lane.idle)
    (dialog,) = [one for one in QApplication.topLevelWidgets() if isinstance(one, FindingsDialog) and one.isVisible()]
    assert dialog.windowTitle() == "导入报文 — 报关单"
    dialog.close()
    assert desk.changed == ["declaration"]
    with desk.context.engine.acting(SYSTEM) as act:
        assert [one.internal_no for one in act.facts.find(Declaration)] == ["EX2025011500000001"]
