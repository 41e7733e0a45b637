"""上传 off the UI thread: what :class:`RemoteWork` does for the places documents are pre-entered."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from bondesk.desktop.context import DeskContext
from bondesk.desktop.remote_work import RemoteWork
from bondesk.engine import pre_entering
from bondesk.engine.pre_entry_choice import Chosen
from bondesk.engine.pre_entry_port import PreEntryWay

_FAULT = "上传时程序出错，已上传的单据保留，详细情况已写入日志。"


class PreEntryWork(RemoteWork):
    """``uploaded`` brings :class:`Uploaded`."""

    uploaded = Signal(object)

    def __init__(self, context: DeskContext, parent: QObject) -> None:
        """Work for the user of ``context``."""
        super().__init__(context, _FAULT, parent)

    def upload(self, way: PreEntryWay, chosen: Sequence[Chosen], *, despite: bool, again: bool, force: str) -> None:
        """Upload documents, after the card where the place wants it; ``force`` as in :func:`pre_entering.upload`."""
        engine, identity = self._context.engine, self._context.identity

        def job() -> pre_entering.Uploaded:
            source = self.opened(way.key, way.open)
            return pre_entering.upload(
                engine, identity, source, way, chosen, self.tell, despite=despite, again=again, force=force
            )

        title = f"上传 {len(chosen)} 份预录入单据"
        self.with_login(way, way.key, way.open, lambda: self.begin(title, job, self.uploaded.emit))
