"""练习模式: a company beside the real one whose messages reach the rehearsal customs alone, and marked paper."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from bondesk import demo, training
from bondesk.adapters.rehearsal import MARKER
from bondesk.app import open_engine
from bondesk.base.errors import OutsideFailure
from bondesk.base.sheets import ColumnLook
from bondesk.engine import sending
from bondesk.settings import Home
from builders.homes import audited, copied_home, generated, identity_of, ordered
from builders.office import dump_hash


def practised(real: Home) -> Home:
    """Make the company to practise with, from a template instead of its workbooks."""

    def make(home: Home) -> None:
        made = copied_home(real.path.parent / "made")
        shutil.copytree(made.path, home.path)
        settings = made.read()
        home.write(settings.model_copy(update={"gateway_root": str(home.path / "client")}))

    assert not training.is_prepared(real)
    training.prepare(real, make)
    assert training.is_prepared(real)
    return training.training_home(real)


@pytest.fixture
def real(tmp_path: Path) -> Home:
    return copied_home(tmp_path / "real")


def test_practising_touches_nothing_real(real: Home, tmp_path: Path) -> None:
    before, settings = dump_hash(real), real.settings_file.read_bytes()
    home = practised(real)
    engine = open_engine(home)
    assert engine.training
    assert engine.practice is None
    assert engine.client is None, "no folder can be set by hand"
    ids = generated(engine, "IM2401001")
    audited(engine, ids)
    ordered(engine, ids)
    clerk = identity_of(engine, demo.ACCOUNT)
    assert sending.hand_over(engine, clerk).handed == len(ids)
    assert list((home.path / "client" / "Nems" / "OutBox").iterdir())
    path = tmp_path / "list.xlsx"
    engine.files.write_table(path, "清单", (ColumnLook("单号", 10, "code"),), [("I1",)])
    assert openpyxl.load_workbook(path).active.oddHeader.center.text == training.MARK
    engine.store.dispose()
    assert (dump_hash(real), real.settings_file.read_bytes()) == (before, settings)
    own = open_engine(real)
    assert not own.training
    assert own.practice is not None
    own.files.write_table(path, "清单", (ColumnLook("单号", 10, "code"),), [("I1",)])
    assert not openpyxl.load_workbook(path).active.oddHeader.center.text
    own.store.dispose()


def test_a_real_client_is_never_reached(real: Home, tmp_path: Path) -> None:
    """Whatever the settings of 练习 say: without the mark of the rehearsal nothing leaves, the notes stay ready."""
    home = practised(real)
    client = tmp_path / "ImpPath"
    for box in ("OutBox", "InBox", "SentBox", "FailBox", "TempBox"):
        (client / "Nems" / box).mkdir(parents=True)
    home.write(home.read().model_copy(update={"gateway_root": str(client)}))
    engine = open_engine(home)
    ids = generated(engine, "IM2401001")
    audited(engine, ids)
    ordered(engine, ids)
    with pytest.raises(OutsideFailure, match="练习模式只与演练海关收发"):
        sending.hand_over(engine, identity_of(engine, demo.ACCOUNT))
    assert not list((client / "Nems" / "OutBox").iterdir())
    assert not (client / MARKER).exists()
    engine.store.dispose()


def test_practice_of_practice_is_the_same(real: Home) -> None:
    home = practised(real)
    assert training.training_home(home).path == home.path
