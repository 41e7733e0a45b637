"""The Chinese font of PDF pages: found on the machine, embedded in the file, measured without asking reportlab.

reportlab embeds TrueType outlines only: Source Han and other CFF fonts are refused, so a list of names is tried.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

from bondesk.base.errors import Refused

#: File names in the order they are wanted, each with the place of the face in a collection.
_NAMES = (
    ("simsun.ttc", 0),
    ("msyh.ttc", 0),
    ("simhei.ttf", 0),
    ("deng.ttf", 0),
    ("NotoSansSC-Regular.ttf", 0),
    ("wqy-microhei.ttc", 0),
    ("wqy-zenhei.ttc", 0),
    ("DroidSansFallbackFull.ttf", 0),
    ("DroidSansFallback.ttf", 0),
)
_FONT = "bondesk-cjk"


class _Widths(dict[str, float]):
    """Widths of signs in thousandths of the size, asked of the font once each."""

    def __init__(self, face: TTFont) -> None:
        super().__init__()
        self._face = face

    def __missing__(self, sign: str) -> float:
        width = float(self._face.stringWidth(sign, 1000))
        self[sign] = width
        return width


@dataclass(frozen=True, slots=True)
class PaperFont:
    """A registered font: its name for reportlab, and what texts measure in it."""

    name: str
    widths: dict[str, float]

    def width(self, text: str, size: float) -> float:
        """Return how wide a text is, in points."""
        widths = self.widths
        return sum([widths[sign] for sign in text]) * size / 1000

    def wrapped(self, text: str, size: float, room: float) -> list[str]:
        """Break a text into lines of at most ``room`` points; between any two signs, as Chinese is broken."""
        lines, line, used = [], "", 0.0
        limit, widths = room * 1000 / size, self.widths
        for sign in text:
            if sign == "\n" or (used + widths[sign] > limit and line):
                lines.append(line)
                line, used = "", 0.0
                if sign == "\n":
                    continue
            line += sign
            used += widths[sign]
        return [*lines, line]

    def balanced(self, text: str, size: float, room: float) -> list[str]:
        """Break a heading into as many lines as it needs, about equally long."""
        wide = self.width(text, size)
        if wide <= room:
            return [text]
        lines = int(wide / room) + 1
        return self.wrapped(text, size, min(room, wide / lines + size / 2))


@cache
def paper_font() -> PaperFont:
    """Return the font of pages; ``EXP-07`` where the machine has none that can be embedded."""
    for name, place in _NAMES:
        for folder in _folders():
            path = folder / name
            try:
                if not path.is_file():
                    continue
                face = TTFont(_FONT, str(path), subfontIndex=place)
            except (TTFError, OSError):
                continue
            pdfmetrics.registerFont(face)
            return PaperFont(_FONT, _Widths(face))
    text = "本机没有可以写入 PDF 的中文字体（宋体、微软雅黑、黑体或文泉驿微米黑）；请安装其中一种，或导出为 Excel"
    raise Refused(text, "EXP-07")


def _folders() -> tuple[Path, ...]:
    home = Path.home()
    system = Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"
    own = Path(os.environ.get("LOCALAPPDATA", home)) / "Microsoft" / "Windows" / "Fonts"
    linux = Path("/usr/share/fonts")
    below = tuple(one for one in (linux / "truetype", linux) if one.is_dir())
    nested = tuple(sorted(each for one in below for each in one.iterdir() if each.is_dir()))
    return (system, own, *below, *nested, home / ".local/share/fonts", home / ".fonts", Path("/Library/Fonts"))
