"""单一窗口: handing waiting messages to the client and taking its receipts, for who may send anything at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget

from bondesk.base.catalogue import Catalogue
from bondesk.base.errors import Disconnected, NoClientFolders, OutsideFailure, Refused
from bondesk.base.findings import Finding, error, note
from bondesk.base.identity import Identity
from bondesk.base.steps import Cancelled
from bondesk.desktop.background import Background, while_alive
from bondesk.desktop.card_desk import offer_signing
from bondesk.desktop.claiming_page import ClaimingPage
from bondesk.desktop.context import DeskContext
from bondesk.desktop.findings_view import FindingsDialog
from bondesk.desktop.folders_offer import FOLDERS
from bondesk.desktop.jobs import Job, jobs_of, sentence_of
from bondesk.desktop.outbox_page import OutboxPage
from bondesk.desktop.wording import is_fault
from bondesk.engine import receiving, sending
from bondesk.engine.receiving import Received
from bondesk.engine.sending import HandedOver

SEND = "send"
_RUNNING = "正在与单一窗口客户端交换文件"
#: How often the folders are looked at by themselves: the client's own interval (reference 9.1).
POLL_MS = 15_000
#: Sentences of receipts shown at once.
_SHOWN = 500


def may_exchange(catalogue: Catalogue, identity: Identity) -> bool:
    """Tell whether ``identity`` may send any document that has a message."""
    return any(document.message and identity.may(document.key, SEND) for document in catalogue.documents)


class SingleWindow(QObject):
    """The orders, one at a time, on a thread of their own; results are shown as sentences and in the status bar.

    Every :data:`POLL_MS` it does the same by itself and quietly: what waits goes out once its folder is well again,
    what came in is taken.
    """

    _told = Signal(int, int)

    def __init__(self, context: DeskContext, window: QWidget) -> None:
        """Show results over ``window``."""
        super().__init__(window)
        self._context, self._window = context, window
        self._running, self._stopped = False, False
        self._doing = ""
        self._ordered: Callable[[], None] | None = None
        self._listed: Job | None = None
        self._problems: tuple[str, ...] = ()
        self.background = Background()
        self._told.connect(self._progressed)
        context.extras[FOLDERS] = self.show_folders
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self.poll)
        if may_exchange(context.engine.catalogue, context.identity):
            self._poll.start()

    @property
    def busy(self) -> bool:
        """Tell whether files are exchanged at the moment, by order or by itself."""
        return self._running

    def why_not(self) -> str:
        """Return why neither order may be given at the moment; what the program does by itself is no reason."""
        return _RUNNING if self._doing else ""

    def stop(self) -> None:
        """End what runs at its next batch and the polling; the window goes."""
        self._stopped = True
        self._poll.stop()
        self.background.close()

    def show_outbox(self) -> None:
        """Open 发件箱."""
        self._context.open_page(
            "gateway.single_window.outbox", "发件箱", lambda: OutboxPage(self._context, self.hand_over)
        )

    def show_declaring(self) -> None:
        """Open 单一窗口申报."""
        from bondesk.desktop.declaring_page import DeclaringPage

        self._context.open_page(
            "gateway.single_window.declaring", "单一窗口申报", lambda: DeclaringPage(self._context, self.hand_over)
        )

    def show_claiming(self) -> None:
        """Open 待认领回执."""
        self._context.open_page("gateway.single_window.claiming", "待认领回执", lambda: ClaimingPage(self._context))

    def show_folders(self, why: str = "") -> None:
        """Open 客户端目录; ``why`` says why when the user did not ask for it."""
        from bondesk.desktop.client_folders_dialog import ClientFoldersDialog

        setup = self._context.engine.client
        if setup is None:
            return
        dialog = ClientFoldersDialog(setup, self.background, self._window, why)
        dialog.kept.connect(self.poll)
        dialog.crashed.connect(self._context.lane.crashed)
        dialog.open()

    def why_no_folders(self) -> str:
        """Return why the folders cannot be set here."""
        return "" if self._context.engine.client is not None else "本数据连接不能设置客户端目录"

    def poll(self) -> None:
        """Hand over what waits and take what came, without a word when there is nothing."""
        engine, identity = self._context.engine, self._context.identity
        if self._running or engine.store.line.away or not engine.has_gateway:
            return
        self._running = True

        def job() -> tuple[HandedOver, Received]:
            handed = sending.hand_over(engine, identity)
            try:
                return handed, receiving.receive(engine, identity, self._tell, again=False)
            except Disconnected:
                raise
            except OutsideFailure as problem:  # what went out is told all the same
                return handed, Received(0, (), 0, (str(problem),))

        self.background.run(job, while_alive(self, self._polled), while_alive(self, self._poll_failed))

    def _polled(self, answer: tuple[HandedOver, Received]) -> None:
        self._running = False
        handed, received = answer
        told = [f"已交给客户端 {handed.handed} 份报文"] if handed.handed else []
        told += [f"收到回执 {received.applied} 份"] if received.applied else []
        fresh = [one for one in (*handed.problems, *received.problems) if one not in self._problems]
        self._problems = (*handed.problems, *received.problems)
        if told:
            jobs_of(self._context).tell("，".join(told), "good", self.show_outbox if handed.handed else None)
        if fresh:
            jobs_of(self._context).tell(fresh[0], "warn", self.show_folders)
        if received.unclaimed:
            text = f"{received.unclaimed} 份回执没有找到单据，等待认领"
            jobs_of(self._context).tell(text, "warn", self.show_claiming)
        if handed.handed or received.taken:
            self._all_changed()
        self._go_on()

    def _poll_failed(self, problem: Exception) -> None:
        self._running = False
        text = sentence_of(problem)
        if text not in self._problems:
            self._problems = (text,)
            jobs_of(self._context).tell(text, "warn", self.show_folders)
        self._go_on()

    def _go_on(self) -> None:
        """Do what was ordered while the program exchanged files by itself."""
        ordered, self._ordered = self._ordered, None
        if ordered is not None and not self._stopped:
            ordered()

    def _all_changed(self) -> None:
        for document in self._context.engine.catalogue.documents:
            if document.message is not None:
                self._context.changed(document.key)

    def _tell(self, done: int, total: int) -> None:
        """Run on the worker thread."""
        if self._stopped:
            raise Cancelled
        self._told.emit(done, total)

    def _progressed(self, done: int, total: int) -> None:
        if self._listed is not None and total:
            self._listed.progress(done, total, f"{done:,} / {total:,}")

    def _cancel(self) -> None:
        self._stopped = True

    def generate(self) -> None:
        """Let documents be ticked, make their messages and hand them over."""
        from bondesk.desktop.message_dialog import MessageDialog

        dialog = MessageDialog(self._context, self.hand_over, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    @property
    def rehearses(self) -> bool:
        """Tell whether the rehearsal customs stands behind the client's folder."""
        return self._context.engine.rehearsal is not None

    def rehearse(self) -> None:
        """Open the script of the rehearsal customs."""
        from bondesk.desktop.rehearsal_dialog import RehearsalDialog

        desk = self._context.engine.rehearsal
        if desk is not None:
            dialog = RehearsalDialog(self._context, desk, self._window)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    def hand_over(self) -> None:
        """Hand every waiting message to the client."""
        engine, identity = self._context.engine, self._context.identity
        self._run("发送待发报文", lambda: sending.hand_over(engine, identity), self._handed)

    def receive(self) -> None:
        """Take every waiting receipt."""
        engine, identity = self._context.engine, self._context.identity
        self._run("接收回执", lambda: receiving.receive(engine, identity, self._tell), self._received)

    def _run(self, title: str, job: Callable[[], Any], done: Callable[[Any], str]) -> None:
        if self._running:
            if not self._doing:
                self._context.show_message(f"{title}…")
                self._ordered = lambda: self._run(title, job, done)
            return
        self._running, self._stopped, self._doing = True, False, title
        self._context.show_message(f"{title}…")
        listed = self._listed = jobs_of(self._context).begin(title, self._cancel)

        def finished(answer: Any) -> None:
            self._running, self._listed, self._doing = False, None, ""
            stopped, self._stopped = self._stopped, False
            text = done(answer)
            listed.turn("cancelled" if stopped else "done", text)
            self._all_changed()

        def failed(problem: Exception) -> None:
            self._running, self._listed, self._stopped, self._doing = False, None, False, ""
            if isinstance(problem, NoClientFolders) and not self.why_no_folders():
                listed.turn("refused", sentence_of(problem))
                self.show_folders(str(problem))
                return
            if is_fault(problem):
                listed.turn("refused", sentence_of(problem))
                self._context.lane.crashed.emit(problem)
                return
            found = problem.findings if isinstance(problem, Refused) else (error("OUTSIDE", str(problem)),)
            listed.turn("refused", sentence_of(problem))
            self._show(title, f"{title}没有完成。", found)

        self.background.run(job, while_alive(self, finished), while_alive(self, failed))

    def _handed(self, result: HandedOver) -> str:
        text = f"已交给单一窗口客户端 {result.handed} 份报文"
        if result.unsigned:
            text += f"，另有 {result.unsigned} 份等待本机IC卡签名"
        elif not result.handed and not result.problems:
            text = "没有待发的报文"
        self._context.show_message(text)
        if result.problems:
            found = [error("SEND", problem) for problem in result.problems]
            self._show("发送待发报文", f"{text}；下列报文没有交出或结果不明，见发件箱：", found)
        offer_signing(self._context, result)
        return text

    def _received(self, result: Received) -> str:
        waiting = f"，待认领 {result.quarantined} 份" if result.quarantined else ""
        text = f"已处理回执 {result.applied} 份" if result.applied or result.unclaimed else "没有新的回执"
        text += waiting
        text += "（已停止，其余留待下次）" if result.stopped else ""
        self._context.show_message(text)
        if result.sentences or result.unclaimed or result.problems:
            found = [error("OUTSIDE", problem) for problem in result.problems]
            if result.unclaimed:
                text_of = f"有 {result.unclaimed} 份新的回执没有找到单据，请在「单一窗口 → 待认领回执」中认领"
                found.append(error("CHK-04", text_of))
            found += [note("RECEIPT", sentence) for sentence in result.sentences[:_SHOWN]]
            if len(result.sentences) > _SHOWN:
                found.append(note("RECEIPT", f"另有 {len(result.sentences) - _SHOWN} 条，见各单据的「回执」"))
            self._show("接收回执", text, found)
        return text

    def _show(self, title: str, text: str, findings: Sequence[Finding]) -> None:
        FindingsDialog(title, text, findings, self._window).open()
