"""How a problem is said outside a form: the sentences a user can act on, and nothing about our own faults."""

from __future__ import annotations

from bondesk.base.errors import OutsideFailure, Refused, WrongCall


def said(problem: Exception, fault: str) -> str:
    """Return the sentences of ``problem``; ``fault`` when it is the program's own."""
    if isinstance(problem, Refused):
        return "\n".join(finding.text for finding in problem.findings)
    if isinstance(problem, OutsideFailure | WrongCall):
        return str(problem)
    return fault


def is_fault(problem: Exception) -> bool:
    """Tell whether ``problem`` is ours and belongs to the crash guard."""
    return not isinstance(problem, Refused | OutsideFailure | WrongCall)
