"""Rows on the clipboard: tab-separated text for everybody, a table whose codes stay texts for spreadsheets."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QMimeData
from PySide6.QtWidgets import QApplication

#: How Excel and WPS are told that a cell holds a text: 0615 keeps its zero, =1+1 is not computed.
_TEXT = " style=\"mso-number-format:'\\@'\""


def copy_table(rows: Sequence[Sequence[str]], numeric: Sequence[bool], headings: Sequence[str] = ()) -> None:
    """Put ``rows`` on the clipboard; ``numeric`` says of each column whether its texts are numbers."""
    data = QMimeData()
    lines = [list(headings)] if headings else []
    lines += [[one_cell(text) for text in row] for row in rows]
    data.setText("\n".join("\t".join(line) for line in lines))
    body = "".join(_row(row, numeric) for row in rows)
    head = _row(headings, [False] * len(headings)) if headings else ""
    data.setHtml(f"<html><head><meta charset='utf-8'></head><body><table>{head}{body}</table></body></html>")
    QApplication.clipboard().setMimeData(data)


def _row(texts: Sequence[str], numeric: Sequence[bool]) -> str:
    cells = (f"<td{'' if number else _TEXT}>{escape(text)}</td>" for text, number in zip(texts, numeric, strict=True))
    return f"<tr>{''.join(cells)}</tr>"


def one_cell(text: str) -> str:
    r"""Keep a text within its cell, and from running as a formula where it is pasted.

    >>> one_cell("A\tB"), one_cell("=1+1"), one_cell("-1.5"), one_cell("-A1")
    ('A B', "'=1+1", '-1.5', "'-A1")
    """
    flat = " ".join(text.splitlines()).replace("\t", " ")
    if flat[:1] in ("=", "+", "@") or (flat[:1] == "-" and not flat[1:].replace(".", "", 1).isdigit()):
        return f"'{flat}" if len(flat) > 1 else flat
    return flat
