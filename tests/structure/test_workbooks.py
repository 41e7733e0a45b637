"""Every import workbook is the one the interchange promises, and its template is read back by the import."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from bondesk.areas.index import CATALOGUE
from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.readings import heading_key
from bondesk.base.workbooks import SheetPlan
from bondesk.engine import exporting, importing
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.sheet_reading import SheetReader

TEMPLATES = Path(__file__).resolve().parents[2] / "import_templates"
INTERCHANGE = Path(__file__).resolve().parents[3] / "shared" / "spec" / "interchange.md"

with_workbook = pytest.mark.parametrize(
    "document", [d for d in CATALOGUE.documents if d.workbook], ids=lambda document: document.key
)
chinese = re.compile(r"[\u4e00-\u9fff]")


Headings = dict[str, bool]


def headings_in(text: str) -> Headings:
    """Read ``料号* · 单价(元) · 币制*`` as heading → mandatory; explanations in brackets are left out."""
    found = {}
    for part in re.split(r"[·,，]", re.sub(r"[(（][^()（）]*[)）]", "", text)):
        name = part.strip()
        if name:
            found[name.rstrip("*").strip()] = name.endswith("*")
    return found


def sheets_in(cell: str) -> dict[str, Headings]:
    """Read the third column of the interchange table; a workbook of one sheet has the sheet ""."""
    if not cell.startswith("sheet "):
        return {"": headings_in(cell)}
    found: dict[str, Headings] = {}
    if ";" in cell:
        for part in cell.split(";"):
            title, _, rest = part.strip().removeprefix("sheet ").partition(":")
            found[title.strip()] = headings_in(rest)
        return found
    for titles, inside in re.findall(r"sheet ((?:\S+ and sheet )*\S+) \(((?:[^()]|\([^()]*\))*)\)", cell):
        for title in titles.split(" and sheet "):
            found[title] = headings_in(inside.rpartition("内容:")[2])
    return found


def interchange_in(text: str) -> dict[str, dict[str, Headings]]:
    """Read the table of section 1: document key → sheet → heading → mandatory."""
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (.+) \|$", text, re.MULTILINE)
    return {key: sheets_in(cell) for key, cell in rows}


@cache
def interchange() -> Mapping[str, dict[str, Headings]]:
    if not INTERCHANGE.exists():
        pytest.skip("the interchange specification is not beside the repository")
    read = interchange_in(INTERCHANGE.read_text(encoding="utf-8"))
    return {**read, "handbook": like_account(read["account"])}


def like_account(account: dict[str, Headings]) -> dict[str, Headings]:
    """``handbook`` is "as account, 表头 also 进口合同号, 出口合同号, 有效期; 申报数量 mandatory"; a handbook has its own type."""
    head = {text: needed for text, needed in account["表头"].items() if text not in {"账册类型", "结束有效日期"}}
    head |= {"进口合同号": False, "出口合同号": False, "有效期": True}
    goods = {sheet: {**account[sheet], "申报数量": True} for sheet in ("料件", "成品")}
    return {"表头": head, **goods, "单损耗": account["单损耗"]}


#: Workbooks of our own: the interchange names none for qualifications, drafts of books and formal copies.
OWN = {"qualification", "qualification_draft", "account_draft", "handbook_draft"}
OWN |= {"bonded_note_formal", "declaration_formal", "note_recipe", "amend_record"}


def headings_of(plan: SheetPlan) -> Headings:
    joined = (plan.join,) if plan.join else ()
    return {heading_key(one.text): one.required for one in (*joined, *plan.head, *plan.headings)}


def test_the_table_of_the_interchange_is_read() -> None:
    text = (
        "| `a` | 甲 | 料号* · 类型*(料件/成品) · 单价 |\n"
        "| `b` | 乙 | sheet 表头 (two columns 项目 · 内容: 备案号*, 名称) · sheet 料件 and sheet 成品 (序号* · 价) |\n"
        "| `c` | 丙 | sheet 表头: 编号* · 日期; sheet 表体: 编号* · 数量* |\n"
    )
    assert interchange_in(text) == {
        "a": {"": {"料号": True, "类型": True, "单价": False}},
        "b": {
            "表头": {"备案号": True, "名称": False},
            "料件": {"序号": True, "价": False},
            "成品": {"序号": True, "价": False},
        },
        "c": {"表头": {"编号": True, "日期": False}, "表体": {"编号": True, "数量": True}},
    }


def test_every_workbook_we_declare_is_in_the_interchange() -> None:
    declared = {document.key for document in CATALOGUE.documents if document.workbook}
    assert declared - OWN <= set(interchange())
    assert not OWN & set(interchange())
    assert sum(len(sheets) for sheets in interchange().values()) > len(interchange())


@with_workbook
def test_its_headings_are_those_of_the_interchange(document: DocumentType) -> None:
    if document.key in OWN:
        pytest.skip("a workbook of our own")
    wanted = interchange()[document.key]
    assert document.workbook is not None
    plans = document.workbook.sheets
    if set(wanted) == {""}:
        assert len(plans) == 1
        wanted = {plans[0].title: wanted[""]}
    planned = {plan.title: headings_of(plan) for plan in plans}
    assert set(planned) == set(wanted)
    for title, headings in wanted.items():
        known = {heading_key(text): required for text, required in headings.items()}
        assert {text: planned[title].get(text) for text in known} == known, title


@with_workbook
def test_its_template_is_read_back_by_the_import(document: DocumentType, engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    with engine.acting(SYSTEM) as act:
        exporting.write_template(act, document, path)
        sheets = {sheet.name: sheet for sheet in act.files.read(path).sheets}
        assert document.workbook is not None
        for plan in document.workbook.sheets:
            reader = SheetReader(act.codebook)
            read = reader.read_pairs if plan.pairs else reader.read_rows
            found = read(sheets[plan.title], plan)
            assert found is not None, reader.findings
            assert set(map(heading_key, found.texts.values())) == set(headings_of(plan))
            assert [f for f in reader.findings if f.code != "REQ-01"] == []
            assert plan.pairs or found.records == [], "the row of explanation is no data"


@with_workbook
def test_the_template_that_is_carried_is_the_present_one(
    document: DocumentType, engine: Engine, tmp_path: Path
) -> None:
    """``packaging/templates.py`` writes them anew."""
    folder = tmp_path / "fresh"
    folder.mkdir()
    with engine.acting(SYSTEM) as act:
        exporting.write_templates(act, document, folder / f"{document.key}.xlsx")
        for fresh in sorted(folder.iterdir()):
            carried = TEMPLATES / fresh.name
            assert carried.exists(), carried.name
            sheets, wanted = act.files.read(carried).sheets, act.files.read(fresh).sheets
            assert [one.name for one in sheets] == [one.name for one in wanted]
            for one, other in zip(sheets, wanted, strict=True):
                assert list(one.rows) == list(other.rows), one.name


@with_workbook
def test_an_empty_template_is_refused_with_findings(document: DocumentType, engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    with engine.acting(SYSTEM) as act:
        exporting.write_template(act, document, path)
        with pytest.raises(Refused) as caught:
            list(importing.import_steps(act, document, path))
    assert caught.value.findings
    assert all(chinese.search(str(finding)) for finding in caught.value.findings)
