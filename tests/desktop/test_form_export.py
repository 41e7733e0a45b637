"""导出 on the form of a book: the approved copy and the whole draft, each as the workbook its import reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PySide6.QtWidgets import QFileDialog

from bondesk.base.identity import Identity
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.jobs import jobs_of
from bondesk.engine import records
from builders.books import BOOK, BookDesk, change_of
from builders.clerk import wait_until
from builders.office import Office


@pytest.fixture
def desk(factory_office: Office) -> Iterator[BookDesk]:
    """The demo book on the desk."""
    opened = BookDesk(factory_office)
    yield opened
    opened.close()


def rows(path: Path) -> dict[str, int]:
    """How many rows each sheet has, without headings."""
    return {sheet.title: sheet.max_row - 1 for sheet in load_workbook(path).worksheets}


@pytest.mark.parametrize("key", ["account", "account_draft"])
def test_the_whole_book_is_written(desk: BookDesk, qtbot: Any, tmp_path: Path, key: str) -> None:
    office, path = desk.office, tmp_path / "账册.xlsx"
    with office.act() as act:
        approved = records.load_numbered(act, office.document("account"), BOOK).id
    page = desk.form(approved if key == "account" else change_of(office), key)
    qtbot.addWidget(page)
    assert page.bound["form.export"].isEnabled()
    page.bound.run("form.export")
    dialog = page.findChild(QFileDialog, "ask_target")
    assert dialog is not None
    dialog.fileSelected.emit(str(path))
    dialog.reject()
    jobs = jobs_of(desk.context)
    wait_until(lambda: bool(jobs.history), "the end of the export")
    assert jobs.history[-1].text.startswith("已按导入格式导出 1 份")
    with office.act() as act:
        book = records.load_numbered(act, office.document("account"), BOOK)
        counts = {"料件": len(book.materials), "成品": len(book.products), "单损耗": len(book.consumptions)}
    found = rows(path)
    assert {title: found[title] for title in counts} == counts
    wait_until(lambda: page.bound["form.export"].isEnabled(), "the next export")


def test_a_file_that_cannot_be_written_is_said(desk: BookDesk, qtbot: Any, tmp_path: Path) -> None:
    page = desk.form(change_of(desk.office))
    qtbot.addWidget(page)
    assert page.body.base.id is not None
    page.export.write(page.body.base.id, tmp_path / "没有的目录" / "账册.xlsx")
    wait_until(lambda: "没有导出" in page.notice.label.text(), "the reason")


def test_who_may_not_export_sees_no_button(desk: BookDesk, qtbot: Any) -> None:
    who = desk.office.clerk
    looker = Identity(who.user_id, who.account, who.name, frozenset({("account_draft", "view")}))
    desk.context = replace(desk.context, identity=looker)
    page = FormPage(desk.context, desk.office.document("account_draft"), change_of(desk.office))
    qtbot.addWidget(page)
    assert "form.export" not in page.commands
