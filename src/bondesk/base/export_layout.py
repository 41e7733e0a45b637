"""导出设置: what the 导出 button of a list writes, several layouts per document (rows 41, 42)."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, relationship

from bondesk.base.columns import Code32, Code64, Text64
from bondesk.base.fields import shown
from bondesk.base.records import Line, Record, belongs_to


class ExportLayout(Record):
    """One named layout of one document's export."""

    __tablename__ = "export_layout"
    __table_args__ = (Index("ix_export_layout_key", "company_id", "document_key", "name", unique=True),)

    document_key: Mapped[Code32] = shown("单证", table="document", required=True)
    name: Mapped[Text64] = shown("格式名称", required=True)
    usual: Mapped[bool] = shown("默认格式", default=False, server_default="0")
    with_names: Mapped[bool] = shown("代码后附名称", default=True, server_default="1")
    columns: Mapped[list[ExportColumn]] = relationship(
        cascade="all, delete-orphan", order_by="ExportColumn.line_no", passive_deletes=True
    )


class ExportColumn(Line):
    """One column, in the order of the lines.

    ``field_key`` is a head attribute, ``state``, or ``table.attribute`` of a line table; with any of the
    last kind every line becomes a row (one line table per layout).
    """

    __tablename__ = "export_column"
    __table_args__ = belongs_to("export_layout", "export_column")

    field_key: Mapped[Code64] = shown("字段代码", required=True, readonly=True)
    label: Mapped[Text64] = shown("字段", readonly=True)
    heading: Mapped[Text64] = shown("列标题", help="空 = 字段名")
