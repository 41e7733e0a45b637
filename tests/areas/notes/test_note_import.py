"""直接导入核注清单草单: a whole note from a workbook; a name customs does not know is told with its cell and what is near."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bondesk.areas.notes.bonded_note import NOTE_HEADINGS, NOTE_LINE_HEADINGS
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.base.errors import Refused
from bondesk.base.findings import Finding, errors_in
from bondesk.engine import records
from builders.office import Office
from builders.source_lines import book


def sheets(note: BondedNote, head: dict[str, Any], first_line: dict[str, Any]) -> dict[str, list[list[Any]]]:
    """Write a note as its workbook, some cells otherwise (by heading)."""
    heads = [one.text for one in NOTE_HEADINGS]
    titles = [one.text for one in NOTE_LINE_HEADINGS]
    values = {one.text: getattr(note, one.attribute.key) for one in NOTE_HEADINGS}
    values |= {"企业内部清单编号": "NEW-1", "清单编号": "", "预录入统一编号": "", **head}
    rows = [[values[text] for text in heads]]
    lines = []
    for line in note.lines:
        cells = {one.text: getattr(line, one.attribute.key) for one in NOTE_LINE_HEADINGS}
        lines.append(["NEW-1", *({**cells, **(first_line if not lines else {})}[text] for text in titles)])
    return {"表头": [heads, *rows], "表体": [["企业内部清单编号", *titles], *lines]}


def imported(office: Office, tmp_path: Path, head: dict[str, Any], line: dict[str, Any]) -> list[Finding]:
    """Import a copy of a generated note; return the errors."""
    (number,) = office.notes("IM2401001")
    try:
        office.bring("bonded_note", book(tmp_path, sheets(office.note(number), head, line)))
    except Refused as refusal:
        return list(errors_in(refusal.findings))
    return []


def test_a_whole_note_comes_in_as_a_draft_with_its_texts_cleaned(factory_office: Office, tmp_path: Path) -> None:
    head = {"备注": "　全角　空格 & <尖括号> ]]>　", "进出境关别": "埔开发区"}
    assert imported(factory_office, tmp_path, head, {"币制": "日本元"}) == []
    note = factory_office.note("NEW-1")
    assert (note.state, note.entry_exit_customs, note.lines[0].currency) == ("DRAFT", "5208", "JPY")
    assert note.remark == "全角　空格 & <尖括号> ]]>"
    assert len(note.lines) == 6
    factory_office.audit(["NEW-1"])
    with factory_office.act() as act:
        assert not errors_in(records.stored_findings(act, factory_office.document("bonded_note"), note))


@pytest.mark.parametrize(
    ("head", "line", "place", "near"),
    [
        ({}, {"申报单位": "平方迷"}, ("表体", 2, "申报单位"), "平方米"),
        ({}, {"币制": "美园"}, ("表体", 2, "币制"), "美元"),
        ({}, {"原产国": "日夲"}, ("表体", 2, "原产国"), "日本"),
        ({"监管方式": "进料对囗"}, {}, ("表头", 2, "监管方式"), "进料对口"),
        ({"运输方式": "水路运翰"}, {}, ("表头", 2, "运输方式"), "水路运输"),
    ],
)
def test_a_name_customs_does_not_know_is_told_with_its_cell_and_what_is_near(
    factory_office: Office,
    tmp_path: Path,
    head: dict[str, Any],
    line: dict[str, Any],
    place: tuple[str, int, str],
    near: str,
) -> None:
    found = [one for one in imported(factory_office, tmp_path, head, line) if one.code in {"NOTE-15", "MAP-12"}]
    assert found
    assert found[0].place is not None
    assert (found[0].place.sheet, found[0].place.row, found[0].place.column.rstrip("*")) == place
    text = next(iter({**head, **line}.values()))
    assert text in found[0].text
    assert near in found[0].text
    with factory_office.act() as act:
        assert not act.facts.find(BondedNote, internal_no="NEW-1"), "nothing of the file is stored"
