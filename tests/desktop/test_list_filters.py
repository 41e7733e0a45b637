"""Searching and filtering a list: the database answers, typing waits, unreadable input is marked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from bondesk.areas.goods.part import Part
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.desktop.choice_filter import ChoiceFilter
from bondesk.desktop.code_filter import CodeFilter
from bondesk.desktop.filter_editors import DateFilter, NumberFilter, TextFilter
from bondesk.desktop.list_page import ListPage
from bondesk.engine.query import Condition

Fill = Callable[[Iterable[Any]], None]
OpenList = Callable[..., ListPage]


def notes(*states: str) -> list[BondedNote]:
    return [
        BondedNote(
            internal_no=f"BN{number:03d}",
            record_no="E53162300012",
            ie_flag="I",
            goods_flag="I",
            supervision_mode="0615",
            declared_on=date(2024, 1, number),
            state=state,
        )
        for number, state in enumerate(states, 1)
    ]


def shown(page: ListPage, title: str) -> list[str]:
    column = [one.title for one in page.model.columns].index(title)
    return [str(page.model.index(row, column).data()) for row in range(page.model.rowCount())]


def changed(page: ListPage, qtbot: QtBot, act: Callable[[], object]) -> None:
    with qtbot.waitSignal(page.model.loaded):
        act()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("电", ["RES-2", "CAP-1"]), ("box", ["BOX-3"]), ("100%", ["BOX-3"]), ("_", ["BOX-3"]), ("没有的", [])],
)
def test_search_looks_into_every_text_column(
    fill: Fill, parts: list[Part], open_list: OpenList, qtbot: QtBot, text: str, expected: list[str]
) -> None:
    fill(parts)
    page = open_list("part")
    changed(page, qtbot, lambda: page.search.setText(text))
    assert shown(page, "料号") == expected
    assert page.view.notice.isVisibleTo(page) is not bool(expected)
    changed(page, qtbot, page.head.clear_button.click)
    assert len(shown(page, "料号")) == 4
    assert page.search.text() == ""


def test_typing_is_searched_once_it_pauses(fill: Fill, parts: list[Part], open_list: OpenList, qtbot: QtBot) -> None:
    fill(parts)
    page = open_list("part")
    asked: list[int] = []
    page.model.loaded.connect(asked.append)
    for letters in ("电", "电容", "电容器"):
        page.search.setText(letters)
    qtbot.waitUntil(lambda: shown(page, "料号") == ["CAP-1"])
    assert asked == [1]


def _text(page: ListPage, key: str, value: str) -> None:
    editor = next(one for one in page.filters.filters if one.key == key)
    assert isinstance(editor, TextFilter)
    editor.text.setText(value)


def _code(page: ListPage, key: str, value: str) -> None:
    editor = next(one for one in page.filters.filters if one.key == key)
    assert isinstance(editor, CodeFilter)
    editor.text.setText(value)


def _number(page: ListPage, key: str, value: str) -> None:
    editor = next(one for one in page.filters.filters if one.key == key)
    assert isinstance(editor, NumberFilter)
    operator, _, number = value.partition(" ")
    editor.comparison.setCurrentText(operator)
    editor.number.setText(number)


def _choice(page: ListPage, key: str, value: str) -> None:
    editor = next(one for one in page.filters.filters if one.key == key)
    assert isinstance(editor, ChoiceFilter)
    editor.tick(*value.split())


@pytest.mark.parametrize(
    ("type_in", "key", "value", "expected"),
    [
        (_text, "part_no", "-3", ["BOX-3"]),
        (_code, "dcl_unit", "千克", ["CAP-1"]),
        (_code, "dcl_unit", "QK", ["CAP-1"]),
        (_code, "dcl_unit", "007", ["PCB-4", "BOX-3", "RES-2"]),
        (_number, "unit_weight", "等于 2", ["RES-2"]),
        (_number, "unit_weight", "不小于 2", ["BOX-3", "RES-2"]),
        (_number, "unit_weight", "小于 2.5", ["RES-2", "CAP-1"]),
        (_choice, "goods_kind", "I", ["RES-2", "CAP-1"]),
        (_choice, "goods_kind", "E S", ["PCB-4", "BOX-3"]),
    ],
)
def test_every_column_filters_by_its_kind(
    fill: Fill,
    parts: list[Part],
    open_list: OpenList,
    qtbot: QtBot,
    type_in: Callable[[ListPage, str, str], None],
    key: str,
    value: str,
    expected: list[str],
) -> None:
    fill(parts)
    page = open_list("part")
    changed(page, qtbot, lambda: type_in(page, key, value))
    assert shown(page, "料号") == expected
    assert page.head.filter_button.text() == "筛选（1）"


def test_days_between_and_an_unreadable_day(fill: Fill, open_list: OpenList, qtbot: QtBot) -> None:
    fill(notes("DRAFT", "DRAFT", "DRAFT", "DRAFT"))
    page = open_list("bonded_note")
    editor = next(one for one in page.filters.filters if one.key == "declared_on")
    assert isinstance(editor, DateFilter)
    editor.first.setText("2024-1-2")
    changed(page, qtbot, lambda: editor.last.setText("2024/01/03"))
    assert shown(page, "企业内部清单编号") == ["BN003", "BN002"]
    editor.first.setText("2024-13-40")
    assert editor.condition() == Condition("declared_on", "le", date(2024, 1, 3))
    assert editor.first.property("wrong")
    assert editor.first.toolTip()
