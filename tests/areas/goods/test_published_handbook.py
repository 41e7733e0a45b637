"""A handbook of 13 materials, 20 products and 190 consumption lines, reckoned by hand: when to round, and how often.

The declared material quantities are Σ product quantity × U with U = net ÷ (1 − loss) kept at 9 decimals, rounded
once at the end; whoever rounds a line, or U, earlier declares other quantities for most materials.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from bondesk.areas.goods.explosion import Bom, BomLine
from bondesk.areas.goods.rollup import ItemBom, Mapped, roll_up
from bondesk.base.numbers import half_up
from bondesk.ledger.balance import Movement, fold
from bondesk.ledger.consumption import Consumption, Filed
from bondesk.ledger.posting import Stage

#: A product a row: quantity | net / loss % of each of the 13 materials, ``-`` where it uses none.
PRODUCTS = """
50953 | - 0.45913/5 0.624/3.7 0.6018/3 0.43944/1.5 - 0.3747/0.5
        0.89176/3.7 0.8833/12 0.0589/8 - - 0.89212/12
16492 | 0.236/3 0.03711/3 0.3631/6 0.449545/1 0.985563/1.5 - -
        0.3846/1 - - - 0.072/0.5 0.2701/2
31239 | 0.011/1 0.48365/3.7 0.09027/2.5 0.8286/1 - 0.1296/5 -
        - 0.151/4.25 0.959495/2.5 - - 0.765/3.7
20304 | - - 0.162/1.5 - 0.251/8 0.42348/2.5 -
        0.68348/2 0.583209/0.5 0.917/8 - 0.376958/5 0.65431/2.5
 8928 | 0.7546/12 0.958/3.7 0.731479/2 0.519/1.5 0.41217/2.5 0.517387/6 0.6112/4.25
        - 0.205569/12 - - 0.347/2 -
24211 | 0.819/3 0.3465/2.5 0.95567/4.25 0.50016/4.25 0.8522/1.5 0.594/3.7 0.331665/1.5
        - - 0.894/3.7 - 0.483/0.5 0.32038/3.7
25298 | 0.43168/3 0.57406/0.5 0.28416/3 0.746/3.7 0.319448/3 0.6644/12 0.71/5
        - 0.1599/1 0.544468/8 0.269951/1 - 0.093837/4.25
  925 | 0.5949/8 0.5237/1 0.87455/3.7 0.6269/3 0.84999/2 0.7356/1 0.54279/4.25
        0.976/2.5 0.558528/5 0.302633/2 0.2555/12 0.61447/1 -
26590 | - - 0.219455/2.5 0.929237/1.5 0.611/12 0.479/3.7 -
        0.2449/1 - 0.1394/3 0.840777/12 0.00134/0.5 0.359/2.5
39921 | 0.551/3.7 - - 0.287/4.25 - 0.191475/2 0.057026/4.25
        0.230994/4.25 - 0.60383/12 - - -
 5166 | 0.012786/4.25 0.63728/2 0.1537/2 - - 0.377/8 0.077/2
        - - 0.723/1.5 0.378505/3 - 0.09498/12
 2414 | 0.151602/1.5 0.047871/2.5 0.306087/3 0.27689/0.5 0.87/0.5 - 0.6705/5
        0.382/2 0.495439/2 0.235/12 - - 0.415072/4.25
47445 | 0.344/3.7 0.73422/2 0.438/3.7 0.333667/1.5 0.914006/1 0.924741/2.5 0.156412/3.7
        0.88164/5 0.02606/6 0.082/6 0.3626/12 0.873/0.5 0.157/3.7
45990 | 0.61778/2.5 - 0.43651/3 0.4366/5 0.419/3.7 0.812/12 -
        0.69982/8 0.08406/2 - 0.3867/12 0.735268/4.25 -
33449 | - 0.021/12 0.646/4.25 0.366/1 0.820229/8 0.518465/1.5 0.329595/2.5
        0.633/1 0.0133/3 0.774/1.5 - 0.3878/5 0.129/3
37756 | 0.57294/2.5 0.838576/2 0.7029/6 0.1923/3.7 0.8685/0.5 0.68688/1.5 0.4205/2
        0.7154/1 - 0.20263/0.5 - 0.41501/1 0.944344/1
