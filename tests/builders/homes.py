"""Data folders for tests: made once per process by the program itself, copied for each test."""

from __future__ import annotations

import atexit
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bondesk import demo
from bondesk.app import first_administrator, load_codes, open_engine
from bondesk.areas.setup.company import Company
from bondesk.areas.verification.verification_model import AccountVerification
from bondesk.base.identity import Identity
from bondesk.base.options import read_options
from bondesk.base.steps import Ask, Outcome, Step, play, proposed_answer
from bondesk.engine import records, scripts, sending
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.receiving import receive
from bondesk.settings import Home, Settings, carried

REPOSITORY = Path(__file__).resolve().parents[2]
SHARED = REPOSITORY.parent / "shared"
FACTORY_BAD = SHARED / "data" / "factory-bad"


def needs_shared(path: Path) -> Path:
    """Return a path under the shared material, or skip with the reason."""
    if not path.exists():
        pytest.skip(f"the shared material is not beside the repository: {path.name}")
    return path


@cache
def _declared() -> Path:
    """Make one data folder of the factory with every note declared, approved and posted on its document's date."""
    folder = Path(tempfile.mkdtemp(prefix="bondesk-declared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    engine = open_engine(copied_home(folder))
    links = json.loads((carried("resources") / "demo" / "transfer_links.json").read_text(encoding="utf-8"))
    clerk = identity_of(engine, demo.ACCOUNT)
    outcome = run_script(engine, clerk, "generate_notes", {"date_by_document": "1"}, links)
    declared(engine, list(outcome.changed["bonded_note"]))
    engine.store.dispose()
    return folder / "home"


def declared_home(target: Path) -> Home:
    """Copy the factory with all its notes declared into ``target``."""
    return _copied(_declared(), target)


@cache
def _finished() -> Path:
    """Make one data folder of the factory that did everything: notes, declarations, a closed cycle and an open one."""
    folder = Path(tempfile.mkdtemp(prefix="bondesk-finished-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    engine = open_engine(declared_home(folder))
    clerk, auditor = identity_of(engine, demo.ACCOUNT), identity_of(engine, demo.AUDITOR)
    run_script(engine, clerk, "declare_notes", {}, selected=note_ids(engine, ie_flag="I", declaration_flag="1")[:2])
    run_script(engine, clerk, "new_account_verification", {})
    document = engine.catalogue.document("account_verification")
    with engine.acting(auditor) as act:
        one = act.facts.one(AccountVerification, times=1)
        assert one is not None
        for line in one.materials:
            line.remark = "盘点差异待查"
        act.session.flush()
        records.move(act, document, one.id, "audit")
        sending.order(act, document, [one.id])
    sending.hand_over(engine, clerk)
    receive(engine, clerk)
    run_script(engine, clerk, "new_account_verification", {})
    engine.store.dispose()
    return folder / "home"


def finished_home(target: Path) -> Home:
    """Copy the factory that did everything into ``target``."""
    return _copied(_finished(), target)


def _copied(source: Path, target: Path) -> Home:
    shutil.copytree(source, target / "home")
    home = Home(target / "home")
    home.write(Settings(gateway_root=str(home.path / "client"), demo=True))
    return home


@cache
def _template(kind: str) -> Path:
    """Make one data folder of a kind: ``empty`` (codes, administrator) or ``factory`` (masters and documents)."""
    folder = Path(tempfile.mkdtemp(prefix="bondesk-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    home = Home(folder / "home")
    if kind == "empty":
        home.write(Settings())
        engine = open_engine(home)
        load_codes(engine)
        first_administrator(engine, "secret-1")
    else:
        made = demo._Demo(home, None, lambda text: None)
        made.found()
        made.import_all()
        made.roll_up()
        engine = made.engine
        with engine.acting(SYSTEM) as act:  # most tests export without importing first
            act.session.scalars(select(Company)).one().inversion_policy = "OFF"
    engine.store.dispose()
    return home.path


def copied_home(target: Path, kind: str = "factory") -> Home:
    """Copy a template into ``target``; its client folder lies inside."""
    shutil.copytree(_template(kind), target / "home")
    home = Home(target / "home")
    if kind != "empty":
        home.write(Settings(gateway_root=str(home.path / "client"), demo=True))
    return home


def identity_of(engine: Engine, account: str) -> Identity:
    """Return a user's identity."""
    with engine.acting(SYSTEM) as act:
        return engine.catalogue.users.identity(act.facts, account)


def run_script(
    engine: Engine,
    identity: Identity,
    key: str,
    options: dict[str, str],
    answers: dict[str, Any] | None = None,
    selected: Sequence[int] = (),
) -> Outcome:
    """Run a wizard on ``selected`` documents, taking its proposals; ``answers`` fills in Ask steps by key."""

    def answer(step: Step) -> Any:
        if isinstance(step, Ask) and answers and step.key in answers:
            return replace(step.value, **answers[step.key])
        return proposed_answer(step)

    script = engine.catalogue.script(key)
    with engine.acting(identity) as act:
        return play(scripts.start(act, script, read_options(script.options, options), selected), answer)


def note_ids(engine: Engine, **where: object) -> list[int]:
    """Return the ids of bonded notes."""
    with engine.acting(SYSTEM) as act:
        header = engine.catalogue.document("bonded_note").header
        return [note.id for note in act.facts.find(header, **where)]


def generated(engine: Engine, document_no: str, **options: str) -> list[int]:
    """Generate the notes of one source document, dated by it, and return their ids."""
    given = {"document_no": document_no, "date_by_document": "1", **options}
    outcome = run_script(engine, identity_of(engine, demo.ACCOUNT), "generate_notes", given)
    return list(outcome.changed["bonded_note"])


def audited(engine: Engine, ids: list[int]) -> None:
    """Audit notes as the second person."""
    document = engine.catalogue.document("bonded_note")
    with engine.acting(identity_of(engine, demo.AUDITOR)) as act:
        for note_id in ids:
            records.move(act, document, note_id, "audit")


def ordered(engine: Engine, ids: list[int]) -> None:
    """Put notes into the outbox."""
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        sending.order(act, engine.catalogue.document("bonded_note"), ids)


def declared(engine: Engine, ids: list[int]) -> None:
    """Audit, send, let the rehearsal customs answer, take the receipts."""
    audited(engine, ids)
    ordered(engine, ids)
    clerk = identity_of(engine, demo.ACCOUNT)
    sending.hand_over(engine, clerk)
    receive(engine, clerk)


def read(engine: Engine, model: type[Any], look: Callable[[Any], Any], **where: object) -> list[Any]:
    """Look at stored rows within an act, so that nothing is read from a closed session."""
    with engine.acting(SYSTEM) as act:
        return [look(row) for row in act.facts.find(model, **where)]
