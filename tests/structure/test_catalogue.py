"""The declarations hold together, and the check that says so catches each way they can fall apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

import pytest
from sqlalchemy import Float, Integer, Numeric
from sqlalchemy.orm import Mapped, mapped_column

from bondesk.areas.goods.bom import BOM, Bom, BomLine
from bondesk.areas.goods.part import PART, Part
from bondesk.areas.index import CATALOGUE
from bondesk.areas.notes.bonded_note import BONDED_NOTE
from bondesk.areas.notes.source_document import SOURCE_DOCUMENT
from bondesk.base.catalogue import Catalogue
from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType, group
from bondesk.base.errors import WrongCall
from bondesk.base.fields import shown
from bondesk.base.flow import Flow, Move, State
from bondesk.base.records import Reference
from bondesk.base.reports import Report
from bondesk.base.workbooks import SheetPlan, WorkbookPlan, may

WholeQuantity = Annotated[int, mapped_column(Integer, info={"kind": Kind.QUANTITY})]


GENERATE_NOTES = CATALOGUE.script("generate_notes")


class Odd(Reference):
    """A head with numbers no database keeps exactly."""

    __tablename__ = "odd_for_tests"

    weight: Mapped[Any] = shown("重量", Numeric(10, 2))
    length: Mapped[Any] = shown("长度", Float())
    pieces: Mapped[WholeQuantity] = shown("数量")


Reference.metadata.remove(Odd.metadata.tables["odd_for_tests"])


@dataclass(frozen=True)
class Untyped:
    """Options nobody labelled."""

    number: int = 1


def with_document(document: DocumentType) -> Catalogue:
    """Return the catalogue with ``document`` in the place of the one of the same key."""
    return replace(CATALOGUE, documents=tuple(document if d.key == document.key else d for d in CATALOGUE.documents))


def with_sheet(document: DocumentType, **changes: Any) -> Catalogue:
    """Return the catalogue with the first sheet of ``document`` changed."""
    assert document.workbook is not None
    first, *others = document.workbook.sheets
    sheets = (replace(first, **changes), *others)
    return with_document(replace(document, workbook=WorkbookPlan(document.workbook.title, sheets)))


def flow(states: Sequence[str], *moves: Move) -> Flow:
    return Flow("x", tuple(State(key, key) for key in states), moves)


def test_the_declarations_hold_together() -> None:
    assert CATALOGUE.check() == []


MOVE = Move("audit", "审核", frozenset({"DRAFT"}), "AUDITED")
ODD = replace(
    CATALOGUE,
    documents=(DocumentType("odd", "x", "goods", Odd, (), (Odd.weight, Odd.length, Odd.pieces), ()),),
    scripts=(),
    matchings=(),
)

WRONG: dict[str, tuple[Catalogue, str]] = {
    "a document twice": (
        replace(CATALOGUE, documents=(*CATALOGUE.documents, PART)),
        "key part is declared 2 times",
    ),
    "a report named like a document": (
        replace(CATALOGUE, matchings=(), reports=(*CATALOGUE.reports, replace(CATALOGUE.reports[0], key="part"))),
        "key part is declared 2 times",
    ),
    "a script named like a report": (
        replace(CATALOGUE, matchings=(), scripts=(replace(GENERATE_NOTES, key="item_ledger"),)),
        "key item_ledger is declared 2 times",
    ),
    "a document in no menu": (
        with_document(replace(PART, area="attic")),
        "part: area attic is not in the menu",
    ),
    "a report in no menu": (
        replace(CATALOGUE, matchings=(), reports=(replace(CATALOGUE.reports[0], area="attic"),)),
        "material_status: area attic is not in the menu",
    ),
    "a list column of another head": (
        with_document(replace(PART, list_columns=(Bom.bom_version,))),
        "part: Bom.bom_version is not an attribute of its head",
    ),
    "a number of another head": (
        with_document(replace(PART, number=(Bom.bom_version,))),
        "part: Bom.bom_version is not an attribute of its head",
    ),
    "a form field of another head": (
        with_document(replace(PART, form=(group("x", Part.part_no, Bom.bom_version),))),
        "part: Bom.bom_version is not an attribute of its head",
    ),
    "a line table of another head": (
        with_document(replace(PART, lines=BOM.lines)),
        "part: line table lines is not a relationship of its head",
    ),
    "a line column of another model": (
        with_document(replace(BOM, lines=(replace(BOM.lines[0], columns=(Bom.bom_version,)),))),
        "bom: Bom.bom_version is not an attribute of line table lines",
    ),
    "a column without a label": (
        with_document(replace(PART, list_columns=(Part.part_no, Part.id))),
        "part: Part.id has no label",
    ),
    "a number no database keeps exactly": (ODD, "odd: Odd.weight is a number outside the exact column type"),
    "a float": (ODD, "odd: Odd.length is a number outside the exact column type"),
    "a quantity kept as a whole number": (ODD, "odd: Odd.pieces is a number outside the exact column type"),
    "a flow for a head without state": (
        with_document(replace(PART, flow=flow(["DRAFT"]))),
        "part: its flow has states, its head has none",
    ),
    "a move to nowhere": (
        with_document(replace(BONDED_NOTE, flow=flow(["DRAFT"], MOVE))),
        "bonded_note: move audit names the unknown state AUDITED",
    ),
    "a move from nowhere": (
        with_document(replace(BONDED_NOTE, flow=flow(["AUDITED"], MOVE))),
        "bonded_note: move audit names the unknown state DRAFT",
    ),
    "a sheet for no table": (
        with_sheet(BOM, part="attic"),
        "bom: sheet 企业成品耗用 fills the unknown line table attic",
    ),
    "a heading twice": (
        with_sheet(PART, headings=(may(Part.part_no), may(Part.name, "料号"))),
        "part: heading 料号 stands 2 times in sheet 料号档案",
    ),
    "a heading twice, once for the head": (
        with_sheet(BOM, headings=(may(BomLine.material_part_no), may(BomLine.net, "BOM版本"))),
        "bom: heading BOM版本 stands 2 times in sheet 企业成品耗用",
    ),
    "a heading for another model": (
        with_sheet(BOM, headings=(may(Part.name),)),
        "bom: heading 品名 fills a foreign attribute",
    ),
    "a message without a state": (
        with_document(replace(PART, message=BONDED_NOTE.message)),
        "part: a document with a message needs a state",
    ),
    "a script on no document": (
        replace(CATALOGUE, matchings=(), scripts=(replace(GENERATE_NOTES, document="attic"),)),
        "script generate_notes is offered on the unknown document attic",
    ),
    "a report with an option nobody labelled": (
        replace(CATALOGUE, matchings=(), reports=(replace(CATALOGUE.reports[0], options=Untyped),)),
        "material_status: Untyped has an option without a label",
    ),
    "a script with an option nobody labelled": (
        replace(CATALOGUE, matchings=(), scripts=(replace(GENERATE_NOTES, options=Untyped),)),
        "generate_notes: Untyped has an option without a label",
    ),
    "a matching of nothing": (
        replace(CATALOGUE, matchings=(replace(CATALOGUE.matchings[0], formal="attic"),)),
        "matching of bonded_note names the unknown attic",
    ),
    "a matching by a foreign script": (
        replace(CATALOGUE, matchings=(replace(CATALOGUE.matchings[0], script="generate_notes"),)),
        "matching of bonded_note names the unknown script generate_notes",
    ),
    "a script for no state": (
        replace(CATALOGUE, matchings=(), scripts=(replace(GENERATE_NOTES, when=frozenset({"ASLEEP"})),)),
        "script generate_notes names the unknown state ASLEEP",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_broken_declaration_is_named(case: str) -> None:
    catalogue, sentence = WRONG[case]
    assert sentence in catalogue.check()


def test_a_sheet_whose_table_is_unknown_does_not_stop_the_check() -> None:
    """The check lists what is wrong; it must not fall over the first thing."""
    catalogue = with_sheet(BOM, part="attic")
    broken = replace(catalogue, matchings=(), scripts=(replace(GENERATE_NOTES, document="attic"),))
    assert len(broken.check()) == 2


@pytest.mark.parametrize("kind", ["document", "report", "script"])
def test_an_unknown_key_is_a_wrong_call_that_lists_what_exists(kind: str) -> None:
    with pytest.raises(WrongCall) as caught:
        getattr(CATALOGUE, kind)("attic")
    existing = getattr(CATALOGUE, f"{kind}s")
    assert "attic" in str(caught.value)
    assert all(one.key in str(caught.value) for one in existing)


def test_every_key_finds_its_declaration() -> None:
    assert all(CATALOGUE.document(d.key) is d for d in CATALOGUE.documents)
    assert all(CATALOGUE.report(r.key) is r for r in CATALOGUE.reports)
    assert all(CATALOGUE.script(s.key) is s for s in CATALOGUE.scripts)
    assert CATALOGUE.of_header(Part) is PART
    assert CATALOGUE.of_header(int) is None


def test_rights_are_basic_ones_moves_and_scripts() -> None:
    basic = ["view", "new", "edit", "delete", "import", "export"]
    assert [key for key, _ in CATALOGUE.rights_of(PART)] == basic
    assert [key for key, _ in CATALOGUE.rights_of(SOURCE_DOCUMENT)] == [*basic, "generate_notes", "declare_trade"]
    assert [key for key, _ in CATALOGUE.rights_of(BONDED_NOTE)] == [
        *basic,
        "audit",
        "unaudit",
        "send",
        "void",
        "force_send",
        "declare_notes",
        "change_bonded_note",
        "withdraw_bonded_note",
        "match_notes",
        "match",
        "unmatch",
        "accept_difference",
    ]


@pytest.mark.parametrize("document", CATALOGUE.documents, ids=lambda document: document.key)
def test_rights_are_distinct_and_named(document: DocumentType) -> None:
    rights = CATALOGUE.rights_of(document)
    assert len({key for key, _ in rights}) == len(rights)
    assert all(title for _, title in rights)


@pytest.mark.parametrize("report", CATALOGUE.reports, ids=lambda report: report.key)
def test_report_columns_are_distinct_and_titled(report: Report) -> None:
    keys = [column.key for column in report.columns]
    assert len(set(keys)) == len(keys)
    assert all(column.title for column in report.columns)
    assert report.help


def test_sheets_share_no_title() -> None:
    for document in CATALOGUE.documents:
        if document.workbook is not None:
            titles = [sheet.title for sheet in document.workbook.sheets]
            assert len(set(titles)) == len(titles), document.key


def test_a_sheet_plan_that_ties_lines_names_a_heading_of_the_head() -> None:
    for document in CATALOGUE.documents:
        for sheet in document.workbook.sheets if document.workbook else ():
            assert _joins(document, sheet), f"{document.key} {sheet.title}"


def _joins(document: DocumentType, sheet: SheetPlan) -> bool:
    if sheet.join is None:
        return True
    return sheet.part != "" and sheet.join.attribute.class_ is document.header
