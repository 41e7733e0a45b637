"""Benchmark: 2,000 source lines into notes and declarations, a redrawn preview, and the notes' messages beside lxml.

Run on demand: ``python tests/benchmarks/generate_notes.py [lines]``. Prints figures, floors and ratios of one run
(goals: notes and declarations within 3 s, a redrawn preview within 1 s, messages at 0.8 of the rate of plain lxml
building the same trees and zipping them). The floor of the generation reads the source lines and writes the rows that
came out of it, ready made, with bulk statements. Seconds are those of this process, so that a busy machine does not count. Nothing fails by them.
"""

from __future__ import annotations

import io
import shutil
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree
from sqlalchemy import bindparam, delete, insert, select, update

from bondesk.adapters.xml.packing import SingleWindowPacker
from bondesk.app import first_administrator, load_codes, open_engine
from bondesk.areas.accounts.book_model import Account
from bondesk.areas.declarations.declaration import DECLARATION
from bondesk.areas.declarations.declaration_lines import DeclarationLine, DeclarationNoteLine
from bondesk.areas.declarations.declaration_model import AttachedDocument, Declaration
from bondesk.areas.index import CATALOGUE
from bondesk.areas.notes.bonded_note import BONDED_NOTE
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine, NoteLineSource
from bondesk.areas.notes.inv101 import INV101
from bondesk.areas.notes.source_document import SourceDocument, SourceLine
from bondesk.areas.setup.company import Company, sender_of
from bondesk.base.messages import MessageFacts
from bondesk.base.steps import Choose, Preview, Step, play, proposed_answer
from bondesk.demo import WORKBOOKS
from bondesk.engine.act import Act
from bondesk.engine.composing import compose
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.importing import import_steps
from bondesk.engine.ports import Composed
from bondesk.engine.scripts import start
from bondesk.settings import Home, carried

PARTS = ("CAP0402-104K", "DIO-SS34A", "TRA-3904", "MOS-65R190", "PCB-6L-GW", "IND-100UH", "BAT-18650", "CON-TYPEC")
PER_DOCUMENT = 50


