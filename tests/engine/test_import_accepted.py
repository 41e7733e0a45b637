"""只导入无误的单据: a document is all of its rows or none; what is left out comes back with its reasons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from bondesk.areas.codes.partner import Partner
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.areas.notes.source_document import SourceDocument
from bondesk.base.errors import Refused
from bondesk.base.findings import errors_in
from bondesk.base.steps import Outcome, play
from bondesk.engine.importing import import_steps
from builders.homes import read
from builders.office import DEMO, Office, dump_hash
from builders.source_lines import HEADS, book, lines


def accept(office: Office, key: str, path: Path, refused_to: Path | None = None) -> Outcome:
    """Import only what is sound."""
    with office.act() as act:
        return play(import_steps(act, office.document(key), path, accepted_only=True, refused_to=refused_to))


def stored(office: Office) -> list[str]:
    """Numbers of source documents with how many lines each has."""
    return sorted(read(office.engine, SourceDocument, lambda one: f"{one.document_no}:{len(one.lines)}"))


#: file | documents stored | Excel rows left out
TABLE: dict[str, tuple[str, list[str], list[int]]] = {
    "all sound": ("A 1\nA 2\nB 1", ["A:2", "B:1"], []),
    "a broken line refuses its document": ("A 1\nA 2 数量=abc\nB 1", ["B:1"], [2, 3]),
    "a rule refuses its document": ("A 1\nA 2\nB 1 料号=NO-SUCH\nB 2", ["A:2"], [4, 5]),
    "a broken head value": ("A 1 单据日期=2024-02-30\nA 2\nB 1", ["B:1"], [2, 3]),
    "rows that disagree on the head": ("A 1\nA 2 监管方式=0700\nB 1", ["B:1"], [2, 3]),
    "rows of one document apart": ("A 1\nB 1\nA 2 数量=abc", ["B:1"], [2, 4]),
    "a row without a number may belong to its neighbours": (
        "A 1\nA 2\nB 1\nB 2 单据号=\nC 1\nD 1",
        ["A:2", "D:1"],
        [4, 5, 6],
    ),
}


@pytest.mark.parametrize("name", TABLE)
def test_documents_with_lines(masters_office: Office, tmp_path: Path, name: str) -> None:
    """What is stored and what comes back make up the file."""
    notation, wanted, left_out = TABLE[name]
    rows = lines(notation)
    target = tmp_path / "未导入的行.xlsx"
    outcome = accept(masters_office, "source_document", book(tmp_path, {"单证": rows}), target)
    assert stored(masters_office) == wanted
    assert bool(errors_in(outcome.findings)) == bool(left_out)
    if left_out:
        back = [[cell.value for cell in row] for row in load_workbook(target).worksheets[0].iter_rows()]
        assert back[0] == [*HEADS, "原因"]
        assert [row[0] for row in back[1:]] == [rows[number - 1][0] for number in left_out]
        assert all(row[-1] for row in back)
    assert target.exists() == bool(left_out)


def test_refused_rows_are_mended_and_imported_again(masters_office: Office, tmp_path: Path) -> None:
    """未导入的行 is an import workbook: 原因 is only noted."""
    target = tmp_path / "refused.xlsx"
    path = book(tmp_path, {"单证": lines("A 1\nA 2 数量=abc\nB 1")})
    outcome = accept(masters_office, "source_document", path, target)
    assert "有错误未导入 1 条" in outcome.text
    mended = load_workbook(target)
    sheet = mended.worksheets[0]
    assert [row[-1].value for row in sheet.iter_rows(min_row=2)] == [
        "同一单据的其他行有错误",
        "「数量」不是数字（千分位须每三位一个逗号）",
    ]
    sheet.cell(3, HEADS.index("数量*") + 1).value = 5
    mended.save(target)
    masters_office.bring("source_document", target)
    assert stored(masters_office) == ["A:2", "B:1"]


def test_masters(masters_office: Office, tmp_path: Path) -> None:
    """Sound rows are stored and updated; both rows of a doubled number are left out."""
    rows = [
        ["代码", "名称", "类型"],
        ["S03", "改名公司", "供应商"],
        ["N1", "新公司", "客户"],
        ["N2", "错类型", "朋友"],
        ["N3", "甲", "客户"],
        ["N3", "乙", "客户"],
    ]
    outcome = accept(masters_office, "partner", book(tmp_path, {"商业合作伙伴": rows}))
    names = dict(read(masters_office.engine, Partner, lambda one: (one.code, one.name)))
    assert names["S03"] == "改名公司"
    assert names["N1"] == "新公司"
    assert not {"N2", "N3"} & set(names)
    assert "已导入「商业合作伙伴」2 条" in outcome.text or "2 条" in outcome.text


def test_an_account_is_all_or_nothing(codes_office: Office, tmp_path: Path) -> None:
    """One error in one of its sheets refuses the one book of the file, and nothing is left behind."""
    workbook = load_workbook(DEMO / "account.xlsx")
    sheet = workbook["料件"]
    column = next(i for i, cell in enumerate(sheet[1], 1) if str(cell.value).startswith("备案序号"))
    sheet.cell(sheet.max_row, column).value = "abc"
    path = tmp_path / "account.xlsx"
    workbook.save(path)
    before = dump_hash(codes_office.home)
    with pytest.raises(Refused) as refusal:
        accept(codes_office, "account", path)
    assert [finding.code for finding in errors_in(refusal.value.findings)] == ["IMP-07"]
    assert dump_hash(codes_office.home) == before


def test_a_rule_that_looked_at_a_refused_row_is_asked_again(masters_office: Office, tmp_path: Path) -> None:
    """Rows accepted are checked once more among themselves, so none leans on a row that is left out."""
    rows = lines("A 1 料号=NO-SUCH\nB 1\nC 1 数量=0")
    outcome = accept(masters_office, "source_document", book(tmp_path, {"单证": rows}))
    assert stored(masters_office) == ["B:1"]
    assert len(errors_in(outcome.findings)) == 2


def test_nothing_sound_is_refused_as_a_whole(masters_office: Office, tmp_path: Path) -> None:
    """Without a sound document there is nothing to import."""
    with pytest.raises(Refused):
        accept(masters_office, "source_document", book(tmp_path, {"单证": lines("A 1 数量=abc")}))
    assert stored(masters_office) == []


NOTE_HEADS = "企业内部清单编号* 备案号* 进出口标志* 料件成品标志* 监管方式* 运输方式* 进出境关别* 申报地海关* 启运国 清单申报日期".split()
NOTE_HEAD = ["E52042300A01", "进口", "料件", "0615", "2", "5208", "5204", "JPN", "2024-03-01"]
NOTE_LINES = (
    "企业内部清单编号* 序号* 备案序号* 料号 商品编码* 商品名称* 规格型号 申报单位* 申报数量* 法定单位* 法定数量* "
    "第二法定单位 第二法定数量 币制* 申报总价* 原产国 最终目的国 征免方式*"
).split()
NOTE_LINE = [1, "CAP0402-104K", "8532241000", "片式多层瓷介电容器", "0402", "千个", 100, "千克", 0.12]
NOTE_LINE += ["千个", 100, "JPY", 33333.33, "JPN", "CHN", 3]


def notes(heads: str, rows: str) -> dict[str, list[list[Any]]]:
    """Two sheets: numbers of notes (``N-2/x``: with the supervision mode x); lines ``number line_no quantity``."""
    sheets: dict[str, list[list[Any]]] = {"表头": [NOTE_HEADS], "表体": [NOTE_LINES]}
    for word in heads.split():
        number, _, mode = word.partition("/")
        sheets["表头"].append([number, *NOTE_HEAD[:3], mode or "0615", *NOTE_HEAD[4:]])
    for line in rows.split(","):
        number, line_no, quantity = line.split()
        sheets["表体"].append([number.strip("-") and number, int(line_no), *NOTE_LINE[:6], quantity, *NOTE_LINE[7:]])
    return sheets


#: heads | lines | stored | rows left out of 表头, of 表体
NOTES: dict[str, tuple[str, str, list[str], list[int], list[int]]] = {
    "all sound": ("N1 N2", "N1 1 100,N2 1 100", ["N1:1", "N2:1"], [], []),
    "a line that cannot be read": ("N1 N2", "N1 1 abc,N1 2 100,N2 1 100", ["N2:1"], [2], [2, 3]),
    "a head that cannot be read": ("N1 N2/9Z9Z", "N1 1 100,N2 1 100", ["N1:1"], [3], [3]),
    "a line of no head": ("N1 N2", "N1 1 100,N9 1 100,N2 1 100", ["N1:1", "N2:1"], [], [3]),
    "a line without a number": ("N1 N2 N3", "N1 1 100,- 2 100,N2 1 100,N3 1 100", ["N3:1"], [2, 3], [2, 3, 4]),
}


@pytest.mark.parametrize("name", NOTES)
def test_notes_in_two_sheets(factory_office: Office, tmp_path: Path, name: str) -> None:
    """Heads and lines on their own sheets stand and fall together."""
    heads, rows, wanted, left_heads, left_lines = NOTES[name]
    target = tmp_path / "left.xlsx"
    accept(factory_office, "bonded_note", book(tmp_path, notes(heads, rows)), target)
    got = read(factory_office.engine, BondedNote, lambda one: f"{one.internal_no}:{len(one.lines)}")
    assert sorted(got) == wanted
    if not (left_heads or left_lines):
        assert not target.exists()
        return
    back = load_workbook(target)
    for title, left in (("表头", left_heads), ("表体", left_lines)):
        file_rows = notes(heads, rows)[title]
        given = [row[0].value for row in back[title].iter_rows(min_row=2)]
        assert given == [file_rows[number - 1][0] or None for number in left], title
