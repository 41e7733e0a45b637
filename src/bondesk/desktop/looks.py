"""The look a machine's user chose: light, dark or the system's, and the font size; kept in the layout file."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from bondesk.desktop import style
from bondesk.desktop.layout import Layout
from bondesk.desktop.rescale import rescale

#: What can be chosen: key in the layout file and title in the menu.
SCHEMES: tuple[tuple[str, str], ...] = (("light", "浅色"), ("dark", "深色"), ("system", "跟随系统"))
_SCHEME, _POINTS = "look/scheme", "look/points"


def chosen_scheme(layout: Layout) -> str:
    """Return the chosen key; light when none was chosen."""
    kept = layout.text(_SCHEME)
    return kept if kept in dict(SCHEMES) else "light"


def chosen_points(layout: Layout) -> int:
    """Return the chosen font size; the usual one when none was chosen."""
    kept = layout.text(_POINTS)
    size = int(kept) if kept.isdecimal() else style.FONT_POINTS
    return min(max(size, style.LEAST_POINTS), style.MOST_POINTS)


def apply_look(app: QApplication, layout: Layout) -> None:
    """Give the program the chosen look; open windows follow at once."""
    before = style.points()
    style.apply_style(app, _scheme(app, chosen_scheme(layout)), chosen_points(layout))
    rescale(before, style.points())


def follow_system(app: QApplication, layout: Layout) -> None:
    """Change with the system as long as 跟随系统 is chosen."""

    def changed(_scheme: Qt.ColorScheme) -> None:
        if chosen_scheme(layout) == "system":
            apply_look(app, layout)

    app.styleHints().colorSchemeChanged.connect(changed)


def choose_scheme(layout: Layout, key: str) -> None:
    """Choose a scheme and show it."""
    layout.keep(_SCHEME, key)
    apply_look(_application(), layout)


def change_points(layout: Layout, by: int) -> int:
    """Make the font larger or smaller by points, 0 = the usual size; return the size now in use."""
    size = style.FONT_POINTS if by == 0 else chosen_points(layout) + by
    layout.keep(_POINTS, str(min(max(size, style.LEAST_POINTS), style.MOST_POINTS)))
    apply_look(_application(), layout)
    return style.points()


def _application() -> QApplication:
    return cast(QApplication, QApplication.instance())


def _scheme(app: QApplication, key: str) -> style.Scheme:
    if key == "dark":
        return style.DARK
    if key == "system" and app.styleHints().colorScheme() is Qt.ColorScheme.Dark:
        return style.DARK
    return style.LIGHT
