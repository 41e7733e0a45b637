"""The command line over a company that is at work: who may not, what is away, and where each word goes."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest

from bondesk import cli
from bondesk.areas.setup.company import Company
from bondesk.engine.engine import SYSTEM
from bondesk.settings import Home
from builders.office import PASSWORD, Office


class Shell:
    """Runs commands as one user and keeps both streams apart."""

    def __init__(self, home: Path, capture: pytest.CaptureFixture[str]) -> None:
        """Work on a data folder."""
        self.home, self._capture = home, capture
        self.said = ""

    def __call__(self, user: str, *words: object, expect: int = 0) -> str:
        """Run a command; return its data, keep its messages."""
        self._capture.readouterr()
        code = cli.main(["--home", str(self.home), "--user", user, *map(str, words)])
        out, self.said = self._capture.readouterr()
        assert code == expect, f"{code}: {self.said}"
        assert "Traceback" not in out + self.said
        assert expect == 0 or out == "", f"a refusal wrote data: {out}"
        return out


@pytest.fixture
def shell(factory_office: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A shell on the demo company's data with one draft note."""
    monkeypatch.setenv("BONDESK_PASSWORD", PASSWORD)
    factory_office.notes("IM2401001")
    return Shell(factory_office.home.path, capsys)


NOTE = "I2401080001"


def test_the_creator_does_not_audit(shell: Shell, factory_office: Office) -> None:
    """AUD-01 with the parameter on, exit 1, and the note stays a draft; the second person audits."""
    with factory_office.act(SYSTEM) as act:
        company = act.facts.one(Company)
        assert company is not None
        company.reviewer_not_creator = True
    shell("zhidan", "audit", "bonded_note", NOTE, expect=1)
    assert "[AUD-01]" in shell.said
    assert json.loads(shell("zhidan", "list", "bonded_note", "--format", "json"))[0]["state"] == "DRAFT"
    assert shell("shenhe", "audit", "bonded_note", NOTE) == f"{NOTE} 已审核\n"


def test_one_wrong_number_audits_none(shell: Shell, factory_office: Office) -> None:
    """Several numbers are one act."""
    cli_code = cli.main(["--home", str(shell.home), "--user", "shenhe", "audit", "bonded_note", NOTE, "NO-SUCH"])
    assert cli_code == 1
    assert factory_office.note(NOTE).state == "DRAFT"


def test_the_client_is_away(shell: Shell, factory_office: Office) -> None:
    """Exit 3 with the folder's name; the note waits; when the folder is back it goes out, once."""
    shell("shenhe", "audit", "bonded_note", NOTE)
    box = factory_office.client / "OutBox"
    shutil.rmtree(box)
    assert cli.main(["--home", str(shell.home), "--user", "zhidan", "send", "bonded_note", NOTE]) == 3
    assert factory_office.note(NOTE).state == "SENDING"
    box.mkdir()
    assert "1 份" in shell("zhidan", "send")
    assert "0 份" in shell("zhidan", "send")
    assert len(list(box.iterdir())) == 1


def test_checks_say_what_does_not_hold(shell: Shell, factory_office: Office) -> None:
    """Exit 1 with a code and a sentence when something is wrong, exit 0 when all is well."""
    assert "问题 0 个" in shell("zhidan", "check")
    (factory_office.client / "InBox" / "x.xml").write_text("<Package></Package>", encoding="utf-8")
    assert "待查 1 份" in shell("zhidan", "receive")
    assert cli.main(["--home", str(shell.home), "--user", "zhidan", "check"]) == 1


@pytest.mark.parametrize(
    "answers",
    [
        "not json",
        "[1]",
        '{"documents": ["NO-SUCH"]}',
        '{"amounts": [1]}',
        '{"amounts": {"NO-SUCH/1": "1"}}',
        '{"amounts": {"*": "many"}}',
    ],
)
def test_answers_that_do_not_fit(shell: Shell, tmp_path: Path, answers: str) -> None:
    """A wrong answers file is a wrong call, and nothing is generated."""
    path = tmp_path / "answers.json"
    path.write_text(answers, encoding="utf-8")
    shell("zhidan", "run", "generate_notes", "--answers", path, expect=2)
    assert len(json.loads(shell("zhidan", "list", "bonded_note", "--format", "json"))) == 1


