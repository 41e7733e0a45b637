"""Splitting, merging and chunking, as tables (handbook 5.4, 5.5, appendix D)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from bondesk.areas.codes.units import Unit
from bondesk.areas.notes.merging import NoteLineDraft
from bondesk.areas.notes.shares import SourceShare, SplitOptions
from bondesk.areas.notes.splitting import SplitResult, split
from bondesk.base.findings import Severity
from bondesk.base.numbers import prices_agree

PIECE = Unit("007", "个", "count")
THOUSAND = Unit("054", "千个", "count", "007", Decimal(1000))
ROLL = Unit("018", "卷", "count")
KG = Unit("035", "千克", "mass", "035", Decimal(1))

SHARE = SourceShare(
    source_line_id=1,
    document_no="IM1",
    line_no=1,
    order=1,
    record_no="E52042300A01",
    ie_flag="I",
    goods_flag="I",
    supervision_mode="0615",
    partner="S01",
    item_no=1,
    part_no="CAP-A",
    account_part_no="CAP",
    hs_code="8532241000",
    name="片式多层瓷介电容器",
    dcl_unit=KG,
    currency="USD",
    country="JPN",
    duty_mode="3",
    quantity=Decimal(1),
    dcl_qty=Fraction(1),
    total=Decimal("1.00"),
)
ITEM = SplitOptions(merge="ITEM")


def share(number: int, **values: Any) -> SourceShare:
    """Return source line ``number`` of IM1 with ``values``."""
    return replace(SHARE, source_line_id=number, line_no=number, order=number, **values)


def amounts(number: int, quantity: str, total: str, **values: Any) -> SourceShare:
    return share(number, dcl_qty=Fraction(quantity), total=Decimal(total), **values)


def only_line(result: SplitResult) -> NoteLineDraft:
    ((line,),) = [draft.lines for draft in result.notes]
    return line


def test_tv7_merged_price() -> None:
    """TV7: 10 at 123.40 and 20.5 at 250.15 → 30.50000, 373.55, 12.2475."""
    line = only_line(split([amounts(1, "10", "123.40"), amounts(2, "20.5", "250.15")], ITEM))
    assert [str(figure) for figure in (line.dcl_qty, line.total, line.price)] == ["30.50000", "373.55", "12.2475"]
    assert prices_agree(line.dcl_qty, line.price, line.total)


def test_tv23_total_and_price_round_half_up() -> None:
    """TV23: total 0.125 → 0.13; price 2.00005 → 2.0001."""
    assert only_line(split([amounts(1, "1", "0.125")], ITEM)).total == Decimal("0.13")
    assert only_line(split([amounts(1, "2000", "4000.10")], ITEM)).price == Decimal("2.0001")


def test_tv28_merging_comes_before_rounding() -> None:
    """TV28: 2.4 + 2.4 卷 are 5 merged, 2 and 2 apart; 10 M × 0.02 卷 is raised to 1."""
    two = [amounts(1, "2.4", "1", dcl_unit=ROLL), amounts(2, "2.4", "1", dcl_unit=ROLL)]
    assert only_line(split(two, ITEM)).dcl_qty == 5
    assert [line.dcl_qty for line in split(two, SplitOptions()).notes[0].lines] == [2, 2]
    tape = split([amounts(1, "0.2", "210", dcl_unit=ROLL)], SplitOptions())
    assert only_line(tape).dcl_qty == 1
    assert only_line(tape).price == 210
    assert only_line(tape).adjusted_min


def test_three_parts_of_one_item() -> None:
    """Three capacitors, 590 000 and 128 000 pieces and 76 thousand, become one line of the book's item."""
    table = (("590", "0.708", "184268.80"), ("128", "0.7424", "188198.40"), ("76", "0.95", "273793.80"))
    shares = [
        amounts(
            number,
            quantity,
            total,
            part_no=f"CAP-{number}",
            dcl_unit=THOUSAND,
            legal_unit1=KG,
            legal_unit2=THOUSAND,
            legal1=Fraction(weight),
            legal2=Fraction(quantity),
            net_weight=Fraction(weight),
            currency="JPY",
            spec=f"规格{number}",
        )
        for number, (quantity, weight, total) in enumerate(table, start=1)
    ]
    line = only_line(split(shares, ITEM))
    figures = (line.dcl_qty, line.legal1, line.legal2, line.net_weight, line.total, line.price)
    assert " ".join(map(str, figures)) == "794.00000 2.40040 794.00000 2.40040 646261.00 813.9307"
    assert (line.part_no, line.spec, line.shares) == ("CAP", "规格1", tuple(shares))
    assert line.why == (
        "3 行合并：项号、商品编码、品名、申报单位、币制、原产国、征免方式 相同（按项号合并）；规格型号不同，取第一行的"
    )


