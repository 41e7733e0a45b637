"""IC卡: whose card is in, how long its certificate holds, what is wrong and what to do, and which messages it signs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from bondesk.desktop import card_words, style
from bondesk.desktop.card_desk import CardDesk
from bondesk.desktop.context import DeskContext
from bondesk.desktop.form_work import in_act, sentence
from bondesk.desktop.help_dock import HELP
from bondesk.desktop.pin_dialog import PinChangeDialog
from bondesk.engine import signing_kinds
from bondesk.engine.act import Act
from bondesk.engine.message_signing import utc_now
from bondesk.engine.signing_kinds import MessageKind

_BY_CLIENT, _HERE = "由客户端签名", "本机IC卡签名"
_LABELS = ("holder", "company", "number", "certificate", "validity", "tries", "algorithm", "driver")
#: More kinds than these are scrolled.
_MOST_ROWS = 7
_NO_RIGHT = "没有修改「企业基本信息」的权限"


@dataclass(frozen=True, slots=True)
class _Known:
    kinds: tuple[MessageKind, ...]
    wanted: str
    may_change: bool


class CardDialog(QDialog):
    """Follows the card while open."""

    def __init__(self, context: DeskContext, desk: CardDesk, parent: QWidget) -> None:
        """Show the state known; the kinds of messages follow from the database."""
        super().__init__(parent)
        self.setObjectName("card_dialog")
        self.setWindowTitle("IC卡")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._desk = context, desk
        self._known = _Known((), "", False)
        self.choices: dict[str, QComboBox] = {}
        self.values: dict[str, QLabel] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(style.WIDE_GAP)
        self.readers = self._label("card_readers", layout)
        self.readers.setProperty("role", "quiet")
        self.problem = self._label("card_problem", layout)
        self.problem.setProperty("role", "notice")
        self._add_facts(layout)
        self._add_card_buttons(layout)
        self._add_kinds(layout)
        self._add_buttons(layout)
        self.setMinimumWidth(600)
        desk.changed.connect(self._refresh)
        self._refresh()
        in_act(context, self, self._read, self._arrived, lambda problem: self._say(sentence(problem), "bad"))

    def _label(self, name: str, layout: QVBoxLayout) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        layout.addWidget(label)
        return label

    def _add_facts(self, layout: QVBoxLayout) -> None:
        self.facts = QFrame(self)
        self.facts.setObjectName("card_facts")
        self._form = QFormLayout(self.facts)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setSpacing(style.GAP)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._captions: dict[str, QLabel] = {}
        for key in _LABELS:
            caption = self._captions[key] = QLabel(self.facts)
            caption.setProperty("role", "quiet")
            value = self.values[key] = QLabel(self.facts)
            value.setObjectName(f"card_{key}")
            value.setWordWrap(True)
            value.setTextFormat(Qt.TextFormat.PlainText)
            value.setTextInteractionFlags(
                Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
            )
            self._form.addRow(caption, value)
        layout.addWidget(self.facts)

    def _button(self, name: str, text: str, run: object) -> QPushButton:
        button = QPushButton(text, self)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(run)
        return button

    def _add_card_buttons(self, layout: QVBoxLayout) -> None:
        self.again = self._button("card_again", "重新检测(&R)", self._look_again)
        self.change = self._button("card_change_pin", "修改密码(&P)…", self._change_pin)
        self.forget = self._button("card_forget", "清除记住的密码(&F)", self._forget)
        row = QHBoxLayout()
        for button in (self.again, self.change, self.forget):
            row.addWidget(button)
        row.addStretch(1)
        layout.addLayout(row)

    def _add_kinds(self, layout: QVBoxLayout) -> None:
        heading = self._label("card_kinds_heading", layout)
        heading.setProperty("role", "heading")
        heading.setText("报文签名方式")
        hint = self._label("card_kinds_hint", layout)
        hint.setProperty("role", "quiet")
        hint.setText(
            "「由客户端签名」：单一窗口客户端发送时自己签名（默认）。「本机IC卡签名」：程序用这张卡签名并验证后才交给客户端。"
        )
        inner = QWidget(self)
        inner.setObjectName("card_kinds")
        self._kinds = QFormLayout(inner)
        self._kinds.setContentsMargins(0, 0, 0, 0)
        self._kinds.setSpacing(style.GAP)
        area = QScrollArea(self)
        area.setObjectName("card_kinds_area")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(inner)
        self._area = area
        layout.addWidget(area, 1)

    def _add_buttons(self, layout: QVBoxLayout) -> None:
        self.said = self._label("card_said", layout)
        self.said.setProperty("role", "said")
        self.said.hide()
        self.help = self._button("card_help", "帮助", self._help)
        self.help.setShortcut("F1")
        self.help.setVisible(HELP in self._context.extras)
        self.keep = self._button("card_keep", "保存签名方式(&S)", self._keep)
        self.keep.setProperty("role", "primary")
        self.leave = self._button("card_close", "关闭", self.reject)
        row = QHBoxLayout()
        row.addWidget(self.help)
        row.addStretch(1)
        row.addWidget(self.leave)
        row.addWidget(self.keep)
        layout.addLayout(row)

    # ---- the card ----

    def _refresh(self, _state: object = None) -> None:
        state = self._desk.state
        at = utc_now()
        slots = state.slots if state else ()
        names = "、".join(card_words.reader(slot) for slot in slots)
        self.readers.setText(f"读卡器：{names or ('没有' if state else '正在检测…')}")
        wrong = card_words.what_to_do(state)
        self.problem.setText(wrong)
        self.problem.setVisible(bool(wrong))
        info = state.info if state else None
        self.facts.setVisible(info is not None)
        if info is not None and state is not None:
            for key, label, text, tone in card_words.facts(info, state.pin, at, self._known.wanted):
                self._captions[key].setText(label)
                self.values[key].setText(text or "—")
                style.set_tone(self.values[key], tone, "ink")
        why = "" if info is not None else "没有可用的IC卡"
        if info is not None and info.driver == "cac":
            why = "这种卡的密码要用发卡机构的工具修改"
        self.change.setEnabled(not why)
        self.change.setToolTip(why)
        self.forget.setEnabled(self._desk.remembers)
        self.forget.setToolTip("" if self._desk.remembers else "没有记住密码")

    def _look_again(self) -> None:
        self.again.setEnabled(False)
        self.again.setText("正在检测…")
        self._desk.look_again(self._looked)

    def _looked(self) -> None:
        self.again.setEnabled(True)
        self.again.setText("重新检测(&R)")
        self._refresh()

    def _change_pin(self) -> None:
        PinChangeDialog(self._desk, self).open()

    def _forget(self) -> None:
        self._desk.forget()
        self._refresh()
        self._say("记住的密码已清除，下次签名时再输入", "good")

    def _help(self) -> None:
        self._context.extras["open_help"]("ic_card")
        self.reject()

    # ---- which messages it signs ----

    def _read(self, act: Act) -> _Known:
        book = act.catalogue.sender_book
        may = act.identity.may(book.document, "edit")
        return _Known(tuple(signing_kinds.message_kinds(act)), act.catalogue.sender(act.facts).ic_card, may)

    def _arrived(self, known: _Known) -> None:
        self._known = known
        for kind in known.kinds:
            choice = self.choices.get(kind.code) or self._choice(kind)
            choice.setCurrentText(_HERE if kind.here else _BY_CLIENT)
            choice.setEnabled(known.may_change)
            choice.setToolTip("" if known.may_change else _NO_RIGHT)
        rows = min(len(self.choices), _MOST_ROWS)
        self._area.setMinimumHeight(rows * (style.BOX_HEIGHT + 8 + style.GAP))
        self.keep.setVisible(known.may_change)
        self._changed()
        self._refresh()

    def _choice(self, kind: MessageKind) -> QComboBox:
        choice = self.choices[kind.code] = QComboBox(self)
        choice.setObjectName(f"card_kind.{kind.code}")
        choice.addItems([_BY_CLIENT, _HERE])
        choice.setMinimumHeight(style.BOX_HEIGHT)
        choice.currentIndexChanged.connect(self._changed)
        caption = QLabel(f"{'、'.join(kind.documents)}　{kind.code}", self)
        caption.setBuddy(choice)
        self._kinds.addRow(caption, choice)
        return choice

    def _chosen(self) -> frozenset[str]:
        return frozenset(code for code, choice in self.choices.items() if choice.currentText() == _HERE)

    def _changed(self, _index: int = 0) -> None:
        same = self._chosen() == _here(self._known.kinds)
        self.keep.setEnabled(not same)
        self.keep.setToolTip("没有改动" if same else "")

    def _keep(self) -> None:
        codes = self._chosen()
        self.keep.setEnabled(False)

        def work(act: Act) -> _Known:
            signing_kinds.keep_kinds(act, codes)
            return self._read(act)

        in_act(self._context, self, work, self._kept, self._not_kept)

    def _kept(self, known: _Known) -> None:
        self._arrived(known)
        self._context.changed("company")
        self._say("签名方式已保存，对发件箱中尚未交出的报文也有效", "good")

    def _not_kept(self, problem: Exception) -> None:
        self._changed()
        self._say(sentence(problem), "bad")

    def _say(self, text: str, tone: str) -> None:
        self.said.setText(text)
        style.set_tone(self.said, tone)
        self.said.show()


def _here(kinds: Sequence[MessageKind]) -> frozenset[str]:
    return frozenset(kind.code for kind in kinds if kind.here)
