"""The findings of one form at its lower edge: a click goes to the field or line, silence says that all is well."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from bondesk.base.findings import Finding, Severity
from bondesk.desktop import style
from bondesk.desktop.findings_view import FindingsView

_CLEAN = "没有发现问题"
_ORDER = {Severity.ERROR: 0, Severity.CONFIRM: 1, Severity.NOTE: 2}


class FindingsStrip(QWidget):
    """``chosen`` brings the finding clicked."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        """Start without findings."""
        super().__init__(parent)
        self.setObjectName("findings_strip")
        self.view = FindingsView(self)
        self.view.chosen.connect(self.chosen)
        self.view.table.clicked.connect(self._clicked)
        self.clean = QLabel(_CLEAN, self)
        self.clean.setObjectName("findings_clean")
        self.clean.setProperty("role", "quiet")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.MARGIN, 0, style.MARGIN, style.GAP)
        layout.addWidget(self.view)
        layout.addWidget(self.clean)
        self.findings: tuple[Finding, ...] = ()
        self.show_findings(())

    def show_findings(self, findings: Sequence[Finding], clean: str = _CLEAN) -> None:
        """Show findings, the weightiest first; ``clean`` is said when there are none."""
        self.findings = tuple(sorted(findings, key=lambda one: _ORDER[one.severity]))
        self.view.show_findings(self.findings)
        self.view.setVisible(bool(findings))
        self.clean.setVisible(not findings)
        self.clean.setText(clean)

    def wanted_height(self, rows: int) -> int:
        """Return how high the strip is with up to ``rows`` findings in sight."""
        if not self.findings:
            return self.minimumSizeHint().height()
        return self.view.height_of(min(rows, len(self.findings))) + style.GAP

    def step(self, by: int) -> Finding | None:
        """Mark the next (1) or previous (-1) finding and return it; None when there is none."""
        if not self.findings:
            return None
        here = self.view.table.currentIndex().row()
        row = (here + by) % len(self.findings) if here >= 0 else (0 if by > 0 else len(self.findings) - 1)
        self.view.table.selectRow(row)
        return self.view.model.findings[row]

    def _clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(self.view.model.findings[index.row()])
