"""Every named check: it holds for a factory that did everything, and one fault makes its code alone speak."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine as Database

from bondesk import demo
from bondesk.app import open_engine
from bondesk.base.errors import Refused
from bondesk.base.steps import run_through
from bondesk.engine import reporting
from bondesk.engine.act import Act
from bondesk.engine.checking import all_checks, check_steps, run_checks
from bondesk.engine.engine import Engine
from builders.faults import FAULTS
from builders.homes import finished_home, identity_of

#: A fault of plain inserts and updates says by its words which tables it changed; after any other every check runs.
_PLAIN = re.compile(r"(?:INSERT INTO|UPDATE) (\w+) ")
_LOOK = ("SELECT", "SAVEPOINT", "RELEASE")
_READ = re.compile(r"\b(?:FROM|JOIN) (\w+)")


class _Undone(Exception):
    """Ends an act so that nothing of it is kept."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The factory: notes declared and posted, two declarations, one cycle closed by customs, the next one open."""
    opened = open_engine(finished_home(tmp_path_factory.mktemp("checks")))
    yield opened
    opened.store.dispose()


@pytest.fixture(scope="module")
def read_by(engine: Engine) -> Mapping[str, frozenset[str]]:
    """The tables each check reads in the whole factory, each looked at with nothing in memory."""
    found = {}
    for check in all_checks(engine.catalogue):
        with engine.acting(identity_of(engine, demo.ACCOUNT)) as act, said() as words:
            assert list(check.run(act)) == []
        found[check.code] = frozenset(table for one in words for table in _READ.findall(one))
    return found


@contextmanager
def said() -> Iterator[list[str]]:
    """Collect the statements the database is given."""
    words: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        words.append(statement.strip())

    event.listen(Database, "before_cursor_execute", hear)
    try:
        yield words
    finally:
        event.remove(Database, "before_cursor_execute", hear)


def may_speak(read_by: Mapping[str, frozenset[str]], words: Collection[str]) -> list[str]:
    """Return the checks that can see the difference: one that read nothing of what changed reads what it read before.

    Reading is what decides what is read next, so no other table can come in.
    """
    written: set[str] = set()
    for one in words:
        if plain := _PLAIN.match(one):
            written.add(plain[1])
        elif not one.startswith(_LOOK):
            return list(read_by)
    return [code for code, tables in read_by.items() if tables & written]


def fired(act: Act, codes: Collection[str] = ("",)) -> Counter[str]:
    """Count the breaches of the checks ``codes`` (all without it); each names a document that can be opened, or none."""
    broken = [one for code in codes for one in run_through(check_steps(act, code))]
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


def test_each_fault_makes_its_own_code_speak_and_no_other(
    engine: Engine, read_by: Mapping[str, frozenset[str]]
) -> None:
    assert set(FAULTS) == {check.code for check in all_checks(engine.catalogue)}
    clerk = identity_of(engine, demo.ACCOUNT)
    wrong = {}
    for code, fault in FAULTS.items():
        with pytest.raises(_Undone), engine.acting(clerk) as act:
            with said() as words:
                fault(act)
                act.session.flush()
            act.session.expire_all()
            act.facts.forget()
            found = fired(act, may_speak(read_by, words))
            if set(found) != {code}:
                wrong[code] = dict(found)
            raise _Undone
    assert wrong == {}


def test_checks_that_read_nothing_of_a_fault_do_not_see_it(
    engine: Engine, read_by: Mapping[str, frozenset[str]]
) -> None:
    with pytest.raises(_Undone), engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        with said() as words:
            FAULTS["CHK-54"](act)
        act.session.expire_all()
        some = may_speak(read_by, words)
        assert 1 < len(some) < len(read_by) / 2
        assert fired(act, some) == fired(act) == Counter({"CHK-54": 1})
        raise _Undone


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
