"""Updating the code tables: the trial changes nothing, applying is what was shown, and the goods are checked after it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from bondesk.adapters.parameter_folder import ParameterFolder
from bondesk.areas.accounts.filed_items import filed_items
from bondesk.areas.codes.hs_code import HsCode
from bondesk.areas.goods.hs_check import HsCheck
from bondesk.areas.goods.merged_item import MergedItem
from bondesk.areas.goods.part import Part
from bondesk.base.errors import OutsideFailure, Refused
from bondesk.base.steps import Cancelled
from bondesk.engine import code_updating, notices
from bondesk.engine.engine import SYSTEM
from bondesk.engine.query import Query, count, page
from builders.homes import read
from builders.office import Office, dump_hash
from builders.parameter_packages import DELTA, key_folder, package, silent, trusting

CHANGES = DELTA + "USD,美金,2000-01-01,,change\nXNC,新币,2025-02-01,,add\nRUB,俄罗斯卢布,2000-01-01,2025-01-31,close\n"
HS = DELTA.strip() + ",legal_unit1,legal_unit2,supervision_condition,declaration_elements\n"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return key_folder(tmp_path / "keys")


def test_the_trial_shows_all_and_changes_nothing(codes_office: Office, keys: Path) -> None:
    engine = trusting(codes_office.engine, keys)
    before = dump_hash(codes_office.home)
    content = package({"currency": CHANGES}, notes="二月调整")
    prepared = code_updating.prepare(engine, content, silent)
    assert dump_hash(codes_office.home) == before
    assert prepared.changes is not None
    (table,) = prepared.changes.tables
    assert (table.title, table.added, table.changed, table.closed) == ("币制", 1, 1, 1)
    assert [(row.code, row.change, row.old, row.new) for row in prepared.changes.rows] == [
        ("RUB", "停用", "失效日期：（空）", "失效日期：2025-01-31"),
        ("USD", "修改", "名称：美元", "名称：美金"),
        ("XNC", "新增", "", ""),
    ]
    package_ = prepared.package
    assert (package_.signer, package_.notes, package_.effective_from) == ("test", "二月调整", date(2025, 2, 1))
    applied = code_updating.apply(engine, prepared, silent)
    assert applied.changes == prepared.changes, "what was shown is what was done"
    assert applied.rechecked is None, "no commodity code changed"
    assert code_updating.prepare(engine, content, silent).changes is None


def test_what_was_shown_must_still_hold(codes_office: Office, keys: Path) -> None:
    engine = trusting(codes_office.engine, keys)
    prepared = code_updating.prepare(engine, package({"currency": CHANGES}, "2025.03"), silent)
    other = code_updating.prepare(engine, package({"trial": "code,name,valid_from\nA,甲,2000-01-01\n"}), silent)
    code_updating.apply(engine, other, silent)
    with pytest.raises(Refused, match="CODES-09"):
        code_updating.apply(engine, prepared, silent)


def test_stopping_keeps_nothing(codes_office: Office, keys: Path) -> None:
    engine = trusting(codes_office.engine, keys)
    prepared = code_updating.prepare(
        engine, package({"currency": CHANGES, "trial": DELTA + "A,甲,2000-01-01,,add\n"}), silent
    )
    before = dump_hash(codes_office.home)

    def stop(_text: str, done: int, _total: int) -> None:
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        code_updating.apply(engine, prepared, stop)
    assert dump_hash(codes_office.home) == before


def test_goods_are_checked_after_commodity_codes_changed(factory_office: Office, keys: Path) -> None:
    """The code of some parts closes and another changes its unit: both are counted, nothing of the parts is changed."""
    engine = trusting(factory_office.engine, keys)
    codes = sorted({code for code in read(engine, Part, lambda one: one.hs_code) if code})
    with factory_office.act(SYSTEM) as act:
        rows = {row.hs_code: row for row in act.session.scalars(select(HsCode).where(HsCode.hs_code.in_(codes)))}
        row = rows[codes[0]]
        day = row.valid_from
        item = next(one for one in act.facts.find(MergedItem) if one.hs_code in rows and one.hs_code != codes[0])
        other = rows[item.hs_code]
        sharing = [one for one in act.facts.find(Part) if one.hs_code == other.hs_code]
        filed = filed_items(act, item.goods_flag, [item.merge_no])[item.merge_no]
    closed = f"{codes[0]},{row.name.split('；')[0]},{day},2024-01-31,close,{row.legal_unit1},,,\n"
    changed = f'{other.hs_code},"{other.name}",{other.valid_from},,change,{other.legal_unit1},{other.legal_unit2},'
    changed += f"{other.supervision_condition}Z,{other.elements}\n"
    prepared = code_updating.prepare(engine, package({"hs_code": HS + closed + changed}), silent)
    applied = code_updating.apply(engine, prepared, silent)
    found = applied.rechecked
    assert found is not None
    parts = [code for code in read(engine, Part, lambda one: one.hs_code) if code == codes[0]]
    assert found.parts == len(parts) + len(sharing) > len(parts) > 0
    assert found.filed_lines >= len(filed) > 0
    assert f"料号 {found.parts} 个" in found.sentence
    with factory_office.act(SYSTEM) as act:
        check = act.session.get(HsCheck, (act.company_id, found.document_id))
        assert check is not None
        assert (check.check_no, check.applied) == (found.check_no, 0)
        invalid = [line for line in check.lines if line.kind == "INVALID" and line.target == "part"]
        assert len(invalid) == len(parts)
        changes = [line for line in check.lines if line.kind == "COND" and line.target == "merged_item"]
        assert item.id in {line.target_id for line in changes}
        assert {line.fate for line in check.lines} == {"OPEN"}


def test_the_newest_package_of_the_source_is_offered_and_told(codes_office: Office, keys: Path, tmp_path: Path) -> None:
    folder = tmp_path / "updates"
    folder.mkdir()
    engine = trusting(codes_office.engine, keys, parameters=ParameterFolder(folder))
    assert code_updating.newer(engine) is None
    with pytest.raises(OutsideFailure, match="没有参数更新包"):
        code_updating.fetch(engine, silent)
    content = package({"currency": CHANGES}, "2025.02")
    (folder / "bondesk-codes-2025.02.zip").write_bytes(content)
    (folder / "bondesk-codes-2020.1.zip").write_bytes(b"old")
    offered = code_updating.newer(engine)
    assert offered is not None
    assert offered.version == "2025.02"
    (notice,) = notices.pending(engine, codes_office.clerk)
    assert (notice.kind, notice.version) == ("codes", "2025.02")
    prepared = code_updating.prepare(engine, code_updating.fetch(engine, silent), silent)
    code_updating.apply(engine, prepared, silent)
    assert code_updating.newer(engine) is None
    assert notices.pending(engine, codes_office.clerk) == ()


def test_a_source_that_is_away_keeps_the_other_notices(codes_office: Office, tmp_path: Path) -> None:
    engine = trusting(codes_office.engine, tmp_path, parameters=ParameterFolder(tmp_path / "away"))
    assert notices.pending(engine, codes_office.clerk) == ()


def test_the_records_are_lists(codes_office: Office, keys: Path) -> None:
    engine = trusting(codes_office.engine, keys)
    code_updating.apply(engine, code_updating.prepare(engine, package({"currency": CHANGES}), silent), silent)
    with engine.acting(codes_office.clerk) as act:
        kinds = [codes_office.document(key) for key in ("code_release", "code_change")]
        assert [count(act, document, Query()) for document in kinds] == [2, 3]
        assert {row.values[0] for row in page(act, kinds[1], Query(), 0, 10)} == {"2025.01"}
