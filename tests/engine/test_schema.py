"""Migrations: an upgraded empty base is the models, on both databases."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from bondesk import demo
from bondesk.app import first_administrator, load_codes, open_engine
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.base.records import Base
from bondesk.base.steps import play
from bondesk.engine import records, schema
from bondesk.engine.engine import SYSTEM
from bondesk.engine.importing import import_steps
from bondesk.engine.store import Store, open_store
from bondesk.settings import Connection, Home, Settings, carried
from builders.homes import identity_of, read, run_script


def differences(store: Store) -> list[object]:
    """Upgrade an empty base and say where it differs from the models."""
    assert schema.upgrade(store, carried("migrations"))
    assert not schema.upgrade(store, carried("migrations"))
    with store.sql.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata)
    store.dispose()
    return list(found)


def test_sqlite_upgraded_from_empty_is_the_models(tmp_path: Path) -> None:
    assert differences(open_store(f"sqlite:///{(tmp_path / 'a.sqlite').as_posix()}")) == []


def test_postgresql_upgraded_from_empty_is_the_models(postgres_url: str) -> None:
    assert differences(open_store(postgres_url)) == []


def test_the_named_head_is_the_scripts_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(carried("migrations")))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [schema.HEAD]


def test_the_chain_runs_alike_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    """Import, roll up, generate, audit on PostgreSQL: the same notes as on SQLite."""
    home = Home(tmp_path / "home")
    home.write(Settings(connections=[Connection(name="团队", url=postgres_url)]))
    engine = open_engine(home)
    load_codes(engine)
    first_administrator(engine, "secret-1")
    admin = identity_of(engine, "admin")
    for key, name in demo.WORKBOOKS:
        with engine.acting(admin) as act:
            play(import_steps(act, engine.catalogue.document(key), carried("resources") / "demo" / name))
    assert "新增单损耗版本 2 个" in run_script(engine, admin, "generate_unit_consumption", {}).text
    outcome = run_script(engine, admin, "generate_notes", {"ie_flag": "I", "date_by_document": "1"})
    assert outcome.text.startswith("已生成核注清单 8")
    document = engine.catalogue.document("bonded_note")
    (note_id,) = read(engine, BondedNote, lambda note: note.id, internal_no="I2401080001")
    with engine.acting(admin) as act:
        records.move(act, document, note_id, "audit")
    with engine.acting(SYSTEM) as act:
        note = records.load(act, document, note_id)
        assert [f"{line.dcl_qty:f}" for line in note.lines][:3] == ["590.00000", "128.00000", "76.00000"]
        assert note.state == "AUDITED"
    engine.store.dispose()
