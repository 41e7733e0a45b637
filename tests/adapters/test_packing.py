"""Messages of notes and books: byte for byte what a tree of lxml nodes gives, whatever their texts hold."""

from __future__ import annotations

import zipfile
from datetime import datetime
from io import BytesIO

import pytest

from bondesk.adapters.xml.packing import SingleWindowPacker, build_xml
from bondesk.areas.index import CATALOGUE
from bondesk.areas.notes.inv101 import INV101
from bondesk.base.messages import Message, MessageFacts, Sender
from bondesk.engine.ports import Block, Composed
from builders.plain_lxml import lxml_xml, lxml_zip

FACTS = MessageFacts(
    Sender("441994Z001", ic_card="21000&1", sender_id="DXP<1>"), datetime(2024, 1, 8, 9, 30), lambda _t, code: code
)
TEXTS = ("", "文字", "a & b < c > d ]]>", "\"'", "一\n二\t三\r", "𠮷", "  ")


def filled(message: Message) -> Composed:
    """Every group of a message three times, its elements filled with texts in turn."""
    blocks = []
    for place, group in enumerate(message.groups):
        rows = tuple(
            tuple((one.name, TEXTS[(place + row + number) % len(TEXTS)]) for number, one in enumerate(group.elements))
            for row in range(3)
        )
        blocks.append(Block(group.name, rows, group.wrapper))
    tail = tuple((one.name, TEXTS[number % len(TEXTS)]) for number, one in enumerate(message.tail))
    attributes = tuple((one.name, '4 "&<>\n') for one in message.plain.attributes) if message.plain else ()
    return Composed(tuple(blocks), tail, (), attributes)


@pytest.mark.parametrize(
    "message", {d.message.code: d.message for d in CATALOGUE.documents if d.message}.values(), ids=lambda m: m.code
)
def test_bytes_as_lxml_writes_them(message: Message) -> None:
    composed = filled(message)
    assert build_xml(message, composed, FACTS, "S1", "N&1") == lxml_xml(message, composed, FACTS, "S1", "N&1")


def test_the_zip_of_a_note_is_unchanged() -> None:
    """One XML inside, named as the zip; the same input gives the same bytes."""
    composed = filled(INV101)
    packed = SingleWindowPacker().pack(INV101, composed, FACTS, "S1", "N1")
    assert packed.content == lxml_zip(INV101, composed, FACTS, "S1", "N1")
    with zipfile.ZipFile(BytesIO(packed.content)) as archive:
        assert archive.namelist() == ["S1.xml"]


def test_an_empty_message_is_still_xml() -> None:
    nothing = Composed((), ())
    assert build_xml(INV101, nothing, FACTS, "S", "N") == lxml_xml(INV101, nothing, FACTS, "S", "N")
