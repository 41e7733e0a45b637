"""A script an enterprise parameter switches off: no button and no palette entry until it is on (row 17)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pytestqt.qtbot import QtBot
from sqlalchemy import select

from bondesk.areas.setup.company import Company
from bondesk.desktop.list_page import ListPage
from bondesk.engine.engine import Engine

KEY = "list.script.extract_merged_items"


def company(engine: Engine, *, extract: bool) -> None:
    """Set the parameter as another user would."""
    with engine.store.session() as session:
        stored = session.scalars(select(Company)).one_or_none() or Company(customs_code="5204230001", name="n")
        stored.company_id, stored.extract_merged_items = engine.company_id, extract
        session.add(stored)
        session.commit()


def test_the_button_follows_the_parameter(
    engine: Engine, open_list: Callable[..., ListPage], qtbot: QtBot, fill: Callable[[Iterable[Any]], None], desk: Any
) -> None:
    company(engine, extract=False)
    page = open_list("merged_item")
    qtbot.waitUntil(lambda: desk.context.lane.idle)
    assert not page.bound[KEY].isVisible()
    assert not page.commands[KEY].enabled, "so that the palette does not list it"
    company(engine, extract=True)
    page.hide()
    page.show()
    qtbot.waitUntil(page.bound[KEY].isVisible)
    assert page.commands[KEY].enabled
    company(engine, extract=False)
    page.hide()
    page.show()
    qtbot.waitUntil(lambda: not page.bound[KEY].isVisible())


def test_other_scripts_are_there_at_once(open_list: Callable[..., ListPage]) -> None:
    assert open_list("consolidation_map").bound["list.script.generate_merged_items"].isVisible()