def test_amounts_are_answered_by_row_and_the_others_by_a_star(
    shell: Shell, factory_office: Office, tmp_path: Path
) -> None:
    """``{"amounts": {row: quantity, "*": 0}}`` takes of the named rows only; more than is left is refused."""
    path = tmp_path / "answers.json"
    one = ("zhidan", "run", "generate_notes", "--set", "document_no=IM2401002", "--answers", path)
    path.write_text('{"amounts": {"IM2401002/1": "100000000", "*": "0"}}', encoding="utf-8")
    shell(*one, expect=1)
    assert "[DEC-08] IM2401002/1：生成数量 100000000 超过可用的" in shell.said
    path.write_text('{"amounts": {"IM2401002/1": "1.5", "*": "0"}}', encoding="utf-8")
    assert "核注清单 1 份，表体 1 项" in shell(*one)
    usage = list(
        csv.DictReader(io.StringIO(shell("zhidan", "report", "source_usage", "--set", "document_no=IM2401002")))
    )
    assert [row["生成清单数量"] for row in usage][:2] == ["1.5", "0"]


def test_csv_is_data_only(shell: Shell) -> None:
    """Headings, one line per document, numbers exact, nothing a spreadsheet would run."""
    rows = list(csv.DictReader(io.StringIO(shell("zhidan", "list", "part", "--where", "goods_kind=I"))))
    assert len(rows) > 40
    assert shell.said == ""
    assert not any(cell[:1] in {"=", "+", "@"} for row in rows for cell in row.values())


def test_conditions_take_signs_and_all_must_hold(shell: Shell) -> None:
    """What the list's filters can ask, ``--where`` can ask; two conditions on one field narrow it."""

    def parts(*words: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(shell("zhidan", "list", "part", "--where", *words))))

    every = {row["料号"] for row in parts("part_no!=")}
    between = {row["料号"] for row in parts("part_no>=C", "part_no<D")}
    assert between == {number for number in every if "C" <= number < "D"}
    assert 0 < len(between) < len(every)
    found = {row["料号"] for row in parts("name~电源")}
    assert found
    assert found == every - {row["料号"] for row in parts("name!~电源")}


def test_report_formats_agree(shell: Shell, tmp_path: Path) -> None:
    """CSV and JSON hold the same figures; a file is written without touching standard output."""
    data = json.loads(shell("zhidan", "report", "material_status", "--format", "json"))
    table = list(csv.reader(io.StringIO(shell("zhidan", "report", "material_status"))))
    assert [row["item_no"] for row in data] == [row[1] for row in table[1:-1]]
    assert table[-1][0] == "合计"
    out = tmp_path / "r.csv"
    assert shell("zhidan", "report", "material_status", "--out", out) == ""
    assert list(csv.reader(out.open(encoding="utf-8", newline=""))) == table
    shell("zhidan", "report", "material_status", "--format", "xlsx", expect=2)


def test_unknown_people_and_places(shell: Shell) -> None:
    """Wrong user, connection, number, report and cell have their exit codes."""
    shell("nobody", "list", "part", expect=1)
    shell("zhidan", "--connection", "云端", "list", "part", expect=2)
    shell("zhidan", "audit", "bonded_note", "NO-SUCH", expect=1)
    shell("zhidan", "report", "nothing", expect=2)
    shell("zhidan", "explain", "material_status", "1", "hs_code", expect=1)
    shell("zhidan", "template", "company", "--out", shell.home / "x.xlsx", expect=1)
    shell("zhidan", "send", "part", expect=2)
    shell("zhidan", expect=2)


@pytest.mark.parametrize(("words", "opened"), [(["--home", "x"], "x"), (["--home=x"], "x"), ([], "from-environment")])
def test_without_a_command_the_window_opens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], opened: str
) -> None:
    """The window opens on the data folder that is named, in either way of writing it."""
    from bondesk import __main__, window

    seen: list[Path] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BONDESK_HOME", str(tmp_path / "from-environment"))
    monkeypatch.setattr("sys.argv", ["bondesk", *words])

    def run_window(home: Home) -> int:
        seen.append(home.path)
        return 0

    monkeypatch.setattr(window, "run_window", run_window)
    assert __main__.main() == 0
    assert seen == [tmp_path / opened]
