"""Benchmark: ten thousand waiting receipts applied to 2,500 notes, beside reading and parsing the files with lxml.

Run on demand: ``python tests/benchmarks/receipts.py [notes] [window]``. Four receipts answer every note of five lines, in
shuffled order (goal for 10,000: 60 s on two cores, window never blocked longer than 0.1 s). With ``window`` they come into
the real main window, its list of notes open and a key pressed four times a second. Nothing fails by the figures.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
import threading
import time
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from lxml import etree
from PySide6.QtCore import QCoreApplication, QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from bondesk.app import first_administrator, load_codes, open_engine
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine
from bondesk.base.records import new_id
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.receiving import Received, receive
from bondesk.engine.tables import PostingRow
from bondesk.settings import Home, Settings
from builders.clerk import Clerk

LINES, AT_ONCE = 5, 250
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><Package xmlns="http://www.w3.org/2000/09/xmldsig#"><EnvelopInfo><version>1.0'
    "</version><message_type>{code}</message_type></EnvelopInfo><DataInfo><BussinessData><{code}>{body}</{code}>"
    "</BussinessData></DataInfo></Package>"
)
BOND = (
    "<BondInvtBsc><bondInvtNo>{bond}</bondInvtNo><invtPreentNo>{seq}</invtPreentNo><etpsInnerInvtNo>{number}"
    "</etpsInnerInvtNo><vrfdedMarkcd>{mark}</vrfdedMarkcd><formalVrfdedTime>2024-02-02 10:00:00</formalVrfdedTime>"
    "<entryNo>{entry}</entryNo></BondInvtBsc>"
)
RESULT = (
    "<HdeApprResult><etpsPreentNo>{seq}</etpsPreentNo><businessId>{bond}</businessId><typecd>1</typecd>"
    "<manageResult>4</manageResult><manageDate>2024-02-01 10:00:00</manageDate></HdeApprResult>"
)


def answers(number: str, serial: int) -> list[tuple[str, str]]:
    """Return the names and texts of the four receipts of one note."""
    said = {
        "number": number,
        "seq": f"20240000{serial:010d}",
        "bond": f"QD52{serial:014d}",
        "entry": f"5208{serial:014d}",
    }
    common = (
        "<CommonResponeMessage><SeqNo>{seq}</SeqNo><EtpsPreentNo>{number}</EtpsPreentNo><CheckInfo>申报服务调用成功"
        "</CheckInfo><DealFlag>0</DealFlag></CommonResponeMessage>"
    ).format(**said)
    lines = "".join(f"<BondInvtDt><gdsSeqno>{n}</gdsSeqno><gdsMtno>P{n}</gdsMtno></BondInvtDt>" for n in range(LINES))
    approved = HEAD.format(code="INV201", body=RESULT.format(**said) + BOND.format(**said, mark="1") + lines)
    made = HEAD.format(
        code="INV202",
        body="<InvApprResult><invPreentNo>{seq}</invPreentNo><businessId>{bond}</businessId><entrySeqNo>{entry}"
        "</entrySeqNo><manageResult>1</manageResult><createDate>2024-02-01 11:00:00</createDate></InvApprResult>".format(
            **said
        ),
    )
    posted = HEAD.format(code="INV211", body=BOND.format(**said, mark="2") + lines)
    texts = (("Successed", common), ("Receipt_A", approved), ("Receipt_B", made), ("Receipt_C", posted))
    return [(f"{name}_{serial}_202402011000000000001.xml", text) for name, text in texts]


def prepared(home: Home, notes: int) -> tuple[Engine, Path]:
    """Return an engine with that many notes handed over, and the InBox their receipts lie in."""
    root = home.path / "client"
    for box in ("OutBox", "InBox"):
        (root / "Nems" / box).mkdir(parents=True)
    home.write(Settings(gateway_root=str(root)))
    engine = open_engine(home)
    load_codes(engine)
    first_administrator(engine, "benchmark")
    files: list[tuple[str, str]] = []
    for start in range(0, notes, AT_ONCE):
        with engine.acting(SYSTEM) as act:
            for serial in range(start, min(start + AT_ONCE, notes)):
                note = _note(serial)
                act.session.add(note)
                files += answers(note.internal_no, serial)
    random.Random(7).shuffle(files)
    inbox = root / "Nems" / "InBox"
    for age, (name, text) in enumerate(files):
        path = inbox / name
        path.write_text(text, encoding="utf-8")
        moment = datetime(2024, 2, 2).timestamp() + age
        os.utime(path, (moment, moment))
    return engine, inbox


def _note(serial: int) -> BondedNote:
    usual = {"name": "电容器", "hs_code": "8532241000", "dcl_unit": "035", "legal_unit1": "035", "currency": "USD"}
    return BondedNote(
        copy="draft",
        internal_no=f"I24{serial:07d}",
        state="SENT",
        record_no="H52080000001",
        ie_flag="I",
        goods_flag="I",
        supervision_mode="0615",
        transport_mode="2",
        entry_exit_customs="5208",
        declare_customs="5208",
        trade_partner_country="TWN",
        declared_on=date(2024, 2, 1),
        lines=[
            NoteLine(
                id=new_id(), line_no=n, item_no=n, dcl_qty=Decimal(n), total=Decimal(n), legal_qty1=Decimal(n),
                duty_mode="3", **usual,
            )
            for n in range(1, LINES + 1)
        ],
    )  # fmt: skip


def parsed(inbox: Path) -> float:
    """Return the seconds lxml takes to read and parse every file."""
    begin = time.perf_counter()
    for path in inbox.iterdir():
        etree.fromstring(path.read_bytes())
    return time.perf_counter() - begin


def received(engine: Engine) -> tuple[Received, float, float, float]:
    """Take the receipts on a thread; seconds by the clock and of this process, and the longest block of the window."""
    app = QCoreApplication.instance() or QCoreApplication([])
    ended: list[Received] = []
    begin = last = time.perf_counter()
    busy = time.process_time()
    longest = 0.0

    def tick() -> None:
        nonlocal last, longest
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
        if not worker.is_alive():
            app.quit()

    worker = threading.Thread(target=lambda: ended.append(receive(engine, SYSTEM)))
    timer = QTimer()
    timer.timeout.connect(tick)
    timer.start(5)
    worker.start()
    app.exec()
    worker.join()
    return ended[0], time.perf_counter() - begin, time.process_time() - busy, longest


def received_in_window(home: Home) -> tuple[float, list[float]]:
    """Take the receipts in the real window; seconds by the clock, and every block of over 50 ms in milliseconds."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    clerk = Clerk(home, lambda connection: open_engine(home, connection))
    clerk.sign_in("admin", "benchmark")
    exchange, page = clerk.window.single_window, clerk.list_of("bonded_note")
    blocks: list[float] = []
    begin = last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        if now - last > 0.05:
            blocks.append((now - last) * 1000)
        last = now

    beat, keys = QTimer(), QTimer()
    beat.timeout.connect(tick)
    keys.timeout.connect(lambda: QTest.keyClick(page.view, Qt.Key.Key_Down))
    beat.start(5)
    keys.start(250)
    exchange.receive()
    while exchange.busy or not clerk.window.lane.idle:
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    seconds = time.perf_counter() - begin
    beat.stop()
    keys.stop()
    clerk.leave()
    return seconds, blocks


