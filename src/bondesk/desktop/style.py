"""How the program looks: one explicit palette over Fusion, fonts, spacing, and the tones of states.

Imported before the first window is painted, so it needs nothing but Qt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from string import Template

from PySide6.QtCore import QEvent, QLibraryInfo, QLocale, QObject, QTranslator, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget
from shiboken6 import isValid

from bondesk.desktop.dark_marks import dark_marks
from bondesk.desktop.style_sheet import DARK_BOXES, SHEET, TONE

#: Spacing in pixels: between related things, between groups, around a page.
GAP, WIDE_GAP, MARGIN = 6, 12, 12
#: Height of a list row, of a box one types in, and width of one character of a column, in pixels. They follow
#: the font size: read them as ``style.ROW_HEIGHT`` when a widget is made, never copy them.
ROW_HEIGHT, BOX_HEIGHT, CHARACTER = 28, 26, 7
FONT_POINTS, LEAST_POINTS, MOST_POINTS = 10, 9, 16
#: The star of a required field: one red that can be read on both schemes.
STAR = "#d64545"
_ROW_HEIGHT, _BOX_HEIGHT, _CHARACTER = ROW_HEIGHT, BOX_HEIGHT, CHARACTER
FONTS = ("Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei")


@dataclass(frozen=True, slots=True)
class Tone:
    """Text and background colour of a state, as ``#rrggbb``; always shown beside the state's word."""

    foreground: str
    background: str


@dataclass(frozen=True, slots=True)
class Scheme:
    """The colours of one look, as ``#rrggbb``; ``tones`` follow the tone names of the flow."""

    window: str
    base: str
    stripe: str
    text: str
    quiet: str
    border: str
    accent: str
    on_accent: str
    disabled: str
    tones: dict[str, Tone]


LIGHT = Scheme(
    window="#f3f5f8",
    base="#ffffff",
    stripe="#f7f9fb",
    text="#1f2933",
    quiet="#5b6673",
    border="#d0d7e0",
    accent="#1f5fa8",
    on_accent="#ffffff",
    disabled="#98a2ad",
    tones={
        "plain": Tone("#36424f", "#e6ebf1"),
        "info": Tone("#174a88", "#d9e8f9"),
        "warn": Tone("#6f4500", "#fdeac8"),
        "good": Tone("#175a2e", "#d6f0de"),
        "bad": Tone("#931a1a", "#fbdcdc"),
        "muted": Tone("#5a6470", "#eceef1"),
    },
)
DARK = Scheme(
    window="#22272e",
    base="#1b2026",
    stripe="#20262d",
    text="#e3e8ee",
    quiet="#a3aeba",
    border="#3c4651",
    accent="#3474be",
    on_accent="#ffffff",
    disabled="#6d7883",
    tones={
        "plain": Tone("#d3dae2", "#38424d"),
        "info": Tone("#b9d6f7", "#1f4163"),
        "warn": Tone("#f7dca4", "#574016"),
        "good": Tone("#b5e6c4", "#1d4a2d"),
        "bad": Tone("#f7c1c1", "#5e2424"),
        "muted": Tone("#aeb7c1", "#2f363e"),
    },
)

_current = LIGHT
_points = FONT_POINTS


class _Looks(QObject):
    """Tells who painted a colour or took a size by hand that the look is another one."""

    changed = Signal()


_looks = _Looks()


def apply_style(app: QApplication, scheme: Scheme = LIGHT, points: int = FONT_POINTS) -> None:
    """Give the application Fusion, the palette of ``scheme``, the fonts and Qt's own Chinese texts.

    May be called again at any time: open windows follow, rows and boxes keep step with the font size.
    """
    first = app.property("bondesk_styled") is None
    if first:
        app.setStyle(QStyleFactory.create("Fusion"))
        _load_translation(app)
        app.setProperty("bondesk_styled", True)
    _take(scheme, min(max(points, LEAST_POINTS), MOST_POINTS))
    app.setPalette(palette_of(scheme))
    app.setFont(QFont(list(FONTS), _points))
    app.setStyleSheet(_sheet_of(scheme, _points))
    if not first:
        _looks.changed.emit()


