"""发送: asks once and which way, says what the check before sending found, takes the reason of who sends all the same.

The first sending also asks for 参数设置; the answers are kept and never asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.findings import Finding
from bondesk.base.sender_setting import SenderSetting
from bondesk.desktop import style
from bondesk.desktop.background import while_alive
from bondesk.desktop.context import DeskContext
from bondesk.desktop.form_work import in_act, sentence
from bondesk.desktop.found_before import FoundBefore
from bondesk.desktop.option_form import OptionForm, problems_text
from bondesk.desktop.send_way import SendWay
from bondesk.engine import declaring, send_check
from bondesk.engine.act import Act

_WAIT = "正在检查…"
_WIDE = 560
_SETTING = "首次发送，请先填写参数设置（只问一次，以后在「企业基本信息」中修改）"


class SendDialog(QDialog):
    """Checks ``ids`` while it is open; ``go(reason, way)`` is called when the user sends.

    ``reason`` is "" without an override, ``way`` 0 (暂存) or 1 (申报), "" when it could not be asked.
    """

    def __init__(
        self,
        context: DeskContext,
        document: DocumentType,
        ids: Sequence[int],
        what: str,
        go: Callable[[str, str], object],
        parent: QWidget,
    ) -> None:
        """Ask whether to send ``what``."""
        super().__init__(parent)
        self.setObjectName("send_dialog")
        self.setWindowTitle(f"发送 — {document.title}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._document, self._go = context, document, go
        self.question = QLabel(f"确定发送{what}吗？\n发送后不能取消审核。", self)
        self.question.setObjectName("send_question")
        self.question.setWordWrap(True)
        self.asked = QLabel(_SETTING, self)
        self.asked.setObjectName("send_setting_title")
        self.asked.setWordWrap(True)
        self.way = SendWay(self)
        self.setting: OptionForm | None = None
        self.problem = QLabel(self)
        self.problem.setObjectName("send_problem")
        self.problem.setWordWrap(True)
        style.set_tone(self.problem, "bad", "ink")
        self.before = FoundBefore(self)
        self.before.changed.connect(self._refresh)
        self._build()

        def look(act: Act) -> tuple[SenderSetting, str, list[Finding]]:
            way = declaring.way_of(act, document)
            return declaring.setting_of(act), way, send_check.questions(act, document, ids)

        context.lane.act(look, while_alive(self, self._checked), while_alive(self, self._failed))

    def _build(self) -> None:
        self.buttons = QDialogButtonBox(self)
        self.send = self.buttons.addButton(_WAIT, QDialogButtonBox.ButtonRole.AcceptRole)
        self.send.setObjectName("question_yes")
        self.send.setEnabled(False)
        cancel = self.buttons.addButton("取消", QDialogButtonBox.ButtonRole.RejectRole)
        cancel.setObjectName("question_cancel")
        self.buttons.accepted.connect(self._accepted)
        self.buttons.rejected.connect(self.reject)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(style.MARGIN, style.MARGIN, style.MARGIN, style.MARGIN)
        self._layout.setSpacing(style.WIDE_GAP)
        for widget in (self.question, self.way, self.asked, self.problem, self.before, self.buttons):
            self._layout.addWidget(widget)
        for hidden in (self.way, self.asked, self.problem):
            hidden.hide()
        self.setMinimumWidth(460)

    def _checked(self, answer: tuple[SenderSetting, str, Sequence[Finding]]) -> None:
        known, way, found = answer
        self.way.choose(way)
        self.way.setVisible(not known.missing)  # 参数设置 asks for it too
        if known.missing:
            self._ask_setting(known)
        self.before.show_found(found)
        if found:
            told = "发送前的检查有下列问题："
            self.question.setText(f"{self.question.text()}\n{told}")
            self.resize(720, 380)
        self._refresh()
        if self.setting is not None:
            self._to_first_gap(known)
        elif self.before.must_say:
            self.before.line.setFocus()
        else:
            self.send.setFocus()

    def _ask_setting(self, known: SenderSetting) -> None:
        form = self.setting = OptionForm(self._context, SenderSetting, self)
        form.set_value(known)
        form.changed.connect(self._refresh)
        form.finished.connect(self.send.click)
        self._layout.insertWidget(self._layout.indexOf(self.asked) + 1, form)
        self.asked.show()
        form.show()  # at once: what is not shown yet loses the cursor again
        self.setMinimumWidth(_WIDE)
        style.fit_height(self)

    def _to_first_gap(self, known: SenderSetting) -> None:
        assert self.setting is not None
        keys = [option.key for option in self.setting.options if not str(getattr(known, option.key)).strip()]
        self.setting.cells[keys[0]].editor.box.setFocus(Qt.FocusReason.OtherFocusReason)

    def _failed(self, _problem: Exception) -> None:
        """Let the sending itself say what is wrong: it checks again and knows more."""
        self.before.show_found(())
        self._refresh()
        self.send.setFocus()

    def _why_not(self) -> str:
        if self.setting is not None and (missing := self.setting.value().missing):
            return f"请先填写「{'」「'.join(missing)}」"
        return self.before.why_not()

    def _refresh(self) -> None:
        words = "强制发送" if self.before.must_say else ("仍然发送" if self.before.found else "发送")
        self.send.setText(words if self.setting is None else f"保存并{words}")
        why = self._why_not()
        self.send.setEnabled(not why)
        self.send.setToolTip(why)

    def _accepted(self) -> None:
        if self._why_not():
            return
        if self.setting is None:
            self._finish()
        else:
            self.setting.when_ready(self._keep)

    def _keep(self, problems: Sequence[Finding]) -> None:
        assert self.setting is not None
        if problems:
            self._say(problems_text(problems))
            return
        self.send.setEnabled(False)
        keep = partial(declaring.keep_setting, setting=self.setting.value())
        in_act(self._context, self, keep, lambda _nothing: self._finish(), self._not_kept)

    def _not_kept(self, problem: Exception) -> None:
        self._refresh()
        self._say(sentence(problem))
        if isinstance(problem, Refused) and self.setting is not None:
            cell = self.setting.cells.get(problem.findings[0].field)
            if cell is not None:
                cell.editor.box.setFocus(Qt.FocusReason.OtherFocusReason)

    def _say(self, text: str) -> None:
        self.problem.setText(text)
        self.problem.show()

    def _finish(self) -> None:
        way = self.setting.value().declare_way if self.setting is not None else self.way.value
        self.accept()
        if way:
            keep = partial(declaring.remember_way, document=self._document, way=way)
            self._context.lane.act(keep, lambda _nothing: None, lambda _problem: None)
        self._go(self.before.reason, way)
