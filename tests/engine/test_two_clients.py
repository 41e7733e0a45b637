"""Two programs on one database and one client's folder: every message is handed over once, whoever is quicker."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.engine import sending
from bondesk.engine.act import Act
from bondesk.engine.engine import SYSTEM
from bondesk.engine.sending import HandedOver
from bondesk.engine.tables import Outbox
from bondesk.settings import Home
from builders.forks import Child, barrier, needs_fork
from builders.office import Office, open_office
from builders.on_server import on_server

pytestmark = needs_fork
BOTH = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
ROUNDS = 10


@pytest.fixture(params=BOTH)
def office(
    request: pytest.FixtureRequest, factory_template: Path, tmp_path: Path, home_on: Callable[[str], Home]
) -> Iterator[Office]:
    """An office of the demo company on a database of each kind."""
    if request.param == "sqlite":
        opened = request.getfixturevalue("factory_office")
    else:
        url = home_on(request.param).read().connections[0].url
        opened = open_office(on_server(factory_template, tmp_path / "office", url))
    yield opened
    opened.close()


def beside(office: Office, *, rounds: int, meet: Barrier) -> Child:
    """Start another program that hands over what waits in every round, at the same moment as its twin."""

    def work() -> str:
        own = open_office(office.home.path)
        told = []
        for _ in range(rounds):
            meet.wait()
            told.append(own.hand_over())
            meet.wait()
        return "|".join(f"{done.handed} {'；'.join(done.problems)}".strip() for done in told)

    return Child(work)


def test_two_programs_and_many_rounds(office: Office) -> None:
    """One file of each message in every round, no failure told, every note sent – also while the client takes them away."""
    numbers = [number for source in ("IM2401001", "IM2401002", "IM2401004") for number in office.notes(source)]
    office.audit(numbers)
    office.order(numbers)
    office.close()
    meet = barrier(3)
    children = [beside(office, rounds=ROUNDS, meet=meet) for _ in range(2)]
    taken: dict[str, int] = {}
    for round_no in range(ROUNDS):
        waiting = prepared(office, round_no)
        office.close()
        meet.wait()
        if round_no % 2:
            drain(office, taken)
        meet.wait()
        drain(office, taken)
        with office.act(SYSTEM) as act:
            assert set(act.session.scalars(select(Outbox.state))) == {"handed"}
            assert set(act.session.scalars(select(Outbox.problem))) == {""}
            assert set(act.session.scalars(select(BondedNote.state))) == {"SENT"}
        assert {name: taken.get(name) for name in waiting} == dict.fromkeys(waiting, 1)
    ended = [child.ended() for child in children]
    assert [code for code, _told in ended] == [0, 0], ended
    rounds = list(zip(*(told.split("|") for _code, told in ended), strict=True))
    assert [sum(int(said) for said in both) for both in rounds] == [len(numbers)] * ROUNDS, rounds


def prepared(office: Office, round_no: int) -> list[str]:
    """Let every message wait once more under a name of its own; return the names."""
    with office.act(SYSTEM) as act:
        act.session.execute(update(BondedNote).values(state="SENDING"))
        rows = list(act.session.scalars(select(Outbox)))
        for row in rows:
            row.state, row.file_name = "ready", f"{row.file_name.split('_r')[0].removesuffix('.zip')}_r{round_no}.zip"
        return [row.file_name for row in rows]


def drain(office: Office, taken: dict[str, int]) -> None:
    """Do as the client does for a while: what lies in the OutBox goes by the TempBox into the SentBox."""
    outbox, temp, sent = (office.client / box for box in ("OutBox", "TempBox", "SentBox"))
    for _ in range(200):
        for entry in list(os.scandir(outbox)):
            os.replace(entry.path, temp / entry.name)
            os.replace(temp / entry.name, sent / entry.name)
            taken[entry.name] = taken.get(entry.name, 0) + 1


def test_two_programs_order_one_note(office: Office) -> None:
    """Both send the same audited note at the same moment: one is told so, and there is one message and one file."""
    (number, *_) = office.notes("IM2401001")
    office.audit([number])
    office.close()
    meet = barrier(2)

    def work() -> str:
        own = open_office(office.home.path)
        meet.wait()
        try:
            own.order([number])
            told = "ordered"
        except Refused as problem:
            told = problem.findings[0].code
        meet.wait()
        return f"{told} {'；'.join(own.hand_over().problems)}".strip()

    ended = [child.ended() for child in [Child(work) for _ in range(2)]]
    assert [code for code, _told in ended] == [0, 0], ended
    said = sorted(told for _code, told in ended)
    assert said in (["CONFLICT", "ordered"], ["FLOW-01", "ordered"]), said
    assert len(list((office.client / "OutBox").iterdir())) == 1
    with office.act(SYSTEM) as act:
        assert list(act.session.scalars(select(Outbox.state))) == ["handed"]
    assert office.note(number).state == "SENT"


@pytest.mark.parametrize("office", BOTH[1:], indirect=True)
def test_an_answer_in_the_moment_of_the_hand_over(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The note changes between being read and being marked sent: no failure, and what the answer said stays."""
    (number, *_) = office.notes("IM2401001")
    office.audit([number])
    office.order([number])
    real, answered = sending.load, []

    def load(act: Act, document: DocumentType, document_id: int) -> Any:
        header = real(act, document, document_id)
        if not answered:
            answered.append(header.revision)
            with office.engine.store.sql.begin() as other:
                changed = {"state": "ACCEPTED", "revision": header.revision + 1}
                other.execute(update(BondedNote).where(BondedNote.id == document_id).values(**changed))
        return header

    monkeypatch.setattr(sending, "load", load)
    assert office.hand_over() == HandedOver(1, ())
    assert answered
    assert office.note(number).state == "ACCEPTED"
    assert len(list((office.client / "OutBox").iterdir())) == 1
