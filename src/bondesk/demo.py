"""The demo company: the sample workbooks from empty folder to explained balance, step by step.

Everything goes through the engine calls the screens and the command line use; nothing here knows a figure.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from bondesk.adapters.rehearsal import mark_rehearsal
from bondesk.app import first_administrator, load_codes, open_engine
from bondesk.areas.accounts.book_model import Account
from bondesk.areas.setup.company import Company
from bondesk.areas.setup.users import User, UserMembership, set_password
from bondesk.base.errors import OutsideFailure, Refused
from bondesk.base.identity import Identity
from bondesk.base.numbers import plain
from bondesk.base.options import read_options
from bondesk.base.steps import Ask, Outcome, Step, play, proposed_answer
from bondesk.engine import importing, records, reporting, scripts, sending
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.receiving import receive
from bondesk.settings import Home, Settings, carried

ACCOUNT, PASSWORD = "demo", "demo2024"
AUDITOR = "shenhe"
Say = Callable[[str], None]

#: The workbooks of the chain, in the order they depend on each other.
WORKBOOKS = (
    ("code_mapping", "code_mapping.xlsx"),
    ("partner", "partner.xlsx"),
    ("exchange_rate", "exchange_rate.xlsx"),
    ("part", "part.xlsx"),
    ("merged_item", "merged_item.xlsx"),
    ("consolidation_map", "consolidation_map.xlsx"),
    ("account", "account.xlsx"),
    ("bom", "bom.xlsx"),
    ("source_document", "source_document_import.xlsx"),
    ("source_document", "source_document_export.xlsx"),
    ("stock_doc", "stock_doc.xls"),
    ("stocktake", "stocktake.xlsx"),
    ("purchase_invoice", "purchase_invoice.xlsx"),
)
#: The balances printed at the end: the cut-off dates of the sample company.
CUT_OFFS = (date(2024, 2, 22), date(2024, 4, 7))


def prepare(home: Home, source: Path | None, say: Say) -> Engine:
    """Make a fresh demo company and run the chain for January and February; March is left to the user."""
    demo = _Demo(home, source, say)
    demo.found()
    demo.import_all()
    demo.roll_up()
    demo.generate({"date_to": "2024-02-29", "date_by_document": "1"})
    demo.declare()
    return demo.engine


def run_headless(home: Home, source: Path | None, say: Say) -> None:
    """Run the whole chain on the workbooks and print what each step did and the resulting balances."""
    demo = _Demo(home, source, say)
    demo.found()
    demo.import_all()
    demo.roll_up()
    demo.generate({"date_by_document": "1"})
    demo.declare()
    demo.show_balances()


class _Demo:
    """The chain over one data folder."""

    def __init__(self, home: Home, source: Path | None, say: Say) -> None:
        self.home = home
        self.source = source or carried("resources") / "demo"
        self.say = say
        self.engine: Engine
        self.clerk: Identity
        self.auditor: Identity
        if not self.source.is_dir():
            raise OutsideFailure(f"没有演示数据目录 {self.source}")

    def found(self) -> None:
        """Start from an empty company in a folder that is new or was a demo before."""
        self._clear()
        root = self.home.path / "client"
        for box in ("OutBox", "InBox", "SentBox", "FailBox", "TempBox"):
            for form in ("Nems", "Npts", "Deccus001"):  # accounts, handbooks, declarations
                (root / form / box).mkdir(parents=True)
        mark_rehearsal(root)
        self.home.write(Settings(gateway_root=str(root), demo=True))
        self.engine = open_engine(self.home)
        codes = load_codes(self.engine)
        first_administrator(self.engine, PASSWORD)
        self._people()
        self.say(f"1 建立演示企业：数据目录 {self.home.path}，海关参数 {len(codes)} 张表 {sum(codes.values())} 条")

    def _clear(self) -> None:
        path = self.home.path
        if not path.exists() or not any(entry.name != "logs" for entry in path.iterdir()):
            return
        if not self.home.settings_file.exists() or not self.home.read().demo:
            raise Refused(f"目录 {path} 里已有别的数据，演示企业须放在空目录", "DEMO-01")
        for name in ("bondesk.sqlite", "bondesk.sqlite-wal", "bondesk.sqlite-shm", "settings.json"):
            (path / name).unlink(missing_ok=True)
        shutil.rmtree(path / "client", ignore_errors=True)

    def _people(self) -> None:
        """A clerk who makes documents and a second person who audits them (AUD-01)."""
        with self.engine.acting(SYSTEM) as act:
            for account, name in ((ACCOUNT, "演示制单员"), (AUDITOR, "演示审核员")):
                user = User(account=account, name=name, active=True)
                set_password(user, PASSWORD)
                user.groups = [UserMembership(line_no=1, group_code="admin")]
                act.session.add(user)
        with self.engine.acting(SYSTEM) as act:
            self.clerk = self.engine.catalogue.users.identity(act.facts, ACCOUNT)
            self.auditor = self.engine.catalogue.users.identity(act.facts, AUDITOR)

    def import_all(self) -> None:
        """Import the workbooks and take the enterprise's data from the book."""
        for number, (key, name) in enumerate(WORKBOOKS, 1):
            document = self.engine.catalogue.document(key)
            with self.engine.acting(self.clerk) as act:
                outcome = play(importing.import_steps(act, document, self.source / name))
            self.say(f"2.{number} {name}：{outcome.text}")
        with self.engine.acting(SYSTEM) as act:
            company, book = act.facts.one(Company), act.facts.one(Account, copy="approved")
            assert company is not None
            assert book is not None
            company.customs_code, company.name = book.customs_code, book.enterprise_name
            company.credit_code = book.credit_code
            company.item_no_is_merge_no = company.raise_to_min = company.reviewer_not_creator = True
            company.consumption_extract = "ALL"
            company.ic_card = "8900000000001"

    def roll_up(self) -> None:
        """Roll the BOMs up and write the filed versions back."""
        outcome = self._run("generate_unit_consumption", {"merge": "1"})
        self.say(f"3 {outcome.text}")
        for table in outcome.tables:
            for row in table.rows:
                self.say("    " + "  ".join(str(value) for value in row))

    def generate(self, options: dict[str, str]) -> None:
        """Generate notes; the other side of transfers comes from a file beside the workbooks."""
        outcome = self._run("generate_notes", options, self._links())
        self.say(f"4 {outcome.text}")
        for finding in outcome.findings:
            self.say(f"    {finding}")

    def _links(self) -> dict[str, Any]:
        path = carried("resources") / "demo" / "transfer_links.json"
        links: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return links

    def _run(self, key: str, options: dict[str, str], answers: dict[str, Any] | None = None) -> Outcome:
        script = self.engine.catalogue.script(key)

        def answer(step: Step) -> Any:
            if isinstance(step, Ask) and answers and step.key in answers:
                return replace(step.value, **answers[step.key])
            return proposed_answer(step)

        with self.engine.acting(self.clerk) as act:
            return play(scripts.start(act, script, read_options(script.options, options)), answer)

    def declare(self) -> None:
        """Audit by the second person, send, let the rehearsal customs answer, take the receipts."""
        document = self.engine.catalogue.document("bonded_note")
        with self.engine.acting(self.auditor) as act:
            ids = [row.id for row in act.facts.find(document.header, state="DRAFT")]
            for note_id in ids:
                records.move(act, document, note_id, "audit")
        self.say(f"5 已审核核注清单 {len(ids)} 份（审核人 {self.auditor.name}）")
        with self.engine.acting(self.clerk) as act:
            sending.order(act, document, ids)
        result = sending.hand_over(self.engine, self.clerk)
        self.say(f"6 已交给演练客户端目录 {result.handed} 份报文（INV101，zip）")
        received = receive(self.engine, self.clerk)
        self.say(f"7 演练海关已答复，处理回执 {received.applied} 份，待查 {received.quarantined} 份")
        with self.engine.acting(self.clerk) as act:
            notes = act.facts.find(document.header)
            approved = sum(note.state == "APPROVED" for note in notes)
            posted = sum(note.writeoff_mark == "2" for note in notes)
        self.say(f"    已审批 {approved} 份，已核扣 {posted} 份")

    def show_balances(self) -> None:
        """Print report 1 at the cut-off dates and explain one balance down to its workbook cells."""
        report = self.engine.catalogue.report("material_status")
        names = [column.key for column in report.columns]
        shown = ("item_no", "name", "unit", "opening", "in_out", "consumed", "balance")
        titles = {column.key: column.title for column in report.columns}
        for day in CUT_OFFS:
            options = read_options(report.options, {"date_to": day.isoformat()})
            with self.engine.acting(self.clerk) as act:
                table = reporting.run_at_once(act, report, options)
            self.say(f"8 {report.title}，截至 {day}")
            self.say("    " + " | ".join(titles[key] for key in shown))
            for row in table.rows:
                values = dict(zip(names, row.values, strict=True))
                self.say("    " + " | ".join(_text(values[key]) for key in shown))
        options = read_options(report.options, {"date_to": CUT_OFFS[0].isoformat()})
        with self.engine.acting(self.clerk) as act:
            explanation = reporting.explain(act, report, options, "13", "balance")
        self.say("9 料件 13 账面结余的来历")
        self.say(explanation.as_text(2))


def _text(value: Any) -> str:
    return plain(value) if hasattr(value, "as_tuple") else str(value if value is not None else "")
