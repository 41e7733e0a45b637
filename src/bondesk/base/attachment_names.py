"""What an attached file may be called, what may not be attached at all, and how long a paper is still valid. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

#: Files Windows starts when they are opened: a document never carries one.
STARTED_BY_WINDOWS = frozenset(
    "ade adp app appref-ms appx application asp bas bat cer chm cmd cnt com cpl crt csh der diagcab dll exe fxp gadget "
    "grp hlp hpj hta htc inf ins iso isp its jar jnlp js jse ksh lnk mad maf mag mam maq mar mas mat mau mav maw mda "
    "mdb mde mdt mdw mdz msc msh msh1 msh2 mshxml msi msix msp mst ops osd pcd pif pl plg prf prg ps1 ps1xml ps2 "
    "ps2xml psc1 psc2 psd1 psm1 pst py pyc pyo pyw pyz reg scf scr sct settingcontent-ms shb shs sys theme tmp url vb "
    "vbe vbp vbs vhd vhdx vsmacros vsw webpnp website ws wsc wsf wsh xbap xll xnk".split()
)
#: Days before the last valid day from which a paper is said to run out.
WARNING_DAYS = 30
_LONGEST = 120
#: Control signs, and the marks that write a name backwards ("fdp.exe" shown as "exe.pdf").
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def safe_name(name: str) -> str:
    """Return the last part of ``name`` as every system can store it, its ending kept, at most 120 signs long.

    >>> safe_name("../扫描/合同 2024?.pdf"), safe_name("nul.txt"), safe_name(" .. ")
    ('合同 2024_.pdf', '_nul.txt', '附件')
    """
    last = _HIDDEN.sub("", name).replace("\\", "/").rpartition("/")[2]
    last = _FORBIDDEN.sub("_", last).strip(" .")
    if not last:
        return "附件"
    if _DEVICES.fullmatch(last.partition(".")[0].strip()):
        last = f"_{last}"
    stem, dot, ending = last.rpartition(".")
    if len(last) > _LONGEST and dot and len(ending) <= 20:
        return f"{stem[: _LONGEST - len(ending) - 1].rstrip()}.{ending}"
    return last[:_LONGEST].rstrip(" .")


def ending_of(name: str) -> str:
    """Return what stands after the last dot, in small letters.

    >>> ending_of("报价.PDF"), ending_of("说明")
    ('pdf', '')
    """
    return name.rpartition(".")[2].lower() if "." in name else ""


def startable(name: str) -> bool:
    """Tell whether opening a file of this name would start a program."""
    return ending_of(safe_name(name)) in STARTED_BY_WINDOWS


@dataclass(frozen=True, slots=True)
class Validity:
    """How a paper stands on a day: the word and the tone it is painted in."""

    word: str
    tone: str = "plain"

    @property
    def worrying(self) -> bool:
        """Tell whether somebody should renew the paper."""
        return self.tone in {"warn", "bad"}


def validity(valid_to: date | None, today: date) -> Validity:
    """Say how a paper valid up to and including ``valid_to`` stands ``today``.

    >>> validity(date(2024, 5, 1), date(2024, 5, 3)).word, validity(date(2024, 5, 1), date(2024, 5, 1)).word
    ('已过期2天', '今天到期')
    """
    if valid_to is None:
        return Validity("长期")
    left = (valid_to - today).days
    if left < 0:
        return Validity(f"已过期{-left}天", "bad")
    if left == 0:
        return Validity("今天到期", "warn")
    return Validity(f"{left}天后到期", "warn") if left <= WARNING_DAYS else Validity("有效", "good")


def size_text(size: int) -> str:
    """Write a size as a clerk reads it.

    >>> size_text(900), size_text(2048), size_text(3_500_000)
    ('900 字节', '2 KB', '3.3 MB')
    """
    if size < 1024:
        return f"{size} 字节"
    if size < 1024 * 1024:
        return f"{(size + 1023) // 1024} KB"
    tenths = (size * 10 + 1024 * 512) // (1024 * 1024)
    return f"{tenths // 10}.{tenths % 10} MB"
