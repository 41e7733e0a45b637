"""附件: what goes in comes out, each content once, and who may do what in which state (row 47, handbook 18)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from bondesk.app import first_administrator, open_engine
from bondesk.areas.codes.partner import Partner
from bondesk.base.attachment import MOST_BYTES, AttachedFile, Attachment
from bondesk.base.errors import Refused
from bondesk.base.identity import Identity
from bondesk.engine import history, records
from bondesk.engine.act import Act
from bondesk.engine.attachments import Paper, attach, attachments, content_of, describe, detach
from bondesk.engine.drafts import Draft
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.settings import Home
from builders.office import PASSWORD, Office

ZHANG = Identity(11, "zhang", "张三", frozenset({("*", "*")}))
LI = Identity(12, "li", "李四", frozenset({("*", "*")}))


@dataclass
class Cabinet:
    """A company with partners, and the acts on their files."""

    engine: Engine

    def act(self, work: Callable[[Act], object], who: Identity = ZHANG) -> object:
        """Run one act."""
        with self.engine.acting(who) as act:
            return work(act)

    def partner(self, code: str) -> int:
        """Store a partner."""
        document = self.engine.catalogue.document("partner")
        draft = Draft({"code": code, "name": code, "partner_type": "C"})
        with self.engine.acting(SYSTEM) as act:
            return records.save(act, document, draft)

    def attach(self, owner: int, name: str, content: bytes, who: Identity = ZHANG, paper: Paper | None = None) -> int:
        """Attach a file to a partner."""
        document = self.engine.catalogue.document("partner")
        with self.engine.acting(who) as act:
            return attach(act, document, owner, name, content, paper)

    def read(self, attachment_id: int) -> bytes:
        """Read a file."""
        with self.engine.acting(ZHANG) as act:
            return content_of(act, attachment_id)

    def stored(self) -> int:
        """Count stored contents."""
        with self.engine.store.session() as session:
            return session.execute(select(func.count()).select_from(AttachedFile)).scalar_one()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def cabinet(request: pytest.FixtureRequest, home_on: Callable[[str], Home]) -> Iterator[Cabinet]:
    """A company on each kind of database."""
    engine = open_engine(home_on(request.param))
    first_administrator(engine, PASSWORD)
    yield Cabinet(engine)
    engine.store.dispose()


def refused(work: Callable[[], object]) -> str:
    """Return the code an act is refused with."""
    with pytest.raises(Refused) as problem:
        work()
    return problem.value.findings[0].code


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(min_size=1, max_size=3000), name=st.text(max_size=200))
def test_what_goes_in_comes_out(cabinet: Cabinet, content: bytes, name: str) -> None:
    """Every byte comes back, whatever the file is called; the name is one every system can store."""
    owner = cabinet.partner(_code())
    key = cabinet.attach(owner, f"{name}.pdf", content)
    assert cabinet.read(key) == content
    with cabinet.engine.acting(ZHANG) as act:
        (row,) = attachments(act, act.catalogue.document("partner"), owner)
    assert row.size == len(content)
    assert row.file_name.endswith("pdf") and not set(row.file_name) & set('<>:"/\\|?*')


_drawn = iter(range(10**9))


def _code() -> str:
    return f"P{next(_drawn)}"


def test_the_same_content_is_stored_once_until_nobody_holds_it(cabinet: Cabinet) -> None:
    """Two partners share the bytes; they go with the last of them."""
    first, second = cabinet.partner("A"), cabinet.partner("B")
    one, two = cabinet.attach(first, "a.pdf", b"same"), cabinet.attach(second, "b.pdf", b"same")
    assert cabinet.stored() == 1
    cabinet.act(lambda act: detach(act, one))
    assert (cabinet.stored(), cabinet.read(two)) == (1, b"same")
    cabinet.act(lambda act: detach(act, two))
    assert cabinet.stored() == 0


def test_deleting_the_document_takes_its_files_along(cabinet: Cabinet) -> None:
    """Nothing is left but what another document holds."""
    first, second = cabinet.partner("A"), cabinet.partner("B")
    cabinet.attach(first, "a.pdf", b"mine")
    cabinet.attach(first, "c.pdf", b"ours")
    kept = cabinet.attach(second, "b.pdf", b"ours")
    cabinet.act(lambda act: records.delete(act, act.catalogue.document("partner"), first))
    assert (cabinet.stored(), cabinet.read(kept)) == (1, b"ours")


def test_two_people_attaching_and_detaching_never_lose_bytes(cabinet: Cabinet) -> None:
    """While one takes the last reference away, another attaches the same content: it is there afterwards."""
    owners = [cabinet.partner("A"), cabinet.partner("B")]
    problems: list[Exception] = []

    def work(owner: int, who: Identity) -> None:
        try:
            for _round in range(6):
                key = cabinet.attach(owner, "x.pdf", b"contested", who)
                assert cabinet.read(key) == b"contested"
                cabinet.act(lambda act, key=key: detach(act, key), who)  # type: ignore[misc]
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work, args=pair) for pair in zip(owners, (ZHANG, LI), strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert cabinet.stored() == 0


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("合同.pdf", b"", "ATT-02"),
        ("合同.pdf", b"x" * (MOST_BYTES + 1), "ATT-01"),
        ("报价.exe", b"MZ", "ATT-03"),
        ("报价.pdf.LNK", b"L", "ATT-03"),
        ("报价\u202efdp.exe", b"MZ", "ATT-03"),
        ("run.bat ", b"@echo", "ATT-03"),
        ("script.js.", b"alert", "ATT-03"),
    ],
)
def test_what_is_refused(cabinet: Cabinet, name: str, content: bytes, code: str) -> None:
    """Empty, larger than 4 MB, a program however it is dressed."""
    owner = cabinet.partner("A")
    assert refused(lambda: cabinet.attach(owner, name, content)) == code
    assert cabinet.stored() == 0


def test_the_largest_file_goes_in(cabinet: Cabinet) -> None:
    """4 MB exactly."""
    content = bytes(range(256)) * (MOST_BYTES // 256)
    assert cabinet.read(cabinet.attach(cabinet.partner("A"), "扫描.pdf", content)) == content


def test_the_same_file_twice_and_an_unknown_kind(cabinet: Cabinet) -> None:
    """ATT-04 names the file that is there; as another kind it may be attached again."""
    owner = cabinet.partner("A")
    cabinet.attach(owner, "合同.pdf", b"c", paper=Paper("contract"))
    assert refused(lambda: cabinet.attach(owner, "又名.pdf", b"c", paper=Paper("contract"))) == "ATT-04"
    cabinet.attach(owner, "又名.pdf", b"c", paper=Paper("other"))
    assert refused(lambda: cabinet.attach(owner, "x.pdf", b"d", paper=Paper("photo"))) == "ATT-06"


def test_changed_bytes_are_never_shown(cabinet: Cabinet) -> None:
    """ATT-05 when the stored content is no longer what was attached."""
    key = cabinet.attach(cabinet.partner("A"), "合同.pdf", b"signed")
    with cabinet.engine.store.session() as session:
        session.execute(update(AttachedFile).values(content=b"forged"))
        session.commit()
    assert refused(lambda: cabinet.read(key)) == "ATT-05"


def test_a_program_that_got_in_elsewhere_is_not_opened(cabinet: Cabinet) -> None:
    """ATT-03 on opening too."""
    key = cabinet.attach(cabinet.partner("A"), "合同.pdf", b"MZ")
    with cabinet.engine.store.session() as session:
        session.execute(update(Attachment).values(file_name="合同.exe"))
        session.commit()
    assert refused(lambda: cabinet.read(key)) == "ATT-03"


def grants(*actions: str) -> Identity:
    """A user with some rights on partners."""
    return Identity(20, "wang", "王五", frozenset(("partner", action) for action in actions))


def test_rights(cabinet: Cabinet) -> None:
    """查看 sees and opens, 修改 adds and removes, nothing without."""
    owner = cabinet.partner("A")
    key = cabinet.attach(owner, "合同.pdf", b"c")
    partner = cabinet.engine.catalogue.document("partner")
    viewer, nobody = grants("view"), grants("new")
    cabinet.act(lambda act: content_of(act, key), viewer)
    for deed in (
        lambda act: attach(act, partner, owner, "x.pdf", b"x"),
        lambda act: describe(act, key, Paper("other")),
        lambda act: detach(act, key),
    ):
        assert refused(lambda deed=deed: cabinet.act(deed, viewer)) == "ACCESS-01"  # type: ignore[misc]
    assert refused(lambda: cabinet.act(lambda act: attachments(act, partner, owner), nobody)) == "ACCESS-01"
    assert refused(lambda: cabinet.act(lambda act: content_of(act, key), nobody)) == "ACCESS-01"


def test_every_deed_is_in_the_documents_log(cabinet: Cabinet) -> None:
    """Who attached, described and removed what, under the partner's number."""
    owner = cabinet.partner("A")
    key = cabinet.attach(owner, "合同.pdf", b"c", paper=Paper("contract", date(2024, 12, 31)))
    cabinet.act(lambda act: describe(act, key, Paper("contract", date(2025, 12, 31), "续签")), LI)
    cabinet.act(lambda act: describe(act, key, Paper("contract", date(2025, 12, 31), "续签")), LI)
    cabinet.act(lambda act: detach(act, key))
    with cabinet.engine.acting(SYSTEM) as act:
        found = [(one.user_name, one.action, one.after) for one in reversed(history.entries(act, "partner", owner))]
    assert [(who, what) for who, what, _ in found[1:]] == [
        ("张三", "添加附件"),
        ("李四", "修改附件"),
        ("张三", "删除附件"),
    ]
    assert found[1][2] == {"文件名": "合同.pdf", "种类": "合同", "有效期至": "2024-12-31"}
    assert found[2][2]["备注"] == "续签"


