"""Every named check: it holds for a factory that did everything, and one fault makes its code alone speak."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest

from bondesk import demo
from bondesk.app import open_engine
from bondesk.areas.verification.verification_model import AccountVerification
from bondesk.base.errors import Refused
from bondesk.base.steps import run_through
from bondesk.engine import receiving, records, reporting, sending
from bondesk.engine.act import Act
from bondesk.engine.checking import all_checks, check_steps, run_checks
from bondesk.engine.engine import Engine
from bondesk.settings import carried
from builders.faults import FAULTS
from builders.homes import copied_home, declared, identity_of, note_ids, run_script


class _Undone(Exception):
    """Ends an act so that nothing of it is kept."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The factory: notes declared and posted, two declarations, one cycle closed by customs, the next one open."""
    opened = open_engine(copied_home(tmp_path_factory.mktemp("checks")))
    links = json.loads((carried("resources") / "demo" / "transfer_links.json").read_text(encoding="utf-8"))
    clerk, auditor = identity_of(opened, demo.ACCOUNT), identity_of(opened, demo.AUDITOR)
    made = run_script(opened, clerk, "generate_notes", {"date_by_document": "1"}, links)
    declared(opened, list(made.changed["bonded_note"]))
    run_script(opened, clerk, "declare_notes", {}, selected=note_ids(opened, ie_flag="I", declaration_flag="1")[:2])
    run_script(opened, clerk, "new_account_verification", {})
    document = opened.catalogue.document("account_verification")
    with opened.acting(auditor) as act:
        one = act.facts.one(AccountVerification, times=1)
        assert one is not None
        for line in one.materials:
            line.remark = "盘点差异待查"
        act.session.flush()
        records.move(act, document, one.id, "audit")
        sending.order(act, document, [one.id])
    sending.hand_over(opened, clerk)
    receiving.receive(opened, clerk)
    run_script(opened, clerk, "new_account_verification", {})
    yield opened
    opened.store.dispose()


def fired(act: Act) -> Counter[str]:
    """Count the breaches by code; each names a document that can be opened, or none."""
    broken = run_through(check_steps(act))
    for one in broken:
        if one.breach.document_key:
            act.catalogue.document(one.breach.document_key)
    return Counter(one.check.code for one in broken)


def test_a_factory_that_did_everything_breaks_none(engine: Engine) -> None:
    checks = all_checks(engine.catalogue)
    assert len(checks) >= 40
    assert len({check.code for check in checks}) == len(checks)
    assert all(check.title and check.repair for check in checks)
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        assert [str(finding) for finding in run_checks(act)] == []


def test_each_fault_makes_its_own_code_speak_and_no_other(engine: Engine) -> None:
    assert set(FAULTS) == {check.code for check in all_checks(engine.catalogue)}
    clerk = identity_of(engine, demo.ACCOUNT)
    wrong = {}
    for code, fault in FAULTS.items():
        with pytest.raises(_Undone), engine.acting(clerk) as act:
            fault(act)
            act.session.expire_all()
            act.facts.forget()
            found = fired(act)
            if set(found) != {code}:
                wrong[code] = dict(found)
            raise _Undone
    assert wrong == {}


def test_the_page_says_what_is_wrong_and_what_to_do(engine: Engine) -> None:
    report = engine.catalogue.report("data_check")
    clerk = identity_of(engine, demo.ACCOUNT)
    with engine.acting(clerk) as act:
        table = reporting.run_at_once(act, report, report.options())
        assert (table.rows, [finding.code for finding in table.findings]) == ((), ["RPT-14"])
    with pytest.raises(_Undone), engine.acting(clerk) as act:
        FAULTS["CHK-59"](act)
        act.session.expire_all()
        (row,) = reporting.run_at_once(act, report, report.options(code="chk-59")).rows
        assert row.values[:3] == ("CHK-59", "错误", "清单数量都大于0")
        told = reporting.explain(act, report, report.options(), row.key, "text").as_text()
        assert row.values[3] in told
        assert "请与海关核对后变更清单" in told
        assert reporting.run_at_once(act, report, report.options(severity="note")).rows == ()
        raise _Undone
    with pytest.raises(Refused) as refused, engine.acting(clerk) as act:
        reporting.run_at_once(act, report, report.options(code="CHK-99"))
    assert refused.value.findings[0].code == "CHK-00"
