"""The scripted counterpart: every letter runs through a document from our outbox to its end state and back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bondesk.adapters.rehearsal import MARKER, RehearsalCustoms
from bondesk.adapters.rehearsal_letters import HELD_FOLDER, SCRIPT, Letters
from bondesk.areas.accounts.book_model import Account, AccountLine
from bondesk.areas.risk.inspection_record import InspectionRecord
from bondesk.areas.risk.return_record import ReturnRecord
from bondesk.base.errors import Refused
from bondesk.base.rehearsal_script import Order
from bondesk.engine import changing, records, sending
from bondesk.engine.engine import SYSTEM
from bondesk.engine.tables import ReceiptFile
from builders.dec_messages import declaration, read, ready, sent
from builders.office import Office

REASON = "第2项商品编码与底账备案不一致"
START = datetime(2024, 5, 6, 7, 8, 9)


class Customs:
    """The counterpart behind an office, with a clock of its own."""

    def __init__(self, office: Office) -> None:
        self.office, self.now = office, START
        self.customs = RehearsalCustoms(office.client.parent, clock=lambda: self.now)
        self.letters = self.customs.letters

    def script(self, *orders: Order) -> None:
        self.letters.keep_script(orders)

    def answer(self, seconds: int = 0) -> int:
        """Let time pass, let customs answer, take the receipts; return what told something new."""
        self.now += timedelta(seconds=seconds)
        self.customs.answer()
        return self.office.receive().applied


@pytest.fixture
def notes(office_at: Callable[..., Office], factory_template: Path) -> Customs:
    """An office with notes to send, and customs behind it."""
    return Customs(office_at(factory_template))


@pytest.fixture
def declarations(masters_office: Office) -> Customs:
    """An office that may declare, and customs behind it."""
    ready(masters_office)
    return Customs(masters_office)


def handed(customs: Customs, *documents: str) -> list[str]:
    """Generate notes, audit and hand them over."""
    numbers = [customs.office.notes(one, merge="NONE")[0] for one in documents]
    again(customs, numbers)
    return numbers


def again(customs: Customs, numbers: list[str]) -> None:
    """Audit and send once more."""
    customs.office.audit(numbers)
    customs.office.order(numbers)
    customs.office.hand_over()


def receipts(office: Office, key: str) -> list[tuple[str, str]]:
    """What came for documents of a kind: (code, state), oldest first."""
    with office.act(SYSTEM) as act:
        mine = select(ReceiptFile.code, ReceiptFile.state).where(ReceiptFile.document_key == key)
        return [(code, state) for code, state in act.session.execute(mine.order_by(ReceiptFile.id))]


@pytest.mark.parametrize("delivery", ["now", "twice", "on_call"])
def test_what_is_only_kept_is_approved_once_it_was_declared_there(notes: Customs, delivery: str) -> None:
    """暂存: the 统一编号 and nothing more, whatever the script orders; let go, it was declared at the Single Window."""
    notes.script(Order("INV101", "approve", delivery, left=1))
    (number,) = notes.office.notes("IM2401001", merge="NONE")[:1]
    notes.office.audit([number])
    document = notes.office.document("bonded_note")
    with notes.office.act() as act:
        sending.order(act, document, sending.audited(act, document, [number]), way="0")
    notes.office.hand_over()
    assert notes.answer() == 1
    note = notes.office.note(number)
    assert (note.state, bool(note.seq_no), note.bond_no or "") == ("SENT", True, "")
    assert [one.number for one in notes.letters.held()] == [number]
    assert notes.letters.script() == ()
    assert notes.answer(3600) == 0
    notes.letters.let_go()
    assert notes.answer() == 3
    assert notes.office.note(number).state == "APPROVED"


def test_a_note_is_rejected_put_right_and_approved_by_hand(notes: Customs) -> None:
    """退单, then 退回, then 人工审核 with the decision kept back, then let go: one note, four sendings of its life."""
    notes.script(
        Order("INV101", "reject", reason=REASON, left=1),
        Order("INV101", "fail", reason="海关系统入库失败，请重新申报", left=1),
        Order("INV101", "manual", "on_call", left=1),
    )
    (number,) = handed(notes, "IM2401001")
    notes.answer()
    note = notes.office.note(number)
    assert (note.state, note.customs_reason, note.bond_no or "") == ("REJECTED", REASON, "")
    again(notes, [number])
    notes.answer()
    note = notes.office.note(number)
    assert (note.state, note.customs_reason) == ("REJECTED", "海关系统入库失败，请重新申报")
    again(notes, [number])
    notes.answer(3600)
    note = notes.office.note(number)
    assert (note.state, note.bond_no or "") == ("ACCEPTED", "")
    assert [(one.kind, one.number, one.due, one.lost) for one in notes.letters.held()] == [
        ("INV101", number, None, False)
    ]
    assert notes.letters.let_go() == 1
    notes.office.receive()
    note = notes.office.note(number)
    assert (note.state, note.writeoff_mark) == ("APPROVED", "2")
    assert note.bond_no.startswith("QD")
    assert notes.letters.script() == ()
    assert notes.letters.held() == []


def test_a_delay_a_loss_and_a_double_delivery(notes: Customs) -> None:
    """Each of three notes has its own letter; all end approved, none is told twice."""
    notes.script(
        Order("INV101", delivery="delay", seconds=30, left=1),
        Order("INV101", delivery="lose", left=1),
        Order("INV101", delivery="twice", left=1),
    )
    late, lost, double = handed(notes, "IM2401001", "IM2401002", "IM2401003")
    notes.answer()
    states = [notes.office.note(one).state for one in (late, lost, double)]
    assert states == ["SENT", "SENT", "APPROVED"]
    assert all(notes.office.note(one).seq_no for one in (late, lost, double)), "the import response comes at once"
    archive = [path.name for path in (notes.office.client / "BondeskArchive").iterdir()]
    bond_no = notes.office.note(double).bond_no
    assert sum(name.startswith("Receipt") for name in archive) == 2 * 3, "three receipts, each of them twice"
    assert [code for code, _ in receipts(notes.office, "bonded_note")].count("INV201") == 1
    notes.answer(29)
    assert notes.office.note(late).state == "SENT"
    notes.answer(1)
    assert notes.office.note(late).state == "APPROVED"
    assert notes.letters.let_go() == 0, "what is lost does not come by itself"
    assert notes.office.note(lost).state == "SENT"
    (gone,) = notes.letters.held()
    assert gone.lost
    assert notes.letters.let_go([gone.key]) == 1
    notes.office.receive()
    assert notes.office.note(lost).state == "APPROVED"
    assert notes.office.note(double).bond_no == bond_no
    assert not any((notes.office.client / HELD_FOLDER).iterdir())


@pytest.mark.parametrize(
    ("answer", "state", "channels"),
    [
        ("approve", "CLEARED", "7LJPR"),
        ("manual", "CLEARED", "7LMJPR"),
        ("inspect", "CLEARED", "7LJCPR"),
        ("reject", "RETURNED", "7LE"),
        ("fail", "RETURNED", "7Z"),
        ("amend", "DELETED", "7LJPRD"),
    ],
)
def test_letters_of_a_declaration(declarations: Customs, answer: str, state: str, channels: str) -> None:
    one = declaration()
    declarations.script(Order("DEC", answer, reason=REASON if answer in ("reject", "fail") else ""))
    made = sent(declarations.office, one)
    declarations.answer()
    found = read(declarations.office, made)
    assert found.state == state
    archive = declarations.office.client.parent / "Deccus001" / "BondeskArchive"
    told = sorted(path.name.split("_")[1] for path in archive.glob("Receipt_*"))
    assert told == sorted(channels)
    assert (REASON in found.customs_reason) == (state == "RETURNED")
    with declarations.office.act(SYSTEM) as act:
        assert len(act.facts.find(InspectionRecord)) == ("C" in channels)
        assert len(act.facts.find(ReturnRecord)) == (state == "RETURNED")
    assert len(declarations.letters.script()) == 1, "an order without a number of times stays"


def test_the_decision_on_a_declaration_comes_when_it_is_let_go(declarations: Customs) -> None:
    """What was stored and what is reviewed by hand is told at once, the rest in whatever order it is let go."""
    declarations.script(Order("DEC", "manual", "on_call", left=1))
    made = sent(declarations.office, declaration())
    declarations.answer()
    assert read(declarations.office, made).state == "REVIEW"
    declarations.letters.let_go()
    declarations.office.receive()
    assert read(declarations.office, made).state == "CLEARED"


def test_letters_of_a_book(office_at: Any, factory_template: Path) -> None:
    """A change of the book: returned with 入库失败, then looked at by hand, then approved."""
    office: Office = office_at(factory_template)
    customs, book = Customs(office), office.document("account_draft")
    with office.act() as act:
        approved = office.document("account")
        draft = changing.start(act, approved, records.load_numbered(act, approved, "E52042300A01").id)
        one = records.open_draft(act, book, draft)
        one.head |= {"max_turnover": Decimal(900), "qualification_no": "T52042300001", "account_type": "1"}
        records.save(act, book, one)
        lines = act.session.scalars(select(AccountLine).filter_by(header_id=draft).order_by(AccountLine.line_no)).all()
        for line in lines:
            line.part_no = line.part_no or f"{line.goods_flag}-{line.item_no}"
        first, revision = lines[0].id, records.load(act, book, draft).revision
    with office.act() as act:
        changing.store(act, book, draft, "materials", first, {"hs_code": "8536690000"}, revision)
    customs.script(
        Order("EMS111", "fail", reason="入库失败：表头不完整", left=1), Order("EMS111", "manual", "delay", 60, left=1)
    )

    def send() -> tuple[str, str]:
        with office.act(office.auditor) as act:
            records.move(act, book, draft, "audit")
        with office.act() as act:
            sending.order(act, book, [draft])
        office.hand_over()
        customs.answer()
        return state()

    def state() -> tuple[str, str]:
        with office.act() as act:
            found = records.load(act, book, draft)
            return found.state, found.customs_reason or ""

    assert send() == ("REJECTED", "入库失败：表头不完整")
    assert send()[0] == "ACCEPTED"
    customs.answer(61)
    with office.act(SYSTEM) as act:
        copies = {one.id: one.copy for one in act.session.scalars(select(Account))}
    assert copies[draft] == "approved"


BAD = [
    (Order("XXX"), "不认识的单据"),
    (Order("INV101", "inspect"), "核注清单没有“布控查验后放行”这种答复"),
    (Order("DEC", "reject"), "须写明原因"),
    (Order("DEC", delivery="delay"), "延迟须为1至3600秒"),
    (Order("DEC", delivery="pigeon"), "不认识的送达方式"),
    (Order("DEC", left=0), "份数须为1至999"),
    (Order("DEC", "reject", reason="长" * 256), "不能超过255个字"),
]


@pytest.mark.parametrize(("order", "said"), BAD, ids=[said for _, said in BAD])
def test_what_cannot_be_played_is_not_taken(tmp_path: Path, order: Order, said: str) -> None:
    (tmp_path / MARKER).touch()
    with pytest.raises(Refused, match=said) as refused:
        Letters(tmp_path).keep_script([Order("DEC"), order])
    assert refused.value.findings[0].text.startswith("第 2 条：")
    assert not (tmp_path / SCRIPT).exists()


@pytest.mark.parametrize(
    "text", ["{", "[1]", '[{"kind": 5}]', '[{"kind": "DEC", "seconds": "soon"}]', '[{"kind": "YYY"}]']
)
def test_a_damaged_script_is_said_and_nothing_is_answered(declarations: Customs, text: str) -> None:
    made = sent(declarations.office, declaration())
    root = declarations.office.client.parent
    (root / SCRIPT).write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        declarations.customs.answer()
    assert refused.value.findings[0].code == "REH-02"
    (root / SCRIPT).unlink()
    assert declarations.answer() > 0
    assert read(declarations.office, made).state == "CLEARED"


def test_nothing_on_a_folder_that_is_not_marked(tmp_path: Path) -> None:
    letters = Letters(tmp_path)
    for deed in (letters.script, letters.held, letters.let_go, lambda: letters.keep_script([Order("DEC")])):
        with pytest.raises(Refused) as refused:
            deed()
        assert refused.value.findings[0].code == "REH-01"
    assert list(tmp_path.iterdir()) == []
