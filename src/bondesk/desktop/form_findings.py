"""Where the findings of a form are shown: beside fields, in cells, on tabs and in the strip; and how to reach them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QScrollArea, QTabWidget

from bondesk.base.findings import Finding, Severity
from bondesk.desktop import style
from bondesk.desktop.change_rows import ChangeRows
from bondesk.desktop.findings_strip import FindingsStrip
from bondesk.desktop.header_form import HeaderForm
from bondesk.desktop.line_grid import LineGrid


class FormFindings(QObject):
    """The findings on one form; ``fit`` is called when the strip wants another height."""

    def __init__(
        self,
        header: HeaderForm,
        scroller: QScrollArea,
        grids: Mapping[str, LineGrid],
        windows: Mapping[str, ChangeRows],
        tabs: QTabWidget,
        strip: FindingsStrip,
        fit: Callable[[], object],
    ) -> None:
        """Show findings in these places."""
        super().__init__(strip)
        self._header, self._scroller, self._grids, self._windows = header, scroller, grids, windows
        self._tabs, self._strip, self._fit = tabs, strip, fit
        self._loud = False
        self._held: tuple[Finding, ...] = ()
        strip.chosen.connect(self.go_to)
        for grid in grids.values():
            grid.told.connect(self._told)

    def forget(self) -> None:
        """Start with another document."""
        self._loud, self._held = False, ()
        self._strip.show_findings(())
        self._retitle(())

    def show(self, findings: Sequence[Finding], *, loud: bool = False) -> None:
        """Show findings beside fields, in cells and in the strip; ``loud`` marks untouched empty fields too.

        What was shown aloud stays beside what the rules say of the same typing, until :meth:`edited`.
        """
        self._loud = self._loud or loud
        self._held = tuple(findings) if loud else self._held
        findings = (*self._held, *(one for one in findings if one not in self._held))
        placed = [self._placed(finding) for finding in findings]
        if not loud:  # rows are checked when audited: what was found then stays until the next audit
            found = [one for one in self._strip.findings if one.table in self._windows]
            placed += [one for one in found if one not in placed]
        self._header.show_findings(placed, all_loud=self._loud)
        for key, grid in self._grids.items():
            grid.show_findings([one for one in placed if one.line is not None and one.table == key])
        for key, window in self._windows.items():
            window.show_findings([one for one in placed if one.table == key])
        had = bool(self._strip.findings)
        self._strip.show_findings([*self._unread(), *placed])
        self._retitle(placed)
        if bool(self._strip.findings) != had:
            self._fit()

    def edited(self) -> None:
        """Let go of what was refused: it may be mended by now."""
        self._held = ()

    def _unread(self) -> list[Finding]:
        """Say which cells hold texts that cannot be read."""
        return [finding for grid in self._grids.values() for finding in grid.model.unread_findings()]

    def _placed(self, finding: Finding) -> Finding:
        """Give a finding about a line the table it must mean when the rule did not say it."""
        if finding.line is None or finding.table in self._grids or not self._grids:
            return finding
        fitting = [key for key, grid in self._grids.items() if grid.model.column(finding.field) >= 0]
        return replace(finding, table=(fitting or list(self._grids))[0])

    def _told(self, findings: Sequence[Finding]) -> None:
        self._strip.show_findings(findings, "粘贴完成，没有发现问题")
        self._fit()

    def count_lines(self) -> None:
        """Write how many lines each tab holds."""
        self._retitle(self._strip.findings)

    def _retitle(self, findings: Sequence[Finding]) -> None:
        tabbed: list[tuple[str, LineGrid | ChangeRows, int]] = [
            *((key, grid, grid.model.rowCount()) for key, grid in self._grids.items()),
            *((key, rows, sum(rows.model.marks.values())) for key, rows in self._windows.items()),
        ]
        for key, widget, count in tabbed:
            place = self._tabs.indexOf(widget)
            wrong = sum(one.table == key and one.severity is Severity.ERROR for one in findings)
            text = f"{widget.table.title}（{count:,}）"
            self._tabs.setTabText(place, f"{text}　错误 {wrong}" if wrong else text)
            colour = QColor(style.tone("bad").foreground) if wrong else QColor()
            self._tabs.tabBar().setTabTextColor(place, colour)

    def go_to(self, finding: Finding) -> None:
        """Go to the field or line a finding is about."""
        if finding.line is not None and finding.table in self._grids:
            grid = self._grids[finding.table]
            self._tabs.setCurrentWidget(grid)
            grid.show_place(finding.line, finding.field)
        elif finding.line is not None and finding.table in self._windows:
            window = self._windows[finding.table]
            self._tabs.setCurrentWidget(window)
            window.show_place(finding.line, finding.field)
        elif finding.field in self._header.cells:
            box = self._header.cells[finding.field].editor.box
            if self._tabs.indexOf(self._scroller) >= 0:
                self._tabs.setCurrentWidget(self._scroller)
            self._header.reveal(finding.field)
            self._scroller.ensureWidgetVisible(box)

    def show_line(self, table: str, line_id: int) -> None:
        """Go to a stored line; one that is gone by now leaves the form as it is."""
        if table in self._windows:
            self._tabs.setCurrentWidget(self._windows[table])
            self._windows[table].show_place(0, "", line_id)
            return
        lines = self._grids[table].model.lines if table in self._grids else ()
        place = next((number for number, line in enumerate(lines) if line.id == line_id), None)
        if place is not None:
            self._tabs.setCurrentWidget(self._grids[table])
            self._grids[table].show_place(place, "")

    def step(self, by: int) -> None:
        """Go to the next (1) or previous (-1) finding, round and round."""
        finding = self._strip.step(by)
        if finding is not None:
            self.go_to(finding)
