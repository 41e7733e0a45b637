"""Receipts: any order, any number of times, one end state; what is unknown waits with a reason."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import permutations
from pathlib import Path

import pytest

from bondesk import demo
from bondesk.adapters.rehearsal import RehearsalCustoms
from bondesk.adapters.xml.receipt_reading import SingleWindowReceipts
from bondesk.app import open_engine
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.notes.receipts import receive as apply
from bondesk.base.messages import Receipt
from bondesk.base.operation_log import OperationLog
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.posting import rebuild_balances
from bondesk.engine.receiving import receive
from bondesk.engine.sending import hand_over
from bondesk.engine.tables import PostingRow, ReceiptFile
from builders.homes import audited, copied_home, generated, identity_of, ordered, read

SIDE = (
    "state",
    "seq_no",
    "bond_no",
    "declaration_seq_no",
    "declaration_no",
    "list_state",
    "writeoff_mark",
    "writeoff_mode",
)


def side(note: BondedNote) -> tuple[object, ...]:
    """Return what customs has made of a note."""
    return tuple(getattr(note, key) or "" for key in SIDE)


def answers(tmp_path: Path) -> tuple[Engine, list[tuple[str, bytes]]]:
    """Return an engine whose note was handed over, and the customs' four answers, not yet received."""
    home = copied_home(tmp_path)
    engine = open_engine(home)
    ids = generated(engine, "IM2401001")
    audited(engine, ids)
    ordered(engine, ids)
    hand_over(engine, identity_of(engine, demo.ACCOUNT))
    root = Path(home.read().gateway_root)
    assert RehearsalCustoms(root, date_by_document=True).answer() == 1
    inbox = root / "Nems" / "InBox"
    files = [(path.name, path.read_bytes()) for path in sorted(inbox.iterdir())]
    for path in inbox.iterdir():
        path.unlink()
    return engine, files


def test_all_24_orders_end_alike(tmp_path: Path) -> None:
    _engine, files = answers(tmp_path)
    reader = SingleWindowReceipts()
    receipts = [reader.read(content) for _name, content in files]
    assert {receipt.code for receipt in receipts} == {"COMMON", "INV201", "INV202", "INV211"}
    ends = set()
    for order in permutations(receipts):
        note = BondedNote(internal_no="I2401080001", state="SENT", writeoff_mark="0")
        for receipt in (*order, order[0]):
            apply(note, receipt, None)
        ends.add(side(note))
    assert len(ends) == 1
    assert next(iter(ends))[0] == "APPROVED"


def test_all_24_orders_of_real_files(tmp_path: Path) -> None:
    """24 notes get their four answers through the InBox, each in another order and every file three times.

    Each note ends as its answers say, with its numbers, one history of four receipts and its lines posted once.
    """
    home = copied_home(tmp_path)
    engine = _alone(open_engine(home))
    generated(engine, "IM240")
    sizes = sorted(read(engine, BondedNote, lambda note: (len(note.lines), note.id), supervision_mode="0615"))
    ids = [note_id for _lines, note_id in sizes[:24]]
    audited(engine, ids)
    ordered(engine, ids)
    clerk = identity_of(engine, demo.ACCOUNT)
    assert hand_over(engine, clerk).handed == 24
    assert RehearsalCustoms(Path(home.read().gateway_root), date_by_document=True).answer() == 24
    inbox = inbox_of(engine)
    files: dict[str, list[tuple[str, bytes]]] = defaultdict(list)
    for path in sorted(inbox.iterdir()):
        number = re.search(r"_I_(I\d+)_", path.name)
        assert number is not None
        files[number.group(1)].append((path.name, path.read_bytes()))
        path.unlink()
    orders = dict(zip(sorted(files), permutations(range(4)), strict=True))
    told = 0
    for place in range(4):
        for number, order in orders.items():
            name, content = files[number][order[place]]
            (inbox / name).write_bytes(content)
            (inbox / f"again_{name}").write_bytes(content)
            if place:
                name, content = files[number][order[place - 1]]
                (inbox / f"late_{name}").write_bytes(content)
        told += receive(engine, clerk).taken
        assert list(inbox.iterdir()) == []
    assert told == 24 * (4 + 4 + 3)
    with engine.acting(SYSTEM) as act:
        notes = {note.internal_no: note for note in act.facts.find(BondedNote) if note.internal_no in files}
        kept = Counter(row.document_id for row in act.facts.find(ReceiptFile, state="applied"))
        taken = Counter(row.document_id for row in act.facts.find(OperationLog, action="接收回执"))
        standing: Counter[int] = Counter()
        for row in act.facts.find(PostingRow):
            standing[row.document_id] += -1 if row.reversal else 1
        assert kept == taken == dict.fromkeys(ids, 4)
        assert act.facts.find(ReceiptFile, state="quarantined") == []
        for number, note in notes.items():
            assert (number, orders[number], side(note)) == (number, orders[number], _said_by(files[number]))
            assert (note.state, standing[note.id]) == ("APPROVED", len(note.lines))
        assert rebuild_balances(act) == []
    engine.store.dispose()


def _said_by(files: list[tuple[str, bytes]]) -> tuple[object, ...]:
    """What the answers make of a note in the order customs gave them."""
    note = BondedNote(internal_no="N", state="SENT", writeoff_mark="0")
    for _name, content in files:
        apply(note, SingleWindowReceipts().read(content), None)
    return side(note)


def inbox_of(engine: Engine) -> Path:
    """The InBox of the books."""
    assert engine.client is not None
    return Path(engine.client.forms()[0].inbox)


