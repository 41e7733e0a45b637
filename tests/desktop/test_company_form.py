"""企业基本信息 opens without a list, grey until 修改; the log's form shows what changed; rights hold on screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import comb
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from bondesk.areas.index import CATALOGUE
from bondesk.areas.setup.company import Company
from bondesk.base.documents import DocumentType
from bondesk.base.matching import MATCH_RIGHTS
from bondesk.base.operation_log import OperationLog
from bondesk.desktop.changes_pane import ChangesPane
from bondesk.desktop.form_page import FormPage
from bondesk.desktop.list_page import ListPage
from bondesk.desktop.module_tree import modules
from bondesk.engine import records
from bondesk.engine.engine import SYSTEM, Engine
from desktop.conftest import DeskStub, MakeDesk

every_document = pytest.mark.parametrize("document", CATALOGUE.documents, ids=lambda document: document.key)


def shown(qtbot: QtBot, page: Any, stub: DeskStub) -> Any:
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    qtbot.waitUntil(lambda: stub.context.lane.idle)
    return page


@pytest.fixture
def company(fill: Callable[[Any], None]) -> Company:
    one = Company(customs_code="441994Z001", name="一厂", credit_code="91441900MA5CL0001Q")
    fill([one])
    return one


def test_the_enterprise_is_locked_until_it_is_to_be_changed(desk: DeskStub, company: Company, qtbot: QtBot) -> None:
    page = shown(qtbot, FormPage(desk.context, CATALOGUE.document("company"), None), desk)
    assert page.body.base.id == company.id
    assert not page.body.editable
    assert "修改" in page.notice.label.text()
    assert not page.bound["form.save"].isEnabled()
    assert {"form.copy", "form.delete"} & {command.id for command in page.commands} == set()
    page.bound.run("form.unlock")
    assert page.body.editable
    assert page.bound["form.save"].isEnabled()
    page.body.header.cells["name"].editor.set_value("二厂")
    page.body.head["name"] = "二厂"
    with qtbot.waitSignal(page.deeds.stored):
        page.save()
    assert not page.body.editable, "a saved page is locked again"
    with desk.context.engine.acting(SYSTEM) as act:
        assert records.open_single(act, CATALOGUE.document("company")).head["name"] == "二厂"


def test_without_the_right_there_is_no_modify(make_desk: MakeDesk, company: Company, qtbot: QtBot) -> None:
    stub = make_desk(frozenset({("company", "view")}))
    page = shown(qtbot, FormPage(stub.context, CATALOGUE.document("company"), None), stub)
    assert page.body.head["name"] == "一厂"
    assert "form.unlock" not in page.commands
    assert not page.body.editable


def test_the_form_of_a_log_row_shows_what_changed(
    desk: DeskStub, engine: Engine, company: Company, qtbot: QtBot
) -> None:
    with engine.acting(SYSTEM) as act:
        draft = records.open_single(act, CATALOGUE.document("company"))
        draft.head |= {"name": "二厂", "inversion_policy": "WARN", "verification_currency": "USD"}
        records.save(act, CATALOGUE.document("company"), draft)
    with engine.acting(SYSTEM) as act:
        (entry,) = act.facts.find(OperationLog)
    page = shown(qtbot, FormPage(desk.context, CATALOGUE.document("operation_log"), entry.id), desk)
    (pane,) = [one for one in page.panes if isinstance(one, ChangesPane)]
    qtbot.waitUntil(lambda: pane.isVisible() and desk.context.lane.idle)
    rows = [[pane.table.item(row, column).text() for column in range(4)] for row in range(pane.table.rowCount())]
    assert ["表头", "企业名称", "一厂", "二厂"] in rows
    assert ["表头", "核注清单检查数量倒挂", "禁止发送", "提示"] in rows
    assert not page.body.editable
    assert "form.history" not in page.commands


def titles_of(commands: Any) -> list[str]:
    return [command.title for command in commands]


def forbidden(document: DocumentType, granted: set[str], titles: list[str]) -> list[str]:
    """Say which commands carry the name of a right that is not granted; moves and scripts exactly, others by their start."""
    basic = {"new": ("新增", "复制"), "delete": ("删除",), "import": ("导入", "模板"), "export": ("导出",)}
    words = {action: basic.get(action, (title,)) for action, title in CATALOGUE.rights_of(document)}
    words["edit"] = ("修改", "保存") if "new" not in granted else ()
    return [
        title
        for action, names in words.items()
        if action not in granted and action != "view"
        for title in titles
        if title in names or (action == "export" and title.startswith("导出") and title not in scripts_of(document))
    ]


def scripts_of(document: DocumentType) -> set[str]:
    return {script.title for script in CATALOGUE.scripts_of(document)}


@every_document
def test_the_list_offers_what_is_granted_and_nothing_else(
    document: DocumentType, make_desk: MakeDesk, qtbot: QtBot
) -> None:
    """With the right to look only, then with each further right: no command of another right is there."""
    makes = {"new": document.creatable, "delete": False, "import": document.workbook is not None, "edit": False}
    makes |= {"send": document.message is not None, "force_send": False}
    makes |= {action: False for action, _ in MATCH_RIGHTS}  # they open commands of the matching page
    before: set[str] = set()
    for action in ("view", *(action for action, _ in CATALOGUE.rights_of(document) if action != "view")):
        stub = make_desk(frozenset({(document.key, "view"), (document.key, action)}))
        page = shown(qtbot, ListPage(stub.context, document), stub)
        assert forbidden(document, {"view", action}, titles_of(page.commands)) == [], action
        ids = {command.id for command in page.commands}
        if action == "view":
            before = ids
        elif makes.get(action, True):
            assert ids - before, f"{action} opens no command"
        page.close()


def grants(rights: Sequence[str]) -> list[frozenset[str]]:
    """Return few sets of rights such that of any two rights each is granted in a set in which the other is not."""
    size = next(size for size in range(1, 20) if comb(size, size // 2) >= len(rights))
    codes = list(combinations(range(size), size // 2))[: len(rights)]
    return [
        frozenset(right for right, code in zip(rights, codes, strict=True) if place in code) for place in range(size)
    ]


@every_document
def test_the_form_offers_what_is_granted_and_nothing_else(
    document: DocumentType, make_desk: MakeDesk, qtbot: QtBot
) -> None:
    for granted in grants([action for action, _ in CATALOGUE.rights_of(document) if action != "view"]):
        stub = make_desk(frozenset((document.key, action) for action in {"view", *granted}))
        page = shown(qtbot, FormPage(stub.context, document, 1), stub)
        assert forbidden(document, {"view", *granted}, titles_of(page.commands)) == [], granted
        page.close()


def test_a_user_without_rights_sees_no_module(make_desk: MakeDesk) -> None:
    identity = make_desk(frozenset()).context.identity
    assert modules(CATALOGUE, identity) == []


@every_document
def test_one_right_shows_one_module(document: DocumentType, make_desk: MakeDesk) -> None:
    identity = make_desk(frozenset({(document.key, "view")})).context.identity
    (area,) = modules(CATALOGUE, identity)
    assert [leaf[0] for leaf in area[1]] == [f"list.{document.key}"]
    others = make_desk(frozenset({(document.key, action) for action, _ in CATALOGUE.rights_of(document)[1:]}))
    assert modules(CATALOGUE, others.context.identity) == [], "without 查看 a module is hidden"
