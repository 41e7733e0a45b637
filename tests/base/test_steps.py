"""Scripts as generators: played by proposals, by a list, cancelled, failing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from bondesk.base.errors import Refused
from bondesk.base.options import option
from bondesk.base.steps import (
    Amounts,
    Ask,
    Cancelled,
    Choose,
    Confirm,
    Outcome,
    Preview,
    Progress,
    Step,
    Steps,
    Table,
    amounts_taken,
    play,
    proposed_answer,
    proposing,
)


@dataclass(frozen=True, slots=True)
class Heads:
    """What the run asks for."""

    transport: str = option("运输方式", "2")


DOCUMENTS = Table("单据", ("单据号",), (("IM1",), ("IM2",), ("IM3",)))
CHOOSE = Choose("documents", DOCUMENTS, ids=(11, 12, 13), chosen=(11, 13))
ASK = Ask("heads", "表头", Heads())
PREVIEW = Preview("notes", "清单", (DOCUMENTS,))
CONFIRM = Confirm("overwrite", "覆盖？", proposed=False)


def wizard(seen: list[Any]) -> Steps:
    """A script with every kind of step; what it was answered lands in ``seen``."""
    chosen = yield CHOOSE
    for number, _ in enumerate(chosen, 1):
        seen.append((yield Progress(number, len(chosen))))
    seen.append(chosen)
    seen.append((yield ASK))
    if not (yield PREVIEW):
        return Outcome("未生成")
    seen.append((yield CONFIRM))
    return Outcome(f"生成 {len(chosen)} 份", {"bonded_note": tuple(chosen)})


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        (CHOOSE, (11, 13)),
        (ASK, Heads()),
        (PREVIEW, True),
        (CONFIRM, False),
        (replace(CONFIRM, proposed=True), True),
        (Progress(1, 2), None),
    ],
    ids=lambda value: type(value).__name__,
)
def test_an_unattended_run_takes_what_is_proposed(step: Step, answer: object) -> None:
    assert proposed_answer(step) == answer


def test_a_script_is_played_to_its_outcome() -> None:
    seen: list[Any] = []
    outcome = play(wizard(seen))
    assert outcome == Outcome("生成 2 份", {"bonded_note": (11, 13)})
    assert seen == [None, None, (11, 13), Heads(), False]


def test_answers_reach_the_script_in_order() -> None:
    seen: list[Any] = []
    steps: list[Step] = []
    answers = iter([(12,), None, Heads("5"), True, True])

    def answer(step: Step) -> Any:
        steps.append(step)
        return next(answers)

    assert play(wizard(seen), answer).text == "生成 1 份"
    assert steps == [CHOOSE, Progress(1, 1), ASK, PREVIEW, CONFIRM]
    assert seen == [None, (12,), Heads("5"), True]


def test_no_to_the_preview_ends_the_script() -> None:
    outcome = play(wizard([]), lambda step: False if isinstance(step, Preview) else proposed_answer(step))
    assert outcome == Outcome("未生成")
    assert not outcome.changed


def test_a_script_without_steps_has_an_outcome() -> None:
    def silent() -> Steps:
        yield from ()
        return Outcome("无事可做")

    assert play(silent(), failing) == Outcome("无事可做")


def failing(step: Step) -> Any:
    raise AssertionError(f"nobody asked for {step}")


@pytest.mark.parametrize("problem", [Refused("不行"), Cancelled(), KeyError("heads")], ids=repr)
def test_what_the_answering_raises_ends_the_run(problem: Exception) -> None:
    def answer(step: Step) -> Any:
        raise problem

    with pytest.raises(type(problem)) as caught:
        play(wizard([]), answer)
    assert caught.value is problem


def test_what_the_script_raises_reaches_the_caller() -> None:
    def refusing() -> Steps:
        yield CONFIRM
        raise Refused("没有可用的单据", "NOTE-00")

    with pytest.raises(Refused, match="NOTE-00"):
        play(refusing())


def _after(count: int) -> Callable[[Steps], None]:
    def run(steps: Steps) -> None:
        next(steps)
        for _ in range(count - 1):
            steps.send((11,))

    return run


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_cancel_thrown_in_is_felt_at_the_next_step(count: int) -> None:
    """The desktop throws ``Cancelled`` into the script; clean-up in the script runs."""
    cleaned: list[str] = []

    def careful() -> Steps:
        try:
            return (yield from wizard([]))
        finally:
            cleaned.append("cleaned")

    steps = careful()
    _after(count)(steps)
    with pytest.raises(Cancelled):
        steps.throw(Cancelled())
    assert cleaned == ["cleaned"]


LINES = Table("明细", ("行",), (("IM1/1",), ("IM1/2",), ("IM1/3",)))
AMOUNTS = Amounts(
    "amounts",
    LINES,
    (1, 2, 3),
    (Decimal(5), Decimal(6), Decimal(0)),
    (Decimal(9), Decimal(6), Decimal(7)),
    "数量",
    "X-1",
)


def test_amounts_are_taken_in_row_order_and_nothing_is_left_out() -> None:
    assert proposed_answer(AMOUNTS) == {1: Decimal(5), 2: Decimal(6), 3: Decimal(0)}
    assert amounts_taken(AMOUNTS, {3: Decimal(7), 1: Decimal("0.00001"), 2: Decimal(0)}) == {
        1: Decimal("0.00001"),
        3: Decimal(7),
    }


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({1: Decimal("9.00001")}, "IM1/1：数量 9.00001 超过可用的 9"),
        ({2: Decimal(-1)}, "IM1/2：数量须大于0；0 表示本次不取"),
        ({3: Decimal("1.000001")}, "IM1/3：数量 1.000001 的小数超过5位"),
        ({3: Decimal("NaN")}, "IM1/3：数量须大于0；0 表示本次不取"),
        ({4: Decimal(1)}, "没有这一行：4"),
    ],
)
def test_an_amount_that_cannot_be_taken_is_refused_with_its_row(answer: dict[int, Decimal], said: str) -> None:
    with pytest.raises(Refused) as refusal:
        amounts_taken(AMOUNTS, answer)
    assert [(one.code, one.text) for one in refusal.value.findings] == [("X-1", said)]


def test_former_answers_are_proposed_as_far_as_they_fit() -> None:
    """What is gone is left out, what is new keeps its proposal, an amount never exceeds what is left."""
    assert proposing(CHOOSE, (12, 99)).chosen == (12,)  # type: ignore[union-attr]
    assert proposing(CHOOSE, (99,)) == CHOOSE
    assert proposing(Ask("heads", "表头", Heads()), Heads("5")) == Ask("heads", "表头", Heads("5"))
    taking = Amounts(
        "amounts", DOCUMENTS, (11, 12, 13), (Decimal(5), Decimal(6), Decimal(7)), (Decimal(5),) * 3, "数量", "X"
    )
    former = {11: Decimal(2), 12: Decimal(9)}
    assert proposing(taking, former).proposed == (Decimal(2), Decimal(5), Decimal(5))  # type: ignore[union-attr]
    confirm = Confirm("sure", "确定？")
    assert proposing(confirm, True) == confirm