def _alone(engine: Engine) -> Engine:
    from dataclasses import replace

    return replace(engine, counterpart=None)


def test_unknown_broken_and_hostile_files_are_quarantined_with_a_reason(tmp_path: Path) -> None:
    home = copied_home(tmp_path)
    engine = open_engine(home)
    clerk = identity_of(engine, demo.ACCOUNT)
    inbox = Path(home.read().gateway_root) / "Nems" / "InBox"
    foreign = "<CommonResponeMessage><EtpsPreentNo>OTHER</EtpsPreentNo><DealFlag>0</DealFlag></CommonResponeMessage>"
    bomb = '<!DOCTYPE a [<!ENTITY b "x">]><Package>&b;</Package>'
    for name, text in (("foreign.xml", foreign), ("bomb.xml", bomb), ("torn.xml", "<Package><DataInfo></Package>")):
        (inbox / name).write_text(text, encoding="utf-8")
    (inbox / "writing.xml.tmp").write_text("<Package>", encoding="utf-8")
    result = receive(engine, clerk)
    assert (result.applied, result.quarantined) == (0, 3)
    reasons = dict(read(engine, ReceiptFile, lambda row: (row.file_name, row.reason)))
    assert "找不到对应的单据" in reasons["foreign.xml"]
    assert "DOCTYPE" in reasons["bomb.xml"]
    assert "不是完整的 XML" in reasons["torn.xml"]
    assert [path.name for path in inbox.iterdir()] == ["writing.xml.tmp"]
    assert len(list((inbox.parent / "BondeskQuarantine").iterdir())) == 3


def test_a_rejection_brings_every_reason_and_a_correction_is_sent_again(tmp_path: Path) -> None:
    home = copied_home(tmp_path)
    engine = open_engine(home)
    clerk = identity_of(engine, demo.ACCOUNT)
    ids = generated(engine, "IM2401001")
    audited(engine, ids)
    ordered(engine, ids)
    hand_over(engine, clerk)
    root = Path(home.read().gateway_root)
    (number,) = read(engine, BondedNote, lambda note: note.internal_no)
    RehearsalCustoms(root, True, rejected={number: "表体第2项商品编码与底账备案不一致"}).answer()
    receive(_alone(engine), clerk)
    ((state, reason),) = read(engine, BondedNote, lambda note: (note.state, note.customs_reason))
    assert (state, reason) == ("REJECTED", "表体第2项商品编码与底账备案不一致")
    assert read(engine, PostingRow, lambda row: row.id) == []
    audited(engine, ids)
    ordered(engine, ids)
    hand_over(engine, clerk)
    receive(engine, clerk)
    assert read(engine, BondedNote, lambda note: (note.state, note.customs_reason)) == [("APPROVED", "")]


def test_a_receipt_that_names_two_documents_finds_none(tmp_path: Path) -> None:
    home = copied_home(tmp_path)
    engine = open_engine(home)
    clerk = identity_of(engine, demo.ACCOUNT)
    ids = [note_id for number in ("IM2401001", "IM2401002") for note_id in generated(engine, number)]
    audited(engine, ids)
    ordered(engine, ids)
    hand_over(engine, clerk)
    receive(engine, clerk)
    first, second = read(engine, BondedNote, lambda note: (note.internal_no, note.seq_no))
    text = (
        f"<CommonResponeMessage><SeqNo>{second[1]}</SeqNo><EtpsPreentNo>{first[0]}</EtpsPreentNo>"
        "<DealFlag>-1</DealFlag></CommonResponeMessage>"
    )
    inbox = Path(home.read().gateway_root) / "Nems" / "InBox"
    (inbox / "mixed.xml").write_text(text, encoding="utf-8")
    assert receive(engine, clerk).quarantined == 1
    assert read(engine, BondedNote, lambda note: note.state) == ["APPROVED", "APPROVED"]


#: stage: what arrives | state before | state after | 核扣
STEPS = [
    (Receipt("INV201", result="Y"), "SENT", "ACCEPTED", "0"),
    (Receipt("INV201", result="2"), "SENT", "ACCEPTED", "0"),
    (Receipt("INV201", result="4"), "ACCEPTED", "APPROVED", "1"),
    (Receipt("INV201", result="1"), "SENT", "APPROVED", "2"),
    (Receipt("INV201", result="5"), "SENT", "APPROVED", "0"),
    (Receipt("INV201", result="3"), "ACCEPTED", "REJECTED", "0"),
    (Receipt("INV201", result="Z"), "SENT", "REJECTED", "0"),
    (Receipt("INV201", result="3"), "APPROVED", "APPROVED", "0"),
    (Receipt("INV201", result="Y"), "APPROVED", "APPROVED", "0"),
    (Receipt("COMMON", result="-1"), "APPROVED", "APPROVED", "0"),
    (Receipt("COMMON", result="-1"), "SENT", "REJECTED", "0"),
    (Receipt("FAILED", result="9"), "SENDING", "REJECTED", "0"),
    (Receipt("INV200", result="1"), "SENT", "ACCEPTED", "0"),
    (Receipt("INV211"), "SENT", "APPROVED", "2"),
    (Receipt("INV201", result="3"), "DRAFT", "DRAFT", "0"),
]


@pytest.mark.parametrize(("receipt", "before", "after", "mark"), STEPS)
def test_each_receipt_moves_forward_only(receipt: Receipt, before: str, after: str, mark: str) -> None:
    note = BondedNote(internal_no="N", state=before, writeoff_mark="0")
    apply(note, receipt, None)
    assert (note.state, note.writeoff_mark) == (after, mark)
