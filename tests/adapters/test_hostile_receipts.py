"""Receipts nobody should trust: bombs, foreign files, endless nodes, deep trees, secrets in failure texts."""

from __future__ import annotations

import io
import socket
import threading
import time
from pathlib import Path

import pytest

from bondesk.adapters.gateway_folder import GatewayFolders
from bondesk.adapters.xml.masking import masked
from bondesk.adapters.xml.receipt_reading import SingleWindowReceipts
from bondesk.base.client_folders import below

READ = SingleWindowReceipts().read
LAUGHS = "".join(
    f'<!ENTITY l{n} "{"&l" + str(n - 1) + ";" if n else "ha"}{(f"&l{n - 1};" if n else "ha") * 9}">' for n in range(12)
)


@pytest.mark.parametrize(
    "text",
    [
        f"<!DOCTYPE Root [{LAUGHS}]><Root><failInfo>&l11;</failInfo></Root>",
        f'<?xml version="1.0"?><!-- <Root> --><?x y?>\n<!DOCTYPE Root [{LAUGHS}]><Root failInfo="&l11;"/>',
        '<!DOCTYPE Root SYSTEM "file:///etc/passwd"><Root><failInfo>x</failInfo></Root>',
        '<!DOCTYPE Root [<!ENTITY x SYSTEM "file:///etc/passwd">]><Root><failInfo>&x;</failInfo></Root>',
        '<!doctype Root [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><Root/>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_doctype_is_refused_before_anything_is_resolved(text: str, encoding: str) -> None:
    """Billion laughs and XXE, in every encoding, within a tenth of a second."""
    begin = time.process_time()
    with pytest.raises(ValueError, match=r"DOCTYPE|不是完整的 XML"):
        READ(text.encode(encoding))
    assert time.process_time() - begin < 0.1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "文件是空的"),
        (b" \r\n", "文件是空的"),
        (b"hello", "第 1 行第 1 个字符处读不下去"),
        (b"<a>\n<Kein", "第 2 行第 6 个字符处读不下去"),
    ],
)
def test_what_is_no_xml_is_told_in_chinese(content: bytes, told: str) -> None:
    """A clerk reads the reason: no sentence of the parser library's."""
    with pytest.raises(ValueError, match=f"^不是完整的 XML：{told}$"):
        READ(content)


def test_nothing_is_fetched_over_the_network() -> None:
    """A listener named in the file hears nothing, whether by DOCTYPE, parameter entity or XInclude."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.3)
        place = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
        for text in (
            f'<!DOCTYPE Root SYSTEM "{place}"><Root/>',
            f'<!DOCTYPE Root [<!ENTITY % p SYSTEM "{place}"> %p;]><Root/>',
            f'<Root xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="{place}"/><failInfo>a</failInfo></Root>',
        ):
            try:
                READ(text.encode())
            except ValueError:
                continue
        with pytest.raises(TimeoutError):
            listener.accept()


def test_an_endless_node_is_refused_unread(tmp_path: Path) -> None:
    """A text node of 200 MB is not even loaded (a sparse file: its size is what counts); 12 MB is refused parsed."""
    inbox = tmp_path / "Nems" / "InBox"
    inbox.mkdir(parents=True)
    with (inbox / "huge.xml").open("wb") as stream:
        stream.write(b"<Root><failInfo>")
        stream.truncate(200 << 20)
        stream.seek(0, io.SEEK_END)
        stream.write(b"</failInfo></Root>")
    gateway = GatewayFolders(lambda: below(tmp_path, ("Nems",)), settled_after=0.0)
    (arrival,) = gateway.arrivals().files
    assert gateway.read(arrival) is None
    assert gateway.read(arrival) == b""
    with pytest.raises(ValueError, match="XML"):
        READ(b"<Root><failInfo>" + b"a" * (12 << 20) + b"</failInfo></Root>")


@pytest.mark.parametrize("depth", [65, 300, 100_000])
def test_a_deep_tree_is_refused(depth: int) -> None:
    with pytest.raises(ValueError, match=r"嵌套|XML"):
        READ(b"<Root>" + b"<a>" * depth + b"</a>" * depth + b"</Root>")


@pytest.mark.parametrize(
    "root",
    ["CommonResponeMessage", "CommonResponseMessage", "commonresponemessage", "n:CommonResponeMessage"],
)
def test_every_spelling_of_the_import_response(root: str) -> None:
    declared = ' xmlns:n="urn:any"' if ":" in root else ' xmlns="urn:other"'
    text = f"<{root}{declared}><SeqNo>1</SeqNo><EtpsPreentNo>N</EtpsPreentNo><DealFlag>0</DealFlag></{root}>"
    receipt = READ(text.replace("<SeqNo>", "<SeqNo xmlns='urn:third'>").encode())
    assert (receipt.code, receipt.seq_no, receipt.internal_no, receipt.result) == ("COMMON", "1", "N", "0")


PACKAGE = (
    "<DataInfo><BussinessData><INV201><HdeApprResult><etpsPreentNo>S</etpsPreentNo><businessId>B</businessId>"
    "<manageResult>1</manageResult></HdeApprResult></INV201></BussinessData></DataInfo>"
)


@pytest.mark.parametrize(
    "text",
    [
        f"<Package>{PACKAGE}</Package>",
        f'<Package xmlns="http://www.w3.org/2000/09/xmldsig#">{PACKAGE}</Package>',
        f'<ns2:Package xmlns:ns2="urn:x">{PACKAGE}</ns2:Package>',
        f'<Signature><SignedInfo/><Object Id="String"><Package>{PACKAGE}</Package></Object></Signature>',
    ],
)
def test_every_wrapping_of_an_approval(text: str) -> None:
    receipt = READ(text.encode())
    assert (receipt.code, receipt.seq_no, receipt.business_no, receipt.result) == ("INV201", "S", "B", "1")


SECRETS = """
    Server=10.1.2.3,1433;Database=sw;User Id=sa;Password=S3cret!x;        | 10.1.2.3 sa; S3cret!x
    jdbc:oracle:thin:@10.9.8.7:1521:orcl 连接失败                            | 10.9.8.7 orcl
    mongodb://root:hunter2@db.intra:27017/x refused                        | hunter2 db.intra
    Data Source=(DESCRIPTION=(ADDRESS=(HOST=orahost)(PORT=1521)));UID=scott | orahost scott
    {"password": "p w;d", "url": "https://inner.example/x"}                | w;d inner.example
    登录失败 密码：abc123，用户名：zhang                                         | abc123 zhang
    connect to 192.168.1.20:8080 timed out                                 | 192.168.1.20
