"""手册核销: the whole handbook computed, adjusted beside, audited, sent and closed (row 99, handbook 9)."""

from __future__ import annotations

from bondesk.areas.verification.eml121 import EML121
from bondesk.areas.verification.handbook_computing import derive_handbook_verification
from bondesk.areas.verification.handbook_model import (
    HandbookMaterialLine,
    HandbookProductLine,
    HandbookVerification,
    HandbookVoucher,
)
from bondesk.areas.verification.handbook_rules import HANDBOOK_RULES
from bondesk.base.documents import DocumentType, LineTable, group
from bondesk.base.flow import VERIFIED

_V, _M, _P, _N = HandbookVerification, HandbookMaterialLine, HandbookProductLine, HandbookVoucher

HANDBOOK_VERIFICATION = DocumentType(
    key="handbook_verification",
    title="手册核销",
    area="accounts",
    header=HandbookVerification,
    number=(_V.internal_no,),
    list_columns=(
        _V.internal_no,
        _V.record_no,
        _V.basis,
        _V.day,
        _V.due_on,
        _V.import_papers,
        _V.export_papers,
        _V.declared_on,
        _V.closed_on,
    ),
    form=(
        group("核销", _V.internal_no, _V.record_no, _V.basis, _V.day, _V.declared_on, _V.remark),
        group("期限", _V.last_export, _V.valid_to, _V.due_on, _V.import_papers, _V.export_papers, _V.computed_at),
        group("海关", _V.seq_no, _V.closed_on, _V.customs_at, _V.customs_reason),
    ),
    lines=(
        LineTable(
            "materials",
            "料件",
            _V.materials,
            (
                _M.item_no,
                _M.name,
                _M.spec,
                _M.unit,
                _M.filed,
                _M.imported,
                _M.adjust_import,
                _M.consumed,
                _M.adjust_consumed,
                _M.domestic_sale,
                _M.adjust_sale,
                _M.reexport,
                _M.adjust_reexport,
                _M.surplus_out,
                _M.adjust_surplus,
                _M.destroyed,
                _M.adjust_destroyed,
                _M.remaining,
                _M.declared_remaining,
                _M.remark,
                _M.direct_import,
                _M.transfer_in,
                _M.surplus_in,
                _M.exchange_out,
                _M.scrap,
                _M.scrap_sold,
                _M.scrap_reexported,
                _M.scrap_destroyed,
                _M.scrap_left,
                _M.importable,
                _M.share,
                _M.hs_code,
                _M.part_no,
            ),
        ),
        LineTable(
            "products",
            "成品",
            _V.products,
            (
                _P.item_no,
                _P.name,
                _P.unit,
                _P.filed,
                _P.direct,
                _P.transferred,
                _P.returned_in,
                _P.returned_out,
                _P.exported,
                _P.exportable,
                _P.share,
                _P.remark,
                _P.hs_code,
                _P.part_no,
            ),
        ),
        LineTable(
            "vouchers",
            "单证",
            _V.vouchers,
            (_N.document_no, _N.bond_no, _N.ie_flag, _N.supervision_mode, _N.declared_on),
        ),
    ),
    flow=VERIFIED,
    derive=derive_handbook_verification,
    rules=HANDBOOK_RULES,
    typed_in=True,
    message=EML121,
    creatable=False,
    help="手册的核销：进口 − 耗用 − 内销 − 复出 − 转出 − 销毁 = 余料；企业调整数并列，审核、发送、结案。",
)
