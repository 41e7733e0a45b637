"""Receipts of declarations: every order of the same receipts ends alike, and each letter means what the tables say."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bondesk.areas.declarations.dec_receipts import outcome, said, settle
from bondesk.areas.declarations.dec_status import CHANNELS, OVERRIDING
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.base.flow import DECLARED_AND_RELEASED
from bondesk.base.messages import Receipt, ReceiptHistory
from bondesk.settings import carried

T0 = datetime(2025, 1, 15, 10)
SIDE = ("state", "customs_state", "seq_no", "declaration_no", "customs_reason", "customs_at", "declared_on")


def notice(channel: str, minute: int, **more: Any) -> Receipt:
    """A business receipt."""
    given = {"seq_no": "I20250000000000001", "reasons": (f"通知{channel}{minute}",), **more}
    return Receipt("DEC_RESULT", result=channel, at=T0 + timedelta(minutes=minute), **given)


def response(result: str, minute: int = 0) -> Receipt:
    """An import response."""
    seq_no = "I20250000000000001" if result == "0" else ""
    return Receipt("DECIMPORT", "D1", seq_no, result=result, at=T0 + timedelta(minutes=minute), reasons=("说明",))


def received(
    receipts: Sequence[Receipt], one: Declaration | None = None, answered: datetime | None = None
) -> Declaration:
    """Let receipts arrive one by one."""
    one = one or Declaration(internal_no="D1", state="SENT", ie_flag="I")
    for number, receipt in enumerate(receipts):
        settle(one, ReceiptHistory(tuple(receipts[:number]), answered), receipt, None)
    return one


def side(one: Declaration) -> tuple[Any, ...]:
    """What customs has made of a declaration."""
    return tuple(getattr(one, key) or "" for key in SIDE)


#: what arrives in some order | state in the end
ENDS = [
    ([response("0"), notice("7", 1), notice("L", 2), notice("J", 3), notice("R", 9)], "CLEARED"),
    ([notice("L", 2), notice("J", 3), notice("C", 4), notice("P", 8), notice("R", 9)], "CLEARED"),
    ([response("0"), notice("L", 1), notice("E", 2), notice("7", 1)], "RETURNED"),
    ([notice("L", 1), notice("E", 2), notice("L", 5), notice("J", 6)], "EXAMINED"),
    ([notice("L", 1), notice("J", 2), notice("C", 3), notice("T", 4)], "INSPECT"),
    ([notice("J", 1), notice("P", 2), notice("R", 3), notice("D", 4)], "DELETED"),
    ([notice("P", 1), notice("R", 2), notice("E", 3), notice("M", 4)], "CLEARED"),
    ([notice("E", 2), notice("Z", 2), notice("L", 1), notice("X", 3)], "RETURNED"),
    ([response("-1", 0), notice("a", 1), notice("?", 2)], "FAILED"),
    ([notice("L", 1), notice("A", 2), notice("E", 2)], "DELETED"),
]


@pytest.mark.parametrize(("receipts", "state"), ENDS)
def test_all_orders_and_repetitions_end_alike(receipts: list[Receipt], state: str) -> None:
    ends = {side(received([*order, order[0], order[-1]])) for order in permutations(receipts)}
    assert len(ends) == 1
    assert next(iter(ends))[0] == state


@given(st.lists(st.tuples(st.sampled_from(sorted(CHANNELS)), st.integers(0, 6)), min_size=1, max_size=6).flatmap(
    lambda told: st.tuples(st.just(told), st.permutations(told))
))  # fmt: skip
def test_any_order_of_any_letters_ends_alike(told: tuple[list[tuple[str, int]], list[tuple[str, int]]]) -> None:
    first, second = ([notice(channel, minute) for channel, minute in order] for order in told)
    assert side(received(first)) == side(received(second))


def test_facts_are_taken_on_acceptance() -> None:
    """统一编号 from any, 海关编号 and both dates on J; customs' own dates count."""
    values = {"D_DATE": "2025-01-16", "I_E_DATE": "20250114"}
    one = received([response("0"), notice("L", 1, business_no="530120251000000001"), notice("J", 2, values=values)])
    assert (one.seq_no, one.declaration_no) == ("I20250000000000001", "530120251000000001")
    assert (str(one.declared_on), str(one.entry_exit_date)) == ("2025-01-16", "2025-01-14")


def test_an_answer_to_an_older_sending_moves_nothing() -> None:
    """Sent again after a return: a late 查验 of before changes nothing, what comes later does."""
    old = (notice("L", 1), notice("E", 5))
    one = received(old)
    one.state = "SENT"
    answered = T0 + timedelta(minutes=5)
    settle(one, ReceiptHistory(old, answered), notice("C", 3), None)
    assert one.state == "SENT"
    settle(one, ReceiptHistory((*old, notice("C", 3)), answered), notice("L", 8), None)
    assert one.state == "DECLARED"


def test_a_declaration_under_correction_stays_where_its_user_has_it() -> None:
    one = received([notice("L", 1), notice("E", 5)])
    one.state = "AUDITED"
    history = ReceiptHistory((notice("L", 1), notice("E", 5)))
    assert settle(one, history, notice("7", 0), None) != ""
    assert one.state == "AUDITED"
    settle(one, history, notice("J", 9), None)
    assert one.state == "EXAMINED"


def test_a_repetition_says_nothing() -> None:
    one = received([notice("L", 1)])
    assert settle(one, ReceiptHistory((notice("L", 1),)), notice("L", 1), None) == ""


def test_the_client_without_a_card() -> None:
    one = received([Receipt("FAILED", result="C134", at=T0, reasons=("打开读卡器失败",))])
    assert (one.state, one.customs_reason) == ("FAILED", "打开读卡器失败")


@pytest.mark.parametrize("channel", sorted(CHANNELS))
def test_every_letter_has_a_state_of_the_flow_and_a_chinese_sentence(channel: str) -> None:
    meant = CHANNELS[channel]
    if meant.state:
        assert DECLARED_AND_RELEASED.state(meant.state).title
    one = received([notice(channel, 1)])
    assert one.state == (meant.state or "SENT")
    assert said(notice(channel, 1)).startswith(meant.words)


def test_an_unknown_letter_is_kept_and_told() -> None:
    assert said(notice("?", 1)) == "未识别的回执代码“?”：通知?1"
    assert outcome([notice("?", 1)]).state == ""


def table(name: str) -> dict[str, dict[str, str]]:
    """A carried code table by code."""
    with (carried("resources") / "codes" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as stream:
        return {row["code"]: row for row in csv.DictReader(stream)}


def test_the_letters_are_those_of_the_code_tables() -> None:
    """Names as in receipt_channel, states as declaration_status assigns the letters."""
    assert {code: row["name"] for code, row in table("receipt_channel").items()} == {
        code: meant.words for code, meant in CHANNELS.items()
    }
    statuses = table("declaration_status")
    for status, row in statuses.items():
        for letter in filter(None, row["receipt_channels"].split(";")):
            assert CHANNELS[letter].customs_state == status
    assert {meant.customs_state for meant in CHANNELS.values()} - {"", "SENT"} <= set(statuses)
    assert set(OVERRIDING) <= set(statuses)
