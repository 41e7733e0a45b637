"""Commands as data: menus, buttons, context menus and the palette read the same registry."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

Run = Callable[[], object]
WhyNot = Callable[[], str]


#: The keys of moves of a flow, the same in lists and forms.
MOVE_KEYS: Mapping[str, str] = {"audit": "F10", "unaudit": "Ctrl+F10", "send": "F12"}


def _always() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a user may order.

    ``shortcut`` is Qt's portable text (``Ctrl+N``); ``why_not`` returns "" when the command may run now,
    else the Chinese reason shown in its tooltip. ``group`` keeps related commands together; what is ``rare``
    lies under 更多 instead of having a button.
    """

    id: str
    title: str
    shortcut: str
    run: Run
    why_not: WhyNot = _always
    group: str = ""
    rare: bool = False

    @property
    def enabled(self) -> bool:
        """Tell whether the command may run now."""
        return not self.why_not()


class Commands:
    """The commands of one place (the window, one page), in order; ids and shortcuts are unique."""

    def __init__(self, *commands: Command) -> None:
        """Start with ``commands``."""
        self._by_id: dict[str, Command] = {}
        for command in commands:
            self.add(command)

    def add(self, command: Command) -> None:
        """Take one more; ``ValueError`` when its id or shortcut is taken."""
        if command.id in self._by_id:
            raise ValueError(f"command {command.id} is declared twice")
        taken = {other.shortcut: other.id for other in self if other.shortcut}
        if command.shortcut in taken:
            raise ValueError(f"{command.shortcut} is the shortcut of both {taken[command.shortcut]} and {command.id}")
        self._by_id[command.id] = command

    def __iter__(self) -> Iterator[Command]:
        """Iterate in the order of declaration."""
        return iter(self._by_id.values())

    def __getitem__(self, command_id: str) -> Command:
        """Return the command with an id; ``KeyError`` when there is none."""
        return self._by_id[command_id]

    def __contains__(self, command_id: object) -> bool:
        """Tell whether a command is declared here."""
        return command_id in self._by_id


#: What the keys are called on a clerk's keyboard, where Qt's portable text says something else.
_KEY_NAMES = {"Return": "回车", "Space": "空格", "Delete": "Del"}


def shortcut_text(shortcut: str) -> str:
    """Write a shortcut as buttons and tooltips show it.

    >>> shortcut_text("Ctrl+N"), shortcut_text("Return"), shortcut_text("Shift+Delete")
    ('Ctrl+N', '回车', 'Shift+Del')
    """
    return "+".join(_KEY_NAMES.get(part, part) for part in shortcut.split("+"))


class CommandActions(QObject):
    """The actions behind a registry, made once; :meth:`refresh` brings enabled state and tooltips up to date.

    Shortcuts act within ``owner``; ``inner`` names commands (by id) whose shortcut acts only in a part
    of it, so that Delete in a search box deletes a letter and not a document. ``retitled`` tells that a button
    says something else.
    """

    retitled = Signal()

    def __init__(
        self, commands: Commands, owner: QWidget, inner: Mapping[str, QWidget] | None = None, *, wide: bool = False
    ) -> None:
        """Make an action per command; ``wide`` lets shortcuts act in the whole window."""
        super().__init__(owner)
        self._keys_written = True
        scope = Qt.ShortcutContext
        self._commands = commands
        self._scope = scope.WindowShortcut if wide else scope.WidgetWithChildrenShortcut
        self._actions = {command.id: self._make(command, owner) for command in commands}
        for command_id, action in self._actions.items():
            (inner or {}).get(command_id, owner).addAction(action)
        self.refresh()

    def _make(self, command: Command, owner: QWidget) -> QAction:
        action = QAction(command.title, owner)
        action.setObjectName(f"command.{command.id}")
        if command.shortcut:
            keys = [command.shortcut, "Enter"] if command.shortcut == "Return" else [command.shortcut]
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.setIconText(self._on_button(command.title, command.shortcut))
        action.setShortcutContext(self._scope)
        action.triggered.connect(lambda _checked=False: self.run(command.id))
        return action

    def __getitem__(self, command_id: str) -> QAction:
        """Return the action of a command."""
        return self._actions[command_id]

    def ids(self) -> set[str]:
        """Return the ids of all commands."""
        return set(self._actions)

    def grouped(self) -> Iterator[tuple[str, list[QAction]]]:
        """Iterate over the actions group by group, in the order of declaration."""
        groups: dict[str, list[QAction]] = {}
        for command in self._commands:
            groups.setdefault(command.group, []).append(self._actions[command.id])
        yield from groups.items()

    def run(self, command_id: str) -> None:
        """Run a command unless something speaks against it at this moment."""
        command = self._commands[command_id]
        if command.enabled:
            command.run()
        else:
            self.refresh()

    def retitle(self, command_id: str, title: str) -> None:
        """Write another text on a command's button, such as a count; its shortcut stays beside it."""
        action = self._actions[command_id]
        action.setText(title)
        action.setIconText(self._on_button(title, self._commands[command_id].shortcut))
        self.retitled.emit()

    def _on_button(self, title: str, shortcut: str) -> str:
        title = title.rstrip("…")
        return f"{title} {shortcut_text(shortcut)}" if shortcut and self._keys_written else title

    def fit_keys(self, fits: Callable[[], bool]) -> None:
        """Write the shortcuts on the buttons, and leave them to the tooltips where they do not fit then."""
        self._write_keys(True)
        self._write_keys(fits())

    def _write_keys(self, written: bool) -> None:
        if written == self._keys_written:
            return
        self._keys_written = written
        for command in self._commands:
            if command.shortcut:
                action = self._actions[command.id]
                action.setIconText(self._on_button(action.text(), command.shortcut))

    def is_rare(self, action: QAction) -> bool:
        """Tell whether an action's command lies under 更多."""
        return self._commands[action.objectName().removeprefix("command.")].rare

    def refresh(self) -> None:
        """Enable what may run now; the tooltip names the shortcut, or why the command cannot run."""
        for command in self._commands:
            action, reason = self._actions[command.id], command.why_not()
            action.setEnabled(not reason)
            keys = f"（{shortcut_text(command.shortcut)}）" if command.shortcut else ""
            action.setToolTip(f"{command.title}：{reason}" if reason else f"{command.title}{keys}")
