"""导出设置: which columns the 导出 button of a list writes; several formats per document (rows 41, 42)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bondesk.base.documents import DocumentType, LineTable, Offer, group
from bondesk.base.export_layout import ExportColumn, ExportLayout
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, error


def column_offers(catalogue: Any, _facts: Facts, head: Mapping[str, Any]) -> Sequence[Offer]:
    """Offer the state, the head fields and the line fields of the chosen document."""
    document = next((d for d in catalogue.documents if d.key == head.get("document_key")), None)
    if document is None:
        return []
    offers = [_offer("表头", "state", "状态")] if document.flow.states else []
    offers += [
        _offer(f"表头 · {part.title}", entry.key, entry.label) for part in document.form for entry in part.fields
    ]
    offers += [
        _offer(f"表体 · {table.title}", f"{table.key}.{entry.key}", entry.label)
        for table in document.lines
        for entry in table.fields
    ]
    return offers


def _offer(branch: str, key: str, label: str) -> Offer:
    return Offer((branch,), label, {"field_key": key, "label": label})


def one_line_table(layout: ExportLayout, _facts: Facts) -> Iterator[Finding]:
    """Refuse columns of two line tables: their rows have nothing to do with each other."""
    first = ""
    for position, column in enumerate(layout.columns):
        table = (column.field_key or "").rpartition(".")[0]
        if table and first and table != first:
            yield error("EXP-01", "一个导出格式只能包含一个表体的列", "field_key", position, table="columns")
        first = first or table


EXPORT_LAYOUT = DocumentType(
    key="export_layout",
    title="导出设置",
    area="config",
    header=ExportLayout,
    number=(ExportLayout.document_key, ExportLayout.name),
    list_columns=(ExportLayout.document_key, ExportLayout.name, ExportLayout.usual),
    form=(group("格式", ExportLayout.document_key, ExportLayout.name, ExportLayout.usual, ExportLayout.with_names),),
    lines=(
        LineTable(
            "columns",
            "导出列",
            ExportLayout.columns,
            (ExportColumn.field_key, ExportColumn.label, ExportColumn.heading),
            offers=column_offers,
        ),
    ),
    rules=(one_line_table,),
    help="列表「导出」按钮写出哪些列、什么顺序、叫什么名字；同一单证可有多个格式，导出时选择。",
)
