"""Receipts as they really look: every example of the message reference, and the variations it warns of."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from bondesk.adapters.xml.receipt_reading import SingleWindowReceipts, moment
from bondesk.base.messages import Receipt
from builders.office import SHARED

EXAMPLES = SHARED / "spec" / "examples"
READER = SingleWindowReceipts()
#: example | code | internal no. | 统一编号 | 清单编号 | result | at | reason (part)
KNOWN = """
common-response-success-example  | COMMON | QD20250310001 | 202500000100000001 |                    | 0  |                     | 调用成功
common-response-failed-example   | COMMON | QD20250310001 |                    |                    | -1 |                     | 统一编号为空且企业内部编号与已有记录重复
inv201-receipt-example           | INV201 | QD20250310001 | 202500000100000001 | QD999825I000000123 | 4  | 2025-03-10 10:05:00 |
inv201-rejected-example          | INV201 |               | 202500000100000001 |                    | 3  | 2025-03-10 10:05:00 | 表体第2项商品编码与底账备案不一致
inv202-receipt-example           | INV202 |               | 202500000100000001 | QD999825I000000123 | 1  | 2025-03-10 10:06:00 |
receipt-client-technical-failure | FAILED |               |                    |                    |    |                     | 打开读卡器失败
receipt-decimportresponse-success | DECIMPORT | EX2025011500000001 | I20250000000000001 |           | 0  |                     | 报关单暂存成功
receipt-decimportresponse-failed | DECIMPORT | EX2025011500000002 |                |                    | -1 |                     | 表体第1项：商品编号不存在
receipt-dxpmsg-wrapper           | DECIMPORT | EX2025011500000001 | I20250000000000001 |            | 0  |                     | 报关单暂存成功
receipt-decresult-7-declared     | DEC_RESULT |           | I20250000000000001 |                    | 7  | 2025-01-15 10:01:05 | 直接申报成功
receipt-decresult-L-accepted     | DEC_RESULT |           | I20250000000000001 | 233320251000000001 | L  | 2025-01-15 10:01:20 | 入库成功
receipt-decresult-J-examined     | DEC_RESULT |           | I20250000000000001 | 233320251000000001 | J  | 2025-01-15 10:01:32 | 海关已接受申报
receipt-decresult-E-returned     | DEC_RESULT |           | I20250000000000001 |                    | E  | 2025-01-15 10:01:40 | 申报要素不规范
receipt-decresult-C-inspection   | DEC_RESULT |           | I20250000000000001 | 233320251000000001 | C  | 2025-01-15 10:20:00 | 查验通知
receipt-decresult-P-released     | DEC_RESULT |           | I20250000000000001 | 233320251000000001 | P  | 2025-01-15 15:02:44 | 已放行
receipt-decresult-R-closed       | DEC_RESULT |           | I20250000000000001 | 233320251000000001 | R  | 2025-01-15 15:02:50 | 已结关
receipt-decdata-legacy           | DEC_RESULT | EX2025011500000001 | 000000000000000001 | 233320251000000001 | J |             | 审结
"""  # noqa: E501
#: examples of messages, not receipts: read as nothing we know, with a reason
FOREIGN = ("inv101-example", "decmessage-import-example")
needs_examples = pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the message examples are not beside the repository")


def rows(text: str) -> list[list[str]]:
    """Read a table in the notation above."""
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


def read(text: str) -> Receipt:
    """Read a receipt typed in a test."""
    return READER.read(text.encode())


@needs_examples
@pytest.mark.parametrize(("name", "code", "internal", "seq", "number", "result", "at", "reason"), rows(KNOWN))
def test_examples(
    name: str, code: str, internal: str, seq: str, number: str, result: str, at: str, reason: str
) -> None:
    """Keys, result, time and every reason are taken from where the reference says."""
    receipt = READER.read((EXAMPLES / f"{name}.xml").read_bytes())
    assert (receipt.code, receipt.internal_no, receipt.seq_no, receipt.business_no) == (code, internal, seq, number)
    if code != "FAILED":
        assert receipt.result == result
    assert str(receipt.at or "") == at
    assert reason in "\n".join(receipt.reasons)


@needs_examples
@pytest.mark.parametrize("name", FOREIGN)
def test_other_messages_are_said_to_be_unknown(name: str) -> None:
    """A receipt of another kind has a Chinese reason, so that it waits in quarantine and nothing is guessed."""
    with pytest.raises(ValueError, match="回执"):
        READER.read((EXAMPLES / f"{name}.xml").read_bytes())


@needs_examples
def test_all_examples_of_receipts_are_in_the_table() -> None:
    """No example of a receipt is forgotten here."""
    mine = {path.stem for path in EXAMPLES.glob("*.xml") if path.stem.startswith(("inv2", "common-", "receipt-"))}
    assert mine - {"inv201-receipt-example"} <= {row[0] for row in rows(KNOWN)}


def approval(root: str, inner: str = "", prefix: str = "") -> str:
    """An INV201 in a form customs may use."""
    p = f"{prefix}:" if prefix else ""
    return (
        f"<{root}><{p}EnvelopInfo/><{p}DataInfo><{p}BussinessData><{p}INV201><{p}HdeApprResult>"
        f"<{p}etpsPreentNo>S1</{p}etpsPreentNo><{p}businessId>B1</{p}businessId><{p}manageResult>1</{p}manageResult>"
        f"</{p}HdeApprResult>{inner}</{p}INV201></{p}BussinessData></{p}DataInfo></{p}Package>"
    )


@pytest.mark.parametrize(
    "text",
    [
        approval("Package"),
        approval('Package xmlns="http://www.w3.org/2000/09/xmldsig#"'),
        approval('ns2:Package xmlns:ns2="http://www.w3.org/2000/09/xmldsig#"', prefix="ns2"),
        approval("Package", "<New2030><x>1</x></New2030><BondInvtBsc><neverHeard>1</neverHeard></BondInvtBsc>"),
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- note -->\n' + approval("Package"),
        "﻿" + approval("Package"),
    ],
    ids=["bare", "default namespace", "prefix", "unknown elements", "comment", "byte order mark"],
)
def test_forms_of_one_receipt(text: str) -> None:
    """Local names count; what nobody knows is passed over."""
    receipt = read(text)
    assert (receipt.code, receipt.seq_no, receipt.business_no, receipt.result) == ("INV201", "S1", "B1", "1")


def test_every_reason_is_kept() -> None:
    """All CheckInfo notes and the remark, in order."""
    inner = "<CheckInfo><note>一</note></CheckInfo><CheckInfo><note>二</note></CheckInfo>"
    assert read(approval("Package", inner)).reasons == ("一", "二")


def test_gb18030_is_read() -> None:
    """A receipt may declare another encoding."""
    text = '<?xml version="1.0" encoding="GB18030"?><CommonResponeMessage><CheckInfo>失败</CheckInfo></CommonResponeMessage>'
    assert READER.read(text.encode("gb18030")).reasons == ("失败",)


@pytest.mark.parametrize(
    "reason", ["Data Source=10.1.2.3;User ID=sa;Password=hunter2;连接失败", "server = db.inside ; pwd=hunter2"]
)
def test_connection_strings_are_masked(reason: str) -> None:
    """Failure texts that carry a password do not reach the screen."""
    (shown,) = read(f"<CommonResponeMessage><CheckInfo>{reason}</CheckInfo></CommonResponeMessage>").reasons
    assert "hunter2" not in shown
    assert "10.1.2.3" not in shown
    assert "db.inside" not in shown


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "XML"),
        (b"not xml", "XML"),
        (b"<Package><DataInfo></Package>", "XML"),
        (b"<Package/>", "BussinessData"),
        (b"<Package><DataInfo><BussinessData/></DataInfo></Package>", "BussinessData"),
        (b"<Something/>", "Something"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><Package>&x;</Package>', "DOCTYPE"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><Package/>', "DOCTYPE"),
        (
            '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY x "y">]><Package>&x;</Package>'.encode(
                "utf-16"
            ),
            "DOCTYPE",
        ),
        (b"<a>" * 400 + b"</a>" * 400, "XML"),
    ],
    ids=["empty", "text", "torn", "no data", "empty data", "other root", "entity", "external", "utf-16 entity", "deep"],
)
def test_what_is_not_a_receipt(content: bytes, reason: str) -> None:
    """A Chinese reason and no exception of the parser's."""
    with pytest.raises(ValueError, match=reason):
        READER.read(content)


def test_entities_are_never_expanded(tmp_path: Path) -> None:
    """Neither files nor growing texts are read into a receipt."""
    secret = tmp_path / "secret.txt"
    secret.write_text("hunter2", encoding="utf-8")
    hostile = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><CommonResponeMessage><CheckInfo>&x;</CheckInfo></CommonResponeMessage>'
    with pytest.raises(ValueError) as problem:
        read(hostile)
    assert "hunter2" not in str(problem.value)
    lines = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    with pytest.raises(ValueError):
        read(f'<!DOCTYPE a [<!ENTITY l0 "lol">{lines}]><Root><failInfo>&l9;</failInfo></Root>')


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("2025-03-10 10:05:00", datetime(2025, 3, 10, 10, 5)),
        ("2025-03-10T10:05:00", datetime(2025, 3, 10, 10, 5)),
        ("2025-03-10", datetime(2025, 3, 10)),
        ("20250310100500", datetime(2025, 3, 10, 10, 5)),
        ("20250310", datetime(2025, 3, 10)),
        ("", None),
        ("yesterday", None),
    ],
)
def test_moments(written: str, wanted: datetime | None) -> None:
    """Dates come with and without time; what cannot be read is nothing."""
    assert moment(written) == wanted
