"""默认模板 in a form: new documents are filled as direction and mode are typed; chosen and kept by name.

What a template gives is one undoable edit and never replaces what somebody typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.template_filling import Filling
from bondesk.desktop.commands import Command
from bondesk.desktop.context import DeskContext
from bondesk.desktop.form_body import FormBody
from bondesk.desktop.form_edits import HeadFill
from bondesk.desktop.form_work import in_act, sentence
from bondesk.desktop.template_dialogs import ChooseTemplate, KeepTemplate, TemplateName
from bondesk.engine import templates
from bondesk.engine.act import Act
from bondesk.engine.templates import HEAD_TEMPLATE, TemplateOffer

#: A mode is looked up once its typing has settled.
_SETTLE_MS = 250


class FormTemplates(QObject):
    """The templates of one form. ``said`` brings a sentence about values that could not be filled."""

    said = Signal(str)

    def __init__(self, context: DeskContext, document: DocumentType, body: FormBody, parent: QWidget) -> None:
        """Fill what ``body`` edits; idle for documents without templates."""
        super().__init__(parent)
        self._context, self._document, self._body, self._page = context, document, body, parent
        self._by = [attribute.key for attribute in document.template_by]
        #: What templates have given; it may give way to a more fitting template while nobody changed it.
        self._given: dict[str, Any] = {}
        self._blank = False
        #: The template applied last: what 存为模板 proposes to write over.
        self._applied = ""
        self._asked: tuple[Any, ...] = ()
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.timeout.connect(self._look)
        if self._by:
            body.edited.connect(self._follow)

    def commands(self, why_locked: Callable[[], str]) -> Iterator[Command]:
        """Iterate over 套用模板 and 存为模板, as far as the user may."""
        if not self._by:
            return
        identity = self._context.identity
        if identity.may(self._document.key, "new") or identity.may(self._document.key, "edit"):
            yield Command("form.apply_template", "套用模板…", "", self.choose, why_locked, "template", rare=True)
        if identity.may(HEAD_TEMPLATE, "new"):
            yield Command("form.keep_template", "存为模板…", "", self.keep, self._why_not_keep, "template", rare=True)

    def _why_not_keep(self) -> str:
        kept = templates.keepable(self._document, self._body.head)
        return "" if kept else "表头还没有可存入模板的内容（编号、日期和数量不存入模板）"

    def started_with(self, filling: Filling) -> None:
        """Say which templates a blank document started with."""
        self._blank, self._given = True, dict(filling.values)
        self._asked = self._present()
        self._tell(filling, "已按模板{names}预填 {count} 项")

    def _tell(self, filling: Filling, text: str = "已套用模板{names}，填入 {count} 项；可撤销") -> None:
        if filling.names:
            names = "、".join(f"「{name}」" for name in filling.names)
            self._context.show_message(text.format(names=names, count=len(filling.values)))
        if filling.findings:
            self.said.emit("；".join(one.text for one in filling.findings))

    def _present(self) -> tuple[Any, ...]:
        return tuple(self._body.head.get(key) for key in self._by)

    def _follow(self) -> None:
        """Look for templates when direction or mode of a new document has become another."""
        if self._body.base.id is None and self._body.editable and self._present() != self._asked:
            self._settle.start()

    def _look(self) -> None:
        body, asked = self._body, self._present()
        if body.base.id is not None or not body.editable or asked == self._asked:
            return
        self._asked = asked
        document, head, proposed = self._document, dict(body.head), self._replaceable()

        def done(filling: Filling) -> None:
            if asked == self._present():
                self._apply(filling)

        in_act(
            self._context,
            self,
            lambda act: templates.usual_filling(act, document, head, proposed),
            done,
            lambda problem: self.said.emit(sentence(problem)),
        )

    def _replaceable(self) -> dict[str, Any]:
        """Return what a template may replace: what the program proposed or earlier templates gave.

        Only as far as it still stands there; a copy has values of the user's from the start.
        """
        proposed = {**(self._body.base.head if self._blank else {}), **self._given}
        return {key: value for key, value in proposed.items() if key not in self._by}

    def _apply(self, filling: Filling) -> None:
        """Write what was found, as one edit; a box holding a text that cannot be read is left alone."""
        body = self._body
        wrong = {editor.entry.key for editor in body.header.problems()}
        values = {key: value for key, value in filling.values.items() if key not in wrong}
        if values:
            names = "、".join(f"「{name}」" for name in filling.names)
            before = {key: body.head.get(key) for key in values}
            body.stack.push(HeadFill(body, before, values, f"套用模板{names}"))
            self._given.update(values)
            self._applied = filling.names[0]
        self._tell(Filling(values, filling.findings, filling.names if values else ()))

    def choose(self) -> None:
        """Show the templates that may be applied, with what each would fill."""
        self._body.commit()
        document, head = self._document, dict(self._body.head)

        def done(offers: list[TemplateOffer]) -> None:
            dialog = ChooseTemplate(document.title, offers, self._page)
            dialog.chosen.connect(lambda offer: self._apply(offer.filling))
            dialog.open()

        in_act(
            self._context,
            self,
            lambda act: templates.offers(act, document, head),
            done,
            lambda problem: self.said.emit(sentence(problem)),
        )

    def keep(self) -> None:
        """Ask for a name, then store the head as a template."""
        self._body.commit()
        document, head = self._document, dict(self._body.head)

        def work(act: Act) -> tuple[tuple[str, str], ...]:
            return templates.words(act, document, templates.keepable(document, head))

        def done(words: tuple[tuple[str, str], ...]) -> None:
            dialog = KeepTemplate(
                self._context,
                document,
                words,
                [str(head.get(key) or "") for key in self._by],
                self._page,
                self._applied,
            )
            dialog.named.connect(lambda name: self._keep(dialog, name, head))
            dialog.open()

        in_act(self._context, self, work, done, lambda problem: self.said.emit(sentence(problem)))

    def _keep(self, dialog: KeepTemplate, name: TemplateName, head: Mapping[str, Any]) -> None:
        document = self._document

        def work(act: Act) -> int:
            asked = (name.ie_flag, name.supervision_mode)
            usual, replace = name.usual, name.replace
            return templates.keep_as_template(act, document, name.name, head, asked, usual=usual, replace=replace)

        def done(_template_id: int) -> None:
            dialog.accept()
            self._context.show_message(f"已存为模板「{name.name}」，可在「默认模板」中修改")
            self._context.changed(HEAD_TEMPLATE)

        def failed(problem: Exception) -> None:
            codes = {one.code for one in problem.findings} if isinstance(problem, Refused) else set()
            dialog.refuse(sentence(problem), taken=codes == {"IMP-08"})

        in_act(self._context, self, work, done, failed)
