"""Source lines of general trade as shares: everything a book says of bonded goods is said by the part here (6.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bondesk.areas.accounts.book_model import Account, AccountLine
from bondesk.areas.codes.hs_code import HsCode, hs_code_on
from bondesk.areas.goods.part import Part
from bondesk.areas.notes.note_templates import HeadDefaults
from bondesk.areas.notes.share_building import ShareBuilder
from bondesk.areas.notes.source_document import SourceDocument, SourceLine
from bondesk.base.facts import Facts

#: 照章征税: what general trade pays where neither mode nor part say otherwise.
_USUAL_DUTY = "1"


class TradeDefaults:
    """What heads start with where a source line says nothing: the run's options, then the templates."""

    def __init__(self, defaults: Callable[[str, str], HeadDefaults]) -> None:
        """Ask ``defaults`` for (direction, mode) once each."""
        self._ask = defaults
        self._known: dict[tuple[str, str], HeadDefaults] = {}

    def defaults(self, ie_flag: str, mode: str) -> HeadDefaults:
        """Return the defaults for a direction and mode."""
        if (ie_flag, mode) not in self._known:
            self._known[ie_flag, mode] = self._ask(ie_flag, mode)
        return self._known[ie_flag, mode]


class TradeShares(ShareBuilder):
    """Converts source lines by their parts alone: commodity code, units, elements and origin from the part file."""

    def __init__(self, facts: Facts, defaults: TradeDefaults, *, spec_from_elements: bool) -> None:
        """Prepare the look-ups; there is no book."""
        super().__init__(
            facts, Account(record_no="", master_customs=""), defaults, spec_from_elements=spec_from_elements
        )
        self._codes_known: dict[str, HsCode | None] = {}

    def _item(self, line: SourceLine, part: Part, document: SourceDocument) -> AccountLine | None:
        """Return the part as if it were an item of a book."""
        if part.hs_code not in self._codes_known:
            self._codes_known[part.hs_code] = hs_code_on(self._facts, part.hs_code)
        code = self._codes_known[part.hs_code]
        if not part.active:
            self._fail(document, line, "IMP-05", "料号已停用，请在料号档案中启用")
            return None
        return AccountLine(
            item_no=0,
            part_no=part.part_no,
            hs_code=part.hs_code,
            name=part.name,
            spec=part.spec,
            dcl_unit=part.dcl_unit,
            legal_unit1=(code.legal_unit1 if code else "") or part.legal_unit1,
            legal_unit2=code.legal_unit2 if code else part.legal_unit2,
            duty_mode=part.duty_mode or _USUAL_DUTY,
        )

    def _version(self, _document: SourceDocument, _line: SourceLine, _item: AccountLine) -> str | None:
        return ""

    def _goods(self, document: SourceDocument, line: SourceLine, part: Part, item: AccountLine) -> dict[str, Any]:
        found = super()._goods(document, line, part, item)
        if document.ie_flag == "E":
            partner = self._partners.get(document.partner)
            found["country"] = line.country or part.destination or (partner.country if partner else "") or ""
        return found
