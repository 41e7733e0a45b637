"""Starting a declared script: rights, options, the states of what was selected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.steps import Script, Steps
from bondesk.engine.act import Act
from bondesk.engine.history import log_deed
from bondesk.engine.records import load


def start(act: Act, script: Script, options: Any, selected: Sequence[int] = ()) -> Steps:
    """Return the steps of ``script``; ``Refused`` without the right or with a document in a wrong state."""
    document = act.catalogue.document(script.document)
    act.require(document, script.key)
    if not is_offered(act, script):
        raise Refused(f"企业参数没有启用「{script.title}」，请先在企业基本信息中启用", "OPT-03")
    if script.when:
        for document_id in selected:
            header = load(act, document, document_id)
            if header.state not in script.when:
                title = document.flow.state(header.state).title
                raise Refused(f"{document.number_of(header)} 状态为「{title}」，不能{script.title}", "FLOW-01")
    return _logged(act, script, document, script.run(act, options, selected))


def is_offered(act: Act, script: Script) -> bool:
    """Tell whether the enterprise's parameters offer ``script`` at all."""
    return script.offered is None or script.offered(act.facts)


def withheld(act: Act, document: DocumentType) -> frozenset[str]:
    """Return the keys of the scripts of ``document`` the enterprise's parameters switch off."""
    return frozenset(one.key for one in act.catalogue.scripts_of(document) if not is_offered(act, one))


def _logged(act: Act, script: Script, document: DocumentType, steps: Steps) -> Steps:
    """Run to the end and log what came out of it; a run that is cancelled or refused did not happen."""
    outcome = yield from steps
    log_deed(act, script.title, outcome.text, document=document)
    return outcome
