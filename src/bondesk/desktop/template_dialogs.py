"""Choosing a template, with what it would fill; and keeping the head of a document as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from bondesk.base.documents import DocumentType
from bondesk.base.fields import field_of
from bondesk.desktop import style
from bondesk.desktop.context import DeskContext
from bondesk.desktop.editors import make_editor
from bondesk.desktop.field_editor import BOX_HEIGHT, FieldEditor
from bondesk.engine.templates import TemplateOffer

_LONGEST_NAME = 64


def _values_table(name: str, parent: QWidget) -> QTreeWidget:
    table = QTreeWidget(parent)
    table.setObjectName(name)
    table.setHeaderLabels(["字段", "内容"])
    table.setColumnWidth(0, 140)
    table.setRootIsDecorated(False)
    table.setUniformRowHeights(True)
    table.setAlternatingRowColors(True)
    table.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
    table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return table


def _show_values(table: QTreeWidget, words: Sequence[tuple[str, str]]) -> None:
    table.clear()
    for label, text in words:
        item = QTreeWidgetItem([label, text])
        item.setToolTip(1, text)
        table.addTopLevelItem(item)


class ChooseTemplate(QDialog):
    """Lists templates with what each would fill; ``chosen`` brings the :class:`TemplateOffer`."""

    chosen = Signal(object)

    def __init__(self, title: str, offers: Sequence[TemplateOffer], parent: QWidget) -> None:
        """Offer ``offers``, the most specific first."""
        super().__init__(parent)
        self.setObjectName("choose_template")
        self.setWindowTitle(f"套用模板 · {title}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(760, 420)
        self._offers = tuple(offers)
        self.list = QTreeWidget(self)
        self.list.setObjectName("template_list")
        self.list.setHeaderLabels(["模板", "适用", "填入"])
        self.list.setColumnWidth(0, 130)
        self.list.setColumnWidth(1, 170)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        for offer in offers:
            self.list.addTopLevelItem(QTreeWidgetItem([offer.name, offer.meant_for, f"{len(offer.filling.values)}项"]))
        self.values = _values_table("template_values", self)
        self.said = QLabel(self)
        self.said.setObjectName("template_said")
        self.said.setWordWrap(True)
        self.take = QPushButton("套用", self)
        self.take.setObjectName("template_take")
        self.take.setDefault(True)
        self.take.clicked.connect(self._take)
        self._build()
        self.list.currentItemChanged.connect(lambda *_items: self._follow())
        self.list.itemDoubleClicked.connect(lambda *_item: self._take())
        first = self.list.topLevelItem(0)
        if first is not None:
            self.list.setCurrentItem(first)
        self._follow()

    def _build(self) -> None:
        leave = QPushButton("取消", self)
        leave.setObjectName("template_cancel")
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        split = QSplitter(Qt.Orientation.Horizontal, self)
        split.setObjectName("template_split")
        split.setChildrenCollapsible(False)
        split.addWidget(self.list)
        split.addWidget(self.values)
        split.setSizes([430, 300])
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(leave)
        buttons.addWidget(self.take)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.MARGIN, style.MARGIN, style.MARGIN, style.MARGIN)
        layout.setSpacing(style.GAP)
        hint = QLabel("模板只填空白字段，已填写的内容不变；套用后可撤销。", self)
        hint.setObjectName("template_hint")
        hint.setProperty("role", "quiet")
        layout.addWidget(hint)
        layout.addWidget(split, 1)
        layout.addWidget(self.said)
        layout.addLayout(buttons)

    def _offer(self) -> TemplateOffer | None:
        item = self.list.currentItem()
        place = self.list.indexOfTopLevelItem(item) if item is not None else -1
        return self._offers[place] if 0 <= place < len(self._offers) else None

    def _follow(self) -> None:
        offer = self._offer()
        _show_values(self.values, offer.words if offer else ())
        reason = self._why_not(offer)
        self.take.setEnabled(not reason)
        self.take.setToolTip(reason)
        said = [reason, *(one.text for one in offer.filling.findings)] if offer else [reason]
        self.said.setText("\n".join(filter(None, said)))
        self.said.setVisible(bool(self.said.text()))

    def _why_not(self, offer: TemplateOffer | None) -> str:
        if not self._offers:
            return "没有适用的模板：进出口和监管方式相符的模板可在「默认模板」中新增，或用「存为模板…」保存"
        if offer is None:
            return "请选中一个模板"
        return "" if offer.filling.values else "模板中的字段都已填写，没有可填入的内容"

    def _take(self) -> None:
        offer = self._offer()
        if offer is not None and offer.filling.values:
            self.chosen.emit(offer)
            self.accept()


@dataclass(frozen=True, slots=True)
class TemplateName:
    """What a template is to be called and whom it is for ("" = all)."""

    name: str
    ie_flag: str
    supervision_mode: str
    usual: bool
    replace: bool = False


class KeepTemplate(QDialog):
    """Asks for name, direction and mode; ``named`` brings a :class:`TemplateName`.

    A name that is taken is told; the button then writes over the template of that name, another name keeps it.
    """

    named = Signal(object)

    def __init__(
        self,
        context: DeskContext,
        document: DocumentType,
        words: Sequence[tuple[str, str]],
        present: Sequence[str],
        parent: QWidget,
        called: str = "",
    ) -> None:
        """Propose the ``present`` direction and mode and the name ``called``; ``words`` are the values to be kept."""
        super().__init__(parent)
        self.setObjectName("keep_template")
        self.setWindowTitle(f"存为模板 · {document.title}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(520, 480)
        self.name = QLineEdit(self)
        self.name.setObjectName("template_name")
        self.name.setMinimumHeight(BOX_HEIGHT)
        self.name.setMaxLength(_LONGEST_NAME)
        self.name.setPlaceholderText("例如：一般进口、深加工结转")
        self.name.setText(called)
        self.name.textChanged.connect(lambda _text: self._renamed())
        self._taken = False
        self.editors: list[FieldEditor] = []
        for attribute, value in zip(document.template_by, present, strict=True):
            editor = make_editor(context, field_of(attribute), self)
            editor.set_value(value)
            self.editors.append(editor)
        self.usual = QCheckBox("新增时自动套用", self)
        self.usual.setObjectName("template_usual")
        self.usual.setChecked(True)
        self.values = _values_table("kept_values", self)
        _show_values(self.values, words)
        self.said = QLabel(self)
        self.said.setObjectName("keep_said")
        self.said.setWordWrap(True)
        self.said.setProperty("role", "error")
        self.said.hide()
        self.take = QPushButton("存为模板", self)
        self.take.setObjectName("keep_take")
        self.take.setDefault(True)
        self.take.clicked.connect(self._take)
        self._build()
        self._follow()
        self.name.setFocus()

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(style.GAP)
        grid.setVerticalSpacing(style.GAP)
        grid.setColumnStretch(1, 1)
        rows: list[tuple[str, QWidget]] = [("模板名称", self.name)]
        rows += [(f"{editor.entry.label}（空 = 所有）", editor) for editor in self.editors]
        for row, (text, widget) in enumerate(rows):
            grid.addWidget(QLabel(text, self), row, 0, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(widget, row, 1)
        grid.addWidget(self.usual, len(rows), 1)
        leave = QPushButton("取消", self)
        leave.setObjectName("keep_cancel")
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(leave)
        buttons.addWidget(self.take)
        heading = QLabel("存入的内容（编号、日期和数量不存入）", self)
        heading.setObjectName("kept_heading")
        heading.setProperty("role", "heading")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(style.MARGIN, style.MARGIN, style.MARGIN, style.MARGIN)
        layout.setSpacing(style.GAP)
        layout.addLayout(grid)
        layout.addWidget(heading)
        layout.addWidget(self.values, 1)
        layout.addWidget(self.said)
        layout.addLayout(buttons)

    def _renamed(self) -> None:
        self._taken = False
        self.take.setText("存为模板")
        self._follow()

    def _follow(self) -> None:
        reason = "" if self.name.text().strip() else "请填写模板名称"
        self.take.setEnabled(not reason)
        self.take.setToolTip(reason)

    def _take(self) -> None:
        for editor in self.editors:
            editor.commit()
        wrong = next((editor for editor in self.editors if editor.problem), None)
        if wrong is not None:
            self.refuse(f"「{wrong.entry.label}」{wrong.problem}")
            wrong.box.setFocus()
            return
        asked = [str(editor.value() or "") for editor in self.editors] + ["", ""]
        self.said.hide()
        self.named.emit(TemplateName(self.name.text().strip(), asked[0], asked[1], self.usual.isChecked(), self._taken))

    def refuse(self, text: str, *, taken: bool = False) -> None:
        """Say why it was not kept; the dialog stays open. A ``taken`` name may be written over."""
        self._taken = taken
        if taken:
            text = f"已存在名为「{self.name.text().strip()}」的模板：再按一次覆盖它，或换一个名称另存"
            self.take.setText("覆盖同名模板")
        self.said.setText(text)
        self.said.show()
