"""报文透视 beside a form: its message line by line, what changed since the last sending, what came back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHeaderView,
    QLabel,
    QTableView,
    QTabWidget,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from bondesk.base.documents import DocumentType
from bondesk.desktop import style
from bondesk.desktop.context import DeskContext
from bondesk.desktop.form_body import FormBody
from bondesk.desktop.form_work import in_act, sentence
from bondesk.desktop.pane_heading import pane_heading
from bondesk.desktop.xray_light import XrayLight
from bondesk.desktop.xray_model import XrayModel, told
from bondesk.engine.act import Act
from bondesk.engine.xray import Place, Sending, ToldReceipt, Xray, count_receipts, xray

_WIDTH = 420
_MEANING = 150
_OPEN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class _Lines(QTableView):
    """Enter goes to the field, N and P walk the differences; ``hovered`` brings the row under the mouse or -1."""

    chosen, walked, hovered = Signal(int), Signal(int), Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter, N and P; the arrows are Qt's."""
        if event.key() in _OPEN:
            self.chosen.emit(self.currentIndex().row())
        elif event.key() in {Qt.Key.Key_N, Qt.Key.Key_P} and not event.modifiers():
            self.walked.emit(1 if event.key() == Qt.Key.Key_N else -1)
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """Light the current row again."""
        self.hovered.emit(-1)
        super().leaveEvent(event)  # type: ignore[arg-type]


