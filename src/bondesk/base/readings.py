"""How a raw cell becomes a value: the readings of handbook appendix D, each refusal with its IMP code. Pure."""

from __future__ import annotations

import datetime
import re
from decimal import Context, Decimal
from functools import lru_cache

from bondesk.base.sheets import ErrorCell, NoResult, RawCell

_WIDTHS = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0xA0: 0x20}
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][+-]?\d{1,3})?")
_SCIENTIFIC_CODE = re.compile(r"\d+(?:\.\d+)?[eE]\+\d+")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_EXCEL_DIGITS = 15
#: 件数 and the like have at most 9 digits (handbook 0.2); item numbers are smaller still.
_MAX_INTEGER = 999_999_999
_YES = {"是", "Y", "YES", "TRUE", "1", "保税", "有效"}
_NO = {"否", "N", "NO", "FALSE", "0", "非保税", "无效"}
_WIDE = Context(prec=60)


class Unreadable(ValueError):
    """A cell that cannot be read; carries the code and a Chinese sentence."""

    def __init__(self, code: str, text: str) -> None:
        """Say ``text`` under ``code``."""
        super().__init__(text)
        self.code = code
        self.text = text


@lru_cache(maxsize=65536)
def width_normal(text: str) -> str:
    """Write full-width signs as half-width and trim.

    >>> width_normal("　ＰＣＳ ")
    'PCS'
    """
    return text.translate(_WIDTHS).strip()


@lru_cache(maxsize=4096)
def heading_key(text: str) -> str:
    """Return the form in which headings are compared: width, brackets, inner blanks and the star gone.

    >>> heading_key("数量＊"), heading_key("ＢＯＭ 版本"), heading_key("单价（元）*")
    ('数量', 'BOM版本', '单价(元)')
    """
    return "".join(width_normal(text).split()).rstrip("*").upper()


def _refuse_marks(raw: RawCell) -> None:
    if isinstance(raw, NoResult):
        raise Unreadable("IMP-03", "公式没有保存计算结果，请在 Excel 中重新计算并保存")
    if isinstance(raw, ErrorCell):
        raise Unreadable("IMP-03", f"单元格是错误值 {raw.text}")


def exact_number(raw: float) -> Decimal:
    """Return a number cell as Excel shows it: its shortest text, at most 15 significant digits."""
    text = repr(raw)
    if sum(sign.isdigit() for sign in text.split("e")[0].lstrip("-0.")) > _EXCEL_DIGITS:
        text = format(raw, f".{_EXCEL_DIGITS}g")
    return Decimal(text)


def read_number(raw: RawCell) -> Decimal | None:
    """Read a number; blank is None; anything else unreadable is IMP-07 (IMP-03 for a formula)."""
    if raw is None or raw == "":
        return None
    if isinstance(raw, str):
        return _number_of(raw)
    _refuse_marks(raw)
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise Unreadable("IMP-07", "不是数字")
    if isinstance(raw, int):
        return Decimal(raw)
    number = exact_number(raw)
    if not number.is_finite():
        raise Unreadable("IMP-07", "不是数字")
    return number


@lru_cache(maxsize=65536)
def _number_of(raw: str) -> Decimal | None:
    text = width_normal(raw)
    if not text:
        return None
    if len(text) > 60 or not text.isascii() or not _NUMBER.fullmatch(text) or not any(s.isdigit() for s in text):
        raise Unreadable("IMP-07", "不是数字（千分位须每三位一个逗号）")
    if text.split("e")[0].split("E")[0].rstrip(".") in {"", "+", "-"}:
        raise Unreadable("IMP-07", "不是数字")
    number = Decimal(text.replace(",", ""))
    if number.adjusted() > 30 or number.adjusted() < -30:
        if number == 0:
            return Decimal(0)
        raise Unreadable("IMP-07", "数字过大或过小")
    return _WIDE.plus(number) if "e" not in text.lower() else Decimal(format(number, "f"))


def read_integer(raw: RawCell) -> int | None:
    """Read a whole number; IMP-07 when it has decimals."""
    number = read_number(raw)
    if number is None:
        return None
    if number != int(number):
        raise Unreadable("IMP-07", "须为整数")
    if abs(number) > _MAX_INTEGER:
        raise Unreadable("IMP-07", "整数最多9位")
    return int(number)


