"""Every declared document, script and report, in menu order."""

from __future__ import annotations

from dataclasses import replace

from bondesk.areas.accounts.account import book_documents
from bondesk.areas.accounts.balance_rebuilding import REBUILD_BALANCES
from bondesk.areas.accounts.book_basis import basis_script
from bondesk.areas.accounts.book_checks import BOOK_CHECKS
from bondesk.areas.accounts.book_scripts import change_script, extract_script
from bondesk.areas.accounts.filed_items import filed_items
from bondesk.areas.accounts.merged_item_extraction import EXTRACT_MERGED_ITEMS
from bondesk.areas.accounts.qualification import QUALIFICATION, QUALIFICATION_DRAFT, QUALIFICATION_VERSION
from bondesk.areas.accounts.unit_consumption_generation import GENERATE_UNIT_CONSUMPTION
from bondesk.areas.codes.code_checks import CODE_CHECKS
from bondesk.areas.codes.code_mapping import CODE_MAPPING
from bondesk.areas.codes.code_release import CODE_CHANGE, CODE_RELEASE
from bondesk.areas.codes.customs_code import CUSTOMS_CODE, FactsCodeBook
from bondesk.areas.codes.exchange_rate import EXCHANGE_RATE
from bondesk.areas.codes.hs_code import HS_CODE, elements_of
from bondesk.areas.codes.partner import PARTNER
from bondesk.areas.declarations.declaration import DECLARATION, FORMAL_DECLARATION
from bondesk.areas.declarations.declaration_checks import DECLARATION_CHECKS
from bondesk.areas.declarations.declaration_lines import DeclarationLineSource
from bondesk.areas.declarations.declared_notes import document_relations, note_relations
from bondesk.areas.declarations.note_declarations import DECLARE_NOTES
from bondesk.areas.declarations.trade_declarations import DECLARE_TRADE
from bondesk.areas.domestic.purchase_invoice import PURCHASE_INVOICE
from bondesk.areas.goods.bom import BOM
from bondesk.areas.goods.bom_explosion import BOM_EXPLOSION
from bondesk.areas.goods.consolidation_map import consolidation_map
from bondesk.areas.goods.consumption_standard import CONSUMPTION_STANDARD
from bondesk.areas.goods.goods_checks import GOODS_CHECKS
from bondesk.areas.goods.hs_check import HS_CHECK
from bondesk.areas.goods.hs_checking import UNDO_HS_UPDATE, check_script
from bondesk.areas.goods.item_generation import GENERATE_MERGED_ITEMS
from bondesk.areas.goods.merged_item import MERGED_ITEM
from bondesk.areas.goods.part import PART
from bondesk.areas.goods.unit_consumption import UNIT_CONSUMPTION
from bondesk.areas.matching.automatic import MATCH_DECLARATIONS, MATCH_NOTES
from bondesk.areas.matching.difference_report import MATCH_DIFFERENCES
from bondesk.areas.matching.matchings import MATCHINGS
from bondesk.areas.matching.pair_checks import PAIR_CHECKS
from bondesk.areas.notes.bonded_note import BONDED_NOTE
from bondesk.areas.notes.bonded_note_model import NoteLineSource
from bondesk.areas.notes.book_usage import rows_in_use
from bondesk.areas.notes.formal_note import FORMAL_NOTE
from bondesk.areas.notes.map_usage import unsent_note_of
from bondesk.areas.notes.note_change import CHANGE_NOTE, NOTE_CHANGE, NOTE_VERSION, WITHDRAW_NOTE
from bondesk.areas.notes.note_checks import NOTE_CHECKS, source_checks
from bondesk.areas.notes.note_generation import note_generation
from bondesk.areas.notes.note_recipe import NOTE_RECIPE
from bondesk.areas.notes.note_source_check import NOTE_SOURCE_CHECK
from bondesk.areas.notes.source_document import SOURCE_DOCUMENT
from bondesk.areas.outsourcing.outsourcing_application import OUTSOURCING_APPLICATION
from bondesk.areas.reports.attribution import ATTRIBUTION
from bondesk.areas.reports.bom_difference import BOM_DIFFERENCE
from bondesk.areas.reports.book_difference import BOOK_DIFFERENCE
from bondesk.areas.reports.consumption_check import CONSUMPTION_CHECK
from bondesk.areas.reports.data_check import DATA_CHECK
from bondesk.areas.reports.declaration_journal import DECLARATION_JOURNAL
from bondesk.areas.reports.filed_consumption import FILED_CONSUMPTION
from bondesk.areas.reports.first_negative import FIRST_NEGATIVE
from bondesk.areas.reports.handbook_status import HANDBOOK_MATERIALS, HANDBOOK_PRODUCTS
from bondesk.areas.reports.item_ledger import ITEM_LEDGER
from bondesk.areas.reports.map_check import MAP_CHECK
from bondesk.areas.reports.material_balance import MATERIAL_BALANCE
from bondesk.areas.reports.material_status import MATERIAL_STATUS
from bondesk.areas.reports.note_journal import NOTE_JOURNAL
from bondesk.areas.reports.product_status import PRODUCT_STATUS
from bondesk.areas.reports.product_usage import PRODUCT_USAGE
from bondesk.areas.reports.purchase_deduction import PURCHASE_DEDUCTION
from bondesk.areas.reports.rounding_ledger import ROUNDING_LEDGER
from bondesk.areas.reports.shortage_detail import SHORTAGE_DETAIL
from bondesk.areas.reports.shortage_table import SHORTAGE_TABLE
from bondesk.areas.reports.source_usage import SOURCE_USAGE
from bondesk.areas.reports.stock_flow import STOCK_FLOW
from bondesk.areas.reports.unfiled_products import UNFILED_PRODUCTS
from bondesk.areas.reports.variance_analysis import VARIANCE_ANALYSIS
from bondesk.areas.reports.verification_summary import VERIFICATION_SUMMARY
from bondesk.areas.reports.what_if import WHAT_IF
from bondesk.areas.risk.amend_record import AMEND_RECORD
from bondesk.areas.risk.inspection_record import INSPECTION_RECORD
from bondesk.areas.risk.return_record import RETURN_RECORD
from bondesk.areas.setup.company import COMPANY, company_of, sender_of
from bondesk.areas.setup.element_name import ELEMENT_NAME
from bondesk.areas.setup.export_layout import EXPORT_LAYOUT
from bondesk.areas.setup.head_template import TemplateReading, head_template_of
from bondesk.areas.setup.import_setting import IMPORT_SETTING
from bondesk.areas.setup.log_checkpoint import COMPARE_CHECKPOINT, EXPORT_CHECKPOINT
from bondesk.areas.setup.operation_log import OPERATION_LOG
from bondesk.areas.setup.password_setting import SET_PASSWORD
from bondesk.areas.setup.sender_setting import CompanySender
from bondesk.areas.setup.setup_checks import SETUP_CHECKS
from bondesk.areas.setup.users import USER, USER_GROUP, StoredUsers
from bondesk.areas.stock.stock_checks import STOCK_CHECKS
from bondesk.areas.stock.stock_document import stock_doc
from bondesk.areas.stock.stocktake import STOCKTAKE
from bondesk.areas.transfer.receive_deliver_note import RECEIVE_DELIVER_NOTE
from bondesk.areas.transfer.transfer_application import TRANSFER_APPLICATION
from bondesk.areas.verification.account_verification import ACCOUNT_VERIFICATION
from bondesk.areas.verification.closed_cycles import outside_closed_cycles
from bondesk.areas.verification.cycles import locked_until
from bondesk.areas.verification.handbook_checks import HANDBOOK_CHECKS
from bondesk.areas.verification.handbook_deducting import deducting_verifications
from bondesk.areas.verification.handbook_verification import HANDBOOK_VERIFICATION
from bondesk.areas.verification.handbook_verifying import NEW_HANDBOOK_VERIFICATION, RECOMPUTE_HANDBOOK
from bondesk.areas.verification.shortage_overage import SHORTAGE_OVERAGE
from bondesk.areas.verification.shortage_scripts import NEW_SHORTAGE, RECOMPUTE_SHORTAGE, UNLOCK_STOCKTAKE
from bondesk.areas.verification.verification_checks import VERIFICATION_CHECKS
from bondesk.areas.verification.verifying import NEW_VERIFICATION, RECOMPUTE
from bondesk.base.catalogue import Area, Catalogue
from bondesk.base.documents import DocumentType
from bondesk.base.facts import Facts
from bondesk.base.steps import Script


