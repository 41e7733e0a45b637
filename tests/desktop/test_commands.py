"""Commands are data: unique ids and shortcuts, reasons in tooltips, a palette that finds them."""

from __future__ import annotations

from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from bondesk.desktop.codes_loading import initials
from bondesk.desktop.command_palette import CommandPalette, Entry, matching
from bondesk.desktop.commands import Command, CommandActions, Commands


def _nothing() -> None:
    """Do nothing."""


def test_an_id_declared_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"command list\.new is declared twice"):
        Commands(Command("list.new", "新增", "", _nothing), Command("list.new", "新建", "", _nothing))


def test_a_shortcut_given_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"F5 is the shortcut of both a and b"):
        Commands(Command("a", "刷新", "F5", _nothing), Command("b", "重算", "F5", _nothing))


def test_many_commands_without_shortcut_live_together() -> None:
    commands = Commands(Command("a", "审核", "", _nothing), Command("b", "作废", "", _nothing))
    assert [one.id for one in commands] == ["a", "b"]
    assert "a" in commands
    assert "c" not in commands


def test_a_command_runs_only_while_nothing_speaks_against_it(qtbot: QtBot) -> None:
    ran: list[str] = []
    reason = ["单据已审核"]
    owner = QWidget()
    qtbot.addWidget(owner)
    actions = CommandActions(
        Commands(Command("a", "删除", "Delete", lambda: ran.append("a"), lambda: reason[0])), owner
    )
    assert not actions["a"].isEnabled()
    assert actions["a"].toolTip() == "删除：单据已审核"
    actions.run("a")
    assert ran == []
    reason[0] = ""
    actions.refresh()
    assert actions["a"].toolTip() == "删除（Del）"
    actions["a"].trigger()
    assert ran == ["a"]


def test_a_shortcut_acts_only_in_its_part(qtbot: QtBot) -> None:
    ran: list[str] = []
    owner = QWidget()
    line, part = QLineEdit(owner), QWidget(owner)
    part.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    qtbot.addWidget(owner)
    CommandActions(Commands(Command("a", "删除", "Delete", lambda: ran.append("a"))), owner, {"a": part})
    owner.show()
    owner.activateWindow()
    qtbot.waitUntil(owner.isActiveWindow)
    line.setText("abc")
    line.setFocus()
    line.setCursorPosition(0)
    QTest.keyClick(line, Qt.Key.Key_Delete)
    assert (line.text(), ran) == ("bc", [])
    part.setFocus()
    QTest.keyClick(part, Qt.Key.Key_Delete)
    assert ran == ["a"]


ENTRIES = [Entry(title, "模块", _nothing) for title in ("核注清单", "料号档案", "新增 料号档案", "料件情况表")]


@pytest.mark.parametrize(
    ("typed", "titles"),
    [
        ("", ["核注清单", "料号档案", "新增 料号档案", "料件情况表"]),
        ("料", ["料号档案", "料件情况表", "新增 料号档案"]),
        ("lhda", ["料号档案", "新增 料号档案"]),
        ("新增 料", ["新增 料号档案"]),
        ("HZ", ["核注清单"]),
        ("没有", []),
    ],
)
def test_the_palette_finds_by_text_and_initials(typed: str, titles: list[str]) -> None:
    assert [entry.title for entry in matching(ENTRIES, typed, initials)] == titles


def test_blanks_of_a_title_do_not_matter_for_initials_typed_in_one_go() -> None:
    entries = [Entry("新增 商业合作伙伴", "", list), Entry("商业合作伙伴", "", list)]
    letters = {"新增 商业合作伙伴": "xz syhzhb", "商业合作伙伴": "syhzhb"}.__getitem__
    assert [one.title for one in matching(entries, "xzsyhzhb", letters)] == ["新增 商业合作伙伴"]
    assert [one.title for one in matching(entries, "新增商业", letters)] == ["新增 商业合作伙伴"]
    assert [one.title for one in matching(entries, "xz syhzhb", letters)] == ["新增 商业合作伙伴"]


def test_enter_runs_the_marked_entry(qtbot: QtBot) -> None:
    ran: list[str] = []
    window = QWidget()
    qtbot.addWidget(window)
    entries = [Entry(title, "模块", partial(ran.append, title)) for title in ("账册", "料号档案", "料件情况表")]
    palette = CommandPalette(entries, initials, window)
    palette.show()
    QTest.keyClicks(palette.line, "l")
    QTest.keyClick(palette.line, Qt.Key.Key_Down)
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert ran == ["料件情况表"]
