"""What the commands of a list do; the page only shows and selects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from bondesk.base.documents import DocumentType
from bondesk.base.errors import OutsideFailure, Refused, WrongCall
from bondesk.base.findings import Finding, error
from bondesk.base.flow import Move
from bondesk.base.steps import Script
from bondesk.desktop.background import while_alive
from bondesk.desktop.card_desk import offer_signing
from bondesk.desktop.context import DeskContext
from bondesk.desktop.findings_view import FindingsDialog
from bondesk.desktop.folders_offer import offer_folders
from bondesk.desktop.list_selection import ListSelection
from bondesk.desktop.list_work import RowResult, RowWork, WorkOnOne, findings_of, summary, worth_showing
from bondesk.desktop.message_files import MessageFiles
from bondesk.desktop.questions import ask
from bondesk.desktop.send_dialog import SendDialog
from bondesk.engine import exporting, records, sending
from bondesk.engine.act import Act
from bondesk.engine.query import PageRow
from bondesk.engine.sending import HandedOver

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

#: Documents one order may be given to; more is a job for a script.
MOST_ROWS = 2000
MOST_COPIED = 50_000
_WORKBOOKS = "Excel 工作簿 (*.xlsx)"
#: Key in the context's extras of what opens 数据更新 for some kinds of documents.
UPDATES = "updates"
#: Key in the context's extras under which conversations without a dialog are kept until they end.
RUNNING = "running"


class ListDeeds(QObject):
    """Opens, deletes, moves, sends, imports and exports for one list; ``working`` brings a started RowWork."""

    working = Signal(object)

    def __init__(self, context: DeskContext, document: DocumentType, selection: ListSelection, page: QWidget) -> None:
        """Act for the list ``page`` of ``document``."""
        super().__init__(page)
        self._context, self._document, self._selection, self._page = context, document, selection, page
        self.messages = MessageFiles(context, document, self.explain, page)

    def new(self) -> None:
        """Open an empty form."""
        self._context.open_document(self._document, None)

    def open(self) -> None:
        """Open the document under the cursor."""
        row = self._selection.current()
        if row is not None:
            self._context.open_document(self._document, row.id)

    def download(self) -> None:
        """Open 数据更新 with this kind of documents ticked."""
        self._context.extras[UPDATES]([self._document.key])

    def copy(self) -> None:
        """Open a new form with the values of the document under the cursor."""
        row = self._selection.current()
        if row is None:
            return
        from bondesk.desktop.form_page import FormPage

        context, document, source = self._context, self._document, row.id
        label = self._selection.model.label(row)
        context.open_page(
            f"form.{document.key}.copy.{source}",
            f"复制 {document.title} {label}",
            lambda: FormPage(context, document, None, copy_of=source),
        )

    def delete(self) -> None:
        """Ask, then delete every selected document the flow lets go."""
        document = self._document

        def work(act: Act, document_id: int) -> Sequence[Finding]:
            records.delete(act, document, document_id)
            return ()

        self._ask_and_do("删除", "删除后不能恢复。", "删除", work)

    def move(self, order: Move) -> None:
        """Order a move for every selected document; ask first when no way leads back."""
        document = self._document

        def work(act: Act, document_id: int) -> Sequence[Finding]:
            return records.move(act, document, document_id, order.key)

        if any(order.target in other.sources for other in document.flow.moves):
            self._with_few(lambda rows: self._do(order.title, rows, work))
        else:
            state = document.flow.state(order.target).title
            self._ask_and_do(order.title, f"单据将变为「{state}」，不能再改回。", order.title, work)

    def _ask_and_do(self, title: str, warning: str, yes: str, work: WorkOnOne) -> None:
        def with_rows(rows: list[PageRow]) -> None:
            what = self._named(rows)
            ask(self._page, title, f"确定{title}{what}吗？\n{warning}", yes, lambda: self._do(title, rows, work))

        self._with_few(with_rows)

    def _named(self, rows: Sequence[PageRow]) -> str:
        if len(rows) == 1:
            return f"「{self._document.title}」{self._selection.model.label(rows[0])} "
        return f"选中的 {len(rows)} 条「{self._document.title}」"

    def _with_few(self, then: Callable[[list[PageRow]], object]) -> None:
        size = self._selection.size
        if size > MOST_ROWS:
            self._context.show_message(f"选中了 {size} 条，一次最多处理 {MOST_ROWS} 条，请分批操作")
        elif size:
            self._selection.with_rows(then, self.explain)

    def _do(self, title: str, rows: Sequence[PageRow], work: WorkOnOne) -> None:
        label = self._selection.model.label
        job = RowWork(self._context.lane, [(row.id, label(row)) for row in rows], work, self)
        job.ended.connect(lambda results: self._done(title, results, len(rows)))
        self.working.emit(job)
        job.start()

    def _done(self, title: str, results: Sequence[RowResult], wanted: int) -> None:
        text = summary(title, results, wanted)
        self._context.show_message(text)
        if worth_showing(results):
            FindingsDialog(f"{title} — {self._document.title}", text, findings_of(title, results), self._page).open()
        if any(result.done for result in results):
            self._context.changed(self._document.key)

    def send(self) -> None:
        """Ask, then put the selected documents into the outbox (all or none) and hand them to the client."""

        def with_rows(rows: list[PageRow]) -> None:
            ids = [row.id for row in rows]
            go = partial(self._send, ids)
            SendDialog(self._context, self._document, ids, self._named(rows), go, self._page).open()

        self._with_few(with_rows)

    def _send(self, ids: list[int], reason: str = "", way: str = "") -> None:
        engine, identity, document = self._context.engine, self._context.identity, self._document

        def job() -> tuple[int, HandedOver | None]:
            with engine.acting(identity) as act:
                numbers = sending.order(act, document, ids, reason, way)
            return len(numbers), sending.hand_over(engine, identity) if engine.has_gateway else None

        self._context.lane.run(job, while_alive(self, self._sent), while_alive(self, self.explain))

    def _sent(self, answer: tuple[int, HandedOver | None]) -> None:
        ordered, handed = answer
        text = f"已放入发件箱 {ordered} 份"
        text += f"，已交给单一窗口客户端 {handed.handed} 份" if handed else "；未设置客户端目录，尚未交给单一窗口"
        self._context.show_message(text)
        if handed is None:
            offer_folders(self._context)
        if handed and handed.problems:
            found = [error("SEND", problem) for problem in handed.problems]
            FindingsDialog(f"发送 — {self._document.title}", text, found, self._page).open()
        offer_signing(self._context, handed)
        self._context.changed(self._document.key)

    def run_script(self, script: Script) -> None:
        """Open the dialog of a script with what is selected."""

        def with_rows(rows: list[PageRow]) -> None:
            from bondesk.desktop.script_dialog import ScriptDialog

            self._open(ScriptDialog(self._context, script, [row.id for row in rows], self._page))

        if self._selection.size:
            self._with_few(with_rows)
        else:
            with_rows([])

    def import_workbook(self, path: str = "") -> None:
        """Open the import dialog, for the workbook ``path`` when one was dropped."""
        from bondesk.desktop.import_dialog import ImportDialog

        self._open(ImportDialog(self._context, self._document, self._page, path))

    def template_of_setting(self) -> None:
        """Save the import template of the document the selected 导入设置 is for."""
        row = self._selection.current()
        if row is None:
            return
        setting = self._document

        def find(act: Act) -> str:
            key: str = records.load(act, setting, row.id).document_key
            return key

        def found(key: str) -> None:
            document = self._context.engine.catalogue.document(key)
            if document.workbook is None:
                self._context.show_message(f"「{document.title}」没有导入模板")
            else:
                self._ask_template(document)

        self._context.lane.act(find, while_alive(self, found), while_alive(self, self.explain))

    def _open(self, dialog: QDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(lambda _result: self._context.changed(self._document.key))
        dialog.open()

    def template(self) -> None:
        """Save the import template where the user says."""
        self._ask_template(self._document)

    def _ask_template(self, document: DocumentType) -> None:
        assert document.workbook is not None

        def write(path: Path) -> None:
            self._context.lane.act(
                lambda act: exporting.write_templates(act, document, path),
                while_alive(self, lambda _nothing: self._context.show_message(f"导入模板已保存：{path}")),
                while_alive(self, self.explain),
            )

        self._ask_path("保存导入模板", f"{document.workbook.title}导入模板.xlsx", write)

    def _ask_path(self, title: str, name: str, then: Callable[[Path], None]) -> None:
        dialog = QFileDialog(self._page, title)
        dialog.setObjectName("save_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(_WORKBOOKS)
        dialog.setDefaultSuffix("xlsx")
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
        dialog.open()

    def copy_rows(self) -> None:
        """Put the selected rows on the clipboard as a table with headings."""
        self._copy(headings=True)

    def copy_bare(self) -> None:
        """Put the selected rows on the clipboard without headings, to be pasted below others."""
        self._copy(headings=False)

    def _copy(self, *, headings: bool) -> None:
        size = self._selection.size
        if size > MOST_COPIED:
            self._context.show_message(f"选中了 {size} 行，最多复制 {MOST_COPIED} 行；更多请用导出")
            return

        def with_rows(rows: list[PageRow]) -> None:
            self._selection.copy(rows, headings=headings)
            self._context.show_message(f"已复制 {len(rows)} 行，可粘贴到 Excel")

        self._selection.with_rows(with_rows, self.explain)

    def explain(self, problem: Exception) -> None:
        """Show why something was refused or failed; what is our fault goes to the crash guard."""
        if isinstance(problem, Refused):
            text = f"「{self._document.title}」的操作没有完成，请按下列提示处理后重试。"
            FindingsDialog("未完成", text, problem.findings, self._page).open()
        elif isinstance(problem, OutsideFailure | WrongCall):
            self._context.show_message(str(problem))
        else:
            self._context.lane.crashed.emit(problem)
