"""发件箱: a named person's resend and confirmation, two programs and one file, folders that go and come back."""

from __future__ import annotations

import shutil

import pytest
from sqlalchemy import select

from bondesk.adapters.gateway_folder import STAGING
from bondesk.areas.setup.company import Company
from bondesk.base.errors import Refused
from bondesk.base.operation_log import OperationLog
from bondesk.engine import checking, sending
from bondesk.engine.engine import SYSTEM
from bondesk.engine.outbox_care import OutboxLine, confirm_handed, outbox, resend
from bondesk.engine.tables import Outbox
from builders.office import Office
from builders.volumes import read_only, small_volume


@pytest.fixture
def office(factory_office: Office) -> Office:
    """An office with everything of the demo company."""
    return factory_office


def ordered(office: Office, document: str = "IM2401001") -> str:
    """Order one note and return its number."""
    (number, *_) = office.notes(document)
    office.audit([number])
    office.order([number])
    return number


def lines(office: Office) -> list[OutboxLine]:
    with office.act() as act:
        return list(outbox(act))


def files(office: Office) -> list[str]:
    return sorted(one.name for one in (office.client / "OutBox").iterdir())


def made_unknown(office: Office) -> str:
    """Leave a message in the state of a crash after which no folder shows it."""
    number = ordered(office)
    with office.act(SYSTEM) as act:
        act.session.scalars(select(Outbox)).one().state = "releasing"
    office.hand_over()
    return number


def logged(office: Office, action: str) -> list[str]:
    with office.act(SYSTEM) as act:
        rows = act.session.scalars(select(OperationLog).where(OperationLog.action == action))
        return [f"{row.user_name}：{row.summary}" for row in rows]


def test_unknown_is_seen_and_never_resent_by_itself(office: Office) -> None:
    """The state has its word and what to do; ten hand-overs change nothing."""
    made_unknown(office)
    for _ in range(10):
        assert office.hand_over().handed == 0
    (line,) = lines(office)
    assert (line.state, line.word) == ("unknown", "结果不明")
    assert "请在单一窗口核实" in line.advice
    assert files(office) == []


def test_who_hands_over_is_told_what_nobody_knows(office: Office) -> None:
    """The run that finds the outcome unknown names the note and where to look; later runs say nothing more of it."""
    number = ordered(office)
    with office.act(SYSTEM) as act:
        act.session.scalars(select(Outbox)).one().state = "releasing"
    (told,) = office.hand_over().problems
    assert told.startswith(f"{number} 的报文结果不明")
    assert "发件箱" in told
    assert office.hand_over().problems == ()


def test_an_answered_message_waits_for_nothing(office: Office) -> None:
    """Handed over: a receipt is waited for; refused, it is not; of two sendings only the later one counts."""
    number = ordered(office)
    office.hand_over()
    (line,) = lines(office)
    assert "等待回执" in line.advice
    with office.act() as act:
        resend(act, line.id, "文件没有了")
    with office.act(SYSTEM) as act:
        for row in act.session.scalars(select(Outbox)):
            row.state = "handed"
    assert ["等待回执" in one.advice for one in lines(office)] == [True, False]
    text = f"<CommonResponeMessage><EtpsPreentNo>{number}</EtpsPreentNo><CheckInfo>x</CheckInfo><DealFlag>-1</DealFlag></CommonResponeMessage>"
    (office.client / "InBox" / "a.xml").write_text(text, encoding="utf-8")
    office.receive()
    assert [one.advice for one in lines(office)] == [
        "单据现为「退单」，回执见单据的「报文」",
        "之后又发送过，以后一份为准",
    ]


def test_a_named_resend_is_another_revision_and_logged(office: Office) -> None:
    """A reason is required; the file has another name; the old row stays and says why; CHK-03 is quiet again."""
    number = made_unknown(office)
    (line,) = lines(office)
    with pytest.raises(Refused, match="说明原因"), office.act() as act:
        resend(act, line.id, "  ")
    with office.act() as act:
        assert resend(act, line.id, "单一窗口查询不到") == number
    with pytest.raises(Refused, match="重发过"), office.act() as act:
        resend(act, line.id, "再来一次")
    assert office.hand_over().handed == 1
    fresh, former = lines(office)
    assert (fresh.state, former.state) == ("handed", "resent")
    assert files(office) == [fresh.file_name]
    assert fresh.file_name != former.file_name
    with office.act(SYSTEM) as act:
        revisions = {row.revision for row in act.session.scalars(select(Outbox))}
        assert checking.run_checks(act) == []
    assert len(revisions) == 2
    (told,) = logged(office, "重新发送")
    assert told.startswith(office.clerk.name)
    assert "单一窗口查询不到" in told
    assert former.file_name in told


