"""The clerk's path through the real widgets: from an empty company to an explained balance."""

from __future__ import annotations

import os
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from pytestqt.qtbot import QtBot

from bondesk import demo
from bondesk.adapters.rehearsal import mark_rehearsal
from bondesk.app import first_administrator, load_codes, open_engine
from bondesk.base.explanation import Explanation
from bondesk.desktop.findings_view import FindingsDialog
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.send_dialog import SendDialog
from bondesk.settings import Home, Settings, carried
from builders.clerk import Clerk, wait_until


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A data folder with code tables, the first administrator and a rehearsal client."""
    home = Home(tmp_path / "home")
    root = tmp_path / "client"
    for box in ("OutBox", "InBox"):
        (root / "Nems" / box).mkdir(parents=True)
    mark_rehearsal(root)
    home.write(Settings(gateway_root=str(root), demo=True))
    engine = open_engine(home)
    load_codes(engine)
    first_administrator(engine, "secret-1")
    engine.store.dispose()
    return home


def titles(explanation: Explanation) -> list[str]:
    """Every title of an explanation tree."""
    return [explanation.title, *(title for part in explanation.parts for title in titles(part))]


def test_from_workbook_to_explained_balance(home: Home, qtbot: QtBot) -> None:
    """Sign in, import, type the company, roll up, generate, audit, send, receive, report, explain."""
    clerk = Clerk(home, lambda connection: open_engine(home, connection))
    clerk.sign_in("admin", "secret-1", wrong="wrong-1")
    for key, name in demo.WORKBOOKS:
        said = clerk.import_workbook(key, carried("resources") / "demo" / name)
        assert said.startswith("已导入"), said

    clerk.window.open_module("list.company")
    company = clerk.window.pages.current()
    assert isinstance(company, FormPage)
    wait_until(lambda: company._ready, "the company")
    clerk.press(company, "form.unlock")
    for field, value in (
        ("customs_code", "441994Z001"),
        ("name", "东莞澄岚电子有限公司"),
        ("credit_code", "91441900MA5CL0001Q"),
    ):
        editor = company.body.header.cells[field].editor
        editor.set_text(value)
        editor.commit()
    assert company.windowTitle().endswith("*")
    clerk.press(company, "form.save")
    wait_until(lambda: not company.dirty and not company.deeds.busy, "the company's save")

    assert "新增单损耗版本 2 个" in clerk.run_script("bom", "generate_unit_consumption", {})
    said = clerk.run_script(
        "source_document", "generate_notes", {"document_no": "IM2401001", "date_by_document": True, "merge": "ITEM"}
    )
    assert "核注清单 1 份" in said

    notes = clerk.list_of("bonded_note")
    wait_until(lambda: notes.model.rowCount() == 1, "the note")
    clerk.select_row(notes, 0)
    clerk.press(notes, "list.move.audit")
    wait_until(lambda: clerk.window.lane.idle and notes.model.peek(0) is not None, "the audit")
    wait_until(lambda: (row := notes.model.peek(0)) is not None and row.state == "AUDITED", "已审核")
    clerk.select_row(notes, 0)
    clerk.press(notes, "list.move.send")
    asked = clerk.dialog(SendDialog)
    wait_until(lambda: asked.setting is not None, "参数设置, asked once")
    assert asked.setting is not None
    card = asked.setting.cells["ic_card"].editor
    card.set_text("2100000000001")
    card.commit()
    wait_until(asked.send.isEnabled, "发送")
    clerk.confirm()
    wait_until(lambda: (row := notes.model.peek(0)) is not None and row.state == "SENT", "已发送")
    clerk.window.bound["gateway.receive"].trigger()
    dialog = clerk.dialog(FindingsDialog)
    dialog.close()
    wait_until(lambda: (row := notes.model.peek(0)) is not None and row.state == "APPROVED", "已审批")

    report = clerk.report("material_status", {})
    columns = [column.key for column in report.report.columns]
    assert str(report.model.value(0, columns.index("balance"))) == "794.00000"  # figure 1 of the sample
    report._explain(report.model.index(0, columns.index("balance")))
    wait_until(lambda: report.panel.explanation is not None, "the explanation")
    assert report.panel.explanation is not None
    found = titles(report.panel.explanation)
    assert any("IM2401001" in title and "CAP0805-226M" in title for title in found)
    assert any("source_document_import.xlsx" in title for title in found)
    clerk.leave()
    assert not clerk.crashes
