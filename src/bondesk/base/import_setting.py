"""导入设置: how an enterprise's own workbook names the columns of a standard import (rows 34, 35)."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, relationship

from bondesk.base.columns import Code32, Text64, Text255
from bondesk.base.fields import shown
from bondesk.base.records import Line, Record, belongs_to


class ImportSetting(Record):
    """The own headings of one document's import workbook."""

    __tablename__ = "import_setting"
    __table_args__ = (Index("ix_import_setting_key", "company_id", "document_key", unique=True),)

    document_key: Mapped[Code32] = shown("单证", table="document", required=True)
    active: Mapped[bool] = shown("启用", default=True, server_default="1")
    headings: Mapped[list[ImportHeading]] = relationship(
        cascade="all, delete-orphan", order_by="ImportHeading.line_no", passive_deletes=True
    )


class ImportHeading(Line):
    """One standard heading with the enterprise's own word for it.

    ``filled`` is what a blank or missing cell means, as a text; a mandatory heading with ``filled`` may be missing.
    """

    __tablename__ = "import_heading"
    __table_args__ = belongs_to("import_setting", "import_heading")

    sheet: Mapped[Text64] = shown("工作表", readonly=True)
    heading: Mapped[Text64] = shown("标准列标题", required=True, readonly=True)
    own_heading: Mapped[Text64] = shown("企业列标题", help="空 = 与标准相同")
    filled: Mapped[Text255] = shown("空白时填入", help="单元格为空或没有这一列时的值")
