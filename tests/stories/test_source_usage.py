"""Report 33 over real notes: what each source line gave, what is left, and every figure explained to its cell."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update

from bondesk.areas.declarations.declaration_lines import DeclarationLine, DeclarationLineSource
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.notes.source_document import SourceDocument, SourceLine
from bondesk.areas.reports.source_usage import SOURCE_USAGE, SourceUsageOptions
from bondesk.base.errors import Refused
from bondesk.base.reports import ReportTable
from bondesk.base.steps import Amounts, Step, play, proposed_answer
from bondesk.engine import records, reporting, scripts
from bondesk.engine.engine import SYSTEM
from builders.office import Office


def report(office: Office, **options: Any) -> ReportTable:
    """Run the report as the clerk."""
    with office.act() as act:
        return reporting.run_at_once(act, SOURCE_USAGE, SourceUsageOptions(**options))


def half(step: Step) -> Any:
    """Take half of every line."""
    if isinstance(step, Amounts):
        return {row_id: most / 2 for row_id, most in zip(step.ids, step.most, strict=True)}
    return proposed_answer(step)


def column(table: ReportTable, key: str) -> list[Any]:
    """One column of the report."""
    place = [entry.key for entry in SOURCE_USAGE.columns].index(key)
    return [row.values[place] for row in table.rows]


def test_used_left_and_released(factory_office: Office) -> None:
    script = factory_office.engine.catalogue.script("generate_notes")
    with factory_office.act() as act:
        outcome = play(scripts.start(act, script, script.options(document_no="IM2401001")), half)
    whole = report(factory_office)
    with factory_office.act(SYSTEM) as act:
        lines = act.session.scalars(select(SourceLine)).all()
        assert len(whole.rows) == len(lines), "no condition means all"
    used = report(factory_office, document_no="IM2401001")
    assert column(used, "in_notes") == [quantity / 2 for quantity in column(used, "quantity")]
    assert set(column(used, "word")) == {"部分使用"}
    assert set(column(used, "in_declarations")) == {Decimal(0)}
    totals = dict(zip((entry.key for entry in SOURCE_USAGE.columns), reporting.totals(SOURCE_USAGE, used), strict=True))
    assert totals["quantity"] == totals["in_notes"] + totals["left"]  # type: ignore[operator]
    with factory_office.act() as act:
        explained = reporting.explain(act, SOURCE_USAGE, SourceUsageOptions(), used.rows[0].key, "in_notes")
    number = factory_office.note(outcome.changed["bonded_note"][0]).internal_no
    text = explained.as_text()
    assert f"核注清单 {number} 第1项（暂存草稿）" in text
    assert "source_document_import.xlsx" in text, "down to the workbook cell"

    open_lines = report(factory_office, use="OPEN", document_no="IM2401001")
    assert len(open_lines.rows) == len(used.rows)
    assert report(factory_office, use="USED").rows == ()
    with factory_office.act() as act:
        for note_id in outcome.changed["bonded_note"]:
            records.delete(act, factory_office.document("bonded_note"), note_id)
    assert set(column(report(factory_office, document_no="IM2401001"), "word")) == {"完全未用"}


def test_declarations_count_beside_notes_and_a_wrong_sum_is_told(factory_office: Office) -> None:
    with factory_office.act() as act:
        line = act.session.scalars(select(SourceLine).join(SourceDocument, SourceDocument.id == SourceLine.header_id)
            .where(SourceDocument.document_no == "IM2401001").order_by(SourceLine.line_no)).first()  # fmt: skip
        assert line is not None
        link = DeclarationLineSource(source_line_id=line.id, quantity=Decimal(10), derivation="10 PCS")
        item = DeclarationLine(line_no=1, hs_code="8532241000", name="电容", dcl_qty=Decimal(10), sources=[link])
        act.session.add(Declaration(copy="draft", internal_no="D1", ie_flag="I", lines=[item]))
        line.used_qty = Decimal(10)
        line_id = line.id
    table = report(factory_office, document_no="IM2401001")
    assert (column(table, "in_declarations")[0], column(table, "documents")[0]) == (Decimal(10), "D1")
    assert not table.findings
    with factory_office.act() as act:
        text = reporting.explain(act, SOURCE_USAGE, SourceUsageOptions(), table.rows[0].key, "left").as_text()
        assert "报关单 D1 第1项" in text
        act.session.execute(update(SourceLine).where(SourceLine.id == line_id).values(used_qty=Decimal(11)))
    (wrong,) = report(factory_office, document_no="IM2401001").findings
    assert wrong.code == "RPT-33"


@pytest.mark.parametrize(("row", "key"), [("IM2401001/99", "left"), ("NO/1", "left"), ("IM2401001/1", "name")])
def test_what_cannot_be_explained_is_refused(factory_office: Office, row: str, key: str) -> None:
    with pytest.raises(Refused, match="报表没有"), factory_office.act() as act:
        reporting.explain(act, SOURCE_USAGE, SourceUsageOptions(), row, key)
