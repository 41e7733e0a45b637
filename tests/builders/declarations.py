"""Declarations for tests: one that nothing is wrong with, and the customs codes its rules ask for."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from bondesk.areas.codes.customs_code import CustomsCode
from bondesk.areas.codes.hs_code import HsCode
from bondesk.areas.codes.loading import _code_values
from bondesk.areas.declarations.declaration_model import Declaration, DeclarationLine
from bondesk.settings import carried
from builders.plain_facts import PlainFacts

TABLES = ("unit", "declaration_mode_rule", "transaction_mode", "document_code")
HEAD: dict[str, Any] = {
    "copy": "draft",
    "internal_no": "I2406010001",
    "ie_flag": "I",
    "supervision_mode": "0110",
    "duty_nature": "101",
    "transaction_mode": "1",
    "domestic_code": "5201910001",
    "domestic_credit": "91520100MA6DKD9T3X",
    "end_user_credit": "91520100MA6DKD9T3X",
    "declarant_code": "5201910001",
    "declarant_credit": "91520100MA6DKD9T3X",
    "trade_country": "JPN",
    "trade_partner_country": "JPN",
    "transit_port": "JPN000",
    "border_port": "520001",
    "package_type": "22",
    "packages": 2,
    "gross_weight": Decimal(12),
    "net_weight": Decimal(10),
}
LINE: dict[str, Any] = {
    "line_no": 1,
    "hs_code": "8532241000",
    "name": "电容",
    "spec": "0|0|片式",
    "dcl_qty": Decimal(300),
    "dcl_unit": "007",
    "price": Decimal("3.3333"),
    "total": Decimal("1000.00"),
    "currency": "USD",
    "legal_qty1": Decimal(10),
    "legal_unit1": "035",
    "origin_country": "JPN",
    "destination_country": "CHN",
    "duty_mode": "1",
    "net_weight": Decimal(10),
    "gross_weight": Decimal(12),
}


@cache
def _codes() -> tuple[CustomsCode, ...]:
    found = []
    for table in TABLES:
        with (carried("resources") / "codes" / f"{table}.csv").open(encoding="utf-8") as file:
            found += [CustomsCode(**_code_values(table, row)) for row in csv.DictReader(file)]
    return tuple(found)


def facts(*rows: Any) -> PlainFacts:
    """Facts with the customs codes declarations are checked against, and more rows."""
    code = HsCode(hs_code="8532241000", name="电容", supervision_condition="7", valid_from=date(2000, 1, 1))
    return PlainFacts(*_codes(), code, *rows)


def declaration(line: dict[str, Any] | None = None, **head: Any) -> Declaration:
    """A declaration with one line, right but for what is given."""
    made = Declaration(**{**HEAD, **head})
    made.lines = [DeclarationLine(**{**LINE, **(line or {})})]
    return made
