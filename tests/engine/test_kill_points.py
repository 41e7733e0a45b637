"""kill -9 at any moment of import, send and post leaves all or nothing, and going on ends as if nothing had happened."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy import select

from bondesk import demo
from bondesk.adapters.gateway_folder import STAGING
from bondesk.app import open_engine
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.notes.source_document import SourceDocument
from bondesk.base.steps import play
from bondesk.engine.checking import run_checks
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.importing import import_steps
from bondesk.engine.posting import rebuild_balances
from bondesk.engine.receiving import receive
from bondesk.engine.sending import hand_over
from bondesk.engine.tables import Outbox, PostingRow
from bondesk.settings import Home, carried
from builders import forks
from builders.forks import Child, needs_fork
from builders.homes import audited, copied_home, generated, identity_of, ordered, read
from builders.killed_acts import done

EXPORTS = carried("resources") / "demo" / "source_document_export.xlsx"
DOCUMENTS = ("IM2401001", "IM2401002", "EX2401001")

pytestmark = needs_fork


@cache
def _prepared(kind: str) -> Path:
    """Make a folder in which the act is about to happen."""
    target = Path(mkdtemp(prefix="bondesk-kill-"))
    home = copied_home(target)
    engine = open_engine(home)
    if kind == "import":
        with engine.acting(SYSTEM) as act:
            for document in act.session.scalars(select(SourceDocument).where(SourceDocument.ie_flag == "E")):
                act.session.delete(document)
    else:
        ids = [note_id for number in DOCUMENTS for note_id in generated(engine, number)]
        audited(engine, ids)
        if kind != "order":
            ordered(engine, ids)
        if kind == "receive":
            hand_over(engine, identity_of(engine, demo.ACCOUNT))
    engine.store.dispose()
    return home.path


def _home(tmp_path: Path, act: str) -> Home:
    target = tmp_path / "home"
    shutil.copytree(_prepared(act), target)
    home = Home(target)
    home.write(home.read().model_copy(update={"gateway_root": str(target / "client")}))
    return home


def killed(tmp_path: Path, act: str, moment: int) -> Engine:
    """Run the act until it is killed at the moment; return an engine over what is left."""
    home = _home(tmp_path, act)
    forks.killed(lambda: "、".join(done(home, act, moment)))
    return open_engine(home)


def done_in_child(home: Home, act: str) -> list[str]:
    """Run the act to its end; return the moments it passed."""
    code, told = Child(lambda: "、".join(done(home, act))).ended()
    assert code == 0, told
    return told.split("、")


MOMENTS = (1, 2, 3, 5, 8, 11, 14, 17, 20, 24, 28, 32)


@pytest.mark.parametrize("moment", range(1, 18))
def test_import(tmp_path: Path, moment: int) -> None:
    engine = killed(tmp_path, "import", moment)
    found = len(read(engine, SourceDocument, lambda d: d.document_no, ie_flag="E"))
    assert found in (0, 61)
    if found == 0:
        with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
            play(import_steps(act, engine.catalogue.document("source_document"), EXPORTS))
    assert sum(read(engine, SourceDocument, lambda d: len(d.lines), ie_flag="E")) == 155
    engine.store.dispose()


def names(engine: Engine) -> list[str]:
    """Return the messages in the client's OutBox and check that none is torn."""
    import zipfile

    root = Path(_root(engine))
    found = sorted(path.name for path in (root / "Nems" / "OutBox").glob("*.zip"))
    for name in found:
        assert zipfile.ZipFile(root / "Nems" / "OutBox" / name).testzip() is None
    return found


def _root(engine: Engine) -> str:
    assert engine.client is not None
    return str(Path(engine.client.forms()[0].outbox).parents[1])


@pytest.mark.parametrize("moment", (1, 4, 8, 12, 16, 20, 24, 28, 30, 31))
def test_order(tmp_path: Path, moment: int) -> None:
    """State and message are one: all notes wait with their message, or none does."""
    engine = killed(tmp_path, "order", moment)
    states = set(read(engine, BondedNote, lambda note: note.state))
    messages = len(read(engine, Outbox, lambda row: row.state))
    assert (states, messages) in [({"AUDITED"}, 0), ({"SENDING"}, len(DOCUMENTS))]
    if messages == 0:
        ordered(engine, read(engine, BondedNote, lambda note: note.id))
    hand_over(engine, identity_of(engine, demo.ACCOUNT))
    assert len(names(engine)) == len(DOCUMENTS)
    engine.store.dispose()


