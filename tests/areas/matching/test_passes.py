"""The passes of 自动对应: the handbook's example, and what holds for any papers."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import pytest

from bondesk.areas.matching.passes import R1, R2, R3, Matched, Pair, Paper, Rules, agree, match

ALL = Rules()
BOOK = "E52042300A01"
Figures = Mapping[int, tuple[object, ...]]


def paper(number: int, first: str = "", second: str = "", book: str = BOOK, way: str = "I") -> Paper:
    return Paper(number, book, way, first, second)


def run(drafts: Sequence[Paper], formals: Sequence[Paper], figures: Figures, rules: Rules = ALL) -> Matched:
    return match(drafts, formals, rules, lambda _left, _right: (figures, figures))


def test_the_example_of_the_handbook() -> None:
    """7.3: A and B have the draft's five values; with the 统一编号 on A, R2 takes A and B stays."""
    five = ("0615", 3, "1234.50000", ("502", "5000.00"))
    figures = {1: five, 11: five, 12: five}
    found = run([paper(1)], [paper(11), paper(12)], figures)
    assert found.pairs == []
    assert found.drafts[1] == "多个候选：R3 关键项相同的正式单有 2 张，请手动对应"
    assert set(found.formals) == {11, 12}
    found = run([paper(1, second="S1")], [paper(11, second="S1"), paper(12)], figures)
    assert found.pairs == [Pair(1, 11, R2)]
    assert found.formals == {12: "没有可对应的草单"}


@pytest.mark.parametrize(
    ("draft", "formal", "rule"),
    [
        (paper(1, "QD1"), paper(11, "QD1"), R1),
        (paper(1, "QD1", "S1"), paper(11, "QD1", "S9"), R1),
        (paper(1, "", "S1"), paper(11, "QD1", "S1"), R2),
        (paper(1, "QD2", "S1"), paper(11, "QD1", "S1"), None),
        (paper(1), paper(11, "QD1", "S1"), R3),
        (paper(1, "QD2"), paper(11, "QD1"), None),
        (paper(1, "", "S2"), paper(11, "", "S1"), None),
        (paper(1, "QD1", book="E1"), paper(11, "QD1", book="E2"), None),
        (paper(1, "QD1", way="E"), paper(11, "QD1", way="I"), None),
    ],
)
def test_one_pair(draft: Paper, formal: Paper, rule: str | None) -> None:
    found = run([draft], [formal], {1: ("same",), 11: ("same",)})
    assert found.pairs == ([Pair(1, 11, rule)] if rule else [])


def test_rules_can_be_left_out() -> None:
    drafts, formals = [paper(1, "QD1", "S1")], [paper(11, "QD1", "S1")]
    same = {1: ("x",), 11: ("x",)}
    assert run(drafts, formals, same, Rules(first=False)).pairs == [Pair(1, 11, R2)]
    assert run(drafts, formals, same, Rules(first=False, second=False)).pairs == [Pair(1, 11, R3)]
    assert run(drafts, formals, same, Rules(False, False, False)).pairs == []


def test_a_paper_without_lines_has_no_third_key() -> None:
    assert run([paper(1)], [paper(11)], {}).pairs == []


def some(seed: int) -> tuple[list[Paper], list[Paper], dict[int, tuple[object, ...]]]:
    """Papers with few numbers and few figures, so that candidates are often several."""
    dice = random.Random(seed)

    def one(number: int) -> Paper:
        return Paper(
            number,
            dice.choice(("E1", "E2")),
            dice.choice("IE"),
            dice.choice(("", "", "A", "B", "C")),
            dice.choice(("", "", "x", "y")),
        )

    drafts = [one(n) for n in range(dice.randrange(9))]
    formals = [one(100 + n) for n in range(dice.randrange(9))]
    figures: dict[int, tuple[object, ...]] = {p.id: (dice.randrange(3),) for p in drafts + formals}
    return drafts, formals, figures


def plainly(drafts: Sequence[Paper], formals: Sequence[Paper], figures: Figures) -> set[Pair]:
    """The rule as it is written: every pair looked at, pass by pass."""
    pairs: set[Pair] = set()
    seen: set[int] = set()
    for rule in (R1, R2, R3):
        left = [d for d in drafts if d.id not in seen]
        right = [f for f in formals if f.id not in seen]
        keys = {R1: lambda p: p.first, R2: lambda p: p.second, R3: lambda p: figures.get(p.id)}
        key = keys[rule]
        near = [
            (d, f)
            for d in left
            for f in right
            if key(d) and key(d) == key(f) and d[1:3] == f[1:3] and agree(rule, d, f)
        ]
        seen |= {one.id for pair in near for one in pair}
        for d, f in near:
            if sum(d is one for one, _ in near) == 1 and sum(f is one for _, one in near) == 1:
                pairs.add(Pair(d.id, f.id, rule))
    return pairs


@pytest.mark.parametrize("seed", range(300))
def test_the_passes_are_the_rule(seed: int) -> None:
    """Equal to the rule looked up pair by pair; the same with sides exchanged, in any order, and run again."""
    drafts, formals, figures = some(seed)
    found = run(drafts, formals, figures)
    assert set(found.pairs) == plainly(drafts, formals, figures)
    assert len({p.draft for p in found.pairs}) == len({p.formal for p in found.pairs}) == len(found.pairs)
    turned = {Pair(p.formal, p.draft, p.rule) for p in run(formals, drafts, figures).pairs}
    assert turned == set(found.pairs)
    random.Random(seed).shuffle(drafts)
    random.Random(seed + 1).shuffle(formals)
    assert set(run(drafts, formals, figures).pairs) == set(found.pairs)
    paired = {p.draft for p in found.pairs} | {p.formal for p in found.pairs}
    assert set(found.drafts) == {d.id for d in drafts} - paired
    assert set(found.formals) == {f.id for f in formals} - paired
    assert all(found.drafts.values())
    left = [d for d in drafts if d.id not in paired], [f for f in formals if f.id not in paired]
    assert run(*left, figures).pairs == [], "running again pairs nothing more"
