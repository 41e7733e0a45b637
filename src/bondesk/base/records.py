"""The row every business table is made of: company, time-ordered id, origin, revision.

Ids are drawn in Python (no sequence with a meaning), so bulk inserts know them beforehand and a
database may be split by ``company_id`` later; ``company_id`` leads every key.
"""

from __future__ import annotations

import secrets
import threading
import time
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from bondesk.base.columns import Kind
from bondesk.base.fields import shown

_EPOCH_MS = 1_577_836_800_000  # 2020-01-01
_last_id = 0
_id_lock = threading.Lock()


def new_id() -> int:
    """Draw a 63-bit id: 41 bits of milliseconds, 22 bits random; strictly rising within a process."""
    global _last_id
    fresh = ((time.time_ns() // 1_000_000 - _EPOCH_MS) << 22) | secrets.randbits(22)
    with _id_lock:
        _last_id = fresh if fresh > _last_id else _last_id + 1
        return _last_id


def new_ids(count: int) -> int:
    """Draw ``count`` ids that follow each other and return the first (for rows copied inside the database)."""
    global _last_id
    first = new_id()
    with _id_lock:
        first = max(first, _last_id)
        _last_id = first + count - 1
        return first


class Base(DeclarativeBase):
    """The one metadata of the program, with named constraints so that migrations can alter them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        int: BigInteger,
        str: String(64),
        date: Date,
        datetime: DateTime,
        bool: Boolean,
    }


class Row(Base):
    """A row of one company; abstract.

    ``origin_run``, ``origin_sheet`` and ``origin_row`` (Excel row, 1 = first) say which workbook cell
    the row came from, so that every number can be explained down to it.
    """

    __abstract__ = True

    company_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, sort_order=-9)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, default=new_id, sort_order=-8)
    origin_run: Mapped[int | None] = mapped_column(BigInteger, sort_order=90)
    origin_sheet: Mapped[str] = mapped_column(String(64), default="", server_default="", sort_order=91)
    origin_row: Mapped[int | None] = mapped_column(Integer, sort_order=92)


class Record(Row):
    """The head of a document; ``revision`` is the optimistic lock. Abstract."""

    __abstract__ = True

    revision: Mapped[int] = mapped_column(Integer, default=1, sort_order=80)
    created_by: Mapped[int | None] = mapped_column(BigInteger, sort_order=81)
    created_at: Mapped[datetime | None] = mapped_column(DateTime, sort_order=82)
    changed_by: Mapped[int | None] = mapped_column(BigInteger, sort_order=83)
    changed_at: Mapped[datetime | None] = mapped_column(DateTime, sort_order=84)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy's own convention
        """Let SQLAlchemy compare and raise ``revision`` with every flush."""
        return (
            {"version_id_col": cls.__table__.c.revision}
            if "__table__" in cls.__dict__
            else {"version_id_col": cls.revision}
        )


class Flowing:
    """Adds the life-cycle columns of handbook 0.4 to a document head."""

    state: Mapped[str] = mapped_column(
        String(16), default="DRAFT", server_default="DRAFT", sort_order=70, info={"kind": Kind.CODE}
    )
    audited_by: Mapped[int | None] = mapped_column(BigInteger, sort_order=71)
    audited_at: Mapped[datetime | None] = mapped_column(DateTime, sort_order=72)


class Line(Row):
    """A line of a document; ``header_id`` points to its head, ``line_no`` counts from 1. Abstract."""

    __abstract__ = True

    header_id: Mapped[int] = mapped_column(BigInteger, sort_order=-7)
    line_no: Mapped[int] = shown("序号", Integer, default=0, sort_order=-6)

    #: What rules found out about a line that is typed and never stored (:mod:`bondesk.base.line_memory`).
    memory: ClassVar[dict[Any, Any] | None] = None


def belongs_to(table: str, line_table: str) -> tuple[Any, ...]:
    """Return the table arguments of a line table whose head lies in ``table``."""
    return (
        ForeignKeyConstraint(["company_id", "header_id"], [f"{table}.company_id", f"{table}.id"], ondelete="CASCADE"),
        Index(f"ix_{line_table}_header", "company_id", "header_id", "line_no"),
    )


class Reference(Base):
    """A row that all companies share, such as a customs code. Abstract."""

    __abstract__ = True

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, default=new_id, sort_order=-8)
