"""Finding codes and documents by a few letters."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from bondesk.areas.index import CATALOGUE
from bondesk.desktop.code_matching import KnownCodes
from bondesk.desktop.codes_loading import sounds
from bondesk.desktop.context import Codes
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.reference_finding import KnownNames, find
from builders.keys import KEY, press, type_in

UNITS = (("035", "千克"), ("036", "克"), ("007", "个"), ("070", "吨"), ("054", "千个"), ("001", "台"))


@pytest.fixture
def known() -> KnownCodes:
    """A unit table with the enterprise's words."""
    entries = tuple((code, name, sounds(name)) for code, name in UNITS)
    return KnownCodes(Codes({"unit": entries}, {"unit": {"PCS": "007", "KGM": "035", "K": "036"}}))


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("035", "035"),  # the code
        ("07", "070"),  # its beginning
        ("千克", "035"),  # the name
        ("qk", "035"),  # initials
        ("qianke", "035"),  # pinyin
        ("qiang", "054"),
        ("ke", "036"),  # pinyin: the shorter name begins with it
        ("克", "036"),
        ("PCS", "007"),  # the enterprise's word
        ("kgm", "035"),
        ("kg", "035"),
        ("zzz", None),
    ],
)
def test_codes_are_found_by_code_name_pinyin_and_own_word(known: KnownCodes, typed: str, first: str | None) -> None:
    found = known.matches("unit", typed)
    assert (found[0][0] if found else None) == first


def test_codes_used_lately_come_first_in_their_field(known: KnownCodes) -> None:
    assert known.matches("unit", "", "dcl_unit")[0][0] == "035"
    known.used("dcl_unit", "054")
    known.used("dcl_unit", "001")
    assert [code for code, _ in known.matches("unit", "", "dcl_unit")[:3]] == ["001", "054", "035"]
    assert known.matches("unit", "", "erp_unit")[0][0] == "035"
    assert known.matches("unit", "035", "dcl_unit")[0][0] == "035", "an exact code beats what was used"


@pytest.fixture
def form(desk: Any, qtbot: QtBot, fill: Callable[..., None], parts: list[Any]) -> FormPage:
    """A new source document over four stored parts."""
    fill(parts)
    page = FormPage(desk.context, CATALOGUE.document("source_document"), None)
    qtbot.addWidget(page, before_close_func=lambda page: setattr(page, "_closing", True))
    page.resize(1280, 760)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(lambda: desk.context.lane.idle and page.body.isEnabled(), timeout=30_000)
    return page


def popup() -> Any:
    """The open list, or None."""
    shown = [w for w in QApplication.topLevelWidgets() if w.objectName() == "code_popup" and w.isVisible()]
    return shown[0] if shown else None


def rows(list_: Any) -> list[str]:
    """The numbers in the list."""
    return [list_.list.topLevelItem(row).text(0) for row in range(list_.list.topLevelItemCount())]


@pytest.mark.parametrize(
    ("typed", "first"),
    [("CAP", "CAP-1"), ("音箱", "BOX-3"), ("drq", "CAP-1"), ("dianzu", "RES-2"), ("ban", "PCB-4"), ("-2", "RES-2")],
)
def test_parts_are_found_by_number_name_and_pinyin(
    desk: Any, engine: Any, fill: Callable[..., None], parts: list[Any], typed: str, first: str
) -> None:
    fill(parts)
    with engine.acting(desk.context.identity) as act:
        assert find(act, CATALOGUE.document("part"), typed, KnownNames())[0][0] == first


def test_a_part_cell_takes_what_was_found_by_pinyin(form: FormPage, desk: Any, qtbot: QtBot) -> None:
    grid = form.body.grids["lines"]
    form.body.enter_lines(grid)
    type_in("drq")
    qtbot.waitUntil(lambda: popup() is not None and rows(popup()) == ["CAP-1"], timeout=30_000)
    press(KEY.Key_Return)
    assert grid.model.lines[0].values["part_no"] == "CAP-1"
    assert popup() is None


def test_a_number_stays_as_it_was_typed(form: FormPage, qtbot: QtBot) -> None:
    grid = form.body.grids["lines"]
    form.body.enter_lines(grid)
    type_in("CAP-")
    qtbot.waitUntil(lambda: popup() is not None and rows(popup()) == ["CAP-1"], timeout=30_000)
    press(KEY.Key_Return)
    assert grid.model.lines[0].values["part_no"] == "CAP-"
    press(KEY.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    press(KEY.Key_Space)
    qtbot.waitUntil(lambda: popup() is not None, timeout=30_000)
    press(KEY.Key_Escape)
    type_in("CA")
    qtbot.waitUntil(lambda: popup() is not None and rows(popup()) == ["CAP-1"], timeout=30_000)
    press(KEY.Key_Down)
    press(KEY.Key_Return)
    assert grid.model.lines[0].values["part_no"] == "CAP-1"


def test_a_partner_shows_its_name_or_that_there_is_none(
    form: FormPage, desk: Any, qtbot: QtBot, fill: Callable[..., None]
) -> None:
    from bondesk.areas.codes.partner import Partner

    fill([Partner(code="C001", name="澄岚贸易", partner_type="C")])
    editor = form.body.header.cells["partner"].editor
    editor.box.setFocus()
    type_in("clmy")
    qtbot.waitUntil(lambda: popup() is not None and rows(popup()) == ["C001"], timeout=30_000)
    press(KEY.Key_Return)
    assert editor.value() == "C001"
    name = editor.findChild(QWidget, "name.partner")
    assert name is not None
    assert name.text() == "澄岚贸易"  # type: ignore[attr-defined]
    editor.box.setFocus()
    editor.set_text("C9")
    press(KEY.Key_Return)
    qtbot.waitUntil(lambda: "没有 C9" in editor.advice, timeout=30_000)


def test_who_may_not_see_parts_is_offered_none(make_desk: Any, qtbot: QtBot, fill: Any, parts: list[Any]) -> None:
    fill(parts)
    stub = make_desk(frozenset({("source_document", action) for action in ("view", "new", "edit")}))
    page = FormPage(stub.context, CATALOGUE.document("source_document"), None)
    qtbot.addWidget(page, before_close_func=lambda page: setattr(page, "_closing", True))
    page.show()
    page.activateWindow()
    qtbot.waitUntil(lambda: stub.context.lane.idle and page.body.isEnabled(), timeout=30_000)
    page.body.enter_lines(page.body.grids["lines"])
    type_in("CAP")
    qtbot.wait(300)
    assert popup() is None


def test_a_choice_is_made_by_code_name_or_pinyin(form: FormPage) -> None:
    editor = form.body.header.cells["ie_flag"].editor
    editor.box.setFocus()
    for typed, code in (("e", "E"), ("jk", "I"), ("chu", "E")):
        editor._since.invalidate()  # type: ignore[attr-defined]
        type_in(typed)
        assert editor.value() == code
