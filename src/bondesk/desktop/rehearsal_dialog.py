"""演练海关: what the rehearsal customs answers next and what it holds back, for the trainer beside the clerk.

Offered only where the client's folder is marked as rehearsal; an order is added or taken out and kept at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from bondesk.base.rehearsal_script import (
    ANSWERS,
    DELAY,
    DELIVERIES,
    KINDS,
    LONGEST_DELAY,
    LONGEST_REASON,
    MOST_TIMES,
    HeldAnswer,
    Order,
    RehearsalDesk,
    answers_of,
    needs_reason,
    problems_of_order,
)
from bondesk.desktop import style
from bondesk.desktop.context import DeskContext
from bondesk.desktop.form_work import off_thread, sentence
from bondesk.desktop.help_dock import offer_help

T = TypeVar("T")
_EMPTY = "脚本为空：直接申报的报文都立即批准（报关单约每五份布控查验一份）；暂存的放出后才批准。"


@dataclass(frozen=True, slots=True)
class _Known:
    orders: tuple[Order, ...]
    held: tuple[HeldAnswer, ...]


class RehearsalDialog(QDialog):
    """Shows the script and what has not arrived; every deed is done off the UI thread and shown anew."""

    def __init__(self, context: DeskContext, desk: RehearsalDesk, parent: QWidget) -> None:
        """Read the script of ``desk``."""
        super().__init__(parent)
        self.setObjectName("rehearsal_dialog")
        self.setWindowTitle("演练海关")
        self._context, self._desk = context, desk
        self._known, self._busy = _Known((), ()), False
        self.orders, self.held = self._list("rehearsal_orders"), self._list("rehearsal_held")
        self.message = QLabel(self)
        self.message.setObjectName("rehearsal_message")
        self.message.setWordWrap(True)
        self._make_fields()
        self.add = self._button("rehearsal_add", "加入脚本", self.add_order)
        self.add.setDefault(True)
        self.remove = self._button("rehearsal_remove", "删除所选", self.remove_order)
        self.clear = self._button("rehearsal_clear", "清空脚本", lambda: self._keep(()))
        self.release = self._button("rehearsal_release", "放出所选", self.release_chosen)
        self.release_all = self._button("rehearsal_release_all", "全部放出", self.release_held)
        self.leave = self._button("rehearsal_close", "关闭", self.reject)
        self._build()
        offer_help(context, self, "rehearsal")
        self._answer_kinds()
        self._do(lambda: None, lambda _nothing: "")

    def _list(self, name: str) -> QListWidget:
        shown = QListWidget(self)
        shown.setObjectName(name)
        shown.setMinimumHeight(style.scaled(110))
        shown.currentRowChanged.connect(lambda _row: self._refresh())
        return shown

    def _button(self, name: str, text: str, run: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: run())
        return button

    def _choice(self, name: str, entries: Sequence[tuple[str, str]]) -> QComboBox:
        box = QComboBox(self)
        box.setObjectName(name)
        for key, title in entries:
            box.addItem(title, key)
        return box

    def _number(self, name: str, most: int, start: int, suffix: str) -> QSpinBox:
        box = QSpinBox(self)
        box.setObjectName(name)
        box.setRange(1, most)
        box.setValue(start)
        box.setSuffix(suffix)
        return box

    def _make_fields(self) -> None:
        self.kind = self._choice("rehearsal_kind", tuple(KINDS.items()))
        self.answer = self._choice("rehearsal_answer", ())
        self.reason = QLineEdit(self)
        self.reason.setObjectName("rehearsal_reason")
        self.reason.setMaxLength(LONGEST_REASON)
        self.reason.setPlaceholderText("海关退单的原因，会原样写进回执")
        self.delivery = self._choice("rehearsal_delivery", tuple(DELIVERIES.items()))
        self.seconds = self._number("rehearsal_seconds", LONGEST_DELAY, 30, " 秒")
        self.times = self._choice("rehearsal_times", (("next", "接下来"), ("always", "每一份")))
        self.left = self._number("rehearsal_left", MOST_TIMES, 1, " 份")
        self.kind.currentIndexChanged.connect(lambda _place: self._answer_kinds())
        for box in (self.answer, self.delivery, self.times):
            box.currentIndexChanged.connect(lambda _place: self._refresh())
        self.reason.textChanged.connect(lambda _text: self._refresh())

    def _answer_kinds(self) -> None:
        """Offer what customs can answer to the kind; what was chosen stays where it can."""
        former = self.answer.currentData()
        self.answer.clear()
        for key in answers_of(self.kind.currentData()):
            self.answer.addItem(ANSWERS[key], key)
        self.answer.setCurrentIndex(max(0, self.answer.findData(former)))
        self._refresh()

    def _build(self) -> None:
        form = QFormLayout()
        form.setSpacing(style.GAP)
        form.addRow("单据", self.kind)
        form.addRow("海关答复", self.answer)
        form.addRow("原因", self.reason)
        form.addRow("回执", _row(self.delivery, self.seconds))
        form.addRow("用于", _row(self.times, self.left))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.MARGIN, style.MARGIN, style.MARGIN, style.MARGIN)
        layout.setSpacing(style.WIDE_GAP)
        for part in (form, _row(self.add, stretch=True)):
            layout.addLayout(part)
        layout.addWidget(QLabel("脚本（从上到下，每种单据先用最上面的一条）", self))
        layout.addWidget(self.orders, 1)
        layout.addLayout(_row(self.remove, self.clear, stretch=True))
        layout.addWidget(QLabel("还没有送达的回执（放出后按 F9 接收；丢失的选中后补发）", self))
        layout.addWidget(self.held, 1)
        layout.addLayout(_row(self.release, self.release_all, stretch=True))
        layout.addWidget(self.message)
        layout.addLayout(_row(self.leave, stretch=True))
        self.resize(style.scaled(640), style.scaled(660))

    def order(self) -> Order:
        """Return the order as the fields say it."""
        answer, delivery = self.answer.currentData() or "approve", self.delivery.currentData()
        return Order(
            self.kind.currentData(),
            answer,
            delivery,
            self.seconds.value() if delivery == DELAY else 0,
            self.reason.text().strip() if needs_reason(answer) else "",
            self.left.value() if self.times.currentData() == "next" else None,
        )

    def add_order(self) -> None:
        """Put the order behind the script."""
        self._keep((*self._known.orders, self.order()))

    def remove_order(self) -> None:
        """Take the marked order out."""
        place = self.orders.currentRow()
        self._keep(tuple(one for number, one in enumerate(self._known.orders) if number != place))

    def release_chosen(self) -> None:
        """Let the marked receipts arrive, lost ones too."""
        keys = [self._known.held[self.held.currentRow()].key]
        self._do(lambda: self._desk.let_go(keys), _released)

    def release_held(self) -> None:
        """Let everything arrive that is not lost."""
        self._do(lambda: self._desk.let_go(), _released)

    def _keep(self, orders: Sequence[Order]) -> None:
        self._do(lambda: self._desk.keep_script(orders), lambda _nothing: "脚本已保存，从下一份报文起生效")

    def _do(self, deed: Callable[[], T], told: Callable[[T], str]) -> None:
        if self._busy:
            return
        self._busy = True
        self._refresh()
        desk = self._desk

        def job() -> tuple[T, _Known]:
            answer = deed()
            return answer, _Known(tuple(desk.script()), tuple(desk.held()))

        def done(answer: tuple[T, _Known]) -> None:
            self._busy = False
            self._show(answer[1])
            self._say(told(answer[0]), "good")

        def failed(problem: Exception) -> None:
            self._busy = False
            self._refresh()
            self._say(sentence(problem), "bad")

        off_thread(self._context, self, job, done, failed)

    def _show(self, known: _Known) -> None:
        self._known = known
        self.orders.clear()
        self.orders.addItems([f"{place}. {one.told}" for place, one in enumerate(known.orders, 1)])
        self.held.clear()
        self.held.addItems([_held_words(one) for one in known.held])
        self._refresh()

    def _say(self, text: str, tone: str) -> None:
        self.message.setText(text or ("" if self._known.orders else _EMPTY))
        style.set_tone(self.message, tone if text else "muted", "ink")

    def _refresh(self) -> None:
        if not hasattr(self, "leave"):
            return
        self.reason.setEnabled(needs_reason(self.answer.currentData() or ""))
        self.seconds.setVisible(self.delivery.currentData() == DELAY)
        self.left.setVisible(self.times.currentData() == "next")
        wrong = "正在处理" if self._busy else "；".join(problems_of_order(self.order()))
        nothing = "正在处理" if self._busy else ""
        why = {
            self.add: wrong,
            self.remove: nothing or ("" if self.orders.currentRow() >= 0 else "请先选择一条"),
            self.clear: nothing or ("" if self._known.orders else "脚本已经为空"),
            self.release: nothing or ("" if self.held.currentRow() >= 0 else "请先选择一份回执"),
            self.release_all: nothing
            or ("" if any(not one.lost for one in self._known.held) else "没有等待放出的回执"),
        }
        for button, reason in why.items():
            button.setEnabled(not reason)
            button.setToolTip(reason)


def _row(*widgets: QWidget, stretch: bool = False) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(style.GAP)
    if stretch:
        row.addStretch(1)
    for widget in widgets:
        row.addWidget(widget, 0 if stretch else 1)
    return row


def _held_words(one: HeldAnswer) -> str:
    when = "已丢失，可补发" if one.lost else f"{one.due:%H:%M:%S} 送达" if one.due is not None else "等教员放出"
    return f"{KINDS[one.kind]} {one.number}：{when}"


def _released(count: int) -> str:
    return f"已放出 {count} 份单据的回执，按 F9 接收" if count else "没有可以放出的回执"
