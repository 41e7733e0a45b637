"""Formal notes arrive by workbook: paired at a stroke, a difference accepted, undone, paired by hand; sums right."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from bondesk.areas.matching.difference_report import MATCH_DIFFERENCES
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.base.formal_copy import MatchPair
from bondesk.base.matching import Matching
from bondesk.base.options import read_options
from bondesk.base.steps import play
from bondesk.engine import matching, records, reporting
from bondesk.engine.act import Act
from bondesk.engine.checking import run_checks
from bondesk.engine.engine import SYSTEM
from bondesk.engine.posting import rebuild_balances
from bondesk.engine.tables import PostingRow
from builders.office import Office

_HEADS = {
    "企业内部清单编号": "internal_no",
    "备案号": "record_no",
    "进出口标志": "ie_flag",
    "料件成品标志": "goods_flag",
    "监管方式": "supervision_mode",
    "运输方式": "transport_mode",
    "进出境关别": "entry_exit_customs",
    "申报地海关": "declare_customs",
    "启运国": "trade_partner_country",
    "清单申报日期": "declared_on",
}
_LINES = {
    "序号": "line_no",
    "备案序号": "item_no",
    "料号": "part_no",
    "商品编码": "hs_code",
    "商品名称": "name",
    "规格型号": "spec",
    "申报单位": "dcl_unit",
    "申报数量": "dcl_qty",
    "法定单位": "legal_unit1",
    "法定数量": "legal_qty1",
    "第二法定单位": "legal_unit2",
    "第二法定数量": "legal_qty2",
    "币制": "currency",
    "申报单价": "price",
    "申报总价": "total",
    "原产国": "origin_country",
    "最终目的国": "destination_country",
    "征免方式": "duty_mode",
    "单耗版本号": "uc_version",
}


def customs_workbook(path: Path, notes: Sequence[BondedNote], changes: dict[tuple[int, int, str], Any]) -> Path:
    """Write what customs has of ``notes``, the n-th numbered QD…n; ``changes``: (note, line, heading) → value."""
    book = Workbook()
    heads = book.active
    assert heads is not None
    heads.title, lines = "表头", book.create_sheet("表体")
    heads.append(["清单编号", *_HEADS, "清单状态", "核扣标志"])
    lines.append(["清单编号", *_LINES])
    for number, one in enumerate(notes, 1):
        called = f"QD520424{one.ie_flag}{number:09}"
        heads.append([called, *(said(getattr(one, key)) for key in _HEADS.values()), "0", "2"])
        for place, line in enumerate(one.lines, 1):
            cells = [changes.get((number, place, text), getattr(line, key)) for text, key in _LINES.items()]
            lines.append([called, *(said(cell) for cell in cells)])
    book.save(path)
    return path


def said(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def posted(act: Act) -> dict[tuple[str, int], Decimal]:
    """What stands in the ledger by goods and item, whoever posted it."""
    sums: dict[tuple[str, int], Decimal] = {}
    for row in act.session.scalars(select(PostingRow)):
        sign = -row.effect if row.reversal else row.effect
        key = (row.goods_flag, row.item_no)
        sums[key] = sums.get(key, Decimal(0)) + row.quantity * sign
    return {key: value for key, value in sums.items() if value}


def sound(office: Office) -> None:
    with office.act(SYSTEM) as act:
        assert [str(one) for one in run_checks(act) if one.code in {"CHK-01", "CHK-02", "CHK-60"}] == []
        assert rebuild_balances(act) == []


@pytest.fixture
def notes(factory_office: Office) -> list[BondedNote]:
    """Notes made from the demo's source documents, audited and waiting for customs."""
    made = [number for document in ("IM2401001", "EX2401002") for number in factory_office.notes(document)]
    assert len(made) >= 2
    factory_office.audit(made)
    return [factory_office.note(number) for number in made]


