"""Update packages: what is tampered with is refused, what is right is applied whole, once, and written down."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from bondesk.adapters.parameter_folder import ParameterFolder
from bondesk.adapters.parameter_zip import read_package
from bondesk.app import load_codes, open_engine
from bondesk.areas.codes.code_release import CodeChange, CodeRelease
from bondesk.areas.codes.customs_code import CustomsCode
from bondesk.areas.codes.hs_code import HsCode
from bondesk.areas.codes.loading import load_table
from bondesk.base.errors import OutsideFailure, Refused
from bondesk.cli import main
from bondesk.engine.engine import SYSTEM
from builders.office import Office
from builders.parameter_packages import DELTA, PUBLIC, key_folder, package, trusting, update_codes

WHOLE_V1 = "code,name,valid_from,valid_to\nA,甲,2000-01-01,\nB,乙,2000-01-01,\n"
WHOLE_V2 = "code,name,valid_from,valid_to\nA,甲新,2000-01-01,\nC,丙,2025-02-01,\n"


def altered(content: bytes, changes: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        members = {name: source.read(name) for name in source.namelist()}
        for name, text in (members | changes).items():
            target.writestr(name, text)
    return out.getvalue()


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return key_folder(tmp_path / "keys")


GOOD = package({"trial": WHOLE_V1})
MANIFEST = zipfile.ZipFile(io.BytesIO(GOOD)).read("manifest.json")


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"no zip", "CODES-01", "zip"),
        (GOOD[: len(GOOD) // 2], "CODES-01", "zip"),
        (altered(GOOD, {"trial.csv": WHOLE_V2.encode()}), "CODES-01", "trial.csv"),
        (altered(GOOD, {"other.csv": b"x"}), "CODES-01", "other.csv"),
        (altered(GOOD, {"../evil.csv": b"x"}), "CODES-01", "evil"),
        (altered(GOOD, {"bomb.csv": b"0" * 3_000_000}), "CODES-01", "过大"),
        (altered(GOOD, {"manifest.json": MANIFEST.replace(b"2025.01", b"2025.09")}), "CODES-03", "签名"),
        (altered(GOOD, {"manifest.sig": bytes(64)}), "CODES-03", "签名"),
        (package({"trial": WHOLE_V1}, key="stranger"), "CODES-02", "stranger"),
        (package({"trial": WHOLE_V1}, requires="999"), "CODES-04", "999"),
        (package({"trial": DELTA + "A,甲,2000-01-01,,delete\n"}), "CODES-05", "第 2 行"),
        (package({"trial": WHOLE_V1 + "D,丁,2025-13-01,\n"}), "CODES-06", "第 4 行 valid_from 列"),
        (package({"trial": WHOLE_V1 + "D,丁\n"}), "CODES-06", "第 4 行"),
        (package({"trial": WHOLE_V1 + "A,甲,2000-01-01,\n"}), "CODES-06", "重复"),
        (package({"trial": DELTA + "A,甲,2000-01-01,,close\n"}), "CODES-06", "valid_to"),
        (package({"hs_code": WHOLE_V1}), "CODES-06", "legal_unit1"),
    ],
)
def test_what_is_wrong_is_refused_with_its_reason(content: bytes, code: str, words: str) -> None:
    with pytest.raises(Refused, match=words) as refusal:
        read_package(content, {"test": PUBLIC}, "0.1.0")
    assert refusal.value.findings[0].code == code


def test_keys_may_change_hands() -> None:
    """While two keys are trusted the publisher goes from one to the other; a damaged one is the program's fault."""
    trusted = {"test": PUBLIC, "next": PUBLIC}
    for key in trusted:
        assert read_package(package({"trial": WHOLE_V1}, key=key), trusted, "0.1.0").signer == key
    with pytest.raises(OutsideFailure, match="重新安装"):
        read_package(GOOD, {"test": b"no key"}, "0.1.0")


def state(office: Office) -> dict[tuple[str, str], tuple[str, str]]:
    with office.act(SYSTEM) as act:
        rows = act.session.scalars(select(CustomsCode).filter_by(table_name="trial"))
        return {(r.code, str(r.valid_from)): (r.name, str(r.valid_to or "")) for r in rows}