def read_date(raw: RawCell) -> datetime.date | None:
    """Read a date: Excel dates, 2024-01-31, 2024/1/31, 20240131; else IMP-02."""
    if raw is None or raw == "":
        return None
    if isinstance(raw, datetime.datetime):
        return raw.date()
    if isinstance(raw, datetime.date):
        return raw
    _refuse_marks(raw)
    if isinstance(raw, str):
        return _date_of(raw)
    if isinstance(raw, int | float) and not isinstance(raw, bool) and raw % 1 == 0:
        return _date_of(str(int(raw)))
    raise Unreadable("IMP-02", "不是日期，请写成 2024-01-31")


@lru_cache(maxsize=16384)
def _date_of(raw: str) -> datetime.date | None:
    text = width_normal(raw)
    if not text:
        return None
    found = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if found is None or (not text.isascii() and "年" not in text):
        raise Unreadable("IMP-02", "不是日期，请写成 2024-01-31")
    try:
        return datetime.date(*(int(part) for part in found.groups()))
    except ValueError:
        raise Unreadable("IMP-02", f"日期不存在：{text}") from None


def read_text(raw: RawCell) -> str:
    """Read a text, trimmed, without signs XML 1.0 does not allow."""
    if isinstance(raw, str):
        return _text_of(raw)
    if raw is None:
        return ""
    _refuse_marks(raw)
    if isinstance(raw, bool):
        return "是" if raw else "否"
    if isinstance(raw, float):
        return _digits(raw)
    return str(raw)


@lru_cache(maxsize=65536)
def _text_of(raw: str) -> str:
    return _NOT_XML.sub("", raw).strip().strip("\u3000")


def _digits(raw: float) -> str:
    number = exact_number(raw)
    if not number.is_finite():
        raise Unreadable("IMP-07", "不是数字")
    return str(int(number)) if number == int(number) else format(number, "f")


def read_code(raw: RawCell, pad: int = 0) -> str:
    """Read a code: numbers without decimals, half-width; IMP-04 when Excel has cut it to a rounded number.

    A numeric code shorter than ``pad`` gets leading zeros.
    """
    if isinstance(raw, str):
        text = width_normal(_text_of(raw))
        if _SCIENTIFIC_CODE.fullmatch(text):
            raise Unreadable("IMP-04", "编码已被科学记数法截断，请改为文本")
    elif isinstance(raw, bool) or raw is None or not isinstance(raw, int | float):
        text = read_text(raw)
    else:
        if abs(raw) >= 10**_EXCEL_DIGITS:
            raise Unreadable("IMP-04", "编码已被科学记数法截断，请改为文本")
        text = str(raw) if isinstance(raw, int) else _digits(raw)
    return text.zfill(pad) if pad and text.isdigit() else text


def read_yes_no(raw: RawCell) -> bool | None:
    """Read 是/否, Y/N, 1/0, 保税/非保税; blank is None; else IMP-07."""
    if raw is None or raw == "":
        return None
    if isinstance(raw, bool):
        return raw
    text = read_code(raw).upper()
    if not text:
        return None
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise Unreadable("IMP-07", "请填 是 或 否")


def cell_text(raw: RawCell) -> str:
    """Write a raw cell as Excel shows it.

    >>> cell_text(100.0), cell_text(datetime.datetime(2024, 3, 1)), cell_text(True)
    ('100', '2024-03-01', '是')
    """
    if isinstance(raw, str):
        return raw
    if isinstance(raw, NoResult | ErrorCell):
        return str(raw)
    if isinstance(raw, datetime.datetime) and raw.time() == datetime.time():
        return raw.date().isoformat()
    try:
        return read_text(raw)
    except Unreadable:
        return str(raw)


def exact_cell(raw: RawCell) -> object:
    """Return a raw cell for writing: a number as the Decimal Excel shows, a date without a time as a date."""
    if isinstance(raw, float):
        number = exact_number(raw)
        return number if number.is_finite() else str(raw)
    if isinstance(raw, datetime.datetime) and raw.time() == datetime.time():
        return raw.date()
    return None if raw == "" else raw
