"""企业资质申请: what the enterprise may process; its approval number is needed to file an account (rows 62 to 73).

Goods are extracted from the headings of 归并后料件/成品, so that the account fits the qualification.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from bondesk.areas.accounts import approval, changing, ems101
from bondesk.areas.accounts.account import APPROVED, FILED, draft_defaults
from bondesk.areas.accounts.account_rules import changes_allowed, still_valid
from bondesk.areas.accounts.book_messages import EMS_PAUSES, copy_reading
from bondesk.areas.accounts.book_receipts import BookReceipts
from bondesk.areas.accounts.copying import rows_of
from bondesk.areas.accounts.qualification_model import Qualification, QualificationLine
from bondesk.areas.accounts.row_marks import mark_of
from bondesk.areas.goods.merged_item import MergedItem
from bondesk.base.change import Candidate, ChangedTable, ChangePath, Comparison, Counted, Mark, Outcome
from bondesk.base.documents import DocumentType, LineTable, group
from bondesk.base.facts import Facts, Work
from bondesk.base.findings import Finding, error
from bondesk.base.messages import Message, answer_forgotten
from bondesk.base.records import new_id
from bondesk.base.workbooks import SheetPlan, WorkbookPlan, may, must, usual

_Q, _L = Qualification, QualificationLine


def _table(key: str, flag: str, source: str) -> ChangedTable:
    return ChangedTable(
        key=key,
        model=QualificationLine,
        match=("item_no",),
        compared=("hs_heading", "name"),
        kept=("hs_heading", "name", "remark"),
        fixed={"goods_flag": flag},
        source=source,
        source_document="merged_item",
    )


TABLES = (_table("materials", "I", "归并后料件"), _table("products", "E", "归并后成品"))


def _compare(draft: Qualification, table: ChangedTable, work: Work) -> Comparison:
    """Offer every four-digit heading the consolidated goods have and the draft has not."""
    rows = rows_of(work, table, draft.id, ("id", "row_mark", *table.kept))
    by_heading = {row["hs_heading"]: row for row in rows.values()}
    statement = select(MergedItem.hs_code, MergedItem.name).where(
        MergedItem.company_id == work.company_id, MergedItem.goods_flag == table.fixed["goods_flag"]
    )
    names: dict[str, list[str]] = {}
    for hs_code, name in work.session.execute(statement.order_by(MergedItem.merge_no)):
        names.setdefault(hs_code[:4], []).append(name)
    found = []
    for heading, goods in sorted(names.items()):
        values = {"hs_heading": heading, "name": "、".join(dict.fromkeys(goods))[:512]}
        label, here = f"{heading} {values['name'][:40]}", by_heading.get(heading)
        if here is None:
            found.append(Candidate(heading, label, Outcome.ADD, values))
        elif here["row_mark"] == Mark.STRUCK:
            found.append(Candidate(heading, label, Outcome.RESTORE, values, line_id=here["id"]))
    return Comparison(len(names), tuple(found))


def _extract(draft: Qualification, table: ChangedTable, keys: Sequence[Any], work: Work) -> Counted:
    chosen = [one for one in _compare(draft, table, work).candidates if one.key in set(keys)]
    number = max((row["item_no"] for row in rows_of(work, table, draft.id, ()).values()), default=0)
    line_no = changing.next_line_no(work, draft, table)
    added = [one for one in chosen if one.outcome is Outcome.ADD]
    for position, one in enumerate(added):
        line = QualificationLine(header_id=draft.id, line_no=line_no + position, item_no=number + position + 1)
        line.id, line.row_mark, line.goods_flag = new_id(), Mark.ADDED.value, table.fixed["goods_flag"]
        line.hs_heading, line.name = one.values["hs_heading"], one.values["name"]
        work.session.add(line)
    back = [one.line_id for one in chosen if one.outcome is Outcome.RESTORE and one.line_id is not None]
    if back:
        _revert(draft, table, back, work)
    work.session.flush()
    return Counted({Outcome.ADD.value: len(added), Outcome.RESTORE.value: len(back)})


def _nothing_follows(_draft: Any, _table: ChangedTable, _rows: Sequence[Any], _order: str, _work: Work) -> int:
    return 0


def _nothing_used(_draft: Any, _table: ChangedTable, _rows: Sequence[Any], _work: Work) -> Mapping[int, str]:
    return {}


def _revert(draft: Any, table: ChangedTable, ids: Sequence[int], work: Work) -> Counted:
    return changing.revert(draft, table, ids, work, _nothing_follows)


PATH = ChangePath(
    approved="qualification",
    draft="qualification_draft",
    version="qualification_version",
    tables=TABLES,
    start=lambda approved, work: approval.start_change(approved, TABLES, work),
    compare=_compare,
    extract=_extract,
    revert=_revert,
    strike=lambda draft, table, ids, work: changing.strike(draft, table, ids, work, _nothing_used, _nothing_follows),
    store=lambda draft, table, line_id, values, work: changing.store(
        draft, table, line_id, values, work, _nothing_used
    ),
    keep=lambda approved, work: approval.keep_version(approved, TABLES, work),
)


def derive_qualification(document: Qualification, facts: Facts) -> None:
    """Set the mark of every row that stays; an imported copy takes its number as internal number."""
    document.internal_no = document.internal_no or document.qualification_no or ""
    if document.copy != "draft":
        return
    approved = facts.one(Qualification, id=document.approved_id) if document.approved_id is not None else None
    for table in TABLES:
        filed = {line.item_no: line for line in getattr(approved, table.key)} if approved is not None else {}
        for line in getattr(document, table.key):
            if line.row_mark == Mark.STRUCK:
                continue
            before = filed.get(line.item_no)
            known = {key: getattr(before, key) for key in table.kept} if before is not None else None
            mark = mark_of(table.kept, known, {key: getattr(line, key) for key in table.kept}).value
            if line.row_mark != mark:
                line.row_mark = mark


def headings_formed(document: Qualification, _facts: Facts) -> Iterator[Finding]:
    """A qualification names goods by four digits, each number once (message reference 4)."""
    for key in ("materials", "products"):
        seen: set[int] = set()
        for position, line in enumerate(getattr(document, key)):
            if len(line.hs_heading or "") != 4 or not line.hs_heading.isdigit():
                yield error("ACC-14", "资质的商品编码须为4位数字", "hs_heading", position, table=key)
            if line.item_no in seen:
                yield error("ACC-03", f"商品序号 {line.item_no} 重复", "item_no", position, table=key)
            seen.add(line.item_no)


def something_to_apply(document: Qualification, _facts: Facts) -> Iterator[Finding]:
    """ACC-10: a first application names goods."""
    if document.approved_id is None and not document.materials and not document.products:
        yield error("ACC-10", "没有料件和成品，请先提取或录入")


_FORM = (
    group(
        "资质",
        _Q.internal_no,
        _Q.qualification_no,
        _Q.seq_no,
        _Q.declare_kind,
        _Q.change_count,
        _Q.entered_on,
        _Q.declared_on,
        _Q.valid_to,
    ),
    group(
        "企业",
        _Q.customs_code,
        _Q.enterprise_name,
        _Q.credit_code,
        _Q.processor_code,
        _Q.processor_name,
        _Q.processor_credit,
        _Q.declarant_kind,
        _Q.master_customs,
        _Q.address,
        _Q.phone,
    ),
    group("生产能力", _Q.capacity, _Q.approval_no, _Q.remark),
    group("海关", _Q.approved_on, _Q.changed_on, _Q.pause_mark, _Q.customs_at, _Q.customs_reason),
)
_COLUMNS = (_L.item_no, _L.hs_heading, _L.name, _L.row_mark, _L.remark)
_LINES = (
    LineTable("materials", "料件", _Q.materials, _COLUMNS, {"goods_flag": "I"}, windowed=True),
    LineTable("products", "成品", _Q.products, _COLUMNS, {"goods_flag": "E"}, windowed=True),
)
_LIST = (_Q.internal_no, _Q.qualification_no, _Q.enterprise_name, _Q.master_customs, _Q.valid_to, _Q.change_count)

MESSAGE = Message(
    code="EMS101",
    title="企业资质申请",
    root="TrMessage",
    groups=ems101.GROUPS,
    tail=ems101.TAIL,
    folder=lambda _draft: "Nems",
    direction=lambda draft: draft.declare_kind,
    number=_Q.internal_no,
    seq_no=_Q.seq_no,
    business_no=_Q.qualification_no,
    receipt_codes=frozenset({"COMMON", "FAILED", "EMS200", "EMS201"}),
    receive=BookReceipts("企业资质", "qualification_no", TABLES, EMS_PAUSES),
    ordered=answer_forgotten,
)


def _workbook(copy: str) -> WorkbookPlan:
    approved = copy == "approved"
    given = (_Q.internal_no, _Q.seq_no, _Q.declare_kind, _Q.change_count, _Q.changed_on, _Q.pause_mark)
    head = (
        must(_Q.qualification_no) if approved else must(_Q.internal_no),
        must(_Q.customs_code),
        must(_Q.enterprise_name),
        may(_Q.credit_code),
        may(_Q.processor_code),
        may(_Q.processor_name),
        may(_Q.processor_credit),
        must(_Q.master_customs),
        may(_Q.address),
        may(_Q.phone),
        must(_Q.capacity),
        may(_Q.approval_no),
        must(_Q.valid_to),
        may(_Q.approved_on),
        may(_Q.declarant_kind),
        may(_Q.entered_on),
        may(_Q.declared_on),
        may(_Q.remark),
        *(usual(attribute) for attribute in given if approved),
    )
    goods = (must(_L.item_no), must(_L.hs_heading), must(_L.name), may(_L.remark))
    return WorkbookPlan(
        "企业资质" if copy == "approved" else "企业资质草稿",
        (
            SheetPlan("表头", head, pairs=True),
            SheetPlan("料件", goods, part="materials"),
            SheetPlan("成品", goods, part="products"),
        ),
        on_existing="refuse",
        imported={"copy": "approved", "state": "APPROVED"} if copy == "approved" else {},
    )


QUALIFICATION = DocumentType(
    key="qualification",
    title="企业资质",
    area="accounts",
    header=Qualification,
    number=(_Q.qualification_no,),
    list_columns=(_Q.qualification_no, *_LIST[2:], _Q.approved_on, _Q.changed_on),
    form=_FORM,
    lines=_LINES,
    flow=APPROVED,
    derive=derive_qualification,
    rules=(headings_formed,),
    workbook=_workbook("approved"),
    message=MESSAGE,
    from_message=copy_reading(MESSAGE, _Q, _Q.qualification_no, EMS_PAUSES),
    variant={"copy": "approved"},
    creatable=False,
    change=PATH,
    downloaded=10,
    help="海关已审批的企业资质（联网企业档案库）。在单一窗口录入的，审批后下载或导入到这里。",
)
QUALIFICATION_DRAFT = DocumentType(
    key="qualification_draft",
    title="企业资质申请",
    area="accounts",
    header=Qualification,
    number=(_Q.internal_no,),
    list_columns=(*_LIST, _Q.declare_kind, _Q.seq_no, _Q.customs_reason),
    form=_FORM,
    lines=_LINES,
    flow=FILED,
    derive=derive_qualification,
    rules=(still_valid, changes_allowed, headings_formed, something_to_apply),
    workbook=_workbook("draft"),
    message=MESSAGE,
    defaults=lambda facts: {key: value for key, value in draft_defaults(facts).items() if key != "cycle_days"},
    variant={"copy": "draft"},
    change=PATH,
    help="企业资质的首次申请与变更（暂存草稿）：录入或导入，审核后发送单一窗口，海关审批后成为正式资质。",
)
QUALIFICATION_VERSION = DocumentType(
    key="qualification_version",
    title="企业资质历史版本",
    area="accounts",
    header=Qualification,
    number=(_Q.qualification_no, _Q.change_count),
    list_columns=(_Q.qualification_no, _Q.change_count, _Q.approved_on, _Q.changed_on, _Q.replaced_on),
    form=_FORM,
    lines=_LINES,
    flow=APPROVED,
    variant={"copy": "archived"},
    creatable=False,
    change=PATH,
    help="每次变更审批后，原来的资质保存为历史版本。",
)
