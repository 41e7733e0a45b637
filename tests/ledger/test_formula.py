"""The switch of the printed formula over the same postings, and the sign table as it is on a day (handbook 8.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest

from bondesk.base.errors import Refused
from bondesk.ledger.balance import Movement
from bondesk.ledger.formula import FORMULAS, FormulaBooks, said, table_for
from bondesk.ledger.posting import EVERY, Effect, EffectTable, Only, Posting, changes
from bondesk.ledger.verification import verified
from ledger.test_balance import CYCLE_1, CYCLE_2, SIGNS
from ledger.test_posting import POSTING
from ledger.test_verification import FILED

D = Decimal
OURS = EffectTable(SIGNS)


@dataclass(frozen=True)
class Kept:
    """Books that hold these postings."""

    held: Sequence[Posting]

    def movements(self, record_no: str, begin: date | None, end: date | None) -> Sequence[Movement]:
        raise AssertionError("a formula reads single postings")

    def postings(
        self, record_no: str, begin: date | None, end: date | None, stage: str, only: Only = EVERY
    ) -> Sequence[Posting]:
        return [one for one in self.held if one.stage.value == stage and only.holds(one)]


def posted(text: str) -> list[Posting]:
    """Read movements as postings with the default signs, each twice and once taken back."""
    words, found = text.split(), []
    for item, mode, goods, way, quantity in zip(*[iter(words)] * 5, strict=True):
        effect = OURS.effect(mode, goods, way)[0 if goods == "I" else 1]
        version = "" if goods == "I" else "1"
        values = {"item_no": int(item), "mode": mode, "goods_flag": goods, "ie_flag": way, "uc_version": version}
        one = replace(POSTING, **values, quantity=D(quantity), effect=effect)
        found += [one, one, replace(one, reversal=True)]
    return found


def figures(text: str, formula: str) -> list[tuple[Decimal, Decimal, Decimal]]:
    """What went in and out, was consumed and is expected of materials 1 to 3 under a formula."""
    books = FormulaBooks(Kept(posted(text)), table_for(SIGNS, formula))
    rows, _ = verified((1, 2, 3), {}, books.movements("", None, None), FILED)
    return [(row.in_out, row.consumed, row.expected) for row in rows]


def test_tv10_and_the_strict_formula_over_the_same_postings() -> None:
    """4600 with the printed sign; 0700 and 0657 left out; both; the default."""
    printed = [D("194.28571"), D(8020), D("1619.79167")], [D("375.71429"), D(1930), D("280.20833")]
    for formula, expected in (("PRINTED", printed), ("MANUAL", printed)):
        rows = figures(CYCLE_1, formula)
        assert ([row[1] for row in rows], [row[2] for row in rows]) == expected, formula
    assert figures(CYCLE_1, "") == figures(CYCLE_1, "STRICT")
    assert [figures(CYCLE_2, one)[0][0] for one, _title in FORMULAS] == [D(295), D(295), D(300), D(300)]
    assert all(bool(said(one)) == (one != "") for one, _title in FORMULAS)


WAS = Effect("0615", "I", "I", 1, 0, valid_from=date(2000, 1, 1), valid_to=date(2024, 6, 30))
NOW = Effect("0615", "I", "I", -1, 0, valid_from=date(2024, 7, 1))


def test_the_effect_is_that_of_the_business_day() -> None:
    table = EffectTable((NOW, WAS))
    days = date(2000, 1, 1), date(2024, 6, 30), date(2024, 7, 1)
    assert [table.effect("0615", "I", "I", day)[0] for day in days] == [1, 1, -1]
    assert table.effect("0615", "I", "I") == (-1, 0)
    assert [table.writeoff_mode("0615", "I", "I", day) for day in days[1:]] == ["D", "F"]


def test_a_day_nobody_knows_stops_and_says_what_is_known() -> None:
    with pytest.raises(Refused) as refused:
        EffectTable((NOW, WAS)).effect("0615", "I", "I", date(1999, 12, 31))
    (finding,) = refused.value.findings
    assert finding.code == "NOTE-08"
    assert "0615（料件进口）在 1999-12-31 对底账的影响未定义" in finding.text
    assert "2000-01-01 至 2024-06-30、2024-07-01 至 今后" in finding.text
    assert "更新海关参数" in finding.text


@pytest.mark.parametrize("now", [-1, 0])
def test_another_table_never_changes_what_is_posted(now: int) -> None:
    """The same line under another sign posts nothing; a changed quantity is posted with the new one."""
    assert changes([POSTING], [replace(POSTING, effect=now)]) == ()
    other = replace(POSTING, effect=now, quantity=D(13))
    assert changes([POSTING], [other]) == (replace(POSTING, reversal=True), *([other] if now else []))
    assert changes([], [replace(POSTING, effect=0)]) == ()
