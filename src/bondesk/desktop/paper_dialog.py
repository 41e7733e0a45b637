"""What is asked about an attached file: its kind, the last day it is valid, a remark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType
from bondesk.base.fields import Field
from bondesk.desktop import style
from bondesk.desktop.context import DeskContext
from bondesk.desktop.enter_walk import EnterWalk
from bondesk.desktop.field_cell import FieldCell
from bondesk.engine.attachments import Paper

_WIDTH = 460
_LISTED = 6


def _field(key: str, label: str, kind: Kind, **more: Any) -> Field:
    parts: dict[str, Any] = {
        "help": "",
        "choices": (),
        "table": "",
        "reference": "",
        "required": False,
        "readonly": False,
        "width": 16,
        "places": 0,
        "length": 0,
    }
    return Field(key=key, label=label, kind=kind, **{**parts, **more})


class PaperDialog(QDialog):
    """Asks once for all files named; ``described`` brings the :class:`Paper`."""

    described = Signal(object)

    def __init__(
        self, context: DeskContext, document: DocumentType, names: Sequence[str], paper: Paper, parent: QWidget
    ) -> None:
        """Ask about files ``names`` of a document; ``paper`` is what stands there already."""
        super().__init__(parent)
        self.setObjectName("paper_dialog")
        self.setWindowTitle("附件说明")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        entries = (
            _field("kind", "种类", Kind.CODE, choices=document.attachment_kinds, required=True),
            _field("valid_to", "有效期至", Kind.DATE, help="合同、证照的最后有效日；空 = 长期有效"),
            _field("remark", "备注", Kind.TEXT, length=255),
        )
        self.cells = {entry.key: FieldCell(context, entry, self) for entry in entries}
        self.walk = EnterWalk(self._take, self.focusPreviousChild, self)
        values = {"kind": paper.kind or document.attachment_kinds[0][0], "valid_to": paper.valid_to}
        for key, value in {**values, "remark": paper.remark}.items():
            self.cells[key].editor.set_value(value)
            self.walk.watch(self.cells[key].editor)
        self._build(names, entries)
        self.cells["kind"].editor.box.setFocus()

    def _build(self, names: Sequence[str], entries: Sequence[Field]) -> None:
        listed = "\n".join(names[:_LISTED]) + (f"\n……共 {len(names)} 个文件" if len(names) > _LISTED else "")
        files = QLabel(listed, self)
        files.setObjectName("paper_files")
        files.setWordWrap(True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(style.GAP)
        grid.setVerticalSpacing(style.GAP)
        grid.setColumnStretch(1, 1)
        top, right = Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignRight
        for row, entry in enumerate(entries):
            label = QLabel(entry.label, self)
            label.setObjectName(f"label.{entry.key}")
            label.setMinimumHeight(26)
            label.setToolTip(entry.help)
            grid.addWidget(label, row, 0, top | right)
            grid.addWidget(self.cells[entry.key], row, 1)
        buttons = QDialogButtonBox(self)
        buttons.setObjectName("paper_buttons")
        self.take = QPushButton("确定", self)
        self.take.setObjectName("paper_take")
        self.take.setDefault(True)
        self.take.clicked.connect(self._take)
        leave = QPushButton("取消", self)
        leave.setObjectName("paper_cancel")
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        buttons.addButton(self.take, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(leave, QDialogButtonBox.ButtonRole.RejectRole)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.MARGIN, style.MARGIN, style.MARGIN, style.MARGIN)
        layout.setSpacing(style.MARGIN)
        layout.addWidget(files)
        layout.addLayout(grid)
        layout.addWidget(buttons)
        self.setMinimumWidth(_WIDTH)

    def _take(self) -> None:
        for cell in self.cells.values():
            cell.editor.commit()
        wrong = next((cell for cell in self.cells.values() if cell.editor.problem), None)
        if wrong is not None:
            wrong.refresh()
            wrong.editor.box.setFocus()
            return
        values = {key: cell.editor.value() for key, cell in self.cells.items()}
        self.described.emit(Paper(values["kind"] or "", values["valid_to"], values["remark"] or ""))
        self.accept()
