"""What can be done to one document: new, open, save, copy, delete, move through its flow."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from bondesk.base.columns import Kind
from bondesk.base.documents import DocumentType
from bondesk.base.errors import Refused
from bondesk.base.fields import Field
from bondesk.base.findings import Finding, Severity, errors_in
from bondesk.base.flow import Move
from bondesk.base.records import Record, Row
from bondesk.engine.act import Act
from bondesk.engine.attached_files import remove_all
from bondesk.engine.code_dates import code_findings
from bondesk.engine.drafts import Draft, apply_draft, assemble, copied, draft_of
from bondesk.engine.formal_copies import require_unpaired
from bondesk.engine.posting import post_document
from bondesk.engine.row_checks import missing, missing_in_head, row_findings
from bondesk.engine.typed_document import TypedDocument


def blank(act: Act, document: DocumentType) -> Draft:
    """Return a new draft with the declared defaults; nothing is stored."""
    act.require(document, "new")
    head: dict[str, Any] = {entry.key: _empty(entry) for entry in document.head_fields}
    for attribute in document.header.__mapper__.column_attrs:
        default = attribute.columns[0].default
        if default is not None and default.is_scalar and attribute.key in head:
            head[attribute.key] = default.arg
    head.update(document.variant)
    head.update(document.defaults(act.facts))
    return Draft(head=head, lines={table.key: [] for table in document.typed_lines}, state=document.flow.first)


def _empty(entry: Field) -> Any:
    if entry.numeric or entry.kind in {Kind.DATE, Kind.TIME, Kind.YESNO}:
        return None
    return ""


def load(act: Act, document: DocumentType, document_id: int) -> Any:
    """Return the stored head; ``Refused`` when it is gone."""
    statement = select(document.header).filter_by(id=document_id, **document.variant)
    if issubclass(document.header, Row):
        statement = statement.filter_by(company_id=act.company_id)
    header = act.session.scalars(statement).one_or_none()
    if header is None:
        raise Refused(f"「{document.title}」中没有这张单据，可能已被删除", "GONE")
    return header


def load_numbered(act: Act, document: DocumentType, number: str) -> Any:
    """Return the stored head with a business number (parts joined by ``/``; the first part may suffice)."""
    statement = select(document.header).filter_by(**document.variant)
    if issubclass(document.header, Row):
        statement = statement.filter_by(company_id=act.company_id)
    parts = number.split("/")
    for attribute, part in zip(document.number, parts, strict=False):
        statement = statement.where(attribute == _typed(attribute, part))
    found = act.session.scalars(statement.limit(2)).all()
    if len(found) != 1:
        raise Refused(f"「{document.title}」中{'没有' if not found else '不止一张'}单号 {number}", "GONE")
    return found[0]


def _typed(attribute: Any, text: str) -> Any:
    python_type = attribute.type.python_type
    if python_type is str:
        return text
    try:
        return int(text) if python_type is int else python_type.fromisoformat(text)
    except ValueError:
        raise Refused(f"单号中的“{text}”不能识别", "GONE") from None


def open_draft(act: Act, document: DocumentType, document_id: int) -> Draft:
    """Return a stored document as a draft to look at or edit."""
    act.require(document, "view")
    return draft_of(document, load(act, document, document_id))


def open_single(act: Act, document: DocumentType) -> Draft:
    """Return the one document of a kind every company has once."""
    act.require(document, "view")
    found = act.facts.one(document.header)
    if found is None:
        raise Refused(f"还没有「{document.title}」，请先初始化数据连接", "GONE")
    return draft_of(document, found)


def _refuse_another(document: DocumentType) -> None:
    if document.single:
        raise Refused(f"「{document.title}」每家企业只有一份，不能新增或复制", "FLOW-01")


def copy_draft(act: Act, document: DocumentType, document_id: int) -> Draft:
    """Return a new draft with the user's values of a stored document; dates the program proposes are today's."""
    act.require(document, "new")
    act.require(document, "view")
    _refuse_another(document)
    if document.windowed:
        raise Refused(f"「{document.title}」不能复制；请新增后提取或导入明细", "FLOW-01")
    draft = copied(draft_of(document, load(act, document, document_id)), document)
    proposed = document.defaults(act.facts)
    draft.head |= {key: value for key, value in proposed.items() if isinstance(value, date)}
    return draft


def findings_of(act: Act, document: DocumentType, header: Any) -> list[Finding]:
    """Derive what is derived and run the required-field test and every rule on a head with lines."""
    if document.derive is not None:
        document.derive(header, act.facts)
    found = list(missing(document, header))
    if any(finding.severity is Severity.ERROR for finding in found) and document.flow.checked_on_save:
        return found
    for rule in document.rules:
        found.extend(rule(header, act.facts))
    found.extend(code_findings(act, document, header))
    return found


def stored_findings(act: Act, document: DocumentType, header: Any) -> list[Finding]:
    """Run the rules on a stored head; rows that stay in the database are read there, by rules made for that."""
    return row_findings(act, document, header) if document.stored_rules else findings_of(act, document, header)


def check(act: Act, document: DocumentType, draft: Draft, typed: TypedDocument | None = None) -> list[Finding]:
    """Run the rules on a draft without storing it (rules as you type).

    ``typed`` remembers what the last check of the same form found out about lines that did not change.
    A draft without its windowed lines is asked for its required fields only: rules need the lines.
    """
    header = (typed or TypedDocument(document)).follow(draft)
    if any(table.key not in draft.lines for table in document.lines if table.windowed):
        return list(missing(document, header))
    header.id = draft.id  # rules tell a document from its likes; the head is never stored
    if document.flow.states:
        header.state = draft.state or document.flow.first
    with act.session.no_autoflush:
        return findings_of(act, document, header)


def save(act: Act, document: DocumentType, draft: Draft) -> int:
    """Store a draft and return its id.

    Masters are refused with their errors; drafts of flowing documents may be saved unfinished, some with a whole head.
    ``CONFLICT`` when somebody saved a newer revision, ``AUTH-02`` when only the creator may edit,
    ``IMP-08`` when another document has the number.
    """
    act.require(document, "new" if draft.id is None else "edit")
    guarded = document.guard(act) if document.guard is not None else None
    if draft.id is None:
        _refuse_another(document)
        if not document.creatable:
            raise Refused(f"「{document.title}」不能直接新增：它由向导、导入或海关回执生成", "FLOW-01")
        header = assemble(document, draft)
        if document.flow.first:
            header.state = document.flow.first
        with act.session.no_autoflush:
            _refuse_errors(act, document, header)
            _refuse_gaps(document, header)
            _require_free_number(act, document, header)
        act.session.add(header)
    else:
        header = load(act, document, draft.id)
        require_editable(act, document, header)
        if header.revision != draft.revision:
            raise Refused("单据已被其他用户修改，请重新打开后再保存", "CONFLICT")
        _release(act, document, header, draft)
        apply_draft(document, header, draft)
        with act.session.no_autoflush:
            if not document.windowed or document.flow.checked_on_save:
                _refuse_errors(act, document, header)  # windowed rows were derived when each was stored
            _refuse_gaps(document, header)
            _require_free_number(act, document, header)
        if isinstance(header, Record):
            flag_modified(header, "changed_at")  # changed lines alone must raise the revision too
    act.session.flush()
    if guarded is not None:
        guarded()
    act.facts.forget()
    stored: int = header.id
    return stored


def _require_free_number(act: Act, document: DocumentType, header: Any) -> None:
    """IMP-08: the business number names one document."""
    same = {part.key: getattr(header, part.key) for part in document.number} | dict(document.variant)
    statement = select(document.header.id).filter_by(**same)
    if issubclass(document.header, Row):
        statement = statement.filter_by(company_id=act.company_id)
    if header.id is not None:
        statement = statement.where(document.header.id != header.id)
    if act.session.execute(statement.limit(1)).first() is not None:
        number = document.number_of(header)
        raise Refused(f"「{document.title}」编号“{number}”已存在，请换一个编号", "IMP-08")


def _release(act: Act, document: DocumentType, header: Any, draft: Draft | None = None) -> None:
    """Tell the document which stored lines go: those the draft lacks, or all of them without a draft."""
    if document.removed is None:
        return
    gone = []
    for table in document.lines:
        if draft and table.windowed and table.key not in draft.lines:
            continue
        kept = {line.id for line in draft.lines.get(table.key, ())} if draft else set()
        gone += [line for line in getattr(header, table.attribute_key) if line.id not in kept]
    if gone or draft is None:
        document.removed(header, gone, act)


def _refuse_errors(act: Act, document: DocumentType, header: Any) -> None:
    found = findings_of(act, document, header)
    if document.flow.checked_on_save and errors_in(found):
        raise Refused(found)


def _refuse_gaps(document: DocumentType, header: Any) -> None:
    """Refuse a head with empty required boxes where the flow wants a whole one."""
    if document.flow.head_on_save and (found := missing_in_head(document, header)):
        raise Refused(found)


def require_editable(act: Act, document: DocumentType, header: Any) -> None:
    """Refuse to change a document its flow keeps closed, or one only its creator may change (0.4)."""
    if document.flow.closed:
        raise Refused(f"「{document.title}」只能查看，不能修改或删除", "FLOW-01")
    if document.flow.states and not document.flow.editable(header.state):
        title = document.flow.state(header.state).title
        raise Refused(f"单据状态为「{title}」，不能修改或删除；请先取消审核", "FLOW-01")
    require_unpaired(document, header)
    if act.catalogue.creator_only(act.facts) and document.flow.states and header.created_by != act.user_id:
        raise Refused("企业参数「新增单据用户才可以编辑」已启用，只有制单人可以修改或删除", "AUTH-02")


def delete(act: Act, document: DocumentType, document_id: int) -> None:
    """Delete a document and release what it used."""
    act.require(document, "delete")
    if document.single:
        raise Refused(f"「{document.title}」每家企业只有一份，不能删除", "FLOW-01")
    header = load(act, document, document_id)
    require_editable(act, document, header)
    guarded = document.guard(act) if document.guard is not None else None
    _release(act, document, header)
    remove_all(act, document, document_id)
    act.session.delete(header)
    act.session.flush()
    if guarded is not None:
        guarded()
    act.facts.forget()


def move(act: Act, document: DocumentType, document_id: int, key: str) -> list[Finding]:
    """Order a move of the flow (audit, unaudit, void …) and return the findings that did not block."""
    order = document.flow.move(key)
    if key == "send":
        raise Refused("发送须经发件箱，不能直接改状态", "FLOW-02")
    if order is None:
        raise Refused(f"「{document.title}」没有操作 {key}", "FLOW-02")
    act.require(document, key)
    header = load(act, document, document_id)
    if header.state not in order.sources:
        title = document.flow.state(header.state).title
        raise Refused(f"{document.number_of(header)} 状态为「{title}」，不能{order.title}", "FLOW-01")
    require_unpaired(document, header)
    found = _checked(act, document, header, order)
    if key == "audit":
        _require_reviewer(act, header)
        header.audited_by, header.audited_at = act.user_id, act.now()
    if key == "void":
        _release(act, document, header)
    header.state = order.target
    if document.moved is not None:
        document.moved(header, key, act)
    act.session.flush()
    post_document(act, document, header)
    return found


def _checked(act: Act, document: DocumentType, header: Any, order: Move) -> list[Finding]:
    if not order.checked:
        return []
    with act.session.no_autoflush:
        found = stored_findings(act, document, header)
    if errors_in(found):
        raise Refused(found)
    return found


def _require_reviewer(act: Act, header: Any) -> None:
    """AUD-01: with the parameter on, the auditor is neither the creator nor the last editor (0.4)."""
    if act.catalogue.reviewer_apart(act.facts) and act.user_id in {header.created_by, header.changed_by}:
        raise Refused("审核人与制单人（或最后修改人）不允许是同一人，请由其他用户审核", "AUD-01")