#: What handing over one message is made of, from the claim on; every one of these is a moment the machine may stop at.
HANDING = """
    select user_account | select outbox | select company | update outbox
    empty file | half a file | fsync | rename to BondeskStaging | renamed to BondeskStaging | fsync
    commit
    rename to OutBox | renamed to OutBox | fsync
    select user_account | select outbox | update outbox | update outbox | update outbox
    select bonded_note | update bonded_note | insert log_head | insert operation_log | update log_head
    commit
"""
STEPS = [step.strip() for line in HANDING.strip().splitlines() for step in line.split("|")]
#: Moments passed before the first message is looked at.
BEFORE = 3


def test_the_steps_of_a_hand_over_are_all_of_them(tmp_path: Path) -> None:
    """A step that is added to the hand-over has to be added to the moments below."""
    home = _home(tmp_path, "send")
    passed = done_in_child(home, "send")
    assert passed[BEFORE : BEFORE + len(STEPS)] == STEPS
    assert passed[BEFORE : BEFORE + len(STEPS) * len(DOCUMENTS)] == STEPS * len(DOCUMENTS)


@pytest.mark.parametrize("step", range(len(STEPS)), ids=lambda step: f"{step:02d} {STEPS[step]}")
def test_send(tmp_path: Path, step: int) -> None:
    """Killed at each step of the second message's hand-over: at most one file of each, the state says what is known.

    Started again beside a client that left the files, that has sent them, and that had them without leaving a trace.
    """
    engine = killed(tmp_path, "send", BEFORE + len(STEPS) + step + 1)
    rows = read(engine, Outbox, lambda row: (row.state, row.file_name, row.sha256))
    released = step > STEPS.index("rename to OutBox")
    claimed = step > STEPS.index("commit")
    assert [state for state, _name, _sha in rows] == ["handed", "releasing" if claimed else "ready", "ready"]
    present = sorted(name for _state, name, _sha in rows[: 2 if released else 1])
    assert names(engine) == present
    engine.store.dispose()
    for client in (_leaves_it, _has_sent_it, _lost_it):
        _started_again(tmp_path, client, [name for _state, name, _sha in rows], claimed=claimed)


def _started_again(tmp_path: Path, client: Callable[[Path], None], sent: list[str], *, claimed: bool) -> None:
    """Hand over after the crash, thrice: each message is with the client once, or unknown and nowhere."""
    again = tmp_path / client.__name__
    shutil.copytree(tmp_path / "home", again)
    home = Home(again)
    home.write(home.read().model_copy(update={"gateway_root": str(again / "client")}))
    before = {path.name for path in (again / "client" / "Nems" / "OutBox").glob("*.zip")}
    client(again / "client" / "Nems")
    engine = open_engine(home)
    clerk = identity_of(engine, demo.ACCOUNT)
    handed = [hand_over(engine, clerk).handed for _ in range(3)]
    unknown = claimed and client is _lost_it
    assert handed == [1 if unknown else 2, 0, 0]
    assert read(engine, Outbox, lambda row: row.state) == ["handed", "unknown" if unknown else "handed", "handed"]
    assert read(engine, BondedNote, lambda note: note.state) == ["SENT", "SENDING" if unknown else "SENT", "SENT"]
    found = names(engine)
    if client is _leaves_it:
        assert found == sorted(sent)
    elif unknown:
        assert found == [sent[2]]
    else:
        assert found == sorted(set(sent) - before)
    engine.store.dispose()


def _leaves_it(_form: Path) -> None:
    """The client is not running."""


def _has_sent_it(form: Path) -> None:
    """The client has sent what lay in its OutBox."""
    for path in (form / "OutBox").glob("*.zip"):
        path.rename(form / "SentBox" / path.name)


def _lost_it(form: Path) -> None:
    """Nothing shows what the client has done, and our own copy is gone as well."""
    for path in (*(form / "OutBox").glob("*.zip"), *(form / STAGING).glob("*.zip")):
        path.unlink()


@pytest.mark.parametrize("moment", (*MOMENTS, 36, 40, 44, 50, 55, 60))
def test_receive_and_post(tmp_path: Path, moment: int) -> None:
    engine = killed(tmp_path, "receive", moment)
    with engine.acting(SYSTEM) as act:
        assert [*run_checks(act, "CHK-01"), *run_checks(act, "CHK-02")] == []
    receive(engine, identity_of(engine, demo.ACCOUNT))
    states = read(engine, BondedNote, lambda note: (note.state, note.writeoff_mark))
    assert states == [("APPROVED", "2")] * len(DOCUMENTS)
    lines = read(engine, BondedNote, lambda note: len(note.lines))
    standing = sum(-1 if reversal else 1 for reversal in read(engine, PostingRow, lambda row: row.reversal))
    assert standing == sum(lines)
    with engine.acting(SYSTEM) as act:
        assert rebuild_balances(act) == []
    engine.store.dispose()
