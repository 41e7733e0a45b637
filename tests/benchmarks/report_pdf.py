"""How fast a report of 5,000 rows becomes a PDF against a bare reportlab canvas drawing the same texts:
``python tests/benchmarks/report_pdf.py``.

The reference draws the finished texts at finished places, page by page, with the same embedded font and the same
lines; ours writes the numbers, measures, breaks, shrinks and heads. The aim is at most 1.5 of the bare canvas.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from bondesk.adapters.paper.fonts import paper_font
from bondesk.adapters.paper.tables import PaperTable
from bondesk.base.columns import Kind
from bondesk.base.sheets import ColumnLook, TableHead

AIM = 1.5
ROWS, ROUNDS = 5_000, 5
COLUMNS = (
    ColumnLook("备案号", 14, Kind.CODE),
    ColumnLook("备案序号", 8, Kind.INTEGER),
    ColumnLook("商品名称", 18, Kind.TEXT),
    ColumnLook("日期", 12, Kind.DATE),
    ColumnLook("单证编号", 16, Kind.CODE),
    ColumnLook("监管方式", 8, Kind.CODE),
    *(ColumnLook(title, 14, Kind.QUANTITY) for title in ("进", "出", "耗用", "结余")),
)
_NAMES = ("片式多层瓷介电容器", "四层以上印刷电路板", "石英晶体谐振器", "双面胶带")


def rows() -> list[tuple[object, ...]]:
    """A ledger of 5,000 vouchers."""
    return [
        (
            "E52042300A01",
            number % 32 + 1,
            _NAMES[number % 4],
            date(2024, 1, 1) + timedelta(days=number % 300),
            f"E24{number:07d}",
            "0615",
            Decimal(number * 137 % 100_000).scaleb(-2),
            Decimal(0),
            Decimal(number * 7919 % 10_000_000).scaleb(-5),
            Decimal(number * 104_729 % 1_000_000_000).scaleb(-5),
        )
        for number in range(ROWS)
    ]


class Recorder:
    """Keeps what our table draws, so that the bare canvas draws exactly that."""

    def __init__(self) -> None:
        self.pages: list[list[tuple[float, float, str, float]]] = [[]]
        self.lines: list[list[tuple[float, float, float, float]]] = [[]]


def recorded(path: Path, data: list[tuple[object, ...]]) -> Recorder:
    """Draw once and note every text and line."""
    found, table = Recorder(), PaperTable(path, "料件明细账", COLUMNS, TableHead("东莞澄岚电子有限公司"))
    canvas = table._pages.canvas
    text, lines, show = table._pages.text, canvas.lines, canvas.showPage

    def keep_text(x: float, y: float, word: str, size: float, *, bold: bool = False) -> None:
        found.pages[-1].append((x, y, word, size))
        text(x, y, word, size, bold=bold)

    def keep_lines(given: list[tuple[float, float, float, float]]) -> None:
        found.lines[-1] += given
        lines(given)

    def keep_page() -> None:
        found.pages.append([])
        found.lines.append([])
        show()

    table._pages.text, canvas.lines, canvas.showPage = keep_text, keep_lines, keep_page  # type: ignore[method-assign]
    for row in data:
        table.add(row)
    table.close()
    return found


def ours(path: Path, data: list[tuple[object, ...]]) -> None:
    """Write the report."""
    table = PaperTable(path, "料件明细账", COLUMNS, TableHead("东莞澄岚电子有限公司"))
    for row in data:
        table.add(row)
    table.close()


def bare(path: Path, drawn: Recorder) -> None:
    """Draw the same texts and lines."""
    font, canvas = paper_font(), Canvas(str(path), pagesize=(841.89, 595.28), pageCompression=1)
    for texts, lines in zip(drawn.pages, drawn.lines, strict=True):
        for x, y, text, size in texts:
            canvas.setFont(font.name, size)
            canvas.drawString(x, y, text)
        canvas.lines(lines)
        canvas.showPage()
    canvas.save()


def best(job: Callable[[], None]) -> float:
    """Return the shortest of some runs."""
    started = time.perf_counter()
    job()
    return time.perf_counter() - started


def main() -> int:
    """Print both times and whether the aim is met."""
    with tempfile.TemporaryDirectory() as folder:
        path, data = Path(folder) / "report.pdf", rows()
        drawn = recorded(path, data)
        pairs = [(best(lambda: ours(path, data)), best(lambda: bare(path, drawn))) for _ in range(ROUNDS)]
    mine, theirs = min(pair[0] for pair in pairs), min(pair[1] for pair in pairs)
    said = f"{ROWS} rows, {len(drawn.pages)} pages: ours {mine:.2f} s, bare canvas {theirs:.2f} s, "
    sys.stdout.write(f"{said}ratio {mine / theirs:.2f} (aim {AIM})\n")
    return 0 if mine / theirs <= AIM else 1


if __name__ == "__main__":
    raise SystemExit(main())
