"""The exceptions that reach a user as a message; everything else is our bug and goes to the log."""

from __future__ import annotations

from collections.abc import Iterable

from bondesk.base.findings import Finding, Severity


class Refused(Exception):
    """The act is refused for reasons the user can mend; nothing was changed (exit code 1)."""

    def __init__(self, findings: Iterable[Finding] | str, code: str = "GEN-01") -> None:
        """Carry ``findings``, or one error made of a sentence and ``code``."""
        if isinstance(findings, str):
            findings = [Finding(Severity.ERROR, code, findings)]
        self.findings: tuple[Finding, ...] = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class WrongCall(Exception):
    """The caller asked for something that does not exist (exit code 2)."""


class OutsideFailure(Exception):
    """Folder, card, network or database failed; the work is kept (exit code 3)."""


class NoClientFolders(OutsideFailure):
    """No folders of a Single Window client are set on this machine: the user is led to where they are set."""


class Disconnected(OutsideFailure):
    """The database server is away; ``saved`` is False, or None when the answer to the commit was lost."""

    def __init__(self, text: str, *, saved: bool | None = False) -> None:
        """Carry the sentence and whether the work can have been saved."""
        super().__init__(text)
        self.saved = saved


class ExcessDecimals(ValueError):
    """A number has more decimals or digits than its column keeps; we refuse, we never round silently."""
