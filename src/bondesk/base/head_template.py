"""默认模板: head values a new document starts with, per direction and mode (rows 36, 37; handbook 18)."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, relationship

from bondesk.base.columns import Code4, Code32, Text64, Text255
from bondesk.base.fields import shown
from bondesk.base.records import Line, Record, belongs_to


class HeadTemplate(Record):
    """One named template of one document type; a blank direction or mode fits all.

    ``usual`` templates are applied at once to a new document they fit; the others are chosen by name.
    """

    __tablename__ = "head_template"
    __table_args__ = (Index("ix_head_template_key", "company_id", "document_key", "name", unique=True),)

    document_key: Mapped[Code32] = shown("单证", table="document", required=True)
    name: Mapped[Text64] = shown("模板名称", required=True)
    ie_flag: Mapped[Code4] = shown("进出口", choices=(("", "进口和出口"), ("I", "进口"), ("E", "出口")))
    supervision_mode: Mapped[Code4] = shown("监管方式", table="supervision_mode", help="空 = 所有监管方式")
    usual: Mapped[bool] = shown("新增时自动套用", default=False, server_default="0")
    values: Mapped[list[TemplateValue]] = relationship(
        cascade="all, delete-orphan", order_by="TemplateValue.line_no", passive_deletes=True
    )


class TemplateValue(Line):
    """One head value, as the text a clerk would type."""

    __tablename__ = "template_value"
    __table_args__ = belongs_to("head_template", "template_value")

    field_key: Mapped[Code32] = shown("字段代码", required=True, readonly=True)
    label: Mapped[Text64] = shown("字段", readonly=True)
    value: Mapped[Text255] = shown("默认值", width=30)
