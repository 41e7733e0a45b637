"""变更 and 历史版本 on the form of what customs has approved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from bondesk.base.documents import DocumentType
from bondesk.desktop.commands import Command
from bondesk.desktop.context import DeskContext
from bondesk.desktop.form_work import in_act, sentence
from bondesk.desktop.questions import ask
from bondesk.engine import changing
from bondesk.engine.changing import Version


class BookChange:
    """Opens the change of an approved document, and its former versions."""

    def __init__(
        self,
        context: DeskContext,
        document: DocumentType,
        page: QWidget,
        shown: Callable[[], tuple[int | None, str]],
        say: Callable[[str], object],
    ) -> None:
        """``shown`` gives id and number of the document on ``page``; ``say`` shows why nothing happened."""
        self._context, self._document, self._page = context, document, page
        self._shown, self._say = shown, say
        self._busy = False

    def commands(self, why_not: Callable[[], str]) -> Iterator[Command]:
        """Yield what the user may do; nothing for a document that is not an approved copy."""
        path, may = self._document.change, self._context.identity.may
        if path is None or path.approved != self._document.key:
            return
        if may(path.draft, "new") and may(path.draft, "view"):
            yield Command("form.change", "变更", "", self.change, lambda: why_not() or self._why_busy(), "flow")
        if may(path.version, "view"):
            yield Command("form.versions", "历史版本", "", self.show_versions, why_not, "more")

    def _why_busy(self) -> str:
        return "正在建立变更，请稍候" if self._busy else ""

    def change(self) -> None:
        """Open the change under way, or ask and start one."""
        document_id, number = self._shown()
        if document_id is None:
            return
        document = self._document

        def found(draft: int | None) -> None:
            if draft is not None:
                self._context.show_message(f"{document.title} {number} 已有未办结的变更，已为您打开")
                self._open(draft)
                return
            text = f"确定变更「{document.title}」{number} 吗？\n将复制一份到暂存草稿，在那里修改后审核、发送。"
            ask(self._page, "变更", text, "变更", partial(self._start, document_id))

        look = partial(changing.open_change, document=document, approved_id=document_id)
        in_act(self._context, self._page, look, found, lambda problem: self._say(sentence(problem)))

    def _start(self, document_id: int) -> None:
        self._busy = True
        self._context.show_message("正在建立变更…")

        def started(draft: int) -> None:
            self._busy = False
            self._open(draft)

        def failed(problem: Exception) -> None:
            self._busy = False
            self._say(sentence(problem))

        start = partial(changing.start, document=self._document, approved_id=document_id)
        in_act(self._context, self._page, start, started, failed)

    def _open(self, draft: int) -> None:
        assert self._document.change is not None
        document = self._context.engine.catalogue.document(self._document.change.draft)
        self._context.changed(document.key)
        self._context.open_document(document, draft)

    def show_versions(self) -> None:
        """List the former versions below the button; choosing one opens it."""
        document_id, _number = self._shown()
        if document_id is not None:
            look = partial(changing.versions, document=self._document, approved_id=document_id)
            in_act(self._context, self._page, look, self._list, lambda problem: self._say(sentence(problem)))

    def _list(self, found: Sequence[Version]) -> None:
        if not found:
            self._context.show_message(f"「{self._document.title}」没有历史版本：还没有经过变更审批")
            return
        assert self._document.change is not None
        document = self._context.engine.catalogue.document(self._document.change.version)
        menu = QMenu(self._page)
        menu.setObjectName("versions_menu")
        for one in found:
            text = f"变更次数 {one.change_count}　{_day(one.since)} 至 {_day(one.until)}"
            action = menu.addAction(text)
            action.setObjectName(f"version.{one.change_count}")
            action.triggered.connect(partial(self._open_version, document, one.id))
        menu.aboutToHide.connect(menu.deleteLater)
        button = self._page.findChild(QWidget, "button.form.versions") or self._page
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    def _open_version(self, document: DocumentType, version: int, _checked: bool = False) -> None:
        self._context.open_document(document, version)


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else "（未记录）"
