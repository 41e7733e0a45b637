"""A table written row by row with progress: what every export of a list or a report has in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bondesk.base.errors import Refused
from bondesk.base.sheets import ColumnLook, TableHead
from bondesk.base.steps import Progress
from bondesk.engine.act import Act

#: Data rows a sheet of a workbook holds below its heading.
SHEET_ROWS = 1_048_575
#: The sheet with the derivation of figures.
ASIDE = "说明"
_REPORT_EVERY = 500


def table_steps(
    act: Act,
    path: Path,
    title: str,
    looks: Sequence[ColumnLook],
    rows: Iterable[Sequence[Any]],
    total: int,
    aside: Iterable[Sequence[Any] | Progress] | None = None,
    sums: Sequence[Any] | None = None,
    head: TableHead | None = None,
) -> Iterator[Progress]:
    """Write ``rows``, about ``total`` of them, to a workbook, to text (``.csv``) or to pages (``.pdf``).

    ``aside`` are the rows of a further sheet 说明, with word of how far they are in between; ``sums`` is the row
    below all others.
    ``EXP-05`` when they are more than a sheet holds. A cancelled or failed export leaves no file behind.
    """
    if total > SHEET_ROWS and path.suffix.lower() not in (".csv", ".pdf"):
        text = f"共 {total:,} 行，超过 Excel 一张工作表的 {SHEET_ROWS:,} 行；请缩小筛选范围或导出为 CSV"
        raise Refused(text, "EXP-05")
    yield Progress(0, total, f"正在导出 {path.name}")
    writer = act.files.table_writer(path, title, looks, head)
    try:
        for written, row in enumerate(rows, 1):
            writer.add(row)
            if written % _REPORT_EVERY == 0:
                yield Progress(min(written, total), total, f"已写出 {written:,} 行")
        if sums is not None:
            writer.add_total(sums)
        for one in aside or ():
            if isinstance(one, Progress):
                yield one
            else:
                writer.add_aside(ASIDE, one)
        yield Progress(total, total, f"正在写出 {path.name}")
        writer.close()
    except BaseException:
        writer.drop()
        raise
