"""Every code the program may say has a source a clerk can look up."""

from __future__ import annotations

import re
from pathlib import Path

from bondesk.base.rule_sources import ELSEWHERE, SOURCES, source_of

SOURCE = Path(__file__).resolve().parents[2] / "src" / "bondesk"
_CODE = re.compile(r'"([A-Z]{2,8}-\d{2}[a-z]?)"')


def codes() -> set[str]:
    """Every literal code in the program."""
    return {code for path in SOURCE.rglob("*.py") for code in _CODE.findall(path.read_text(encoding="utf-8"))}


def test_every_code_has_a_source() -> None:
    found = codes()
    assert {"NOTE-05", "MAP-12", "REQ-01", "FORM-01"} <= found
    assert sorted(code for code in found if not source_of(code)) == []


def test_no_family_is_listed_in_vain() -> None:
    families = {code.partition("-")[0] for code in codes()} | {"CONFLICT", "GONE", "PASTE", "SEND"}
    assert sorted(set(SOURCES) - families) == []
    assert set(ELSEWHERE) <= codes()
