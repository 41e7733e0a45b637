"""Every BOM finding of handbook 3.4, one table: what is wrong, how heavy, what its sentence names (rows 53, 56–59)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from bondesk.areas.accounts.book_model import Account
from bondesk.areas.goods import bom as erp
from bondesk.areas.goods.bom import BOM
from bondesk.areas.goods.consumption_standard import ConsumptionStandard, above_standard, ceiling_for
from bondesk.areas.goods.factory import factory_of
from bondesk.areas.goods.unit_consumption import UNIT_CONSUMPTION, UnitConsumption, UnitConsumptionLine
from bondesk.base.findings import Finding, Severity
from builders.goods_rows import CAPACITOR, HOUSING, facts, part, row
from builders.plain_facts import PlainFacts

E, N = Severity.ERROR, Severity.NOTE


def bom(product: str, version: str = "V1", **materials: str) -> erp.Bom:
    """A BOM in the ERP's notation: ``CAP="12 2 0 100"`` is net, tangible, intangible, bonded."""
    made = erp.Bom(product_part_no=product, bom_version=version, filed_version="", filed_record_no="")
    made.lines = []
    for number, (name, text) in enumerate(materials.items(), 1):
        net, tangible, intangible, bonded = (Decimal(one) for one in f"{text} 0 0 100".split()[:1] + _rates(text))
        made.lines.append(
            erp.BomLine(
                line_no=number, material_part_no=name, net=net, tangible=tangible, intangible=intangible, bonded=bonded
            )
        )
    return made


def _rates(text: str) -> list[str]:
    given = text.split()[1:]
    return given + ["0", "0", "100"][len(given) :]


PARTS = (
    part("P", goods_kind="E", conv_factor=Decimal(1)),
    part("SEMI", goods_kind="S"),
    part("SUB", goods_kind="S"),
    part("CAP"),
    part("RES"),
)
MAPS = (row("P", 1, goods_flag="E"), row("CAP", 1), row("RES", 2))


def world(*rows: Any, maps: Iterable[Any] = MAPS) -> PlainFacts:
    return facts(*PARTS, *maps, *rows)


def form(one: erp.Bom, *others: Any) -> list[Finding]:
    """Judge a BOM as its form does."""
    known = world(*others)
    assert BOM.derive is not None
    BOM.derive(one, known)
    return [finding for rule in BOM.rules for finding in rule(one, known)]


def rolled_up(one: erp.Bom, *others: Any, maps: Iterable[Any] = MAPS) -> list[Finding]:
    """Roll one BOM up beside the others."""
    return list(factory_of(world(one, *others, maps=maps), "").roll_up([erp.rolled(one)]).findings)


def version(**values: Any) -> list[Finding]:
    """Judge a typed 归并后单损耗."""
    usual: dict[str, Any] = {
        "net": Decimal(1),
        "tangible": Decimal(0),
        "intangible": Decimal(0),
        "bonded": Decimal(100),
    }
    line = UnitConsumptionLine(line_no=1, material_no=13, **(usual | values))
    one = UnitConsumption(record_no="", product_no=1, uc_version="1", lines=[line])
    known = facts()
    assert UNIT_CONSUMPTION.derive is not None
    UNIT_CONSUMPTION.derive(one, known)
    return [finding for rule in UNIT_CONSUMPTION.rules for finding in rule(one, known)]


def standard() -> list[Finding]:
    known = facts(
        ConsumptionStandard(product_hs="8504", material_hs="8532", ceiling=Decimal("0.02"), basis="HDB/JD001")
    )
    return list(
        above_standard(known, (1, "8504401990"), [(13, CAPACITOR, Decimal("0.021")), (14, HOUSING, Decimal(9))])
    )


@dataclass(frozen=True)
class Case:
    """A wrong thing, what its finding weighs and which words name it."""

    code: str
    what: str
    severity: Severity
    words: str
    act: Callable[[], Iterable[Finding]]


