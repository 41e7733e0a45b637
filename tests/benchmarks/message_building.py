"""How fast messages are built against plain lxml building the same tree: ``python tests/benchmarks/message_building.py``.

Ours reads every element from the document, checks it, writes and zips; lxml is given the finished texts and only
builds the nodes, writes and zips them. The aim is a rate of at least 0.8 of lxml's. Papers are left out on both
sides: deflating a PDF is the same work for either.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sqlalchemy import String, inspect  # noqa: E402

from bondesk.adapters.xml.packing import SingleWindowPacker  # noqa: E402
from bondesk.areas.declarations.dec_message import DEC_MESSAGE  # noqa: E402
from bondesk.areas.notes.bonded_note_model import BondedNote, NoteLine  # noqa: E402
from bondesk.areas.notes.inv101 import INV101  # noqa: E402
from bondesk.base.messages import Message, MessageFacts  # noqa: E402
from bondesk.engine.composing import compose  # noqa: E402
from builders.dec_messages import declaration, facts  # noqa: E402
from builders.plain_lxml import lxml_xml, lxml_zip  # noqa: E402

AIM = 0.8
ROUNDS = 15


def note(lines: int) -> BondedNote:
    """A bonded note that lacks nothing."""
    one = BondedNote(
        internal_no="I2501150001",
        record_no="E52042300A01",
        change_count=0,
        entered_on=date(2025, 1, 15),
        declared_on=date(2025, 1, 15),
        entry_exit_customs="5301",
        declare_customs="5301",
        ie_flag="I",
        goods_flag="I",
        supervision_mode="0615",
        transport_mode="4",
        declaration_flag="1",
        declaration_link_type="2",
        declaration_type="1",
        trade_partner_country="HKG",
        note_type="0",
        declare_kind="1",
        generate_declaration="1",
    )
    one.lines = [
        NoteLine(
            line_no=number,
            item_no=number,
            part_no=f"P{number:04d}",
            hs_code="8532241000",
            name="片式瓷介电容",
            spec="4|3|用途:印制电路板用|材质:陶瓷介质",
            dcl_unit="007",
            legal_unit1="035",
            origin_country="JPN",
            price=Decimal("0.0085"),
            total=Decimal("850.00"),
            currency="USD",
            legal_qty1=Decimal("50.00000"),
            dcl_qty=Decimal("100000.00000"),
            duty_mode="3",
            dangerous="0",
            destination_country="CHN",
            row_mark="3",
        )
        for number in range(1, lines + 1)
    ]
    return one


def loaded(one: Any) -> Any:
    """Give every column a value, as a document read from the database has."""
    for row in (one, *one.lines):
        for attribute in inspect(type(row)).column_attrs:
            if attribute.key not in row.__dict__:
                column = attribute.columns[0]
                setattr(row, attribute.key, "" if isinstance(column.type, String) else None)
    return one


def known() -> MessageFacts:
    """Facts whose code book holds what the documents use."""
    numeric = {"HKG": "110", "JPN": "116", "CHN": "142", "USD": "502"}
    made = facts(known=lambda table, code: bool(table and code))
    sender = replace(made.sender, enterprise_code="3299940002", enterprise_credit="91320000MA0000002X")
    return replace(made, sender=replace(sender, enterprise_name="示例电子"), numeric=lambda _t, code: numeric[code])


def fastest(work: Callable[[], object]) -> float:
    """Return the least processor seconds of a run: other work on the machine does not count."""
    work()
    taken = []
    for _round in range(ROUNDS):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def measure(message: Message, documents: Sequence[Any]) -> tuple[float, float, float]:
    """Return seconds per document: ours, lxml with zip, lxml without; ours and lxml's must be the same bytes."""
    packer, given = SingleWindowPacker(), known()
    composed = [compose(message, one, given) for one in documents]
    assert all(not one.findings for one in composed), composed[0].findings[:3]
    zipped = message.plain is None
    plain = lxml_zip if zipped else lxml_xml
    assert packer.pack(message, composed[0], given, "S", "N").content == plain(message, composed[0], given, "S", "N")

    def ours() -> None:
        for one in documents:
            packer.pack(message, compose(message, one, given), given, "S", "N")

    def theirs() -> None:
        for one in composed:
            plain(message, one, given, "S", "N")

    def bare() -> None:
        for one in composed:
            lxml_xml(message, one, given, "S", "N")

    count = len(documents)
    return fastest(ours) / count, fastest(theirs) / count, fastest(bare) / count


def main() -> int:
    """Print the rates; 1 when one misses the aim."""
    wrong = 0
    for title, message, make, sizes in (
        ("note", INV101, note, (5, 50, 400)),
        ("declaration", DEC_MESSAGE, lambda lines: declaration(lines=lines), (5, 20, 50)),
    ):
        for lines in sizes:
            mine, theirs, bare = measure(message, [loaded(make(lines)) for _number in range(max(1, 200 // lines))])
            ratio = theirs / mine
            wrong += ratio < AIM
            line = f"{title:12} {lines:4} lines: ours {mine * 1000:8.3f} ms, lxml {theirs * 1000:8.3f} ms, "
            sys.stdout.write(f"{line}rate {ratio:.2f} (against lxml without zip {bare / mine:.2f})\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
