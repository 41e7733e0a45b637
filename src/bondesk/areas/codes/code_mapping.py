"""企业参数: the enterprise's own words for customs codes, used by every import (handbook 18)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from bondesk.base.columns import Code32, Text64
from bondesk.base.documents import DocumentType, group
from bondesk.base.facts import Facts
from bondesk.base.fields import shown
from bondesk.base.findings import Finding, error
from bondesk.base.records import Record
from bondesk.base.workbooks import SheetPlan, WorkbookPlan, may, must

MAPPED_TABLES = (
    ("unit", "计量单位"),
    ("currency", "币制"),
    ("country", "国别"),
    ("customs_office", "关区"),
    ("transport_mode", "运输方式"),
    ("transaction_mode", "成交方式"),
    ("supervision_mode", "监管方式"),
    ("duty_mode", "征免方式"),
    ("package_type", "包装种类"),
)


class CodeMapping(Record):
    """One enterprise word and the customs code it stands for."""

    __tablename__ = "code_mapping"
    __table_args__ = (Index("ix_code_mapping_key", "company_id", "table_name", "enterprise_code", unique=True),)

    table_name: Mapped[Code32] = shown("参数类型", choices=MAPPED_TABLES, required=True)
    enterprise_code: Mapped[Code32] = shown("企业代码", required=True)
    enterprise_name: Mapped[Text64] = shown("企业名称")
    customs_code: Mapped[Code32] = shown("海关代码", required=True)


def known_customs_code(mapping: CodeMapping, facts: Facts) -> Iterator[Finding]:
    """Refuse a mapping to a code the customs table does not hold."""
    from bondesk.areas.codes.customs_code import CustomsCode

    codes = {row.code for row in facts.find(CustomsCode, table_name=mapping.table_name)}
    if mapping.customs_code not in codes:
        yield error("MAP-12", f"海关代码 {mapping.customs_code} 不在海关参数表中", "customs_code")


CODE_MAPPING = DocumentType(
    key="code_mapping",
    title="企业参数",
    area="codes",
    header=CodeMapping,
    number=(CodeMapping.table_name, CodeMapping.enterprise_code),
    list_columns=(
        CodeMapping.table_name,
        CodeMapping.enterprise_code,
        CodeMapping.enterprise_name,
        CodeMapping.customs_code,
    ),
    form=(
        group(
            "对照",
            CodeMapping.table_name,
            CodeMapping.enterprise_code,
            CodeMapping.enterprise_name,
            CodeMapping.customs_code,
        ),
    ),
    rules=(known_customs_code,),
    workbook=WorkbookPlan(
        "企业参数",
        (
            SheetPlan(
                "企业参数",
                (
                    must(CodeMapping.table_name),
                    must(CodeMapping.enterprise_code),
                    may(CodeMapping.enterprise_name),
                    must(CodeMapping.customs_code),
                ),
            ),
        ),
    ),
    help="把 ERP 的单位、币制、国别等写法对照到海关代码，以后导入自动转换。",
)
