"""What every declared document can do follows from its declaration; said once here, held for each of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bondesk.areas.index import CATALOGUE
from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.fields import Field
from bondesk.base.findings import Finding
from bondesk.base.identity import Identity
from bondesk.base.readings import heading_key
from bondesk.base.records import Reference
from bondesk.base.workbooks import SheetPlan
from bondesk.engine import exporting, importing, records, reporting, scripts, sending
from bondesk.engine.act import Act
from bondesk.engine.drafts import Draft, LineDraft
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.query import Query, count, page
from bondesk.engine.sheet_reading import SheetReader
from builders.papers import Papers

INTERCHANGE = Path(__file__).resolve().parents[3] / "shared" / "spec" / "interchange.md"

every_document = pytest.mark.parametrize("document", CATALOGUE.documents, ids=lambda document: document.key)
kept_by_users = pytest.mark.parametrize(
    "document",
    [d for d in CATALOGUE.documents if d.creatable and not issubclass(d.header, Reference)],
    ids=lambda document: document.key,
)
with_workbook = pytest.mark.parametrize(
    "document", [d for d in CATALOGUE.documents if d.workbook], ids=lambda document: document.key
)
chinese = re.compile(r"[\u4e00-\u9fff]")


def all_fields(document: DocumentType) -> list[Field]:
    return [
        *document.list_fields,
        *document.head_fields,
        *(entry for table in document.lines for entry in table.fields),
    ]


# --- what is said about it


@every_document
def test_it_is_called_and_explained(document: DocumentType) -> None:
    assert chinese.search(document.title)
    assert len(document.help) >= 8
    assert document.help.endswith("。")


@every_document
def test_every_field_has_a_chinese_label(document: DocumentType) -> None:
    assert [entry.key for entry in all_fields(document) if not chinese.search(entry.label)] == []


@every_document
def test_the_list_is_not_too_wide_and_the_form_names_each_field_once(document: DocumentType) -> None:
    assert 1 <= len(document.list_columns) <= 14
    keys = [entry.key for entry in document.head_fields]
    assert len(set(keys)) == len(keys)
    for table in document.lines:
        keys = [entry.key for entry in table.fields]
        assert len(set(keys)) == len(keys)
        assert chinese.search(table.title)


@every_document
def test_labels_in_one_view_are_distinct(document: DocumentType) -> None:
    for view in (document.list_fields, document.head_fields, *(table.fields for table in document.lines)):
        labels = [entry.label for entry in view]
        assert len(set(labels)) == len(labels)


@every_document
def test_its_number_is_on_the_list(document: DocumentType) -> None:
    assert document.number
    assert {part.key for part in document.number} <= {entry.key for entry in document.list_fields}


@every_document
def test_tables_and_references_exist(document: DocumentType) -> None:
    keys = {one.key for one in CATALOGUE.documents}
    assert {entry.reference for entry in all_fields(document)} - {""} <= keys


# --- its workbook is the one of the interchange


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
    return interchange_in(INTERCHANGE.read_text(encoding="utf-8"))


def headings_of(plan: SheetPlan) -> Headings:
    joined = (plan.join,) if plan.join else ()
    return {heading_key(one.text): one.required for one in (*joined, *plan.head, *plan.headings)}


def test_the_table_of_the_interchange_is_read() -> None:
    text = (
        "| `a` | 甲 | 料号* · 类型*(料件/成品) · 单价 |\n"
        "| `b` | 乙 | sheet 表头 (two columns 项目 · 内容: 备案号*, 名称) · sheet 料件 and sheet 成品 (序号* · 料号) |\n"
        "| `c` | 丙 | sheet 表头: 编号* · 日期; sheet 表体: 编号* · 数量* |\n"
    )
    assert interchange_in(text) == {
        "a": {"": {"料号": True, "类型": True, "单价": False}},
        "b": {
            "表头": {"备案号": True, "名称": False},
            "料件": {"序号": True, "料号": False},
            "成品": {"序号": True, "料号": False},
        },
        "c": {"表头": {"编号": True, "日期": False}, "表体": {"编号": True, "数量": True}},
    }


def test_every_workbook_we_declare_is_in_the_interchange() -> None:
    declared = {document.key for document in CATALOGUE.documents if document.workbook}
    assert declared <= set(interchange())
    assert sum(len(sheets) for sheets in interchange().values()) > len(interchange())


@with_workbook
def test_its_headings_are_those_of_the_interchange(document: DocumentType) -> None:
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
def test_an_empty_template_is_refused_with_findings(document: DocumentType, engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    with engine.acting(SYSTEM) as act:
        exporting.write_template(act, document, path)
        with pytest.raises(Refused) as caught:
            list(importing.import_steps(act, document, path))
    assert caught.value.findings
    assert all(chinese.search(str(finding)) for finding in caught.value.findings)


# --- its rules bear anything


def empty_line(draft: Draft, document: DocumentType) -> Draft:
    for table in document.lines:
        values: dict[str, Any] = {}
        for attribute, entry in zip(table.columns, table.fields, strict=True):
            default = attribute.property.columns[0].default
            kept = default is not None and default.is_scalar
            values[entry.key] = default.arg if kept else records._empty(entry)
        draft.lines[table.key] = [LineDraft({**values, **table.fixed})]
    return draft


def cleared(draft: Draft) -> Draft:
    for line in (one for lines in draft.lines.values() for one in lines):
        line.values = {key: "" if isinstance(value, str) else None for key, value in line.values.items()}
    draft.head = {key: "" if isinstance(value, str) else None for key, value in draft.head.items()}
    return draft


def check(act: Act, document: DocumentType, draft: Draft) -> list[Finding]:
    """Check a draft and write every finding, as a screen would."""
    found = records.check(act, document, draft)
    assert all(str(finding) for finding in found)
    return found


@every_document
def test_a_blank_draft_is_checked_and_not_crashed_on(document: DocumentType, engine: Engine) -> None:
    with engine.acting(SYSTEM) as act:
        found = check(act, document, records.blank(act, document))
        required = {entry.key for entry in document.head_fields if entry.required and not entry.readonly}
        filled = {key for key, value in records.blank(act, document).head.items() if value not in (None, "")}
        named = {finding.field for finding in found if finding.code == document.required_code}
        assert required - filled <= named


@every_document
def test_empty_lines_are_checked_and_not_crashed_on(document: DocumentType, engine: Engine) -> None:
    with engine.acting(SYSTEM) as act:
        check(act, document, empty_line(records.blank(act, document), document))


@kept_by_users
def test_a_draft_with_every_value_cleared_is_checked_and_not_crashed_on(document: DocumentType, engine: Engine) -> None:
    with engine.acting(SYSTEM) as act:
        check(act, document, cleared(empty_line(records.blank(act, document), document)))


@kept_by_users
def test_a_full_head_over_empty_lines_is_checked_and_not_crashed_on(document: DocumentType, engine: Engine) -> None:
    with engine.acting(SYSTEM) as act:
        check(act, document, empty_line(Papers(act).draft(document), document))


# --- it is stored, opened, copied, deleted


def user_values(document: DocumentType, draft: Draft) -> dict[str, Any]:
    """Return what the user entered, by part."""
    found = {"": [{e.key: draft.head[e.key] for e in document.head_fields if not e.readonly}]}
    for table in document.lines:
        keys = [entry.key for entry in table.fields if not entry.readonly]
        found[table.key] = [{key: line.values[key] for key in keys} for line in draft.lines[table.key]]
    return found


@kept_by_users
def test_save_open_copy_and_delete_keep_every_value(document: DocumentType, engine: Engine) -> None:
    with engine.acting(SYSTEM) as act:
        draft = Papers(act).draft(document)
        entered = user_values(document, draft)
        first = records.save(act, document, draft)
    with engine.acting(SYSTEM) as act:
        stored = records.open_draft(act, document, first)
        assert user_values(document, stored) == entered
        assert (stored.revision, stored.state) == (1, document.flow.first)
        assert count(act, document, Query()) == 1
        copy = records.copy_draft(act, document, first)
        assert copy.id is None
        assert user_values(document, copy) == entered
        records.delete(act, document, first)
    with engine.acting(SYSTEM) as act:
        assert count(act, document, Query()) == 0
        with pytest.raises(Refused, match="GONE"):
            records.open_draft(act, document, first)
        second = records.save(act, document, copy)
        assert second != first
        assert user_values(document, records.open_draft(act, document, second)) == entered


@kept_by_users
def test_a_second_save_of_an_old_draft_is_a_conflict(document: DocumentType, engine: Engine) -> None:
    with engine.acting(SYSTEM) as act:
        stored = records.save(act, document, Papers(act).draft(document))
    with engine.acting(SYSTEM) as act:
        mine, theirs = (records.open_draft(act, document, stored) for _ in range(2))
        records.save(act, document, theirs)
    with engine.acting(SYSTEM) as act, pytest.raises(Refused, match="CONFLICT"):
        records.save(act, document, mine)


@kept_by_users
def test_it_is_found_by_its_number_and_listed(document: DocumentType, engine: Engine) -> None:
    with engine.acting(SYSTEM) as act:
        stored = records.save(act, document, Papers(act).draft(document))
        header = records.load(act, document, stored)
        assert records.load_numbered(act, document, document.number_of(header)).id == stored
        (row,) = page(act, document, Query(), 0, 10)
        assert row.id == stored
        shown = dict(zip((entry.key for entry in document.list_fields), row.values, strict=True))
        assert shown == {key: getattr(header, key) for key in shown}


# --- nobody does what is not granted

Attempt = Callable[[Act, DocumentType, Path], object]

BASIC: Mapping[str, Sequence[Attempt]] = {
    "view": (
        lambda act, document, path: page(act, document, Query(), 0, 1),
        lambda act, document, path: count(act, document, Query()),
        lambda act, document, path: records.open_draft(act, document, 1),
    ),
    "new": (
        lambda act, document, path: records.blank(act, document),
        lambda act, document, path: records.copy_draft(act, document, 1),
        lambda act, document, path: records.save(act, document, Draft(head={})),
    ),
    "edit": (lambda act, document, path: records.save(act, document, Draft(head={}, id=1)),),
    "delete": (lambda act, document, path: records.delete(act, document, 1),),
    "import": (lambda act, document, path: list(importing.import_steps(act, document, path / "none.xlsx")),),
    "export": (lambda act, document, path: exporting.export_list(act, document, Query(), path / "list.xlsx"),),
    "send": (lambda act, document, path: sending.order(act, document, [1]),),
}


def attempts(document: DocumentType, action: str) -> Sequence[Attempt]:
    """Return every way to do ``action`` through the engine."""
    if action in BASIC:
        return BASIC[action]
    if document.flow.move(action) is not None:
        return (lambda act, kind, path: records.move(act, kind, 1, action),)
    script = CATALOGUE.script(action)
    return (lambda act, kind, path: scripts.start(act, script, script.options()),)


def refusal(attempt: Attempt, act: Act, document: DocumentType, path: Path) -> str:
    """Return the code an attempt is refused with, "" when it is not, or not for a reason of ours."""
    try:
        attempt(act, document, path)
    except Refused as refused:
        return refused.findings[0].code
    except Exception:
        return ""
    return ""


@every_document
def test_a_user_without_rights_can_do_nothing(
    document: DocumentType, engine: Engine, granted: Callable[..., Identity], tmp_path: Path
) -> None:
    for action, title in CATALOGUE.rights_of(document):
        for attempt in attempts(document, action):
            with engine.acting(granted()) as act:
                with pytest.raises(Refused) as caught:
                    attempt(act, document, tmp_path)
                (finding,) = caught.value.findings
                assert finding.code == "ACCESS-01", action
                assert "客人" in finding.text
                assert f"「{document.title}」" in finding.text
                assert f"「{title}」" in finding.text
                assert not act.session.new
    assert list(tmp_path.glob("*.xlsx")) == []


@every_document
def test_every_right_opens_its_own_door_and_no_other(
    document: DocumentType, engine: Engine, granted: Callable[..., Identity], tmp_path: Path
) -> None:
    actions = [action for action, _ in CATALOGUE.rights_of(document)]
    for right in actions:
        for action in actions:
            for attempt in attempts(document, action):
                with engine.acting(granted((document.key, right))) as act:
                    code = refusal(attempt, act, document, tmp_path)
                    act.session.rollback()
                if action == right:
                    assert code != "ACCESS-01", action
                elif right != "view" or action != "export":
                    assert code == "ACCESS-01", (right, action)


@every_document
def test_a_right_on_another_document_does_not_count(
    document: DocumentType, engine: Engine, granted: Callable[..., Identity], tmp_path: Path
) -> None:
    others = [(d.key, a) for d in CATALOGUE.documents if d is not document for a, _ in CATALOGUE.rights_of(d)]
    with engine.acting(granted(*others)) as act:
        for action, _ in CATALOGUE.rights_of(document):
            for attempt in attempts(document, action):
                assert refusal(attempt, act, document, tmp_path) == "ACCESS-01", action


@pytest.mark.parametrize("report", CATALOGUE.reports, ids=lambda report: report.key)
def test_a_report_asks_for_its_right(report: Any, engine: Engine, granted: Callable[..., Identity]) -> None:
    with engine.acting(granted()) as act:
        with pytest.raises(Refused, match="ACCESS-01"):
            reporting.run_at_once(act, report, report.options())
        with pytest.raises(Refused, match="ACCESS-01"):
            reporting.explain(act, report, report.options(), "1", "balance")
