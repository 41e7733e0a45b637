"""Options of scripts and reports: what a form shows and what the command line reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bondesk.areas.index import CATALOGUE
from bondesk.base.errors import Refused
from bondesk.base.options import NoOptions, option, options_of, read_options

MERGES = (("NONE", "不合并"), ("ITEM", "按项号"))


@dataclass(frozen=True, slots=True)
class Options:
    """One option of every kind."""

    document_no: str = option("单据号", "", reference="source_document", help="空 = 全部")
    currency: str = option("币制", "CNY", table="currency")
    merge: str = option("合并方式", "ITEM", choices=MERGES)
    by_document: bool = option("按单据", False)
    limit: int = option("最多", 50)
    rate: Decimal = option("比例", Decimal("0.5"))
    begin: date = option("起", date(2024, 1, 1))
    end: date | None = option("止", None)


def test_a_form_is_drawn_from_the_fields() -> None:
    entries = options_of(Options)
    assert [(entry.key, entry.label, entry.kind) for entry in entries] == [
        ("document_no", "单据号", "text"),
        ("currency", "币制", "text"),
        ("merge", "合并方式", "text"),
        ("by_document", "按单据", "yesno"),
        ("limit", "最多", "integer"),
        ("rate", "比例", "number"),
        ("begin", "起", "date"),
        ("end", "止", "date"),
    ]
    assert entries[0].reference == "source_document"
    assert entries[0].help == "空 = 全部"
    assert entries[1].table == "currency"
    assert entries[2].choices == MERGES
    assert [entry.default for entry in entries] == [
        "",
        "CNY",
        "ITEM",
        False,
        50,
        Decimal("0.5"),
        date(2024, 1, 1),
        None,
    ]


def test_a_script_without_options_draws_nothing() -> None:
    assert options_of(NoOptions) == ()
    assert read_options(NoOptions, {}) == NoOptions()


def test_what_is_not_given_keeps_its_default() -> None:
    assert read_options(Options, {}) == Options()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("document_no", "IM2401001", "IM2401001"),
        ("document_no", " IM2401001 ", "IM2401001"),
        ("document_no", "", ""),
        ("merge", "NONE", "NONE"),
        ("merge", "按项号", "ITEM"),
        *(("by_document", text, True) for text in ("1", "y", "Yes", "TRUE", "on", "是")),
        *(("by_document", text, False) for text in ("0", "n", "No", "FALSE", "off", "否", "")),
        ("limit", "7", 7),
        ("limit", " -7 ", -7),
        ("rate", "1.50", Decimal("1.5")),
        ("rate", "-0.001", Decimal("-0.001")),
        ("begin", "2024-02-29", date(2024, 2, 29)),
        ("end", "2024-02-29", date(2024, 2, 29)),
        ("end", "", None),
    ],
)
def test_a_text_is_read_by_kind(name: str, text: str, value: object) -> None:
    found = getattr(read_options(Options, {name: text}), name)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("limit", 7), ("rate", Decimal(2)), ("by_document", True), ("end", date(2024, 2, 1)), ("end", None)],
)
def test_a_value_is_taken_as_it_is(name: str, value: object) -> None:
    assert getattr(read_options(Options, {name: value}), name) is value


@pytest.mark.parametrize(
    ("name", "text", "label"),
    [
        ("merge", "PART", "合并方式"),
        ("by_document", "也许", "按单据"),
        ("limit", "1.5", "最多"),
        ("limit", "", "最多"),
        ("rate", "viel", "比例"),
        ("rate", "1,5", "比例"),
        ("rate", "NaN", "比例"),
        ("rate", "-Infinity", "比例"),
        ("begin", "2024-02-30", "起"),
        ("end", "gestern", "止"),
    ],
)
def test_what_cannot_be_read_is_refused_by_label(name: str, text: str, label: str) -> None:
    with pytest.raises(Refused) as caught:
        read_options(Options, {name: text})
    (finding,) = caught.value.findings
    assert finding.code == "OPT-02"
    assert f"「{label}」" in finding.text
    assert f"“{text}”" in finding.text


def test_a_wrong_choice_names_the_right_ones() -> None:
    with pytest.raises(Refused, match="NONE 不合并、ITEM 按项号"):
        read_options(Options, {"merge": "PART"})


@pytest.mark.parametrize(
    ("options", "given_names", "unknown", "known"),
    [
        (Options, ["limt"], "limt", "limit"),
        (Options, ["x", "limit", "y"], "x、y", "document_no、currency、merge"),
        (NoOptions, ["x"], "x", "无"),
    ],
)
def test_an_unknown_name_is_refused_with_the_known_ones(
    options: type[Any], given_names: list[str], unknown: str, known: str
) -> None:
    with pytest.raises(Refused) as caught:
        read_options(options, dict.fromkeys(given_names, "1"))
    (finding,) = caught.value.findings
    assert finding.code == "OPT-01"
    assert f"没有选项 {unknown}；" in finding.text
    assert known in finding.text


@given(st.sampled_from(["merge", "by_document", "limit", "rate", "begin", "end"]), st.text(max_size=12))
def test_any_text_is_read_or_refused(name: str, text: str) -> None:
    try:
        read_options(Options, {name: text})
    except Refused as refused:
        assert refused.findings[0].code == "OPT-02"


@pytest.mark.parametrize("declared", [*CATALOGUE.scripts, *CATALOGUE.reports], ids=lambda declared: declared.key)
def test_every_declared_option_can_be_written_and_read_back(declared: Any) -> None:
    """What a form proposes must be acceptable on the command line too."""
    texts = {}
    for entry in options_of(declared.options):
        yes_no = {True: "1", False: "0"}.get(entry.default) if entry.kind == "yesno" else None
        texts[entry.key] = yes_no or ("" if entry.default is None else str(entry.default))
    assert read_options(declared.options, texts) == declared.options()
