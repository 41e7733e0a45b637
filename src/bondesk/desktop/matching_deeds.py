"""What the commands of 对碰 do: pair by hand, undo with progress, accept with a reason; the page shows and selects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from bondesk.base.errors import OutsideFailure, Refused, WrongCall
from bondesk.base.matching import Matching, PairRow
from bondesk.base.steps import Outcome
from bondesk.desktop.background import while_alive
from bondesk.desktop.context import DeskContext
from bondesk.desktop.jobs import sentence_of
from bondesk.desktop.questions import ask
from bondesk.desktop.reason_dialog import ReasonDialog
from bondesk.desktop.say_line import SayLine
from bondesk.desktop.talk import Talk
from bondesk.engine import matching as acts


class MatchingDeeds(QObject):
    """Acts for one page. ``changed`` after pairs came or went, ``accepted`` after differences were accepted."""

    changed = Signal()
    accepted = Signal()

    def __init__(self, context: DeskContext, matching: Matching, line: SayLine, page: QWidget) -> None:
        """Say on ``line`` what became of it."""
        super().__init__(page)
        self._context, self._matching, self._line, self._page = context, matching, line, page
        self._talk: Talk | None = None
        line.stopped.connect(self._stop)

    @property
    def busy(self) -> bool:
        """Tell whether pairs are being undone."""
        return self._talk is not None

    def pair(self, pair: tuple[int, int], both: str, doubts: Sequence[str]) -> None:
        """手动对应, after asking where something is doubtful."""
        act = partial(self._pair, pair, both)
        if doubts:
            text = f"{both}：\n{'；'.join(doubts)}。\n确定对应吗？对应后可以取消。"
            ask(self._page, "手动对应", text, "对应", act)
        else:
            act()

    def _pair(self, pair: tuple[int, int], both: str) -> None:
        matching = self._matching

        def done(_pair: int) -> None:
            self._line.say(f"已对应：{both}", "good")
            self.changed.emit()

        self._act(lambda act: acts.pair(act, matching, *pair), done)

    def cancel(self, pairs: Sequence[PairRow]) -> None:
        """取消对应, after asking."""
        names = "、".join(one.draft_no for one in pairs[:5]) + (" 等" if len(pairs) > 5 else "")
        text = f"取消 {len(pairs)} 对的对应（{names}）？\n草单恢复为对应之前的内容，正式单回到未对应。"
        ids = [one.id for one in pairs]
        ask(self._page, "取消对应", text, "取消对应", partial(self._cancel, ids))

    def _cancel(self, ids: Sequence[int]) -> None:
        matching = self._matching
        self._talk = Talk(self._context, lambda act: acts.cancel_steps(act, matching, ids))
        self._talk.progressed.connect(self._line.run)
        self._talk.ended.connect(self._ended)
        self._talk.failed.connect(self.failed)
        self._talk.cancelled.connect(partial(self._rest, "没有取消任何对应", ""))
        self._line.run()
        self._talk.start()

    def _stop(self) -> None:
        if self._talk is not None:
            self._talk.cancel()

    def _ended(self, outcome: Outcome) -> None:
        self._rest(outcome.text, "good")
        self.changed.emit()

    def _rest(self, text: str, tone: str) -> None:
        self._talk = None
        self._line.say(text, tone)

    def accept(self, ids: Sequence[int], pair: PairRow) -> None:
        """接受差异: ask for the reason and keep it."""
        text = f"接受 {pair.draft_no} 与 {pair.formal_no} 的 {len(ids)} 项差异。两边的值都保留，原因记入日志。"
        ReasonDialog("接受差异", text, "接受", partial(self._accept, ids), self._page).open()

    def _accept(self, ids: Sequence[int], reason: str) -> None:
        matching = self._matching

        def done(count: int) -> None:
            self._line.say(f"已接受 {count} 项差异", "good")
            self.accepted.emit()

        self._act(lambda act: acts.accept(act, matching, ids, reason), done)

    def _act(self, work: Callable[..., int], done: Callable[[int], None]) -> None:
        self._context.lane.act(work, while_alive(self, done), while_alive(self, self.failed))

    def failed(self, problem: Exception) -> None:
        """Say why something did not happen; what is our fault goes to the crash guard."""
        if isinstance(problem, Refused | OutsideFailure | WrongCall):
            self._rest(sentence_of(problem), "bad")
        else:
            self._rest("没有完成", "bad")
            self._context.lane.crashed.emit(problem)
