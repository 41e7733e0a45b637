"""One head field with what is said about its value underneath."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from bondesk.base.fields import Field
from bondesk.base.findings import Finding, Severity
from bondesk.base.rule_sources import with_source
from bondesk.desktop import style
from bondesk.desktop.context import DeskContext
from bondesk.desktop.editors import make_editor
from bondesk.desktop.elided_label import ElidedLabel
from bondesk.desktop.field_editor import mark_wrong

TONES = {Severity.ERROR: "bad", Severity.CONFIRM: "warn", Severity.NOTE: "info"}


class FieldCell(QWidget):
    """An editor with the message about its value underneath."""

    def __init__(self, context: DeskContext, entry: Field, parent: QWidget) -> None:
        """Make the editor of ``entry``."""
        super().__init__(parent)
        self.editor = editor = make_editor(context, entry, self)
        self.findings: tuple[Finding, ...] = ()
        self.quiet = False
        self.message = ElidedLabel(self)
        self.message.setObjectName(f"message.{editor.entry.key}")
        font = self.message.font()
        font.setPointSizeF(max(7.0, font.pointSizeF() - 1.5))
        self.message.setFont(font)
        self.message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.message.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        layout.addWidget(editor)
        layout.addWidget(self.message)
        layout.addStretch(1)
        editor.noted.connect(self.refresh)

    def show_findings(self, findings: Sequence[Finding], *, quiet: bool) -> None:
        """Show what the rules say; ``quiet`` keeps silent about an empty box nobody has been in yet."""
        self.findings, self.quiet = tuple(findings), quiet
        self.refresh()

    def refresh(self) -> None:
        """Write the weightiest thing there is to say, with its code."""
        tone, text = self._word()
        self.message.setText(text)
        self.message.tip = "\n".join(self._sentences())
        self.message.setVisible(bool(text))
        if text:
            style.set_tone(self.message, tone, "ink")
        mark_wrong(self.editor.box, tone == "bad")

    def _sentences(self) -> list[str]:
        """Say everything there is, each with the source of its rule."""
        said = [with_source(self.editor.problem_code, self.editor.problem)] if self.editor.problem else []
        if not self.quiet:
            said += [with_source(one.code, one.text) for one in self.findings]
        return said or [self.editor.advice]

    def _word(self) -> tuple[str, str]:
        if self.editor.problem:
            return "bad", f"[{self.editor.problem_code}] {self.editor.problem}"
        if self.findings and not self.quiet:
            worst = min(self.findings, key=lambda one: list(TONES).index(one.severity))
            return TONES[worst.severity], f"[{worst.code}] {worst.text}"
        return ("warn", self.editor.advice) if self.editor.advice else ("", "")
