"""The faulty workbooks of the sample factory are refused (or taken) as their table says."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from bondesk import demo
from bondesk.app import open_engine
from bondesk.areas.notes.source_document import SourceDocument
from bondesk.base.errors import Refused
from bondesk.base.findings import errors_in
from bondesk.base.steps import play
from bondesk.engine.engine import Engine
from bondesk.engine.importing import import_steps
from builders.homes import FACTORY_BAD, copied_home, identity_of, needs_shared

#: workbook | key | code | (row, heading) … | part of the sentence
REFUSED = """
part_missing_heading       | part              | IMP-01 | 1                          | 缺少必填标题 申报单位；不认识的标题：单位(申报)
part_unknown_unit          | part              | MAP-12 | 4 企业单位                  | 计量单位 DZN 未在企业参数中对照
part_hs_9_digits           | part              | MAP-08 | 3 商品编码                  | 商品编码须为10位
part_no_conversion         | part              | MAP-03 | 3 转换率                    | 单重与转换率至少填一项
part_weight_only           | part              | MAP-04 | 3 转换率                    | 申报单位 个 不是重量单位
consolidation_map_twice    | consolidation_map | MAP-01 | 3 归并序号                  | 料号 CAP0402-104K 已归并到 1
consolidation_map_conflict | consolidation_map | MAP-02 | 3 归并序号                  | 商品编码(3926909090 ≠ 3926901000)、品名(EPE珍珠棉 ≠ 塑料外壳)不一致
bom_loss_100               | bom               | BOM-03 | 4 有形损耗率                | 之和须小于100
bom_cycle                  | bom               | BOM-02 | 3 料件料号 / 5 料件料号      | PCBA-GW → PCBA-PWR → PCBA-GW
source_document_date       | source_document   | IMP-02 | 4 单据日期                  | 日期不存在
source_document_formula    | source_document   | IMP-03 | 3 数量                      | 公式没有保存计算结果
stock_doc_quantity         | stock_doc         | STK-03 | 3 数量 / 5 数量              | 数量须大于0
stock_doc_duplicate_line   | stock_doc         | STK-06 | 5 行号                      | 单据号与行号重复：A117-2404901 / 2
source_document_unit       | source_document   | IMP-06 | 3 企业单位                  | 与料号档案的企业单位 PCS 不一致且不能换算
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in REFUSED.strip().splitlines()]


def dump(engine: Engine) -> list[str]:
    """Return every row of the database as text."""
    lines = []
    with engine.store.sql.connect() as connection:
        tables = connection.execute(text("SELECT name FROM sqlite_master WHERE type='table' ORDER BY name")).scalars()
        for table in tables.all():
            lines += [f"{table} {row}" for row in connection.execute(text(f"SELECT * FROM {table}")).all()]
    return lines


@pytest.mark.parametrize(("name", "key", "code", "places", "sentence"), ROWS, ids=[row[0] for row in ROWS])
def test_refused_naming_place_and_code_and_leaving_nothing(
    tmp_path: Path, name: str, key: str, code: str, places: str, sentence: str
) -> None:
    path = needs_shared(FACTORY_BAD / f"{name}.xlsx")
    engine = open_engine(copied_home(tmp_path))
    before = dump(engine)
    with (
        pytest.raises(Refused) as refused,
        engine.acting(identity_of(engine, demo.ACCOUNT)) as act,
    ):
        play(import_steps(act, engine.catalogue.document(key), path))
    errors = errors_in(refused.value.findings)
    found = [f"{error.place.row} {error.place.column}".strip() for error in errors if error.place]
    assert [error.code for error in errors] == [code] * len(errors)
    assert found == [place.strip() for place in places.split("/")]
    assert any(sentence in error.text for error in errors), [error.text for error in errors]
    assert dump(engine) == before
    engine.store.dispose()


ACCEPTED = [
    ("source_document_fullwidth", "IM2404904", ["2000", "3000", "500"], "283.5"),
    ("source_document_scientific", "IM2404905", ["12000", "6500", "12.5"], "493.25"),
]


@pytest.mark.parametrize(("name", "number", "quantities", "total"), ACCEPTED, ids=[row[0] for row in ACCEPTED])
def test_full_width_and_scientific_numbers_are_read_exactly(
    tmp_path: Path, name: str, number: str, quantities: list[str], total: str
) -> None:
    path = needs_shared(FACTORY_BAD / f"{name}.xlsx")
    engine = open_engine(copied_home(tmp_path))
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        play(import_steps(act, engine.catalogue.document("source_document"), path))
    with engine.acting(identity_of(engine, demo.ACCOUNT)) as act:
        document = act.facts.one(SourceDocument, document_no=number)
        assert document is not None
        assert document.document_date.isoformat() == "2024-04-10"
        assert [f"{line.quantity.normalize():f}" for line in document.lines] == quantities
        amounts = [line.quantity * line.unit_price for line in document.lines if line.unit_price is not None]
        assert f"{sum(amounts, Decimal(0)).normalize():f}" == total
    engine.store.dispose()
