"""海关参数: every customs code table in one effective-dated table, and the code book over it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Index
from sqlalchemy.orm import Mapped, mapped_column

from bondesk.areas.codes.code_mapping import CodeMapping
from bondesk.areas.codes.code_periods import Period, out_of_date
from bondesk.areas.codes.code_tables import TABLES
from bondesk.areas.codes.units import Unit
from bondesk.base.codebook import OutOfDate
from bondesk.base.columns import Code32, Text32, Text255
from bondesk.base.documents import DocumentType, group
from bondesk.base.facts import Facts
from bondesk.base.fields import shown
from bondesk.base.records import Reference


class CustomsCode(Reference):
    """One code of one table, valid in a closed period; ``details`` holds the table's own columns."""

    __tablename__ = "customs_code"
    __table_args__ = (Index("ix_customs_code_key", "table_name", "code", "valid_from", unique=True),)

    table_name: Mapped[Code32] = shown("参数表", choices=TABLES, required=True)
    code: Mapped[Code32] = shown("代码", required=True)
    name: Mapped[Text255] = shown("名称", required=True, width=30)
    valid_from: Mapped[date] = shown("生效日期", required=True)
    valid_to: Mapped[date | None] = shown("失效日期")
    confidence: Mapped[Text32] = shown("可信度", help="high / medium / low；low 须以海关参数更新为准")
    details: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)

    def valid(self, on: date) -> bool:
        """Tell whether the code is valid on the date."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class FactsCodeBook:
    """The code book over stored tables: synonyms beat codes, codes beat names (handbook 18)."""

    def __init__(self, facts: Facts) -> None:
        """Read from ``facts``; each table is loaded once per work."""
        self._facts = facts
        self._tables: dict[str, tuple[CustomsCode, ...]] = {}
        self._texts: dict[str, dict[str, str]] = {}
        self._names: dict[str, dict[str, str]] = {}
        self._periods: dict[str, dict[str, list[CustomsCode]]] = {}

    def rows(self, table: str) -> Sequence[CustomsCode]:
        """Return the rows of ``table`` in code order, all periods."""
        if table not in self._tables:
            self._tables[table] = tuple(self._facts.find(CustomsCode, table_name=table))
        return self._tables[table]

    def read(self, table: str, text: str) -> str | None:
        """Return the code ``text`` stands for, or None (appendix D, look-up order of a text)."""
        if table not in self._texts:
            self._texts[table] = self._load_texts(table)
        texts = self._texts[table]
        return texts.get(text) or texts.get(text.upper())

    def periods(self, table: str) -> Mapping[str, Sequence[CustomsCode]]:
        """Return every period of every code, the earliest first."""
        if table not in self._periods:
            found = self._periods[table] = {}
            for row in sorted(self.rows(table), key=lambda row: row.valid_from):
                found.setdefault(row.code, []).append(row)
        return self._periods[table]

    def _load_texts(self, table: str) -> dict[str, str]:
        """What is valid today beats what is closed; codes beat names, names beat aliases."""
        texts: dict[str, str] = {}
        present = [row for row in self.rows(table) if row.valid(self._facts.today)]
        gone = sorted((row for row in self.rows(table) if row not in present), key=lambda row: row.valid_from)
        for row in (*present, *reversed(gone)):
            details = row.details
            others = (details.get("old_code", ""), details.get("alpha2", ""), *details.get("aliases", "").split("|"))
            for other in others:
                texts.setdefault(other, row.code)
                texts.setdefault(other.upper(), row.code)
        for rows in (gone, list(reversed(present))):
            texts.update({row.name: row.code for row in rows})
            texts.update({row.code: row.code for row in rows})
        texts.update({row.code: row.code for row in present})
        texts.update(self.synonyms(table))
        texts.pop("", None)
        return texts

    def synonyms(self, table: str) -> Mapping[str, str]:
        """Return the enterprise's own words: word → customs code."""
        rows = self._facts.find(CodeMapping, table_name=table)
        return {row.enterprise_code: row.customs_code for row in rows if row.enterprise_code}

    def name(self, table: str, code: str) -> str:
        """Return the Chinese name of ``code``, or ""."""
        if table not in self._names:
            found = {code: _present(rows, self._facts.today).name for code, rows in self.periods(table).items()}
            self._names[table] = found
        return self._names[table].get(code, "")

    def entries(self, table: str, on: date | None = None) -> Sequence[tuple[str, str]]:
        """Return (code, name) of every row valid on the date."""
        day = on or self._facts.today
        return [(row.code, row.name) for row in self.rows(table) if row.valid(day)]

    def nearest(self, table: str, text: str) -> tuple[str, ...]:
        """Return up to three names that look like ``text``."""
        names = [row.name for row in self.rows(table)]
        return tuple(difflib.get_close_matches(text, names, n=3, cutoff=0.4))

    def old_code(self, table: str, code: str) -> str:
        """Return the 3-digit customs code of an alpha-3 country or currency, or ""."""
        found = self.periods(table).get(code)
        return _present(found, self._facts.today).details.get("old_code", "") if found else ""

    def former(self, table: str) -> Mapping[str, str]:
        """Return the names of the codes that are not valid today."""
        today = self._facts.today
        gone = [code for code, rows in self.periods(table).items() if not any(row.valid(today) for row in rows)]
        return {code: self.name(table, code) for code in gone}

    def out_of_date(self, table: str, code: str, on: date) -> OutOfDate | None:
        """Return why ``code`` may not be used on the date; ``hs_code`` is a table here too."""
        if table == "hs_code":
            from bondesk.areas.codes.hs_code import HsCode, successors

            rows: Sequence[Period] = self._facts.find(HsCode, hs_code=code)
            return out_of_date(
                rows, on, lambda _gone: [f"{one.hs_code} {one.name}" for one in successors(self._facts, code)]
            )
        return out_of_date(self.periods(table).get(code, ()), on, lambda gone: self._successors(table, gone, on))

    def _successors(self, table: str, gone: CustomsCode, on: date) -> list[str]:
        """Name what the table itself says, else the one code of the same name valid on the date."""
        told = [code for code in gone.details.get("successor", "").split("|") if code]
        alike = [row.code for row in self.rows(table) if row.name == gone.name and row.valid(on)]
        found = told or (alike if len(alike) == 1 else [])
        return [f"{code} {self.name(table, code)}".strip() for code in found]


