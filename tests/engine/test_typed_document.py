"""Rules as you type look at what changed and find what rules that look at everything find."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bondesk.base.findings import Finding
from bondesk.engine import records
from bondesk.engine.act import Act
from bondesk.engine.drafts import Draft, LineDraft, assemble
from bondesk.engine.typed_document import TypedDocument
from builders.office import Office

BOOK = "E52042400001"
NUMBERS = st.sampled_from([None, Decimal(0), Decimal("-1"), Decimal("2.5"), Decimal(100)])
#: What is typed into a line: values right, wrong and empty.
TYPED: dict[str, st.SearchStrategy[Any]] = {
    "item_no": st.sampled_from([1, 2, 13, 999]),
    "line_no": st.sampled_from([None, 1, 2, 3]),
    "name": st.sampled_from(["电容器", "电阻器", ""]),
    "hs_code": st.sampled_from(["8532241000", "8533210000"]),
    "dcl_unit": st.sampled_from(["007", "035", "没有"]),
    "legal_unit2": st.sampled_from(["", "035"]),
    "dcl_qty": NUMBERS,
    "legal_qty1": NUMBERS,
    "legal_qty2": NUMBERS,
    "price": NUMBERS,
    "total": NUMBERS,
    "net_weight": NUMBERS,
    "gross_weight": NUMBERS,
    "declaration_line_no": st.sampled_from([None, 1, 2]),
    "origin_country": st.sampled_from(["JPN", "CHN"]),
    "row_mark": st.sampled_from(["", "0", "3"]),
}
CELL = st.sampled_from(sorted(TYPED)).flatmap(lambda key: st.tuples(st.just(key), TYPED[key]))
HEAD = st.sampled_from(
    [
        ("ie_flag", "E"),
        ("ie_flag", "I"),
        ("goods_flag", "E"),
        ("goods_flag", "I"),
        ("record_no", "E1"),
        ("record_no", BOOK),
    ]
)
PLACE = st.integers(0, 11)
EDIT = st.one_of(
    st.tuples(st.just("type"), PLACE, CELL),
    st.tuples(st.just("head"), PLACE, HEAD),
    st.tuples(st.just("insert"), PLACE, CELL),
    st.tuples(st.just("remove"), PLACE, st.none()),
    st.tuples(st.just("move"), PLACE, st.none()),
)


def line(office: Office, number: int) -> LineDraft:
    table = office.document("bonded_note").lines[0]
    values: dict[str, Any] = {entry.key: None if entry.numeric else "" for entry in table.fields}
    values |= {
        "line_no": number + 1,
        "item_no": number + 1,
        "hs_code": "8532241000",
        "name": "电容器",
        "dcl_unit": "007",
    }
    values |= {"dcl_qty": Decimal(4), "legal_qty1": Decimal(1), "legal_unit1": "035", "total": Decimal(6)}
    return LineDraft(values)


@pytest.fixture
def draft(factory_office: Office) -> Draft:
    document = factory_office.document("bonded_note")
    with factory_office.act() as act:
        made = records.blank(act, document)
    made.head |= {"internal_no": "N1", "record_no": BOOK, "ie_flag": "I", "goods_flag": "I", "supervision_mode": "0615"}
    made.lines[document.lines[0].key] = [line(factory_office, number) for number in range(8)]
    return made


def edited(office: Office, before: Draft, edit: tuple[str, int, Any]) -> Draft:
    """Return what a form hands over after an edit: the lines not typed into are the same objects."""
    kind, place, what = edit
    key = office.document("bonded_note").lines[0].key
    lines = list(before.lines[key])
    place = min(place, len(lines) - 1) if lines else 0
    if kind == "head":
        return replace(before, head={**before.head, what[0]: what[1]})
    if kind == "insert":
        fresh = line(office, len(lines))
        lines.insert(place, LineDraft({**fresh.values, what[0]: what[1]}))
    elif lines and kind == "type":
        lines[place] = LineDraft({**lines[place].values, what[0]: what[1]}, lines[place].id)
    elif lines and kind == "remove":
        del lines[place]
    elif lines:
        lines.append(lines.pop(place))
    return replace(before, lines={**before.lines, key: lines})


def whole(act: Act, office: Office, draft: Draft) -> list[Finding]:
    """Return what the rules find in the document as a save would build it."""
    document = office.document("bonded_note")
    header = assemble(document, draft)
    header.id = draft.id
    with act.session.no_autoflush:
        return records.findings_of(act, document, header)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits=st.lists(EDIT, min_size=1, max_size=8))
def test_after_any_edits_everything_is_found_and_nothing_else(
    factory_office: Office, draft: Draft, edits: list[tuple[str, int, Any]]
) -> None:
    document = factory_office.document("bonded_note")
    typed = TypedDocument(document)
    for edit in edits:
        draft = edited(factory_office, draft, edit)
        with factory_office.act() as act:
            assert records.check(act, document, draft, typed) == whole(act, factory_office, draft)


def test_lines_not_typed_into_are_not_looked_at_again(factory_office: Office, draft: Draft) -> None:
    document = factory_office.document("bonded_note")
    typed, key = TypedDocument(document), document.lines[0].key
    before = typed.follow(draft).lines
    after = typed.follow(edited(factory_office, draft, ("type", 3, ("name", "电阻器")))).lines
    assert [one is other for one, other in zip(before, after, strict=True)] == [n != 3 for n in range(8)]
    assert after[3].name == "电阻器"
    fewer = typed.follow(edited(factory_office, draft, ("remove", 7, None))).lines
    assert len(fewer) == 7
    assert all(row.memory is not None for row in fewer)
    assert key == "lines"


def test_a_stored_line_has_no_memory(factory_office: Office, draft: Draft) -> None:
    document = factory_office.document("bonded_note")
    assert all(row.memory is None for row in assemble(document, draft).lines)


def test_where_a_line_depends_on_others_every_look_is_fresh(factory_office: Office, draft: Draft) -> None:
    typed = TypedDocument(replace(factory_office.document("bonded_note"), lines_apart=False))
    first, second = typed.follow(draft).lines, typed.follow(draft).lines
    assert not any(one is other for one, other in zip(first, second, strict=True))
    assert all(row.memory is None for row in second)
