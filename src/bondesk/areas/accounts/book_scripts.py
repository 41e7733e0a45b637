"""变更 and 批量提取 of books as scripts, so that screen, command line and tests do the same (4.2, 4.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from bondesk.base.change import Candidate, ChangePath, Outcome
from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.facts import Work
from bondesk.base.options import option
from bondesk.base.steps import Choose, Progress, Script, Steps, Table
from bondesk.base.steps import Outcome as Result

_PARTS = (("materials", "料件"), ("products", "成品"), ("consumptions", "单损耗"))
#: Marks wait while one is under way at customs.
_EDITABLE = {"DRAFT", "REJECTED"}


def path_of(document: DocumentType) -> ChangePath:
    """Return the declared path of a document that has one."""
    assert document.change is not None
    return document.change


@dataclass(frozen=True, slots=True)
class ChangeOf:
    """Which book is changed."""

    record_no: str = option("编号", "", help="备案号或资质编号；空 = 列表中选中的一本")


@dataclass(frozen=True, slots=True)
class ExtractInto:
    """Into which draft what is extracted."""

    internal_no: str = option("企业内部编号", "", help="空 = 列表中选中的一份草稿")
    part: str = option("提取内容", "materials", choices=_PARTS, help="先提取料件和成品，再提取单损耗")


def _one(work: Work, document: DocumentType, selected: Sequence[int], **named: str) -> Any:
    header = document.header
    statement = select(header).filter_by(company_id=work.company_id, **document.variant)
    statement = statement.where(header.state != "VOID")
    given = {key: value for key, value in named.items() if value}
    statement = statement.filter_by(**given) if given else statement
    if not given and selected:
        statement = statement.where(header.id.in_(list(selected)))
    found = work.session.scalars(statement.limit(2)).all()
    if len(found) != 1:
        what = "没有找到，" if not found else "不止一本，"
        raise Refused(f"{what}请在列表中选中一本，或填写编号", "ACC-00")
    return found[0]


def change_script(approved: DocumentType) -> Script:
    """Return 变更 of approved documents."""
    path, number = path_of(approved), approved.number[0].key

    def run(work: Work, options: ChangeOf, selected: Sequence[int]) -> Steps:
        filed = _one(work, approved, selected, **{number: options.record_no})
        name = f"{approved.title} {getattr(filed, number)}"
        yield Progress(0, 1, f"正在复制{name}")
        draft = path.start(filed, work)
        return Result(f"已建立{name} 的第 {filed.change_count + 1} 次变更", {path.draft: [draft]})

    return Script(
        key=f"start_{path.approved}_change",
        title="变更",
        document=path.approved,
        run=run,
        options=ChangeOf,
        help="复制一份到「暂存草稿」，在那里修改、提取、删除后审核发送；一本同时只能有一个变更。",
    )


def extract_script(document: DocumentType) -> Script:
    """Return 批量提取 into drafts."""
    path = path_of(document)

    def run(work: Work, options: ExtractInto, selected: Sequence[int]) -> Steps:
        draft = _one(work, document, selected, internal_no=options.internal_no)
        if draft.state not in _EDITABLE:
            raise Refused("草稿已审核或已发送，不能再提取；请先取消审核", "FLOW-01")
        if options.part not in {table.key for table in path.tables}:
            raise Refused(f"{document.title}没有{dict(_PARTS)[options.part]}", "OPT-02")
        table = path.table(options.part)
        yield Progress(0, 2, f"与{table.source}比较")
        found = path.compare(draft, table, work)
        if not found.candidates:
            return Result(f"{table.source}与草稿一致，没有需要提取的内容（共比较 {found.compared} 行）")
        chosen = yield _choose(found.candidates, table.source)
        yield Progress(1, 2, f"提取 {len(chosen)} 行")
        counted = path.extract(draft, table, list(chosen), work)
        return Result(f"{dict(_PARTS)[options.part]}提取完成：{counted}", {path.draft: [draft.id]})

    return Script(
        key=f"extract_{path.approved}",
        title="批量提取",
        document=path.draft,
        run=run,
        options=ExtractInto,
        help="把归并后料件、成品、单损耗与草稿逐行比较：没有的增加，关键列不同的修改，相同的不处理。",
    )


def _choose(shown: Sequence[Candidate], title: str) -> Choose:
    headings = ("结果", "来源", "不同之处", "说明")
    rows = tuple((one.outcome.value, one.label, _differences(one), one.reason) for one in shown)
    taken = tuple(one.key for one in shown if one.outcome is not Outcome.REFUSED)
    return Choose("rows", Table(f"从{title}提取", headings, rows), tuple(one.key for one in shown), taken)


def _differences(one: Candidate) -> str:
    return "；".join(f"{key}：{_word(before)} → {_word(one.values.get(key))}" for key, before in one.before.items())


def _word(value: Any) -> str:
    return "空" if value in (None, "") else str(value)
