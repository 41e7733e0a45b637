"""The engine's own tables: counters, import runs, operation log, outbox, receipts, postings, balances."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, DateTime, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bondesk.base.columns import ExactDecimal
from bondesk.base.records import Base, Row, new_id

QUANTITY = ExactDecimal(5)
AMOUNT = ExactDecimal(2)


class Counter(Base):
    """The last number drawn of a series, drawn with one short statement."""

    __tablename__ = "counter"

    company_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    series: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger, default=0)


class UserPreference(Base):
    """What one user prefers: favourites, recent modules, saved views; JSON by name (``view.bonded_note``)."""

    __tablename__ = "user_preference"

    company_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    name: Mapped[str] = mapped_column(String(96), primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)


class ImportRun(Base):
    """One imported workbook: who, when, its hash and its bytes, so that a figure is traced to its cell.

    ``columns`` maps sheet → attribute key → column letter (``B5`` where the row is fixed); ``corrections``
    maps sheet → cell (``C5``) → the text typed in the preview instead of what ``content`` holds there.
    """

    __tablename__ = "import_run"

    company_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id, autoincrement=False)
    document_key: Mapped[str] = mapped_column(String(32))
    file_name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    columns: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON)
    corrections: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON, default=dict, server_default="{}")
    user_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(DateTime)


class Outbox(Row):
    """A message to hand over: one row per document and revision, so it is never handed over twice.

    ``state``: ready → releasing → handed, or unknown (outcome unknown, never resent by itself), or
    failed (built wrongly, or the folder was away: stays ready with ``problem``).
    ``certificate_no`` is the certificate that signed the content on this computer, "" when the client signs.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("company_id", "document_key", "document_id", "revision", name="uq_outbox_revision"),
        Index("ix_outbox_state", "company_id", "state"),
    )

    document_key: Mapped[str] = mapped_column(String(32))
    document_id: Mapped[int] = mapped_column(BigInteger)
    document_no: Mapped[str] = mapped_column(String(128))
    revision: Mapped[int] = mapped_column(Integer)
    message_code: Mapped[str] = mapped_column(String(16))
    folder: Mapped[str] = mapped_column(String(32))
    file_name: Mapped[str] = mapped_column(String(128))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), default="ready")
    problem: Mapped[str] = mapped_column(String(512), default="")
    user_id: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(DateTime)
    handed_at: Mapped[datetime | None] = mapped_column(DateTime)
    certificate_no: Mapped[str] = mapped_column(String(64), default="", server_default="")


class ReceiptFile(Row):
    """One received file, known by its hash: applied, or quarantined with a reason."""

    __tablename__ = "receipt_file"
    __table_args__ = (
        UniqueConstraint("company_id", "sha256", name="uq_receipt_file_sha256"),
        Index("ix_receipt_file_document", "company_id", "document_key", "document_id"),
        Index("ix_receipt_file_state", "company_id", "state"),
    )

    sha256: Mapped[str] = mapped_column(String(64))
    file_name: Mapped[str] = mapped_column(String(255))
    folder: Mapped[str] = mapped_column(String(32))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    code: Mapped[str] = mapped_column(String(16), default="")
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(512), default="")
    document_key: Mapped[str] = mapped_column(String(32), default="")
    document_id: Mapped[int | None] = mapped_column(BigInteger)
    received_at: Mapped[datetime] = mapped_column(DateTime)
    applied_at: Mapped[datetime | None] = mapped_column(DateTime)


class HeadingRow(Base):
    """What postings agree on that add up: item, version, mode, direction and stage of a book (decision 0031)."""

    __tablename__ = "ledger_heading"
    __table_args__ = (
        UniqueConstraint(
            "company_id", "record_no", "goods_flag", "item_no", "uc_version", "mode", "ie_flag", "stage",
            name="uq_ledger_heading_key",
        ),
    )  # fmt: skip

    company_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    record_no: Mapped[str] = mapped_column(String(18))
    goods_flag: Mapped[str] = mapped_column(String(1))
    item_no: Mapped[int] = mapped_column(BigInteger)
    uc_version: Mapped[str] = mapped_column(String(10))
    mode: Mapped[str] = mapped_column(String(4))
    ie_flag: Mapped[str] = mapped_column(String(1))
    stage: Mapped[str] = mapped_column(String(16))


