"""报文元素: what the Single Window really calls an element whose name the reference only infers; data, not code."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, relationship

from bondesk.base.columns import Code10, Code64, Text64, Text255
from bondesk.base.fields import shown
from bondesk.base.records import Line, Record, belongs_to


class MessageNames(Record):
    """The corrected names of one message, by its code (EMS111 …)."""

    __tablename__ = "message_names"
    __table_args__ = (Index("ix_message_names_key", "company_id", "message_code", unique=True),)

    message_code: Mapped[Code10] = shown("报文代码", required=True, help="例如 EMS111、EMS101、EML111")
    active: Mapped[bool] = shown("启用", default=True, server_default="1")
    remark: Mapped[Text255] = shown("说明", width=40)
    elements: Mapped[list[ElementName]] = relationship(
        cascade="all, delete-orphan", order_by="ElementName.line_no", passive_deletes=True
    )


class ElementName(Line):
    """One element: its name in the reference, the name it is sent with, and whether it is sent at all."""

    __tablename__ = "element_name"
    __table_args__ = belongs_to("message_names", "element_name")

    group_name: Mapped[Code64] = shown("报文组", readonly=True)
    element: Mapped[Code64] = shown("标准元素名", required=True, readonly=True)
    label: Mapped[Text64] = shown("含义", readonly=True)
    confidence: Mapped[Code10] = shown("可信度", readonly=True, help="A 已证实；B 单一来源；C 推断")
    own_name: Mapped[Code64] = shown("实际元素名", width=24, help="空 = 与标准相同")
    own_text: Mapped[Code64] = shown("固定值", width=16, help="空 = 由单据填写；例如接口版本 4.8")
    sent: Mapped[bool] = shown("发送", default=True, server_default="1")
