"""A wizard as a dialog: its options first, then one page per step, then what was done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QWidget,
)
from shiboken6 import isValid

from bondesk.base.errors import OutsideFailure, Refused, WrongCall
from bondesk.base.findings import Finding, error
from bondesk.base.options import options_of
from bondesk.base.steps import (
    Amounts,
    Ask,
    Choose,
    Confirm,
    Outcome,
    Preview,
    Progress,
    Script,
    Step,
    Steps,
    proposing,
)
from bondesk.desktop.amounts_table import AmountsTable
from bondesk.desktop.context import DeskContext
from bondesk.desktop.help_dock import offer_help
from bondesk.desktop.jobs import Job, jobs_of
from bondesk.desktop.option_form import OptionForm, problems_text
from bondesk.desktop.preview_page import PreviewPage
from bondesk.desktop.script_frame import ScriptFrame
from bondesk.desktop.script_pages import question, results, scrolled
from bondesk.desktop.step_table import StepTable
from bondesk.desktop.talk import Talk
from bondesk.engine import scripts
from bondesk.engine.act import Act

#: So many options fit into a small window.
_FEW = 6


class ScriptDialog(ScriptFrame):
    """Runs one declared script as a conversation; cancel at any time keeps nothing."""

    help_page = ""

    def __init__(self, context: DeskContext, script: Script, selected: Sequence[int], parent: QWidget) -> None:
        """Prepare ``script`` for the documents selected in its list."""
        super().__init__(script.title, script.help, parent, small=len(options_of(script.options)) <= _FEW)
        self.setObjectName(f"script.{script.key}")
        self._context, self.script, self._selected = context, script, tuple(selected)
        self._talk: Talk | None = None
        self._job: Job | None = None
        self._go, self._turning = self._start, False
        self._step: Step | None = None
        self._answers: dict[str, list[Any]] = defaultdict(list)
        self._former: dict[str, list[Any]] = {}
        self.aside.clicked.connect(self.to_background)
        offer_help(context, self, self.help_page or script.key)
        self._show_options()

    def _show_options(self) -> None:
        """Ask for the options; a script without any starts at once."""
        if not options_of(self.script.options):
            self._page(QWidget(self), self.script.title, "下一步", self._start)
            self._run(self.script.options())
            return
        self.options = OptionForm(self._context, self.script.options, self)
        self.options.finished.connect(self._start)
        self._page(scrolled(self.options), self.script.title, "下一步", self._start)
        self.options.focus_first()

    def _start(self) -> None:
        self.options.when_ready(self._options_ready)

    def _options_ready(self, problems: Sequence[Finding]) -> None:
        if problems:
            self._say(problems_text(problems))
            return
        self._run(self.options.value())

    def _run(self, options: Any) -> None:
        self._talk = Talk(self._context, partial(self.begin, options=options))
        self._talk.asked.connect(self._asked)
        self._talk.progressed.connect(self._progressed)
        self._talk.ended.connect(self._ended)
        self._talk.failed.connect(self._failed)
        self._talk.cancelled.connect(self.close)
        self._job = jobs_of(self._context).follow(self.script.title, self._talk, self.from_background)
        self._wait()
        self._talk.start()

    def begin(self, act: Act, options: Any) -> Steps:
        """Return the steps to go through; called off the UI thread."""
        return scripts.start(act, self.script, options, self._selected)

    def _wait(self) -> None:
        self.next.setEnabled(False)
        self.problem.setVisible(False)
        self.bar.setRange(0, 0)
        self.bar.setVisible(True)
        self.aside.setVisible(True)

    def to_background(self) -> None:
        """Go out of the way; the run goes on, questions and the end are told in the corner of the window."""
        home = jobs_of(self._context).home
        if self._job is None or self._talk is None:
            return
        self._job.hidden = True
        if home is not None and self.parent() is not home:
            self.setParent(home, self.windowFlags())  # the list it came from may be closed meanwhile
        self.hide()

    def from_background(self) -> None:
        """Come back with whatever there is to see now."""
        if not isValid(self):
            return
        if self._job is not None:
            self._job.hidden = False
        self.open()
        self.raise_()

    def _answer(self, value: Any) -> None:
        self._wait()
        if isinstance(self._step, Choose | Ask | Amounts):
            self._answers[self._step.key].append(value)
        if self._talk is not None:
            self._talk.answer(value)

    def _progressed(self, step: Progress) -> None:
        self.bar.setVisible(True)
        self.bar.setRange(0, step.total)
        self.bar.setValue(step.done)
        self.bar.setFormat(f"{step.text}  {step.done}/{step.total}")

    def _asked(self, step: Step) -> None:
        former = None if isinstance(step, Progress) else self._former.get(step.key)
        step = self._step = proposing(step, former.pop(0)) if former else step
        match step:
            case Choose():
                self._show_choose(step)
            case Ask():
                form = OptionForm(self._context, type(step.value), self)
                form.set_value(step.value)
                form.finished.connect(lambda: self._go())
                self._page(scrolled(form), step.title, "下一步", partial(self._answer_form, form))
                form.focus_first()
            case Preview() if step.options is not None:
                self._show_turnable(step)
            case Preview():
                page = results(step.tables, step.findings, self, pairs=step.pairs)
                self._page(page, step.title, "完成", partial(self._answer, True))
            case Amounts():
                amounts = AmountsTable(step, self)
                self._page(amounts, step.table.title, "下一步", lambda: self._answer(amounts.answer()))
                amounts.ticking.connect(lambda: self.next.setEnabled(amounts.takes_any))
                amounts.begin()
            case Confirm():
                self._page(scrolled(question(step, self)), "请确认", "是，继续", partial(self._answer, True))
            case Progress():
                self._progressed(step)

    def _show_turnable(self, step: Preview) -> None:
        """Show a preview with its options; one asked for by turning them takes the place of the former."""
        shown = self.pages.currentWidget()
        if isinstance(shown, PreviewPage) and shown.key == step.key and self._turning:
            shown.show_step(step)
            self.heading.setText(step.title)
            self._ready()
        else:
            shown = PreviewPage(self._context, step, self)
            shown.turned.connect(self._turn)
            self._page(shown, step.title, "完成", partial(self._finish_turning, shown))
        self._turning = False

    def _turn(self, options: Any) -> None:
        self._turning = True
        self._answer(options)

    def _finish_turning(self, page: PreviewPage) -> None:
        def settled(problems: Sequence[Finding]) -> None:
            if problems:
                self._say(problems_text(problems))
            else:
                self._answer(True)

        page.when_settled(settled)

    def _show_choose(self, step: Choose) -> None:
        chosen = set(step.chosen)
        table = StepTable(step.table, [n for n, row_id in enumerate(step.ids) if row_id in chosen], self)
        self._page(table, step.table.title, "下一步", partial(self._answer_chosen, step, table))

        def follow() -> None:
            self.next.setEnabled(bool(table.model.ticked))

        table.ticking.connect(follow)
        follow()
        table.view.setFocus()

    def _answer_chosen(self, step: Choose, table: StepTable) -> None:
        self._answer(tuple(step.ids[number] for number in sorted(table.model.ticked or ())))

    def _answer_form(self, form: OptionForm) -> None:
        def ready(problems: Sequence[Finding]) -> None:
            if problems:
                self._say(problems_text(problems))
            else:
                self._answer(form.value())

        form.when_ready(ready)

    def _ended(self, outcome: Outcome) -> None:
        self._talk = None
        self.aside.setVisible(False)
        for key in outcome.changed:
            self._context.changed(key)
        self._context.show_message(outcome.text)
        self.leave.setVisible(False)
        page, first = results(outcome.tables, outcome.findings, self, outcome.text), _only_document(outcome)
        if first is None:
            self._page(page, "完成", "关闭", self.accept)
        else:
            self._page(page, "完成", "打开", partial(self._open, *first))
            self.leave.setText("关闭")
            self.leave.setVisible(True)

    def _open(self, key: str, document_id: int) -> None:
        document = self._context.engine.catalogue.document(key)
        self.accept()
        self._context.open_document(document, document_id)

    def _failed(self, problem: Exception) -> None:
        self._talk = None
        self.aside.setVisible(False)
        if not isinstance(problem, Refused | OutsideFailure | WrongCall):
            self._context.lane.crashed.emit(problem)
            self.close()
            return
        found = problem.findings if isinstance(problem, Refused) else (error("OUT", str(problem)),)
        self._page(results((), found, self), "没有完成", "返回", self._back)
        self.leave.setText("关闭")

    def _back(self) -> None:
        """Begin anew with everything as it was answered."""
        self._former, self._answers = self._answers, defaultdict(list)
        self.leave.setText("取消")
        if options_of(self.script.options):
            former = self.options.value()
            self._show_options()
            self.options.set_value(former)
        elif self._former:
            self._show_options()
        else:
            self.close()

    def reject(self) -> None:
        """Cancel: a running script stops at its next step and keeps nothing."""
        if self._talk is not None and not self._talk.stopping:
            self._talk.cancel()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Cancel what runs before the dialog goes."""
        if self._talk is not None and not self._talk.stopping:
            self._talk.cancel()
        super().closeEvent(event)


def _only_document(outcome: Outcome) -> tuple[str, int] | None:
    """Return the first document a script made, to be offered for opening."""
    for key, ids in outcome.changed.items():
        if ids:
            return key, ids[0]
    return None
