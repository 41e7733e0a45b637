"""Wizards and long jobs as generators of steps that know no screen.

A script yields steps and receives answers; the desktop renders them, the command line answers them
from a file or takes the defaults, a test answers from a list. Pure but for the ``Work`` it is given.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, TypeVar

from bondesk.base.errors import Refused
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding, error
from bondesk.base.numbers import QUANTITY_PLACES, places_of, plain
from bondesk.base.options import NoOptions

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows to look at: headings, one tuple of displayable values per row, a title above."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


@dataclass(frozen=True, slots=True)
class Choose:
    """Pick rows of ``table`` (answer: sequence of ids); ``ids`` and ``chosen`` follow the rows' order."""

    key: str
    table: Table
    ids: tuple[Any, ...]
    chosen: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Amounts:
    """Say how much of each row of ``table`` to take (answer: id → Decimal; a row left out or 0 takes nothing).

    ``ids``, ``proposed`` and ``most`` (what a row has left) follow the rows' order; ``heading`` names the column
    filled in, of at most ``places`` decimals. The first cell of a row names it in refusals and answer files.
    :func:`amounts_taken` reads the answer.
    """

    key: str
    table: Table
    ids: tuple[Any, ...]
    proposed: tuple[Decimal, ...]
    most: tuple[Decimal, ...]
    heading: str
    code: str
    places: int = QUANTITY_PLACES


@dataclass(frozen=True, slots=True)
class Ask:
    """Fill in an options dataclass (answer: an instance); ``value`` holds what is proposed."""

    key: str
    title: str
    value: Any


@dataclass(frozen=True, slots=True)
class Pairs:
    """Rows of which any two may be picked: ``why(first, second)`` says in Chinese what holds them together or apart.

    It takes row numbers (twice the same: what became of that row), is pure and answers at once.
    """

    table: Table
    why: Callable[[int, int], str]


@dataclass(frozen=True, slots=True)
class Preview:
    """Look at what would be done, with findings (answer: True go on, False stop).

    With ``options``, an instance of an options dataclass, the user may turn them while looking: the answer is then
    another instance, and the script yields the preview again with the same key. ``pairs`` explains any two rows.
    """

    key: str
    title: str
    tables: tuple[Table, ...]
    findings: tuple[Finding, ...] = ()
    options: Any = None
    pairs: Pairs | None = None


@dataclass(frozen=True, slots=True)
class Confirm:
    """Answer a question with True or False; ``proposed`` is what an unattended run takes."""

    key: str
    text: str
    proposed: bool = True


@dataclass(frozen=True, slots=True)
class Progress:
    """Say how far the work is; no answer. Yield at least every 200 ms so that cancel is prompt."""

    done: int
    total: int
    text: str = ""


Step = Choose | Amounts | Ask | Preview | Confirm | Progress


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a script did: a sentence, the documents changed (key → ids), findings, tables to print."""

    text: str
    changed: Mapping[str, Sequence[int]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    tables: tuple[Table, ...] = ()


Steps = Generator[Step, Any, Outcome]


@dataclass(frozen=True, slots=True)
class Script:
    """A declared wizard or long job: what it is called, which options it takes, how it runs.

    ``document`` is the key of the document whose list offers it and whose right it needs. ``run(work,
    options, selected)`` (the work also reads the ledger) receives the ids selected in that list (may be empty).
    ``when`` names the states a selected document must be in. ``offered(facts)`` tells whether the enterprise has it
    at all: where a parameter switches it off it is absent from lists and palette, and refused everywhere.
    """

    key: str
    title: str
    document: str
    run: Callable[[Any, Any, Sequence[int]], Steps]
    options: type[Any] = NoOptions
    when: frozenset[str] = frozenset()
    help: str = ""
    offered: Callable[[Facts], bool] | None = None


class Cancelled(Exception):
    """Thrown into a script at its next ``yield`` when the user cancels; the transaction is rolled back."""


def proposed_answer(step: Step) -> Any:
    """Return what an unattended run answers to ``step``: the proposal the step carries."""
    match step:
        case Choose():
            return step.chosen
        case Amounts():
            return dict(zip(step.ids, step.proposed, strict=True))
        case Ask():
            return step.value
        case Preview():
            return True
        case Confirm():
            return step.proposed
        case Progress():
            return None


def proposing(step: Step, former: Any) -> Step:
    """Return ``step`` with what was answered to it before as its proposal, as far as it can still be answered so."""
    match step:
        case Choose():
            chosen = frozenset(former)
            kept = tuple(one for one in step.ids if one in chosen)
            return replace(step, chosen=kept) if kept else step
        case Ask() if type(former) is type(step.value):
            return replace(step, value=former)
        case Amounts():
            rows = zip(step.ids, step.proposed, step.most, strict=True)
            return replace(step, proposed=tuple(min(former.get(one, amount), most) for one, amount, most in rows))
        case _:
            return step


def amount_problem(step: Amounts, row: int, amount: Decimal) -> str:
    """Say in Chinese why ``amount`` cannot be taken of a row (by its place), "" when it can."""
    if not amount.is_finite() or amount < 0:
        return f"{step.heading}须大于0；0 表示本次不取"
    if places_of(amount) > step.places:
        return f"{step.heading} {plain(amount)} 的小数超过{step.places}位"
    if amount > step.most[row]:
        return f"{step.heading} {plain(amount)} 超过可用的 {plain(step.most[row])}"
    return ""


def amounts_taken(step: Amounts, answer: Mapping[Any, Decimal]) -> dict[Any, Decimal]:
    """Return what an answer takes, rows of 0 left out, in row order.

    ``Refused`` with the step's ``code`` names every row whose amount is below 0, above what is left or too fine,
    and an id the step does not have.
    """
    rows = {row_id: row for row, row_id in enumerate(step.ids)}
    findings = [error(step.code, f"没有这一行：{row_id}") for row_id in answer if row_id not in rows]
    for row_id, row in rows.items():
        problem = amount_problem(step, row, answer.get(row_id, Decimal(0)))
        if problem:
            findings.append(error(step.code, f"{step.table.rows[row][0]}：{problem}"))
    if findings:
        raise Refused(findings)
    return {row_id: answer[row_id] for row_id in step.ids if answer.get(row_id)}


def play(steps: Steps, answer: Callable[[Step], Any] = proposed_answer) -> Outcome:
    """Run a script to its end, answering every step with ``answer``."""
    reply: Any = None
    while True:
        try:
            step = steps.send(reply)
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome
        reply = answer(step)


def run_through(steps: Generator[Any, None, R]) -> R:
    """Run what only tells its progress to its end, showing it to nobody, and return what it gives."""
    try:
        while True:
            next(steps)
    except StopIteration as end:
        given: R = end.value
        return given
