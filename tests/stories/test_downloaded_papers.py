"""修撤单, 申请表 and 收发货单: customs' papers come from files and the service, and are linked to what they name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bondesk.adapters.download_files import DownloadFiles
from bondesk.areas.outsourcing.outsourcing_application import OutsourcingApplication
from bondesk.areas.risk.amend_record import AmendRecord
from bondesk.areas.transfer.receive_deliver_note import ReceiveDeliverNote
from bondesk.areas.transfer.transfer_application import TransferApplication
from bondesk.base.errors import Refused
from bondesk.engine import download_runs, downloading, records, related
from bondesk.engine.copy_reading import EngineReader
from bondesk.engine.drafts import Draft
from builders.formal_copies import formal_declaration
from builders.office import Office

RANGE = date(2024, 1, 1), date(2024, 12, 31)
Sheets = dict[str, list[list[Any]]]
APPLICATION: Sheets = {
    "表头": [
        ["申请表编号", "转入转出", "备案号", "对方企业海关编码", "对方企业名称", "有效期起", "有效期止", "状态"],
        ["G1", "转入", "E52042300A01", "4453940Z11", "线路板有限公司", "2024-01-01", "2024-06-30", "有效"],
    ],
    "表体": [
        ["申请表编号", "申请表序号", "备案序号", "申报单位", "申报数量", "单价", "币制"],
        ["G1", 1, 13, "007", "9000.5", "1.25", "USD"],
        ["G1", 2, 14, "007", 40000, None, None],
    ],
}
DELIVERIES: Sheets = {
    "表头": [
        ["单据号", "类型", "收发", "申请表编号", "日期", "对方企业"],
        ["R1", "转入", "收货", "G1", "2024-02-01", "线路板有限公司"],
        ["R2", "外发", "发货", "W1", "2024-02-02", "晶拓电子"],
    ],
    "表体": [
        ["单据号", "行号", "申请表序号", "备案序号", "料件成品标志", "数量", "单位"],
        ["R1", 1, 1, 13, "料件", "300.25", "007"],
        ["R2", 1, None, 13, "料件", 20, "007"],
    ],
}
OUTSOURCED: Sheets = {
    "表头": [
        ["申请表编号", "备案号", "承揽企业代码", "承揽企业名称", "外发类型", "开始日期", "有效期至", "状态"],
        ["W1", "E52042300A99", "W01", "晶拓电子", "工序外发", "2024-01-05", "2024-03-31", "已审批"],
    ]
}
AMENDED: Sheets = {
    "表头": [
        ["修撤单编号", "海关编号", "修撤类型", "修撤单状态", "申请日期", "修撤原因"],
        ["M1", "520420241000000001", "修改", "审核通过", "2024-03-20", "申报数量有误"],
    ],
    "表体": [
        ["修撤单编号", "所在位置", "商品项号", "字段名称", "修改前", "修改后"],
        ["M1", "表体", 2, "成交数量", "100", "110"],
    ],
}


def written(folder: Path, name: str, sheets: Sheets) -> Path:
    folder.mkdir(exist_ok=True)
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    path = folder / f"{name}.xlsx"
    book.save(path)
    return path


def untold(_text: str, _done: int, _total: int) -> None:
    """Nobody looks."""


def downloaded(office: Office, kinds: Sequence[str], *places: Path) -> list[tuple[str, str, str, str]]:
    """Look for kinds in files and take everything; return what became of each copy."""
    engine, clerk = office.engine, office.clerk
    source = DownloadFiles(EngineReader(engine), [str(place) for place in places])
    found = downloading.look(engine, clerk, source, kinds, *RANGE, untold)
    assert found.problems == ()
    with office.act() as act:
        run = download_runs.begin_run(act, downloading.way_of(engine, "files"), [], *RANGE, found.offered)
    done = downloading.go_on(engine, clerk, source, run, untold)
    return [(one.document_key, one.number, one.word, one.reason) for one in done.items]


def links(office: Office, model: Any, number: str) -> dict[str, str]:
    """Return what each paper of a kind says of what it names."""
    with office.act() as act:
        return {getattr(one, number): one.link_state for one in act.facts.find(model)}


def test_deliveries_wait_for_their_applications(masters_office: Office, tmp_path: Path) -> None:
    office, notes = masters_office, written(tmp_path, "收发货单", DELIVERIES)
    kinds = ("transfer_application", "receive_deliver_note", "outsourcing_application")
    assert downloaded(office, kinds, notes) == [
        ("receive_deliver_note", "R1", "新增", ""),
        ("receive_deliver_note", "R2", "新增", ""),
    ]
    assert links(office, ReceiveDeliverNote, "note_no") == {"R1": "0", "R2": "0"}
    application = written(tmp_path, "申请表", APPLICATION)
    assert downloaded(office, kinds, application, notes) == [
        ("transfer_application", "G1", "新增", ""),
        ("receive_deliver_note", "R1", "无变化", ""),
        ("receive_deliver_note", "R2", "无变化", ""),
    ]
    assert links(office, ReceiveDeliverNote, "note_no") == {"R1": "1", "R2": "0"}
    outsourced = written(tmp_path, "外发", OUTSOURCED)
    assert downloaded(office, kinds, outsourced) == [("outsourcing_application", "W1", "新增", "")]
    assert links(office, ReceiveDeliverNote, "note_no") == {"R1": "1", "R2": "1"}
    assert links(office, OutsourcingApplication, "application_no") == {"W1": "0"}, "its book is not here"
    with office.act() as act:
        kept = act.facts.one(TransferApplication, application_no="G1")
        assert kept is not None
        assert [(one.line_no, one.item_no, f"{one.dcl_qty:f}") for one in kept.lines] == [
            (1, 13, "9000.50000"),
            (2, 14, "40000.00000"),
        ]
        document = office.document("receive_deliver_note")
        found = {
            one.note_no: [row.number for group in related.related(act, document, one.id) for row in group.rows]
            for one in act.facts.find(ReceiveDeliverNote)
        }
        assert found == {"R1": ["G1"], "R2": ["W1"]}
        backward = related.related(act, office.document("transfer_application"), kept.id)
        assert "R1" in [row.number for group in backward for row in group.rows]


def test_a_voucher_that_names_an_application_is_none(masters_office: Office, tmp_path: Path) -> None:
    """A 仓单 has a column 申请表编号 and lies beside the export: it is told as not recognised and overwrites nothing."""
    office = masters_office
    path = written(tmp_path / "导出", "外发", OUTSOURCED)
    voucher = [
        ["单据号", "单据日期", "仓单类型", "料号", "数量", "申请表编号"],
        ["S1", "2024-02-01", "A113", "M1", 5, "W1"],
    ]
    written(path.parent, "仓单", {"仓单": voucher})
    source = DownloadFiles(EngineReader(office.engine), [str(path.parent)])
    found = downloading.look(office.engine, office.clerk, source, ("outsourcing_application",), *RANGE, untold)
    assert [(one.number, one.title.split()[0]) for one in found.offered] == [("W1", "已审批")]
    assert [name for name, _reason in found.problems] == ["仓单.xlsx"]


def test_an_application_waits_for_its_book(factory_office: Office, tmp_path: Path) -> None:
    """The factory has the account already."""
    assert downloaded(factory_office, ("transfer_application",), written(tmp_path, "申请表", APPLICATION))
    assert links(factory_office, TransferApplication, "application_no") == {"G1": "1"}


def test_what_customs_changed_follows_and_nobody_types(masters_office: Office, tmp_path: Path) -> None:
    office, kinds = masters_office, ("transfer_application",)
    downloaded(office, kinds, written(tmp_path, "申请表", APPLICATION))
    changed = {
        "表头": [APPLICATION["表头"][0], [*APPLICATION["表头"][1][:-1], "注销"]],
        "表体": APPLICATION["表体"][:2],
    }
    path = written(tmp_path, "申请表", changed)
    assert downloaded(office, kinds, path) == [("transfer_application", "G1", "已更新", "")]
    with office.act() as act:
        kept = act.facts.one(TransferApplication, application_no="G1")
        assert kept is not None
        assert (kept.customs_state, len(kept.lines)) == ("3", 1)
        document, made = office.document("transfer_application"), kept.id
        draft = records.open_draft(act, document, made)
        with pytest.raises(Refused, match="不能"):
            records.save(act, document, draft)
        with pytest.raises(Refused):
            records.save(act, document, Draft(document.key))


def test_an_amendment_waits_for_its_declaration(masters_office: Office, tmp_path: Path) -> None:
    office = masters_office
    path = written(tmp_path, "修撤单", AMENDED)
    assert downloaded(office, ("amend_record",), path) == [("amend_record", "M1", "新增", "")]
    assert links(office, AmendRecord, "amend_no") == {"M1": "0"}
    with office.act() as act:
        formal_declaration(act, "520420241000000001")
    assert downloaded(office, ("amend_record",), path) == [("amend_record", "M1", "无变化", "")]
    assert links(office, AmendRecord, "amend_no") == {"M1": "1"}
    with office.act() as act:
        one = act.facts.one(AmendRecord, amend_no="M1")
        assert one is not None
        assert (one.kind, one.customs_state, one.declared_on) == ("1", "审核通过", date(2024, 3, 20))
        assert [(line.part, line.goods_no, line.before, line.after) for line in one.lines] == [("2", 2, "100", "110")]
