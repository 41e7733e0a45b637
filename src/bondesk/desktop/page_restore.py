"""Which pages stood where, written as one text and opened again at the next login of the same user."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QWidget

from bondesk.desktop.background import while_alive
from bondesk.desktop.context import DeskContext
from bondesk.desktop.module_pages import KINDS
from bondesk.desktop.page_tabs import PageTabs, Place
from bondesk.engine.act import Act
from bondesk.engine.overview import numbers_of

_PLACES: tuple[Place, ...] = ("main", "side", "window")


@runtime_checkable
class Remembers(Protocol):
    """A page that can say what it shows (filters, options) as a text and show it again."""

    def remembered(self) -> str:
        """Return what is shown."""

    def recall(self, kept: str) -> None:
        """Show what was kept; what it no longer understands is left out."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One page of an arrangement."""

    key: str
    place: Place
    shown: str = ""
    geometry: str = ""


def page_key(page: QWidget) -> str:
    """Return the key under which a page can be opened again, "" for one that cannot (new and copied documents)."""
    key = page.objectName()
    if not key.startswith("form."):
        return key if key.startswith(KINDS) else ""
    from bondesk.desktop.form_page import FormPage

    if isinstance(page, FormPage) and page.body.base.id is not None:
        return f"form.{page.document.key}.{page.body.base.id}"
    return key if key.rpartition(".")[2].isdecimal() and ".new." not in key and ".copy." not in key else ""


def written(pages: PageTabs) -> str:
    """Write the arrangement of the open pages."""
    current = pages.current()
    kept = []
    for page in pages.pages():
        key = page_key(page)
        if not key:
            continue
        place = pages.place_of(page)
        geometry = bytes(page.window().saveGeometry().toHex().data()).decode() if place == "window" else ""
        shown = page.remembered() if isinstance(page, Remembers) else ""
        kept.append({"key": key, "place": place, "shown": shown, "geometry": geometry, "front": page is current})
    split = bytes(pages.split.saveState().toHex().data()).decode()
    return json.dumps({"pages": kept, "split": split}, ensure_ascii=False)


def read(text: str) -> tuple[list[Kept], str, str]:
    """Return the pages, the key of the one in front, and the state of the split; nothing when it cannot be read."""
    try:
        given: dict[str, Any] = json.loads(text) if text else {}
        pages = [
            Kept(str(one["key"]), _place(one["place"]), str(one.get("shown", "")), str(one.get("geometry", "")))
            for one in given.get("pages", ())
        ]
        front = next((str(one["key"]) for one in given.get("pages", ()) if one.get("front")), "")
        return pages, front, str(given.get("split", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return [], "", ""


def _place(text: object) -> Place:
    return next((place for place in _PLACES if place == text), "main")


class PageRestore:
    """Opens an arrangement again; what is gone or no longer granted is left out with a sentence."""

    def __init__(self, context: DeskContext, pages: PageTabs, open_module: Callable[[str, Place], object]) -> None:
        """Open lists and reports by ``open_module``, documents through the context."""
        self._context, self._pages, self._open_module = context, pages, open_module
        self._missing: list[str] = []

    def restore(self, text: str) -> None:
        """Open the pages; documents are looked up first, so that none opens empty."""
        kept, front, split = read(text)
        wanted: dict[str, list[int]] = {}
        for one in kept:
            parts = one.key.split(".")
            if parts[0] == "form" and len(parts) == 3 and parts[2].isdecimal() and self._granted(parts[1]):
                wanted.setdefault(parts[1], []).append(int(parts[2]))
        if not wanted:
            self._open(kept, set(), front, split)
            return
        catalogue = self._context.engine.catalogue

        def look(act: Act) -> set[tuple[str, int]]:
            return {(key, i) for key, ids in wanted.items() for i in numbers_of(act, catalogue.document(key), ids)}

        def failed(problem: Exception) -> None:
            self._context.show_message(f"上次打开的页面没有恢复：{problem}")

        self._context.lane.act(
            look,
            while_alive(self._pages, lambda present: self._open(kept, present, front, split)),
            while_alive(self._pages, failed),
        )

    def _granted(self, key: str) -> bool:
        known = {document.key for document in self._context.engine.catalogue.documents}
        return key in known and self._context.identity.may(key, "view")

    def _open(self, kept: list[Kept], present: set[tuple[str, int]], front: str, split: str) -> None:
        self._missing = []
        for one in kept:
            self._open_one(one, present)
        self._pages.split.restoreState(QByteArray.fromHex(QByteArray(split.encode())))
        page = self._pages.page(front)
        if page is not None:
            self._pages.bring(page)
        if self._missing:
            names = "、".join(dict.fromkeys(self._missing))
            self._context.show_message(f"上次打开的 {len(self._missing)} 个页面没有恢复（已删除或不再有权限）：{names}")

    def _open_one(self, one: Kept, present: set[tuple[str, int]]) -> None:
        kind, _, rest = one.key.partition(".")
        if kind == "form":
            key, _, number = rest.partition(".")
            if not number.isdecimal() or (key, int(number)) not in present:
                self._missing.append(self._title(key))
                return
            self._context.open_document(self._context.engine.catalogue.document(key), int(number))
        else:
            self._open_module(one.key, one.place)
        page = self._pages.page(one.key)
        if page is None:
            self._missing.append(self._title(rest))
            return
        self._settle(page, one)

    def _settle(self, page: QWidget, one: Kept) -> None:
        """Put the page where it stood and let it show what it showed."""
        if one.place == "side":
            self._pages.beside(page)
        elif one.place == "window" and self._pages.place_of(page) != "window":
            self._pages.tear_off(page)
        if one.geometry and self._pages.place_of(page) == "window":
            page.window().restoreGeometry(QByteArray.fromHex(QByteArray(one.geometry.encode())))
        if one.shown and isinstance(page, Remembers):
            page.recall(one.shown)

    def _title(self, key: str) -> str:
        catalogue = self._context.engine.catalogue
        named = {one.key: one.title for one in catalogue.documents}
        named |= {one.key: one.title for one in catalogue.reports}
        named |= {one.script: one.title for one in catalogue.matchings}
        return f"「{named.get(key, key)}」"
