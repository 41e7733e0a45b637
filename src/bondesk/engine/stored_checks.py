"""Checks of what the engine itself stores: postings and balances, messages, receipts, files, the log."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import selectinload

from bondesk.base.attachment import AttachedFile, Attachment
from bondesk.base.checks import Breach, Check
from bondesk.base.findings import Severity
from bondesk.base.numbers import plain
from bondesk.engine.act import Act
from bondesk.engine.books import stored_postings
from bondesk.engine.closed_periods import standing_guards, wanted_guards
from bondesk.engine.history import verify_log
from bondesk.engine.posting import check_balances
from bondesk.engine.tables import ImportRun, Outbox, PostingRow, ReceiptFile
from bondesk.ledger.posting import Posting, changes

_AT_ONCE = 500
_RESTORE = "请从备份恢复，并保留现在的数据库备查"
_REBUILD = "请在账册列表执行「重建余额」，余额由记账重新算出"


def _balances(act: Act) -> Iterator[Breach]:
    yield from (Breach(sentence) for sentence in check_balances(act))


def _postings(act: Act) -> Iterator[Breach]:
    """What a document declares is what it has posted."""
    stored: dict[tuple[str, int], list[Posting]] = defaultdict(list)
    for posting in stored_postings(act.session, PostingRow.company_id == act.company_id):
        stored[posting.document_key, posting.document_id].append(posting)
    for document in act.catalogue.documents:
        if document.posts is None:
            continue
        mine = select(document.header).filter_by(company_id=act.company_id, **document.variant)
        mine = mine.options(*(selectinload(table.relation) for table in document.typed_lines))
        for header in act.session.scalars(mine.execution_options(yield_per=_AT_ONCE)):
            wrong = changes(stored.get((document.key, header.id), ()), document.posts(header, act.facts))
            if wrong:
                number = document.number_of(header)
                text = f"「{document.title}」{number} 的记账与单据不一致，相差 {len(wrong)} 笔"
                yield Breach(text, document.key, header.id, number)


def _reversals(act: Act) -> Iterator[Breach]:
    """Nothing is taken back oftener than it was posted."""
    row = PostingRow
    same = (row.document_key, row.document_id, row.document_no, row.line_id, row.quantity, row.stage)
    day_of = func.coalesce(row.corrects, row.business_date)
    balance = func.sum(case((row.reversal, -1), else_=1))
    statement = select(*same, day_of, balance).where(row.company_id == act.company_id)
    for key, document_id, number, _line, quantity, _stage, day, times in act.session.execute(
        statement.group_by(*same, day_of, row.effect, row.mode, row.item_no, row.uc_version).having(balance < 0)
    ):
        text = f"{number} {day} 数量 {plain(quantity)} 的记账被冲销多了 {-times} 次"
        yield _of(act, text, key, document_id, number)


def _of(act: Act, text: str, key: str, document_id: int, number: str) -> Breach:
    """Make a breach of the document of a posting, which a kind nobody declares any more may have made."""
    declared = any(document.key == key for document in act.catalogue.documents)
    return Breach(text, key if declared else "", document_id if declared else None, number)


def _owners(act: Act) -> Iterator[Breach]:
    """Every posting belongs to a document that exists."""
    row = PostingRow
    for document in act.catalogue.documents:
        if document.posts is None:
            continue
        header = document.header
        there = and_(header.company_id == row.company_id, header.id == row.document_id)
        statement = (
            select(row.document_no, func.count())
            .outerjoin(header, there)
            .where(row.company_id == act.company_id, row.document_key == document.key, header.id.is_(None))
            .group_by(row.document_no)
            .having(func.sum(case((row.reversal, -1), else_=1)) != 0)
        )
        for number, count in act.session.execute(statement):
            yield Breach(f"「{document.title}」{number} 已不存在，却还有 {count} 笔记账没有冲销")


def _unknown(act: Act) -> Iterator[Breach]:
    waiting = Outbox.state.in_(("unknown", "failed"))
    for row in act.session.scalars(select(Outbox).where(Outbox.company_id == act.company_id, waiting)):
        text = f"报文 {row.document_no} 发送结果不明：{row.problem}"
        yield Breach(text, row.document_key, row.document_id, row.document_no)


def _quarantine(act: Act) -> Iterator[Breach]:
    waiting = ReceiptFile.state == "quarantined"
    for row in act.session.scalars(select(ReceiptFile).where(ReceiptFile.company_id == act.company_id, waiting)):
        yield Breach(f"回执 {row.file_name} 未能处理：{row.reason}")


def _twice(act: Act) -> Iterator[Breach]:
    """No file name was handed over for two messages, and none twice."""
    rows = act.session.execute(
        select(Outbox.file_name, func.count(), func.min(Outbox.document_no))
        .where(Outbox.company_id == act.company_id, Outbox.file_name != "", Outbox.state == "handed")
        .group_by(Outbox.folder, Outbox.file_name)
        .having(func.count() > 1)
    )
    for name, times, number in rows:
        yield Breach(f"报文文件 {name}（{number}）交给客户端 {times} 次", number=number)


def _sent_without_message(act: Act) -> Iterator[Breach]:
    """A document that says it was sent has a message in the outbox."""
    for document in act.catalogue.documents:
        if document.message is None:
            continue
        header = document.header
        made = and_(
            Outbox.company_id == header.company_id,
            Outbox.document_id == header.id,
            Outbox.document_key == document.key,
        )
        mine = select(header).filter_by(company_id=act.company_id, **document.variant)
        for one in act.session.scalars(mine.where(header.state == "SENT", ~select(Outbox.id).where(made).exists())):
            number = document.number_of(one)
            yield Breach(f"「{document.title}」{number} 为已发送，却没有报文", document.key, one.id, number)


def _log(act: Act) -> Iterator[Breach]:
    verdict = verify_log(act)
    if verdict.broken is not None:
        yield Breach(verdict.reason)


def _whole(model: Any, name: Any, what: str) -> Callable[[Act], Iterator[Breach]]:
    """Make a check that stored bytes still have the hash they were stored with."""

    def run(act: Act) -> Iterator[Breach]:
        statement = select(name, model.sha256, model.content).where(model.company_id == act.company_id)
        for called, digest, content in act.session.execute(statement.execution_options(yield_per=20)):
            if hashlib.sha256(content).hexdigest() != digest:
                yield Breach(f"{what} {called} 的内容与存入时不同")

    return run


def _attached(act: Act) -> Iterator[Breach]:
    """Every attachment has its bytes."""
    there = and_(AttachedFile.company_id == Attachment.company_id, AttachedFile.sha256 == Attachment.sha256)
    statement = (
        select(Attachment)
        .outerjoin(AttachedFile, there)
        .where(Attachment.company_id == act.company_id)
        .where(or_(AttachedFile.sha256.is_(None), func.length(AttachedFile.content) != Attachment.size))
    )
    for one in act.session.scalars(statement):
        yield Breach(f"附件 {one.file_name} 的文件不在或大小不符", one.document_key, one.document_id)


def _late(act: Act) -> Iterator[Breach]:
    """Nothing is posted on a day that has not come."""
    row = PostingRow
    future = select(row).where(row.company_id == act.company_id, row.business_date > act.facts.today)
    for (key, document_id), rows in groupby(
        act.session.scalars(future.order_by(row.document_key, row.document_id)),
        key=lambda one: (one.document_key, one.document_id),
    ):
        first = next(rows)
        text = f"{first.document_no} 记账日期 {first.business_date} 晚于今天"
        yield _of(act, text, key, document_id, first.document_no)


def _guarded(act: Act) -> Iterator[Breach]:
    """The database refuses what would change a closed period (decision 0035)."""
    connection = act.session.connection()
    missing = wanted_guards(connection.dialect.name) - standing_guards(connection)
    if missing:
        yield Breach(f"数据库不再拒绝改动已核销周期的记账：缺少触发器 {'、'.join(sorted(missing))}")


STORED_CHECKS: tuple[Check, ...] = (
    Check("CHK-01", "余额等于记账之和", _REBUILD, _balances),
    Check("CHK-02", "记账与单据一致", "请打开单据重新保存或取消审核后再审核，仍不一致请联系实施人员", _postings),
    Check("CHK-03", "没有结果不明的报文", "请在单一窗口查询后决定重发或作废", _unknown),
    Check("CHK-04", "没有待认领的回执", "请在待认领回执中挂接或忽略", _quarantine, Severity.NOTE),
    Check("CHK-05", "同一报文只交给客户端一次", "请在单一窗口核对是否重复申报", _twice),
    Check("CHK-06", "操作日志没有被改动", "请保留数据库备份，并与日志校验点核对", _log),
    Check("CHK-07", "冲销不多于记账", _RESTORE, _reversals),
    Check("CHK-08", "记账都有所属单据", _RESTORE, _owners),
    Check("CHK-09", "已发送的单据都有报文", "请取消审核后重新审核并发送", _sent_without_message),
    Check("CHK-10", "报文存档没有被改动", _RESTORE, _whole(Outbox, Outbox.file_name, "报文")),
    Check("CHK-11", "回执存档没有被改动", _RESTORE, _whole(ReceiptFile, ReceiptFile.file_name, "回执")),
    Check("CHK-12", "导入的工作簿没有被改动", _RESTORE, _whole(ImportRun, ImportRun.file_name, "工作簿")),
    Check("CHK-13", "附件没有被改动", _RESTORE, _whole(AttachedFile, AttachedFile.sha256, "附件")),
    Check("CHK-14", "附件的文件都在", "请重新上传附件", _attached),
    Check("CHK-15", "没有记账日期在今天之后", "请核对清单申报日期", _late, Severity.NOTE),
    Check(
        "CHK-16",
        "数据库拒绝改动已核销周期的记账",
        "请退出并重新打开程序，触发器会重新建立；再运行 CHK-02 与 CHK-90，核对已核销周期的记账",
        _guarded,
    ),
)
