"""按导入格式导出: what is exported and imported again is the same, for every document of the demo company."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, select

from bondesk.areas.index import CATALOGUE
from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.identity import Identity
from bondesk.base.steps import play
from bondesk.engine.engine import SYSTEM
from bondesk.engine.import_format import import_format_steps
from bondesk.engine.query import Query
from builders.office import Office

#: Documents the demo company has, imported again over themselves: nothing changes.
MASTERS = (
    "part",
    "consolidation_map",
    "merged_item",
    "bom",
    "unit_consumption",
    "partner",
    "code_mapping",
    "exchange_rate",
)
_OWN = {"id", "header_id", "company_id", "revision", "created_by", "created_at", "changed_by", "changed_at"}
_OWN |= {"origin_run", "origin_sheet", "origin_row", "state", "audited_by", "audited_at"}


Other = Callable[[str], Office]


@pytest.fixture
def other(office_at: Any, masters_template: Path, codes_template: Path) -> Other:
    """Open a second, emptier office."""
    templates = {"masters": masters_template, "codes": codes_template}
    return lambda kind: office_at(templates[kind], f"other-{kind}")


def document(key: str) -> DocumentType:
    return CATALOGUE.document(key)


def stored(office: Office, key: str) -> list[Any]:
    """Read every document of a kind as plain values, lines included, in the order of their numbers."""
    kind = document(key)
    with office.act(SYSTEM) as act:
        statement = select(kind.header).filter_by(company_id=act.company_id, **kind.variant)
        found = [
            (plain(row), [[plain(line) for line in getattr(row, table.attribute_key)] for table in kind.lines])
            for row in act.session.scalars(statement)
        ]
    return sorted(found, key=str)


def plain(row: Any) -> dict[str, Any]:
    """Return what a workbook may carry of a row."""
    keys = {attribute.key for attribute in inspect(type(row)).column_attrs} - _OWN
    return {key: getattr(row, key) for key in sorted(keys)}


def exported(office: Office, key: str, path: Path, ids: tuple[int, ...] = ()) -> str:
    """Write documents in import format."""
    with office.act() as act:
        return play(import_format_steps(act, document(key), Query(), path, ids)).text


@pytest.mark.parametrize("key", MASTERS)
def test_masters_imported_over_themselves_do_not_change(factory_office: Office, tmp_path: Path, key: str) -> None:
    before = stored(factory_office, key)
    assert before
    exported(factory_office, key, tmp_path / "again.xlsx")
    factory_office.bring(key, tmp_path / "again.xlsx")
    assert stored(factory_office, key) == before


def test_source_documents_come_back_alike(factory_office: Office, other: Other, tmp_path: Path) -> None:
    masters_office = other("masters")
    exported(factory_office, "source_document", tmp_path / "again.xlsx")
    masters_office.bring("source_document", tmp_path / "again.xlsx")
    assert stored(masters_office, "source_document") == stored(factory_office, "source_document")


def test_an_account_comes_back_alike(masters_office: Office, other: Other, tmp_path: Path) -> None:
    codes_office = other("codes")
    exported(masters_office, "account", tmp_path / "again.xlsx")
    codes_office.bring("account", tmp_path / "again.xlsx")
    assert stored(codes_office, "account") == stored(masters_office, "account")


def test_notes_come_back_with_their_lines(factory_office: Office, other: Other, tmp_path: Path) -> None:
    masters_office = other("masters")
    for number in ("IM2401001", "IM2401004", "IM2401005"):  # finished ones: a draft with gaps is refused
        factory_office.notes(number)
    exported(factory_office, "bonded_note", tmp_path / "again.xlsx")
    masters_office.bring("bonded_note", tmp_path / "again.xlsx")
    plan = document("bonded_note").workbook
    assert plan is not None
    carried = {h.attribute.key for sheet in plan.sheets for h in (*sheet.headings, *sheet.head)}
    for office in (factory_office, masters_office):
        assert len(stored(office, "bonded_note")) >= 3
    assert _only(stored(masters_office, "bonded_note"), carried) == _only(
        stored(factory_office, "bonded_note"), carried
    )


def _only(found: list[Any], keys: set[str]) -> list[Any]:
    return sorted(
        (
            ({k: v for k, v in head.items() if k in keys}, [[{k: v for k, v in line.items() if k in keys} for line in lines] for lines in tables])
            for head, tables in found
        ),
        key=str,
    )  # fmt: skip


def test_one_file_holds_one_account(masters_office: Office, tmp_path: Path) -> None:
    with masters_office.act() as act, pytest.raises(Refused, match="EXP-06"):
        play(import_format_steps(act, document("account"), Query(text="没有这样的账册"), tmp_path / "none.xlsx"))


def test_it_needs_the_right_and_leaves_no_file(masters_office: Office, tmp_path: Path) -> None:
    looker = Identity(masters_office.clerk.user_id, "zhidan", "制单员", frozenset({("part", "view")}))
    with masters_office.act(looker) as act, pytest.raises(Refused, match="ACCESS-01"):
        play(import_format_steps(act, document("part"), Query(), tmp_path / "none.xlsx"))
    assert list(tmp_path.glob("none.xlsx")) == []


def test_what_has_no_import_has_no_import_format(masters_office: Office, tmp_path: Path) -> None:
    with masters_office.act() as act, pytest.raises(Refused, match="IMP-00"):
        play(import_format_steps(act, document("user"), Query(), tmp_path / "none.xlsx"))


def test_the_dialog_offers_it_where_there_is_one(qtbot: Any) -> None:
    from PySide6.QtWidgets import QWidget

    from bondesk.desktop.export_dialog import ExportDialog, ExportOffer
    from bondesk.engine.import_format import TITLE

    parent = QWidget()
    qtbot.addWidget(parent)

    def offered(key: str) -> list[str]:
        dialog = ExportDialog(key, ExportOffer(3, 1, "", ("月报",), again=document(key).workbook is not None), parent)
        return [str(button.property("value")) for button in dialog.layouts.buttons()]

    assert offered("part") == ["", "月报", TITLE]
    assert offered("user") == ["", "月报"]
    dialog = ExportDialog("part", ExportOffer(3, 1, "", again=True), parent)
    dialog.choose(layout=TITLE, suffix="csv")
    dialog._fit_files()
    chosen: list[Any] = []
    dialog.chosen.connect(chosen.append)
    dialog._accept()
    assert (chosen[0].layout, chosen[0].suffix) == (TITLE, "xlsx")
