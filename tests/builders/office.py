"""An office for tests: a data folder with users and data, and the acts of its two people."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bondesk.adapters.rehearsal import mark_rehearsal
from bondesk.app import first_administrator, load_codes, open_engine
from bondesk.areas.accounts.book_model import Account
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.setup.company import Company
from bondesk.areas.setup.users import User, UserMembership, set_password
from bondesk.base.documents import DocumentType
from bondesk.base.identity import Identity
from bondesk.base.options import read_options
from bondesk.base.steps import Ask, Outcome, Step, play, proposed_answer
from bondesk.demo import WORKBOOKS
from bondesk.engine import importing, records, scripts, sending
from bondesk.engine.act import Act
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.receiving import Received, receive
from bondesk.engine.sending import HandedOver
from bondesk.settings import Connection, Home, Settings, carried
from builders.databases import like, made_database

PASSWORD = "secret-1"
#: A server to run every office's database on instead of files: ``BONDESK_TEST_OFFICES=postgresql+psycopg://…``.
ON_SERVER = os.environ.get("BONDESK_TEST_OFFICES", "")
DEMO = carried("resources") / "demo"
#: The material of the trade beside the repository; tests that need it are skipped without it.
SHARED = carried("resources").parents[1] / "shared"
BOXES = ("OutBox", "InBox", "SentBox", "FailBox", "TempBox")


@dataclass
class Office:
    """One opened data folder; the clerk makes documents, the auditor audits them."""

    home: Home
    engine: Engine
    clerk: Identity
    auditor: Identity

    @property
    def client(self) -> Path:
        """The Single Window client's folder of books."""
        return self.home.path / "client" / "Nems"

    def document(self, key: str) -> DocumentType:
        """Look a document type up."""
        return self.engine.catalogue.document(key)

    @contextmanager
    def act(self, who: Identity | None = None) -> Iterator[Act]:
        """One act of the clerk, or of somebody else."""
        with self.engine.acting(who or self.clerk) as act:
            yield act

    def bring(self, key: str, path: Path) -> Outcome:
        """Import a workbook as the clerk."""
        with self.act() as act:
            return play(importing.import_steps(act, self.document(key), path))

    def run(self, key: str, options: Mapping[str, str], answers: Mapping[str, Any] | None = None) -> Outcome:
        """Run a wizard with its proposals; ``answers`` fills what it asks."""
        script = self.engine.catalogue.script(key)

        def answer(step: Step) -> Any:
            if isinstance(step, Ask) and answers and step.key in answers:
                return replace(step.value, **answers[step.key])
            return proposed_answer(step)

        with self.act() as act:
            return play(scripts.start(act, script, read_options(script.options, options)), answer)

    def notes(self, document_no: str, **options: str) -> list[str]:
        """Generate the notes of the source documents whose number contains a text; return their numbers."""
        given = {"document_no": document_no, "date_by_document": "1", **options}
        made = self.run("generate_notes", given).changed["bonded_note"]
        return [self.note(note_id).internal_no for note_id in made]

    def note(self, wanted: int | str) -> BondedNote:
        """Read one note with its lines, by id or number."""
        document = self.document("bonded_note")
        with self.act(SYSTEM) as act:
            by_id = isinstance(wanted, int)
            found: BondedNote = (
                records.load(act, document, int(wanted)) if by_id else records.load_numbered(act, document, str(wanted))
            )
            _ = [line.sources for line in found.lines]
            return found

    def audit(self, numbers: Sequence[str]) -> None:
        """Audit notes as the auditor."""
        document = self.document("bonded_note")
        with self.act(self.auditor) as act:
            for number in numbers:
                records.move(act, document, records.load_numbered(act, document, number).id, "audit")

    def order(self, numbers: Sequence[str]) -> None:
        """Put audited notes into the outbox."""
        document = self.document("bonded_note")
        with self.act() as act:
            sending.order(act, document, sending.audited(act, document, numbers))

    def hand_over(self) -> HandedOver:
        """Hand over what waits."""
        return sending.hand_over(self.engine, self.clerk)

    def receive(self) -> Received:
        """Take what lies in the InBox."""
        return receive(self.engine, self.clerk)

    def close(self) -> None:
        """Close the database."""
        self.engine.store.dispose()


def open_office(path: Path, *, rehearsal: bool = False) -> Office:
    """Open the data folder ``path``; the rehearsal customs answers only when asked for."""
    home = Home(path)
    engine = open_engine(home)
    if not rehearsal:
        engine = replace(engine, counterpart=None)
    with engine.acting(SYSTEM) as act:
        clerk = engine.catalogue.users.identity(act.facts, "zhidan")
        auditor = engine.catalogue.users.identity(act.facts, "shenhe")
    return Office(home, engine, clerk, auditor)


def copy_of(template: Path, path: Path) -> Path:
    """Copy a template's data folder; the client's folder is its own, and so is the database on a server."""
    shutil.copytree(template, path)
    home = Home(path)
    settings = home.read()
    connections = [team_database(one.url) if one.url else one for one in settings.connections]
    home.write(settings.model_copy(update={"gateway_root": str(path / "client"), "connections": connections}))
    return path


def team_database(template: str = "") -> Connection:
    """Make a database on the server, empty or as a copy of ``template``; the throw-away server keeps it."""
    return Connection(name="团队", url=made_database(ON_SERVER, like(template) if template else ""))


def found_codes(path: Path) -> None:
    """Make a data folder with migrated schema, customs codes, administrator, clerk, auditor and a client."""
    root = path / "client"
    for box in BOXES:
        (root / "Nems" / box).mkdir(parents=True)
    mark_rehearsal(root)
    home = Home(path)
    connections = {"connections": [team_database()]} if ON_SERVER else {}
    home.write(Settings(gateway_root=str(root), **connections))
    engine = open_engine(home)
    load_codes(engine)
    first_administrator(engine, PASSWORD)
    with engine.acting(SYSTEM) as act:
        for account, name in (("zhidan", "制单员"), ("shenhe", "审核员")):
            user = User(account=account, name=name, active=True)
            set_password(user, PASSWORD)
            user.groups = [UserMembership(line_no=1, group_code="admin")]
            act.session.add(user)
    settle(engine)


def found_masters(path: Path) -> None:
    """Import every demo workbook but the source documents and fill in the company."""
    office = open_office(path)
    for key, name in WORKBOOKS:
        if key != "source_document":
            office.bring(key, DEMO / name)
    with office.act(SYSTEM) as act:
        company, book = act.facts.one(Company), act.facts.one(Account, copy="approved")
        assert company is not None
        assert book is not None
        company.customs_code, company.name = book.customs_code, book.enterprise_name
        company.credit_code = book.credit_code
        company.inversion_policy = "OFF"  # most tests export without importing first
    settle(office.engine)


def found_factory(path: Path) -> None:
    """Import the source documents too and roll the BOMs up."""
    office = open_office(path)
    for key, name in WORKBOOKS:
        if key == "source_document":
            office.bring(key, DEMO / name)
    office.run("generate_unit_consumption", {})
    settle(office.engine)


def settle(engine: Engine) -> None:
    """Bring the database into its one file, so that it can be copied, and close it."""
    if engine.store.is_sqlite:
        with engine.store.sql.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.store.dispose()


def dump_hash(home: Home) -> str:
    """Return a hash of everything the embedded database holds."""
    digest = hashlib.sha256()
    with closing(sqlite3.connect(home.database_file)) as connection:
        for line in connection.iterdump():
            digest.update(line.encode())
    return digest.hexdigest()
