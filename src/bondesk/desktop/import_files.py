"""Files around an import: choosing the workbook, recent folders, template, corrected copy, rows left out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from bondesk.base.documents import DocumentType
from bondesk.desktop.background import while_alive
from bondesk.desktop.context import DeskContext
from bondesk.desktop.layout import Layout
from bondesk.engine import exporting
from bondesk.engine.act import Act
from bondesk.engine.import_preview import ImportPreview
from bondesk.engine.importing import write_corrected, write_refused

WORKBOOK_FILES = "Excel 工作簿 (*.xlsx *.xls)"
_WRITTEN = "Excel 工作簿 (*.xlsx)"
_LAYOUT = "layout"
_FOLDERS = "import/folders"
_MOST_FOLDERS = 8
_MOST_SHOWN = 60


class ImportFiles:
    """Asks for paths and writes files through the lane; ``say`` gets a sentence and its tone."""

    def __init__(
        self,
        context: DeskContext,
        document: DocumentType,
        owner: QWidget,
        say: Callable[[str, str], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Work for the dialog ``owner``."""
        self._context, self._document, self._owner, self._say, self._failed = context, document, owner, say, failed

    def folders(self) -> list[str]:
        """Return the folders workbooks were taken from lately, the last first."""
        kept = self._context.extras.get(_LAYOUT)
        return [line for line in kept.text(_FOLDERS).splitlines() if line] if isinstance(kept, Layout) else []

    def remember(self, path: Path) -> None:
        """Put the folder of a workbook first among the recent ones."""
        kept = self._context.extras.get(_LAYOUT)
        if isinstance(kept, Layout):
            folders = dict.fromkeys([str(path.parent), *self.folders()])
            kept.keep(_FOLDERS, "\n".join(list(folders)[:_MOST_FOLDERS]))

    def choose(self, then: Callable[[str], object], folder: str = "") -> None:
        """Ask for a workbook, beginning in ``folder`` or the one used last."""
        recent = self.folders()
        dialog = QFileDialog(self._owner, "选择工作簿", folder or (recent[0] if recent else ""))
        dialog.setObjectName("import_file_dialog")
        dialog.setNameFilters([WORKBOOK_FILES, "所有文件 (*)"])
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setSidebarUrls([*dialog.sidebarUrls(), *(QUrl.fromLocalFile(name) for name in recent)])
        dialog.fileSelected.connect(then)
        dialog.open()

    def fill_menu(self, menu: QMenu, then: Callable[[str], object]) -> None:
        """Offer the recent folders."""
        menu.clear()
        folders = self.folders()
        for number, folder in enumerate(folders, 1):
            shown = folder if len(folder) <= _MOST_SHOWN else f"…{folder[-_MOST_SHOWN:]}"
            action = menu.addAction(f"&{number}  {shown}")
            action.setObjectName(f"import_folder_{number}")
            action.triggered.connect(lambda _on=False, folder=folder: self.choose(then, folder))
        if not folders:
            menu.addAction("还没有最近使用的文件夹").setEnabled(False)

    def template(self) -> None:
        """Write the import template, own headings included."""
        document = self._document
        assert document.workbook is not None
        self._write(
            "导出模板",
            f"{document.workbook.title}导入模板.xlsx",
            lambda act, path: exporting.write_templates(act, document, path),
            "导入模板已保存",
        )

    def corrected(self, preview: ImportPreview) -> None:
        """Write a copy of the workbook with the corrections."""
        stem = Path(preview.opened.name).stem
        self._write(
            "另存更正后的工作簿",
            f"{stem}_已更正.xlsx",
            lambda act, path: write_corrected(act, preview, path),
            "更正后的工作簿已保存（更正过的单元格为黄色）",
        )

    def refused(self, preview: ImportPreview) -> None:
        """Write the rows left out with their reasons."""
        self._write(
            "另存未导入的行",
            "未导入的行.xlsx",
            lambda act, path: write_refused(act, preview, path),
            f"未导入的 {len(preview.refused_rows)} 行已保存，按「原因」列改正后可再导入",
        )

    def _write(self, title: str, name: str, write: Callable[[Act, Path], object], said: str) -> None:
        dialog = QFileDialog(self._owner, title)
        dialog.setObjectName("import_save_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(_WRITTEN)
        dialog.setDefaultSuffix("xlsx")
        dialog.selectFile(name)

        def chosen(target: str) -> None:
            path = Path(target)
            self._context.lane.act(
                lambda act: write(act, path),
                while_alive(self._owner, lambda _nothing: self._say(f"{said}：{path}", "good")),
                while_alive(self._owner, self._failed),
            )

        dialog.fileSelected.connect(chosen)
        dialog.open()
