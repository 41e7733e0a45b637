"""How a raw cell becomes a value: appendix D "Import" of the handbook, row by row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bondesk.base.numbers import plain
from bondesk.base.readings import (
    Unreadable,
    exact_number,
    heading_key,
    read_code,
    read_date,
    read_integer,
    read_number,
    read_text,
    read_yes_no,
    width_normal,
)
from bondesk.base.sheets import ErrorCell, NoResult, RawCell

READERS: tuple[Callable[[Any], object], ...] = (
    read_number,
    read_integer,
    read_date,
    read_text,
    read_code,
    read_yes_no,
)


def code_of(reader: Callable[[Any], object], raw: RawCell) -> str:
    """Return the code a reader refuses ``raw`` with; its sentence is Chinese."""
    with pytest.raises(Unreadable) as caught:
        reader(raw)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in caught.value.text)
    return caught.value.code


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        # numbers as numbers
        (7, "7"),
        (-7, "-7"),
        (0, "0"),
        (0.1, "0.1"),
        (0.1 + 0.2, "0.3"),
        (1234567.89, "1234567.89"),
        (1e-05, "0.00001"),
        (1e22, "1E+22"),
        (0.000021666666666666667, "0.0000216666666666667"),
        # numbers as text
        ("7", "7"),
        (" 7 ", "7"),
        ("007", "7"),
        ("-7.50", "-7.5"),
        ("+7", "7"),
        (".5", "0.5"),
        ("5.", "5"),
        ("0.260416667", "0.260416667"),
        ("123456789012345678.123456789", "123456789012345678.123456789"),
        # thousands separators in the exact three-digit pattern
        ("1,234", "1234"),
        ("12,345.6", "12345.6"),
        ("1,234,567.00", "1234567"),
        ("-1,234", "-1234"),
        # full-width digits
        ("１２３", "123"),
        ("１，２３４．５", "1234.5"),
        ("－１２", "-12"),
        ("\u3000７\u3000", "7"),
        # exact scientific notation
        ("1E3", "1000"),
        ("1.5e+3", "1500"),
        ("1e-5", "0.00001"),
        ("2.50E2", "250"),
        ("0e500", "0"),
    ],
)
def test_a_number_is_read(raw: RawCell, number: str) -> None:
    assert read_number(raw) == Decimal(number)


@pytest.mark.parametrize(
    "raw",
    [
        *("abc", "1.2.3", "--1", "+", "-", ".", "-.", "e5", "E", "12%", "$5", "1 000", "1/2", "7个"),
        *("12,34", "1,2345", "1234,567", ",123", "1,,234", "1,23,456", "1.234,5", "1,234,"),
        *("1_000", "0x10", "NaN", "nan", "Infinity", "inf", "٣", "五", "²", "1e999", "1e-999", "9" * 61),
        *(True, False, date(2024, 1, 31), datetime(2024, 1, 31, 8), time(8, 30)),
        *(float("nan"), float("inf"), float("-inf")),
    ],
    ids=repr,
)
def test_what_is_no_number_is_imp_07(raw: RawCell) -> None:
    assert code_of(read_number, raw) == "IMP-07"
    assert code_of(read_integer, raw) == "IMP-07"


@pytest.mark.parametrize("raw", [None, "", " ", "\u3000", "\xa0"], ids=repr)
def test_blank_is_blank(raw: RawCell) -> None:
    assert read_number(raw) is None
    assert read_integer(raw) is None
    assert read_date(raw) is None
    assert read_yes_no(raw) is None
    assert read_code(raw) == ""


@pytest.mark.parametrize(("raw", "whole"), [(7, 7), (7.0, 7), ("7.00", 7), ("1,000", 1000), ("1E3", 1000), ("-2", -2)])
def test_an_integer_is_read(raw: RawCell, whole: int) -> None:
    assert read_integer(raw) == whole


@pytest.mark.parametrize("raw", [7.5, "7.5", "0.00001"])
def test_a_fraction_is_no_integer(raw: RawCell) -> None:
    assert code_of(read_integer, raw) == "IMP-07"


@pytest.mark.parametrize("mark", [NoResult(), ErrorCell("#DIV/0!"), ErrorCell("#N/A")], ids=str)
@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_a_formula_without_a_saved_value_is_imp_03(reader: Callable[[Any], object], mark: RawCell) -> None:
    assert code_of(reader, mark) == "IMP-03"


@pytest.mark.parametrize(
    "raw",
    [
        *(date(2024, 1, 31), datetime(2024, 1, 31), datetime(2024, 1, 31, 23, 59, 59)),
        *("2024-01-31", "2024/1/31", "2024/01/31", "20240131", "2024-1-31", "2024.1.31", "2024年1月31日"),
        *(" 2024-01-31 ", "２０２４－０１－３１", "2024-01-31 00:00:00", "2024-01-31T00:00", 20240131, 20240131.0),
    ],
    ids=repr,
)
def test_a_date_is_read(raw: RawCell) -> None:
    found = read_date(raw)
    assert found == date(2024, 1, 31)
    assert type(found) is date


@pytest.mark.parametrize(
    "raw",
    [
        *("2024-02-30", "2023-02-29", "2024-13-01", "2024-00-10", "20240230", "2024-1-32", 20241332, "0000-01-01"),
        *("31/01/2024", "01-31-2024", "24-01-31", "2024-01", "202401", "yesterday", "2024-01-31 08:30", 45322, 0, -1),
        *(45322.5, True, time(8, 30), float("inf"), float("nan"), 1e300),
    ],
    ids=repr,
)
def test_an_impossible_or_unreadable_date_is_imp_02(raw: RawCell) -> None:
    assert code_of(read_date, raw) == "IMP-02"


@pytest.mark.parametrize(
    ("raw", "pad", "code"),
    [
        ("CAP-01", 0, "CAP-01"),
        (" CAP-01 ", 0, "CAP-01"),
        ("ＣＡＰ－０１", 0, "CAP-01"),
        ("0012", 0, "0012"),
        (12, 0, "12"),
        (12.0, 0, "12"),
        (8534001000.0, 0, "8534001000"),
        (123456789012345, 0, "123456789012345"),
        (1.5, 0, "1.5"),
        ("1E5", 0, "1E5"),  # a part number, not what Excel makes of a long one
        ("3E-7", 0, "3E-7"),
        (None, 0, ""),
        # in code columns numeric modes are padded to 4 and units to 3 digits
        (615, 4, "0615"),
        ("615", 4, "0615"),
        ("0615", 4, "0615"),
        (35.0, 3, "035"),
        ("7", 3, "007"),
        ("千克", 3, "千克"),
        ("", 3, ""),
    ],
)
def test_a_code_is_read(raw: RawCell, pad: int, code: str) -> None:
    assert read_code(raw, pad) == code


@pytest.mark.parametrize(
    "raw",
    ["1.23457E+14", "8.534E+09", "1e+17", "１．２Ｅ＋１４", 1e15, -1e15, 10**15, 1.2345678901234567e17, float("inf")],
    ids=repr,
)
def test_a_code_excel_has_cut_is_imp_04(raw: RawCell) -> None:
    assert code_of(read_code, raw) == "IMP-04"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  电容 10uF ", "电容 10uF"),
        ("\u3000电容\u3000", "电容"),
        ("a\x00b\x0bc", "abc"),
        ("第一行\n第二行", "第一行\n第二行"),
        (12, "12"),
        (12.0, "12"),
        (1.5, "1.5"),
        (True, "是"),
        (False, "否"),
        (None, ""),
    ],
)
def test_a_text_is_read(raw: RawCell, text: str) -> None:
    assert read_text(raw) == text


@pytest.mark.parametrize(
    ("raw", "answer"),
    [
        *((raw, True) for raw in ("是", "Y", "y", "yes", "保税", "有效", "1", 1, 1.0, True, "Ｙ", " 是 ")),
        *((raw, False) for raw in ("否", "N", "n", "no", "非保税", "无效", "0", 0, 0.0, False)),
    ],
)
def test_a_mark_is_read(raw: RawCell, answer: bool) -> None:
    assert read_yes_no(raw) is answer


@pytest.mark.parametrize("raw", ["也许", "2", 2, "是的", "x"])
def test_an_unknown_mark_is_imp_07(raw: RawCell) -> None:
    assert code_of(read_yes_no, raw) == "IMP-07"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("数量", "数量*"),
        ("数量", "数量＊"),
        ("数量", " 数 量 "),
        ("单价（元）", "单价(元)*"),
        ("BOM版本", "ＢＯＭ 版本"),
        ("bom版本", "BOM版本"),
        ("启运\n国", "启运国"),
    ],
)
def test_headings_match_by_text(one: str, other: str) -> None:
    assert heading_key(one) == heading_key(other)


def test_different_headings_stay_apart() -> None:
    assert heading_key("单价") != heading_key("单价(元)")


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
@given(raw=st.text() | st.text("0123456789,.+-eE年月日/ ０１，．", max_size=20))
@example(raw="2024-02-30")
@example(raw="1e999")
@example(raw="9" * 5000)
def test_any_text_is_read_or_unreadable(reader: Callable[[Any], object], raw: str) -> None:
    """Nothing else than ``Unreadable`` ever comes out of a cell, whatever stands in it."""
    try:
        reader(raw)
    except Unreadable as problem:
        assert problem.code in {"IMP-02", "IMP-03", "IMP-04", "IMP-07"}
        assert str(problem) == problem.text


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
@given(raw=st.floats() | st.integers() | st.booleans() | st.dates() | st.datetimes() | st.times())
def test_any_cell_is_read_or_unreadable(reader: Callable[[Any], object], raw: RawCell) -> None:
    try:
        reader(raw)
    except Unreadable as problem:
        assert problem.code in {"IMP-02", "IMP-03", "IMP-04", "IMP-07"}


decimals = st.decimals(min_value=-(10**9), max_value=10**9, places=9)


@given(decimals)
def test_what_we_write_we_read(number: Decimal) -> None:
    assert read_number(plain(number)) == number
    assert read_number(f"{number:,f}") == number


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=5))
def test_a_number_cell_of_15_digits_is_exact(number: Decimal) -> None:
    assert read_number(float(number)) == number
    assert exact_number(float(number)) == number


@given(st.dates())
def test_every_way_to_write_a_date_is_the_date(day: date) -> None:
    for text in (f"{day:%Y-%m-%d}", f"{day.year:04}/{day.month}/{day.day}", f"{day:%Y%m%d}".zfill(8)):
        assert read_date(text.zfill(10) if "-" in text else text) == day


@given(st.text())
def test_width_is_normal_after_one_pass(text: str) -> None:
    assert width_normal(width_normal(text)) == width_normal(text)