10694 | 0.8749/1.5 0.398/3 - - 0.374403/1.5 0.53616/3 -
        0.558995/5 0.906/0.5 - - 0.8865/3 0.079387/3
28419 | 0.879/1.5 0.07203/3 0.45848/6 0.75264/5 0.512823/5 0.2885/4.25 0.0744/4.25
        - - 0.696664/4.25 - 0.7289/3 0.4508/4.25
54824 | 0.702156/2.5 - - 0.672571/6 - 0.15/5 0.040326/12
        - 0.147933/4.25 0.4821/0.5 0.062/6 - 0.20309/4.25
28181 | 0.1052/8 0.917276/8 0.4512/5 0.58063/2.5 0.952915/6 0.7347/3 0.188/8
        0.9184/6 0.467491/1.5 0.533058/6 0.241/8 0.699/6 -
"""
#: What the handbook declares of the 13 materials.
DECLARED = """
213434.89533 180241.49637 212575.77127 276152.69812 273764.60638 251704.22583 102650.86939
247337.39997 113208.83499 228959.39714 85344.65469 183283.55028 190652.35386
""".split()


def handbook() -> tuple[list[Decimal], list[Bom]]:
    """Read the table: quantities and BOMs, product by product."""
    quantities, boms = [], []
    for number, row in enumerate(PRODUCTS.replace("\n        ", " ").strip().splitlines(), 1):
        quantity, cells = row.split("|")
        lines = []
        for material, cell in enumerate(cells.split(), 1):
            if cell != "-":
                net, loss = cell.split("/")
                lines.append(BomLine(f"M{material}", Decimal(net), Decimal(loss)))
        quantities.append(Decimal(quantity))
        boms.append(Bom(f"P{number}", "V1", tuple(lines)))
    return quantities, boms


@pytest.fixture(scope="module")
def rolled() -> list[ItemBom]:
    """Roll the twenty products up, one item a part."""
    _, boms = handbook()
    materials = {f"M{number}": Mapped(number, Fraction(1)) for number in range(1, 14)}
    products = {bom.product: Mapped(number, Fraction(1)) for number, bom in enumerate(boms, 1)}
    result = roll_up(boms, {bom.product: [bom] for bom in boms}, (), materials, products)
    assert result.findings == ()
    return list(result.results)


def test_its_size(rolled: list[ItemBom]) -> None:
    assert (len(rolled), sum(len(one.lines) for one in rolled)) == (20, 190)
    assert {line.item_no for one in rolled for line in one.lines} == set(range(1, 14))


def test_the_declared_quantities_are_met_to_five_decimals(rolled: list[ItemBom]) -> None:
    quantities, _ = handbook()
    filed = Filed(
        Consumption(one.product_item, "1", line.item_no, line.unit_consumption, line.bonded)
        for one in rolled
        for line in one.lines
    )
    exports = [
        Movement("E", one.product_item, "1", "0615", "E", Stage.POSTED.value, quantity)
        for one, quantity in zip(rolled, quantities, strict=True)
    ]
    folded = fold(exports, filed)
    assert folded.findings == ()
    assert [f"{folded.item(number).consumed:f}" for number in range(1, 14)] == DECLARED


def early(rolled: list[ItemBom], *, unit: int, line: int) -> list[str]:
    """Sum with U rounded to ``unit`` and every product's share to ``line`` decimals."""
    quantities, _ = handbook()
    sums = {number: Decimal(0) for number in range(1, 14)}
    for one, quantity in zip(rolled, quantities, strict=True):
        for entry in one.lines:
            sums[entry.item_no] += half_up(quantity * half_up(entry.unit_consumption, unit), line)
    return [f"{half_up(total, 5):f}" for total in sums.values()]


@pytest.mark.parametrize(("unit", "line"), [(9, 5), (5, 9), (8, 9)], ids=["each line", "U at 5", "U at 8"])
def test_rounding_earlier_declares_other_quantities_for_most(rolled: list[ItemBom], unit: int, line: int) -> None:
    wrong = sum(a != b for a, b in zip(early(rolled, unit=unit, line=line), DECLARED, strict=True))
    assert wrong > 13 // 2


def test_nothing_more_is_rounded(rolled: list[ItemBom]) -> None:
    assert early(rolled, unit=9, line=9) == DECLARED
