"""The clerk's path through the command line: the same calls, exit codes and streams of interchange 2."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from bondesk import __main__, cli, demo
from bondesk.adapters.excel.reader import read_workbook
from bondesk.adapters.rehearsal import mark_rehearsal
from bondesk.settings import Home, carried

DEMO = carried("resources") / "demo"


class Shell:
    """Runs commands on one data folder and keeps what they wrote."""

    def __init__(self, home: Path, capture: pytest.CaptureFixture[str]) -> None:
        self.home, self._capture = home, capture

    def __call__(self, *words: object, expect: int = 0) -> str:
        """Run one command; return standard output."""
        self._capture.readouterr()
        code = cli.main(["--home", str(self.home), *(str(word) for word in words)])
        said = self._capture.readouterr()
        self.messages = said.err
        assert code == expect, said.err
        assert "Traceback" not in said.out + said.err
        return said.out


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell with the password in the environment."""
    monkeypatch.setenv("BONDESK_PASSWORD", "secret-1")
    return Shell(tmp_path / "home", capsys)


def test_from_an_empty_folder_to_an_explained_balance(shell: Shell, tmp_path: Path) -> None:
    shell("init")
    assert "管理员 admin" in shell.messages
    client = tmp_path / "client"
    for box in ("OutBox", "InBox"):
        (client / "Nems" / box).mkdir(parents=True)
    mark_rehearsal(client)
    home = Home(shell.home)
    home.write(home.read().model_copy(update={"gateway_root": str(client), "demo": True}))
    for key, name in demo.WORKBOOKS:
        assert shell("import", key, DEMO / name).startswith("已导入")
    assert "新增单损耗版本 2 个" in shell("run", "generate_unit_consumption", "--set", "merge=1")
    links = tmp_path / "answers.json"
    links.write_text(json.dumps({"documents": ["IM2401001", "IM2401002"]}), encoding="utf-8")
    options = ("--set", "ie_flag=I", "--set", "date_by_document=1", "--answers", links)
    assert "核注清单 2 份" in shell("run", "generate_notes", *options)
    listed = list(csv.DictReader(io.StringIO(shell("list", "bonded_note", "--where", "ie_flag=进口"))))
    numbers = sorted(row["企业内部清单编号"] for row in listed)
    assert numbers == ["I2401080001", "I2401080002"]
    assert "已审核" in shell("audit", "bonded_note", *numbers)
    assert "暂存草稿" in shell("unaudit", "bonded_note", numbers[1])
    assert "已审核" in shell("audit", "bonded_note", numbers[1])
    _send_needs_the_enterprise(shell)
    assert "已交给单一窗口客户端 2 份" in shell("send", "bonded_note")
    assert "已交给单一窗口客户端 0 份" in shell("send")
    assert "已处理回执 8 份，待查 0 份" in shell("receive")
    assert "已处理回执 0 份" in shell("receive")
    notes = json.loads(shell("list", "bonded_note", "--format", "json"))
    assert {note["state"] for note in notes} == {"APPROVED"}
    _reports(shell, tmp_path)
    shell("check")
    assert "bonded_note" in shell("describe")
    assert "message\tINV101" in shell("describe", "bonded_note")
    assert "account" in shell("describe", "material_status") or "record_no" in shell("describe", "material_status")


def _send_needs_the_enterprise(shell: Shell) -> None:
    """Without 企业基本信息 nothing is handed over and every missing element is named at once."""
    shell("send", "bonded_note", expect=1)
    assert "BizopEtpsSccd" in shell.messages
    assert "OperCusRegCode" in shell.messages
    from bondesk.app import open_engine
    from bondesk.areas.setup.company import Company
    from bondesk.engine.engine import SYSTEM

    engine = open_engine(Home(shell.home))
    with engine.acting(SYSTEM) as act:
        company = act.facts.one(Company)
        assert company is not None
        company.customs_code, company.credit_code, company.name = (
            "441994Z001",
            "91441900MA5CL0001Q",
            "东莞澄岚电子有限公司",
        )
    engine.store.dispose()


def _reports(shell: Shell, tmp_path: Path) -> None:
    rows = json.loads(shell("report", "material_status", "--set", "date_to=2024-01-31", "--format", "json"))
    first = next(row for row in rows if row["row"] == "1")
    assert (first["balance"], first["direct_import"]) == ("794", "794")
    table = list(csv.reader(io.StringIO(shell("report", "material_status"))))
    assert table[0][:2] == ["备案号", "备案序号"]
    out = tmp_path / "status.xlsx"
    shell("report", "material_status", "--format", "xlsx", "--out", out)
    book = read_workbook(out)
    assert book.sheets[0].rows[0][0] == "备案号"
    why = shell("explain", "material_status", "1", "balance")
    assert "794.00000 千个" in why
    assert "source_document_import.xlsx" in why
    shell("explain", "material_status", "99", "balance", expect=1)
    template = tmp_path / "part.xlsx"
    shell("template", "part", "--out", template)
    assert "料号*" in read_workbook(template).sheets[0].rows[0]


def test_wrong_calls_and_refusals_have_their_exit_codes(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell("list", "part", expect=2)
    shell("init")
    shell("init", expect=1)
    assert "已有用户" in shell.messages
    shell("list", "nothing", expect=2)
    shell("list", "part", "--where", "nonsense=1", expect=2)
    shell("list", "part", "--where", "no-equals", expect=2)
    shell("frobnicate", expect=2)
    shell("run", "generate_notes", "--set", "merge=SOME", expect=2)
    shell("audit", "exchange_rate", "USD/xx", expect=1)
    shell("--connection", "none", "list", "part", expect=2)
    shell("import", "part", "missing.xlsx", expect=2)
    shell("send", expect=3)
    monkeypatch.setenv("BONDESK_PASSWORD", "wrong-1")
    shell("list", "part", expect=1)
    assert "用户账号或密码不正确" in shell.messages


def test_findings_go_to_standard_error_with_sheet_row_and_code(shell: Shell, tmp_path: Path) -> None:
    shell("init")
    bad = tmp_path / "bad.xlsx"
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["币制*", "日期*", "汇率*"])
    sheet.append(["USD", "2024-02-30", 7.1])
    sheet.append(["XXX", "2024-02-01", "x"])
    book.save(bad)
    assert shell("import", "exchange_rate", bad, expect=1) == ""
    for expected in ("[IMP-02] 工作表「Sheet」第2行「日期」", "[NOTE-15] 工作表「Sheet」第3行「币制」", "[IMP-07]"):
        assert expected in shell.messages
    assert shell("list", "exchange_rate").count("\n") == 1


def test_demo_headless_prints_every_step(shell: Shell) -> None:
    said = shell("demo", "--headless")
    assert "145 份，表体 627 项" in said
    assert "料件 13 账面结余 = 7331.27205 块" in said
    shell("demo", "--headless")


def test_demo_refuses_a_folder_with_other_data(shell: Shell) -> None:
    shell("init")
    shell("demo", "--headless", expect=1)
    assert "已有别的数据" in shell.messages


def test_the_start_knows_every_command() -> None:
    """Behind ``--home`` a command is still a command, not the window."""
    assert set(cli._COMMANDS) <= __main__._VERBS