def test_a_whole_table_closes_what_is_gone_and_twice_changes_nothing(codes_office: Office, keys: Path) -> None:
    engine = codes_office.engine
    assert update_codes(engine, GOOD, keys) == ("2025.01", {"trial": {"add": 2}})
    before = state(codes_office)
    assert update_codes(engine, GOOD, keys) == ("2025.01", {})
    assert state(codes_office) == before
    second = package({"trial": WHOLE_V2}, "2025.02")
    assert update_codes(engine, second, keys)[1] == {"trial": {"change": 1, "add": 1, "close": 1}}
    assert state(codes_office) == {
        ("A", "2000-01-01"): ("甲新", ""),
        ("B", "2000-01-01"): ("乙", "2025-01-31"),
        ("C", "2025-02-01"): ("丙", ""),
    }
    with pytest.raises(Refused, match="CODES-07"):
        update_codes(engine, GOOD, keys)
    with codes_office.act(SYSTEM) as act:
        told = act.session.scalars(select(CodeChange).filter_by(version="2025.02", code="A")).one()
        assert (told.change, told.before, told.after) == ("change", {"name": "甲"}, {"name": "甲新"})


def test_a_delta_says_the_same_as_the_whole_table(codes_office: Office, keys: Path) -> None:
    update_codes(codes_office.engine, GOOD, keys)
    rows = "A,甲新,2000-01-01,,change\nB,乙,2000-01-01,2025-01-31,close\nC,丙,2025-02-01,,add\n"
    update_codes(codes_office.engine, package({"trial": DELTA + rows}, "2025.02"), keys)
    assert state(codes_office)[("B", "2000-01-01")] == ("乙", "2025-01-31")
    assert state(codes_office)[("A", "2000-01-01")] == ("甲新", "")
    assert ("C", "2025-02-01") in state(codes_office)


def test_a_later_period_is_a_new_row_and_ends_the_one_before(codes_office: Office, keys: Path) -> None:
    update_codes(codes_office.engine, GOOD, keys)
    update_codes(codes_office.engine, package({"trial": DELTA + "A,甲二,2025-03-01,,add\n"}, "2025.02"), keys)
    assert state(codes_office)[("A", "2000-01-01")] == ("甲", "2025-02-28")
    assert state(codes_office)[("A", "2025-03-01")] == ("甲二", "")


def test_columns_a_package_does_not_have_keep_what_they_hold(codes_office: Office, keys: Path) -> None:
    changes = "USA,美利坚合众国,2000-01-01,,change\nCHN,中华人民共和国,2025-03-01,,add\n"
    update_codes(codes_office.engine, package({"country": DELTA + changes}), keys)
    with codes_office.act(SYSTEM) as act:
        usa, china = (
            act.session.scalars(select(CustomsCode).filter_by(table_name="country", name=name)).one()
            for name in ("美利坚合众国", "中华人民共和国")
        )
        assert (usa.details["old_code"], usa.confidence) == ("502", "high")
        assert (china.details["old_code"], china.confidence, china.valid_to) == ("142", "high", None)
        told = act.session.scalars(select(CodeChange).filter_by(code="USA")).one()
        assert (told.old, told.new) == ("名称：美国", "名称：美利坚合众国")


def test_the_carried_tables_stay_away_from_a_newer_release(codes_office: Office, keys: Path) -> None:
    update_codes(codes_office.engine, package({"country": DELTA + "USA,美利坚合众国,2000-01-01,,change\n"}), keys)
    assert set(load_codes(codes_office.engine).values()) == {0}
    with codes_office.act(SYSTEM) as act:
        assert act.codebook.name("country", "USA") == "美利坚合众国"


def test_a_newer_program_brings_its_tables_when_it_opens_an_older_database(codes_office: Office) -> None:
    with codes_office.act(SYSTEM) as act:
        act.session.execute(delete(CodeRelease))
        act.session.execute(update(CustomsCode).where(CustomsCode.code == "USA").values(name="旧名"))
    codes_office.close()
    engine = open_engine(codes_office.home)
    with engine.acting(SYSTEM) as act:
        assert act.codebook.name("country", "USA") == "美国"
        assert len(act.session.scalars(select(CodeRelease)).all()) == 1
    engine.store.dispose()


def test_a_code_no_longer_carried_ends(codes_office: Office) -> None:
    rows = [{"code": code, "name": code, "valid_from": "2000-01-01"} for code in "AB"]
    with codes_office.act(SYSTEM) as act:
        load_table(act.session, "trial", rows, date(2024, 11, 30))
        assert load_table(act.session, "trial", rows[:1], date(2024, 12, 31)).closed == 1
        assert load_table(act.session, "trial", rows[:1], date(2024, 12, 31)).closed == 0
    assert state(codes_office)[("B", "2000-01-01")] == ("B", "2024-12-31")
    assert state(codes_office)[("A", "2000-01-01")] == ("A", "")


