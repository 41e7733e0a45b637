"""单一窗口申报: what is audited and waits above, what became messages below; the spare for each screen's own 发送."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSplitter, QVBoxLayout, QWidget

from bondesk.base.sender_setting import DECLARE_WAYS
from bondesk.desktop import style
from bondesk.desktop.command_bar import CommandBar
from bondesk.desktop.commands import Command, CommandActions, Commands
from bondesk.desktop.context import DeskContext
from bondesk.desktop.form_work import in_act
from bondesk.desktop.jobs import sentence_of
from bondesk.desktop.message_dialog import MessageDialog
from bondesk.desktop.outbox_page import OutboxPage
from bondesk.desktop.told_rows import ToldRows
from bondesk.engine import declaring
from bondesk.engine.act import Act
from bondesk.engine.declaring import Declarable

_COLUMNS = (("单据", 16), ("单号", 22), ("报文", 30), ("申报方式", 12), ("审核时间", 18))
_WAYS = dict(DECLARE_WAYS)
_NOTHING = "没有已审核、等待申报的单据"
_AFTERWARDS = (
    "「直接申报」的单据由单一窗口转给海关；「暂存」的报关单请在单一窗口「货物申报 → 数据查询统计 → 报关数据查询」"
    "找到后申报，核注清单和账册在「加工贸易」相应系统中申报。"
)


def _cells(one: Declarable) -> tuple[str, ...]:
    audited = f"{one.audited_at:%Y-%m-%d %H:%M}" if one.audited_at else ""
    return one.title, one.number, one.message, _WAYS[one.way], audited


class DeclaringPage(QWidget):
    """The page; ``hand_over`` is the window's order to hand over what waits in the outbox."""

    def __init__(self, context: DeskContext, hand_over: Callable[[], object]) -> None:
        """Read both halves through the lane."""
        super().__init__()
        self.setWindowTitle("单一窗口申报")
        self._context, self._hand_over = context, hand_over
        self.rows = ToldRows("declaring", _COLUMNS, _cells, empty=_NOTHING, parent=self)
        self.commands = Commands(
            Command("declaring.all", "全选", "Ctrl+A", self.rows.view.selectAll, self._why_nothing_waits),
            Command("declaring.send", "申报所选", "Ctrl+Return", self.send, self._why_not_send),
            *self._ways(),
            Command("declaring.open", "打开单据", "Return", self.open, self._why_not_open),
        )
        own = ("declaring.all", "declaring.open")
        self.bound = CommandActions(self.commands, self, dict.fromkeys(own, self.rows.view))
        self.rows.marked.connect(self.bound.refresh)
        self.rows.opened.connect(self.open)
        self.outbox = OutboxPage(context, hand_over)
        self._build()
        self.setFocusProxy(self.rows)
        self.refresh()

    def _ways(self) -> Iterator[Command]:
        for (way, title), keys in zip(DECLARE_WAYS, ("Ctrl+1", "Ctrl+2"), strict=True):
            why_not = partial(self._why_not_go, way)
            yield Command(f"declaring.way_{way}", f"改为{title}", keys, partial(self.go, way), why_not)

    def _build(self) -> None:
        upper = QWidget(self)
        upper.setObjectName("declaring_upper")
        layout = QVBoxLayout(upper)
        layout.setContentsMargins(style.MARGIN, style.GAP, style.MARGIN, style.GAP)
        layout.addWidget(self._heading("待申报：已审核的单据", "declaring_heading"))
        layout.addWidget(CommandBar("declaring_bar", self.bound, (), upper))
        layout.addWidget(self.rows, 1)
        lower = QWidget(self)
        lower.setObjectName("declaring_lower")
        below = QVBoxLayout(lower)
        below.setContentsMargins(0, style.GAP, 0, 0)
        heading = self._heading("发件箱：已生成的报文", "outbox_heading")
        heading.setContentsMargins(style.MARGIN, 0, 0, 0)
        below.addWidget(heading)
        below.addWidget(self.outbox, 1)
        halves = QSplitter(Qt.Orientation.Vertical, self)
        halves.setObjectName("declaring_halves")
        halves.setChildrenCollapsible(False)
        halves.addWidget(upper)
        halves.addWidget(lower)
        hint = QLabel(_AFTERWARDS, self)
        hint.setObjectName("declaring_hint")
        hint.setProperty("role", "quiet")
        hint.setWordWrap(True)
        hint.setContentsMargins(style.MARGIN, 0, style.MARGIN, style.GAP)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(halves, 1)
        whole.addWidget(hint)

    def _heading(self, text: str, name: str) -> QLabel:
        label = QLabel(text, self)
        label.setObjectName(name)
        label.setProperty("role", "heading")
        return label

    def refresh(self) -> None:
        """Read what waits."""
        in_act(self._context, self, declaring.declarable, self._shown, self._failed)

    def _shown(self, waiting: Sequence[Declarable]) -> None:
        self.rows.show_rows(waiting, keep=lambda one: (one.document_key, one.document_id))
        self.bound.refresh()

    def document_changed(self, key: str) -> None:
        """Read both halves anew when documents that have a message changed."""
        if self._context.engine.catalogue.document(key).message is not None:
            self.refresh()
            self.outbox.refresh()

    def _why_nothing_waits(self) -> str:
        return "" if self.rows.model.rows else _NOTHING

    def _why_not_send(self) -> str:
        return self._why_nothing_waits() or ("" if self.rows.chosen() else "请先选择要申报的单据（Ctrl+A 全选）")

    def _why_not_open(self) -> str:
        return "" if len(self.rows.chosen()) == 1 else "请先选择一份单据"

    def _why_not_go(self, way: str) -> str:
        chosen: Sequence[Declarable] = self.rows.chosen()
        if not chosen:
            return self._why_nothing_waits() or "请先选择单据"
        return f"所选单据都是「{_WAYS[way]}」" if all(one.way == way for one in chosen) else ""

    def go(self, way: str) -> None:
        """Let documents of the marked kinds go 暂存 (0) or 直接申报 (1) from now on, as asked when one is sent."""
        if self._why_not_go(way):
            return
        kinds = {one.document_key: one.title for one in self.rows.chosen() if one.way != way}

        def keep(act: Act) -> None:
            for key in kinds:
                declaring.remember_way(act, act.catalogue.document(key), way)

        def kept(_nothing: None) -> None:
            self._context.show_message(f"{'、'.join(kinds.values())}：申报方式改为「{_WAYS[way]}」，以后也照此")
            self.refresh()

        in_act(self._context, self, keep, kept, self._failed)

    def send(self) -> None:
        """Make messages of the marked documents: the wizard asks and checks as 生成报文 does, with these ticked."""
        chosen: Sequence[Declarable] = self.rows.chosen()
        if chosen:
            marked = frozenset((one.document_key, one.document_id) for one in chosen)
            dialog = MessageDialog(self._context, self._sent, self, marked)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    def _sent(self) -> None:
        self.refresh()
        self._hand_over()

    def open(self) -> None:
        """Open the marked document."""
        if not self._why_not_open():
            (one,) = self.rows.chosen()
            self._context.open_document(self._context.engine.catalogue.document(one.document_key), one.document_id)

    def _failed(self, problem: Exception) -> None:
        self._context.show_message(sentence_of(problem))
