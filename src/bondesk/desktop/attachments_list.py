"""The attached files of a document as rows a screen shows, and where new ones come from: disk, drop, clipboard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QImage, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem, QWidget

from bondesk.base.attachment import MOST_BYTES
from bondesk.base.attachment_names import Validity, size_text, validity
from bondesk.base.documents import DocumentType
from bondesk.base.errors import OutsideFailure
from bondesk.base.file_words import reason_of
from bondesk.desktop import style
from bondesk.engine import attachments, records
from bondesk.engine.act import Act
from bondesk.engine.attachments import Paper

COLUMNS = (("文件名", 168), ("种类", 74), ("有效期", 88), ("大小", 66), ("上传人", 70), ("时间", 128), ("备注", 120))
_ID = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class FileRow:
    """One attached file as the pane shows it; ``why_not_remove`` is "" when the user may remove it."""

    id: int
    name: str
    kind: str
    paper: Paper
    standing: Validity
    size: int
    user: str
    at: datetime
    why_not_remove: str


def file_rows(act: Act, document: DocumentType, document_id: int) -> list[FileRow]:
    """Read the files of a document for the pane."""
    header = records.load(act, document, document_id)
    return [
        FileRow(
            id=row.id,
            name=row.file_name,
            kind=attachments.kind_title(document, row.kind),
            paper=Paper(row.kind, row.valid_to, row.remark),
            standing=validity(row.valid_to, act.facts.today),
            size=row.size,
            user=row.user_name,
            at=row.at,
            why_not_remove=attachments.why_not_detach(act, document, header, row),
        )
        for row in attachments.attachments(act, document, document_id)
    ]


@dataclass(frozen=True)
class NewFile:
    """A file to attach: a path on this machine, or a picture from the clipboard."""

    name: str
    path: Path | None = None
    picture: QImage | None = None

    def read(self) -> bytes:
        """Return the bytes; call it off the UI thread. ``OutsideFailure`` when the file cannot be read."""
        if self.picture is not None:
            return _png(self.picture)
        assert self.path is not None
        try:
            with self.path.open("rb") as stream:
                return stream.read(MOST_BYTES + 1)  # one byte more tells that it is too large
        except OSError as problem:
            raise OutsideFailure(f"不能读取“{self.name}”：{reason_of(problem)}") from problem


def _png(picture: QImage) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG")  # type: ignore[call-overload]
    buffer.close()
    return bytes(data.data())


def new_files(source: QMimeData | None, now: datetime) -> list[NewFile]:
    """Return what a drop or the clipboard offers: files, or else a picture under the name of the moment."""
    if source is None:
        return []
    paths = [Path(url.toLocalFile()) for url in source.urls() if url.isLocalFile()]
    files = [NewFile(path.name, path) for path in paths if path.is_file()]
    if not files and not paths and source.hasImage():
        picture = source.imageData()
        if isinstance(picture, QImage) and not picture.isNull():
            return [NewFile(f"截图_{now:%Y%m%d_%H%M%S}.png", picture=picture)]
    return files


class AttachmentsTable(QTreeWidget):
    """The files as rows. ``opened`` by Enter, Space or a double click, ``dropped`` brings the mime data of a drop."""

    opened = Signal()
    removed = Signal()
    pasted = Signal()
    dropped = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        """Start empty; drops are taken once ``setAcceptDrops`` allows them."""
        super().__init__(parent)
        self.setObjectName("attachments_table")
        self.setHeaderLabels([title for title, _width in COLUMNS])
        for column, (_title, width) in enumerate(COLUMNS):
            self.setColumnWidth(column, width)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DropOnly)
        self.itemDoubleClicked.connect(lambda _item, _column: self.opened.emit())
        self.rows: tuple[FileRow, ...] = ()

    def show_rows(self, rows: Sequence[FileRow]) -> None:
        """Show files; what was selected stays selected."""
        kept = {row.id for row in self.selected()}
        self.rows = tuple(rows)
        self.clear()
        for row in rows:
            item = self._item(row)
            self.addTopLevelItem(item)
            item.setSelected(row.id in kept)
            if row.id in kept:
                self.setCurrentItem(item)
        first = self.topLevelItem(0)
        if first is not None and not self.selectedItems():
            self.setCurrentItem(first)

    def _item(self, row: FileRow) -> QTreeWidgetItem:
        lasting = row.standing.word if row.paper.valid_to is not None else ""
        texts = [row.name, row.kind, lasting, size_text(row.size), row.user, f"{row.at:%Y-%m-%d %H:%M}"]
        item = QTreeWidgetItem([*texts, row.paper.remark])
        item.setData(0, _ID, row.id)
        item.setTextAlignment(3, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        until = f"有效期至 {row.paper.valid_to}（{row.standing.word}）" if row.paper.valid_to else "长期有效"
        hint = "\n".join(filter(None, (row.name, f"{row.kind}，{until}", row.paper.remark)))
        for column in range(len(COLUMNS)):
            item.setToolTip(column, hint)
        if row.paper.valid_to is not None:
            tone = style.tone(row.standing.tone)
            item.setForeground(2, QColor(tone.foreground))
            item.setBackground(2, QColor(tone.background))
        return item

    def selected(self) -> list[FileRow]:
        """Return the selected files, in order."""
        ids = {item.data(0, _ID) for item in self.selectedItems()}
        return [row for row in self.rows if row.id in ids]

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter and Space open, Delete removes, Ctrl+V attaches what the clipboard holds."""
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space} and not control:
            self.opened.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.removed.emit()
        elif event.key() == Qt.Key.Key_V and control:
            self.pasted.emit()
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Take files from outside."""
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802 - Qt's name
        """Take them anywhere in the table."""
        event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Attach what was dropped."""
        event.acceptProposedAction()
        self.dropped.emit(event.mimeData())
