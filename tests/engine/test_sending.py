"""The outbox: handed over once, never twice, never half, and honest about what it does not know."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from dataclasses import replace

import pytest
from sqlalchemy import select

from bondesk.areas.setup.company import Company
from bondesk.base.errors import OutsideFailure, Refused
from bondesk.engine import checking, records
from bondesk.engine.engine import SYSTEM
from bondesk.engine.tables import Outbox
from builders.office import Office


@pytest.fixture
def office(factory_office: Office) -> Office:
    """An office whose notes N are audited and wait for the client."""
    return factory_office


def audited(office: Office, *documents: str) -> list[str]:
    """Generate and audit the notes of source documents."""
    numbers = [number for document in documents for number in office.notes(document)]
    office.audit(numbers)
    return numbers


def handed(office: Office) -> list[str]:
    """The messages in the OutBox, each whole."""
    found = []
    for path in sorted((office.client / "OutBox").glob("*")):
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            assert archive.testzip() is None
            assert archive.namelist() == [f"{path.stem}.xml"]
        found.append(path.name)
    return found


def outbox(office: Office) -> list[str]:
    """The states of the outbox rows."""
    with office.act(SYSTEM) as act:
        return [f"{row.state} {row.problem}".strip() for row in act.session.scalars(select(Outbox).order_by(Outbox.id))]


def state(office: Office, number: str) -> str:
    """The state of a note."""
    return str(office.note(number).state)


def test_order_then_hand_over(office: Office) -> None:
    """待发送 after the order, 已发送 after the hand-over; a second hand-over does nothing."""
    first, second = audited(office, "IM2401001", "IM2401002")
    office.order([first, second])
    assert [state(office, number) for number in (first, second)] == ["SENDING", "SENDING"]
    assert handed(office) == []
    assert office.hand_over().handed == 2
    assert [state(office, number) for number in (first, second)] == ["SENT", "SENT"]
    names = handed(office)
    assert len(names) == 2
    assert all(re.fullmatch(rf"\d{{14}}_I_({first}|{second})_\d+\.zip", name) for name in names)
    assert office.hand_over().handed == 0
    assert handed(office) == names
    assert outbox(office) == ["handed", "handed"]


def test_a_note_is_not_ordered_twice(office: Office) -> None:
    """FLOW-01 for what already waits, and the first order stands."""
    (number,) = audited(office, "IM2401001")
    office.order([number])
    with pytest.raises(Refused) as refusal:
        office.order([number])
    assert refusal.value.findings[0].code == "FLOW-01"
    assert outbox(office) == ["ready"]


def test_the_folder_is_away(office: Office) -> None:
    """A missing folder is an outside failure that names it; the note waits and goes out when it is back."""
    (number,) = audited(office, "IM2401001")
    office.order([number])
    shutil.move(office.client / "OutBox", office.client / "Elsewhere")
    result = office.hand_over()
    assert result.handed == 0
    assert len(result.problems) == 1
    assert str(office.client / "OutBox") in result.problems[0]
    (row,) = outbox(office)
    assert row.startswith("ready ")
    assert "OutBox" in row
    assert state(office, number) == "SENDING"
    shutil.move(office.client / "Elsewhere", office.client / "OutBox")
    assert office.hand_over().handed == 1
    assert outbox(office) == ["handed"]


def test_no_client_is_set_up(office: Office) -> None:
    """Without folders the sentence says what to do."""
    lonely = Office(office.home, replace(office.engine, gateway=None), office.clerk, office.auditor)
    with pytest.raises(OutsideFailure, match="单一窗口客户端"):
        lonely.hand_over()


def test_one_away_does_not_hold_the_others(office: Office) -> None:
    """A message for another folder goes out although the first one's folder is away."""
    first, second = audited(office, "IM2401001", "IM2401002")
    office.order([first, second])
    with office.act(SYSTEM) as act:
        row = act.session.scalars(select(Outbox).where(Outbox.document_no == first)).one()
        row.folder = "Npts"
    result = office.hand_over()
    assert (result.handed, len(result.problems)) == (1, 1)
    assert (state(office, first), state(office, second)) == ("SENDING", "SENT")