@pytest.mark.parametrize(("mode", "part_nos"), [("NONE", ["A", "B", "A"]), ("PART", ["A", "B"]), ("ITEM", ["CAP"])])
def test_part_no_of_the_merge_modes(mode: str, part_nos: list[str]) -> None:
    shares = [share(1, part_no="A"), share(2, part_no="B"), share(3, part_no="A")]
    result = split(shares, SplitOptions(merge=mode))  # type: ignore[arg-type]
    assert [line.part_no for line in result.notes[0].lines] == part_nos
    unnamed = replace(shares[0], account_part_no="")
    assert only_line(split([unnamed], ITEM)).part_no == "A"


@pytest.mark.parametrize(
    ("values", "raising", "figures", "said"),
    [
        ({"dcl_qty": "0.000003"}, True, "0.00001 None None", "note 申报数量不足最小数，已自动进到 0.00001 千克"),
        ({"dcl_qty": "0.000003"}, False, "0.00000 None None", "error 申报数量四舍五入到 5 位小数后为 0 千克"),
        ({"dcl_qty": "0"}, True, "0.00000 None None", "error 申报数量为 0 千克"),
        ({"legal_unit1": PIECE, "legal1": "0.3"}, True, "1.00000 1 None", "note 法定第一数量不足最小数"),
        ({"legal_unit2": KG, "legal2": "0"}, True, "1.00000 None 0.00000", "error 法定第二数量为 0 千克"),
        ({"legal_unit2": KG}, True, "1.00000 None None", "error 缺少法定第二数量（千克）"),
        ({"legal2": "3"}, True, "1.00000 None None", "error 没有法定第二数量的单位，却有法定第二数量"),
    ],
)
def test_each_figure_is_raised_or_refused_on_its_own(
    values: dict[str, Any], raising: bool, figures: str, said: str
) -> None:
    exact = {key: Fraction(value) if isinstance(value, str) else value for key, value in values.items()}
    result = split([share(1, **exact)], SplitOptions(raise_to_min=raising))
    line = only_line(result)
    assert f"{line.dcl_qty} {line.legal1} {line.legal2}" == figures
    (finding,) = result.findings
    severity, text = said.split(" ", 1)
    assert (finding.code, finding.severity, finding.line) == ("NOTE-05", severity, 0)
    assert text in finding.text
    assert finding.text.startswith("第 1 份清单：单据 IM1 第 1 行")
    assert line.adjusted_min is (finding.severity is Severity.NOTE)
    assert line.price == (line.total / line.dcl_qty if line.dcl_qty else 0)


def test_gross_is_the_sum_of_what_is_known() -> None:
    known = [share(1, gross_weight=Decimal("0.8")), share(2), share(3, gross_weight=Decimal("0.00001"))]
    assert only_line(split(known, ITEM)).gross_weight == Decimal("0.80001")
    assert only_line(split([share(1), share(2)], ITEM)).gross_weight is None