@pytest.mark.parametrize("way", ["0", "1"])
def test_a_resend_goes_the_way_the_first_went(office: Office, way: str) -> None:
    """What was to be kept (暂存) is not declared by a resend, whatever 报文申报方式 says by then, and the other way round."""
    (number, *_) = office.notes("IM2401001")
    office.audit([number])
    note = office.document("bonded_note")
    with office.act() as act:
        sending.order(act, note, sending.audited(act, note, [number]), way=way)
    office.hand_over()
    with office.act(SYSTEM) as act:
        company = act.facts.one(Company)
        assert company is not None
        company.declare_way = {"0": "1", "1": "0"}[way]
    (line,) = lines(office)
    with office.act() as act:
        resend(act, line.id, "客户端重装，文件没有了")
        assert note.message is not None
        ways = [
            note.message.way_of(act.packer.read(note.message, row.content))
            for row in act.session.scalars(select(Outbox))
        ]
    assert ways == [way, way]


def test_what_waits_or_was_answered_is_not_resent(office: Office) -> None:
    """Ready goes out by itself; what customs has answered is corrected instead; another's right is needed."""
    number = ordered(office)
    (line,) = lines(office)
    with pytest.raises(Refused, match="不需要重发"), office.act() as act:
        resend(act, line.id, "急")
    office.hand_over()
    text = f"<CommonResponeMessage><EtpsPreentNo>{number}</EtpsPreentNo><CheckInfo>x</CheckInfo><DealFlag>-1</DealFlag></CommonResponeMessage>"
    (office.client / "InBox" / "a.xml").write_text(text, encoding="utf-8")
    office.receive()
    with pytest.raises(Refused, match="已有答复"), office.act() as act:
        resend(act, line.id, "急")
    assert len(files(office)) == 1


def test_a_confirmation_settles_the_unknown(office: Office) -> None:
    """A named person says how it is known; the note counts as sent."""
    number = made_unknown(office)
    (line,) = lines(office)
    with pytest.raises(Refused, match="怎样核实"), office.act() as act:
        confirm_handed(act, line.id, "")
    with office.act() as act:
        confirm_handed(act, line.id, "单一窗口已查到统一编号")
    assert office.note(number).state == "SENT"
    assert [one.state for one in lines(office)] == ["handed"]
    assert "已查到统一编号" in logged(office, "确认已收到")[0]


def test_an_answer_proves_the_hand_over(office: Office) -> None:
    """A receipt of a message whose outcome was unknown settles it without anybody."""
    number = made_unknown(office)
    text = f"<CommonResponeMessage><SeqNo>202400000000000009</SeqNo><EtpsPreentNo>{number}</EtpsPreentNo><DealFlag>0</DealFlag></CommonResponeMessage>"
    (office.client / "InBox" / "a.xml").write_text(text, encoding="utf-8")
    assert office.receive().applied == 1
    assert [one.state for one in lines(office)] == ["handed"]


def test_read_only_then_full_then_gone_then_back(office: Office) -> None:
    """Each keeps the note ready with a sentence, and it goes out by itself when the folder is well again."""
    number = ordered(office)
    form = office.client
    with read_only(form):
        result = office.hand_over()
    assert result.handed == 0
    assert any(word in result.problems[0] for word in ("只读", "权限"))
    (form / STAGING).mkdir(exist_ok=True)
    with small_volume(form / STAGING, "4k"):
        (form / STAGING / "filler").write_bytes(b"x" * 4096)
        assert "磁盘已满" in office.hand_over().problems[0]
    shutil.move(form, form.with_name("away"))
    assert office.hand_over().handed == 0
    (line,) = lines(office)
    assert (line.state, line.word) == ("ready", "待交（客户端目录有问题）")
    assert office.note(number).state == "SENDING"
    shutil.move(form.with_name("away"), form)
    assert office.hand_over().handed == 1
    assert (lines(office)[0].problem, office.note(number).state) == ("", "SENT")


def test_a_folder_that_vanishes_under_way_is_no_unknown(office: Office) -> None:
    """Staged, then the volume goes: nothing is concluded until the folder is there again."""
    ordered(office)
    with office.act(SYSTEM) as act:
        row = act.session.scalars(select(Outbox)).one()
        row.state = "releasing"
        office.engine.known_gateway().stage(row.folder, row.file_name, row.content)
    shutil.move(office.client, office.client.with_name("away"))
    assert office.hand_over().handed == 0
    assert lines(office)[0].state == "releasing"
    shutil.move(office.client.with_name("away"), office.client)
    assert office.hand_over().handed == 1
    assert len(files(office)) == 1
