"""The life of a document as the handbook draws it (0.4)."""

from __future__ import annotations

import pytest

from bondesk.base.flow import AUDITED, AUDITED_AND_SENT, KEPT, READ_ONLY, Flow, Move, State

#: The states of handbook 0.4 with the words of the handbook, and what 18 calls 已预录入.
STATES = {
    "DRAFT": "暂存草稿",
    "AUDITED": "已审核",
    "SENDING": "待发送",
    "SENT": "已发送",
    "PREENTERED": "已预录入",
    "ACCEPTED": "海关入库",
    "APPROVED": "已审批",
    "REJECTED": "退单",
    "VOID": "作废",
}
FLOWS = [KEPT, READ_ONLY, AUDITED, AUDITED_AND_SENT]
every_flow = pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.key)


def test_the_words_of_the_handbook() -> None:
    assert {state.key: state.title for state in AUDITED_AND_SENT.states} == STATES


@pytest.mark.parametrize(
    ("flow", "editable"),
    [(AUDITED_AND_SENT, {"DRAFT", "REJECTED"}), (AUDITED, {"DRAFT"})],
    ids=lambda value: getattr(value, "key", ""),
)
def test_edit_and_delete_only_in_draft_or_rejected(flow: Flow, editable: set[str]) -> None:
    assert {state.key for state in flow.states if flow.editable(state.key)} == editable


@pytest.mark.parametrize(
    ("move", "sources", "target"),
    [
        ("audit", {"DRAFT", "REJECTED"}, "AUDITED"),
        ("unaudit", {"AUDITED"}, "DRAFT"),
        ("send", {"AUDITED"}, "SENDING"),
        ("void", {"DRAFT", "REJECTED"}, "VOID"),
    ],
)
def test_moves_of_what_is_declared(move: str, sources: set[str], target: str) -> None:
    order = AUDITED_AND_SENT.move(move)
    assert order is not None
    assert (order.sources, order.target) == (frozenset(sources), target)
    assert order.checked is (move == "audit")


def test_a_document_that_is_only_audited_is_never_sent() -> None:
    assert [move.key for move in AUDITED.moves] == ["audit", "unaudit", "void"]
    assert AUDITED.move("send") is None


def test_a_receipt_never_moves_back() -> None:
    """Ranks rise along the way to approval; a rejection outranks what it may answer, never an approval."""
    rank = {state.key: state.rank for state in AUDITED_AND_SENT.states}
    way = ["DRAFT", "AUDITED", "SENDING", "SENT", "ACCEPTED", "APPROVED"]
    assert sorted(way, key=rank.__getitem__) == way
    assert len({rank[key] for key in way}) == len(way)
    assert rank["ACCEPTED"] < rank["REJECTED"] < rank["APPROVED"] < rank["VOID"]


@every_flow
def test_moves_stay_within_the_states(flow: Flow) -> None:
    keys = {state.key for state in flow.states}
    assert len(keys) == len(flow.states)
    for move in flow.moves:
        assert move.sources <= keys
        assert move.target in keys
        assert move.target not in move.sources


@every_flow
def test_no_state_is_a_dead_end_for_the_user_but_void(flow: Flow) -> None:
    """An editable state can always be left by a move."""
    for state in flow.states:
        if state.editable:
            assert any(state.key in move.sources for move in flow.moves)
        if state.key == "VOID":
            assert not any("VOID" in move.sources for move in flow.moves)


def test_masters_have_no_states_and_are_checked_on_every_save() -> None:
    assert (KEPT.first, KEPT.states, KEPT.moves) == ("", (), ())
    assert KEPT.editable("")
    assert KEPT.checked_on_save
    assert not AUDITED_AND_SENT.checked_on_save


def test_what_only_the_program_writes_is_never_edited() -> None:
    assert not READ_ONLY.editable("")
    assert READ_ONLY.moves == ()


def test_the_first_state_is_the_one_a_new_document_has() -> None:
    assert AUDITED_AND_SENT.first == AUDITED.first == "DRAFT"


def test_looking_up() -> None:
    flow = Flow("x", (State("A", "甲", editable=True), State("B", "乙")), (Move("go", "去", frozenset("A"), "B"),))
    assert flow.state("B").title == "乙"
    assert flow.move("go") is flow.moves[0]
    assert flow.move("come") is None
    assert (flow.editable("A"), flow.editable("B")) == (True, False)
    with pytest.raises(KeyError):
        flow.state("C")
    with pytest.raises(KeyError):
        flow.editable("C")


def test_flows_with_the_same_words_are_equal() -> None:
    assert Flow("x", (State("A", "甲"),)) == Flow("x", (State("A", "甲"),))
    assert Flow("x", (State("A", "甲"),)) != Flow("x", (State("A", "乙"),))
