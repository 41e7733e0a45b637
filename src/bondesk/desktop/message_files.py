"""Message files (XML or zip) imported from a list: several at once, each whole or not at all, off the UI thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.findings import Finding, note
from bondesk.base.steps import play
from bondesk.desktop.context import DeskContext
from bondesk.desktop.findings_view import FindingsDialog
from bondesk.desktop.form_work import off_thread
from bondesk.engine.message_import import import_message_steps

_FILES = "报文 (*.xml *.zip)"


class MessageFiles(QObject):
    """Asks for files and imports them as documents of one kind."""

    def __init__(
        self, context: DeskContext, document: DocumentType, explain: Callable[[Exception], object], page: QWidget
    ) -> None:
        """Import for the list ``page``; ``explain`` shows what failed."""
        super().__init__(page)
        self._context, self._document, self._explain, self._page = context, document, explain, page

    def ask(self) -> None:
        """Let the clerk choose files."""
        dialog = QFileDialog(self._page, f"导入报文 — {self._document.title}")
        dialog.setObjectName("message_files_dialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(_FILES)
        dialog.filesSelected.connect(lambda chosen: self.bring([Path(one) for one in chosen]))
        dialog.open()

    def bring(self, paths: Sequence[Path]) -> None:
        """Import ``paths``, each in a transaction of its own, then say what came of all."""
        engine, identity, document = self._context.engine, self._context.identity, self._document

        def job() -> tuple[int, list[Finding]]:
            done, found = 0, list[Finding]()
            for path in paths:
                try:
                    with engine.acting(identity) as act:
                        outcome = play(import_message_steps(act, document, path))
                except Refused as refusal:
                    found += [note(one.code, f"{path.name}：{one}", value=one.value) for one in refusal.findings]
                    continue
                done += 1
                found += [note(one.code, f"{path.name}：{one}") for one in outcome.findings]
            return done, found

        def told(answer: tuple[int, list[Finding]]) -> None:
            done, found = answer
            text = f"已导入「{document.title}」{done} 份"
            text += f"，{len(paths) - done} 份没有导入" if done < len(paths) else ""
            self._context.show_message(text)
            if found:
                FindingsDialog(f"导入报文 — {document.title}", text, found, self._page).open()
            if done:
                self._context.changed(document.key)

        off_thread(self._context, self, job, told, self._explain)
