"""客户端目录, 发件箱 and 待认领回执 on the screen: what a clerk does there, and what is refused with its reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import select

from bondesk.base.client_folders import BOXES, FORMS, below
from bondesk.base.operation_log import OperationLog
from bondesk.client_folders import ClientFolders
from bondesk.desktop.attach_dialog import AttachDialog
from bondesk.desktop.background import Background
from bondesk.desktop.claiming_page import ClaimingPage
from bondesk.desktop.client_folders_dialog import ClientFoldersDialog
from bondesk.desktop.context import Codes, DeskContext
from bondesk.desktop.findings_view import FindingsDialog
from bondesk.desktop.jobs import jobs_of
from bondesk.desktop.lane import Lane
from bondesk.desktop.outbox_page import OutboxPage
from bondesk.desktop.reason_dialog import ReasonDialog
from bondesk.desktop.single_window import SingleWindow
from bondesk.engine.engine import SYSTEM
from bondesk.engine.tables import Outbox
from bondesk.settings import Home, Settings
from builders.office import Office


@pytest.fixture
def background() -> Iterator[Background]:
    made = Background()
    yield made
    made.close()


def client(path: Path) -> ClientFolders:
    """A machine without folders, and a client's settings file beside its boxes."""
    for box in BOXES.values():
        (path / "imp" / "Nems" / box).mkdir(parents=True)
    boxes = " ".join(f'{box}="{path / "imp" / "Nems" / box}"' for box in BOXES.values())
    (path / "DFWJobSettings.xml").write_text(
        f'<Settings><FormSettings><FormSetting Key="Nems"><SubFormSetting FormId="Nems" {boxes}/></FormSetting>'
        "</FormSettings></Settings>",
        encoding="utf-8",
    )
    home = Home(path / "home")
    home.write(Settings())
    return ClientFolders(home)


def test_read_from_the_client_tried_and_kept(qtbot: QtBot, tmp_path: Path, background: Background) -> None:
    setup = client(tmp_path)
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ClientFoldersDialog(setup, background, parent, "尚未设置")
    qtbot.waitUntil(lambda: dialog.table.isEnabled())
    assert not dialog.save.isEnabled()
    assert dialog.save.toolTip() == "没有修改"
    dialog.read_client(tmp_path / "DFWJobSettings.xml")
    qtbot.waitUntil(lambda: "测试完毕" in dialog.answer.text())
    assert dialog.answer.property("role") == "good"
    assert {trial.state for trial in dialog.trials.model.rows} == {"good"}
    assert not setup.in_force()
    with qtbot.waitSignal(dialog.kept):
        dialog.save.click()
    assert [one.form for one in setup.in_force()] == ["Nems"]


def test_a_typed_folder_that_is_missing_is_named(qtbot: QtBot, tmp_path: Path, background: Background) -> None:
    setup = client(tmp_path)
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ClientFoldersDialog(setup, background, parent)
    qtbot.waitUntil(lambda: dialog.table.isEnabled())
    item = dialog.table.item(list(FORMS).index("Sas"), 0)
    assert item is not None
    item.setText(str(tmp_path / "nowhere"))
    dialog.test.click()
    qtbot.waitUntil(lambda: "测试完毕" in dialog.answer.text())
    assert dialog.answer.property("role") == "error"
    assert any("目录不存在" in trial.text for trial in dialog.trials.model.rows)
    dialog.reject()
    assert "有未保存的修改" in dialog.answer.text()


def test_what_is_kept_is_tried_and_the_keyboard_stays_where_it_was(
    qtbot: QtBot, tmp_path: Path, background: Background
) -> None:
    """A folder put into force though it is missing says so at once; the table has the keyboard before and after."""
    setup = client(tmp_path)
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ClientFoldersDialog(setup, background, parent)
    dialog.open()
    qtbot.waitUntil(lambda: dialog.table.isEnabled() and dialog.focusWidget() is dialog.table)
    item = dialog.table.item(list(FORMS).index("Nems"), 0)
    assert item is not None
    item.setText(str(tmp_path / "nowhere"))
    with qtbot.waitSignal(dialog.kept):
        dialog.keep()
    assert dialog.answer.text() == "已保存，立即生效。测试完毕：1 个目录不可用，1 个需要注意"
    assert dialog.answer.property("role") == "error"
    assert [one.form for one in setup.in_force()] == ["Nems"]
    qtbot.waitUntil(lambda: dialog.focusWidget() is dialog.table)
    dialog.close()


