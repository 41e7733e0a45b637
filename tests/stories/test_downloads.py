"""Downloads from the rehearsal customs: login with the software card, what was approved comes back, broken and gone on."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from bondesk.adapters.card.signer import ReaderSigner
from bondesk.adapters.download_http import DownloadHttp
from bondesk.adapters.rehearsal import RehearsalCustoms
from bondesk.adapters.rehearsal_archive import FOLDER, Archive
from bondesk.adapters.rehearsal_books import KINDS
from bondesk.adapters.rehearsal_service import RehearsalService
from bondesk.areas.accounts.book_model import Account
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.risk.amend_record import AmendRecord
from bondesk.base.errors import OutsideFailure, Refused
from bondesk.base.rehearsal_script import Order
from bondesk.base.steps import play
from bondesk.engine import download_runs, downloading, message_import
from bondesk.engine.card_failures import CertificateExpired, NoCard, WrongPin
from bondesk.engine.card_login import challenge_signer
from bondesk.engine.card_port import Pin
from bondesk.engine.copy_reading import EngineReader
from bondesk.engine.download_port import CardProof, ChallengeSigner, DownloadWay
from bondesk.engine.formal_copies import take_copy
from builders.card_certificates import piv_card, sm2_card
from builders.dec_messages import declaration, ready, sent
from builders.office import Office
from builders.software_card import SoftwareCard, SoftwareTerminal

RIGHT, WRONG = "12345678", "87654321"
YEARS = (date(2023, 12, 1), date(2025, 12, 31))
KINDS_HERE = ("bonded_note_formal", "declaration_formal")


def untold(_text: str, _done: int, _total: int) -> None:
    """Nobody looks."""


def proof(card: SoftwareCard | None = None, pin: str = RIGHT) -> tuple[ChallengeSigner, Pin]:
    """What answers challenges with a software card, and the password it uses."""
    typed = Pin(pin)
    signer = ReaderSigner(SoftwareTerminal(reader=card or piv_card()))
    return challenge_signer(lambda work: work(signer), typed), typed


@dataclass
class Desk:
    """An office, the service behind its client, and a source that asks it."""

    office: Office
    service: RehearsalService
    source: DownloadHttp

    @property
    def archive(self) -> Path:
        return self.office.client.parent / FOLDER

    def sign_in(self) -> None:
        self.source.sign_in(proof()[0])

    def order(self, *kinds: str) -> int:
        found = downloading.look(
            self.office.engine, self.office.clerk, self.source, kinds or KINDS_HERE, *YEARS, untold
        )
        with self.office.act() as act:
            way = DownloadWay("rehearsal", self.source.title, "", True, False, lambda _reader, _places: self.source)
            return download_runs.begin_run(act, way, [], *YEARS, found.offered)

    def go_on(self, run: int) -> download_runs.Run:
        return downloading.go_on(self.office.engine, self.office.clerk, self.source, run, untold)

    def answered(self, **settings: Any) -> None:
        RehearsalCustoms(self.office.client.parent, date_by_document=True, **settings).answer()


@pytest.fixture
def desk(office_at: Callable[..., Office], factory_template: Path) -> Iterator[Desk]:
    office = office_at(factory_template)
    service = RehearsalService(office.client.parent)
    yield Desk(office, service, DownloadHttp(EngineReader(office.engine), service.address, patience=30))
    service.stop()


@pytest.fixture
def cleared(desk: Desk) -> Desk:
    """A note and a declaration that customs has approved."""
    (number,) = desk.office.notes("IM2401001")
    desk.office.audit([number])
    desk.office.order([number])
    desk.office.hand_over()
    ready(desk.office)
    sent(desk.office, declaration())
    desk.answered(inspect_every=99)
    return desk


def test_a_withdrawn_declaration_leaves_its_amendment(desk: Desk) -> None:
    """结关后删单: customs has the 修撤单 on file, and it is linked to our own declaration at once."""
    ready(desk.office)
    sent(desk.office, declaration())
    customs = RehearsalCustoms(desk.office.client.parent, date_by_document=True)
    customs.letters.keep_script([Order("DEC", "amend")])
    customs.answer()
    desk.office.receive()
    desk.sign_in()
    run = desk.go_on(desk.order("amend_record"))
    assert [(item.document_key, item.word, item.reason) for item in run.items] == [("amend_record", "新增", "")]
    with desk.office.act() as act:
        amended, mine = act.facts.one(AmendRecord), act.facts.one(Declaration, copy="draft")
        assert amended is not None
        assert mine is not None
        assert (amended.kind, amended.declaration_no, amended.link_state) == ("2", mine.declaration_no, "1")
        assert (amended.customs_state, amended.reason) == ("海关已同意", "结关后申请撤销")
    assert [item.word for item in desk.go_on(desk.order("amend_record")).items] == ["无变化"]


@pytest.mark.parametrize("card", [piv_card, sm2_card])
def test_what_customs_approved_comes_back_after_login_with_the_card(cleared: Desk, card: Any) -> None:
    answer, pin = proof(card())
    cleared.source.sign_in(answer)
    assert len(pin) == 0, "the password is wiped"
    run = cleared.go_on(cleared.order())
    assert [(item.document_key, item.word, item.reason) for item in run.items] == [
        ("bonded_note_formal", "新增", ""),
        ("declaration_formal", "新增", ""),
    ]
    with cleared.office.act() as act:
        mine, theirs = (act.facts.one(BondedNote, copy=copy) for copy in ("draft", "formal"))
        told = [(one.item_no, one.dcl_qty, one.total, one.origin_country, one.currency) for one in theirs.lines]
        assert told == [(one.item_no, one.dcl_qty, one.total, one.origin_country, one.currency) for one in mine.lines]
        assert (theirs.record_no, theirs.internal_no, theirs.declared_on) == (
            mine.record_no,
            mine.internal_no,
            mine.declared_on,
        )
        assert (theirs.writeoff_mark, theirs.list_state, theirs.state) == ("2", "0", "APPROVED")
        formal = act.facts.one(Declaration, copy="formal")
        assert (formal.state, formal.customs_state, len(formal.declaration_no)) == ("CLEARED", "CLEARED", 18)
        assert len(formal.lines) == len(act.facts.one(Declaration, copy="draft").lines)
    assert cleared.go_on(cleared.order()).counts == "无变化 2 份"


def test_an_amendment_at_customs_updates_the_formal_copy_and_not_the_draft(cleared: Desk) -> None:
    cleared.sign_in()
    cleared.go_on(cleared.order())
    (path,) = (cleared.archive / "INV101").glob("*.xml")
    tree = etree.fromstring(path.read_bytes())
    quantity = next(one for one in tree.iter("DclQty"))
    before, quantity.text = Decimal(quantity.text or "0"), "7"
    path.write_bytes(etree.tostring(tree))
    assert cleared.go_on(cleared.order()).counts == "已更新 1 份，无变化 1 份"
    with cleared.office.act() as act:
        mine, theirs = (act.facts.one(BondedNote, copy=copy) for copy in ("draft", "formal"))
        assert (mine.lines[0].dcl_qty, theirs.lines[0].dcl_qty) == (before, Decimal(7))


def test_a_return_is_not_on_file(desk: Desk) -> None:
    (number,) = desk.office.notes("IM2401001")
    desk.office.audit([number])
    desk.office.order([number])
    desk.office.hand_over()
    desk.answered(rejected={number: "商品编码归类有误"})
    desk.sign_in()
    assert desk.source.kinds() == []


def test_a_service_that_goes_away_stops_the_run_and_it_goes_on(cleared: Desk) -> None:
    cleared.sign_in()
    run = cleared.order()

    def away_after_one(_text: str, done: int, _total: int) -> None:
        if done == 1:
            cleared.service.stop()

    with pytest.raises(OutsideFailure, match="连不上|登录已过期"):
        downloading.go_on(cleared.office.engine, cleared.office.clerk, cleared.source, run, away_after_one)
    with cleared.office.act() as act:
        (stopped,) = download_runs.unfinished(act)
        assert stopped.counts == "等待 1 份，新增 1 份"
    cleared.source.sign_in(proof()[0])
    assert cleared.go_on(run).counts == "新增 2 份"


def test_nobody_gets_anything_without_the_card(cleared: Desk) -> None:
    with pytest.raises(OutsideFailure, match="登录"):
        cleared.source.kinds()
    with pytest.raises(OutsideFailure, match="IC卡"):
        cleared.source.sign_in(None)
    with pytest.raises(WrongPin):
        cleared.source.sign_in(proof(pin=WRONG)[0])
    with pytest.raises(CertificateExpired):
        cleared.source.sign_in(proof(piv_card(begins=-20, ends=-10))[0])
    with pytest.raises(NoCard):
        cleared.source.sign_in(
            challenge_signer(lambda work: work(ReaderSigner(SoftwareTerminal(reader=None))), Pin(RIGHT))
        )
    with pytest.raises(OutsideFailure, match="登录"):
        cleared.source.kinds()


def test_a_signature_of_something_else_is_no_login(desk: Desk) -> None:
    answer, _pin = proof()

    def forged(challenge: bytes) -> CardProof:
        return answer(challenge + b"x")

    with pytest.raises(OutsideFailure, match="签名与证书不符"):
        desk.source.sign_in(forged)


def test_a_challenge_is_answered_once_and_a_login_ends(desk: Desk, tmp_path: Path) -> None:
    now = [datetime.now(UTC)]
    service = RehearsalService(tmp_path, clock=lambda: now[0])
    posted: list[dict[str, str]] = []
    answer, _pin = proof()

    def post(path: str, body: dict[str, str]) -> dict[str, str]:
        request = urllib.request.Request(service.address() + path, json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=30) as got:
            found: dict[str, str] = json.loads(got.read())
            return found

    source = DownloadHttp(EngineReader(desk.office.engine), service.address, patience=30)
    try:
        random = post("/challenge", {})["random"]
        made = answer(random.encode())
        body = {"random": random, "algorithm": made.signature.algorithm, "signature": made.signature.base64}
        body["certificate"] = base64.b64encode(made.certificate).decode()
        posted.append(post("/login", body))
        assert posted[0]["token"]
        with pytest.raises(urllib.error.HTTPError, match="401"):
            post("/login", body)
        source.sign_in(proof()[0])
        assert source.kinds() == []
        now[0] += timedelta(minutes=31)
        with pytest.raises(OutsideFailure, match="登录已过期"):
            source.kinds()
    finally:
        service.stop()


def test_no_path_leads_out_of_the_archive(cleared: Desk) -> None:
    archive = Archive(cleared.office.client.parent)
    (archive_file,) = (cleared.archive / "INV101").glob("*.xml")
    assert archive.content("INV101", archive_file.stem) is not None
    assert archive.content("INV101", f"../INV101/{archive_file.stem}") is None
    assert archive.content("..", "rehearsal") is None


HANDBOOK = """<EmlMessage><NptsEmlHead><EtpsPreentNo>SC-1</EtpsPreentNo><EmlType>C</EmlType><DclTypecd>{kind}</DclTypecd>
<MasterCuscd>5204</MasterCuscd><BizopEtpsno>4420940001</BizopEtpsno><BizopEtpsNm>东莞工厂</BizopEtpsNm>
<BizopEtpsSccd>914419000000000000</BizopEtpsSccd><RvsngdEtpsSccd>914419000000000001</RvsngdEtpsSccd>
<ValidDate>20261231</ValidDate><ImpCurrcd>502</ImpCurrcd></NptsEmlHead>{rows}</EmlMessage>"""
GOODS = """<NptsEmlImg><GdsSeqno>{number}</GdsSeqno><MtpckEndprdTypecd>I</MtpckEndprdTypecd><Gdecd>8532241000</Gdecd>
<GdsNm>{name}</GdsNm><DclUnitcd>007</DclUnitcd><LawfUnitcd>035</LawfUnitcd><DclQty>1000</DclQty>
<ModfMarkcd>{mark}</ModfMarkcd></NptsEmlImg>"""


def test_a_handbook_on_file_is_whole_after_a_change(desk: Desk) -> None:
    """Only the changed rows go to customs; what is downloaded is the whole book."""
    archive, kind = Archive(desk.office.client.parent), next(one for one in KINDS if one.code == "EML111")
    now = datetime(2025, 3, 1, tzinfo=UTC)
    rows = "".join(GOODS.format(number=number, name=f"料件{number}", mark="3") for number in (1, 2, 3))
    archive.book(etree.fromstring(HANDBOOK.format(kind="1", rows=rows)), kind, "C52045500001", now)
    changed = GOODS.format(number=1, name="改名", mark="1") + GOODS.format(number=2, name="", mark="2")
    changed += GOODS.format(number=4, name="料件4", mark="3")
    later = now + timedelta(days=40)
    archive.book(etree.fromstring(HANDBOOK.format(kind="2", rows=changed)), kind, "C52045500001", later)
    unknown = etree.fromstring(HANDBOOK.format(kind="2", rows=changed))
    archive.book(unknown, kind, "C52045500009", later)  # the rehearsal never had it whole
    desk.sign_in()
    run = desk.go_on(desk.order("handbook"))
    assert [(item.number, item.word, item.reason) for item in run.items] == [("C52045500001", "新增", "")]
    with desk.office.act() as act:
        book = act.facts.one(Account, record_no="C52045500001", copy="approved")
        assert {(line.item_no, line.name) for line in book.materials} == {(1, "改名"), (3, "料件3"), (4, "料件4")}
        assert {line.row_mark for line in book.materials} == {"0"}
        assert (book.book_kind, book.state, book.import_currency) == ("EML", "APPROVED", "USD")
        assert (book.credit_code, book.enterprise_name) == ("914419000000000000", "东莞工厂")
        assert book.valid_to == date(2026, 12, 31)


def handbook_message(day: str, *names: str, kind: str = "1") -> str:
    rows = "".join(GOODS.format(number=number, name=name, mark="3") for number, name in enumerate(names, 1))
    return HANDBOOK.format(kind=kind, rows=rows).replace(
        "<EtpsPreentNo>", f"<EmlNo>C52045500002</EmlNo><DclTime>{day}</DclTime><EtpsPreentNo>"
    )


def test_a_handbook_that_says_no_count_is_placed_by_its_day(desk: Desk, tmp_path: Path) -> None:
    """EML111 has no 变更次数: a later declaration leaves the former copy as a version, an earlier one is refused."""
    path = tmp_path / "手册.xml"

    def brought(day: str, *names: str, kind: str) -> str:
        path.write_text(handbook_message(day, *names, kind=kind), encoding="utf-8")
        with desk.office.act() as act:
            return play(message_import.import_message_steps(act, desk.office.document("handbook"), path)).text

    assert brought("20250301", "料件1", kind="1") == "已导入「手册」C52045500002"
    assert brought("20250410", "料件1", "料件2", kind="2") == "已更新「手册」C52045500002"
    with pytest.raises(Refused, match="DOWN-01"):
        brought("20250301", "料件1", kind="1")
    assert brought("20250410", "料件1", "料件2", kind="2") == "没有变化：「手册」C52045500002"
    with desk.office.act() as act:
        now, former = (act.facts.one(Account, record_no="C52045500002", copy=one) for one in ("approved", "archived"))
        assert (now.change_count, [line.name for line in now.materials]) == (1, ["料件1", "料件2"])
        assert (former.change_count, [line.name for line in former.materials]) == (0, ["料件1"])


def test_customs_own_receipt_is_a_copy_too(cleared: Desk) -> None:
    """INV201 holds the whole note in customs' vocabulary: it can be imported as it lies in the archive of receipts."""
    (path,) = (one for one in (cleared.office.client / "InBox").iterdir() if b"INV211" in one.read_bytes())
    (copy,) = EngineReader(cleared.office.engine).read(path.name, path.read_bytes())
    assert (copy.kind, copy.findings) == ("bonded_note_formal", ())
    with cleared.office.act() as act:
        taken = take_copy(act, cleared.office.document("bonded_note_formal"), copy.values)
    with cleared.office.act() as act:
        note = act.facts.one(BondedNote, id=taken.id)
        draft = act.facts.one(BondedNote, copy="draft")
        assert (note.writeoff_mark, note.seq_no != "", note.declaration_no != "") == ("2", True, True)
        assert [one.dcl_qty for one in note.lines] == [one.dcl_qty for one in draft.lines]


