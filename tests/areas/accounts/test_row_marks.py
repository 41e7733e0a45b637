"""Handbook 4.3 and 4.4 as tables."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bondesk.areas.accounts.row_marks import Fate, Values, differing, mark_of, reverted, same, struck
from bondesk.base.change import Mark

FATES = """
    mark      撤销行                删除行
    增加      移除                  移除
    修改      恢复 → 未修改         恢复 → 删除
    未修改    -                     保留 → 删除
    删除      恢复 → 未修改         -
"""
_MARKS = {"未修改": Mark.SAME, "修改": Mark.MODIFIED, "删除": Mark.STRUCK, "增加": Mark.ADDED}
_VALUES = {"恢复": Values.RESTORED, "保留": Values.KEPT, "移除": Values.GONE}


def _rows() -> list[tuple[str, str, str]]:
    lines = FATES.strip().splitlines()[1:]
    found = []
    for line in lines:
        cells = [cell.strip() for cell in line.strip().split("  ") if cell.strip()]
        found.append((cells[0], cells[1], cells[2]))
    return found


def _told(fate: Fate) -> str:
    if not fate.acts:
        return "-"
    words = {value: word for word, value in _VALUES.items()}
    if fate.values is Values.GONE:
        return words[fate.values]
    names = {mark: word for word, mark in _MARKS.items()}
    return f"{words[fate.values]} → {names[fate.mark]}"


@pytest.mark.parametrize(("mark", "revert", "strike"), _rows())
def test_what_the_two_orders_do(mark: str, revert: str, strike: str) -> None:
    assert (_told(reverted(_MARKS[mark])), _told(struck(_MARKS[mark]))) == (revert, strike)


@pytest.mark.parametrize(
    ("before", "after", "equal"),
    [
        ("连接器", " 连接器　", True),
        ("ＡＢＣ", "ABC", True),
        ("abc", "ABC", False),
        (Decimal("1.50"), Decimal("1.5000"), True),
        (Decimal("0"), None, False),
        ("", None, True),
        (None, None, True),
        (Decimal("1.5"), Decimal("1.50001"), False),
    ],
)
def test_texts_by_width_and_numbers_by_value(before: Any, after: Any, equal: bool) -> None:
    assert same(before, after) is equal
    assert same(after, before) is equal


def test_the_mark_follows_from_the_approved_row() -> None:
    columns = ("name", "price")
    filed = {"name": "连接器", "price": Decimal(2), "remark": "x"}
    assert mark_of(columns, None, filed) is Mark.ADDED
    assert mark_of(columns, filed, {"name": "连接器 ", "price": Decimal("2.0"), "remark": "y"}) is Mark.SAME
    assert mark_of(columns, filed, {"name": "连接器", "price": Decimal("2.1")}) is Mark.MODIFIED
    assert differing(columns, filed, {"name": "插座", "price": None}) == ("name", "price")


@given(st.sampled_from(list(Mark)))
def test_reverting_after_striking_ends_where_the_approved_copy_is(mark: Mark) -> None:
    """Whatever was done, 删除行 then 撤销行 leaves a filed row unmarked, and an added row gone."""
    after = struck(mark)
    if after.values is Values.GONE:
        assert mark is Mark.ADDED
    else:
        assert reverted(after.mark).mark is Mark.SAME