def desk(office: Office) -> DeskContext:
    lane = Lane(office.engine, office.clerk)
    return DeskContext(
        office.engine,
        office.clerk,
        lane,
        Codes(),
        lambda *_: None,
        lambda *_: None,
        lambda *_: None,
        lambda *_: None,
    )


def logged(office: Office, action: str) -> list[str]:
    with office.act(SYSTEM) as act:
        rows = act.session.scalars(select(OperationLog).where(OperationLog.action == action))
        return [row.summary for row in rows]


def test_the_clerk_settles_what_nobody_knows(qtbot: QtBot, factory_office: Office) -> None:
    """发件箱 shows 结果不明 in words, a resend asks for a reason; a foreign receipt is compared, then attached."""
    office = factory_office
    (number, *_) = office.notes("IM2401001")
    office.audit([number])
    office.order([number])
    with office.act(SYSTEM) as act:
        act.session.scalars(select(Outbox)).one().state = "releasing"
    office.hand_over()
    context = desk(office)
    page = OutboxPage(context, office.hand_over)
    qtbot.addWidget(page)
    qtbot.waitUntil(lambda: len(page.rows.chosen()) == 1)
    assert page.rows.chosen()[0].word == "结果不明"
    page.commands["outbox.resend"].run()
    (ask,) = page.findChildren(ReasonDialog)
    assert not ask.yes.isEnabled()
    ask.line.setText("单一窗口查不到")
    ask.yes.click()
    qtbot.waitUntil(lambda: len(list((office.client / "OutBox").iterdir())) == 1)
    assert "单一窗口查不到" in logged(office, "重新发送")[0]
    _attached(qtbot, office, context, number)
    context.lane.close()


def _attached(qtbot: QtBot, office: Office, context: DeskContext, number: str) -> None:
    text = "<CommonResponeMessage><SeqNo>202400000000000777</SeqNo><EtpsPreentNo>OTHER-1</EtpsPreentNo><DealFlag>0</DealFlag></CommonResponeMessage>"
    (office.client / "InBox" / "foreign.xml").write_text(text, encoding="utf-8")
    assert office.receive().quarantined == 1
    claims = ClaimingPage(context)
    qtbot.addWidget(claims)
    qtbot.waitUntil(lambda: "OTHER-1" in claims.preview.kind.text())
    assert "202400000000000777" in claims.preview.kind.text()
    assert claims.preview.kind.text().startswith("导入结果 0（核注清单、核注清单变更、")
    assert "种单证）" in claims.preview.kind.text()
    assert claims.preview.kind.wordWrap()
    claims.commands["claiming.attach"].run()
    (dialog,) = claims.findChildren(AttachDialog)
    dialog.search.setText(number)
    qtbot.waitUntil(lambda: [one.number for one in dialog.found.chosen()] == [number])
    assert ("企业内部编号", "OTHER-1", number) in dialog.compared.model.rows
    assert not dialog.yes.isEnabled()
    assert dialog.yes.text() == "编号不同，仍然挂接"
    dialog.reason.setText("外部系统重发，已核对")
    with qtbot.waitSignal(dialog.attached):
        dialog.yes.click()
    assert office.note(number).seq_no == "202400000000000777"
    (told,) = logged(office, "手工挂接回执")
    assert "OTHER-1" in told
    assert number in told
    assert "已核对" in told


def test_the_poll_goes_on_when_the_folder_is_back(qtbot: QtBot, factory_office: Office) -> None:
    """Nobody presses anything: the folder comes back and the next look hands the note over."""
    office = factory_office
    (number, *_) = office.notes("IM2401001")
    office.audit([number])
    office.order([number])
    away = office.client.with_name("away")
    office.client.rename(away)
    context = desk(office)
    window = QWidget()
    qtbot.addWidget(window)
    exchange = SingleWindow(context, window)
    exchange.poll()
    qtbot.waitUntil(lambda: not exchange.busy)
    assert office.note(number).state == "SENDING"
    away.rename(office.client)
    exchange.poll()
    qtbot.waitUntil(lambda: not exchange.busy)
    assert office.note(number).state == "SENT"
    exchange.stop()
    context.lane.close()


