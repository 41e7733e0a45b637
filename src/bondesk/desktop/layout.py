"""What a window looked like last time, under a version: another version means the default layout.

The look (scheme, font size) and the columns of lists belong to the machine; windows and pages to a user of a
connection, see :meth:`Layout.of`.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

#: Raise when docks, toolbars or their object names change.
LAYOUT_VERSION = 2
_VERSION_KEY = "layout/version"


class Layout:
    """Named byte arrays and texts in an INI file."""

    def __init__(self, path: Path) -> None:
        """Read ``path``; what another layout version left there is dropped."""
        self._settings = QSettings(str(path), QSettings.Format.IniFormat)
        if self.text(_VERSION_KEY) != str(LAYOUT_VERSION):
            self._settings.clear()
            self._settings.setValue(_VERSION_KEY, str(LAYOUT_VERSION))

    @property
    def folder(self) -> Path:
        """Return the machine's data folder, where the file lies."""
        return Path(self._settings.fileName()).parent

    def bytes(self, key: str) -> QByteArray:
        """Return what was kept under ``key``, empty when nothing was."""
        value = self._settings.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def text(self, key: str) -> str:
        """Return the text kept under ``key``, "" when there is none."""
        value = self._settings.value(key)
        return value if isinstance(value, str) else ""

    def keep(self, key: str, value: QByteArray | str) -> None:
        """Keep ``value`` under ``key``."""
        self._settings.setValue(key, value)

    def of(self, *place: str) -> PlacedLayout:
        """Return what is kept for one place, such as one user of one connection."""
        return PlacedLayout(self, "/".join(part.replace("/", "_") or "_" for part in place))

    def save(self) -> None:
        """Write the file now."""
        self._settings.sync()


class PlacedLayout:
    """The part of a layout that belongs to one place."""

    def __init__(self, layout: Layout, place: str) -> None:
        """Keep everything of ``layout`` under ``place``."""
        self._layout, self._place = layout, place

    def bytes(self, key: str) -> QByteArray:
        """Return what was kept under ``key``, empty when nothing was."""
        return self._layout.bytes(f"{self._place}/{key}")

    def text(self, key: str) -> str:
        """Return the text kept under ``key``, "" when there is none."""
        return self._layout.text(f"{self._place}/{key}")

    def keep(self, key: str, value: QByteArray | str) -> None:
        """Keep ``value`` under ``key``."""
        self._layout.keep(f"{self._place}/{key}", value)