@pytest.mark.parametrize(
    ("options", "values", "notes"),
    [
        ({}, {"document_no": "IM2"}, 2),
        ({"by_document": False}, {"document_no": "IM2"}, 1),
        ({"by_document": False}, {"partner": "S02"}, 2),
        ({"by_partner": False}, {"partner": "S02"}, 1),
        ({}, {"currency": "JPY"}, 2),
        ({"by_currency": False}, {"currency": "JPY"}, 1),
        ({}, {"transaction_mode": "3"}, 2),
        ({"by_transaction_mode": False}, {"transaction_mode": "3"}, 1),
        *(
            case
            for option, key in (
                ("by_contract", "contract_no"),
                ("by_invoice", "invoice_no"),
                ("by_bill", "bill_no"),
                ("by_licence", "licence_no"),
                ("by_trade_country", "trade_country"),
                ("by_origin", "country"),
            )
            for case in (({}, {key: "X"}, 1), ({option: True}, {key: "X"}, 2))
        ),
        *(
            ({}, {key: "X"}, 2)
            for key in (
                "record_no",
                "ie_flag",
                "goods_flag",
                "supervision_mode",
                "transport_mode",
                "entry_exit_customs",
                "declare_customs",
                "trade_partner_country",
                "note_flow_type",
                "application_no",
                "linked_record_no",
                "linked_note_no",
            )
        ),
    ],
)
def test_split_keys(options: dict[str, Any], values: dict[str, str], notes: int) -> None:
    assert len(split([share(1), share(2, **values)], SplitOptions(**options)).notes) == notes


def sixty(**values: Any) -> list[SourceShare]:
    """Sixty lines of sixty items, twelve packages on the first."""
    return [share(n, item_no=n, name=f"品名{n}", packages=12 if n == 1 else None, **values) for n in range(1, 61)]


def test_fifty_declaration_lines_close_a_note() -> None:
    first, second = split(sixty(), SplitOptions()).notes
    assert [len(first.lines), first.declaration_lines, first.packages] == [50, 50, 12]
    assert [len(second.lines), second.declaration_lines, second.packages] == [10, 10, 1]
    assert first.packages_flagged
    assert second.packages_flagged
    assert "分成 2 份，这是第 1 份，因对应报关单已满 50 项，其余行转入下一份" in first.why
    assert "这是第 2 份，上一份因对应报关单已满 50 项而另起本份" in second.why


def test_a_line_of_a_known_declaration_line_still_fits() -> None:
    """After 50 declaration lines a line of the 50th still fits; a closed note is not reopened."""
    shares = [
        *sixty()[:50],
        share(51, item_no=50, name="品名50"),
        share(52, name="新"),
        share(53, name="品名1"),
    ]
    assert [len(draft.lines) for draft in split(shares, SplitOptions()).notes] == [51, 2]


def test_note_limit_closes_a_note() -> None:
    notes = split([share(n) for n in range(1, 6)], SplitOptions(note_max_lines=2)).notes
    assert [(len(draft.lines), draft.declaration_lines, draft.packages) for draft in notes] == [
        (2, 1, None),
        (2, 1, None),
        (1, 1, None),
    ]
    assert "因清单已满 2 行" in notes[0].why


def test_a_whole_note_says_what_its_lines_share() -> None:
    (draft,) = split([share(1, packages=3), share(2, packages=4)], ITEM).notes
    assert (draft.packages, draft.packages_flagged) == (7, False)
    assert draft.why == (
        "1 行，来自 2 个原始单证行：备案号、进出口标志、料件成品标志、监管方式、单据号、供应商、币制 相同"
    )


def test_lines_follow_source_or_item_order() -> None:
    shares = [share(3, item_no=2), share(1, item_no=3), share(2, item_no=1), share(4, item_no=3)]
    by_source, by_item = (split(shares, replace(ITEM, order=order)) for order in ("SOURCE", "ITEM"))
    assert [line.item_no for line in by_source.notes[0].lines] == [3, 1, 2]
    assert [line.item_no for line in by_item.notes[0].lines] == [1, 2, 3]


@pytest.mark.parametrize("limit", ["note_max_lines", "declaration_max_lines"])
def test_limits_hold_at_least_one_line(limit: str) -> None:
    with pytest.raises(ValueError, match="at least one line"):
        SplitOptions(**{limit: 0})  # type: ignore[arg-type]
