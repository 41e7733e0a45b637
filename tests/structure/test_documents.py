"""What every declared document can do follows from its declaration; said once here, held for each of them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from bondesk.areas.index import CATALOGUE
from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.fields import Field
from bondesk.base.findings import Finding
from bondesk.base.records import Reference
from bondesk.engine import records
from bondesk.engine.act import Act
from bondesk.engine.drafts import Draft, LineDraft, column_values
from bondesk.engine.engine import SYSTEM, Engine
from bondesk.engine.query import Query, count, page
from builders.papers import Papers

every_document = pytest.mark.parametrize("document", CATALOGUE.documents, ids=lambda document: document.key)
kept_by_users = pytest.mark.parametrize(
    "document",
    [d for d in CATALOGUE.documents if d.creatable and not issubclass(d.header, Reference)],
    ids=lambda document: document.key,
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
    assert {key for entry in all_fields(document) for key in entry.references} <= keys


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


def whole(act: Act, document: DocumentType, document_id: int) -> Draft:
    """Open a document with the lines its draft does not carry."""
    draft, header = records.open_draft(act, document, document_id), records.load(act, document, document_id)
    for table in document.lines:
        if table.windowed:
            assert table.key not in draft.lines
            rows = getattr(header, table.attribute_key)
            draft.lines[table.key] = [LineDraft(column_values(row), row.id) for row in rows]
    return draft


@kept_by_users
def test_save_open_copy_and_delete_keep_every_value(document: DocumentType, engine: Engine) -> None:
    with engine.acting(SYSTEM) as act:
        draft = Papers(act).draft(document)
        entered = user_values(document, draft)
        first = records.save(act, document, draft)
    with engine.acting(SYSTEM) as act:
        stored = whole(act, document, first)
        assert user_values(document, stored) == entered
        assert (stored.revision, stored.state) == (1, document.flow.first)
        assert count(act, document, Query()) == 1
        if document.windowed:
            with pytest.raises(Refused, match="FLOW-01"):
                records.copy_draft(act, document, first)
            return
        copy = records.copy_draft(act, document, first)
        assert copy.id is None
        own = document.number[0].key
        if len(document.number) == 1 and isinstance(entered[""][0][own], str):
            assert copy.head[own] == ""  # a copy needs a number of its own
            copy.head[own] = entered[""][0][own]
        proposed = {key: day for key, day in document.defaults(act.facts).items() if isinstance(day, date)}
        assert proposed.items() <= copy.head.items()
        copy.head |= {key: entered[""][0][key] for key in proposed}
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
