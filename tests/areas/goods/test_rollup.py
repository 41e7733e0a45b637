"""Roll-up of ERP BOMs to item level: the handbook's vectors, the sample company's figures, every refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

import pytest

from bondesk.areas.goods.explosion import Bom, BomLine, natural_key
from bondesk.areas.goods.rollup import ItemConsumption, Mapped, RollUp, roll_up, unit_consumption
from bondesk.base.numbers import half_up
from bondesk.ledger.consumption import Consumption, usage

#: One line as the tables below write it: material, net, tangible %, intangible %, bonded %.
Row = tuple[str, str, str, str, str]


def bom(product: str, version: str, *rows: Row) -> Bom:
    lines = (BomLine(name, Decimal(n), Decimal(t), Decimal(w), Decimal(r)) for name, n, t, w, r in rows)
    return Bom(product, version, tuple(lines))


def rolled(
    selected: Sequence[Bom],
    others: Sequence[Bom] = (),
    *,
    semis: Sequence[str] = (),
    items: Mapping[str, tuple[int, str]] = {},
    product_factor: str = "1",
) -> RollUp:
    """Roll up with every product mapped to item 1; ``items`` gives item number and factor of materials."""
    boms: dict[str, list[Bom]] = {}
    for one in (*selected, *others):
        boms.setdefault(one.product, []).append(one)
    materials = {name: Mapped(number, Fraction(factor)) for name, (number, factor) in items.items()}
    products = {one.product: Mapped(1, Fraction(product_factor)) for one in selected}
    return roll_up(selected, boms, semis, materials, products)


def only_line(result: RollUp) -> ItemConsumption:
    assert result.findings == ()
    ((line,),) = (one.lines for one in result.results)
    return line


def figures(line: ItemConsumption) -> tuple[str, str, str, str]:
    """Return N, T, W and U as the handbook prints them."""
    return (f"{line.net:f}", f"{line.tangible:f}", f"{line.intangible:f}", f"{line.unit_consumption:f}")


@pytest.mark.parametrize(
    ("net", "tangible", "intangible", "total"),
    [
        pytest.param("0.25", "3", "1", "0.260416667", id="TV1"),
        pytest.param("0.020", "2", "0", "0.020408163", id="TV2 a"),
        pytest.param("0.030", "2", "0", "0.030612245", id="TV2 b"),
        pytest.param("0.010", "2", "0", "0.010204082", id="TV2 c"),
        pytest.param("0.10", "3", "1", "0.104166667", id="TV2 d"),
        pytest.param("0.05", "1", "0", "0.050505051", id="TV24"),
        pytest.param("1", "0", "0", "1.000000000", id="no loss"),
        pytest.param("0.000000001", "50", "0", "0.000000002", id="smallest"),
        pytest.param("1", "99.999999999", "0", "100000000000.000000000", id="almost all lost"),
    ],
)
def test_unit_consumption(net: str, tangible: str, intangible: str, total: str) -> None:
    assert f"{unit_consumption(Decimal(net), Decimal(tangible), Decimal(intangible)):f}" == total


def test_loss_is_a_share_of_gross_not_of_net() -> None:
    """The trade's most common bug: 0.25 with 4 % is not 0.26."""
    assert unit_consumption(Decimal("0.25"), 4, 0) != Decimal("0.26")


def test_tv3_merging_averages_losses_by_gross() -> None:
    product = bom("P", "V1", ("CAP-A", "12", "2", "0", "100"), ("CAP-B", "8", "5", "0", "100"))
    line = only_line(rolled([product], items={"CAP-A": (1, "0.001"), "CAP-B": (1, "0.001")}))
    assert figures(line) == ("0.020000000", "3.222453222", "0.000000000", "0.020665951")
    assert line.unit_consumption != Decimal("0.020725389"), "a plain average of the rates"


def test_tv24_bonded_share() -> None:
    product = bom("P", "V1", ("M", "0.05", "1", "0", "60"))
    line = only_line(rolled([product], items={"M": (3, "1")}))
    assert (f"{line.unit_consumption:f}", line.bonded) == ("0.050505051", Decimal(60))
    quantity = Decimal(1000)
    filed = Consumption(1, "1", 3, line.unit_consumption, line.bonded)
    assert half_up(quantity * line.unit_consumption, 5) == Decimal("50.50505")
    assert half_up(usage(quantity, filed), 5) == Decimal("30.30303")


SEMI_TV25 = bom("SEMI", "V1", ("CAP", "60", "2", "0", "100"))


