"""Findings as a table a clerk can read, filter by weight and paste into a message to a colleague."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSignalBlocker,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QIcon, QKeySequence, QResizeEvent, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QStyle,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bondesk.base.findings import Finding, Severity
from bondesk.base.rule_sources import with_source
from bondesk.desktop import style

Index = QModelIndex | QPersistentModelIndex
HEADINGS = ("级别", "位置", "内容", "代码")
WORDS = {Severity.ERROR: "错误", Severity.CONFIRM: "需确认", Severity.NOTE: "提示"}
_TONES = {Severity.ERROR: "bad", Severity.CONFIRM: "warn", Severity.NOTE: "info"}
_ICONS = {
    Severity.ERROR: QStyle.StandardPixmap.SP_MessageBoxCritical,
    Severity.CONFIRM: QStyle.StandardPixmap.SP_MessageBoxWarning,
    Severity.NOTE: QStyle.StandardPixmap.SP_MessageBoxInformation,
}
#: Up to this many findings the rows grow with their text; beyond, measuring them would stall the screen.
_MEASURED_ROWS = 300
#: What the style leaves free on both sides of a cell's text.
_CELL_MARGINS = 16


def place_of(finding: Finding) -> str:
    """Write where a finding stands: workbook cell, line, or "" for the head."""
    if finding.place is not None:
        parts = (f"{finding.place.sheet} 第{finding.place.row}行", finding.place.column)
        return " ".join(part for part in parts if part)
    return f"第{finding.line + 1}项" if finding.line is not None else ""


def text_of(finding: Finding) -> str:
    """Write what a finding says, with the raw value it is about when the sentence does not show it."""
    if finding.value and finding.value not in finding.text:
        return f"{finding.text}（值“{finding.value}”）"
    return finding.text


def cells_of(finding: Finding) -> tuple[str, str, str, str]:
    """Return the cells of one finding, in the order of :data:`HEADINGS`."""
    return (WORDS[finding.severity], place_of(finding), text_of(finding), finding.code)


class FindingsModel(QAbstractTableModel):
    """The findings shown at the moment, one row each."""

    def __init__(self, parent: QWidget) -> None:
        """Start empty; ``parent`` lends its icons."""
        super().__init__(parent)
        self.findings: list[Finding] = []
        self._icons: dict[Severity, QIcon] = {
            severity: parent.style().standardIcon(pixmap) for severity, pixmap in _ICONS.items()
        }

    def replace(self, findings: Sequence[Finding]) -> None:
        """Show other findings."""
        self.beginResetModel()
        self.findings = list(findings)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return how many findings are shown."""
        return 0 if parent.isValid() else len(self.findings)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        """Return the fixed columns."""
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(  # noqa: N802 - Qt's signature
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Return the Chinese headings."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADINGS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return text, icon, colour or tooltip of a cell."""
        finding = self.findings[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return cells_of(finding)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return with_source(finding.code, text_of(finding))
        if index.column() == 0 and role == Qt.ItemDataRole.DecorationRole:
            return self._icons[finding.severity]
        if index.column() == 0 and role == Qt.ItemDataRole.ForegroundRole:
            return QColor(style.tone(_TONES[finding.severity]).foreground)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        return None


class FindingsView(QWidget):
    """A table of findings with a switch per severity; ``chosen`` brings the finding double-clicked."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        """Start empty."""
        super().__init__(parent)
        self.setObjectName("findings_view")
        self._all: tuple[Finding, ...] = ()
        self.model = FindingsModel(self)
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.timeout.connect(self._fit_rows)
        self.table = self._make_table()
        self._switches = {severity: self._make_switch(severity) for severity in WORDS}
        copy = QPushButton("复制", self)
        copy.setObjectName("findings_copy")
        copy.setAutoDefault(False)
        copy.setToolTip("复制选中的行；没有选中时复制全部 (Ctrl+C)")
        copy.clicked.connect(self.copy)
        bar = self._bar = QHBoxLayout()
        bar.setSpacing(style.GAP)
        for switch in self._switches.values():
            bar.addWidget(switch)
        bar.addStretch(1)
        bar.addWidget(copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(style.GAP)
        layout.addLayout(bar)
        layout.addWidget(self.table, 1)
        shortcut = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self)
        shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        shortcut.activated.connect(self.copy)

    def _make_table(self) -> QTableView:
        table = QTableView(self)
        table.setObjectName("findings_table")
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setAlternatingRowColors(True)
        table.setShowGrid(False)
        table.setWordWrap(True)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(style.ROW_HEIGHT)
        header = table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Stretch)
        for section, width in ((0, 90), (1, 190), (3, 90)):
            table.setColumnWidth(section, width)
        header.sectionResized.connect(lambda *_: self._fit_rows())
        table.doubleClicked.connect(lambda index: self.chosen.emit(self.model.findings[index.row()]))
        return table

    def _make_switch(self, severity: Severity) -> QToolButton:
        switch = QToolButton(self)
        switch.setObjectName(f"findings_{severity.value}")
        switch.setCheckable(True)
        switch.setChecked(True)
        switch.setIcon(self.style().standardIcon(_ICONS[severity]))
        switch.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        switch.setToolTip(f"显示或隐藏「{WORDS[severity]}」")
        switch.toggled.connect(self._refill)
        switch.hide()
        return switch

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show ``findings`` in their given order, all severities on; the same ones again change nothing."""
        if tuple(findings) == self._all:
            return
        self._all = tuple(findings)
        for severity, switch in self._switches.items():
            times = sum(finding.severity is severity for finding in self._all)
            switch.setText(f"{WORDS[severity]} {times}")
            switch.setVisible(times > 0)
            with QSignalBlocker(switch):
                switch.setChecked(True)
        self.table.setColumnHidden(1, not any(place_of(finding) for finding in self._all))
        self._refill()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Measure again once the columns have their width: findings may have come while the view was hidden."""
        super().showEvent(event)
        self._settled.start(0)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Measure again at the new width."""
        super().resizeEvent(event)
        self._settled.start(0)

    def height_of(self, rows: int) -> int:
        """Return how high the view is with its first ``rows`` findings in sight."""
        table, bar = self.table, self._bar.sizeHint().height()
        lines = sum(table.rowHeight(row) for row in range(min(rows, self.model.rowCount())))
        return bar + style.GAP + table.horizontalHeader().sizeHint().height() + lines + 2 * table.frameWidth() + 2

    def _refill(self) -> None:
        shown = [finding for finding in self._all if self._switches[finding.severity].isChecked()]
        self.model.replace(shown)
        self._fit_rows()

    def _fit_rows(self) -> None:
        """Let wrapped text have the height it needs at the present width; Qt measures ten times as long."""
        if self.model.rowCount() > _MEASURED_ROWS:
            return
        table, metrics = self.table, self.table.fontMetrics()
        usual = table.verticalHeader().defaultSectionSize()
        rooms = [QRect(0, 0, table.columnWidth(column) - _CELL_MARGINS, 10_000) for column in (1, 2)]
        wrapped = Qt.TextFlag.TextWordWrap
        for row, finding in enumerate(self.model.findings):
            texts = zip(cells_of(finding)[1:3], rooms, strict=True)
            needed = max(metrics.boundingRect(room, wrapped, text).height() for text, room in texts)
            height = max(usual, needed + _CELL_MARGINS // 2)
            if table.rowHeight(row) != height:
                table.setRowHeight(row, height)

    def copied_text(self) -> str:
        """Return the selected rows, or all when none is selected, as tab-separated lines with headings."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        chosen = [self.model.findings[row] for row in rows] or self.model.findings
        return "\n".join("\t".join(cells) for cells in (HEADINGS, *map(cells_of, chosen)))

    def copy(self) -> None:
        """Put :meth:`copied_text` on the clipboard."""
        QApplication.clipboard().setText(self.copied_text())


class FindingsDialog(QDialog):
    """Findings with a sentence above; opened with ``open()``, deletes itself when closed."""

    def __init__(self, title: str, text: str, findings: Sequence[Finding], parent: QWidget | None = None) -> None:
        """Show ``text`` above the table of ``findings``."""
        super().__init__(parent)
        self.setObjectName("findings_dialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.resize(820, 420)
        headline = QLabel(text, self)
        headline.setObjectName("findings_headline")
        headline.setWordWrap(True)
        self.view = FindingsView(self)
        self.view.show_findings(findings)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        buttons.setObjectName("findings_buttons")
        buttons.button(QDialogButtonBox.StandardButton.Close).setText("关闭")
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.MARGIN, style.MARGIN, style.MARGIN, style.MARGIN)
        layout.setSpacing(style.WIDE_GAP)
        layout.addWidget(headline)
        layout.addWidget(self.view, 1)
        layout.addWidget(buttons)
