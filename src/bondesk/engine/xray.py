"""报文透视: the message of a document as lines beside its form, what changed since the last sending, what came back.

Every line knows the field of the form it was made of, so that one lights the other. Read-only: nothing is stored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.messages import Element, Message, MessageGroup, Receipt, parts_of, receipt_word
from bondesk.engine.act import Act
from bondesk.engine.composing import TAIL, Names
from bondesk.engine.message_now import as_sent_now, element_corrections
from bondesk.engine.ports import Composed, ReceiptReader
from bondesk.engine.receipt_applying import dated
from bondesk.engine.records import load
from bondesk.engine.tables import Outbox, ReceiptFile

#: Rows of one group that are shown: a big book has ten thousands.
MOST_ROWS = 200
CHANGED, NEW, GONE = "changed", "new", "gone"
_STATES = {
    "ready": "待交",
    "releasing": "正在交付",
    "handed": "已交客户端",
    "unknown": "结果不明",
    "failed": "没有交出",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is typed: line table ("" = head), 0-based line, field."""

    table: str = ""
    line: int | None = None
    field: str = ""


@dataclass(frozen=True, slots=True)
class XrayLine:
    """One line of the message: its XML, what it means, where it comes from, and how it stands to the last sending.

    ``mark`` is changed, new, gone or ""; ``before`` the text sent then.
    """

    depth: int
    xml: str
    label: str = ""
    place: Place | None = None
    mark: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Sending:
    """A message that was made: what it is chosen by."""

    id: int
    name: str
    at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class ToldReceipt:
    """A receipt decoded: when, which letter or result, what it says, its file, and every value with its meaning."""

    id: int
    at: datetime
    code: str
    text: str
    file_name: str
    values: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Xray:
    """The message as lines; ``shown`` is the sending it is of (None: as it would be sent now), ``against`` the one
    it is compared with (None: there is none before).
    """

    lines: tuple[XrayLine, ...]
    sendings: tuple[Sending, ...]
    shown: Sending | None
    against: Sending | None
    differences: int
    receipts: tuple[ToldReceipt, ...]


#: group → rows of (element name, text), in order.
Rows = Mapping[str, Sequence[Sequence[tuple[str, str]]]]


def xray(
    reader: ReceiptReader, act: Act, document: DocumentType, document_id: int, sending_id: int | None = None
) -> Xray:
    """Return the message of a stored document, as it would be sent now or as sending ``sending_id`` had it."""
    act.require(document, "view")
    message = document.message
    if message is None:
        raise Refused(f"「{document.title}」没有报文", "SEND-00")
    header = load(act, document, document_id)
    sendings = _sendings(act, document, document_id)
    names = element_corrections(act, message)
    shown = next((one for one in sendings if one.id == sending_id), None)
    if sending_id is not None and shown is None:
        raise Refused("这次发送的报文不属于本单据，或已不存在", "GONE")
    earlier = sendings[sendings.index(shown) + 1 :] if shown is not None else sendings
    against = earlier[0] if earlier else None
    rows = _read(act, message, shown) if shown is not None else _rows(as_sent_now(act, document, header))
    before = _read(act, message, against) if against is not None else None
    lines = tuple(_Writer(message, header, names, before).lines(rows))
    differences = sum(bool(line.mark) for line in lines)
    receipts = told_receipts(reader, act, document, document_id)
    return Xray(lines, tuple(sendings), shown, against, differences, receipts)


def _sendings(act: Act, document: DocumentType, document_id: int) -> list[Sending]:
    columns = (Outbox.id, Outbox.file_name, Outbox.created_at, Outbox.handed_at, Outbox.state)
    mine = select(*columns).where(
        Outbox.company_id == act.company_id, Outbox.document_key == document.key, Outbox.document_id == document_id
    )
    rows = act.session.execute(mine.order_by(Outbox.created_at.desc(), Outbox.id.desc()))
    return [
        Sending(row.id, row.file_name, row.handed_at or row.created_at, _STATES.get(row.state, row.state))
        for row in rows
    ]


def _read(act: Act, message: Message, sending: Sending) -> Rows:
    content = act.session.scalars(
        select(Outbox.content).where(Outbox.company_id == act.company_id, Outbox.id == sending.id)
    ).one()
    try:
        read = act.packer.read(message, content)
    except ValueError as problem:
        raise Refused(f"报文 {sending.name} 读不出来：{problem}", "MSG-08") from problem
    rows = {name: [tuple(row.items()) for row in found] for name, found in read.groups.items()}
    return rows | ({TAIL: [tuple(read.tail.items())]} if read.tail else {})


def _rows(composed: Composed) -> Rows:
    rows: dict[str, list[tuple[tuple[str, str], ...]]] = {block.name: list(block.rows) for block in composed.blocks}
    return rows | ({TAIL: [composed.tail]} if composed.tail else {})


