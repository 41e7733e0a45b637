"""Leading the user to 客户端目录 when a sending finds none; pages know the context only, not the window."""

from __future__ import annotations

from bondesk.desktop.context import DeskContext

#: Key in the context's extras of what opens 客户端目录, told why.
FOLDERS = "client_folders"
_WHY = "已放入发件箱，但本机未设置单一窗口客户端的目录，尚未交给单一窗口。请在这里设置，保存后自动交出。"


def offer_folders(context: DeskContext) -> None:
    """Open 客户端目录 where the window has it."""
    show = context.extras.get(FOLDERS)
    if show is not None and context.engine.client is not None:
        show(_WHY)
