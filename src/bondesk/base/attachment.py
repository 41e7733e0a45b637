"""附件: files that belong to a document, each kept once by its hash. Contracts of partners are attachments too."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, DateTime, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from bondesk.base.columns import Text255
from bondesk.base.fields import shown
from bondesk.base.records import Base, Row

#: The largest file, in bytes (handbook 18, 报关单附件: 4 MB per file).
MOST_BYTES = 4 * 1024 * 1024


class Attachment(Row):
    """One attached file; its bytes lie in :class:`AttachedFile` under ``sha256``.

    ``kind`` is one of the document's ``attachment_kinds``; ``valid_to`` is the last valid day (contracts).
    """

    __tablename__ = "attachment"
    __table_args__ = (Index("ix_attachment_document", "company_id", "document_key", "document_id"),)

    document_key: Mapped[str] = mapped_column(String(32))
    document_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = shown("种类", String(32), default="file")
    file_name: Mapped[Text255] = shown("文件名", width=30)
    size: Mapped[int] = shown("大小（字节）", BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))
    valid_to: Mapped[date | None] = shown("有效期至", Date)
    remark: Mapped[Text255] = shown("备注")
    user_id: Mapped[int] = mapped_column(BigInteger)
    user_name: Mapped[str] = shown("上传人", String(64))
    at: Mapped[datetime] = shown("上传时间", DateTime)


class AttachedFile(Base):
    """The bytes of an attached file, once per company however often it is attached."""

    __tablename__ = "attached_file"

    company_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
