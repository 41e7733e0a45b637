"""Ticks and dots of the dark look, painted once: Fusion draws their boxes darker than a dark window, unseen."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from PySide6.QtCore import QPointF, Qt, QTemporaryDir
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

_SIDE = 13
_LINES = {
    "check": ((3.0, 6.8), (5.6, 9.4), (10.2, 3.8)),
    "dash": ((3.2, 6.5), (9.8, 6.5)),
    "dot": ((6.4, 6.5), (6.6, 6.5)),
}
_WIDTHS = {"check": 1.8, "dash": 1.8, "dot": 5.0}


@cache
def _folder() -> QTemporaryDir:
    """Return where the pictures lie until the program ends."""
    return QTemporaryDir()


@cache
def dark_marks() -> dict[str, str]:
    """Return the file of each mark, painted in single and double size; empty names where nothing can be written."""
    folder = _folder()
    if not folder.isValid():
        return dict.fromkeys(_LINES, "")
    for name in _LINES:
        for scale, suffix in ((1, ""), (2, "@2x")):
            _painted(name, scale).save(str(Path(folder.path()) / f"{name}{suffix}.png"))
    return {name: f"{folder.path()}/{name}.png" for name in _LINES}


def _painted(name: str, scale: int) -> QImage:
    image = QImage(_SIDE * scale, _SIDE * scale, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(scale)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor("#ffffff"), _WIDTHS[name], c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in _LINES[name]]))
    painter.end()
    return image
