"""The carried code tables: sound by themselves, and holding all that the trade's tables beside the repository hold."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from bondesk.adapters.carried_codes import carried_release, carried_tables
from bondesk.settings import carried
from builders.office import SHARED

FOLDER = carried("resources") / "codes"
TABLES = dict(carried_tables(FOLDER))
SPEC = SHARED / "spec" / "codes"
#: Tables of the trade that are carried under another name.
NAMES = {"currency_common": "currency", "hs_sample": "hs_code"}
#: Columns that are carried under another name.
COLUMNS = {"legacy_code": "old_code", "hs_code": "code", "grade": "code"}
#: Tables whose code is put together, because a row of the trade has none of its own, or not a unique one.
BUILT = {
    "enums": lambda row: f"{row['enum']}:{row['code']}",
    "writeoff_flag": lambda row: f"{row['kind']}:{row['code']}",
    "supervision_mode_effect": lambda row: f"{row['mode']}-{row['goods_flag']}-{row['ie_flag']}",
}


def spec_tables() -> list[str]:
    return sorted(path.stem for path in SPEC.glob("*.csv"))


@pytest.mark.parametrize("table", TABLES)
def test_every_code_is_valid_from_a_day_and_there_once_at_a_time(table: str) -> None:
    rows = TABLES[table]
    assert rows
    assert all(row["code"] and row["name"] and date.fromisoformat(row["valid_from"]) for row in rows)
    assert {row["confidence"] for row in rows} <= {"high", "medium", "low", ""}
    twice = Counter((row["code"], row["valid_from"]) for row in rows)
    assert [key for key, count in twice.items() if count > 1] == []


@pytest.mark.parametrize(("table", "least"), [("country", 200), ("currency", 20)])
def test_no_word_stands_for_two_codes(table: str, least: int) -> None:
    """Alpha-3 codes, names, aliases and old numbers of one table are apart, whatever their case."""
    rows = TABLES[table]
    assert all(len(row["code"]) == 3 and row["code"].isupper() for row in rows)
    words: dict[str, set[str]] = {}
    for row in rows:
        told = (row["code"], row["name"], row["old_code"], row.get("alpha2", ""), *row["aliases"].split("|"))
        for word in filter(None, told):
            words.setdefault(word.upper(), set()).add(row["code"])
    assert {word: codes for word, codes in words.items() if len(codes) > 1} == {}
    old = [row["old_code"] for row in rows if row["old_code"]]
    assert len(old) >= least
    assert all(len(code) == 3 and code.isdigit() for code in old)


def test_an_old_number_has_its_own_confidence() -> None:
    for row in TABLES["country"]:
        assert bool(row["old_code"]) == bool(row["old_code_confidence"]), row["code"]


@pytest.mark.parametrize(
    ("code", "old"),
    [("CHN", "142"), ("USA", "502"), ("JPN", "116"), ("DEU", "304"), ("TLS", "144"), ("ERI", "258"), ("FSM", "620")],
)
def test_old_numbers_of_countries(code: str, old: str) -> None:
    assert [row["code"] for row in TABLES["country"] if row["old_code"] == old] == [code]


def test_the_carried_release_is_a_version_from_a_day() -> None:
    version, effective_from = carried_release(FOLDER)
    assert version.replace(".", "").isdigit()
    assert effective_from <= date.today()


@pytest.mark.skipif(not SPEC.is_dir(), reason="the trade's tables are not beside the repository")
def test_every_table_of_the_trade_is_carried() -> None:
    assert {NAMES.get(table, table) for table in spec_tables()} == set(TABLES)


@pytest.mark.skipif(not SPEC.is_dir(), reason="the trade's tables are not beside the repository")
@pytest.mark.parametrize("table", spec_tables())
def test_every_row_and_column_of_the_trade_is_carried(table: str) -> None:
    """What the trade's table says of a code the carried one says too; it may know more where that one is silent."""
    carried_rows = {row["code"]: row for row in TABLES[NAMES.get(table, table)]}
    with (SPEC / f"{table}.csv").open(encoding="utf-8-sig", newline="") as stream:
        given = list(csv.DictReader(stream))
    assert given
    missing, different = [], []
    for number, row in enumerate(given):
        code = _code(table, row, number)
        found = carried_rows.get(code)
        if found is None:
            missing.append(code)
            continue
        for column, value in row.items():
            present = found.get(COLUMNS.get(column, column) if column not in found else column)
            aliases = column == "aliases" and set(filter(None, value.split("|"))) <= set((present or "").split("|"))
            if value and not aliases and present != value and not (column == "code" and table in BUILT):
                different.append((code, column, value, present))
    assert missing == []
    assert different == []


def _code(table: str, row: dict[str, str], number: int) -> str:
    if table in BUILT:
        return BUILT[table](row)
    if table == "declaration_mode_rule":
        return TABLES["declaration_mode_rule"][number]["code"]
    return row[next(column for column in ("code", "hs_code", "grade") if column in row)]


def test_the_release_file_is_read_from_any_folder(tmp_path: Path) -> None:
    (tmp_path / "release.json").write_text('{"version": "1.2", "effective_from": "2024-01-31"}', encoding="utf-8")
    assert carried_release(tmp_path) == ("1.2", date(2024, 1, 31))