def test_tv25_two_levels() -> None:
    product = bom("P", "V1", ("CAP", "12", "2", "0", "100"), ("SEMI", "1", "0.5", "0", "100"))
    line = only_line(rolled([product], [SEMI_TV25], semis=["SEMI"], items={"CAP": (1, "0.001")}))
    assert figures(line) == ("0.072000000", "2.408673895", "0.000000000", "0.073777049")


def test_tv26_a_weight_inside_a_semi_product() -> None:
    semi = bom("SEMI", "V1", ("SOLDER", "0.0014", "2", "5", "100"))
    product = bom("P", "V1", ("SEMI", "1", "0.5", "0", "100"))
    line = only_line(rolled([product], [semi], semis=["SEMI"], items={"SOLDER": (22, "0.5")}))
    assert figures(line) == ("0.000700000", "2.465000000", "5.000000000", "0.000756471")


#: GW-200 V1 and the semi-product in it, as bom.xlsx of the sample company holds them.
PCBA_GW = bom(
    "PCBA-GW",
    "V1",
    ("PCB-6L-GW", "1", "0.6", "0", "100"),
    ("10023872", "1", "0.2", "0", "100"),
    ("10024105", "1", "0.2", "0", "100"),
    ("10024311", "2", "0.3", "0", "100"),
    ("CAP0402-104K", "46", "2", "0", "100"),
    ("CAP0603-106M", "14", "2", "0", "100"),
    ("RES0402-10K", "38", "3", "0", "100"),
    ("RES0402-4K7", "12", "3", "0", "100"),
    ("XTL-26M", "1", "0.5", "0", "100"),
    ("SOLDER-PST", "0.0014", "2", "5", "100"),
)
GW_200 = bom(
    "GW-200",
    "V1",
    ("PCBA-GW", "1", "0.5", "0", "100"),
    ("CAP0402-104K", "12", "2", "0", "100"),
    ("10024312", "1", "0.3", "0", "100"),
    ("SOLDER-BAR", "0.0042", "1.5", "2", "100"),
    ("BOX-A5", "0.05", "1", "0", "60"),
)
GW_ITEMS = {
    "CAP0402-104K": (1, "0.001"),
    "CAP0603-106M": (1, "0.001"),
    "RES0402-10K": (3, "0.001"),
    "RES0402-4K7": (3, "0.001"),
    "10023872": (9, "1"),
    "10024105": (10, "1"),
    "10024311": (11, "1"),
    "10024312": (11, "1"),
    "PCB-6L-GW": (13, "1"),
    "XTL-26M": (18, "1"),
    "SOLDER-PST": (22, "0.5"),
    "SOLDER-BAR": (23, "1"),
    "BOX-A5": (28, "1"),
}


@pytest.mark.parametrize(
    ("item", "wanted"),
    [
        (1, ("0.072000000", "2.408673895", "0.000000000", "0.073777049")),
        (22, ("0.000700000", "2.465000000", "5.000000000", "0.000756471")),
        (23, ("0.004200000", "1.500000000", "2.000000000", "0.004352332")),
    ],
)
def test_the_sample_company(item: int, wanted: tuple[str, str, str, str]) -> None:
    result = rolled([GW_200], [PCBA_GW], semis=["PCBA-GW"], items=GW_ITEMS)
    lines = {line.item_no: line for line in result.results[0].lines}
    assert figures(lines[item]) == wanted
    assert list(lines) == sorted(lines)
    assert lines[28].bonded == 60
    assert {line.bonded for number, line in lines.items() if number != 28} == {100}


def test_a_product_counted_in_panels() -> None:
    """RT-MB: 4 declared pieces per panel, so a quarter of the panel's material per piece."""
    product = bom("RT-MB", "V3", ("PCB", "1", "0", "0", "100"), ("CAP", "48", "2", "0", "100"))
    result = rolled([product], items={"PCB": (13, "1"), "CAP": (1, "0.001")}, product_factor="4")
    assert [(line.item_no, f"{line.net:f}") for line in result.results[0].lines] == [
        (1, "0.012000000"),
        (13, "0.250000000"),
    ]


def test_the_bonded_share_passes_through_a_semi_product_by_gross() -> None:
    semi = bom("SEMI", "V1", ("A", "1", "0", "0", "50"))
    product = bom("P", "V1", ("SEMI", "1", "0", "0", "80"), ("A", "1", "50", "0", "100"))
    line = only_line(rolled([product], [semi], semis=["SEMI"], items={"A": (1, "1")}))
    assert line.bonded == Decimal("80")  # (1 x 40 % + 2 x 100 %) / 3
    assert line.net == 2


