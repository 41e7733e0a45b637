"""Workbooks of source lines in a clerk's notation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openpyxl import Workbook

HEADS = "单据号* 单据日期* 进出口标志* 监管方式* 客户供应商 行号 料号* 数量* 企业单位 单价 币制*".split()
NAMES = [head.rstrip("*") for head in HEADS]
LINE = dict(
    zip(NAMES, ["A", "2024-03-01", "进口", "0615", "S03", 1, "DIO-SS34A", 100, "PCS", 0.02, "USD"], strict=True)
)


def book(folder: Path, sheets: dict[str, list[list[Any]]], name: str = "file.xlsx") -> Path:
    """Write rows by sheet."""
    workbook = Workbook()
    assert workbook.active is not None
    workbook.remove(workbook.active)
    for title, rows in sheets.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = folder / name
    workbook.save(path)
    return path


def lines(notation: str) -> list[list[Any]]:
    """Source lines: ``A 1`` is document A line 1, further ``heading=value`` changes cells."""
    rows: list[list[Any]] = [list(HEADS)]
    for text in notation.strip().splitlines():
        number, line_no, *changes = text.split()
        values = LINE | {"单据号": number, "行号": int(line_no)} | dict(change.split("=") for change in changes)
        rows.append([values[name] or None for name in NAMES])
    return rows