class _Writer:
    """Writes rows as lines, each beside what was sent before."""

    def __init__(self, message: Message, header: Any, names: Names, before: Rows | None) -> None:
        self._message, self._header, self._before = message, header, before
        self._groups = {group.name: group for group in message.groups}
        self._elements: dict[tuple[str, str], Element] = {}
        for group, elements in (*parts_of(message), (TAIL, message.tail)):
            for element in elements:
                own = names.get((group, element.name))
                self._elements[group, own.name if own and own.name else element.name] = element

    def lines(self, rows: Rows) -> Iterator[XrayLine]:
        yield XrayLine(0, f"<{self._message.root}>", self._message.title)
        order = [group.name for group in self._message.groups]
        for name in sorted({*rows, *(self._before or {})} - {TAIL}, key=lambda one: _rank(order, one)):
            yield from self._group(name, rows.get(name, ()))
        for part in rows.get(TAIL, ()):
            yield from self._leaves(TAIL, part, 0, 1)
        yield XrayLine(0, f"</{self._message.root}>")

    def _group(self, name: str, rows: Sequence[Sequence[tuple[str, str]]]) -> Iterator[XrayLine]:
        group = self._groups.get(name)
        depth = 2 if group is not None and group.wrapper else 1
        old = len(self._before.get(name, ())) if self._before is not None else len(rows)
        places = _places(group, self._header)
        if group is not None and group.wrapper:
            yield XrayLine(1, f"<{group.wrapper}>")
        for number, row in enumerate(rows[:MOST_ROWS]):
            line = places[number] if number < len(places) else number
            place = Place(group.table, line) if group is not None and group.table else None
            label = f"第{line + 1}项" if place is not None else ""
            yield XrayLine(depth, f"<{name}>", label, place, NEW if self._before is not None and number >= old else "")
            yield from self._leaves(name, row, number, depth + 1, line)
            yield XrayLine(depth, f"</{name}>")
        if len(rows) > MOST_ROWS:
            yield XrayLine(depth, "…", f"另有 {len(rows) - MOST_ROWS} 行没有显示")
        for number in range(len(rows), min(old, len(rows) + MOST_ROWS)):
            yield XrayLine(depth, f"<{name}>…</{name}>", f"第{number + 1}项", None, GONE)
        if group is not None and group.wrapper:
            yield XrayLine(1, f"</{group.wrapper}>")

    def _leaves(
        self, group: str, row: Sequence[tuple[str, str]], number: int, depth: int, line: int | None = None
    ) -> Iterator[XrayLine]:
        sent = self._sent(group, number)
        for name, text in row:
            element = self._elements.get((group, name))
            mark, before = "", ""
            if sent is not None and (element is None or not element.passing):
                before = sent.get(name, "")
                mark = "" if before == text else (NEW if name not in sent else CHANGED)
            yield XrayLine(
                depth,
                _xml(name, text),
                element.label if element else "",
                self._place(group, element, line),
                mark,
                before,
            )
        written = {name for name, _text in row}
        for name, text in (sent or {}).items():
            element = self._elements.get((group, name))
            if name not in written and text:
                yield XrayLine(depth, _xml(name, text), element.label if element else "", None, GONE, text)

    def _sent(self, group: str, number: int) -> dict[str, str] | None:
        """Return what the row of this number was at the last sending; None when there was no such row to compare."""
        if self._before is None:
            return None
        rows = self._before.get(group, ())
        return dict(rows[number]) if number < len(rows) else None

    def _place(self, group: str, element: Element | None, line: int | None) -> Place | None:
        field = element.field_of(self._header) if element is not None else ""
        if not field:
            return None
        table = self._groups[group].table if group in self._groups else ""
        return Place(table, line if table else None, field)


def _rank(order: Sequence[str], name: str) -> int:
    return order.index(name) if name in order else len(order)


def _places(group: MessageGroup | None, header: Any) -> Sequence[int]:
    return group.places(header) if group is not None and group.places is not None else ()


def _xml(name: str, text: str) -> str:
    if not text:
        return f"<{name}/>"
    shown = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "⏎")
    return f"<{name}>{shown}</{name}>"


def count_receipts(act: Act, document: DocumentType, document_id: int) -> int:
    """Return how many receipts a document has."""
    act.require(document, "view")
    mine = select(func.count()).select_from(ReceiptFile)
    found = mine.where(
        ReceiptFile.company_id == act.company_id,
        ReceiptFile.document_key == document.key,
        ReceiptFile.document_id == document_id,
    )
    return act.session.scalar(found) or 0


def told_receipts(reader: ReceiptReader, act: Act, document: DocumentType, document_id: int) -> tuple[ToldReceipt, ...]:
    """Return every receipt of a document in plain Chinese, newest first."""
    message = document.message
    assert message is not None
    mine = select(ReceiptFile).where(
        ReceiptFile.company_id == act.company_id,
        ReceiptFile.document_key == document.key,
        ReceiptFile.document_id == document_id,
    )
    found = []
    for row in act.session.scalars(mine.order_by(ReceiptFile.received_at.desc(), ReceiptFile.id.desc())):
        try:
            receipt = reader.read(row.content)
        except ValueError as problem:
            found.append(ToldReceipt(row.id, row.received_at, row.code, f"读不出来：{problem}", row.file_name))
            continue
        found.append(_told(message, document, receipt, row))
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def _told(message: Message, document: DocumentType, receipt: Receipt, row: ReceiptFile) -> ToldReceipt:
    _title, _colon, sentence = row.reason.partition("：")
    text = message.said(receipt) or (sentence if row.reason.startswith(document.title) else row.reason) or "没有新内容"
    labels = {element.name.casefold(): element.label for _group, part in parts_of(message) for element in part}
    labels |= {name.casefold(): label for name, label in message.receipt_labels.items()}
    values = tuple((name, labels.get(name.casefold(), ""), value) for name, value in receipt.values.items() if value)
    at = dated(message, receipt, row).at or row.received_at
    return ToldReceipt(
        row.id, at, f"{receipt_word(receipt.code)} {receipt.result}".strip(), text, row.file_name, values
    )