def _take(scheme: Scheme, points: int) -> None:
    global _current, _points, ROW_HEIGHT, BOX_HEIGHT, CHARACTER
    _current, _points = scheme, points
    ROW_HEIGHT, BOX_HEIGHT, CHARACTER = scaled(_ROW_HEIGHT), scaled(_BOX_HEIGHT), scaled(_CHARACTER)


def _sheet_of(scheme: Scheme, points: int) -> str:
    """Return the stylesheet of a look: roles, tones (``tone`` paints text and ground, ``ink`` the text)."""
    bad, warn, good = (scheme.tones[name] for name in ("bad", "warn", "good"))
    colours = {name: getattr(scheme, name) for name in Scheme.__dataclass_fields__ if name != "tones"}
    tones = "".join(
        TONE.substitute(name=name, text=tone.foreground, ground=tone.background) for name, tone in scheme.tones.items()
    )
    colours |= dark_marks() if scheme is DARK else {}
    sheet = Template(SHEET.template + DARK_BOXES) if scheme is DARK else SHEET
    return sheet.substitute(
        colours,
        good=good.background,
        good_text=good.foreground,
        bad=bad.background,
        bad_text=bad.foreground,
        warn=warn.background,
        warn_text=warn.foreground,
        link=link(),
        big=points * 2,
        tones=tones,
    )


def scaled(pixels: int) -> int:
    """Return a length made for the usual font size at the present one."""
    return (pixels * _points + FONT_POINTS // 2) // FONT_POINTS


def link() -> str:
    """Return the colour of a link: it can be read on every ground of the look in use."""
    return _current.tones["info"].foreground if _current is DARK else _current.accent


def points() -> int:
    """Return the font size in use."""
    return _points


def fit_height(dialog: QWidget) -> None:
    """Give a dialog whose content changed its natural size, high enough for wrapped texts at the width it has."""
    dialog.adjustSize()
    layout = dialog.layout()
    if layout is not None and layout.hasHeightForWidth():
        dialog.resize(dialog.width(), max(dialog.height(), layout.totalHeightForWidth(dialog.width())))


def when_changed(owner: QObject, reaction: Callable[[], object]) -> None:
    """Call ``reaction`` whenever the look has become another one, as long as ``owner`` lives."""

    def follow() -> None:
        if isValid(owner):
            reaction()
        else:
            _looks.changed.disconnect(follow)

    _looks.changed.connect(follow)


def set_tone(widget: QWidget, name: str, part: str = "tone") -> None:
    """Paint ``widget`` (a label or a frame) in a tone that follows the look; ``part`` "ink" colours text only."""
    if widget.property(part) != name:
        widget.setProperty(part, name)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        QApplication.sendEvent(widget, QEvent(QEvent.Type.StyleChange))  # labels take the new padding


def _load_translation(app: QApplication) -> None:
    QLocale.setDefault(QLocale(QLocale.Language.Chinese, QLocale.Country.China))
    translator = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load("qtbase_zh_CN", folder):
        app.installTranslator(translator)


def palette_of(scheme: Scheme) -> QPalette:
    """Return the whole palette of ``scheme``; colour schemes of the platform are not relied on."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    palette = QPalette()
    roles = {
        role.Window: scheme.window,
        role.WindowText: scheme.text,
        role.Base: scheme.base,
        role.AlternateBase: scheme.stripe,
        role.Text: scheme.text,
        role.Button: scheme.window,
        role.ButtonText: scheme.text,
        role.BrightText: scheme.on_accent,
        role.ToolTipBase: scheme.base,
        role.ToolTipText: scheme.text,
        role.PlaceholderText: scheme.quiet,
        role.Highlight: scheme.accent,
        role.HighlightedText: scheme.on_accent,
        role.Link: scheme.tones["info"].foreground,
        role.Accent: scheme.accent,
        role.Mid: scheme.border,
    }
    if scheme is DARK:  # Fusion's edges: white ones would cut a dark window into pieces
        roles |= {role.Light: scheme.border, role.Midlight: scheme.border, role.Dark: scheme.base}
    for name, colour in roles.items():
        palette.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(group.Disabled, name, QColor(scheme.disabled))
    return palette


def scheme() -> Scheme:
    """Return the look in use."""
    return _current


def tone(name: str) -> Tone:
    """Return the colours of a state's tone; an unknown tone looks plain."""
    return _current.tones.get(name, _current.tones["plain"])
