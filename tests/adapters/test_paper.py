"""A table on pages: nothing of it is lost, headings and names are repeated, totals foot, and a failed one is no file."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from bondesk.adapters.excel.files import ExcelFiles
from bondesk.adapters.paper import fonts
from bondesk.adapters.paper.fonts import paper_font
from bondesk.adapters.paper.page_plan import MARGIN, planned
from bondesk.adapters.paper.pages import Pages
from bondesk.base.columns import Kind
from bondesk.base.errors import OutsideFailure, Refused
from bondesk.base.sheets import ColumnLook, TableHead

HEAD = TableHead("东莞澄岚电子有限公司", (("备案号", "E52042300A01"), ("期间止", "2024-04-07")), "2024-05-01 管理员",
                 ("RPT-46　清单按当天晚上已入账的计算",))  # fmt: skip
NARROW = (ColumnLook("商品名称", 18, Kind.TEXT), ColumnLook("数量", 14, Kind.QUANTITY))
WIDE = (
    ColumnLook("备案号", 14, Kind.CODE),
    ColumnLook("备案序号", 8, Kind.INTEGER),
    *(ColumnLook(f"第{n}个数量列", 14, Kind.QUANTITY) for n in range(30)),
)


class Drawn:
    """Every text with its page and place."""

    def __init__(self) -> None:
        self.texts: list[tuple[int, float, float, str, float]] = []
        self.widths: dict[int, float] = {}

    def on(self, page: int) -> list[str]:
        return [text for number, *_, text, _ in self.texts if number == page]

    @property
    def pages(self) -> int:
        return max(number for number, *_ in self.texts)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[Drawn]:
    found, text = Drawn(), Pages.text

    def keep(self: Pages, x: float, y: float, word: str, size: float, *, bold: bool = False) -> None:
        found.texts.append((self.number, x, y, word, size))
        found.widths[self.number] = self.canvas._pagesize[0]
        text(self, x, y, word, size, bold=bold)

    monkeypatch.setattr(Pages, "text", keep)
    yield found


def written(path: Path, columns: tuple[ColumnLook, ...], rows: list[tuple[object, ...]], mark: str = "") -> bytes:
    writer = ExcelFiles(mark).table_writer(path, "料件明细账", columns, HEAD)
    for row in rows:
        writer.add(row)
    writer.add_total(("合计", *(None for _ in columns[1:-1]), Decimal("-1234567.89")))
    writer.add_aside("说明", ("pages have one table",))
    writer.close()
    return path.read_bytes()


def test_every_row_stands_once_with_headings_on_every_page(tmp_path: Path, drawn: Drawn) -> None:
    rows: list[tuple[object, ...]] = [(f"料件{n}", Decimal(n) / 8) for n in range(1, 700)]
    content = written(tmp_path / "a.pdf", NARROW, rows)
    assert content.startswith(b"%PDF-")
    assert content.count(b"/Type /Page\n") == drawn.pages > 5
    assert list(tmp_path.iterdir()) == [tmp_path / "a.pdf"]
    names = [text for *_, text, _ in drawn.texts if text.startswith("料件") and text[2:].isdigit()]
    assert names == [row[0] for row in rows]
    for page in range(1, drawn.pages + 1):
        assert drawn.on(page).count("商品名称") == 1
        assert f"第 {page} 页　共 " in drawn.on(page)
        assert "东莞澄岚电子有限公司" in drawn.on(page)
    assert f"{drawn.pages} 页" in drawn.on(drawn.pages)  # drawn last, shown on all of them
    assert "备案号：E52042300A01　　期间止：2024-04-07" in drawn.on(1)
    assert drawn.on(drawn.pages)[-6:-4] == ["合计", "-1,234,567.89000"]
    assert "提示　RPT-46　清单按当天晚上已入账的计算" in drawn.on(drawn.pages)
    assert all(y >= MARGIN - 20 for _, _, y, *_ in drawn.texts[:-1])  # the last is a form, placed on its own


def test_what_is_too_wide_goes_on_beside_with_its_name(tmp_path: Path, drawn: Drawn) -> None:
    rows: list[tuple[object, ...]] = [("E52042300A01", n, *(Decimal(n * k) for k in range(30))) for n in range(1, 4)]
    written(tmp_path / "b.pdf", WIDE, rows, "练习模式")
    assert drawn.pages == 2
    titles = [text for *_, text, _ in drawn.texts if "数量列" in text or text in ("第0个数", "量列")]
    assert titles
    for page in (1, 2):
        assert drawn.on(page).count("练习模式") == 1
        assert drawn.on(page).count("E52042300A01") == len(rows)
    assert "左右第 2 张，共 2 张" in drawn.on(2)
    font = paper_font()
    for page, x, _y, text, size in drawn.texts:
        if text != "练习模式":
            assert x >= 0
            assert x + font.width(text, size) <= drawn.widths[page] - MARGIN + 0.5


def test_figures_stay_whole_and_texts_are_broken(tmp_path: Path, drawn: Drawn) -> None:
    """A figure wider than its column was planned for is drawn smaller; a long text takes lines."""
    rows: list[tuple[object, ...]] = [("短", Decimal(1))] * 300
    rows += [("很长的名称" * 12, Decimal("-123456789012.12345"))]
    written(tmp_path / "c.pdf", NARROW, rows)
    (figure,) = [one for one in drawn.texts if one[3] == "-123,456,789,012.12345"]
    assert figure[4] < 8
    pieces = [text for *_, text, _ in drawn.texts if set(text) <= set("很长的名称")]
    assert len(pieces) > 1
    assert "".join(pieces) == "很长的名称" * 12


def test_a_page_is_upright_where_it_fits() -> None:
    font = paper_font()
    assert planned(font, NARROW, [["电容", "1.00000"]]).page[0] < 600
    many = planned(
        font, (*NARROW, *(ColumnLook("进口数量", 14, Kind.QUANTITY),) * 12), [["电容", *["1,234.00000"] * 13]]
    )
    assert (many.page[0] > 800, len(many.bands)) == (True, 1)


def test_given_up_or_impossible_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = ExcelFiles().table_writer(tmp_path / "d.pdf", "表", NARROW, HEAD)
    writer.add(("电容", Decimal(1)))
    writer.drop()
    assert list(tmp_path.iterdir()) == []
    lost = ExcelFiles().table_writer(tmp_path / "no such folder" / "e.pdf", "表", NARROW, HEAD)
    with pytest.raises(OutsideFailure):
        lost.close()
    monkeypatch.setattr(fonts, "_folders", lambda: (tmp_path,))
    paper_font.cache_clear()
    (tmp_path / "simsun.ttc").write_bytes(b"not a font")
    with pytest.raises(Refused) as refusal:
        ExcelFiles().table_writer(tmp_path / "f.pdf", "表", NARROW, HEAD)
    assert refusal.value.findings[0].code == "EXP-07"
    paper_font.cache_clear()
