"""The buttons above a page: keys are written on them while there is room, rare commands lie under 更多."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QToolBar, QToolButton, QWidget

from bondesk.desktop import style
from bondesk.desktop.commands import CommandActions


class CommandBar(QWidget):
    """The actions of ``bound`` but the groups ``elsewhere``; ``badge`` stays in sight at the right end."""

    def __init__(
        self,
        name: str,
        bound: CommandActions,
        elsewhere: Collection[str],
        parent: QWidget,
        badge: QWidget | None = None,
    ) -> None:
        """Make a button per command."""
        super().__init__(parent)
        self._bound = bound
        self._shown: tuple[bool, ...] = ()
        self.bar = QToolBar(self)
        self.bar.setObjectName(name)
        self.bar.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        rare: list[QAction] = []
        for group, actions in bound.grouped():
            if group in elsewhere:
                continue
            rare += [action for action in actions if bound.is_rare(action)]
            self._add_group([action for action in actions if not bound.is_rare(action)])
        if rare:
            self._add_rare(rare, name)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0 if badge is None else style.MARGIN, 0)
        layout.setSpacing(style.GAP)
        layout.addWidget(self.bar, 1)
        if badge is not None:
            layout.addWidget(badge, 0, Qt.AlignmentFlag.AlignVCenter)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self._fit)
        self.bar.installEventFilter(self)
        bound.retitled.connect(self._settle.start)

    def _add_group(self, actions: list[QAction]) -> None:
        if actions and self.bar.actions():
            self.bar.addSeparator()
        for action in actions:
            self.bar.addAction(action)
            self.bar.widgetForAction(action).setObjectName(action.objectName().replace("command.", "button."))

    def _add_rare(self, actions: list[QAction], name: str) -> None:
        more = QToolButton(self.bar)
        more.setObjectName(f"{name}_more")
        more.setText("更多")
        more.setToolTip("、".join(action.text().rstrip("…") for action in actions))
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(more)
        menu.setObjectName(f"{name}_menu")
        menu.addActions(actions)
        more.setMenu(menu)
        self.bar.addSeparator()
        self.bar.addWidget(more)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Follow the width of the row, which also changes with the badge, and buttons that come and go."""
        if watched is self.bar and event.type() == QEvent.Type.Resize:
            self._settle.start()
        elif watched is self.bar and event.type() == QEvent.Type.ActionChanged and self._shown != self._offered():
            self._settle.start()  # other texts are written by this row itself
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Lay the buttons out for what they say now."""
        super().showEvent(event)
        self._settle.start()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange) and hasattr(self, "_settle"):
            self._settle.start()

    def _offered(self) -> tuple[bool, ...]:
        return tuple(action.isVisible() for action in self.bar.actions() if not action.isSeparator())

    def _part_groups(self) -> None:
        """Show a line only between buttons: two side by side stood for a group of which nothing is offered."""
        self._shown = self._offered()
        pending, shown = None, False
        for action in self.bar.actions():
            if not action.isSeparator():
                if action.isVisible():
                    if pending is not None:
                        _show(pending, shown)
                    pending, shown = None, True
            else:
                if pending is not None:
                    _show(pending, False)
                pending = action
        if pending is not None:
            _show(pending, False)

    def _fit(self) -> None:
        """Write the keys on the buttons when all buttons still fit with them."""
        self._part_groups()
        self._bound.fit_keys(lambda: self.bar.sizeHint().width() <= self.bar.width())
        layout = self.bar.layout()
        if layout is not None:  # Qt leaves buttons as wide as their former text where a page was out of sight
            layout.invalidate()
            layout.setGeometry(self.bar.rect())


def _show(action: QAction, shown: bool) -> None:
    if action.isVisible() != shown:
        action.setVisible(shown)