class XrayPane(QWidget):
    """Hidden until :meth:`load`; reads again after every save while it is open. ``counted`` brings the receipts."""

    title, shortcut = "报文", "Ctrl+Shift+X"
    counted = Signal(int)

    def __init__(self, context: DeskContext, document: DocumentType, body: FormBody | None, parent: QWidget) -> None:
        """Show the message of one document of ``document``; ``body`` is the form it lights, if there is one."""
        super().__init__(parent)
        self.setObjectName("xray_pane")
        self._context, self._document = context, document
        self._document_id: int | None = None
        self._asked = 0
        self.model = XrayModel(self)
        self.which = QComboBox(self)
        self.which.setObjectName("xray_which")
        self.which.setToolTip("看现在的内容会怎样发送，或某一次发送的原文")
        self.which.activated.connect(lambda _place: self._read())
        self.said = QLabel(self)
        self.said.setObjectName("xray_said")
        self.said.setWordWrap(True)
        self.next = QToolButton(self)
        self.next.setObjectName("xray_next")
        self.next.setText("下一处不同")
        self.next.setToolTip("到下一处与上次发送不同的地方（在报文中按 N，上一处按 P）")
        self.next.clicked.connect(lambda: self._walk(1))
        self.detail = QLabel(self)
        self.detail.setObjectName("xray_detail")
        self.detail.setWordWrap(True)
        self.detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.detail.setMinimumHeight(3 * style.ROW_HEIGHT // 2)
        self.detail.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._make_lines()
        self._make_receipts()
        self.tabs = QTabWidget(self)
        self.tabs.setObjectName("xray_tabs")
        self.tabs.setDocumentMode(True)
        self._build()
        self.light = XrayLight(body, self._entered, self) if body is not None else None
        self.hide()

    def _make_lines(self) -> None:
        self.view = view = _Lines(self)
        view.setObjectName("xray_lines")
        view.setModel(self.model)
        view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        view.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setMouseTracking(True)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(style.ROW_HEIGHT - 6)
        heads = view.horizontalHeader()
        heads.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        heads.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        view.setColumnWidth(1, style.scaled(_MEANING))
        view.entered.connect(lambda index: self._hovered(index.row()))
        view.hovered.connect(lambda _row: self._lit(self.view.currentIndex().row()))
        view.selectionModel().currentRowChanged.connect(self._moved)
        view.chosen.connect(self._go)
        view.walked.connect(self._walk)
        view.doubleClicked.connect(lambda index: self._go(index.row()))

    def _make_receipts(self) -> None:
        self.receipts = QTreeWidget(self)
        self.receipts.setObjectName("xray_receipts")
        self.receipts.setHeaderLabels(["时间", "说明"])
        self.receipts.setAlternatingRowColors(True)
        self.receipts.setWordWrap(True)
        self.receipts.setColumnWidth(0, style.scaled(_MEANING))
        self.receipts.currentItemChanged.connect(lambda item, _before: self._tell(item.toolTip(1) if item else ""))

    def _build(self) -> None:
        page = QWidget(self)
        page.setObjectName("xray_message")
        inner = QVBoxLayout(page)
        inner.setContentsMargins(0, style.GAP, 0, 0)
        inner.setSpacing(style.GAP)
        for widget in (self.which, self.said):
            inner.addWidget(widget)
        inner.addWidget(self.view, 1)
        self.tabs.addTab(page, "报文")
        self.tabs.addTab(self.receipts, "回执")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, style.GAP, style.MARGIN, style.GAP)
        layout.setSpacing(style.GAP)
        layout.addLayout(pane_heading(self, "xray", "报文透视", self.next))
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.detail)
        self.setMinimumWidth(_WIDTH)
        self.setFocusProxy(self.view)

    def clear(self) -> None:
        """Forget the document and hide."""
        self._document_id = None
        self.which.clear()
        self.model.show_lines(())
        self.receipts.clear()
        self.detail.clear()
        self.hide()

    def hideEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """Put the light out."""
        if self.light is not None:
            self.light.light(None)
        super().hideEvent(event)  # type: ignore[arg-type]

    def glance(self, document_id: int) -> None:
        """Count the receipts of a stored document."""
        document = self._document

        def count(act: Act) -> int:
            return count_receipts(act, document, document_id)

        in_act(self._context, self, count, self.counted.emit, lambda _problem: None)

    def load(self, document_id: int) -> None:
        """Read the message through the lane and show it."""
        if document_id != self._document_id:
            self.which.clear()
        self._document_id = document_id
        self.show()
        self._read()

    def _read(self) -> None:
        document, document_id, reader = self._document, self._document_id, self._context.engine.receipts
        if document_id is None:
            return
        sending = self.which.currentData() if self.which.count() else None
        self._asked += 1
        asked = self._asked
        self.said.setText("正在读取…")

        def done(found: Xray) -> None:
            if asked == self._asked and self._document_id == document_id:
                self.show_message(found)

        def failed(problem: Exception) -> None:
            if asked == self._asked:
                self.model.show_lines(())
                self.said.setText(sentence(problem))

        in_act(self._context, self, lambda act: xray(reader, act, document, document_id, sending), done, failed)

    def show_message(self, found: Xray) -> None:
        """Show a message and the receipts."""
        line = self.view.currentIndex().row()
        place = self.model.lines[line].place if 0 <= line < len(self.model.lines) else None
        self._choices(found.sendings, found.shown)
        self.model.show_lines(found.lines)
        self.next.setEnabled(found.differences > 0)
        self.said.setText(_compared(found))
        self._show_receipts(found.receipts)
        self.counted.emit(len(found.receipts))
        if place is not None:
            self._entered(place)

    def _choices(self, sendings: Sequence[Sending], shown: Sending | None) -> None:
        self.which.blockSignals(True)
        self.which.clear()
        self.which.addItem("现在发送的内容", None)
        for one in sendings:
            self.which.addItem(f"{one.at:%Y-%m-%d %H:%M} 发送的报文（{one.state}）", one.id)
            self.which.setItemData(self.which.count() - 1, one.name, Qt.ItemDataRole.ToolTipRole)
        self.which.setCurrentIndex(max(0, self.which.findData(shown.id) if shown is not None else 0))
        self.which.blockSignals(False)

    def _show_receipts(self, receipts: Sequence[ToldReceipt]) -> None:
        self.receipts.clear()
        for one in receipts:
            item = QTreeWidgetItem([f"{one.at:%Y-%m-%d %H:%M}", one.text])
            item.setToolTip(0, one.file_name)
            item.setToolTip(1, one.text)
            parts = [("种类", one.code), ("文件", one.file_name)]
            parts += [(label or name, value) for name, label, value in one.values]
            for name, value in parts:
                child = QTreeWidgetItem(item, [name, value])
                child.setToolTip(1, value)
            self.receipts.addTopLevelItem(item)
        if not receipts:
            self.receipts.addTopLevelItem(QTreeWidgetItem(["", "还没有收到回执"]))
        self.tabs.setTabText(1, f"回执（{len(receipts)}）" if receipts else "回执")

    def _entered(self, place: Place) -> None:
        """Show the element of the field the cursor came into, without taking the cursor."""
        row = self.model.row_of(place.table, place.line, place.field) if self.isVisible() else -1
        if row >= 0 and not self.view.hasFocus():
            self.view.selectRow(row)
            self.view.scrollTo(self.model.index(row, 0), QTableView.ScrollHint.EnsureVisible)

    def _tell(self, text: str) -> None:
        """Write one thing in full under the list."""
        self.detail.setText(text)

    def _moved(self, now: QModelIndex, _before: QModelIndex) -> None:
        lines = self.model.lines
        self._tell(told(lines[now.row()]) if 0 <= now.row() < len(lines) else "")
        if self.view.hasFocus():
            self._lit(now.row(), reveal=True)

    def _hovered(self, row: int) -> None:
        self._lit(row)

    def _lit(self, row: int, *, reveal: bool = False) -> None:
        place = self.model.lines[row].place if 0 <= row < len(self.model.lines) else None
        if self.light is not None:
            self.light.light(place, reveal=reveal)

    def _go(self, row: int) -> None:
        if self.light is not None and 0 <= row < len(self.model.lines):
            self.light.go(self.model.lines[row].place)

    def _walk(self, by: int) -> None:
        """Go to the next or previous difference."""
        row = self.model.next_mark(self.view.currentIndex().row(), by)
        if row >= 0:
            self.tabs.setCurrentIndex(0)
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
            self.view.selectRow(row)
            self.view.scrollTo(self.model.index(row, 0), QTableView.ScrollHint.PositionAtCenter)


def _compared(found: Xray) -> str:
    if found.against is None:
        return "还没有发送过" if found.shown is None else "这是第一次发送，没有更早的报文可以比较"
    when = f"{found.against.at:%Y-%m-%d %H:%M}"
    if not found.differences:
        return f"与 {when} 发送的完全相同"
    return f"与 {when} 发送的相比，有 {found.differences} 处不同"


def xray_pane(context: DeskContext, document: DocumentType, parent: QWidget) -> XrayPane | None:
    """Make the pane; only what is sent to customs has one."""
    body = getattr(parent, "body", None)
    return None if document.message is None else XrayPane(context, document, body, parent)
