"""数据预录入 (row 186): what is ready goes up once, packages are whole, answers are kept, a person mends the rest."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from sqlalchemy import select

from bondesk.adapters.card.signer import ReaderSigner
from bondesk.adapters.excel.reader import read_workbook
from bondesk.adapters.pre_entry_http import PreEntryHttp
from bondesk.adapters.pre_entry_package import MANIFEST, Manifest, PackageFolder
from bondesk.adapters.rehearsal_service import RehearsalService
from bondesk.areas.setup.company import Company
from bondesk.base.errors import OutsideFailure, Refused
from bondesk.base.identity import Identity
from bondesk.base.operation_log import OperationLog
from bondesk.base.steps import Cancelled
from bondesk.engine import pre_entering, pre_entry_book, pre_entry_choice, records, sending
from bondesk.engine.card_login import challenge_signer
from bondesk.engine.card_port import Pin
from bondesk.engine.download_port import ChallengeSigner, Tell
from bondesk.engine.engine import SYSTEM
from bondesk.engine.pre_entry_port import Paper, PreEntry, PreEntryAnswer, PreEntryWay
from builders.card_certificates import piv_card
from builders.office import Office
from builders.software_card import SoftwareTerminal

NOTE = "bonded_note"


def untold(_text: str, _done: int, _total: int) -> None:
    """Nobody looks."""


def answering(pin: str = "12345678") -> ChallengeSigner:
    signer = ReaderSigner(SoftwareTerminal(reader=piv_card()))
    return challenge_signer(lambda work: work(signer), Pin(pin))


@dataclass
class Counter:
    """A place in memory: takes papers, or fails as told."""

    title: str = "柜台"
    needs_card: bool = False
    failure: Exception | None = None
    papers: list[Paper] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)

    def sign_in(self, challenge_signer: ChallengeSigner | None) -> None:
        """No card."""

    def upload(self, paper: Paper, _tell: Tell) -> PreEntryAnswer:
        self.papers.append(paper)
        number = self.numbers.setdefault(paper.key, f"{len(self.numbers) + 1:018d}")
        if self.failure is not None:
            raise self.failure
        return PreEntryAnswer(number=number)


def way_to(source: PreEntry) -> PreEntryWay:
    return PreEntryWay("counter", source.title, "", source.needs_card, lambda: source)


@dataclass
class Desk:
    """An office with one audited note."""

    office: Office
    note: int

    def upload(
        self, source: PreEntry, *, despite: bool = True, again: bool = False, force: str = ""
    ) -> pre_entering.Uploaded:
        chosen, way = [(NOTE, self.note)], way_to(source)
        engine, clerk = self.office.engine, self.office.clerk
        return pre_entering.upload(
            engine, clerk, source, way, chosen, untold, despite=despite, again=again, force=force
        )

    def history(self) -> list[pre_entry_book.Entered]:
        with self.office.act() as act:
            return pre_entry_book.entered(act)

    def state(self) -> tuple[str, str]:
        note = self.office.note(self.note)
        return note.state, note.seq_no

    def log(self) -> list[str]:
        with self.office.act() as act:
            rows = act.session.scalars(select(OperationLog).where(OperationLog.document_id == self.note))
            return [row.action for row in rows]


@pytest.fixture
def desk(office_at: Callable[..., Office], factory_template: Path) -> Desk:
    office = office_at(factory_template)
    (number,) = office.notes("IM2401001")
    office.audit([number])
    return Desk(office, office.note(number).id)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[RehearsalService]:
    made = RehearsalService(tmp_path / "customs")
    yield made
    made.stop()


def test_kinds_without_a_standard_message_come_first_and_only_those_sent_to_customs(desk: Desk) -> None:
    found = pre_entry_choice.kinds(desk.office.engine.catalogue, desk.office.clerk)
    assert (found[0].key, found[0].freely) == ("handbook_verification", True)
    keys = {one.key for one in found}
    assert {NOTE, "declaration", "account_draft"} <= keys
    assert not keys & {"source_document", "stock_doc", "bonded_note_formal", "account"}
    guest = Identity(user_id=9, account="x", name="来宾", grants=frozenset({("*", "view")}))
    with pytest.raises(Refused, match="ACCESS-01"):
        pre_entry_choice.require_any(desk.office.engine.catalogue, guest)


def test_every_step_says_which_of_how_many_it_is(desk: Desk) -> None:
    (number,) = desk.office.notes("IM2401002")
    desk.office.audit([number])
    chosen = [(NOTE, desk.note), (NOTE, desk.office.note(number).id)]
    source, told = Counter(), list[str]()
    engine, clerk = desk.office.engine, desk.office.clerk
    pre_entering.upload(
        engine, clerk, source, way_to(source), chosen, lambda text, _done, _total: told.append(text), despite=True
    )
    steps = list(dict.fromkeys(told))
    assert steps == ["正在上传 1/2", "第 1/2 份：正在写出表体", "正在上传 2/2", "第 2/2 份：正在写出表体"]


def test_what_is_not_audited_is_listed_with_its_reason_behind_what_is_ready(desk: Desk) -> None:
    (draft,) = desk.office.notes("IM2401002")
    with desk.office.act() as act:
        found = pre_entry_choice.candidates(act, [NOTE])
    assert [(one.document_id, bool(one.why_not)) for one in found][:1] == [(desk.note, False)]
    last = next(one for one in found if one.number == draft)
    assert "请先审核" in last.why_not
    with desk.office.act() as act:
        sending.order(act, desk.office.document(NOTE), [desk.note])
        why = {one.document_id: one.why_not for one in pre_entry_choice.candidates(act, [NOTE])}
        assert "发件箱" in why[desk.note]
    (entry,) = desk.upload(Counter()).entries
    assert (entry.word, desk.state()[0]) == ("未收下", "SENDING"), "nothing goes both ways"


def test_a_document_with_a_message_goes_up_only_while_the_interface_is_down(desk: Desk) -> None:
    with pytest.raises(Refused, match="PRE-03"):
        desk.upload(Counter(), despite=False)
    assert desk.history() == []
    assert pre_entry_choice.interface_trouble(desk.office.engine) == ""
    (desk.office.client / "InBox").rmdir()
    desk.office.client.rename(desk.office.client.with_name("Gone"))
    assert pre_entry_choice.interface_trouble(desk.office.engine)
    (entry,) = desk.upload(Counter()).entries
    assert entry.despite
    assert desk.state() == ("PREENTERED", "0" * 17 + "1")
    with desk.office.act() as act, pytest.raises(Refused, match="FLOW-01"):
        sending.order(act, desk.office.document(NOTE), [desk.note])
    with desk.office.act(desk.office.auditor) as act, pytest.raises(Refused, match="FLOW-01"):
        records.move(act, desk.office.document(NOTE), desk.note, "unaudit")


def test_nothing_goes_up_twice_without_being_asked_for_and_that_is_logged(desk: Desk) -> None:
    counter = Counter()
    desk.upload(counter)
    with pytest.raises(Refused, match=r"PRE-02.*已预录入 0+1"):
        desk.upload(counter)
    assert len(counter.papers) == 1
    (entry,) = desk.upload(counter, again=True).entries
    assert counter.papers[1].again
    assert counter.papers[0].digest == counter.papers[1].digest
    assert [one.word for one in desk.history()] == ["已预录入", "已撤回"]
    assert desk.state() == ("PREENTERED", entry.number)
    log = desk.log()
    assert (log.count("预录入"), log.count("再次预录入"), log.count("已预录入")) == (2, 1, 1), log


def test_the_check_before_sending_is_not_gone_round(office_at: Callable[..., Office], factory_template: Path) -> None:
    """An export that inverts (handbook 5.7, BLOCK) goes neither way without a reason of who has the right."""
    office = office_at(factory_template)
    with office.act(SYSTEM) as act:
        act.session.scalars(select(Company)).one().inversion_policy = "BLOCK"
    number = office.notes("EX240")[0]
    office.audit([number])
    desk, counter = Desk(office, office.note(number).id), Counter()
    (entry,) = desk.upload(counter, force="  ").entries
    assert (entry.word, desk.state()[0], counter.papers) == ("未收下", "AUDITED", [])
    assert "倒挂" in entry.reason
    (entry,) = desk.upload(counter, force="客户急件，进口清单明日补申报").entries
    assert (entry.word, desk.state()[0]) == ("已预录入", "PREENTERED")
    assert desk.log().count("强制发送") == 1


def test_a_reason_of_who_may_not_force_leaves_the_document_refused(
    office_at: Callable[..., Office], factory_template: Path
) -> None:
    """One document of several without the right is told in its entry; it does not end the work, and nothing is logged."""
    office = office_at(factory_template)
    with office.act(SYSTEM) as act:
        act.session.scalars(select(Company)).one().inversion_policy = "BLOCK"
    number = office.notes("EX240")[0]
    office.audit([number])
    rights = frozenset({(NOTE, "view"), (NOTE, "send")})
    office.clerk = Identity(office.clerk.user_id, "zhidan", "制单员", rights)
    desk, counter = Desk(office, office.note(number).id), Counter()
    (entry,) = desk.upload(counter, force="客户急件").entries
    assert (entry.word, counter.papers) == ("未收下", [])
    assert "倒挂" in entry.reason
    assert "强制发送" not in desk.log()


@pytest.mark.parametrize("failure", [OutsideFailure("网络断开"), Cancelled()])
def test_an_answer_that_never_came_is_found_out_under_the_same_key(desk: Desk, failure: Exception) -> None:
    counter = Counter(failure=failure)
    with pytest.raises(type(failure)):
        desk.upload(counter)
    assert [one.word for one in desk.history()] == ["结果不明"]
    assert desk.state()[0] == "AUDITED"
    counter.failure = None
    desk.upload(counter, again=True)
    assert len(counter.numbers) == 1, "both times one key"
    assert [one.word for one in desk.history()] == ["已预录入"]


def test_a_refusal_is_kept_with_its_reason_and_another_try_is_free(desk: Desk) -> None:
    counter = Counter(failure=Refused("手册已结案", "PRE-07"))
    (entry,) = desk.upload(counter).entries
    assert (entry.word, entry.reason, desk.state()[0]) == ("未收下", "手册已结案", "AUDITED")
    counter.failure = None
    assert [one.word for one in desk.upload(counter).entries] == ["已预录入"]


def test_a_package_is_whole_or_not_there_and_its_number_is_registered_later(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "packages"

    def stop(_text: str, done: int, _total: int) -> None:
        if done > 1:
            raise Cancelled

    clerk, source = desk.office.clerk, PackageFolder(folder)
    with pytest.raises(Cancelled):
        pre_entering.upload(desk.office.engine, clerk, source, way_to(source), [(NOTE, desk.note)], stop, despite=True)
    assert list(folder.iterdir()) == []
    (entry,) = desk.upload(source, again=True).entries
    assert (entry.word, desk.state()) == ("已预录入，待登记编号", ("PREENTERED", ""))
    (package,) = folder.iterdir()
    assert str(package) == entry.place
    manifest = Manifest.model_validate_json((package / MANIFEST).read_bytes())
    assert {one.name for one in manifest.files} == {"核注清单.xlsx", "报文.xml"}
    note = desk.office.note(desk.note)
    assert (manifest.number, manifest.code, manifest.user) == (note.internal_no, "INV101", clerk.name)
    assert b"<InvtMessage" in (package / "报文.xml").read_bytes()
    sheets = read_workbook(package / "核注清单.xlsx").sheets
    head = {row[0]: tuple(row[1:3]) for row in sheets[0].rows}
    assert head["备案号"][0] == note.record_no
    assert head["监管方式"] == ("0615", "进料对口")
    assert len(sheets[1].rows) == 1 + len(note.lines)
    with desk.office.act() as act, pytest.raises(Refused, match="PRE-06"):
        pre_entry_book.register(act, entry.id, "无")
    with desk.office.act() as act:
        pre_entry_book.register(act, entry.id, " 202400000000001234 ")
    assert desk.history()[0].word == "已预录入"
    assert desk.state()[1] == "202400000000001234"


def test_a_folder_that_cannot_be_written_keeps_the_document(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutsideFailure, match="资料包目录不能写入"):
        desk.upload(PackageFolder(tmp_path / "file"))
    assert desk.state()[0] == "AUDITED"


def test_what_the_single_window_returned_is_taken_back_with_a_reason_and_can_be_sent(desk: Desk) -> None:
    (entry,) = desk.upload(Counter()).entries
    with desk.office.act() as act, pytest.raises(Refused, match="PRE-05"):
        pre_entry_book.withdraw(act, entry.id, " ")
    with desk.office.act() as act:
        pre_entry_book.withdraw(act, entry.id, "单一窗口退回")
    assert desk.state() == ("AUDITED", "")
    with desk.office.act() as act, pytest.raises(Refused, match="PRE-05"):
        pre_entry_book.withdraw(act, entry.id, "又一次")
    with desk.office.act() as act:
        sending.order(act, desk.office.document(NOTE), [desk.note])
    assert "撤回预录入" in desk.log()


def test_the_rehearsal_customs_takes_a_package_with_the_card_and_gives_one_number(
    desk: Desk, service: RehearsalService
) -> None:
    source = PreEntryHttp(service.address, patience=30)
    with pytest.raises(OutsideFailure, match="登录已过期"):
        desk.upload(source)
    source.sign_in(answering())
    (entry,) = desk.upload(source, again=True).entries
    assert len(entry.number) == 18
    assert desk.state() == ("PREENTERED", entry.number)
    again = desk.upload(source, again=True).entries[0]
    assert again.number == entry.number, "the same document keeps its number"


def test_the_rehearsal_customs_refuses_what_it_has_already(desk: Desk, service: RehearsalService) -> None:
    source = PreEntryHttp(service.address, patience=30)
    source.sign_in(answering())
    desk.upload(source)
    paper = Counter()
    desk.upload(paper, again=True)
    doubled = replace(paper.papers[0], again=False, files=())
    with pytest.raises(Refused, match="PRE-07"):
        source.upload(with_file(doubled, service), untold)


def with_file(paper: Paper, service: RehearsalService) -> Paper:
    """Give a paper a file where its zip can be written."""
    from bondesk.engine.pre_entry_port import PaperFile

    place = service._shelf._folder.parent / "mine.xlsx"
    place.write_bytes(b"x")
    return replace(paper, files=(PaperFile("x.xlsx", "x", place),))


def test_the_folder_asks_for_the_card_where_settings_say_so(desk: Desk, tmp_path: Path) -> None:
    source = PackageFolder(tmp_path / "packages", needs_card=True)
    with pytest.raises(OutsideFailure, match="须用IC卡登录"):
        desk.upload(source)
    source.sign_in(answering())
    (entry,) = desk.upload(source, again=True).entries
    assert json.loads((Path(entry.place) / MANIFEST).read_text())["card"]
