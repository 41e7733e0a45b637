"""A preview whose options can be turned while looking: every turn asks the script for the preview anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from bondesk.base.findings import Finding
from bondesk.base.steps import Preview
from bondesk.desktop import style
from bondesk.desktop.context import DeskContext
from bondesk.desktop.option_form import OptionForm
from bondesk.desktop.script_pages import results, scrolled

#: So long after the last turn of an option the preview is asked for.
_REST_MS = 250


class PreviewPage(QWidget):
    """The options at the left, what they lead to at the right. ``turned`` asks for the preview with other options."""

    turned = Signal(object)

    def __init__(self, context: DeskContext, step: Preview, parent: QWidget) -> None:
        """Show ``step``, which carries options."""
        super().__init__(parent)
        self.setObjectName("preview_page")
        self.key = step.key
        self._shown, self._waiting = step.options, False
        self.form = OptionForm(context, type(step.options), self)
        self.form.set_value(step.options)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._turn)
        self.form.changed.connect(self._rest.start)
        self.split = QSplitter(self)
        self.split.setObjectName("preview_split")
        side = scrolled(self.form)
        side.setMinimumWidth(style.scaled(280))
        self.split.addWidget(side)
        self._results = results(step.tables, step.findings, self, pairs=step.pairs)
        self.split.addWidget(self._results)
        self.split.setStretchFactor(1, 1)
        self.split.setSizes([style.scaled(300), style.scaled(740)])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.split)

    def show_step(self, step: Preview) -> None:
        """Show what the turned options lead to, the same tab on top; a script that changed options shows them."""
        place = self._tabs().currentIndex()
        self._results = results(step.tables, step.findings, self, pairs=step.pairs)
        former = self.split.replaceWidget(1, self._results)
        if former is not None:
            former.deleteLater()
        if 0 <= place < self._tabs().count():
            self._tabs().setCurrentIndex(place)
        if step.options != self._shown:
            self.form.set_value(step.options)
        self._shown, self._waiting = step.options, False
        self._rest.start()  # what was turned meanwhile is asked for now

    def _tabs(self) -> QTabWidget:
        found = self._results.findChild(QTabWidget, "script_tabs")
        assert isinstance(found, QTabWidget)
        return found

    def _turn(self) -> None:
        if self._waiting or self.form.problems():
            return
        value = self.form.value()
        if value != self._shown:
            self._waiting, self._shown = True, value
            self.turned.emit(value)

    def when_settled(self, then: Any) -> None:
        """Finish typing; call ``then`` with the problems left, or ask for the preview once more first."""

        def ready(problems: Sequence[Finding]) -> None:
            if problems or self.form.value() == self._shown:
                then(problems)
            else:
                self._turn()

        self.form.when_ready(ready)