"""


@pytest.mark.parametrize("line", SECRETS.strip().splitlines())
def test_addresses_and_passwords_are_masked(line: str) -> None:
    text, _, secrets = line.strip().rpartition("|")
    shown = masked(text)
    for secret in secrets.replace(",", " ").split():
        assert secret not in shown, shown
    assert "***" in shown


@pytest.mark.parametrize(
    "text",
    [
        "表体第2项：商品编码 8532241000 与底账不一致",
        "统一编号：202400000000000001",
        "2024-01-08 10:11:12 已接收",
        "C134：读卡器失败",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert masked(text) == text


def test_the_answer_to_a_declaration_shows_no_secret_anywhere() -> None:
    """Neither in its reasons nor among its values."""
    text = "<DecImportResponse><ResponseCode>1</ResponseCode><ErrorMessage>Server=db1;Pwd=top</ErrorMessage></DecImportResponse>"
    receipt = READ(text.encode())
    assert "top" not in repr(receipt)
    assert "db1" not in repr(receipt)


def test_a_polling_reader_never_takes_a_torn_file(tmp_path: Path) -> None:
    """Files written in place, a few bytes at a time, with tags that look like the end; a reader polls without pause."""
    inbox = tmp_path / "Nems" / "InBox"
    inbox.mkdir(parents=True)
    text = f'<?xml version="1.0"?>\n<!-- </ns2:Package> --><ns2:Package xmlns:ns2="urn:x"><Package>{PACKAGE}</Package></ns2:Package>'
    contents = {f"r{n}.xml": text.replace(">S<", f">S{n}<").encode() for n in range(6)}
    gateway = GatewayFolders(lambda: below(tmp_path, ("Nems",)), settled_after=60)
    taken: dict[str, bytes] = {}
    polls = 0

    def write() -> None:
        for name, content in contents.items():
            with (inbox / name).open("wb", buffering=0) as stream:
                for place in range(0, len(content), 5):
                    stream.write(content[place : place + 5])
                    time.sleep(0.0003)

    writer = threading.Thread(target=write)
    writer.start()
    deadline = time.monotonic() + 30
    while len(taken) < len(contents) and time.monotonic() < deadline:
        polls += 1
        for arrival in gateway.arrivals().files:
            content = gateway.read(arrival)
            if content is not None:
                taken.setdefault(arrival.name, content)
        time.sleep(0.001)
    writer.join()
    assert taken == contents
    assert polls > len(contents)
