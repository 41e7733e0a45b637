"""Running the named checks: the engine's own and those the areas declare."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from bondesk.base.catalogue import Catalogue
from bondesk.base.checks import Broken, Check
from bondesk.base.errors import Refused
from bondesk.base.findings import Finding
from bondesk.base.steps import Progress, run_through
from bondesk.engine.act import Act
from bondesk.engine.document_checks import DOCUMENT_CHECKS
from bondesk.engine.stored_checks import STORED_CHECKS

#: Breaches of one check that are listed; the rest is counted.
MOST_LISTED = 200


def all_checks(catalogue: Catalogue) -> tuple[Check, ...]:
    """Return every named check in order of its code."""
    return tuple(sorted((*STORED_CHECKS, *DOCUMENT_CHECKS, *catalogue.checks), key=lambda check: check.code))


def check_steps(act: Act, code: str = "") -> Generator[Progress, None, list[Broken]]:
    """Run the check called ``code``, or all; yields progress before each and returns what does not hold.

    ``Refused`` (CHK-00) for a code that does not exist.
    """
    checks = [check for check in all_checks(act.catalogue) if code in ("", check.code)]
    if not checks:
        known = "、".join(check.code for check in all_checks(act.catalogue))
        raise Refused(f"没有检查项 {code}；可用：{known}", "CHK-00")
    broken: list[Broken] = []
    with act.session.no_autoflush:
        for done, check in enumerate(checks):
            yield Progress(done, len(checks), f"{check.code} {check.title}")
            broken.extend(Broken(check, breach) for breach in check.run(act))
    return broken


def run_checks(act: Act, code: str = "") -> list[Finding]:
    """Run the checks without anybody watching; who may see everything that was done may run them."""
    act.require(act.catalogue.document("operation_log"), "view")
    return findings_of(run_through(check_steps(act, code)))


def findings_of(broken: Sequence[Broken]) -> list[Finding]:
    """Say the breaches as findings, at most :data:`MOST_LISTED` of one check and then how many more there are."""
    found: list[Finding] = []
    counted: dict[str, int] = {}
    for one in broken:
        counted[one.check.code] = counted.get(one.check.code, 0) + 1
        if counted[one.check.code] <= MOST_LISTED:
            found.append(one.finding)
    for one in {broken.check.code: broken for broken in broken}.values():
        more = counted[one.check.code] - MOST_LISTED
        if more > 0:
            found.append(Finding(one.check.severity, one.check.code, f"{one.check.title}：另有 {more} 处，未逐一列出"))
    return found
