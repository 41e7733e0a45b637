"""Nobody does through the engine what is not granted; every right opens its own door and no other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bondesk.areas.index import CATALOGUE
from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.identity import Identity
from bondesk.base.matching import Matching
from bondesk.base.steps import play
from bondesk.engine import importing, matching, records, reporting, scripts, sending
from bondesk.engine.act import Act
from bondesk.engine.drafts import Draft
from bondesk.engine.engine import Engine
from bondesk.engine.list_export import export_steps
from bondesk.engine.query import Query, count, page

every_document = pytest.mark.parametrize("document", CATALOGUE.documents, ids=lambda document: document.key)

Attempt = Callable[[Act, DocumentType, Path], object]

BASIC: Mapping[str, Sequence[Attempt]] = {
    "view": (
        lambda act, document, path: page(act, document, Query(), 0, 1),
        lambda act, document, path: count(act, document, Query()),
        lambda act, document, path: records.open_draft(act, document, 1),
    ),
    "new": (
        lambda act, document, path: records.blank(act, document),
        lambda act, document, path: records.copy_draft(act, document, 1),
        lambda act, document, path: records.save(act, document, Draft(head={})),
    ),
    "edit": (lambda act, document, path: records.save(act, document, Draft(head={}, id=1)),),
    "delete": (lambda act, document, path: records.delete(act, document, 1),),
    "import": (lambda act, document, path: list(importing.import_steps(act, document, path / "none.xlsx")),),
    "export": (lambda act, document, path: play(export_steps(act, document, Query(), path / "list.xlsx")),),
    "force_send": (),
    "send": (lambda act, document, path: sending.order(act, document, [1]),),
}


def matching_of(document: DocumentType) -> Matching:
    """Return how ``document`` is matched."""
    return next(one for one in CATALOGUE.matchings if one.draft == document.key)


MATCHED: Mapping[str, Sequence[Attempt]] = {
    "match": (lambda act, document, path: matching.pair(act, matching_of(document), 1, 2),),
    "unmatch": (lambda act, document, path: play(matching.cancel_steps(act, matching_of(document), [1])),),
    "accept_difference": (lambda act, document, path: matching.accept(act, matching_of(document), [1], "已核对"),),
}


def attempts(document: DocumentType, action: str) -> Sequence[Attempt]:
    """Return every way to do ``action`` through the engine."""
    if action in BASIC:
        return BASIC[action]
    if action in MATCHED:
        return MATCHED[action]
    if document.flow.move(action) is not None:
        return (lambda act, kind, path: records.move(act, kind, 1, action),)
    script = CATALOGUE.script(action)
    return (lambda act, kind, path: scripts.start(act, script, script.options()),)


def refusal(attempt: Attempt, act: Act, document: DocumentType, path: Path) -> str:
    """Return the code an attempt is refused with, "" when it is not, or not for a reason of ours."""
    try:
        attempt(act, document, path)
    except Refused as refused:
        return refused.findings[0].code
    except Exception:
        return ""
    return ""


@every_document
def test_a_user_without_rights_can_do_nothing(
    document: DocumentType, engine: Engine, granted: Callable[..., Identity], tmp_path: Path
) -> None:
    for action, title in CATALOGUE.rights_of(document):
        for attempt in attempts(document, action):
            with engine.acting(granted()) as act:
                with pytest.raises(Refused) as caught:
                    attempt(act, document, tmp_path)
                (finding,) = caught.value.findings
                assert finding.code == "ACCESS-01", action
                assert "客人" in finding.text
                assert f"「{document.title}」" in finding.text
                assert f"「{title}」" in finding.text
                assert not act.session.new
    assert list(tmp_path.glob("*.xlsx")) == []


@every_document
def test_every_right_opens_its_own_door_and_no_other(
    document: DocumentType, engine: Engine, granted: Callable[..., Identity], tmp_path: Path
) -> None:
    actions = [action for action, _ in CATALOGUE.rights_of(document)]
    for right in actions:
        for action in actions:
            for attempt in attempts(document, action):
                with engine.acting(granted((document.key, "view"), (document.key, right))) as act:
                    code = refusal(attempt, act, document, tmp_path)
                    act.session.rollback()
                assert (code != "ACCESS-01") is (action in {"view", right}), (right, action)


@every_document
def test_a_right_on_another_document_does_not_count(
    document: DocumentType, engine: Engine, granted: Callable[..., Identity], tmp_path: Path
) -> None:
    others = [(d.key, a) for d in CATALOGUE.documents if d is not document for a, _ in CATALOGUE.rights_of(d)]
    with engine.acting(granted(*others)) as act:
        for action, _ in CATALOGUE.rights_of(document):
            for attempt in attempts(document, action):
                assert refusal(attempt, act, document, tmp_path) == "ACCESS-01", action


@pytest.mark.parametrize("report", CATALOGUE.reports, ids=lambda report: report.key)
def test_a_report_asks_for_its_right(report: Any, engine: Engine, granted: Callable[..., Identity]) -> None:
    with engine.acting(granted()) as act:
        with pytest.raises(Refused, match="ACCESS-01"):
            reporting.run_at_once(act, report, report.options())
        with pytest.raises(Refused, match="ACCESS-01"):
            reporting.explain(act, report, report.options(), "1", "balance")
