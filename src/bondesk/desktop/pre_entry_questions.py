"""What is asked before 数据预录入 uploads: findings of the check before sending, then what may have arrived before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from bondesk.base.findings import Finding
from bondesk.desktop import style
from bondesk.desktop.context import DeskContext
from bondesk.desktop.form_work import in_act
from bondesk.desktop.found_before import FoundBefore
from bondesk.desktop.questions import ask
from bondesk.engine import pre_entry_choice, send_check
from bondesk.engine.act import Act
from bondesk.engine.pre_entry_choice import Chosen, by_kind

#: Names of documents a question lists.
_NAMED = 6
_WIDE, _HIGH = 720, 380


class FoundDialog(QDialog):
    """Shows ``found``; ``go(reason)`` is called when the user goes on, the reason is "" where none is needed."""

    def __init__(self, found: Sequence[Finding], go: Callable[[str], object], parent: QWidget) -> None:
        """Ask whether to upload all the same."""
        super().__init__(parent)
        self.setObjectName("found_dialog")
        self.setWindowTitle("上传前的检查")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        told = QLabel("上传前的检查有下列问题：", self)
        told.setObjectName("found_text")
        self.before = FoundBefore(self)
        self.before.show_found(found)
        self.before.changed.connect(self._refresh)
        buttons = QDialogButtonBox(self)
        words = "强制上传" if self.before.must_say else "仍然上传"
        self.yes = buttons.addButton(words, QDialogButtonBox.ButtonRole.AcceptRole)
        self.yes.setObjectName("question_yes")
        cancel = buttons.addButton("取消", QDialogButtonBox.ButtonRole.RejectRole)
        cancel.setObjectName("question_cancel")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(lambda: go(self.before.reason))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.MARGIN, style.MARGIN, style.MARGIN, style.MARGIN)
        layout.setSpacing(style.WIDE_GAP)
        for widget in (told, self.before, buttons):
            layout.addWidget(widget)
        self.resize(_WIDE, _HIGH)
        self._refresh()
        (self.before.line if self.before.must_say else cancel).setFocus()

    def _refresh(self) -> None:
        why = self.before.why_not()
        self.yes.setEnabled(not why)
        self.yes.setToolTip(why)


class UploadQuestions:
    """``start(chosen, again, force)`` begins the upload once everything is answered; ``failed`` is told the rest."""

    def __init__(
        self,
        context: DeskContext,
        page: QWidget,
        start: Callable[..., object],
        failed: Callable[[Exception], object],
    ) -> None:
        """Ask over ``page``."""
        self._context, self._page, self._start, self._failed = context, page, start, failed

    def ask(self, chosen: Sequence[Chosen]) -> None:
        """Look whether anything is to be asked about ``chosen``."""

        def look(act: Act) -> tuple[list[Finding], list[str]]:
            found: list[Finding] = []
            for key, ids in by_kind(chosen).items():
                found += send_check.questions(act, act.catalogue.document(key), ids)
            return found, pre_entry_choice.earlier(act, chosen)

        in_act(self._context, self._page, look, partial(self._found, chosen), self._failed)

    def _found(self, chosen: Sequence[Chosen], answer: tuple[Sequence[Finding], Sequence[str]]) -> None:
        found, before = answer
        if found:
            FoundDialog(found, partial(self._ask_again, chosen, before), self._page).open()
        else:
            self._ask_again(chosen, before, "")

    def _ask_again(self, chosen: Sequence[Chosen], before: Sequence[str], force: str) -> None:
        if not before:
            self._start(chosen, again=False, force=force)
            return
        more = f"\n…… 共 {len(before)} 份" if len(before) > _NAMED else ""
        text = "下列单据可能已经上传过，再次上传可能造成重复申报，请先在单一窗口查询：\n" + "\n".join(before[:_NAMED])
        ask(
            self._page,
            "再次上传",
            f"{text}{more}\n\n再次上传记入操作日志。",
            "再次上传",
            partial(self._start, chosen, again=True, force=force),
        )
