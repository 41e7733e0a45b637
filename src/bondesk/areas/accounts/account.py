"""账册 and 手册: approved copy, open draft and former versions, declared once for both (handbook 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bondesk.areas.accounts import eml111, ems111
from bondesk.areas.accounts.account_rules import APPROVED_RULES, DRAFT_RULES, derive_book
from bondesk.areas.accounts.book_messages import EML_PAUSES, EMS_PAUSES, copy_reading
from bondesk.areas.accounts.book_model import Account, AccountConsumption, AccountLine
from bondesk.areas.accounts.book_path import book_path
from bondesk.areas.accounts.book_receipts import BookReceipts, claimed_of
from bondesk.areas.accounts.book_rows import loaded, stored
from bondesk.areas.accounts.book_tables import TABLES
from bondesk.areas.accounts.book_workbook import book_workbook
from bondesk.areas.accounts.changing import InUse
from bondesk.areas.accounts.row_filling import GOODS_FILLS, fill_goods_row
from bondesk.areas.accounts.row_marks import mark_of
from bondesk.areas.setup.company import company_of
from bondesk.base.change import ChangePath, Mark
from bondesk.base.documents import DocumentType, Group, LineTable, group
from bondesk.base.facts import Facts
from bondesk.base.flow import AUDITED_AND_SENT, Flow
from bondesk.base.messages import Message, answer_forgotten

#: A draft of a book is deleted, never voided: nothing of it exists anywhere else. Its rows hang on a whole head.
FILED = Flow(
    "filed",
    states=AUDITED_AND_SENT.states,
    moves=tuple(move for move in AUDITED_AND_SENT.moves if move.key != "void"),
    head_on_save=True,
)
#: What customs has approved is changed by a change only.
APPROVED = Flow("approved", states=AUDITED_AND_SENT.states, closed=True)

_A, _L, _U = Account, AccountLine, AccountConsumption


def approved_account(facts: Facts, record_no: str) -> Account | None:
    """Return the approved copy of a book."""
    return facts.one(Account, record_no=record_no, copy="approved")


def derive_draft(draft: Account, facts: Facts) -> None:
    """Besides U: the mark of every row that stays is what the comparison with the approved copy says."""
    derive_book(draft, facts)
    approved = facts.one(Account, id=draft.approved_id) if draft.approved_id is not None else None
    for table in TABLES:
        filed = _rows(approved, table.key, table.match)
        for line in getattr(draft, table.key):
            if line.row_mark == Mark.STRUCK:
                continue
            before = filed.get(tuple(getattr(line, key) for key in table.match))
            mark = mark_of(table.kept, _values(before, table.kept), _values(line, table.kept) or {}).value
            if line.row_mark != mark:
                line.row_mark = mark


def _rows(account: Account | None, key: str, match: tuple[str, ...]) -> dict[tuple[Any, ...], Any]:
    lines = getattr(account, key) if account is not None else ()
    return {tuple(getattr(line, part) for part in match): line for line in lines}


def _values(line: Any, keys: tuple[str, ...]) -> Mapping[str, Any] | None:
    return None if line is None else {key: getattr(line, key) for key in keys}


def draft_defaults(facts: Facts) -> Mapping[str, Any]:
    """Propose the enterprise itself and today."""
    company = company_of(facts)
    return {
        "customs_code": company.customs_code or "",
        "enterprise_name": company.name or "",
        "credit_code": company.credit_code or "",
        "declarant_kind": "1",
        "declare_kind": "1",
        "entered_on": facts.today,
        "declared_on": facts.today,
        "cycle_days": company.cycle_days,
    }


_ENTERPRISE = group(
    "企业",
    _A.customs_code,
    _A.enterprise_name,
    _A.credit_code,
    _A.processor_code,
    _A.processor_name,
    _A.processor_credit,
    _A.declarant_kind,
    _A.master_customs,
)
_CUSTOMS = group(
    "海关",
    _A.approved_on,
    _A.changed_on,
    _A.verified_on,
    _A.pause_mark,
    _A.basis,
    _A.customs_at,
    _A.customs_reason,
)
_ACCOUNT_FORM: tuple[Group, ...] = (
    group(
        "账册",
        _A.internal_no,
        _A.record_no,
        _A.seq_no,
        _A.account_type,
        _A.declare_kind,
        _A.change_count,
        _A.entered_on,
        _A.declared_on,
        _A.valid_to,
    ),
    _ENTERPRISE,
    group(
        "备案",
        _A.qualification_no,
        _A.approval_no,
        _A.max_turnover,
        _A.import_limit,
        _A.cycle_days,
        _A.uc_stage,
        _A.version_control,
        _A.verification_kind,
        _A.usage,
        _A.remark,
    ),
    _CUSTOMS,
)
_HANDBOOK_FORM: tuple[Group, ...] = (
    group(
        "手册",
        _A.internal_no,
        _A.record_no,
        _A.seq_no,
        _A.handbook_type,
        _A.declare_kind,
        _A.change_count,
        _A.entered_on,
        _A.declared_on,
        _A.valid_to,
    ),
    Group("企业", (*_ENTERPRISE.attributes, _A.processor_area, _A.contact, _A.phone)),
    group(
        "备案",
        _A.supervision_mode,
        _A.duty_nature,
        _A.processing_kind,
        _A.ports,
        _A.import_currency,
        _A.import_contract,
        _A.export_currency,
        _A.export_contract,
        _A.handbook_usage,
        _A.approval_no,
        _A.capacity,
        _A.uc_stage,
        _A.remark,
    ),
    _CUSTOMS,
)

_FORMS = {"EMS": _ACCOUNT_FORM, "EML": _HANDBOOK_FORM}

_TYPED = (
    _L.item_no,
    _L.part_no,
    _L.hs_code,
    _L.name,
    _L.spec,
    _L.dcl_unit,
    _L.legal_unit1,
    _L.legal_unit2,
    _L.price,
    _L.currency,
    _L.filed_qty,
)
_MORE = (_L.duty_mode, _L.country, _L.main_mark, _L.quantity_control, _L.row_mark, _L.enterprise_mark, _L.customs_mark)
_GOODS_COLUMNS = (*_TYPED, *_MORE, _L.merge_no, _L.remark)
_HANDBOOK_COLUMNS = (*_TYPED, _L.total, *_MORE, _L.goods_attribute, _L.merge_no, _L.remark)
_CONSUMPTION_COLUMNS = (_U.product_no, _U.uc_version, _U.material_no, _U.net, _U.tangible, _U.intangible, _U.bonded)
_CONSUMPTION_MORE = (_U.unit_consumption, _U.row_mark, _U.declared_state, _U.enterprise_mark, _U.valid_to, _U.remark)


def _lines(kind: str) -> tuple[LineTable, ...]:
    columns = _GOODS_COLUMNS if kind == "EMS" else _HANDBOOK_COLUMNS
    consumptions = (*_CONSUMPTION_COLUMNS, *_CONSUMPTION_MORE)
    return (
        _goods("materials", "料件", _A.materials, columns, "I"),
        _goods("products", "成品", _A.products, columns, "E"),
        LineTable("consumptions", "单损耗", _A.consumptions, consumptions, windowed=True),
    )


def _goods(key: str, title: str, relation: Any, columns: tuple[Any, ...], flag: str) -> LineTable:
    fixed = {"goods_flag": flag}
    return LineTable(key, title, relation, columns, fixed, windowed=True, fill=fill_goods_row, fills=GOODS_FILLS)


def _pauses(kind: str) -> Mapping[str, str]:
    return EMS_PAUSES if kind == "EMS" else EML_PAUSES


def _message(kind: str) -> Message:
    table = ems111 if kind == "EMS" else eml111
    code, title, root = (
        ("EMS111", "加工贸易账册", "EmsMessage") if kind == "EMS" else ("EML111", "加工贸易手册", "EmlMessage")
    )
    folder = "Nems" if kind == "EMS" else "Npts"
    return Message(
        code=code,
        title=title,
        root=root,
        groups=table.GROUPS,
        tail=table.TAIL,
        folder=lambda _draft: folder,
        direction=lambda draft: draft.declare_kind,
        number=_A.internal_no,
        seq_no=_A.seq_no,
        business_no=_A.record_no,
        receipt_codes=frozenset({"COMMON", "FAILED", f"{kind}200", f"{kind}211", f"{kind}241"}),
        receive=BookReceipts("账册" if kind == "EMS" else "手册", "record_no", TABLES, _pauses(kind)),
        ordered=answer_forgotten,
        claims=claimed_of,
    )


def book_documents(kind: str, in_use: InUse) -> tuple[DocumentType, ...]:
    """Return approved copy, draft and versions of accounts (EMS) or handbooks (EML)."""
    prefix, title = ("account", "账册") if kind == "EMS" else ("handbook", "手册")
    path = book_path(prefix, in_use)
    return (
        _approved(kind, prefix, title, path),
        _draft(kind, prefix, title, path),
        _version(kind, prefix, title, path),
    )


def _approved(kind: str, key: str, title: str, path: ChangePath) -> DocumentType:
    return DocumentType(
        key=key,
        title=title,
        area="accounts",
        header=Account,
        number=(_A.record_no,),
        list_columns=(
            _A.record_no,
            _A.account_type if kind == "EMS" else _A.handbook_type,
            _A.enterprise_name,
            _A.master_customs,
            _A.approved_on,
            _A.changed_on,
            _A.valid_to,
            _A.cycle_days,
            _A.change_count,
            _A.pause_mark,
            _A.internal_no,
        ),
        form=_FORMS[kind],
        lines=_lines(kind),
        flow=APPROVED,
        derive=derive_book,
        rules=tuple(loaded(rule) for rule in APPROVED_RULES),
        workbook=book_workbook(kind, "approved", _FORMS[kind]),
        message=_message(kind),
        from_message=copy_reading(_message(kind), _A, _A.record_no, _pauses(kind)),
        variant={"copy": "approved", "book_kind": kind},
        creatable=False,
        downloaded=30 if kind == "EMS" else 20,
        change=path,
        help=f"海关已审批的{title}（正式单据），只能查看；需要修改时点「变更」。导入单一窗口导出的{title}即为正式单据。",
    )


def _draft(kind: str, prefix: str, title: str, path: ChangePath) -> DocumentType:
    return DocumentType(
        key=f"{prefix}_draft",
        title=f"{title}暂存草稿",
        area="accounts",
        header=Account,
        number=(_A.internal_no,),
        list_columns=(
            _A.internal_no,
            _A.record_no,
            _A.declare_kind,
            _A.change_count,
            _A.enterprise_name,
            _A.master_customs,
            _A.entered_on,
            _A.valid_to,
            _A.seq_no,
            _A.customs_reason,
        ),
        form=_FORMS[kind],
        lines=_lines(kind),
        flow=FILED,
        derive=derive_draft,
        rules=tuple(loaded(rule) for rule in DRAFT_RULES),
        stored_rules=tuple(stored(rule) for rule in DRAFT_RULES),
        workbook=book_workbook(kind, "draft", _FORMS[kind]),
        message=_message(kind),
        defaults=draft_defaults,
        variant={"copy": "draft", "book_kind": kind},
        change=path,
        help=f"{title}的首次备案与变更：从归并后资料提取或录入，审核后发送，海关审批后成为正式{title}。",
    )


def _version(kind: str, prefix: str, title: str, path: ChangePath) -> DocumentType:
    return DocumentType(
        key=f"{prefix}_version",
        title=f"{title}历史版本",
        area="accounts",
        header=Account,
        number=(_A.record_no, _A.change_count),
        list_columns=(_A.record_no, _A.change_count, _A.approved_on, _A.changed_on, _A.replaced_on, _A.valid_to),
        form=_FORMS[kind],
        lines=_lines(kind),
        flow=APPROVED,
        variant={"copy": "archived", "book_kind": kind},
        creatable=False,
        change=path,
        help=f"每次变更审批后，原来的{title}保存为历史版本，可查看与对照。",
    )
