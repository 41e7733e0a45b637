"""Goods before the first note: the map and unsent notes, items taken back from a book, and a fresh company's way."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, select

from bondesk.areas.goods.consolidation_map import ConsolidationMap
from bondesk.areas.goods.merged_item import MergedItem
from bondesk.areas.setup.company import Company
from bondesk.base.errors import Refused
from bondesk.engine import records
from bondesk.engine.engine import SYSTEM
from builders.office import Office


def a_row(office: Office, part_no: str) -> int:
    with office.act(SYSTEM) as act:
        return int(act.facts.find(ConsolidationMap, part_no=part_no)[0].id)


def stop(office: Office, row_id: int, **values: Any) -> None:
    """Make a map row inactive, as the form does."""
    document = office.document("consolidation_map")
    with office.act() as act:
        draft = records.open_draft(act, document, row_id)
        draft.head |= {"active": False, **values}
        records.save(act, document, draft)


def test_a_row_an_unsent_note_used_stays_until_the_note_is_void(factory_office: Office) -> None:
    (number,) = factory_office.notes("IM2403001")
    note = factory_office.note(number)
    part_no = note.lines[0].part_no or "CAP0402-104K"
    with factory_office.act(SYSTEM) as act:
        drawn = {source.source_line_id for line in act.session.merge(note).lines for source in line.sources}
        from bondesk.areas.notes.source_document import SourceLine

        part_no = next(line.part_no for line in act.facts.find(SourceLine) if line.id in drawn)
    row_id = a_row(factory_office, part_no)
    with pytest.raises(Refused, match=f"MAP-11.*{part_no}.*{number}"):
        stop(factory_office, row_id)
    document = factory_office.document("consolidation_map")
    with factory_office.act() as act, pytest.raises(Refused, match="MAP-11"):
        records.delete(act, document, row_id)
    with factory_office.act() as act:
        records.move(act, factory_office.document("bonded_note"), note.id, "void")
    stop(factory_office, row_id)


def test_extraction_is_there_only_with_the_parameter(masters_office: Office) -> None:
    with pytest.raises(Refused, match="OPT-03"):
        masters_office.run("extract_merged_items", {})
    with masters_office.act(SYSTEM) as act:
        company = act.facts.one(Company)
        assert company is not None
        company.extract_merged_items = True
        act.session.execute(delete(MergedItem).where(MergedItem.goods_flag == "I", MergedItem.merge_no > 3))
        changed = act.session.scalars(select(MergedItem).filter_by(goods_flag="I", merge_no=1)).one()
        changed.name = "别的名称"
    said = masters_office.run("extract_merged_items", {})
    assert "增加 29 项" in said.text
    with masters_office.act(SYSTEM) as act:
        items = {one.merge_no: one for one in act.facts.find(MergedItem, goods_flag="I")}
        assert (len(items), items[1].name, items[13].dcl_unit) == (32, "片式多层瓷介电容器", "017")
        assert items[13].hs_seen == items[13].hs_code != ""
    assert "没有需要提取" in masters_office.run("extract_merged_items", {}).text
