"""What the splitting of notes works on: the used parts of source lines, and the user's wishes.

A share is one source line, or the part of it a run uses, with its figures already converted but not
rounded (handbook 5.3–5.5), so that merging can sum exactly and round once. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from bondesk.areas.codes.units import Unit, UnitPlaces

MergeMode = Literal["NONE", "PART", "ITEM"]
LineOrder = Literal["SOURCE", "ITEM"]

#: 一份报关单最多 50 项 (handbook 5.4).
DECLARATION_MAX_LINES = 50
NOTE_MAX_LINES = 999


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceShare:
    """The used part of one source line, ready to be split and merged.

    ``order`` is the place in source order over all documents of the run. ``country`` is 国别: origin on
    imports, final destination on exports. ``name``, ``spec``, ``hs_code`` and units are those of the book's
    item; ``price`` is the source line's own unit price, compared only by "单价不同不合并". ``quantity`` is in
    the source line's unit, ``line_net`` what goes along of the net weight typed there; ``dcl_qty``, ``legal1``,
    ``legal2``, ``net_weight`` (kg) are unrounded, ``gross_weight`` (kg), ``total`` and ``packages`` are this share's
    part of the line's.
    """

    source_line_id: int
    document_no: str
    line_no: int
    order: int

    record_no: str
    ie_flag: str
    goods_flag: str
    supervision_mode: str
    transport_mode: str = ""
    entry_exit_customs: str = ""
    declare_customs: str = ""
    trade_partner_country: str = ""
    note_flow_type: str = ""
    application_no: str = ""
    linked_record_no: str = ""
    linked_note_no: str = ""

    partner: str = ""
    contract_no: str = ""
    invoice_no: str = ""
    bill_no: str = ""
    licence_no: str = ""
    trade_country: str = ""
    transaction_mode: str = ""

    item_no: int
    part_no: str
    account_part_no: str = ""
    hs_code: str
    name: str
    spec: str = ""
    dcl_unit: Unit
    legal_unit1: Unit | None = None
    legal_unit2: Unit | None = None
    currency: str
    country: str = ""
    duty_mode: str = ""
    uc_version: str = ""
    application_line_no: int | None = None
    price: Decimal | None = None

    consumable: bool = False
    single_out: bool = False
    standard_controlled: bool = False
    export_dutiable: bool = False

    quantity: Decimal
    line_net: Decimal | None = None
    dcl_qty: Fraction
    legal1: Fraction | None = None
    legal2: Fraction | None = None
    net_weight: Fraction = Fraction(0)
    gross_weight: Decimal | None = None
    total: Decimal
    packages: int | None = None

    @property
    def source(self) -> str:
        """Name the source line as messages do."""
        return f"单据 {self.document_no} 第 {self.line_no} 行"


@dataclass(frozen=True, slots=True)
class SplitOptions:
    """The checkboxes of the wizard (handbook 5.4); ``ValueError`` when a limit is below 1.

    ``by_origin`` splits by 国别 (origin on imports, final destination on exports); ``raise_to_min`` is the
    parameter 最小数为0自动进1; ``unit_places`` the enterprise's document scale per unit code.
    """

    by_document: bool = True
    by_partner: bool = True
    by_currency: bool = True
    by_transaction_mode: bool = True
    by_contract: bool = False
    by_invoice: bool = False
    by_bill: bool = False
    by_licence: bool = False
    by_trade_country: bool = False
    by_origin: bool = False
    merge: MergeMode = "NONE"
    price_apart: bool = False
    order: LineOrder = "SOURCE"
    note_max_lines: int = NOTE_MAX_LINES
    declaration_max_lines: int = DECLARATION_MAX_LINES
    raise_to_min: bool = True
    unit_places: UnitPlaces = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse limits no line fits into."""
        if self.note_max_lines < 1 or self.declaration_max_lines < 1:
            raise ValueError("a note and a declaration hold at least one line")