def _enterprise(facts: Facts) -> str:
    return company_of(facts).name or ""


def _creator_only(facts: Facts) -> bool:
    return bool(company_of(facts).creator_only_edit)


def _reviewer_apart(facts: Facts) -> bool:
    return bool(company_of(facts).reviewer_not_creator)


def _declared(key: str) -> DocumentType | None:
    return next((document for document in CATALOGUE.documents if document.key == key), None)


ACCOUNTS = book_documents("EMS", rows_in_use)
HANDBOOKS = book_documents("EML", rows_in_use)


QUALIFICATIONS = (QUALIFICATION, QUALIFICATION_DRAFT, QUALIFICATION_VERSION)


def _after_cycles(document: DocumentType) -> DocumentType:
    """Notes are declared outside the cycles already reported; only 报核 knows these."""
    return replace(document, rules=(*document.rules, outside_closed_cycles))


def _book_scripts() -> tuple[Script, ...]:
    scripts = []
    for approved, draft, _version in (QUALIFICATIONS, ACCOUNTS, HANDBOOKS):
        scripts += [change_script(approved), extract_script(draft)]
    scripts += [basis_script(approved) for approved, *_ in (ACCOUNTS, HANDBOOKS)]
    return tuple(scripts)


CATALOGUE = Catalogue(
    areas=(
        Area("notes", "保税智慧通关"),
        Area("declarations", "报关单"),
        Area("transfer", "保税货物流转"),
        Area("outsourcing", "外发加工"),
        Area("stock", "仓单与盘点"),
        Area("domestic", "内销内购"),
        Area("risk", "风险管理"),
        Area("accounts", "账册管理"),
        Area("goods", "商品信息"),
        Area("reports", "报表"),
        Area("codes", "基础参数"),
        Area("config", "系统配置"),
        Area("setup", "系统管理"),
    ),
    documents=(
        replace(SOURCE_DOCUMENT, related=document_relations),
        _after_cycles(replace(BONDED_NOTE, related=note_relations)),
        FORMAL_NOTE,
        _after_cycles(NOTE_CHANGE),
        NOTE_VERSION,
        NOTE_RECIPE,
        DECLARATION,
        FORMAL_DECLARATION,
        stock_doc(locked_until),
        STOCKTAKE,
        SHORTAGE_OVERAGE,
        replace(PURCHASE_INVOICE, related=deducting_verifications),
        TRANSFER_APPLICATION,
        RECEIVE_DELIVER_NOTE,
        OUTSOURCING_APPLICATION,
        INSPECTION_RECORD,
        RETURN_RECORD,
        AMEND_RECORD,
        *QUALIFICATIONS,
        *ACCOUNTS,
        *HANDBOOKS,
        ACCOUNT_VERIFICATION,
        HANDBOOK_VERIFICATION,
        PART,
        consolidation_map(unsent_note_of),
        MERGED_ITEM,
        BOM,
        UNIT_CONSUMPTION,
        CONSUMPTION_STANDARD,
        HS_CHECK,
        PARTNER,
        EXCHANGE_RATE,
        CODE_MAPPING,
        CUSTOMS_CODE,
        HS_CODE,
        CODE_RELEASE,
        CODE_CHANGE,
        IMPORT_SETTING,
        EXPORT_LAYOUT,
        ELEMENT_NAME,
        head_template_of(TemplateReading(_declared, FactsCodeBook)),
        COMPANY,
        USER_GROUP,
        USER,
        OPERATION_LOG,
    ),
    reports=(
        MATERIAL_STATUS,
        PRODUCT_STATUS,
        HANDBOOK_MATERIALS,
        HANDBOOK_PRODUCTS,
        PURCHASE_DEDUCTION,
        MATERIAL_BALANCE,
        ITEM_LEDGER,
        PRODUCT_USAGE,
        NOTE_JOURNAL,
        DECLARATION_JOURNAL,
        VERIFICATION_SUMMARY,
        STOCK_FLOW,
        CONSUMPTION_CHECK,
        FILED_CONSUMPTION,
        UNFILED_PRODUCTS,
        MAP_CHECK,
        SHORTAGE_TABLE,
        SHORTAGE_DETAIL,
        VARIANCE_ANALYSIS,
        ATTRIBUTION,
        WHAT_IF,
        FIRST_NEGATIVE,
        SOURCE_USAGE,
        ROUNDING_LEDGER,
        BOOK_DIFFERENCE,
        BOM_EXPLOSION,
        BOM_DIFFERENCE,
        MATCH_DIFFERENCES,
        DATA_CHECK,
    ),
    scripts=(
        note_generation((NoteLineSource, DeclarationLineSource)),
        DECLARE_TRADE,
        DECLARE_NOTES,
        CHANGE_NOTE,
        WITHDRAW_NOTE,
        MATCH_NOTES,
        MATCH_DECLARATIONS,
        NEW_VERIFICATION,
        RECOMPUTE,
        NEW_HANDBOOK_VERIFICATION,
        RECOMPUTE_HANDBOOK,
        NEW_SHORTAGE,
        RECOMPUTE_SHORTAGE,
        UNLOCK_STOCKTAKE,
        GENERATE_MERGED_ITEMS,
        EXTRACT_MERGED_ITEMS,
        check_script(filed_items),
        UNDO_HS_UPDATE,
        GENERATE_UNIT_CONSUMPTION,
        *_book_scripts(),
        REBUILD_BALANCES,
        SET_PASSWORD,
        EXPORT_CHECKPOINT,
        COMPARE_CHECKPOINT,
    ),
    matchings=MATCHINGS,
    checks=(
        *SETUP_CHECKS,
        *CODE_CHECKS,
        *GOODS_CHECKS,
        *BOOK_CHECKS,
        *source_checks((NoteLineSource, DeclarationLineSource)),
        *NOTE_CHECKS,
        NOTE_SOURCE_CHECK,
        *DECLARATION_CHECKS,
        *PAIR_CHECKS,
        *STOCK_CHECKS,
        *VERIFICATION_CHECKS,
        *HANDBOOK_CHECKS,
    ),
    codebook=FactsCodeBook,
    elements=elements_of,
    users=StoredUsers(),
    sender=sender_of,
    sender_book=CompanySender(),
    enterprise=_enterprise,
    creator_only=_creator_only,
    reviewer_apart=_reviewer_apart,
)
