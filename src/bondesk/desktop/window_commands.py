"""The commands of the signed-in window as data: menus, palette, shortcuts and the list of keys read them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from bondesk.desktop.card_desk import CardDesk
from bondesk.desktop.commands import Command
from bondesk.desktop.page_tabs import PageTabs
from bondesk.desktop.session_area import SessionArea
from bondesk.desktop.single_window import SingleWindow

#: Group of commands that have a key but stand in no menu.
HIDDEN = "hidden"


class WindowActs(Protocol):
    """What the window can do."""

    pages: PageTabs
    session: SessionArea

    def ask_relogin(self) -> None:
        """Close everything and ask for the login."""

    def leave(self) -> None:
        """Close the window."""

    def show_palette(self) -> None:
        """Open the palette."""

    def find_module(self) -> None:
        """Put the cursor into the module search."""

    def show_start(self) -> None:
        """Open the start page as a page."""

    def toggle_jobs(self) -> None:
        """Show or hide 后台任务."""

    def show_help(self) -> None:
        """Open the help page of what is in front."""

    def show_keys(self) -> None:
        """Open the list of keys."""

    def show_about(self) -> None:
        """Say what program this is."""

    def change_font(self, by: int) -> None:
        """Make the font larger or smaller, 0 = the usual size."""


def window_commands(window: WindowActs) -> Iterator[Command]:
    """Give the window's own commands, in menu order."""
    pages = window.pages

    def no_page() -> str:
        return "" if pages.current() is not None else "没有打开的页"

    def fewer_than_two() -> str:
        return "" if pages.count() > 1 else "只打开了一页"

    yield Command("desk.relogin", "重新登陆", "", window.ask_relogin, group="系统")
    yield from window.session.commands()
    yield Command("desk.quit", "退出", "Ctrl+Q", window.leave, group="系统")
    yield Command("desk.palette", "查找功能", "Ctrl+K", window.show_palette, group="视图")
    yield Command("desk.modules", "查找模块", "Ctrl+M", window.find_module, group="视图")
    yield Command("desk.start", "开始页", "Alt+Home", window.show_start, group="视图")
    yield Command("desk.jobs", "后台任务", "Ctrl+J", window.toggle_jobs, group="视图")
    yield Command("desk.close_page", "关闭当前页", "Ctrl+W", pages.close_current, no_page, "页面")
    yield Command("desk.close_all", "关闭全部页", "", pages.close_all, no_page, "页面")
    yield Command("page.float", "移到新窗口／放回", "Ctrl+Shift+W", pages.float_or_back, no_page, "页面")
    yield Command("page.beside", "左右并排／放回", "Ctrl+\\", pages.beside_or_back, fewer_than_two, "页面")
    yield Command("page.next", "上一个用过的页", "Ctrl+Tab", lambda: pages.walk(1), fewer_than_two, "页面")
    yield Command("page.previous", "往回切换", "Ctrl+Shift+Tab", lambda: pages.walk(-1), fewer_than_two, "页面")
    for number in range(1, 10):
        yield Command(f"page.{number}", f"第 {number} 页", f"Ctrl+{number}", _going(pages, number), no_page, HIDDEN)
    yield Command("font.larger", "字体放大", "Ctrl+=", lambda: window.change_font(1), group="外观")
    yield Command("font.smaller", "字体缩小", "Ctrl+-", lambda: window.change_font(-1), group="外观")
    yield Command("font.usual", "标准字体", "Ctrl+0", lambda: window.change_font(0), group="外观")
    yield Command("help.page", "帮助", "F1", window.show_help, group="帮助")
    yield Command("help.keys", "快捷键一览", "Ctrl+F1", window.show_keys, group="帮助")
    yield Command("help.about", "关于", "", window.show_about, group="帮助")


def exchange_commands(exchange: SingleWindow) -> Iterator[Command]:
    """Give the orders of 单一窗口."""
    group = "单一窗口"
    yield Command("gateway.generate", "生成报文", "Ctrl+F12", exchange.generate, exchange.why_not, group)
    yield Command("gateway.hand_over", "发送待发报文", "", exchange.hand_over, exchange.why_not, group)
    yield Command("gateway.receive", "接收回执", "F9", exchange.receive, exchange.why_not, group)
    yield Command("gateway.declaring", "单一窗口申报", "", exchange.show_declaring, group=group)
    yield Command("gateway.outbox", "发件箱", "", exchange.show_outbox, group=group)
    yield Command("gateway.claiming", "待认领回执", "", exchange.show_claiming, group=group)
    yield Command("gateway.folders", "客户端目录", "", exchange.show_folders, exchange.why_no_folders, group)
    if exchange.rehearses:
        yield Command("gateway.rehearsal", "演练海关…", "", exchange.rehearse, group=group)


def card_commands(desk: CardDesk) -> Iterator[Command]:
    """Give the orders of the IC card, where the program can read cards."""
    if desk.worker is None:
        return
    yield Command("card.sign", "签名待发报文", "", desk.sign_waiting, desk.why_not, "单一窗口")
    yield Command("card.show", "IC卡…", "Ctrl+F11", desk.show, group="单一窗口")


def _going(pages: PageTabs, number: int) -> Callable[[], None]:
    return lambda: pages.go_to(number)