def test_a_new_period_of_a_commodity_code(codes_office: Office, keys: Path) -> None:
    header = DELTA.strip() + ",legal_unit1,legal_unit2,supervision_condition,declaration_elements\n"
    with codes_office.act(SYSTEM) as act:
        code = act.session.scalars(select(HsCode.hs_code).order_by(HsCode.hs_code)).first()
    update_codes(
        codes_office.engine, package({"hs_code": header + f"{code},新名,2025-03-01,,add,035,,A,0:用途\n"}), keys
    )
    with codes_office.act(SYSTEM) as act:
        old, new = act.session.scalars(select(HsCode).filter_by(hs_code=code).order_by(HsCode.valid_from))
        assert (str(old.valid_to), new.name, new.valid_to, new.supervision_condition) == (
            "2025-02-28",
            "新名",
            None,
            "A",
        )
        ended = act.session.scalars(select(CodeChange).filter_by(code=code, change="close")).one()
        assert ended.new == "失效日期：2025-02-28"


def test_a_refused_package_leaves_nothing(codes_office: Office, keys: Path) -> None:
    bad = package({"trial": WHOLE_V1, "trial_two": DELTA + "X,无,2000-01-01,2025-01-01,close\n"})
    with pytest.raises(Refused, match="CODES-08"):
        update_codes(codes_office.engine, bad, keys)
    assert state(codes_office) == {}
    with codes_office.act(SYSTEM) as act:
        assert [release.notes for release in act.session.scalars(select(CodeRelease))] == ["随程序带来的参数"]


_KILLED = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import event
sys.path.insert(0, sys.argv[5])
from builders.parameter_packages import silent, trusting
from bondesk.app import open_engine
from bondesk.engine import code_updating
from bondesk.settings import Home
engine = trusting(open_engine(Home(Path(sys.argv[1]))), Path(sys.argv[3]))
prepared = code_updating.prepare(engine, Path(sys.argv[2]).read_bytes(), silent)
left = int(sys.argv[4])
def one(*_args, **_more):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
event.listen(engine.store.sql, "before_cursor_execute", one)
event.listen(engine.store.sql, "commit", one)
code_updating.apply(engine, prepared, silent)
"""


TESTS = str(Path(__file__).resolve().parents[1])


@pytest.mark.parametrize("moment", [4, 7])
def test_killed_in_between_leaves_nothing(codes_office: Office, keys: Path, tmp_path: Path, moment: int) -> None:
    file = tmp_path / "package.zip"
    file.write_bytes(package({"trial": WHOLE_V1, "trial_two": WHOLE_V2}))
    words = [sys.executable, "-c", _KILLED, str(codes_office.home.path), str(file), str(keys), str(moment), TESTS]
    assert subprocess.run(words, check=False, env=dict(os.environ)).returncode == -signal.SIGKILL
    assert state(codes_office) == {}
    assert update_codes(codes_office.engine, file.read_bytes(), keys)[1]["trial"] == {"add": 2}


def test_the_newest_file_counts_by_number(tmp_path: Path) -> None:
    for name in ("bondesk-codes-2025.9.zip", "bondesk-codes-2025.10.zip", "bondesk-codes-x.zip"):
        (tmp_path / name).write_bytes(b"")
    newest = ParameterFolder(tmp_path).newest()
    assert newest is not None
    assert (newest.file, newest.version) == ("bondesk-codes-2025.10.zip", "2025.10")


def test_the_command_line_applies_without_a_login(codes_office: Office, tmp_path: Path) -> None:
    file = tmp_path / "package.zip"
    file.write_bytes(GOOD)
    words = [sys.executable, "-m", "bondesk", "--home", str(codes_office.home.path), "update-codes", str(file)]
    done = subprocess.run(words, check=False, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 1
    assert "CODES-02" in done.stdout + done.stderr
    assert json.loads(MANIFEST)["key"] == "test"


def test_the_command_line_tells_what_changed(
    codes_office: Office,
    keys: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    trusted = trusting(codes_office.engine, keys)
    monkeypatch.setattr("bondesk.cli.open_engine", lambda *_args: trusted)
    file = tmp_path / "package.zip"
    file.write_bytes(package({"currency": DELTA + "USD,美金,2000-01-01,,change\n"}))
    words = ["--home", str(codes_office.home.path), "update-codes", str(file)]
    assert main(words) == 0
    assert "币制 新增 0，修改 1，停用 0" in capsys.readouterr().out
    assert main(words) == 0
    assert "已经安装" in capsys.readouterr().out