def in_window(home: Home) -> None:
    """Measure the real window and print."""
    seconds, blocks = received_in_window(home)
    over = sum(block > 100 for block in blocks)
    sys.stdout.write(
        f"in the window {seconds:.1f} s; longest block {max(blocks, default=0):.0f} ms, {over} of over 100 ms, "
        f"{len(blocks)} of over 50 ms\n"
    )


def main() -> None:
    """Measure once and print."""
    notes = int(sys.argv[1]) if len(sys.argv) > 1 else 2500
    folder = Path(tempfile.mkdtemp())
    engine, inbox = prepared(Home(folder), notes)
    floor = parsed(inbox)
    if "window" in sys.argv:
        engine.store.dispose()
        in_window(Home(folder))
        shutil.rmtree(folder, ignore_errors=True)
        return
    done, seconds, busy, longest = received(engine)
    with engine.acting(SYSTEM) as act:
        states = {(note.state, note.writeoff_mark) for note in act.facts.find(BondedNote)}
        postings = len(act.facts.find(PostingRow))
    say = sys.stdout.write
    say(f"{done.taken} receipts, {done.quarantined} left over, end {sorted(states)}, {postings} postings\n")
    say(f"{seconds:.1f} s by the clock, {busy:.1f} s of this process (goal 60 s for 10,000 on an idle machine)\n")
    say(
        f"floor (read and parse with lxml) {floor:.2f} s, ratio {seconds / floor:.0f}; longest block {longest * 1000:.0f} ms\n"
    )
    engine.store.dispose()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