CASES = (
    Case("BOM-01", "material without a map row", E, "成品 P BOM版本 V1：料件 RES 未归并",
         lambda: rolled_up(bom("P", CAP="1", RES="2"), maps=MAPS[:2])),
    Case("BOM-01", "product without a map row", E, "成品 P BOM版本 V1：成品料号未归并",
         lambda: rolled_up(bom("P", CAP="1"), maps=MAPS[1:])),
    Case("BOM-02", "semi-product without BOM", E, "半成品 SEMI 没有BOM（P → SEMI）", lambda: rolled_up(bom("P", SEMI="1"))),
    Case("BOM-02", "circle in the roll-up", E, "BOM循环：SEMI → SUB → SEMI",
         lambda: rolled_up(bom("P", SEMI="1"), bom("SEMI", SUB="1"), bom("SUB", SEMI="1"))),
    Case("BOM-02", "circle in the form", E, "BOM循环：SUB → SEMI → SUB", lambda: form(bom("SUB", SEMI="1"), bom("SEMI", SUB="1"))),
    Case("BOM-02", "a product in itself", E, "BOM循环：P → P", lambda: form(bom("P", P="1"))),
    Case("BOM-03", "losses of everything", E, "现为 60+40", lambda: form(bom("P", CAP="1 60 40"))),
    Case("BOM-03", "negative loss", E, "不能小于0", lambda: form(bom("P", CAP="1 -1"))),
    Case("BOM-03", "in the roll-up", E, "CAP 的有形损耗率", lambda: rolled_up(bom("P", CAP="1 60 40"))),
    Case("BOM-03", "typed version", E, "须小于100", lambda: version(tangible=Decimal(100))),
    Case("BOM-04", "nothing consumed", E, "净耗须大于0", lambda: form(bom("P", CAP="0"))),
    Case("BOM-04", "in the roll-up", E, "CAP 的净耗须大于0", lambda: rolled_up(bom("P", CAP="0"))),
    Case("BOM-05", "bonded share above all", E, "0与100之间", lambda: form(bom("P", CAP="1 0 0 101"))),
    Case("BOM-05", "in the roll-up", E, "CAP 的保税料件比例", lambda: rolled_up(bom("P", CAP="1 0 0 -1"))),
    Case("BOM-06", "above the standard", N, "料件 13 的单耗 0.021 超过单耗标准上限 0.02（HDB/JD001）", standard),
    Case("BOM-07", "no lines in the form", E, "没有料件行", lambda: form(bom("P"))),
    Case("BOM-07", "no lines in the roll-up", E, "没有料件行", lambda: rolled_up(bom("P"))),
    Case("BOM-09", "nothing left at 9 decimals", E, "料件项 1 的单耗在9位小数下为0",
         lambda: rolled_up(bom("P", CAP="0.0000001"))),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code} {case.what}")
def test_a_wrong_thing_is_named(case: Case) -> None:
    found = [finding for finding in case.act() if finding.code == case.code]
    assert [finding.severity for finding in found] == [case.severity]
    assert case.words in found[0].text


def test_every_code_but_the_extractions_is_in_the_table() -> None:
    """BOM-08 is said where consumption is extracted into a book (tests/stories/test_goods.py)."""
    assert {case.code for case in CASES} == {f"BOM-{number:02}" for number in (1, 2, 3, 4, 5, 6, 7, 9)}


def test_a_failing_bom_does_not_stop_the_others() -> None:
    good, bad = bom("P", CAP="1"), bom("P", "V2", RES="1")
    factory = factory_of(world(good, bad, maps=MAPS[:2]), "")
    result = factory.roll_up([erp.rolled(bad), erp.rolled(good)])
    assert [one.bom_version for one in result.results] == ["V1"]
    assert [finding.code for finding in result.findings] == ["BOM-01"]


def test_empty_rates_mean_no_loss_and_all_bonded() -> None:
    one = bom("P", CAP="1")
    one.lines[0].tangible = one.lines[0].intangible = one.lines[0].bonded = None  # type: ignore[assignment]
    assert form(one) == []
    assert (one.lines[0].tangible, one.lines[0].bonded) == (Decimal(0), Decimal(100))


STANDARDS: Mapping[str, str] = {"8504": "8532", "85044019": "8532", "8504401990": "8532241000"}


def test_the_closest_standard_counts() -> None:
    rows = [
        ConsumptionStandard(product_hs=product, material_hs=material, ceiling=Decimal(number), basis="")
        for number, (product, material) in enumerate(STANDARDS.items(), 1)
    ]
    known = facts(*rows)
    found = [
        ceiling_for(known, *codes)
        for codes in (("8504401990", CAPACITOR), ("8504401910", CAPACITOR), ("8517", CAPACITOR))
    ]
    assert [one and one.ceiling for one in found] == [Decimal(3), Decimal(2), None]


def test_a_book_of_its_own_wins_over_the_map_for_every_book() -> None:
    one = bom("P", CAP="1")
    known = world(one, row("CAP", 77, record_no="E1"), Account(record_no="E1"))
    for record_no, item in (("", 1), ("E1", 77)):
        (result,) = factory_of(known, record_no).roll_up([erp.rolled(one)]).results
        assert [line.item_no for line in result.lines] == [item]
