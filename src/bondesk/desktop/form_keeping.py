"""Typing that must not be lost: kept on the disk, compared with what somebody else stored, brought back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from bondesk.base.documents import DocumentType
from bondesk.desktop import form_refill
from bondesk.desktop.draft_files import UnsavedInput
from bondesk.desktop.draft_store import LeftBehind
from bondesk.desktop.form_body import FormBody
from bondesk.desktop.form_deeds import FormDeeds
from bondesk.desktop.form_drafts import FormDrafts
from bondesk.desktop.form_notice import FormNotice
from bondesk.desktop.kept_input import Difference, differences
from bondesk.desktop.kept_pane import KeptPane
from bondesk.engine.drafts import Draft

WAITING = "请先在右侧选择采用谁的内容并合并（或放弃）"


class FormKeeping(QObject):
    """The unsaved typing of one form. ``settled`` after a comparison was merged or given up."""

    settled = Signal()

    def __init__(
        self,
        document: DocumentType,
        body: FormBody,
        deeds: FormDeeds,
        pane: KeptPane,
        notice: FormNotice,
        drafts: FormDrafts,
        show: Callable[[Draft], object],
    ) -> None:
        """``show`` puts a stored draft onto the screen."""
        super().__init__(body)
        self._document, self._body, self._deeds = document, body, deeds
        self._pane, self._notice, self.drafts, self._show = pane, notice, drafts, show
        self._kept: UnsavedInput | None = None
        pane.merge.connect(self._merge)
        pane.given_up.connect(self._give_up)

    @property
    def waiting(self) -> bool:
        """Tell whether two versions stand side by side and nothing was decided yet."""
        return self._kept is not None

    def tell(self, who: str) -> None:
        """Say that ``who`` was faster; the versions can be compared."""
        text = f"{who}修改了这张单据，因此没有保存。您的输入仍在屏幕上；请对比两个版本后逐项选择。"
        self._notice.say(text, "warn", "对比两个版本", lambda: self.compare(who))

    def compare(self, who: str) -> None:
        """Load the newer version; what was typed stands beside it."""
        self._body.commit()
        kept = self.drafts.unsaved()
        self._deeds.look_again(lambda stored: self._side_by_side(kept, stored, who))

    def _side_by_side(self, kept: UnsavedInput, stored: Draft, who: str) -> None:
        before, typed = kept.typed_over(stored)
        found = differences(self._document, before, typed, stored)
        self._show(stored)
        self._body.rows.bring_back(kept.rows)
        if not found:
            form_refill.put_unread(self._body, kept)
            self._notice.say(f"{who}作了与您相同的修改，已载入新版本。", "warn")
            return
        self._kept = kept
        self._pane.show_differences(self._document, found, who)
        self.settled.emit()

    def _merge(self, chosen: Sequence[Difference]) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            form_refill.merge(self._body, chosen, kept)
            self._notice.say("已合并两个版本，请核对后按 Ctrl+S 保存；按 Ctrl+Z 可撤销合并。", "warn")
        self.settled.emit()

    def _give_up(self) -> None:
        self._kept = None
        self.settled.emit()
        self.drafts.keep()

    def keep(self) -> None:
        """Follow an edit; a comparison under way keeps the file it came from."""
        if not self.waiting:
            self.drafts.edited()

    def restore(self, left: LeftBehind) -> None:
        """Bring back what a window that ended badly had not saved, over the document as it is now."""
        kept, base = left.kept, self._body.base
        if base.id is not None and base.revision != kept.revision:
            self._deeds.ask_who(lambda who: self._side_by_side(kept, base, who))
            return
        form_refill.restore(self._body, kept)
        self._body.rows.bring_back(kept.rows)
        gone = kept.id is not None and base.id is None
        text = f"已恢复 {kept.saved_at} 尚未保存的输入，请核对后保存。"
        self._notice.say(text + ("原单据已被删除，现作为新单据。" if gone else ""), "warn")
        self.drafts.keep()
