"""Roll-up over random factories: usage is kept exactly through every level, in whatever order lines stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bondesk.areas.goods.explosion import Bom, BomLine, Explosion
from bondesk.areas.goods.rollup import Mapped, roll_up, unit_consumption

PARTS = ("M0", "M1", "M2", "M3")
SEMIS = ("S0", "S1", "S2")
nets = st.decimals(min_value="0.1", max_value="10", places=4)
losses = st.decimals(min_value=0, max_value=20, places=3)
shares = st.decimals(min_value=0, max_value=100, places=2)
factors = st.sampled_from([Fraction(1), Fraction(1, 1000), Fraction(5, 2), Fraction(1, 3)])


def lines_of(names: Sequence[str]) -> st.SearchStrategy[tuple[BomLine, ...]]:
    one = st.builds(BomLine, st.sampled_from(names), nets, losses, losses, shares)
    return st.lists(one, min_size=1, max_size=4).map(tuple)


@st.composite
def factories(draw: st.DrawFn) -> tuple[Bom, dict[str, list[Bom]], dict[str, Mapped]]:
    """A product over up to three levels of semi-products; each may hold those before it and any material."""
    boms = {name: [Bom(name, "V1", draw(lines_of((*PARTS, *SEMIS[:n]))))] for n, name in enumerate(SEMIS)}
    product = Bom("P", "V1", draw(lines_of((*PARTS, *SEMIS))))
    materials = {name: Mapped(draw(st.integers(1, 2)), draw(factors)) for name in PARTS}
    return product, boms | {"P": [product]}, materials


def paths(one: Bom, boms: Mapping[str, Sequence[Bom]], gross: Fraction = Fraction(1)) -> dict[str, Fraction]:
    """Return the gross need of every material by walking each path by itself."""
    found: dict[str, Fraction] = {}
    for line in one.lines:
        kept = 1 - (Fraction(line.tangible) + Fraction(line.intangible)) / 100
        share = gross * Fraction(line.net) / kept
        inner = paths(boms[line.material][0], boms, share) if line.material in SEMIS else {line.material: share}
        for name, amount in inner.items():
            found[name] = found.get(name, Fraction(0)) + amount
    return found


@given(factories())
def test_gross_usage_is_kept_exactly_through_every_level(
    factory: tuple[Bom, dict[str, list[Bom]], dict[str, Mapped]],
) -> None:
    product, boms, _ = factory
    leaves = Explosion(boms, SEMIS).leaves(product)
    assert {name: amounts.gross for name, amounts in leaves.items()} == paths(product, boms)
    for amounts in leaves.values():
        assert amounts.net + amounts.tangible + amounts.intangible == amounts.gross
        assert 0 <= amounts.bonded <= amounts.gross


@given(factories(), factors)
def test_an_item_uses_what_its_parts_use(
    factory: tuple[Bom, dict[str, list[Bom]], dict[str, Mapped]], product_factor: Fraction
) -> None:
    """Σ leaf gross x factor, per declared unit of the product; only the one rounding at 9 decimals is lost."""
    product, boms, materials = factory
    result = roll_up([product], boms, SEMIS, materials, {"P": Mapped(1, product_factor)})
    assert result.findings == ()
    wanted: dict[int, Fraction] = {}
    for name, gross in paths(product, boms).items():
        item = materials[name].item_no
        wanted[item] = wanted.get(item, Fraction(0)) + gross * materials[name].factor / product_factor
    lines = {line.item_no: line for line in result.results[0].lines}
    assert set(lines) == set(wanted)
    for item, gross in wanted.items():
        line = lines[item]
        assert line.unit_consumption == unit_consumption(line.net, line.tangible, line.intangible)
        kept = 1 - (Fraction(line.tangible) + Fraction(line.intangible)) / 100
        allowed = Fraction(1, 10**9) * (1 + 1 / kept) + gross / kept / 10**11
        assert abs(Fraction(line.unit_consumption) - gross) <= allowed


@given(factories(), st.randoms())
def test_the_order_of_lines_does_not_matter(
    factory: tuple[Bom, dict[str, list[Bom]], dict[str, Mapped]], random: Random
) -> None:
    product, boms, materials = factory
    lines = list(product.lines)
    random.shuffle(lines)
    shuffled = Bom("P", "V1", tuple(lines))
    products = {"P": Mapped(1, Fraction(1))}
    one, other = (roll_up([x], boms | {"P": [x]}, SEMIS, materials, products) for x in (product, shuffled))
    assert one == other
