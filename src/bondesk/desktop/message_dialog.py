"""生成报文: everything that waits to be declared, of every kind, ticked and handed to the client in one go."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from bondesk.base.steps import Outcome, Script, Steps
from bondesk.desktop.context import DeskContext
from bondesk.desktop.script_dialog import ScriptDialog
from bondesk.engine.act import Act
from bondesk.engine.declaring import generation_steps


def _run(act: Any, _options: Any, _selected: Sequence[int]) -> Steps:
    return generation_steps(act)


#: Not among the declared scripts: it belongs to no document's list, its rights are those of 发送.
GENERATE_MESSAGES = Script(
    key="generate_messages",
    title="生成报文",
    document="",
    run=_run,
    help="已审核、可以申报的单据。勾选后确定，生成报文并交给单一窗口客户端（客户端须已打开）。",
)


class MessageDialog(ScriptDialog):
    """The wizard of 生成报文; ``done`` is called once messages lie in the outbox."""

    help_page = "single_window"

    def __init__(
        self,
        context: DeskContext,
        done: Callable[[], object],
        parent: QWidget,
        marked: Collection[tuple[str, int]] | None = None,
    ) -> None:
        """Begin; only ``marked`` documents are ticked to begin with, or all."""
        self._done, self._marked = done, marked
        super().__init__(context, GENERATE_MESSAGES, (), parent)

    def begin(self, act: Act, options: Any) -> Steps:
        """Start without a declared script's right: each document's 发送 is asked for instead."""
        return generation_steps(act, self._marked)

    def _ended(self, outcome: Outcome) -> None:
        super()._ended(outcome)
        if outcome.changed:
            self._done()
