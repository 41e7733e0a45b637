"""The one form: every document's form follows from its declaration."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QLabel, QMessageBox, QSplitter, QVBoxLayout, QWidget
from shiboken6 import isValid

from bondesk.base.documents import DocumentType
from bondesk.base.findings import Finding, errors_in
from bondesk.base.flow import Move
from bondesk.desktop import style
from bondesk.desktop.book_change import BookChange
from bondesk.desktop.code_lookup import known_codes
from bondesk.desktop.command_bar import CommandBar
from bondesk.desktop.commands import CommandActions
from bondesk.desktop.context import DeskContext
from bondesk.desktop.draft_store import DRAFTS, LeftBehind
from bondesk.desktop.form_body import FormBody
from bondesk.desktop.form_checks import FormChecks
from bondesk.desktop.form_commands import HIDDEN, form_commands
from bondesk.desktop.form_deeds import GONE, FormDeeds, Moved
from bondesk.desktop.form_drafts import FormDrafts
from bondesk.desktop.form_export import FormExport
from bondesk.desktop.form_keeping import WAITING, FormKeeping
from bondesk.desktop.form_notice import FormNotice, ask_unsaved
from bondesk.desktop.form_templates import FormTemplates
from bondesk.desktop.form_words import number_text, show_state, why_locked, why_not_delete
from bondesk.desktop.head_totals import HeadTotals
from bondesk.desktop.kept_pane import KeptPane
from bondesk.desktop.questions import ask
from bondesk.desktop.send_dialog import SendDialog
from bondesk.desktop.side_panes import SidePane, SidePanes
from bondesk.engine.drafts import Draft

_RUNNING = "正在处理，请稍候"


class FormPage(QWidget):
    """The form of one stored, new or copied document."""

    def __init__(
        self,
        context: DeskContext,
        document: DocumentType,
        document_id: int | None,
        copy_of: int | None = None,
        left: LeftBehind | None = None,
    ) -> None:
        """Show document ``document_id``; None opens a blank one, or the copy of ``copy_of``.

        ``left`` is unsaved input to bring back once the document is there.
        """
        super().__init__()
        self.setObjectName(f"form.{document.key}")
        self._context, self.document = context, document
        self._copy_of, self._left = copy_of, left
        self._wanted: tuple[str, int] | None = None
        self._ready = self._closing = self._unlocked = False
        self.split = QSplitter(Qt.Orientation.Horizontal, self)
        self.body = FormBody(context, document, self.split)
        self.totals = HeadTotals(context, self.body, self)
        self.deeds = FormDeeds(context, document, self.body)
        self.checks = FormChecks(context.lane, document, self.body.draft, self)
        self.side = SidePanes(context, document, self, lambda: self.body.base.id)
        self.kept = KeptPane(known_codes(context), self)
        self.notice = FormNotice(self)
        drafts = FormDrafts(context.extras.get(DRAFTS), document, self.body, self, lambda: self.dirty, self.number)
        self.keeping = FormKeeping(document, self.body, self.deeds, self.kept, self.notice, drafts, self._show)
        self.badge = QLabel(self)
        self.badge.setObjectName("form_state")
        self.templates = FormTemplates(context, document, self.body, self)
        panes, templates = self.side.commands(self.why_not_stored), self.templates.commands(self.why_not_save)
        shown, say = (lambda: (self.body.base.id, self.number())), (lambda text: self.notice.say(text, "error"))
        self.change = BookChange(context, document, self, shown, say)
        self.export = FormExport(context, document, self, shown, say)
        more = (*self.change.commands(self.why_not_stored), *self.export.commands(self.why_not_stored))
        self.commands = form_commands(self, context.identity, (*more, *panes, *templates))
        self.bound = CommandActions(self.commands, self)
        self.side.count_on(self.bound)
        self._build()
        self._connect()
        self._retitle()
        self.deeds.open(document_id, copy_of)

    def _build(self) -> None:
        bar = CommandBar("form_toolbar", self.bound, {HIDDEN}, self, self.badge)
        self.split.setObjectName("form_side_split")
        self.split.setChildrenCollapsible(False)
        for widget in (self.body, self.kept, *self.side.widgets()):
            self.split.addWidget(widget)
        self.split.setStretchFactor(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, style.GAP, 0, 0)
        layout.setSpacing(style.GAP - 2)
        layout.addWidget(bar)
        layout.addWidget(self.notice)
        layout.addWidget(self.split, 1)
        self.body.setEnabled(False)

    def _connect(self) -> None:
        deeds = self.deeds
        deeds.opened.connect(self._opened)
        deeds.templated.connect(self.templates.started_with)
        self.templates.said.connect(lambda text: self.notice.say(text, "warn"))
        deeds.stored.connect(self._stored)
        deeds.moved.connect(self._moved)
        deeds.refused.connect(self._refused)
        deeds.failed.connect(lambda text: self.notice.say(text, "error"))
        deeds.conflicted.connect(self.keeping.tell)
        deeds.deleted.connect(self._deleted)
        deeds.working.connect(lambda _busy: self.bound.refresh())
        self.export.busy_changed.connect(lambda: self.bound.refresh())
        self.body.edited.connect(self._edited)
        self.body.rows_edited.connect(self._row_edited)
        self.body.rows.deeds.form_busy = lambda: deeds.busy
        self.body.rows.deeds.acted.connect(self._rows_acted)
        self.body.rows.deeds.conflicted.connect(lambda: deeds.ask_who(self._rows_overtaken))
        for cell in self.body.header.cells.values():
            cell.editor.noted.connect(self._retitle)
        self.body.stack.indexChanged.connect(self._stack_moved)
        self.checks.found.connect(self.body.findings.show)
        self.checks.found.connect(lambda _found: self.bound.refresh())  # F8 has somewhere to go now, or no more
        self.keeping.settled.connect(self._settled)

    def _stack_moved(self, _index: int) -> None:
        """Follow the undo stack, but not when it empties itself on its way out."""
        if isValid(self.body.stack):
            self._retitle()

    def _opened(self, draft: Draft) -> None:
        self._ready = True
        self.body.setEnabled(True)
        self._show(draft)
        self.side.follow()
        self.side.open_at_once()
        if self._copy_of is not None and draft.id is None:
            self.body.stack.resetClean()
        if self.body.editable:
            self.body.header.focus_first()
        if self._left is not None:
            left, self._left = self._left, None
            if self.document.opens_locked:
                self.unlock()
            self.keeping.restore(left)
            self._context.extras[DRAFTS].discard(left)
        if self._wanted is not None:
            self.show_line(*self._wanted)

    def show_line(self, table: str, line_id: int) -> None:
        """Go to a stored line, once the document is there."""
        self._wanted = None if self._ready else (table, line_id)
        if self._ready:
            self.body.findings.show_line(table, line_id)

    def _show(self, draft: Draft) -> None:
        """Show a draft as it is stored."""
        self.checks.forget()
        self.body.load(draft)
        self._unlocked = False
        self.notice.clear()
        self._follow_state()
        if self.body.editable and draft.id is None and self._copy_of is None:
            self.body.strip.show_findings((), "开始填写后自动检查")  # a blank form is no list of errors
        elif self.body.editable:
            self.checks.soon()

    def _follow_state(self) -> None:
        """Open or grey the form as the state and the rights say; say why it is grey."""
        reason = self._why_locked()
        self.body.set_editable(not reason, reason)
        show_state(self.badge, self.document, self.body.base)
        if reason:
            self.notice.say(reason, "locked")
        self._retitle()
        self.body.fit()

    def _why_locked(self) -> str:
        base = self.body.base
        unlocked = self._unlocked or not self.document.opens_locked or base.id is None
        return why_locked(self.document, base, self._context.identity, unlocked=unlocked)

    def _settled(self) -> None:
        """Two versions were put side by side, merged, or one given up."""
        self._retitle()
        if self.body.editable and not self.keeping.waiting:
            self.body.header.focus_first()

    def _edited(self) -> None:
        self._retitle()
        self.body.findings.edited()
        self.keeping.keep()
        if self.body.editable:
            self.checks.soon()

    def _retitle(self) -> None:
        """Write the title with number and unsaved marker."""
        title, number = self.document.title, self.number()
        if self.body.base.id is not None:
            text = f"{title} {number}" if number else title
        else:
            text = f"复制 {title}" if self._copy_of is not None else f"新增 {title}"
        self.setWindowTitle(text + ("*" if self.dirty else ""))
        self.bound.refresh()

    def number(self) -> str:
        """Return the business number as stored."""
        return number_text(self.document, self.body.base)

    @property
    def dirty(self) -> bool:
        """Tell whether closing would lose anything."""
        return self._ready and (self.keeping.waiting or (self.body.editable and self.body.dirty))

    def _stored(self, _draft: Draft) -> None:
        self.notice.clear()
        self._unlocked = self.dirty
        self._follow_state()
        self.checks.soon()
        self.keeping.drafts.keep()
        self._context.show_message(f"已保存「{self.document.title}」{self.number()}")
        self._tell_others()

    def _row_edited(self) -> None:
        """Follow the typing in a single row."""
        self._retitle()
        self.keeping.keep()

    def _rows_acted(self) -> None:
        """Follow an act on single rows."""
        self._retitle()
        self.keeping.keep()
        self._tell_others()

    def _rows_overtaken(self, who: str) -> None:
        """Say that somebody was faster; the row being typed stays where it is."""
        if self.body.head_dirty:
            self.keeping.tell(who)
            return
        text = f"{who}修改了这张单据，因此没有执行。您正在填写的行仍在屏幕上；重新载入后可再次确认。"
        self.notice.say(text, "warn", "重新载入", lambda: self.deeds.look_again(self._show))

    def _tell_others(self) -> None:
        self.side.follow()
        self._context.changed(self.document.key)

    def _moved(self, moved: Moved) -> None:
        self._show(moved.draft)
        self.checks.forget()
        self.body.findings.show(moved.findings)
        state = self.document.flow.state(moved.draft.state).title
        text = f"{self.document.title} {self.number()} 现为「{state}」"
        self._context.show_message(text + (f"，另有 {len(moved.findings)} 条提示" if moved.findings else ""))
        self._tell_others()

    def _refused(self, findings: tuple[Finding, ...]) -> None:
        if not self._ready and self._left is not None and findings[0].code == GONE:
            self.deeds.open(None, None)
            return
        if not self._ready:
            self.notice.say("；".join(finding.text for finding in findings), "error")
            return
        self.checks.forget()
        self.body.findings.show(findings, loud=True)
        errors = errors_in(findings)
        placed = next((one for one in errors if one.field), None)
        count = f"，共 {len(errors)} 处" if len(errors) > 1 else ""
        self.notice.say(f"没有完成：{(errors or findings)[0].text}{count}。您的输入仍在屏幕上。", "error")
        if placed is not None:
            self.body.findings.go_to(placed)
        if self.body.editable:
            self.checks.soon()

    def _deleted(self) -> None:
        self._context.show_message(f"已删除「{self.document.title}」{self.number()}")
        self._closing = True
        self._context.changed(self.document.key)
        self.close()

    def save(self) -> None:
        """Store what is on the screen."""
        self.deeds.save()

    def unlock(self) -> None:
        """Let a form that opens locked be edited."""
        self._unlocked = True
        self.notice.clear()
        self._follow_state()
        self.checks.soon()
        self.body.header.focus_first()

    def why_not_unlock(self) -> str:
        """Return why it cannot be unlocked now."""
        return self._why_waiting() or ("已经可以编辑" if self.body.editable else "")

    def undo(self) -> None:
        """Take back the last edit."""
        self.body.undo()

    def redo(self) -> None:
        """Do again what was taken back."""
        self.body.redo()

    def order_move(self, order: Move) -> None:
        """Order a move of the flow; ask first when no way leads back."""
        flow = self.document.flow
        if any(order.target in other.sources for other in flow.moves):
            self.deeds.move(order)
            return
        text = f"确定{order.title}「{self.document.title}」{self.number()} 吗？\n"
        text += f"单据将变为「{flow.state(order.target).title}」，不能再改回。"
        ask(self, order.title, text, order.title, partial(self.deeds.move, order))

    def send(self) -> None:
        """Ask, then send."""
        document_id, what = self.body.base.id, f"「{self.document.title}」{self.number()} "
        assert document_id is not None
        SendDialog(self._context, self.document, [document_id], what, self.deeds.send, self).open()

    def copy(self) -> None:
        """Open a new form with the values of this document."""
        context, document, source = self._context, self.document, self.body.base.id
        title = f"复制 {document.title}"
        context.open_page(
            f"form.{document.key}.copy.{source}", title, lambda: FormPage(context, document, None, copy_of=source)
        )

    def delete(self) -> None:
        """Ask, then delete."""
        text = f"确定删除「{self.document.title}」{self.number()} 吗？\n删除后不能恢复。"
        ask(self, "删除", text, "删除", self.deeds.delete)

    @property
    def panes(self) -> list[SidePane]:
        """Return the panes beside the form."""
        return self.side.panes

    def switch_part(self) -> None:
        """Go from the head to the lines and back."""
        self.body.switch_part()

    def next_finding(self) -> None:
        """Go to the place of the next finding."""
        self.body.findings.step(1)

    def previous_finding(self) -> None:
        """Go to the place of the finding before."""
        self.body.findings.step(-1)

    def why_no_finding(self) -> str:
        """Return why there is no finding to go to."""
        return "" if self.body.strip.findings else "没有发现问题"

    def why_no_lines(self) -> str:
        """Return why there are no lines to go to."""
        return "" if self.body.grids or self.body.rows else "本单据没有明细"

    def reload(self) -> None:
        """Read the stored document again; ask when there is unsaved typing."""
        if self.dirty:
            text = "重新读取会放弃尚未保存的输入，确定吗？"
            ask(self, "刷新", text, "放弃并刷新", self._reload_all)
        else:
            self.deeds.look_again(self._show)

    def _reload_all(self) -> None:
        """Read everything again; a row being typed is given up."""
        self.body.rows.forget()
        self.deeds.look_again(self._show)

    def document_changed(self, key: str) -> None:
        """Follow a change made elsewhere, unless there is typing to keep (a save will then say CONFLICT)."""
        if key != self.document.key or self.body.base.id is None or self.dirty or self.deeds.busy or self._closing:
            return

        def done(stored: Draft) -> None:
            here = self.body.base
            if not self.dirty and (stored.revision, stored.state) != (here.revision, here.state):
                self._show(stored)

        self.deeds.look_again(done)

    def state(self) -> str:
        """Return the state of the document."""
        return self.body.base.state

    def can_undo(self) -> bool:
        """Tell whether there is an edit to take back."""
        return self.body.editable and (self.body.stack.canUndo() or any(True for _ in self.body.header.problems()))

    def can_redo(self) -> bool:
        """Tell whether there is an edit to do again."""
        return self.body.editable and self.body.stack.canRedo()

    def why_not_save(self) -> str:
        """Return why it cannot be saved now."""
        return self._why_waiting() or self._why_locked() or (WAITING if self.keeping.waiting else "")

    def why_not_stored(self) -> str:
        """Return why what needs a stored document cannot run now."""
        return self._why_waiting() or ("请先保存" if self.body.base.id is None else "")

    def why_not_delete(self) -> str:
        """Return why it cannot be deleted now."""
        return self.why_not_stored() or why_not_delete(self.document, self.body.base)

    def _why_waiting(self) -> str:
        return _RUNNING if self.deeds.busy or not self._ready else ""

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Ask before unsaved typing is lost; what stands in a box or a cell still being typed in counts."""
        if self._ready and self.body.editable and not self._closing:
            self.body.commit()
        if self.dirty and not self._closing:
            event.ignore()
            self._ask_unsaved()
            return
        self.checks.forget()
        self.keeping.drafts.forget()
        event.accept()

    def _ask_unsaved(self) -> QMessageBox:
        def leave() -> None:
            self._closing = True
            QTimer.singleShot(0, self.close)

        if self.keeping.waiting:
            text = "您的输入还没有与对方的版本合并，关闭后会丢失，确定关闭吗？"
            return ask(self, "关闭", text, "放弃并关闭", leave)
        return ask_unsaved(self, f"{self.document.title} {self.number()}", lambda: self.deeds.save(leave), leave)