def test_after_approval_letters_are_added_and_only_removed_by_who_added_them(factory_office: Office) -> None:
    """A note that cannot be changed any more still takes letters of customs; what others added stays."""
    note = factory_office.document("bonded_note")
    (number, *_) = factory_office.notes("IM2403001")
    key = factory_office.note(number).id
    with factory_office.act() as act:
        invoice = attach(act, note, key, "发票.pdf", b"i", Paper("invoice"))
    factory_office.audit([number])
    with factory_office.act(factory_office.auditor) as act:
        letter = attach(act, note, key, "海关来函.pdf", b"l", Paper("customs"))
    with factory_office.act(factory_office.auditor) as act:
        with pytest.raises(Refused) as problem:
            detach(act, invoice)
        assert problem.value.findings[0].code == "ATT-07"
        assert "制单员" in problem.value.findings[0].text
        detach(act, letter)
    with factory_office.act(factory_office.auditor) as act:
        records.move(act, note, key, "unaudit")
        detach(act, invoice)  # a draft may be changed by whoever may edit it
        assert list(attachments(act, note, key)) == []


def test_what_only_the_program_writes_takes_no_files(cabinet: Cabinet) -> None:
    """The operation log has no attachments."""
    log = cabinet.engine.catalogue.document("operation_log")
    assert refused(lambda: cabinet.act(lambda act: attach(act, log, 1, "a.pdf", b"a"))) == "ATT-06"


