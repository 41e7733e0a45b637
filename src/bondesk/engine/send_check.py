"""The check before a document goes to customs, as a message or pre-entered: what is asked, and what stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bondesk.base.documents import DocumentType
from bondesk.base.findings import Finding, Severity, errors_in
from bondesk.engine.act import Act
from bondesk.engine.history import log_bulk
from bondesk.engine.records import load, stored_findings


def questions(act: Act, document: DocumentType, ids: Sequence[int]) -> list[Finding]:
    """Return what should be asked before sending: findings to confirm, and errors the user may override.

    Nothing is stored. Errors nobody may override are left to :func:`standing`.
    """
    act.require(document, "send")
    may_force = act.identity.may(document.key, "force_send")
    found = []
    for document_id in ids:
        header = load(act, document, document_id)
        for finding in _before_send(act, document, header):
            if finding.severity is not Severity.ERROR or (may_force and finding.code in document.forcible):
                found.append(named(document.number_of(header), finding))
    return found


def standing(act: Act, document: DocumentType, header: Any, force: str) -> list[Finding]:
    """Return the errors that keep a document from going: its own, checked once more as what it hangs on may have
    changed since the audit, and those of the check before sending.

    ``force`` is the reason for going in spite of what the right 强制发送 may override ("" = none): those do not stand,
    and are logged when nothing else does. ``Refused`` (ACCESS-01) without the right.
    """
    with act.session.no_autoflush:
        own = [finding for finding in stored_findings(act, document, header) if errors_in([finding])]
    checked = errors_in(_before_send(act, document, header))
    over = [one for one in checked if force and one.code in document.forcible]
    if over:
        act.require(document, "force_send")
    left = own + [one for one in checked if one not in over]
    if over and not left:
        told = {"原因": force, "仍然发送": "；".join(one.text for one in over)}
        log_bulk(act, document, "强制发送", [(header.id, document.number_of(header), told)])
    return left


def named(number: str, finding: Finding) -> Finding:
    """Return a finding that says of which document it is."""
    return replace(finding, text=f"{number}：{finding.text}")


def _before_send(act: Act, document: DocumentType, header: Any) -> list[Finding]:
    with act.session.no_autoflush:
        return [finding for check in document.before_send for finding in check(header, act)]