def test_the_everyday_path(factory_office: Office, notes: list[BondedNote], tmp_path: Path) -> None:
    office = factory_office
    first = notes[0]
    changes = {
        (1, 1, "申报总价"): str(first.lines[0].total + 1),
        (1, 1, "原产国"): "USA",
        (1, 2, "商品名称"): "海关归类后的品名",
    }
    office.bring("bonded_note_formal", customs_workbook(tmp_path / "a.xlsx", notes, changes))
    with office.act(SYSTEM) as act:
        alone = posted(act)
        assert alone, "the formal copies alone stand in the ledger"
    sound(office)

    outcome = office.run("match_notes", {"amount": "否"})
    assert outcome.text.startswith(f"已对应 {len(notes)} 对（R3 关键项 {len(notes)} 对）：")
    with office.act() as act:
        kind = act.catalogue.matchings[0]
        assert posted(act) == alone, "nothing is counted twice"
        assert {row.document_key for row in standing(act)} == {"bonded_note"}
        mine = pair_of(act, kind, first.internal_no)
        differing = [(one.place, one.label) for one in matching.compare(act, kind, mine) if one.word == "值不同"]
        assert differing == [("第1行", "申报总价"), ("第1行", "原产国"), ("第2行", "商品名称")]
        rows = [one for one in matching.compare(act, kind, mine) if one.label == "申报总价"]
        assert [(one.place, one.word) for one in rows] == [("第1行", "值不同")]
        assert rows[0].source == rows[0].draft, "the source documents say what the draft said"
        matching.accept(act, kind, [rows[0].id], "海关审价")
    sound(office)

    with office.act() as act:
        options = read_options(MATCH_DIFFERENCES.options, {"shown": "全部，含一致"})
        table = reporting.run_at_once(act, MATCH_DIFFERENCES, options)
        (row,) = [row for row in table.rows if row.values[5] == "申报总价"]
        assert row.values[-2:] == ("已接受", "海关审价")
        told = reporting.explain(act, MATCH_DIFFERENCES, options, row.key, "formal")
        assert told.reason.endswith("由 制单员 按R3 关键项对应")

    again = customs_workbook(tmp_path / "b.xlsx", notes, {})
    office.bring("bonded_note_formal", again)
    with office.act() as act:
        assert act.session.query(BondedNote).filter_by(copy="formal").count() == len(notes), "updated, not doubled"
        assert not [one for one in matching.compare(act, kind, mine) if one.label == "申报总价"]
        assert office.note(first.internal_no).lines[0].total == first.lines[0].total
        assert posted(act) == alone
    sound(office)

    with office.act() as act:
        play(matching.cancel_steps(act, kind, [mine]))
        note = records.load_numbered(act, office.document("bonded_note"), first.internal_no)
        assert (note.state, note.bond_no, note.match_state) == ("AUDITED", "", "")
        assert posted(act) == alone, "the formal copy stands for itself again"
    sound(office)
    with office.act() as act:
        formal = act.session.scalars(
            select(BondedNote.id).where(BondedNote.copy == "formal", BondedNote.match_state == "")
        ).one()
        findings, _rows = matching.check(act, kind, first.id, formal)
        assert findings == []
        matching.pair(act, kind, first.id, formal)
        assert posted(act) == alone
        rules = sorted(act.session.scalars(select(MatchPair.rule).where(MatchPair.cancelled_at.is_(None))))
        assert rules == ["MANUAL", *["R3"] * (len(notes) - 1)]
    sound(office)
    note = office.note(first.internal_no)
    assert note.lines[0].sources, "source links stay"


def standing(act: Act) -> list[PostingRow]:
    """Postings that are not reversed."""
    rows = list(act.session.scalars(select(PostingRow)))
    back = {(row.document_key, row.document_id, row.line_id) for row in rows if row.reversal}
    return [row for row in rows if (row.document_key, row.document_id, row.line_id) not in back]


def pair_of(act: Act, kind: Matching, number: str) -> int:
    found = matching.pairs(act, kind, act.catalogue.script(kind.script).options(), 0, 50)
    (mine,) = [one.id for one in found if one.draft_no == number]
    return mine
