"""Exports of what a page shows: the choice, the file, the strip that shows progress and, when done, the way to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from bondesk.base.steps import Outcome, Progress, Steps
from bondesk.desktop import style
from bondesk.desktop.background import while_alive
from bondesk.desktop.context import DeskContext
from bondesk.desktop.export_dialog import ExportChoice, ExportDialog, ExportOffer
from bondesk.desktop.jobs import jobs_of
from bondesk.desktop.talk import Talk
from bondesk.engine.act import Act
from bondesk.engine.list_export import file_stem

_KINDS = {"xlsx": "Excel 工作簿 (*.xlsx)", "csv": "文本 (*.csv)", "pdf": "PDF 文件 (*.pdf)"}
_BUSY = "上一次导出还没有结束，请稍候或取消"
#: Where the last export of this window went.
_FOLDER = "export_folder"


class ExportStrip(QWidget):
    """Hidden until an export runs; afterwards it leads to the file until it is closed."""

    def __init__(self, parent: QWidget) -> None:
        """Start hidden."""
        super().__init__(parent)
        self.setObjectName("export_strip")
        self.text = QLabel(self)
        self.text.setObjectName("export_text")
        self.bar = QProgressBar(self)
        self.bar.setObjectName("export_bar")
        self.bar.setMaximumWidth(320)
        self.stop = self._button("export_stop", "取消")
        self.file = self._button("export_open", "打开文件")
        self.folder = self._button("export_folder", "打开文件夹")
        self.shut = self._button("export_close", "关闭")
        self.shut.clicked.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(style.GAP)
        row.addWidget(self.text, 1)
        for widget in (self.bar, self.stop, self.file, self.folder, self.shut):
            row.addWidget(widget)
        self.hide()

    def _button(self, name: str, text: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        return button

    def say(self, text: str, *, running: bool, done: bool = False) -> None:
        """Show a sentence with the buttons that make sense now."""
        self.text.setText(text)
        self.text.setToolTip(text)
        self.bar.setVisible(running)
        self.stop.setVisible(running)
        self.stop.setEnabled(True)
        self.file.setVisible(done)
        self.folder.setVisible(done)
        self.shut.setVisible(not running)
        self.show()


class Exports(QObject):
    """Exports what a page called ``title`` shows, one export at a time.

    What there is to export is said by :meth:`offer`, which ends in :meth:`open_dialog`; what was chosen is
    written by :meth:`begin`, which ends in :meth:`start`.
    """

    def __init__(self, context: DeskContext, title: str, explain: Callable[[Exception], None], page: QWidget) -> None:
        """Export for ``page``; ``explain`` shows why an export failed."""
        super().__init__(page)
        self._context, self._title, self._explain, self._page = context, title, explain, page
        self._talk: Talk | None = None
        self._path = Path()
        self.strip = ExportStrip(page)
        self.strip.stop.clicked.connect(self._cancel)
        self.strip.file.clicked.connect(lambda: self._show(self._path))
        self.strip.folder.clicked.connect(lambda: self._show(self._path.parent))

    def offer(self, *, selected: bool) -> None:
        """Find out what there is to export and open the dialog; ``selected`` ticks the selection."""
        raise NotImplementedError

    def begin(self, choice: ExportChoice, path: Path) -> None:
        """Write what was chosen to ``path``."""
        raise NotImplementedError

    def _show(self, path: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self._context.show_message(f"打不开，请在文件管理器中查看：{path}")

    def ask(self) -> None:
        """Ask what to export."""
        self._offer(selected=False)

    def ask_selected(self) -> None:
        """Ask how to export the selection."""
        self._offer(selected=True)

    def ask_pages(self) -> None:
        """Ask where to put all of it as PDF pages."""
        if self._talk is not None:
            self._context.show_message(_BUSY)
        else:
            self._chosen(ExportChoice("", selected_only=False, suffix="pdf"))

    def _offer(self, *, selected: bool) -> None:
        if self._talk is not None:
            self._context.show_message(_BUSY)
        else:
            self.offer(selected=selected)

    def open_dialog(self, offer: ExportOffer, *, selected: bool) -> None:
        """Let the user choose among ``offer``."""
        dialog = ExportDialog(self._title, offer, self._page)
        dialog.choose(layout=offer.usual, selected=selected)
        dialog.chosen.connect(self._chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _chosen(self, choice: ExportChoice) -> None:
        stem = file_stem(self._title, self._context.engine.clock())
        dialog = QFileDialog(self._page, "导出")
        dialog.setObjectName("save_dialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(_KINDS[choice.suffix])
        dialog.setDefaultSuffix(choice.suffix)
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog.setDirectory(self._context.extras.get(_FOLDER) or documents)
        dialog.selectFile(f"{stem}.{choice.suffix}")
        dialog.fileSelected.connect(lambda name: self._to(choice, Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _to(self, choice: ExportChoice, path: Path) -> None:
        self._context.extras[_FOLDER] = str(path.parent)
        self.begin(choice, path)

    def start(self, steps: Callable[[Act], Steps], path: Path) -> None:
        """Run ``steps``, which write ``path``."""
        self._path = path
        talk = Talk(self._context, steps)
        self._talk = talk
        talk.progressed.connect(while_alive(self, self._progress))
        talk.ended.connect(while_alive(self, self._ended))
        talk.failed.connect(while_alive(self, self._failed))
        talk.cancelled.connect(self._cancelled)
        jobs_of(self._context).follow(f"导出 {self._title}", talk)
        self.strip.bar.setRange(0, 0)
        self.strip.say(f"正在导出 {path.name}", running=True)
        talk.start()

    def _progress(self, step: Progress) -> None:
        self.strip.bar.setRange(0, step.total)
        self.strip.bar.setValue(step.done)
        self.strip.text.setText(step.text)

    def _cancel(self) -> None:
        if self._talk is not None:
            self.strip.stop.setEnabled(False)
            self.strip.text.setText("正在取消…")
            self._talk.cancel()

    def _ended(self, outcome: Outcome) -> None:
        self._talk = None
        self.strip.say(outcome.text, running=False, done=True)
        self._context.show_message(outcome.text)

    def _failed(self, problem: Exception) -> None:
        self._talk = None
        self.strip.hide()
        self._explain(problem)

    def _cancelled(self) -> None:
        self._talk = None
        self.strip.say("导出已取消，没有写出文件", running=False)
