"""附件 beside a form: add, see, open, describe, save and remove through the real widgets."""

from __future__ import annotations

import os
import stat

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QDialog, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from bondesk.areas.codes.partner import Partner
from bondesk.areas.goods.part import Part
from bondesk.areas.index import CATALOGUE
from bondesk.base.attachment import MOST_BYTES
from bondesk.desktop import opened_files
from bondesk.desktop.attachments_pane import AttachmentsPane
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.paper_dialog import PaperDialog
from bondesk.engine.act import Act
from bondesk.engine.attachments import Paper, attach, attachments, content_of
from bondesk.engine.engine import Engine

PARTNER = CATALOGUE.document("partner")


@pytest.fixture
def partner(fill: Callable[..., None]) -> int:
    """A stored partner."""
    row = Partner(code="C1", name="客户", partner_type="C")
    fill([row])
    return row.id


@pytest.fixture
def opened(qtbot: QtBot) -> Callable[..., FormPage]:
    """Open the form of a partner for the user of a stub, with the pane in sight."""

    def open_one(stub: Any, owner: int) -> FormPage:
        page = FormPage(stub.context, PARTNER, owner)
        qtbot.addWidget(page)
        page.resize(1280, 700)
        page.show()
        qtbot.waitUntil(lambda: page.body.isEnabled() and stub.context.lane.idle)
        page.bound.run("form.attachments")
        qtbot.waitUntil(lambda: stub.context.lane.idle)
        return page

    return open_one


def pane_of(page: FormPage) -> AttachmentsPane:
    pane = page.findChild(AttachmentsPane, "attachments_pane")
    assert isinstance(pane, AttachmentsPane)
    return pane


def answer(pane: AttachmentsPane, **values: Any) -> None:
    """Fill and confirm the question about the files."""
    dialog = pane.findChild(PaperDialog)
    assert isinstance(dialog, PaperDialog)
    for key, value in values.items():
        dialog.cells[key].editor.set_value(value)
    dialog.take.click()


def stored(stub: Any, owner: int) -> dict[str, bytes]:
    """What is attached to the partner: name → bytes."""
    with stub.context.engine.acting(stub.context.identity) as act:
        return {row.file_name: content_of(act, row.id) for row in attachments(act, PARTNER, owner)}


def put(engine: Engine, desk: Any, owner: int, name: str, content: bytes, paper: Paper | None = None) -> None:
    """Attach a file past the screen."""

    def work(act: Act) -> None:
        attach(act, PARTNER, owner, name, content, paper)

    with engine.acting(desk.context.identity) as act:
        work(act)