# --- PTN-01: papers of partners that run out


@pytest.mark.parametrize(
    ("papers", "said"),
    [
        ([], []),
        ([("contract", None)], []),
        ([("contract", "2024-06-30")], ["合同"]),
        ([("contract", "2024-05-31")], ["合同"]),
        ([("contract", "2024-12-31")], []),
        ([("contract", "2023-12-31"), ("contract", "2024-12-31")], []),
        ([("contract", "2023-12-31"), ("contract", None)], []),
        ([("contract", "2023-12-31"), ("licence", "2024-06-10")], ["合同", "营业执照"]),
        ([("other", "2020-01-01")], []),
    ],
)
def test_papers_that_run_out(cabinet: Cabinet, papers: list[tuple[str, str | None]], said: list[str]) -> None:
    """On 2024-06-01: expired or within 30 days; of a renewed paper only the newest counts; notes never block.

    2024-06-30 is 29 days away, 2024-05-31 was yesterday.
    """
    engine = replace(cabinet.engine, clock=lambda: datetime(2024, 6, 1, 9, 0))
    partner, owner = engine.catalogue.document("partner"), cabinet.partner("A")
    for place, (kind, valid_to) in enumerate(papers):
        day = date.fromisoformat(valid_to) if valid_to else None
        cabinet.attach(owner, f"{place}.pdf", b"%d" % place, paper=Paper(kind, day))
    with engine.acting(ZHANG) as act:
        found = records.check(act, partner, records.open_draft(act, partner, owner))
        stored = records.findings_of(act, partner, act.facts.one(Partner, id=owner))
    assert [one.code for one in found] == ["PTN-01"] * len(said)
    assert [one.text.partition("“")[0] for one in found] == said
    assert found == stored
    assert not any(one.severity == "error" for one in found)