def test_the_newest_version_of_a_semi_product_counts_in_natural_order() -> None:
    semis = [bom("SEMI", version, ("A", net, "0", "0", "100")) for version, net in (("V9", "9"), ("V10", "10"))]
    product = bom("P", "V1", ("SEMI", "1", "0", "0", "100"))
    for others in (semis, semis[::-1]):
        assert only_line(rolled([product], others, semis=["SEMI"], items={"A": (1, "1")})).net == 10


@pytest.mark.parametrize(
    "ordered",
    [["V1", "V2", "V9", "V10", "V10a", "V11"], ["9", "10", "100"], ["A1B2", "A1B10", "A2B1"], ["1", "V1"], ["", "1"]],
)
def test_versions_sort_naturally(ordered: list[str]) -> None:
    versions = ordered[::-1]
    versions.sort(key=natural_key)
    assert versions == ordered


A, B = ("A", "1", "0", "0", "100"), ("B", "1", "0", "0", "100")

SKIPPED: dict[str, tuple[Bom, list[Bom], str, str]] = {
    "material not mapped": (bom("P", "V1", A, ("X", "1", "0", "0", "100")), [], "BOM-01", "料件 X 未归并"),
    "semi-product without BOM": (bom("P", "V1", A, ("S", "1", "0", "0", "100")), [], "BOM-02", "P → S"),
    "cycle": (
        bom("P", "V1", ("S", "1", "0", "0", "100")),
        [bom("S", "V1", ("T", "1", "0", "0", "100")), bom("T", "V1", ("S", "1", "0", "0", "100"))],
        "BOM-02",
        "S → T → S",
    ),
    "a product in itself": (bom("P", "V1", A, ("P", "1", "0", "0", "100")), [], "BOM-02", "P → P"),
    "a cycle back to the product": (
        bom("P", "V1", ("S", "1", "0", "0", "100")),
        [bom("S", "V1", ("P", "1", "0", "0", "100"))],
        "BOM-02",
        "P → S → P",
    ),
    "losses of 100": (bom("P", "V1", ("A", "1", "60", "40", "100")), [], "BOM-03", "A"),
    "negative tangible loss": (bom("P", "V1", ("A", "1", "-1", "0", "100")), [], "BOM-03", "A"),
    "negative intangible loss": (bom("P", "V1", ("A", "1", "0", "-1", "100")), [], "BOM-03", "A"),
    "net of 0": (bom("P", "V1", ("A", "0", "0", "0", "100")), [], "BOM-04", "A"),
    "net below 0": (bom("P", "V1", ("A", "-1", "0", "0", "100")), [], "BOM-04", "A"),
    "bonded above 100": (bom("P", "V1", ("A", "1", "0", "0", "100.1")), [], "BOM-05", "A"),
    "bonded below 0": (bom("P", "V1", ("A", "1", "0", "0", "-1")), [], "BOM-05", "A"),
    "a bad line of a semi-product": (
        bom("P", "V1", ("S", "1", "0", "0", "100")),
        [bom("S", "V1", ("A", "0", "0", "0", "100"))],
        "BOM-04",
        "A",
    ),
    "empty": (bom("P", "V1"), [], "BOM-07", "没有料件行"),
    "rounds to nothing": (bom("P", "V1", ("M", "0.0000004", "0", "0", "100")), [], "BOM-09", "9"),
}


@pytest.mark.parametrize("case", SKIPPED)
def test_a_bom_that_fails_is_listed_and_the_others_go_on(case: str) -> None:
    wrong, others, code, words = SKIPPED[case]
    good = bom("GOOD", "V1", A)
    items = {"A": (1, "1"), "B": (2, "1"), "M": (3, "0.001")}
    result = rolled([wrong, good], others, semis=["S", "T"], items=items)
    assert [one.product for one in result.results] == ["GOOD"]
    (finding,) = result.findings
    assert finding.code == code
    assert finding.text.startswith("成品 P BOM版本 V1：")
    assert words in finding.text


def test_a_product_not_mapped_is_bom_01() -> None:
    product = bom("P", "V1", A)
    result = roll_up([product], {"P": [product]}, (), {"A": Mapped(1, Fraction(1))}, {})
    assert [finding.code for finding in result.findings] == ["BOM-01"]


def test_home_bought_material_is_kept_with_a_share_of_0() -> None:
    line = only_line(rolled([bom("P", "V1", ("A", "1", "2", "0", "0"))], items={"A": (1, "1")}))
    assert (line.bonded, f"{line.unit_consumption:f}") == (Decimal(0), "1.020408163")