@pytest.mark.parametrize(
    ("where", "wanted"), [("staged", "handed"), ("OutBox", "handed"), ("SentBox", "handed"), ("nowhere", "unknown")]
)
def test_after_a_crash(office: Office, where: str, wanted: str) -> None:
    """ "releasing" is finished from what the folders show; what they do not show is unknown and never resent."""
    (number,) = audited(office, "IM2401001")
    office.order([number])
    with office.act(SYSTEM) as act:
        row = act.session.scalars(select(Outbox)).one()
        row.state = "releasing"
        name, content, folder = row.file_name, row.content, row.folder
    gateway = office.engine.known_gateway()
    if where != "nowhere":
        gateway.stage(folder, name, content)
    if where in {"OutBox", "SentBox"}:
        gateway.release(folder, name)
    if where == "SentBox":
        shutil.move(office.client / "OutBox" / name, office.client / "SentBox" / name)
    for _ in range(2):
        office.hand_over()
        assert outbox(office)[0].split()[0] == wanted
    assert len(handed(office)) == (1 if where in {"staged", "OutBox"} else 0)
    with office.act(SYSTEM) as act:
        codes = [finding.code for finding in checking.run_checks(act)]
    assert codes == (["CHK-03"] if wanted == "unknown" else [])


def test_what_customs_would_refuse_is_not_handed_over(office: Office) -> None:
    """Every fault of every message in one answer, named by note, element and line; nothing is ordered."""
    first, second = audited(office, "IM2401001", "IM2401002")
    document = office.document("bonded_note")
    with office.act(SYSTEM) as act:
        company = act.facts.one(Company)
        assert company is not None
        company.credit_code = "SHORT"
        note = records.load_numbered(act, document, first)
        note.lines[1].name = "名" * 256 * 2 + "长"
        other = records.load_numbered(act, document, second)
        other.remark = "响\x07铃"
    with pytest.raises(Refused) as refusal:
        office.order([first, second])
    said = [str(finding) for finding in refusal.value.findings]
    for parts in (
        (first, "BizopEtpsSccd", "MSG-02", "18"),
        (second, "BizopEtpsSccd", "MSG-02", "18"),
        (first, "GdsNm", "MSG-02", "512"),
        (second, "Rmk", "MSG-04"),
    ):
        assert any(all(part in one for part in parts) for one in said), (parts, said)
    long = next(f for f in refusal.value.findings if "GdsNm" in f.text)
    assert (long.table, long.line, long.field) == ("lines", 1, "name")
    assert outbox(office) == []
    assert (state(office, first), state(office, second)) == ("AUDITED", "AUDITED")


def test_a_rejected_note_goes_out_again_under_a_new_name(office: Office) -> None:
    """A correction is another revision: a second message, the first one stays as it was."""
    (number,) = audited(office, "IM2401001")
    office.order([number])
    office.hand_over()
    answer = (
        f"<CommonResponeMessage><EtpsPreentNo>{number}</EtpsPreentNo><CheckInfo>表体第1项错误</CheckInfo>"
        "<DealFlag>-1</DealFlag></CommonResponeMessage>"
    )
    (office.client / "InBox" / "answer.xml").write_text(answer, encoding="utf-8")
    assert office.receive().applied == 1
    assert office.note(number).customs_reason == "表体第1项错误"
    office.audit([number])
    office.order([number])
    assert office.hand_over().handed == 1
    assert len(set(handed(office))) == 2
    with office.act(SYSTEM) as act:
        assert checking.run_checks(act) == []


def test_the_same_note_gives_the_same_bytes(office: Office) -> None:
    """The stored message is the one in the folder, byte for byte."""
    (number,) = audited(office, "IM2401001")
    office.order([number])
    office.hand_over()
    with office.act(SYSTEM) as act:
        row = act.session.scalars(select(Outbox)).one()
        assert (office.client / "OutBox" / row.file_name).read_bytes() == row.content
