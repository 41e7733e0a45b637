"""单一窗口: handing waiting messages to the client and taking its receipts, for who may send anything at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from bondesk.base.catalogue import Catalogue
from bondesk.base.errors import Refused
from bondesk.base.findings import Finding, error, note
from bondesk.base.identity import Identity
from bondesk.desktop.background import while_alive
from bondesk.desktop.card_desk import offer_signing
from bondesk.desktop.context import DeskContext
from bondesk.desktop.findings_view import FindingsDialog
from bondesk.desktop.jobs import jobs_of, sentence_of
from bondesk.engine import receiving, sending
from bondesk.engine.receiving import Received
from bondesk.engine.sending import HandedOver

SEND = "send"
_RUNNING = "正在与单一窗口客户端交换文件"


def may_exchange(catalogue: Catalogue, identity: Identity) -> bool:
    """Tell whether ``identity`` may send any document that has a message."""
    return any(document.message and identity.may(document.key, SEND) for document in catalogue.documents)


class SingleWindow(QObject):
    """The two orders, one at a time; results are shown as sentences and in the status bar."""

    def __init__(self, context: DeskContext, window: QWidget) -> None:
        """Show results over ``window``."""
        super().__init__(window)
        self._context, self._window = context, window
        self._running = False

    def why_not(self) -> str:
        """Return why neither order may run at the moment."""
        return _RUNNING if self._running else ""

    def generate(self) -> None:
        """Let documents be ticked, make their messages and hand them over."""
        from bondesk.desktop.message_dialog import MessageDialog

        dialog = MessageDialog(self._context, self.hand_over, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def hand_over(self) -> None:
        """Hand every waiting message to the client."""
        engine, identity = self._context.engine, self._context.identity
        self._run("发送待发报文", lambda: sending.hand_over(engine, identity), self._handed)

    def receive(self) -> None:
        """Take every waiting receipt."""
        engine, identity = self._context.engine, self._context.identity
        self._run("接收回执", lambda: receiving.receive(engine, identity), self._received)

    def _run(self, title: str, job: Callable[[], Any], done: Callable[[Any], str]) -> None:
        if self._running:
            return
        self._running = True
        self._context.show_message(f"{title}…")
        listed = jobs_of(self._context).begin(title)

        def finished(answer: Any) -> None:
            self._running = False
            listed.turn("done", done(answer))
            for document in self._context.engine.catalogue.documents:
                if document.message is not None:
                    self._context.changed(document.key)

        def failed(problem: Exception) -> None:
            self._running = False
            found = problem.findings if isinstance(problem, Refused) else (error("OUTSIDE", str(problem)),)
            listed.turn("refused", sentence_of(problem))
            self._show(title, f"{title}没有完成。", found)

        self._context.lane.run(job, while_alive(self, finished), while_alive(self, failed))

    def _handed(self, result: HandedOver) -> str:
        text = f"已交给单一窗口客户端 {result.handed} 份报文"
        if result.unsigned:
            text += f"，另有 {result.unsigned} 份等待本机IC卡签名"
        elif not result.handed and not result.problems:
            text = "没有待发的报文"
        self._context.show_message(text)
        if result.problems:
            found = [error("SEND", problem) for problem in result.problems]
            self._show("发送待发报文", f"{text}；下列报文没有交出，仍在发件箱中：", found)
        offer_signing(self._context, result)
        return text

    def _received(self, result: Received) -> str:
        waiting = f"，待查 {result.quarantined} 份" if result.quarantined else ""
        text = f"已处理回执 {result.applied} 份{waiting}" if result.applied or waiting else "没有新的回执"
        self._context.show_message(text)
        if result.sentences or result.quarantined:
            found = [note("RECEIPT", sentence) for sentence in result.sentences]
            if result.quarantined:
                found.append(error("CHK-04", f"有 {result.quarantined} 份回执未能处理，已隔离待查"))
            self._show("接收回执", text, found)
        return text

    def _show(self, title: str, text: str, findings: Sequence[Finding]) -> None:
        FindingsDialog(title, text, findings, self._window).open()