def test_the_rehearsal_is_offered_where_the_client_folder_is_marked(desk: Desk) -> None:
    assert [way.key for way in desk.office.engine.downloads] == ["files", "rehearsal"]
    way = downloading.way_of(desk.office.engine, "rehearsal")
    assert way.needs_card


def test_a_message_of_a_book_is_imported_whole_and_again_without_change(desk: Desk, tmp_path: Path) -> None:
    rows = "".join(GOODS.format(number=number, name=f"料件{number}", mark="3") for number in (1, 2, 3))
    written = HANDBOOK.format(kind="1", rows=rows).replace(
        "<EtpsPreentNo>", "<EmlNo>C52045500002</EmlNo><EtpsPreentNo>"
    )
    path = tmp_path / "手册.xml"
    path.write_text(written, encoding="utf-8")
    document = desk.office.document("handbook")

    def brought() -> str:
        with desk.office.act() as act:
            return play(message_import.import_message_steps(act, document, path)).text

    assert brought() == "已导入「手册」C52045500002"
    assert brought() == "没有变化：「手册」C52045500002"
    path.write_text(written.replace("料件3", "料件三"), encoding="utf-8")
    assert brought() == "已更新「手册」C52045500002"
    with desk.office.act() as act:
        book = act.facts.one(Account, record_no="C52045500002", copy="approved")
        assert [line.name for line in book.materials] == ["料件1", "料件2", "料件三"]