class PostingRow(Row):
    """One immutable posting; see :class:`bondesk.ledger.posting.Posting` for the meaning of each part.

    ``heading_id`` and ``signed`` follow from the other columns. They are what sums read, from an index that holds
    nothing else.
    """

    __tablename__ = "posting"
    __table_args__ = (
        Index("ix_posting_heading", "company_id", "heading_id", "business_date", "signed"),
        Index("ix_posting_day", "company_id", "record_no", "business_date"),
        Index("ix_posting_document", "company_id", "document_key", "document_id"),
    )

    record_no: Mapped[str] = mapped_column(String(18))
    goods_flag: Mapped[str] = mapped_column(String(1))
    item_no: Mapped[int] = mapped_column(BigInteger)
    uc_version: Mapped[str] = mapped_column(String(10), default="")
    mode: Mapped[str] = mapped_column(String(4))
    ie_flag: Mapped[str] = mapped_column(String(1))
    term: Mapped[str] = mapped_column(String(16))
    business_date: Mapped[date] = mapped_column(Date)
    stage: Mapped[str] = mapped_column(String(16))
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)
    effect: Mapped[int] = mapped_column(Integer)
    amount: Mapped[Decimal] = mapped_column(AMOUNT)
    currency: Mapped[str] = mapped_column(String(4), default="")
    document_key: Mapped[str] = mapped_column(String(32))
    document_no: Mapped[str] = mapped_column(String(128))
    document_id: Mapped[int] = mapped_column(BigInteger)
    line_id: Mapped[int] = mapped_column(BigInteger)
    line_no: Mapped[int] = mapped_column(Integer)
    reversal: Mapped[bool] = mapped_column(default=False)
    posted_at: Mapped[datetime] = mapped_column(DateTime)
    heading_id: Mapped[int] = mapped_column(BigInteger)
    signed: Mapped[Decimal] = mapped_column(QUANTITY)
    corrects: Mapped[date | None] = mapped_column(Date)


class BalanceRow(Base):
    """A cache: the sum of the postings of one heading in one month. Rebuildable."""

    __tablename__ = "balance"
    __table_args__ = {"sqlite_with_rowid": False}

    company_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    heading_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    month: Mapped[date] = mapped_column(Date, primary_key=True)
    quantity: Mapped[Decimal] = mapped_column(QUANTITY)


class DownloadRun(Row):
    """One download that was ordered: from where, of what, by whom; ``state`` running, stopped or done.

    ``places`` are the files or folders of a source that is read from files; ``problem`` says why it stopped.
    """

    __tablename__ = "download_run"
    __table_args__ = (Index("ix_download_run_state", "company_id", "state"),)

    way: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(64))
    places: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    begin: Mapped[date] = mapped_column(Date)
    end: Mapped[date] = mapped_column(Date)
    state: Mapped[str] = mapped_column(String(16), default="running", server_default="running")
    problem: Mapped[str] = mapped_column(String(512), default="", server_default="")
    user_id: Mapped[int] = mapped_column(BigInteger)
    user_name: Mapped[str] = mapped_column(String(64))
    started_at: Mapped[datetime] = mapped_column(DateTime)
    ended_at: Mapped[datetime | None] = mapped_column(DateTime)


class DownloadItem(Row):
    """One copy of a run in the order it is taken; ``outcome`` "" = waits, new, updated, unchanged, refused."""

    __tablename__ = "download_item"
    __table_args__ = (Index("ix_download_item_run", "company_id", "run_id", "place", unique=True),)

    run_id: Mapped[int] = mapped_column(BigInteger)
    place: Mapped[int] = mapped_column(Integer)
    document_key: Mapped[str] = mapped_column(String(32))
    number: Mapped[str] = mapped_column(String(128))
    title: Mapped[str] = mapped_column(String(255), default="", server_default="")
    day: Mapped[date | None] = mapped_column(Date)
    customs_state: Mapped[str] = mapped_column(String(64), default="", server_default="")
    mark: Mapped[str] = mapped_column(String(255), default="", server_default="")
    outcome: Mapped[str] = mapped_column(String(16), default="", server_default="")
    reason: Mapped[str] = mapped_column(String(512), default="", server_default="")
    document_id: Mapped[int | None] = mapped_column(BigInteger)
    taken_at: Mapped[datetime | None] = mapped_column(DateTime)


class PreEntryRow(Row):
    """One upload of 数据预录入: a document as it was, where it went, what became of it.

    ``key`` names the upload to the other side, which answers the same to the same key. ``digest`` is of what the
    document said. ``state``: uploading (no answer yet, or none came), taken, refused, withdrawn. ``despite``: its
    message was not sent because the interface was down; ``again``: ordered although it had been uploaded before.
    ``turn`` counts the uploads of one document.
    """

    __tablename__ = "pre_entry"
    __table_args__ = (
        UniqueConstraint("company_id", "key", name="uq_pre_entry_key"),
        UniqueConstraint("company_id", "document_key", "document_id", "turn", name="uq_pre_entry_turn"),
        Index("ix_pre_entry_at", "company_id", "created_at"),
    )

    key: Mapped[str] = mapped_column(String(32))
    document_key: Mapped[str] = mapped_column(String(32))
    document_id: Mapped[int] = mapped_column(BigInteger)
    document_no: Mapped[str] = mapped_column(String(128))
    turn: Mapped[int] = mapped_column(Integer)
    revision: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))
    way: Mapped[str] = mapped_column(String(32))
    way_title: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), default="uploading", server_default="uploading")
    number: Mapped[str] = mapped_column(String(64), default="", server_default="")
    place: Mapped[str] = mapped_column(String(512), default="", server_default="")
    reason: Mapped[str] = mapped_column(String(512), default="", server_default="")
    despite: Mapped[bool] = mapped_column(default=False)
    again: Mapped[bool] = mapped_column(default=False)
    user_id: Mapped[int] = mapped_column(BigInteger)
    user_name: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(DateTime)
    ended_at: Mapped[datetime | None] = mapped_column(DateTime)