def drop(pane: AttachmentsPane, paths: list[Path]) -> None:
    """Drop files on the table."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    none = Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPointF(20, 20), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, none)
    pane.table.dropEvent(event)


def test_files_are_dropped_described_and_counted(
    desk: Any, qtbot: QtBot, partner: int, opened: Callable[..., FormPage], tmp_path: Path
) -> None:
    """Three files at once: two are kept, one is refused with its reason, the button counts."""
    page = opened(desk, partner)
    pane = pane_of(page)
    assert "还没有附件" in pane.said.text()
    good, empty, other = tmp_path / "合同.pdf", tmp_path / "空.pdf", tmp_path / "执照.jpg"
    good.write_bytes(b"contract")
    empty.write_bytes(b"")
    other.write_bytes(b"licence")
    drop(pane, [good, empty, other])
    answer(pane, kind="contract", remark="原件在档案室")
    qtbot.waitUntil(lambda: pane.table.topLevelItemCount() == 2)
    assert stored(desk, partner) == {"合同.pdf": b"contract", "执照.jpg": b"licence"}
    assert pane.said.text() == "已添加 2 个附件\n“空.pdf”是空文件，没有添加"
    assert pane.table.topLevelItem(0).text(1) == "合同"
    assert page.bound["form.attachments"].text() == "附件（2）"


def test_a_screenshot_is_pasted(
    desk: Any, qtbot: QtBot, partner: int, opened: Callable[..., FormPage], tmp_path: Path
) -> None:
    """A picture in the clipboard becomes a PNG named by the moment; text is nothing to attach."""
    pane = pane_of(opened(desk, partner))
    QGuiApplication.clipboard().setText("文字")
    qtbot.keyClick(pane.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert pane.said.text() == "剪贴板中没有文件，也没有图片"
    picture = QImage(40, 30, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(picture)
    qtbot.keyClick(pane.table, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    answer(pane)
    qtbot.waitUntil(lambda: pane.table.topLevelItemCount() == 1)
    ((name, content),) = stored(desk, partner).items()
    assert name.startswith("截图_") and name.endswith(".png")
    back = QImage.fromData(content)
    assert (back.width(), back.height()) == (40, 30)


def test_enter_opens_a_read_only_copy(
    desk: Any, engine: Engine, qtbot: QtBot, partner: int, opened: Callable[..., FormPage]
) -> None:
    """The copy holds the bytes and cannot be written; no program for it is said."""
    put(engine, desk, partner, "合同.pdf", b"contract")
    pane = pane_of(opened(desk, partner))
    paths: list[Path] = []
    pane.open_path = lambda path: not paths.append(path)  # type: ignore[func-returns-value]
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        qtbot.keyClick(pane.table, key)
    qtbot.waitUntil(lambda: len(paths) == 2)
    assert paths[0] == paths[1]
    assert (paths[0].name, paths[0].read_bytes()) == ("合同.pdf", b"contract")
    assert not paths[0].stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    pane.open_path = lambda _path: False
    qtbot.keyClick(pane.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "没有能打开" in pane.said.text())


def test_saving_and_describing(
    desk: Any, engine: Engine, qtbot: QtBot, partner: int, opened: Callable[..., FormPage], tmp_path: Path
) -> None:
    """另存为 writes the bytes; 修改 changes kind and validity, shown in word and colour."""
    put(engine, desk, partner, "合同.pdf", b"contract")
    page = opened(desk, partner)
    pane = pane_of(page)
    pane.write_to(pane.table.rows[0], tmp_path / "副本.pdf")
    qtbot.waitUntil(lambda: "已另存为" in pane.said.text())
    assert (tmp_path / "副本.pdf").read_bytes() == b"contract"
    pane.write_to(pane.table.rows[0], tmp_path / "no" / "where.pdf")
    qtbot.waitUntil(lambda: "不能写入" in pane.said.text())
    pane.buttons["describe"].click()
    answer(pane, kind="contract", valid_to=engine.clock().date() - timedelta(days=3))
    qtbot.waitUntil(lambda: pane.table.topLevelItem(0).text(2) == "已过期3天")
    assert pane.table.topLevelItem(0).background(2).color() != pane.table.palette().base().color()


def test_delete_asks_and_says_why_it_may_not(
    desk: Any, make_desk: Any, engine: Engine, qtbot: QtBot, partner: int, opened: Callable[..., FormPage]
) -> None:
    """Del asks; 取消 keeps, 删除 removes."""
    put(engine, desk, partner, "合同.pdf", b"contract")
    pane = pane_of(opened(desk, partner))
    for button, left in (("question_cancel", 1), ("question_yes", 0)):
        qtbot.keyClick(pane.table, Qt.Key.Key_Delete)
        box = pane.findChild(QMessageBox, "question")
        assert isinstance(box, QMessageBox)
        qtbot.mouseClick(box.findChild(QPushButton, button), Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda left=left: desk.context.lane.idle and pane.table.topLevelItemCount() == left)  # type: ignore[misc]
        qtbot.waitUntil(lambda: pane.findChild(QMessageBox, "question") is None)
    assert stored(desk, partner) == {}


def test_who_may_only_look_is_shown_no_more(
    make_desk: Any, desk: Any, engine: Engine, partner: int, opened: Callable[..., FormPage], tmp_path: Path
) -> None:
    """Without 修改: 打开 and 另存为 only, nothing is taken by drop."""
    put(engine, desk, partner, "合同.pdf", b"contract")
    viewer = make_desk(frozenset({("partner", "view")}))
    pane = pane_of(opened(viewer, partner))
    assert list(pane.buttons) == ["open", "save"]
    assert not pane.table.acceptDrops()
    (tmp_path / "x.pdf").write_bytes(b"x")
    drop(pane, [tmp_path / "x.pdf"])
    assert pane.findChild(QDialog) is None


def test_a_document_not_stored_says_what_to_do_first(desk: Any, qtbot: QtBot) -> None:
    """新增: the button is grey with the reason."""
    page = FormPage(desk.context, PARTNER, None)
    qtbot.addWidget(page)
    page.show()
    qtbot.waitUntil(lambda: page.body.isEnabled() and desk.context.lane.idle)
    assert not page.bound["form.attachments"].isEnabled()
    assert "请先保存" in page.bound["form.attachments"].toolTip()


def test_the_log_has_no_attachments(desk: Any, qtbot: QtBot) -> None:
    """What only the program writes takes no files: no button."""
    page = FormPage(desk.context, CATALOGUE.document("operation_log"), None)
    qtbot.addWidget(page)
    assert "form.attachments" not in page.commands
    qtbot.waitUntil(lambda: desk.context.lane.idle)


def test_a_document_of_one_kind_is_not_asked_about_it(
    desk: Any, qtbot: QtBot, fill: Callable[..., None], parts: list[Part], tmp_path: Path
) -> None:
    """A part takes a drawing at once; one too large is refused without being read whole."""
    fill(parts)
    pane = AttachmentsPane(desk.context, CATALOGUE.document("part"), None)  # type: ignore[arg-type]
    qtbot.addWidget(pane)
    pane.load(parts[0].id)
    qtbot.waitUntil(lambda: desk.context.lane.idle)
    drawing, video = tmp_path / "图纸.dwg", tmp_path / "录像.mp4"
    drawing.write_bytes(b"dwg")
    video.write_bytes(b"v" * (MOST_BYTES + 2))
    drop(pane, [drawing, video])
    qtbot.waitUntil(lambda: pane.table.topLevelItemCount() == 1 and desk.context.lane.idle)
    assert "录像.mp4" in pane.said.text() and "4.0 MB" in pane.said.text()


def test_stopping_leaves_the_rest_out(
    desk: Any, qtbot: QtBot, fill: Callable[..., None], parts: list[Part], tmp_path: Path
) -> None:
    """停止 after the first file: it is kept, the others are said."""
    fill(parts)
    pane = AttachmentsPane(desk.context, CATALOGUE.document("part"), None)  # type: ignore[arg-type]
    qtbot.addWidget(pane)
    pane.load(parts[0].id)
    qtbot.waitUntil(lambda: desk.context.lane.idle)
    paths = [tmp_path / f"{place}.pdf" for place in range(4)]
    for path in paths:
        path.write_bytes(path.name.encode())
    drop(pane, paths)
    assert pane.stop.isVisible() and not pane.buttons["add"].isEnabled()
    pane.stop.click()
    qtbot.waitUntil(lambda: not pane.stop.isVisible() and desk.context.lane.idle)
    assert pane.said.text() == "已添加 1 个附件\n已停止，其余 3 个没有添加"


def test_copies_are_written_once_and_differ_by_content() -> None:
    """The same name with other bytes is another copy."""
    one, two = opened_files.copy_to_look_at("a.pdf", b"1"), opened_files.copy_to_look_at("a.pdf", b"2")
    assert one != two
    assert (one.read_bytes(), two.read_bytes()) == (b"1", b"2")
    assert opened_files.copy_to_look_at("../a.pdf", b"1") == one
