"""Lets what is already on the screen follow another font size: rows, columns, boxes, fixed widths."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QHeaderView, QTableView, QTreeView, QWidget

from bondesk.desktop import style

_BASE = "size_at_usual_font"
_NO_LIMIT = 16_777_215
_TALLEST = 200


def rescale(before: int, now: int) -> None:
    """Bring every open widget from font size ``before`` to ``now``."""
    if before == now:
        return
    for widget in QApplication.allWidgets():
        if isinstance(widget, QTableView):
            _rows(widget.verticalHeader(), before)
            _columns(widget.horizontalHeader(), before, now)
        elif isinstance(widget, QTreeView):
            _columns(widget.header(), before, now)
        else:
            _box(widget, before)


def _rows(header: QHeaderView, before: int) -> None:
    """Scale row heights from what they were at the usual font size, so that steps add no rounding."""
    base = header.property(_BASE)
    if not isinstance(base, int):
        base = (header.defaultSectionSize() * style.FONT_POINTS + before // 2) // before
        header.setProperty(_BASE, base)
    header.setMinimumSectionSize(min(header.minimumSectionSize(), style.scaled(base)))
    header.setDefaultSectionSize(style.scaled(base))


def _columns(header: QHeaderView, before: int, now: int) -> None:
    for section in range(header.count()):
        if header.sectionResizeMode(section) is QHeaderView.ResizeMode.Interactive and not header.isSectionHidden(
            section
        ):
            header.resizeSection(section, max(header.sectionSize(section) * now // before, 20))


def _box(widget: QWidget, before: int) -> None:
    """Scale a least or fixed height of a box; what the layout decides is left to it."""
    least = widget.minimumHeight()
    if not 12 <= least <= _TALLEST or widget.isWindow() or widget.objectName().startswith("qt_"):
        return
    base = widget.property(_BASE)
    if not isinstance(base, int):
        base = (least * style.FONT_POINTS + before // 2) // before
        widget.setProperty(_BASE, base)
    height = style.scaled(base)
    if widget.maximumHeight() == least:
        widget.setFixedHeight(height)
    else:
        widget.setMinimumHeight(height)
        if widget.maximumHeight() < _NO_LIMIT:
            widget.setMaximumHeight(max(height, widget.maximumHeight()))
