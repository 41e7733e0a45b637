"""Benchmark: a 5-level factory of 5,000 parts exploded, against a bottom-up pass over plain Python integers.

Run on demand: ``python tests/benchmarks/bom_rollup.py [parts]``. Both give, for every (made part, bought part) pair,
net, gross, tangible and bonded amount exactly and the gross amount at 9 decimals. Goal: at most 1.3 times the floor.
Every pair is compared with exact fractions; rounding at every level is shown to be wrong. Nothing fails by the clock.
"""

from __future__ import annotations

import gc
import math
import statistics
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from random import Random

from bondesk.areas.goods.explosion import Bom, BomLine, Explosion, Scaled
from bondesk.base.numbers import half_up, half_up_ratio

RATES = [Decimal(one) for one in ("0", "0.2", "0.5", "1", "2", "3", "5")]
NETS = [Decimal(one) for one in ("1", "2", "4", "12", "0.5", "0.05", "0.0014", "18", "0.006")]
Nested = dict[str, dict[str, tuple[int, ...]]]


def factory(parts: int, levels: int = 5, lines: int = 5) -> dict[str, list[Bom]]:
    """Return BOMs of ``levels`` levels: made parts hold five or six parts of the levels below, seldom of one far below."""
    random = Random(13)
    size = parts // levels
    boms: dict[str, list[Bom]] = {}
    for level in range(1, levels):
        for number in range(size):
            below = [(level - 1 if random.random() < 0.65 else random.randrange(level)) for _ in range(lines)]
            below += [level - 1] if random.random() < 0.25 else []
            names = dict.fromkeys(f"L{under}-{random.randrange(size)}" for under in below)
            made = tuple(
                BomLine(name, random.choice(NETS), random.choice(RATES), random.choice(RATES[:3])) for name in names
            )
            boms[f"L{level}-{number}"] = [Bom(f"L{level}-{number}", "V1", made)]
    return boms


def ours(boms: dict[str, list[Bom]]) -> tuple[dict[str, Scaled], int]:
    """Explode every made part as the program does."""
    explosion = Explosion(boms, boms)
    found = {name: explosion.scaled(versions[0]) for name, versions in boms.items()}
    total = 0
    for scaled in found.values():
        for _, gross, _, _ in scaled.parts.values():
            total += _nine(gross, scaled.denominator)
    return found, total


def _nine(numerator: int, denominator: int) -> int:
    return (2 * numerator * 10**9 + denominator) // (2 * denominator)


def plain_input(boms: dict[str, list[Bom]]) -> dict[str, list[tuple[str, int, int, int, int, int]]]:
    """Return the same factory as bare integers: part, net, gross, tangible share, bonded share, denominator."""
    found = {}
    for name, (bom,) in boms.items():
        rows = []
        for line in bom.lines:
            net, tangible, intangible, bonded = (
                int(one.scaleb(9)) for one in (line.net, line.tangible, line.intangible, line.bonded)
            )
            kept = 100 * 10**9 - tangible - intangible
            figures = (net * kept, net * 100 * 10**9, net * tangible, net * bonded, kept * 10**9)
            common = math.gcd(*figures)
            rows.append((line.material, *(figure // common for figure in figures)))
        found[name] = rows
    return found  # type: ignore[return-value]


def floor(factory: dict[str, list[tuple[str, int, int, int, int, int]]]) -> int:
    """Go bottom-up over plain integers: no classes, no checks, no paths; parts come before those that use them."""
    done: dict[str, tuple[int, dict[str, list[int]]]] = {}
    total = 0
    for name, rows in factory.items():
        common = 1
        for part, _, _, _, _, below in rows:
            common = math.lcm(common, below * done[part][0] if part in done else below)
        found: dict[str, list[int]] = {}
        for part, net, gross, tangible, bonded, below in rows:
            if part not in done:
                times = common // below
                old = found.get(part, (0, 0, 0, 0))
                new = [net * times, gross * times, tangible * times, bonded * times]
                found[part] = [a + b for a, b in zip(old, new, strict=True)]
                continue
            inner, leaves = done[part]
            times = common // (below * inner)
            n, g, t, b = net * times, gross * times, tangible * times, bonded * times
            for leaf, (x, y, z, w) in leaves.items():
                if leaf in found:
                    sums = found[leaf]
                    sums[0] += n * x
                    sums[1] += g * y
                    sums[2] += g * z + t * x
                    sums[3] += b * w
                else:
                    found[leaf] = [n * x, g * y, g * z + t * x, b * w]
        done[name] = (common, found)
        for sums in found.values():
            total += _nine(sums[1], common)
    return total


def fractions(boms: dict[str, list[Bom]], *, rounded: bool) -> dict[str, dict[str, Fraction]]:
    """Return gross amounts by exact fractions, or rounded to 9 decimals at every level as a spreadsheet would."""
    done: dict[str, dict[str, Fraction]] = {}
    for name, (bom,) in boms.items():
        found: dict[str, Fraction] = {}
        for line in bom.lines:
            share = Fraction(line.net) / (1 - (Fraction(line.tangible) + Fraction(line.intangible)) / 100)
            for part, amount in done.get(line.material, {line.material: Fraction(1)}).items():
                found[part] = found.get(part, Fraction(0)) + share * amount
        if rounded:
            found = {part: Fraction(half_up(amount, 9)) for part, amount in found.items()}
        done[name] = found
    return done


def timed(run: Callable[[], object]) -> float:
    """Return the seconds of one run without the collector's pauses."""
    gc.collect()
    gc.disable()
    begin = time.perf_counter()
    run()
    taken = time.perf_counter() - begin
    gc.enable()
    return taken


def main(parts: int, rounds: int = 5) -> None:
    """Measure and check."""
    boms = factory(parts)
    plain = plain_input(boms)
    found, total = ours(boms)
    if total != floor(plain):
        raise AssertionError("the two passes disagree")
    pairs = sum(len(scaled.parts) for scaled in found.values())
    edges = sum(len(bom.lines) for (bom,) in boms.values())
    runs = [(timed(lambda: ours(boms)), timed(lambda: floor(plain))) for _ in range(rounds)]
    mine, least = (statistics.median(column) for column in zip(*runs, strict=True))
    ratio = statistics.median(a / b for a, b in runs)
    say(f"{parts} parts, {edges} edges, {pairs} pairs")
    say(f"explosion {mine:.3f} s, plain integers {least:.3f} s, ratio {ratio:.2f} (goal 1.3)")
    exact, stepwise = fractions(boms, rounded=False), fractions(boms, rounded=True)
    wrong = levelled = 0
    for name, scaled in found.items():
        for part, (_, gross, _, _) in scaled.parts.items():
            right = half_up(exact[name][part], 9)
            wrong += half_up_ratio(gross, scaled.denominator, 9) != right
            levelled += Decimal(half_up(stepwise[name][part], 9)) != right
    say(f"wrong at 9 decimals: {wrong}; with rounding at every level: {levelled} ({levelled / pairs:.0%})")


def say(text: str) -> None:
    """Write a line."""
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
