"""演练海关: answers like the real importer, refuses what that would refuse, and never runs on a real folder."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import datetime

import pytest

from bondesk.adapters.rehearsal import MARKER, RehearsalCustoms, is_rehearsal
from bondesk.adapters.xml.receipt_reading import SingleWindowReceipts
from bondesk.base.errors import Refused
from bondesk.base.messages import Receipt
from builders.office import Office

NOW = datetime(2024, 5, 6, 7, 8, 9)
STEM = "20240506070809_I_X1_2"


@pytest.fixture
def office(factory_office: Office) -> Office:
    """An office with one message handed over."""
    (number,) = factory_office.notes("IM2401001")
    factory_office.audit([number])
    factory_office.order([number])
    factory_office.hand_over()
    return factory_office


def message(office: Office) -> str:
    """Take the handed-over message out of the OutBox."""
    (path,) = (office.client / "OutBox").glob("*.zip")
    with zipfile.ZipFile(path) as archive:
        text = archive.read(f"{path.stem}.xml").decode()
    path.unlink()
    return text


def put(office: Office, text: str, stem: str = STEM, inside: str = "") -> None:
    """Put a message into the OutBox."""
    with zipfile.ZipFile(office.client / "OutBox" / f"{stem}.zip", "w") as archive:
        archive.writestr(inside or f"{stem}.xml", text)


def answers(office: Office, **settings: object) -> list[Receipt]:
    """Let customs answer once; return what lies in the InBox, in the order it was written."""
    customs = RehearsalCustoms(office.client.parent, clock=lambda: NOW, **settings)  # type: ignore[arg-type]
    customs.answer()
    inbox = office.client / "InBox"
    paths = sorted(inbox.iterdir(), key=lambda path: (not path.name.startswith(("Succ", "Fail")), path.name[-26:]))
    found = [SingleWindowReceipts().read(path.read_bytes()) for path in paths]
    for path in paths:
        path.unlink()
    return found


def test_a_good_note_is_answered_in_four_files(office: Office) -> None:
    """Import, approval 预核扣, declaration, posting: each with its keys, and the message moves to SentBox."""
    found = answers(office)
    assert [receipt.code for receipt in found] == ["COMMON", "INV201", "INV202", "INV211"]
    common, approved, declared, posted = found
    assert (common.result, common.internal_no) == ("0", "I2401080001")
    assert {receipt.seq_no for receipt in found} == {common.seq_no}
    assert re.fullmatch(r"\d{18}", common.seq_no)
    assert re.fullmatch(r"QD520424I\d{9}", approved.business_no)
    assert {receipt.business_no for receipt in (approved, declared, posted)} == {approved.business_no}
    assert (approved.result, approved.values["vrfdedMarkcd"], approved.values["vrfdedModecd"]) == ("4", "1", "D")
    assert (posted.result, len(posted.values["entryNo"])) == ("2", 18)
    assert approved.values["etpsInnerInvtNo"] == "I2401080001"
    assert list((office.client / "OutBox").iterdir()) == []
    assert len(list((office.client / "SentBox").iterdir())) == 1


def test_without_release_it_stays_reserved(office: Office) -> None:
    """A declared note is only 预核扣 until its goods are released."""
    assert [receipt.code for receipt in answers(office, release=False)] == ["COMMON", "INV201", "INV202"]


def test_rejection(office: Office) -> None:
    """退单 with its reason, and no 清单编号."""
    common, rejected = answers(office, rejected={"I2401080001": "商品编码与底账备案不一致"})
    assert (common.result, rejected.result, rejected.reasons) == ("0", "3", ("商品编码与底账备案不一致",))
    assert rejected.business_no == ""
    assert rejected.seq_no == common.seq_no


def test_the_same_internal_number_again(office: Office) -> None:
    """Without the 统一编号 it is a duplicate, as the real importer says."""
    text = message(office)
    put(office, text)
    assert answers(office)[0].result == "0"
    put(office, text, "20240506070810_I_X1_3")
    (again,) = answers(office)
    assert again.result == "-1"
    assert "重复" in again.reasons[0]


def test_dates_follow_the_document_when_asked(office: Office) -> None:
    """The demo company's customs answers on the document's day."""
    assert [str(receipt.at)[:10] for receipt in answers(office, date_by_document=True) if receipt.at] == [
        "2024-01-08"
    ] * 3


def cut(element: str) -> Callable[[str], str]:
    """Empty the first element of a name."""
    return lambda text: re.sub(rf"<{element}>[^<]*</{element}>", f"<{element}/>", text, count=1)


def instead(element: str, value: str) -> Callable[[str], str]:
    """Give the first element of a name another text."""
    return lambda text: re.sub(
        rf"<{element}>[^<]*</{element}>|<{element}/>", f"<{element}>{value}</{element}>", text, count=1
    )


FAULTS: list[tuple[Callable[[str], str], str]] = [
    (cut("PutrecNo"), "PutrecNo"),
    (cut("BizopEtpsSccd"), "BizopEtpsSccd"),
    (cut("GdsNm"), "GdsNm"),
    (instead("SupvModecd", "615"), "SupvModecd"),
    (instead("Gdecd", "853224100"), "Gdecd"),
    (instead("DclQty", "1.123456"), "DclQty"),
    (instead("DclQty", "1E2"), "DclQty"),
    (instead("DclQty", "many"), "DclQty"),
    (instead("DclQty", "1"), "总价不符"),
    (instead("GdsSeqno", "7"), "GdsSeqno"),
    (instead("InvtDclTime", "2024-01-08"), "InvtDclTime"),
    (instead("DclcusFlag", "2"), "非报关"),
    (instead("MtpckEndprdMarkcd", "E"), "单耗版本号"),
    (instead("ListType", "A"), "RltPutrecNo"),
    (instead("SecdLawfQty", ""), "第二法定"),
    (instead("SysId", "XX"), "SysId"),
    (instead("OperCusRegCode", "1"), "OperCusRegCode"),
    (lambda text: re.sub(r"<InvtListType>.*</InvtListType>", "", text, flags=re.S), "表体为空"),
    (lambda text: text.replace("InvtHeadType", "Head"), "表头"),
    (lambda text: text.replace("InvtMessage", "OtherMessage"), "InvtMessage"),
    (lambda text: text.replace("Signature>", "Envelope>").replace("<Signature", "<Envelope"), "Signature"),
    (lambda text: text[: len(text) // 2], "XML"),
]


@pytest.mark.parametrize(("spoil", "said"), FAULTS, ids=[said for _, said in FAULTS])
def test_faulty_messages_are_refused(office: Office, spoil: Callable[[str], str], said: str) -> None:
    """Each fault is named, once, and nothing is approved."""
    good = message(office)
    bad = spoil(good)
    assert bad != good
    put(office, bad)
    (refused,) = answers(office)
    assert (refused.code, refused.result) == ("COMMON", "-1")
    assert said in "\n".join(refused.reasons)


def test_zip_rules(office: Office) -> None:
    """Exactly one XML of the zip's own name; a torn zip goes to FailBox."""
    put(office, message(office), inside="other.xml")
    assert answers(office)[0].result == "-1"
    (office.client / "OutBox" / "torn.zip").write_bytes(b"PK\x03\x04")
    assert answers(office)[0].result == "-1"
    assert sorted(path.name for path in (office.client / "FailBox").iterdir()) == [f"{STEM}.zip", "torn.zip"]


def test_never_on_a_real_clients_folder(office: Office) -> None:
    """Without the mark nothing is read, answered or moved."""
    root = office.client.parent
    (root / MARKER).unlink()
    assert not is_rehearsal(root)
    before = sorted(path.name for path in office.client.rglob("*"))
    with pytest.raises(Refused):
        answers(office)
    assert sorted(path.name for path in office.client.rglob("*")) == before
