"""导入设置: the enterprise's own headings of a standard import workbook (rows 34, 35)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bondesk.base.documents import DocumentType, LineTable, Offer, group
from bondesk.base.facts import Facts
from bondesk.base.import_setting import ImportHeading, ImportSetting


def heading_offers(catalogue: Any, _facts: Facts, head: Mapping[str, Any]) -> Sequence[Offer]:
    """Offer every heading of the chosen document's workbook."""
    document = next((d for d in catalogue.documents if d.key == head.get("document_key")), None)
    if document is None or document.workbook is None:
        return []
    return [
        Offer((plan.title,), heading.text, {"sheet": plan.title, "heading": heading.text})
        for plan in document.workbook.sheets
        for heading in (*((plan.join,) if plan.join else ()), *plan.head, *plan.headings)
    ]


IMPORT_SETTING = DocumentType(
    key="import_setting",
    title="导入设置",
    area="config",
    header=ImportSetting,
    number=(ImportSetting.document_key,),
    list_columns=(ImportSetting.document_key, ImportSetting.active),
    form=(group("设置", ImportSetting.document_key, ImportSetting.active),),
    lines=(
        LineTable(
            "headings",
            "列标题",
            ImportSetting.headings,
            (ImportHeading.sheet, ImportHeading.heading, ImportHeading.own_heading, ImportHeading.filled),
            offers=heading_offers,
        ),
    ),
    help="企业自己的导入表格叫什么列名、空白时填什么；导出模板与导入都按此识别。",
)
