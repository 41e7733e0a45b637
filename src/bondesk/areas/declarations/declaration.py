"""报关单: the draft we make and send, and the formal copy customs has of it (handbook 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bondesk.areas.declarations.arithmetic import totals_wanted
from bondesk.areas.declarations.customs_words import what_customs_said
from bondesk.areas.declarations.dec_message import DEC_MESSAGE
from bondesk.areas.declarations.dec_reading import read_declaration, read_formal
from bondesk.areas.declarations.declaration_face import DECLARATION_FORM, DECLARATION_LINES
from bondesk.areas.declarations.declaration_model import Declaration
from bondesk.areas.declarations.declaration_rules import DECLARATION_RULES
from bondesk.areas.declarations.declaration_trace import declaration_relatives, trace_declaration_line
from bondesk.areas.declarations.declaration_workbook import declaration_workbook
from bondesk.areas.declarations.release import release
from bondesk.areas.notes.paper_kinds import TRADE_PAPERS
from bondesk.areas.setup.company import company_of
from bondesk.base.documents import DocumentType, MessageReading
from bondesk.base.facts import Facts
from bondesk.base.flow import DECLARED_AND_RELEASED, formal_copy_of
from bondesk.base.formal_copy import DRAFT, FORMAL
from bondesk.base.numbers import price_of

_D = Declaration


def party_defaults(facts: Facts) -> Mapping[str, Any]:
    """Propose the enterprise as 境内收发货人 and 消费使用/生产销售单位, and who declares for it."""
    company = company_of(facts)
    return {
        "domestic_code": company.customs_code or "",
        "domestic_credit": company.credit_code or "",
        "domestic_name": company.name or "",
        "end_user_code": company.customs_code or "",
        "end_user_credit": company.credit_code or "",
        "end_user_name": company.name or "",
        "declarant_code": company.declarant_customs_code or company.customs_code or "",
        "declarant_credit": company.declarant_credit_code or company.credit_code or "",
        "declarant_name": company.declarant_name or company.name or "",
        "declared_on": facts.today,
    }


#: What an imported declaration may leave empty and customs knows a usual value for.
_USUAL = {
    "entry_type": "M",
    "edi_mark": "1",
    "marks": "N/M",
    "special_relation": "9",
    "price_influence": "9",
    "royalty": "9",
    "formula_price": "9",
    "provisional_price": "9",
}


def derive_declaration(declaration: Declaration, facts: Facts) -> None:
    """Number lines in order, fill the usual codes and our own parties where they are empty."""
    usual = dict(_USUAL)
    if declaration.copy != FORMAL:
        usual |= {key: value for key, value in party_defaults(facts).items() if value}
    else:
        usual["internal_no"] = declaration.declaration_no or declaration.seq_no or ""
        if declaration.state in (None, "", "DRAFT"):  # customs has it: it is declared at least
            declaration.state = "DECLARED"
    for key, value in usual.items():
        if not getattr(declaration, key):
            setattr(declaration, key, value)
    for number, line in enumerate(declaration.lines, 1):
        line.line_no = line.line_no or number
        if declaration.copy != FORMAL and line.price is None and line.total is not None and line.dcl_qty:
            line.price = price_of(line.total, line.dcl_qty)


DECLARATION = DocumentType(
    key="declaration",
    title="报关单",
    area="declarations",
    header=Declaration,
    number=(_D.internal_no,),
    dated=(_D.declared_on,),
    list_columns=(
        _D.internal_no,
        _D.ie_flag,
        _D.supervision_mode,
        _D.record_no,
        _D.partner,
        _D.contract_no,
        _D.declared_on,
        _D.note_no,
        _D.seq_no,
        _D.declaration_no,
        _D.customs_state,
        _D.match_state,
    ),
    form=DECLARATION_FORM,
    lines=DECLARATION_LINES,
    flow=DECLARED_AND_RELEASED,
    derive=derive_declaration,
    rules=(*DECLARATION_RULES, what_customs_said),
    totals=totals_wanted,
    message=DEC_MESSAGE,
    from_message=MessageReading(DEC_MESSAGE, read_declaration, (_D.internal_no,)),
    workbook=declaration_workbook("报关单", _D.internal_no, _D.declaration_no, _D.seq_no, layouts=True),
    defaults=party_defaults,
    removed=release,
    related=declaration_relatives,
    trace=trace_declaration_line,
    variant={"copy": DRAFT},
    attachment_kinds=TRADE_PAPERS,
    template_by=(_D.ie_flag, _D.supervision_mode),
    help="报关单草单：由核注清单或原始单证生成，或直接录入、导入；审核后上传单一窗口。",
)

FORMAL_DECLARATION = DocumentType(
    key="declaration_formal",
    title="报关单正式单",
    area="declarations",
    header=Declaration,
    number=(_D.declaration_no,),
    list_columns=(
        _D.declaration_no,
        _D.seq_no,
        _D.ie_flag,
        _D.supervision_mode,
        _D.record_no,
        _D.contract_no,
        _D.declared_on,
        _D.customs_state,
        _D.match_state,
    ),
    form=DECLARATION_FORM,
    lines=DECLARATION_LINES,
    flow=formal_copy_of(DECLARED_AND_RELEASED),
    derive=derive_declaration,
    workbook=declaration_workbook("报关单正式单", _D.declaration_no, _D.seq_no, _D.internal_no, on_existing="update"),
    variant={"copy": FORMAL},
    attachment_kinds=TRADE_PAPERS,
    from_message=MessageReading(DEC_MESSAGE, read_formal, (_D.declaration_no, _D.seq_no), replaces=True),
    creatable=False,
    downloaded=50,
    help="海关已接受的报关单：由单一窗口下载或导入，只能查看，与草单对碰。",
)
