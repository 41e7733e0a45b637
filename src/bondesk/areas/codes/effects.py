"""The effect of supervision modes on the ledger, read from the effective-dated table (handbook 8.4)."""

from __future__ import annotations

from datetime import date

from bondesk.areas.codes.customs_code import CustomsCode
from bondesk.base.facts import Facts
from bondesk.ledger.formula import table_for
from bondesk.ledger.posting import Effect, EffectTable, unknown

TABLE = "supervision_mode_effect"


def effect_table(facts: Facts, exchange_sign: str = "PHYSICAL") -> EffectTable:
    """Return the effects of every known (mode, goods flag, direction) and period.

    MANUAL takes the printed sign of 成品退换.
    """
    return EffectTable(effects_of(facts), exchange_sign)


def formula_table(facts: Facts, formula: str) -> EffectTable:
    """Return the sign table as a formula reads it (:data:`bondesk.ledger.formula.FORMULAS`)."""
    return table_for(effects_of(facts), formula)


def effects_of(facts: Facts) -> tuple[Effect, ...]:
    """Return every row of the sign table, all periods."""
    return tuple(effect_row(row) for row in facts.find(CustomsCode, table_name=TABLE))


def effect_row(row: CustomsCode) -> Effect:
    """Return a stored row as the ledger takes it."""
    details = row.details
    manual_in_out, manual_consume = details.get("manual_in_out", ""), details.get("manual_consume", "")
    return Effect(
        mode=details["mode"],
        goods_flag=details["goods_flag"],
        ie_flag=details["ie_flag"],
        in_out=int(details["effect_in_out"]),
        consume=int(details["effect_consume"]),
        manual_in_out=int(manual_in_out) if manual_in_out else None,
        manual_consume=int(manual_consume) if manual_consume else None,
        source=details.get("source", ""),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def effect_of(facts: Facts, mode: str, goods_flag: str, ie_flag: str, day: date | None = None) -> CustomsCode | None:
    """Return the effect row of a combination that holds on a day (any without one), or None (NOTE-08)."""
    for row in facts.find(CustomsCode, table_name=TABLE):
        if (row.details["mode"], row.details["goods_flag"], row.details["ie_flag"]) != (mode, goods_flag, ie_flag):
            continue
        if day is None or row.valid(day):
            return row
    return None


def unknown_effect(facts: Facts, mode: str, goods_flag: str, ie_flag: str, day: date) -> str:
    """Say that a combination has no effect on a day, and which periods the table knows."""
    mine = [one for one in effects_of(facts) if (one.mode, one.goods_flag, one.ie_flag) == (mode, goods_flag, ie_flag)]
    return unknown(mode, goods_flag, ie_flag, day, mine)


def is_transfer(note_flow_type: str) -> bool:
    """Tell whether a note moves goods between two books (flow types A and B need the other's number)."""
    return note_flow_type in {"A", "B"}


_FLOW_TYPES = {"0654": "A", "0255": "A", "0657": "B", "0258": "B"}


def flow_type_of(mode: str) -> str:
    """Return the 流转类型 a supervision mode implies, or ""."""
    return _FLOW_TYPES.get(mode, "")


def forced_duty_modes(facts: Facts) -> dict[tuple[str, str], str]:
    """Return the 征免方式 a supervision mode leaves no choice of, by (direction, mode)."""
    found: dict[tuple[str, str], set[str]] = {}
    for row in facts.find(CustomsCode, table_name="declaration_mode_rule"):
        key = (row.details.get("ie_flag", ""), row.details.get("mode", ""))
        found.setdefault(key, set()).add(row.details.get("duty_mode", ""))
    return {key: next(iter(modes)) for key, modes in found.items() if len(modes) == 1}
