"""What the 默认模板 of 核注清单 give generated notes: below the source line and the run's options, above all else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from bondesk.areas.codes.customs_code import FactsCodeBook
from bondesk.areas.notes.bonded_note import BONDED_NOTE
from bondesk.areas.notes.bonded_note_model import BondedNote
from bondesk.base.facts import Facts
from bondesk.base.findings import Finding
from bondesk.base.head_template import HeadTemplate
from bondesk.base.template_filling import Filling, fill, fits, most_specific_first


@dataclass(frozen=True, slots=True)
class HeadDefaults:
    """What the run fills in where the source line says nothing."""

    declare_customs: str
    transport_mode: str
    entry_exit_customs: str
    trade_partner_country: str
    transaction_mode: str
    trade_country: str


class NoteTemplates:
    """The templates that apply by themselves, read once per direction and mode."""

    def __init__(self, facts: Facts, run: HeadDefaults) -> None:
        """Look templates up in ``facts``; the defaults of the ``run`` come first."""
        self._run = run
        self._usual = [one for one in facts.find(HeadTemplate, document_key=BONDED_NOTE.key) if one.usual]
        self._book = FactsCodeBook(facts)
        self._fillings: dict[tuple[str, str], Filling] = {}

    def values(self, ie_flag: str, mode: str) -> Mapping[str, Any]:
        """Return what the templates for a direction and mode give, by attribute key."""
        return self._filling(ie_flag, mode).values if self._usual else {}

    def _filling(self, ie_flag: str, mode: str) -> Filling:
        if (ie_flag, mode) not in self._fillings:
            head = {"ie_flag": ie_flag, "supervision_mode": mode}
            fitting = [one for one in self._usual if fits(BONDED_NOTE, one, head)]
            ordered = most_specific_first(BONDED_NOTE, fitting)
            self._fillings[ie_flag, mode] = fill(BONDED_NOTE, ordered, head, self._book)
        return self._fillings[ie_flag, mode]

    def defaults(self, ie_flag: str, mode: str) -> HeadDefaults:
        """Return the run's defaults, what they leave empty filled from the templates."""
        values = self.values(ie_flag, mode)
        missing = {one.name: values[one.name] for one in fields(self._run) if one.name in values}
        return replace(self._run, **{key: value for key, value in missing.items() if not getattr(self._run, key)})

    def complete(self, note: BondedNote) -> None:
        """Fill what a generated note still leaves empty.

        Not the terms of delivery: where notes are not split by them, the lines may name several.
        """
        values = dict(self.values(note.ie_flag, note.supervision_mode))
        values["trade_country"] = self.defaults(note.ie_flag, note.supervision_mode).trade_country
        for key, value in values.items():
            if key != "transaction_mode" and getattr(note, key) in (None, "") and value:
                setattr(note, key, value)

    def findings(self) -> tuple[Finding, ...]:
        """Return what could not be read (TPL-02), each once."""
        return tuple(dict.fromkeys(one for filling in self._fillings.values() for one in filling.findings))