def _present(rows: Sequence[CustomsCode], today: date) -> CustomsCode:
    """Return the period that holds today, else the last one."""
    return next((row for row in reversed(rows) if row.valid(today)), rows[-1])


def unit_of(row: CustomsCode) -> Unit:
    """Return the unit a row of table ``unit`` describes."""
    factor = row.details.get("factor_to_base", "")
    return Unit(
        code=row.code,
        name=row.name,
        kind=row.details.get("kind", ""),
        base_code=row.details.get("base_code", ""),
        factor=Decimal(factor) if factor else None,
    )


def units_of(facts: Facts) -> Mapping[str, Unit]:
    """Return every unit by its customs code."""
    return facts.made_of(CustomsCode, _units)


def _units(facts: Facts) -> Mapping[str, Unit]:
    return {row.code: unit_of(row) for row in facts.find(CustomsCode, table_name="unit")}


def effect_rows(facts: Facts) -> Sequence[Mapping[str, Any]]:
    """Return the details of every row of the supervision-mode effect table (handbook 8.4)."""
    return [row.details for row in facts.find(CustomsCode, table_name="supervision_mode_effect")]


CUSTOMS_CODE = DocumentType(
    key="customs_code",
    title="海关参数",
    area="codes",
    header=CustomsCode,
    number=(CustomsCode.table_name, CustomsCode.code, CustomsCode.valid_from),
    list_columns=(
        CustomsCode.table_name,
        CustomsCode.code,
        CustomsCode.name,
        CustomsCode.valid_from,
        CustomsCode.valid_to,
        CustomsCode.confidence,
    ),
    form=(
        group(
            "参数",
            CustomsCode.table_name,
            CustomsCode.code,
            CustomsCode.name,
            CustomsCode.valid_from,
            CustomsCode.valid_to,
            CustomsCode.confidence,
        ),
    ),
    creatable=False,
    help="全国统一的海关代码表，随程序提供，由参数更新维护。",
)
