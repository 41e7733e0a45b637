"""What a window looked like last time, under a version: another version means the default layout."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

#: Raise when docks, toolbars or their object names change.
LAYOUT_VERSION = 1
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

    def save(self) -> None:
        """Write the file now."""
        self._settings.sync()
