"""Export of lists: as on the screen and by layout, streamed, cancellable, exact, and never a formula."""

from __future__ import annotations

import csv
import tracemalloc
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import insert

from bondesk import cli
from bondesk.areas.goods.part import Part
from bondesk.base.errors import Refused, WrongCall
from bondesk.base.export_layout import ExportColumn, ExportLayout
from bondesk.base.identity import Identity
from bondesk.base.records import new_id
from bondesk.base.steps import Cancelled, Progress, play
from bondesk.engine.list_export import export_steps, file_stem, layouts
from bondesk.engine.query import Condition, Query
from builders.office import PASSWORD, Office


def cells(path: Path) -> list[list[Any]]:
    """Read a written workbook back."""
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def rows_of_text(path: Path) -> list[list[str]]:
    """Read a written text back."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def export(office: Office, key: str, query: Query, path: Path, layout: str = "", ids: tuple[int, ...] = ()) -> str:
    """Run an export to its end."""
    with office.act() as act:
        return play(export_steps(act, office.document(key), query, path, layout, ids)).text


def lay_out(
    office: Office, key: str, name: str, *columns: tuple[str, str], usual: bool = False, names: bool = True
) -> None:
    """Store a layout of (field key, heading) columns."""
    with office.act() as act:
        layout = ExportLayout(company_id=1, document_key=key, name=name, usual=usual, with_names=names)
        layout.columns = [
            ExportColumn(company_id=1, line_no=number, field_key=field, label=field, heading=heading)
            for number, (field, heading) in enumerate(columns, 1)
        ]
        act.session.add(layout)


def add_parts(office: Office, *parts: dict[str, Any]) -> None:
    """Store parts past the rules."""
    common = {
        "goods_kind": "I",
        "erp_unit": "PCS",
        "dcl_unit": "007",
        "hs_code": "0102030405",
        "name": "电容器",
        "unit_weight": None,
    }
    rows = [{**common, "company_id": 1, "id": new_id(), **part} for part in parts]
    with office.engine.store.sql.begin() as connection:
        connection.execute(insert(Part), rows)


def test_the_screen_as_it_is(codes_office: Office, tmp_path: Path) -> None:
    add_parts(
        codes_office,
        {"part_no": "A", "unit_weight": Decimal("1.50000")},
        {"part_no": "=1+1", "name": "+甲"},
        {"part_no": "-B", "name": "@乙\n丙"},
    )
    query = Query(
        (Condition("part_no", "ne", "none"),),
        order=(("part_no", False),),
        columns=("hs_code", "part_no", "unit_weight", "dcl_unit"),
    )
    path = tmp_path / "a.xlsx"
    assert export(codes_office, "part", query, path) == f"已导出 3 行：{path}"
    assert cells(path)[0] == ["商品编码", "料号", "单重", "申报单位"]
    assert [row[:3] for row in cells(path)[1:4]] == [
        ["0102030405", "-B", ""],
        ["0102030405", "=1+1", ""],
        ["0102030405", "A", 1.5],
    ]
    assert cells(path)[1][3] == "007 个"
    text = tmp_path / "a.csv"
    export(
        codes_office,
        "part",
        Query(query.conditions, order=query.order, columns=("part_no", "name", "unit_weight")),
        text,
    )
    assert text.read_bytes().startswith(b"\xef\xbb\xbf")
    assert rows_of_text(text) == [
        ["料号", "品名", "单重"],
        ["'-B", "'@乙\n丙", ""],
        ["'=1+1", "'+甲", ""],
        ["A", "电容器", "1.5"],
    ]


def test_a_layout_writes_a_row_per_line(factory_office: Office, tmp_path: Path) -> None:
    columns = (("document_no", "单号"), ("lines.line_no", ""), ("lines.part_no", "料"), ("supervision_mode", ""))
    lay_out(factory_office, "source_document", "明细", *columns, usual=True, names=False)
    lay_out(factory_office, "source_document", "一览", ("document_no", ""))
    query = Query((Condition("document_no", "in", ("IM2401001", "IM2401002")),), order=(("document_no", True),))
    path = tmp_path / "b.csv"
    export(factory_office, "source_document", query, path, "明细")
    written = rows_of_text(path)
    assert written[0][:3] == ["单号", "序号", "料"]
    assert len({row[0] for row in written[1:]}) == 2
    assert len(written) > 3
    assert written[1][0] == "IM2401002"
    numbers = [int(row[1]) for row in written[1:] if row[0] == "IM2401002"]
    assert numbers == sorted(numbers)
    assert {row[3] for row in written[1:]} == {"0615"}
    with factory_office.act() as act:
        assert layouts(act, factory_office.document("source_document")) == ["明细", "一览"]


@pytest.mark.parametrize(
    ("columns", "code"),
    [((("no_table.x", ""),), "EXP-02"), ((("lines.nothing", ""),), "EXP-02"), ((), "EXP-03")],
)
def test_a_layout_that_does_not_fit_any_more(
    factory_office: Office, tmp_path: Path, columns: tuple[tuple[str, str], ...], code: str
) -> None:
    lay_out(factory_office, "source_document", "旧", *columns)
    with pytest.raises(Refused) as refusal:
        export(factory_office, "source_document", Query(), tmp_path / "c.csv", "旧")
    assert refusal.value.findings[0].code == code
    assert list(tmp_path.glob("c.*")) == []


def test_an_unknown_layout_names_those_there_are(factory_office: Office, tmp_path: Path) -> None:
    lay_out(factory_office, "part", "报关用", ("part_no", ""))
    with pytest.raises(WrongCall, match="报关用"):
        export(factory_office, "part", Query(), tmp_path / "d.xlsx", "别的")


def test_it_needs_the_right(factory_office: Office, tmp_path: Path) -> None:
    reader = Identity(9, "reader", "读者", frozenset({("part", "view")}))
    with pytest.raises(Refused, match="没有「料号档案」的「导出」权限"), factory_office.engine.acting(reader) as act:
        play(export_steps(act, factory_office.document("part"), Query(), tmp_path / "e.xlsx"))


def test_only_the_selection(factory_office: Office, tmp_path: Path) -> None:
    with factory_office.act() as act:
        ids = tuple(part.id for part in act.facts.find(Part)[:2])
    path = tmp_path / "f.csv"
    assert export(factory_office, "part", Query(), path, ids=ids).startswith("已导出 2 行")
    assert len(rows_of_text(path)) == 3


@pytest.mark.parametrize("name", ["g.xlsx", "g.csv"])
def test_a_cancelled_export_leaves_nothing(codes_office: Office, tmp_path: Path, name: str) -> None:
    add_parts(codes_office, *({"part_no": f"P{number}"} for number in range(1200)))
    folder = tmp_path / "out"
    folder.mkdir()
    with codes_office.act() as act:
        steps = export_steps(act, codes_office.document("part"), Query(), folder / name)
        assert isinstance(next(steps), Progress)
        step = next(steps)
        assert isinstance(step, Progress)
        assert (step.done, step.total) == (500, 1200)
        with pytest.raises(Cancelled):
            steps.throw(Cancelled())
    assert list(folder.iterdir()) == []


def test_memory_does_not_grow_with_the_rows(codes_office: Office, tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        add_parts(codes_office, *({"part_no": f"P{rows}-{number}"} for number in range(rows)))
        tracemalloc.start()
        export(codes_office, "part", Query(), tmp_path / "h.csv")
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(1000)
    assert peak(8000) < 1.5 * peak(3000)


def test_a_file_is_called_by_document_and_time(codes_office: Office) -> None:
    from datetime import datetime

    stem = file_stem(codes_office.document("merged_item").title, datetime(2024, 11, 25, 9, 30))
    assert stem == "归并后料件、成品_20241125_0930"


def test_the_command_line(factory_office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv("BONDESK_PASSWORD", PASSWORD)
    lay_out(factory_office, "part", "短", ("part_no", "料"), ("goods_kind", ""))
    path = tmp_path / "i.csv"
    home = ["--home", str(factory_office.home.path)]
    assert cli.main([*home, "export", "part", str(path), "--layout", "短", "--where", "goods_kind=成品"]) == 0
    written = rows_of_text(path)
    assert written[0] == ["料", "物料类型"]
    assert {row[1] for row in written[1:]} == {"成品"}
    assert f"已导出 {len(written) - 1} 行" in capsys.readouterr().out
    assert cli.main([*home, "export", "part", str(path), "--layout", "无"]) == 2