def test_only_a_new_receipt_nobody_claims_is_worth_a_dialog(qtbot: QtBot, factory_office: Office) -> None:
    """F9 asks for attention once; a look of the program's own says it in the corner and opens 待认领回执."""
    office, said = factory_office, []
    context = desk(office)
    window = QWidget()
    qtbot.addWidget(window)
    exchange = SingleWindow(replace(context, show_message=said.append), window)
    foreign = "<CommonResponeMessage><SeqNo>2024{}</SeqNo><EtpsPreentNo>OTHER-{}</EtpsPreentNo><DealFlag>0</DealFlag></CommonResponeMessage>"

    def came(which: int) -> None:
        (office.client / "InBox" / f"{which}.xml").write_text(foreign.format(which, which), encoding="utf-8")

    came(1)
    exchange.receive()
    qtbot.waitUntil(lambda: not exchange.busy)
    assert [one.windowTitle() for one in window.findChildren(FindingsDialog)] == ["接收回执"]
    exchange.receive()
    qtbot.waitUntil(lambda: not exchange.busy)
    assert said[-1] == "没有新的回执，待认领 1 份"
    assert len(window.findChildren(FindingsDialog)) == 1
    came(2)
    exchange.poll()
    qtbot.waitUntil(lambda: not exchange.busy)
    told = jobs_of(exchange._context).history[-1]
    assert (told.text, told.tone) == ("1 份回执没有找到单据，等待认领", "warn")
    assert told.open == exchange.show_claiming
    assert len(window.findChildren(FindingsDialog)) == 1
    exchange.poll()
    qtbot.waitUntil(lambda: not exchange.busy)
    assert jobs_of(exchange._context).history[-1] is told
    exchange.stop()
    context.lane.close()


def test_what_went_out_is_told_though_nothing_can_come_in(qtbot: QtBot, factory_office: Office) -> None:
    """The InBox is away: the message handed over is told and the pages read anew, beside what is wrong."""
    office = factory_office
    (number, *_) = office.notes("IM2401001")
    office.audit([number])
    office.order([number])
    (office.client / "InBox").rename(office.client / "Away")
    context = desk(office)
    changed: list[str] = []
    window = QWidget()
    qtbot.addWidget(window)
    exchange = SingleWindow(replace(context, changed=changed.append), window)
    exchange.poll()
    qtbot.waitUntil(lambda: not exchange.busy)
    assert office.note(number).state == "SENT"
    told = [one.text for one in jobs_of(exchange._context).history]
    assert "已交给客户端 1 份报文" in told
    assert any("InBox 不能读取" in text for text in told)
    assert "bonded_note" in changed
    exchange.stop()
    context.lane.close()


def test_an_order_given_while_the_program_looks_by_itself_is_kept(qtbot: QtBot, factory_office: Office) -> None:
    """F9 in the moment of a poll: it is said at once and done right after, once."""
    office = factory_office
    said: list[str] = []
    context = desk(office)
    window = QWidget()
    qtbot.addWidget(window)
    exchange = SingleWindow(replace(context, show_message=said.append), window)
    exchange.poll()
    assert exchange.why_not() == ""
    exchange.receive()
    exchange.receive()
    assert said[-1] == "接收回执…"
    qtbot.waitUntil(lambda: said[-1] == "没有新的回执")
    assert not exchange.busy
    assert said.count("没有新的回执") == 1
    exchange.stop()
    context.lane.close()


def test_below_one_root_is_shown_by_form(tmp_path: Path) -> None:
    """A machine set up with one root shows each form's boxes in the same table."""
    home = Home(tmp_path)
    (tmp_path / "imp" / "Nems" / "InBox").mkdir(parents=True)
    home.write(Settings(gateway_root=str(tmp_path / "imp")))
    shown = {one.form: one for one in ClientFolders(home).forms()}
    assert shown["Nems"] == below(tmp_path / "imp", ("Nems",))[0]
    assert not shown["Npts"].used
