"""kill -9 at any moment of import, send and post leaves all or nothing, and going on ends as if nothing had happened."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from sqlalchemy import select

from bondesk import demo
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
from builders.homes import audited, copied_home, generated, identity_of, ordered, read

PROGRAM = Path(__file__).with_name("killed_act.py")
EXPORTS = carried("resources") / "demo" / "source_document_export.xlsx"
DOCUMENTS = ("IM2401001", "IM2401002", "EX2401001")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a Unix signal")


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


def killed(tmp_path: Path, act: str, moment: int) -> Engine:
    """Run the act until it is killed at the moment; return an engine over what is left."""
    target = tmp_path / "home"
    shutil.copytree(_prepared(act), target)
    home = Home(target)
    home.write(home.read().model_copy(update={"gateway_root": str(target / "client")}))
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(target), act, str(moment)], capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    return open_engine(home)


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


@pytest.mark.parametrize("moment", (*MOMENTS, 36, 40, 44, 48))
def test_send(tmp_path: Path, moment: int) -> None:
    engine = killed(tmp_path, "send", moment)
    before = names(engine)
    hand_over(engine, identity_of(engine, demo.ACCOUNT))
    after = names(engine)
    assert set(before) <= set(after)
    assert len(after) == len(DOCUMENTS)
    assert read(engine, Outbox, lambda row: row.state) == ["handed"] * len(DOCUMENTS)
    assert read(engine, BondedNote, lambda note: note.state) == ["SENT"] * len(DOCUMENTS)
    engine.store.dispose()


@pytest.mark.parametrize("moment", (*MOMENTS, 36, 40, 44, 50, 55, 60))
def test_receive_and_post(tmp_path: Path, moment: int) -> None:
    engine = killed(tmp_path, "receive", moment)
    with engine.acting(SYSTEM) as act:
        assert [finding for finding in run_checks(act) if finding.code in {"CHK-01", "CHK-02"}] == []
    receive(engine, identity_of(engine, demo.ACCOUNT))
    states = read(engine, BondedNote, lambda note: (note.state, note.writeoff_mark))
    assert states == [("APPROVED", "2")] * len(DOCUMENTS)
    lines = read(engine, BondedNote, lambda note: len(note.lines))
    standing = sum(-1 if reversal else 1 for reversal in read(engine, PostingRow, lambda row: row.reversal))
    assert standing == sum(lines)
    with engine.acting(SYSTEM) as act:
        assert rebuild_balances(act) == []
    engine.store.dispose()