def prepared(home: Home, lines: int) -> Engine:
    """Return an engine whose company has the masters and ``lines`` source lines, 50 a document."""
    engine = open_engine(home)
    load_codes(engine)
    first_administrator(engine, "benchmark")
    for key, name in WORKBOOKS:
        if key != "source_document":
            with engine.acting(SYSTEM) as act:
                play(import_steps(act, CATALOGUE.document(key), carried("resources") / "demo" / name))
    with engine.acting(SYSTEM) as act:
        (book,) = act.facts.find(Account, copy="approved")
        company = act.facts.one(Company) or Company()
        company.customs_code, company.credit_code, company.name = (
            book.customs_code,
            book.credit_code,
            book.enterprise_name,
        )
        act.session.add(company)
        for number in range(lines // PER_DOCUMENT):
            act.session.add(_document(number))
    return engine


def _document(number: int) -> SourceDocument:
    return SourceDocument(
        document_no=f"B{number:05d}",
        document_date=date(2024, 2, number % 28 + 1),
        ie_flag="I",
        supervision_mode="0615",
        partner="S03",
        lines=[
            SourceLine(
                line_no=line,
                part_no=PARTS[line % len(PARTS)],
                quantity=Decimal(1000 + (number * 31 + line) % 977),
                erp_unit="PCS",
                unit_price=Decimal("0.05") + Decimal(line % 13) / 100,
                currency="USD",
                country="TWN",
                gross_weight=Decimal(1 + line % 7),
                transport_mode="2",
                entry_exit_customs="5208",
                trade_partner_country="TWN",
                used_qty=Decimal(0),
            )
            for line in range(1, PER_DOCUMENT + 1)
        ],
    )


def generate(engine: Engine, merge: str) -> tuple[float, float, int]:
    """Run the wizard once; return seconds in all, seconds of one redrawn preview, and how many notes were made."""
    marks: list[float] = []
    script = CATALOGUE.script("generate_notes")

    def answer(step: Step) -> Any:
        if not isinstance(step, Preview):
            return proposed_answer(step)
        marks.append(time.process_time())
        return step.options if len(marks) == 1 else True

    begin = time.process_time()
    with engine.acting(SYSTEM) as act:
        outcome = play(start(act, script, script.options(merge=merge)), answer)
    return time.process_time() - begin, marks[1] - marks[0], len(outcome.changed["bonded_note"])


def approve(act: Act) -> None:
    """Let customs approve every note, as a receipt does."""
    table = BondedNote.__table__
    act.session.execute(update(table).values(state="APPROVED", bond_no="QD" + table.c.internal_no))


def declare(engine: Engine) -> tuple[float, int]:
    """Run the wizard of declarations over all notes; return its seconds and how many declarations were made."""
    script = CATALOGUE.script("declare_notes")

    def answer(step: Step) -> Any:
        return step.ids if isinstance(step, Choose) else proposed_answer(step)

    begin = time.process_time()
    with engine.acting(SYSTEM) as act:
        outcome = play(start(act, script, script.options()), answer)
    return time.process_time() - begin, len(outcome.changed["declaration"])


WRITTEN = (BondedNote, NoteLine, NoteLineSource, Declaration, DeclarationLine, DeclarationNoteLine, AttachedDocument)


def floor_of_generation(engine: Engine) -> float:
    """Return the seconds of reading the source lines and writing the generated rows, ready made, in one act."""
    tables = [model.__table__ for model in WRITTEN]
    lines = SourceLine.__table__
    with engine.acting(SYSTEM) as act:
        rows = [[dict(row._mapping) for row in act.session.execute(select(table))] for table in tables]
        used = [{"b_id": row.id, "b_used": row.used_qty} for row in act.session.execute(select(lines))]
        for table in reversed(tables):
            act.session.execute(delete(table))
    taken = update(lines).where(lines.c.company_id == 1, lines.c.id == bindparam("b_id"))
    begin = time.process_time()
    with engine.acting(SYSTEM) as act:
        act.session.execute(select(lines)).all()
        for table, some in zip(tables, rows, strict=True):
            act.session.execute(insert(table), some)
        act.session.connection().execute(taken.values(used_qty=bindparam("b_used")), used)
    return time.process_time() - begin


def by_lxml(composed: Composed) -> bytes:
    """Build the same tree with nothing but lxml, and write it."""
    root = etree.Element("Signature")
    body = etree.SubElement(root, INV101.root)
    for name, elements in composed.groups:
        group = etree.SubElement(body, name)
        for element, text in elements:
            leaf = etree.SubElement(group, element)
            if text:
                leaf.text = text
    for element, text in composed.tail:
        etree.SubElement(body, element).text = text
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def zipped(xml: bytes) -> bytes:
    """Deflate as the envelope does."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("message.xml", xml)
    return stream.getvalue()


def timed(work: Callable[[], object]) -> float:
    """Return the seconds ``work`` takes."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def messages(act: Act) -> tuple[float, float, float, int]:
    """Return median seconds of composing, checking and zipping every note, of lxml alone, and of lxml and zip."""
    notes = act.facts.find(BondedNote, copy="draft")
    for note in notes:
        _ = note.lines
    facts = MessageFacts(sender_of(act.facts), act.now(), cache(act.codebook.old_code))
    packer = SingleWindowPacker()
    ready = [compose(INV101, note, facts) for note in notes]
    assert not any(one.findings for one in ready), ready[0].findings

    def ours() -> None:
        for note in notes:
            packer.pack(INV101, compose(INV101, note, facts), facts, "stem", note.internal_no)

    runs = [
        (timed(ours), timed(lambda: [by_lxml(one) for one in ready]), timed(lambda: [zipped(by_lxml(one)) for one in ready]))
        for _ in range(5)
    ]  # fmt: skip
    mine, plain, packed = (statistics.median(column) for column in zip(*runs, strict=True))
    return mine, plain, packed, sum(len(note.lines) for note in notes)


def main() -> None:
    """Measure once and print."""
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    folder = Path(tempfile.mkdtemp())
    engine = prepared(Home(folder), lines)
    noted, redrawn, notes = generate(engine, "NONE")
    noted -= redrawn
    with engine.acting(SYSTEM) as act:
        approve(act)
    declared, declarations = declare(engine)
    floor = floor_of_generation(engine)
    say = sys.stdout.write
    say(f"{lines} source lines → {notes} {BONDED_NOTE.title}: {noted:.2f} s, preview again {redrawn:.2f} s (goal 1)\n")
    say(f"their {declarations} {DECLARATION.title}: {declared:.2f} s; both {noted + declared:.2f} s (goal 3), ")
    say(f"floor {floor:.2f} s, ratio {(noted + declared) / floor:.1f}\n")
    with engine.acting(SYSTEM) as act:
        mine, plain, packed, written = messages(act)
    say(f"messages of {written} lines, checked and zipped: {mine:.3f} s = {written / mine:,.0f} lines/s\n")
    say(
        f"plain lxml and zip {packed:.3f} s: rate {packed / mine:.2f} of it (goal 0.8); without zip {plain / mine:.2f}\n"
    )
    engine.store.dispose()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
