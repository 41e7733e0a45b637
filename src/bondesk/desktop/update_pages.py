"""数据预录入 and 数据更新 as modules: opened from the tree, the menu or a favourite."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from bondesk.base.catalogue import Catalogue
from bondesk.base.identity import Identity
from bondesk.desktop.context import DeskContext
from bondesk.engine.downloading import allowed_kinds
from bondesk.engine.pre_entry_choice import kinds

UPDATES = "updates"
#: Key in the context's extras of the order that updates the code tables.
UPDATE_CODES = "update_codes"
AREA = "单一窗口"


@dataclass(frozen=True, slots=True)
class UpdatePage:
    """A page by its key; ``allowed`` says who sees it."""

    key: str
    title: str
    help: str
    allowed: Callable[[Catalogue, Identity], bool]
    make: Callable[[DeskContext], QWidget]


def _pre_entry(context: DeskContext) -> QWidget:
    from bondesk.desktop.card_login import ask_card
    from bondesk.desktop.pre_entry_page import PreEntryPage

    return PreEntryPage(context, ask_card)


def _data_update(context: DeskContext) -> QWidget:
    from bondesk.desktop.card_login import ask_card
    from bondesk.desktop.data_update_page import DataUpdatePage

    return DataUpdatePage(context, context.extras[UPDATE_CODES], ask_card)


PRE_ENTRY = UpdatePage(
    "updates.pre_entry",
    "数据预录入",
    "没有标准报文，或报文接口不可用时，把已审核的单据上传到 QP 或单一窗口复核、申报",
    lambda catalogue, identity: bool(kinds(catalogue, identity)),
    _pre_entry,
)
DATA_UPDATE = UpdatePage(
    "updates.data_update",
    "数据更新",
    "更新海关参数和程序，下载海关的正式单据",
    lambda catalogue, identity: bool(allowed_kinds(catalogue, identity)),
    _data_update,
)
PAGES = (PRE_ENTRY, DATA_UPDATE)


def allowed_pages(catalogue: Catalogue, identity: Identity) -> list[UpdatePage]:
    """Return the pages a user sees."""
    return [one for one in PAGES if one.allowed(catalogue, identity)]
