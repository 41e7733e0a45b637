"""Checks that follow from the declarations: whatever document is declared is looked at the same way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, and_, func, or_, select

from bondesk.base.checks import Breach, Check
from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType
from bondesk.base.fields import Field, field_of
from bondesk.base.findings import Severity
from bondesk.base.formal_copy import FORMAL
from bondesk.base.records import Row
from bondesk.engine.act import Act


@dataclass(frozen=True, slots=True)
class _Table:
    """One stored table of a document: its head (``title`` "") or one of its line tables."""

    document: DocumentType
    model: Any
    attributes: tuple[Any, ...]
    fixed: tuple[tuple[str, Any], ...]
    title: str = ""

    def mine(self, act: Act) -> list[ColumnElement[bool]]:
        """Return what picks the rows of this document alone."""
        conditions = [self.model.company_id == act.company_id]
        conditions += [getattr(self.model, key) == value for key, value in self.fixed]
        if self.title and self.document.variant:
            header = self.document.header
            own = [getattr(header, key) == value for key, value in self.document.variant.items()]
            owner = and_(header.company_id == self.model.company_id, header.id == self.model.header_id, *own)
            conditions.append(select(header.id).where(owner).correlate(self.model).exists())
        return conditions

    @property
    def name(self) -> str:
        """Return what a sentence calls the table."""
        return f"「{self.document.title}」{self.title}"


def _tables(act: Act) -> Iterator[_Table]:
    """Return heads and line tables of the company's own documents; code tables are the customs' own."""
    for document in act.catalogue.documents:
        if not issubclass(document.header, Row):
            continue
        head = tuple(dict.fromkeys(attribute for part in document.form for attribute in part.attributes))
        yield _Table(document, document.header, head, tuple(document.variant.items()))
        for table in document.lines:
            yield _Table(document, table.model, tuple(table.columns), tuple(table.fixed.items()), table.title)


def _states(act: Act) -> Iterator[Breach]:
    """Every document is in a state its flow knows."""
    for document in act.catalogue.documents:
        if document.flow.states:
            known = [state.key for state in document.flow.states]
            mine = select(document.header).filter_by(company_id=act.company_id, **document.variant)
            for one in act.session.scalars(mine.where(document.header.state.not_in(known))):
                number = document.number_of(one)
                text = f"「{document.title}」{number} 的状态 {one.state} 不在流程之内"
                yield Breach(text, document.key, one.id, number)


def _numbers(act: Act) -> Iterator[Breach]:
    """No two documents of a kind have one number."""
    for table in _tables(act):
        document, header = table.document, table.model
        if table.title or document.single or document.change is not None:
            continue  # copies and versions of one number belong together
        parts = [getattr(header, part.key) for part in document.number]
        statement = select(*parts, func.count(), func.min(header.id)).where(*table.mine(act))
        for *values, times, first in act.session.execute(statement.group_by(*parts).having(func.count() > 1)):
            number = "/".join(map(str, values))
            yield Breach(f"「{document.title}」编号 {number} 有 {times} 份", document.key, first, number)


def _line_numbers(act: Act) -> Iterator[Breach]:
    """Within a document no line number stands twice in one table."""
    for table in _tables(act):
        if not table.title or not hasattr(table.model, "line_no"):
            continue
        model = table.model
        statement = select(model.header_id, model.line_no).where(*table.mine(act))
        for header_id, line_no in act.session.execute(
            statement.group_by(model.header_id, model.line_no).having(func.count() > 1)
        ):
            number = _number(act, table.document, header_id)
            yield Breach(f"{table.name} {number} 行号 {line_no} 重复", table.document.key, header_id, number)


def _orphans(act: Act) -> Iterator[Breach]:
    """Every line belongs to a document that exists."""
    seen: set[Any] = set()
    for table in _tables(act):
        model, header = table.model, table.document.header
        if not table.title or model in seen:
            continue
        seen.add(model)
        there = and_(header.company_id == model.company_id, header.id == model.header_id)
        statement = select(func.count()).select_from(model).outerjoin(header, there)
        count = act.session.scalar(statement.where(model.company_id == act.company_id, header.id.is_(None)))
        if count:
            yield Breach(f"{table.name} 有 {count} 行不属于任何单据")


def _required(act: Act) -> Iterator[Breach]:
    """What was audited has its required boxes filled; a formal copy is as customs gave it."""
    for table in _tables(act):
        document, header, model = table.document, table.document.header, table.model
        needed = [entry for entry in map(field_of, table.attributes) if entry.required]
        if not needed or document.flow.closed or not any(move.checked for move in document.flow.moves):
            continue
        locked = [state.key for state in document.flow.states if not state.editable and state.key != "VOID"]
        owner = model.header_id if table.title else header.id
        empties = [_empty(getattr(model, entry.key)) for entry in needed]
        statement = select(owner, *empties).where(*table.mine(act), or_(*empties))
        if table.title:
            statement = statement.join(header, and_(header.company_id == model.company_id, header.id == owner))
        told = set()
        for header_id, *missing in act.session.execute(statement.where(header.state.in_(locked))):
            told |= {(header_id, entry.label) for entry, lacks in zip(needed, missing, strict=True) if lacks}
        for header_id, label in sorted(told):
            number = _number(act, document, header_id)
            yield Breach(f"{table.name} {number} 已审核，{label}却为空", document.key, header_id, number)


def _empty(column: Any) -> ColumnElement[bool]:
    return or_(column.is_(None), column == "") if isinstance(column.type, String) else column.is_(None)


def _used(act: Act, table: _Table, fields: Sequence[Field]) -> list[tuple[Field, list[str]]]:
    """Return the distinct values of several fields of a table, read at once and in order."""
    if not fields:
        return []
    columns = [getattr(table.model, entry.key) for entry in fields]
    found: list[set[str]] = [set() for _entry in fields]
    for row in act.session.execute(select(*columns).where(*table.mine(act)).distinct()):
        for values, value in zip(found, row, strict=True):
            values.add("" if value is None else str(value))
    return [(entry, sorted(values - {""})) for entry, values in zip(fields, found, strict=True)]


def _codes(act: Act) -> Iterator[Breach]:
    """Every stored code stands in its table, of whatever day; every choice is one of those offered."""
    for table in _tables(act):
        fields = [entry for entry in map(field_of, table.attributes) if entry.table or entry.choices]
        for entry, values in _used(act, table, [one for one in fields if one.kind is not Kind.YESNO]):
            for value in values:
                if not _known(act, entry, value):
                    yield Breach(f"{table.name}{entry.label} {value} 不在{_source(entry)}中")


def _known(act: Act, entry: Field, value: str) -> bool:
    if entry.choices:
        return any(value == code for code, _name in entry.choices)
    return bool(act.codebook.name(entry.table, value))


def _source(entry: Field) -> str:
    return "可选值" if entry.choices else "海关参数"


def _references(act: Act) -> Iterator[Breach]:
    """What a document names exists: part, partner, book."""
    numbers: dict[str, set[str]] = {}
    for table in _tables(act):
        if table.document.variant.get("copy") == FORMAL:
            continue  # a formal copy may name what this company never kept
        fields = [entry for entry in map(field_of, table.attributes) if entry.reference]
        for entry, values in _used(act, table, fields):
            if entry.reference not in numbers:
                numbers[entry.reference] = set().union(*(_existing(act, key, entry.key) for key in entry.references))
            for value in values:
                if value not in numbers[entry.reference]:
                    title = "」「".join(act.catalogue.document(key).title for key in entry.references)
                    yield Breach(f"{table.name}{entry.label} {value} 不在「{title}」中")


def _existing(act: Act, reference: str, key: str) -> set[str]:
    """Return the numbers documents of a kind are named by: the attribute of the same name, else their number."""
    document = act.catalogue.document(reference)
    column = getattr(document.header, key, None)
    column = column if column is not None else getattr(document.header, document.number[0].key)
    mine = select(column).filter_by(company_id=act.company_id, **document.variant)
    return {str(value) for value in act.session.scalars(mine.distinct())}


def _number(act: Act, document: DocumentType, header_id: int) -> str:
    header = act.session.get(document.header, (act.company_id, header_id))
    return document.number_of(header) if header is not None else str(header_id)


def _attachments(act: Act) -> Iterator[Breach]:
    """Every attachment belongs to a document that exists."""
    from bondesk.base.attachment import Attachment

    ids: dict[str, set[int]] = defaultdict(set)
    mine = select(Attachment.document_key, Attachment.document_id).where(Attachment.company_id == act.company_id)
    for key, document_id in act.session.execute(mine.distinct()):
        ids[key].add(document_id)
    for document in act.catalogue.documents:
        header = document.header
        if wanted := ids.get(document.key):
            there = select(header.id).where(header.company_id == act.company_id, header.id.in_(wanted))
            if gone := wanted - set(act.session.scalars(there)):
                yield Breach(f"「{document.title}」有 {len(gone)} 份单据已不存在，附件还在")


DOCUMENT_CHECKS: tuple[Check, ...] = (
    Check("CHK-21", "单据状态在流程之内", "请联系实施人员核对数据", _states),
    Check("CHK-22", "单据编号不重复", "请改其中一份的编号或作废", _numbers),
    Check("CHK-23", "行号不重复", "请打开单据重新编号后保存", _line_numbers),
    Check("CHK-24", "明细都有所属单据", "请联系实施人员清理", _orphans),
    Check("CHK-25", "已审核单据的必填项都已填", "请取消审核，补填后重新审核", _required),
    Check("CHK-26", "代码都在参数表中", "请更新海关参数，或改正单据中的代码", _codes),
    Check("CHK-27", "引用的资料都存在", "请补建资料，或改正单据中的引用", _references, Severity.CONFIRM),
    Check("CHK-28", "附件都有所属单据", "请联系实施人员清理", _attachments),
)
