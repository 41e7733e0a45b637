"""Rights and groups are ticked: the tree shows what is there, asks for what is wanted, and everything is undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from bondesk.areas.index import CATALOGUE
from bondesk.areas.setup.users import GroupRight, User, UserGroup, UserMembership
from bondesk.base.export_layout import ExportColumn, ExportLayout
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.offer_dialog import OfferDialog
from bondesk.desktop.offered_lines import UNKNOWN
from bondesk.desktop.tick_tree import TickTree
from bondesk.desktop.ticked_lines import TickedLines
from desktop.conftest import ALL, DeskStub, MakeDesk

OpenForm = Callable[..., FormPage]


@pytest.fixture
def open_form(desk: DeskStub, qtbot: QtBot) -> OpenForm:
    """Open the form of a document and wait for its offers."""

    def open_one(key: str, document_id: int | None, stub: DeskStub | None = None) -> FormPage:
        context = (stub or desk).context
        page = FormPage(context, CATALOGUE.document(key), document_id)
        qtbot.addWidget(page)
        page.resize(1100, 700)
        page.show()
        qtbot.waitUntil(lambda: page._ready and context.lane.idle)
        return page

    return open_one


@pytest.fixture
def group(fill: Callable[[Any], None]) -> UserGroup:
    """A group with two rights of parts, and one of a document that is gone."""
    one = UserGroup(code="clerk", name="制单")
    rights = (("part", "view"), ("part", "edit"), ("old_paper", "view"))
    one.rights = [GroupRight(company_id=1, line_no=n, module=m, action=a) for n, (m, a) in enumerate(rights, 1)]
    fill([one])
    return one


def ticks_of(page: FormPage, key: str) -> TickTree:
    grid = page.body.grids[key]
    assert isinstance(grid, TickedLines)
    return grid.ticks


def item_at(ticks: TickTree, *path: str) -> Any:
    """Find a branch or leaf by its titles."""
    parent = ticks.tree.invisibleRootItem()
    for title in path:
        parent = next(parent.child(n) for n in range(parent.childCount()) if parent.child(n).text(0).startswith(title))
    return parent


def rights(page: FormPage) -> list[tuple[str, str]]:
    return [(line.values["module"], line.values["action"]) for line in page.body.draft().lines["rights"]]


def test_the_tree_shows_every_right_of_the_catalogue_and_what_is_granted(open_form: OpenForm, group: UserGroup) -> None:
    ticks = ticks_of(open_form("user_group", group.id), "rights")
    for document in CATALOGUE.documents:
        area = next(area.title for area in CATALOGUE.areas if area.key == document.area)
        branch = item_at(ticks, area, document.title)
        titles = [branch.child(n).text(0) for n in range(branch.childCount())]
        assert titles == [title for _, title in CATALOGUE.rights_of(document)]
    areas = {area.key: area.title for area in CATALOGUE.areas}
    for report in CATALOGUE.reports:
        assert item_at(ticks, areas[report.area], report.title, "查看").checkState(0) is Qt.CheckState.Unchecked
    part = item_at(ticks, "商品信息", CATALOGUE.document("part").title)
    assert (part.checkState(0), part.text(1)) == (Qt.CheckState.PartiallyChecked, f"2 / {part.childCount()}")
    assert item_at(ticks, UNKNOWN, "old_paper · view").checkState(0) is Qt.CheckState.Checked


def test_ticks_are_lines_that_can_be_undone_and_saved(open_form: OpenForm, group: UserGroup, qtbot: QtBot) -> None:
    page = open_form("user_group", group.id)
    ticks, title = ticks_of(page, "rights"), CATALOGUE.document("part").title
    before = rights(page)
    item_at(ticks, "商品信息", title).setCheckState(0, Qt.CheckState.Checked)
    whole = {("part", action) for action, _ in CATALOGUE.rights_of(CATALOGUE.document("part"))}
    assert set(rights(page)) == whole | {("old_paper", "view")}
    assert page.dirty
    page.undo()
    assert rights(page) == before
    assert item_at(ticks, "商品信息", title).checkState(0) is Qt.CheckState.PartiallyChecked
    page.redo()
    item_at(ticks, "商品信息", title, "删除").setCheckState(0, Qt.CheckState.Unchecked)
    with qtbot.waitSignal(page.deeds.stored):
        page.save()
    again = open_form("user_group", group.id)
    assert set(rights(again)) == (whole - {("part", "delete")}) | {("old_paper", "view")}


def test_an_unknown_right_goes_only_when_it_is_unticked(open_form: OpenForm, group: UserGroup, qtbot: QtBot) -> None:
    page = open_form("user_group", group.id)
    ticks = ticks_of(page, "rights")
    item_at(ticks, UNKNOWN, "old_paper").setCheckState(0, Qt.CheckState.Unchecked)
    qtbot.waitUntil(lambda: ticks.tree.topLevelItem(ticks.tree.topLevelItemCount() - 1).text(0) != UNKNOWN)
    assert ("old_paper", "view") not in rights(page)
    page.undo()
    qtbot.waitUntil(lambda: ticks.tree.topLevelItem(ticks.tree.topLevelItemCount() - 1).text(0) == UNKNOWN)
    assert ("old_paper", "view") in rights(page)


@pytest.mark.parametrize(("typed", "fits"), [("料号", True), ("bszhtg", True), ("没有这个", False)])
def test_a_few_letters_narrow_the_tree(open_form: OpenForm, group: UserGroup, typed: str, fits: bool) -> None:
    ticks = ticks_of(open_form("user_group", group.id), "rights")
    ticks.filter.setText(typed)
    root = ticks.tree.invisibleRootItem()
    shown = [root.child(n).text(0) for n in range(root.childCount()) if not root.child(n).isHidden()]
    assert bool(shown) is fits
    assert ticks.nothing.isVisible() is not fits
    assert len(shown) < root.childCount()


def test_quick_buttons_act_on_what_is_shown_of_the_marked_branch(open_form: OpenForm, group: UserGroup) -> None:
    page = open_form("user_group", group.id)
    ticks = ticks_of(page, "rights")
    only_view, everything, nothing = ticks._buttons
    ticks.tree.setCurrentItem(item_at(ticks, "商品信息"))
    only_view.click()
    goods = {d.key for d in (*CATALOGUE.documents, *CATALOGUE.reports) if d.area == "goods"}
    assert set(rights(page)) == {(key, "view") for key in goods} | {("old_paper", "view")}
    everything.click()
    assert {("bom", "edit"), ("part", "import")} <= set(rights(page))
    ticks.filter.setText("导入")
    nothing.click()
    assert ("part", "import") not in rights(page)
    assert ("part", "edit") in rights(page), "what is filtered away is left alone"


def test_space_and_arrows_are_enough(open_form: OpenForm, group: UserGroup, qtbot: QtBot) -> None:
    page = open_form("user_group", group.id)
    ticks = ticks_of(page, "rights")
    ticks.filter.setFocus()
    qtbot.keyClick(ticks.filter, Qt.Key.Key_Down)
    assert ticks.tree.hasFocus()
    ticks.tree.setCurrentItem(ticks.tree.topLevelItem(0))
    qtbot.keyClick(ticks.tree, Qt.Key.Key_Space)
    assert ("*", "*") in rights(page)
    qtbot.keyClick(ticks.tree, Qt.Key.Key_Space)
    assert ("*", "*") not in rights(page)


def test_without_the_right_to_edit_nothing_can_be_ticked(
    make_desk: MakeDesk, open_form: OpenForm, group: UserGroup
) -> None:
    page = open_form("user_group", group.id, make_desk(frozenset({("user_group", "view")})))
    ticks = ticks_of(page, "rights")
    leaf = item_at(ticks, "商品信息", CATALOGUE.document("part").title, "查看")
    assert not leaf.flags() & Qt.ItemFlag.ItemIsUserCheckable
    assert not any(button.isEnabled() for button in ticks._buttons)
    assert leaf.checkState(0) is Qt.CheckState.Checked


def test_groups_of_a_user_are_ticked_by_name(
    open_form: OpenForm, group: UserGroup, fill: Callable[[Any], None]
) -> None:
    user = User(account="zhang", name="张三", active=True)
    user.groups = [UserMembership(company_id=1, line_no=1, group_code="gone")]
    fill([UserGroup(code="boss", name="主管"), user])
    page = open_form("user", user.id)
    ticks = ticks_of(page, "groups")
    item_at(ticks, "制单（clerk）").setCheckState(0, Qt.CheckState.Checked)
    assert [line.values["group_code"] for line in page.body.draft().lines["groups"]] == ["gone", "clerk"]
    assert item_at(ticks, UNKNOWN, "gone").checkState(0) is Qt.CheckState.Checked
    assert item_at(ticks, "主管（boss）").checkState(0) is Qt.CheckState.Unchecked


def test_columns_are_chosen_from_a_list_and_keep_their_order(
    open_form: OpenForm, fill: Callable[[Any], None], qtbot: QtBot
) -> None:
    layout = ExportLayout(document_key="part", name="一")
    layout.columns = [
        ExportColumn(company_id=1, line_no=n, field_key=key, label=key, heading=f"标题{n}")
        for n, key in enumerate(("name", "part_no"), 1)
    ]
    fill([layout])
    page = open_form("export_layout", layout.id)
    grid = page.body.grids["columns"]
    grid.bound.run("lines.choose")
    qtbot.waitUntil(lambda: page.findChild(OfferDialog) is not None)
    dialog = page.findChild(OfferDialog)
    assert isinstance(dialog, OfferDialog)
    ticked = [leaf.text(0) for leaf in dialog.ticks._leaves if leaf.checkState(0) is Qt.CheckState.Checked]
    assert len(ticked) == 2
    for leaf in dialog.ticks._leaves:
        if leaf.text(0) in ("商品编码", "料号"):
            leaf.setCheckState(0, Qt.CheckState.Checked if leaf.text(0) == "商品编码" else Qt.CheckState.Unchecked)
    dialog.accept()
    lines = page.body.draft().lines["columns"]
    assert [(line.values["field_key"], line.values["heading"]) for line in lines] == [
        ("name", "标题1"),
        ("hs_code", ""),
    ]
    page.undo()
    assert [line.values["field_key"] for line in page.body.draft().lines["columns"]] == ["name", "part_no"]


def test_a_list_without_offers_says_so(open_form: OpenForm, desk: DeskStub, qtbot: QtBot) -> None:
    page = open_form("export_layout", None)
    page.body.grids["columns"].bound.run("lines.choose")
    qtbot.waitUntil(lambda: bool(desk.messages))
    assert "请先在表头选择单证" in desk.messages[-1]
    assert ALL


def test_what_grants_everything_shows_everything_as_granted(
    open_form: OpenForm, group: UserGroup, qtbot: QtBot
) -> None:
    page = open_form("user_group", group.id)
    ticks, title = ticks_of(page, "rights"), CATALOGUE.document("part").title
    ticks.tree.setCurrentItem(ticks.tree.topLevelItem(0))
    qtbot.keyClick(ticks.tree, Qt.Key.Key_Space)
    goods = item_at(ticks, "商品信息")
    on, whole = goods.text(1).split(" / ")
    assert on == whole != "0"
    leaf = item_at(ticks, "商品信息", title, "删除")
    assert goods.checkState(0) is leaf.checkState(0) is Qt.CheckState.Checked
    assert ticks.count.text() == f"已选 {len(ticks._offers)} / {len(ticks._offers)}"
    assert not leaf.flags() & Qt.ItemFlag.ItemIsUserCheckable
    assert "全部权限" in leaf.toolTip(0)
    ticks.tree.setCurrentItem(goods)
    assert not any(button.isEnabled() for button in ticks._buttons)
    ticks._choose(lambda _offer: False)
    assert ("part", "edit") in rights(page), "what was ticked one by one is still there"
    ticks.tree.setCurrentItem(ticks.tree.topLevelItem(0))
    qtbot.keyClick(ticks.tree, Qt.Key.Key_Space)
    assert leaf.checkState(0) is Qt.CheckState.Unchecked
    assert leaf.flags() & Qt.ItemFlag.ItemIsUserCheckable
