"""What stands on every page around a table: whose it is, its conditions, the mark of practice, page x of y."""

from __future__ import annotations

from pathlib import Path

from reportlab.lib.colors import Color, HexColor
from reportlab.pdfgen.canvas import Canvas

from bondesk.adapters.paper.fonts import PaperFont
from bondesk.adapters.paper.page_plan import MARGIN, SIZE, PagePlan
from bondesk.base.errors import OutsideFailure
from bondesk.base.sheets import TableHead

TEXT, QUIET, LINE, BAND, BAD = (HexColor(one) for one in (0x1F2933, 0x52606D, 0xB8C2CC, 0xE8EEF5, 0xB00020))
_MARK = Color(0.55, 0.1, 0.1, alpha=0.1)
_TITLE, _FOOT = 14.0, 7.5
#: The form that says how many pages there are; it is drawn last and stands on all of them.
_TOTAL = "pages-in-all"


class Pages:
    """A file of pages being drawn; :meth:`begin` starts one, :meth:`end` puts its foot under it."""

    def __init__(self, path: Path, title: str, head: TableHead, mark: str, font: PaperFont) -> None:
        """Draw beside ``path``; the file takes its name in :meth:`close`."""
        self._path, self._part = path, path.with_name(f"{path.name}.part")
        self._title, self._head, self._mark, self.font = title, head, mark, font
        self.canvas = Canvas(str(self._part), pageCompression=1, initialFontName=font.name)
        self.canvas.setTitle(title)
        self.canvas.setAuthor(head.company)
        self.canvas.setCreator("Bondesk")
        self.number = 0

    def begin(self, plan: PagePlan, *, first: bool) -> float:
        """Begin a page and return where the table may start; the first has the whole head, the others one line."""
        canvas, (width, height) = self.canvas, plan.page
        self.number += 1
        canvas.setPageSize(plan.page)
        if self._mark:
            self._draw_mark(width, height)
        canvas.setFillColor(TEXT)
        top = height - MARGIN
        if not first:
            self.text(MARGIN, top - SIZE, self._title, SIZE)
            self._right(width - MARGIN, top - SIZE, self._head.company, SIZE)
            return self.top(plan, first=False)
        self.text((width - self.font.width(self._title, _TITLE)) / 2, top - _TITLE, self._title, _TITLE, bold=True)
        top -= _TITLE + 18
        self.text(MARGIN, top, self._head.company, SIZE + 1)
        if self._head.made:
            self._right(width - MARGIN, top, f"导出：{self._head.made}", SIZE)
        canvas.setFillColor(QUIET)
        for line in self._condition_lines(plan.room):
            top -= SIZE * 1.5
            self.text(MARGIN, top, line, SIZE)
        return self.top(plan, first=True)

    def top(self, plan: PagePlan, *, first: bool) -> float:
        """Return where the table of a page starts."""
        top = plan.page[1] - MARGIN
        if not first:
            return top - SIZE - 6
        return top - _TITLE - 18 - len(self._condition_lines(plan.room)) * SIZE * 1.5 - 7

    def _condition_lines(self, room: float) -> list[str]:
        """Write the conditions one after the other, a new line where one would not fit."""
        lines = [""]
        for label, value in self._head.conditions:
            part = f"{label}：{value}"
            joined = f"{lines[-1]}　　{part}" if lines[-1] else part
            if self.font.width(joined, SIZE) <= room:
                lines[-1] = joined
            else:
                lines += self.font.wrapped(part, SIZE, room)
        return [line for line in lines if line] or ["查询条件：全部"]

    def end(self, plan: PagePlan, band: str = "") -> None:
        """Put the foot under the page; ``band`` says which of the pages side by side it is."""
        canvas, width = self.canvas, plan.page[0]
        canvas.setFillColor(QUIET)
        self.text(MARGIN, MARGIN - 14, band, _FOOT)
        told = f"第 {self.number} 页　共 "
        room = self.font.width(f"{told}0000 页", _FOOT)
        self.text(width - MARGIN - room, MARGIN - 14, told, _FOOT)
        canvas.saveState()
        canvas.translate(width - MARGIN - room + self.font.width(told, _FOOT), MARGIN - 14)
        canvas.doForm(_TOTAL)
        canvas.restoreState()
        canvas.showPage()

    def notes(self, plan: PagePlan, top: float) -> float:
        """Write what there is to say about the figures below them; go on to a new page where there is no room."""
        for note in self._head.notes:
            for line in self.font.wrapped(f"提示　{note}", SIZE, plan.room):
                top = self.need(plan, top, SIZE * 1.5) - SIZE * 1.5
                self.canvas.setFillColor(QUIET)
                self.text(MARGIN, top, line, SIZE)
        return top

    def need(self, plan: PagePlan, top: float, height: float) -> float:
        """Return where to go on so that ``height`` fits: here, or below the head of a new page."""
        if top - height >= MARGIN:
            return top
        self.end(plan)
        return self.begin(plan, first=False)

    def close(self) -> None:
        """Say how many pages there are and write the file; ``OutsideFailure`` when that is impossible."""
        canvas = self.canvas
        canvas.beginForm(_TOTAL, 0, -5, 80, 15)
        canvas.setFillColor(QUIET)
        self.text(0, 0, f"{self.number} 页", _FOOT)
        canvas.endForm()
        try:
            canvas.save()
            self._part.replace(self._path)
        except OSError as problem:
            raise OutsideFailure(f"文件写不出来，可能正在其他程序中打开或磁盘已满：{problem}") from problem

    def drop(self) -> None:
        """Leave nothing behind."""
        self._part.unlink(missing_ok=True)

    def text(self, x: float, y: float, text: str, size: float, *, bold: bool = False) -> None:
        """Draw a text from ``x`` on; bold ones get a thin outline, for the font has one weight."""
        canvas = self.canvas
        canvas.setFont(self.font.name, size)
        if not bold:
            canvas.drawString(x, y, text)
            return
        canvas.setLineWidth(size / 32)
        canvas.setStrokeColor(TEXT)
        canvas.drawString(x, y, text, mode=2)

    def _right(self, x: float, y: float, text: str, size: float) -> None:
        self.text(x - self.font.width(text, size), y, text, size)

    def _draw_mark(self, width: float, height: float) -> None:
        canvas, size = self.canvas, 60.0
        wide = self.font.width(self._mark, size)
        size = min(size, size * 0.9 * width / wide)
        canvas.saveState()
        canvas.setFillColor(_MARK)
        canvas.translate(width / 2, height / 2)
        canvas.rotate(28)
        self.text(-self.font.width(self._mark, size) / 2, -size / 2, self._mark, size)
        canvas.restoreState()
