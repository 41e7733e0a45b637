"""关于: what program this is and over which database it works."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from bondesk.desktop.context import DeskContext
from bondesk.desktop.login import PRODUCT


def show_about(context: DeskContext, parent: QWidget) -> None:
    """Open a small box over ``parent``."""
    kind = {"sqlite": "本机文件", "postgresql": "PostgreSQL"}.get(context.engine.store.sql.dialect.name, "")
    text = f"{PRODUCT}（Bondesk）{_version()}\n加工贸易企业关务管理\n\n数据库：{kind}\n用户：{context.identity.name}"
    box = QMessageBox(QMessageBox.Icon.NoIcon, "关于", text, QMessageBox.StandardButton.Close, parent)
    box.setObjectName("about_box")
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.button(QMessageBox.StandardButton.Close).setText("关闭")
    box.open()


def _version() -> str:
    """Return the version installed, "" when the program runs from its source tree."""
    try:
        return f" {version('bondesk')}"
    except PackageNotFoundError:
        return ""
