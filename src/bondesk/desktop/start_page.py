"""The desk before anything is opened: what waits, the user's own modules, the documents used last."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from bondesk.desktop import style
from bondesk.desktop.background import while_alive
from bondesk.desktop.context import DeskContext
from bondesk.desktop.favourites import Favourites
from bondesk.engine import overview
from bondesk.engine.act import Act
from bondesk.engine.overview import Waiting

_TILES_IN_ROW = 4
_LINES = 10
_REFRESH_MS = 400


class StartPage(QScrollArea):
    """Tiles 待处理, 常用功能, 最近单据. Everything is a button; arrow keys and Tab walk over them."""

    def __init__(
        self, context: DeskContext, favourites: Favourites, open_module: Callable[[str], object], parent: QWidget
    ) -> None:
        """Show the desk of ``context``'s user; counts are read when the page is shown."""
        super().__init__(parent)
        self.setObjectName("start_page")
        self.setWindowTitle("开始")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._context, self._favourites, self._open_module = context, favourites, open_module
        self.tiles: list[QPushButton] = []
        self.numbers: dict[tuple[str, int], str] = {}
        self._waiting: list[Waiting] = []
        self._build()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_REFRESH_MS)
        self._soon.timeout.connect(self.refresh)
        favourites.changed.connect(self._show_lists)
        self._show_lists()

    def _build(self) -> None:
        inner = QWidget(self)
        inner.setObjectName("start_inner")
        self.hello = QLabel(f"您好，{self._context.identity.name}", inner)
        self.hello.setObjectName("start_hello")
        self.hello.setProperty("role", "title")
        hint = QLabel("从左侧选择模块，或按 Ctrl+K 输入名称、拼音首字母、单号查找；F1 打开帮助", inner)
        hint.setObjectName("start_hint")
        hint.setProperty("role", "quiet")
        self._tile_grid = QGridLayout()
        self._tile_grid.setSpacing(style.WIDE_GAP)
        self.all_done = _quiet("正在统计待处理单据…", "start_all_done", inner)
        self._modules, self._recent, self._documents = QVBoxLayout(), QVBoxLayout(), QVBoxLayout()
        columns = QHBoxLayout()
        columns.setSpacing(4 * style.WIDE_GAP)
        for title, lines in (("常用功能", self._modules), ("最近使用", self._recent), ("最近单据", self._documents)):
            column = QVBoxLayout()
            column.setSpacing(style.GAP)
            column.addWidget(_heading(title, inner))
            column.addLayout(lines)
            column.addStretch(1)
            columns.addLayout(column, 1)
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(3 * style.MARGIN, 3 * style.MARGIN, 3 * style.MARGIN, 2 * style.MARGIN)
        layout.setSpacing(style.WIDE_GAP)
        layout.addWidget(self.hello)
        layout.addWidget(hint)
        layout.addSpacing(style.WIDE_GAP)
        layout.addWidget(_heading("待处理", inner))
        layout.addLayout(self._tile_grid)
        layout.addWidget(self.all_done)
        layout.addSpacing(style.WIDE_GAP)
        layout.addLayout(columns)
        layout.addStretch(1)
        self.setWidget(inner)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Count anew whenever the page comes into sight."""
        super().showEvent(event)
        self.refresh()

    def document_changed(self, _key: str) -> None:
        """Count again, a moment later, when it is in sight."""
        if self.isVisible():
            self._soon.start()

    def refresh(self) -> None:
        """Count what waits, kind by kind, each its own short turn in the lane; then name the recent documents."""
        self._counted: list[Waiting] = []
        kinds = overview.flowing(self._context.engine.catalogue, self._context.identity)
        self._count([kind.key for kind in kinds])

    def _count(self, keys: list[str]) -> None:
        if not keys:
            self._show_tiles(self._counted)
            self._name_documents()
            return
        document = self._context.engine.catalogue.document(keys[0])

        def done(found: list[Waiting]) -> None:
            self._counted += found
            self._count(keys[1:])

        self._context.lane.act(
            lambda act: overview.waiting(act, document), while_alive(self, done), while_alive(self, self._failed)
        )

    def _failed(self, problem: Exception) -> None:
        self.all_done.setText(f"待处理单据没有统计出来：{problem}")
        self.all_done.show()

    def _show_tiles(self, waiting: Sequence[Waiting]) -> None:
        if list(waiting) == self._waiting and self.tiles:
            return
        self._waiting = list(waiting)
        for tile in self.tiles:
            self._tile_grid.removeWidget(tile)
            tile.deleteLater()
        self.tiles = []
        for place, one in enumerate(waiting):
            tile = self._tile(one)
            self.tiles.append(tile)
            self._tile_grid.addWidget(tile, place // _TILES_IN_ROW, place % _TILES_IN_ROW)
        for column in range(_TILES_IN_ROW):
            self._tile_grid.setColumnStretch(column, 1)
        self.all_done.setText("没有待处理的单据")
        self.all_done.setVisible(not self.tiles)

    def _tile(self, one: Waiting) -> QPushButton:
        tile = QPushButton(self.widget())
        tile.setObjectName(f"tile.{one.document_key}.{one.state.key}")
        tile.setAccessibleName(f"{one.title} {one.state.title} {one.count} 张")
        tile.setToolTip(f"打开「{one.title}」列表")
        tile.setProperty("role", "tile")
        count = QLabel(f"{one.count:,}", tile)
        count.setProperty("role", "count")
        state = QLabel(one.state.title, tile)
        state.setProperty("tone", one.state.tone)
        state.setProperty("role", "badge")
        title = QLabel(one.title, tile)
        title.setProperty("role", "quiet")
        for label in (count, state, title):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        top = QHBoxLayout()
        top.addWidget(count, 1)
        top.addWidget(state, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(tile)
        layout.setContentsMargins(style.MARGIN, style.GAP, style.MARGIN, style.GAP)
        layout.addLayout(top)
        layout.addWidget(title)
        tile.setMinimumHeight(layout.sizeHint().height())
        tile.clicked.connect(lambda: self._open_state(one))
        return tile

    def _open_state(self, one: Waiting) -> None:
        """Open the list, narrowed to the state where the list knows how."""
        self._open_module(f"list.{one.document_key}")
        page = self._context.extras.get("page_of", lambda _key: None)(f"list.{one.document_key}")
        show_state = getattr(page, "show_only_state", None)
        if show_state is not None:
            show_state(one.state.key)

    def _show_lists(self) -> None:
        favourites = self._favourites
        chosen, recent = favourites.shown(favourites.chosen), favourites.shown(favourites.recent)
        self._fill(self._modules, "favourite", chosen, "在左侧模块上按 Ctrl+B 或点右键，可加入常用功能")
        self._fill(self._recent, "recent", recent[:_LINES], "打开过的模块会列在这里")
        self._show_documents()

    def _fill(self, lines: QVBoxLayout, name: str, entries: Sequence[tuple[str, str]], nothing: str) -> None:
        _clear(lines)
        for key, title in entries:
            lines.addWidget(self._link(f"{name}.{key}", title, lambda _on=False, key=key: self._open_module(key)))
        if not entries:
            lines.addWidget(_quiet(nothing, f"{name}.nothing", self))

    def _link(self, name: str, text: str, clicked: Callable[..., object]) -> QPushButton:
        link = QPushButton(text, self)
        link.setObjectName(f"start.{name}")
        link.setProperty("role", "link")
        link.setCursor(Qt.CursorShape.PointingHandCursor)
        link.clicked.connect(clicked)
        return link

    def _name_documents(self) -> None:
        """Read the numbers of the recent documents; what is gone or not granted is left out."""
        wanted: dict[str, list[int]] = {}
        for key, document_id in self._favourites.documents:
            if self._favourites.title(f"list.{key}"):
                wanted.setdefault(key, []).append(document_id)
        catalogue = self._context.engine.catalogue

        def read(act: Act) -> dict[tuple[str, int], str]:
            return {
                (key, document_id): number
                for key, ids in wanted.items()
                for document_id, number in overview.numbers_of(act, catalogue.document(key), ids).items()
            }

        def done(numbers: dict[tuple[str, int], str]) -> None:
            self.numbers = numbers
            self._show_documents()

        self._context.lane.act(read, while_alive(self, done), while_alive(self, self._failed))

    def _show_documents(self) -> None:
        _clear(self._documents)
        shown = 0
        catalogue = self._context.engine.catalogue
        for key, document_id in self._favourites.documents:
            number = self.numbers.get((key, document_id))
            if number is None or shown == _LINES:
                continue
            document, shown = catalogue.document(key), shown + 1
            self._documents.addWidget(
                self._link(
                    f"document.{key}.{document_id}",
                    f"{document.title}  {number}",
                    lambda _on=False, d=document, i=document_id: self._context.open_document(d, i),
                )
            )
        if not shown:
            self._documents.addWidget(_quiet("打开过的单据会列在这里", "start.documents.nothing", self))


def _clear(lines: QVBoxLayout) -> None:
    while lines.count():
        item = lines.takeAt(0)
        widget = item.widget() if item is not None else None
        if widget is not None:
            widget.hide()
            widget.deleteLater()


def _heading(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setObjectName(f"start_heading.{text}")
    label.setProperty("role", "heading")
    return label


def _quiet(text: str, name: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setObjectName(name)
    label.setProperty("role", "quiet")
    label.setWordWrap(True)
    return label
